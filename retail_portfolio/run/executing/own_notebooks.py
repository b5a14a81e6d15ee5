"""Notebooks of an analyst's own that go through a report: in the place of which, or in addition.

A copy of one of the report's notebooks takes that one's place, and everything that holds for it
holds for the copy; any other stands in the report under a name of its own. Which of the two it is,
its last cell says: the name that it gives to ``write_outputs``. Nothing is executed here.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.folders import absolute_path
from retail_portfolio.present.files import plain_name
from retail_portfolio.run.executing.parameters import Notebook, read_notebook
from retail_portfolio.run.executing.python_cells import python_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OPTION: Final = "--notebook"
_WRITES: Final = "write_outputs"
_SUFFIX: Final = ".ipynb"
_MAX_BYTES: Final = 100_000_000
"""More than a notebook holds whose outputs were left in it by mistake."""
_LONGEST: Final = 60
"""How much of a file's name is kept."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """What the cells of a notebook say that it leaves, as far as that can be read off them.

    Parameters
    ----------
    names
        Names that it gives to ``write_outputs``, each once.
    tables
        Names of tables that stand there, written out.
    """

    names: tuple[str, ...] = ()
    tables: frozenset[str] = frozenset()


def with_own(report: Sequence[Notebook], given: Iterable[str]) -> tuple[Notebook, ...]:
    """Put notebooks of an analyst's own among those of a report.

    Parameters
    ----------
    report
        The report's notebooks.
    given
        Paths as given on the command line.

    Returns
    -------
    tuple of Notebook
        In the order of their names. A notebook whose name the report has takes that one's place.

    Raises
    ------
    InputError
        With everything that is wrong with them: one that is no notebook or has no cell of
        parameters, two of one name, a name that is no file's, a table that another one leaves.
    """
    own: list[Notebook] = []
    known = [notebook.name for notebook in report]
    paths, faults = _placed(given)
    for path in paths:
        try:
            own.append(_read(path, known))
        except InputError as error:
            faults += error.faults
    counted = Counter(notebook.name.casefold() for notebook in own)
    faults += [
        Fault(one.own_file, None, None, one.name, f"a name that no other {OPTION} has")
        for one in own
        if counted[one.name.casefold()] > 1
    ]
    names = {notebook.name for notebook in own}
    others = [notebook for notebook in report if notebook.name not in names]
    faults += _twice_left(own, others)
    if faults:
        raise InputError(faults)
    return tuple(sorted([*others, *own], key=lambda notebook: notebook.name))


def as_marked(
    notebooks: Iterable[Notebook], own: Mapping[str, Mapping[str, Any]]
) -> tuple[Notebook, ...]:
    """Mark the notebooks that were an analyst's own in an earlier report.

    Parameters
    ----------
    notebooks
        All that the earlier report kept.
    own
        What `own_notebooks` said of them.

    Returns
    -------
    tuple of Notebook
    """
    return tuple(
        replace(one, own_file=said["file"], extra=said["extra"])
        if (said := own.get(one.name))
        else one
        for one in notebooks
    )


def own_notebooks(notebooks: Iterable[Notebook]) -> dict[str, dict[str, Any]]:
    """Return what a manifest says of the notebooks that are an analyst's own.

    Returns
    -------
    dict
        By name: ``file``, and ``extra``, whether it stands in the report in addition.
    """
    return {
        notebook.name: {"file": notebook.own_file, "extra": notebook.extra}
        for notebook in notebooks
        if notebook.own_file
    }


def describe(notebook: Notebook) -> str:
    """Say in one line what an analyst's own notebook does in a report."""
    if not notebook.extra:
        return f"{notebook.own_file} stands in the place of {notebook.name}"
    said = f"{notebook.own_file} is shown in addition, as {notebook.name}"
    return said if leaves(notebook.path).names else f"{said}; no cell of it calls {_WRITES}"


