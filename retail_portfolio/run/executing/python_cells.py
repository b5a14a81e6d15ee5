"""Cells of a notebook as Python that can be looked at; nothing is executed.

Lines for IPython alone, ``%matplotlib inline`` or ``!ls``, are no Python: they are left out, and
every other line keeps its number. A cell that is in another language, or that no run executes, is
none of these.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SKIPPED: Final = "skip-execution"
"""Tag of a cell that a run leaves out."""
_OF_PYTHON: Final = frozenset({"capture", "prun", "time", "timeit"})
"""Magics of a whole cell that run it as Python all the same."""
_WHOLE: Final = re.compile(r"\s*%%(\w*).*")
_LINE: Final = re.compile(r"^([ \t]*)(?:[%!?](?:.*\\\n)*.*|.*\?[ \t]*)$", re.MULTILINE)
_GIVEN: Final = re.compile(r"^([ \t]*[\w.,\[\] \t]+=[ \t]*)[%!].*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is Python.

    Parameters
    ----------
    number
        Its place among all cells of the notebook; 0 is the first, as where a cell fails.
    lines
        As written.
    tree
        What it says.
    """

    number: int
    lines: tuple[str, ...]
    tree: ast.Module


def python_cells(path: Path) -> Iterator[Cell]:
    """Read the cells of a notebook that a run executes as Python.

    Parameters
    ----------
    path
        A notebook that `retail_portfolio.run.executing.parameters.read_notebook` could read.

    Yields
    ------
    Cell
        A cell that cannot be read is left out: it will say so itself when it runs.
    """
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] != "code" or _SKIPPED in cell["metadata"].get("tags", ()):
            continue
        source = "".join(cell["source"])
        if (tree := _tree(source)) is not None:
            yield Cell(number, tuple(source.split("\n")), tree)


def _tree(source: str) -> ast.Module | None:
    if whole := _WHOLE.match(source):
        if whole[1] not in _OF_PYTHON:
            return None
        source = "\n" * whole[0].count("\n") + source[whole.end() :]
    # A line within brackets or a text may begin like a magic: what is Python stays as it is.
    return _parsed(source) or _parsed(_GIVEN.sub(r"\1None", _LINE.sub(_left_out, source)))


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _left_out(found: re.Match[str]) -> str:
    """Put a line in the place of a magic that does nothing, as deep and as long."""
    return f"{found[1]}pass" + "\n" * found[0].count("\n")
