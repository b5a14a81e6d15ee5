"""Results refuse what would mislead."""

from __future__ import annotations

import pandas as pd
import pytest

from retail_portfolio.model.result import Figure, Result


def test_a_figure_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        Figure("k", "label", 5.0, "usd", "modelled", "here", low=6.0, high=7.0)


def test_an_unknown_origin_is_refused() -> None:
    with pytest.raises(ValueError, match="guessed"):
        Figure("k", "label", 5.0, "usd", "guessed", "here")  # type: ignore[arg-type]


def test_units_name_columns_that_are_there() -> None:
    with pytest.raises(ValueError, match="cost_usd"):
        Result(pd.DataFrame({"a": [1]}), "one row", {"cost_usd": "usd"})


def test_units_cannot_be_changed_afterwards() -> None:
    result = Result(pd.DataFrame({"a": [1]}), "one row", {"a": "stores"})
    with pytest.raises(TypeError):
        result.units["a"] = "usd"  # type: ignore[index]
    with pytest.raises(KeyError):
        result.figure("nothing")
