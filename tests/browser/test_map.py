"""The map in a reader's hands: search, areas, the time before, other plans, layers, many stores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.present.mapping.map_layers import MapExtras
from retail_portfolio.present.mapping.map_page import write_map_page
from retail_portfolio.present.mapping.maps import (
    MapSettings,
    joined,
    looks,
    portfolio_map,
    write_map,
)
from retail_portfolio.present.pages import RunFacts
from retail_portfolio.present.tables import Table
from tests.browser.conftest import until
from tests.conftest import BUNDLED
from tests.present import sample
from tests.present.test_map_layers import TILES, households, rivals, transfer

MANY = 6_000
FOUND = ".rp-find-list [role=option]"
METROS = pd.DataFrame(
    {"name": ["Northport-Tacoma, WA", "Nowhere, AK"], "lat": [47.6, 61.0], "lon": [-122.3, -150.0]}
)


def first_store(frame):
    """Return a large closing store in Northport."""
    return frame[(frame["format"] == "hall") & (frame["city"] == "Northport")].iloc[0]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return the report's page of a map with every layer."""
    frame = sample.stores()
    store = first_store(frame)
    extras = MapExtras(
        rivals().assign(lat=store["lat"] + 0.02, lon=store["lon"] + [0.02, 0.04, 0.06]),
        households().assign(lat=store["lat"] - 0.03, lon=store["lon"] + np.arange(6) * 0.03),
        transfer(frame),
        ((store["store_id"], "convert_green"), (store["store_id"], "close")),
    )
    frame["probability"] = frame["format"].map({"hall": 0.4})
    table = joined(Table(frame), sample.plan(frame), sample.closure(frame))
    fmap = portfolio_map(
        table,
        basemap=sample.basemap(),
        metros=METROS,
        settings=MapSettings("The map", looks(sample.FORMATS), words=BUNDLED),
        areas=sample.layer(frame),
        extras=extras,
    )
    return write_map_page(
        fmap,
        tmp_path_factory.mktemp("map") / "map.html",
        table,
        RunFacts.of(sample.FACTS),
        title="The map",
        formats=looks(sample.FORMATS),
    )


def counts(seen):
    return seen.page.evaluate("rpMap.counts()")


def ready(seen):
    until(seen.map_frame(), "() => Boolean(window.rpMap)")
    return seen


def near(seen, lat, lon, zoom=11):
    seen.page.evaluate(
        "([lat, lon, zoom]) => { rpMap.map.setView([lat, lon], zoom, {animate: false}); }",
        [lat, lon, zoom],
    )


def at(seen, lat, lon):
    """Return where on the page a place is."""
    return seen.page.evaluate(
        """([lat, lon]) => { const box = rpMap.map.getContainer().getBoundingClientRect();
        const one = rpMap.map.latLngToContainerPoint([lat, lon]);
        return [box.left + one.x, box.top + one.y]; }""",
        [lat, lon],
    )


def test_a_store_is_found_by_its_name_with_the_keyboard(open_page, page):
    seen = ready(open_page(page))
    frame = sample.stores()
    store = first_store(frame)
    seen.page.get_by_label("Find a store").focus()
    seen.page.keyboard.type("northport")
    options = seen.page.locator(FOUND)
    options.first.wait_for()
    assert options.count() == 8
    status = seen.page.locator(".rp-find [role=status]").inner_text()
    # What closes comes first.
    assert not any("Green Grocer" in text for text in options.all_inner_texts())
    found = frame["city"].eq("Northport").sum()
    assert status == f"{found} stores, the first 8 are listed"
    seen.page.keyboard.press("ControlOrMeta+a")
    seen.page.keyboard.type(store["store_id"])
    until(seen.page.main_frame, f"() => document.querySelectorAll('{FOUND}').length === 1")
    seen.page.keyboard.press("Enter")
    seen.page.locator(".rp-card").wait_for()
    assert seen.page.locator(".rp-card h2").inner_text() == store["name"]
    inside = "document.activeElement.classList.contains('leaflet-popup')"
    assert seen.page.evaluate(inside)
    seen.page.keyboard.press("Escape")
    seen.page.locator(".rp-card").wait_for(state="detached")
    assert seen.page.evaluate("document.activeElement.className") == "rp-find-input"
    seen.check()


def test_a_search_without_a_find_says_so_and_escape_clears_it(open_page, page):
    seen = ready(open_page(page))
    box = seen.page.get_by_label("Find a store")
    box.fill("zzz")
    assert seen.page.locator(".rp-find-list").inner_text() == "No store of that name"
    assert seen.page.locator(".rp-find [role=status]").inner_text() == "0 stores"
    box.press("Enter")
    assert seen.page.locator(".rp-card").count() == 0
    box.press("Escape")
    box.press("Escape")
    assert box.input_value() == ""
    seen.check()


