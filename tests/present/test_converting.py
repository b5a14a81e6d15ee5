from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from retail_portfolio.inputs.settings.scenario_parts import Format
from retail_portfolio.present.outputs import NotebookOutput, Outputs
from retail_portfolio.present.range_bars import bar
from retail_portfolio.present.summary.converting import converting, first_reason
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED
from tests.present.sample import HOSTILE

FORMATS: Any = {
    "green": Format(label="Green Grocer", banner="Green", role="existing"),
    "stall": Format(label="Green Stall", banner="Green", role="existing"),
}
STORES = Table(
    pd.DataFrame(
        {
            "store_id": list("abcd"),
            "name": ["Hall Elm", "Hall Oak", "Hall - Ash", "Hall"],
            "banner": "Hall",
            "state": "CA",
        }
    )
)
PLAN = pd.DataFrame(
    {
        "store_id": list("abcd"),
        "decision": ["convert_green", "convert_green", "close", "convert_stall"],
        "npv_vs_exit_usd": [1e6, 9e6, -4e6, 3e6],
        "reason": ["converts: many; worth 1 M more", "converts: rich; worth", "closes: far", None],
        "probability": [0.5, 1.0, 0.0, 0.75],
    }
)
RANGES = pd.DataFrame(
    {
        "store_id": list("abcd"),
        "npv_vs_exit_p5_usd": [-1e6, 4e6, -9e6, None],
        "npv_vs_exit_p95_usd": [3e6, 19e6, 1e6, None],
    }
)


def views(plan: pd.DataFrame | None = PLAN, ranges: pd.DataFrame | None = None) -> list[Any]:
    frames = {"plan": plan, "uncertainty": ranges}
    units = {"npv_vs_exit_usd": "usd", "probability": "share", "probability_keep": "share"}
    tables = {
        name: Table(frame, {k: v for k, v in units.items() if k in frame.columns})
        for name, frame in frames.items()
        if frame is not None
    }
    output = NotebookOutput("03_conversion", "T", "S", (), tables, (), words=BUNDLED)
    return list(converting(Outputs({"03_conversion": output}, words=BUNDLED), STORES, FORMATS))


def test_each_format_has_its_list_and_the_best_store_leads() -> None:
    first, second = views()
    assert first.caption == "Worth converting to Green Grocer: 2 stores"
    assert second.caption == "Worth converting to Green Stall: 1 store"
    assert re.findall(r'scope="row">([^<]+)<', str(first.html)) == ["Oak, CA", "Elm, CA"]
    assert "Ash" not in f"{first.html}{second.html}"
    for words in (
        "USD 9.0\N{NO-BREAK SPACE}M",
        "100\N{NO-BREAK SPACE}%",
        ">rich<",
        'data-v="9e+06"',
    ):
        assert words.replace("\N{NO-BREAK SPACE}", " ") in str(first.html).replace(
            "\N{NO-BREAK SPACE}", " "
        )


def test_values_have_their_ranges_on_one_scale() -> None:
    first, second = views(ranges=RANGES)
    text = str(first.html).replace("\N{NO-BREAK SPACE}", " ")
    assert "USD 4.0 M to 19 M" in text
    # From the lowest end of all, -1 M, to the highest, 19 M.
    assert '<i style="left:25.0%;width:75.0%"></i><b style="left:50.0%"></b>' in text
    assert '<i style="left:0.0%;width:20.0%"></i><b style="left:10.0%"></b>' in text
    assert "spread" not in second.html


def test_the_heading_says_that_a_range_is_of_the_site_alone() -> None:
    """The value is within the plan, where others take sales; the draws value each site alone."""
    said = "within the plan; range: of the site alone"
    for ranges, told in ((RANGES, True), (None, False)):
        assert [said in view.html for view in views(ranges=ranges)] == [told, False]


def test_what_no_store_has_gets_no_column() -> None:
    (first, _) = views(PLAN.drop(columns="probability"))
    assert "Converts in" not in first.html
    assert first.html.count("<th ") == 3 + 2
    (first, _) = views(PLAN.assign(probability=float("nan")))
    assert "Converts in" not in first.html
    (first, _) = views(PLAN.assign(probability=[None, 1.0, None, None]))
    assert "Converts in" in first.html
    assert "not known" in first.html


def test_what_stays_and_what_moves_have_lists_of_their_own_after_what_converts() -> None:
    plan = PLAN.assign(decision=["keep", "convert_green", "close", "relocate"])
    shares = {"probability_keep": [0.875, 0.0, 0.25, None], "probability_relocate": None}
    ranges = RANGES.assign(**shares)
    converts, stays, moves = views(plan, ranges)
    assert [view.caption for view in (converts, stays, moves)] == [
        "Worth converting to Green Grocer: 1 store",
        "Worth keeping open: 1 store",
        "Worth moving: 1 store",
    ]
    assert "Converts in" in converts.html
    assert "Converts in" not in stays.html
    assert "Stays open in" in stays.html
    assert re.search(r">88\s%<", str(stays.html))
    assert "Moves in" not in moves.html  # nobody drew how often
    names = [re.findall(r'scope="row">([^<]+)<', str(view.html)) for view in (stays, moves)]
    assert names == [["Elm, CA"], ["Hall, CA"]]
    (only,) = views(PLAN.assign(decision=["close", "close", "keep", "close"]))
    assert only.caption == "Worth keeping open: 1 store"


def test_without_a_plan_nothing_is_listed() -> None:
    assert views(None) == []
    assert views(PLAN.drop(columns="decision")) == []


def test_texts_are_escaped() -> None:
    (first, _) = views(PLAN.assign(reason=f"converts: {HOSTILE[0]}"))
    assert "<img" not in first.html
    assert "&lt;img" in first.html


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "converts: 21,000 households, nearest 2 miles; worth 1 M",
            "21,000 households, nearest 2 miles",
        ),
        ("The owner says: keep; no", "The owner says: keep"),
        ("stays open: 21,000 households; worth 1 M", "21,000 households"),
        ("moves to Mill Road: 9 households; worth", "moves to Mill Road: 9 households"),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_a_reason_in_a_line_is_its_first_clause(reason: object, said: str) -> None:
    assert first_reason(reason) == said


def test_a_bar_stays_within_its_width() -> None:
    assert 'left:100.0%"></b>' in bar(0, 9, 5, (0, 5))
    assert bar(None, 1, 2) == ""
    assert bar(2, 2, 2) == ""
