"""What a year of checkout costs in every draw of the ledger, through the formulas of one case.

`DrawnFigures` answers as a ledger does, with one value a draw; `checkout_terms.terms_of` and the
formulas behind it take the one as the other, so that nothing is written a second time. With n
draws every quantity is an array of shape ``(n,)``:

    gap      J - K        at the reference store of a format and over the closing stores that are
                          known to have had walk-out checkout; J its yearly cost, K that of the
                          cheapest technology with a checkout
    net      K - J + m uplift S        of the operator of a third-party site, `checkout_third_party`
    joint    net + what the vendor keeps of the licence

K is the least of each draw: another technology may be the best alternative in each. Stores are
gone through one by one, and no array of draws by stores is made.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.checkouts.checkout_amounts import least, lowest, total
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.checkouts.checkout_rows import (
    row_costs_usd_year,
    walk_out_extra_usd_year,
)
from retail_portfolio.model.checkouts.checkout_sites import closing_with_walk_out, terms_at_sales
from retail_portfolio.model.checkouts.checkout_terms import (
    READINGS,
    THIRD_PARTY,
    technologies_in,
    terms_of,
)
from retail_portfolio.model.checkouts.checkout_third_party import (
    licensed_sites,
    operator_net_usd_year,
    site_terms,
    site_types_in,
    vendor_margin_usd_year,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.checkouts.checkout_codes import Codes
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms
    from retail_portfolio.model.sampling.ensemble import Draws

    Floats = NDArray[np.float64]
    Costs = dict[tuple[str, str], Floats | float]

OWN = "own"
"""Kind of site of a format's own stores."""


@dataclass(frozen=True, slots=True)
class CheckoutDraws:
    """Checkout in every draw; every array has shape ``(count,)`` and holds USD a year.

    Parameters
    ----------
    count
        Number of draws.
    costs_usd_year
        Cost by format, kind of site, technology and reading, as the rows of
        `checkout.checkout_table`; NaN in the draws in which a store has none of the technology.
    best_alternative
        By format, the technology with a checkout that costs least in each draw, as its place in
        `Codes.technologies`; the first of those that cost the same.
    gap_usd_year
        By format and reading, what walk-out checkout costs beyond the best alternative at the
        reference store; above zero where it costs more.
    paid_stores
        ``store_id`` of the closing stores that are known to have had it, in the register's order.
    paid_extra_usd_year
        By reading, the same gap summed over those stores; none without walk-out checkout.
    operator_net_usd_year
        By kind of third-party site, what its operator gains under a licence.
    joint_benefit_usd_year
        By kind of site and reading, what operator and vendor gain together.
    """

    count: int
    costs_usd_year: Mapping[tuple[str, str, str, str], Floats]
    best_alternative: Mapping[str, NDArray[np.int64]]
    gap_usd_year: Mapping[tuple[str, str], Floats]
    paid_stores: tuple[str, ...]
    paid_extra_usd_year: Mapping[str, Floats]
    operator_net_usd_year: Mapping[str, Floats]
    joint_benefit_usd_year: Mapping[tuple[str, str], Floats]

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Mapping):
                object.__setattr__(self, field.name, MappingProxyType(dict(value)))


