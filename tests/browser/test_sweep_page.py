"""The page of a sweep as a reader meets it: from disk, without a network, at every width."""

from __future__ import annotations

import pytest

from tests.present.test_sweep_page import EVIL, frames, many, page, ranges

PAGES = {
    "plain": page,
    "ranges": lambda: page(ranges=ranges()),
    "hostile": lambda: page(**frames(EVIL)),
    "many": lambda: page(**many()),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "dark")])
def test_a_sweep_opens_without_a_request_an_error_or_an_overflow(
    open_page, tmp_path, name, width, scheme
):
    path = tmp_path / "index.html"
    path.write_text(PAGES[name](), encoding="utf-8")
    seen = open_page(path, width=width, scheme=scheme)
    for details in seen.page.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    seen.check()
    assert seen.page.locator("h1").count() == 1
    assert seen.page.locator("main img, main script").count() == 0


def test_wide_tables_scroll_in_their_own_box_and_can_be_reached_by_key(open_page, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(page(ranges=ranges()), encoding="utf-8")
    seen = open_page(path, width=380)
    boxes = seen.page.locator(".table")
    assert boxes.count() >= 4
    for box in boxes.all():
        assert box.get_attribute("tabindex") == "0"
        assert box.get_attribute("aria-label")
    wide = seen.page.evaluate(
        "[...document.querySelectorAll('.table')].filter(b => b.scrollWidth > b.clientWidth).length"
    )
    assert wide >= 1
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_can_be_read_on_every_shade(open_page, tmp_path, scheme):
    path = tmp_path / "index.html"
    path.write_text(page(), encoding="utf-8")
    seen = open_page(path, scheme=scheme)
    contrast = seen.page.locator("td.r6").first.evaluate(
        """cell => {
          const canvas = document.createElement('canvas').getContext('2d');
          const on = colours => { for (const c of colours) { canvas.fillStyle = c;
            canvas.fillRect(0, 0, 1, 1); } return canvas.getImageData(0, 0, 1, 1).data; };
          const light = rgb => { const [r, g, b] = [...rgb].slice(0, 3).map(v => { v /= 255;
            return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
            return .2126 * r + .7152 * g + .0722 * b; };
          const paper = getComputedStyle(document.body).backgroundColor;
          const own = getComputedStyle(cell);
          const [a, b] = [light(on([paper, own.backgroundColor])), light(on([own.color]))];
          return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); }"""
    )
    assert contrast > 4.5
