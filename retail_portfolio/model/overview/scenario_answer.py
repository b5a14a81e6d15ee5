"""What one case answers, as plain numbers: exit, plan and checkout, with no table but the plan.

A sweep asks many cases the same and sets the answers side by side. Each number is made by the calls
that the notebooks make, on the sales of the trade areas, so that it is the number of the report on
the same settings. A case whose limits leave no plan has an answer as well: why there is none.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.checkouts.checkout_codes import Codes, codes_of
from retail_portfolio.model.checkouts.checkout_sites import checkout_sites, had_walk_out, paid_table
from retail_portfolio.model.checkouts.checkout_terms import READINGS
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.market.transfer import modelled_sales, trade_facts
from retail_portfolio.model.opening.conversion import setting_of
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_solve import chosen_flags
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.planning.plan_worth import worth_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.trade_areas import TradeAreas
    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.planning.plan_task import PlanTask
    from retail_portfolio.model.planning.plan_worth import Worth
    from retail_portfolio.model.result import PlanResult

Status = Literal["optimal", "feasible", "infeasible"]

PLAN_COLUMNS = ("store_id", "name", "city", "state", "decision", "npv_vs_exit_usd")
"""Columns of the plan, one row a closing store."""
RANGE_COLUMNS = ("key", "label", "unit", "base", "p5", "p25", "p50", "p75", "p95")
"""Columns of the ranges, one row a number."""


def first_reading(codes: Codes) -> str:
    """Return the name of what walk-out checkout cost beyond the best, in the scenario's reading."""
    return codes.key("extra_usd_year")


def units_of(codes: Codes) -> dict[str, str]:
    """Return the numbers of an answer in their order, each with its unit.

    What walk-out checkout cost beyond the best alternative stands once more by the reading that the
    scenario puts first.
    """
    return {
        "stores_converting": "stores",
        "plan_value_usd": "usd",
        "exit_cost_usd": "usd",
        "impairment_usd": "usd",
        first_reading(codes): "usd_year",
        **{codes.column("extra", reading): "usd_year" for reading in READINGS},
        "closing_advantage_usd": "usd",
        "plan_capex_usd": "usd",
        "plan_gap": "ratio",
    }


@dataclass(frozen=True, slots=True)
class ScenarioAnswer:
    """The answer of one case.

    Parameters
    ----------
    status
        ``optimal`` when the plan is proven, ``feasible`` when it is not, ``infeasible`` when there
        is none: then numbers, plan, worth and ranges are missing.
    message
        Why there is no plan; empty where there is one.
    figures
        The numbers of `units_of`; ``None`` where one is not known.
    plan
        Columns `PLAN_COLUMNS`.
    converts
        The sites that do not close, each ``ID:TARGET``: those that convert, stay open or move.
    worth
        What any other plan is worth in this case.
    ranges
        Columns `RANGE_COLUMNS`, where draws were asked for; those of `units_of` and a few more.
        Gain and conversions of the plan have none where it has limits, as it is not screened there.
    """

    status: Status
    message: str
    figures: Mapping[str, float | None]
    plan: pd.DataFrame | None = None
    converts: tuple[str, ...] = ()
    worth: Worth | None = None
    ranges: pd.DataFrame | None = None


def scenario_answer(case: Case, draws: int | None = None) -> ScenarioAnswer:
    """Answer for one case.

    Parameters
    ----------
    case
        The portfolio under one scenario and one ledger.
    draws
        How many draws of the assumptions the ranges are made of; ``None`` for no ranges.

    Returns
    -------
    ScenarioAnswer
        ``infeasible`` with a message where the limits, or a setting, leave nothing to compute.
    """
    try:
        return _answer(case, draws)
    except InputError as error:
        why = "; ".join(str(fault) for fault in error.faults)
        return ScenarioAnswer("infeasible", why, dict.fromkeys(units_of(codes_of(case.scenario))))


def _answer(case: Case, draws: int | None) -> ScenarioAnswer:
    trade = trade_areas(case)
    bill = closure_table(case, trade_facts(case, trade))
    task = plan_task(case, bill, setting_of(case, trade))
    best = optimum(task)
    choice = plan(task, best)
    columns = task.problem.columns
    figures = _of_bill(bill) | _of_plan(task, best, choice) | _of_checkout(case, trade)
    return ScenarioAnswer(
        choice.status,
        "",
        {key: figures[key] for key in units_of(codes_of(case.scenario))},
        _named(case, choice.table),
        tuple(sorted(columns.name(column) for column in best.chosen[0])),
        worth_of(task),
        _ranges(case, draws),
    )


def _of_bill(bill: pd.DataFrame) -> dict[str, float | None]:
    """Sum the bill; a total with an unknown part is not known."""
    keys = ("exit_cost_usd", "impairment_usd", "closing_advantage_usd")
    return {key: _known(bill[key].sum(skipna=False)) for key in keys}


def _of_plan(task: PlanTask, best: Found, choice: PlanResult) -> dict[str, float | None]:
    chosen = chosen_flags(task.problem, best.chosen[0])
    return {
        "stores_converting": float((chosen & task.problem.columns.converts).sum()),
        "plan_value_usd": float(choice.objective_usd),
        "plan_capex_usd": float(task.problem.columns.capital_usd[chosen].sum()),
        "plan_gap": float(choice.gap),
    }


def _of_checkout(case: Case, trade: TradeAreas) -> dict[str, float | None]:
    """Sum what walk-out checkout cost the closing stores known to have had it, by reading."""
    # Nobody else is asked for, which saves most of the work.
    had, codes = had_walk_out(case, case.stores), codes_of(case.scenario)
    few = dataclasses.replace(case, stores=case.stores[had].reset_index(drop=True))
    paid = paid_table(checkout_sites(few, modelled_sales(case, trade)), few).table
    found: dict[str, float | None] = {}
    for reading in READINGS:
        column = codes.column("paid_extra", reading)
        known = column in paid.columns and len(paid)
        found[codes.column("extra", reading)] = _known(paid[column].sum()) if known else None
    preferred = codes.column("extra", case.scenario.checkout_reading)
    return found | {first_reading(codes): found[preferred]}


def _named(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    stores = case.stores.set_index("store_id").loc[table["store_id"], ["name", "city", "state"]]
    return table.join(stores.reset_index(drop=True))[list(PLAN_COLUMNS)]


def _ranges(case: Case, draws: int | None) -> pd.DataFrame | None:
    if draws is None:
        return None
    from retail_portfolio.model.uncertain.uncertainty import (  # noqa: PLC0415 - only where it is asked for
        portfolio_ranges,
    )

    codes = codes_of(case.scenario)
    found = portfolio_ranges(case, draws)[list(RANGE_COLUMNS)]
    first = found[found["key"] == codes.column("extra", case.scenario.checkout_reading)]
    return pd.concat([found, first.assign(key=first_reading(codes))], ignore_index=True)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
