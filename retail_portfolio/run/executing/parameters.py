"""Which parameters a notebook takes, and whether they are those of the settings model.

Papermill would ignore a parameter that a notebook does not have, and a default that was changed in
one notebook would have it alone say something else than its neighbours. Nothing is executed here:
the cell is read as text.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.faults import Fault, InputError, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from retail_portfolio.inputs.settings.parameters import NotebookParameter

TAG = "parameters"
"""Tag of the cell that holds a notebook's parameters."""
_CELL = "the cell tagged 'parameters'"
_NO_NOTEBOOK = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading a file as a notebook may raise; the last where its JSON is nested too deep."""
_TOLD_BY = {
    "scenario": "--scenario NAME",
    "data_dir": "--data DIR",
    "overrides": "--set KEY=VALUE",
}
"""How a run is told another value of what is no setting."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A parameter as the cell of a notebook declares it.

    Parameters
    ----------
    name
        Its name.
    line
        Its line in the cell, from 1.
    type
        Its annotation as written; empty where there is none.
    written
        Its default as written; ``None`` where there is none.
    """

    name: str
    line: int
    type: str
    written: str | None

    def value(self) -> Any:
        """Return the default; raise `ValueError` where it is no plain value."""
        if self.written is None:
            raise ValueError(self.name)
        try:
            return ast.literal_eval(f"({self.written})")  # it may go over several lines
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise ValueError(self.written) from error


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook that can be run.

    Parameters
    ----------
    path
        The file.
    declared
        What its cell tagged ``parameters`` declares, in order.
    faults
        What else stands in that cell, and every further cell of that tag.
    own_file
        What its file is called where it is an analyst's own; see
        `retail_portfolio.run.executing.own_notebooks`.
    called
        Its name in a report, where that is not the file's.
    extra
        Whether it stands in a report in addition, and so may leave nothing but its page.
    """

    path: Path
    declared: tuple[Declared, ...]
    faults: tuple[Fault, ...] = ()
    own_file: str = ""
    called: str = ""
    extra: bool = False

    @property
    def name(self) -> str:
        """Name in a report, as in ``02_closure``: of its page, and of what it leaves."""
        return self.called or self.path.stem

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters, in order."""
        return tuple(dict.fromkeys(one.name for one in self.declared))


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
        If there is none, or with every one that cannot be read.
    """
    paths = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not paths:
        raise InputError([Fault(f"{folder.name}/", None, None, None, "at least one notebook")])
    found: list[Notebook] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            found.append(read_notebook(path))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return tuple(found)


