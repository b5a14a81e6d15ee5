"""Which cases a sweep is asked for: scenarios, and every point of a grid over them.

A grid is one option a key, ``key=v1,v2``; a value in brackets is a list, as in
``plan.force_in=[a, b],[c]``. What a value means is decided where ``--set`` decides it.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retail_portfolio.inputs.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GRID = "--grid"
"""What a fault calls the place where a grid was given."""
MOST_CASES = 10_000
"""More cases than this are a slip of the keyboard."""
_JOINED = " · "


@dataclass(frozen=True, slots=True)
class Axis:
    """One key of a grid and the values it takes.

    Parameters
    ----------
    key
        A setting or a key of the ledger.
    values
        As written, blanks around them taken off.
    """

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """One case that is asked for.

    Parameters
    ----------
    scenario
        Its name.
    point
        What the grid lays over it, texts ``key=value``.
    """

    scenario: str
    point: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What a reader calls the case, as in ``base · discount_rate=0.07``."""
        return _JOINED.join((self.scenario, *self.point))


def read_axes(texts: Sequence[str], fixed: Sequence[str] = ()) -> tuple[list[Axis], list[Fault]]:
    """Read the axes of a grid.

    Parameters
    ----------
    texts
        One ``key=v1,v2`` an axis.
    fixed
        Texts ``key=value`` that hold in every case.

    Returns
    -------
    tuple
        The axes that could be read, and a fault for everything that is wrong with any.
    """
    axes, faults = [], []
    taken = {text.partition("=")[0].strip(): "--set" for text in fixed}
    for text in texts:
        key, separator, written = text.partition("=")
        key = key.strip()
        values, closed = _split(written)
        if not separator or not key:
            faults.append(Fault(GRID, None, None, text, "key=value,value"))
            continue
        if not closed:
            faults.append(Fault(GRID, None, key, written, "a closing bracket for every opening"))
            continue
        if not all(values):
            expected = "at least one value, and none of them blank"
            faults.append(Fault(GRID, None, key, written, expected))
        if key in taken:
            faults.append(Fault(GRID, None, key, written, f"a key that no other {taken[key]} has"))
        doubled = sorted({value for value in values if values.count(value) > 1})
        faults += [Fault(GRID, None, key, value, "every value once") for value in doubled if value]
        taken[key] = GRID
        axes.append(Axis(key, tuple(values)))
    return axes, faults


def _split(text: str) -> tuple[list[str], bool]:
    """Split at commas outside of brackets; tell whether every bracket is closed."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if depth < 0:
            return parts, False
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts], depth == 0


def wishes(scenarios: Sequence[str], axes: Sequence[Axis]) -> tuple[list[Wish], list[Fault]]:
    """Return every scenario at every point of the grid, the last axis moving fastest.

    Parameters
    ----------
    scenarios
        Names; the base scenario where there is none.
    axes
        The grid; may have no axis.

    Returns
    -------
    tuple
        The cases in order, and faults: a scenario that comes twice, or more than `MOST_CASES`.
    """
    names = list(scenarios) or ["base"]
    faults = [
        Fault("--scenario", None, None, name, "every scenario once") for name in _doubled(names)
    ]
    names = list(dict.fromkeys(names))
    count = math.prod([len(names), *(len(axis.values) for axis in axes)])
    if count > MOST_CASES:
        expected = f"at most {MOST_CASES:,} cases"
        return [], [*faults, Fault(GRID, None, None, f"{count:,} cases", expected)]
    points = list(
        itertools.product(*([f"{axis.key}={value}" for value in axis.values] for axis in axes))
    )
    return [Wish(name, point) for name in names for point in points], faults


def _doubled(names: Sequence[str]) -> Iterable[str]:
    return dict.fromkeys(name for name in names if names.count(name) > 1)
