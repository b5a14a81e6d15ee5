"""What the codebook of the data folder says of each column: meaning, unit, source."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_HEADER = "| column | unit | origin | meaning | source |\n"
_CELL = re.compile(r"(?<!\\)\|")


class Said(NamedTuple):
    """What is said of a column."""

    unit: str
    meaning: str
    source: str


def read(text: str) -> dict[str, dict[str, Said]]:
    """
    Read the tables of columns of a codebook.

    Parameters
    ----------
    text
        The codebook: a section a file, with a table of `column`, `unit`, `origin`, `meaning` and
        `source`; a row may speak of several columns, and a heading of several files.

    Returns
    -------
    dict
        By file name, what is said of each of its columns; `-` stands for nothing.
    """
    parts = _SECTION.split(text)
    found: dict[str, dict[str, Said]] = {}
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        said = dict(_columns(body))
        if said:
            for name in heading.split(" and "):
                found[name.strip()] = said
    return found


def _columns(body: str) -> list[tuple[str, Said]]:
    _, header, rest = body.partition(_HEADER)
    lines = itertools.takewhile(lambda line: line.startswith("|"), rest.splitlines()[1:])
    rows = [
        [cell.strip() for cell in _CELL.split(line.strip().strip("|"))] for line in lines if header
    ]
    return [
        (name.strip(), Said(*("" if cell == "-" else cell for cell in (unit, meaning, source))))
        for names, unit, _, meaning, source in rows
        for name in names.split(",")
    ]
