"""A commit passes its hooks exactly when it passes in CI: the same lines, from the same .venv."""

from __future__ import annotations

import re
from typing import Any

import yaml

from tests.plumbing.checkout import text_of


def hooks() -> list[dict[str, Any]]:
    repositories = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"]
    assert [one["repo"] for one in repositories] == ["local"], "a foreign repository is fetched"
    return repositories[0]["hooks"]


def recipe(target: str) -> list[str]:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text_of("Makefile"), flags=re.MULTILINE)
    assert found
    return [line.strip().lstrip("@") for line in found[1].splitlines()]


def test_hooks_are_the_lines_of_make_lint() -> None:
    entries = [re.sub(r"^sh -c '(.*)'$", r"\1", hook["entry"]) for hook in hooks()]
    assert sorted(entries) == sorted(line.replace("$(BIN)", ".venv/bin") for line in recipe("lint"))


def test_hooks_look_at_the_whole_tree() -> None:
    assert all(hook["pass_filenames"] is False for hook in hooks())
    assert all(hook["language"] == "system" for hook in hooks())


def test_ci_runs_the_checks_and_the_tests() -> None:
    script = text_of(".ci/run")
    called = re.findall(r"^ *make --no-print-directory ([a-z-]+)$", script, flags=re.MULTILINE)
    assert {"lint", "test"} <= set(called)
    assert "set -e" not in script, "a failing check must not keep the tests from running"


def test_the_docs_are_built_by_a_test_as_by_make() -> None:
    assert recipe("docs") == ["NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict $(ARGS)"]
    built = text_of("tests/docs/conftest.py")
    assert '"-m", "mkdocs", "build", "--strict", "--site-dir", folder' in built
    assert '"NO_MKDOCS_2_WARNING": "1"' in built
