"""Every command that a page names is run, in the order of the page, and ends as the page says.

A command of `make` is a dry run: what its recipe starts has tests of its own. Each exception below
names the test that covers it.
"""

from __future__ import annotations

import ast
import sys

import pytest
import yaml

from retail_portfolio.inputs import load_scenario
from tests.docs.blocks import LANGUAGES, blocks_of, lines_of, pages
from tests.docs.session import Session
from tests.plumbing.checkout import ROOT

ELSEWHERE = {
    ".venv/bin/retail-portfolio sweep --grid vm_own_sales=0.15,0.20,0.25 "
    "--scheduler tcp://scheduler:8786": (
        "no cluster of that name is there",
        "tests/run/test_sweep_cluster.py::test_the_same_bytes_as_here_though_a_worker_is_killed",
    ),
}
"""Commands that cannot be run as they stand: why, and the test that covers each."""
BETWEEN = {
    ".venv/bin/retail-portfolio build points --zip --data my_stores": (
        Session.fill_scenario_and_stores
    ),
    ".venv/bin/retail-portfolio build leases --data my_stores": Session.add_own_figures,
    ".venv/bin/retail-portfolio build competitors --data my_stores --list rivals.csv "
    "--as-of 2026-03-02": Session.list_rivals,
}
"""Command to what a page has its reader do by hand before it."""
ANEW = (" report", " changes", " init", "cp ", "mkdir ", "rm ", "mv ", "if ")
"""Commands whose outcome hangs on what was done before; any other is run once for all pages."""


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Session(tmp_path_factory.mktemp("checkout"), monkeypatch)


@pytest.fixture(scope="module")
def done():
    return set()


def commands_of(page):
    return [line for block in blocks_of(page) for line in lines_of(block)]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in pages() if commands_of(page)])
def test_commands_of_a_page_end_as_it_says(page, session, done):
    session.begin()
    for block in blocks_of(page):
        if block.scenario:
            path = session.root / "scenarios" / f"{block.scenario}.yaml"
            path.write_text(block.text, encoding="utf-8")
        for line in lines_of(block):
            if line.command in ELSEWHERE:
                reason, test = ELSEWHERE[line.command]
                sys.stdout.write(f"not run, {reason}: {line.command} (covered by {test})\n")
                continue
            if line.command in done and not any(word in line.command for word in ANEW):
                continue
            if line.command in BETWEEN:
                BETWEEN[line.command](session)
            status, said = session.run(line.command)
            assert status == line.status, f"{page}: {line.command}\n{said}"
            done.add(line.command)


def test_each_exception_is_a_command_of_a_page_with_a_test():
    named = {line.command for page in pages() for line in commands_of(page)}
    assert set(ELSEWHERE) | set(BETWEEN) <= named
    for _, test in ELSEWHERE.values():
        path, name = test.split("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", pages())
def test_each_block_says_what_it_is(page):
    assert {block.language for block in blocks_of(page)} <= set(LANGUAGES)


@pytest.mark.slow
@pytest.mark.parametrize("page", pages())
def test_each_scenario_of_a_page_can_be_read(page, session):
    for number, block in enumerate(blocks_of(page)):
        if block.language != "yaml" or ".csv:" in block.text:
            continue
        said = yaml.safe_load(block.text)
        name = block.scenario or f"page{number}"
        given = {"title": "t", "why": "w"} | said
        path = session.root / "scenarios" / f"{name}.yaml"
        path.write_text(yaml.safe_dump(given), encoding="utf-8")
        assert load_scenario(name).title == given["title"]


@pytest.mark.slow
@pytest.mark.parametrize("page", pages())
def test_python_of_a_page_runs(page, session):
    names = {}
    for block in blocks_of(page):
        if block.language == "python":
            exec(compile(block.text, page, "exec"), names)  # noqa: S102 - our own pages
