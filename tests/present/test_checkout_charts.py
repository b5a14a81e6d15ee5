"""Drawings, tables and the document of the checkout comparison."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.model.checkouts.checkout import cost_stack
from retail_portfolio.model.checkouts.checkout_break_even import checkout_surfaces
from retail_portfolio.model.checkouts.checkout_curves import cost_curves
from retail_portfolio.model.checkouts.checkout_rows import of_first_format
from retail_portfolio.model.checkouts.checkout_third_party import checkout_third_party
from retail_portfolio.model.checkouts.checkout_years import break_even_years
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.present.drawings.checkout_charts import (
    break_even_chart,
    stack_chart,
    third_party_chart,
)
from retail_portfolio.present.exporting.documents import figure_records, plain_value, records
from retail_portfolio.present.files import json_text
from retail_portfolio.present.summary.checkout_views import surface_table
from retail_portfolio.present.summary.views import shown
from retail_portfolio.present.tables import Table
from retail_portfolio.present.words import technology_words, year_words
from tests.conftest import BUNDLED


@pytest.mark.slow
def test_the_stack_says_what_most_of_it_is(case):
    chart = stack_chart(cost_stack(case), "fresh", case.scenario.formats)
    assert chart.title == (
        "Amazon Fresh: 63 % of Just Walk Out (JWO) is equipment and upkeep, "
        "96 % of staffed lanes is cashiers"
    )
    for words in ("cashiers", "loss beyond staffed lanes", "JWO (installed)", "JWO (annualised)"):
        assert words in chart.svg
    assert chart.narrow
    with pytest.raises(ValueError, match="nothing to draw"):
        stack_chart(cost_stack(case), "nowhere", case.scenario.formats)


@pytest.mark.slow
def test_the_break_even_stands_in_the_title(case):
    curves = cost_curves(case, "fresh")
    chart = break_even_chart(curves)
    assert chart.title == curves.sentence
    assert "worked case" in chart.svg
    assert chart.svg == break_even_chart(curves).svg
    with pytest.raises(ValueError, match="nothing to draw"):
        break_even_chart(Result(curves.table.iloc[:0], "", words=BUNDLED))


@pytest.mark.slow
def test_third_party_sites_have_their_ranges(case):
    chart = third_party_chart(checkout_third_party(case, ()))
    assert chart.title.startswith(
        "Just Walk Out on licence pays the operator of a stadium most, USD "
    )
    assert chart.title.endswith("costs more than it brings in at: break room at work")
    for words in ("stadium", "break room at work"):
        assert words in chart.svg


@pytest.mark.slow
def test_surfaces_are_grids_of_the_installed_reading(case):
    grids = surface_table(of_first_format(checkout_surfaces(case)))
    assert len(grids) == 4
    assert "fall of the price since 2017" in grids[0].html
    assert "99.5 %" in grids[0].html
    assert "37,000 sq ft" in grids[0].html
    assert surface_table(Result(pd.DataFrame(), "", words=BUNDLED)) == []


def test_years_read_as_years_and_never(case):
    found = shown(
        break_even_years(case, ()),
        "checkout_years",
        Table(case.stores),
        case.scenario.formats,
        words=BUNDLED,
    ).html
    assert ">never<" in found
    assert ">2043<" in found
    assert "2,04" not in found
    assert "at the pace of the plan" in found


def test_words():
    assert year_words(2042.4) == "2043"
    assert year_words(math.nan) == "never"
    rows = pd.DataFrame({"technology": ["jwo_vision", "staffed"], "reading": ["installed", ""]})
    assert technology_words(rows, words=BUNDLED).tolist() == [
        "Just Walk Out (installed)",
        "staffed lanes",
    ]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(1.5), 1.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (math.nan, None),
        (math.inf, None),
        (None, None),
        ("", ""),
        ("NaN", "NaN"),
        (pd.NA, None),
    ],
)
def test_cells_as_json_holds_them(value, plain):
    found = plain_value(value)
    assert found == plain
    assert type(found) is type(plain)


def test_rows_and_figures_survive_json():
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1.0, math.nan], "c": [True, False]})
    document = {"rows": records(frame)}
    document["figures"] = figure_records(
        [
            Figure("k", "l", 1.0, "usd", "modelled", "s", words=BUNDLED),
            Figure("m", "l", None, "usd", "assumed", "", words=BUNDLED),
        ]
    )
    again = json.loads(json_text(document))
    assert again["rows"] == [{"a": "x", "b": 1.0, "c": True}, {"a": "y", "b": None, "c": False}]
    assert again["figures"][0]["low"] is None
    assert again["figures"][1]["value"] is None
