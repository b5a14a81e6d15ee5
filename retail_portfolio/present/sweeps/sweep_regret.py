"""Regret on a page: which plan is never far from the best, and every plan in every case."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from retail_portfolio.model.planning.regret import cases_named
from retail_portfolio.model.targets import CONVERT, KEEP, RELOCATE, counts_of, target_of
from retail_portfolio.present.formats import NOT_KNOWN, as_number, is_blank, plain, usd
from retail_portfolio.present.sweeps.sweep_figures import scale
from retail_portfolio.present.words import TARGETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

LEVELS: Final = 6
"""Shades of regret, from the least to the greatest."""
MATRIX_PLANS: Final = 12
"""Plans that the matrix sets side by side at most: the first of the table of plans."""
_NOTHING_USD: Final = 0.5
_WHOLE_FROM: Final = 100.0


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan over all cases.

    Parameters
    ----------
    plan_of
        The first case whose best plan it is.
    sites, kept, moved
        How many sites it converts, and how many stores it keeps open and moves.
    best_in
        In how many cases it is the best plan.
    largest, mean
        Its regret over the cases that offer it, below 0 counted as 0; NaN where none does.
    worst_case
        Where it is largest; empty where there is no regret.
    breaks_in, missing_in
        Cases whose limits it breaks, and cases that do not offer it.
    currency
        Of its regret.
    """

    plan_of: str
    sites: int
    best_in: int
    largest: float
    mean: float
    worst_case: str
    breaks_in: tuple[str, ...]
    missing_in: tuple[str, ...]
    currency: str
    kept: int = 0
    moved: int = 0

    @property
    def others_text(self) -> str:
        """What it does beside converting, in words; empty where it does nothing else."""
        parts = ((self.kept, TARGETS[KEEP]), (self.moved, TARGETS[RELOCATE]))
        return ", ".join(f"{count} {words}" for count, words in parts if count)

    @property
    def sites_text(self) -> str:
        """How many sites it converts, and what else it does, in words."""
        sites = f"{self.sites} site{'' if self.sites == 1 else 's'}"
        return ", ".join(part for part in (sites, self.others_text) if part)

    @property
    def breaks(self) -> int:
        """In how many cases it breaks limits."""
        return len(self.breaks_in)

    @property
    def missing(self) -> int:
        """How many cases do not offer it."""
        return len(self.missing_in)

    @property
    def largest_text(self) -> str:
        """The largest regret as a reader meets it."""
        return regret_words(self.largest, self.currency)

    @property
    def mean_text(self) -> str:
        """The mean regret as a reader meets it."""
        return regret_words(self.mean, self.currency)

    @property
    def limits_text(self) -> str:
        """What keeps the plan from being carried out, in words; empty where nothing does."""
        parts = (("breaks limits in", self.breaks_in), ("is not offered in", self.missing_in))
        return " and ".join(f"{words} {cases_named(cases)}" for words, cases in parts if cases)


@dataclass(frozen=True, slots=True)
class RegretCell:
    """One plan in one case: the number, its shade (0 for none), and what it breaks there."""

    text: str
    level: int = 0
    note: str = ""
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cases by plans.

    Parameters
    ----------
    plans
        Heading of each column.
    rows
        A case with its cells.
    unit
        What the numbers are in.
    notes
        What is broken, or why a plan is not offered: plan, case and reason.
    """

    plans: tuple[str, ...]
    rows: tuple[tuple[str, tuple[RegretCell, ...]], ...]
    unit: str
    notes: tuple[tuple[str, str, str], ...]


def regret_words(value: float, currency: str) -> str:
    """Write a regret: ``none`` where nothing is lost, ``not known`` where it is not."""
    if math.isnan(value):
        return NOT_KNOWN
    return "none" if abs(value) < _NOTHING_USD else usd(value, currency=currency)


def decided(plans: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return what does not close in every case, cases with a plan only.

    Returns
    -------
    dict
        Case to store to what it becomes: a format, ``keep`` or ``relocate``.
    """
    found: dict[str, dict[str, str]] = {str(case): {} for case in plans["case"].unique()}
    for case, store, decision in zip(
        plans["case"], plans["store_id"], plans["decision"], strict=True
    ):
        if target := target_of(decision):
            found[str(case)][str(store)] = target
    return found