def leaves(path: Path) -> Leaves:
    """Read off the cells of a notebook what it leaves.

    Parameters
    ----------
    path
        A notebook that `retail_portfolio.run.executing.parameters.read_notebook` could read.

    Returns
    -------
    Leaves
        A name or a table that is computed is not in it; nor is a cell that is no Python.
    """
    names: dict[str, None] = {}
    tables: set[str] = set()
    for call in _calls(path):
        said = {one.arg: one.value for one in call.keywords}
        name = call.args[1] if len(call.args) > 1 else said.get("notebook")
        names |= dict.fromkeys(_texts([name]))
        if isinstance(written := said.get("tables"), ast.Dict):
            tables |= set(_texts(written.keys))
    return Leaves(tuple(names), frozenset(tables))


def _placed(given: Iterable[str]) -> tuple[list[Path], list[Fault]]:
    """Return the path of each file, however often it is given, and a fault for each without one."""
    paths: dict[Path, None] = {}
    faults: list[Fault] = []
    for one in dict.fromkeys(given):
        try:
            paths[absolute_path(one, OPTION)] = None
        except InputError as error:
            faults += error.faults
    return list(paths), faults


def _read(path: Path, known: Sequence[str]) -> Notebook:
    """Read one that was given, and find the name it has in the report."""
    if path.suffix != _SUFFIX or not path.is_file():
        raise InputError([Fault(OPTION, None, None, path.name, f"a file NAME{_SUFFIX}")])
    if path.stat().st_size > _MAX_BYTES:
        expected = f"at most {_MAX_BYTES:,} bytes; clear its outputs"
        raise InputError([Fault(path.name, None, None, None, expected)])
    notebook = read_notebook(path)
    names = leaves(path).names
    if len(names) > 1:
        expected = f"one name in all its calls of {_WRITES}"
        raise InputError([Fault(path.name, None, None, ", ".join(names), expected)])
    name = names[0] if names else _name_of_file(path.stem, known)
    try:
        plain_name(name, _WRITES)
    except ValueError as error:
        expected = f"a plain name: letters, digits, '_' and '-' ({_WRITES} says which, or the file)"
        raise InputError([Fault(path.name, None, None, names[0] if names else "", expected)]) from (
            error
        )
    return replace(notebook, own_file=_shown(path.name), called=name, extra=name not in known)


def _shown(file: str) -> str:
    """Return a file's name as a page and a terminal can show it."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in file)[-_LONGEST:]


def _name_of_file(stem: str, known: Iterable[str]) -> str:
    """Return the notebook whose copy a file is, by its name; else its own name, made plain."""
    # JupyterLab calls a copy 03_conversion-Copy1; people put a word before or behind.
    for name in known:
        if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", stem):
            return name
    return re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_-")[:_LONGEST]


def _twice_left(own: Iterable[Notebook], others: Iterable[Notebook]) -> Iterator[Fault]:
    """Find tables that an own notebook leaves and another one too, which would end the run."""
    owners: dict[str, str] = {}
    for notebook in others:
        owners |= dict.fromkeys(leaves(notebook.path).tables, notebook.name)
    for notebook in own:
        for table in sorted(leaves(notebook.path).tables):
            if table in owners:
                expected = f"a table's name that {owners[table]} does not leave"
                yield Fault(notebook.own_file, None, "tables", table, expected)
            owners.setdefault(table, notebook.name)


def _calls(path: Path) -> Iterator[ast.Call]:
    """Yield every call of ``write_outputs`` in a notebook's cells."""
    for cell in python_cells(path):
        calls = (one for one in ast.walk(cell.tree) if isinstance(one, ast.Call))
        yield from (one for one in calls if _named(one.func))


def _named(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return bool(name == _WRITES)


def _texts(nodes: Iterable[ast.expr | None]) -> list[str]:
    found = [one.value for one in nodes if isinstance(one, ast.Constant)]
    return [one for one in found if isinstance(one, str)]
