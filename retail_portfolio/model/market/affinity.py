"""Affinity: how much more, or less, the people of a place favour a banner than others do.

With the traits x_if of point i (share of adults with a bachelor's degree, logarithm of household
income, logarithm of population density), their means X_mf over the households of the metro m that
holds the point, and the slopes b_f and strength theta of the ledger for a format,

    f_i = exp( theta sum_f b_f (x_if - X_mf) )

A factor of 1 is the average place of its metro. A strength of 0 leaves siting to the owner's choice
of places, one of 1 (where the ledger has none) takes all of it for taste. Without slopes in the
ledger every place is average. Distance and size alone would favour the places where rivals are
missing from the table or incomes are low; where the banner's stores stand among all supermarkets
says otherwise, and the slopes are fitted to that (`retail_portfolio.model.market.siting`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]

TRAITS: tuple[str, ...] = ("share_bachelors", "log_income", "log_density")
"""Traits of a place; the ledger's slope of each is called ``affinity_`` and its name."""


def traits(demand: pd.DataFrame) -> pd.DataFrame:
    """Return the traits of each demand point, less their mean over the households of its metro.

    Parameters
    ----------
    demand
        Columns ``metro_id, households, share_bachelors, median_household_income_usd,
        population_per_sq_km``. A trait that is not known counts as that mean.

    Returns
    -------
    DataFrame
        Columns `TRAITS`, index of ``demand``; shares are shares, logarithms are natural.
    """
    income = demand["median_household_income_usd"]
    density = demand["population_per_sq_km"]
    raw = {
        "share_bachelors": demand["share_bachelors"],
        "log_income": np.log(income.where(income > 0)),
        "log_density": np.log(density.where(density > 0)),
    }
    code = pd.factorize(demand["metro_id"])[0]
    weight = demand["households"].to_numpy(float)
    centred = {}
    for name in TRAITS:
        values = raw[name].to_numpy(float)
        known = ~np.isnan(values) & (weight > 0)
        total = np.bincount(code[known], weight[known], code.max(initial=-1) + 1)
        sums = np.bincount(code[known], (weight * values)[known], len(total))
        mean = np.divide(sums, total, out=np.zeros(len(total)), where=total > 0)
        centred[name] = np.where(np.isnan(values), 0.0, values - mean[code])
    return pd.DataFrame(centred, index=demand.index)


def slopes(ledger: Ledger, fmt: str) -> Floats:
    """Return the ledger's slopes of a format, in the order of `TRAITS`; 0 where there is none."""
    names = [f"affinity_{trait}" for trait in TRAITS]
    return np.array(
        [ledger.value(n, format=fmt) if ledger.has(n, format=fmt) else 0.0 for n in names]
    )


def affinity(of_points: pd.DataFrame, ledger: Ledger, fmt: str) -> Floats:
    """Return the affinity of each point to a format, above 0, shape ``(points,)``.

    Parameters
    ----------
    of_points
        Table of `traits`.
    """
    strength = 1.0
    if ledger.has("affinity_strength", format=fmt):
        strength = ledger.value("affinity_strength", format=fmt)
    index = of_points[list(TRAITS)].to_numpy(float) @ slopes(ledger, fmt)
    factor: Floats = np.exp(strength * index)
    return factor
