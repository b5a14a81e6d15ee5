"""A browser that opens pages from disk, every host blocked, and what a page took to be seen.

The first frame with all marks is this: a page says that its marks are all there (ours by
``window.rpMap.ready`` or by the marks themselves, a bare page by ``window.bare``), and the frame
after the one in which that was noticed has been drawn. Both sides are asked in the same way.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
WINDOW = {"width": 1280, "height": 900}
LONGEST_MS = 60_000
OF_THE_PAGE = ("file:", "data:", "about:", "blob:")

#: Counts the stores that are drawn; -1 while they are not all there.
DRAWN = """count => {
  if (window.bare) return window.bare.count;
  const marks = document.querySelectorAll(".rp-mark[data-store-id]").length;
  if (!window.rpMap) return marks >= count ? marks : -1;
  if (window.rpMap.ready === undefined) return -1;
  return Object.values(window.rpMap.counts()).reduce((sum, one) => sum + one, 0);
}"""
#: Resolves when the next frame has been drawn.
NEXT_FRAME = """() => new Promise(done => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(performance.now());
  channel.port2.postMessage(0); }))"""
_WATCH = """(() => { if (window.top !== window) return;
  const drawn = %s, nextFrame = %s, count = %d;
  const look = () => {
    const found = drawn(count);
    if (found < 0) { requestAnimationFrame(look); return; }
    nextFrame().then(at => { window.watched = {found, seconds: at / 1000}; });
  };
  requestAnimationFrame(look);
})();"""
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"


class NoBrowser(Exception):  # noqa: N818 - what is the matter, in words
    """No Chromium is on the path."""


@dataclass(frozen=True)
class Seen:
    """What one opening of a page took.

    Parameters
    ----------
    paint_seconds
        From the start of the navigation to the first contentful paint.
    frame_seconds
        From there to the first frame with all marks; that of the paint where no mark is awaited.
    drawn
        Stores that were drawn.
    unwanted
        Requests that left the page, and errors and warnings that it logged.
    """

    paint_seconds: float
    frame_seconds: float
    drawn: int
    unwanted: int


@contextmanager
def browser() -> Iterator[Any]:
    """Start the system's Chromium, and end it.

    Raises
    ------
    NoBrowser
        If there is none.
    """
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise NoBrowser(f"none of {', '.join(NAMES)} is on the path")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not without a browser

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(chromium: Any, path: Path, count: int = 0) -> Iterator[tuple[Any, Seen]]:
    """Open a page in a context of its own and wait until it is seen.

    Parameters
    ----------
    chromium
        What `browser` gave.
    path
        The page.
    count
        Stores that it has to draw; 0 where only its first paint counts.
    """
    context = chromium.new_context(viewport=WINDOW)
    try:
        page = context.new_page()
        page.set_default_timeout(LONGEST_MS)
        unwanted = _watched(page)
        if count:
            page.add_init_script(_WATCH % (DRAWN, NEXT_FRAME, count))
        page.goto(path.resolve().as_uri(), wait_until="load")
        _wait(page, "() => window.watched !== undefined" if count else _PAINTED)
        _wait(page, _PAINTED)
        paint = float(page.evaluate(_PAINT))
        marks = page.evaluate("window.watched") if count else {"found": 0, "seconds": paint}
        frame = max(paint, float(marks["seconds"]))
        yield page, Seen(paint, frame, int(marks["found"]), len(unwanted))
    finally:
        context.close()


def _watched(page: Any) -> list[str]:
    unwanted: list[str] = []
    page.on(
        "request",
        lambda one: None if one.url.startswith(OF_THE_PAGE) else unwanted.append(one.url),
    )
    page.on(
        "console",
        lambda one: unwanted.append(one.text) if one.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda one: unwanted.append(str(one)))
    return unwanted


def _wait(page: Any, script: str) -> None:
    """Ask by the clock: the policy of our pages lets nothing be evaluated in them again and again.

    Raises
    ------
    TimeoutError
        If it never comes true.
    """
    for _ in range(LONGEST_MS // 20):
        if page.evaluate(script):
            return
        page.wait_for_timeout(20)
    raise TimeoutError(f"never true: {script}")


def middle(times: list[float]) -> float:
    """Return the median, to a tenth of a millisecond."""
    return round(median(times), 4)
