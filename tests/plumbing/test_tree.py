"""The top level a newcomer sees, and what no file of it may hold."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
import yaml

import retail_portfolio
from tests.plumbing.checkout import ROOT, project, text_of, tracked_files

TOP_LEVEL = [
    ".ci/run",
    ".gitattributes",
    ".gitignore",
    ".pre-commit-config.yaml",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "data/SOURCES.md",
    "data/assumptions.csv",
    "data/backtest",
    "data/barriers.csv",
    "data/basemap",
    "data/competitors.csv",
    "data/corrections.csv",
    "data/demand.csv",
    "data/leases.csv",
    "data/metros.csv",
    "data/outcomes.csv",
    "data/stores.csv",
    "docs/index.md",
    "environment.yml",
    "mkdocs.yml",
    "notebooks",
    "pyproject.toml",
    "reports/README.md",
    "requirements.lock",
    "retail_portfolio/cli/__init__.py",
    "scenarios/base.yaml",
]
COMMANDS = [
    *("report", "test", "test-fast", "coverage", "mutants", "bench", "docs", "pictures"),
    *("lab", "hooks", "lint", "format", "lock", "clean", "help"),
]
# Put together here, so that this file does not find itself.
REGISTRY_HOSTS = [
    ".".join((*name, "org"))
    for name in (("pypi",), ("files", "pythonhosted"), ("registry", "npmjs"), ("conda", "anaconda"))
] + [
    "deb." + "debian.org",
    "security." + "debian.org",
    "--" + "index-url",
    "--extra-" + "index-url",
    "--" + "find-links",
]
MACHINE_PATHS = ["/" + name + "/" for name in ("root", "tmp", "work", "opt", "home", "Users")]
# Where a path begins; the folder of a person called `me` is made up.
PATH_START = r"(?<![\w./~*$}])(?!/home/me\b)"


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_top_level(name: str) -> None:
    assert (ROOT / name).exists()


def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text_of("Makefile"), flags=re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS)
def test_makefile_has(command: str) -> None:
    assert command in targets()


def test_commands_that_the_readme_names_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(code_in("README.md"))))
    assert {"report", "test"} <= named
    assert named <= targets()


def code_in(name: str) -> list[str]:
    """Return what stands between backquotes or in a block of code."""
    text = text_of(name)
    return [
        *re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL),
        *re.findall(r"`(make [^`]+)`", text),
    ]


def test_make_help_names_every_command() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    named = {line.split()[1] for line in done.stdout.splitlines()}
    assert named == targets() - {"ready"}


def test_one_version_everywhere() -> None:
    number = project()["project"]["version"]
    assert yaml.safe_load(text_of("CITATION.cff"))["version"] == number
    assert retail_portfolio.__version__ == number


def test_one_licence_everywhere() -> None:
    assert text_of("LICENSE").startswith("MIT License")
    assert yaml.safe_load(text_of("CITATION.cff"))["license"] == "MIT"
    assert project()["project"]["license"] == "MIT"


def test_changelog_has_one_line_a_change() -> None:
    lines = text_of("CHANGELOG.md").splitlines()
    assert "## [Unreleased]" in lines
    changes = [line for line in lines[lines.index("## [Unreleased]") :] if line.strip()]
    assert all(line.startswith(("## [", "### ", "- ")) for line in changes)


def lines_with(*, needles: list[str], before: str = "") -> list[str]:
    files = tracked_files()
    if files is None:
        pytest.skip("not a git checkout, so it is not known which files are the project's")
    pattern = re.compile(before + "(?:" + "|".join(re.escape(one) for one in needles) + ")")
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if pattern.search(line)
        ]
    return found


@pytest.mark.slow
def test_no_file_names_a_registry() -> None:
    assert not lines_with(needles=REGISTRY_HOSTS)


@pytest.mark.slow
def test_no_file_names_a_folder_of_one_machine() -> None:
    assert not lines_with(needles=MACHINE_PATHS, before=PATH_START)
