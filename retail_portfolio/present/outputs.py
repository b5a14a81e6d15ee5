"""What a notebook leaves behind for the report: figures, a sentence, tables and charts.

The report's pages, map and exports are built from this folder and from nothing else::

    NAME.json          {"notebook", "title", "sentence", "figures", "tables", "charts", "layers"};
                       a figure names its "table", blank where it is read off none
    tables/NAME.csv    charts/NAME.svg    charts/NAME-narrow.svg    layers/NAME.geojson
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING, Any, Final, cast

from retail_portfolio.model.result import Figure
from retail_portfolio.present.files import json_text, plain_name, write_text
from retail_portfolio.present.formats import as_number
from retail_portfolio.present.layers import layer_text, read_layer
from retail_portfolio.present.tables import Table, as_table, read_csv, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.drawings.charts import Chart
    from retail_portfolio.present.layers import LayerLike
    from retail_portfolio.present.tables import TableLike


_SCREEN_PX: Final = 700
TRADE_AREAS: Final = "trade_areas"
"""Name of the layer with the stores' trade areas."""


class Written(PosixPath):
    """The path of a file that was written; a notebook whose last line it is shows nothing."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the file's name without its folders, which are those of one machine."""
        return f"<written: {self.name}>"

    def _ipython_display_(self) -> None:
        """Show nothing."""


def write_outputs(
    out_dir: str | Path,
    notebook: str,
    title: str,
    sentence: str,
    figures: Iterable[Figure] = (),
    tables: Mapping[str, TableLike | pd.DataFrame] | None = None,
    charts: Mapping[str, Chart] | None = None,
    layers: Mapping[str, LayerLike] | None = None,
    *,
    tables_of: Mapping[str, str] | None = None,
) -> Written | None:
    """Write what one notebook found to the folder the report is built from.

    Parameters
    ----------
    out_dir
        The folder; empty (a notebook at work in JupyterLab) writes nothing.
    notebook
        The notebook's name, which becomes the file's: ``02_closure``.
    title, sentence
        What the notebook is about, and its answer in a sentence.
    figures
        The numbers behind the answer, the most important first.
    tables
        Table name to `Result`, `Table` or frame. A name belongs to one notebook only.
    charts
        Chart name to chart.
    layers
        Layer name to a GeoDataFrame or a GeoJSON feature collection, WGS 84. The report's map
        draws the one called `TRADE_AREAS`.
    tables_of
        Beginning of figures' keys to the table they are read off, where that is not the result
        that holds the figure: a figure among those of a `Result` in ``tables`` is of that table.

    Returns
    -------
    Written or None
        The path of the JSON file, written last: where it stands, everything it names stands too.

    Raises
    ------
    ValueError
        If a name is not plain (a path separator, a leading dot), two figures share a key, or
        ``tables_of`` names a table that is not left.
    """
    if not str(out_dir).strip():
        return None
    folder = Path(out_dir)
    plain_name(notebook, "notebook")
    tables, charts, layers = tables or {}, charts or {}, layers or {}
    for what, names in (("table", tables), ("chart", charts), ("layer", layers)):
        for name in names:
            plain_name(name, what)
    figures = tuple(figures)
    keys = [figure.key for figure in figures]
    if len(set(keys)) < len(keys):
        raise ValueError(f"{notebook}: two figures share a key in {keys}")
    origin_tables = _tables_of(figures, tables, tables_of or {}, notebook)
    document = {
        "notebook": notebook,
        "title": title,
        "sentence": sentence,
        "figures": [_figure(figure, origin_tables.get(figure.key, "")) for figure in figures],
        "tables": {name: _written_table(folder, name, one) for name, one in tables.items()},
        "charts": [_written_chart(folder, name, chart) for name, chart in charts.items()],
        "layers": sorted(layers),
    }
    for name, layer in layers.items():
        write_text(layer_path(folder, name), layer_text(layer))
    return Written(write_text(folder / f"{notebook}.json", json_text(document)))


def _written_table(
    folder: Path, name: str, source: TableLike | pd.DataFrame
) -> dict[str, dict[str, str]]:
    """Write a table, and return the unit and the origin of its columns."""
    table = as_table(source)
    write_csv(table, folder / "tables" / f"{name}.csv")
    return {
        str(column): {
            "unit": table.units.get(str(column), ""),
            "origin": table.origins.get(str(column), ""),
        }
        for column in table.table.columns
    }


def _written_chart(folder: Path, name: str, chart: Chart) -> dict[str, str]:
    """Write a chart in both widths, and return what is said of it."""
    write_text(folder / "charts" / f"{name}.svg", chart.svg)
    if chart.narrow:
        write_text(folder / "charts" / f"{name}-narrow.svg", chart.narrow)
    return {"file": f"{name}.svg", "title": chart.title, "alt": chart.alt, "source": chart.source}


def layer_path(folder: Path, name: str) -> Path:
    """Return where a layer lies below a folder: ``layers/NAME.geojson``."""
    return folder / "layers" / f"{plain_name(name, 'layer')}.geojson"


def _tables_of(
    figures: Iterable[Figure],
    tables: Mapping[str, TableLike | pd.DataFrame],
    named: Mapping[str, str],
    notebook: str,
) -> dict[str, str]:
    """Return the table that each figure is read off, by the figure's key, where there is one."""
    absent = sorted(set(named.values()) - set(tables))
    if absent:
        raise ValueError(f"{notebook}: figures are of tables it does not leave: {absent}")
    held = {
        figure.key: name
        for name, source in reversed(list(tables.items()))
        for figure in getattr(source, "figures", ())
    }
    found = {}
    for figure in figures:
        fitting = [start for start in named if figure.key.startswith(start)]
        table = named[max(fitting, key=len)] if fitting else held.get(figure.key, "")
        if table:
            found[figure.key] = table
    return found


