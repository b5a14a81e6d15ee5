r"""Site value: the money of one conversion, whatever else converts.

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
import pandas as pd

from retail_portfolio.model.leases import lease_terms
from retail_portfolio.model.lookup import years_since_announced
from retail_portfolio.model.money import MONTHS_PER_YEAR, months_of, rent_present_value_usd
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]

MATURE_YEAR = 4
"""Year after opening in which sales and margin are mature."""
NO_TIME = 1e-9
"""Years that count as none."""


@dataclass(frozen=True, slots=True)
class Years:
    """The trading years that a plan is valued over.

    Parameters
    ----------
    start
        Years from today to the start of each, shape ``(years,)``.
    length
        Part of each within the horizon, above 0 up to 1.
    discount
        What a dollar at the end of each is worth today.
    """

    start: Floats
    length: Floats
    discount: Floats


@dataclass(frozen=True, slots=True)
class Openings:
    """Every site in every format and opening year, and the money that does not depend on others.

    Parameters
    ----------
    table
        One row an opening: ``store_id, to_format, opening_year, used_sqft, operating_years`` and
        the columns of `LINEAR`, USD today after tax; costs are negative.
    pull
        Mean ramp of each opening in each year, shape ``(openings, years)``.
    years
        The years.
    margin_weight
        Dollars today after tax of one dollar of captured sales in each year, shape ``(years,)``.
    """

    table: pd.DataFrame
    pull: Floats
    years: Years
    margin_weight: Floats


LINEAR: tuple[str, ...] = (
    "capex_usd",
    "preopening_usd",
    "dark_rent_usd",
    "unused_floor_usd",
    "fixed_cost_pv_usd",
    "depreciation_shield_pv_usd",
)
"""Money of a conversion that does not depend on what other stores do."""


def trading_years(first_years: float, horizon_years: float, rate_per_year: float) -> Years:
    """Return the trading years from the first possible opening to the horizon; may be none."""
    count = max(int(np.ceil(horizon_years - first_years - NO_TIME)), 0)
    start = first_years + np.arange(count, dtype=np.float64)
    length: Floats = np.minimum(horizon_years - start, 1.0)
    discount: Floats = np.power(1 + rate_per_year, -(start + 1))
    return Years(start, length, discount)


def ramp(first: float, mature: float, years: int) -> Floats:
    """Rise in equal steps from ``first`` in year 1 to ``mature`` in `MATURE_YEAR` and stay."""
    step = np.minimum(np.arange(years) / (MATURE_YEAR - 1), 1.0)
    steps: Floats = first + (mature - first) * step
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
        Shape ``(n, years)``.
    """
    knots = np.arange(len(levels) + 1, dtype=float)
    summed = np.concatenate([[0.0], np.cumsum(levels)])
    since = np.maximum(years.start - opens[:, None], 0.0)
    until = np.minimum(years.start + years.length, ends[:, None]) - opens[:, None]
    found: Floats = np.interp(np.maximum(until, since), knots, summed) - np.interp(
        since, knots, summed
    )
    return found


def chain_sales_usd_per_sqft_year(ledger: Ledger, fmt: str) -> float:
    """Sales density of a format: the ledger's, or its sales over its typical floor."""
    if ledger.has("sales_usd_per_sqft_year", format=fmt):
        return ledger.value("sales_usd_per_sqft_year", format=fmt)
    return ledger.value("sales_usd_year", format=fmt) / ledger.value("size_sqft", format=fmt)


def dark_years(case: Case) -> dict[str, float]:
    """Years that a conversion to each format stands dark."""
    return {
        fmt: case.ledger.value("conversion_dark_months", format=fmt) / MONTHS_PER_YEAR
        for fmt in case.scenario.convert_to
    }


def openings(case: Case, sites: pd.DataFrame, used_sqft: pd.DataFrame, last_year: int) -> Openings:
    """Say what every opening of every site costs and when it trades.

    Parameters
    ----------
    sites
        The candidates, rows of the register.
    used_sqft
        Floor that each format would use, one row a site, one column a format.
    last_year
        Opening years 1 to this are looked at.
    """
    dark, settings = dark_years(case), case.scenario
    first = min(dark.values(), default=0.0)
    years = trading_years(first, settings.horizon_years, settings.discount_rate)
    terms = lease_terms(sites, case.leases, case.ledger, years_since_announced(case))
    tables, pulls = [], []
    for fmt, standing in dark.items():
        for opening in range(1, last_year + 1):
            one = _Opening(case, sites, terms, used_sqft[fmt].to_numpy(float), fmt, years)
            table, pull = one.priced(standing, opening)
            tables.append(table)
            pulls.append(pull)
    weight = case.ledger.value("vm_own_sales") * (1 - settings.tax_rate) if tables else 0.0
    return Openings(
        pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(),
        np.concatenate(pulls) if pulls else np.zeros((0, len(years.start))),
        years,
        weight * years.length * years.discount,
    )