def test_an_area_is_gone_to_and_left_again(open_page, page):
    seen = ready(open_page(page))
    choice = seen.page.get_by_label("Go to an area")
    assert choice.locator("option").all_inner_texts() == ["Whole map", "Northport"]
    whole = seen.page.evaluate("rpMap.map.getZoom()")
    choice.select_option(label="Northport")
    assert seen.page.evaluate("rpMap.map.getZoom()") > whole + 2
    assert seen.page.evaluate("rpMap.map.getBounds().contains([47.6, -122.3])")
    choice.select_option(label="Whole map")
    assert seen.page.evaluate("rpMap.map.getZoom()") == whole
    seen.check()


def test_before_the_exit_every_store_is_open(open_page, page):
    seen = ready(open_page(page))
    after = counts(seen)
    seen.page.get_by_role("radio", name="Before").check()
    assert counts(seen) == {
        "Corner Stop, open before": sample.CLOSING_SMALL,
        "Market Hall, open before": sample.CLOSING_LARGE,
        "Green Grocer, stays open": sample.OPEN,
    }
    assert seen.count_marks(decision="open") == sample.CLOSING_SMALL + sample.CLOSING_LARGE
    rows = seen.page.locator(".leaflet-control-layers-overlays label:visible").all_inner_texts()
    assert not any("closes" in row for row in rows)
    seen.page.get_by_role("radio", name="After").check()
    assert counts(seen) == after
    assert seen.count_marks(decision="convert_green") == 12
    seen.check()


def test_the_map_follows_the_plan_that_the_page_shows(open_page, page):
    seen = ready(open_page(page))
    store = first_store(sample.stores())["store_id"]
    closes = {f"hall-{place:03d}": "close" for place in range(14, 71)}
    told = """detail => { dispatchEvent(new CustomEvent("rp-plan", {detail: detail})); }"""
    seen.page.evaluate(told, {"plan": "a", "decisions": closes | {store: "convert_green"}})
    assert seen.count_marks(decision="convert_green") == 1
    assert counts(seen)["Market Hall, closes"] == sample.CLOSING_LARGE - 1
    seen.page.evaluate("id => rpMap.open(id)", store)
    card = seen.page.locator(".rp-card")
    assert card.locator(".rp-verdict").inner_text().strip() == "Worth converting to Green Grocer"
    seen.page.evaluate(told, {"plan": "b", "decisions": closes})
    assert seen.count_marks(decision="convert_green") == 0
    assert card.locator(".rp-verdict").inner_text().strip() == "Closes"
    every = dict.fromkeys(closes, "open")
    seen.page.evaluate(told, {"plan": "c", "decisions": every})
    assert seen.page.get_by_role("radio", name="Before").is_checked()
    seen.page.evaluate(told, {"plan": "d", "decisions": {"nobody": "close", store: "no such fate"}})
    seen.page.evaluate(told, {"plan": "e", "decisions": None})
    # What no plan says falls back on the plan that the map was made with.
    assert seen.count_marks(decision="convert_green") == 12
    seen.check()


@pytest.mark.parametrize(
    "name", ["Conversion probability", "Exit cost", "Sales transfer", "Competitors", "Demand"]
)
def test_a_layer_is_drawn_while_it_is_switched_on_and_explains_itself(open_page, page, name):
    seen = ready(open_page(page))
    store = first_store(sample.stores())
    if name != "Sales transfer":  # one that crosses half the country
        near(seen, store["lat"], store["lon"], 10)
    box = seen.page.locator(".leaflet-control-layers-overlays label").filter(has_text=name)
    pane = {
        "Conversion probability": "chance",
        "Exit cost": "cost",
        "Sales transfer": "flows",
        "Competitors": "competitors",
        "Demand": "demand",
    }[name]
    painted = f"""() => {{ const canvas = document.querySelector(".leaflet-{pane}-pane canvas");
        if (!canvas) return 0;
        const all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let found = 0; for (let i = 3; i < all.length; i += 4) if (all[i]) found += 1;
        return found; }}"""
    assert seen.page.evaluate(painted) == 0
    box.locator("input").focus()
    seen.page.keyboard.press("Space")
    until(seen.page.main_frame, f"() => ({painted})() > 20")
    note = seen.page.locator(".rp-note:visible")
    until(seen.page.main_frame, "() => document.querySelector('.rp-note:not([hidden])')")
    assert note.count() == 1
    seen.page.keyboard.press("Space")
    until(seen.page.main_frame, f"() => ({painted})() === 0")
    until(seen.page.main_frame, "() => !document.querySelector('.rp-note:not([hidden])')")
    seen.check()


