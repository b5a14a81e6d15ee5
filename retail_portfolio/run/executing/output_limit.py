"""How much a cell may write, counted as it arrives, and what is kept of one that wrote too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

BYTES_PER_MB = 1_000_000
CELL_OUTPUT_MB = 20
"""What the outputs of a cell may come to."""
NOTEBOOK_OUTPUT_MB = 40
"""What the outputs of a notebook may come to."""
LEAST_OUTPUT_BYTES = 2_000
"""What an output counts at least: millions of tiny ones fill the memory as well."""
KEPT_CELL_BYTES = 200_000
"""What is kept of the outputs of the cell at fault: somebody is to read it."""
KEPT_OTHERS_BYTES = 100_000
"""What is kept of the outputs of all its other cells together."""
_FRAME_BYTES = 100  # what stands around an output in a notebook
LINE_BYTES = 11
"""What a line of text takes in a notebook beside its letters: room at its left, quotes, a comma."""


class OutputTooLarge(Exception):  # noqa: N818 - it says what happened
    """A cell, or all cells of a notebook, wrote more than they may."""


@dataclass
class Meter:
    """Counts what the cells of a notebook write.

    A message of the kernel has been taken in by the time it is counted, and holds what was written
    since the one before, a fifth of a second or less: memory is bounded by that, not by the limit.

    Attributes
    ----------
    cell
        Index of the cell that was counted last.
    cell_bytes, notebook_bytes
        What it wrote, and what all wrote together.
    """

    cell: int | None = None
    cell_bytes: int = 0
    notebook_bytes: int = 0

    def take(self, cell: int, content: Mapping[str, Any]) -> None:
        """Count what a message of the kernel holds.

        Parameters
        ----------
        cell
            Index of the cell it belongs to.
        content
            Content of the message; anything but output weighs nothing.

        Raises
        ------
        OutputTooLarge
            If the cell or the notebook is over its limit now.
        """
        if cell != self.cell:
            self.cell, self.cell_bytes = cell, 0
        size = weigh(content)
        size = size and max(LEAST_OUTPUT_BYTES, size)
        self.cell_bytes += size
        self.notebook_bytes += size
        if self.cell_bytes > CELL_OUTPUT_MB * BYTES_PER_MB:
            raise OutputTooLarge(_too_large("the cell", CELL_OUTPUT_MB))
        if self.notebook_bytes > NOTEBOOK_OUTPUT_MB * BYTES_PER_MB:
            raise OutputTooLarge(_too_large("the notebook", NOTEBOOK_OUTPUT_MB))


def _too_large(what: str, most_mb: int) -> str:
    return f"what {what} wrote would take more than {most_mb} MB in the notebook"


def weigh(content: Mapping[str, Any]) -> int:
    """Return the bytes of an output, or of the message that brings one.

    Parameters
    ----------
    content
        Text of a stream, the forms of something displayed, or a traceback.

    Returns
    -------
    int
        Close to what it comes to in a file; 0 for what is no output.
    """
    shown = content.get("data")
    forms = [*shown.values()] if isinstance(shown, dict) else []
    parts = [one for one in (content.get("text"), content.get("traceback"), *forms) if one]
    return sum(map(_bytes, parts)) + _FRAME_BYTES if parts else 0


def _bytes(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_bytes, value))
    text = value if isinstance(value, str) else str(value)
    # Text that is plain is counted without making a copy of it.
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return size + LINE_BYTES * text.count("\n")


def keep_readable(notebook: NotebookNode, at_fault: int | None) -> None:
    """Cut the outputs of a notebook to what a person would read, in place, and say so there.

    Parameters
    ----------
    notebook
        As far as it was executed.
    at_fault
        Index of the cell that wrote too much: most of what is kept is kept of it.
    """
    room = KEPT_OTHERS_BYTES
    for number, cell in enumerate(notebook.cells):
        if not cell.get("outputs"):
            continue
        if number == at_fault:
            cell["outputs"] = _cut(cell.outputs, KEPT_CELL_BYTES)
        else:
            cell["outputs"] = _cut(cell.outputs, room)
            room = max(0, room - sum(map(weigh, cell.outputs)))


def _cut(outputs: Sequence[NotebookNode], room: int) -> list[NotebookNode]:
    """Return the first outputs that fit, the one at the edge in part, and a line for the rest."""
    kept: list[NotebookNode] = []
    for output in outputs:
        size = weigh(output)
        if size <= room:
            room -= size
            kept.append(output)
            continue
        if output.output_type == "stream":
            kept.append(_stream(output.name, _first(output.text, room)))
        wrote = f"[cut here: all that this cell wrote would take {_mb(outputs)} MB]"
        kept.append(_stream("stderr", f"\n{wrote}\n"))
        break
    return kept


def _stream(name: str, text: str) -> NotebookNode:
    from nbformat import NotebookNode  # noqa: PLC0415 - whoever only counts need not wait for it

    made = {"output_type": "stream", "name": name, "text": text}
    return NotebookNode(made)  # type: ignore[no-untyped-call]


def _first(text: str, room: int) -> str:
    """Return the first lines that fit, the last of them in part."""
    fitting = []
    for line in text[:room].splitlines(keepends=True):
        part = line.encode("utf-8", "replace")[: max(0, room)].decode("utf-8", "ignore")
        room -= _bytes(line)
        fitting.append(part)
    return "".join(fitting)


def _mb(outputs: Sequence[NotebookNode]) -> str:
    return f"{sum(map(weigh, outputs)) / BYTES_PER_MB:.1f}"
