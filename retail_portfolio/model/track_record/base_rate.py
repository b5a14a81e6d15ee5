"""Probabilities at the level of a base rate, in the order they had.

`tools/forecast.py` asks it when it writes a dated forecast; no notebook and no report does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def at_base_rate(probability: Floats, share: float) -> Floats:
    r"""Shift probabilities by one constant in log odds so that their mean is a given share.

    p'_s = 1 / (1 + exp(-(log(p_s / (1 - p_s)) + c))), with c such that the mean of p' is the share.
    The order of the sites stays as it was.

    Parameters
    ----------
    probability
        Above 0 and below 1, shape ``(sites,)``, at least one.
    share
        Above 0 and below 1.

    Raises
    ------
    ValueError
        If a probability or the share is not between 0 and 1, or there is none.
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - keeps the import of the models light
    from scipy.special import expit, logit  # noqa: PLC0415 - as above

    inside = len(probability) and ((probability > 0) & (probability < 1)).all()
    if not inside or not 0 < share < 1:
        message = "probabilities and the share have to be above 0 and below 1"
        raise ValueError(message)
    index, target = logit(probability), logit(share)

    def miss(shift: float) -> float:
        return float(expit(index + shift).mean()) - share

    # Beyond these ends every site lies below, or above, the share.
    shift = brentq(miss, target - index.max() - 1, target - index.min() + 1, xtol=1e-13)
    shifted: Floats = expit(index + shift)
    return shifted