def test_a_competitor_is_read_by_a_click_and_households_by_a_hover(open_page, page):
    seen = ready(open_page(page))
    store = first_store(sample.stores())
    near(seen, store["lat"], store["lon"], 11)
    for name in ("Competitors", "Demand and income"):
        seen.page.locator(".leaflet-control-layers-overlays label").filter(has_text=name).click()
    seen.page.mouse.move(*at(seen, store["lat"] - 0.03, store["lon"] + 0.12))
    tip = seen.page.locator(".leaflet-tooltip")
    tip.wait_for()
    assert tip.inner_text() == "500 households, median income USD 150 k"
    seen.page.mouse.click(*at(seen, store["lat"] + 0.02, store["lon"] + 0.06))
    seen.page.locator(".rp-card").wait_for()
    text = seen.page.locator(".rp-card").inner_text()
    assert "Corner Deli" in text
    assert "3 Main St, Northport, WA" in text
    assert "Competitor, 41,000 sq ft, listed 2024-03." in text
    seen.check()


def test_costs_lie_about_the_stores_that_have_them(open_page, page):
    seen = ready(open_page(page))
    seen.page.get_by_label("Exit cost").check()
    store = first_store(sample.stores())
    painted = """places => {
        const canvas = document.querySelector(".leaflet-cost-pane canvas");
        const copy = new OffscreenCanvas(canvas.width, canvas.height);
        const paper = copy.getContext("2d", {willReadFrequently: true});
        paper.drawImage(canvas, 0, 0);
        const box = canvas.getBoundingClientRect(), fine = canvas.width / box.width;
        const map = rpMap.map.getContainer().getBoundingClientRect();
        return places.map(place => {
          const one = rpMap.map.latLngToContainerPoint(place);
          const x = (map.left + one.x - box.left) * fine, y = (map.top + one.y - box.top) * fine;
          return paper.getImageData(x - 3, y - 3, 6, 6).data.some(part => part > 0);
        }); }"""
    closing = sample.stores().query("status == 'closing'")[["lat", "lon"]].to_numpy().tolist()
    nowhere = [store["lat"] - 4, store["lon"] + 12]
    assert seen.page.evaluate(painted, [*closing, nowhere]) == [True] * len(closing) + [False]
    seen.check()


def test_one_tab_leads_to_the_marks_and_arrows_from_mark_to_mark(open_page, page):
    seen = ready(open_page(page))
    stops = "[...document.querySelectorAll('.rp-mark')].filter(one => one.tabIndex === 0).length"
    assert seen.page.evaluate(stops) == 1
    seen.page.locator(".rp-mark[tabindex='0']").focus()
    spot = """() => { const box = document.activeElement.getBoundingClientRect();
        return [document.activeElement.dataset.storeId, box.x, box.y]; }"""
    zoom = seen.page.evaluate("rpMap.map.getCenter().toString()")
    first = seen.page.evaluate(spot)
    moved = {}
    for key, way in (("ArrowRight", 1), ("ArrowLeft", -1), ("ArrowDown", 1), ("ArrowUp", -1)):
        seen.page.locator(f".rp-mark[data-store-id='{first[0]}']").focus()
        seen.page.keyboard.press(key)
        there = seen.page.evaluate(spot)
        moved[key] = there[0] != first[0]
        axis = 1 if key in {"ArrowRight", "ArrowLeft"} else 2
        assert not moved[key] or way * (there[axis] - first[axis]) > 0
        assert seen.page.evaluate(stops) == 1
    assert sum(moved.values()) >= 2
    assert seen.page.evaluate("rpMap.map.getCenter().toString()") == zoom  # the map stays
    seen.page.keyboard.press("Enter")
    seen.page.locator(".rp-card").wait_for()
    seen.check()


def test_the_legend_counts_the_hollow_marks_that_are_drawn(open_page, page):
    seen = ready(open_page(page))
    count = seen.page.locator(".rp-rough .rp-count")
    assert count.inner_text() == str(seen.count_marks(point="approximate")) == "3"
    seen.page.get_by_text("Corner Stop, closes").click()
    assert count.inner_text() == str(seen.count_marks(point="approximate")) == "1"
    seen.page.get_by_text("Market Hall, closes").click()
    seen.page.get_by_text("Market Hall, worth converting").click()
    assert not count.is_visible()
    seen.check()


