"""How a table is shown in a summary: its caption, its columns and their headings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

STORE: Final = ("store", "state")
"""Columns that name a store, in place of its id."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How one table is shown.

    Parameters
    ----------
    caption
        What the table shows.
    columns
        Which columns, in this order, those that are there; all of them where none is named.
    labels
        Headings that differ from the column's name in words.
    folded
        Whether a summary folds it away.
    sort_by
        Column whose largest value comes first.
    unit_column
        Column with the unit of each row.
    links
        Column to the column with its address.
    blank
        Column to what its blank cells say.
    """

    caption: str
    columns: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    folded: bool = True
    sort_by: str = ""
    unit_column: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    blank: Mapping[str, str] = field(default_factory=dict)
