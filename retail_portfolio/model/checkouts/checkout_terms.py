"""What the checkout of one kind of store depends on, read from the ledger once and checked.

The costs of `checkout_technologies` are functions of these terms, of the floor and of the sales
of a store, and of nothing else. A technology is compared where the ledger has rows of its own
for it; a ledger that has one of them must have them all (see `requirements`). Names in
`DEFAULTS` may be left out: what a ledger does not say then costs nothing and brings nothing.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.faults import Fault, InputError, one_of
from retail_portfolio.model.checkouts.checkout_amounts import (
    Amount,
    highest,
    lowest,
    where_positive,
)
from retail_portfolio.model.checkouts.checkout_codes import Codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

READINGS: tuple[str, ...] = ("installed", "annualised")
"""What the published figure may mean: capital to install, or a cost a year."""
THIRD_PARTY = "third_party"
"""Format of sites that other firms own, and suffix of the ledger rows they share."""

STAFFED_NAMES: tuple[str, ...] = (
    "basket_usd",
    "benefit_load",
    "capital_charge_rate",
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
    "wage_cashier_usd_per_hour",
)
"""What every technology depends on, the staffed lanes first of all."""
_KIOSK_NAMES: tuple[str, ...] = (
    "sco_kiosk_capex_usd",
    "sco_kiosks",
    "sco_life_years",
    "sco_loss_bp_per_percent_of_sales",
    "sco_maintenance_share_of_capex",
    "sco_stations_per_attendant",
)
_WALK_OUT_NAMES: tuple[str, ...] = (
    "capex_scale_exponent",
    "capex_usd_at_1000_sqft",
    "cloud_usd_year",
    "life_years",
    "maintenance_share_of_capex",
    "review_minutes",
    "review_share_of_visits",
    "reviewer_usd_per_hour",
    "shrink_share_of_sales",
)
"""What walk-out checkout depends on; in the ledger its code stands before each."""


@functools.cache
def _own_names(codes: Codes) -> Mapping[str, tuple[str, ...]]:
    """Rows that only this technology needs: a ledger that has one of them means to compare it."""
    return {
        "staffed": ("staffed_lanes",),
        "self_checkout": ("sco_hybrid_sales_share", "sco_hybrid_staffed_share"),
        "smart_cart": (
            "smart_cart_audit_staff",
            "smart_cart_capex_usd",
            "smart_cart_hybrid_kiosk_share",
            "smart_cart_hybrid_staffed_share",
            "smart_cart_life_years",
            "smart_cart_loss_bp_per_percent_of_sales",
            "smart_cart_opex_usd_year",
            "smart_cart_share_of_transactions",
            "smart_carts",
        ),
        codes.vision: (codes.key("capex_usd_at_1000_sqft"),),
        codes.rfid: (
            "rfid_lane_capex_usd",
            "rfid_lanes",
            "rfid_shrink_share_of_sales",
            "rfid_software_usd_per_lane_year",
            "rfid_tag_usd_per_item",
            "rfid_tagging_usd_per_item",
            "rfid_untagged_share_of_transactions",
        ),
        codes.hybrid: (codes.key("hybrid_share_of_transactions"),),
    }


@functools.cache
def _shared_names(codes: Codes) -> Mapping[str, tuple[str, ...]]:
    walk_out = ("entry_staff", *(codes.key(name) for name in _WALK_OUT_NAMES))
    return {
        "staffed": (),
        "self_checkout": _KIOSK_NAMES,
        "smart_cart": _KIOSK_NAMES,
        codes.vision: walk_out,
        codes.rfid: ("entry_staff", "items_per_basket"),
        codes.hybrid: walk_out,
    }


DEFAULTS: Mapping[str, float] = MappingProxyType(
    {
        "card_fee_share_of_sales": 0.0,
        "cash_handling_share_of_sales": 0.0,
        "margin_on_extra_sales": 0.0,
        "sco_attended_share_of_hours": 1.0,
        "smart_cart_loss_caught_share": 0.0,
        "smart_cart_sales_uplift": 0.0,
    }
)
"""Names a ledger may leave out, and the value that then says: no such cost, no such gain."""
_WALK_OUT_DEFAULTS: Mapping[str, float] = MappingProxyType(
    {"sales_moved_from_cash_share": 0.0, "sales_uplift": 0.0}
)
"""The same of walk-out checkout, without its code."""
LICENCE = "licence_usd_per_month"
"""Yearly fee in twelfths, of sites that rent walk-out checkout; its code stands before it."""


@functools.cache
def defaults_of(codes: Codes) -> Mapping[str, float]:
    """Return the names a ledger may leave out, those of walk-out checkout among them."""
    return {**DEFAULTS, **{codes.key(name): value for name, value in _WALK_OUT_DEFAULTS.items()}}


_ABOVE_ZERO: tuple[str, ...] = (
    "basket_usd",
    "lane_life_years",
    "lane_utilisation",
    "reference_sales_usd_year",
    "reference_size_sqft",
    "sco_life_years",
    "sco_stations_per_attendant",
    "smart_cart_life_years",
)
"""Names the costs divide by, beside the life of walk-out checkout."""


def names_of(technology: str, codes: Codes) -> tuple[str, ...]:
    """Return every ledger name the cost of a technology needs, sorted.

    Raises
    ------
    InputError
        If there is no such technology.
    """
    check_technology(technology, codes)
    shared, own = _shared_names(codes)[technology], _own_names(codes)[technology]
    return tuple(sorted({*STAFFED_NAMES, *shared, *own}))


def check_technology(technology: str, codes: Codes) -> None:
    """Refuse a technology that is none, with the nearest name that is one.

    Raises
    ------
    InputError
        If there is no such technology.
    """
    if technology not in codes.technologies:
        expected = one_of(codes.technologies, technology)
        raise InputError([Fault("checkout", None, "technology", technology, expected)])


def check_reading(technology: str, reading: str, codes: Codes) -> None:
    """Refuse a reading that a technology does not have.

    Raises
    ------
    InputError
        If there is no such technology, or the reading is none of its own: one of `READINGS` where
        the published figure enters, blank for the others.
    """
    check_technology(technology, codes)
    choices = READINGS if technology in codes.with_reading else ("",)
    if reading not in choices:
        raise InputError([Fault("checkout", None, "reading", reading, one_of(choices, reading))])


Found_co = TypeVar("Found_co", float, "NDArray[np.float64]", covariant=True)
"""What a look-up finds: one number, or one a draw."""


class Figures(Protocol[Found_co]):
    """What terms are read from: a ledger, or anything that answers as one with other amounts."""

    def __iter__(self) -> Iterator[str]:
        """Go through the keys."""
        ...

    def __contains__(self, key: object, /) -> bool:
        """Tell whether there is a row of exactly this key."""
        ...

    def has(self, name: str, format: str | None = None, state: str | None = None) -> bool:
        """Tell whether `value` would find a row."""
        ...

    def value(
        self, name: str, format: str | None = None, state: str | None = None
    ) -> Found_co | float:
        """Return the value of the most specific row for a name; raise `InputError` if none."""
        ...


def technologies_in(keys: Iterable[str], codes: Codes) -> tuple[str, ...]:
    """Return the technologies a ledger has rows for, in the order of the tables.

    Staffed lanes are always among them: everything is compared with them.

    Parameters
    ----------
    keys
        The ledger, or its keys.
    """
    there = {key.split(".")[0] for key in keys}
    return tuple(
        technology
        for technology, own in _own_names(codes).items()
        if technology == "staffed" or not there.isdisjoint(own)
    )


@dataclass(frozen=True, slots=True)
class CheckoutTerms(Generic[Amount]):
    """The assumptions behind the checkout of one kind of store.

    Parameters
    ----------
    fmt
        Format or kind of third-party site.
    figures
        Value by ledger name without suffixes, each in the unit its name ends with: the base, or
        an array with one value a draw.
    technologies
        What can be compared in such a store, in one draw at least.
    codes
        What walk-out checkout is called in them.

    Raises
    ------
    InputError
        Every value that costs divide by and that is not above zero in every draw.
    """

    fmt: str
    figures: Mapping[str, Amount | float]
    technologies: tuple[str, ...]
    codes: Codes

    def __post_init__(self) -> None:
        """Freeze the values; name those that cannot be divided by."""
        object.__setattr__(self, "figures", MappingProxyType(dict(self.figures)))
        faults = [
            Fault(LEDGER_FILE, None, f"{name}.{self.fmt}", f"{value:g}", "a number above 0")
            for name in (*_ABOVE_ZERO, self.codes.key("life_years"))
            if not (value := lowest(self.figures.get(name, 1.0))) > 0
        ]
        if faults:
            raise InputError(faults)

    def __getitem__(self, name: str) -> Amount | float:
        """Return the value of a name; a default where it may be left out."""
        return self.figures[name] if name in self.figures else defaults_of(self.codes)[name]

    def walk_out(self, name: str) -> Amount | float:
        """Return the value of a name of walk-out checkout, given without its code."""
        return self[self.codes.key(name)]

    def replaced(self, **values: Amount | float) -> CheckoutTerms[Amount]:
        """Return terms in which some values are others."""
        return dataclasses.replace(self, figures={**self.figures, **values})

    @property
    def loaded_wage_usd_per_hour(self) -> Amount | float:
        """Cashier wage times the benefit load, USD an hour."""
        return self["wage_cashier_usd_per_hour"] * self["benefit_load"]

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return technology and reading of every row a comparison has, in order."""
        return tuple(
            (technology, reading)
            for technology in self.technologies
            for reading in (READINGS if technology in self.codes.with_reading else ("",))
        )


