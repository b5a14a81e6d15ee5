"""What is older than the scenario allows is named at the head of the summary, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retail_portfolio.present.pages import RunFacts
from retail_portfolio.present.site import build_site
from tests.present import sample

SAID = [
    "The report speaks of 2026.",
    "7 of 9 <img src=x onerror=\"window.hacked='stale'\"> are old.",
]


@pytest.fixture(scope="module")
def stale_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the summary of a report with two sentences about old data."""
    folder: Path = tmp_path_factory.mktemp("stale")
    made = sample.make(folder)
    build_site(made.outputs, made.notebooks, sample.facts() | {"stale": SAID}, folder / "report")
    return (folder / "report" / "index.html").read_text(encoding="utf-8")


def test_old_data_are_named_before_the_first_number(stale_page: str) -> None:
    note = re.search(
        r'<div class="stale" role="note" aria-label="[^"]+">(.*?)</div>', stale_page, re.DOTALL
    )
    assert note is not None
    assert note.end() < stale_page.index('<ol class="answers">')
    paragraphs = re.findall(r"<p>(.*?)</p>", note[1])
    assert paragraphs[0] == "<b>Old data.</b> The report speaks of 2026."
    assert len(paragraphs) == 2
    assert "&lt;img src=x" in paragraphs[1]
    assert "<img" not in note[1]
    assert stale_page.count("The report speaks of 2026.") == 1


def test_a_report_on_data_that_are_new_enough_says_nothing(report: Path) -> None:
    assert 'class="stale"' not in (report / "index.html").read_text(encoding="utf-8")


def test_facts_take_what_is_stale_from_a_mapping() -> None:
    assert RunFacts.of(sample.FACTS).stale == ()
    assert RunFacts.of(sample.FACTS | {"stale": SAID}).stale == tuple(SAID)
