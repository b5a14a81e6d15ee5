"""Executed notebooks as pages: what they say and show, their parameters, the code folded away.

The pages come from the house's nbconvert exporter,
`retail_portfolio.present.notebooks.notebook_export`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import nbformat

from retail_portfolio.present.files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from retail_portfolio.present.outputs import NotebookOutput
    from retail_portfolio.present.pages import RunFacts


def notebook_page(
    notebook: Path,
    facts: RunFacts | None = None,
    *,
    output: NotebookOutput | None = None,
    others: Sequence[tuple[str, str]] = (),
    settings: Mapping[str, object] | None = None,
) -> str:
    """Return an executed notebook as one self-contained page.

    Parameters
    ----------
    notebook
        The ``.ipynb``. One that stopped with an error shows it.
    facts
        The run. Without it the page stands alone: it links to nothing but the notebook.
    output
        What the notebook left behind: its title, its tables, and the charts' second width.
    others
        Name and title of every notebook of the report, for the navigation.
    settings
        The scenario's settings by name, for parameters that leave their value to it.

    Returns
    -------
    str
        Equal notebooks give equal pages.

    Raises
    ------
    retail_portfolio.present.offline.OfflineError
        If something in it would load from elsewhere.
    """
    # nbconvert takes half a second to import, and only pages of notebooks need it.
    from retail_portfolio.present.notebooks import notebook_export as export  # noqa: PLC0415

    around = export.Surroundings(facts, output, others, settings) if facts else None
    exporter = export.NotebookPageExporter(surroundings=around)  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(_read(notebook), {"metadata": {"name": notebook.stem}})
    return page


def write_notebook_page(
    notebook: Path,
    path: Path,
    facts: RunFacts | None = None,
    *,
    output: NotebookOutput | None = None,
    others: Sequence[tuple[str, str]] = (),
    settings: Mapping[str, object] | None = None,
) -> Path:
    """Write what `notebook_page` returns to ``path``, in one step."""
    page = notebook_page(notebook, facts, output=output, others=others, settings=settings)
    return write_text(path, page)


def first_heading(notebook: Path) -> str:
    """Return the first heading of a notebook, or its name."""
    from retail_portfolio.present.notebooks import notebook_export as export  # noqa: PLC0415 - as above

    return export.first_heading(_read(notebook)) or escape(notebook.stem)


def _read(notebook: Path) -> Any:
    return nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
