"""What notebooks import of this program, looked up before anything starts.

A notebook that was written for an earlier program may name a module that has moved since. A module
has one name on its floor, so that its new home is found by that name. Nothing of a notebook is
executed, and no module that it names is imported: names are read off the source. Only packages
are, which may name what they import late.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import symtable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from retail_portfolio.inputs.faults import Fault, did_you_mean
from retail_portfolio.run.executing.python_cells import python_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retail_portfolio.run.executing.parameters import Notebook
    from retail_portfolio.run.executing.python_cells import Cell

_PROGRAM: Final = "retail_portfolio"
_LATE: Final = "__getattr__"
_DEPTH: Final = 3
"""Parts of a name that lies on a floor: program, floor, module."""


def import_faults(notebooks: Iterable[Notebook]) -> list[Fault]:
    """Find what notebooks import of this program and is not there.

    Parameters
    ----------
    notebooks
        All that are going to run.

    Returns
    -------
    list of Fault
        Notebook by notebook, with the cell (0 is the first), the line in it as written, and the new
        home where there is one. An import under a condition or within ``try`` is left to the run:
        it may be meant for another program.
    """
    return [
        Fault(f"{notebook.path.name}, cell {cell.number}", row, None, _written(cell, row), expected)
        for notebook in notebooks
        for cell in python_cells(notebook.path)
        for line in _imports(cell.tree.body)
        for row, expected in _missing(line)
    ]


def _written(cell: Cell, row: int) -> str:
    return cell.lines[row - 1].strip()


def _imports(lines: Iterable[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    for line in lines:
        if isinstance(line, ast.Import | ast.ImportFrom):
            yield line
        elif not isinstance(line, ast.If | ast.Match | ast.Try | ast.TryStar):
            within = ast.iter_child_nodes(line)
            yield from _imports(one for one in within if isinstance(one, ast.stmt))


def _missing(line: ast.Import | ast.ImportFrom) -> Iterator[tuple[int, str]]:
    """Yield the line in its cell, and what would be right there."""
    if isinstance(line, ast.ImportFrom):
        if not line.level and _ours(line.module or ""):
            yield from _missing_from(line, line.module or "")
        return
    for one in line.names:
        if _ours(one.name) and not _is_module(one.name):
            yield one.lineno, _home(one.name) or _no_module(one.name)


def _missing_from(line: ast.ImportFrom, module: str) -> Iterator[tuple[int, str]]:
    home = module if _is_module(module) else _home(module)
    if home is not None and home != module:
        yield line.lineno, home
    lost = False
    for one in line.names:
        if home is not None and (one.name == "*" or _has(home, one.name)):
            continue
        moved = _moved(home, f"{module}.{one.name}")
        if moved is not None:
            yield one.lineno, f"from {moved.rpartition('.')[0]} import {one.name}"
        elif home is not None:
            yield one.lineno, f"a name in {home}{did_you_mean(one.name, sorted(_names(home)))}"
        lost = lost or moved is None
    if home is None and lost:
        yield line.lineno, _no_module(module)


def _moved(home: str | None, name: str) -> str | None:
    """Return where a name lies now that its module, or room, does not have."""
    if home is not None and not _is_package(home):
        return _home_of_name(name)
    return _home(name) or _home_of_name(name)


def _no_module(name: str) -> str:
    known = sorted(_last(one) for one in _floor(name))
    return f"a module of this program{did_you_mean(_last(name), known)}"


def _ours(module: str) -> bool:
    return module.split(".", 1)[0] == _PROGRAM


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:  # what it lies in is not there, or is no package
        return False


def _is_package(module: str) -> bool:
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.submodule_search_locations is not None


def _has(module: str, name: str) -> bool:
    return name.startswith("__") or name in _names(module) or _is_module(f"{module}.{name}")


def _names(module: str) -> set[str]:
    """Return every name that a module has, without importing any but a package."""
    found = {one.get_name() for one in _symbols(module)}
    # A package that imports what it names only when it is asked for lists it.
    return found | set(dir(importlib.import_module(module))) if _LATE in found else found


def _symbols(module: str, *, own: bool = False) -> Iterator[symtable.Symbol]:
    """Yield what the source of a module gives a name; ``own``: without what it imports."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.origin:
        return
    source = Path(spec.origin).read_text(encoding="utf-8")
    for one in symtable.symtable(source, spec.origin, "exec").get_symbols():
        if one.is_assigned() or one.is_namespace() or (one.is_imported() and not own):
            yield one


def _floor(name: str) -> list[str]:
    """Name all modules of the floor that a name lies on; none where there is no such floor."""
    parts = name.split(".")
    floor = ".".join(parts[: _DEPTH - 1])
    spec = importlib.util.find_spec(floor) if len(parts) >= _DEPTH else None
    places = None if spec is None else spec.submodule_search_locations
    return [one.name for one in pkgutil.walk_packages(places or [], f"{floor}.")]


def _home(name: str) -> str | None:
    """Return the one module of its floor that has the last part of a name."""
    found = [one for one in _floor(name) if _last(one) == _last(name)]
    return found[0] if len(found) == 1 else None


def _home_of_name(name: str) -> str | None:
    """Return the name with the one module of its floor that gives its last part to something."""
    found = [
        one
        for one in _floor(name)
        if any(symbol.get_name() == _last(name) for symbol in _symbols(one, own=True))
    ]
    return f"{found[0]}.{_last(name)}" if len(found) == 1 else None
