"""Siting: what places have in common where a banner has its stores, among all supermarkets.

A logistic regression with one constant a metro. Store n is one of the banner (y = 1) or another
supermarket (y = 0); z_nf is the mean of trait f (`retail_portfolio.model.market.affinity.traits`)
over the households within a radius of it, c_m the constant of its metro:

    P(y_n = 1) = 1 / (1 + exp(-(c_m + sum_f b_f z_nf)))

The constants take up that metros differ in how many rivals their lists hold, so that the slopes
compare places within a metro only. Fitted by maximum likelihood (Newton steps in a trust region);
standard errors from the inverse of the Hessian. The fit is told by the area under the curve (AUC):
the chance that a store of the banner has a higher index than another supermarket of its metro.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.affinity import TRAITS, traits
from retail_portfolio.model.market.affinity import slopes as affinity_slopes
from retail_portfolio.model.market.geography import COVERED_KM
from retail_portfolio.model.market.sphere import KM_PER_MILE, nearest, within_km

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

RADIUS_MILES = 4.0
"""Households within this distance of a store describe its place."""
FLAT = 1e-7
"""Slope of the likelihood per store at which it counts as at its top."""
STEEPEST = 50.0
"""A coefficient beyond this is on its way to infinity."""


@dataclass(frozen=True, slots=True)
class SitingFit:
    """Slopes of the traits and how well they tell the banner's stores from others.

    Parameters
    ----------
    slopes, standard_errors
        By trait.
    stores, others
        Stores of the banner and other supermarkets in the fit.
    auc
        Within-metro AUC, 0 to 1; 0.5 tells nothing.
    auc_by_metro
        The same by metro, for metros with stores of both kinds.
    """

    slopes: Mapping[str, float]
    standard_errors: Mapping[str, float]
    stores: int
    others: int
    auc: float
    auc_by_metro: Mapping[str, float]


def place_traits(lat: Floats, lon: Floats, demand: pd.DataFrame) -> Floats:
    """Mean traits of the households around each point, shape ``(n, traits)``; NaN without any."""
    of_points = traits(demand)[list(TRAITS)].to_numpy(float)
    at, point = within_km(lat, lon, demand["lat"], demand["lon"], RADIUS_MILES * KM_PER_MILE)
    weight = demand["households"].to_numpy(float)[point]
    total = np.bincount(at, weight, len(lat)).astype(float)  # without any pair it counts in ints
    sums = np.column_stack(
        [np.bincount(at, weight * of_points[point, f], len(lat)) for f in range(len(TRAITS))]
    ).astype(float)
    blank = np.full_like(sums, np.nan)
    means: Floats = np.divide(sums, total[:, None], out=blank, where=total[:, None] > 0)
    return means


def auc(score: Floats, positive: Flags) -> float:
    """Chance that a positive outranks another, ties counting half; NaN without both kinds."""
    from scipy.stats import rankdata  # noqa: PLC0415 - keeps the import of the models light

    ones = int(positive.sum())
    zeros = len(positive) - ones
    if not (ones and zeros):
        return float("nan")
    ranks = rankdata(score)[positive].sum()
    return float((ranks - ones * (ones + 1) / 2) / (ones * zeros))


def logit(design: Floats, outcome: Floats) -> tuple[Floats, Floats]:
    """Fit a logistic regression by maximum likelihood; return coefficients, standard errors.

    Parameters
    ----------
    design
        Shape ``(n, k)``, with its own constants.
    outcome
        0 or 1, shape ``(n,)``.

    Raises
    ------
    ValueError
        If the likelihood has no top: the traits part the two kinds completely.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - keeps the import of the models light
    from scipy.special import expit  # noqa: PLC0415 - as above

    def loss(beta: Floats) -> float:
        index = design @ beta
        return float(np.logaddexp(0.0, index).sum() - outcome @ index)

    def slope(beta: Floats) -> Floats:
        down: Floats = design.T @ (expit(design @ beta) - outcome)
        return down

    def curve(beta: Floats) -> Floats:
        chance = expit(design @ beta)
        bent: Floats = (design * (chance * (1 - chance))[:, None]).T @ design
        return bent

    found = minimize(loss, np.zeros(design.shape[1]), jac=slope, hess=curve, method="trust-exact")
    flat = np.abs(slope(found.x)).max() < FLAT * len(outcome)
    if not flat or np.abs(found.x).max() > STEEPEST:
        message = "the siting regression has no top: the traits part the two kinds completely"
        raise ValueError(message)
    return found.x, np.sqrt(np.diag(np.linalg.inv(curve(found.x))))


