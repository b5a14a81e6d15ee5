r"""Regret: what each plan leaves behind in each scenario, against the best plan there.

With V_s the gain of a plan over closing every store in scenario s
(`retail_portfolio.model.planning.plan_problem`), x_s the best plan of s and y any plan,

    regret of y in s    R_s(y) = V_s(x_s) - V_s(y)
    largest regret      max_s max(0, R_s(y))    over the scenarios in which y has a value
    minimax regret      min_y max_s max(0, R_s(y))      the plan that is never far behind

R is 0 for a scenario's own plan, and below 0 by no more than the gap of the proof, unless y breaks
limits of s: then it may gain more than any plan within them, and nothing is lost, so that it counts
as 0. Which limits a plan breaks is said beside its regret and decides between equals only: a limit
is the scenario's, and may be lifted there. Regret is a rule for decisions without probabilities
(Savage 1951, Journal of the American Statistical Association 46).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.model.number_words import amount, counted
from retail_portfolio.model.result import Result
from retail_portfolio.model.targets import CONVERT, KEEP, RELOCATE, counts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.planning.plan_worth import PlanValue

COLUMNS = ("case", "plan_of", "value_usd", "best_usd", "regret_usd", "violations")
"""Columns of the table of regrets, one row a case and plan."""
PLAN_COLUMNS = (
    *("plan_of", "stores_converting", "cases_valued", "cases_without_value"),
    *("cases_breaking_limits", "largest_regret_usd", "mean_regret_usd"),
)
"""Columns of the table of plans, one row a plan."""
NAMED_CASES = 3
"""Cases that a sentence names; of more it tells how many."""
_NOTHING_USD = 0.5


@dataclass(frozen=True, slots=True)
class Best:
    """The best plan of a case.

    Parameters
    ----------
    converts
        Its sites that do not close, each ``ID:TARGET``: those that convert, stay open or move.
    value_usd
        What it gains over closing every store.
    """

    converts: frozenset[str]
    value_usd: float


@dataclass(frozen=True, slots=True)
class Regret:
    """Every plan in every case.

    Parameters
    ----------
    pairs
        One row a case and plan: `COLUMNS`. ``plan_of`` is the first case whose plan it is. Value
        and regret are blank where a case does not offer a plan; ``violations`` then says why, else
        which limits of the case the plan breaks.
    plans
        One row a plan: `PLAN_COLUMNS`. ``stores_converting`` counts conversions alone. Largest and
        mean regret are those over the cases in which the plan has a value, below 0 counted as 0.
        The sentence names the plan of the least largest regret and the cases whose limits it
        breaks.
    """

    pairs: Result
    plans: Result


def distinct_plans(best: Mapping[str, Best]) -> dict[str, frozenset[str]]:
    """Return every plan once, by the label of the first case whose plan it is.

    Parameters
    ----------
    best
        The best plan of each case that has one, by the case's label.
    """
    first: dict[frozenset[str], str] = {}
    for label, one in best.items():
        first.setdefault(one.converts, label)
    return {label: converts for converts, label in first.items()}


def regret(
    best: Mapping[str, Best],
    values: Mapping[str, Mapping[frozenset[str], PlanValue]],
    *,
    words: Speech,
) -> Regret:
    """Set every plan against the best one of each case.

    Parameters
    ----------
    best
        The best plan of each case that has one, by label and in the order of a reader.
    values
        By case and plan, what `retail_portfolio.model.planning.plan_worth.plan_values` says; a
        case's own plan is not asked for.
    words
        What the portfolio decides about words.

    Raises
    ------
    KeyError
        If the value of another case's plan is missing.
    """
    plans = distinct_plans(best)
    rows = [
        (label, of, *_row(one, converts, values.get(label, {})))
        for label, one in best.items()
        for of, converts in plans.items()
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    money = ["value_usd", "best_usd", "regret_usd"]
    table[money] = table[money].astype(float)
    counts = {of: _counts(converts) for of, converts in plans.items()}
    each = _of_plans(table, {of: count[CONVERT] for of, count in counts.items()})
    sentence = _sentence(each, table, len(best), counts, words.currency)
    units = {"largest_regret_usd": "usd", "mean_regret_usd": "usd", "stores_converting": "stores"}
    return Regret(
        Result(
            table,
            sentence,
            dict.fromkeys(money, "usd"),
            dict.fromkeys(money, "modelled"),
            words=words,
        ),
        Result(each, sentence, units, dict.fromkeys(units, "modelled"), words=words),
    )


def _row(
    best: Best, converts: frozenset[str], values: Mapping[frozenset[str], PlanValue]
) -> tuple[float | None, float, float | None, str]:
    """Return value, best, regret and what is broken."""
    if converts == best.converts:
        return best.value_usd, best.value_usd, 0.0, ""
    found = values[converts]
    behind = None if found.value_usd is None else best.value_usd - found.value_usd
    return found.value_usd, best.value_usd, behind, "; ".join(found.broken)


def _of_plans(table: pd.DataFrame, sites: Mapping[str, int]) -> pd.DataFrame:
    rows = []
    for of, count in sites.items():
        mine = table[table["plan_of"] == of]
        valued = mine["value_usd"].notna()
        broken = int((valued & (mine["violations"] != "")).sum())
        behind = mine.loc[valued, "regret_usd"].clip(lower=0.0)
        told = int(valued.sum()), int((~valued).sum()), broken
        rows.append((of, count, *told, behind.max(), behind.mean()))
    return pd.DataFrame(rows, columns=list(PLAN_COLUMNS))


def least_regret(plans: pd.DataFrame) -> pd.Series | None:
    """Return the row of the plan whose largest regret is least, or None where there is no plan.

    A plan without a value in some case comes after all that have one in every case. Equals, to the
    dollar, are told apart by the number of cases whose limits they break, then of those in which
    they have no value, then by their order.

    Parameters
    ----------
    plans
        Columns `PLAN_COLUMNS`.
    """
    if plans.empty:
        return None
    missing = plans["cases_without_value"]
    keys = pd.DataFrame(
        {
            "partly": missing > 0,
            "largest": plans["largest_regret_usd"].round(),
            "broken": plans["cases_breaking_limits"],
            "missing": missing,
        }
    )
    keys = keys.reset_index(drop=True).sort_values(list(keys.columns), kind="stable")
    return plans.iloc[int(keys.index[0])]


def _counts(plan: frozenset[str]) -> dict[str, int]:
    """Count what the sites of a plan become, each ``ID:TARGET``, by kind of target."""
    return counts_of(name.partition(":")[2] for name in plan)


def _does(counts: Mapping[str, int]) -> str:
    """Say how many sites a plan converts, and how many stores it keeps open and moves, if any."""
    others = ((counts[KEEP], "kept open"), (counts[RELOCATE], "moved"))
    told = [f"{count} {words}" for count, words in others if count]
    return ", ".join([counted(counts[CONVERT], "site"), *told])


def _sentence(
    plans: pd.DataFrame,
    pairs: pd.DataFrame,
    cases: int,
    counts: Mapping[str, Mapping[str, int]],
    currency: str,
) -> str:
    found = least_regret(plans)
    if found is None:
        return "No case has a plan."
    what = f"the plan of {found['plan_of']} ({_does(counts[found['plan_of']])})"
    if len(plans) == 1:
        return f"{cases} case{' has' if cases == 1 else 's have'} one plan: {what}."
    worst, mean = (found[f"{which}_regret_usd"] for which in ("largest", "mean"))
    behind = (
        f"at most {amount(worst, currency)} behind the best and {amount(mean, currency)} on average"
        if worst >= _NOTHING_USD
        else "never behind the best"
    )
    said = f"Of {len(plans)} plans in {cases} cases, {what} is {behind}"
    mine = pairs[pairs["plan_of"] == found["plan_of"]]
    valued = mine["value_usd"].notna()
    broken = cases_named(mine.loc[valued & (mine["violations"] != ""), "case"].tolist())
    missing = cases_named(mine.loc[~valued, "case"].tolist())
    limits = f"; it breaks limits in {broken}" if broken else ""
    offers = f"; it is not offered in {missing}" if missing else ""
    return f"{said}{limits}{offers}."


def cases_named(labels: Sequence[str]) -> str:
    """Say how many cases, and which where they are few, as in ``2 cases (base and tight)``.

    Parameters
    ----------
    labels
        Of the cases; none gives an empty text.
    """
    if not labels:
        return ""
    count = counted(len(labels), "case")
    if len(labels) > NAMED_CASES:
        return count
    *first, last = labels
    return f"{count} ({' and '.join([', '.join(first), last]) if first else last})"
