"""The pages of a report as a reader meets them: from disk, without a network, at every width."""

from __future__ import annotations

import pytest

from retail_portfolio.present.site import build_runs_index
from tests.browser.conftest import until
from tests.present import sample
from tests.present.test_site import PAGES


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "dark")])
def test_a_page_opens_without_a_request_an_error_or_an_overflow(
    open_page, report, name, width, scheme
):
    seen = open_page(report / name, width=width, scheme=scheme)
    for details in seen.page.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    seen.check()


@pytest.mark.parametrize("name", ["map.html", "index.html", "notebooks/01_portfolio.html"])
def test_every_store_stands_on_the_map(open_page, report, name):
    seen = open_page(report / name)
    assert seen.count_marks(banner="Corner Stop", status="closing") == sample.CLOSING_SMALL
    assert seen.count_marks(banner="Market Hall", status="closing") == sample.CLOSING_LARGE
    assert seen.count_marks(banner="Green Grocer", status="open") == sample.OPEN
    assert seen.count_marks(decision="convert_green") == 12
    assert seen.count_marks(point="approximate", status="closing") == 3
    assert seen.count_marks(status="closed") == 0
    seen.check()


def test_the_legend_switches_layers(open_page, report):
    seen = open_page(report / "map.html")
    boxes = seen.page.locator(".leaflet-control-layers-selector")
    assert boxes.count() == 9
    seen.page.get_by_text("Closed earlier", exact=True).click()
    assert seen.count_marks(status="closed") == sample.GONE
    seen.page.get_by_text("Green Grocer, stays open").click()
    assert seen.count_marks(status="open") == 0
    seen.check()


def test_a_store_is_read_with_the_keyboard_alone(open_page, report):
    seen = open_page(report / "map.html")
    mark = seen.page.locator('.rp-mark[data-decision="convert_green"]').first
    name = mark.get_attribute("aria-label")
    assert name.endswith(", Worth converting to Green Grocer")
    mark.focus()
    seen.page.keyboard.press("Enter")
    card = seen.page.locator(".rp-card")
    card.wait_for()
    text = card.inner_text()
    for words in (
        "Worth converting to Green Grocer",
        "households",
        "Value against closing",
        "37,000 sq ft",
        "The place is",
    ):
        assert words in text
    seen.page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert seen.page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    seen.check()


def test_marks_stand_where_the_table_says(open_page, report):
    seen = open_page(report / "map.html")
    store = sample.stores().iloc[3]
    places = seen.page.evaluate(
        """id => { const m = Object.values(window).find(v => v instanceof L.Map); let at = null;
        m.eachLayer(l => { if (l.options && l.options.icon && l.options.icon.options.facts
          && l.options.icon.options.facts["data-store-id"] === id) at = l.getLatLng(); });
        return [at.lat, at.lng, m.getBounds().contains(at), m.getMaxZoom()]; }""",
        store["store_id"],
    )
    assert places == [
        pytest.approx(store["lat"], abs=1e-4),
        pytest.approx(store["lon"], abs=1e-4),
        True,
        13,
    ]


def test_the_policy_holds_what_is_put_in_later(open_page, report):
    seen = open_page(report / "index.html")
    seen.page.evaluate(
        """() => { const one = document.createElement("script");
        one.textContent = "window.hacked = 1"; document.body.append(one);
        const two = document.createElement("img"); two.src = "https://example.org/a.png";
        document.body.append(two); }"""
    )
    seen.page.wait_for_timeout(200)
    assert seen.page.evaluate("window.hacked") is None
    assert len([text for text in seen.errors if "Content Security Policy" in text]) == 2


def test_the_list_of_runs_opens(open_page, tmp_path):
    runs = [{"run_id": "a" * 60, "status": "failed", "scenario": "base", "failure": "x" * 200}]
    open_page(build_runs_index(runs, tmp_path / "index.html"), width=380).check()


