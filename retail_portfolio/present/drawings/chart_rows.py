"""What a chart asks of its rows, and how it says them in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retail_portfolio.present.formats import is_money, is_share, short, value_text

if TYPE_CHECKING:
    import pandas as pd

_SAID: Final = 5


def need(frame: pd.DataFrame, *columns: str) -> None:
    """Refuse a table without rows or without a column; an empty name asks for none.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows.
    """
    missing = [column for column in columns if column and column not in frame.columns]
    if missing:
        raise KeyError(f"no column {', '.join(missing)} to draw")
    if not len(frame):
        raise ValueError("there is nothing to draw: the table has no rows")


def unique(frame: pd.DataFrame, label: str) -> None:
    """Refuse two rows of one name.

    Raises
    ------
    ValueError
        If a name comes twice.
    """
    twice = sorted(set(frame.loc[frame[label].duplicated(), label].astype(str)))
    if twice:
        raise ValueError(f"two rows would be drawn on one line: {', '.join(twice[:5])}")


def described(frame: pd.DataFrame, label: str, value: str, unit: str) -> str:
    """Say the first five rows in words, and how many more there are."""
    few = frame.head(_SAID)
    rows = [f"{row[label]} {value_text(row[value], unit)}" for _, row in few.iterrows()]
    more = f"; {len(frame) - _SAID} more" if len(frame) > _SAID else ""
    return "; ".join(rows) + more


def beside(value: float, unit: str) -> str:
    """Write the number beside a mark, without the words that stand on the axis."""
    return short(value) if is_money(unit) else value_text(value, "share" if is_share(unit) else "")


__all__ = ["beside", "described", "need", "unique"]
