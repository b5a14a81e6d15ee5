"""The explorer as a reader uses it: by keyboard, by address, on a telephone, beside a map."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import until
from tests.present import explorer_page
from tests.present.sample import HOSTILE

NUMBER, BUDGET, WHICH = "#rp-plans-number", "#rp-plans-budget", "#rp-plans-which"


@pytest.fixture
def page_path(tmp_path: Any) -> Any:
    return explorer_page.write(tmp_path / "index.html")


def text(seen: Any, part: str) -> str:
    return " ".join(seen.page.locator(part).inner_text().split())


def names(seen: Any) -> list[str]:
    return seen.page.locator(".rp-plans-list b").all_inner_texts()


def address(seen: Any) -> str:
    return str(seen.page.evaluate("location.hash"))


def told(seen: Any) -> list[dict[str, Any]]:
    return list(seen.page.evaluate("window.told"))


def framed(seen: Any, title: str) -> Any:
    handle = seen.page.locator(f'iframe[title="{title}"]').element_handle()
    return handle.content_frame()


def test_a_slider_moved_by_key_moves_all_that_shows_the_plan(open_page, page_path):
    seen = open_page(page_path)
    assert address(seen) == ""  # nothing was asked for yet
    seen.page.locator(NUMBER).focus()
    seen.page.keyboard.press("Home")
    seen.page.keyboard.press("ArrowRight")
    assert text(seen, ".rp-plans-title") == "Best plan with 1 conversion"
    assert "USD 18 M" in text(seen, ".rp-plans-figures")
    assert "proven: no other plan with 1 conversion gains more" in text(seen, ".rp-plans-figures")
    assert names(seen) == ["Market Hall Elm"]
    assert address(seen) == "#plan=number-1"
    assert seen.page.locator(WHICH).input_value() == ""
    assert text(seen, NUMBER + "-said") == "1"
    # The other slider stands at the least budget that pays for it, and says that it only follows.
    assert seen.page.locator(BUDGET).input_value() == "1"
    assert text(seen, BUDGET + "-said") == "needs USD 12 M"
    assert seen.page.locator(".rp-plans-follows input").get_attribute("id") == "rp-plans-budget"
    seen.check()


def test_a_budget_says_how_many_conversions_it_comes_to(open_page, page_path):
    seen = open_page(page_path)
    seen.page.locator(BUDGET).focus()
    seen.page.keyboard.press("Home")
    assert address(seen) == "#plan=budget-6000000"
    assert names(seen) == ["Market Hall Ash"]
    assert text(seen, BUDGET + "-said") == "at most USD 6.0 M"
    assert text(seen, NUMBER + "-said") == "comes to 1"
    assert seen.page.locator(NUMBER).input_value() == "1"
    # Where the slider of numbers stands already, Enter takes it in hand.
    seen.page.locator(NUMBER).focus()
    seen.page.keyboard.press("Enter")
    assert address(seen) == "#plan=number-1"
    seen.page.keyboard.press("End")
    assert text(seen, BUDGET + "-said") == "needs USD 31 M, more than this scale"
    seen.check()


def test_the_map_is_told_of_every_store_of_the_wave(open_page, page_path):
    seen = open_page(page_path)
    assert [one["plan"] for one in told(seen)] == ["best"]  # once at the start
    seen.page.locator(WHICH).select_option("scenario-dear")
    seen.page.locator(WHICH).select_option("announced")
    seen.page.locator(WHICH).select_option("before")
    last = told(seen)[1:]
    assert [one["plan"] for one in last] == ["scenario-dear", "announced", "before"]
    assert last[0]["title"] == "Dear building"
    assert last[0]["decisions"] == {
        "a": "convert_stall",
        "b": "close",
        "c": "convert_stall",
        "d": "close",
        "e": "close",
    }
    assert last[1]["decisions"] == dict.fromkeys("abcde", "close")
    assert last[2]["decisions"] == dict.fromkeys("abcde", "open")
    assert names(seen) == []
    assert text(seen, NUMBER + "-said") == "not in force"
    seen.check()


def test_what_stays_and_moves_is_listed_and_the_map_is_told_of_it(open_page, tmp_path):
    tables = {
        "frontier_stores": explorer_page.deciding(),
        "relocations": explorer_page.places(),
    }
    seen = open_page(explorer_page.write(tmp_path / "index.html", **tables))
    assert [one.split(" ")[-1] for one in names(seen)] == ["Elm", "Yew", "Fir"]
    assert "moves to Mill Road" in text(seen, ".rp-plans-list")
    assert told(seen)[0]["decisions"] == {
        "a": "convert_green",
        "b": "close",
        "c": "close",
        "d": "relocate",
        "e": "keep",
    }
    # Of three stores that do not close one converts.
    assert text(seen, NUMBER + "-said") == "comes to 1"
    seen.page.locator(WHICH).select_option("announced")
    assert set(told(seen)[1]["decisions"].values()) == {"close"}
    seen.page.locator(NUMBER).focus()
    seen.page.keyboard.press("Enter")
    assert told(seen)[2]["decisions"] == {
        "a": "close",
        "b": "close",
        "c": "close",
        "d": "keep",
        "e": "keep",
    }
    assert "Stores that stay open 2" in text(seen, ".rp-plans-figures")
    seen.check()


def test_every_decision_that_the_map_is_told_was_named_for_it(open_page, page_path):
    seen = open_page(page_path)
    options = "one => [...one.options].filter(o => o.value && !o.disabled).map(o => o.value)"
    ids = seen.page.locator(WHICH).evaluate(options)
    for plan in [*ids, *explorer_page.plan_rows()["plan"]]:
        seen.page.evaluate("plan => { location.hash = '#plan=' + plan; }", plan)
    until(seen.page, "() => window.told.some(one => one.plan === 'named')")
    pairs = {pair for one in told(seen) for pair in one["decisions"].items()}
    assert pairs == set(explorer_page.made().decisions)


def test_a_frame_of_the_map_is_told_and_may_ask_and_no_other(open_page, page_path):
    seen = open_page(page_path)
    inside, elsewhere = framed(seen, "In the map"), framed(seen, "Elsewhere")
    until(inside, "() => window.heard.length === 1")
    seen.page.locator(WHICH).select_option("before")
    until(inside, "() => window.heard.length === 2")
    for frame in (inside, elsewhere):
        frame.evaluate("() => { window.parent.postMessage({rpReady: true}, '*'); }")
    seen.page.evaluate("() => { window.postMessage({rpReady: true}, '*'); }")
    until(inside, "() => window.heard.length === 3")
    heard = inside.evaluate("window.heard")
    assert [one["plan"] for one in heard] == ["best", "before", "before"]
    assert heard[2] == told(seen)[-1]
    seen.page.wait_for_timeout(200)
    assert elsewhere.evaluate("window.heard") == []
    seen.check()


def test_the_address_keeps_the_plan_and_no_history_is_left(open_page, page_path):
    seen = open_page(page_path)
    before = seen.page.evaluate("history.length")
    seen.page.locator(NUMBER).focus()
    for _ in range(3):
        seen.page.keyboard.press("ArrowLeft")
    seen.page.locator(WHICH).select_option("named")
    assert seen.page.evaluate("history.length") == before
    seen.page.reload()
    assert text(seen, ".rp-plans-title") == "The plan named"
    assert text(seen, ".rp-plans-note") == "beyond: at most 1"
    assert seen.page.locator(WHICH).input_value() == "named"
    until(seen.page, "() => window.told.length === 1")
    assert told(seen)[0]["plan"] == "named"
    seen.check()


def test_other_anchors_keep_working_and_the_plan_stays(open_page, page_path):
    seen = open_page(page_path)
    seen.page.locator(WHICH).select_option("scenario-dear")
    seen.page.evaluate("() => { location.hash = '#map'; }")
    # The place was gone to; the address goes on to say which plan is shown.
    until(seen.page.main_frame, "() => location.hash === '#plan=scenario-dear'")
    assert text(seen, ".rp-plans-title") == "Dear building"
    assert text(seen, ".rp-plans-said") == ""
    seen.page.evaluate("() => { location.hash = '#plan=number-2'; }")
    until(seen.page, "() => window.told.length === 3")
    assert text(seen, ".rp-plans-title") == "Best plan with 2 conversions"
    seen.check()


@pytest.mark.parametrize("asked", ["number-99", "scenario-none", "%E0%A4%A", "constructor"])
def test_an_unknown_plan_in_the_address_is_ignored_and_said(open_page, page_path, asked):
    seen = open_page(page_path)
    seen.page.goto(page_path.resolve().as_uri() + "#plan=" + asked)
    seen.page.reload()
    assert text(seen, ".rp-plans-title") == "Best plan of this scenario"
    assert text(seen, ".rp-plans-said").endswith(f"does not have: {asked}.")
    seen.page.locator(NUMBER).focus()
    seen.page.keyboard.press("Home")
    assert text(seen, ".rp-plans-said") == ""
    seen.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_telephone(open_page, tmp_path, scheme):
    rows = explorer_page.plan_rows()
    long = rows.assign(title=["Wide" * 30 if axis == "best" else axis for axis in rows["axis"]])
    path = explorer_page.write(tmp_path / "index.html", frontier_plans=long)
    seen = open_page(path, width=380, height=800, scheme=scheme)
    for control in (NUMBER, BUDGET, WHICH):
        box = seen.page.locator(control).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 380
    seen.check()


def test_on_paper_stand_the_figures_and_the_list_without_controls(open_page, page_path):
    seen = open_page(page_path)
    seen.page.locator(WHICH).select_option("scenario-dear")
    seen.page.emulate_media(media="print")
    assert not seen.page.locator(NUMBER).is_visible()
    assert not seen.page.locator(WHICH).is_visible()
    assert seen.page.locator(".rp-plans-figures").is_visible()
    assert names(seen) == ["Market Hall Ash", "Market Hall Elm"]
    seen.check()


def test_a_change_is_announced_once_and_politely(open_page, page_path):
    seen = open_page(page_path)
    live = seen.page.locator('.rp-plans [aria-live="polite"]')
    assert live.count() == 1
    assert live.locator(".rp-plans-figures").count() == 1
    assert seen.page.locator(".rp-plans output:not([aria-live=off])").count() == 0
    for name in ("Number of conversions", "Budget of capital", "Plan"):
        assert seen.page.get_by_label(name, exact=True).count() == 1
    seen.page.locator(NUMBER).focus()
    seen.page.keyboard.press("Home")
    assert seen.page.locator(NUMBER).get_attribute("aria-valuetext") == "0"


def test_no_text_of_the_tables_ever_runs(open_page, tmp_path):
    for start in range(0, len(HOSTILE), 4):
        words = [HOSTILE[(start + n) % len(HOSTILE)] for n in range(12)]
        register = explorer_page.stores().assign(name=words[:6], city=words[3:9])
        rows = explorer_page.plan_rows().assign(title=words, note=words[::-1])
        path = explorer_page.write(tmp_path / "index.html", stores=register, frontier_plans=rows)
        seen = open_page(path)
        seen.page.locator(NUMBER).focus()
        seen.page.keyboard.press("End")
        assert seen.page.locator(".rp-plans-title").text_content() == words[4]
        assert set(seen.page.locator(".rp-plans-list b").all_text_contents()) == set(words[:3])
        assert seen.page.evaluate("window.hacked") is None
        seen.check()
