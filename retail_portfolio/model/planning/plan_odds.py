r"""How often each site converts when every assumption is drawn: the odds of a plan.

For each of N draws of the ledger (`retail_portfolio.model.sampling.draws`) the plan is chosen anew,
with proof. Let x_ns be 1 where the plan of draw n converts site s in any format, else 0:

    p_s  = sum_n x_ns / N                        the share of draws in which s converts
    se_s = sqrt( p_s (1 - p_s) / N )             its standard error
    m    = sum_s p_s                             how many sites convert in the mean
    se   = sd_n( sum_s x_ns ) / sqrt(N)

The errors are those of independent draws; draws that cover their ranges evenly, as these do, are
no worse and mostly better. They say how well N draws tell p_s, not whether the model is right:
what the model does not know, such as a landlord's wish, is in neither number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.roads import roads_of
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.opening.conversion import setting_of
from retail_portfolio.model.planning.plan_screen import CLOSES
from retail_portfolio.model.planning.plan_solve import solve
from retail_portfolio.model.planning.plan_task import bill_of, optimum, plan_task
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.sampling.draws import draw_ledger
from retail_portfolio.model.targets import converting, targets_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.market.roads import Roads
    from retail_portfolio.model.opening.conversion import Setting
    from retail_portfolio.model.planning.plan_problem import Problem
    from retail_portfolio.model.sampling.draws import LedgerDraws

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    _Name = tuple[str, str, int]

DRAWS = 512
"""Draws of a forecast: the share of a site is then within 2.2 points (one standard error)."""
RARELY, MOSTLY = 0.25, 0.75
"""Shares between which a site is called neither way."""


@dataclass(frozen=True, slots=True)
class DrawnPlans:
    """The proven plan of every draw.

    Parameters
    ----------
    store_id
        The candidates, in the order of the register.
    formats
        What they may become: the targets of `retail_portfolio.model.targets`.
    taken
        Position of the target that each site takes in each draw, or `CLOSES`; shape
        ``(draws, candidates)``.
    value_usd
        What each plan gains over closing every site, shape ``(draws,)``; NaN where the settings
        leave no plan.
    """

    store_id: tuple[str, ...]
    formats: tuple[str, ...]
    taken: Ints
    value_usd: Floats

    @property
    def converts(self) -> Flags:
        """Whether each site converts in each draw, shape ``(draws, candidates)``."""
        return converting(self.taken, self.formats)


def drawn_plans(
    case: Case, drawn: LedgerDraws, place: Setting | None = None, roads: Roads | None = None
) -> DrawnPlans:
    """Choose the plan of every draw, each proven to a relative gap of one millionth.

    Parameters
    ----------
    drawn
        Draws of the ledger of the case.
    place
        What `retail_portfolio.model.opening.conversion.setting_of` says of the case, where it is
        known.
    roads
        `retail_portfolio.model.market.roads.roads_of` of the case, where they are known.

    Raises
    ------
    InputError
        If the settings of the plan name what is not there, or leave no plan on the base ledger.
        A draw in which they leave none converts nothing.
    """
    place = setting_of(case) if place is None else place
    roads = roads_of(case) if roads is None else roads
    task = plan_task(case, bill_of(case, place.trade), place)
    start = frozenset(_names(task.problem, optimum(task).chosen[0]))
    sites, formats = tuple(place.sites["store_id"]), targets_of(case.scenario)
    taken = np.full((len(drawn), len(sites)), CLOSES, dtype=np.int64)
    value = np.zeros(len(drawn))
    for draw in range(len(drawn)):
        moved = case.with_ledger(drawn.ledger_of(draw))
        chosen, value[draw] = _best(moved, place, start, roads)
        for store_id, to_format, _ in chosen:
            taken[draw, sites.index(store_id)] = formats.index(to_format)
    return DrawnPlans(sites, formats, taken, value)


def _best(
    moved: Case, place: Setting, start: frozenset[_Name], roads: Roads
) -> tuple[list[_Name], float]:
    """Choose the plan of a moved case, from the plan of the base on; say what it gains."""
    around = replace(place, trade=trade_areas(moved, roads.ground(moved.ledger)))
    task = plan_task(moved, bill_of(moved, around.trade), around)
    names = _names(task.problem, range(len(task.problem.columns)))
    wish = np.array([name in start for name in names], dtype=bool)
    found = solve(task.problem, task.rules, start=wish, ceilings=task.ceilings)
    if found is None:
        return [], np.nan
    return [names[column] for column in found.chosen[0]], found.value_usd[0]


def _names(problem: Problem, chosen: Sequence[int]) -> list[_Name]:
    """Site, format and opening year of columns."""
    columns = problem.columns
    return [
        (
            columns.store_id[columns.site[column]],
            columns.to_format[column],
            int(columns.opening_year[column]),
        )
        for column in chosen
    ]


def odds_table(plans: DrawnPlans) -> pd.DataFrame:
    """Return how often each candidate converts, one row a candidate.

    Returns
    -------
    DataFrame
        ``store_id, draws, times_converted, probability, standard_error`` and, for each format,
        ``probability_<format>``; the formats of a row sum to its probability. A store that may be
        kept or moved has ``probability_keep``, ``probability_relocate`` beside. Shares are 0 to 1.
    """
    draws = len(plans.taken)
    times = plans.converts.sum(axis=0)
    share = times / draws
    table = pd.DataFrame(
        {
            "store_id": list(plans.store_id),
            "draws": np.full(len(times), draws),
            "times_converted": times,
            "probability": share,
            "standard_error": np.sqrt(share * (1 - share) / draws),
        }
    )
    for at, to_format in enumerate(plans.formats):
        table[f"probability_{to_format}"] = (plans.taken == at).mean(axis=0)
    return table


def mean_count(plans: DrawnPlans) -> tuple[float, float]:
    """Return how many sites convert in the mean of the draws, and its standard error."""
    counts = plans.converts.sum(axis=1)
    spread = float(counts.std(ddof=1)) if len(counts) > 1 else np.nan
    return float(counts.mean()), spread / float(np.sqrt(len(counts)))


def plan_odds(case: Case, draws: int = DRAWS, plans: DrawnPlans | None = None) -> Result:
    """Say for every candidate in how many draws of all assumptions it converts.

    Parameters
    ----------
    draws
        How many, a power of two; not looked at where ``plans`` are given. About 0.7 seconds each
        in the bundled case.
    plans
        `drawn_plans` of the case, where they are known.

    Returns
    -------
    Result
        Table of `odds_table`. Equal seeds of the scenario give equal tables.

    Raises
    ------
    ValueError
        If ``draws`` is no power of two.
    """
    if plans is None:
        plans = drawn_plans(case, draw_ledger(case.ledger, draws, case.scenario.seed))
    table = odds_table(plans)
    formats = [f"probability_{to_format}" for to_format in plans.formats]
    shares = ["probability", "standard_error", *formats]
    units = dict.fromkeys(shares, "share") | {"draws": "draws", "times_converted": "draws"}
    return Result(
        table,
        _sentence(plans, closes=bool((case.stores["status"] == "closing").any())),
        units,
        dict.fromkeys(units, "modelled"),
        _figures(plans, case.words),
        words=case.words,
    )


def _sentence(plans: DrawnPlans, *, closes: bool) -> str:
    if not closes:
        return "No store closes."
    if not plans.taken.size:
        return "No closing store could become anything else."
    mean, error = mean_count(plans)
    share = plans.converts.mean(axis=0)
    most = int((share > MOSTLY).sum())
    half = int(((share >= RARELY) & (share <= MOSTLY)).sum())
    of_error = "" if np.isnan(error) else f" (standard error {error:.1f})"
    return (
        f"Over {len(plans.taken):,} draws of all assumptions together {mean:.1f} of "
        f"{len(share)} sites convert in the mean{of_error}: {most} in more than three "
        f"quarters of the draws, {half} in a quarter to three quarters."
    )


def _figures(plans: DrawnPlans, words: Speech) -> tuple[Figure, ...]:
    counts = plans.converts.sum(axis=1)
    low, high = np.quantile(counts, [0.05, 0.95])
    mean, _ = mean_count(plans)
    return (
        Figure(
            key="stores_converting_mean",
            label="Sites that convert, mean over draws of all assumptions",
            value=mean,
            unit="stores",
            origin="modelled",
            source=f"plan model on {len(counts):,} draws of assumptions.csv",
            low=min(float(low), mean),
            high=max(float(high), mean),
            words=words,
        ),
    )
