r"""Scores: how well probabilities and rankings told what happened.

Of n sites let y_s be 1 where site s converted and 0 where it did not, p_s a probability given
beforehand, and z_s anything that ranks sites:

    Brier   sum_s (p_s - y_s)^2 / n                         0 at best (half of Brier 1950)
    log     -sum_s log( p_s if y_s = 1 else 1 - p_s ) / n   0 at best, natural logarithm
    skill   1 - Brier / Brier of the base rate              above 0 better than the base rate
    hits    converted sites among the k that rank highest; in a forecast k = sum_s y_s
    AUC     chance that a converted site outranks another, ties counting half

Differences come with percentile intervals of a paired bootstrap: sites are drawn with replacement,
the same ones for both sides. Site s taken w_bs times in resample b, the AUC of the resample is

    sum_ij w_bi w_bj [z_i > z_j or half if equal] / sum_ij w_bi w_bj,   i converted, j not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

RESAMPLES = 2000
LEVEL = 0.95
"""Part of the resamples that an interval holds."""


def brier_parts(probability: Floats, happened: Flags) -> Floats:
    """Return each site's squared error, 0 to 1; their mean is the Brier score."""
    parts: Floats = (probability - happened) ** 2
    return parts


def log_score(probability: Floats, happened: Flags) -> float:
    """Return the mean surprise, 0 or more; probabilities have to be above 0 and below 1."""
    return float(-np.log(np.where(happened, probability, 1 - probability)).mean())


def hits_of_top(score: Floats, happened: Flags, k: int) -> float:
    """Return how many of the k sites that rank highest converted, k from 0 to the sites there are.

    Where the k-th place is shared, those who share it count by the part of them that has room, so
    that a score that says nothing has the hits of a draw by lot.
    """
    if not k:
        return 0.0
    last = np.sort(score)[::-1][k - 1]
    above, level = score > last, score == last
    part = (k - above.sum()) / level.sum()
    return float(happened[above].sum() + part * happened[level].sum())


def resamples(sites: int, seed: int, count: int = RESAMPLES) -> Ints:
    """Return how often each site is taken in each resample, shape ``(count, sites)``."""
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, sites, size=(count, sites)) + sites * np.arange(count)[:, None]
    return np.bincount(picks.ravel(), minlength=count * sites).reshape(count, sites)


def mean_of_each(parts: Floats, times: Ints) -> Floats:
    """Return the mean of a number of the sites in every resample, shape ``(resamples,)``."""
    means: Floats = times @ parts / times.sum(axis=1)
    return means


def auc_of_each(score: Floats, happened: Flags, times: Ints) -> Floats:
    """Return the AUC in every resample, shape ``(resamples,)``; NaN where one kind is missing."""
    one, other = score[happened][:, None], score[~happened][None, :]
    ahead = (one > other) + 0.5 * (one == other)
    ones, others = times[:, happened], times[:, ~happened]
    pairs = (ones.sum(axis=1) * others.sum(axis=1)).astype(float)
    won = ((ones @ ahead) * others).sum(axis=1)
    found: Floats = np.divide(won, pairs, out=np.full(len(times), np.nan), where=pairs > 0)
    return found


def interval(values: Floats) -> tuple[float, float]:
    """Return the percentile interval of resampled values; those that are NaN are left out."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
