"""Value of information: which fact to go and find out first, before a decision is made.

A decision x is worth V(x), linear in m coefficients c that depend on uncertain names:
``best(c)`` is the value of the best decision for coefficients c, such as the largest of them where
each is one option. ``best`` is convex, as a maximum of linear functions is. With E over all draws:

    EVPI     = E[ best(c) ] - best( E[c] )                        everything were known
    EVPPI_k  = E_k[ best( E[c | u_k] ) ] - best( E[c] )           name k alone were known

u_k is where in its distribution name k stands. E[c | u_k] is a polynomial in u_k fitted to a plain
sample (`retail_portfolio.model.sampling.legendre`), in the manner of Strong, Oakley and Brennan
(2014, Medical Decision Making 34(3), 311-326), who fit additive models or Gaussian processes; and
E_k is an integral over [0, 1), taken at the nodes of Gauss and Legendre. Both terms use the same
fit, so that no EVPPI is below 0.

A fit finds something in mere chance too. As a floor, dummies are fitted that nothing depends on:
the same even numbers in an order shuffled by the seed. What is not above the largest EVPPI of any
dummy is reported as 0 and flagged. EVPPI do not add up: their sum may be less or more than EVPI.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.sampling.legendre import DEGREE, fitted, legendre

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.speech import Speech

    Floats = NDArray[np.float64]
    Best = Callable[[Floats], Floats]

NODES = 32
"""Places at which the integral over one name is taken."""
_EVERYTHING = "Value of knowing everything"
DUMMIES = 32
"""Names that nothing depends on, for the floor of chance."""


@dataclass(frozen=True, slots=True)
class InformationResult(Result):
    """A `Result` of the value of information.

    Parameters
    ----------
    evpi
        Value of knowing everything before the decision.
    floor
        The largest value that chance gave a name of which nothing depends.
    base
        Value of the best decision on mean coefficients.
    """

    evpi: float = 0.0
    floor: float = 0.0
    base: float = 0.0


def information(
    uniforms: Mapping[str, Floats],
    coefficients: Floats,
    best: Best,
    seed: int,
    *,
    unit: str = "usd",
    degree: int = DEGREE,
    words: Speech,
) -> InformationResult:
    """Return what knowing each name beforehand would be worth to a decision.

    Parameters
    ----------
    uniforms
        By name, numbers in [0, 1), shape ``(rows,)``, no NaN.
    coefficients
        Of the decision in each row, shape ``(rows, m)``.
    best
        Values of the best decisions for some vectors of coefficients, shape ``(q, m)`` to
        ``(q,)``; convex in them. Called twice.
    seed
        Of the dummies, 0 or more.
    unit
        Of the values.
    degree
        Highest degree of the polynomials.
    words
        What the portfolio decides about words.

    Returns
    -------
    InformationResult
        ``name, evppi, above_noise``, the most valuable name first, then by name.

    Raises
    ------
    ValueError
        If there are fewer than two rows a term, or ``best`` returns another shape or values that
        are not finite.
    """
    rows = len(coefficients)
    rng = np.random.default_rng(seed)
    dummies = [(rng.permutation(rows) + 0.5) / rows for _ in range(DUMMIES)]
    values = _known_alone([*uniforms.values(), *dummies], coefficients, best, degree)
    known, chance = values[: len(uniforms)], values[len(uniforms) :]
    floor = float(chance.max(initial=0.0))
    worth = _worth(best, np.vstack([coefficients.mean(axis=0), coefficients]))
    evpi = float(max(0.0, worth[1:].mean() - worth[0]))
    known = np.minimum(known, evpi)  # one name alone is worth no more than all of them
    table = pd.DataFrame(
        {
            "name": list(uniforms),
            "evppi": np.where(known > floor, known, 0.0),
            "above_noise": known > floor,
        }
    ).sort_values(["evppi", "name"], ascending=[False, True], kind="stable", ignore_index=True)
    return InformationResult(
        table,
        _sentence(table),
        {"evppi": unit},
        {"evppi": "modelled"},
        (Figure("evpi", _EVERYTHING, evpi, unit, "modelled", "draws", words=words),),
        evpi=evpi,
        floor=floor,
        base=float(worth[0]),
        words=words,
    )


def _known_alone(inputs: list[Floats], coefficients: Floats, best: Best, degree: int) -> Floats:
    """Return the EVPPI of each input, as fitted."""
    from numpy.polynomial.legendre import leggauss  # noqa: PLC0415 - keeps the models light

    places, weights = leggauss(NODES)
    polynomials = legendre((places + 1) / 2, degree)
    fits = [fitted(uniform, coefficients, degree) for uniform in inputs]
    # The mean of a fit over its input is its first term, as the polynomials are orthonormal.
    vectors = [np.vstack([fit[0], polynomials @ fit]) for fit in fits]
    worth = _worth(best, np.concatenate(vectors)).reshape(len(inputs), NODES + 1)
    values: Floats = np.maximum(0.0, worth[:, 1:] @ (weights / 2) - worth[:, 0])
    return values


def _worth(best: Best, vectors: Floats) -> Floats:
    """Call ``best`` and hold what it returns against what it was given."""
    worth = np.asarray(best(vectors), dtype=float)
    if worth.shape != (len(vectors),) or not np.isfinite(worth).all():
        message = (
            f"best: found shape {worth.shape}, expected finite numbers of shape ({len(vectors)},)"
        )
        raise ValueError(message)
    return worth


def _sentence(table: pd.DataFrame) -> str:
    told = int(table["above_noise"].sum())
    if not told:
        return "No single assumption is worth finding out: none would change the decision enough."
    return (
        f"Find out {table['name'].iloc[0]} first; {told} of {len(table)} assumptions are worth "
        "more than chance would make them."
    )
