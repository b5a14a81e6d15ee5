"""The base map of county and state lines, small enough to stand in a page.

Coordinates become whole numbers, each the step from the one before, which takes a third of the
room of GeoJSON; the script in the page adds them up again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: A ten-thousandth of a degree: 11 m, below what the lines are good for.
STEPS_PER_DEGREE: Final = 10_000

Ring = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Basemap:
    """Outlines of states and counties, as steps.

    Parameters
    ----------
    states, counties
        One entry a ring: longitude and latitude of its first point in 1/`STEPS_PER_DEGREE`
        degrees, then the steps to each further one.
    credit
        Who drew the lines.
    """

    states: tuple[Ring, ...] = ()
    counties: tuple[Ring, ...] = ()
    credit: str = "Lines: US Census Bureau, public domain"


def load_basemap(data_dir: str | Path = "") -> Basemap:
    """Read ``basemap/states.geojson`` and ``basemap/counties.geojson``.

    Parameters
    ----------
    data_dir
        The data folder; one that has no base map, or empty, takes the checkout's own.

    Returns
    -------
    Basemap
        Without lines where neither folder has any: the stores then stand on blank paper.
    """
    places = [Path(data_dir)] if str(data_dir) else []
    places += [Path(place) for place in _own_data()]
    for place in places:
        folder = place / "basemap"
        if (folder / "states.geojson").is_file():
            return Basemap(_read(folder / "states.geojson"), _read(folder / "counties.geojson"))
    return Basemap()


def _own_data() -> Iterator[Path]:
    try:
        yield folders.data_folder()
    except InputError:
        return


def _read(path: Path) -> tuple[Ring, ...]:
    if not path.is_file():
        return ()
    return outlines(json.loads(path.read_text("utf-8")))


def outlines(collection: Mapping[str, Any]) -> tuple[Ring, ...]:
    """Return every ring of the polygons of a GeoJSON feature collection, as steps."""
    rings = []
    for feature in collection["features"]:
        geometry = feature["geometry"] or {}
        polygons = geometry.get("coordinates", [])
        if geometry.get("type") == "Polygon":
            polygons = [polygons]
        rings += [_steps(ring) for polygon in polygons for ring in polygon]
    return tuple(ring for ring in rings if len(ring) >= 8)  # noqa: PLR2004 - four corners


def _steps(ring: Iterable[Iterable[float]]) -> Ring:
    out: list[int] = []
    last_x = last_y = 0
    for point in ring:
        lon, lat = list(point)[:2]
        x, y = round(lon * STEPS_PER_DEGREE), round(lat * STEPS_PER_DEGREE)
        if out and (x, y) == (last_x, last_y):
            continue
        out += (x - last_x, y - last_y)
        last_x, last_y = x, y
    return tuple(out)
