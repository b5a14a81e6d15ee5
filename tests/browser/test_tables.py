"""Tables of a page that are sorted and searched, with the keyboard alone and without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.present.offline import offline_page
from retail_portfolio.present.pages import resource, tables_script
from retail_portfolio.present.tables import Table, html_table
from tests.conftest import BUNDLED

COSTS = pd.DataFrame(
    {
        "name": ["Elm", "oak", "Ash 10", "Ash 9", "", "All stores"],
        "cost_usd": [1.04e6, -2e6, np.nan, 1.01e6, 900.0, 4e6],
        "stores": [3, 1_200, 40, 3, 5, 2],
        "share": [0.101, 0.104, 0.5, 0.1, 0.0, 1.0],
    }
)
UNITS = {"cost_usd": "usd", "share": "share"}


def write(path: Path, *tables: pd.DataFrame, script: bool = True) -> Path:
    """Write a page of tables as a report does."""
    shown = "".join(
        html_table(
            Table(one, {key: unit for key, unit in UNITS.items() if key in one.columns}),
            caption=f"Table {place}",
            words=BUNDLED,
        ).html
        for place, one in enumerate(tables)
    )
    text = (
        f"<!DOCTYPE html><html><head><style>{resource('site.css')}</style></head><body><main>"
        f"<h1>Tables</h1>{shown}</main>{tables_script() if script else ''}</body></html>"
    )
    path.write_text(offline_page(text, title="Tables"), encoding="utf-8")
    return path


def names(page: Any, place: int = 0) -> list[str]:
    """Return the first cells of the rows that are seen, in their order."""
    return page.evaluate(
        """place => [...document.querySelectorAll("table")[place].tBodies[0].rows]
        .filter(row => row.offsetParent !== null || row.getClientRects().length)
        .map(row => row.cells[0].textContent)""",
        place,
    )


def press(page: Any, heading: str, times: int = 1) -> str | None:
    """Press a heading by key, and return what it says of the order."""
    button = page.locator("th button", has_text=heading).first
    button.focus()
    for _ in range(times):
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent").startswith(heading)
    return button.locator("xpath=..").get_attribute("aria-sort")


MADE = ["Elm", "oak", "Ash 10", "Ash 9", "", "All stores"]


@pytest.mark.parametrize(
    ("heading", "up", "down"),
    [
        # Two costs that read alike, "1.0", are told apart by what they are; what is not known is
        # last either way, and the sum stays below.
        ("Cost", ["oak", "", "Ash 9", "Elm", "Ash 10"], ["Elm", "Ash 9", "", "oak", "Ash 10"]),
        ("Stores", ["Elm", "Ash 9", "", "Ash 10", "oak"], ["oak", "Ash 10", "", "Elm", "Ash 9"]),
        ("Share", ["", "Ash 9", "Elm", "oak", "Ash 10"], ["Ash 10", "oak", "Elm", "Ash 9", ""]),
        ("Name", ["Ash 9", "Ash 10", "Elm", "oak", ""], ["oak", "Elm", "Ash 10", "Ash 9", ""]),
    ],
)
def test_a_table_is_sorted_by_its_headings_with_the_keyboard(
    open_page, tmp_path, heading, up, down
):
    seen = open_page(write(tmp_path / "t.html", COSTS))
    assert press(seen.page, heading) == "ascending"
    assert names(seen.page) == [*up, "All stores"]
    assert press(seen.page, heading) == "descending"
    assert names(seen.page) == [*down, "All stores"]
    assert press(seen.page, heading) is None
    assert names(seen.page) == MADE
    seen.check()


def test_one_column_at_a_time_says_that_it_is_sorted(open_page, tmp_path):
    seen = open_page(write(tmp_path / "t.html", COSTS))
    press(seen.page, "Cost")
    press(seen.page, "Stores")
    assert seen.page.locator("[aria-sort]").count() == 1
    assert seen.page.locator("[aria-sort]").inner_text().startswith("Stores")


def many() -> pd.DataFrame:
    words = ["Elm Street", "Oak Road", "Elm Road"]
    return pd.DataFrame({"name": [f"{words[n % 3]} {n}" for n in range(15)], "rows": range(15)})


def test_a_long_table_is_searched_with_the_keyboard(open_page, tmp_path):
    seen = open_page(write(tmp_path / "t.html", COSTS, many()))
    page = seen.page
    box = page.get_by_label("Find in this table")
    assert box.count() == 1
    box.focus()
    page.keyboard.type("elm rOAd")
    status = page.get_by_role("status")
    assert status.get_attribute("aria-live") == "polite"
    assert status.inner_text() == "5 of 15 rows"
    assert names(page, 1) == [f"Elm Road {n}" for n in (2, 5, 8, 11, 14)]
    assert len(names(page, 0)) == len(MADE)
    # What is found stays found while it is sorted.
    page.locator("th button", has_text="Rows").press("Enter")
    page.locator("th button", has_text="Rows").last.press("Enter")
    assert names(page, 1) == [f"Elm Road {n}" for n in (14, 11, 8, 5, 2)]
    # The key clears the box, and closes nothing else that waits for it.
    page.evaluate(
        """() => { window.escapes = 0; document.addEventListener("keydown",
        event => { window.escapes += event.key === "Escape" ? 1 : 0; }); }"""
    )
    box.press("Escape")
    assert page.evaluate("window.escapes") == 0
    assert box.input_value() == ""
    assert status.inner_text() == ""
    assert len(names(page, 1)) == 15
    page.keyboard.type("nowhere")
    assert status.inner_text() == "0 of 15 rows"
    seen.check()


def test_a_short_table_has_neither(open_page, tmp_path):
    seen = open_page(write(tmp_path / "t.html", COSTS.head(2)))
    assert seen.page.locator("button, input").count() == 0
    seen = open_page(write(tmp_path / "u.html", many().head(12)))
    assert seen.page.locator("input").count() == 0
    assert seen.page.locator("th button").count() == 2


def test_a_table_made_later_is_taken_once_and_amounts_in_words_stay_unsorted(open_page, tmp_path):
    seen = open_page(write(tmp_path / "t.html", COSTS))
    assert seen.page.locator("th button").count() == 4
    page = seen.page
    page.evaluate(
        """() => { const box = document.createElement("div"); box.className = "table";
        box.innerHTML = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>"
        + "<tr><td>x</td><td class=num>USD 1.2 M</td></tr>".repeat(3) + "</tbody></table>";
        document.querySelector("main").append(box); rpTables(document); rpTables(document); }"""
    )
    assert page.locator(".table").last.locator("button").count() == 1
    assert page.locator("th button").count() == 5


def test_without_a_script_tables_stay_as_they_are(open_page, tmp_path):
    seen = open_page(write(tmp_path / "t.html", COSTS, many(), script=False))
    assert seen.page.locator("button, input").count() == 0
    assert names(seen.page) == MADE
    seen.check()


@pytest.mark.parametrize("name", ["index.html", "notebooks/03_conversion.html"])
def test_the_tables_of_a_report_are_sorted_and_searched(open_page, report, name):
    seen = open_page(report / name, width=380)
    for details in seen.page.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    assert seen.page.locator("th button").count() >= 3
    assert seen.page.locator(".find input").count() >= 1
    seen.check()
