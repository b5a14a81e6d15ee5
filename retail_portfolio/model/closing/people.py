"""What a closure owes its people: paid notice after the last trading day, and severance.

With heads h, weekly pay w, benefit load b, idle weeks i, share redeployed d, weeks of
severance a year of service s, mean tenure t and employer payroll tax p:

    notice pay = h w b i
    severance  = h (1 - d) w (1 + p) (s t + x)

Notice runs for a set number of days from the announcement; only its days after the last trading
day are paid without work. Where a law of notice (the federal WARN act, 29 U.S.C. 2101, or a
state's own) covers the store and asks for more days than the owner promised, its days count,
because a day short is owed as back pay. Where it asks for severance, the larger of the law's weeks
and the owner's count, not their sum; x are the weeks a law adds where the promised notice is too
short. A law covers a store when the owner's and the store's heads reach its thresholds. The rules
are rows of the ledger with a state at the end of their key; a state without one follows the
federal rule.

Accounting: ASC 712 (ongoing plan) or ASC 420 (one-off).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.model.store_values import Says

    Floats = NDArray[np.float64]

DAYS_PER_WEEK = 7

RULE_NAMES: tuple[str, ...] = (
    "warn_notice_days",
    "warn_employer_heads",
    "warn_site_heads",
    "statutory_severance_weeks_per_year",
    "statutory_severance_weeks_short_notice",
)
"""Names of the ledger that say what the law asks for; a ledger without them knows no law."""


def heads_of(stores: pd.DataFrame, ledger: Ledger) -> tuple[Floats, list[str]]:
    """Return the employees of each store and the origin mark of each count.

    A store without a count of its own takes the ledger's typical number of its format.
    """
    counted = stores["employees"].to_numpy(float, na_value=np.nan)
    known = ~np.isnan(counted)
    heads = np.where(known, counted, StoreValues(ledger, stores).of("employees_per_store"))
    marks = stores["employees_origin"].tolist()
    return heads, [m if k else "assumed" for m, k in zip(marks, known, strict=True)]


def days_traded(stores: pd.DataFrame, announced: dt.date) -> Floats:
    """Days of the notice that a store still trades, shape ``(stores,)``, never below zero.

    A store whose last trading day is not known to the day is taken to stop at the
    announcement, which overstates rather than understates the pay.
    """
    last = pd.to_datetime(stores["last_trading_day"], format="%Y-%m-%d", errors="coerce")
    days = (last - pd.Timestamp(announced)).dt.days.clip(lower=0).fillna(0)
    return np.asarray(days, np.float64)


@dataclass(frozen=True, slots=True)
class Notice:
    """Notice and severance of each store: the owner's promise against the law's demand.

    Every field has a value a store; draws may stand in front.

    Parameters
    ----------
    days_plan, days_law
        Days of notice that the owner promised, and that the law asks for; 0 where it does not
        cover the store.
    idle_weeks
        Weeks of notice after the last trading day.
    severance_weeks_per_year
        Weeks of severance for each year of service.
    severance_weeks_short_notice
        Weeks that a law adds where the promised notice is too short.
    """

    days_plan: Floats
    days_law: Floats
    idle_weeks: Floats
    severance_weeks_per_year: Floats
    severance_weeks_short_notice: Floats

    @property
    def days(self) -> Floats:
        """Days of notice that are given: the larger of the two."""
        return np.maximum(self.days_plan, self.days_law)


def notice_of(says: Says, heads: Floats, days_traded: Floats) -> Notice:
    """Hold the owner's promise against the law's demand.

    Parameters
    ----------
    says
        What the ledger says of the stores.
    heads
        Heads of each store, stores last.
    days_traded
        Days of the notice that a store still trades.
    """
    plan = says.of("paid_notice_days")
    employed = heads.sum(axis=-1, keepdims=True)
    covered = (employed >= says.maybe("warn_employer_heads", 0.0)) & (
        heads >= says.maybe("warn_site_heads", 0.0)
    )
    law = np.where(covered, says.maybe("warn_notice_days", 0.0), 0.0)
    idle = np.maximum(np.maximum(plan, law) - days_traded, 0.0) / DAYS_PER_WEEK
    owed = np.where(covered, says.maybe("statutory_severance_weeks_per_year", 0.0), 0.0)
    short = np.where(plan < law, says.maybe("statutory_severance_weeks_short_notice", 0.0), 0.0)
    promised = says.of("severance_weeks_per_year")
    return Notice(plan, law, idle, np.maximum(promised, owed), short)


def notice_terms(
    stores: pd.DataFrame, heads: Floats, ledger: Ledger, announced: dt.date
) -> pd.DataFrame:
    """Return notice and severance of each store as a table.

    Parameters
    ----------
    stores
        Has columns ``format, state, last_trading_day``.
    heads
        Heads of each store.
    announced
        Day from which notice runs.

    Returns
    -------
    DataFrame
        Index of ``stores``; ``notice_days_plan``, ``notice_days_law`` (0 where no law covers the
        store), ``notice_days``, ``idle_weeks``, ``severance_weeks_per_year``,
        ``severance_weeks_short_notice``.
    """
    notice = notice_of(StoreValues(ledger, stores), heads, days_traded(stores, announced))
    return pd.DataFrame(
        {
            "notice_days_plan": notice.days_plan,
            "notice_days_law": notice.days_law,
            "notice_days": notice.days,
            "idle_weeks": notice.idle_weeks,
            "severance_weeks_per_year": notice.severance_weeks_per_year,
            "severance_weeks_short_notice": notice.severance_weeks_short_notice,
        },
        index=stores.index,
    )


def separation_days(notice_days: Floats, announced: dt.date) -> list[dt.date]:
    """Day on which employment ends: the one after the last day of notice."""
    return [announced + dt.timedelta(days=int(days) + 1) for days in notice_days]


def pay_usd(says: Says, heads: Floats, notice: Notice) -> tuple[Floats, Floats]:
    """Notice pay and severance of each store, USD.

    Parameters
    ----------
    says
        What the ledger says of the stores.
    heads
        Heads of each store; draws may stand in front.
    notice
        Their terms.
    """
    weekly_pay = heads * says.of("avg_weekly_hours") * says.of("wage_cashier_usd_per_hour")
    weeks = (
        notice.severance_weeks_per_year * says.of("avg_tenure_years")
        + notice.severance_weeks_short_notice
    )
    leaving = 1 - says.of("share_redeployed")
    notice_pay: Floats = weekly_pay * says.of("benefit_load") * notice.idle_weeks
    severance: Floats = weekly_pay * leaving * (1 + says.of("payroll_tax_share")) * weeks
    return notice_pay, severance


def people_cost_usd(stores: pd.DataFrame, ledger: Ledger, announced: dt.date) -> pd.DataFrame:
    """Notice pay and severance of each store in USD, with the heads behind them.

    Parameters
    ----------
    stores
        Has columns ``format, state, employees, employees_origin, last_trading_day``.
    announced
        Day from which notice runs.

    Returns
    -------
    DataFrame
        Columns ``employees, employees_origin, notice_pay_usd, severance_usd``; index of
        ``stores``.
    """
    heads, marks = heads_of(stores, ledger)
    says = StoreValues(ledger, stores)
    notice_pay, severance = pay_usd(
        says, heads, notice_of(says, heads, days_traded(stores, announced))
    )
    return pd.DataFrame(
        {
            "employees": heads,
            "employees_origin": marks,
            "notice_pay_usd": notice_pay,
            "severance_usd": severance,
        },
        index=stores.index,
    )
