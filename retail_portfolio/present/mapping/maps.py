"""The portfolio on a map: what closes, what converts, what stays, without a network.

The map is a `folium.Map` with one element of ours in it. That element hands the stores over as
JSON, which no text can leave, and a script builds every mark and card from it through
``textContent``: folium's own string templates would run a store name that holds markup.
Colour, shape and label all say the same; which format gets which shape follows from its role.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, Final

import folium
import pandas as pd
from branca.element import MacroElement
from jinja2 import Template

from retail_portfolio.present.basemap import load_basemap
from retail_portfolio.present.files import script_json, write_text
from retail_portfolio.present.map_kinds import FormatLook
from retail_portfolio.present.mapping.map_data import MapSettings, map_data
from retail_portfolio.present.mapping.map_layers import MapExtras
from retail_portfolio.present.mapping.map_stores import placed
from retail_portfolio.present.offline import Inline, offline_page, rendered
from retail_portfolio.present.pages import resource
from retail_portfolio.present.tables import Table, as_table

__all__ = [
    "FormatLook",
    "MapExtras",
    "MapSettings",
    "draw_map",
    "inline",
    "joined",
    "looks",
    "map_page",
    "portfolio_map",
    "write_map",
]

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.present.basemap import Basemap
    from retail_portfolio.present.layers import LayerLike
    from retail_portfolio.present.tables import TableLike


def portfolio_map(
    stores: TableLike | pd.DataFrame,
    case: Case | None = None,
    *,
    plan: pd.DataFrame | TableLike | None = None,
    closure: pd.DataFrame | TableLike | None = None,
    basemap: Basemap | None = None,
    metros: pd.DataFrame | None = None,
    settings: MapSettings | None = None,
    areas: LayerLike | None = None,
    show_areas: bool = False,
    extras: MapExtras | None = None,
    data_dir: str | Path = "",
) -> folium.Map:
    """Draw the stores of a portfolio, with their decisions and figures where there are any.

    Parameters
    ----------
    stores
        One row a store: ``store_id, banner, format, name, lat, lon, status`` and, where known,
        ``street, city, state, point_precision_m``, ``decision``, ``reason`` and figures.
    case
        Gives the words of the portfolio, the names and roles of the formats, and the metropolitan
        areas. Without it the words are those of ``settings``.
    plan, closure
        Tables by ``store_id`` whose columns the stores are given: decision and reason, the bill.
    basemap, metros, settings
        Instead of the case's; ``metros`` has ``name, lat, lon``.
    areas
        Trade areas by ``store_id``: what `retail_portfolio.present.mapping.areas` returns, or the
        same as GeoJSON. A switch in the legend shows them; a store that is pointed at shows its
        own.
    show_areas
        Whether they are visible when the map opens.
    extras
        Layers beside the stores: competitors, demand, transfer of sales, other plans, and where
        stores could move to; the last is the case's where nothing else is given.
    data_dir
        Folder whose base map is drawn; the checkout's own by default.

    Returns
    -------
    folium.Map
        Draws nothing from elsewhere. Stores without a position are left out.

    Raises
    ------
    KeyError
        If a column named above as given is missing.
    ValueError
        If the map writes money and nobody says of which portfolio.
    """
    table = joined(stores, *(extra for extra in (plan, closure) if extra is not None))
    if metros is None:
        metros = case.metros if case is not None else pd.DataFrame(columns=["name", "lat", "lon"])
    if settings is None:
        settings = MapSettings(formats=looks(case.scenario.formats) if case is not None else {})
    if case is not None and settings.words is None:
        settings = replace(settings, words=case.words)
    settings = replace(settings, areas_shown=settings.areas_shown or show_areas)
    extras = extras or MapExtras()
    if case is not None and extras.relocations is None:
        extras = replace(extras, relocations=case.relocations)
    return draw_map(table, basemap or load_basemap(data_dir), metros, settings, areas, extras)


def looks(formats: Mapping[str, Any]) -> dict[str, FormatLook]:
    """Return the look of each format of a scenario (models or plain mappings with their fields)."""
    read = {
        code: one if isinstance(one, dict) else {"label": one.label, "role": one.role}
        for code, one in formats.items()
    }
    return {code: FormatLook(one["label"], one["role"]) for code, one in read.items()}


def joined(stores: TableLike | pd.DataFrame, *extras: TableLike | pd.DataFrame) -> Table:
    """Return the stores with the columns of further tables by ``store_id``; theirs come first."""
    first = as_table(stores)
    frame, units, origins = first.table, dict(first.units), dict(first.origins)
    for extra in extras:
        table = as_table(extra)
        new = [name for name in table.table.columns if name not in frame.columns]
        frame = frame.merge(
            table.table[["store_id", *new]], on="store_id", how="left", validate="1:1"
        )
        units = {**table.units, **units}
        origins = {**table.origins, **origins}
    return Table(frame, units, origins)


def draw_map(
    stores: TableLike | pd.DataFrame,
    basemap: Basemap,
    metros: pd.DataFrame,
    settings: MapSettings,
    areas: LayerLike | None = None,
    extras: MapExtras | None = None,
) -> folium.Map:
    """Draw stores that already carry their decisions; see `portfolio_map` for the rest."""
    table = as_table(stores)
    fmap = folium.Map(
        location=None,
        tiles=None,
        prefer_canvas=True,
        min_zoom=2,
        max_zoom=settings.max_zoom,
        zoom_snap=0.25,
        zoom_delta=1,
    )
    fmap.options["maxZoom"], fmap.options["minZoom"] = settings.max_zoom, 2
    placed_table = Table(placed(table.table), table.units, table.origins)
    data = map_data(placed_table, basemap, metros, settings, areas, extras)
    fmap.add_child(_Portfolio(data, settings.hosts))
    return fmap


def write_map(
    fmap: folium.Map, path: Path, title: str, *, note: str = "", lang: str = "en"
) -> Path:
    """Write a map as one self-contained page.

    Parameters
    ----------
    fmap
        Any folium map that `retail_portfolio.present.offline` can put into one file.
    path
        Where to write.
    title
        Title of the page, also set above the map.
    note
        HTML below the map: as-of date, scenario, run, a link to the glossary.
    lang
        Language of the page.
    """
    page = _with_strips(fmap, title, note)
    return write_text(path, offline_page(page, title=title, lang=lang, hosts=tile_hosts(fmap)))


def map_page(fmap: folium.Map, title: str) -> str:
    """Return a map as one self-contained page without heading, to stand in a frame."""
    return offline_page(fmap, title=title, hosts=tile_hosts(fmap))


def tile_hosts(fmap: folium.Map) -> tuple[str, ...]:
    """Return the origins of online tiles that a map's settings name; none by default."""
    children = fmap._children.values()  # noqa: SLF001 - branca has no other way in
    return tuple(
        host for child in children if isinstance(child, _Portfolio) for host in child.hosts
    )


