"""Leases in every draw: their terms, and the cheapest way out.

The terms are those of `retail_portfolio.model.closing.leases.lease_terms`, a value of the table
that is marked ``assumed`` drawn from the ledger. The cheapest way out is that of
`retail_portfolio.model.closing.lease_exit`, without its curves: two things spare most of the
months.

- Leaving to a subtenant costs more the longer one waits: a month more of standing dark costs its
  rent and its carrying cost, one of a subtenant's months less the rent he would have paid. So the
  best month is the first.
- Standing dark until month m costs no less than until any month before, and a buy-out no less than
  standing dark until it. So no month counts once standing dark alone costs more than the best way
  found so far.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.model.closing.leases import months_gone, months_left
from retail_portfolio.model.money import MONTHS_PER_YEAR, rent_present_value_usd
from retail_portfolio.model.sampling.drawn_values import DrawnValues
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.model.sampling.ensemble import Draws

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]

TOLERANCE_YEARS = 1e-9
"""Rounding of a term in the table; `retail_portfolio.inputs.registers.leases` has the same."""
LEAST_TERM_YEARS = 1.0
"""A term that moves along with an assumed first term keeps so much."""
LOOK_EVERY = 3
"""Months between two looks whether waiting longer can still pay."""
NO_BREAK = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class DrawnLeases:
    """Terms of leases in every draw; shape ``(draws, stores)`` if nothing else is said.

    Draws may be 1.

    Parameters
    ----------
    size_sqft
        Floor of each store.
    rent_usd_year, charges_usd_year, carry_usd_year, dark_charge_usd_year
        Rent in force on the day of the valuation, charges beside it, cost of carrying an empty
        box, and charge for standing dark.
    escalator_per_year
        Growth of the rent.
    months_since_step
        Months since it last grew, 0 to 11, the same for all: shape ``()``.
    remaining_term_years, remaining_months, binding_months
        Time left from the day of the valuation, and until a break right if that is sooner.
    option_years
        Years of renewal that the tenant may ask for.
    termination_months
        Months of rent and charges that a buy-out costs.
    leased
        Whether there is a lease, shape ``(stores,)``.
    """

    size_sqft: Floats
    rent_usd_year: Floats
    charges_usd_year: Floats
    carry_usd_year: Floats
    dark_charge_usd_year: Floats
    escalator_per_year: Floats
    months_since_step: Whole
    remaining_term_years: Floats
    remaining_months: Whole
    binding_months: Whole
    option_years: Floats
    termination_months: Floats
    leased: Flags

    def of(self, stores: Whole) -> DrawnLeases:
        """Return the terms of some stores, by their positions."""
        names = (field.name for field in dataclasses.fields(self))
        return DrawnLeases(**{name: _columns(getattr(self, name), stores) for name in names})


class _Table:
    """Columns of ``leases.csv`` in every draw: drawn where assumed, as written elsewhere."""

    def __init__(self, draws: Draws, stores: pd.DataFrame, leases: pd.DataFrame) -> None:
        self.draws, self.says = draws, StoreValues(draws.ledger, stores)
        self.lease = leases.set_index("store_id").loc[stores["store_id"]].set_axis(stores.index)
        self.leased = (self.lease["tenure"] != "owned").to_numpy()

    def column(self, column: str, mark: str, name: str) -> Floats:
        """Return a column whose assumed values are those of a name of the ledger."""
        assumed = (self.lease[mark] == "assumed").to_numpy()
        rows = {self.draws.ledger.row(name, *pair).key for pair in self.says.pairs if assumed.all()}
        if len(rows) == 1:
            return self.draws.of(name, *self.says.pairs[0])[:, None]
        return self.draws.or_table(name, self.says, self.lease[column], self.lease[mark])

    def by_basis(self, column: str, mark: str, names: dict[str, str]) -> Floats:
        """Return a column whose name in the ledger depends on what the rent includes."""
        values = self.lease[column].to_numpy(float)[None, :]
        assumed = (self.lease[mark] == "assumed").to_numpy() & self.leased
        for basis, name in names.items():
            here = assumed & (self.lease["rent_basis"] == basis).to_numpy()
            if here.any():
                values = np.where(here, self._spread(name), values)
        return values

    def _spread(self, name: str) -> Floats:
        """Return a name of the ledger for every store, 0 where the ledger has none."""
        draws = self.draws
        drawn = [
            draws.of(name, *pair) if draws.has(name, *pair) else np.zeros(draws.count)
            for pair in self.says.pairs
        ]
        return self.says.spread(np.stack(drawn, axis=1))

    def terms_years(self) -> tuple[Floats, Floats]:
        """Return first and stated terms; one modelled from an assumed first term follows it."""
        first = self.column("initial_term_years", "initial_term_origin", "lease_initial_term_years")
        left = self.column(
            "remaining_term_years", "remaining_term_origin", "lease_remaining_term_years"
        )
        follows = (self.lease["remaining_term_origin"] == "modelled").to_numpy()
        longer = first - self.lease["initial_term_years"].to_numpy(float)
        moved = follows & (np.abs(longer) > TOLERANCE_YEARS)
        left = np.where(moved, np.maximum(left + longer, LEAST_TERM_YEARS), left)
        return first, np.where(self.leased, left, 0.0)


def drawn_leases(
    draws: Draws, stores: pd.DataFrame, leases: pd.DataFrame, years_since: float = 0.0
) -> DrawnLeases:
    """Return the terms of the leases of stores in every draw.

    Parameters
    ----------
    draws
        The figures of the ledger, drawn.
    stores
        Has columns ``store_id, format, state, size_sqft, size_origin``.
    leases
        One row a store, columns of ``leases.csv``, at the base of the ledger.
    years_since
        Years from the day at which remaining terms are stated to the day of the valuation.
    """
    table = _Table(draws, stores, leases)
    leased = table.leased
    size = draws.or_table("size_sqft", table.says, stores["size_sqft"], stores["size_origin"])
    rents = {
        "net": "rent_net_usd_per_sqft_year",
        "gross": "rent_gross_usd_per_sqft_year",
    }
    rent = table.by_basis("rent_usd_per_sqft_year", "rent_origin", rents)
    rent = np.where(leased, rent, 0.0) * size
    charges = table.by_basis(
        "charges_usd_per_sqft_year", "charges_origin", {"net": "nnn_charges_usd_per_sqft_year"}
    )
    gross = (table.lease["rent_basis"] == "gross").to_numpy() & leased
    carry = DrawnValues(draws, stores).of("dark_carry_usd_per_sqft_year")
    held = _of_some(draws, stores, gross, "charges_in_gross_rent_usd_per_sqft_year")
    bound = (table.lease["continuous_operation"] == "yes").to_numpy()
    dark = _of_some(draws, stores, bound, "continuous_operation_charge_share")
    options = table.column("renewal_options", "renewal_origin", "lease_renewal_options")
    years = table.column("renewal_option_years", "renewal_origin", "lease_renewal_option_years")
    first, stated = table.terms_years()
    left = np.where(leased, np.maximum(stated - years_since, 0.0), 0.0)
    gone = months_gone(years_since)
    months = months_left(stated, gone, leased)
    growth = table.column("escalator_per_year", "escalator_origin", "rent_escalator_per_year")
    growth = growth if leased.all() else np.where(leased, growth, 0.0)
    if steps := gone // MONTHS_PER_YEAR:
        rent = rent * (1 + growth) ** steps
    price = table.column("termination_months", "termination_origin", "lease_termination_months")
    return DrawnLeases(
        size_sqft=size,
        rent_usd_year=rent,
        charges_usd_year=np.where(gross | ~leased, 0.0, charges) * size,
        carry_usd_year=np.maximum(carry - held, 0.0) * size,
        dark_charge_usd_year=dark * rent,
        escalator_per_year=growth,
        months_since_step=np.asarray(gone % MONTHS_PER_YEAR),
        remaining_term_years=left,
        remaining_months=months,
        binding_months=np.minimum(months, _until_break(table, first, stated, gone)),
        option_years=np.nan_to_num(np.where(leased, options * years, 0.0)),
        termination_months=price if leased.all() else np.where(leased, price, 0.0),
        leased=leased,
    )


def _of_some(draws: Draws, stores: pd.DataFrame, some: Flags, name: str) -> Floats:
    """Return a name of the ledger for some stores, 0 for the others, which may lack it."""
    found = np.zeros((draws.count, len(stores)))
    if some.any():
        found[:, some] = DrawnValues(draws, stores[some]).of(name)
    return found


def _until_break(table: _Table, first: Floats, stated: Floats, gone: int) -> Whole:
    """Months until a break right opens, `NO_BREAK` where there is none."""
    years = table.lease["break_after_years"].to_numpy(float) - (first - stated)
    known = table.leased & ~np.isnan(years)
    return np.where(known, months_left(np.where(known, years, 0.0), gone, known), NO_BREAK)


def cheapest_exit_usd(
    terms: DrawnLeases,
    months_trading: Whole,
    void_months: Floats,
    recovery: Floats,
    rate_per_year: float,
    negotiation_months: Floats | float = 0.0,
) -> Floats:
    """Return the cost of the cheapest way out of each lease in every draw, before tax.

    Parameters
    ----------
    terms
        Rents, costs and charges of 0 or more.
    months_trading
        Months from the valuation to the last trading day, shape ``(stores,)``.
    void_months, recovery
        Months until a subtenant pays, and its rent as a share of the contract rent, 0 to 1; shape
        ``(draws, stores)``, where one row or one column speaks for all.
    rate_per_year
        Discount rate, 0 or more.
    negotiation_months
        Months after the last trading day before a buy-out can be signed; a number, or as above.

    Returns
    -------
    Floats
        USD, shape ``(draws, stores)``: ``lease_exit_usd`` of
        `retail_portfolio.model.closing.lease_exit.ExitCurves.cheapest`.
    """
    void, ready = np.rint(void_months).astype(np.int64), np.rint(np.asarray(negotiation_months))
    draws = max(len(terms.rent_usd_year), len(void), len(recovery), *ready.shape[:-1])
    found = np.zeros((draws, len(months_trading)))
    for start in np.unique(months_trading):  # stores that close in one month share its discounts
        at = np.flatnonzero(months_trading == start)
        walk = _Walk(terms.of(at), int(start), rate_per_year)
        found[:, at] = walk.least_usd(
            _columns(void, at), _columns(recovery, at), _columns(ready, at)
        )
    return found


def _columns(values: NDArray[Any], stores: Whole) -> NDArray[Any]:
    """Return the columns of some stores; one column speaks for all."""
    return values[..., stores] if values.ndim and values.shape[-1] > 1 else values


class _Walk:
    """Rents and costs of the months after the last trading day, one after the other.

    A lease that ends before that day leaves nothing to pay, so that ``start`` is one for all.
    """

    def __init__(self, terms: DrawnLeases, start: int, rate_per_year: float) -> None:
        self.terms, self.start, self.rate = terms, start, rate_per_year
        self.stepped = start + int(terms.months_since_step)
        self.last = np.maximum(terms.binding_months - start, 0)
        held = terms.carry_usd_year + terms.dark_charge_usd_year
        self.carry = held / MONTHS_PER_YEAR
        self.rent = terms.rent_usd_year / MONTHS_PER_YEAR
        self.charges = terms.charges_usd_year / MONTHS_PER_YEAR

    def least_usd(self, void: Whole, recovery: Floats, ready: Floats) -> Floats:
        """Return the cost of the cheapest way out."""
        least = _sublet_usd(self, void, recovery)
        shape = np.broadcast_shapes(least.shape, ready.shape)
        least, last = np.array(np.broadcast_to(least, shape)), np.broadcast_to(self.last, shape)
        dark = np.zeros(shape)
        due, price_due = self._rents(0)
        for month in range(int(last.max(initial=0)) + 1):
            if month:
                discount = self._discount(month)
                dark += np.where(month <= last, due * discount, 0.0)
                if not (self.stepped + month) % MONTHS_PER_YEAR:
                    due, price_due = self._rents(month)
            months = np.minimum(self.terms.termination_months, last - month)
            bought = months * price_due
            bought *= self._discount(month)
            bought += dark
            bought[(month > last) | ((month < ready) & (month != last))] = np.inf
            np.minimum(least, bought, out=least)
            if not month % LOOK_EVERY and ((dark >= least) | (month >= last)).all():
                break
        return least

    def _discount(self, month: int) -> float:
        found: float = (1 + self.rate) ** (-(self.start + month) / MONTHS_PER_YEAR)
        return found

    def _rents(self, month: int) -> tuple[Floats, Floats]:
        """Return what the month after this one costs dark, and what a buy-out pays a month."""
        years = (self.stepped + month) // MONTHS_PER_YEAR
        rent = self.rent * (1 + self.terms.escalator_per_year) ** years
        return rent + self.carry, rent + self.charges


def _sublet_usd(walk: _Walk, void: Whole, recovery: Floats) -> Floats:
    """Cost of leaving to a subtenant at once; infinite where none would come before the end."""
    terms = walk.terms
    start, let = np.array(walk.start), walk.start + np.minimum(void, walk.last)
    end = walk.start + walk.last

    def present(usd_month: Floats, growth: Floats | float, until: Whole, after: Whole) -> Floats:
        year = usd_month * MONTHS_PER_YEAR
        return rent_present_value_usd(
            year, growth, walk.rate, until, after, terms.months_since_step
        )

    dark = present(walk.rent, terms.escalator_per_year, let, start)
    dark = dark + present(walk.carry, 0.0, let, start)
    short = (1 - recovery) * present(walk.rent, terms.escalator_per_year, end, let)
    return np.where(void < walk.last, dark + short, np.inf)
