"""Leases with the arithmetic written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.closing.lease_exit import monthly_rent_usd
from retail_portfolio.model.closing.leases import (
    lease_liability_usd,
    lease_terms,
    rent_roll_usd,
    right_of_use_fair_value_usd,
)
from tests.model.conftest import PENCIL_LEDGER, ledger_of

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
    assert terms["leased"].tolist() == [True, True]
    assert terms["option_years"].tolist() == [2 * 5, 0]
    assert terms["termination_months"].tolist() == [12, 18]


def test_terms_have_the_index_of_the_stores(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    terms = lease_terms(pencil_stores.set_index(pd.Index([7, 3])), pencil_leases, pencil_ledger)
    assert terms.index.tolist() == [7, 3]


def test_gross_rent_pays_no_charges_twice(terms: pd.DataFrame) -> None:
    """The kiosk's rent holds the charges, so an empty kiosk carries 9 - 7 a sq ft beside it."""
    assert terms["charges_usd_year"].tolist() == [6 * 10_000, 0]
    assert terms["carry_usd_year"].tolist() == [9 * 10_000, 2 * 1_000]


def test_a_gross_rent_hides_charges_of_its_own_and_no_carrying_cost_below_zero(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    dear = pencil_ledger.with_overrides({"charges_in_gross_rent_usd_per_sqft_year": 11.0})
    terms = lease_terms(
        pencil_stores, pencil_leases.assign(charges_usd_per_sqft_year=[3.0, 6.0]), dear
    )
    assert terms["charges_usd_year"].tolist() == [6 * 10_000, 0]
    assert terms["carry_usd_year"].tolist() == [9 * 10_000, 0]


def test_liability_is_the_rent_still_due(terms: pd.DataFrame) -> None:
    assert lease_liability_usd(terms, 0.04) == pytest.approx(
        [20_000 * annuity(range(1, 25), 0.04), 5_000 * annuity(range(1, 13), 0.04)]
    )


def test_fair_value_starts_after_the_void(terms: pd.DataFrame) -> None:
    fair = right_of_use_fair_value_usd(terms, np.array([12, 12]), np.array([0.6, 0.6]), 0.08)
    assert fair == pytest.approx([0.6 * 20_000 * annuity(range(13, 25), 0.08), 0.0])


def test_the_rent_roll_is_what_falls_due_after_the_last_trading_day(terms: pd.DataFrame) -> None:
    """22 months of 20,000 and 5,000 after two of trading; the kiosk's year of gross rent."""
    assert rent_roll_usd(terms, np.array([2, 0])) == pytest.approx([22 * 25_000, 12 * 5_000])


def test_doubling_the_rent_doubles_the_liability_and_the_fair_value(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    once = lease_terms(pencil_stores, pencil_leases, pencil_ledger)
    dear = pencil_leases.assign(rent_usd_per_sqft_year=2 * pencil_leases["rent_usd_per_sqft_year"])
    twice = lease_terms(pencil_stores, dear, pencil_ledger)
    assert lease_liability_usd(twice, 0.04) == pytest.approx(2 * lease_liability_usd(once, 0.04))
    void, share = np.array([6, 6]), np.array([0.6, 0.6])
    fair = right_of_use_fair_value_usd(once, void, share, 0.08)
    assert right_of_use_fair_value_usd(twice, void, share, 0.08) == pytest.approx(2 * fair)


def test_no_remaining_term_owes_no_rent(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    over = lease_terms(pencil_stores, pencil_leases.assign(remaining_term_years=0.0), pencil_ledger)
    assert (lease_liability_usd(over, 0.04) == 0).all()
    assert (rent_roll_usd(over, np.array([0, 0])) == 0).all()


def test_a_break_right_ends_the_duties_of_the_tenant(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    """The shop is in year 13 of 15 and may leave after 14: it is bound for 12 months more."""
    free = pencil_leases.assign(break_after_years=[np.nan, 14.0])
    terms = lease_terms(pencil_stores, free, pencil_ledger)
    assert terms["binding_months"].tolist() == [12, 12]
    assert terms["remaining_months"].tolist() == [24, 12]
    passed = lease_terms(
        pencil_stores, pencil_leases.assign(break_after_years=[np.nan, 10.0]), pencil_ledger
    )
    assert passed["binding_months"].tolist() == [0, 12]
    later = lease_terms(pencil_stores, free, pencil_ledger, years_since=0.5)
    assert later["binding_months"].tolist() == [6, 6]
    assert later["remaining_months"].tolist() == [18, 6]


def test_a_duty_to_keep_trading_costs_while_dark(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    """A quarter of 240,000 a year, for the shop alone; nothing where the lease does not say."""
    rows = (*pencil_ledger.values(), Assumption("continuous_operation_charge_share", 0, 0.25, 1))
    bound = pencil_leases.assign(continuous_operation=["no", "yes"])
    terms = lease_terms(pencil_stores, bound, Ledger(rows))
    assert terms["dark_charge_usd_year"].tolist() == [60_000, 0]
    unknown = lease_terms(pencil_stores, pencil_leases, Ledger(rows))
    assert (unknown["dark_charge_usd_year"] == 0).all()


@pytest.mark.parametrize("column", ["rent_usd_per_sqft_year", "remaining_term_years"])
def test_less_than_nothing_is_refused_by_name(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger, column: str
) -> None:
    with pytest.raises(InputError, match=f"leases.csv.*{column}.*shop-1.*0 or more"):
        lease_terms(pencil_stores, pencil_leases.assign(**{column: [1.0, -2.0]}), pencil_ledger)


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
    assert (lease_liability_usd(terms, 0.04) == 0).all()


def test_terms_run_down_between_the_announcement_and_the_valuation(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    later = lease_terms(pencil_stores, pencil_leases, pencil_ledger, years_since=1.5)
    assert later["remaining_term_years"].tolist() == [0.5, 0.0]
    assert later["remaining_months"].tolist() == [6, 0]


@pytest.mark.parametrize("gone", [0, 6, 12, 18])
def test_rent_steps_on_the_days_of_the_lease_whatever_the_day_of_the_valuation(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger, gone: int
) -> None:
    """240,000 a year, 5 % more every twelve months from the statement; 24 months were left."""
    steep = pencil_leases.assign(escalator_per_year=0.05)
    terms = lease_terms(pencil_stores, steep, pencil_ledger, gone / 12).iloc[[0]]
    rents = [20_000 * 1.05 ** (m // 12) for m in range(36)][gone:]
    left = 24 - gone
    assert terms["remaining_months"].tolist() == [left]
    assert terms["rent_usd_year"].tolist() == pytest.approx([12 * rents[0]])
    assert monthly_rent_usd(terms, 12)[0] == pytest.approx(rents[:12])
    charges = 5_000 * left
    assert rent_roll_usd(terms, np.array([0]))[0] == pytest.approx(sum(rents[:left]) + charges)
    owed = sum(rents[m] * 1.04 ** (-(m + 1) / 12) for m in range(left))
    assert lease_liability_usd(terms, 0.04)[0] == pytest.approx(owed)
    fair = 0.6 * sum(rents[m] * 1.08 ** (-(m + 1) / 12) for m in range(3, left))
    found = right_of_use_fair_value_usd(terms, np.array([3.0]), np.array([0.6]), 0.08)
    assert found[0] == pytest.approx(fair)


def test_a_charge_for_standing_dark_follows_the_rent_in_force(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame
) -> None:
    rows = ledger_of(PENCIL_LEDGER | {"continuous_operation_charge_share": 0.5})
    bound = pencil_leases.assign(escalator_per_year=0.05, continuous_operation="yes")
    now, later = (lease_terms(pencil_stores, bound, rows, years) for years in (0.0, 1.5))
    assert now["dark_charge_usd_year"].iloc[0] == pytest.approx(120_000)
    assert later["dark_charge_usd_year"].iloc[0] == pytest.approx(120_000 * 1.05)


def test_a_day_before_the_statement_leaves_the_owned_without_a_term(
    pencil_stores: pd.DataFrame, pencil_leases: pd.DataFrame, pencil_ledger: Ledger
) -> None:
    """Half a year earlier the last step was yet to come; who owns has no lease on any day."""
    leases = pencil_leases.assign(escalator_per_year=0.25, tenure=["owned", "leased"])
    terms = lease_terms(pencil_stores, leases, pencil_ledger, -0.5)
    assert terms["remaining_months"].tolist() == [30, 0]
    assert terms["remaining_term_years"].tolist() == [2.5, 0.0]
    assert terms["rent_usd_year"].tolist() == pytest.approx([192_000, 0.0])
    assert monthly_rent_usd(terms, 7)[0] == pytest.approx([16_000] * 6 + [20_000])
