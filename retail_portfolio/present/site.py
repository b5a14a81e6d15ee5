"""The pages of a report, made from what the notebooks left behind and from nothing else.

`build_site` writes the summary, the map, a page a notebook, the glossary and the exports into a
report's folder; `build_runs_index` writes the list of all runs. What a section says comes from the
notebook it stands for: its title, its sentence, its figures, its charts.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from markupsafe import Markup

from retail_portfolio.present.changed.change_words import change_section
from retail_portfolio.present.explorer.plan_explorer import explorer
from retail_portfolio.present.exporting.exports import write_geojson, write_xlsx
from retail_portfolio.present.files import INPUTS_FILE, write_text
from retail_portfolio.present.layers import layer_text
from retail_portfolio.present.mapping.map_page import report_map, report_settings, write_map_page
from retail_portfolio.present.mapping.maps import joined, looks, map_page
from retail_portfolio.present.notebooks.notebook_pages import first_heading, write_notebook_page
from retail_portfolio.present.offline import frame
from retail_portfolio.present.outputs import layer_path, read_outputs
from retail_portfolio.present.pages import RunFacts, changed_words, glossary, write_html
from retail_portfolio.present.summary.sections import DATA, answers, sections
from retail_portfolio.present.summary.views import caption_of
from retail_portfolio.present.tables import Table, write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import folium

    from retail_portfolio.present.explorer.plan_explorer import Explorer
    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.outputs import Outputs

__all__ = ["RunFacts", "build_runs_index", "build_site"]

FIGURES: Final = "figures"
"""Name of the table of all headline figures."""
#: Tables by store whose columns the map and the exports give each store; the first that has one.
_OF_STORES: Final = ("plan", "closure", "uncertainty")


def build_site(
    outputs_dir: str | Path,
    notebooks: Sequence[str | Path],
    facts: RunFacts | Mapping[str, Any],
    out_dir: str | Path,
    *,
    data_dir: str | Path = "",
    changes: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Write every page and export of a report.

    Parameters
    ----------
    outputs_dir
        The folder that the notebooks wrote to; see `retail_portfolio.present.outputs`.
    notebooks
        The executed notebooks, ``NAME.ipynb``.
    facts
        What to say of the run on every page.
    out_dir
        The report's folder. Written are ``index.html``, ``map.html``, ``glossary.html``,
        ``notebooks/NAME.html``, ``portfolio.xlsx``, ``stores.geojson``, ``tables/figures.csv``
        and, for every layer that a notebook left, ``layers/NAME.geojson``.
    data_dir
        Folder whose base map is drawn; the checkout's own by default.
    changes
        What changed since the report before, as ``changes.json`` holds it; ``None`` for no word of
        it.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ValueError
        If no notebook left a table ``stores`` with a position a store, or the outputs are
        inconsistent (see `retail_portfolio.present.outputs.read_outputs`).
    retail_portfolio.present.offline.OfflineError
        If a page would load something.
    """
    said = RunFacts.of(facts)
    site = _gathered(outputs_dir, [Path(one) for one in notebooks], said, data_dir)
    out = Path(out_dir)
    return [
        _map(site, out),
        _index(site, out, changes),
        _glossary(site, out),
        *_exports(site, out),
        *_notebook_pages(site, out),
    ]


@dataclass(frozen=True, slots=True)
class _Site:
    """What the pages of a report are made from."""

    facts: RunFacts
    outputs: Outputs
    stores: Table
    """The register with the decisions and figures of every store."""
    formats: Mapping[str, FormatLook]
    plans: Explorer | None
    map: folium.Map
    notebooks: Sequence[Path]
    titles: Sequence[tuple[str, str]]
    """Name and title of every notebook."""

    @property
    def map_title(self) -> str:
        """The title of the map."""
        return _map_title(self.facts)

    @property
    def explorer(self) -> Markup | str:
        """The section on other plans; empty where there is none."""
        return self.plans.html if self.plans else ""


def _gathered(
    outputs_dir: str | Path, notebooks: Sequence[Path], facts: RunFacts, data_dir: str | Path
) -> _Site:
    """Read what the notebooks left, and draw what several pages show."""
    outputs = read_outputs(outputs_dir, facts.words)
    stores = outputs.table("stores")
    if stores is None or not {"store_id", "lat", "lon", "status"} <= set(stores.table.columns):
        raise ValueError("no notebook left a table 'stores' with store_id, lat, lon and status")
    known = [table for name in _OF_STORES if (table := outputs.table(name)) is not None]
    everything, formats = joined(stores, *known), looks(facts.formats)
    plans = explorer(outputs, formats)
    fmap = report_map(
        everything,
        outputs,
        report_settings(facts, _map_title(facts)),
        decisions=plans.decisions if plans else (),
        data_dir=data_dir,
    )
    titles = [(path.stem, _title(path, outputs)) for path in notebooks]
    return _Site(facts, outputs, everything, formats, plans, fmap, notebooks, titles)


def _title(path: Path, outputs: Outputs) -> str:
    output = outputs.notebooks.get(path.stem)
    return output.title if output else first_heading(path)


# -------------------------------------------------------------------------------------- map
def _map_title(facts: RunFacts) -> str:
    return f"{facts.title}: the stores on a map"


def _map(site: _Site, out: Path) -> Path:
    return write_map_page(
        site.map,
        out / "map.html",
        site.stores,
        site.facts,
        title=site.map_title,
        formats=site.formats,
        explorer=site.explorer,
    )


