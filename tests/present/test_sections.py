from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from retail_portfolio.model.result import Figure
from retail_portfolio.present.outputs import ChartFile, NotebookOutput, Outputs
from retail_portfolio.present.pages import tied
from retail_portfolio.present.summary.briefs import FIGURES_SHOWN
from retail_portfolio.present.summary.data_state import data_state
from retail_portfolio.present.summary.sections import answers, lead, sections
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED

STORES = Table(pd.DataFrame({"store_id": ["a"], "name": ["Here"], "banner": ["B"]}))


def figure(key: str) -> Figure:
    return Figure(key, f"The {key}", 1.0, "stores", "modelled", "m", 0.0, 2.0, words=BUNDLED)


def chart(name: str) -> ChartFile:
    return ChartFile(name, f"About {name}", "alt", "source", "<svg></svg>")


def output(notebook: str, **more: Any) -> NotebookOutput:
    values: dict[str, Any] = {"figures": (), "tables": {}, "charts": ()} | more
    return NotebookOutput(
        notebook, f"Title of {notebook}", "One thing; another.", **values, words=BUNDLED
    )


def of(*those: NotebookOutput) -> Outputs:
    return Outputs({one.notebook: one for one in those}, words=BUNDLED)


@pytest.mark.parametrize(
    ("sentence", "start"),
    [
        ("Leaving costs 2.4 M a store; the books lose more.", "Leaving costs 2.4 M a store."),
        ("15 of 57 convert (as proven). The ledger says ten.", "15 of 57 convert (as proven)."),
        ("It costs 0.5. more", "It costs 0.5. more."),
        ("One clause", "One clause."),
    ],
)
def test_an_answer_begins_with_its_first_clause(sentence: str, start: str) -> None:
    assert lead(sentence) == start


def test_the_answers_come_in_the_order_of_the_questions_with_their_tables() -> None:
    found = answers(
        of(
            output("02_closure", figures=(figure("bill"), figure("x")), tables_of={"bill": "t"}),
            output("03_conversion", figures=(figure("sites"),)),
            output("04_checkout"),
        )
    )
    assert [one.quoted.notebook for one in found] == ["03_conversion", "02_closure"]
    assert [one.quoted.table for one in found] == ["", "t"]
    assert found[1].sentence == "One thing."


def test_a_brief_picks_figures_charts_and_tables_by_how_they_begin() -> None:
    table = Table(pd.DataFrame({"a": [1]}))
    checkout = output(
        "04_checkout",
        figures=tuple(figure(key) for key in ("jwo_x", "third_party_net_a", "break_even_sales_f")),
        charts=tuple(chart(n) for n in ("checkout_stack_f", "checkout_break_even_f", "other")),
        tables={"checkout": table, "checkout_stack": table, "strange": table},
    )
    (section,) = sections(of(checkout), STORES, {})
    (part,) = section.parts
    assert [one.figure.key for one in part.figures] == ["break_even_sales_f", "third_party_net_a"]
    assert [one.name for one in part.charts] == ["checkout_break_even_f"]
    assert [view.name for view in part.folded_views] == ["checkout"]
    assert section.tables == ("checkout", "checkout_stack", "strange")
    assert section.charts == (
        "About checkout_stack_f",
        "About checkout_break_even_f",
        "About other",
    )


def test_of_a_notebook_without_a_brief_the_first_figures_and_one_chart_are_shown() -> None:
    strange = output(
        "07_own",
        figures=tuple(figure(f"f{place}") for place in range(FIGURES_SHOWN + 2)),
        charts=(chart("one"), chart("two")),
        tables={"t": Table(pd.DataFrame({"a": [1]}))},
    )
    shown = sections(of(output("01_portfolio"), strange, output("06_backtest")), STORES, {})
    assert [section.name for section in shown] == ["06_backtest", "07_own", "01_portfolio"]
    (part,) = shown[1].parts
    assert [one.figure.key for one in part.figures] == [f"f{n}" for n in range(FIGURES_SHOWN)]
    assert [one.name for one in part.charts] == ["one"]
    assert not part.views
    assert shown[1].tables == ("t",)


