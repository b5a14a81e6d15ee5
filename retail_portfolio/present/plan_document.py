"""A plan of conversions as one document: for a program, or for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from retail_portfolio.model.closure import closure_table
from retail_portfolio.model.plan import plan, value_of
from retail_portfolio.model.plan_task import plan_task
from retail_portfolio.present.documents import records
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.words import decision_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from retail_portfolio.inputs.case import Case

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
        Sites that convert, each ``ID`` or ``ID:FORMAT``, and no others; None to choose the best.
    clock
        Seconds, for the time it took.

    Returns
    -------
    dict
        ``status, objective_usd, bound_usd, gap, solve_seconds, violations`` and ``stores``, one
        entry a closing store; numbers that are not known are None.

    Raises
    ------
    InputError
        If a name is unknown or the limits leave no plan.
    """
    task = plan_task(case, closure_table(case))
    began = clock()
    found = plan(task) if convert is None else value_of(task, convert)
    seconds = clock() - began
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
    }


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def plan_text(found: Mapping[str, Any], case: Case) -> str:
    """Write the document for a person at a terminal: a line a conversion, then the answer."""
    names = dict(zip(case.stores["store_id"], case.stores["name"], strict=True))
    lines = []
    for row in found["stores"]:
        if row["decision"] == "close":
            continue
        worth = value_text(row["npv_vs_exit_usd"], "usd")
        what = decision_words(row["decision"], case.scenario.formats)
        year = f", year {row['opening_year']:.0f}" if row["opening_year"] != 1 else ""
        lines.append(f"{row['store_id']:32} {what}{year}: {worth} ({names[row['store_id']]})")
    lines += [f"breaks {broken}" for broken in found["violations"]]
    return "\n".join([*lines, "", str(found["sentence"])]).lstrip("\n")
