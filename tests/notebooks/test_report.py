"""The report of the bundled case as it is made, published, opened and read."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import browser, open_page, until
from tests.browser.test_summary import words
from tests.one_manner import astray, loosely_astray, strings_of
from tests.present.drawn_texts import drawings, strange
from tests.present.test_site import Page

__all__ = ["browser", "open_page"]

pytestmark = [pytest.mark.notebook, pytest.mark.slow]

NAMES = (
    *("01_portfolio", "02_closure", "03_conversion"),
    *("04_checkout", "05_uncertainty", "06_backtest"),
)
PAGES = ("index.html", "map.html", "glossary.html", *(f"notebooks/{name}.html" for name in NAMES))
CLOSURE_COLUMNS = {
    "store_id",
    "banner",
    "state",
    "last_trading_day",
    "sales_usd_year",
    "size_sqft",
    "size_origin",
    "rent_usd_per_sqft_year",
    "remaining_term_years",
    "lease_liability_usd",
    "rou_asset_usd",
    "net_book_value_usd",
    "impairment_usd",
    "severance_usd",
    "notice_pay_usd",
    "inventory_loss_usd",
    "restoration_usd",
    "lease_exit_route",
    "lease_exit_usd",
    "exit_cost_usd",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Make the base report from a folder that has nothing to do with the checkout."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run(
        [sys.executable, "-m", "retail_portfolio", "report", "--out", str(elsewhere / "reports")],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return elsewhere / "reports" / "latest", done


@pytest.fixture
def latest(made: tuple[Path, Any]) -> Path:
    return made[0]


def rows_of(latest: Path, name: str) -> list[dict[str, str]]:
    with (latest / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_path_of_the_report_is_printed(made: tuple[Path, Any]) -> None:
    latest, done = made
    printed = Path(done.stdout.strip())
    assert printed.is_file()
    assert printed.resolve() == (latest / "index.html").resolve()


def test_the_folder_is_complete(latest: Path) -> None:
    manifest = json.loads((latest / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    for page in (*PAGES, "portfolio.xlsx", "stores.geojson"):
        assert (latest / page).stat().st_size > 0, page
    for name in NAMES:
        assert (latest / "notebooks" / f"{name}.ipynb").is_file()


def test_the_register_in_numbers(latest: Path) -> None:
    stores = rows_of(latest, "stores")
    count = {
        (banner, status): sum(s["banner"] == banner and s["status"] == status for s in stores)
        for banner in ("Amazon Go", "Amazon Fresh", "Whole Foods Market")
        for status in ("closing", "open")
    }
    assert count["Amazon Go", "closing"] == 14
    assert count["Amazon Fresh", "closing"] == 57
    assert count["Whole Foods Market", "open"] == 516


def test_one_bill_and_one_decision_a_closing_store(latest: Path) -> None:
    bill, plan = rows_of(latest, "closure"), rows_of(latest, "plan")
    assert set(bill[0]) >= CLOSURE_COLUMNS
    assert len(bill) == len(plan) == 71
    assert {row["store_id"] for row in bill} == {row["store_id"] for row in plan}
    assert {row["decision"] for row in plan} <= {
        "close",
        "keep",
        "convert_wfm",
        "convert_daily_shop",
    }
    assert all(row["decision"] == "close" for row in plan if row["store_id"].startswith("go-"))


def test_the_plan_says_how_often_each_candidate_converts(latest: Path) -> None:
    plan, drawn = rows_of(latest, "plan"), rows_of(latest, "uncertainty")
    share = {row["store_id"]: row["probability"] for row in drawn}
    assert {row["store_id"]: row["probability"] for row in plan} == share
    candidates = [row for row in plan if row["store_id"].startswith("fresh-")]
    assert all(0 <= float(row["probability"]) <= 1 for row in candidates)
    assert all(not share[row["store_id"]] for row in plan if row not in candidates)
    # What the base plan decides is what the draws start from.
    decided = {row["store_id"]: row["decision"] for row in drawn}
    assert {row["store_id"]: row["decision"] for row in plan} == decided
    page = (latest / "index.html").read_text(encoding="utf-8")
    assert "no candidate" in page
    assert "moved one at a time and added in quadrature" in page


def test_the_headline_is_the_sum_of_the_table(latest: Path) -> None:
    document = json.loads((latest / "notebooks" / "02_closure.json").read_text(encoding="utf-8"))
    headline = next(f for f in document["figures"] if f["key"] == "exit_cost_usd")
    total = sum(float(row["exit_cost_usd"]) for row in rows_of(latest, "closure"))
    assert headline["value"] == pytest.approx(total, rel=1e-9)
    page = (latest / "index.html").read_text(encoding="utf-8")
    assert f"USD {total / 1e6:.0f} M" in page


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_written_in_one_manner(latest: Path, name: str) -> None:
    document = json.loads((latest / "notebooks" / f"{name}.json").read_text(encoding="utf-8"))
    beside = [chart.pop("alt") for chart in document["charts"]]
    texts = list(strings_of(document))
    if name == "03_conversion":
        texts += [row["reason"] for row in rows_of(latest, "plan")]
        texts += [row["says"] for row in rows_of(latest, "prices")]
    assert len(texts) > len(document["figures"])
    assert [fault for text in texts for fault in astray(text)] == []
    assert [fault for text in beside for fault in loosely_astray(text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_number_in_a_drawing_is_written_in_the_one_manner(latest: Path, name: str) -> None:
    drawn = drawings((latest / "notebooks" / f"{name}.html").read_text(encoding="utf-8"))
    document = json.loads((latest / "notebooks" / f"{name}.json").read_text(encoding="utf-8"))
    assert len(drawn) >= 2 * len(document["charts"])  # in two widths
    assert [text for svg in drawn for text in strange(svg)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_it_is(latest: Path, page: str) -> None:
    text = (latest / page).read_text(encoding="utf-8")
    assert re.search(r'<html[^>]* lang="en"', text)
    assert re.search(r"<title>[^<]+</title>", text)
    assert 'http-equiv="content-security-policy"' in text
    assert "2026-01-27" in text
    assert "glossary.html" in text or page == "glossary.html"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "dark")])
def test_every_page_opens_without_a_network(
    latest: Path, open_page: Any, page: str, width: int, scheme: str
) -> None:
    open_page(latest / page, width=width, scheme=scheme).check()


@pytest.mark.parametrize("page", ["map.html", "index.html"])
def test_every_store_is_on_the_map(latest: Path, open_page: Any, page: str) -> None:
    seen = open_page(latest / page)
    assert seen.count_marks(banner="Amazon Go", status="closing") == 14
    assert seen.count_marks(banner="Amazon Fresh", status="closing") == 57
    assert seen.count_marks(banner="Whole Foods Market", status="open") == 516
    seen.check()


@pytest.mark.parametrize("page", ["map.html", "index.html"])
@pytest.mark.parametrize("width", [1280, 380])
def test_what_closes_is_in_sight_at_first(
    latest: Path, open_page: Any, page: str, width: int
) -> None:
    """A frame may draw its map before it is laid out; what is fitted then lies nowhere."""
    frame = open_page(latest / page, width=width).map_frame()
    unseen = """() => {
        const marks = [...document.querySelectorAll('.rp-mark[data-status="closing"]')];
        return marks.map(mark => mark.getBoundingClientRect()).filter(box =>
            box.right < 0 || box.bottom < 0
            || box.left > window.innerWidth || box.top > window.innerHeight).length;
    }"""
    until(frame, f"() => ({unseen})() === 0")


def test_every_figure_names_the_table_that_it_is_read_off(latest: Path) -> None:
    for name in NAMES:
        document = json.loads((latest / "notebooks" / f"{name}.json").read_text(encoding="utf-8"))
        assert document["figures"], name
        for figure in document["figures"]:
            assert figure["table"] in document["tables"], f"{name}: {figure['key']}"
            assert (latest / "tables" / f"{figure['table']}.csv").is_file()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_report_leads_somewhere(latest: Path, page: str) -> None:
    found = Page(latest / page)
    inner = [one["href"] for one in found.links if not re.match(r"[a-z]+:", one["href"])]
    assert inner
    for link in inner:
        path, _, anchor = link.partition("#")
        target = (latest / page).parent / path if path else latest / page
        assert target.is_file(), f"{page} links to {link}"
        # A plan in the address is read by a script, and no place on a page.
        if anchor and not anchor.startswith("plan="):
            assert anchor in Page(target).ids, f"{page} links to {link}"


def test_what_the_summary_leaves_out_stands_in_the_notebook(latest: Path) -> None:
    page = (latest / "index.html").read_text(encoding="utf-8")
    for name in NAMES:
        document = json.loads((latest / "notebooks" / f"{name}.json").read_text(encoding="utf-8"))
        notebook = (latest / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
        assert notebook.count("<figure") >= len(document["charts"]), name
        for table in document["tables"]:
            assert f'href="tables/{table}.csv"' in page


def test_the_summary_is_read_in_two_minutes(latest: Path, open_page: Any) -> None:
    """Measured: 9,000 px and 1,000 words that stand open, tables and the explorer left aside."""
    seen = open_page(latest / "index.html")
    assert seen.page.evaluate("document.documentElement.scrollHeight") <= 9_400
    assert 700 <= words(seen.page) <= 1_060


def test_a_figure_has_the_same_origin_on_every_map(latest: Path) -> None:
    """The map of a notebook is drawn of the notebook's own results, which know their origins."""

    def marks(page: str) -> dict[str, str]:
        text = (latest / page).read_text("utf-8")
        return dict(re.findall(r'"label":"([^"]+)","mark":\{"rows":"([^"]+)"', text))

    whole = marks("map.html")
    for name, least in (("01_portfolio", {"Size"}), ("03_conversion", {"Exit cost", "Size"})):
        shown = marks(f"notebooks/{name}.html")
        assert set(shown) >= least
        assert shown == {label: whole[label] for label in shown}
        assert all(set(rows) != {"A"} for rows in shown.values())  # in which nothing is marked
