"""A made-up choice as the plan model has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from common.plan_metros import SHAPES, country, metro

from retail_portfolio.model.planning.plan_problem import Columns, Pulls, problem_of
from retail_portfolio.model.planning.plan_rules import Rule

if TYPE_CHECKING:
    from retail_portfolio.model.planning.plan_problem import Problem


def made_up(options: dict[str, Any]) -> dict[str, Any]:
    """Return the arrays of a metro, or of a country where ``metros`` is among the options."""
    shape = SHAPES[options["shape"]]
    if "metros" in options:
        return country(options["seed"], options["metros"], options["sites"], shape)
    return metro(options["seed"], options["sites"], options["points"], options["rivals"], shape)


def problem_from(choice: dict[str, Any]) -> Problem:
    """Turn arrays into a problem."""
    from scipy.sparse import csc_array  # noqa: PLC0415 - as the models do

    order = np.argsort(choice["site"], kind="stable")
    columns = Columns(
        choice["site"][order],
        tuple(f"f{one}" for one in choice["to_format"][order]),
        np.ones(len(order), np.int64),
        order,
        choice["linear_usd"][order],
        choice["capital_usd"][order],
        tuple(f"s{one}" for one in range(int(choice["site"].max()) + 1)),
    )
    ramp, weight = choice["mean_ramp"][order], choice["year_weight"]
    pulls = Pulls(csc_array(choice["relative"]), choice["worth_usd_year"], ramp, weight)
    return problem_of(columns, pulls)


def budget_of(problem: Problem, usd: float) -> tuple[Rule, ...]:
    """Return a budget as the one rule."""
    money = problem.columns.capital_usd[None, :]
    return (Rule("budget", "budget", money, np.array([-np.inf]), np.array([usd])),)
