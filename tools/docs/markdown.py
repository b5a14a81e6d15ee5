"""Small pieces of Markdown, with texts from elsewhere kept from being read as Markdown or HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDE = "---\nhide: [toc]\n---\n"
"""What stands before a page whose tables need its whole width."""
_ACTIVE = re.compile(r"([\\`*_\[\]])")


def plain(text: object) -> str:
    """Return a text on one line, every sign of Markdown and HTML in it taken literally."""
    line = escape(" ".join(str(text).split()), quote=False)
    return _ACTIVE.sub(r"\\\1", line).replace("|", "&#124;")


def code(text: object) -> str:
    """Return a text as code on one line; a text of nothing stays nothing."""
    line = plain(text)
    return f"<code>{line}</code>" if line else ""


def broken(name: str) -> str:
    """Return a name as code that may be broken behind its underscores and points."""
    return re.sub(r"(\\_|\.)", r"\1<wbr>", code(name))


def prose(text: str) -> str:
    """Return a docstring's text as Markdown: doubled backquotes single, lines joined, bars kept."""
    return " ".join(text.split()).replace("``", "`").replace("|", "&#124;").replace("<", "&lt;")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """
    Return a table of Markdown.

    Parameters
    ----------
    header
        Headings; one that ends with `:` is that of a column aligned to the right.
    rows
        Cells, Markdown already, as many a row as there are headings.

    Returns
    -------
    str
        The table, with an empty line before and after it.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than the header.
    """
    lines = [
        "| " + " | ".join(name.rstrip(":") for name in header) + " |",
        "|" + "|".join(" ---: " if name.endswith(":") else " --- " for name in header) + "|",
    ]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells in a table of {len(header)} columns: {row}")
        lines.append("| " + " | ".join(row) + " |")
    return "\n" + "\n".join(lines) + "\n"
