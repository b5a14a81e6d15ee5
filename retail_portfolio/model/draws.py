"""Draws: the ledger of assumptions as distributions, and one ledger for each draw from them.

A row with low a, base m and high c is a PERT distribution, a beta distribution on [a, c] with mode
m (`retail_portfolio.model.ensemble`). In draw n it takes its quantile at u_nd:

    x_n = Q(u_nd),   Q the inverse of the distribution, u_n a point of a Sobol sequence, in [0, 1)^D

One dimension d serves a whole name, the key before its first dot: rows that refine a name by format
or state are one judgement and are high together, as in `Ledger.at_end`. The sequence is scrambled
(Owen 1998; linear matrix scramble and digital shift) from a seed, so that equal seeds give equal
draws, and every power of two of them covers each name's [0, 1) evenly. The first draws of a longer
run are those of a shorter one.

Dimensions are given to all names of the ledger in the order of the alphabet, moving or not, and D
is the next power of two. So a range that changes, a figure that is decided and a row that refines a
known name leave every other draw as it was; a new name shifts the names behind it. A place in the
sequence that hangs on the name alone would shift nobody, but names would lie far apart among many
more dimensions, where Sobol sequences of few points are poor: over the ledger's 176 moving names
the rank correlation of pairs at 512 draws had a root mean square of 0.05 and reached 0.8, against
0.03 and 0.5 in the order of the alphabet.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.ensemble import pert_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Assumption

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LedgerDraws:
    """The moving rows of a ledger, drawn.

    Parameters
    ----------
    ledger
        The assumptions that were drawn from.
    keys
        Keys of the rows that move, in the order of the ledger.
    values
        Their values in the unit of each row, shape ``(draws, keys)``.
    """

    ledger: Ledger
    keys: tuple[str, ...]
    values: Floats

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.values)

    def ledger_of(self, draw: int) -> Ledger:
        """Return the ledger of one draw: bases as drawn, lows and highs as they were.

        Raises
        ------
        IndexError
            If there is no such draw.
        """
        drawn = dict(zip(self.keys, self.values[draw].tolist(), strict=True))
        return Ledger(
            tuple(
                dataclasses.replace(row, base=drawn[key]) if key in drawn else row
                for key, row in self.ledger.items()
            )
        )


def name_of(key: str) -> str:
    """Return the name that a key refines: what stands before its first dot.

    Examples
    --------
    >>> name_of("rent_net_usd_per_sqft_year.shop.oh"), name_of("gross_margin")
    ('rent_net_usd_per_sqft_year', 'gross_margin')
    """
    return key.partition(".")[0]


def moves(row: Assumption) -> bool:
    """Tell whether draws of a row differ: it has a width and is not ``fixed``."""
    return row.low < row.high and row.distribution != "fixed"


def quantiles(ledger: Ledger, draws: int, seed: int) -> dict[str, Floats]:
    """Return a number in [0, 1) for every name of the ledger in every draw.

    Parameters
    ----------
    draws
        A power of two, 1 or more.
    seed
        0 or more.

    Returns
    -------
    dict
        By name without suffixes, arrays of shape ``(draws,)``.

    Raises
    ------
    ValueError
        If ``draws`` is no power of two: other counts do not cover the names evenly.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - keeps the import of the models light

    if draws < 1 or draws & (draws - 1):
        message = f"draws: found {draws}, expected a power of two, such as 256 or 512"
        raise ValueError(message)
    names = sorted({name_of(key) for key in ledger})
    dimensions = 1 << max(len(names) - 1, 0).bit_length()
    points = qmc.Sobol(dimensions, scramble=True, rng=seed).random(draws)
    return {name: points[:, at] for at, name in enumerate(names)}


def draw_ledger(ledger: Ledger, draws: int, seed: int) -> LedgerDraws:
    """Draw every row of a ledger that moves.

    Parameters
    ----------
    draws
        How many, a power of two.
    seed
        Start of the scramble, 0 or more; equal seeds give equal bytes.

    Raises
    ------
    ValueError
        If ``draws`` is no power of two.
    """
    uniform = quantiles(ledger, draws, seed)
    rows = [row for row in ledger.values() if moves(row)]
    drawn = [pert_quantile(row, uniform[name_of(row.key)]) for row in rows]
    values = np.stack(drawn, axis=1) if drawn else np.zeros((draws, 0))
    return LedgerDraws(ledger, tuple(row.key for row in rows), values)
