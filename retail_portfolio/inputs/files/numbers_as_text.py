"""Numbers as they are written in tables and on the command line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

_WRITTEN = r"-?+(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]{1,3}+)?+"
NUMBER = re.compile(_WRITTEN)
"""Digits, a point, an exponent; a minus but no plus, and no separator between thousands. The
quantifiers keep what they took, so that no text makes the match slow."""
_ALL = re.compile(rf"(?:(?:{_WRITTEN})?+\n)*+")


def number_of(written: str) -> float | None:
    """
    Read a number.

    Parameters
    ----------
    written
        The text.

    Returns
    -------
    float or None
        Finite; None where the text is no number or too large for one.
    """
    if not NUMBER.fullmatch(written):
        return None
    value = float(written)
    return value if math.isfinite(value) else None


def numbers_of(written: Sequence[str]) -> list[float] | None:
    """
    Read a column of numbers at once.

    Parameters
    ----------
    written
        The texts; a blank one is unknown.

    Returns
    -------
    list of float or None
        NaN where blank; None where any text is no finite number, so that each has to be looked at.
    """
    lines = "\n".join(written) + "\n"
    if not _ALL.fullmatch(lines) or lines.count("\n") != max(1, len(written)):
        return None
    values = [float(text) if text else math.nan for text in written]
    return None if math.inf in values or -math.inf in values else values