@dataclass(frozen=True, slots=True)
class _Field:
    """Stores of a banner and other supermarkets with the traits of their places."""

    around: Floats
    mine: Flags
    metro: NDArray[np.str_]


def _field(case: Case, fmt: str, leave_out: Flags | None) -> _Field:
    """Gather open stores of a format and competitors that stand among demand points."""
    stores = case.stores[(case.stores["status"] == "open") & (case.stores["format"] == fmt)]
    if leave_out is not None:
        stores = stores[~leave_out]
    both = pd.concat([stores[["lat", "lon"]], case.competitors[["lat", "lon"]]], ignore_index=True)
    mine = np.arange(len(both)) < len(stores)
    lat, lon = both["lat"].to_numpy(float), both["lon"].to_numpy(float)
    at, km = nearest(lat, lon, case.demand["lat"], case.demand["lon"])
    around = place_traits(lat, lon, case.demand)
    metro = case.demand["metro_id"].to_numpy()[at]
    fits = (km <= COVERED_KM) & ~np.isnan(around).any(axis=1)
    both_kinds = set(metro[fits & mine]) & set(metro[fits & ~mine])
    fits &= np.isin(metro, sorted(both_kinds))
    return _Field(around[fits], mine[fits], metro[fits])


def auc_by_metro(field: _Field, slopes: Floats) -> dict[str, float]:
    """AUC of an index of places within each metro that has stores of both kinds."""
    index = field.around @ slopes
    found = {}
    for name in sorted(set(field.metro)):
        here = field.metro == name
        found[str(name)] = auc(index[here], field.mine[here])
    return found


def siting_auc(case: Case, fmt: str) -> dict[str, float]:
    """AUC by metro of the slopes that the ledger holds; nothing is fitted."""
    return auc_by_metro(_field(case, fmt, None), affinity_slopes(case.ledger, fmt))


def fit_siting(case: Case, fmt: str, leave_out: Flags | None = None) -> SitingFit:
    """Fit the slopes of a format's stores among all supermarkets of the case.

    Parameters
    ----------
    fmt
        Format whose open stores count as the banner's.
    leave_out
        Open stores of the format, in the register's order, that take no part in the fit.

    Raises
    ------
    ValueError
        If no metro has both the banner's stores and others.
    """
    field = _field(case, fmt, leave_out)
    names = sorted(set(field.metro))
    if not names:
        message = f"no metro holds open stores of format {fmt!r} and other supermarkets"
        raise ValueError(message)
    constants = (field.metro[:, None] == np.array(names)[None, :]).astype(float)
    design = np.column_stack([field.around, constants])
    beta, error = logit(design, field.mine.astype(float))
    by_metro = auc_by_metro(field, beta[: len(TRAITS)])
    weight = [float((field.mine & (field.metro == name)).sum()) for name in names]
    return SitingFit(
        dict(zip(TRAITS, beta[: len(TRAITS)].tolist(), strict=True)),
        dict(zip(TRAITS, error[: len(TRAITS)].tolist(), strict=True)),
        int(field.mine.sum()),
        int((~field.mine).sum()),
        float(np.average([by_metro[str(name)] for name in names], weights=weight)),
        by_metro,
    )
