"""What a map of the portfolio shows, gathered for the script that draws it.

Everything here is plain text and numbers, ready for JSON: the script makes each mark and card from
it one by one, and no text of the data is ever read as HTML.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.model.market.sphere import nearest
from retail_portfolio.present.basemap import STEPS_PER_DEGREE
from retail_portfolio.present.formats import ORIGIN_MARKS, label_of
from retail_portfolio.present.map_kinds import SHAPES, FormatLook, Kind, fates, kinds_of
from retail_portfolio.present.mapping.map_areas import area_data
from retail_portfolio.present.mapping.map_layers import MapExtras, layers_of, outflows, ranges
from retail_portfolio.present.mapping.map_stores import (
    POINT_STEPS,
    ROUGH_M,
    CardFigures,
    precision_m,
    rows_of,
    store_columns,
)
from retail_portfolio.present.mapping.packing import packed_numbers
from retail_portfolio.present.summary.uncertainty_views import OF_OTHERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from retail_portfolio.inputs.settings.scenario_parts import MapTiles
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.basemap import Basemap, Ring
    from retail_portfolio.present.layers import LayerLike
    from retail_portfolio.present.tables import Table

MAX_ZOOM: Final = 13
MANY: Final = 600
"""Stores of a kind above this are drawn on one canvas: an element each would take seconds."""

#: Columns of a store's figures that a card shows where the table has them, in this order.
CARD_FIGURES: Final = (
    "npv_vs_exit_usd",
    "probability",
    *OF_OTHERS,
    "exit_cost_usd",
    "sales_usd_year",
    "size_sqft",
    "employees",
    "remaining_term_years",
    "rent_usd_per_sqft_year",
)
#: What a card calls some of them.
CARD_LABELS: Final = MappingProxyType(
    {
        "npv_vs_exit_usd": "Value against closing",
        "probability": "Converts in, of draws",
        **{column: f"{words}, of draws" for column, words in OF_OTHERS.items()},
        "sales_usd_year": "Sales while open",
    }
)


@dataclass(frozen=True, slots=True)
class MapSettings:
    """How a portfolio is drawn.

    Parameters
    ----------
    title
        What the map shows; its name for those who cannot see it.
    formats
        Format code to its look, in the order of the legend.
    figures
        Columns that a card shows where a store has them.
    labels
        Column to the words a card uses for it.
    max_zoom
        The base map has no roads; nearer than this it says nothing.
    areas_shown
        Whether trade areas are visible when the map opens; a switch shows and hides them.
    tiles
        Online tiles for those who want them; none by default.
    words
        Of the portfolio; needed where the map writes money.
    """

    title: str = "Map of the portfolio"
    formats: Mapping[str, FormatLook] = field(default_factory=dict)
    figures: tuple[str, ...] = CARD_FIGURES
    labels: Mapping[str, str] = field(default_factory=lambda: CARD_LABELS)
    max_zoom: int = MAX_ZOOM
    areas_shown: bool = False
    tiles: MapTiles | None = None
    words: Speech | None = None

    @property
    def currency(self) -> str:
        """Of the money on the map; blank where nobody named one."""
        return "" if self.words is None else self.words.currency

    @property
    def hosts(self) -> tuple[str, ...]:
        """The origins of online tiles, which a page must be allowed to show pictures of."""
        return () if self.tiles is None else ("/".join(self.tiles.url.split("/")[:3]),)


def map_data(
    table: Table,
    basemap: Basemap,
    metros: pd.DataFrame,
    settings: MapSettings,
    areas: LayerLike | None = None,
    extras: MapExtras | None = None,
) -> dict[str, Any]:
    """Gather everything that the script of the map draws.

    Parameters
    ----------
    table
        The stores that have a position.
    basemap, metros, settings, areas, extras
        As for `retail_portfolio.present.mapping.maps.portfolio_map`.

    Returns
    -------
    dict
        Ready for JSON; every text in it is plain text.
    """
    extras = extras or MapExtras()
    rows = rows_of(table)
    kinds = kinds_of(table.table, settings.formats, extras.decisions)
    order = list(kinds)
    found = fates(table.table)
    places = [order.index(fate) for fate in found]
    rough = [place for row, place in zip(rows, places, strict=True) if precision_m(row) > ROUGH_M]
    counts = Counter(found)
    return {
        "title": settings.title,
        "bounds": _bounds(table.table),
        "credit": basemap.credit,
        "steps": STEPS_PER_DEGREE,
        "point_steps": POINT_STEPS,
        "rough_m": ROUGH_M,
        "many": MANY,
        "states": _packed(basemap.states),
        "counties": _packed(basemap.counties),
        "marks": dict(ORIGIN_MARKS.values()),
        "kinds": [_kind_data(kind, counts[fate]) for fate, kind in kinds.items()],
        "stores": store_columns(table, rows, places, _figures(table, settings)),
        "ranges": ranges(rows, settings.currency),
        "outflows": outflows(rows, extras.transfer),
        "rough": len(rough),
        "rough_kind": min(rough, default=0),
        "metros": _metros(metros, table.table),
        "areas": None if areas is None else _areas(areas, rows, shown=settings.areas_shown),
        "layers": layers_of(rows, extras, settings.currency),
        "tiles": None if settings.tiles is None else settings.tiles.model_dump(),
    }


def _figures(table: Table, settings: MapSettings) -> CardFigures:
    """Return the figures of a card that the stores have."""
    known = [name for name in settings.figures if name in table.table.columns]
    labels = {name: settings.labels.get(name, label_of(name, settings.words)) for name in known}
    return CardFigures(labels, settings.currency)


def _packed(rings: Sequence[Ring]) -> list[str]:
    return [packed_numbers(ring) for ring in rings]


def _areas(
    areas: LayerLike, rows: Sequence[Mapping[str, object]], *, shown: bool
) -> dict[str, Any] | None:
    data = area_data(areas, rows, shown=shown)
    if data is not None:
        data["list"] = [[at, part, _packed(rings), line] for at, part, rings, line in data["list"]]
    return data


def _kind_data(kind: Kind, count: int) -> dict[str, Any]:
    return {
        "fate": kind.fate,
        "format": kind.format,
        "label": kind.label,
        "path": SHAPES[kind.shape],
        "paint": kind.paint,
        "size": kind.size,
        "lift": kind.lift,
        "shown": kind.shown,
        "named": kind.fate not in {"open", "gone"},
        "count": count,
    }


# ------------------------------------------------------------------------------ where to look
AREA_KM: Final = 120.0
"""How far from the middle of an area a store may be that the list of areas leads to."""


def _bounds(stores: pd.DataFrame) -> list[list[float]]:
    """Return the corners of what is seen at first: what closes, not a store an ocean away."""
    closing = stores[stores["status"] == "closing"]
    return _corners(closing if len(closing) else stores)


def _corners(stores: pd.DataFrame) -> list[list[float]]:
    if not len(stores):
        return []
    seen = stores[["lat", "lon"]]
    return [[round(float(one), 4) for one in corner] for corner in (seen.min(), seen.max())]


def _metros(metros: pd.DataFrame, stores: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each area's place, short and full name, and the corners of what closes about it.

    A closing store belongs to the nearest area within `AREA_KM`. The area with most of them comes
    first; one that has none has no corners.
    """
    closing = stores[stores["status"] == "closing"]
    placed = metros[metros["lat"].notna() & metros["lon"].notna()]
    area, km = nearest(closing["lat"], closing["lon"], placed["lat"], placed["lon"])
    named = []
    for at, (lat, lon, name) in enumerate(
        zip(placed["lat"], placed["lon"], placed["name"], strict=True)
    ):
        near = closing[(area == at) & (km <= AREA_KM)]
        place = {
            "at": [round(float(lat), 4), round(float(lon), 4)],
            "name": _place(str(name)),
            "bounds": _corners(near),
        }
        named.append((-len(near), place))
    return [place for _, place in sorted(named, key=lambda pair: pair[0])]


def _place(metro: str) -> str:
    """Shorten the Census Bureau's ``Los Angeles-Long Beach-Anaheim, CA`` to its first city."""
    return metro.partition(",")[0].partition("-")[0].strip()
