"""What .ci/run does with and without a browser, and what its exit status means."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plumbing.checkout import ROOT

BASH = shutil.which("bash") or "bash"


def run_ci(folder: Path, **programs: str) -> tuple[int, str]:
    """Run .ci/run where only these programs are found; return its status and what it said."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci")
    found = folder / "bin"
    found.mkdir()
    for name, body in {"dirname": 'echo "${1%/*}"', "id": "echo 0", **programs}.items():
        (found / name.replace("_", "-")).write_text(f"#!{BASH}\n{body}\n", encoding="utf-8")
        (found / name.replace("_", "-")).chmod(0o755)
    done = subprocess.run(
        [BASH, ".ci/run"],
        cwd=folder,
        env={"PATH": str(found)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


MAKE = 'echo "$@" >> made; [ "$2" != "$fails" ]'
APT = 'echo "$DEBIAN_FRONTEND $@" >> installed'


def test_checks_beside_tests_once_all_is_ready(tmp_path: Path) -> None:
    status, _ = run_ci(tmp_path, chromium="", systemd_analyze="", make=MAKE, apt_get=APT)
    assert status == 0
    made = [line.split()[-1] for line in (tmp_path / "made").read_text().splitlines()]
    assert made[0] == "ready"
    assert sorted(made) == ["lint", "ready", "test"]
    assert not (tmp_path / "installed").exists()


@pytest.mark.parametrize("target", ["lint", "test"])
def test_what_fails_shows_in_the_status(tmp_path: Path, target: str) -> None:
    body = f'fails={target}; echo "says $2"; {MAKE} || {{ [ "$2" = test ] && exit 2; exit 3; }}'
    status, said = run_ci(tmp_path, chromium="", make=body)
    assert status == {"lint": 3, "test": 2}[target]
    assert ("make lint failed" in said) == (target == "lint")
    assert said.index("says test") < said.index("says lint"), "what failed is not buried by tests"
    assert len((tmp_path / "made").read_text().splitlines()) == 3, "the tests run either way"


def test_without_what_all_need_nothing_is_tried(tmp_path: Path) -> None:
    status, _ = run_ci(tmp_path, chromium="", systemd_analyze="", make=f"fails=ready; {MAKE}")
    assert status == 1
    assert len((tmp_path / "made").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("there", "missing"),
    [
        ((), {"chromium", "systemd"}),
        (("google_chrome",), {"systemd"}),
        (("systemd_analyze",), {"chromium"}),
    ],
)
def test_what_is_missing_is_installed(
    tmp_path: Path, there: tuple[str, ...], missing: set[str]
) -> None:
    status, said = run_ci(tmp_path, make=MAKE, apt_get=APT, **dict.fromkeys(there, ""))
    assert status == 0
    assert "skipped" not in said
    updated, installed = (tmp_path / "installed").read_text().splitlines()
    assert updated.split()[0] == "update"
    assert installed.split()[0] == "noninteractive"
    assert {"chromium", "systemd"} & set(installed.split()) == missing


@pytest.mark.parametrize(
    "programs", [{"apt_get": "exit 100"}, {}, {"apt_get": APT, "id": "echo 7"}]
)
def test_without_a_browser_the_rest_still_runs(tmp_path: Path, programs: dict[str, str]) -> None:
    status, said = run_ci(tmp_path, make=MAKE, **programs)
    assert status == 0
    assert "browser tests, tests that systemd reads a schedule will be skipped" in said
    assert (tmp_path / "made").exists()