# ------------------------------------------------------------------------------------ summary
def _index(site: _Site, out: Path, changes: Mapping[str, Any] | None) -> Path:
    outputs, facts = site.outputs, site.facts
    data, tables = outputs.notebooks.get(DATA), outputs.tables()
    embedded = frame(map_page(site.map, site.map_title), title=site.map_title)
    changed = None
    if changes:
        changed = change_section(changes, facts.words, _names(site.stores), site.formats)
    return write_html(
        "index.html",
        out / "index.html",
        title=facts.title,
        facts=facts,
        up="",
        standfirst=data.sentence if data else "",
        answers=answers(outputs),
        changes=changed,
        map=Markup(embedded),  # noqa: S704 - `map_page` made it, and the policy lists its scripts
        explorer=site.explorer,
        sections=sections(outputs, site.stores, site.formats),
        notebooks=site.titles,
        own=facts.own_notebooks,
        tables={name: notebook for name, (notebook, _) in sorted(tables.items())},
        layers=sorted(outputs.layers()),
        kept_inputs=INPUTS_FILE if (out / INPUTS_FILE).is_file() else "",
        listed_figures=FIGURES not in tables,
    )


def _names(stores: Table) -> dict[str, str]:
    frame = stores.table
    return dict(zip(frame["store_id"], frame["name"], strict=True)) if "name" in frame else {}


def _glossary(site: _Site, out: Path) -> Path:
    return write_html(
        "glossary.html",
        out / "glossary.html",
        title=f"Glossary \u2013 {site.facts.title}",
        terms=glossary(site.facts.words),
        facts=site.facts,
        up="",
    )


def _notebook_pages(site: _Site, out: Path) -> list[Path]:
    return [
        write_notebook_page(
            path,
            out / "notebooks" / f"{path.stem}.html",
            site.facts,
            output=site.outputs.notebooks.get(path.stem),
            others=site.titles,
            settings=site.facts.settings,
        )
        for path in site.notebooks
    ]


# ------------------------------------------------------------------------------------ exports
def _exports(site: _Site, out: Path) -> list[Path]:
    """Write what a reader takes away: a layer and a workbook, the figures, the layers."""
    outputs = site.outputs
    written = [
        write_geojson(site.stores, out / "stores.geojson"),
        _workbook(out / "portfolio.xlsx", outputs, site.facts),
    ]
    if FIGURES not in outputs.tables():
        written.append(write_csv(_figures(outputs), out / "tables" / f"{FIGURES}.csv"))
    layers = outputs.layers().items()
    return written + [
        write_text(layer_path(out, name), layer_text(layer)) for name, layer in layers
    ]


def _workbook(path: Path, outputs: Outputs, facts: RunFacts) -> Path:
    sheets = _sheets(outputs)
    captions = {name: caption_of(name, facts.words) for name in sheets}
    captions[FIGURES] = "Every headline figure with its range, origin and source"
    return write_xlsx(path, sheets, title=facts.title, facts=facts, descriptions=captions)


def _figures(outputs: Outputs) -> Table:
    """Return every headline figure as its notebook left it."""
    rows = [
        (f.key, output.notebook, f.label, f.value, f.low, f.high, f.unit, f.origin, f.source)
        for output in outputs.notebooks.values()
        for f in output.figures
    ]
    columns = ["key", "notebook", "figure", "value", "low", "high", "unit", "origin", "source"]
    return Table(pd.DataFrame(rows, columns=columns))


def _sheets(outputs: Outputs) -> dict[str, Table]:
    """Return the workbook's sheets: the tables, then every headline figure, sources last."""
    tables = {name: table for name, (_, table) in sorted(outputs.tables().items())}
    sources = tables.pop("sources", None)
    sheets = {FIGURES: _figures(outputs), **tables}
    if sources is not None:
        sheets["sources"] = sources
    return sheets


# --------------------------------------------------------------------------------- all the runs
def build_runs_index(runs: Sequence[Mapping[str, Any]], path: str | Path) -> Path:
    """Write the page that lists every run.

    Parameters
    ----------
    runs
        Manifests, newest first: ``run_id``, ``status``, ``scenario`` (its name, or a mapping with
        ``name``, ``as_of`` and ``overrides``); for one that failed, ``failure``; for one made again
        from another's inputs, ``again``.
    path
        The page, in the folder that holds the runs.
    """
    listed = [_run(run) for run in runs]
    return write_html(
        "runs.html", Path(path), title="Reports", runs=listed, newest=listed[0] if listed else None
    )


def _again_words(comparison: object) -> str:
    """Say of a run that was made again what came of it; nothing of any other."""
    if not isinstance(comparison, dict):
        return ""
    found = "the same" if comparison.get("same") else "not the same"
    return f"made again from {comparison.get('of')}: {found}"


def _run(manifest: Mapping[str, Any]) -> dict[str, object]:
    scenario = manifest.get("scenario", "")
    named = scenario if isinstance(scenario, dict) else {"name": scenario}
    own = manifest.get("own_notebooks")
    failure = manifest.get("failure") or {}
    if isinstance(failure, dict):
        parts = (failure.get(key) for key in ("notebook", "error", "value"))
        failure = ": ".join(str(part) for part in parts if part)
    return {
        "run_id": str(manifest.get("run_id", "")),
        "complete": manifest.get("status") == "complete",
        "again": _again_words(manifest.get("again")),
        "scenario": str(named.get("name", "")),
        "as_of": str(named.get("as_of", manifest.get("as_of", ""))),
        "changed": changed_words(
            named.get("overrides") or (), own if isinstance(own, dict) else {}
        ),
        "failure": str(failure)[:300],
    }
