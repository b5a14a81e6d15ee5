"""What a worker does for a sweep: answer a case, and value the plans of other cases in it.

A worker needs no data folder. The tables are sent to it once, the ledger as it was read; a case is
these tables under its own settings, as `retail_portfolio.inputs.load_case` makes it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.inputs.settings.currency import settled
from retail_portfolio.model.overview.scenario_answer import scenario_answer
from retail_portfolio.model.planning.plan_worth import arrays_of, plan_values, worth_from
from retail_portfolio.present.exporting.documents import plain_value, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario import Scenario
    from retail_portfolio.model.planning.plan_worth import PlanValue


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What all cases of a sweep share.

    Parameters
    ----------
    case
        Any one of them: its tables serve all.
    ledger
        The assumptions before any scenario decided one.
    travel_times
        The table of travel times by the file that a scenario names; ``None`` for no file.
    """

    case: Case
    ledger: Ledger
    travel_times: Mapping[str, pd.DataFrame | None]

    def case_of(self, settings: Scenario) -> Case:
        """Return the case under other settings, as if it had been read with them."""
        made = self.case.with_ledger(settled(self.ledger, settings))
        travel_times = self.travel_times[settings.travel_times]
        return dataclasses.replace(made, scenario=settings, travel_times=travel_times)


@dataclass(frozen=True, slots=True)
class Question:
    """A case to be answered.

    Parameters
    ----------
    settings
        The scenario, overrides applied.
    draws
        Of which ranges are made; ``None`` for none.
    """

    settings: Scenario
    draws: int | None


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer that can be put away.

    Parameters
    ----------
    document
        The answer as JSON holds it.
    worth
        What any plan is worth in the case, as numpy writes arrays; empty where it has no plan.
    seconds
        How long it took; not put away.
    """

    document: dict[str, Any]
    worth: bytes
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Valuation:
    """Plans to be valued in a case.

    Parameters
    ----------
    worth
        Of the case, as `Finished` has it.
    plans
        The sites that convert in each, ``ID:FORMAT``.
    """

    worth: bytes
    plans: tuple[tuple[str, ...], ...]


def answer_case(tables: Tables, question: Question) -> Finished:
    """Answer a case.

    Parameters
    ----------
    tables
        What all cases share.
    question
        What this one is.
    """
    began = time.perf_counter()
    found = scenario_answer(tables.case_of(question.settings), question.draws)
    worth = b""
    if found.worth is not None:
        file, arrays = io.BytesIO(), arrays_of(found.worth)
        np.savez(file, allow_pickle=False, **arrays)
        worth = file.getvalue()
    document = {
        "status": found.status,
        "message": found.message,
        "figures": {key: plain_value(value) for key, value in found.figures.items()},
        "plan": None if found.plan is None else records(found.plan),
        "converts": list(found.converts),
        "ranges": None if found.ranges is None else records(found.ranges),
        "worth_sha256": hashlib.sha256(worth).hexdigest() if worth else "",
    }
    return Finished(document, worth, time.perf_counter() - began)


def value_plans(_tables: Tables, asked: Valuation) -> tuple[PlanValue, ...]:
    """Value plans in a case, in the order in which they are named.

    Parameters
    ----------
    asked
        The case and the plans.
    """
    with np.load(io.BytesIO(asked.worth), allow_pickle=False) as arrays:
        return plan_values(worth_from(arrays), asked.plans)
