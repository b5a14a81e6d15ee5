"""The whole report of other retailers than the bundled one: read, and opened without a network.

The example of `init`, the same without anything that may be missing, and a single closing store.
Each report is made once a session, with few draws and without kernels; that these do the same is
seen by `test_currency`, and `test_report` starts them for a whole report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import browser, open_page
from tests.notebooks.warm import Warm
from tests.second_retailer import (
    ONLY_STORE,
    rows_of,
    write_bare_retailer,
    write_one_store,
    write_second_retailer,
)

__all__ = ["browser", "open_page"]

pytestmark = [pytest.mark.notebook, pytest.mark.slow]

NAMES = (
    *("01_portfolio", "02_closure", "03_conversion"),
    *("04_checkout", "05_uncertainty", "06_backtest"),
)
PAGES = ("index.html", "map.html", "glossary.html", *(f"notebooks/{name}.html" for name in NAMES))
PORTFOLIOS: dict[str, Callable[[Path], Path]] = {
    "example": write_second_retailer,
    "bare": write_bare_retailer,
    "one store": write_one_store,
}
BUNDLED = re.compile(
    r"Amazon|Whole Foods|\bFresh\b|\bGo\b|Just Walk Out|\bJWO\b|Daily Shop|January 2026"
    r"|\bwfm\b|\b71 (?:closing )?stores\b|\b57 (?:closing )?stores\b"
)
"""What a page of another retailer must not say: names and numbers of the bundled case."""
NOT_SAID = re.compile(r"\b(?:nan|NaN|None(?! of )|inf|undefined|null)\b")
"""What the program says to itself where a page has nothing to show."""
ODD_NUMBERS = re.compile(
    r"(?<! of )\b1 (?:stores|sites|households|conversions|leases|metros|draws|events)\b"
)
"""One of several things; of a total of one the plural is let pass, ``1 of 1 sites``."""


_TEXT = """() => {
  document.querySelectorAll("pre.code, script, style").forEach(one => one.remove());
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  return document.body.innerText; }"""
"""Everything a reader can come to see, what is folded away too; code is no reading."""


@pytest.fixture(scope="session")
def made(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make the report of a portfolio the first time that it is asked for."""
    found: dict[str, Path] = {}

    def report(name: str) -> Path:
        if name not in found:
            place = tmp_path_factory.mktemp("portfolios")
            data = PORTFOLIOS[name](place / "data")
            found[name] = _report(data, place / "reports", warm)
        return found[name]

    return report


def _report(data: Path, out: Path, warm: Warm) -> Path:
    arguments = ["--data", data, "--out", out, "--set", "draws=64", "--set", "solved_draws=2"]
    done = warm.report(data, *arguments)
    assert done.returncode == 0, done.stderr
    return out / "latest"


@pytest.fixture(params=list(PORTFOLIOS))
def report(request: pytest.FixtureRequest, made: Callable[[str], Path]) -> Path:
    return made(request.param)


def test_the_report_is_complete(report: Path) -> None:
    manifest = json.loads((report / "manifest.json").read_text("utf-8"))
    assert manifest["status"] == "complete"
    for page in (*PAGES, "portfolio.xlsx", "stores.geojson"):
        assert (report / page).stat().st_size > 0, page


@pytest.mark.browser
def test_every_page_opens_offline_and_reads_as_its_own(report: Path, open_page: Any) -> None:
    for page in PAGES:
        seen = open_page(report / page, width=1280)
        seen.check()
        seen.page.set_viewport_size({"width": 380, "height": 800})
        seen.check()
        said = str(seen.page.evaluate(_TEXT))
        for wrong in (BUNDLED, NOT_SAID, ODD_NUMBERS):
            found = wrong.search(said)
            around = said[max(0, found.start() - 80) : found.end() + 80] if found else ""
            assert found is None, f"{page}: {around}"
        seen.page.context.close()  # one that stays open goes on drawing


@pytest.mark.browser
@pytest.mark.parametrize("page", ["index.html", "map.html"])
def test_a_telephone_opens_them(made: Callable[[str], Path], open_page: Any, page: str) -> None:
    """Loaded in a narrow window, where a map lays itself out anew."""
    open_page(made("example") / page, width=380).check()


def test_no_table_of_it_holds_a_name_of_the_bundled_case(report: Path) -> None:
    for path in sorted((report / "tables").glob("*.csv")):
        found = BUNDLED.search(path.read_text("utf-8"))
        assert found is None, f"{path.name}: {found}"


def test_the_map_shows_the_stores_of_the_example(made: Callable[[str], Path]) -> None:
    stores = json.loads((made("example") / "stores.geojson").read_text("utf-8"))
    banners = {one["properties"]["banner"] for one in stores["features"]}
    assert banners == {"Wrenfield Market", "Wrenfield Foodhall", "Wrenfield Express"}


def test_one_store_has_one_row_everywhere(made: Callable[[str], Path]) -> None:
    folder = made("one store") / "tables"
    for name in ("closure", "plan", "stores", "uncertainty"):
        assert [row["store_id"] for row in rows_of(folder / f"{name}.csv")] == [ONLY_STORE], name


def test_the_bare_portfolio_says_what_is_not_there(made: Callable[[str], Path]) -> None:
    folder = made("bare") / "notebooks"
    said = {name: (folder / f"{name}.html").read_text("utf-8") for name in NAMES}
    assert "holds no earlier event" in said["06_backtest"]
    assert "holds no dated forecast" in said["06_backtest"]
    assert "No format is compared" in said["04_checkout"]
    assert "nothing to list" in said["03_conversion"]
