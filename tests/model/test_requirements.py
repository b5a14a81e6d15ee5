"""Gaps in the ledger are named before a model meets them, and no driver is left out of a range."""

from __future__ import annotations

from dataclasses import replace

import pytest

from retail_portfolio.inputs.assumed import resolve_assumed
from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.checkouts.checkout import checkout, checkout_names
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.ledger_names import (
    CLOSURE_NAMES,
    CONVERSION_NAMES,
    TRADE_NAMES,
    TRAVEL_NAMES,
)
from retail_portfolio.model.market.trade_areas import follow
from retail_portfolio.model.opening.conversion import conversion, conversion_table, setting_of
from retail_portfolio.model.overview.requirements import missing_rows
from retail_portfolio.model.planning.plan_task import plan_task
from retail_portfolio.model.uncertain.plan_ranges import plan_with_range
from tests.model.checkout_cases import JWO, OPTIONAL_NAMES
from tests.model.conftest import PENCIL_LEDGER, ListeningLedger, bill_of

LEASE_NAMES: tuple[str, ...] = (
    "charges_in_gross_rent_usd_per_sqft_year",
    "continuous_operation_charge_share",
    "dark_carry_usd_per_sqft_year",
    "equipment_auction_usd_per_store",
    "lease_initial_term_years",
    "lease_negotiation_months",
    "lease_remaining_term_years",
    "lease_renewal_option_years",
    "lease_renewal_options",
    "lease_termination_months",
    "nnn_charges_usd_per_sqft_year",
    "rent_escalator_per_year",
    "rent_gross_usd_per_sqft_year",
    "rent_net_usd_per_sqft_year",
    "restoration_usd_per_sqft",
    "size_sqft",
    "sublease_rent_recovery",
    "sublease_void_months",
)
"""Names behind the exit that a conversion avoids, the box it uses and the years it trades."""


@pytest.mark.slow
def test_nothing_is_missing_from_the_bundled_ledger(case: Case) -> None:
    assert missing_rows(case) == ()


def test_nothing_is_missing_from_the_pencil_ledger(pencil_case: Case) -> None:
    assert missing_rows(pencil_case) == ()


THROUGH_TABLES = {"size_sqft.kiosk", "size_sqft.salon", "lease_termination_months"}
"""Asked for by the reader of the tables, which names their gaps itself."""


@pytest.mark.parametrize("key", sorted(set(PENCIL_LEDGER) - THROUGH_TABLES))
def test_a_row_is_either_named_as_missing_or_not_needed(pencil_case: Case, key: str) -> None:
    poorer = Ledger(tuple(row for row in pencil_case.ledger.values() if row.key != key))
    case = replace(pencil_case, ledger=poorer)
    if faults := missing_rows(case):
        name = key.split(".", maxsplit=1)[0]
        assert any(f"a row named {name}" in fault.expected for fault in faults) or name in {
            "ppe_net_share",
            "sales_usd_year",
        }
    else:
        conversion(case, bill_of(case).table)


@pytest.mark.slow
def test_every_name_a_model_asks_for_is_listed(case: Case) -> None:
    heard: set[str] = set()
    listening = ListeningLedger(tuple(case.ledger.values()), heard)
    asked = replace(case, ledger=listening)
    conversion(asked, bill_of(asked).table)
    checkout(asked)
    trade = {*TRADE_NAMES, *TRAVEL_NAMES}
    listed = {*CLOSURE_NAMES, *CONVERSION_NAMES, *checkout_names(JWO), *trade}
    assert heard <= listed | set(OPTIONAL_NAMES)
    unused = {*CONVERSION_NAMES, *checkout_names(JWO), *trade} - heard
    unused -= {"huff_distance_rate_per_minute"}  # of exponential decay
    assert not unused


@pytest.mark.slow
def test_a_portfolio_that_converts_nothing_asks_for_nothing_of_conversions(
    pencil_case: Case,
) -> None:
    rows = tuple(
        row
        for row in pencil_case.ledger.values()
        if row.key.split(".")[0]
        not in {*CONVERSION_NAMES, "ppe_reuse_in_conversion", "us_conversion_share"}
        - {"sales_usd_per_sqft_year", "sales_usd_year"}
    )
    scenario = pencil_case.scenario.model_copy(update={"convert_from": (), "convert_to": ()})
    case = replace(pencil_case, ledger=Ledger(rows), scenario=scenario)
    assert missing_rows(case) == ()
    values = conversion(case, bill_of(case).table)
    assert values.table.empty
    bill = closure_table(case)
    found = plan_with_range(plan_task(case, bill))
    assert found.table["decision"].tolist() == ["close", "close"]
    assert [figure.value for figure in found.figures] == [0, 0]


def test_no_format_to_compare_gives_an_empty_table(pencil_case: Case) -> None:
    assert checkout(pencil_case).table.empty


@pytest.mark.slow
def test_whatever_moves_a_total_is_in_its_range(case: Case) -> None:
    """Every name that is asked for is moved; what changes a total must be listed for its range."""
    place = setting_of(case)

    def totals(moved: Case) -> tuple[float, float, float]:
        bill = closure_table(moved)
        there = replace(place, trade=follow(moved, place.trade))
        worth = conversion_table(moved, bill, there)["npv_vs_exit_usd"]
        return bill["exit_cost_usd"].sum(), bill["impairment_usd"].sum(), worth.sum()

    heard: set[str] = set()
    listening = ListeningLedger(tuple(case.ledger.values()), heard)
    resolve_assumed(case.stores, case.leases, listening)
    setting_of(replace(case, ledger=listening))
    base = totals(replace(case, ledger=listening))
    asked = {key.split(".")[0] for key in {*heard, *TRAVEL_NAMES}}  # no other can move a total
    names = sorted(asked & {key.split(".")[0] for key in case.ledger})
    assert len(names) > len(CLOSURE_NAMES)
    bills, plans = set(), set()
    for name in names:
        for end in ("low", "high"):
            exit_usd, impaired_usd, worth_usd = totals(
                case.with_ledger(case.ledger.at_end(name, end))
            )
            if (exit_usd, impaired_usd) != pytest.approx(base[:2], rel=1e-12):
                bills.add(name)
            if worth_usd != pytest.approx(base[2], rel=1e-12):
                plans.add(name)
    assert bills <= set(CLOSURE_NAMES)
    assert plans <= {*CONVERSION_NAMES, *LEASE_NAMES, *TRADE_NAMES, *TRAVEL_NAMES}
