"""Which parameters a notebook takes; papermill would ignore one that it does not."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retail_portfolio.inputs.faults import Fault, InputError, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that can be run.

    Parameters
    ----------
    path
        The file.
    parameters
        Names that its cell tagged ``parameters`` assigns, in order.
    """

    path: Path
    parameters: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name without suffix, as in ``02_closure``."""
        return self.path.stem


def find_notebooks(folder: Path) -> tuple[Notebook, ...]:
    """Read the parameters of every notebook of a folder, in the order of their names.

    Parameters
    ----------
    folder
        Holds ``.ipynb`` files.

    Returns
    -------
    tuple of Notebook

    Raises
    ------
    InputError
        If there is none, or one cannot be read.
    """
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not paths:
        raise InputError([Fault(f"{folder.name}/", None, None, None, "at least one notebook")])
    return tuple(read_notebook(path) for path in paths)


def read_notebook(path: Path) -> Notebook:
    """Read which parameters a notebook declares.

    Parameters
    ----------
    path
        A notebook with one cell tagged ``parameters``, which assigns a name a line.

    Returns
    -------
    Notebook

    Raises
    ------
    InputError
        If it is no notebook, or has no such cell.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = [
            "".join(cell["source"])
            for cell in cells
            if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", ())
        ]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise InputError([Fault(path.name, None, None, str(error), "a notebook")]) from error
    if not sources:
        raise InputError([Fault(path.name, None, None, None, "a cell tagged 'parameters'")])
    try:
        lines = ast.parse(sources[0]).body
    except SyntaxError as error:
        expected = "a line a parameter in the cell tagged 'parameters'"
        raise InputError([Fault(path.name, None, None, error.text, expected)]) from error
    return Notebook(path, tuple(_assigned(lines)))


def _assigned(lines: Iterable[ast.stmt]) -> Iterable[str]:
    for line in lines:
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def check_parameters(notebooks: Iterable[Notebook], given: Iterable[str]) -> None:
    """Refuse a parameter that a notebook does not declare; papermill would run without it.

    Parameters
    ----------
    notebooks
        All that are going to run.
    given
        Names of the parameters they will be given.

    Raises
    ------
    InputError
        With a fault for every parameter and notebook.
    """
    names = list(given)
    faults = [
        Fault(
            f"{notebook.name}.ipynb",
            None,
            "parameters",
            name,
            f"a parameter it declares: {one_of(notebook.parameters, name)}",
        )
        for notebook in notebooks
        for name in names
        if name not in notebook.parameters
    ]
    if faults:
        raise InputError(faults)
