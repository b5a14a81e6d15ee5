"""The impairment engine on many parameter sets at once, for the case and for other sets of stores.

The closing stores of the case are valued as `retail_portfolio.model.impairment` values them, with
every figure of the ledger drawn (`retail_portfolio.model.ensemble`). Sets of stores behind other
charges are made of rows of the ledger: ``charge_stores_closed`` with the event and the format at
the end of its key says how many stores of the format were given up, ``charge_stores_kept`` how many
traded on with part of their book value gone. Every other figure is looked up for event and format,
and falls back to the typical one of the format.

    given up    n [ w max(0, U - F) + B (1 - a) ]        w: share of the stores that is leased
    kept        n P (1 - age / life) e                   P: build-out, e: share lost before

with right of use U, its fair value F, book value B and salvage share a.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.closure import closing_stores
from retail_portfolio.model.ensemble import Draws
from retail_portfolio.model.impairment import expected_losses_usd
from retail_portfolio.model.lookup import years_since_announced
from retail_portfolio.model.money import months_of, rent_present_value_usd
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case

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


def wave_impairment_usd(case: Case, uniforms: Mapping[str, Floats]) -> Floats:
    """Impairment of the closing stores of the case in every draw, shape ``(draws, stores)``.

    Parameters
    ----------
    uniforms
        Uniform numbers by name; empty for the base alone, which is what
        `retail_portfolio.model.closure.closure_table` books.
    """
    stores, draws = closing_stores(case), Draws(case.ledger, uniforms)
    says = StoreValues(case.ledger, stores)
    lease = case.leases.set_index("store_id").loc[stores["store_id"]].set_axis(stores.index)
    leased = (lease["tenure"] != "owned").to_numpy()
    size = draws.or_table("size_sqft", says, stores["size_sqft"], stores["size_origin"])
    liability, fair = _balances(
        draws,
        _rent(draws, says, lease, leased) * size,
        _leased(draws.or_table(*_column("rent_escalator_per_year", says, lease)), leased),
        months_of(_term(draws, says, lease, leased, years_since_announced(case))),
        draws.per_store("sublease_void_months", says),
        draws.per_store("sublease_rent_recovery", says),
    )
    share = np.stack([_net_share(draws, pair) for pair in says.pairs], axis=1)
    book = draws.per_store("gross_buildout_usd_per_sqft", says) * size * says.spread(share)
    can = stores["format"].isin(list(case.scenario.convert_from)).to_numpy()
    converting = np.where(can, draws.of("us_conversion_share")[:, None], 0.0) if can.any() else 0.0
    reuse = np.zeros_like(book)
    if can.any():
        some = StoreValues(case.ledger, stores[can])
        reuse[:, can] = draws.per_store("ppe_reuse_in_conversion", some)
    right, fittings = expected_losses_usd(
        liability,
        fair,
        book,
        salvage=draws.per_store("salvage_share_of_nbv", says),
        reuse=reuse,
        converting=converting,
        strict=case.scenario.strict_gaap,
    )
    total: Floats = right + fittings
    return total


def _leased(values: Floats, leased: NDArray[np.bool_]) -> Floats:
    return np.where(leased, values, 0.0)


def _column(
    name: str, says: StoreValues, lease: pd.DataFrame
) -> tuple[str, StoreValues, pd.Series, pd.Series]:
    return name, says, lease["escalator_per_year"], lease["escalator_origin"]


def _rent(
    draws: Draws, says: StoreValues, lease: pd.DataFrame, leased: NDArray[np.bool_]
) -> Floats:
    """Rent a square foot and year: drawn by its basis where it is assumed, else the table's."""
    column, mark = lease["rent_usd_per_sqft_year"], lease["rent_origin"]
    rent = np.broadcast_to(column.to_numpy(float), (draws.count, len(column)))
    for basis in ("net", "gross"):
        here = (lease["rent_basis"] == basis).to_numpy() & (mark == "assumed").to_numpy()
        if not (here & leased).any():
            continue
        name = f"rent_{basis}_usd_per_sqft_year"
        drawn = [
            draws.of(name, *pair) if draws.has(name, *pair) else np.zeros(draws.count)
            for pair in says.pairs
        ]
        rent = np.where(here, says.spread(np.stack(drawn, axis=1)), rent)
    return _leased(rent, leased)


def _term(
    draws: Draws,
    says: StoreValues,
    lease: pd.DataFrame,
    leased: NDArray[np.bool_],
    years_since: float,
) -> Floats:
    """Years left: drawn where assumed; moved along with an assumed first term where modelled."""
    term = draws.or_table(
        "lease_remaining_term_years",
        says,
        lease["remaining_term_years"],
        lease["remaining_term_origin"],
    )
    follows = (lease["remaining_term_origin"] == "modelled").to_numpy()
    if follows.any():
        first = lease["initial_term_years"]
        drawn = draws.or_table(
            "lease_initial_term_years", says, first, lease["initial_term_origin"]
        )
        longer = drawn - first.to_numpy(float)
        moved = follows & (np.abs(longer) > 1e-9)  # noqa: PLR2004 - rounding of the table
        term = np.where(moved, np.maximum(term + longer, 1.0), term)
    return _leased(np.maximum(term - years_since, 0.0), leased)


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
    draws = Draws(ledger, uniforms)
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
