"""What every table's schema is made of.

A schema is a pandera model whose fields say, besides their checks, how a cell is written (`kind`)
and what is expected of it in words (`expected`). How a table of texts is held against it says
`checked_tables`.
"""

import functools
import sys
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pandera.typing

from retail_portfolio.inputs.faults import one_of

ORIGINS = ("observed", "reported", "assumed", "modelled")
"""Where a number comes from."""
CONFIDENCES = ("high", "medium", "low")
"""How sure a row is."""
ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}"
"""An id: it stands in file names and addresses, so letters, digits, point, dash, underscore."""


_GATHERED_BY = ("get_index_types", "get_series_types")


def _know_types_without_dask() -> None:
    """Have pandera know the types of its columns without those of dask.

    For its first schema pandera gathers the types of every library that is like pandas, and would
    import dask for that where it is installed: half a second of each process that reads a case, and
    no table here is one of dask's. What pandera has for dask can be imported as ever. Nothing is
    done where it is imported already, or where another pandera gathers types in other functions.
    """
    if "pandera.typing.dask" in sys.modules:
        return
    gathers = [getattr(pandera.typing, name, None) for name in _GATHERED_BY]
    vars(pandera.typing)["dask"] = SimpleNamespace(DASK_INSTALLED=False)
    try:
        for gather in filter(None, gathers):
            gather()
    finally:
        del vars(pandera.typing)["dask"]


_know_types_without_dask()


class Table(pa.DataFrameModel):
    """The common ground of all tables."""

    class Config:
        """Columns are checked when the header is read; order does not matter."""

        strict = False


def text(expected: str = "a text", *, blank: bool = True, pattern: str = "", **checks: Any) -> Any:
    """Declare a column of texts; `pattern` holds for the whole cell."""
    matches: dict[str, Any] = {
        "str_matches": rf"^(?:{pattern}|)$" if blank else rf"^(?:{pattern})$"
    }
    return _field("text", expected, blank=blank, **(matches if pattern else {}), **checks)


def choice(options: Iterable[str], *, blank: bool = False) -> Any:
    """Declare a column of texts out of a list."""
    listed = list(options)
    allowed = [*listed, ""] if blank else listed
    return _field("text", one_of(listed), blank=blank, isin=allowed, choices=tuple(listed))


def identity(expected: str = "an id of letters, digits, point, dash and underscore") -> Any:
    """Declare a column of ids that occur once."""
    return _field("text", expected, blank=False, str_matches=rf"^{ID}$", unique_id=True)


def key(expected: str, pattern: str) -> Any:
    """Declare a column of keys of a given form that occur once."""
    return _field("text", expected, blank=False, str_matches=rf"^(?:{pattern})$", unique_id=True)


def number(
    expected: str,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    blank: bool = True,
    whole: bool = False,
) -> Any:
    """Declare a column of numbers within bounds."""
    bounds: dict[str, Any] = {
        name: v for name, v in (("ge", ge), ("gt", gt), ("le", le)) if v is not None
    }
    return _field("whole" if whole else "number", expected, blank=blank, **bounds)


def date(expected: str = "a date as YYYY-MM-DD, YYYY-MM or YYYY", *, blank: bool = True) -> Any:
    """Declare a column of dates, which may be known to the month or the year only."""
    return _field("date", expected, blank=blank)


def latitude(*, blank: bool = False) -> Any:
    """Declare a column of latitudes in degrees, WGS 84."""
    return number("a latitude between -90 and 90", ge=-90, le=90, blank=blank)


def longitude(*, blank: bool = False) -> Any:
    """Declare a column of longitudes in degrees, WGS 84."""
    return number("a longitude between -180 and 180", ge=-180, le=180, blank=blank)


def state(*, blank: bool = False) -> Any:
    """Declare a column of states."""
    return text("two capital letters of a state", blank=blank, pattern="[A-Z]{2}")


def zip_code(*, blank: bool = True) -> Any:
    """Declare a column of ZIP codes, which lose their first zeros where they pass for numbers."""
    return text(
        "five digits of a ZIP code, zeros in front included", blank=blank, pattern="[0-9]{5}"
    )


def county(*, blank: bool = True) -> Any:
    """Declare a column of county codes."""
    return text("five digits of a county code (FIPS)", blank=blank, pattern="[0-9]{5}")


def _field(
    kind: str,
    expected: str,
    *,
    blank: bool,
    choices: tuple[str, ...] = (),
    unique_id: bool = False,
    **checks: Any,
) -> Any:
    known = {"kind": kind, "expected": expected, "blank": blank}
    nullable = kind in ("number", "whole")
    return pa.Field(
        nullable=nullable,
        metadata={**known, "choices": choices, "unique_id": unique_id},
        **checks,
    )


@functools.cache
def columns_of(model: type[Table]) -> dict[str, dict[str, Any]]:
    """Return each column of a schema with how it is written and what is expected of it."""
    schema = model.to_schema()
    return {str(name): dict(column.metadata or {}) for name, column in schema.columns.items()}


def empty(model: type[Table]) -> pd.DataFrame:
    """Return a frame of a schema's columns and types without rows."""
    return pd.DataFrame(
        {name: pd.Series([], dtype=type_of(about)) for name, about in columns_of(model).items()}
    )


def is_numeric(about: dict[str, Any]) -> bool:
    """Tell whether a column, as `columns_of` describes it, holds numbers."""
    return about["kind"] in ("number", "whole")


def type_of(about: dict[str, Any]) -> Any:
    """Return the type of such a column in a frame."""
    return np.dtype("float64") if is_numeric(about) else "str"


def looked_up(by_key: "pd.Series[Any]", keys: "pd.Series[str]") -> "pd.Series[Any]":
    """
    Return what stands beside each key.

    Parameters
    ----------
    by_key
        Values, indexed by key; where a key comes twice the first counts.
    keys
        The keys to look up.

    Returns
    -------
    Series
        Index of `keys`, type of `by_key` also where no key is known; missing where unknown.
    """
    return by_key[~by_key.index.duplicated()].reindex(list(keys)).set_axis(keys.index)