def terms_of(
    ledger: Figures[Amount], fmt: str, state: str = "", shared: str = "", *, codes: Codes
) -> CheckoutTerms[Amount]:
    """Read the terms of a format in a state.

    Parameters
    ----------
    ledger
        The assumptions, or what answers as they do with one value a draw.
    fmt
        Suffix of the ledger rows: a format, or a kind of third-party site.
    state
        Two letters whose wage holds; blank for the country.
    shared
        Suffix that stands in where a name has no row of ``fmt`` itself.
    codes
        What walk-out checkout is called in the ledger.

    Raises
    ------
    InputError
        If the ledger lacks a row, or holds a value that cannot be divided by.
    """

    def suffix(name: str) -> str:
        return shared if shared and f"{name}.{fmt}" not in ledger else fmt

    wanted = technologies_in(ledger, codes)
    names = {name for technology in wanted for name in names_of(technology, codes)}
    others = (*defaults_of(codes), codes.key(LICENCE))
    names |= {n for n in others if ledger.has(n, format=suffix(n), state=state)}
    values = {n: ledger.value(n, format=suffix(n), state=state) for n in sorted(names)}
    there = tuple(t for t in wanted if not _absent(t, values))
    return CheckoutTerms(fmt, values, there, codes)


_EQUIPMENT: Mapping[str, str] = MappingProxyType(
    {"smart_cart": "smart_carts", "self_checkout": "sco_kiosks"}
)
"""Number of pieces of equipment without which a store does not have the technology at all."""


def _absent(technology: str, values: Mapping[str, Amount | float]) -> bool:
    """Whether a store of this kind has none of the technology's own equipment in any draw."""
    return technology in _EQUIPMENT and highest(values[_EQUIPMENT[technology]]) == 0


def where_there(
    terms: CheckoutTerms[Amount], technology: str, amount: Amount | float
) -> Amount | float:
    """Return an amount of a technology, NaN in the draws in which a store has none of it."""
    if technology not in _EQUIPMENT:
        return amount
    return where_positive(terms[_EQUIPMENT[technology]], amount, math.nan)
