"""Lanes: independent pieces of work done side by side, with results in order.

Numerical libraries leave Python's lock while they compute, so that threads of one process share its
memory and still keep two processors busy. What comes out depends on each piece alone, never on
which of them was done first.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Piece = TypeVar("Piece")
Found = TypeVar("Found")

LANES = 2
"""Pieces that are at work at once."""


def in_lanes(work: Callable[[Piece], Found], pieces: Iterable[Piece]) -> list[Found]:
    """Do a piece of work for each of several, and return what comes out in their order.

    Parameters
    ----------
    work
        Reads what the pieces share and changes none of it. What it raises is raised here.
    pieces
        Taken in order, `LANES` at a time.
    """
    several = list(pieces)
    if len(several) < LANES:
        return [work(piece) for piece in several]
    with ThreadPoolExecutor(LANES) as lanes:
        return list(lanes.map(work, several))