def _figure(figure: Figure, table: str) -> dict[str, object]:
    return {
        "key": figure.key,
        "label": figure.label,
        "value": as_number(figure.value),
        "low": as_number(figure.low),
        "high": as_number(figure.high),
        "unit": figure.unit,
        "origin": figure.origin,
        "source": figure.source,
        "range_basis": figure.range_basis,
        "table": table,
    }


@dataclass(frozen=True, slots=True)
class ChartFile:
    """A chart as a notebook left it: the drawing, and what it says to those who cannot see it."""

    name: str
    title: str
    alt: str
    source: str
    svg: str
    narrow: str = ""

    @property
    def tall(self) -> bool:
        """Whether the drawing is higher than a screen, and a summary had better fold it."""
        height = re.search(r'<svg[^>]*\bheight="([\d.]+)"', self.svg)
        return height is not None and float(height[1]) > _SCREEN_PX


@dataclass(frozen=True, slots=True)
class NotebookOutput:
    """What one notebook left behind."""

    notebook: str
    title: str
    sentence: str
    figures: tuple[Figure, ...]
    tables: Mapping[str, Table]
    charts: tuple[ChartFile, ...]
    layers: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    tables_of: Mapping[str, str] = field(default_factory=dict)
    """Key of a figure to the table it is read off."""
    words: Speech = field(kw_only=True)
    """Of the portfolio that the run was of."""

    def figure(self, key: str) -> Figure | None:
        """Return the figure called ``key``, or ``None``."""
        return next((figure for figure in self.figures if figure.key == key), None)


@dataclass(frozen=True, slots=True)
class Outputs:
    """What all notebooks of a run left behind, by name of notebook."""

    notebooks: Mapping[str, NotebookOutput] = field(default_factory=dict)
    words: Speech = field(kw_only=True)
    """Of the portfolio that the run was of."""

    def table(self, name: str) -> Table | None:
        """Return the table called ``name``, whichever notebook wrote it, or ``None``."""
        for output in self.notebooks.values():
            if name in output.tables:
                return output.tables[name]
        return None

    def tables(self) -> dict[str, tuple[str, Table]]:
        """Return every table with the notebook that wrote it, by name."""
        return {
            name: (output.notebook, table)
            for output in self.notebooks.values()
            for name, table in output.tables.items()
        }

    def layers(self) -> dict[str, dict[str, Any]]:
        """Return every layer as a GeoJSON feature collection, by name."""
        found = (output.layers for output in self.notebooks.values())
        return {name: layer for layers in found for name, layer in sorted(layers.items())}

    def figure(self, key: str) -> Figure | None:
        """Return the first figure called ``key``, or ``None``."""
        found = (output.figure(key) for output in self.notebooks.values())
        return next((figure for figure in found if figure is not None), None)


def read_outputs(out_dir: str | Path, words: Speech | None) -> Outputs:
    """Read everything the notebooks of a run wrote to a folder.

    Parameters
    ----------
    out_dir
        The folder.
    words
        Of the portfolio that the run was of; its money stands there as ``usd``, whatever it is.
        ``None`` where outputs are only looked at: then no word of them can be written.

    Raises
    ------
    FileNotFoundError
        If a table, chart or layer that a notebook names is not there.
    ValueError
        If two notebooks wrote a table or a layer of the same name, or a file holds a name that is
        not plain.
    """
    folder, spoken = Path(out_dir), cast("Speech", words)
    notebooks: dict[str, NotebookOutput] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        output = _read(folder, json.loads(path.read_text("utf-8")), spoken)
        written = [f"table {name!r}" for name in output.tables]
        for name in written + [f"layer {name!r}" for name in output.layers]:
            if name in owners:
                raise ValueError(f"{name} was written by {owners[name]} and by {output.notebook}")
            owners[name] = output.notebook
        notebooks[output.notebook] = output
    return Outputs(notebooks, words=spoken)


def _read(folder: Path, document: Mapping[str, Any], words: Speech) -> NotebookOutput:
    tables = {}
    for name, columns in document["tables"].items():
        frame = read_csv(folder / "tables" / f"{plain_name(name, 'table')}.csv")
        tables[name] = Table(
            frame,
            {column: meta["unit"] for column, meta in columns.items() if meta["unit"]},
            {column: meta["origin"] for column, meta in columns.items() if meta["origin"]},
        )
    charts = []
    for chart in document["charts"]:
        path = folder / "charts" / plain_name(chart["file"], "chart")
        narrow = path.with_name(f"{path.stem}-narrow.svg")
        charts.append(
            ChartFile(
                path.stem,
                chart["title"],
                chart["alt"],
                chart["source"],
                path.read_text("utf-8"),
                narrow.read_text("utf-8") if narrow.exists() else "",
            )
        )
    figures = [dict(figure) for figure in document["figures"]]
    tables_of = {figure["key"]: figure.pop("table", "") for figure in figures}
    absent = sorted({name for name in tables_of.values() if name} - set(tables))
    if absent:
        name = document["notebook"]
        raise ValueError(f"{name}: figures are of tables it did not leave: {absent}")
    return NotebookOutput(
        plain_name(document["notebook"], "notebook"),
        document["title"],
        document["sentence"],
        tuple(Figure(**figure, words=words) for figure in figures),
        tables,
        tuple(charts),
        {name: read_layer(layer_path(folder, name)) for name in document.get("layers", ())},
        {key: name for key, name in tables_of.items() if name},
        words=words,
    )
