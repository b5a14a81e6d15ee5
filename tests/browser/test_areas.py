"""Trade areas on the map: a switch, the areas of one store, and what its card says of them."""

from __future__ import annotations

import pytest

from tests.browser.conftest import until
from tests.present import sample

ALL = 2 * sample.CLOSING_LARGE + sample.LEADS
_MAP = "window[Object.keys(window).find(key => /^map_[0-9a-f]+$/.test(key))]"
_SHAPES = f"""pane => {{ const found = []; {_MAP}.eachLayer(one => {{
    if (one.area && one.options.pane === pane) found.push(one); }}); return found; }}"""
_COUNT = f"pane => ({_SHAPES})(pane).length"
_COLOURS = f"pane => [...new Set(({_SHAPES})(pane).map(one => one.options.color))].sort()"
#: Pixels of a pane's canvas that something is drawn on.
_PAINTED = """pane => { const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
    if (!canvas) return 0;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const paper = copy.getContext("2d", {willReadFrequently: true});
    paper.drawImage(canvas, 0, 0);
    const all = paper.getImageData(0, 0, copy.width, copy.height).data;
    let painted = 0;
    for (let i = 3; i < all.length; i += 4) if (all[i]) painted += 1;
    return painted; }"""


def count(seen, pane):
    return seen.map_frame().evaluate(_COUNT, pane)


def switch(seen):
    return seen.map_frame().get_by_label("Trade areas")


def zoom_to_a_large_store(seen):
    """Zoom to a store that has areas, so that they are more than a dot; return its mark."""
    store = sample.stores().query("format == 'hall'").iloc[0]
    inner = seen.map_frame()
    inner.evaluate(
        f"at => {{ {_MAP}.setView(at, 11, {{animate: false}}); }}", [store["lat"], store["lon"]]
    )
    return inner.locator(f'.rp-mark[data-store-id="{store["store_id"]}"]')


@pytest.mark.parametrize("name", ["map.html", "index.html"])
def test_the_switch_shows_and_hides_every_area(open_page, report, name):
    seen = open_page(report / name)
    zoom_to_a_large_store(seen)
    inner, box = seen.map_frame(), switch(seen)
    note = inner.locator(".rp-note").filter(has_text="Tinted")
    assert not box.is_checked()
    assert not note.is_visible()
    assert count(seen, "areas") == 0
    box.check()
    assert count(seen, "areas") == ALL
    assert note.is_visible()
    until(inner, f"() => ({_PAINTED})('areas') > 5000")
    box.uncheck()
    assert count(seen, "areas") == 0
    assert not note.is_visible()
    until(inner, f"() => ({_PAINTED})('areas') === 0")
    seen.check()


def test_the_legend_counts_the_stores_that_have_areas(open_page, report):
    seen = open_page(report / "map.html")
    row = seen.page.locator(".leaflet-control-layers-overlays label").filter(has_text="Trade")
    assert row.inner_text().split() == [
        "Trade",
        "areas",
        str(sample.CLOSING_LARGE + sample.LEADS),
    ]


def test_a_store_under_the_pointer_shows_its_own_areas(open_page, report):
    seen = open_page(report / "map.html")
    mark = zoom_to_a_large_store(seen)
    mark.hover()
    assert count(seen, "chosen") == 2
    assert count(seen, "areas") == 0
    until(seen.page.main_frame, f"() => ({_PAINTED})('chosen') > 1000")
    seen.page.mouse.move(5, 5)
    assert count(seen, "chosen") == 0
    seen.check()


def test_areas_are_read_with_the_keyboard_alone(open_page, report):
    seen = open_page(report / "map.html")
    mark = zoom_to_a_large_store(seen)
    switch(seen).focus()
    seen.page.keyboard.press("Space")
    assert count(seen, "areas") == ALL
    seen.page.keyboard.press("Space")
    assert count(seen, "areas") == 0
    mark.focus()
    assert count(seen, "chosen") == 2
    seen.page.keyboard.press("Enter")
    card = seen.page.locator(".rp-card")
    card.wait_for()
    words = " ".join(card.inner_text().split())
    assert "If converted, 50 % of sales from 41,200 households" in words
    assert words.index("50 % of sales") < words.index("70 % of sales")
    assert count(seen, "chosen") == 2
    seen.page.keyboard.press("Escape")
    card.wait_for(state="detached")
    # The focus is back on the mark, and with it the areas.
    assert count(seen, "chosen") == 2
    seen.page.keyboard.press("Tab")
    assert mark.evaluate("one => one !== document.activeElement")
    seen.page.evaluate("document.activeElement.blur()")
    assert count(seen, "chosen") == 0
    seen.check()


def test_an_open_card_keeps_the_areas_of_its_store(open_page, report):
    seen = open_page(report / "map.html")
    zoom_to_a_large_store(seen).evaluate("one => one.click()")
    seen.page.locator(".rp-card").wait_for()
    assert count(seen, "chosen") == 2
    other = seen.page.locator('.rp-mark[data-format="green"]').first
    other.evaluate("one => one.click()")
    assert count(seen, "chosen") == 1
    seen.page.locator(".leaflet-popup-close-button").last.click()
    assert count(seen, "chosen") == 0
    seen.check()


def test_a_hidden_store_takes_its_areas_along(open_page, report):
    seen = open_page(report / "map.html")
    mark = zoom_to_a_large_store(seen)
    mark.hover()
    assert count(seen, "chosen") == 2
    rows = seen.page.locator(".leaflet-control-layers-overlays label")
    for row in rows.filter(has_text="Market Hall").all():
        row.locator("input").evaluate("one => one.click()")
    assert mark.count() == 0
    assert count(seen, "chosen") == 0
    seen.check()


def test_areas_take_the_colours_of_the_scheme(open_page, report):
    seen = open_page(report / "map.html")
    switch(seen).check()
    light = seen.page.evaluate(_COLOURS, "areas")
    assert light == ["#0072b2", "#5f5f5c", "#d55e00"]
    seen.page.emulate_media(color_scheme="dark")
    until(seen.page.main_frame, f"() => ({_COLOURS})('areas').includes('#56b4e9')")
    assert seen.page.evaluate(_COLOURS, "areas") == ["#56b4e9", "#a5a29b", "#f0853a"]
    seen.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_areas_on_a_telephone(open_page, report, scheme):
    seen = open_page(report / "map.html", width=380, height=780, scheme=scheme)
    seen.map_frame()
    seen.page.locator("a[title=Layers]").focus()
    seen.page.keyboard.press("Enter")
    switch(seen).check()
    assert count(seen, "areas") == ALL
    legend = seen.page.locator(".leaflet-control-layers").bounding_box()
    assert legend["x"] >= 0
    assert legend["x"] + legend["width"] <= 380
    seen.check()


def test_a_map_without_areas_has_no_switch(open_page, report):
    seen = open_page(report / "notebooks" / "01_portfolio.html")
    assert switch(seen).count() == 0
    seen.check()


def test_hostile_options_never_run(open_page, hostile_report):
    seen = open_page(hostile_report / "map.html")
    switch(seen).check()
    seen.page.locator('.rp-mark[data-format="hall"]').first.evaluate("one => one.click()")
    seen.page.locator(".rp-card").wait_for()
    assert seen.page.evaluate("window.hacked") is None
    seen.check()
