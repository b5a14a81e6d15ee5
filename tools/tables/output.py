"""Writing: fixed number formats, fixed line ends, nothing a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

_FORMULA_START = ("=", "+", "@", "\t", "\r")


def number_text(value: object, decimals: int) -> str:
    """Return a number with at most `decimals` decimals, without trailing zeros; blank if unknown.

    Examples
    --------
    >>> number_text(12.3400, 3), number_text("", 2), number_text(5.0, 1), number_text(-0.0, 1)
    ('12.34', '', '5', '0')
    """
    if value is None or value == "" or pd.isna(value):  # type: ignore[call-overload]
        return ""
    text = f"{float(str(value)):.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def format_column(frame: pd.DataFrame, column: str, decimals: int) -> None:
    """Turn a column of numbers into text of fixed precision, in place."""
    frame[column] = [number_text(value, decimals) for value in frame[column]]


def write_csv(frame: pd.DataFrame, path: Path, columns: Sequence[str], sort: Sequence[str]) -> None:
    """Write a table as UTF-8 with LF line ends, its rows sorted by `sort`.

    Raises
    ------
    ValueError
        When a column is missing, the sort key is not unique, or a cell starts like a formula.
    """
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise ValueError(f"{path.name}: columns missing: {', '.join(missing)}")
    table = frame[list(columns)].astype(str)
    if table.duplicated(list(sort)).any():
        double = table.loc[table.duplicated(list(sort)), list(sort)].to_string(index=False)
        raise ValueError(f"{path.name}: key {tuple(sort)} repeated:\n{double}")
    table = table.sort_values(list(sort), kind="stable")
    for column in columns:
        bad = table[column].str.startswith(_FORMULA_START)
        if bad.any():
            raise ValueError(f"{path.name}: {column} starts like a formula: {table[column][bad]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
