"""Results refuse what would mislead."""

from __future__ import annotations

import pandas as pd
import pytest

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.planning.plan_pool import Frontier
from retail_portfolio.model.result import Figure, PlanResult, Result
from retail_portfolio.model.sampling.information import InformationResult
from retail_portfolio.model.sampling.sobol import SobolResult
from retail_portfolio.model.sampling.tornado import TornadoResult


def test_a_figure_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Figure("k", "label", 5.0, "usd", "modelled", "here", low=6.0, high=7.0, words=Speech("USD"))


def test_an_unknown_origin_is_refused() -> None:
    with pytest.raises(ValueError, match="guessed"):
        Figure("k", "label", 5.0, "usd", "guessed", "here", words=Speech("USD"))  # type: ignore[arg-type]


def test_how_a_range_was_made_is_one_of_a_few_ways():
    known = ("k", "label", 5.0, "usd", "modelled", "here", 4.0, 6.0)
    told = "^figure 'k': range_basis 'a guess' is not one of"
    with pytest.raises(ValueError, match=told):
        Figure(*known, range_basis="a guess", words=Speech("USD"))  # type: ignore[arg-type]
    assert Figure(*known, words=Speech("USD")).range_basis == ""


def test_units_name_columns_that_are_there() -> None:
    with pytest.raises(ValueError, match="cost_usd"):
        Result(pd.DataFrame({"a": [1]}), "one row", {"cost_usd": "usd"}, words=Speech("USD"))


def test_units_cannot_be_changed_afterwards() -> None:
    result = Result(pd.DataFrame({"a": [1]}), "one row", {"a": "stores"}, words=Speech("USD"))
    with pytest.raises(TypeError):
        result.units["a"] = "usd"  # type: ignore[index]
    with pytest.raises(KeyError):
        result.figure("nothing")


def test_a_result_as_text_is_a_line() -> None:
    table = pd.DataFrame({"a": range(500)})
    figure = Figure("k", "label", 5.0, "usd", "modelled", "here", words=Speech("USD"))
    assert repr(Result(table, "So.\nAnd", {}, {}, (figure,), words=Speech("USD"))) == (
        "Result(500 rows, 1 column, 1 figure: 'So.\\nAnd')"
    )
    assert len(repr(Result(table, "x" * 1_000, words=Speech("USD")))) < 250
    plan = PlanResult(table.head(1), "So.", violations=("one", "two"), words=Speech("USD"))
    assert repr(plan) == "PlanResult(1 row, 1 column, feasible, breaks 2 limits: 'So.')"


@pytest.mark.parametrize("kind", [InformationResult, Frontier, SobolResult, TornadoResult])
def test_every_kind_of_result_is_a_line(kind: type[Result]) -> None:
    assert kind.__repr__ is Result.__repr__
