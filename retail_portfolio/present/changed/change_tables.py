"""Small tables of texts, as a page and a terminal show what changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retail_portfolio.model.number_words import with_plus
from retail_portfolio.present.formats import value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN: Final = 12
"""How many rows of a table are shown; how many more there are is said."""
_STAMP: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Said:
    """One cell: its text, what stands smaller below it, and its class in a page."""

    text: str
    aside: str = ""
    kind: str = ""

    @property
    def whole(self) -> str:
        """Both texts in one."""
        return (
            f"{self.text} ({self.aside})" if self.text and self.aside else self.text or self.aside
        )


Row = tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table to be shown.

    Parameters
    ----------
    caption
        What it shows.
    head
        A heading a column; blank for none.
    rows
        Each as long as ``head``; the first cell is the row's heading.
    hidden
        How many rows there are beyond those.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    hidden: int = 0

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether each column holds numbers."""
        return tuple(
            any(row[at].kind == "num" for row in self.rows) for at in range(len(self.head))
        )


def shown_table(caption: str, head: Sequence[str], rows: Sequence[Row], count: int) -> ShownTable:
    """Cut a table to what is shown.

    Parameters
    ----------
    caption, head, rows
        Its parts.
    count
        How many rows there are in all, of which ``rows`` may be the first.
    """
    kept = tuple(rows[:SHOWN])
    return ShownTable(plain_text(caption), tuple(head), kept, count - len(kept))


def said(text: object, kind: str = "", aside: object = "") -> Said:
    """Make a cell of a text from outside."""
    return Said(plain_text(text), plain_text(aside), kind)


def num(text: object, aside: object = "") -> Said:
    """Make a cell of a number."""
    return Said(plain_text(text), plain_text(aside), "num")


def plain_text(text: object) -> str:
    """Return a text in which everything shows: what is not printable, as its escape sequence."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in str(text)
    )


def day_of(run_id: object) -> str:
    """Return the day of a run from its name, in words; the name where it holds none."""
    name = plain_text(run_id)
    try:
        moment = dt.datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=dt.UTC)
    except ValueError:
        return name
    return f"{moment.day} {moment:%B %Y}"


def signed(number: float, unit: str, currency: str) -> str:
    """Write a difference with its sign: ``+USD 1.2 M``.

    Parameters
    ----------
    number
        In ``unit``.
    unit
        Name of the unit.
    currency
        Of money.
    """
    text = value_text(number, unit, currency)
    return text if number < 0 else with_plus(text)
