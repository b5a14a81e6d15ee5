"""A notebook's page as a reader meets it: its contents, its folded code, a failed one."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from retail_portfolio.present.notebooks.notebook_pages import write_notebook_page
from retail_portfolio.present.pages import RunFacts
from tests.present.sample import FACTS, HOSTILE

SECTIONS = ("The answer", "The *answer*", "Is it <so>?", "50 % \u00e9t\u00e9", "The answer")
OTHERS = (("01_portfolio", "The portfolio"), ("02_closure", "What closing costs"), ("extra", "x"))
WIDTHS = [(1280, "light"), (1280, "dark"), (380, "light"), (380, "dark")]


@pytest.fixture
def page(tmp_path) -> Path:
    """Return the page of a long notebook that stopped with an error."""
    cells = [
        new_markdown_cell("# What closing costs"),
        new_code_cell(
            "scenario: str = 'base'  # Which.\ndiscount_rate: float = None",
            metadata={"tags": ["parameters"]},
        ),
    ]
    for section in SECTIONS:
        cells += [
            new_markdown_cell(f"## {section}\n\n" + "Words of a paragraph that goes on. " * 60),
            new_code_cell(f"# Work out {section}\nx = {'1 + ' * 80}1"),
        ]
    wide = "<table><tr>" + "<td>a long cell of a table</td>" * 30 + "</tr></table>"
    cells += [
        new_code_cell("show()", outputs=[new_output("display_data", data={"text/html": wide})]),
        new_code_cell(
            "fail()",
            outputs=[new_output("error", ename="ValueError", evalue=text, traceback=[text * 9])
                     for text in HOSTILE],
        ),
    ]  # fmt: skip
    path = tmp_path / "02_closure.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return write_notebook_page(
        path, tmp_path / "02_closure.html", RunFacts.of(FACTS), others=OTHERS
    )


def codes(seen):
    return seen.page.evaluate("[...document.querySelectorAll('details.cell')].map(one => one.open)")


@pytest.mark.parametrize(("width", "scheme"), WIDTHS)
def test_it_opens_without_a_request_an_error_or_an_overflow(open_page, page, width, scheme):
    seen = open_page(page, width=width, scheme=scheme)
    seen.check()
    for one in seen.page.locator("details:visible > summary").all():
        one.click()
    assert any(codes(seen))
    seen.check()
    assert seen.page.evaluate("window.hacked") is None


def test_the_contents_beside_the_text_lead_to_their_sections(open_page, page):
    seen = open_page(page)
    assert not seen.page.locator("details.contents").is_visible()
    links = seen.page.locator(".contents.beside a")
    assert links.count() == len(SECTIONS) + 1
    names = ["The answer", "The answer", "Is it ?", "50 % \u00e9t\u00e9", "The answer", "Files"]
    for place, name in enumerate(names):
        links.nth(place).click()
        heading = seen.page.locator(":target").locator("xpath=descendant-or-self::h2").first
        assert re.sub(r"\s+", " ", heading.inner_text()) == name
        assert heading.evaluate("one => one.getBoundingClientRect().top >= -1")
        assert heading.evaluate("one => one.getBoundingClientRect().bottom <= innerHeight")
    assert len(set(links.evaluate_all("all => all.map(one => one.hash)"))) == links.count()
    seen.check()


def test_the_contents_say_which_section_is_read(open_page, page):
    seen = open_page(page)
    links = seen.page.locator(".contents.beside a")
    current = seen.page.locator(".contents.beside [aria-current=location]")
    assert current.count() == 0
    links.nth(2).click()
    current.wait_for()
    assert current.inner_text() == "Is it ?"
    box = seen.page.locator(".contents.beside").bounding_box()
    assert 0 <= box["y"] < 100


def test_the_contents_are_folded_on_a_telephone_and_open_by_key(open_page, page):
    seen = open_page(page, width=380)
    assert not seen.page.locator(".contents.beside").is_visible()
    folded = seen.page.locator("details.contents")
    assert not folded.locator("a").first.is_visible()
    folded.locator("summary").focus()
    seen.page.keyboard.press("Enter")
    assert folded.locator("a").first.is_visible()
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    assert seen.page.locator(":target").inner_text() == "The answer"
    seen.check()


def test_a_cell_opens_by_key(open_page, page):
    seen = open_page(page)
    assert not any(codes(seen))
    summary = seen.page.locator("details.cell summary").nth(1)
    assert summary.inner_text() == "Work out The answer"
    summary.focus()
    seen.page.keyboard.press("Enter")
    assert sum(codes(seen)) == 1
    seen.page.keyboard.press("Tab")
    # A long line is read to its end with the arrows.
    seen.page.keyboard.press("ArrowRight")
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("document.activeElement.scrollLeft") > 0
    seen.check()


def test_all_code_opens_and_closes_at_once_by_key(open_page, page):
    seen = open_page(page)
    box = seen.page.get_by_label("Show all code")
    box.focus()
    seen.page.keyboard.press("Space")
    assert all(codes(seen))
    seen.check()
    seen.page.keyboard.press("Space")
    assert not any(codes(seen))


def test_without_scripts_the_code_opens_one_by_one(browser, page):
    context = browser.new_context(java_script_enabled=False)
    try:
        one = context.new_page()
        one.goto(page.resolve().as_uri())
        assert not one.get_by_text("Show all code").is_visible()
        one.locator("details.cell summary").first.click()
        assert one.locator("pre.code").first.is_visible()
    finally:
        context.close()


def test_parameters_can_be_read_at_once_on_a_telephone(open_page, page):
    seen = open_page(page, width=380)
    room, wide = seen.page.locator("#run-parameters").evaluate(
        "one => [one.parentElement.clientWidth, one.parentElement.scrollWidth]"
    )
    assert wide <= room


def test_a_failed_notebook_shows_its_error_as_a_text(open_page, page):
    seen = open_page(page)
    assert seen.page.locator("#stopped").inner_text().endswith(f"ValueError: {HOSTILE[0]}")
    shown = seen.page.locator("pre.error").all_text_contents()
    assert shown == [text * 9 for text in HOSTILE]


def test_on_paper_there_is_the_text_alone(open_page, page):
    seen = open_page(page)
    seen.page.emulate_media(media="print")
    for hidden in ("nav", ".unfold", "summary", "details.contents"):
        for one in seen.page.locator(hidden).all():
            assert not one.is_visible()
    assert seen.page.locator("#run-parameters").is_visible()
    assert seen.page.locator("h2").first.is_visible()
