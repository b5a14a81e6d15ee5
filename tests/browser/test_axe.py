"""Pages as somebody meets them who cannot see them, or not well: what axe-core finds on each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from retail_portfolio.present.site import build_runs_index
from tests.present.test_sweep_page import page as sweep_page
from tests.present.test_sweep_page import ranges

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from axe_playwright_python.base import AXE_SCRIPT

#: One page of every kind. The summary holds the explorer; the maps in frames are that of map.html.
KINDS = (
    "index.html",
    "map.html",
    "glossary.html",
    "notebooks/01_portfolio.html",
    "notebooks/02_closure.html",
    "runs.html",
    "sweep.html",
)
GRAVE = ("serious", "critical")
_NODES_SHOWN = 3
#: Rows of a table and marks of a map are made by the hundred: of those alike in every element, its
#: classes, colours and attributes, and in what is empty, one is left to be read. A table keeps its
#: size, so that what scrolls goes on scrolling.
_THIN = """() => {
  for (const one of document.querySelectorAll("table")) {
    const {offsetWidth: wide, offsetHeight: high} = one;
    one.style.minWidth = `${wide}px`; one.style.height = `${high}px`; }
  for (const names of ["tbody tr", ".rp-mark"]) {
  const kinds = new Set(), extra = [];
  for (const one of document.querySelectorAll(names)) {
    if (one.matches("[id]") || one.querySelector("[id]")) continue;
    const table = one.closest("table");
    const kind = [one, ...one.querySelectorAll("*")].map(part => {
      const drawn = getComputedStyle(part);
      const has = [...part.attributes].map(({name, value}) => name + (value.trim() ? "=" : ""));
      return [part.tagName, part.getAttribute("class"), has.sort(), drawn.color,
        drawn.backgroundColor, drawn.fontSize, Boolean(part.textContent.trim())].join();
    }).join(";")
      + (table ? [...document.querySelectorAll("table")].indexOf(table) : "");
    if (kinds.has(kind)) extra.push(one); else kinds.add(kind);
  }
  for (const one of extra) {  // an empty one stands in its place: a style may count them
    const stead = document.createElement(one.tagName);
    stead.style.display = "none"; one.replaceWith(stead); } } }"""
_RUN = """async () => (await axe.run(
    {iframes: false, resultTypes: ["violations"], performanceTimer: false})).violations"""
_STILL = "() => document.getAnimations().every(one => one.playState !== 'running')"


@pytest.fixture(scope="session")
def pages(full_report: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of every kind, by its name in `KINDS`."""
    folder = tmp_path_factory.mktemp("kinds")
    runs = [
        {"run_id": "b", "status": "complete", "scenario": {"name": "base", "as_of": "2026-01-27"}},
        {"run_id": "a", "status": "failed", "scenario": "base", "failure": "02_closure: a fault"},
    ]
    build_runs_index(runs, folder / "runs.html")
    (folder / "sweep.html").write_text(sweep_page(ranges=ranges()), encoding="utf-8")
    return {
        name: (full_report if (full_report / name).exists() else folder) / name for name in KINDS
    }


def open_everything(seen: Any) -> None:
    """Unfold what is folded, and open one card on a map that stands on its own page."""
    for frame in seen.page.frames:
        frame.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    if seen.path.name == "map.html":
        seen.page.locator("a[title=Layers]").dispatch_event("click")
        seen.map_frame().locator('.rp-mark[data-decision^="convert_"]').first.dispatch_event(
            "click"
        )
        seen.page.locator(".rp-card").wait_for()
    # What fades in is half transparent for a moment, and its contrast is not that of the page.
    for frame in seen.page.frames:
        frame.wait_for_function(_STILL)


def violations(frame: Any) -> list[dict[str, Any]]:
    """Return what axe-core finds in a frame, without the frames in it.

    The policy of a page lists its scripts by hash. What is evaluated from outside, as in the
    browser's console, is not held to it, so the page is read as it is.
    """
    frame.evaluate(_THIN)
    frame.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = frame.evaluate(_RUN)
    return found


def told(name: str, found: list[dict[str, Any]]) -> list[str]:
    """Write violations as lines: the page, the rule, what to do, and where."""
    return [
        f"{name}: {one['impact']}: {one['id']}: {one['help']} ({len(one['nodes'])}): "
        + "; ".join(f"{at['target']} {at['html'][:160]}" for at in one["nodes"][:_NODES_SHOWN])
        for one in found
    ]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "dark")])
def test_no_page_has_a_grave_fault(open_page, pages, name, width, scheme):
    seen = open_page(pages[name], width=width, scheme=scheme)
    open_everything(seen)
    grave = [one for one in violations(seen.page.main_frame) if one["impact"] in GRAVE]
    assert not grave, "\n".join(told(name, grave))
