"""A made-up town whose plans can be gone through: five shops along a road, two formats."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.settings.scenario_parts import PlanLimits
from retail_portfolio.model.planning.plan_task import PlanTask, plan_task
from tests.model.conftest import PENCIL_LEDGER, bill_of, ledger_of


def limited(case: Case, **limits: Any) -> Case:
    scenario = case.scenario.model_copy(update={"plan": PlanLimits(**limits)})
    return replace(case, scenario=scenario)


def task_of(case: Case, **limits: Any) -> PlanTask:
    moved = limited(case, **limits)
    return plan_task(moved, bill_of(moved).table)


def town_of(pencil_case: Case) -> Case:
    """Five shops along a road of five demand points, near enough to take from each other."""
    rows = 5
    shops, leases = pencil_case.stores.iloc[[0] * rows], pencil_case.leases.iloc[[1] * rows]
    names = [f"shop-{n}" for n in range(1, rows + 1)]
    lat = 40.0 + 0.03 * np.arange(rows)
    size = [10_000.0, 12_000.0, 9_000.0, 14_000.0, 8_000.0]
    shops = shops.assign(store_id=names, name=[f"Shop {n}" for n in "ABCDE"], lat=lat)
    shops = shops.assign(size_sqft=size)
    salon = pencil_case.stores.iloc[[2]].assign(lat=40.045, name="Salon Here")
    leases = leases.assign(store_id=names, remaining_term_years=[2.0, 12.0, 6.0, 9.0, 4.0])
    demand = pencil_case.demand.iloc[[0] * rows].assign(
        point_id=[f"p-{n}" for n in range(rows)],
        lat=lat,
        households=[3_000.0, 2_000.0, 4_000.0, 1_500.0, 2_500.0],
        metro_id=["here-yy"] * 3 + ["yonder-yy"] * 2,
    )
    prices_ = {
        "sales_usd_per_sqft_year.salon": 500,
        "sales_usd_per_sqft_year.booth": 700,
        "size_sqft.salon": 12_000,
        "size_sqft.booth": 4_000,
        "banner_factor.salon": 1.4,
        "banner_factor.booth": 1.2,
        "conversion_dark_months.booth": 6,
    }
    settings = pencil_case.scenario
    formats = dict(settings.formats) | {
        "booth": settings.formats["salon"].model_copy(update={"label": "Booth"})
    }
    scenario = settings.model_copy(
        update={"formats": formats, "convert_to": ("salon", "booth"), "horizon_years": 12}
    )
    return replace(
        pencil_case,
        scenario=scenario,
        ledger=ledger_of(PENCIL_LEDGER | prices_),
        stores=pd.concat([shops, salon], ignore_index=True),
        leases=leases.reset_index(drop=True),
        demand=demand.reset_index(drop=True),
    )


def decisions(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["store_id"], table["decision"], strict=True))


def named(table: pd.DataFrame) -> list[str]:
    return [
        f"{store}:{decision.removeprefix('convert_')}"
        for store, decision in decisions(table).items()
        if decision != "close"
    ]
