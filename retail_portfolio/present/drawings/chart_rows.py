"""What a chart asks of its rows, how it colours them, and how it says them in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from retail_portfolio.model.targets import KEEP, RELOCATE
from retail_portfolio.present.formats import is_money, is_share, short, value_text
from retail_portfolio.present.palette import CLOSES, CONVERTS, INK, MOVES, PARTS, REST
from retail_portfolio.present.tables import as_table, words_for
from retail_portfolio.present.words import decision_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.drawings.axes import Scale
    from retail_portfolio.present.tables import TableLike

_SAID: Final = 5


def rows_and_currency(
    source: TableLike | pd.DataFrame, words: Speech | None
) -> tuple[pd.DataFrame, str]:
    """Return the rows of a table and the currency of its money.

    Parameters
    ----------
    source
        A result, which knows its portfolio, or any other table.
    words
        Of the portfolio of a table that is no result.

    Returns
    -------
    tuple of DataFrame and str
        The currency is blank where nobody named it: then no money can be drawn.
    """
    known = words_for(source, words)
    return as_table(source).table, "" if known is None else known.currency


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


def numbered(
    frame: pd.DataFrame, label: str, columns: Mapping[str, str], scale: Scale
) -> pd.DataFrame:
    """Return the names of rows, and their numbers in the unit of a scale.

    Parameters
    ----------
    frame, label
        The rows, and the column of their names.
    columns
        Name of a column of the result to the column that it is made of.
    scale
        What the numbers are drawn in.
    """
    drawn = pd.DataFrame({"label": frame[label].astype(str).to_numpy()})
    for name, column in columns.items():
        drawn[name] = frame[column].astype(float).to_numpy() / scale.divisor
    return drawn


def colours_of(groups: Sequence[str], colours: Mapping[str, str] | None) -> list[str]:
    """Choose a colour a group: the caller's, else the accents of what closes or converts.

    Parameters
    ----------
    groups
        In the order of the legend.
    colours
        Group to colour, for those that the caller chooses.
    """
    chosen = dict(colours or {})
    accents = {"close": CLOSES, "closes": CLOSES, "converts": CONVERTS, "convert": CONVERTS}
    others = {decision_words(KEEP, {}): INK, decision_words(RELOCATE, {}): MOVES}
    spare = iter(PARTS)
    return [
        chosen.get(group)
        or others.get(group)
        or accents.get(group.split("_")[0].split(" ")[0].lower())
        or next(spare, REST)
        for group in groups
    ]


def described(frame: pd.DataFrame, label: str, value: str, unit: str, currency: str = "") -> str:
    """Say the first five rows in words, and how many more there are."""
    few = frame.head(_SAID)
    rows = [f"{row[label]} {value_text(row[value], unit, currency)}" for _, row in few.iterrows()]
    more = f"; {len(frame) - _SAID} more" if len(frame) > _SAID else ""
    return "; ".join(rows) + more


def beside(value: float, unit: str) -> str:
    """Write the number beside a mark, without the words that stand on the axis."""
    return short(value) if is_money(unit) else value_text(value, "share" if is_share(unit) else "")


__all__ = [
    "beside",
    "colours_of",
    "described",
    "need",
    "numbered",
    "rows_and_currency",
    "unique",
]