@pytest.mark.parametrize("name", ["map.html", "index.html"])
def test_before_and_after_in_the_map_move_the_page_too(open_page, full_report, name):
    seen = open_page(full_report / name)
    inner = seen.map_frame()
    until(inner, "() => Boolean(window.rpMap)")
    shown = seen.page.locator(".rp-plans-title")
    seen.page.locator("#rp-plans-number").focus()
    seen.page.keyboard.press("Home")
    seen.page.keyboard.press("ArrowRight")
    at = seen.page.evaluate("location.hash")
    title = shown.inner_text()
    inner.get_by_role("radio", name="Before").check()
    until(seen.page.main_frame, "() => location.hash === '#plan=before'")
    assert shown.inner_text() != title
    inner.get_by_role("radio", name="After").check()
    until(seen.page.main_frame, f"() => location.hash === '{at}'")
    assert shown.inner_text() == title
    other = "index.html" if name == "map.html" else "map.html"
    links = seen.page.locator(f"a[data-plan-page][href^='{other}'], a[data-plan-page]").all()
    assert {link.get_attribute("href").partition("#")[2] for link in links} == {at[1:]}
    seen.check()


def test_the_table_below_has_a_row_for_every_mark(open_page, page):
    seen = ready(open_page(page))
    tables = seen.page.locator("#stores table")
    rows = [tables.nth(place).locator("tbody tr").count() for place in range(tables.count())]
    closing = sample.CLOSING_SMALL + sample.CLOSING_LARGE
    assert rows == [closing, sample.OPEN + sample.GONE]
    assert seen.count_marks(status="closing") == closing
    assert seen.count_marks(status="open") == sample.OPEN
    seen.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_very_many_stores_are_drawn_on_one_canvas(open_page, tmp_path, scheme):
    random = np.random.default_rng(5)
    frame = sample.stores()
    many = pd.DataFrame(
        {
            "store_id": [f"many-{place}" for place in range(MANY)],
            "banner": "Green Grocer",
            "format": "green",
            "name": [f"Green Grocer {place}" for place in range(MANY)],
            "lat": random.uniform(30, 45, MANY),
            "lon": random.uniform(-120, -75, MANY),
            "status": "open",
        }
    )
    frame = pd.concat([frame[frame["status"] != "open"], many], ignore_index=True)
    fmap = portfolio_map(frame, basemap=sample.basemap())
    seen = ready(open_page(write_map(fmap, tmp_path / "map.html", "Many"), scheme=scheme))
    assert counts(seen)["green, stays open"] == MANY
    assert seen.count_marks(status="open") == 0
    assert seen.count_marks(status="closing") == sample.CLOSING_SMALL + sample.CLOSING_LARGE
    seen.page.get_by_label("Find a store").fill("green grocer 4321")
    seen.page.locator(FOUND).first.wait_for()
    seen.page.keyboard.press("Enter")
    seen.page.locator(".rp-card").wait_for()
    assert seen.page.locator(".rp-card h2").inner_text() == "Green Grocer 4321"
    seen.page.keyboard.press("Escape")
    # And by a click on the canvas, with nothing but the pointer.
    store = many.iloc[4321]
    near(seen, store["lat"], store["lon"], 12)
    seen.page.mouse.click(*at(seen, store["lat"], store["lon"]))
    seen.page.locator(".rp-card").wait_for()
    assert seen.page.locator(".rp-card h2").inner_text() == "Green Grocer 4321"
    seen.page.get_by_text("green, stays open").click()
    assert "green, stays open" not in counts(seen)
    seen.check()


def test_tiles_are_asked_for_only_when_they_are_switched_on(open_page, tmp_path):
    fmap = portfolio_map(
        sample.stores(), basemap=sample.basemap(), settings=MapSettings(tiles=TILES, words=BUNDLED)
    )
    seen = ready(open_page(write_map(fmap, tmp_path / "map.html", "Tiles")))
    seen.check()
    assert "Somebody" not in seen.page.locator(".leaflet-control-attribution").inner_text()
    seen.page.get_by_text("Map tiles").click()
    until(seen.page.main_frame, "() => document.querySelectorAll('.leaflet-tile').length > 0")
    seen.page.wait_for_timeout(300)
    assert any("tiles.example.org" in one for one in seen.requests)
    credit = seen.page.locator(".leaflet-control-attribution").inner_text()
    assert "<b>Somebody</b> & others" in credit
    assert not [one for one in seen.errors if "Content Security Policy" in one]
