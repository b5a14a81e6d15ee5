"""What a map of the portfolio shows: which store gets which mark, and what its card says.

Everything here is plain text and numbers. The look of a format follows from its role in the case,
never from its name: closing formats take the angular shapes in the scenario's order, targets of a
conversion the stars, what stays open a small disc.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.basemap import STEPS_PER_DEGREE
from retail_portfolio.present.formats import (
    ORIGIN_MARKS,
    as_number,
    is_blank,
    label_of,
    plain,
    value_text,
)
from retail_portfolio.present.map_areas import area_data
from retail_portfolio.present.tables import Table, origin_of
from retail_portfolio.present.words import decision_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.present.basemap import Basemap
    from retail_portfolio.present.layers import LayerLike

#: A point that may be off by more than this is drawn hollow, and its card says so.
ROUGH_M: Final = 500.0
MAX_ZOOM: Final = 13

#: Outlines in a box of 20 by 20 around the origin, of about equal weight to the eye.
SHAPES: Final = {
    "square": "M-7-7H7V7H-7Z",
    "triangle": "M0-8.5 8.6 6.8H-8.6Z",
    "diamond": "M0-9.2 9.2 0 0 9.2-9.2 0Z",
    "hexagon": "M-4.4-7.8H4.4L8.8 0 4.4 7.8H-4.4L-8.8 0Z",
    "star": "M0-10 2.7-3.3 9.6-3 4.1 1.3 6 8.1 0 4.2-6 8.1-4.1 1.3-9.6-3-2.7-3.3Z",
    "bolt": "M0-10 3-3 10 0 3 3 0 10-3 3-10 0-3-3Z",
    "circle": "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0Z",
    "pill": "M-4-5H4A5 5 0 0 1 4 5H-4A5 5 0 0 1-4-5Z",
    "cross": "M-6-6 6 6M-6 6 6-6",
}
_CLOSING: Final = ("triangle", "square", "diamond", "hexagon")
_TARGETS: Final = ("star", "bolt")
_EXISTING: Final = ("circle", "pill")

#: Columns of a store's figures that a card shows where the table has them, in this order.
CARD_FIGURES: Final = (
    "npv_vs_exit_usd",
    "probability",
    "exit_cost_usd",
    "sales_usd_year",
    "size_sqft",
    "employees",
    "remaining_term_years",
    "rent_usd_per_sqft_year",
)


@dataclass(frozen=True, slots=True)
class FormatLook:
    """What a map needs to know of a format: its name, and its part in the case.

    ``role`` is ``closing``, ``existing`` or ``candidate target``.
    """

    label: str
    role: str = "existing"


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
    """

    title: str = "Map of the portfolio"
    formats: Mapping[str, FormatLook] = field(default_factory=dict)
    figures: tuple[str, ...] = CARD_FIGURES
    labels: Mapping[str, str] = field(default_factory=dict)
    max_zoom: int = MAX_ZOOM
    areas_shown: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    """One row of the legend: stores of one format with one fate."""

    fate: str
    format: str
    label: str
    shape: str
    paint: str
    size: int
    lift: int
    shown: bool = True


# --------------------------------------------------------------------------- kinds of stores
def _fate(status: str, decision: str) -> str:
    if status == "closing":
        if decision.startswith("convert_"):
            return decision
        return "keep" if decision == "keep" else "close"
    return "gone" if status == "closed" else "open"


def _fates(placed: pd.DataFrame) -> list[tuple[str, str]]:
    decisions = (
        placed["decision"].fillna("").astype(str)
        if "decision" in placed.columns
        else pd.Series("", index=placed.index)
    )
    return [
        # What went before this wave is background: one kind, whatever its format was.
        (fate, "" if fate == "gone" else str(code))
        for fate, code in zip(
            map(_fate, placed["status"].astype(str), decisions), placed["format"], strict=True
        )
    ]


def _kinds_of(
    placed: pd.DataFrame, formats: Mapping[str, FormatLook]
) -> dict[tuple[str, str], _Kind]:
    """Give every fate of every format its shape; the legend runs from what matters to the rest."""
    found = set(_fates(placed))
    codes = [*formats, *sorted({code for _, code in found} - set(formats))]
    closing = [c for c in codes if (look := formats.get(c)) and look.role == "closing"]
    closing += [c for fate, c in sorted(found) if fate not in {"open", "gone"} and c not in closing]
    existing = [c for fate, c in sorted(found) if fate == "open"]
    targets = sorted({fate for fate, _ in found if fate.startswith("convert_")})
    kinds = {}
    for fate in [*targets, "keep", "close", "open", "gone"]:
        for code in codes:
            if (fate, code) not in found:
                continue
            name = formats[code].label if code in formats else code
            kinds[fate, code] = _kind(fate, code, name, formats, (closing, existing, targets))
    return kinds


def _kind(
    fate: str,
    code: str,
    name: str,
    formats: Mapping[str, FormatLook],
    orders: tuple[list[str], list[str], list[str]],
) -> _Kind:
    closing, existing, targets = orders
    if fate.startswith("convert_"):
        verdict = decision_words(fate, formats)
        verdict = verdict[0].lower() + verdict[1:]
        shape = _TARGETS[targets.index(fate) % len(_TARGETS)]
        return _Kind(fate, code, f"{name}, {verdict}", shape, "converts", 22, 3000)
    if fate in {"close", "keep"}:
        shape = _CLOSING[closing.index(code) % len(_CLOSING)]
        label, paint = (
            (f"{name}, closes", "closes") if fate == "close" else (f"{name}, kept", "keeps")
        )
        return _Kind(fate, code, label, shape, paint, 16, 2000)
    if fate == "open":
        shape = _EXISTING[existing.index(code) % len(_EXISTING)]
        return _Kind(fate, code, f"{name}, stays open", shape, "rest", 10, 0)
    return _Kind(fate, code, "Closed earlier", "cross", "gone", 10, -1000, shown=False)