def inline(fmap: folium.Map, title: str = "Map", height_px: int = 520) -> Inline:
    """Return a map that a notebook shows as it is, with or without a network."""
    return Inline(map_page(fmap, title), title, height_px)


def _with_strips(fmap: folium.Map, title: str, note: str) -> str:
    html = rendered(fmap)
    head = f'<header class="rp-strip"><h1>{escape(title)}</h1></header>'
    foot = f'<footer class="rp-strip">{note}</footer>' if note else ""
    html = html.replace("<body>", f'<body class="rp-alone">{head}', 1)
    place = html.rfind("</body>")
    return html[:place] + foot + html[place:]


# ---------------------------------------------------------------------------- folium's element
#: The parts of the script, each defining what those after it call.
_SCRIPTS: Final = (
    *("map_tools", "map_base", "map_areas", "map_card", "map_marks", "map_layers"),
    *("map_legend", "map_find", "map"),
)


class _Portfolio(MacroElement):
    """Our element in a folium map: a style sheet, the data as JSON, and the script that draws."""

    _template = Template(
        "{% macro header(this, kwargs) %}<style>{{ this.style }}</style>{% endmacro %}"
        '{% macro html(this, kwargs) %}<script type="application/json" id="{{ this.get_name() }}">'
        "{{ this.json }}</script>{% endmacro %}"
        "{% macro script(this, kwargs) %}{{ this.code }}\n"
        "portfolioMap({{ this._parent.get_name() }}, "
        'JSON.parse(document.getElementById("{{ this.get_name() }}").textContent));{% endmacro %}'
    )

    def __init__(self, data: Mapping[str, Any], hosts: tuple[str, ...]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Portfolio"
        self.hosts = hosts
        self.json = script_json(data)
        self.code = "".join(resource(f"{name}.js") for name in _SCRIPTS)
        self.style = resource("map.css")
