"""The stores as the script of the map reads them: a column at a time, packed.

A store is its row: its place, its kind, the texts of its card, and each figure of its card as text
with the letter of its origin. Everything here is plain text and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.present.formats import ORIGIN_MARKS, as_number, is_blank, value_text
from retail_portfolio.present.mapping.packing import packed_numbers, packed_texts, steps
from retail_portfolio.present.tables import Table, origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

POINT_STEPS: Final = 100_000
"""Steps of a degree in which places are written: about a metre."""
ROUGH_M: Final = 500.0
"""A point that may be off by more than this is drawn hollow, and its card says so."""
UNKNOWN: Final = -1
"""Stands for a precision that is not known."""

_EARTH_M: Final = 20_000_000.0
"""No two places are further apart; whatever is less exact than this is not known any worse."""
_TEXTS: Final = ("store_id", "street", "city", "state", "banner", "format", "status", "decision")
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class CardFigures:
    """The figures of a store's card.

    Parameters
    ----------
    labels
        Column to the words of the card, in the order of the card.
    currency
        Of those that are money.
    """

    labels: Mapping[str, str]
    currency: str


def placed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have a place on Earth: ``lat`` and ``lon`` in degrees."""
    return frame[frame["lat"].abs().le(90) & frame["lon"].abs().le(180)]


def rows_of(table: Table) -> list[Row]:
    """Return a mapping a store."""
    return [
        {str(key): value for key, value in row.items()} for row in table.table.to_dict("records")
    ]


def store_columns(
    table: Table,
    rows: Sequence[Row],
    kinds: Sequence[int],
    card: CardFigures,
) -> dict[str, Any]:
    """Return the columns of the stores, ready for JSON.

    Parameters
    ----------
    table, rows
        The stores that have a position, and the same as `rows_of` gives them.
    kinds
        Place of each store's kind in the legend.
    card
        Which figures a card shows.

    Returns
    -------
    dict
        ``count``; ``lat, lon`` as steps of 1/`POINT_STEPS` degrees, ``kind`` and ``precision_m``
        (`UNKNOWN` where blank), packed numbers; texts by name; ``figures``, a list of ``label``,
        ``text`` and ``mark``.
    """
    named = {name: packed_texts([_text(row, name) for row in rows]) for name in _TEXTS}
    return {
        **named,
        "count": len(rows),
        "name": packed_texts([store_name(row) for row in rows]),
        "reason": packed_texts([_text(row, "reason") for row in rows]),
        "lat": _degrees([row["lat"] for row in rows]),
        "lon": _degrees([row["lon"] for row in rows]),
        "kind": packed_numbers(kinds),
        "precision_m": packed_numbers(precision_m(row) for row in rows),
        "figures": [
            {"label": label, **_figures(table, rows, name, card.currency)}
            for name, label in card.labels.items()
        ],
    }


def store_name(row: Row) -> str:
    """Return what a store is called: its name, else its banner and city, else its id."""
    banner, city = _text(row, "banner"), _text(row, "city")
    return _text(row, "name") or f"{banner} {city}".strip() or _text(row, "store_id")


def precision_m(row: Row) -> int:
    """Return how exact a store's place is, in whole metres; `UNKNOWN` where nobody says."""
    known = as_number(row.get("point_precision_m"))
    return UNKNOWN if known is None else round(min(max(known, 0.0), _EARTH_M))


def points(table: pd.DataFrame) -> dict[str, str]:
    """Return the places of a table with ``lat`` and ``lon``, packed as those of stores."""
    return {name: _degrees(table[name].tolist()) for name in ("lat", "lon")}


def _degrees(values: Sequence[object]) -> str:
    return packed_numbers(steps([round(float(str(value)) * POINT_STEPS) for value in values]))


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if is_blank(value) else str(value)


def _figures(table: Table, rows: Sequence[Row], column: str, currency: str) -> dict[str, Any]:
    texts, marks, unit = [], [], table.units.get(column, "")
    for row in rows:
        known = as_number(row[column]) is not None
        origin = origin_of(table, column, row) if known else ""
        texts.append(value_text(row[column], unit, currency) if known else "")
        marks.append(ORIGIN_MARKS[origin][0] if origin in ORIGIN_MARKS else "")
    return {"text": packed_texts(texts), "mark": packed_texts(marks)}
