"""Maps to measure: made-up stores through our own functions, and a bare Leaflet page beside it.

The bare page is what somebody writes who follows Leaflet's own introduction: the library and the
points in one file, a marker each with its name as tooltip and card; no base map, no search, no
legend. Thousands of markers take many seconds, so that the same page is also written with circles
on one canvas.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.present.assets import script_for, style_for
from retail_portfolio.present.mapping.maps import MapSettings, looks, portfolio_map, write_map
from retail_portfolio.present.tables import Table

if TYPE_CHECKING:
    from pathlib import Path

SEED = 8
CLOSING_AT_MOST = 500
"""Stores of a wave of closures, however many stay: each of them carries a decision and a reason."""
FORMATS = {
    "corner": {"label": "Corner Stop", "role": "closing"},
    "hall": {"label": "Market Hall", "role": "closing"},
    "green": {"label": "Green Grocer", "role": "existing"},
}
FIRST = [
    "Ash",
    "Bay",
    "Cedar",
    "Clear",
    "Deer",
    "Elm",
    "Fair",
    "Glen",
    "Green",
    "Hazel",
    "Lake",
    "Maple",
    "North",
    "Oak",
    "Pine",
    "River",
]
LAST = [
    "brook",
    "bury",
    "dale",
    "field",
    "ford",
    "gate",
    "ham",
    "haven",
    "hill",
    "mont",
    "port",
    "side",
    "ton",
    "view",
    "ville",
    "wood",
]
STREETS = ["Avenue", "Boulevard", "Drive", "Lane", "Parkway", "Road", "Street", "Way"]
STATES = [
    "AZ",
    "CA",
    "CO",
    "GA",
    "IL",
    "MD",
    "MI",
    "MN",
    "MO",
    "NC",
    "NJ",
    "NY",
    "OH",
    "OR",
    "PA",
    "TN",
    "TX",
    "VA",
    "WA",
    "WI",
]
TOWNS = 60
SPREAD_DEGREES = 0.6

MARKS = {
    "markers": "L.marker([lat, lon], {alt: name})",
    "circles": "L.circleMarker([lat, lon], {radius: 5, weight: 1})",
}
"""Ways to draw a point on the bare page."""

_BARE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Stores</title><style>%(css)s
html, body, #map { height: 100%%; margin: 0; }</style></head>
<body><div id="map"></div><script>%(js)s</script><script>
const points = %(points)s;
const map = L.map("map", {preferCanvas: true});
map.fitBounds(points.map(one => [one[0], one[1]]), {animate: false});
for (const [lat, lon, name] of points) {
  %(mark)s.bindTooltip(name).bindPopup(name).addTo(map);
}
window.bare = {count: points.length};
</script></body></html>
"""


def made_up_stores(count: int) -> tuple[Table, pd.DataFrame]:
    """Return stores of a made-up chain, and the decisions for those that close.

    Parameters
    ----------
    count
        How many stores, 10 or more; one in ten closes, 500 at most.

    Returns
    -------
    stores, plan : Table, pandas.DataFrame
        As `retail_portfolio.present.mapping.maps.portfolio_map` takes them. The same every time.
    """
    random = np.random.default_rng(SEED)
    closing = min(CLOSING_AT_MOST, count // 10)
    town = random.integers(0, TOWNS, count)
    middle = np.column_stack([random.uniform(30, 47, TOWNS), random.uniform(-120, -75, TOWNS)])
    lat, lon = (middle[town] + random.normal(0, SPREAD_DEGREES, (count, 2))).T
    first, last = random.choice(FIRST, count), random.choice(LAST, count)
    city = np.char.add(first, last)
    fmt = np.where(np.arange(count) < closing, random.choice(["corner", "hall"], count), "green")
    label = np.array([FORMATS[one]["label"] for one in fmt])
    number, street = random.integers(1, 9999, count), random.choice(STREETS, count)
    size = np.where(fmt == "corner", 2e3, 4e4) * random.uniform(0.6, 1.5, count)
    frame = pd.DataFrame(
        {
            "store_id": [f"{one}-{place:06d}" for place, one in enumerate(fmt)],
            "banner": label,
            "format": fmt,
            "name": [f"{b} {c} {n}" for b, c, n in zip(label, city, number, strict=True)],
            "street": [f"{n} {f} {s}" for n, f, s in zip(number, first, street, strict=True)],
            "city": city,
            "state": np.array(STATES)[town % len(STATES)],
            "lat": lat.clip(25.5, 48.9).round(5),
            "lon": lon.clip(-124, -68).round(5),
            "point_precision_m": random.choice([30.0, 100.0, 900.0], count),
            "status": np.where(fmt == "green", "open", "closing"),
            "size_sqft": size.round(-2),
            "sales_usd_year": (size * random.uniform(300, 900, count)).round(-3),
            "employees": random.integers(8, 180, count).astype(float),
        }
    )
    converts = (fmt[:closing] == "hall") & (random.random(closing) < 0.25)  # noqa: PLR2004
    homes = random.integers(8_000, 90_000, closing)
    plan = pd.DataFrame(
        {
            "store_id": frame["store_id"].iloc[:closing],
            "decision": np.where(converts, "convert_green", "close"),
            "npv_vs_exit_usd": random.normal(0, 4e6, closing).round(-3),
            "reason": [f"{one:,} households within five miles" for one in homes],
        }
    )
    units = {"size_sqft": "sqft", "sales_usd_year": "usd_year", "employees": "people"}
    return Table(frame, units, dict.fromkeys(units, "assumed")), plan


def write_ours(path: Path, stores: Table, plan: pd.DataFrame) -> Path:
    """Write the stores as the report's own map."""
    settings = MapSettings(formats=looks(FORMATS), words=Speech("USD"))
    fmap = portfolio_map(stores, plan=Table(plan, {"npv_vs_exit_usd": "usd"}), settings=settings)
    return write_map(fmap, path, "Made-up stores")


def write_bare(path: Path, stores: pd.DataFrame, marks: str) -> Path:
    """Write the same points as a bare Leaflet page.

    Parameters
    ----------
    path
        Where to write.
    stores
        ``lat, lon, name``.
    marks
        How they are drawn: a key of `MARKS`.
    """
    rows = stores[["lat", "lon", "name"]].to_numpy().tolist()
    parts = {
        "css": style_for("leaflet.css"),
        "js": script_for("leaflet.js"),
        "mark": MARKS[marks],
        "points": json.dumps(rows).replace("</", "<\\/"),
    }
    path.write_text(_BARE % parts, encoding="utf-8")
    return path