def test_cash_and_accounting_stand_apart() -> None:
    bill = output(
        "02_closure",
        figures=tuple(
            figure(k) for k in ("exit_cost_usd", "impairment_usd", "closing_advantage_usd")
        ),
    )
    (section,) = sections(of(bill), STORES, {})
    cash, books = section.parts
    assert cash.heading.startswith("Cash")
    assert books.heading.startswith("Accounting")
    assert [one.figure.key for one in cash.figures] == ["closing_advantage_usd"]
    assert [one.figure.key for one in books.figures] == ["impairment_usd"]


def test_the_state_of_the_data_is_counted_largest_first_and_origins_in_their_order() -> None:
    tables = {
        "corrections": Table(pd.DataFrame({"subject": ["x", "y", "z"]})),
        "metros": Table(
            pd.DataFrame({"competitor_coverage": ["none", "partial", "partial", None]})
        ),
        "sources": Table(pd.DataFrame({"origin": ["assumed", "assumed", "observed"]})),
    }
    outputs = of(output("01_portfolio", tables=tables))
    names = ("corrections", "metros", "sources", "portfolio")
    counts = {one.table: one for one in data_state(outputs, names)}
    assert counts["corrections"].text == "3 facts"
    assert counts["metros"].detail == "2 partial, 1 none, 1 not known"
    assert counts["sources"].detail == "1 observed, 2 assumed"
    assert {one.notebook for one in counts.values()} == {"01_portfolio"}
    assert list(data_state(outputs, ())) == []
    assert list(data_state(of(output("01_portfolio")), names)) == []


def exits(value: float) -> Figure:
    source = "closure model; range: moved one at a time"
    return Figure(
        *("exit_cost_usd", "Cost", value, "usd", "modelled", source, 50.0, 200.0),
        range_basis="one_at_a_time",
        words=BUNDLED,
    )


def drawn(low: float | None, high: float | None) -> NotebookOutput:
    one = Figure(
        "exit_cost_median",
        "Cost",
        110.0,
        "usd",
        "modelled",
        "8 draws",
        low=low,
        high=high,
        range_basis="draws",
        words=BUNDLED,
    )
    return output("05_uncertainty", figures=(one,))


def test_a_total_has_one_range_that_of_the_draws() -> None:
    (one,) = answers(of(output("02_closure", figures=(exits(100.0),)), drawn(90.0, 130.0)))
    shown = one.quoted.figure
    assert (shown.low, shown.value, shown.high) == (90.0, 100.0, 130.0)
    assert shown.source == "closure model; range: 8 draws"
    assert shown.range_basis == "draws"


@pytest.mark.parametrize("draws", [(101.0, 130.0), (None, None)])
def test_a_range_that_does_not_hold_the_value_is_not_taken(draws: tuple[Any, Any]) -> None:
    (one,) = answers(of(output("02_closure", figures=(exits(100.0),)), drawn(*draws)))
    assert one.quoted.figure == exits(100.0)


def test_without_draws_a_total_keeps_its_own_range() -> None:
    (one,) = answers(of(output("02_closure", figures=(exits(100.0),))))
    assert one.quoted.figure == exits(100.0)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("costs USD 172 M (2.4 M a store)", "costs USD~172~M (2.4~M a store)"),
        ("18 % of USD \u22125 k, 41,000 sq ft", "18~% of USD~\u22125~k, 41,000~sq ft"),
        ("15 Main Street, USD prices, 3 Markets", "15 Main Street, USD prices, 3 Markets"),
    ],
)
def test_a_number_in_a_sentence_is_tied_to_its_unit(text: str, kept: str) -> None:
    assert tied(text, currency="USD") == kept.replace("~", "\u00a0")
