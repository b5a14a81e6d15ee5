"""What is drawn, set in tables and put on pages speaks of its own portfolio, and of no other.

Two portfolios of different currencies and names of walk-out checkout are written alternately in
one process; what is known of the one must never get into the other.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.result import Result
from retail_portfolio.present.changed.change_words import change_text
from retail_portfolio.present.drawings.charts import range_dots, ranked_bars, stacked_bars
from retail_portfolio.present.drawings.checkout_charts import break_even_chart, third_party_chart
from retail_portfolio.present.drawings.near_chart import near_chart
from retail_portfolio.present.drawings.plan_charts import budget_chart, frontier_chart
from retail_portfolio.present.drawings.timeline_chart import month_bars, month_curves
from retail_portfolio.present.drawings.uncertainty_charts import (
    information_chart,
    tornado_chart,
)
from retail_portfolio.present.drawings.uncertainty_fan import fan_chart
from retail_portfolio.present.drawings.waterfall import waterfall
from retail_portfolio.present.exporting.exports import write_xlsx
from retail_portfolio.present.formats import unit_words, value_text
from retail_portfolio.present.mapping.maps import MapExtras, MapSettings, map_page, portfolio_map
from retail_portfolio.present.notebooks.notebook_display import html_of
from retail_portfolio.present.outputs import read_outputs
from retail_portfolio.present.pages import glossary
from retail_portfolio.present.site import build_site
from retail_portfolio.present.summary.views import shown
from retail_portfolio.present.tables import Table, as_table, html_table
from tests.present import every_chart, sample, test_plan_charts, test_uncertainty_charts
from tests.present.change_documents import busy
from tests.present.test_sweep_page import frames, page

DOLLARS = Speech("USD", "jwo", "Just Walk Out", "JWO")
EUROS = Speech("EUR", "gliss", "gliding lane", "GL")
OURS = re.compile(r"\bUSD\b|\bJWO\b|[Jj]ust [Ww]alk [Oo]ut")
THEIRS = re.compile(r"\bEUR\b|\bGL\b|[Gg]liding lane")

STORES = Table(pd.DataFrame({"store_id": ["a", "b"], "name": ["Elm", "Oak"], "banner": "B"}))
MONEY = pd.DataFrame(
    {
        "store_id": ["a", "b"],
        "part": ["rent", "pay"],
        "kind": ["total", "move"],
        "month": ["2026-01", "2026-02"],
        "m": [1.0, 2.0],
        "exit_cost_usd": [3.1e6, 1.2e6],
        "low_usd": [2.1e6, 0.2e6],
        "high_usd": [4.1e6, 2.2e6],
    }
)


def costs(words: Speech) -> Result:
    """Return a result with money, whose sentence names none."""
    units = {name: "usd" for name in MONEY.columns if name.endswith("_usd")}
    return Result(MONEY, "What it costs.", units, words=words)


def _bars(words: Speech, draw: Callable[..., Any], **more: str) -> str:
    drawn = draw(
        costs(words), value="exit_cost_usd", unit="usd_year", title="T", source="s", **more
    )
    return f"{drawn.svg} {drawn.narrow} {drawn.alt} {drawn.vega_lite}"


def _whole(chart: Any) -> str:
    return f"{chart.svg} {chart.narrow} {chart.title} {chart.alt} {chart.vega_lite}"


def _in(words: Speech, result: Result) -> Result:
    """Return a result of another portfolio, with its codes, and with a sentence in its money."""
    table = result.table.rename(columns=str).apply(
        lambda column: (
            column.str.replace("jwo", words.walk_out_code)
            if pd.api.types.is_string_dtype(column.dtype)
            else column
        )
    )
    sentence = result.sentence.replace("USD", words.currency)
    return dataclasses.replace(result, table=table, words=words, sentence=sentence)


def _near(words: Speech) -> str:
    near = test_plan_charts.near()
    near = dataclasses.replace(near, plans=_in(words, near.plans))
    return _whole(near_chart(near, test_plan_charts.NAMES, test_plan_charts.FORMATS))


def _map(words: Speech) -> str:
    frame, settings = sample.stores(), MapSettings(words=words)
    drawn = portfolio_map(
        frame,
        plan=sample.plan(frame),
        closure=sample.closure(frame),
        basemap=sample.basemap(),
        settings=settings,
    )
    return map_page(drawn, "Map")


DEMAND = pd.DataFrame(
    {"lat": [40.0], "lon": [-75.0], "households": [9], "median_household_income_usd": [7e4]}
)


def _placed(extras: MapExtras | None = None, plan: pd.DataFrame | None = None) -> object:
    """Draw stores that have no money themselves, in the words of nobody."""
    frame = STORES.table.assign(lat=40.0, lon=-75.0, status="closing", format="f")
    return portfolio_map(frame, plan=plan, extras=extras, basemap=sample.basemap())


def _workbook(words: Speech, folder: Path) -> str:
    book = openpyxl.load_workbook(
        write_xlsx(folder / f"{words.currency}.xlsx", {"costs": costs(words)}, words=words)
    )
    return "\n".join(str(cell.value) for row in book["costs"].iter_rows() for cell in row)


def _changes(words: Speech) -> str:
    return change_text(busy(), words)


WRITERS: dict[str, Callable[[Speech], str]] = {
    "ranked_bars": lambda words: _bars(words, ranked_bars, label="store_id"),
    "range_dots": lambda words: _bars(
        words, range_dots, label="store_id", low="low_usd", high="high_usd"
    ),
    "stacked_bars": lambda words: _bars(words, stacked_bars, label="store_id", part="part"),
    "waterfall": lambda words: _bars(words, waterfall, step="part", kind="kind"),
    "month_bars": lambda words: _bars(words, month_bars, month="month", part="part"),
    "month_curves": lambda words: _bars(words, month_curves, month="m", part="part"),
    "break_even": lambda words: _whole(break_even_chart(_in(words, every_chart.curves()))),
    "third_party": lambda words: _whole(third_party_chart(_in(words, every_chart.licences()))),
    "frontier": lambda words: _whole(
        frontier_chart(_in(words, test_plan_charts.by_number()), test_plan_charts.BEST_PLAN)
    ),
    "budget": lambda words: _whole(budget_chart(_in(words, test_plan_charts.by_budget()))),
    "near": _near,
    "fan": lambda words: _whole(fan_chart(_in(words, test_uncertainty_charts.totals()))),
    "tornado": lambda words: _whole(
        tornado_chart(_in(words, test_uncertainty_charts.drivers()), test_uncertainty_charts.GAIN)
    ),
    "information": lambda words: _whole(
        information_chart(_in(words, test_uncertainty_charts.worth()))
    ),
    "table": lambda words: html_table(costs(words), caption="c").html,
    "frame": lambda words: html_table(as_table(MONEY), caption="c", words=words).html,
    "shown": lambda words: shown(costs(words), "checkout", STORES, {}).html,
    "displayed": lambda words: str(html_of(costs(words))),
    "map": _map,
    "changes": _changes,
    "glossary": lambda words: str(glossary(words)),
    "sweep": lambda words: page(
        **{
            name: frame.rename(columns=lambda one: one.replace("jwo", words.walk_out_code))
            for name, frame in frames().items()
        },
        words=words,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_each_speaks_of_its_own_portfolio(name: str) -> None:
    write = WRITERS[name]
    ours, theirs = write(DOLLARS), write(EUROS)
    assert (write(DOLLARS), write(EUROS)) == (ours, theirs), "the other one had a say in it"
    assert OURS.search(ours)
    assert THEIRS.search(theirs)
    assert not THEIRS.search(ours)
    assert not OURS.search(theirs)


def test_a_workbook_names_the_money_of_its_portfolio(tmp_path: Path) -> None:
    for words in (DOLLARS, EUROS, DOLLARS):
        said = _workbook(words, tmp_path)
        assert words.currency in said
        assert len({DOLLARS.currency, EUROS.currency} & set(re.findall("[A-Z]{3}", said))) == 1


@pytest.mark.slow
def test_pages_take_their_words_from_the_facts_of_the_run(tmp_path: Path) -> None:
    made = sample.make(tmp_path, full=True)
    pages: dict[str, dict[str, bytes]] = {}
    for turn, words in enumerate((DOLLARS, EUROS, DOLLARS, EUROS)):
        facts = sample.facts() | {"currency": words.currency}
        out = tmp_path / f"{turn}"
        build_site(made.outputs, made.notebooks, facts, out)
        found = {path.name: path.read_bytes() for path in sorted(out.rglob("*.html"))}
        assert pages.setdefault(words.currency, found) == found
    figure = next(iter(read_outputs(made.outputs, words=EUROS).notebooks.values())).figures[0]
    assert figure.words == EUROS
    index = pages["EUR"]["index.html"].decode()
    assert re.search(r"EUR[ \u00a0]\d", index)
    assert index != pages["USD"]["index.html"].decode()


@pytest.mark.parametrize(
    "write",
    [
        lambda: html_table(as_table(MONEY), caption="c"),
        lambda: shown(as_table(MONEY), "closure", STORES, {}),
        lambda: ranked_bars(
            MONEY, label="store_id", value="low_usd", unit="usd", title="T", source="s"
        ),
        lambda: _placed(MapExtras(demand=DEMAND)),
        lambda: _placed(plan=pd.DataFrame({"store_id": ["a"], "npv_vs_exit_usd": [1e6]})),
        lambda: value_text(1e6, "usd_year"),
        lambda: unit_words("usd"),
    ],
)
def test_money_of_nobody_is_refused_and_not_called_dollars(write: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="words of its portfolio"):
        write()


def test_a_table_says_which_column_is_money() -> None:
    with pytest.raises(ValueError, match="exit_cost_usd is money"):
        html_table(as_table(MONEY), caption="c")


def test_a_table_without_money_needs_no_words() -> None:
    frame = pd.DataFrame({"store_id": ["a"], "size_sqft": [41_000.0]})
    assert "41,000" in html_table(frame, caption="c").html
