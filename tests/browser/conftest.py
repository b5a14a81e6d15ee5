"""A browser without a network, and a page in it that is watched.

`open_page(path)` opens a file of a report from disk and collects every request that leaves the
page and every error; a test of another report (the real one) needs nothing else::

    def test_something(open_page):
        seen = open_page(report / "index.html")
        seen.check()
        assert seen.page.locator("h1").count() == 1
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.present.conftest import full_report, hostile_report, report

__all__ = ["full_report", "hostile_report", "report"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)
_HARMLESS = ("file:", "data:", "about:", "blob:")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Seen:
    """A page, and what it did that it must not."""

    page: Any
    path: Path
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Fail if anything left the page, if it logged an error, or is wider than its window."""
        assert self.requests == [], f"{self.path.name} asked for {self.requests}"
        assert self.errors == [], f"{self.path.name} logged {self.errors}"
        wide, window = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= window, f"{self.path.name} is {wide} px wide in a window of {window} px"

    def map_frame(self) -> Any:
        """Return the frame that holds the map: the page itself, or the frame in it."""
        for frame in self.page.frames:
            if frame.locator(".folium-map").count():
                frame.wait_for_selector(".rp-mark")
                return frame
        raise AssertionError(f"{self.path.name} holds no map")

    def count_marks(self, **data: str) -> int:
        """Count the stores on the map by ``banner``, ``status``, ``decision`` or ``format``."""
        wanted = "".join(f'[data-{name}="{value}"]' for name, value in data.items())
        return int(self.map_frame().locator(f".rp-mark{wanted}").count())


def until(frame: Any, script: str, *, tries: int = 100) -> None:
    """Ask a frame by the clock until ``script`` is true; its policy allows no eval, and a frame
    out of sight draws no frames to wait for.
    """
    for _ in range(tries):
        if frame.evaluate(script):
            return
        frame.page.wait_for_timeout(100)
    raise AssertionError(f"never true: {script}")


_RUNNING: list[tuple[Any, Any, list[str]]] = []


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return the system's browser, every host blocked; skip where there is none."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is on the path")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Some wrappers of distributions read this to size their windows; a test needs none of it.
    os.environ.pop("DISPLAY", None)
    # One process can hold one playwright, however many modules take this fixture over.
    if not _RUNNING:
        playwright = api.sync_playwright().start()
        started = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        _RUNNING.append((playwright, started, []))
    playwright, started, users = _RUNNING[0]
    users.append(path)
    yield started
    users.pop()
    if not users:
        _RUNNING.clear()
        _WINDOWS.clear()
        started.close()
        playwright.stop()


class Window:
    """The page that every test opens its files in: a new one costs a second each time.

    Nothing of a file stays: before the next one the page is empty, without a history, and without
    what a script may have kept.
    """

    def __init__(self, browser: Any) -> None:
        """Open an empty page and listen to it."""
        self.page = browser.new_context().new_page()
        self._tools = self.page.context.new_cdp_session(self.page)
        self._seen: Seen | None = None
        listen = self.page.on
        listen("request", lambda one: None if one.url.startswith(_HARMLESS) else self._asked(one))
        listen("requestfailed", lambda one: self._asked(one, "failed: "))
        listen("pageerror", lambda one: self._said(str(one)))
        listen(
            "console",
            lambda one: self._said(one.text) if one.type in {"error", "warning"} else None,
        )

    def _asked(self, one: Any, how: str = "") -> None:
        if self._seen is not None:
            self._seen.requests.append(f"{how}{one.url[:200]}")

    def _said(self, text: str) -> None:
        if self._seen is not None:
            self._seen.errors.append(text)

    def clear(self) -> None:
        """Leave the file; what was seen of it can be asked no more."""
        if self._seen is not None:
            self._seen.page = None
            self._seen = None
        self.page.goto("about:blank")

    def open(self, path: Path, *, width: int, height: int, scheme: str) -> Seen:
        """Open a file as a reader who has just come, and watch it."""
        self.clear()
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(media="null", color_scheme=scheme)
        self._tools.send("Page.resetNavigationHistory")
        kept = {"origin": "file://", "storageTypes": "all"}
        self._tools.send("Storage.clearDataForOrigin", kept)
        self._seen = Seen(self.page, path)
        self.page.goto(path.resolve().as_uri())
        self.page.wait_for_load_state("load")
        return self._seen


_WINDOWS: list[Window] = []


@pytest.fixture
def open_page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return what opens a page from disk and watches it; a test sees the last one it opened."""
    failed = request.session.testsfailed

    def opened(path: Path, *, width: int = 1280, height: int = 900, scheme: str = "light") -> Seen:
        if not _WINDOWS or _WINDOWS[0].page.is_closed():
            _WINDOWS[:] = [Window(browser)]
        return _WINDOWS[0].open(Path(path), width=width, height=height, scheme=scheme)

    yield opened
    if not _WINDOWS or _WINDOWS[0].page.is_closed():
        return
    if request.session.testsfailed > failed:  # it may have left a key or a button down
        _WINDOWS.pop().page.context.close()
    else:
        _WINDOWS[0].clear()
