"""Sobol indices: which share of an output's variance each name, or a group of them, is behind.

For an output y of independent inputs, x_g those of group g and x_-g all others (Sobol 2001):

    first order   S_g = Var( E[y | x_g] ) / Var(y)      what g does by itself
    total         T_g = E[ Var(y | x_-g) ] / Var(y)     and what it does together with others

Two samples A and B of n points each, and for each group the sample A with the columns of the group
taken from B, are n (groups + 2) evaluations. SALib makes the indices of them (Saltelli et al. 2010
for the first order, Jansen's of 1999 for the total) and resamples the points for the width of what
chance leaves. The points are the two halves of one scrambled Sobol sequence, laid out as SALib's
own sampler does (``SALib.sample.sobol`` with groups, no second order), block by block and not row
by row, so that a block is one call and no more than one is in memory.

Where names are correlated the points here are those before they are joined: a function that joins
them itself (`retail_portfolio.model.sampling.draws.joined`) has an index for what a name does, with
what it draws along, and one for what is left of each name that hangs on it.

`first_order_of_sample` takes the first order from a plain sample instead, by regression on the
input's Legendre polynomials (`retail_portfolio.model.sampling.legendre`): no further runs,
correlated inputs as they are, and blind to means that turn more often than the degree allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.number_words import percent
from retail_portfolio.model.result import Result
from retail_portfolio.model.sampling.legendre import DEGREE, fitted
from retail_portfolio.model.sampling.named_outputs import evaluated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.sampling.named_outputs import Outputs

    Floats = NDArray[np.float64]

ALL_OTHERS = "all others"
"""What the group of the names is called that are not looked at one by one."""
RESAMPLES = 100
"""How often the points are resampled for the width of the indices."""
LEVEL = 0.95
"""Share of resampled indices within that width on both sides."""


@dataclass(frozen=True, slots=True)
class SobolResult(Result):
    """A `Result` of Sobol indices.

    Parameters
    ----------
    evaluations
        Rows that the function was asked for.
    """

    evaluations: int = 0


def sobol_indices(
    outputs: Outputs,
    alone: Sequence[str],
    together: Sequence[str],
    points: int,
    seed: int,
    *,
    words: Speech,
) -> SobolResult:
    """Return first-order and total Sobol indices of names, and of all others as one group.

    Parameters
    ----------
    outputs
        Function of the names, as in `retail_portfolio.model.sampling.named_outputs`; called once a
        block of ``points`` rows.
    alone
        Names with an index each.
    together
        Names that share one, `ALL_OTHERS`; may be none.
    points
        A power of two; the function is asked for ``points`` times (groups + 2) rows.
    seed
        0 or more; equal seeds give equal indices.
    words
        What the portfolio decides about words.

    Returns
    -------
    SobolResult
        ``name, output, first_order, first_order_width, total, total_width``: output by output, the
        greatest total first; 95 of 100 resampled indices lie within a width on each side. An output
        that does not vary has indices of 0.

    Raises
    ------
    ValueError
        If ``points`` is no power of two, a name comes twice, or the function returns another shape
        or numbers that are not finite.
    """
    names = [*alone, *together]
    if points < 1 or points & (points - 1):
        message = f"points: found {points}, expected a power of two, such as 1024 or 2048"
        raise ValueError(message)
    if len(set(names)) < len(names) or ALL_OTHERS in names:
        message = f"names: found {', '.join(names)}, expected each once and none {ALL_OTHERS!r}"
        raise ValueError(message)
    labels = [*alone, *([ALL_OTHERS] if together else [])]
    columns = ["name", "output", "first_order", "first_order_width", "total", "total_width"]
    tables: list[pd.DataFrame] = []
    evaluations = points * (len(labels) + 2)
    if labels:
        blocks = [
            evaluated(outputs, block) for block in design_blocks(alone, together, points, seed)
        ]
        tables = [
            _indices(labels, output, np.stack([block[output] for block in blocks], axis=1), seed)
            for output in blocks[0]
        ]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
    return SobolResult(
        table,
        _sentence(table, evaluations if labels else 0),
        dict.fromkeys(columns[2:], "share"),
        dict.fromkeys(columns[2:], "modelled"),
        evaluations=evaluations if labels else 0,
        words=words,
    )


def design_blocks(
    alone: Sequence[str], together: Sequence[str], points: int, seed: int
) -> Iterator[dict[str, Floats]]:
    """Yield the blocks of a design: A, then A with each group from B, then B.

    Returns
    -------
    iterator of dict
        By name, shape ``(points,)``.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - keeps the import of the models light

    names = [*alone, *together]
    both = qmc.Sobol(2 * len(names), scramble=True, rng=seed).random(points).T
    first, second = both[: len(names)], both[len(names) :]
    groups = [{name} for name in alone] + ([set(together)] if together else [])
    for moved in [set(), *groups, set(names)]:
        yield {
            name: np.ascontiguousarray(second[at] if name in moved else first[at])
            for at, name in enumerate(names)
        }


