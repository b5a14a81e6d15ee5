"""Takes out of an executed notebook what makes two equal runs differ."""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

# Where an object happened to live: <function f at 0x7f3a...>. Other numbers like it are left alone,
# for a page in an output may hold a script.
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,16}(?=>|&gt;)")
# The file that ipykernel invents for a cell holds the number of its process. A looser pattern would
# take minutes over a long line of output.
_CELL_FILE = re.compile(re.escape(tempfile.gettempdir()) + r"/ipykernel_\d+/\d+\.py")


def normalise(notebook: NotebookNode, hide: Mapping[str, str]) -> NotebookNode:
    """Remove times, paths of this machine and random ids, in place.

    Durations belong to the manifest; a cell's number, its source and its outputs stay.

    Parameters
    ----------
    notebook
        The notebook as executed, or as far as it was.
    hide
        Text to put in the place of another, the longest first: folders of this machine and what to
        call them.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    notebook.metadata.pop("papermill", None)
    notebook["cells"] = [cell for cell in notebook.cells if not _is_mark(cell)]
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = "injected-parameters"
        elif "id" not in cell:
            cell["id"] = f"cell-{number}"
        if "outputs" in cell:
            cell["outputs"] = [_clean(output, hide) for output in _joined(cell.outputs)]
    return notebook


def write_notebook(notebook: NotebookNode, path: Path, hide: Mapping[str, str]) -> None:
    """Normalise a notebook and write it, so that a reader sees all of it or nothing.

    Parameters
    ----------
    notebook
        The notebook as executed, or as far as it was.
    path
        Where it goes; its folder exists.
    hide
        As in `normalise`.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import nbformat  # noqa: PLC0415

    normalise(notebook, hide)
    notebook["nbformat_minor"] = max(5, notebook.get("nbformat_minor", 5))  # cells with ids
    aside = path.with_name(f".{path.name}.part")
    text: str = nbformat.writes(notebook, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    aside.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    aside.replace(path)


def _is_mark(cell: NotebookNode) -> bool:
    """Tell a note that papermill puts before a failing cell, which moves every cell's number."""
    return "papermill-error-cell-tag" in cell.metadata.get("tags", ())


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Make one text of what arrived in pieces: where a kernel cuts its stream is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        streams = output.output_type == "stream" == last.get("output_type")
        if streams and output.name == last["name"]:
            last["text"] += output.text
        else:
            joined.append(output)
    return joined


def _clean(value: Any, hide: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for text, instead in hide.items():
            value = value.replace(text, instead)
        return _CELL_FILE.sub("cell", _ADDRESS.sub("0x...", value))
    if isinstance(value, dict):
        for key in value:
            if not key.startswith("image/"):
                value[key] = _clean(value[key], hide)
        return value
    if isinstance(value, list):
        return [_clean(item, hide) for item in value]
    return value
