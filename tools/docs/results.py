"""The page of a report's tables: every table that the notebooks leave, and its columns.

Which columns a table has shows when it is made. So the code of each notebook is run here, without a
kernel, on the bundled case with few draws, and what it left is read. That takes a while: what was
found is kept in `build/`, under a hash of everything it hangs on.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import multiprocessing
import os
import tempfile
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

from retail_portfolio.inputs.folders import checkout_root
from tools.docs.markdown import code, plain, prose, table

PARAMETERS: Final = "parameters"
FEW_DRAWS: Final = ("draws=32", "solved_draws=1")
_DEPENDS_ON: Final = ("retail_portfolio/**/*", "notebooks/*.ipynb", "data/**/*", "scenarios/*")


class Left(NamedTuple):
    """A table that a notebook left."""

    notebook: str
    name: str
    columns: dict[str, dict[str, str]]
    """By column, in the order of the file, its unit and origin."""


def page() -> str:
    """Return the page."""
    captions = _captions()
    text = [
        "# Tables of a report\n",
        (
            "The files in `tables/` of a report, by the notebook that makes them; "
            "`portfolio.xlsx` holds the same. An origin stands here where it holds for the whole "
            "column; where a table has a column of marks, such as `size_origin`, the mark stands "
            "in the row. Columns that are named for a format, a technology or an assumption are "
            "those of the bundled case.\n"
        ),
    ]
    notebook = ""
    for one in tables():
        if one.notebook != notebook:
            notebook = one.notebook
            text.append(f"\n## {notebook}\n")
        text.append(f"\n### {one.name}.csv\n\n{prose(captions.get(one.name, ''))}\n")
        text.append(_columns(one))
    return "\n".join(text)


def _columns(one: Left) -> str:
    """Return a table of the columns with a unit or an origin, and name the others."""
    measured = {name: said for name, said in one.columns.items() if any(said.values())}
    rows = [
        (code(name), plain(said["unit"]), plain(said["origin"])) for name, said in measured.items()
    ]
    others = ", ".join(code(name) for name in one.columns if name not in measured)
    listed = f"\nTexts, marks and values of mixed units: {others}.\n" if others else ""
    return (table(("column", "unit", "origin"), rows) if rows else "") + listed


def _captions() -> dict[str, str]:
    """Return what summaries and notebooks call each table."""
    from retail_portfolio.present.summary import (  # noqa: PLC0415 - takes its time
        backtest_views,
        checkout_views,
        closure_views,
        plan_views,
        portfolio_views,
        trade_views,
        uncertainty_views,
    )

    choices: dict[str, Any] = {
        **closure_views.CLOSURE_CHOICES,
        **plan_views.PLAN_CHOICES,
        **trade_views.TRADE_CHOICES,
        **checkout_views.CHECKOUT_CHOICES,
        **uncertainty_views.UNCERTAINTY_CHOICES,
        **backtest_views.BACKTEST_CHOICES,
        **portfolio_views.PORTFOLIO_CHOICES,
    }
    return {name: f"{one.caption}." if one.caption else "" for name, one in choices.items()}


def tables() -> list[Left]:
    """
    Return the tables that the notebooks leave, made anew only where their causes changed.

    Returns
    -------
    list
        In the order of notebooks, and of names within one.

    Raises
    ------
    RuntimeError
        If a notebook fails or leaves no tables.
    """
    root = checkout_root()
    kept = root / "build" / f"docs-tables-{_fingerprint(root)}.json"
    if not kept.is_file():
        found = made(root)
        kept.parent.mkdir(exist_ok=True)
        for old in kept.parent.glob("docs-tables-*.json"):
            old.unlink(missing_ok=True)
        aside = kept.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps(found), encoding="utf-8")
        aside.replace(kept)
    return [Left(*one) for one in json.loads(kept.read_text(encoding="utf-8"))]


def made(root: Path, data_dir: str = "") -> list[Left]:
    """Run every notebook of a checkout on a data folder, two at a time, and return its tables."""
    notebooks = sorted((root / "notebooks").glob("[!.]*.ipynb"))
    # The one that takes longest first.
    order = sorted(notebooks, key=lambda path: not path.name.startswith(("03", "05")))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=context) as pool:
        jobs = {path: pool.submit(leave, path, data_dir) for path in order}
        return [one for path in notebooks for one in jobs[path].result()]


def leave(notebook: Path, data_dir: str) -> list[Left]:
    """
    Run the code of a notebook and return the tables it left.

    Parameters
    ----------
    notebook
        The notebook.
    data_dir
        Folder of tables; blank for the checkout's.

    Returns
    -------
    list
        Its tables by name.

    Raises
    ------
    RuntimeError
        If a cell fails or nothing is left.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(io.StringIO()):
        given = {"data_dir": data_dir, "out_dir": out, "overrides": list(FEW_DRAWS)}
        _run(notebook.stem, cells, given)
        said = Path(out) / f"{notebook.stem}.json"
        if not said.is_file():
            raise RuntimeError(f"{notebook.name} left nothing")
        tables_left = json.loads(said.read_text(encoding="utf-8"))["tables"]
        return [
            Left(notebook.stem, name, _in_order(Path(out) / "tables" / f"{name}.csv", columns))
            for name, columns in sorted(tables_left.items())
        ]


def _run(name: str, cells: list[dict[str, Any]], given: dict[str, Any]) -> None:
    names: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None}
    for number, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        try:
            with warnings.catch_warnings():
                exec(compile("".join(cell["source"]), f"{name}-{number}", "exec"), names)  # noqa: S102 - our own notebooks
        except Exception as error:
            raise RuntimeError(f"{name}, cell {number}: {type(error).__name__}: {error}") from error
        if PARAMETERS in cell["metadata"].get("tags", ()):
            names.update(given)


def _in_order(path: Path, columns: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {name: columns[name] for name in next(csv.reader(file))}


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    for pattern in _DEPENDS_ON:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
