"""The drawings of the plan, and how its tables are shown."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from retail_portfolio.inputs.settings.scenario_parts import Format
from retail_portfolio.model.planning.plan_compare import Comparison
from retail_portfolio.model.planning.plan_pool import NearOptimal
from retail_portfolio.model.planning.plan_reasons import FLIPS
from retail_portfolio.model.result import PlanResult, Result
from retail_portfolio.present.drawings.drawing import NARROW_PX, WIDE_PX
from retail_portfolio.present.drawings.near_chart import near_chart
from retail_portfolio.present.drawings.plan_charts import budget_chart, frontier_chart
from retail_portfolio.present.palette import CLOSES, CONVERTS
from retail_portfolio.present.summary.plan_views import PLAN_CHOICES, flip_table, with_sites
from retail_portfolio.present.summary.views import shown, views_of
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED
from tests.present.sample import HOSTILE

FORMATS = {
    "green": Format(label="Green Grocer", banner="Green", role="existing"),
    "stall": Format(label="Green Stall", banner="Green", role="candidate target"),
}
NAMES = {"a": "Elm", "b": HOSTILE[1], "c": "Oak", "d": "Oak"}


def by_number(counts: range = range(5)) -> Result:
    gains = [0.0, 12e6, 19e6, 21e6, 18e6]
    table = pd.DataFrame(
        {
            "conversions": list(counts),
            "objective_usd": gains[: len(counts)],
            "bound_usd": gains[: len(counts)],
        }
    )
    return Result(table, "The gain is highest with 3 conversions.", words=BUNDLED)


def by_budget() -> Result:
    table = pd.DataFrame(
        {
            "budget_usd": [4e6, 8e6, 16e6, 20e6],
            "objective_usd": [9e6, 15e6, 21e6, 21e6],
            "conversions": [1, 2, 3, 3],
        }
    )
    return Result(table, "The best plan costs 16 M to build.", words=BUNDLED)


def plan_of(converts: int, gain: float) -> PlanResult:
    decisions = ["convert_green", "close", "convert_stall", "convert_green"][: converts + 1]
    return PlanResult(pd.DataFrame({"decision": decisions}), "", objective_usd=gain, words=BUNDLED)


BEST_PLAN = plan_of(3, 21e6)


def mine(gain: float = 5e6) -> Comparison:
    empty = Result(pd.DataFrame(), "", words=BUNDLED)
    return Comparison(plan_of(2, gain), empty, empty)


THREE = (("a:green", "b:green"), ("a:green", "b:green", "d:green"), ("a:green", "b:stall"))


def near(conversions: tuple[tuple[str, ...], ...] = THREE) -> NearOptimal:
    plans = pd.DataFrame({"behind_best_usd": [0.1e6 * n for n in range(len(conversions))]})
    stores = pd.DataFrame({"store_id": ["a", "b", "d"], "share_of_plans": [1.0, 1.0, 1 / 3]})
    return NearOptimal(
        Result(plans, "Three plans.", words=BUNDLED),
        Result(stores, "Two sites in each.", words=BUNDLED),
        conversions,
    )


def near_drawn(**more: Any) -> Any:
    return near_chart(near(**more), NAMES, FORMATS)


def texts(svg: str) -> list[str]:
    return [text for text in ET.fromstring(svg).itertext() if text.strip()]  # noqa: S314 - ours


def fills(svg: str, colour: str) -> int:
    """How many marks have a colour."""
    return re.sub(r"<style>.*?</style>", "", svg).count(f'fill="{colour}"')


@cache
def every_kind() -> tuple[Any, ...]:
    return (frontier_chart(by_number(), BEST_PLAN, mine()), budget_chart(by_budget()), near_drawn())


@pytest.mark.slow
def test_drawings_are_well_formed_equal_and_fit_their_paper() -> None:
    assert every_kind.__wrapped__() == every_kind()
    for chart in every_kind():
        for svg, width in ((chart.svg, WIDE_PX), (chart.narrow, NARROW_PX)):
            tags = {e.tag.rpartition("}")[2] for e in ET.fromstring(svg).iter()}  # noqa: S314 - ours
            assert "script" not in tags
            assert float(re.search(r'width="([\d.]+)"', svg)[1]) <= width * 1.06


@pytest.mark.slow
def test_the_frontier_marks_the_best_and_a_named_plan() -> None:
    chart = frontier_chart(by_number(), BEST_PLAN, mine())
    said = texts(chart.svg)
    assert "best plan: 3 conversions, 21 M" in said
    assert "your plan: 2 conversions, 5.0 M" in said
    assert {"Gain over closing every store, USD", "0", "20 M"} <= set(said)
    assert {"best plan: 21 M", "your plan: 5.0 M"} <= set(texts(chart.narrow))
    assert fills(chart.svg, CLOSES) == 1  # the mark; orange words could not be read
    assert "2: USD 19 M" in chart.alt
    alone = frontier_chart(by_number(), BEST_PLAN)
    assert not [text for text in texts(alone.svg) if text.startswith("your plan")]
    assert fills(alone.svg, CLOSES) == 0


@pytest.mark.slow
def test_the_best_plan_is_the_one_within_the_limits() -> None:
    chart = frontier_chart(by_number(), plan_of(1, 12e6))
    assert "best plan: 1 conversion, 12 M" in texts(chart.svg)


@pytest.mark.slow
def test_a_plan_that_loses_stands_below_zero() -> None:
    chart = frontier_chart(by_number(), BEST_PLAN, mine(-9e6))
    assert "your plan: 2 conversions, \N{MINUS SIGN}9.0 M" in texts(chart.svg)
    labels = {text for text in texts(chart.svg) if text.startswith("\N{MINUS SIGN}")}
    assert labels  # the axis goes below zero


def words_at(svg: str, words: str) -> str:
    return re.search(rf'<text [^>]*text-anchor="(\w+)"[^>]*>{re.escape(words)}<', svg)[1]


@pytest.mark.slow
def test_words_run_to_the_side_that_has_room() -> None:
    chart = frontier_chart(by_number(), BEST_PLAN, mine())
    assert words_at(chart.svg, "best plan: 3 conversions, 21 M") == "end"
    assert words_at(chart.svg, "your plan: 2 conversions, 5.0 M") == "start"


@pytest.mark.slow
def test_the_budget_says_how_many_convert_at_each_point() -> None:
    chart = budget_chart(by_budget())
    said = texts(chart.svg)
    assert {"1", "2", "3"} <= set(said)
    assert "highest: 3 conversions, 21 M" in said
    assert any(text.startswith("Budget for building, USD") for text in said)
    assert {"5 M", "10 M", "15 M"} <= set(said)
    assert "USD 16 M: USD 21 M" in chart.alt


def test_where_nothing_can_be_compared_nothing_is_drawn() -> None:
    assert frontier_chart(by_number(range(1)), BEST_PLAN) is None
    assert budget_chart(Result(by_budget().table.head(1), "", words=BUNDLED)) is None
    assert near_drawn(conversions=THREE[:1]) is None
    nobody = NearOptimal(
        near().plans, Result(near().stores.table.head(0), "", words=BUNDLED), ((), (), ())
    )
    assert near_chart(nobody, NAMES, FORMATS) is None


@pytest.mark.slow
def test_near_plans_show_only_the_stores_they_differ_in() -> None:
    chart = near_drawn()
    said = texts(chart.svg)
    assert "Elm" not in said  # every plan converts it to the same
    assert "Oak" in said
    assert NAMES["b"][:10] in "".join(said)
    assert {"Green Grocer", "Green Stall", "closes", "0", "100 k", "200 k"} <= set(said)
    assert {"1", "2", "3"} <= set(texts(chart.narrow))
    assert "Oak in 1 of 3" in chart.alt
    # Four dots convert (b in all three plans, d in one), two do not; and the legend.
    assert fills(chart.svg, CONVERTS) == 4 + 2
    assert chart.title == "Three plans. Two sites in each."
    marks = re.findall(rf'<path [^>]*d="([^"]+)"[^>]*fill="{CONVERTS}"', chart.svg)
    marks += re.findall(rf'<path [^>]*fill="{CONVERTS}"[^>]*d="([^"]+)"', chart.svg)
    assert len({re.sub(r"[\d.,-]+", "", mark) for mark in marks}) == 2  # a shape a format


@pytest.mark.slow
def test_two_stores_of_one_name_keep_a_row_each() -> None:
    conversions = (THREE[0], (*THREE[0], "c:green"), (*THREE[0], "d:green"))
    stores = pd.DataFrame({"store_id": ["a", "b", "c", "d"], "share_of_plans": 0.5})
    found = NearOptimal(near(conversions).plans, Result(stores, "", words=BUNDLED), conversions)
    said = texts(near_chart(found, NAMES, FORMATS).svg)
    assert {"Oak", "Oak (d)"} <= set(said)


# -------------------------------------------------------------------------------------- views
STORES = Table(pd.DataFrame({"store_id": ["a", "b"], "name": ["Elm", "Oak"], "state": "YY"}))


def test_decisions_of_both_plans_are_written_in_words() -> None:
    table = pd.DataFrame(
        {
            "store_id": ["a", "b"],
            "best_decision": ["convert_green", "close"],
            "my_decision": ["close", "convert_stall"],
            "best_value_usd": [2e6, -1e6],
            "my_value_usd": [2e6, -1e6],
            "cost_to_differ_usd": [2e6, 1e6],
        }
    )
    html = shown(Result(table, "", words=BUNDLED), "my_plan", STORES, FORMATS, words=BUNDLED).html
    for words in ("Worth converting to Green Grocer", "Worth converting to Green Stall", "Closes"):
        assert words in html
    assert "convert_" not in html
    assert ">Elm<" in html
    assert "Cost of differing here" in html


def test_a_summary_shows_a_named_plan_and_what_to_change_unfolded() -> None:
    steps = pd.DataFrame(
        {"step": [1], "change": ["adding Elm"], "drop": [""], "add": ["a:green"], "breaks": [""]}
    )
    tables = {"my_plan_steps": Table(steps)}
    output: Any = type("Output", (), {"tables": tables, "words": BUNDLED})()
    (view,) = views_of(output, STORES, {})
    assert not view.folded
    assert view.caption == "What to change first in your plan"
    assert "adding Elm" in view.html
    assert "a:green" not in view.html
    assert ">none<" in view.html
    assert not PLAN_CHOICES["my_plan"].folded


def test_flip_points_are_shown_in_per_cent() -> None:
    table = pd.DataFrame(
        {"store_id": ["a", "b"], "decision": "close", "npv_vs_exit_usd": [-1e6, -3e6]}
    ).assign(**{name: [1.02, float("nan")] for name in FLIPS}, opening_year=float("nan"))
    result = Result(table, "", dict.fromkeys(FLIPS, "ratio"), words=BUNDLED)
    html = shown(flip_table(result), "plan_flips", STORES, FORMATS, words=BUNDLED).html
    assert ">102<" in html
    assert html.count(">nothing does<") == len(FLIPS)
    assert html.count(">closes<") == 2


def test_near_optimal_plans_are_told_by_names() -> None:
    stores = Table(pd.DataFrame({"store_id": ["a-1", "b.2"], "name": ["Here", "There & <b>"]}))
    formats = {"salon": Format(label="Hair Salon", banner="x", role="existing")}
    plans = Table(
        pd.DataFrame(
            {
                "differs": ["", "without a-1:salon; with b.2:booth, c-3:salon"],
                "formats": ["salon", "booth, salon"],
            }
        )
    )
    shown = with_sites(plans, stores, formats).table
    assert shown["differs"].tolist() == [
        "",
        "without Here as Hair Salon; with There & <b> as booth, c-3 as Hair Salon",
    ]
    assert shown["formats"].tolist() == ["Hair Salon", "booth, Hair Salon"]
    other = Table(pd.DataFrame({"x": [1]}))
    assert with_sites(other, stores, formats).table.equals(other.table)
