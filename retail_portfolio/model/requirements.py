"""Which rows of the ledger each model needs, so that a gap is named before anything runs.

The same lists say which assumptions are moved for the range of a total, so that no driver of a
number is left out of its range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retail_portfolio.inputs.case import Case

CLOSURE_NAMES: tuple[str, ...] = (
    "avg_tenure_years",
    "avg_weekly_hours",
    "benefit_load",
    "charges_in_gross_rent_usd_per_sqft_year",
    "clearance_discount",
    "dark_carry_usd_per_sqft_year",
    "employees_per_store",
    "equipment_auction_usd_per_store",
    "gross_buildout_usd_per_sqft",
    "gross_margin",
    "incremental_borrowing_rate",
    "inventory_days",
    "inventory_writeoff_share",
    "lease_initial_term_years",
    "lease_remaining_term_years",
    "lease_termination_months",
    "nnn_charges_usd_per_sqft_year",
    "paid_notice_days",
    "payroll_tax_share",
    "ppe_age_years",
    "ppe_life_years",
    "ppe_net_share",
    "ppe_reuse_in_conversion",
    "prior_impairment_share",
    "rent_escalator_per_year",
    "rent_gross_usd_per_sqft_year",
    "rent_net_usd_per_sqft_year",
    "restoration_usd_per_sqft",
    "sales_usd_per_sqft_year",
    "sales_usd_year",
    "salvage_share_of_nbv",
    "severance_weeks_per_year",
    "share_redeployed",
    "size_sqft",
    "sublease_discount_rate",
    "sublease_rent_recovery",
    "sublease_void_months",
    "us_conversion_share",
    "wage_cashier_usd_per_hour",
)
"""Every name the bill of a closing store depends on, by itself or through the tables."""

CONVERSION_NAMES: tuple[str, ...] = (
    "cannibalisation_decay_per_mile",
    "cannibalisation_share",
    "capex_conversion_usd_per_sqft",
    "conversion_dark_months",
    "preopening_usd_per_store",
    "ramp_year1_ratio",
    "sales_elasticity_households",
    "sales_elasticity_income",
    "sales_usd_per_sqft_year",
    "store_contribution_mature",
    "store_contribution_year1",
    "vm_own_sales",
)
"""Every name the value of a conversion depends on beside the bill it avoids."""

LEASE_NAMES: tuple[str, ...] = (
    "charges_in_gross_rent_usd_per_sqft_year",
    "dark_carry_usd_per_sqft_year",
    "equipment_auction_usd_per_store",
    "lease_initial_term_years",
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

CHECKOUT_NAMES: tuple[str, ...] = (
    "basket_usd",
    "capital_charge_rate",
    "entry_staff",
    "jwo_capex_scale_exponent",
    "jwo_capex_usd_at_1000_sqft",
    "jwo_cloud_usd_year",
    "jwo_life_years",
    "jwo_maintenance_share_of_capex",
    "jwo_review_minutes",
    "jwo_review_share_of_visits",
    "jwo_reviewer_usd_per_hour",
    "jwo_shrink_share_of_sales",
    "lane_capex_usd",
    "lane_life_years",
    "lane_upkeep_share",
    "lane_utilisation",
    "minimum_cover_cashiers",
    "opening_hours_year",
    "reference_sales_usd_year",
    "reference_size_sqft",
    "staffed_lanes",
    "staffed_seconds_per_transaction",
    "staffed_shrink_share_of_sales",
)
"""Every name a year of checkout in a format depends on."""

_THROUGH_TABLES = frozenset(
    {
        "lease_initial_term_years",
        "lease_remaining_term_years",
        "lease_termination_months",
        "nnn_charges_usd_per_sqft_year",
        "rent_escalator_per_year",
        "rent_gross_usd_per_sqft_year",
        "rent_net_usd_per_sqft_year",
        "size_sqft",
    }
)
"""Stand in the tables; the reader asks the ledger for them where they are marked assumed."""
_ONLY_IF = frozenset(
    {"charges_in_gross_rent_usd_per_sqft_year", "ppe_reuse_in_conversion", "us_conversion_share"}
)
"""Asked for where a lease is gross or a format can convert."""
_EITHER = (
    (("sales_usd_year",), ("sales_usd_per_sqft_year",)),
    (("ppe_net_share",), ("ppe_age_years", "ppe_life_years", "prior_impairment_share")),
)
"""One group or the other is enough."""


def missing_rows(case: Case) -> tuple[Fault, ...]:
    """Name every ledger row that a model would ask for and not find.

    Returns
    -------
    tuple of Fault
        One a name and format, in order; empty when every model can run.
    """
    faults: dict[tuple[str, str], Fault] = {}
    for name, fmt, state in _asked(case):
        if (name, fmt) not in faults and not case.ledger.has(name, format=fmt, state=state):
            expected = f"a row {name} or {name}.{fmt}: a model needs it for stores of this format"
            faults[name, fmt] = Fault(LEDGER_FILE, None, "key", f"{name}.{fmt}", expected)
    return tuple(faults.values())


def _asked(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield every name with the format and state it is asked for."""
    settings = case.scenario
    closing = case.stores[case.stores["status"] == "closing"]
    places = sorted(set(zip(closing["format"], closing["state"], strict=True)))
    gross = set(case.leases.loc[case.leases["rent_basis"] == "gross", "store_id"])
    gross_formats = set(closing.loc[closing["store_id"].isin(gross), "format"])
    always = set(CLOSURE_NAMES) - _THROUGH_TABLES - _ONLY_IF
    always -= {name for pair in _EITHER for group in pair for name in group}
    for fmt, state in places:
        names = sorted(always)
        names += [name for pair in _EITHER for name in _one_group(case, pair, fmt, state)]
        if fmt in gross_formats:
            names.append("charges_in_gross_rent_usd_per_sqft_year")
        if fmt in settings.convert_from:
            names += ["ppe_reuse_in_conversion", "us_conversion_share"]
        yield from ((name, fmt, state) for name in names)
    if places:
        yield "size_sqft", "supermarket", ""
    if any(fmt in settings.convert_from for fmt, _ in places):
        yield from ((name, fmt, "") for fmt in settings.convert_to for name in CONVERSION_NAMES)
    state = settings.checkout_wage_state
    for fmt in settings.checkout_formats:
        yield from ((name, fmt, state) for name in CHECKOUT_NAMES)
        yield from ((name, fmt, state) for name in ("wage_cashier_usd_per_hour", "benefit_load"))


def _one_group(
    case: Case, groups: Iterable[tuple[str, ...]], fmt: str, state: str
) -> tuple[str, ...]:
    """Return the first group the ledger has in full, else the last: its gaps are then named."""
    last: tuple[str, ...] = ()
    for group in groups:
        last = group
        if all(case.ledger.has(name, format=fmt, state=state) for name in group):
            return group
    return last
