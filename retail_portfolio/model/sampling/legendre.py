"""Means of an output given one input, from a plain sample: regression on Legendre polynomials.

For u even over [0, 1) the polynomials

    p_d(u) = sqrt(2 d + 1) P_d(2 u - 1),   d = 0, 1, ...,   P_d the Legendre polynomials,

are orthonormal: E[p_d(u) p_e(u)] is 1 for d = e and else 0. The mean of an output y given u is near
the sum of c_d p_d(u), with c_d fitted by least squares over the rows of a sample, and the variance
of that mean is the sum of c_d^2 over d > 0. Whatever else y depends on is noise to the fit, so no
further runs of a model are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DEGREE = 5
"""Highest degree unless another is asked for: enough for a mean that turns a few times."""
ROWS_A_TERM = 2
"""Rows that a fit needs at least for each of its terms."""


def legendre(uniform: Floats, degree: int = DEGREE) -> Floats:
    """Return the orthonormal polynomials at numbers in [0, 1], shape ``(rows, degree + 1)``."""
    from numpy.polynomial.legendre import legvander  # noqa: PLC0415 - keeps the models light

    scale = np.sqrt(2 * np.arange(degree + 1) + 1)
    return np.asarray(legvander(2 * uniform - 1, degree) * scale, dtype=np.float64)


def fitted(uniform: Floats, values: Floats, degree: int = DEGREE) -> Floats:
    """Return the coefficients of the mean of some values given one input.

    Parameters
    ----------
    uniform
        The input in [0, 1), shape ``(rows,)``, no NaN.
    values
        Shape ``(rows, columns)``.
    degree
        Highest degree, 0 or more.

    Returns
    -------
    numpy.ndarray
        Shape ``(degree + 1, columns)``.

    Raises
    ------
    ValueError
        If there are fewer than two rows a term.
    """
    if len(uniform) < ROWS_A_TERM * (degree + 1):
        least = ROWS_A_TERM * (degree + 1)
        message = f"rows: found {len(uniform)}, expected {least} or more for degree {degree}"
        raise ValueError(message)
    found = np.linalg.lstsq(legendre(uniform, degree), values, rcond=None)[0]
    return np.asarray(found, dtype=np.float64)
