r"""Openings: the money of a store that opens, whatever else does, in every draw.

Time runs in the trading years of `retail_portfolio.model.opening.trading_years`; d0, s_t and H are
theirs. A site with dark time d that opens in year tau trades from b = d + tau - 1 until its lease
with options ends, or the horizon, e = min(H, term). In its n-th year after opening its ramp is g_n,
rising in equal steps from the first-year ratio to 1. It pulls in year t with the mean of its ramp
over that year,

    g_t = 1 / s_t  integral of g over the part of year t between b and e.

With discount rate k, tax rate T and the discount delta_t = (1 + k)^-(d0 + t), captured sales C_t
are worth

    v (1 - T) sum_t s_t delta_t C_t

where v, one variable margin, holds for every own store, old or converted. What differs between
formats is a fixed cost a year. It is set so that a store that sells q dollars a square foot, the
ledger's density of the format, earns the ledger's contribution m_n in its n-th year:

    fixed_n = (v - m_n) g_n q u        u = floor used

The contribution is after occupancy, so that rent is not charged again on floor that trades. A
format uses no more than its largest floor. On the rest of a bigger box, a share w, the tenant pays
rent and carrying cost until a subtenant comes and the part of the rent that he does not pay
afterwards; walls between the two are not counted. The remaining money of a conversion is

    - c u (1 + k)^-(tau - 1)                                  capex
    - o (1 - T) (1 + k)^-(tau - 1)                            pre-opening
    - (R + D + C) x (years dark, later ones discounted) (1 - T)   rent while dark
    + sum_t (c u / years) traded_t delta_t T                  depreciation shield
    + exit costs avoided, after tax

with rent R, carrying cost D and charge for standing dark C a year. Avoided are the lease exit and
the restoration, net of equipment proceeds; people are paid and stock is cleared either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.closing.lease_draws import drawn_leases
from retail_portfolio.model.lookup import years_since_announced
from retail_portfolio.model.money import MONTHS_PER_YEAR, months_of, rent_present_value_usd
from retail_portfolio.model.opening.trading_years import (
    NO_TIME,
    Timing,
    Years,
    over_years,
    ramp,
    timing_of,
    trading_years,
)
from retail_portfolio.model.sampling.drawn_values import DrawnValues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario import Scenario
    from retail_portfolio.model.closing.lease_draws import DrawnLeases
    from retail_portfolio.model.sampling.ensemble import Draws
    from retail_portfolio.model.targets import Candidates

    Floats = NDArray[np.float64]

LINEAR: tuple[str, ...] = (
    "capex_usd",
    "preopening_usd",
    "dark_rent_usd",
    "unused_floor_usd",
    "fixed_cost_pv_usd",
    "depreciation_shield_pv_usd",
)
"""Money of a conversion that does not depend on what other stores do."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Candidate sites in every draw.

    Parameters
    ----------
    settings
        Of the scenario.
    candidates
        The sites and what each may become.
    draws
        The figures of the ledger, drawn; one draw for the base.
    says
        What they say of the sites.
    leases
        Terms of their leases.
    ends
        When each stops trading, kept or converted: its lease with options, at most the horizon;
        years from today, shape ``(draws, sites)``.
    first_ends
        When each stops that uses no option of its lease, likewise.
    dark_years
        Years from today until a store of each format opens, each of shape ``(draws,)``.
    years
        The trading years, from the earliest opening on: from today where a store may be kept.
    """

    settings: Scenario
    candidates: Candidates
    draws: Draws
    says: DrawnValues
    leases: DrawnLeases
    ends: Floats
    first_ends: Floats
    dark_years: Mapping[str, Floats]
    years: Years


def sites_of(case: Case, draws: Draws, candidates: Candidates) -> Sites:
    """Look at candidate sites.

    Parameters
    ----------
    case
        At the base of its ledger.
    draws
        The figures of that ledger, drawn.
    candidates
        Those of the case.
    """
    settings, sites = case.scenario, candidates.sites
    leases = drawn_leases(draws, sites, case.leases, years_since_announced(case))
    term = leases.remaining_term_years

    def ends(years: Floats) -> Floats:
        return np.minimum(np.where(leases.leased, years, np.inf), settings.horizon_years)

    dark = {
        fmt: draws.of("conversion_dark_months", fmt) / MONTHS_PER_YEAR
        for fmt in candidates.opening_formats()
    }
    soonest = np.min(list(dark.values()), axis=0) if dark else np.zeros(draws.count)
    horizon, rate = settings.horizon_years, settings.discount_rate
    years = trading_years(soonest, horizon, rate, from_today=candidates.may_stay)
    return Sites(
        settings,
        candidates,
        draws,
        DrawnValues(draws, sites),
        leases,
        ends(term + leases.option_years),
        ends(term),
        dark,
        years,
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """Every site with one target in one year; draws stand in front.

    Parameters
    ----------
    operating_years
        Years that each site trades.
    money_usd
        `LINEAR`, USD today after tax; costs are negative.
    timing
        When they trade.
    ramp
        Pull in the first, second, ... year after opening, over that of a mature store, shape
        ``(draws, years)``.
    """

    operating_years: Floats
    money_usd: Mapping[str, Floats]
    timing: Timing
    ramp: Floats

    def pull(self) -> Floats:
        """Mean ramp of each site in each trading year, shape ``(draws, sites, years)``."""
        timing = self.timing
        traded = over_years(self.ramp, timing.opens, timing.ends, timing.years)
        length = np.broadcast_to(timing.years.length[:, None, :], traded.shape)
        return np.divide(traded, length, out=np.zeros_like(traded), where=length > 0)


def opening_of(sites: Sites, to_format: str, used_sqft: Floats, opening_year: int) -> Opening:
    """Price the conversion of every site to a format.

    Parameters
    ----------
    used_sqft
        Floor that the format uses, shape ``(draws, sites)``.
    opening_year
        1 for the first year possible.
    """
    keep, waits = 1 - sites.settings.tax_rate, opening_year - 1
    opens = opens_of(sites, to_format, opening_year)
    build = sites.draws.of("capex_conversion_usd_per_sqft", to_format)[:, None]
    return traded(
        sites,
        to_format,
        OpeningTerms(
            used_sqft,
            opens,
            sites.ends,
            build,
            dark_rent_usd=_dark_usd(sites, to_format, waits) * keep,
            unused_floor_usd=_unused_usd(sites, used_sqft, opens) * keep,
        ),
        opening_year,
    )


def opens_of(sites: Sites, to_format: str, opening_year: int) -> Floats:
    """Years from today until a store of a format opens, shape ``(draws, 1)``."""
    return (sites.dark_years[to_format] + opening_year - 1)[:, None]


@dataclass(frozen=True, slots=True)
class OpeningTerms:
    """On what terms stores of a format open; shape ``(draws, sites)``, draws may be 1.

    Parameters
    ----------
    used_sqft
        Floor that they use.
    opens, ends
        Years from today to the opening, shape ``(draws, 1)``, and to the end of trading.
    build_usd_per_sqft
        Capex of a square foot.
    dark_rent_usd, unused_floor_usd
        Rent before the doors open, and of floor that is not used, today and after tax.
    dearer_usd_year
        Rent a year while trading above that which the format's contribution holds already.
    """

    used_sqft: Floats
    opens: Floats
    ends: Floats
    build_usd_per_sqft: Floats
    dark_rent_usd: Floats
    unused_floor_usd: Floats
    dearer_usd_year: Floats | float = 0.0


def traded(sites: Sites, fmt: str, terms: OpeningTerms, opening_year: int) -> Opening:
    """Price stores of a format that open and trade on given terms.

    Parameters
    ----------
    opening_year
        1 for the first year possible.
    """
    settings, years, used = sites.settings, sites.years, terms.used_sqft
    keep, later = 1 - settings.tax_rate, (1 + settings.discount_rate) ** -(opening_year - 1)
    count = years.start.shape[-1] + 1

    def value(name: str) -> Floats:
        return sites.draws.of(name, fmt)

    grown = ramp(value("ramp_year1_ratio"), np.ones(1), count)
    margin = ramp(value("store_contribution_year1"), value("store_contribution_mature"), count)
    spread = sites.draws.of("vm_own_sales")[:, None] - margin
    cost = spread * grown * chain_density(sites.draws, fmt)[:, None]
    timing = timing_of(terms.opens, terms.ends, years)
    fixed, time = timing.present(cost), timing.present(np.ones((1, count)))
    operating = np.maximum(terms.ends - terms.opens, 0.0)
    spent = terms.build_usd_per_sqft * used
    yearly = np.divide(spent, operating, out=np.zeros_like(spent), where=operating > NO_TIME)
    money = {
        "capex_usd": -spent * later,
        "preopening_usd": np.broadcast_to(
            -value("preopening_usd_per_store")[:, None] * keep * later, spent.shape
        ),
        "dark_rent_usd": -terms.dark_rent_usd,
        "unused_floor_usd": -terms.unused_floor_usd,
        "fixed_cost_pv_usd": -(fixed * used + terms.dearer_usd_year * time) * keep,
        "depreciation_shield_pv_usd": yearly * time * settings.tax_rate,
    }
    return Opening(operating, money, timing, grown)


def chain_density(draws: Draws, fmt: str) -> Floats:
    """Sales density of a format, USD a square foot and year: its own, or sales over floor."""
    if draws.has("sales_usd_per_sqft_year", fmt):
        return draws.of("sales_usd_per_sqft_year", fmt)
    return draws.of("sales_usd_year", fmt) / draws.of("size_sqft", fmt)


def margin_weight(sites: Sites) -> Floats:
    """Return dollars today after tax of a dollar of captured sales in each year."""
    keep = 1 - sites.settings.tax_rate
    weight: Floats = sites.draws.of("vm_own_sales")[:, None] * keep
    return weight * sites.years.length * sites.years.discount


def _dark_usd(sites: Sites, to_format: str, waits: int) -> Floats:
    """Rent, carrying cost and charge of the time before the doors open."""
    rate, leases = sites.settings.discount_rate, sites.leases
    whole = sum((1 + rate) ** -year for year in range(1, waits + 1))
    years = whole + sites.dark_years[to_format] * (1 + rate) ** -waits
    paid: Floats = (
        leases.rent_usd_year + leases.carry_usd_year + leases.dark_charge_usd_year
    ) * years[:, None]
    return paid


def _unused_usd(sites: Sites, used_sqft: Floats, opens: Floats) -> Floats:
    """Rent of the floor that the format does not use, less what a subtenant pays."""
    leases, rate = sites.leases, sites.settings.discount_rate
    unused = 1 - used_sqft / leases.size_sqft
    if not (unused > 0).any():
        return np.zeros(unused.shape)
    begin, end = months_of(opens), months_of(np.maximum(sites.ends, opens))
    void = np.rint(sites.says.of("sublease_void_months")).astype(np.int64)
    let = np.clip(void, begin, end)
    rent, growth = leases.rent_usd_year, leases.escalator_per_year
    gone = leases.months_since_step
    vacant = rent_present_value_usd(rent, growth, rate, let, begin, gone)
    vacant = vacant + rent_present_value_usd(leases.carry_usd_year, 0.0, rate, let, begin)
    short = (1 - sites.says.of("sublease_rent_recovery")) * rent_present_value_usd(
        rent, growth, rate, end, let, gone
    )
    paid: Floats = unused * (vacant + short)
    return paid