class DrawnFigures:
    """
    A ledger whose values are those of all draws at once, each row drawn when it is first asked for.

    Parameters
    ----------
    draws
        What to take the values from.
    """

    __slots__ = ("_draws", "_found")

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._found: dict[str, Floats | float] = {}

    def __iter__(self) -> Iterator[str]:
        """Go through the keys in the order of the ledger."""
        return iter(self._draws.ledger)

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a row of exactly this key."""
        return key in self._draws.ledger

    def has(self, name: str, format: str | None = None, state: str | None = None) -> bool:
        """Tell whether `value` would find a row."""
        return self._draws.has(name, format, state)

    def value(
        self, name: str, format: str | None = None, state: str | None = None
    ) -> Floats | float:
        """Return a figure in every draw, shape ``(draws,)``; one number where all are the same.

        Raises
        ------
        UnknownKeyError
            When the ledger has no such row.
        """
        key = self._draws.ledger.row(name, format, state).key
        if key not in self._found:
            self._found[key] = _as_one(self._draws.of(name, format, state))
        return self._found[key]


def _as_one(values: Floats) -> Floats | float:
    """Return one number where all values are the same: formulas are sooner done with it."""
    return float(values[0]) if (values == values[0]).all() else values


def checkout_draws(case: Case, draws: Draws, sales_usd_year: Floats | None = None) -> CheckoutDraws:
    """Cost checkout in every draw: at the reference stores, where it was paid for, and elsewhere.

    Parameters
    ----------
    draws
        Of the ledger of the case.
    sales_usd_year
        Modelled sales of the closing stores in the register's order, USD a year, shape
        ``(stores,)`` or ``(draws, stores)``. NaN, and None for all: the register's sales, or where
        it has none the ledger's of the draw.

    Raises
    ------
    InputError
        If the ledger lacks a row or holds one that will not do in some draw, or if a store has
        no sales above zero in some draw.
    ValueError
        If there is no draw, or sales are of another shape.
    """
    if draws.count < 1:
        message = "draws: found none, expected one at least"
        raise ValueError(message)
    figures, count = DrawnFigures(draws), draws.count
    codes, state = codes_of(case.scenario), case.scenario.checkout_wage_state
    own = {
        fmt: _at_reference(terms_of(figures, fmt, state, codes=codes))
        for fmt in case.scenario.checkout_formats
    }
    # As in the table of a case, other firms' sites are compared beside own stores only.
    kinds = site_types_in(figures) if own else ()
    other = {kind: _at_reference(site_terms(figures, kind, codes)) for kind in kinds}
    sites = [(fmt, OWN, costs) for fmt, costs in own.items()]
    sites += [(THIRD_PARTY, kind, costs) for kind, costs in other.items()]
    licensed = licensed_sites(figures, codes)
    net = {kind: operator_net_usd_year(terms) for kind, terms in licensed.items()}
    stores, paid = _paid(case, figures, count, sales_usd_year)
    return CheckoutDraws(
        count=count,
        costs_usd_year={
            (fmt, site, *row): _spread(cost, count)
            for fmt, site, costs in sites
            for row, cost in costs.items()
        },
        best_alternative={fmt: _best(costs, codes, count) for fmt, costs in own.items()},
        gap_usd_year={
            (fmt, reading): _spread(cost - least(_alternatives(costs, codes).values()), count)
            for fmt, costs in own.items()
            for (technology, reading), cost in costs.items()
            if technology == codes.vision
        },
        paid_stores=stores,
        paid_extra_usd_year=paid,
        operator_net_usd_year={kind: _spread(gain, count) for kind, gain in net.items()},
        joint_benefit_usd_year={
            (kind, reading): _spread(net[kind] + vendor_margin_usd_year(terms, reading), count)
            for kind, terms in licensed.items()
            for reading in READINGS
        },
    )


def _spread(amount: Floats | float, count: int) -> Floats:
    """Return an amount of every draw in an array of its own."""
    return np.array(np.broadcast_to(amount, (count,)), dtype=float)


def _at_reference(terms: CheckoutTerms[Floats]) -> Costs:
    return row_costs_usd_year(
        terms, terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    )


def _alternatives(costs: Costs, codes: Codes) -> dict[str, Floats | float]:
    """Return the costs of technologies with a checkout."""
    return {name: cost for (name, _), cost in costs.items() if name not in codes.walk_out}


def _best(costs: Costs, codes: Codes, count: int) -> NDArray[np.int64]:
    """Return the place among all technologies of the one with a checkout that costs least."""
    options = _alternatives(costs, codes)
    places = np.array([codes.technologies.index(name) for name in options])
    best: NDArray[np.int64] = places[
        np.nanargmin([_spread(cost, count) for cost in options.values()], axis=0)
    ]
    return best


# ------------------------------------------------------------------- stores that had walk-out
def _paid(
    case: Case, figures: DrawnFigures, count: int, given: Floats | None
) -> tuple[tuple[str, ...], dict[str, Floats]]:
    """Return the stores that had walk-out checkout, and its cost beyond the best, summed."""
    had = closing_with_walk_out(case)
    stores = case.stores[had]
    ids = tuple(str(store) for store in stores["store_id"])
    columns = had[case.stores["status"] == "closing"].to_numpy()
    modelled = _modelled(given, columns, count)
    codes = codes_of(case.scenario)
    if codes.vision not in technologies_in(figures, codes):
        return ids, {}
    found = functools.cache(lambda fmt, state: terms_of(figures, fmt, state, codes=codes))
    extras, faults = [], []
    for store, sales in zip(stores.to_dict("records"), modelled, strict=True):
        where = str(store["format"]), str(store["state"])
        assumed = store["size_origin"] == "assumed"
        size = figures.value("size_sqft", *where) if assumed else float(store["size_sqft"])
        sold = _sales(figures, where, size, float(store["sales_usd_year"]), sales)
        if not lowest(sold) > 0:
            faults.append(_no_sales(str(store["store_id"]), lowest(sold)))
            continue
        extras.append(walk_out_extra_usd_year(terms_at_sales(found(*where), sold), size, sold))
    if faults:
        raise InputError(faults)
    sums = (total(each[place] for each in extras) for place in range(len(READINGS)))
    return ids, {
        reading: _spread(amount, count) for reading, amount in zip(READINGS, sums, strict=True)
    }


def _no_sales(store: str, found: float) -> Fault:
    expected = "sales above 0 in every draw"
    return Fault("stores.csv", None, f"sales_usd_year of {store}", f"{found:g}", expected)


def _modelled(
    given: Floats | None, wanted: NDArray[np.bool_], count: int
) -> Iterable[Floats | float]:
    """Return the modelled sales of the wanted stores one by one, NaN where there are none."""
    if given is None:
        return [np.nan] * int(wanted.sum())
    sales = np.asarray(given, dtype=float)
    if sales.shape not in {(len(wanted),), (count, len(wanted))}:
        message = (
            f"sales_usd_year: found the shape {sales.shape}, expected ({len(wanted)},) or "
            f"({count}, {len(wanted)}): a column for every closing store"
        )
        raise ValueError(message)
    # A column of a table by rows is slow to go through again and again; a copy is not.
    return [_as_one(np.atleast_1d(sales[..., at]).copy()) for at in np.flatnonzero(wanted)]


def _sales(
    figures: DrawnFigures,
    where: tuple[str, str],
    size_sqft: Floats | float,
    observed: float,
    modelled: Floats | float,
) -> Floats | float:
    """Return a store's sales as `checkout_sites` takes them: modelled, observed or assumed."""
    unknown = np.isnan(modelled)
    if not unknown.any():
        return modelled
    if not np.isnan(observed):
        other: Floats | float = observed
    elif figures.has("sales_usd_year", *where):
        other = figures.value("sales_usd_year", *where)
    else:
        other = figures.value("sales_usd_per_sqft_year", *where) * size_sqft
    return other if unknown.all() else np.where(unknown, other, modelled)
