"""The ways out of a lease by month, with the arithmetic written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.closing.lease_exit import (
    NO_LEASE,
    ROUTES,
    ExitCurves,
    exit_curves,
    lease_payments_usd,
)
from retail_portfolio.model.closing.leases import lease_terms

SHOP, KIOSK = 0, 1
NOW = np.array([0, 0])
YEAR, RATE = np.array([12.0, 12.0]), 0.09
SHARE = np.array([0.6, 0.6])


@pytest.fixture
def terms(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> pd.DataFrame:
    return lease_terms(pencil_stores, pencil_leases, pencil_ledger)


def curves(terms: pd.DataFrame, trading: np.ndarray = NOW, wait: float = 0.0) -> ExitCurves:
    return exit_curves(terms, trading, YEAR, SHARE, RATE, wait)


def annuity(months: range) -> float:
    """Present value at 9 % of one dollar in each of the months."""
    return sum(1.09 ** (-m / 12) for m in months)


def test_three_routes_on_the_last_trading_day(terms: pd.DataFrame) -> None:
    """The shop: 20,000 of rent, 5,000 of charges and 7,500 of carry a month for 24 months."""
    found = curves(terms)
    early, late = annuity(range(1, 13)), annuity(range(13, 25))
    assert found.buy_out[SHOP, 0] == pytest.approx(12 * (20_000 + 5_000))
    assert found.sublease[SHOP, 0] == pytest.approx(27_500 * early + 0.4 * 20_000 * late)
    assert found.routes()["hold_dark"][SHOP] == pytest.approx(27_500 * (early + late))


def test_leaving_half_a_year_later(terms: pd.DataFrame) -> None:
    """Six dark months, then twelve months' rent and charges; or six more until a subtenant pays."""
    found = curves(terms)
    dark = 27_500 * annuity(range(1, 7))
    assert found.buy_out[SHOP, 6] == pytest.approx(dark + 12 * 25_000 * 1.09**-0.5)
    let = 27_500 * annuity(range(1, 19)) + 0.4 * 20_000 * annuity(range(19, 25))
    assert found.sublease[SHOP, 6] == pytest.approx(let)


def test_a_buy_out_never_costs_more_months_than_are_left(terms: pd.DataFrame) -> None:
    """The kiosk would pay 18 months, but 12 are left on the first day and 2 after ten months."""
    found = curves(terms)
    assert found.buy_out[KIOSK, 0] == pytest.approx(12 * 5_000)
    dark = (5_000 + 2_000 / 12) * annuity(range(1, 11))
    assert found.buy_out[KIOSK, 10] == pytest.approx(dark + 2 * 5_000 * 1.09 ** (-10 / 12))


def test_the_curve_ends_with_holding_dark_and_no_later(terms: pd.DataFrame) -> None:
    found = curves(terms)
    assert found.last_month.tolist() == [24, 12]
    assert found.buy_out[KIOSK, 12] == pytest.approx(found.routes()["hold_dark"][KIOSK])
    assert np.isnan(found.buy_out[KIOSK, 13:]).all()


def test_the_cheapest_month_is_no_dearer_than_any_other(terms: pd.DataFrame) -> None:
    found = curves(terms)
    chosen = found.cheapest()
    for row in (SHOP, KIOSK):
        least = np.nanmin([*found.buy_out[row], *found.sublease[row]])
        assert chosen["lease_exit_usd"][row] == found.routes().loc[row].min()
        assert chosen["lease_exit_usd"][row] == pytest.approx(least)
        month, route = chosen["lease_exit_month"][row], chosen["lease_exit_route"][row]
        curve = found.sublease if route == "sublease" else found.buy_out
        assert curve[row, month] == pytest.approx(least)
    assert set(chosen["lease_exit_route"]) <= set(ROUTES)


def test_holding_dark_wins_where_the_end_is_near(terms: pd.DataFrame) -> None:
    """A year is left and no subtenant comes sooner: rent later costs less than rent today."""
    light = terms.assign(carry_usd_year=terms["charges_usd_year"])
    chosen = curves(light).cheapest()
    assert chosen["lease_exit_route"][KIOSK] == "hold_dark"
    assert chosen["lease_exit_month"][KIOSK] == 12


