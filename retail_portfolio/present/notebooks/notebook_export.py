"""The house's nbconvert exporter: an executed notebook as a page that opens anywhere.

It works alone too, on any notebook::

    jupyter nbconvert --to retail_portfolio.present.notebooks.notebook_export.NotebookPageExporter
    NAME.ipynb
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources as package_files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import StrictUndefined
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import Instance, default
from traitlets.config import Config

from retail_portfolio.present.notebooks import notebook_cells as cells
from retail_portfolio.present.notebooks.notebook_parameters import parameters_table, run_parameters
from retail_portfolio.present.offline import offline_page
from retail_portfolio.present.pages import _environment, resource, tables_script
from retail_portfolio.present.summary.briefs import short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jinja2 import Environment
    from nbformat import NotebookNode

    from retail_portfolio.present.outputs import ChartFile, NotebookOutput
    from retail_portfolio.present.pages import RunFacts

#: Ids that the page itself has.
_OWN_IDS: Final = ("main", "figures", "parameters", "run-parameters", "files", "stopped")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The report that a notebook's page belongs to.

    Parameters
    ----------
    facts
        The run.
    output
        What the notebook left behind: its title, its tables, and the charts' second width.
    others
        Name and title of every notebook of the report, in its order.
    settings
        The scenario's settings by name, for parameters that leave them to it.
    """

    facts: RunFacts
    output: NotebookOutput | None = None
    others: Sequence[tuple[str, str]] = ()
    settings: Mapping[str, object] | None = None


class NotebookPageExporter(TemplateExporter):
    """Writes an executed notebook as one self-contained page under the house's policy.

    Its template is ``templates/notebook.html``, whose blocks (``prose``, ``code``, ``output``, ...)
    another template may extend. No template, script or style of nbconvert is in it.
    """

    export_from_notebook = "Report page"
    output_mimetype = "text/html"
    surroundings = Instance(Surroundings, allow_none=True)

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    @default("template_paths")
    def _house(self) -> list[str]:
        return [str(package_files.files("retail_portfolio.present") / "templates")]

    @default("template_file")
    def _template(self) -> str:
        return "notebook.html"

    @default("optimistic_validation")
    def _once(self) -> bool:
        # A notebook with a map in it takes its time, and ours change little on the way.
        return True

    @property
    def default_config(self) -> Config:
        """That lines printed one by one belong together."""
        ours = Config({"CoalesceStreamsPreprocessor": {"enabled": True}})
        ours.merge(super().default_config)
        return ours

    def default_filters(self) -> Iterable[tuple[str, Any]]:
        """Yield nbconvert's filters, and those of the house."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "prose", self._prose
        yield "chart", self._chart
        yield "shown_html", cells.shown_html
        yield "picture", cells.picture
        yield "shown_as", cells.shown_as
        yield "plain_text", cells.plain_text
        yield "code", cells.code
        yield "code_summary", cells.code_summary

    def _create_environment(self) -> Environment:
        """Lay nbconvert's environment over that of every page: escaping, its filters, its shell."""
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        shell = _environment()
        environment.autoescape, environment.undefined = True, StrictUndefined
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.filters = shell.filters | environment.filters
        environment.globals |= shell.globals | {"contents": lambda: self._headings.contents}
        return environment

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page, and nbconvert's resources.

        Parameters
        ----------
        nb
            The executed notebook; one that failed shows its error.
        resources
            ``metadata.name`` is the notebook's name.
        **kw
            Not used.

        Raises
        ------
        retail_portfolio.present.offline.OfflineError
            If something in it would load from elsewhere.
        nbformat.ValidationError
            If it is no notebook.
        """
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        name = str(resources["metadata"].get("name") or "notebook")
        around = self.surroundings
        self._headings = cells.Headings({*_OWN_IDS, *_ids_in(nb)})
        charts = around.output.charts if around and around.output else ()
        self._charts: dict[str, ChartFile] = {one.svg.strip(): one for one in charts}
        resources["page"] = page = _page(nb, name, around)
        html, resources = super().from_notebook_node(nb, resources, **kw)
        return offline_page(html, title=page["title"]), resources

    def _prose(self, cell: Mapping[str, Any]) -> Markup:
        return cells.prose(str(cell["source"]), self._headings, cell.get("attachments"))

    def _chart(self, svg: str) -> Markup:
        return cells.chart(svg, self._charts)


def _ids_in(notebook: NotebookNode) -> set[str]:
    """Return the ids that the outputs bring along, which no heading may have too."""
    shown = [
        str(output.get("data", {}).get("text/html", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    ]
    written = [str(cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]
    found = (re.findall(r"\bid\s*=\s*[\"']?([^\s\"'<>]+)", text) for text in shown + written)
    return {one for ids in found for one in ids}


def _page(notebook: NotebookNode, name: str, around: Surroundings | None) -> dict[str, Any]:
    """Return what the template asks for beside the cells."""
    output = around.output if around else None
    heading = output.title if output else first_heading(notebook) or name
    facts = around.facts if around else None
    settings: dict[str, object] = {"as_of": facts.as_of, "seed": facts.seed} if facts else {}
    settings |= dict(around.settings or {}) if around else {}
    parameters = parameters_table(run_parameters(notebook, name, settings))
    listed = around.others if around else ()
    others = [(one, short_name(one) if "_" in one else title, title) for one, title in listed]
    places = [one[0] for one in others]
    place = places.index(name) if name in places else -1
    return {
        "name": name,
        "title": f"{heading} \u2013 {facts.title}" if facts else heading,
        "style": Markup(resource("site.css") + resource("notebook.css")),  # noqa: S704 - ours
        "script": Markup(resource("notebook.js")),  # noqa: S704 - ours
        "tables_script": tables_script(),
        "facts": facts,
        "others": others,
        "before": others[place - 1] if place > 0 else None,
        "after": others[place + 1] if 0 <= place < len(others) - 1 else None,
        "parameters": Markup(parameters),  # noqa: S704 - `html_table` escapes
        "stopped": _stopped(notebook),
        "output": bool(output),
        "figures": output.figures if output else (),
        "tables": sorted(output.tables) if output else [],
    }


def _stopped(notebook: NotebookNode) -> str:
    """Return the error that a notebook stopped with, or an empty text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return cells.plain_text(f"{output.ename}: {output.evalue}")
    return ""


def first_heading(notebook: NotebookNode) -> str:
    """Return the first heading of a notebook, or an empty text where it has none."""
    for cell in notebook.cells:
        found = re.search(r"^#\s+(.+)$", str(cell.source), re.MULTILINE)
        if cell.cell_type == "markdown" and found:
            return found[1].strip()
    return ""
