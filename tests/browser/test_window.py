"""All tests open their files in one page: what one of them does there, the next must not meet."""

from __future__ import annotations

import pytest

_STATE = """() => ({
  wide: innerWidth, high: innerHeight, left: window.left, scrolled: scrollY, hash: location.hash,
  dark: matchMedia("(prefers-color-scheme: dark)").matches, paper: matchMedia("print").matches,
  pointed: document.querySelectorAll(":hover").length, focus: document.activeElement.tagName,
  typed: document.querySelector("input").value, past: history.length,
  kept: [localStorage.length, sessionStorage.length].join()})"""


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        "<!DOCTYPE html><title>x</title><input><a href='#there'>to</a>"
        "<p style='height: 3000px'>a long one</p><p id='there'>the end</p>"
        "<script>if (location.hash) console.error('from outside')</script>",
        encoding="utf-8",
    )
    return path


def test_a_file_meets_nothing_of_the_one_before(open_page, page):
    seen = open_page(page)
    fresh = seen.page.evaluate(_STATE)
    assert (fresh["wide"], fresh["high"], fresh["pointed"], fresh["hash"]) == (1280, 900, 0, "")
    for _ in range(2):
        seen.page.get_by_role("link").click()
        seen.page.reload()
        assert seen.errors.pop() == "from outside"
    seen.page.locator("input").fill("typed")
    seen.page.evaluate("() => { window.left = 1; console.error('from before'); }")
    seen.page.evaluate("() => { localStorage.a = 1; sessionStorage.a = 1; }")
    seen.page.emulate_media(media="print", color_scheme="dark")
    seen.page.set_viewport_size({"width": 380, "height": 780})
    seen.page.mouse.move(100, 200)
    assert seen.errors == ["from before"]
    last = seen.page.evaluate(_STATE)
    assert {name for name, value in last.items() if value == fresh[name]} <= {"scrolled"}
    again = open_page(page)
    again.page.wait_for_timeout(200)  # a pointer that was left would be noticed now
    assert again.page.evaluate(_STATE) == fresh
    again.check()


def test_a_file_that_was_left_can_be_asked_no_more(open_page, page):
    left = open_page(page)
    open_page(page)
    with pytest.raises(AttributeError):
        left.check()


def test_a_window_that_a_test_closed_is_opened_again(open_page, page):
    open_page(page).page.context.close()
    open_page(page).check()
