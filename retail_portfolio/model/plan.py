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

import pandas as pd

from retail_portfolio.model.closure import closure_table
from retail_portfolio.model.conversion import conversion_table
from retail_portfolio.model.ranges import one_at_a_time
from retail_portfolio.model.result import Figure, PlanResult

if TYPE_CHECKING:
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.result import Result


RANGE_KEYS: tuple[str, ...] = (
    "sales_usd_per_sqft_year",
    "sales_elasticity_income",
    "sales_elasticity_households",
    "store_contribution_mature",
    "capex_conversion_usd_per_sqft",
    "preopening_usd_per_store",
    "conversion_dark_months",
    "cannibalisation_share",
    "lease_termination_months",
    "vm_own_sales",
)
"""Assumptions moved to their ends for the ranges of the plan."""


def _reason(row: pd.Series) -> str:
    more = "more" if row["npv_vs_exit_usd"] > 0 else "less"
    return (
        f"{_rounded(row['households']):,.0f} households within {row['radius_miles']:g} miles, "
        f"incomes there of about {_rounded(row['income_usd']):,.0f} USD, nearest open store of the "
        f"new format {row['nearest_own_miles']:.1f} miles away: worth {more} converted than closed"
    )


def _rounded(value: float) -> float:
    """Round to a thousand: borrowed incomes and counts are not known better."""
    return round(value, -3) if value == value else value  # noqa: PLR0124 - NaN stays


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
        the best format against closing, blank where the store is no candidate.
    """
    closing = case.stores.loc[case.stores["status"] == "closing", ["store_id"]]
    ranked = values.table.sort_values(
        ["npv_vs_exit_usd", "to_format"], ascending=[False, True], kind="stable"
    )
    best = ranked.drop_duplicates("store_id").assign(
        radius_miles=case.scenario.households_radius_miles
    )
    best = best.assign(
        decision=("convert_" + best["to_format"]).where(best["npv_vs_exit_usd"] > 0, "close"),
        reason=[_reason(row) for _, row in best.iterrows()],
    )
    table = closing.merge(
        best[["store_id", "decision", "npv_vs_exit_usd", "reason"]], on="store_id", how="left"
    )
    no_candidate = "its format is not one that can convert"
    table = table.fillna({"decision": "close", "reason": no_candidate}).reset_index(drop=True)
    converts = table["decision"] != "close"
    gain = float(table.loc[converts, "npv_vs_exit_usd"].sum())
    candidates = int(best["store_id"].nunique())
    figures = (
        Figure(
            key="stores_converting",
            label="Sites worth more converted than closed",
            value=int(converts.sum()),
            unit="stores",
            origin="modelled",
            source="conversion model on stores.csv, demand.csv and assumptions.csv",
        ),
        Figure(
            key="plan_gain_usd",
            label="Gain of the plan over closing every store",
            value=gain,
            unit="usd",
            origin="modelled",
            source="conversion model on stores.csv, demand.csv and assumptions.csv",
        ),
    )
    sentence = (
        f"{int(converts.sum())} of {candidates} candidate sites are worth more converted than "
        f"closed; together they gain about {gain / 1e6:,.0f} M {case.scenario.currency}. Each is "
        "valued on its own; what the company will do is not public."
    )
    return PlanResult(
        table,
        sentence,
        {"npv_vs_exit_usd": "usd"},
        {"npv_vs_exit_usd": "modelled", "decision": "modelled"},
        figures,
        status="optimal",
        objective_usd=gain,
        bound_usd=gain,
        gap=0.0,
    )


def plan_with_range(case: Case, values: Result) -> PlanResult:
    """Plan the case, with ranges of the number of conversions and of the gain.

    Each of `RANGE_KEYS` is moved to its low and its high end in turn. The count has the range
    that one assumption alone brings about, the gain the single moves in quadrature; see
    `retail_portfolio.model.ranges`.

    Parameters
    ----------
    values
        Result of `retail_portfolio.model.conversion.conversion` on the same case.
    """

    def totals(moved: Case) -> list[float]:
        worth = conversion_table(moved, closure_table(moved)).groupby("store_id")["npv_vs_exit_usd"]
        best = worth.max()
        return [float((best > 0).sum()), float(best.clip(lower=0).sum())]

    base = plan(case, values)
    moves = one_at_a_time(case, RANGE_KEYS, totals)
    fewest, most = moves.extremes(0)
    least, greatest = moves.quadrature(1)
    count, gain = base.figures
    count = replace(count, low=fewest, high=most)
    gain = replace(gain, low=max(0.0, least), high=greatest)
    return replace(base, figures=(count, gain))
