"""What a ledger says of stores in every draw: what it says in each draw's own ledger."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.faults import UnknownKeyError
from retail_portfolio.model.lookup import store_sales_usd_year
from retail_portfolio.model.sampling.drawn_values import DrawnValues
from retail_portfolio.model.sampling.ensemble import Draws, pert_quantile
from retail_portfolio.model.store_values import StoreValues
from tests.model.conftest import ledger_of
from tests.model.drawn_cases import ledger_of_draw, uniforms_of, wide

LEDGER = wide(
    {
        "wage": 20,
        "wage.zz": 10,
        "wage.kiosk.yy": 30,
        "tenure": 3,
        "only.kiosk": 7,
        "only.kiosk.zz": 8,
    }
)
STORES = pd.DataFrame(
    {"format": ["shop", "kiosk", "shop", "kiosk", "shop"], "state": ["YY", "ZZ", "ZZ", "YY", "YY"]}
)
DRAWS = 6


@pytest.fixture
def draws() -> Draws:
    return Draws(LEDGER, uniforms_of(LEDGER, DRAWS))


def test_every_draw_says_what_its_own_ledger_says(draws: Draws) -> None:
    says = DrawnValues(draws, STORES)
    found = says.of("wage")
    assert found.shape == (DRAWS, len(STORES))
    for draw in range(DRAWS):
        of_draw = StoreValues(ledger_of_draw(draws, draw), STORES)
        assert found[draw].tolist() == of_draw.of("wage").tolist()
        maybe = says.maybe("only", 0.5)[draw]
        assert maybe.tolist() == of_draw.maybe("only", 0.5).tolist()
    assert len(np.unique(found)) > DRAWS


def test_one_row_of_the_ledger_is_one_column(draws: Draws) -> None:
    found = DrawnValues(draws, STORES).of("tenure")
    assert found.shape == (DRAWS, 1)
    uniform = draws.uniforms["tenure"]
    assert found[:, 0].tolist() == pert_quantile(LEDGER["tenure"], uniform).tolist()


def test_what_the_ledger_does_not_know(draws: Draws) -> None:
    says = DrawnValues(draws, STORES)
    nowhere = says.maybe("nowhere", 4.0)
    assert nowhere.shape == (DRAWS, 1)
    assert (nowhere == 4.0).all()
    assert np.isnan(says.maybe("nowhere")).all()
    some = says.maybe("only")
    assert np.isnan(some).tolist() == [[True, False, True, False, True]] * DRAWS
    with pytest.raises(UnknownKeyError, match=r"only\.shop"):
        says.of("only")


def test_without_draws_the_base_is_the_one_draw() -> None:
    says = DrawnValues(Draws(LEDGER, {}), STORES)
    assert says.of("wage").tolist() == [[20, 10, 10, 30, 20]]
    assert says.of("tenure").tolist() == [[3]]


def test_a_number_that_is_not_there_is_the_base() -> None:
    draws = Draws(LEDGER, {"wage": np.array([np.nan, 0.9])}, fast=True)
    found = DrawnValues(draws, STORES).of("wage")
    assert found[0].tolist() == [20, 10, 10, 30, 20]
    assert (found[1] > found[0]).all()
    assert DrawnValues(draws, STORES).of("tenure").tolist() == [[3], [3]]


def test_no_stores_have_no_values(draws: Draws) -> None:
    none = STORES.iloc[:0]
    assert DrawnValues(draws, none).of("wage").shape[1] == 0
    assert DrawnValues(draws, none).maybe("only").shape[1] == 0


def test_sales_that_are_not_known_are_the_ledgers() -> None:
    """Known; a format's own figure; density times floor, of the state where it has a row."""
    ledger = ledger_of(
        {
            "sales_usd_year.kiosk": 500_000,
            "sales_usd_year.kiosk.yy": 600_000,
            "sales_usd_per_sqft_year": 400,
            "sales_usd_per_sqft_year.shop.zz": 300,
        }
    )
    known = [5e6, np.nan, np.nan, np.nan, np.nan]
    stores = STORES.assign(size_sqft=[1e4, 1e3, 2e4, 1e3, 3e4], sales_usd_year=known)
    sales, marks = store_sales_usd_year(ledger, stores)
    assert sales.tolist() == [5e6, 5e5, 6e6, 6e5, 12e6]
    assert marks == ["observed", "assumed", "assumed", "assumed", "assumed"]
    assert store_sales_usd_year(ledger, stores.iloc[:0])[1] == []
    with pytest.raises(UnknownKeyError, match="sales_usd_per_sqft_year"):
        store_sales_usd_year(ledger_of({"sales_usd_year.kiosk": 1}), stores)
