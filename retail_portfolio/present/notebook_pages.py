"""Executed notebooks as pages: the text and what the code showed, the code itself folded away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import nbformat
from markupsafe import Markup

from retail_portfolio.present.outputs import ChartFile
from retail_portfolio.present.pages import drawing, write_html
from retail_portfolio.present.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from retail_portfolio.present.outputs import NotebookOutput
    from retail_portfolio.present.pages import RunFacts


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the page shows it."""

    kind: str
    body: Markup
    outputs: tuple[Markup, ...] = ()
    label: str = ""


def write_notebook_page(
    notebook: Path,
    path: Path,
    facts: RunFacts,
    *,
    output: NotebookOutput | None,
    others: Sequence[tuple[str, str]],
) -> Path:
    """Write an executed notebook as a page.

    Parameters
    ----------
    notebook
        The ``.ipynb``.
    path
        The page.
    facts
        The run.
    output
        What the notebook left behind: its title, and the charts' second width.
    others
        Name and title of every notebook of the report, for the navigation.

    Raises
    ------
    retail_portfolio.present.offline.OfflineError
        If something in it would load from elsewhere.
    """
    document: Any = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    narrow = {one.svg.strip(): one for one in output.charts} if output else {}
    cells = [_cell(cell, narrow) for cell in document.cells if str(cell.source).strip()]
    title = output.title if output else notebook.stem
    return write_html(
        "notebook.html",
        path,
        title=f"{title} \u2013 {facts.title}",
        heading=title,
        cells=cells,
        facts=facts,
        name=notebook.stem,
        others=others,
        up="../",
    )


def _cell(cell: Any, charts: Mapping[str, ChartFile]) -> Cell:
    source = str(cell.source)
    if cell.cell_type == "markdown":
        return Cell("text", _safe(_markdown(source)))
    if cell.cell_type != "code":
        return Cell("raw", Markup("<pre>{}</pre>").format(source))
    tags = set(cell.metadata.get("tags", []))
    kind = "parameters" if tags & {"parameters", "injected-parameters"} else "code"
    label = {
        frozenset({"parameters"}): "Parameters and their defaults",
        frozenset({"injected-parameters"}): "Parameters of this run",
    }.get(frozenset(tags & {"parameters", "injected-parameters"}), "Code")
    outputs = tuple(part for one in cell.get("outputs", []) if (part := _output(one, charts)))
    return Cell(kind, _code(source), outputs, label)


def _output(output: Any, charts: Mapping[str, ChartFile]) -> Markup:
    if output.output_type == "stream":
        return Markup('<pre class="stream">{}</pre>').format(_plain(output.text))
    if output.output_type == "error":
        text = _plain("\n".join(output.traceback))
        return Markup('<pre class="error">{}</pre>').format(text)
    return _shown(output, charts)


def _shown(output: Any, charts: Mapping[str, ChartFile]) -> Markup:
    data = {kind: _joined(value) for kind, value in output.get("data", {}).items()}
    if "image/svg+xml" in data:
        svg = data["image/svg+xml"].strip()
        return drawing(charts.get(svg) or ChartFile("", "", "", "", str(_safe(svg))))
    if "text/html" in data:
        return Markup('<div class="output">{}</div>').format(_safe(data["text/html"]))
    if "image/png" in data:
        picture = re.sub(r"\s", "", data["image/png"])
        return Markup('<img alt="{}" src="data:image/png;base64,{}">').format(
            data.get("text/plain", "Picture"), picture
        )
    if "text/markdown" in data:
        return _safe(_markdown(data["text/markdown"]))
    return Markup('<pre class="stream">{}</pre>').format(_plain(data.get("text/plain", "")))


def _joined(value: object) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _plain(text: object) -> str:
    """Take the colours of a terminal out of a text."""
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", _joined(text))


def _safe(html: str) -> Markup:
    return Markup(scrub(html))  # noqa: S704 - this is where it becomes safe


def _markdown(text: str) -> str:
    from nbconvert.filters.markdown_mistune import markdown2html_mistune  # noqa: PLC0415 - slow

    html = str(markdown2html_mistune(text))
    return re.sub(r'<a class="anchor-link".*?</a>', "", html)


def _code(source: str) -> Markup:
    """Colour a cell's code, in classes that the style sheet knows."""
    # Only pages of notebooks need these, and they ship no types.
    from pygments import highlight  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.lexers import PythonLexer  # type: ignore[import-untyped]  # noqa: PLC0415

    if re.match(r"\s*[%!]", source):
        return Markup("<pre>{}</pre>").format(source)
    html = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    return Markup(f'<pre class="code">{html}</pre>')  # noqa: S704 - pygments escapes


def first_heading(notebook: Path) -> str:
    """Return the first heading of a notebook, or its name."""
    document: Any = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    for cell in document.cells:
        found = re.search(r"^#\s+(.+)$", str(cell.source), re.MULTILINE)
        if cell.cell_type == "markdown" and found:
            return found[1].strip()
    return escape(notebook.stem)
