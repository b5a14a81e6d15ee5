"""What a command prints for another program: results as plain values that JSON can hold."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from retail_portfolio.present.formats import as_number, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from retail_portfolio.model.result import Figure


def plain_value(value: object) -> str | int | float | bool | None:
    """Return a cell as JSON holds it; ``None`` where it is blank or not a number."""
    if isinstance(value, str):
        return value
    if type(value).__name__ in {"bool", "bool_"}:
        return bool(value)
    if is_blank(value):
        return None
    if isinstance(value, numbers.Integral):
        return int(value)
    number = as_number(value)
    return str(value) if number is None and not isinstance(value, float) else number


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a row a mapping, in the order of the frame."""
    return [
        {str(name): plain_value(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def figure_records(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return each figure with its range, unit, origin and source."""
    names = ("key", "label", "value", "low", "high", "unit", "origin", "source")
    return [{name: plain_value(getattr(one, name)) for name in names} for one in figures]
