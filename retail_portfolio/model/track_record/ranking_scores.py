r"""Ranking scores: how well an order of sites put those that were taken in front.

With scores s, P sites taken and N not:

- AUC = chance that a taken site has a higher score than another one, ties counting half.
- Precision at k = part of the k highest that was taken; hit rate at k = part of the taken that is
  among the k highest. Sites that tie over the k-th place count in proportion.
- Intervals by bootstrap (Efron and Tibshirani 1993): taken and other sites are drawn anew, each
  kind with replacement and in its number, `DRAWS` times; the middle 95 % of the values counts. Two
  rankings are compared on the same draws (paired), over the sites that both have a score for.

With few sites taken the interval is wide, and that is its message. With fewer than `FEW` of a kind
drawing them again says less than there is to doubt, and none is given. An interval speaks of which
sites were on offer, not of other events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.market.siting import auc
from retail_portfolio.model.track_record.scores import auc_of_each, hits_of_top, interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

FEW = 5
"""Sites of each kind below which there is no interval."""
DRAWS = 4000
"""Bootstrap draws behind an interval."""


@dataclass(frozen=True, slots=True)
class Span:
    """A value with its bootstrap interval; all NaN where it cannot be had."""

    value: float
    low: float
    high: float


def precision_at(score: Floats, taken: Flags, k: int) -> float:
    """Part of the k highest scores that was taken, 0 to 1; NaN with fewer than k scores."""
    known = ~np.isnan(score)
    score, taken = score[known], taken[known]
    if not 0 < k <= len(score):
        return float("nan")
    return hits_of_top(score, taken, k) / k


def hit_rate_at(score: Floats, taken: Flags, k: int) -> float:
    """Part of the taken sites that is among the k highest scores, 0 to 1; NaN where none is."""
    found = int(taken[~np.isnan(score)].sum())
    return precision_at(score, taken, k) * k / found if found else float("nan")


def draws_of(taken: Flags, seed: int) -> Ints:
    """Return how often each site counts in each draw, shape ``(DRAWS, sites)``.

    Every draw holds as many taken sites and as many others as there are.
    """
    rng = np.random.default_rng(seed)
    times = np.zeros((DRAWS, len(taken)), np.int64)
    for kind in (taken, ~taken):
        size = int(kind.sum())
        times[:, kind] = rng.multinomial(size, np.full(size, 1 / size), DRAWS)
    return times


def both_kinds(taken: Flags) -> bool:
    """Tell whether there are sites of both kinds, without which nothing can be compared."""
    return bool(taken.any() and not taken.all())


@dataclass(frozen=True, slots=True)
class Compared:
    """A ranking beside the one it is compared with, over the sites of one or several events.

    Parameters
    ----------
    sites, taken
        Sites that have a score, and those of them that were taken.
    area, area_draws
        Its AUC, and the AUC in every draw.
    lead, lead_draws
        AUC of the first ranking less its own, over the sites that both have a score for.
    """

    sites: int
    taken: int
    area: float
    area_draws: Floats
    lead: float
    lead_draws: Floats

    @property
    def area_span(self) -> Span:
        """The AUC with its interval."""
        return _span(self.area, self.area_draws)

    @property
    def lead_span(self) -> Span:
        """The lead with its interval."""
        return _span(self.lead, self.lead_draws)


def _span(value: float, draws: Floats) -> Span:
    return Span(float(value), *interval(draws))


def compared(first: Floats, score: Floats, taken: Flags, seed: int) -> Compared:
    """Compare a ranking with the first one.

    Parameters
    ----------
    first, score
        Scores of both rankings, NaN where there is none, shape ``(sites,)``.
    taken
        Which sites were taken.
    seed
        Start of the draws; with the same sites the same ones are drawn.

    Returns
    -------
    Compared
        AUC and lead are NaN, and without draws, where there are not sites of both kinds.
    """
    known = ~np.isnan(score)
    area, area_draws = _area(score, taken, known, seed)
    both = known & ~np.isnan(first)
    ours, our_draws = _area(first, taken, both, seed)
    theirs, their_draws = _area(score, taken, both, seed)
    return Compared(
        int(known.sum()),
        int((taken & known).sum()),
        area,
        area_draws,
        ours - theirs,
        our_draws - their_draws,
    )


def _area(score: Floats, taken: Flags, known: Flags, seed: int) -> tuple[float, Floats]:
    score, taken = score[known], taken[known]
    if not both_kinds(taken):
        return float("nan"), np.full(DRAWS, np.nan)
    if min(taken.sum(), (~taken).sum()) < FEW:
        return auc(score, taken), np.full(DRAWS, np.nan)
    return auc(score, taken), auc_of_each(score, taken, draws_of(taken, seed))


def pooled(parts: Sequence[Compared]) -> Compared:
    """Put events together: the mean over events, weighted with the sites taken.

    Sites are compared within their event only. A ranking that cannot be scored in one of the events
    has no mean, as it would be that of other events.
    """
    weight = np.array([one.taken for one in parts], float)
    weight /= max(weight.sum(), 1.0)
    return Compared(
        sum(one.sites for one in parts),
        sum(one.taken for one in parts),
        float(weight @ [one.area for one in parts]),
        weight @ np.array([one.area_draws for one in parts]),
        float(weight @ [one.lead for one in parts]),
        weight @ np.array([one.lead_draws for one in parts]),
    )
