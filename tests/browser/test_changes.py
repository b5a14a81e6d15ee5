"""What changed, on the first page of a report: it fits, asks for nothing, and runs no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.present.site import build_site
from tests.present import sample
from tests.present.change_documents import busy, calm, causes

HOSTILE = " ".join(sample.HOSTILE)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """Return the first page of a report with each kind of document."""
    documents = {
        "busy": busy() | {"causes": causes()},
        "hostile": busy(HOSTILE, HOSTILE) | {"causes": causes(HOSTILE, HOSTILE)},
        "calm": calm(),
    }
    made = sample.make(tmp_path_factory.mktemp("sample"), hostile=False)
    found = {}
    for name, document in documents.items():
        folder = tmp_path_factory.mktemp(name)
        build_site(made.outputs, made.notebooks, sample.facts(), folder, changes=document)
        found[name] = folder / "index.html"
    return found


@pytest.mark.parametrize("name", ["busy", "hostile", "calm"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "dark")])
def test_the_section_fits_and_runs_nothing(open_page, pages, name, width, scheme):
    seen = open_page(pages[name], width=width, scheme=scheme)
    seen.page.evaluate("document.querySelectorAll('#changes details').forEach(d => d.open = true)")
    seen.check()
    assert seen.page.evaluate("window.hacked") is None
    section = seen.page.locator("#changes")
    assert section.locator("img, svg, script, a[href^='javascript']").count() == 0
    if name == "hostile":
        assert "window.hacked='img'" in section.inner_text()


def test_a_telephone_shows_every_cell_with_its_heading_and_cuts_none(open_page, pages):
    seen = open_page(pages["hostile"], width=380)
    seen.page.evaluate("document.querySelectorAll('#changes details').forEach(d => d.open = true)")
    cut, heads = seen.page.evaluate(
        """() => {
          const all = (names) => [...document.querySelectorAll(names)];
          return [all("#changes .table").filter(one => one.scrollWidth > one.clientWidth).length,
            all("#changes td:not(:empty)").map(one => getComputedStyle(one, "::before").content)];
        }"""
    )
    assert cut == 0
    assert {'"Before"', '"Now"', '"Change"', '"Exit cost"'} <= set(heads)
    assert "none" not in heads


def test_what_scrolls_sideways_can_be_reached_with_the_keyboard(open_page, pages):
    seen = open_page(pages["busy"])
    reached = seen.page.evaluate(
        """() => [...document.querySelectorAll("#changes .table")].map(one => one.tabIndex)"""
    )
    assert reached
    assert set(reached) == {0}


def test_the_link_of_the_page_leads_to_the_section(open_page, pages):
    seen = open_page(pages["busy"])
    seen.page.get_by_role("link", name="What changed").click()
    assert seen.page.url.endswith("#changes")
    top = seen.page.locator("#changes").bounding_box()["y"]
    assert -60 < top < 200


def test_on_paper_nothing_beside_is_larger_than_what_it_stands_beside(open_page, pages):
    seen = open_page(pages["busy"], width=681)
    seen.page.emulate_media(media="print")
    cell, aside, head, caption, text = seen.page.evaluate(
        """() => ["td", ".aside", "thead th", "caption", "p"]
          .map(one => document.querySelector(`#changes ${one}`))
          .map(one => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert 9.5 < aside < cell
    assert aside < head < cell
    assert cell < caption < text
