"""Mutation tests of the models: what is copied, what is asked of mutmut, and what is told of it."""

from __future__ import annotations

import json
import runpy
import subprocess
import tomllib
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests.plumbing.checkout import ROOT
from tools import mutants


def test_every_module_of_the_sample_has_tests_of_its_own() -> None:
    for module in mutants.SAMPLE:
        assert (ROOT / mutants.path_of(module)).is_file(), module
        assert (ROOT / f"tests/model/test_{module}.py").is_file(), module


@pytest.mark.slow
def test_a_copy_changes_one_module_and_runs_its_tests(tmp_path: Path) -> None:
    folder = mutants.prepared("money", tmp_path)
    assert mutants.path_of("huff") == "retail_portfolio/model/market/huff.py"
    told = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    asked = told["tool"]["mutmut"]
    assert asked["only_mutate"] == ["retail_portfolio/model/money.py"]
    assert asked["pytest_add_cli_args_test_selection"] == ["tests/model/test_money.py"]
    assert set(asked["also_copy"]) <= {*mutants.COPIED, "pyproject.toml"}
    for name in asked["also_copy"]:
        assert (folder / name).exists()
    assert (folder / "retail_portfolio/inputs/build/__init__.py").is_file()
    assert not list(folder.rglob("__pycache__"))


@pytest.mark.slow
def test_examples_of_the_copy_fail_as_they_are_found(tmp_path: Path) -> None:
    conftest = mutants.prepared("money", tmp_path) / "tests/conftest.py"
    before = settings.get_current_profile_name()
    runpy.run_path(str(conftest))
    try:
        assert settings.get_current_profile_name() == "mutants"
        assert settings.default.phases == (Phase.explicit, Phase.generate)
        assert settings.default.derandomize
    finally:
        settings.load_profile(before)


def test_mutmut_reads_the_copy_alone_and_starts_no_plugin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}

    def run(words: list[str], **how: object) -> subprocess.CompletedProcess[str]:
        asked.update(how, words=words)
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    monkeypatch.setattr(subprocess, "run", run)
    mutants._mutmut(tmp_path, "results")
    assert asked["words"][1:] == ["-m", "mutmut", "results"]
    assert asked["cwd"] == tmp_path
    assert not {"PYTHONPATH", "PYTEST_ADDOPTS"} & set(asked["env"])
    assert asked["env"]["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == "1"


def test_a_module_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"no module monney below retail_portfolio/model"):
        mutants.prepared("monney", tmp_path)
    assert not list(tmp_path.iterdir())


def answering(folder: Path, stats: dict[str, int] | None, told: str):
    """Stand in for mutmut: leave these counts, and say this of the changes."""

    def run(_: Path, *words: str) -> subprocess.CompletedProcess[str]:
        if words[0] == "export-cicd-stats" and stats is not None:
            (folder / "mutants").mkdir()
            text = json.dumps(stats)
            (folder / "mutants/mutmut-cicd-stats.json").write_text(text, encoding="utf-8")
        return subprocess.CompletedProcess(words, 0, told if words[0] != "show" else "- a", "")

    return run


def test_what_nobody_noticed_is_counted_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stats = {"killed": 7, "survived": 1, "no_tests": 1, "timeout": 1}
    told = "    money.b: survived\n    money.a: no tests\n    money.c: timeout\n"
    monkeypatch.setattr(mutants, "prepared", lambda _: tmp_path)
    monkeypatch.setattr(mutants, "_mutmut", answering(tmp_path, stats, told))
    assert mutants.main(["money"]) == 0
    said = capsys.readouterr().out
    assert said == "money: 8 of 10 noticed (80%)\n  money.a\n  money.b\n"


def test_tests_that_are_red_before_any_change_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "_mutmut", answering(tmp_path, None, "failed to collect"))
    with pytest.raises(RuntimeError, match="money: failed to collect"):
        mutants.score_of("money", tmp_path)
