"""Leases with the arithmetic written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.leases import (
    ROUTES,
    cheapest_route,
    exit_routes_usd,
    lease_liability_usd,
    lease_terms,
    right_of_use_fair_value_usd,
)

SHOP, KIOSK = 0, 1


@pytest.fixture
def terms(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> pd.DataFrame:
    return lease_terms(pencil_stores, pencil_leases, pencil_ledger)


def annuity(months: range, rate: float) -> float:
    """Present value of one dollar in each of the months."""
    return sum((1 + rate) ** (-m / 12) for m in months)


def test_terms_follow_the_order_of_the_stores(terms: pd.DataFrame) -> None:
    assert terms["rent_usd_year"].tolist() == [24 * 10_000, 60 * 1_000]
    assert terms["remaining_months"].tolist() == [24, 12]


def test_gross_rent_pays_no_charges_twice(terms: pd.DataFrame) -> None:
    """The kiosk's rent holds the charges, so an empty kiosk carries 9 - 7 a sq ft beside it."""
    assert terms["charges_usd_year"].tolist() == [6 * 10_000, 0]
    assert terms["carry_usd_year"].tolist() == [9 * 10_000, 2 * 1_000]


def test_liability_is_the_rent_still_due(terms: pd.DataFrame) -> None:
    assert lease_liability_usd(terms, 0.04) == pytest.approx(
        [20_000 * annuity(range(1, 25), 0.04), 5_000 * annuity(range(1, 13), 0.04)]
    )


def test_fair_value_starts_after_the_void(terms: pd.DataFrame) -> None:
    fair = right_of_use_fair_value_usd(terms, np.array([12, 12]), np.array([0.6, 0.6]), 0.08)
    assert fair == pytest.approx([0.6 * 20_000 * annuity(range(13, 25), 0.08), 0.0])


def test_three_routes_by_hand(terms: pd.DataFrame) -> None:
    routes = exit_routes_usd(terms, np.array([12, 12]), np.array([0.6, 0.6]), 0.09)
    early, late = annuity(range(1, 13), 0.09), annuity(range(13, 25), 0.09)
    assert routes.loc[SHOP, "buy_out"] == pytest.approx(12 * (240_000 + 60_000) / 12)
    assert routes.loc[SHOP, "sublease"] == pytest.approx(
        (20_000 + 7_500) * early + 0.4 * 20_000 * late
    )
    assert routes.loc[SHOP, "hold_dark"] == pytest.approx((20_000 + 7_500) * (early + late))
    assert routes.loc[KIOSK, "buy_out"] == pytest.approx(12 * 60_000 / 12)


def test_buy_out_never_exceeds_what_is_left_of_the_term(terms: pd.DataFrame) -> None:
    """The kiosk would pay 18 months, but only 12 are left."""
    routes = exit_routes_usd(terms, np.array([12, 12]), np.array([0.6, 0.6]), 0.09)
    assert routes.loc[KIOSK, "buy_out"] == 60_000


def test_the_cheapest_route_is_cheapest(terms: pd.DataFrame) -> None:
    routes = exit_routes_usd(terms, np.array([3, 3]), np.array([0.9, 0.9]), 0.09)
    names, cost = cheapest_route(routes)
    assert set(names) <= set(ROUTES)
    assert (cost <= routes.min(axis=1)).all()
    assert [routes.loc[i, n] for i, n in names.items()] == pytest.approx(cost)


def test_no_remaining_term_costs_no_rent(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    over = lease_terms(pencil_stores, pencil_leases.assign(remaining_term_years=0.0), pencil_ledger)
    routes = exit_routes_usd(over, np.array([12, 12]), np.array([0.6, 0.6]), 0.09)
    assert (routes == 0).all(axis=None)
    assert (lease_liability_usd(over, 0.04) == 0).all()


def test_an_owned_store_has_no_lease_to_leave(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    owned = lease_terms(pencil_stores, pencil_leases.assign(tenure="owned"), pencil_ledger)
    assert (owned["rent_usd_year"] == 0).all()
    assert (owned["remaining_months"] == 0).all()


def test_an_owned_store_may_leave_its_lease_blank(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    blank = pencil_leases.assign(tenure="owned")
    numbers = blank.select_dtypes("number").columns
    terms = lease_terms(
        pencil_stores, blank.assign(**dict.fromkeys(numbers, np.nan)), pencil_ledger
    )
    assert terms.notna().all(axis=None)
    routes = exit_routes_usd(terms, np.array([12, 12]), np.array([0.6, 0.6]), 0.09)
    assert (routes == 0).all(axis=None)


def test_terms_run_down_between_the_announcement_and_the_valuation(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    later = lease_terms(pencil_stores, pencil_leases, pencil_ledger, years_since=1.5)
    assert later["remaining_term_years"].tolist() == [0.5, 0.0]
