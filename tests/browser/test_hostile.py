"""Texts that try to run, in every column a stranger may fill: never run, and shown as they are.

Of the report `hostile_report` every free text is hostile: stores, metros, competitors, decisions,
plans, sources, figures, sentences, charts, notebooks, the title of the scenario and the names of
its formats. Here a reader does everything that makes a page put text in: opens, points, clicks,
switches, sorts, searches, moves.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import until
from tests.present import sample
from tests.present.test_site import PAGES

#: What must not be in a page: handlers, script addresses, pictures and scripts made of a text.
_BECAME = """() => [...document.querySelectorAll("*")].filter(one => {
  if (one.matches("script")) {
    return !/json|plain/.test(one.type) && one.textContent.includes("window.hacked"); }
  return [...one.attributes].some(({name, value}) => /^on/i.test(name)
    || (/^(href|xlink:href|src|action|formaction)$/i.test(name)
      && /^[\\s\\u0000-\\u0020]*(javascript|vbscript):/i.test(value))
    || (one.matches("img") && name === "src" && !value.startsWith("data:")));
}).map(one => one.outerHTML.slice(0, 200))"""
#: Everything that can be operated, once; a page may take away what it showed before.
_OPERATE = """async () => {
  const all = (names) => [...document.querySelectorAll(names)];
  const tell = (one, name) => one.dispatchEvent(new Event(name, {bubbles: true}));
  all("details").forEach(one => { one.open = true; });
  all("input[type=checkbox], input[type=radio], th button, main button")
    .forEach(one => { if (one.isConnected) one.click(); });
  for (const one of all("input[type=range]")) {
    for (const value of [one.min, one.max, (Number(one.min) + Number(one.max)) / 2]) {
      one.value = value; tell(one, "input"); tell(one, "change"); }
  }
  for (const one of all("select")) {
    for (const option of [...one.options].filter(one => !one.disabled && !one.hidden)) {
      one.value = option.value; tell(one, "change"); }
  }
  for (const one of all("input[type=search], input[type=text]")) {
    for (const typed of ["<img", "window", "script", "`", "zzz", ""]) {
      one.value = typed; tell(one, "input"); }
  }
}"""
_MARKS = """count => [...document.querySelectorAll(".rp-mark")].slice(0, count).forEach(one => {
  one.click();
  for (const name of ["mouseover", "focusin"]) {
    one.dispatchEvent(new MouseEvent(name, {bubbles: true})); } })"""


def operate(seen: Any) -> None:
    """Do in every frame of a page what makes it show more."""
    for frame in seen.page.frames:
        frame.evaluate(_MARKS, len(sample.HOSTILE))
        frame.evaluate(_OPERATE)
        frame.evaluate(_MARKS, len(sample.HOSTILE))
    seen.page.wait_for_timeout(200)


def check_nothing_ran(seen: Any) -> None:
    """Fail if a text ran, or became an element."""
    for frame in seen.page.frames:
        assert frame.evaluate("window.hacked") is None
        assert frame.evaluate(_BECAME) == []
    seen.check()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_whatever_a_reader_does(open_page, hostile_report, name):
    seen = open_page(hostile_report / name)
    operate(seen)
    check_nothing_ran(seen)


@pytest.mark.parametrize("name", ["index.html", "notebooks/01_portfolio.html"])
def test_every_text_is_shown_as_it_is_written(open_page, hostile_report, name):
    seen = open_page(hostile_report / name)
    words = " ".join(seen.page.evaluate("document.body.textContent").split())
    for text in sample.HOSTILE:
        assert " ".join(text.split()) in words, text
    assert sample.facts(hostile=True)["title"] in seen.page.title()


def test_a_card_and_a_tooltip_show_every_text(open_page, hostile_report):
    """Name, address and reason on the card of a store; its name where it is pointed at."""
    seen = open_page(hostile_report / "map.html")
    inner = seen.map_frame()
    assert seen.page.title().startswith(sample.HOSTILE[0])
    assert sample.HOSTILE[0] in seen.page.locator("h1").first.text_content()
    register, choice = sample.stores(hostile=True), sample.plan(sample.stores(), hostile=True).table
    for text in sample.HOSTILE:
        store = register[register["name"] == text].iloc[0]
        reason = choice.set_index("store_id")["reason"].get(store["store_id"], "")
        mark = inner.locator(f'.rp-mark[data-store-id="{store["store_id"]}"]')
        assert text in mark.get_attribute("aria-label")
        mark.evaluate("one => one.click()")
        card = inner.locator(".rp-card").last
        assert card.locator("h2").text_content() == text
        for shown in (store["street"], store["city"], reason):
            assert shown in card.text_content()
    check_nothing_ran(seen)


def test_the_search_lists_every_text(open_page, hostile_report):
    seen = open_page(hostile_report / "map.html")
    inner = seen.map_frame()
    box = inner.get_by_role("combobox", name="Find a store")
    for text in sample.HOSTILE:
        # What is typed is split at spaces and must be in the store's words.
        box.fill(text)
        found = inner.get_by_role("option")
        until(inner, "() => document.querySelectorAll('[role=option]').length > 0")
        assert any(text in one for one in found.all_text_contents()), text
    box.press("Enter")
    inner.locator(".rp-card").wait_for()
    check_nothing_ran(seen)


def test_the_explorer_lists_hostile_plans_and_stores(open_page, hostile_report):
    seen = open_page(hostile_report / "index.html")
    explorer = seen.page.locator("#explorer")
    explorer.wait_for(state="attached", timeout=5_000)
    operate(seen)
    assert any(text in explorer.text_content() for text in sample.HOSTILE)
    # The address is a text of strangers too.
    for text in sample.HOSTILE:
        seen.page.evaluate("text => { location.hash = `plan=${encodeURIComponent(text)}`; }", text)
        seen.page.evaluate("text => { location.hash = `plan=${text}`; }", text)
    seen.page.wait_for_timeout(200)
    check_nothing_ran(seen)
