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

from retail_portfolio.present.basemap import load_basemap
from retail_portfolio.present.exports import write_geojson, write_xlsx
from retail_portfolio.present.files import write_text
from retail_portfolio.present.layers import layer_text
from retail_portfolio.present.maps import (
    MapSettings,
    draw_map,
    joined,
    looks,
    map_page,
    write_map,
)
from retail_portfolio.present.notebook_pages import first_heading, write_notebook_page
from retail_portfolio.present.offline import frame
from retail_portfolio.present.outputs import TRADE_AREAS, layer_path, read_outputs
from retail_portfolio.present.pages import RunFacts, changed_words, glossary, write_html
from retail_portfolio.present.tables import Table
from retail_portfolio.present.views import views_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import folium

    from retail_portfolio.model.result import Figure
    from retail_portfolio.present.outputs import ChartFile, NotebookOutput, Outputs
    from retail_portfolio.present.views import View

__all__ = ["RunFacts", "build_runs_index", "build_site"]

#: The three questions, by the notebook that answers each.
QUESTIONS: Final = ("03_conversion", "02_closure", "04_checkout")
#: The order of the sections; whatever else a run has comes before the last, the state of the data.
ORDER: Final = (*QUESTIONS, "05_uncertainty", "06_backtest")
DATA: Final = "01_portfolio"
_FIGURES_SHOWN: Final = 8
_ACCENTS: Final = {"03_conversion": "converts"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the three sentences on the first screen, with its number."""

    name: str
    figure: Figure
    sentence: str
    accent: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What the summary says of one notebook."""

    name: str
    title: str
    short: str
    sentence: str
    figures: tuple[Figure, ...]
    charts: tuple[ChartFile, ...]
    views: tuple[View, ...]
    tables: tuple[str, ...]


def build_site(
    outputs_dir: str | Path,
    notebooks: Sequence[str | Path],
    facts: RunFacts | Mapping[str, Any],
    out_dir: str | Path,
    *,
    data_dir: str | Path = "",
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
        ``notebooks/NAME.html``, ``portfolio.xlsx``, ``stores.geojson`` and, for every layer that
        a notebook left, ``layers/NAME.geojson``.
    data_dir
        Folder whose base map is drawn; the checkout's own by default.

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
    outputs, facts, out = read_outputs(outputs_dir), RunFacts.of(facts), Path(out_dir)
    stores = outputs.table("stores")
    if stores is None or not {"store_id", "lat", "lon", "status"} <= set(stores.table.columns):
        raise ValueError("no notebook left a table 'stores' with store_id, lat, lon and status")
    extras = [t for name in ("plan", "closure") if (t := outputs.table(name)) is not None]
    everything = joined(stores, *extras)
    fmap = _map(everything, outputs, facts, data_dir)
    paths = [Path(notebook) for notebook in notebooks]
    titles = [(path.stem, _title(path, outputs)) for path in paths]
    written = [
        write_map(fmap, out / "map.html", _map_title(facts), note=_note(facts)),
        _index(out, outputs, facts, everything, fmap, titles),
        write_html(
            "glossary.html",
            out / "glossary.html",
            title=f"Glossary \u2013 {facts.title}",
            terms=glossary(),
            facts=facts,
            up="",
        ),
        write_geojson(everything, out / "stores.geojson"),
        write_xlsx(out / "portfolio.xlsx", _sheets(outputs), title=facts.title),
    ]
    written += [
        write_text(layer_path(out, name), layer_text(layer))
        for name, layer in outputs.layers().items()
    ]
    written += [
        write_notebook_page(
            path,
            out / "notebooks" / f"{path.stem}.html",
            facts,
            output=outputs.notebooks.get(path.stem),
            others=titles,
        )
        for path in paths
    ]
    return written


def _title(path: Path, outputs: Outputs) -> str:
    output = outputs.notebooks.get(path.stem)
    return output.title if output else first_heading(path)


# -------------------------------------------------------------------------------------- map
def _map_title(facts: RunFacts) -> str:
    return f"{facts.title}: the stores on a map"


def _note(facts: RunFacts) -> Markup:
    return Markup(
        'As of {}. Scenario {}{}. Run {}. <a href="index.html">Report</a> '
        '<a href="glossary.html">Glossary</a>'
    ).format(
        facts.as_of,
        facts.scenario,
        Markup(' <b class="rp-changed">({})</b>').format(facts.changed) if facts.changed else "",
        facts.run_id,
    )


def _map(stores: Table, outputs: Outputs, facts: RunFacts, data_dir: str | Path) -> folium.Map:
    metros = outputs.table("metros")
    places = metros.table if metros else pd.DataFrame(columns=["name", "lat", "lon"])
    settings = MapSettings(_map_title(facts), looks(facts.formats))
    areas = outputs.layers().get(TRADE_AREAS)
    return draw_map(stores, load_basemap(data_dir), places, settings, areas)


# ------------------------------------------------------------------------------------ summary
def _index(
    out: Path,
    outputs: Outputs,
    facts: RunFacts,
    stores: Table,
    fmap: folium.Map,
    titles: Sequence[tuple[str, str]],
) -> Path:
    ordered = _ordered(outputs)
    data = outputs.notebooks.get(DATA)
    answers = [
        Answer(name, output.figures[0], output.sentence, _ACCENTS.get(name, ""))
        for name in QUESTIONS
        if (output := outputs.notebooks.get(name)) and output.figures
    ]
    embedded = frame(map_page(fmap, _map_title(facts)), title=_map_title(facts))
    return write_html(
        "index.html",
        out / "index.html",
        title=facts.title,
        facts=facts,
        up="",
        standfirst=data.sentence if data else "",
        answers=answers,
        map=Markup(embedded),  # noqa: S704 - `map_page` made it, and the policy lists its scripts
        sections=[_section(output, stores, facts) for output in ordered],
        notebooks=titles,
        tables=sorted(outputs.tables()),
        layers=sorted(outputs.layers()),
    )


def _ordered(outputs: Outputs) -> list[NotebookOutput]:
    names = [name for name in ORDER if name in outputs.notebooks]
    names += [name for name in outputs.notebooks if name not in {*ORDER, DATA}]
    names += [DATA] if DATA in outputs.notebooks else []
    return [outputs.notebooks[name] for name in names]


def _section(output: NotebookOutput, stores: Table, facts: RunFacts) -> Section:
    name = output.notebook
    return Section(
        name,
        output.title,
        name.partition("_")[2].replace("_", " ").capitalize() or name,
        output.sentence,
        output.figures[int(name in QUESTIONS) :][:_FIGURES_SHOWN],
        output.charts,
        tuple(views_of(output, stores, looks(facts.formats))),
        tuple(output.tables),
    )


# ------------------------------------------------------------------------------------ exports
def _sheets(outputs: Outputs) -> dict[str, Table]:
    """Return the workbook's sheets: the tables, then every headline figure, sources last."""
    tables = {name: table for name, (_, table) in sorted(outputs.tables().items())}
    sources = tables.pop("sources", None)
    figures = pd.DataFrame(
        [
            (output.notebook, f.label, f.value, f.low, f.high, f.unit, f.origin, f.source)
            for output in outputs.notebooks.values()
            for f in output.figures
        ],
        columns=["notebook", "figure", "value", "low", "high", "unit", "origin", "source"],
    )
    sheets = {"figures": Table(figures), **tables}
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
        ``name``, ``as_of`` and ``overrides``) and, for one that failed, ``failure``.
    path
        The page, in the folder that holds the runs.
    """
    listed = [_run(run) for run in runs]
    return write_html(
        "runs.html", Path(path), title="Reports", runs=listed, newest=listed[0] if listed else None
    )


def _run(manifest: Mapping[str, Any]) -> dict[str, object]:
    scenario = manifest.get("scenario", "")
    named = scenario if isinstance(scenario, dict) else {"name": scenario}
    failure = manifest.get("failure") or {}
    if isinstance(failure, dict):
        parts = (failure.get(key) for key in ("notebook", "error", "value"))
        failure = ": ".join(str(part) for part in parts if part)
    return {
        "run_id": str(manifest.get("run_id", "")),
        "complete": manifest.get("status") == "complete",
        "scenario": str(named.get("name", "")),
        "as_of": str(named.get("as_of", manifest.get("as_of", ""))),
        "changed": changed_words(named.get("overrides") or ()),
        "failure": str(failure)[:300],
    }
