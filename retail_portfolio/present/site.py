"""The pages of a report, made from what the notebooks left behind and from nothing else.

`build_site` writes the summary, the map, a page a notebook, the glossary and the exports into a
report's folder; `build_runs_index` writes the list of all runs. What a section says comes from the
notebook it stands for: its title, its sentence, its figures, its charts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from markupsafe import Markup

from retail_portfolio.inputs.speech import speaking
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
    with speaking(said.speech):
        return _build(outputs_dir, notebooks, said, Path(out_dir), data_dir, changes)


def _build(
    outputs_dir: str | Path,
    notebooks: Sequence[str | Path],
    facts: RunFacts,
    out: Path,
    data_dir: str | Path,
    changes: Mapping[str, Any] | None,
) -> list[Path]:
    """Write it all, in the words of the run."""
    outputs = read_outputs(outputs_dir)
    stores = outputs.table("stores")
    if stores is None or not {"store_id", "lat", "lon", "status"} <= set(stores.table.columns):
        raise ValueError("no notebook left a table 'stores' with store_id, lat, lon and status")
    known = [t for name in _OF_STORES if (t := outputs.table(name)) is not None]
    everything = joined(stores, *known)
    formats = looks(facts.formats)
    plans = explorer(outputs, formats)
    fmap = report_map(
        everything,
        outputs,
        report_settings(facts, _map_title(facts)),
        decisions=plans.decisions if plans else (),
        data_dir=data_dir,
    )
    paths = [Path(notebook) for notebook in notebooks]
    titles = [(path.stem, _title(path, outputs)) for path in paths]
    written = [
        write_map_page(
            fmap,
            out / "map.html",
            everything,
            facts,
            title=_map_title(facts),
            formats=formats,
            explorer=plans.html if plans else "",
        ),
        _index(out, outputs, facts, everything, fmap, titles, plans, changes),
        write_html(
            "glossary.html",
            out / "glossary.html",
            title=f"Glossary \u2013 {facts.title}",
            terms=glossary(),
            facts=facts,
            up="",
        ),
        write_geojson(everything, out / "stores.geojson"),
        _workbook(out / "portfolio.xlsx", outputs, facts),
    ]
    if FIGURES not in outputs.tables():
        written.append(write_csv(_figures(outputs), out / "tables" / f"{FIGURES}.csv"))
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
            settings=facts.settings,
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


# ------------------------------------------------------------------------------------ summary
def _index(
    out: Path,
    outputs: Outputs,
    facts: RunFacts,
    stores: Table,
    fmap: folium.Map,
    titles: Sequence[tuple[str, str]],
    plans: Explorer | None,
    changes: Mapping[str, Any] | None,
) -> Path:
    data = outputs.notebooks.get(DATA)
    formats = looks(facts.formats)
    embedded = frame(map_page(fmap, _map_title(facts)), title=_map_title(facts))
    return write_html(
        "index.html",
        out / "index.html",
        title=facts.title,
        facts=facts,
        up="",
        standfirst=data.sentence if data else "",
        answers=answers(outputs),
        changes=change_section(changes, _names(stores), formats) if changes else None,
        map=Markup(embedded),  # noqa: S704 - `map_page` made it, and the policy lists its scripts
        explorer=plans.html if plans else "",
        sections=sections(outputs, stores, formats),
        notebooks=titles,
        own=facts.own_notebooks,
        tables={name: notebook for name, (notebook, _) in sorted(outputs.tables().items())},
        layers=sorted(outputs.layers()),
        kept_inputs=INPUTS_FILE if (out / INPUTS_FILE).is_file() else "",
        listed_figures=FIGURES not in outputs.tables(),
    )


def _names(stores: Table) -> dict[str, str]:
    frame = stores.table
    return dict(zip(frame["store_id"], frame["name"], strict=True)) if "name" in frame else {}


# ------------------------------------------------------------------------------------ exports
def _workbook(path: Path, outputs: Outputs, facts: RunFacts) -> Path:
    sheets = _sheets(outputs)
    captions = {name: caption_of(name) for name in sheets}
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
