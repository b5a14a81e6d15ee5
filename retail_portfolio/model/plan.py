"""Which stores of the wave close and which convert.

Sites are valued one by one: site i converts to the format f with the highest value v_if over
closing it, where that is positive,

    maximise  sum over i, f of v_if x_if    subject to  sum over f of x_if <= 1,  x binary.

Without a constraint that ties sites together the maximum is the sum of the positive row maxima,
so the bound equals the objective and the gap is zero. Sites that would take sales from each
other are charged for the stores that are open today, not for each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closure import closure_table
from retail_portfolio.model.conversion import conversion_table, setting_of
from retail_portfolio.model.ranges import in_ledger, one_at_a_time
from retail_portfolio.model.requirements import CONVERSION_NAMES, LEASE_NAMES
from retail_portfolio.model.result import Figure, PlanResult, Result

if TYPE_CHECKING:
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.conversion import Setting


NEAR_MILES = 1.0
"""Within this distance of an own store a conversion would share its doorstep; reasons say so."""


NO_CANDIDATE = "its format is not one that can convert"


def _reason(row: pd.Series, radius_miles: float) -> str:
    if pd.isna(row["npv_vs_exit_usd"]):
        return "not valued: the demand table knows no household with an income around it"
    more = "more" if row["npv_vs_exit_usd"] > 0 else "less"
    near = ", which would share its shoppers" if row["nearest_own_miles"] < NEAR_MILES else ""
    return (
        f"{round(row['households'], -3):,.0f} households within {radius_miles:g} miles, incomes "
        f"there of about {round(row['income_usd'], -3):,.0f} USD, nearest open store of the new "
        f"format {row['nearest_own_miles']:.1f} miles away{near}: worth {more} converted than "
        "closed"
    )


def plan(case: Case, values: Result) -> PlanResult:
    """Choose for every closing store between closing and each format it could take.

    Parameters
    ----------
    values
        Result of `retail_portfolio.model.conversion.conversion` on the same case.

    Returns
    -------
    PlanResult
        Table with one row a closing store: ``store_id, decision, npv_vs_exit_usd, reason``.
        ``decision`` is ``close`` or ``convert_<format>``; ``npv_vs_exit_usd`` is the value of
        the best format against closing, blank where the store is no candidate or could not be
        valued.
    """
    closing = case.stores.loc[case.stores["status"] == "closing", ["store_id"]]
    ranked = values.table.sort_values(
        ["npv_vs_exit_usd", "to_format"], ascending=[False, True], kind="stable"
    )
    best = ranked.drop_duplicates("store_id")
    radius = case.scenario.households_radius_miles
    best = best.assign(
        decision=("convert_" + best["to_format"]).where(best["npv_vs_exit_usd"] > 0, "close"),
        reason=[_reason(row, radius) for _, row in best.iterrows()],
    )
    chosen = best.set_index("store_id")
    ids = closing["store_id"].tolist()
    table = pd.DataFrame(
        {
            "store_id": ids,
            "decision": [chosen["decision"].get(one, "close") for one in ids],
            "npv_vs_exit_usd": [chosen["npv_vs_exit_usd"].get(one, np.nan) for one in ids],
            "reason": [chosen["reason"].get(one, NO_CANDIDATE) for one in ids],
        }
    )
    converts = table["decision"] != "close"
    gain = float(table.loc[converts, "npv_vs_exit_usd"].sum())
    valued = int(best["npv_vs_exit_usd"].notna().sum())
    return PlanResult(
        table,
        _sentence(case, int(converts.sum()), valued, gain),
        {"npv_vs_exit_usd": "usd"},
        {"npv_vs_exit_usd": "modelled", "decision": "modelled"},
        _figures(int(converts.sum()), gain),
        status="optimal",
        objective_usd=gain,
        bound_usd=gain,
        gap=0.0,
    )


def _sentence(case: Case, converts: int, valued: int, gain_usd: float) -> str:
    prior = ""
    if valued and case.ledger.has("us_conversion_share"):
        share = case.ledger.value("us_conversion_share")
        expected = f"{share:.0%}, about {share * valued:.0f}"
        prior = f" The ledger expects that {expected}, will convert."
    return (
        f"{converts} of {valued} sites are worth more converted than closed, each valued on its "
        f"own over {case.scenario.horizon_years} years; together they gain about "
        f"{gain_usd / 1e6:,.0f} M {case.scenario.currency}.{prior}"
    )


def _figures(converts: int, gain_usd: float) -> tuple[Figure, Figure]:
    source = "conversion model on stores.csv, demand.csv and assumptions.csv"
    return (
        Figure(
            key="stores_converting",
            label="Sites worth more converted than closed",
            value=converts,
            unit="stores",
            origin="modelled",
            source=source,
        ),
        Figure(
            key="plan_gain_usd",
            label="Gain of the plan over closing every store",
            value=gain_usd,
            unit="usd",
            origin="modelled",
            source=source,
        ),
    )


def _totals(case: Case, place: Setting) -> list[float]:
    """Count the sites worth converting and sum their gain."""
    values = conversion_table(case, closure_table(case), place)
    best = values.groupby("store_id")["npv_vs_exit_usd"].max()
    return [float((best > 0).sum()), float(best.clip(lower=0).sum())]


def plan_with_range(case: Case, values: Result) -> PlanResult:
    """Plan the case, with ranges of the number of conversions and of the gain.

    Every assumption the value depends on is moved to its low and its high end in turn, and the
    horizon to twice its length. The count has the range that one of these moves alone
    brings about, the gain the moves in quadrature; see `retail_portfolio.model.ranges`.

    Parameters
    ----------
    values
        Result of `retail_portfolio.model.conversion.conversion` on the same case.
    """
    base, place = plan(case, values), setting_of(case)
    names = in_ledger(case.ledger, dict.fromkeys((*CONVERSION_NAMES, *LEASE_NAMES)))
    moves = one_at_a_time(case, names, lambda moved: _totals(moved, place))
    moves = moves.also("horizon_years", *(row[1:] for row in horizon_rows(case, place)[::2]))
    fewest, most = moves.extremes(0)
    least, greatest = moves.quadrature(1)
    count, gain = base.figures
    count = replace(count, low=fewest, high=most)
    gain = replace(gain, low=max(0.0, least), high=greatest)
    return replace(base, figures=(count, gain))


def horizon_rows(case: Case, place: Setting) -> list[tuple[float, float, float]]:
    """Years, sites worth converting and their gain, up to twice the horizon."""
    years = case.scenario.horizon_years
    rows = []
    for horizon in (years, years + years // 2, 2 * years):
        scenario = case.scenario.model_copy(update={"horizon_years": horizon})
        sites, gain = _totals(replace(case, scenario=scenario), place)
        rows.append((float(horizon), sites, gain))
    return rows


def horizons(case: Case) -> Result:
    """Say how the answer moves with the years a conversion is valued over.

    Returns
    -------
    Result
        Table with columns ``horizon_years, stores_converting, plan_gain_usd``: once, one and a
        half times and twice the scenario's horizon. Terms with their options bind once it
        exceeds them.
    """
    table = pd.DataFrame(
        horizon_rows(case, setting_of(case)),
        columns=["horizon_years", "stores_converting", "plan_gain_usd"],
    )
    parts = [
        f"{row.stores_converting:.0f} over {row.horizon_years:.0f}" for row in table.itertuples()
    ]
    return Result(
        table,
        f"The horizon decides much: sites worth converting are {', '.join(parts)} years.",
        {"horizon_years": "years", "stores_converting": "stores", "plan_gain_usd": "usd"},
        {"stores_converting": "modelled", "plan_gain_usd": "modelled"},
    )
