"""Columns of a table: the heading, unit, scale and decimals that their values are written in."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import pandas as pd

from retail_portfolio.present.formats import (
    MINUS,
    NOT_KNOWN,
    ORIGIN_MARKS,
    as_number,
    as_stated,
    is_blank,
    is_money,
    is_share,
    label_of,
    plain,
    unit_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.speech import Speech

#: What tells the ends of a range and its middle apart in the names of columns.
_END: Final = re.compile(r"(?:^|(?<=_))(?:at|low|base|high|p\d+|modelled|reported)_")
_MILLION_FROM: Final = 500_000.0
#: Letters up to which a text stays on its line, and from which it asks for a wide column.
_SHORT_TEXT: Final = 22
_LONG_TEXT: Final = 60


@runtime_checkable
class TableLike(Protocol):
    """Anything with a frame and the unit and origin of its columns, as every `Result` has."""

    @property
    def table(self) -> pd.DataFrame:
        """The frame, one row a thing."""

    @property
    def units(self) -> Mapping[str, str]:
        """Unit of the columns that have one."""

    @property
    def origins(self) -> Mapping[str, str]:
        """Origin mark of the columns whose rows share one."""


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is written: its heading, its unit, and what turns a value into text.

    Parameters
    ----------
    name, label, unit
        The column's name, its heading in words, and the unit of its values.
    numeric
        Whether it holds numbers.
    scale, digits
        What values are divided by, and with how many decimals they are written then.
    text_class
        Class of its cells, for a column of texts.
    origin
        Origin mark that all its figures share; it stands with the heading.
    blank
        What its blank cells say.
    stated
        Whether numbers stand as they are: each row has a unit of its own.
    currency
        Of its money; blank where it holds none.
    """

    name: str
    label: str
    unit: str
    numeric: bool
    scale: float
    digits: int
    text_class: str = ""
    origin: str = ""
    blank: str = ""
    stated: bool = False
    currency: str = ""

    @property
    def heading(self) -> str:
        """The heading as HTML, with origin and unit."""
        words = unit_words(self.unit, self.currency)
        if is_money(self.unit) and self.scale > 1:
            letter = "M" if self.scale == 1e6 else "k"  # noqa: PLR2004
            words = words.replace(self.currency, f"{self.currency} {letter}", 1)
        if words.lower() == self.label.lower():
            words = ""
        unit = f' <span class="unit">{escape(words)}</span>' if words else ""
        return f"{escape(self.label)}{origin_mark(self.origin)}{unit}"

    def text(self, value: object) -> str:
        """Write one value."""
        if is_blank(value):
            return self.blank or (NOT_KNOWN if self.numeric else "")
        if type(value).__name__ in {"bool", "bool_"}:
            return "yes" if value else "no"
        if isinstance(value, float) and math.isinf(value):
            return "none"  # how far it is to a store of a kind that there is not
        number = as_number(value) if self.numeric else None
        if number is None:
            return str(value)
        return as_stated(number) if self.stated else plain(number / self.scale, self.digits)

    def sort_value(self, value: object, text: str) -> str:
        """Return what a cell is sorted by where its text does not say it; else an empty text.

        Six figures tell any two numbers of a table apart that a reader would.
        """
        if isinstance(value, float) and math.isinf(value):
            return "1e99" if value > 0 else "-1e99"  # behind or before every number
        number = as_number(value) if self.numeric else None
        if number is None or text.replace(",", "").replace(MINUS, "-") == f"{number:.15g}":
            return ""
        return f"{number:.6g}"


def column_of(
    table: TableLike, name: str, label: str = "", blank: str = "", words: Speech | None = None
) -> Column:
    """Return how a column of a table is written, decided by all of its values.

    Parameters
    ----------
    table, name
        The table, and the name of the column.
    label
        Its heading; made from its name where blank.
    blank
        What its blank cells say.
    words
        Of the portfolio; needed where the column holds money.

    Raises
    ------
    ValueError
        If the column holds money and no words are given.
    """
    label = label or label_of(name, words)
    values = table.table[name]
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric:
        longest = int(values.dropna().astype(str).str.len().max() or 0) if len(values) else 0
        kind = "long" if longest > _LONG_TEXT else "short" if longest <= _SHORT_TEXT else ""
        return Column(name, label, "", numeric, 1.0, 0, kind, blank=blank)
    unit = table.units.get(name, "")
    if is_money(unit) and words is None:
        raise ValueError(f"{name} is money: give the words of its portfolio, words=case.words")
    # Rows that each name their unit share no scale and no number of decimals.
    stated = not unit and "unit" in table.table.columns
    # A number and the ends of its range are read against each other.
    sizes = pd.concat([_sizes(table.table[each]) for each in _together(table, name)])
    middle = float(sizes.median()) if len(sizes) else 0.0
    scale = 1.0
    if is_share(unit):
        scale = 0.01
    elif is_money(unit) and len(sizes) and float(sizes.max()) >= _MILLION_FROM:
        scale = 1e6
    elif is_money(unit) and middle >= 10_000:  # noqa: PLR2004
        scale = 1e3
    digits = _digits(sizes / scale, middle / scale)
    origin = _shared(table, name)
    currency = "" if words is None else words.currency
    return Column(name, label, unit, numeric, scale, digits, "", origin, blank, stated, currency)


def _sizes(values: pd.Series) -> pd.Series:
    sizes = values.dropna().astype(float).abs()
    return sizes[(sizes > 0) & (sizes < math.inf)]


def _together(table: TableLike, name: str) -> list[str]:
    """Return the columns that share a scale with one of them: value, low and high, or itself."""
    stem = _END.sub("", name)
    return [
        each
        for each in map(str, table.table.columns)
        if _END.sub("", each) == stem
        and table.units.get(each, "") == table.units.get(name, "")
        and pd.api.types.is_numeric_dtype(table.table[each])
    ]


def _shared(table: TableLike, column: str) -> str:
    """Return the origin that all figures of a column share, or an empty text."""
    words = column.split("_")
    marks = {"_".join(words[:end]) + "_origin" for end in range(len(words), 0, -1)}
    return "" if marks & set(table.table.columns) else table.origins.get(column, "")


def _digits(sizes: pd.Series, middle: float) -> int:
    """Decimals that leave the middle of a column about two figures, and whole numbers whole."""
    if not len(sizes) or bool(((sizes - sizes.round()).abs() < 1e-9).all()):  # noqa: PLR2004
        return 0
    if float(sizes.min()) >= 10 or middle >= 1000:  # noqa: PLR2004
        return 0
    return 1 if middle >= 0.5 else 2  # noqa: PLR2004


def origin_mark(origin: str) -> str:
    """Write an origin as the small letter beside a figure; empty for an origin not stated."""
    if origin not in ORIGIN_MARKS:
        return ""
    letter, words = ORIGIN_MARKS[origin]
    return f'<abbr class="mark" title="{escape(words)}">{letter}</abbr>'
