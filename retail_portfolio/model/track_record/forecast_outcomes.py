"""What became of the stores of a dated forecast, and whether that was known when it was made.

Every row of `outcomes.csv` that names a closing store of a forecast settles it or leaves it open
(`retail_portfolio.inputs.settings.outcome_words`). Where several rows settle a store the one
announced last counts; a row that settles nothing gives way to any that does. A store is

    scored            its outcome was announced after the forecast was written, or has no date
    scored, told      it was announced before that day, but after the day up to which the forecast
      before          uses any information: it counts, and is counted apart
    known before      it was announced by the day up to which the forecast uses information
    open              nothing settles it yet
    not of the wave   it is no closing store of the register

A date known to the month or year only is taken at its first day where a forecast could be flattered
by a later one, and at its last day against the end of its information, which is known to the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.files.dates import first_day, last_day
from retail_portfolio.inputs.settings.outcome_words import UNKNOWN, labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retail_portfolio.inputs.case import Case

MODELLED = "probability"
BASE_RATE = "base_rate"
PROBABILITIES = (MODELLED, "probability_at_base_rate", BASE_RATE)
"""Columns of a forecast that are probabilities."""
RANKINGS: Mapping[str, int] = MappingProxyType(
    {
        "plan_converts": 1,
        "size_sqft": 1,
        "nearest_own_miles": -1,
        "income_usd": 1,
        "share_bachelors": 1,
        "households": 1,
    }
)
"""Columns that only rank, with 1 where a high value ranks first and -1 where a low one does."""
SCORED, TOLD_BEFORE = "scored", "scored, told before"
KNOWN_BEFORE, OPEN, NOT_OF_WAVE = "known before", "open", "not of the wave"

STORE_COLUMNS = (
    "store_id",
    "made_on",
    *PROBABILITIES,
    *RANKINGS,
    "outcome",
    "announced",
    "converted",
    "status",
)
_TEXTS = ("store_id", "made_on", "outcome", "announced", "status")


def outcomes_of_stores(case: Case) -> pd.DataFrame:
    """Return what became of every store of every forecast, in the order of the files.

    Returns
    -------
    DataFrame
        `STORE_COLUMNS`: what the forecast says, the outcome as written and when it was announced
        (blank where nothing is), ``converted`` 1, 0 or blank, and ``status``.
    """
    made = case.forecasts
    if made.empty:
        kinds = {c: pd.Series([], dtype="str" if c in _TEXTS else float) for c in STORE_COLUMNS}
        return pd.DataFrame(kinds)
    told, means = _told(case), labels(case.scenario)
    closing = set(case.stores.loc[case.stores["status"] == "closing", "store_id"])
    found = [
        _standing(told.get(store, []), until, day, means, wave=store in closing)
        for store, until, day in zip(
            made["store_id"], made["information_until"], made["made_on"], strict=True
        )
    ]
    outcome, announced, converted, status = zip(*found, strict=True)
    table = made.assign(
        outcome=pd.Series(outcome, made.index, dtype="str"),
        announced=pd.Series(announced, made.index, dtype="str"),
        converted=np.array(converted, dtype=float),
        status=pd.Series(status, made.index, dtype="str"),
    )
    return table[list(STORE_COLUMNS)]


def _told(case: Case) -> dict[str, list[tuple[str, str]]]:
    """Outcomes by store as (word, announced), the latest last; those without a day come first."""
    told: dict[str, list[tuple[str, str]]] = {}
    if case.outcomes.empty:
        return told
    columns = (case.outcomes[name] for name in ("store_id", "outcome", "announced"))
    for store, word, day in zip(*columns, strict=True):
        told.setdefault(store, []).append((word, day))
    return {store: sorted(rows, key=lambda row: first_day(row[1])) for store, rows in told.items()}


def _standing(
    told: Sequence[tuple[str, str]],
    information_until: str,
    made_on: str,
    means: Mapping[str, int],
    *,
    wave: bool,
) -> tuple[str, str, float, str]:
    """Outcome, when it was announced, whether it is a conversion, and the status."""
    if not told:
        return "", "", np.nan, OPEN if wave else NOT_OF_WAVE
    telling = [row for row in told if row[0] in means] or [row for row in told if row[0] != UNKNOWN]
    word, day = (telling or told)[-1]
    label = means.get(word)
    if label is None:
        return word, day, np.nan, OPEN if wave else NOT_OF_WAVE
    if not wave:
        return word, day, label, NOT_OF_WAVE
    same = [its_day for other, its_day in telling if means.get(other) == label and its_day]
    if any(last_day(its_day) <= information_until for its_day in same):
        return word, day, label, KNOWN_BEFORE
    early = any(first_day(its_day) <= made_on for its_day in same)
    return word, day, label, TOLD_BEFORE if early else SCORED