def _ends(case: Case, sites: pd.DataFrame, terms: pd.DataFrame) -> Floats:
    lease = case.leases.set_index("store_id").loc[sites["store_id"]]
    term = (terms["remaining_term_years"] + terms["option_years"]).to_numpy(float)
    owned = (lease["tenure"] == "owned").to_numpy()
    found: Floats = np.minimum(np.where(owned, np.inf, term), case.scenario.horizon_years)
    return found


@dataclass(frozen=True, slots=True)
class _Opening:
    """One format at every site."""

    case: Case
    sites: pd.DataFrame
    terms: pd.DataFrame
    used_sqft: Floats
    fmt: str
    years: Years

    def priced(self, dark: float, opening_year: int) -> tuple[pd.DataFrame, Floats]:
        settings, value = self.case.scenario, self._value
        waits = opening_year - 1
        later = (1 + settings.discount_rate) ** -waits
        ends = _ends(self.case, self.sites, self.terms)
        opens = np.full(len(self.sites), dark + waits)
        count = len(self.years.start) + 1
        grown = ramp(value("ramp_year1_ratio"), 1.0, count)
        contribution = ramp(
            value("store_contribution_year1"), value("store_contribution_mature"), count
        )
        density = chain_sales_usd_per_sqft_year(self.case.ledger, self.fmt)
        cost = (self.case.ledger.value("vm_own_sales") - contribution) * grown * density
        fixed = over_years(cost, opens, ends, self.years) * self.used_sqft[:, None]
        traded = over_years(np.ones(count), opens, ends, self.years)
        operating = np.maximum(ends - opens, 0.0)
        capex = value("capex_conversion_usd_per_sqft") * self.used_sqft * later
        spread = np.divide(capex, operating, out=np.zeros_like(capex), where=operating > NO_TIME)
        keep, discount = 1 - settings.tax_rate, self.years.discount
        table = pd.DataFrame(
            {
                "store_id": self.sites["store_id"].to_numpy(),
                "to_format": self.fmt,
                "opening_year": opening_year,
                "used_sqft": self.used_sqft,
                "operating_years": operating,
                "capex_usd": -capex,
                "preopening_usd": -value("preopening_usd_per_store") * keep * later,
                "dark_rent_usd": -self._dark_usd(dark, waits) * keep,
                "unused_floor_usd": -self._unused_usd(opens, ends) * keep,
                "fixed_cost_pv_usd": -(fixed @ discount) * keep,
                "depreciation_shield_pv_usd": spread * (traded @ discount) * settings.tax_rate,
            }
        )
        pull = over_years(grown, opens, ends, self.years) / self.years.length
        return table, pull

    def _value(self, name: str) -> float:
        return self.case.ledger.value(name, format=self.fmt)

    def _dark_usd(self, dark: float, waits: int) -> Floats:
        """Rent, carrying cost and charge of the time before the doors open."""
        names = ["rent_usd_year", "carry_usd_year", "dark_charge_usd_year"]
        rate = self.case.scenario.discount_rate
        whole = sum((1 + rate) ** -year for year in range(1, waits + 1))
        paid: Floats = self.terms[names].sum(axis=1).to_numpy(float) * (
            whole + dark * (1 + rate) ** -waits
        )
        return paid

    def _unused_usd(self, opens: Floats, ends: Floats) -> Floats:
        """Rent of the floor that the format does not use, less what a subtenant pays."""
        size = self.sites["size_sqft"].to_numpy(float)
        unused = 1 - self.used_sqft / size
        if not (unused > 0).any():
            return np.zeros(len(size))
        says = StoreValues(self.case.ledger, self.sites)
        begin, end = months_of(opens), months_of(np.maximum(ends, opens))
        let = np.clip(np.rint(says.of("sublease_void_months")).astype(np.int64), begin, end)
        value = self._present_value
        vacant = value("rent_usd_year", let, begin) + value("carry_usd_year", let, begin)
        short = (1 - says.of("sublease_rent_recovery")) * value("rent_usd_year", end, let)
        paid: Floats = unused * (vacant + short)
        return paid

    def _present_value(
        self, column: str, until: NDArray[np.int64], after: NDArray[np.int64]
    ) -> Floats:
        grows = self.terms["escalator_per_year"] if column == "rent_usd_year" else 0.0
        return rent_present_value_usd(
            self.terms[column], grows, self.case.scenario.discount_rate, until, after
        )


def avoided_exit_usd(bill: pd.DataFrame, tax_rate: float) -> pd.Series:
    """Exit cost that a conversion avoids, after tax, USD.

    ``bill`` is the table of `retail_portfolio.model.closure.closure`.
    """
    lines = bill["lease_exit_usd"] + bill["restoration_usd"] + bill["equipment_proceeds_usd"]
    return lines * (1 - tax_rate)
