"""The summary as a director reads it: two minutes, on any screen, and on paper."""

from __future__ import annotations

from typing import Any

import pytest

#: Of the invented report with everything that a summary may show, 4,700 px and 620 words.
HEIGHT_PX, WORDS = 5_200, 700
_TEXT = """() => {
  const main = document.querySelector("main").cloneNode(true);
  main.querySelectorAll("details, table, svg, iframe, script, style, .find, #explorer")
    .forEach(one => one.remove());
  document.body.append(main);
  const text = main.innerText;
  main.remove();
  return text; }"""


def words(page: Any) -> int:
    """Count the words that stand open; tables, drawings and the explorer are left aside."""
    return len(str(page.evaluate(_TEXT)).split())


def test_the_summary_is_read_in_two_minutes(open_page, full_report):
    seen = open_page(full_report / "index.html")
    assert seen.page.evaluate("document.documentElement.scrollHeight") <= HEIGHT_PX
    assert 300 <= words(seen.page) <= WORDS
    seen.check()


def test_the_explorer_comes_right_after_the_map(open_page, full_report):
    seen = open_page(full_report / "index.html")
    assert seen.page.evaluate("document.getElementById('map').nextElementSibling.id") == "explorer"
    assert seen.page.evaluate("document.getElementById('explorer').nextElementSibling.id").endswith(
        "_conversion"
    )


def test_who_converts_reads_as_a_list_on_a_telephone(open_page, full_report):
    seen = open_page(full_report / "index.html", width=380)
    box = seen.page.locator(".converting").first
    assert box.evaluate("one => one.scrollWidth <= one.clientWidth")
    site, why = (
        box.locator("tbody tr").first.locator(part).bounding_box() for part in ("th", ".why")
    )
    assert why["y"] >= site["y"] + site["height"]
    assert why["width"] > 300
    # It stays a table to those who listen, whatever its style makes of it.
    assert seen.page.get_by_role("row").count() >= 12
    seen.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_shows_what_is_open_and_says_where_the_map_is(open_page, full_report, scheme):
    seen = open_page(full_report / "index.html", scheme=scheme)
    page = seen.page
    page.locator("#main details").nth(0).evaluate("one => { one.open = true; }")
    page.emulate_media(media="print")
    assert page.locator(".printed").first.is_visible()
    assert not page.locator("#map iframe").is_visible()
    assert not page.locator("nav").first.is_visible()
    assert not page.locator(".of").first.is_visible()
    assert page.locator("#main details").nth(0).is_visible()
    assert not page.locator("#main details").nth(1).is_visible()
    paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')")
    assert paper.strip() == "#1b1b1b"
    assert len(page.pdf(format="A4")) > 10_000


@pytest.mark.parametrize("form", [(794 - 113, "A4"), (816 - 113, "Letter")])
def test_no_open_table_is_cut_off_on_paper(open_page, full_report, form):
    width, _ = form
    seen = open_page(full_report / "index.html", width=width)
    seen.page.emulate_media(media="print")
    for table in seen.page.locator("main table").all():
        if table.is_visible():
            box = table.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_quiet_text_can_be_read(open_page, full_report, scheme):
    seen = open_page(full_report / "index.html", scheme=scheme)
    contrast = """one => {
      const light = text => {
        const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(v => { v /= 255;
        return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
        return .2126 * r + .7152 * g + .0722 * b; };
      const [a, b] = [light(getComputedStyle(document.body).backgroundColor),
        light(getComputedStyle(one).color)];
      return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); }"""
    for name in (
        ".source",
        ".spread",
        ".label",
        ".of",
        ".why",
        "thead th",
        "summary",
        "nav a",
        ".converting tbody th",
        ".number.converts a",
        "footer",
    ):
        assert seen.page.locator(name).first.evaluate(contrast) >= 4.5, name


def test_what_scrolls_can_be_reached_and_says_what_it_is(open_page, full_report):
    seen = open_page(full_report / "index.html", width=380)
    for details in seen.page.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    unreachable = seen.page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(one =>
          /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth
          && !(one.tabIndex >= 0 && one.getAttribute("aria-label")))
          .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert unreachable == []