# ------------------------------------------------------------------------------ data of the page
def map_data(
    table: Table,
    basemap: Basemap,
    metros: pd.DataFrame,
    settings: MapSettings,
    areas: LayerLike | None = None,
) -> dict[str, Any]:
    """Gather everything that the script of the map draws.

    Parameters
    ----------
    table
        The stores that have a position.
    basemap, metros, settings, areas
        As for `retail_portfolio.present.maps.portfolio_map`.

    Returns
    -------
    dict
        Ready for JSON; every text in it is plain text.
    """
    kinds = _kinds_of(table.table, settings.formats)
    fates = _fates(table.table)
    order = list(kinds)
    counts = Counter(fates)
    columns = [name for name in settings.figures if name in table.table.columns]
    stores = [
        _store(table, {str(k): v for k, v in row.items()}, order.index(fate), kinds[fate], columns)
        for row, fate in zip(table.table.to_dict("records"), fates, strict=True)
    ]
    rough = [store["kind"] for store in stores if store["rough"]]
    return {
        "title": settings.title,
        "bounds": _bounds(table.table),
        "credit": basemap.credit,
        "steps": STEPS_PER_DEGREE,
        "states": basemap.states,
        "counties": basemap.counties,
        "marks": dict(ORIGIN_MARKS.values()),
        "labels": [settings.labels.get(name, label_of(name)) for name in columns],
        "kinds": [_kind_data(kind, counts[kind.fate, kind.format]) for kind in kinds.values()],
        "stores": stores,
        "rough": len(rough),
        "rough_kind": min(rough, default=0),
        "metros": _names(metros, table.table),
        "areas": None if areas is None else area_data(areas, stores, shown=settings.areas_shown),
    }


def _bounds(stores: pd.DataFrame) -> list[list[float]]:
    """Return the corners of what is seen at first: what closes, not a store an ocean away."""
    closing = stores[stores["status"] == "closing"]
    seen = (closing if len(closing) else stores)[["lat", "lon"]]
    if not len(seen):
        return []
    return [[round(float(one), 4) for one in corner] for corner in (seen.min(), seen.max())]


def _names(metros: pd.DataFrame, stores: pd.DataFrame) -> list[list[object]]:
    """Return position and name of each area, the one with most closing stores about it first."""
    closing = stores[stores["status"] == "closing"]
    named = []
    for row in metros.to_dict("records"):
        lat, lon = as_number(row["lat"]), as_number(row["lon"])
        if lat is None or lon is None:
            continue
        near = ((closing["lat"] - lat).abs() < 0.35) & ((closing["lon"] - lon).abs() < 0.45)  # noqa: PLR2004
        named.append((-int(near.sum()), [round(lat, 4), round(lon, 4), _place(str(row["name"]))]))
    return [place for _, place in sorted(named, key=lambda pair: pair[0])]


def _place(metro: str) -> str:
    """Shorten the Census Bureau's ``Los Angeles-Long Beach-Anaheim, CA`` to its first city."""
    return metro.partition(",")[0].partition("-")[0].strip()


def _kind_data(kind: _Kind, count: int) -> dict[str, Any]:
    return {
        "label": kind.label,
        "path": SHAPES[kind.shape],
        "paint": kind.paint,
        "size": kind.size,
        "lift": kind.lift,
        "shown": kind.shown,
        "named": kind.fate not in {"open", "gone"},
        "count": count,
    }


def _text(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    return "" if is_blank(value) else str(value)


def _store(
    table: Table, row: Mapping[str, object], place: int, kind: _Kind, columns: Sequence[str]
) -> dict[str, Any]:
    precision = as_number(row.get("point_precision_m"))
    rough = precision is not None and precision > ROUGH_M
    banner, city = _text(row, "banner"), _text(row, "city")
    name = _text(row, "name") or f"{banner} {city}".strip() or _text(row, "store_id")
    address = ", ".join(part for part in (_text(row, "street"), city, _text(row, "state")) if part)
    verdict = kind.label.rpartition(", ")[2]
    return {
        "id": _text(row, "store_id"),
        "lat": round(float(str(row["lat"])), 5),
        "lon": round(float(str(row["lon"])), 5),
        "kind": place,
        "banner": banner,
        "format": _text(row, "format"),
        "status": _text(row, "status"),
        "decision": _text(row, "decision"),
        "name": name,
        "short": name.removeprefix(banner).strip(" -,\u2013") or name,
        "where": " \u00b7 ".join(part for part in (banner, address) if part),
        "verdict": verdict[0].upper() + verdict[1:],
        "reason": _text(row, "reason"),
        "rough": rough,
        "point": _point(precision, rough=rough),
        "figures": [_figure(table, row, column) for column in columns],
    }


def _point(precision: float | None, *, rough: bool) -> str:
    if precision is None:
        return "How exact the place is, is not known."
    if rough:
        return f"The place is approximate: within about {plain(precision / 1000, 1)} km."
    return f"The place is known to within about {plain(precision)} m."


def _figure(table: Table, row: Mapping[str, object], column: str) -> list[str] | None:
    if as_number(row[column]) is None:
        return None
    origin = origin_of(table, column, row)
    letter = ORIGIN_MARKS[origin][0] if origin in ORIGIN_MARKS else ""
    return [value_text(row[column], table.units.get(column, "")), letter]
