"""Setting up .venv: what is made when, what a half-made one leads to, and what is said."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tools import environment
from tools.environment import SetUpError, Stamp, set_up, work_to_do

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout whose lock asks for nothing."""
    root = tmp_path / "a checkout"
    root.mkdir()
    (root / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return root


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was made, instead of making it."""
    done: list[str] = []

    def make(root: Path) -> None:
        done.append("everything")
        environment._remove(root / ".venv")
        (root / ".venv").mkdir()

    monkeypatch.setattr(environment, "make_environment", make)
    monkeypatch.setattr(environment, "install_package", lambda _: done.append("package"))
    return done


def test_work_to_do(checkout: Path) -> None:
    wanted = Stamp.wanted(checkout)
    assert work_to_do(wanted, wanted, this_python=True) == "nothing"
    assert work_to_do(None, wanted, this_python=False) == "everything"
    assert work_to_do(replace(wanted, lock="x"), wanted, this_python=False) == "everything"
    assert work_to_do(replace(wanted, folder="x"), wanted, this_python=False) == "everything"
    assert work_to_do(replace(wanted, project="x"), wanted, this_python=False) == "package"
    other = replace(wanted, python="3.99.0")
    assert work_to_do(other, wanted, this_python=False) == "nothing"
    assert work_to_do(other, wanted, this_python=True) == "everything"


def test_made_once_then_left_alone(checkout: Path, made: list[str]) -> None:
    assert set_up(checkout) == "everything"
    assert set_up(checkout) == "nothing"
    assert made == ["everything"]


def test_a_changed_project_is_installed_again(checkout: Path, made: list[str]) -> None:
    set_up(checkout)
    (checkout / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert set_up(checkout) == "package"
    assert set_up(checkout) == "nothing"
    assert made == ["everything", "package"]


def test_a_changed_lock_makes_all_anew(checkout: Path, made: list[str]) -> None:
    set_up(checkout)
    (checkout / "requirements.lock").write_text("# other\n", encoding="utf-8")
    assert set_up(checkout) == "everything"
    assert made == ["everything", "everything"]


def test_a_touched_but_equal_lock_changes_nothing(checkout: Path, made: list[str]) -> None:
    set_up(checkout)
    os.utime(checkout / "requirements.lock", (2_000_000_000, 2_000_000_000))
    assert set_up(checkout) == "nothing"
    assert made == ["everything"]


def test_a_moved_checkout_is_set_up_anew(checkout: Path, made: list[str]) -> None:
    set_up(checkout)
    moved = checkout.rename(checkout.parent / "elsewhere")
    assert set_up(moved) == "everything"
    assert made == ["everything", "everything"]


@pytest.mark.parametrize("stamp", [None, "", "{", "[]", '{"lock": 1}', "null"])
def test_without_a_whole_stamp_it_is_made_anew(
    checkout: Path, made: list[str], stamp: str | None
) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    if stamp is not None:
        (checkout / ".venv" / environment.STAMP_NAME).write_text(stamp, encoding="utf-8")
    assert set_up(checkout) == "everything"
    assert made == ["everything"]


@pytest.mark.slow
def test_two_at_a_time_make_it_once(
    checkout: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make = environment.make_environment

    def slowly(root: Path) -> None:
        time.sleep(0.2)
        make(root)

    monkeypatch.setattr(environment, "make_environment", slowly)
    both = [threading.Thread(target=set_up, args=(checkout,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert made == ["everything"]


@pytest.mark.slow
def test_a_real_one_after_one_that_failed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(environment, "install_package", lambda _: None)
    lock = checkout / "requirements.lock"
    lock.write_text("a-package-that-is-nowhere==1.0\n", encoding="utf-8")
    with pytest.raises(SetUpError, match="a-package-that-is-nowhere"):
        set_up(checkout)
    assert (checkout / ".venv/bin/python").exists()
    assert Stamp.found(checkout) is None

    lock.write_text("# nothing\n", encoding="utf-8")
    assert set_up(checkout) == "everything"
    assert set_up(checkout) == "nothing"
    code = "import sys; print(sys.prefix != sys.base_prefix)"
    done = subprocess.run(
        [checkout / ".venv/bin/python", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "True"
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 3  # begun, begun again, done


def test_a_python_that_cannot_make_one_says_what_to_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SetUpError, match="python3-venv"):
        set_up(checkout)


def test_a_missing_lock_is_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "requirements.lock").unlink()
    monkeypatch.setattr(environment, "__file__", str(checkout / "tools" / "environment.py"))
    assert environment.main([]) == 1
    assert "requirements.lock" in capsys.readouterr().err


def test_packages_are_counted_where_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, log = Terminal(), io.StringIO()
    monkeypatch.setattr(environment.sys, "stderr", terminal)
    said = ["Collecting a==1\n", "  Downloading a\n", "Collecting b==2\n", "Installing collected\n"]
    environment._follow(said, log, 2)
    assert "\r2 of 2 packages found" in terminal.getvalue()
    assert "\n" not in terminal.getvalue()
    assert log.getvalue() == "".join(said)


def make_ready(folder: Path, versions: dict[str, str], *words: str) -> str:
    """Run `make ready` where only stand-ins for Python are found; return what it said."""
    programs = folder / "bin"
    programs.mkdir()
    for name, version in versions.items():
        old = "exit 1" if version.startswith(("2.", "3.9", "3.10")) else 'echo "ran $0 $*"'
        script = (
            f'#!/bin/sh\nif [ "$1" = --version ]; then echo Python {version}; exit; fi\n{old}\n'
        )
        (programs / name).write_text(script, encoding="utf-8")
        (programs / name).chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder)
    make = shutil.which("make")
    assert make is not None
    done = subprocess.run(
        [make, "--no-print-directory", "ready", *words],
        cwd=folder,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.stdout}{done.stderr}status {done.returncode}"


def test_make_finds_a_python_that_is_new_enough(tmp_path: Path) -> None:
    said = make_ready(tmp_path, {"python3": "3.10.2", "python3.12": "3.12.1"})
    assert "bin/python3.12 tools/environment.py" in said
    assert "status 0" in said


def test_make_says_when_python_is_too_old(tmp_path: Path) -> None:
    said = make_ready(tmp_path, {"python3": "3.10.2", "python": "2.7.18"})
    assert "Python 3.11 or newer is needed" in said
    assert "python3: Python 3.10.2" in said
    assert "python3.11: not found" in said
    assert "status 2" in said


def test_make_takes_the_python_it_is_told(tmp_path: Path) -> None:
    said = make_ready(tmp_path, {"python3.11": "3.11.7", "mine": "3.13.0"}, "PYTHON=mine")
    assert "bin/mine tools/environment.py --this-python" in said
