"""Factors: how much more a banner pulls than its floor space says, solved from what it sells.

The pull of a store is ``a_j = factor_format size_j ^ alpha``. For each format with stores that
trade before the wave and stand among demand points, the factor solves

    sum over its stores of modelled sales = sum of their known or assumed sales

by repeated scaling of every factor with wanted over modelled sales, until they agree. A factor
whose row in the ledger is marked ``modelled`` is such a solution and follows its targets; one
that a user sets is taken as it is. A format without stores takes the factor of the format of its
banner that sells most, or one. A format that is said to sell more than people in its reach spend
ends at `MOST_FACTOR` and is reported as unmet, as is one that nobody reaches, and one whose stores
have people to themselves who spend more than its stores are said to sell, which ends at
`LEAST_FACTOR`: most often rivals are missing from the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.lookup import store_sales_usd_year
from retail_portfolio.model.market.geography import CANDIDATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.huff import Market

    Floats = NDArray[np.float64]

SOLVED = 1e-11
"""Relative miss of the sales targets at which the factors count as solved."""
NEARLY = 1e-6
"""Relative miss from which on a target counts as unmet."""
MOST_ROUNDS = 500
MOST_FACTOR = 1e4
"""No banner pulls ten thousand times what its floor space says: its target cannot be met."""
LEAST_FACTOR = 1e-4
"""Nor a ten-thousandth of it."""


def target_sales_usd_year(case: Case, options: pd.DataFrame) -> Floats:
    """Sales that each option is known or assumed to have, USD a year; NaN for candidates."""
    trading = (options["status"] != CANDIDATE).to_numpy()
    rows = pd.Index(case.stores["store_id"]).get_indexer(pd.Index(options.loc[trading, "store_id"]))
    stores = case.stores.iloc[rows]
    sales = np.full(len(options), np.nan)
    sales[trading] = store_sales_usd_year(case.ledger, stores)[0]
    return sales


def _given(ledger: Ledger, fmt: str) -> float | None:
    """Return the factor a user set, or None where it follows the targets."""
    if not ledger.has("banner_factor", format=fmt):
        return None
    row = ledger.row("banner_factor", format=fmt)
    return None if row.origin == "modelled" else row.base


def solve_factors(
    case: Case, options: pd.DataFrame, unscaled: Market, in_supermarkets: Floats
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Solve for the factor of every format; say which formats' targets cannot be met.

    Parameters
    ----------
    options
        Columns ``option, store_id, format, banner, status, covered``, in the order of the market.
    unscaled
        The market with every factor at one and nothing elsewhere.
    in_supermarkets
        Part of the spending of each point that supermarkets share, above 0 and at most 1.
    """
    code, names = pd.factorize(options["format"], sort=True)
    formats = names.tolist()
    trading = (options["status"] != CANDIDATE).to_numpy()
    over = trading & options["covered"].to_numpy()
    wanted = np.bincount(
        code[over], target_sales_usd_year(case, options)[over], minlength=len(formats)
    )
    given = [_given(case.ledger, fmt) for fmt in formats]
    free = np.array([g is None for g in given]) & (wanted > 0)
    factor = np.array([1.0 if g is None else g for g in given])
    ratio: Floats = np.ones(len(formats))
    total: Floats = np.zeros(len(formats))
    shared = unscaled.spending_usd_year * in_supermarkets
    there, counted = (_by_format(unscaled, code, rows, len(formats)) for rows in (trading, over))
    for _ in range(MOST_ROUNDS):
        inside = there @ factor + unscaled.rivals
        per = np.divide(shared, inside, out=np.zeros(len(inside)), where=inside > 0)
        total = (per @ counted) * factor
        ratio = np.divide(wanted, total, out=np.ones(len(formats)), where=free & (total > 0))
        factor = np.where(free, np.clip(factor * ratio, LEAST_FACTOR, MOST_FACTOR), factor)
        inner = (factor > LEAST_FACTOR) & (factor < MOST_FACTOR)
        if np.abs(ratio - 1)[inner].max(initial=0.0) < SOLVED:
            break
    known = dict(zip(formats, factor.tolist(), strict=True))
    for at, fmt in enumerate(formats):
        if given[at] is None and not free[at]:
            known[fmt] = _sibling(options, fmt, known, dict(zip(formats, wanted, strict=True)))
    missed = ((np.abs(ratio - 1) >= NEARLY) | (total <= 0)) & free
    return known, tuple(fmt for fmt, miss in zip(formats, missed, strict=True) if miss)


def _by_format(
    market: Market, code: NDArray[np.int64], rows: NDArray[np.bool_], formats: int
) -> Floats:
    """Attraction at each point of the options in ``rows``, summed by format."""
    pick = np.zeros((len(code), formats))
    pick[rows, code[rows]] = 1.0
    found: Floats = market.by_point @ pick
    return found


def _sibling(
    options: pd.DataFrame, fmt: str, factors: Mapping[str, float], wanted: Mapping[str, float]
) -> float:
    """Return the factor of the format of the same banner that sells most, or 1."""
    banner = options.loc[options["format"] == fmt, "banner"].iloc[0]
    same = sorted(set(options.loc[options["banner"] == banner, "format"]))
    best = max(same, key=lambda f: wanted[f])
    return factors[best] if wanted[best] > 0 else 1.0
