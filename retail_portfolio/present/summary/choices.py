"""How a table is shown in a summary: its caption, its columns and their headings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.model.checkouts.checkout_codes import Codes

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


def named(choice: Choice, codes: Codes) -> Choice:
    """Return a choice in which walk-out checkout has its name.

    Parameters
    ----------
    choice
        May say ``{code}`` in columns, and ``{label}`` or ``{start}`` (at the beginning of a
        sentence) in caption and headings.
    codes
        What walk-out checkout is called.
    """

    def said(text: str) -> str:
        for mark, words in (
            ("{code}", codes.code),
            ("{label}", codes.label),
            ("{start}", codes.start),
        ):
            text = text.replace(mark, words)
        return text

    return replace(
        choice,
        caption=said(choice.caption),
        columns=tuple(map(said, choice.columns)),
        labels={said(column): said(label) for column, label in choice.labels.items()},
        sort_by=said(choice.sort_by),
    )
