r"""Openings: the money of one conversion, whatever else converts, in every draw.

Time runs in trading years t = 1..N. Year t ends d0 + t years from today, d0 being the shortest
time that a conversion stands dark, and counts for the part s_t of it that lies within the horizon
H. A site with dark time d that opens in year tau trades from b = d + tau - 1 until its lease with
options ends, or the horizon, e = min(H, term). In its n-th year after opening its ramp is g_n,
rising in equal steps from the first-year ratio to 1 at `MATURE_YEAR`. It pulls in year t with the
mean of its ramp over that year,

    g_t = 1 / s_t  integral of g over the part of year t between b and e.

With hurdle k, tax rate T and the discount delta_t = (1 + k)^-(d0 + t), captured sales C_t are worth

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

from retail_portfolio.model.drawn_values import DrawnValues
from retail_portfolio.model.lease_draws import drawn_leases
from retail_portfolio.model.lookup import years_since_announced
from retail_portfolio.model.money import MONTHS_PER_YEAR, months_of, rent_present_value_usd

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.scenario import Scenario
    from retail_portfolio.model.ensemble import Draws
    from retail_portfolio.model.lease_draws import DrawnLeases

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MATURE_YEAR = 4
"""Year after opening in which sales and margin are mature."""
NO_TIME = 1e-9
"""Years that count as none."""
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
class Years:
    """The trading years that a plan is valued over; draws may stand in front.

    Parameters
    ----------
    start
        Years from today to the start of each, shape ``(years,)``.
    length
        Part of each within the horizon, 0 to 1.
    discount
        What a dollar at the end of each is worth today.
    """

    start: Floats
    length: Floats
    discount: Floats


def trading_years(first_years: ArrayLike, horizon_years: float, rate_per_year: float) -> Years:
    """Return the trading years from the first possible opening to the horizon; may be none.

    Parameters
    ----------
    first_years
        Years until a conversion can open, one number or one a draw.
    """
    first = np.asarray(first_years, float)
    soonest = float(first.min()) if first.size else horizon_years
    count = max(int(np.ceil(horizon_years - soonest - NO_TIME)), 0)
    start = first[..., None] + np.arange(count, dtype=np.float64)
    length: Floats = np.clip(horizon_years - start, 0.0, 1.0)
    discount: Floats = np.power(1 + rate_per_year, -(start + 1))
    return Years(start, length, discount)


def ramp(first: ArrayLike, mature: ArrayLike, years: int) -> Floats:
    """Rise in equal steps from ``first`` in year 1 to ``mature`` in `MATURE_YEAR` and stay.

    Both may be a number or one a draw; years stand last.
    """
    begin, end = np.asarray(first, float)[..., None], np.asarray(mature, float)[..., None]
    step = np.minimum(np.arange(years) / (MATURE_YEAR - 1), 1.0)
    steps: Floats = begin + (end - begin) * step
    return steps


def over_years(levels: Floats, opens: Floats, ends: Floats, years: Years) -> Floats:
    """Integrate a level by year after opening over each trading year.

    Parameters
    ----------
    levels
        Level of the first, second, ... year after opening; at least as many as there are years.
    opens, ends
        When each site opens and ends, years from today, shape ``(n,)``.

    Returns
    -------
    Floats
        Shape ``(n, years)``. Draws may stand in front of every argument, and do then here.
    """
    start, length = years.start[..., None, :], years.length[..., None, :]
    opened, ended = opens[..., :, None], ends[..., :, None]
    since = np.maximum(start - opened, 0.0)
    until = np.minimum(start + length, ended) - opened
    summed = np.concatenate([np.zeros_like(levels[..., :1]), np.cumsum(levels, axis=-1)], axis=-1)
    found: Floats = _until(summed, np.maximum(until, since)) - _until(summed, since)
    return found


def _until(summed: Floats, time: Floats) -> Floats:
    """Integral of the levels until a time, of sums of whole years; as at the last beyond them."""
    last = summed.shape[-1] - 1
    inside = np.minimum(time, last)
    whole = np.minimum(inside.astype(np.int64), max(last - 1, 0))
    if summed.ndim == 1:
        before, after = summed[whole], summed[np.minimum(whole + 1, last)]
    else:
        sums = summed.reshape(*summed.shape[:-1], *(1,) * (time.ndim - summed.ndim), last + 1)
        before = np.take_along_axis(sums, whole, axis=-1)
        after = np.take_along_axis(sums, np.minimum(whole + 1, last), axis=-1)
    found: Floats = before + (inside - whole) * (after - before)
    return found


@dataclass(frozen=True, slots=True)
class Timing:
    """When sites that open together trade, as whole trading years and one part of a year.

    Parameters
    ----------
    years
        The trading years; every array has draws in front.
    opens
        Years from today to the opening, shape ``(draws, 1)``.
    ends
        And to the end of each site, shape ``(draws, sites)``.
    whole
        How many of the trading years end before the site does.
    """

    years: Years
    opens: Floats
    ends: Floats
    whole: Whole

    def full(self, levels: Floats) -> Floats:
        """Integral over each trading year of a site that never ends, shape ``(draws, years)``."""
        never = np.full((len(self.opens), 1), np.inf)
        return over_years(levels, self.opens, never, self.years)[:, 0, :]

    def summed(self, by_year: Floats) -> Floats:
        """Sum a number of each trading year over the whole years of each site."""
        sums = np.concatenate([np.zeros((len(by_year), 1)), np.cumsum(by_year, axis=1)], axis=1)
        found: Floats = np.take_along_axis(sums, self.whole, axis=1)
        return found

    def of_last(self, by_year: Floats) -> Floats:
        """Return a number of the year that each site ends in; 0 behind the last of the years."""
        after = np.concatenate([by_year, np.zeros((len(by_year), 1))], axis=1)
        found: Floats = np.take_along_axis(after, self.whole, axis=1)
        return found

    def rest(self, levels: Floats) -> Floats:
        """Integral over the part of a year that follows the whole ones of each site."""
        begin = np.maximum(self.of_last(self.years.start) - self.opens, 0.0)
        end = np.maximum(self.ends - self.opens, begin)
        end = np.where(self.whole < self.years.start.shape[1], end, begin)
        sums = np.concatenate([np.zeros_like(levels[..., :1]), np.cumsum(levels, axis=-1)], axis=-1)
        found: Floats = _until(sums, end) - _until(sums, begin)
        return found

    def present(self, levels: Floats) -> Floats:
        """Return the present value of a level by year after opening, shape ``(draws, sites)``."""
        discount = self.years.discount
        whole = self.summed(self.full(levels) * discount)
        return whole + self.rest(levels) * self.of_last(discount)


def timing_of(opens: Floats, ends: Floats, years: Years) -> Timing:
    """Say when sites trade that open after ``opens`` years, shape ``(draws, 1)``."""
    end_of_year = (years.start + years.length)[:, None, :]
    whole = (end_of_year <= ends[:, :, None]).sum(axis=-1)
    draws = max(len(opens), len(ends), len(years.start))
    return Timing(years, opens, np.broadcast_to(ends, (draws, ends.shape[1])), whole)


@dataclass(frozen=True, slots=True)
class Sites:
    """Candidate sites in every draw.

    Parameters
    ----------
    settings
        Of the scenario.
    draws
        The figures of the ledger, drawn; one draw for the base.
    says
        What they say of the sites.
    leases
        Terms of their leases.
    ends
        When each stops trading, converted: its lease with options, at most the horizon; years
        from today, shape ``(draws, sites)``.
    dark_years
        Years that a conversion to each format stands dark, each of shape ``(draws,)``.
    years
        The trading years, from the earliest opening on.
    """

    settings: Scenario
    draws: Draws
    says: DrawnValues
    leases: DrawnLeases
    ends: Floats
    dark_years: Mapping[str, Floats]
    years: Years


def sites_of(case: Case, draws: Draws, sites: pd.DataFrame) -> Sites:
    """Look at candidate sites.

    Parameters
    ----------
    case
        At the base of its ledger.
    draws
        The figures of that ledger, drawn.
    sites
        Rows of the register.
    """
    settings = case.scenario
    leases = drawn_leases(draws, sites, case.leases, years_since_announced(case))
    term = leases.remaining_term_years + leases.option_years
    ends = np.minimum(np.where(leases.leased, term, np.inf), settings.horizon_years)
    dark = {
        fmt: draws.of("conversion_dark_months", fmt) / MONTHS_PER_YEAR
        for fmt in settings.convert_to
    }
    soonest = np.min(list(dark.values()), axis=0) if dark else np.zeros(draws.count)
    years = trading_years(soonest, settings.horizon_years, settings.discount_rate)
    return Sites(settings, draws, DrawnValues(draws, sites), leases, ends, dark, years)


@dataclass(frozen=True, slots=True)
class Opening:
    """Every site converted to one format in one year; draws stand in front.

    Parameters
    ----------
    operating_years
        Years that each site trades, converted.
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
    """Price the opening of every site in a format.

    Parameters
    ----------
    used_sqft
        Floor that the format uses, shape ``(draws, sites)``.
    opening_year
        1 for the first year possible.
    """
    settings, years = sites.settings, sites.years
    waits, keep = opening_year - 1, 1 - settings.tax_rate
    later = (1 + settings.discount_rate) ** -waits
    opens = (sites.dark_years[to_format] + waits)[:, None]
    count = years.start.shape[-1] + 1

    def value(name: str) -> Floats:
        return sites.draws.of(name, to_format)

    grown = ramp(value("ramp_year1_ratio"), np.ones(1), count)
    margin = ramp(value("store_contribution_year1"), value("store_contribution_mature"), count)
    spread = sites.draws.of("vm_own_sales")[:, None] - margin
    cost = spread * grown * chain_density(sites.draws, to_format)[:, None]
    timing = timing_of(opens, sites.ends, years)
    fixed, traded = timing.present(cost), timing.present(np.ones((1, count)))
    operating = np.maximum(sites.ends - opens, 0.0)
    capex = value("capex_conversion_usd_per_sqft")[:, None] * used_sqft * later
    yearly = np.divide(capex, operating, out=np.zeros_like(capex), where=operating > NO_TIME)
    money = {
        "capex_usd": -capex,
        "preopening_usd": np.broadcast_to(
            -value("preopening_usd_per_store")[:, None] * keep * later, capex.shape
        ),
        "dark_rent_usd": -_dark_usd(sites, to_format, waits) * keep,
        "unused_floor_usd": -_unused_usd(sites, used_sqft, opens) * keep,
        "fixed_cost_pv_usd": -fixed * used_sqft * keep,
        "depreciation_shield_pv_usd": yearly * traded * settings.tax_rate,
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
    vacant = rent_present_value_usd(rent, growth, rate, let, begin)
    vacant = vacant + rent_present_value_usd(leases.carry_usd_year, 0.0, rate, let, begin)
    short = (1 - sites.says.of("sublease_rent_recovery")) * rent_present_value_usd(
        rent, growth, rate, end, let
    )
    paid: Floats = unused * (vacant + short)
    return paid
