"""Which rows of the ledger each model needs, so that a gap is named before anything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.checkouts.checkout_terms import (
    THIRD_PARTY,
    names_of,
    technologies_in,
)
from retail_portfolio.model.checkouts.checkout_third_party import site_types_in
from retail_portfolio.model.closing.stay import known_four_wall_usd_year
from retail_portfolio.model.ledger_names import CLOSURE_NAMES, CONVERSION_NAMES, MOVE_NAMES
from retail_portfolio.model.targets import KEEP, RELOCATE, candidates_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retail_portfolio.inputs.case import Case

_THROUGH_TABLES = frozenset(
    {
        "lease_initial_term_years",
        "lease_remaining_term_years",
        "lease_renewal_option_years",
        "lease_renewal_options",
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
    {
        "charges_in_gross_rent_usd_per_sqft_year",
        "continuous_operation_charge_share",
        "ppe_reuse_in_conversion",
        "us_conversion_share",
    }
)
"""Asked for where a lease is gross or obliges to trade, or a format can convert."""
_WHERE_KNOWN = frozenset(
    {
        "four_wall_margin",
        "lease_negotiation_months",
        "statutory_severance_weeks_per_year",
        "statutory_severance_weeks_short_notice",
        "transfer_share_online",
        "transfer_share_sister",
        "vm_online_sales",
        "vm_own_sales",
        "warn_employer_heads",
        "warn_notice_days",
        "warn_site_heads",
    }
)
"""Without these the bill knows no law of notice and no time to agree on a buy-out, or leaves the
value of staying blank."""
_OF_TRAVEL = (
    ("access_minutes", "", ""),
    ("circuity_ratio", "", ""),
    ("dense_population_per_sq_km", "", ""),
    ("dense_speed_ratio", "", ""),
    ("travel_speed_mph", "band1", ""),
)
"""Without these no way can be estimated; more speed bands are welcome."""
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
    return _faults(case, _asked(case))


def missing_checkout_rows(case: Case) -> tuple[Fault, ...]:
    """Name every ledger row that the comparison of checkout technologies would not find."""
    return _faults(case, _asked_of_checkout(case))


def _faults(case: Case, asked: Iterable[tuple[str, str, str]]) -> tuple[Fault, ...]:
    faults: dict[tuple[str, str], Fault] = {}
    for name, fmt, state in asked:
        if (name, fmt) not in faults and not case.ledger.has(name, format=fmt, state=state):
            key = f"{name}.{fmt}" if fmt else name
            expected = f"a row named {key}" + (f" or {name}" if fmt else "") + ": a model needs it"
            faults[name, fmt] = Fault(LEDGER_FILE, None, "key", None, expected)
    return tuple(faults.values())


def _asked(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield every name with the format and state it is asked for."""
    settings = case.scenario
    closing = case.stores[case.stores["status"] == "closing"]
    places = sorted(set(zip(closing["format"], closing["state"], strict=True)))
    gross = set(case.leases.loc[case.leases["rent_basis"] == "gross", "store_id"])
    gross_formats = set(closing.loc[closing["store_id"].isin(gross), "format"])
    bound = set(case.leases.loc[case.leases["continuous_operation"] == "yes", "store_id"])
    bound_formats = set(closing.loc[closing["store_id"].isin(bound), "format"])
    always = set(CLOSURE_NAMES) - _THROUGH_TABLES - _ONLY_IF - _WHERE_KNOWN
    always -= {name for pair in _EITHER for group in pair for name in group}
    for fmt, state in places:
        names = sorted(always)
        names += [name for pair in _EITHER for name in _one_group(case, pair, fmt, state)]
        if fmt in gross_formats:
            names.append("charges_in_gross_rent_usd_per_sqft_year")
        if fmt in bound_formats:
            names.append("continuous_operation_charge_share")
        if fmt in settings.convert_from:
            names += ["ppe_reuse_in_conversion", "us_conversion_share"]
        yield from ((name, fmt, state) for name in names)
    if places:
        yield "size_sqft", "supermarket", ""
    if len(candidates_of(case).sites):
        yield from _asked_of_conversions(case)
    yield from _asked_of_trade_areas(case)
    yield from _asked_of_checkout(case)


def _asked_of_conversions(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield what the value of a conversion asks for; one margin holds for all own sales."""
    density = ("sales_usd_year", "size_sqft"), ("sales_usd_per_sqft_year",)
    either = {name for group in density for name in group}
    found = candidates_of(case)
    for fmt in found.opening_formats():
        names = [n for n in CONVERSION_NAMES if n not in either and n != "vm_own_sales"]
        if fmt not in found.targets:  # a format that stores only move to
            names.remove("capex_conversion_usd_per_sqft")
        names += list(_one_group(case, density, fmt, ""))
        yield from ((name, fmt, "") for name in names)
    if RELOCATE in found.targets:
        moved = found.places["format"][found.has(RELOCATE)].unique()
        yield from ((name, fmt, "") for fmt in moved for name in MOVE_NAMES)
    if KEEP in found.targets:
        unknown = found.sites[np.isnan(known_four_wall_usd_year(found.sites))]
        pairs = zip(unknown["format"], unknown["state"], strict=True)
        yield from (("four_wall_margin", fmt, state) for fmt, state in sorted(set(pairs)))
    yield "vm_own_sales", "", ""


def _asked_of_trade_areas(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield what the trade areas ask for, with the format or group it is asked for."""
    trading = case.stores.loc[case.stores["status"].isin(["open", "closing"]), "format"]
    formats = {*trading, *candidates_of(case).opening_formats()}
    kinds = set(case.competitors["kind"]) if len(case.competitors) else set()
    power = case.scenario.distance_decay == "power"
    decay = "huff_distance_exponent" if power else "huff_distance_rate_per_minute"
    for name in ("huff_size_exponent", decay):
        yield from ((name, one, "") for one in sorted(formats | kinds))
    yield from (("size_sqft", kind, "") for kind in sorted(kinds))
    yield from _OF_TRAVEL
    for name in ("household_income_usd", "food_at_home_usd_year"):
        yield from ((name, f"quintile{number}", "") for number in range(1, 6))
    yield "food_at_home_size_elasticity", "", ""
    yield "spending_outside_supermarkets_share", "", ""
    closing = case.stores[case.stores["status"] == "closing"]
    pairs = sorted(set(zip(closing["format"], closing["state"], strict=True)))
    yield from (("transfer_share_online", fmt, state) for fmt, state in pairs)


def _asked_of_checkout(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield every name that the comparison of checkout technologies asks for."""
    settings = case.scenario
    codes = codes_of(settings)
    compared = technologies_in(case.ledger, codes)
    names = sorted({n for one in compared for n in names_of(one, codes)})
    for fmt in settings.checkout_formats:
        yield from ((name, fmt, settings.checkout_wage_state) for name in names)
    for kind in site_types_in(case.ledger) if settings.checkout_formats else ():
        for name in names:
            own = f"{name}.{kind}" in case.ledger
            yield name, kind if own else THIRD_PARTY, ""


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
