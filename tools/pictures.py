"""Takes the pictures of README.md from a finished report, in a browser that reaches no host.

``python -m tools.pictures`` opens the pages of ``reports/latest`` (or of ``--report DIR``) from
disk and writes PNG files to ``docs/``: the head of the summary, the map of the country, the map of
the area with most closing stores and a card open, the explorer of plans, and the summary on a dark
telephone. Which area and which store are read from the report's tables. Equal reports give equal
pictures with the same browser and fonts. No picture may be larger than `MOST_BYTES`.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retail_portfolio.inputs.folders import checkout_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Browser, FloatRect, Page, ViewportSize

MOST_BYTES: Final = 250_000
PAGES: Final = ("index.html", "map.html", "tables/stores.csv", "tables/plan.csv")
"""What a folder has to hold to be a report that can be shown."""
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)
_NEAR_DEGREES: Final = 0.5
_ZOOM: Final = 10
#: Puts a store a little below the middle, so that its card has room, and opens the card.
_SHOW_STORE: Final = """([id, lat, lon, zoom]) => { const map = rpMap.map;
  map.setView([lat, lon], zoom, {animate: false});
  map.panBy([0, -90], {animate: false}); rpMap.open(id); }"""
_HALFWAY: Final = """one => { one.value = Math.round(Number(one.max) / 2);
  for (const name of ["input", "change"]) one.dispatchEvent(new Event(name, {bubbles: true})); }"""
#: Where an element is on its page, with some paper around it.
_ROOM: Final = """part => { const box = document.querySelector(part).getBoundingClientRect();
  return {x: Math.max(0, box.x - 24), y: Math.max(0, box.y + scrollY - 24),
    width: Math.min(innerWidth, box.width + 48), height: box.height + 48}; }"""


class NotShown(Exception):  # noqa: N818 - what is the matter, in words
    """The pictures cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store whose card a picture shows: its id, and its position in degrees."""

    store_id: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture.

    Parameters
    ----------
    name
        Of the file.
    page
        The page of the report.
    size
        Width and height of the window, CSS pixels.
    scheme
        ``light`` or ``dark``.
    scale
        Device pixels a CSS pixel.
    prepare
        What is done on the page before the picture is taken.
    part
        The element that is shown; the whole window where blank.
    """

    name: str
    page: str
    size: tuple[int, int]
    scheme: str = "light"
    scale: int = 1
    prepare: Callable[[Page, Store], None] | None = None
    part: str = ""


def _on_store(page: Page, store: Store) -> None:
    page.evaluate(_SHOW_STORE, [store.store_id, store.lat, store.lon, _ZOOM])
    page.locator(".rp-card").wait_for()


def _halfway(page: Page, _: Store) -> None:
    page.locator("#explorer input[type=range]").first.evaluate(_HALFWAY)


PICTURES: Final = (
    Picture("report.png", "index.html", (1200, 900)),
    Picture("map.png", "map.html", (1200, 760)),
    Picture("map-store.png", "map.html", (1200, 900), prepare=_on_store),
    Picture("explorer.png", "index.html", (1000, 900), prepare=_halfway, part="#explorer"),
    Picture("telephone.png", "index.html", (390, 800), "dark", 2),
)


# -------------------------------------------------------------------------------- what to show
def checked_report(folder: Path) -> Path:
    """Return a report's folder, links followed.

    Raises
    ------
    NotShown
        If it does not hold `PAGES`.
    """
    missing = [name for name in PAGES if not (folder / name).is_file()]
    if missing:
        raise NotShown(f"{folder} is no finished report: it has no {', '.join(missing)}")
    return folder.resolve()


def store_to_show(report: Path) -> Store:
    """Return the converting store with most closing stores about it; of equals the one worth most.

    Parameters
    ----------
    report
        Folder of a finished report.

    Raises
    ------
    NotShown
        If no store closes that has a position.
    """
    plan = {row["store_id"]: row for row in _rows(report / "tables" / "plan.csv")}
    closing = [
        Store(row["store_id"], float(row["lat"]), float(row["lon"]))
        for row in _rows(report / "tables" / "stores.csv")
        if row["status"] == "closing" and row["lat"] and row["lon"]
    ]

    def rank(one: Store) -> tuple[bool, int, float, str]:
        row = plan.get(one.store_id, {})
        near = sum(
            abs(one.lat - other.lat) < _NEAR_DEGREES and abs(one.lon - other.lon) < _NEAR_DEGREES
            for other in closing
        )
        worth = float(row.get("npv_vs_exit_usd") or 0)
        return row.get("decision", "").startswith("convert_"), near, worth, one.store_id

    if not closing:
        raise NotShown("no store of the report closes")
    return max(closing, key=rank)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------------------------- taking
@contextmanager
def _browser() -> Iterator[Browser]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        raise NotShown(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not without a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def taken(browser: Browser, report: Path, picture: Picture, store: Store) -> bytes:
    """Take one picture.

    Parameters
    ----------
    browser
        A running browser.
    report
        Folder of a finished report.
    picture, store
        What to show.

    Returns
    -------
    bytes
        A PNG file.

    Raises
    ------
    NotShown
        If it is larger than `MOST_BYTES`, or the page lacks the part.
    """
    window: ViewportSize = {"width": picture.size[0], "height": picture.size[1]}
    context = browser.new_context(
        viewport=window,
        color_scheme="dark" if picture.scheme == "dark" else "light",
        device_scale_factor=picture.scale,
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="UTC",
    )
    try:
        page = context.new_page()
        page.goto((report / picture.page).as_uri(), wait_until="load")
        page.wait_for_timeout(500)
        if picture.part and not page.locator(picture.part).count():
            raise NotShown(f"{picture.page} has no {picture.part} for {picture.name}")
        if picture.prepare:
            picture.prepare(page, store)
            page.wait_for_timeout(500)
        clip: FloatRect | None = page.evaluate(_ROOM, picture.part) if picture.part else None
        data = page.screenshot(
            animations="disabled", caret="hide", clip=clip, full_page=clip is not None
        )
    finally:
        context.close()
    if len(data) > MOST_BYTES:
        raise NotShown(f"{picture.name} has {len(data):,} bytes, more than {MOST_BYTES:,}")
    return data


def main(arguments: Sequence[str] | None = None) -> int:
    """Take every picture and write them all, or none.

    Parameters
    ----------
    arguments
        Instead of the command line's.

    Returns
    -------
    int
        0, or 2 where the pictures cannot be taken; then nothing is written.
    """
    parser = argparse.ArgumentParser(prog="tools.pictures", description=__doc__)
    parser.add_argument("--report", type=Path, help="a finished report; reports/latest by default")
    parser.add_argument("--out", type=Path, help="folder to write to; docs by default")
    chosen = parser.parse_args(arguments)
    try:
        report = checked_report(chosen.report or checkout_root() / "reports" / "latest")
        store = store_to_show(report)
        with _browser() as browser:
            pictures = {one.name: taken(browser, report, one, store) for one in PICTURES}
    except NotShown as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
    out = chosen.out or checkout_root() / "docs"
    out.mkdir(parents=True, exist_ok=True)
    for name, data in pictures.items():
        (out / name).write_bytes(data)
        sys.stdout.write(f"{name}: {len(data):,} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