def _indices(labels: list[str], output: str, values: Floats, seed: int) -> pd.DataFrame:
    """Return the indices of one output from its values, shape ``(points, groups + 2)``."""
    table = pd.DataFrame({"name": labels, "output": output})
    kinds = {"S1": "first_order", "S1_conf": "first_order_width"}
    kinds |= {"ST": "total", "ST_conf": "total_width"}
    if np.ptp(values) <= np.finfo(float).eps * np.abs(values).max():
        return table.assign(**dict.fromkeys(kinds.values(), 0.0))
    from SALib.analyze import sobol  # noqa: PLC0415 - light import

    found = sobol.analyze(
        {"num_vars": len(labels), "names": labels},
        values.ravel(),
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=LEVEL,
        # SALib takes 0 for no seed at all.
        seed=seed + 1,
    )
    table = table.assign(**{column: found[kind] for kind, column in kinds.items()})
    return table.sort_values(["total", "name"], ascending=[False, True], kind="stable")


def _sentence(table: pd.DataFrame, evaluations: int) -> str:
    if table.empty:
        return "There is no assumption to look at."
    first = table.drop_duplicates("output")
    told = "; ".join(
        f"{percent(total)} of {output} with {name}"
        for name, output, total in zip(first["name"], first["output"], first["total"], strict=True)
    )
    return f"Most variance goes with one name: {told} ({evaluations:,} evaluations)."


def first_order_of_sample(
    uniforms: Mapping[str, Floats], outputs: Mapping[str, Floats], degree: int = DEGREE
) -> pd.DataFrame:
    """Return first-order indices from a plain sample, by regression on one name at a time.

    What a fit of so many terms explains of mere chance is taken off (the adjusted coefficient of
    determination), and nothing below 0 is returned.

    Parameters
    ----------
    uniforms
        By name, numbers in [0, 1), shape ``(rows,)``, no NaN.
    outputs
        By output, shape ``(rows,)``.
    degree
        Highest degree of the polynomials.

    Returns
    -------
    pandas.DataFrame
        Indexed by name, one column an output, 0 to 1.

    Raises
    ------
    ValueError
        If there are fewer than two rows a term.
    """
    if not outputs:
        return pd.DataFrame(index=list(uniforms))
    values = np.stack(list(outputs.values()), axis=1)
    spread = values.var(axis=0)
    found = np.zeros((len(uniforms), len(outputs)))
    for at, uniform in enumerate(uniforms.values()):
        told = (fitted(uniform, values, degree)[1:] ** 2).sum(axis=0)
        share = np.divide(told, spread, out=np.zeros_like(spread), where=spread > 0)
        rest = (len(values) - 1) / (len(values) - degree - 1)
        found[at] = np.clip(1 - (1 - share) * rest, 0, 1) * (spread > 0)
    return pd.DataFrame(found, index=list(uniforms), columns=list(outputs))


def most_important(first_order: pd.DataFrame, most: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names with the greatest index of any output, and all other names.

    Parameters
    ----------
    first_order
        Of `first_order_of_sample`.
    most
        How many names to choose, 0 or more; names with an index of 0 are not chosen.
    """
    greatest = first_order.max(axis=1)
    order = sorted(first_order.index, key=lambda name: (-greatest[name], name))
    chosen = tuple(name for name in order[:most] if greatest[name] > 0)
    return chosen, tuple(name for name in first_order.index if name not in chosen)