def read_notebook(path: Path) -> Notebook:
    """Read which parameters a notebook declares.

    Parameters
    ----------
    path
        A notebook with one cell tagged ``parameters``, which assigns a name a line.

    Returns
    -------
    Notebook
        Whether the parameters are the right ones, `parameter_faults` says.

    Raises
    ------
    InputError
        If it is no notebook, has no such cell, or the cell is no Python.
    """
    if not path.is_file():  # reading a pipe would wait for ever
        raise InputError([Fault(path.name, None, None, None, "a notebook, which is a file")])
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [(cell, "".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
        sources = [text for cell, text in code if TAG in cell["metadata"].get("tags", ())]
    except _NO_NOTEBOOK as error:
        raise InputError([Fault(path.name, None, None, str(error), "a notebook")]) from error
    if not sources:
        raise InputError([Fault(path.name, None, None, None, f"a cell tagged '{TAG}'")])
    try:
        lines = ast.parse(sources[0]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line, text = getattr(error, "lineno", None), getattr(error, "text", None)
        text = (text or str(error)).strip()
        expected = f"a line a parameter in {_CELL}"
        raise InputError([Fault(path.name, line, None, text, expected)]) from error
    return _notebook(path, sources, lines)


def _notebook(path: Path, sources: Sequence[str], lines: Iterable[ast.stmt]) -> Notebook:
    """Tell the assignments of the first cell from everything else in it."""
    declared, faults = [], []
    if len(sources) > 1:
        expected = f"one cell tagged '{TAG}'; papermill takes the first and leaves out the others"
        faults.append(Fault(path.name, None, None, f"{len(sources)} cells", expected))
    for line in lines:
        one = _declared(line, sources[0])
        if one is None:
            written = ast.get_source_segment(sources[0], line)
            expected = f"NAME = VALUE and nothing else in {_CELL}"
            faults.append(Fault(path.name, line.lineno, None, written, expected))
        else:
            declared.append(one)
    return Notebook(path, tuple(declared), tuple(faults))


def _declared(line: ast.stmt, source: str) -> Declared | None:
    """Read one assignment of one name; anything else is None."""
    kind: str | None = ""
    if isinstance(line, ast.AnnAssign):
        target: ast.expr = line.target
        kind = ast.get_source_segment(source, line.annotation)
    elif isinstance(line, ast.Assign) and len(line.targets) == 1:
        target = line.targets[0]
    else:
        return None
    if not isinstance(target, ast.Name):
        return None
    written = ast.get_source_segment(source, line.value) if line.value else None
    return Declared(target.id, line.lineno, kind or "", written)


def parameter_faults(notebooks: Iterable[Notebook], given: Iterable[str] = ()) -> list[Fault]:
    """Hold the tagged cell of every notebook against the settings model.

    A cell may leave parameters out, and annotations; what it has must have the name, type and
    default of `retail_portfolio.inputs.settings.parameters.notebook_parameters`.

    Parameters
    ----------
    notebooks
        All that are going to run.
    given
        Names of the parameters they will be given, which each has to declare.

    Returns
    -------
    list of Fault
        Notebook by notebook, with the line in its cell: names that are missing, unknown or assigned
        twice, other types and defaults, and what is no assignment of a plain value. Empty where
        all can run.
    """
    names = list(given)
    return [fault for notebook in notebooks for fault in _notebook_faults(notebook, names)]


def _notebook_faults(notebook: Notebook, given: Iterable[str]) -> Iterator[Fault]:
    from retail_portfolio.inputs.settings.parameters import (  # noqa: PLC0415 - pydantic takes its time
        notebook_parameters,
    )

    yield from notebook.faults
    yield from _missing(notebook, given)
    file, known = notebook.path.name, {one.name: one for one in notebook_parameters(notebook.name)}
    first: dict[str, int] = {}
    for one in notebook.declared:
        if one.name in first:
            expected = f"each parameter once (it is on line {first[one.name]} too)"
            yield Fault(file, one.line, one.name, one.name, expected)
        elif one.name not in known:
            yield Fault(file, one.line, TAG, one.name, one_of(known, one.name))
        else:
            yield from _differing(file, one, known[one.name])
        first.setdefault(one.name, one.line)


def _missing(notebook: Notebook, given: Iterable[str]) -> Iterator[Fault]:
    for name in given:
        if name not in notebook.parameters:
            expected = f"a parameter it declares: {one_of(notebook.parameters, name)}"
            yield Fault(notebook.path.name, None, TAG, name, expected)


def _differing(file: str, one: Declared, model: NotebookParameter) -> Iterator[Fault]:
    """Compare type and default of one parameter with the settings model's."""
    if one.type and one.type != model.type:
        yield Fault(file, one.line, one.name, one.type, f"the type {model.type}")
    default = list(model.default) if isinstance(model.default, tuple) else model.default
    try:
        value = one.value()
    except ValueError:
        expected = f"a plain value that needs no computing: {default!r}"
        yield Fault(file, one.line, one.name, one.written, expected)
        return
    if value != default:
        expected = f"{default!r} in every notebook; another value is given by {_told_by(one)}"
        yield Fault(file, one.line, one.name, one.written, expected)


def _told_by(one: Declared) -> str:
    """Say how a run is told the value that somebody wrote into the cell."""
    from retail_portfolio.inputs.settings.scenario import Scenario  # noqa: PLC0415 - as above

    if one.name in Scenario.model_fields:
        value = one.value()
        return f"--set {one.name}={'VALUE' if value is None else value} or a scenario"
    return _TOLD_BY.get(one.name, f"papermill -p {one.name} VALUE")
