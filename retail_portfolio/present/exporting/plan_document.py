"""A plan as one document: for a program, or for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from retail_portfolio.model.opening.conversion import setting_of
from retail_portfolio.model.planning.plan import plan, value_of
from retail_portfolio.model.planning.plan_compare import my_plan
from retail_portfolio.model.planning.plan_task import bill_of, optimum, plan_task
from retail_portfolio.present.exporting.documents import records
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.words import decision_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.planning.plan_compare import Comparison

DIGITS = 6
"""Decimals of seconds."""


def plan_document(
    case: Case, convert: Sequence[str] | None, clock: Callable[[], float]
) -> dict[str, Any]:
    """Return the best plan of a case, or the value of one that is named.

    Parameters
    ----------
    case
        The case.
    convert
        Sites that do not close, each ``ID`` or ``ID:FORMAT``, ``ID:keep`` or ``ID:relocate``, and
        no others; None to choose the best.
    clock
        Seconds, for the time it took.

    Returns
    -------
    dict
        ``status, objective_usd, bound_usd, gap, solve_seconds, violations`` and ``stores``, one
        entry a closing store; numbers that are not known are None. Where the scenario names a plan
        and ``convert`` does not, ``my_plan`` sets it beside the best one: ``objective_usd,
        shortfall_usd, violations, sentence, stores`` and ``steps`` towards the best.

    Raises
    ------
    InputError
        If a name is unknown or the limits leave no plan.
    """
    place = setting_of(case)
    task = plan_task(case, bill_of(case, place.trade), place)
    began = clock()
    best = optimum(task) if convert is None else None
    found = value_of(task, convert) if convert is not None else plan(task, best)
    seconds = clock() - began
    mine = my_plan(task, best) if convert is None else None
    beside = {} if mine is None else {"my_plan": _beside(mine)}
    return {
        "status": found.status,
        "objective_usd": _known(found.objective_usd),
        "bound_usd": _known(found.bound_usd),
        "gap": _known(found.gap),
        "solve_seconds": round(seconds, DIGITS),
        "violations": list(found.violations),
        "scenario": case.scenario.name,
        "sentence": found.sentence,
        "stores": records(found.table),
        **beside,
    }


def _beside(named: Comparison) -> dict[str, Any]:
    """Return what there is to say of a named plan."""
    _, shortfall = named.stores.figures
    return {
        "objective_usd": _known(named.plan.objective_usd),
        "shortfall_usd": shortfall.value,
        "violations": list(named.plan.violations),
        "sentence": named.stores.sentence,
        "stores": records(named.stores.table),
        "steps": records(named.steps.table),
    }


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def plan_text(found: Mapping[str, Any], case: Case) -> str:
    """Write the document for a person at a terminal: what does not close, then the answer."""
    names = dict(zip(case.stores["store_id"], case.stores["name"], strict=True))
    places = dict(zip(case.relocations["store_id"], case.relocations["name"], strict=True))
    lines = []
    for row in found["stores"]:
        if row["decision"] == "close":
            continue
        worth = value_text(row["npv_vs_exit_usd"], "usd", case.scenario.currency)
        what = decision_words(
            row["decision"], case.scenario.formats, places.get(row["store_id"], "")
        )
        later = row["opening_year"] is not None and row["opening_year"] != 1
        year = f", year {row['opening_year']:.0f}" if later else ""
        lines.append(f"{row['store_id']:32} {what}{year}: {worth} ({names[row['store_id']]})")
    lines += [f"breaks {broken}" for broken in found["violations"]]
    said = [str(part["sentence"]) for part in (found, found.get("my_plan")) if part]
    return "\n".join([*lines, "", *said]).lstrip("\n")
