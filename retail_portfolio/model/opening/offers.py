r"""Offers: every target of every site, priced: converted, kept open or moved.

A conversion is priced by `retail_portfolio.model.opening.openings`. A store that moves opens at its
place of `relocations.csv` on the same terms, but for these: it is built new, at the ledger's
``gross_buildout_usd_per_sqft``; it uses its place's whole floor; its lease is a new one, of the
ledger's first term with its options, and costs its place's rent P a square foot: all of it until
the doors open, and from then on what it is above or below the rent that the contribution of the
format holds already, the ledger's net rent with charges r:

    (P - r) u  a year         u = floor

The old site closes as any other, and its people leave as any others do, so that no exit is saved.

A store that is kept trades on from today to the end of its lease, at most the horizon; its options
are used where its four-wall result is above 0. It costs no opening and no ramp. With W that result,
S what the trade areas give it before the wave and v the margin on own sales, its fixed cost a year
is

    fixed = v S - W

so that it earns W where nothing around it changes, and more where others of the wave close. W is
the register's, else the ledger's four-wall margin of its sales; a store of which neither is known
is not kept, as nobody can say what that is worth. ``capex_keep_usd_per_sqft`` of the ledger is
spent on it today; where there is no such row, nothing is. Keeping it saves its whole exit cost.

Two things are left out of every target alike, so that they stand on one footing: what is paid at
the end of a lease, and what the owner's online grocery would keep of a closed store's sales.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.opening.openings import (
    Opening,
    OpeningTerms,
    opening_of,
    opens_of,
    traded,
)
from retail_portfolio.model.opening.trading_years import NO_TIME, timing_of
from retail_portfolio.model.targets import KEEP, RELOCATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.opening.openings import Sites
    from retail_portfolio.model.targets import Candidates

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

OWN = ""
"""Format of an offer to stores of several: each keeps its own."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One target, for sites that open as one format.

    Parameters
    ----------
    target
        What becomes of them.
    format
        The format they open as; `OWN` where each keeps its own.
    sites
        Which sites it is for, shape ``(sites,)``.
    """

    target: str
    format: str
    sites: Flags


def offers_of(candidates: Candidates) -> tuple[Offer, ...]:
    """Return the offers to all sites, in the order of the targets."""
    offers = []
    for target in candidates.targets:
        has = candidates.has(target)
        if target == KEEP:
            offers.append(Offer(target, OWN, has))
            continue
        formats = candidates.formats(target)
        names = formats[has].unique() if target == RELOCATE else [target]
        offers += [Offer(target, fmt, has & (formats == fmt).to_numpy()) for fmt in names]
    return tuple(offers)


@dataclass(frozen=True, slots=True)
class Today:
    """How the sites trade before the wave, USD a year; shape ``(draws, sites)``.

    Parameters
    ----------
    modelled_usd_year
        Sales that the trade areas give each.
    sales_usd_year
        Sales of each, known or modelled.
    four_wall_usd_year
        What each earns after its own costs; NaN where nobody knows.
    """

    modelled_usd_year: Floats
    sales_usd_year: Floats
    four_wall_usd_year: Floats


@dataclass(frozen=True, slots=True)
class Avoided:
    """Exit cost that each site avoids, after tax, USD; draws may stand in front of the sites.

    Parameters
    ----------
    whole_usd
        The whole of it, which a store avoids that is kept.
    site_usd
        The part that its place makes, which a conversion avoids: lease exit and restoration, net
        of equipment proceeds.
    """

    whole_usd: Floats
    site_usd: Floats

    def by(self, target: str) -> Floats:
        """Return what a target avoids: nothing where the store moves."""
        if target == RELOCATE:
            return np.zeros_like(self.site_usd)
        return self.whole_usd if target == KEEP else self.site_usd


def priced(
    sites: Sites, offer: Offer, used_sqft: Floats, opening_year: int, today: Today
) -> Opening:
    """Price an offer, for all sites; those that it is not for are to be left aside.

    Parameters
    ----------
    used_sqft
        Floor used, shape ``(draws, sites)``.
    opening_year
        1 for the first year possible; a kept store knows no other.
    """
    if offer.target == KEEP:
        return _kept(sites, used_sqft, today)
    if offer.target == RELOCATE:
        return _moved(sites, offer.format, used_sqft, opening_year)
    return opening_of(sites, offer.format, used_sqft, opening_year)


def _kept(sites: Sites, used_sqft: Floats, today: Today) -> Opening:
    keep, count = 1 - sites.settings.tax_rate, sites.years.start.shape[-1] + 1
    now = np.zeros((sites.draws.count, 1))
    ends = np.where(today.four_wall_usd_year > 0, sites.ends, sites.first_ends)
    timing = timing_of(now, ends, sites.years)
    time = timing.present(np.ones((1, count)))
    margin = sites.draws.of("vm_own_sales")[:, None]
    fixed = margin * today.modelled_usd_year - today.four_wall_usd_year
    operating = np.maximum(ends - now, 0.0)
    capex = sites.says.maybe("capex_keep_usd_per_sqft", 0.0) * used_sqft
    capex = np.broadcast_to(capex, operating.shape)
    yearly = np.divide(capex, operating, out=np.zeros_like(operating), where=operating > NO_TIME)
    none = np.zeros_like(operating)
    money = {
        "capex_usd": -capex,
        "preopening_usd": none,
        "dark_rent_usd": none,
        "unused_floor_usd": none,
        "fixed_cost_pv_usd": -fixed * time * keep,
        "depreciation_shield_pv_usd": yearly * time * sites.settings.tax_rate,
    }
    return Opening(operating, money, timing, np.ones((1, count)))


def _moved(sites: Sites, fmt: str, used_sqft: Floats, opening_year: int) -> Opening:
    """Price a move to a new place; a place opens later where its year is later."""
    settings, draws = sites.settings, sites.draws
    opens = opens_of(sites, fmt, opening_year)
    waits, dark_years = opening_year - 1, sites.dark_years[fmt][:, None]
    options = draws.of("lease_renewal_options", fmt) * draws.of("lease_renewal_option_years", fmt)
    term = (draws.of("lease_initial_term_years", fmt) + options)[:, None]
    ends = np.minimum(waits + term, settings.horizon_years)
    rent = sites.candidates.places["rent_usd_per_sqft_year"].to_numpy(float) * used_sqft
    later = (1 + settings.discount_rate) ** -waits
    dark = rent * dark_years * later * (1 - settings.tax_rate)
    usual = draws.of("rent_net_usd_per_sqft_year", fmt)
    usual = usual + draws.of("nnn_charges_usd_per_sqft_year", fmt)
    terms = OpeningTerms(
        used_sqft,
        opens,
        np.broadcast_to(ends, dark.shape),
        draws.of("gross_buildout_usd_per_sqft", fmt)[:, None],
        dark,
        np.zeros_like(dark),
        rent - usual[:, None] * used_sqft,
    )
    return traded(sites, fmt, terms, opening_year)
