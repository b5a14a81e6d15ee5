"""The impairment engine on many parameter sets at once, for the case and for other sets of stores.

The closing stores of the case are valued as `retail_portfolio.model.closing.impairment` values
them, with every figure of the ledger drawn (`retail_portfolio.model.sampling.ensemble`). Sets of
stores behind other charges are made of rows of the ledger: ``charge_stores_closed`` with the event
and the format at the end of its key says how many stores of the format were given up,
``charge_stores_kept`` how many traded on with part of their book value gone. Every other figure is
looked up for event and format, and falls back to the typical one of the format.

    given up    n [ w max(0, U - F) + B (1 - a) ]        w: share of the stores that is leased
    kept        n P (1 - age / life) e                   P: build-out, e: share lost before

with right of use U, its fair value F, book value B and salvage share a.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.closing.closure import closing_stores
from retail_portfolio.model.closing.impairment import expected_losses_usd
from retail_portfolio.model.closing.lease_draws import drawn_leases
from retail_portfolio.model.money import months_of, rent_present_value_usd
from retail_portfolio.model.sampling.drawn_values import DrawnValues
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.closing.lease_draws import DrawnLeases

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

CLOSED, KEPT = "charge_stores_closed", "charge_stores_kept"


def _net_share(draws: Draws, where: tuple[str, str]) -> Floats:
    """Share of the fittings not yet written down, by draw."""
    if draws.has("ppe_net_share", *where):
        return draws.of("ppe_net_share", *where)
    return _by_age(draws, where) * (1 - draws.of("prior_impairment_share", *where))


def _by_age(draws: Draws, where: tuple[str, str]) -> Floats:
    left = 1 - draws.of("ppe_age_years", *where) / draws.of("ppe_life_years", *where)
    return np.maximum(0.0, left)


def _balances(
    draws: Draws, rent: Floats, growth: Floats, months: Whole, void: Floats, recovery: Floats
) -> tuple[Floats, Floats]:
    """Lease liability and fair value of the right of use; every argument ``(draws, stores)``."""
    borrowing = draws.of("incremental_borrowing_rate")[:, None]
    market = draws.of("sublease_discount_rate")[:, None]
    start = np.rint(void).astype(np.int64)
    return (
        rent_present_value_usd(rent, growth, borrowing, months),
        recovery * rent_present_value_usd(rent, growth, market, months, start),
    )


def wave_impairment_usd(case: Case, draws: Draws, leases: DrawnLeases | None = None) -> Floats:
    """Impairment of the closing stores of the case in every draw, shape ``(draws, stores)``.

    Parameters
    ----------
    draws
        The figures of the case's ledger, drawn; the base alone gives what
        `retail_portfolio.model.closing.closure.closure_table` books.
    leases
        Their leases in these draws at the announcement, where they are known already.
    """
    stores = closing_stores(case)
    says = DrawnValues(draws, stores)
    if leases is None:
        leases = drawn_leases(draws, stores, case.leases)
    liability, fair = _balances(
        draws,
        leases.rent_usd_year,
        leases.escalator_per_year,
        leases.remaining_months,
        says.of("sublease_void_months"),
        says.of("sublease_rent_recovery"),
    )
    pairs = StoreValues(case.ledger, stores)
    shares = [_net_share(draws, pair) for pair in pairs.pairs]
    share = np.stack(shares, axis=1) if shares else np.zeros((draws.count, 0))
    book = says.of("gross_buildout_usd_per_sqft") * leases.size_sqft * pairs.spread(share)
    can = stores["format"].isin(list(case.scenario.convert_from)).to_numpy()
    converting, reuse = np.zeros_like(book), np.zeros_like(book)
    if can.any():
        some = DrawnValues(draws, stores[can])
        converting[:, can] = some.of("us_conversion_share")
        reuse[:, can] = some.of("ppe_reuse_in_conversion")
    right, fittings = expected_losses_usd(
        liability,
        fair,
        book,
        salvage=says.of("salvage_share_of_nbv"),
        reuse=reuse,
        converting=converting,
        strict=case.scenario.strict_gaap,
    )
    total: Floats = right + fittings
    return total


def events_of(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """Return the events that the ledger has stores for, with the formats of each, in order."""
    found: dict[str, list[str]] = {}
    for key in ledger:
        name, _, rest = key.partition(".")
        if name in {CLOSED, KEPT} and "." in rest:
            event, _, fmt = rest.partition(".")
            found.setdefault(event, [])
            if fmt not in found[event]:
                found[event].append(fmt)
    return {event: tuple(formats) for event, formats in found.items()}


def event_impairment_usd(
    ledger: Ledger, event: str, uniforms: Mapping[str, Floats]
) -> tuple[Floats, Floats]:
    """Charge and stores behind it of an event in every draw, each of shape ``(draws,)``.

    The stores are those given up; those that traded on count in the charge alone.
    """
    draws = Draws(ledger, uniforms, fast=True)
    total, stores = np.zeros(draws.count), np.zeros(draws.count)
    for fmt in events_of(ledger)[event]:
        where = (event, fmt)
        size = draws.of("size_sqft", *where)
        built = draws.of("gross_buildout_usd_per_sqft", *where) * size
        if f"{KEPT}.{event}.{fmt}" in ledger:
            lost = _by_age(draws, where) * draws.of("prior_impairment_share", *where)
            total += draws.of(KEPT, *where) * built * lost
        if f"{CLOSED}.{event}.{fmt}" in ledger:
            number = draws.of(CLOSED, *where)
            total += number * _given_up(draws, where, size, built)
            stores += number
    return total, stores


def _given_up(draws: Draws, where: tuple[str, str], size: Floats, built: Floats) -> Floats:
    """Loss on one store of a set that is given up, by draw."""
    gross, net = "rent_gross_usd_per_sqft_year", "rent_net_usd_per_sqft_year"
    rent = draws.of(gross if draws.has(gross, *where) else net, *where) * size

    def column(values: Floats) -> Floats:
        return values[:, None]

    liability, fair = _balances(
        draws,
        column(rent),
        column(draws.of("rent_escalator_per_year", *where)),
        months_of(column(draws.of("lease_remaining_term_years", *where))),
        column(draws.of("sublease_void_months", *where)),
        column(draws.of("sublease_rent_recovery", *where)),
    )
    right, fittings = expected_losses_usd(
        liability[:, 0],
        fair[:, 0],
        built * _net_share(draws, where),
        salvage=draws.of("salvage_share_of_nbv", *where),
        reuse=0.0,
        converting=0.0,
        strict=True,
    )
    leased = draws.of("leased_share", *where) if draws.has("leased_share", *where) else 1.0
    loss: Floats = leased * right + fittings
    return loss
