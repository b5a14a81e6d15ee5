"""The page of the map: the map as wide as the window, other plans, and the same stores as a table.

A map shows what a table cannot, and a table is for those whom a map tells nothing. Both are made of
the same rows, so that their counts agree.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from retail_portfolio.inputs.settings.scenario_parts import MapTiles
from retail_portfolio.present.basemap import load_basemap
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.mapping.map_data import MapSettings
from retail_portfolio.present.mapping.map_layers import MapExtras
from retail_portfolio.present.mapping.map_stores import (
    ROUGH_M,
    placed,
    precision_m,
    rows_of,
    store_name,
)
from retail_portfolio.present.mapping.maps import draw_map, looks, tile_hosts
from retail_portfolio.present.offline import rendered
from retail_portfolio.present.outputs import TRADE_AREAS
from retail_portfolio.present.pages import write_html
from retail_portfolio.present.summary.uncertainty_views import OF_OTHERS
from retail_portfolio.present.tables import Table, html_table
from retail_portfolio.present.words import decision_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import folium

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.outputs import Outputs
    from retail_portfolio.present.pages import RunFacts

_PARTS: Final = re.compile(
    r"<head\b[^>]*>(?P<head>.*?)</head\s*>.*?<body\b[^>]*>(?P<body>.*?)</body\s*>(?P<script>.*)"
    r"</html\s*>",
    re.DOTALL | re.IGNORECASE,
)
_LABELS: Final = {
    "npv_vs_exit_usd": "Value against closing",
    "probability": "Converts in",
    **OF_OTHERS,
    "point": "Point",
}
_COLUMNS: Final = (
    *("store", "banner", "city", "state", "decision", "npv_vs_exit_usd", "probability"),
    *OF_OTHERS,
    *("exit_cost_usd", "size_sqft", "point"),
)


def report_settings(facts: RunFacts, title: str) -> MapSettings:
    """Return how the map of a run is drawn: its formats, and tiles where its scenario names any."""
    tiles = None if facts.map_tiles is None else MapTiles(**facts.map_tiles)
    return MapSettings(title, looks(facts.formats), tiles=tiles, words=facts.words)


def report_map(
    stores: Table,
    outputs: Outputs,
    settings: MapSettings,
    *,
    decisions: tuple[tuple[str, str], ...] = (),
    data_dir: str | Path = "",
) -> folium.Map:
    """Draw the map of a report from what its notebooks left.

    Parameters
    ----------
    stores
        The register with decisions and figures.
    outputs
        What the notebooks left. Tables that the map knows how to show are ``metros``,
        ``competitors_near``, ``demand_near``, ``transfer`` and ``relocations``; so is the layer of
        trade areas.
    settings
        Title and formats.
    decisions
        ``store_id`` and decision: what other plans decide.
    data_dir
        Folder whose base map is drawn; the checkout's own by default.
    """
    metros = outputs.table("metros")
    places = metros.table if metros else pd.DataFrame(columns=["name", "lat", "lon"])
    extras = MapExtras(
        outputs.table("competitors_near"),
        outputs.table("demand_near"),
        outputs.table("transfer"),
        decisions,
        outputs.table("relocations"),
    )
    areas = outputs.layers().get(TRADE_AREAS)
    return draw_map(stores, load_basemap(data_dir), places, settings, areas, extras)


def write_map_page(
    fmap: folium.Map,
    path: Path,
    stores: Table,
    facts: RunFacts,
    *,
    title: str,
    formats: Mapping[str, FormatLook],
    explorer: Markup | str = "",
) -> Path:
    """Write the report's page of the map.

    Parameters
    ----------
    fmap
        What `retail_portfolio.present.mapping.maps.draw_map` returned for ``stores``.
    path
        Where to write.
    stores
        The stores that the map was drawn from; those without a position are in neither.
    facts
        The run.
    title
        The page's title, and its heading.
    formats
        Names of the formats, for decisions.
    explorer
        The section on other plans, ready for the page; empty where there is none.

    Raises
    ------
    retail_portfolio.present.offline.OfflineError
        If the page would load anything.
    """
    parts = _PARTS.search(rendered(fmap))
    if parts is None:
        raise ValueError("the map is not a whole page")
    shown = placed(stores.table)
    closing = shown["status"] == "closing"
    counts = shown["status"].value_counts()
    counted = "; ".join(f"{value_text(count, 'stores')} {name}" for name, count in counts.items())
    return write_html(
        "map.html",
        path,
        title=title,
        hosts=tile_hosts(fmap),
        facts=facts,
        up="",
        heading=title,
        counted=f"{counted[:1].upper()}{counted[1:]}.",
        explorer=explorer,
        closing=_rows(_with(stores, shown[closing]), formats, "Stores of this wave", facts.words),
        others=_rows(_with(stores, shown[~closing]), formats, "Other stores", facts.words),
        # Ours and folium's; `write_html` looks at the page as a whole.
        **{name: Markup(parts[name]) for name in ("head", "body", "script")},  # noqa: S704
    )


def _with(stores: Table, shown: pd.DataFrame) -> Table:
    return Table(shown, stores.units, stores.origins)


def _rows(stores: Table, formats: Mapping[str, FormatLook], caption: str, words: Speech) -> Markup:
    """Return stores as a table; a column that says nothing of any of them is left out."""
    rows, shown = rows_of(stores), stores.table
    frame = shown.assign(store=[store_name(row) for row in rows])
    metres = [precision_m(row) for row in rows]
    frame["point"] = [
        "not known" if one < 0 else "approximate" if one > ROUGH_M else "known" for one in metres
    ]
    if "decision" in frame.columns:
        frame["decision"] = [decision_words(one, formats) for one in frame["decision"].fillna("")]
    else:
        frame["decision"] = ""
    known = [name for name in _COLUMNS if name in frame.columns]
    columns = [name for name in known if name == "store" or _says(frame[name])]
    table = html_table(
        _with(stores, frame),
        caption=caption,
        words=words,
        columns=columns,
        labels=_LABELS,
        rows=len(frame),
    )
    return Markup(table.html)  # noqa: S704 - `html_table` escapes


def _says(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())
