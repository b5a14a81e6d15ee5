"""Choices to measure a plan with: sites, rivals and people of made-up metros.

People, sites and rivals stand around the centres of a metro. Attraction falls with the square of
the minutes, nobody drives longer than half an hour, and costs are drawn so that about half of the
sites are worth opening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from retail_portfolio.model.plan_problem import Problem

SEED = 20260127
LONGEST_MINUTES = 30.0
MINUTES_PER_KM, ACCESS_MINUTES = 2.0, 2.0
CENTRES, CENTRES_KM, AROUND_KM = 6, 12.0, 9.0
USD_PER_POINT = 4.2e6
MARGIN_YEARS = 0.2 * 0.75 * 7.5
"""Variable margin after tax over the years, discounted."""
BEYOND_RIVALS = 1.25
WORTHLESS = 0.35
"""Part of the sites whose gain alone does not reach the middle of the costs."""
CAPEX_USD = (5e6, 12e6)


def metro(path: Path, sites: int, points: int, rivals: int, own: int, seed: int = 0) -> None:
    """Write one metro.

    Parameters
    ----------
    path
        File for ``relative`` (points x sites), ``worth``, ``linear``, ``capital``, ``minutes``.
    sites, points, rivals, own
        How many candidates, demand points, competitors and own stores that trade on.
    """
    rng = np.random.default_rng((SEED, seed))
    centres = rng.normal(0, CENTRES_KM, (CENTRES, 2))

    def places(count: int) -> np.ndarray:
        return centres[rng.integers(0, CENTRES, count)] + rng.normal(0, AROUND_KM, (count, 2))

    people, candidates = places(points), places(sites)
    spending = rng.lognormal(0, 0.5, points) * USD_PER_POINT
    minutes, drawn = _drawn(people, candidates, rng.uniform(25, 45, sites))
    others = _drawn(people, places(rivals), rng.uniform(17, 65, rivals))[1].sum(axis=1)
    others = others * BEYOND_RIVALS + 1e-6 * drawn.max()
    mine = _drawn(people, places(own), rng.uniform(30, 45, own))[1].sum(axis=1)
    total = others + mine
    relative, worth = drawn / total[:, None], spending * others / total * MARGIN_YEARS
    alone = worth @ (relative / (1 + relative))
    linear = -np.quantile(alone, WORTHLESS) * rng.uniform(0.8, 1.2, sites)
    np.savez(
        path,
        relative=relative,
        worth=worth,
        linear=linear,
        capital=rng.uniform(*CAPEX_USD, sites),
        minutes=minutes,
        spending=spending,
    )


def _drawn(
    people: np.ndarray, stores: np.ndarray, thousand_sqft: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    km = np.sqrt(((people[:, None] - stores[None]) ** 2).sum(axis=2))
    minutes = ACCESS_MINUTES + MINUTES_PER_KM * km
    drawn = np.where(minutes < LONGEST_MINUTES, (thousand_sqft * 1000) ** 0.8 / minutes**2, 0.0)
    return minutes, drawn


def value_usd(path: Path, chosen: np.ndarray) -> float:
    """Value sites of one metro, from the numbers as they are written."""
    with np.load(path) as file:
        crowd = file["relative"] @ chosen.astype(float)
        return float(file["worth"] @ (crowd / (1 + crowd)) + file["linear"] @ chosen)


def problem_in(files: list[str]) -> tuple[Problem, dict[str, Any]]:
    """Read metros and put them together to one choice; what is beside it comes as arrays."""
    from scipy.sparse import block_diag, csc_array  # noqa: PLC0415

    from retail_portfolio.model.plan_problem import Columns, Pulls, problem_of  # noqa: PLC0415

    parts = []
    for name in files:
        with np.load(name) as file:
            parts.append(dict(file))
    beside = {
        key: np.concatenate([part[key] for part in parts]) for key in ("worth", "linear", "capital")
    }
    beside |= {key: parts[0][key] for key in ("minutes", "spending")}
    count = len(beside["linear"])
    whole = np.arange(count)
    columns = Columns(
        whole,
        ("store",) * count,
        np.ones(count, np.int64),
        whole,
        beside["linear"],
        beside["capital"],
        tuple(f"s{n:04d}" for n in range(count)),
    )
    relative = csc_array(block_diag([part["relative"] for part in parts]))
    pulls = Pulls(relative, beside["worth"], np.ones((count, 1)), np.ones(1))
    return problem_of(columns, pulls), beside