@pytest.mark.parametrize("name", ["map.html", "index.html"])
def test_a_card_fits_on_a_telephone(open_page, report, name):
    seen = open_page(report / name, width=380, height=780)
    inner = seen.map_frame()
    if inner != seen.page.main_frame:
        seen.page.locator("iframe").scroll_into_view_if_needed()
    # Far from the middle, where a card needs the map to move.
    for place in (0, -1):
        inner.evaluate(
            """place => [...document.querySelectorAll('.rp-mark[data-decision]')]
            .filter(one => one.dataset.decision).at(place).click()""",
            place,
        )
        room = """() => { const all = document.querySelectorAll(".leaflet-popup");
            if (!all.length) return [-1];
            const map = document.querySelector(".folium-map").getBoundingClientRect();
            const one = all[all.length - 1].getBoundingClientRect();
            return [one.left - map.left, map.right - one.right, one.top - map.top,
              map.bottom - one.bottom]; }"""
        until(inner, f"() => Math.min(...({room})()) >= 0")
    seen.check()


def test_the_legend_of_a_narrow_map_is_folded_and_opens_by_key(open_page, report):
    seen = open_page(report / "map.html", width=380, height=780)
    seen.map_frame()
    legend, button = seen.page.locator("form,.leaflet-control-layers-list").first, "a[title=Layers]"
    assert not legend.is_visible()
    assert not seen.page.locator(".leaflet-control-scale").is_visible()
    seen.page.locator(button).focus()
    seen.page.keyboard.press("Enter")
    assert legend.is_visible()
    assert seen.page.evaluate("document.activeElement.type") == "checkbox"
    seen.page.keyboard.press("Escape")
    assert not legend.is_visible()
    # As a tap does it: a mouse opens the legend before it can click.
    seen.page.locator(button).dispatch_event("click")
    assert legend.is_visible()
    seen.check()


_ZOOM = "window[Object.keys(window).find(key => /^map_[0-9a-f]+$/.test(key))].getZoom()"


def test_the_wheel_scrolls_the_page_over_a_map_in_it(open_page, report):
    seen = open_page(report / "index.html")
    inner = seen.map_frame()
    before = inner.evaluate(_ZOOM)
    seen.page.locator("#map iframe").scroll_into_view_if_needed()
    start = seen.page.evaluate("window.scrollY")
    frame = seen.page.locator("#map iframe").bounding_box()
    seen.page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    seen.page.mouse.wheel(0, 120)
    seen.page.wait_for_timeout(500)
    assert inner.evaluate(_ZOOM) == before
    assert seen.page.evaluate("window.scrollY") > start
    seen.page.keyboard.down("Control")
    seen.page.mouse.wheel(0, -240)
    seen.page.keyboard.up("Control")
    seen.page.wait_for_timeout(700)
    assert inner.evaluate(_ZOOM) > before
    seen.check()


def test_the_wheel_zooms_a_map_that_was_clicked_and_one_on_its_own_page(open_page, report):
    for name, click in (("index.html", True), ("map.html", False)):
        seen = open_page(report / name)
        inner = seen.map_frame()
        box = inner.locator(".folium-map").bounding_box()
        before = inner.evaluate(_ZOOM)
        at = (box["x"] + box["width"] * 0.3, box["y"] + 60)
        seen.page.mouse.move(*at)
        if click:
            seen.page.mouse.click(*at)
        seen.page.mouse.wheel(0, -240)
        seen.page.wait_for_timeout(700)
        assert inner.evaluate(_ZOOM) > before, name
        seen.check()


def test_a_dense_table_may_be_wider_than_the_text(open_page, report):
    seen = open_page(report / "index.html")
    for table in seen.page.locator(".table.dense").all():
        table.evaluate("one => { const d = one.closest('details'); if (d) d.open = true; }")
        left, right, room, wide = table.evaluate(
            """one => { const box = one.getBoundingClientRect();
            return [box.left, innerWidth - box.right, one.clientWidth, one.scrollWidth]; }"""
        )
        assert min(left, right) >= 0
        assert wide <= room
    assert seen.page.locator(".table.dense").count() >= 1
    seen.check()
