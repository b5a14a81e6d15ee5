"""What every model hands back: a table with the sentence, units and origins that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from retail_portfolio.inputs.speech import Speech

Origin = Literal["observed", "reported", "assumed", "modelled"]
ORIGINS: tuple[Origin, ...] = ("observed", "reported", "assumed", "modelled")
RangeBasis = Literal["", "one_at_a_time", "one_alone", "draws"]
"""How a range was made; of two ways the ranges differ, as over draws everything moves together.

- ``one_at_a_time``: assumptions moved one at a time, added in quadrature;
- ``one_alone``: the ends that one assumption alone reaches;
- ``draws``: the 5th to the 95th percentile of draws of all assumptions together;
- blank: not told, or there is no range.
"""
RANGE_BASES: tuple[RangeBasis, ...] = ("", "one_at_a_time", "one_alone", "draws")
_SAID = 160
"""How many characters of its sentence a result shows where there is only text."""


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
    range_basis
        How the range was made, one of `RANGE_BASES`.
    words
        What its portfolio decides about words, the currency among them.

    Raises
    ------
    ValueError
        If ``origin`` is not one of `ORIGINS`, ``range_basis`` not one of `RANGE_BASES`, or the
        range does not hold the value.
    """

    key: str
    label: str
    value: float | None
    unit: str
    origin: Origin
    source: str
    low: float | None = None
    high: float | None = None
    range_basis: RangeBasis = field(default="", kw_only=True)
    words: Speech = field(kw_only=True, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse an unknown origin mark or basis, and a range that leaves the value out."""
        if self.origin not in ORIGINS:
            message = f"figure {self.key!r}: origin {self.origin!r} is not one of {ORIGINS}"
            raise ValueError(message)
        if self.range_basis not in RANGE_BASES:
            message = (
                f"figure {self.key!r}: range_basis {self.range_basis!r} is not one of {RANGE_BASES}"
            )
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
    words
        What its portfolio decides about words, as for a `Figure`: whoever draws the table or tells
        of it asks no other.

    Notes
    -----
    As text a result is its sentence and its size; JupyterLab shows the first rows of its table, see
    `retail_portfolio.present.notebooks.notebook_display`.

    Examples
    --------
    >>> import pandas as pd
    >>> from retail_portfolio.inputs.speech import Speech
    >>> table = pd.DataFrame({"store_id": ["a", "b"], "exit_cost_usd": [1.2e6, 0.9e6]})
    >>> units, origins = {"exit_cost_usd": "usd"}, {"exit_cost_usd": "modelled"}
    >>> said = "Leaving both stores costs USD 2.1 M."
    >>> result = Result(table, said, units, origins, words=Speech("USD"))
    >>> result
    Result(2 rows, 2 columns: 'Leaving both stores costs USD 2.1 M.')
    >>> float(result.table["exit_cost_usd"].sum())
    2100000.0
    """

    table: pd.DataFrame
    sentence: str
    units: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    words: Speech = field(kw_only=True, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Freeze the mappings and refuse units or origins of columns that are not there."""
        for name in ("units", "origins"):
            mapping: Mapping[str, str] = getattr(self, name)
            unknown = sorted(set(mapping) - set(self.table.columns))
            if unknown:
                message = f"{name} name columns the table does not have: {', '.join(unknown)}"
                raise ValueError(message)
            object.__setattr__(self, name, MappingProxyType(dict(mapping)))

    def __init_subclass__(cls) -> None:
        """Give a kind of result this short text too: a dataclass would write out all its rows."""
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = Result.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        """Return a line: how large the table is, and what it says."""
        rows, columns = self.table.shape
        sentence = self.sentence if len(self.sentence) <= _SAID else f"{self.sentence[:_SAID]}..."
        size = f"{rows} row{'s' * (rows != 1)}, {columns} column{'s' * (columns != 1)}"
        return f"{type(self).__name__}({size}{self._repr_more()}: {sentence!r})"

    def _repr_more(self) -> str:
        """Return what a kind of result has to say beside its size."""
        figures = len(self.figures)
        return f", {figures} figure{'s' * (figures != 1)}" if figures else ""

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

    def _repr_more(self) -> str:
        """Return whether the choice is proven, and which limits it breaks."""
        broken = len(self.violations)
        limits = f", breaks {broken} limit{'s' * (broken != 1)}" if broken else ""
        # A dataclass with slots is another class than the one that `super()` would mean here.
        return f"{Result._repr_more(self)}, {self.status}{limits}"  # noqa: SLF001 - of its parent