def test_no_buy_out_before_the_landlord_signs(terms: pd.DataFrame) -> None:
    found = curves(terms, wait=3.0)
    assert np.isnan(found.buy_out[SHOP, :3]).all()
    chosen = found.cheapest()
    dark = 27_500 * annuity(range(1, 4))
    assert chosen["lease_exit_month"][SHOP] == 3
    assert chosen["lease_exit_usd"][SHOP] == pytest.approx(dark + 300_000 * 1.09**-0.25)


def test_a_sublease_is_a_sublease_while_no_buy_out_is_to_be_had(terms: pd.DataFrame) -> None:
    """A landlord who never signs leaves the sublease as the cheapest way."""
    chosen = curves(terms, wait=99.0).cheapest()
    assert chosen["lease_exit_route"][SHOP] == "sublease"
    assert curves(terms, wait=99.0).routes()["buy_out"].isna().all()


def test_months_of_trading_are_no_exit_cost(terms: pd.DataFrame) -> None:
    """Two months of trading: 22 are left after them, and the price falls due in two months."""
    found = curves(terms, np.array([2, 0]))
    assert found.last_month.tolist() == [22, 12]
    assert found.buy_out[SHOP, 0] == pytest.approx(300_000 * 1.09 ** (-2 / 12))
    assert found.sublease[SHOP, 0] == pytest.approx(
        27_500 * annuity(range(3, 15)) + 8_000 * annuity(range(15, 25))
    )


def test_rent_steps_up_with_the_escalator(terms: pd.DataFrame) -> None:
    found = curves(terms.assign(escalator_per_year=0.1))
    dark = 27_500 * annuity(range(1, 13)) + (22_000 + 7_500) * annuity(range(13, 16))
    left = 9 * (22_000 + 5_000) * 1.09 ** (-15 / 12)
    assert found.buy_out[SHOP, 15] == pytest.approx(dark + left)
    # After twelve months the price is counted in the rent of the thirteenth, the first one spared.
    year = 27_500 * annuity(range(1, 13)) + 12 * (22_000 + 5_000) / 1.09
    assert found.buy_out[SHOP, 12] == pytest.approx(year)


def test_doubling_the_rent_doubles_every_route_of_an_empty_box_that_costs_nothing(
    terms: pd.DataFrame,
) -> None:
    bare = terms.assign(carry_usd_year=0.0, charges_usd_year=0.0)
    once = curves(bare)
    twice = curves(bare.assign(rent_usd_year=2 * bare["rent_usd_year"]))
    np.testing.assert_allclose(twice.buy_out, 2 * once.buy_out)
    np.testing.assert_allclose(twice.sublease, 2 * once.sublease)


def test_a_lease_that_has_run_out_costs_nothing(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    over = lease_terms(pencil_stores, pencil_leases.assign(remaining_term_years=0.0), pencil_ledger)
    found = curves(over, wait=3.0)
    assert (found.routes() == 0).all(axis=None)
    assert found.cheapest()["lease_exit_route"].tolist() == [NO_LEASE, NO_LEASE]
    assert (found.cheapest()["lease_exit_usd"] == 0).all()


def test_an_owned_store_has_no_lease_to_leave(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    owned = lease_terms(pencil_stores, pencil_leases.assign(tenure="owned"), pencil_ledger)
    assert curves(owned).cheapest()["lease_exit_route"].tolist() == [NO_LEASE, NO_LEASE]
    assert (curves(owned).routes() == 0).all(axis=None)


@pytest.mark.parametrize(("wait", "recovery", "trading"), [(0, 0.6, 0), (3, 0.6, 2), (99, 0.95, 1)])
def test_payments_discounted_are_the_exit_cost(
    terms: pd.DataFrame, wait: float, recovery: float, trading: int
) -> None:
    steep = terms.assign(escalator_per_year=0.03)
    share, start = np.full(2, recovery), np.full(2, trading)
    chosen = exit_curves(steep, start, YEAR, share, RATE, wait).cheapest()
    paid = lease_payments_usd(steep, start, YEAR, share, chosen)
    month = np.arange(paid.shape[1]) + trading
    worth = (paid * 1.09 ** (-month / 12)).sum(axis=1)
    assert worth.tolist() == pytest.approx(chosen["lease_exit_usd"].tolist())
