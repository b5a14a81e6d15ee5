"""What every model hands back: a table with the sentence, units and origins that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Origin = Literal["observed", "reported", "assumed", "modelled"]
ORIGINS: tuple[Origin, ...] = ("observed", "reported", "assumed", "modelled")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number a reader may quote, with everything needed to trust it.

    Parameters
    ----------
    key
        Stable identifier, unique within a notebook.
    label
        What the number is, in the reader's words.
    value
        The number in ``unit``; ``None`` where it is not known.
    unit
        Unit of ``value``, ``low`` and ``high``: ``usd``, ``usd_year``, ``stores``, ``share`` ...
    origin
        One of `ORIGINS`.
    source
        Where it comes from: a citation, or the table and model that made it.
    low, high
        Range in ``unit``, or ``None`` where none is stated.

    Raises
    ------
    ValueError
        If ``origin`` is not one of `ORIGINS` or the range does not hold the value.
    """

    key: str
    label: str
    value: float | None
    unit: str
    origin: Origin
    source: str
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown origin mark and a range that leaves the value out."""
        if self.origin not in ORIGINS:
            message = f"figure {self.key!r}: origin {self.origin!r} is not one of {ORIGINS}"
            raise ValueError(message)
        if self.value is None or self.low is None or self.high is None:
            return
        if not self.low <= self.value <= self.high:
            message = f"figure {self.key!r}: {self.value} lies outside {self.low} to {self.high}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Result:
    """A table, the sentence that says what it shows, and the meaning of its columns.

    Parameters
    ----------
    table
        One row a store, technology or whatever the model is about. Treat as read-only.
    sentence
        What the table shows, made from its numbers.
    units
        Unit of each numeric column.
    origins
        Origin mark of each column whose rows share one; a column of marks (``size_origin``)
        overrules it row by row.
    figures
        The numbers worth quoting.
    """

    table: pd.DataFrame
    sentence: str
    units: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the mappings and refuse units or origins of columns that are not there."""
        for name in ("units", "origins"):
            mapping: Mapping[str, str] = getattr(self, name)
            unknown = sorted(set(mapping) - set(self.table.columns))
            if unknown:
                message = f"{name} name columns the table does not have: {', '.join(unknown)}"
                raise ValueError(message)
            object.__setattr__(self, name, MappingProxyType(dict(mapping)))

    def figure(self, key: str) -> Figure:
        """Return the figure called ``key``.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        for figure in self.figures:
            if figure.key == key:
                return figure
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class PlanResult(Result):
    """A `Result` of a choice made over many stores together.

    Parameters
    ----------
    status
        ``optimal`` when the bound proves the choice, ``feasible`` when it does not.
    objective_usd
        Gain over closing every store of the wave.
    bound_usd
        No plan gains more than this.
    gap
        ``(bound - objective) / max(1, |objective|)``; 0 when proven.
    violations
        Limits that a plan somebody named breaks, in words.
    """

    status: Literal["optimal", "feasible", "infeasible"] = "feasible"
    objective_usd: float = 0.0
    bound_usd: float = 0.0
    gap: float = 0.0
    violations: tuple[str, ...] = ()