def plan_rows(
    regret: pd.DataFrame, becomes: Mapping[str, Mapping[str, str]], currency: str
) -> tuple[PlanRow, ...]:
    """Return a row a plan, the one that is never far from the best first.

    The order is that of `retail_portfolio.model.planning.regret.least_regret`: plans that every
    case offers go first, among them the largest regret decides; then the number of cases whose
    limits are broken, then of those that do not offer the plan.

    Parameters
    ----------
    regret
        Columns ``case, plan_of, regret_usd, violations``.
    becomes
        Of `decided`.
    currency
        Of all money.
    """
    rows = [_plan_row(regret, str(of), becomes, currency) for of in regret["plan_of"].unique()]

    def key(row: PlanRow) -> tuple[bool, float, int, int]:
        largest = math.inf if math.isnan(row.largest) else round(row.largest)
        return row.missing > 0, largest, row.breaks, row.missing

    return tuple(sorted(rows, key=key))


def _plan_row(
    regret: pd.DataFrame, of: str, becomes: Mapping[str, Mapping[str, str]], currency: str
) -> PlanRow:
    mine = regret[regret["plan_of"].astype(str) == of]
    cases = mine["case"].astype(str).to_numpy()
    offered = mine["regret_usd"].notna().to_numpy()
    broken = np.array([not is_blank(one) for one in mine["violations"]], dtype=bool)
    behind = mine["regret_usd"].astype(float).to_numpy()[offered].clip(min=0.0)
    largest = float(behind.max()) if len(behind) else math.nan
    worst = str(cases[offered][behind.argmax()]) if largest >= _NOTHING_USD else ""
    plan = becomes.get(of, {})
    counts = counts_of(plan.values())
    return PlanRow(
        of,
        counts[CONVERT],
        sum(each == plan for each in becomes.values()),
        largest,
        float(behind.mean()) if len(behind) else math.nan,
        worst,
        tuple(map(str, cases[offered & broken])),
        tuple(map(str, cases[~offered])),
        currency,
        counts[KEEP],
        counts[RELOCATE],
    )


def matrix_of(regret: pd.DataFrame, plans: Sequence[PlanRow], currency: str) -> Matrix:
    """Return cases by plans, shaded by regret; plans beyond `MATRIX_PLANS` are left out."""
    shown = [row.plan_of for row in plans[:MATRIX_PLANS]]
    regret = regret[regret["plan_of"].astype(str).isin(shown)]
    sizes = [size for one in regret["regret_usd"] if (size := as_number(one)) is not None]
    top = max(sizes, default=0.0)
    divisor, unit = scale(max(top, _NOTHING_USD), "usd", currency)
    digits = 0 if top / divisor >= _WHOLE_FROM else 1
    found: dict[str, dict[str, RegretCell]] = {}
    notes = []
    for row in regret.to_dict("records"):
        case, of = str(row["case"]), str(row["plan_of"])
        note = "" if is_blank(row["violations"]) else str(row["violations"])
        behind = as_number(row["regret_usd"])
        if note or behind is None:
            notes.append((of, case, note or "the scenario does not offer it"))
        if behind is None:
            cell = RegretCell("not offered", note=note, offered=False)
        else:
            text = "0" if abs(behind) < _NOTHING_USD else plain(behind / divisor, digits)
            cell = RegretCell(text, _level(behind, top), note)
        found.setdefault(case, {})[of] = cell
    gone = RegretCell("not offered", offered=False)
    rows = tuple(
        (case, tuple(cells.get(of, gone) for of in shown)) for case, cells in found.items()
    )
    return Matrix(tuple(shown), rows, unit, tuple(notes))


def _level(behind: float, top: float) -> int:
    if behind < _NOTHING_USD:
        return 0
    return min(LEVELS, math.ceil(LEVELS * behind / top))


def regret_answer(plans: Sequence[PlanRow], cases: int) -> str:
    """Say in a sentence which plan is never far from the best.

    Parameters
    ----------
    plans
        Of `plan_rows`.
    cases
        How many cases have a plan.
    """
    if not plans:
        return "No case leaves a plan that could be compared."
    best = plans[0]
    what = f"the plan of {best.plan_of} ({best.sites_text})"
    if len(plans) == 1:
        where = f"All {cases} cases have" if cases > 1 else "The one case has"
        return f"{where} the same best plan: {what}." if cases > 1 else f"{where} {what}."
    what = what[0].upper() + what[1:]
    if math.isnan(best.largest):
        return "No case offers any of the plans."
    within = " that offer it" if best.missing else ""
    if best.largest < _NOTHING_USD:
        said = f"{what} is as good as the best in all cases{within}"
    else:
        where = f" in the cases{within}" if within else ""
        said = (
            f"{what} is never more than {best.largest_text} behind the best{where}, the most in "
            f"{best.worst_case}"
        )
    return f"{said}; it {best.limits_text}." if best.limits_text else f"{said}."
