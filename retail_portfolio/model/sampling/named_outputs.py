"""What is looked into from outside: numbers in [0, 1) for each name go in, named outputs come out.

Tornado charts and Sobol indices need nothing else of a model than a function of this kind. It is
given one array a name, shape ``(rows,)``: where in its distribution the name stands in each row,
NaN for its base. It returns one array an output, shape ``(rows,)``, and treats every row by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Outputs = Callable[[Mapping[str, Floats]], Mapping[str, Floats]]


def evaluated(outputs: Outputs, uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
    """Call a function of names for some rows and hold what it returns against what it was given.

    Parameters
    ----------
    outputs
        The function.
    uniforms
        By name, numbers in [0, 1) or NaN, all of shape ``(rows,)``.

    Returns
    -------
    dict
        By output, shape ``(rows,)``, in the function's own order.

    Raises
    ------
    ValueError
        If an output is of another shape or not finite; every such output is named.
    """
    rows = len(next(iter(uniforms.values()), ()))
    found = {name: np.asarray(values, dtype=float) for name, values in outputs(uniforms).items()}
    wrong = [
        f"{name} of shape {values.shape}" if values.shape != (rows,) else f"{name} not finite"
        for name, values in found.items()
        if values.shape != (rows,) or not np.isfinite(values).all()
    ]
    if wrong:
        message = f"outputs: found {'; '.join(wrong)}, expected finite numbers of shape ({rows},)"
        raise ValueError(message)
    return found
