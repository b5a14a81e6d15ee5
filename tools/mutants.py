"""Mutation tests of the models: every small change to a module has to turn one of its tests red.

    make mutants                       a sample of modules
    make mutants ARGS="money huff"     the modules named
    make mutants ARGS="--show money"   with the change behind every survivor

mutmut writes the changes and runs, for each, the tests of ``tests/model/test_MODULE.py`` that call
the function changed. A module is looked at in a copy of the checkout below ``build/mutants``, so
that nothing of the checkout itself is touched. Constants of a module stay: mutmut looks into
functions only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "mutants"
SAMPLE: tuple[str, ...] = (
    *("money", "sphere", "travel", "huff", "leases", "people"),
    *("targets", "trading_years", "offers", "scores", "sobol", "tornado"),
)
"""Modules that are looked at where none is named: one of every kind of computation."""
COPIED = ("retail_portfolio", "tests", "tools", "data", "scenarios", "notebooks", "README.md")
_SETTINGS = """
[tool.mutmut]
source_paths = ["retail_portfolio"]
only_mutate = ["{path}"]
pytest_add_cli_args_test_selection = ["tests/model/test_{module}.py"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
also_copy = ["tests", "tools", "data", "scenarios", "notebooks", "README.md", "pyproject.toml"]
"""
_AS_FOUND = """

from hypothesis import Phase

_FIRST = (Phase.explicit, Phase.generate)
settings.register_profile("mutants", settings.get_profile("steady"), phases=_FIRST)
settings.load_profile("mutants")
"""
"""Put behind the settings of the tests: making an example that fails small takes most of a run."""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of the changes to a module.

    Parameters
    ----------
    module
        Its name.
    killed, survived, untested, slow
        Changes that turned a test red, that no test noticed, that no test reaches, and that made a
        test run for too long (counted as noticed).
    survivors
        Names of those that no test noticed or reaches.
    """

    module: str
    killed: int
    survived: int
    untested: int
    slow: int
    survivors: tuple[str, ...]

    @property
    def total(self) -> int:
        """Number of changes."""
        return self.killed + self.survived + self.untested + self.slow

    @property
    def share(self) -> float:
        """Part of the changes that a test noticed, 0 to 1; NaN without changes."""
        return (self.killed + self.slow) / self.total if self.total else float("nan")


def path_of(module: str) -> str:
    """Return where a module of the models is, from the checkout on; no two have one name.

    Raises
    ------
    SystemExit
        If there is no such module.
    """
    found = sorted((ROOT / "retail_portfolio" / "model").rglob(f"{module}.py"))
    if not found:
        raise SystemExit(f"there is no module {module} below retail_portfolio/model")
    return found[0].relative_to(ROOT).as_posix()


def prepared(module: str, place: Path = PLACE) -> Path:
    """Copy the checkout for a module, and say in the copy what is to be changed.

    Raises
    ------
    SystemExit
        If there is no such module, or it has no tests of its own.
    """
    path = path_of(module)
    if not (ROOT / f"tests/model/test_{module}.py").is_file():
        raise SystemExit(f"there is no tests/model/test_{module}.py")
    folder = place / module
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    text = settings + _SETTINGS.format(module=module, path=path)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    with (folder / "tests/conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(_AS_FOUND)
    return folder


def _mutmut(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run mutmut in a copy; PYTHONPATH would come before the changed code.

    Plugins of pytest are left out: no test of a model needs one, and a change starts pytest anew.
    """
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTEST_ADDOPTS"}}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def score_of(module: str, folder: Path) -> Score:
    """Change a module in every way there is and count what its tests notice.

    Raises
    ------
    RuntimeError
        If mutmut could not run: the tests are red without any change, for one.
    """
    done = _mutmut(folder, "run")
    _mutmut(folder, "export-cicd-stats")
    stats = folder / "mutants" / "mutmut-cicd-stats.json"
    if not stats.is_file():
        raise RuntimeError(f"{module}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    found = json.loads(stats.read_text(encoding="utf-8"))
    told = [line.strip() for line in _mutmut(folder, "results").stdout.splitlines()]
    names = tuple(sorted(line.partition(":")[0] for line in told if _unnoticed(line)))
    return Score(
        module,
        found["killed"],
        found["survived"],
        found["no_tests"],
        found["timeout"],
        names,
    )


def _unnoticed(line: str) -> bool:
    return line.endswith((": survived", ": no tests"))


def main(words: list[str] | None = None) -> int:
    """Look at modules and print a line for each; the status is 0 whatever survives."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", default=list(SAMPLE), help="modules of model/")
    parser.add_argument("--show", action="store_true", help="print every change that survived")
    asked = parser.parse_args(words)
    for module in asked.modules:
        folder = prepared(module)
        score = score_of(module, folder)
        print(f"{module}: {score.killed + score.slow} of {score.total} noticed ({score.share:.0%})")
        for name in score.survivors:
            print(_mutmut(folder, "show", name).stdout if asked.show else f"  {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
