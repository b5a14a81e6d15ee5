"""Cells: the ground around each demand point, found from the points alone.

The cell of a point is what lies nearer to it than to any other point (Voronoi), as far as a disc
around some point reaches and in one piece, so that cells at the rim do not run out over water and
empty land. A disc's radius is `SPREADS` times the mean distance of the point's people from its
centre, within `LEAST_KM` and `MOST_KM`. Cells are found on a plane that touches the Earth in the
middle of each group of points (azimuthal equidistant): a few hundred kilometres out it is wrong by
less than a part in a thousand, and groups whose discs cannot meet have planes of their own.

All lines are then snapped together to the steps of the base map and cut where they meet [1]_.
From there on every shape is a union of whole cells along the same lines. So shapes of nested sets
of points nest exactly, and shapes that share no point share no ground, without any later
simplification that could undo it.

.. [1] Hobby, J. D. (1999). Practical segment intersection with finite precision output.
   Computational Geometry 13(4), 199-214.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from retail_portfolio.model.market.sphere import EARTH_RADIUS_KM, within_km
from retail_portfolio.model.market.travel import spread_km
from retail_portfolio.present.basemap import STEPS_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Shapes = NDArray[np.object_]

#: Radius of a point's disc over the mean distance of its people from its centre. A disc of the
#: point's own area has 1.5; twice that closes most gaps between neighbours.
SPREADS: Final = 3.0
LEAST_KM: Final = 1.0
MOST_KM: Final = 8.0
#: Gaps between discs below this are filled: a park, a reservoir.
GAP_SQ_KM: Final = 10.0

_QUARTER: Final = 3  # Sides to a quarter of a disc.
_COARSE_PER_DEGREE: Final = 4
#: Coarse squares whose middles lie farther apart hold no two points whose discs could meet: two
#: radii and a diagonal of 0.25 by 0.25 degrees.
_APART_KM: Final = 2 * MOST_KM + 40.0


@dataclass(frozen=True, slots=True)
class _Plane:
    """The plane that touches the Earth at a point; distances from there are true."""

    lat: float
    lon: float

    def km(self, lat: Floats, lon: Floats) -> Floats:
        """Return places in degrees as kilometres east and north of the point, shape (n, 2)."""
        phi, away, here = np.radians(lat), np.radians(lon - self.lon), np.radians(self.lat)
        east = np.cos(phi) * np.sin(away)
        north = np.cos(here) * np.sin(phi) - np.sin(here) * np.cos(phi) * np.cos(away)
        along = np.sin(here) * np.sin(phi) + np.cos(here) * np.cos(phi) * np.cos(away)
        sine = np.hypot(east, north)
        angle = np.arctan2(sine, along)
        stretch = np.divide(angle, sine, out=np.ones_like(angle), where=sine > 0)
        found: Floats = EARTH_RADIUS_KM * stretch[:, None] * np.column_stack((east, north))
        return found

    def degrees(self, km: Floats) -> Floats:
        """Return places on the plane as longitude and latitude, shape (n, 2)."""
        here, far = np.radians(self.lat), np.hypot(km[:, 0], km[:, 1])
        angle = far / EARTH_RADIUS_KM
        over = np.divide(np.sin(angle), far, out=np.zeros_like(far), where=far > 0)
        east, north = km[:, 0] * over, km[:, 1] * over
        sine = np.cos(angle) * np.sin(here) + north * np.cos(here)
        along = np.cos(angle) * np.cos(here) - north * np.sin(here)
        lon = self.lon + np.degrees(np.arctan2(east, along))
        return np.column_stack((lon, np.degrees(np.arcsin(np.clip(sine, -1, 1)))))


def cells(demand: pd.DataFrame) -> Any:
    """Return the cell of every demand point.

    Parameters
    ----------
    demand
        Columns ``lat, lon, population, population_per_sq_km``; lat and lon in degrees, WGS 84.

    Returns
    -------
    geopandas.GeoSeries
        Polygons in WGS 84 with the index of ``demand``, on steps of 1/`STEPS_PER_DEGREE` degrees.
        No two overlap. Empty (``None``) where a point stands on an earlier one, or so close to
        others that its cell is smaller than a step.

    Raises
    ------
    ValueError
        If a position is not a number.
    """
    import geopandas  # type: ignore[import-untyped]  # noqa: PLC0415 - half a second to import

    return geopandas.GeoSeries(cell_shapes(demand), index=demand.index, crs="EPSG:4326")


def cell_shapes(demand: pd.DataFrame, wanted: Ints | None = None) -> Shapes:
    """Return the cells of the ``wanted`` points, of all by default; ``None`` elsewhere.

    As `cells`, without the weight of geopandas: an array of shapely polygons, shape ``(points,)``.
    """
    lat, lon = demand["lat"].to_numpy(float), demand["lon"].to_numpy(float)
    wrong = np.flatnonzero(~(np.isfinite(lat) & np.isfinite(lon)))
    if len(wrong):
        raise ValueError(f"{len(wrong)} demand points have no position: row {wrong[0]}")
    spread = spread_km(
        demand["population"].to_numpy(float), demand["population_per_sq_km"].to_numpy(float)
    )
    radius_km = np.clip(SPREADS * spread, LEAST_KM, MOST_KM)
    asked = np.ones(len(lat), bool)
    if wanted is not None:
        asked[:] = False
        asked[wanted] = True
    found = np.full(len(lat), None, dtype=object)
    for rows in _groups(lat, lon):
        if asked[rows].any():
            found[rows] = _cells_of_group(lat[rows], lon[rows], radius_km[rows], asked[rows])
    return found


def _groups(lat: Floats, lon: Floats) -> Iterable[Ints]:
    """Split points into groups so far apart that no disc of one meets a disc of another."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - as in the models
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    if len(lat) == 0:
        return
    coarse = np.rint(np.column_stack((lat, lon)) * _COARSE_PER_DEGREE)
    squares, square_of = np.unique(coarse, axis=0, return_inverse=True)
    at_lat, at_lon = (squares / _COARSE_PER_DEGREE).T
    one, other = within_km(at_lat, at_lon, at_lat, at_lon, _APART_KM)
    ties = coo_array((np.ones(len(one)), (one, other)), shape=(len(squares),) * 2)
    _, group_of = connected_components(ties, directed=False)
    groups = group_of[square_of.ravel()]
    for group in range(groups.max() + 1):
        yield np.flatnonzero(groups == group)


def _cells_of_group(lat: Floats, lon: Floats, radius_km: Floats, asked: Flags) -> Shapes:
    import shapely  # noqa: PLC0415 - only areas need it
    from scipy.spatial import KDTree  # noqa: PLC0415

    plane = _Plane(float(lat.mean()), float(lon.mean()))
    # Points in one place share a cell: it goes to the first of them, or the first asked for.
    place, place_of = np.unique(
        np.rint(np.column_stack((lon, lat)) * STEPS_PER_DEGREE), axis=0, return_inverse=True
    )
    place_of = place_of.ravel()
    spots = plane.km(place[:, 1] / STEPS_PER_DEGREE, place[:, 0] / STEPS_PER_DEGREE)
    reach = np.zeros(len(place))
    np.maximum.at(reach, place_of, radius_km)
    discs = shapely.buffer(shapely.points(spots), reach, quad_segs=_QUARTER)
    land = filled(shapely.union_all(discs), GAP_SQ_KM, shapely.area)
    needed = np.bincount(place_of[asked], minlength=len(place)) > 0
    faces, middles = _faces(_lines(spots, needed, land), plane)
    nearest = KDTree(spots).query(middles)[1]
    inside = needed[nearest] & shapely.contains_xy(land, middles)
    faces, owner = faces[inside], nearest[inside]
    # A piece beside the cell proper is ground that only somebody else's disc reaches.
    largest = np.lexsort((shapely.area(faces), owner))
    largest = largest[np.flatnonzero(np.diff(owner[largest], append=-1))]
    found = np.full(len(lat), None, dtype=object)
    first = np.full(len(place), -1)
    rows = np.flatnonzero(asked)[::-1]
    first[place_of[rows]] = rows
    found[first[owner[largest]]] = shapely.orient_polygons(shapely.normalize(faces[largest]))
    return found


def _lines(spots: Floats, needed: Flags, land: Any) -> Shapes:
    """Return the sides of the needed cells on land, and the shore, on the plane."""
    import shapely  # noqa: PLC0415
    from scipy.spatial import Voronoi  # noqa: PLC0415

    # Four far corners close every cell; their own sides lie beyond every disc.
    low, high = spots.min(axis=0) - 10 * MOST_KM, spots.max(axis=0) + 10 * MOST_KM
    corners = np.array([low, high, (low[0], high[1]), (high[0], low[1])])
    diagram = Voronoi(np.vstack((spots, corners)))
    of_points = np.append(needed, [False] * len(corners))
    ends = np.asarray(diagram.ridge_vertices)
    kept = of_points[diagram.ridge_points].any(axis=1) & (ends >= 0).all(axis=1)
    sides = shapely.linestrings(diagram.vertices[ends[kept]])
    shapely.prepare(land)
    # Far out a line straight on the plane is not straight in degrees.
    across = ~shapely.contains_properly(land, sides)
    sides[across] = shapely.intersection(sides[across], land)
    return np.append(sides, [shapely.boundary(land)])


def _faces(lines: Shapes, plane: _Plane) -> tuple[Shapes, Floats]:
    """Snap lines to the steps, cut them where they meet, and return what they enclose.

    Returns
    -------
    faces
        Polygons in degrees.
    middles
        A place in each, on the plane, shape ``(faces, 2)``.
    """
    import shapely  # noqa: PLC0415

    snapped = shapely.transform(lines, lambda km: plane.degrees(km) * STEPS_PER_DEGREE)
    cut = shapely.get_parts(shapely.union_all(snapped, grid_size=1.0))
    faces = shapely.get_parts(shapely.polygonize(cut))
    faces = shapely.transform(faces, lambda steps: np.rint(steps) / STEPS_PER_DEGREE)
    middles = shapely.get_coordinates(shapely.point_on_surface(faces))
    return faces, plane.km(middles[:, 1], middles[:, 0])


def union(shapes: Shapes) -> Any:
    """Return the union of shapes that share whole sides, the same whatever their order."""
    import shapely  # noqa: PLC0415

    return shapely.orient_polygons(shapely.normalize(shapely.coverage_union_all(shapes)))


def sq_km(polygons: Shapes) -> Floats:
    """Return the area of polygons in degrees, on a plane that is true at the latitude of each."""
    import shapely  # noqa: PLC0415

    lat = np.radians(shapely.get_y(shapely.centroid(polygons)))
    area: Floats = shapely.area(polygons) * np.cos(lat) * np.radians(EARTH_RADIUS_KM) ** 2
    return area


def filled(shape: Any, below_sq_km: float, area_of: Callable[[Shapes], Floats]) -> Any:
    """Fill the holes below a size; what stood as an island in one becomes part of the whole."""
    import shapely  # noqa: PLC0415

    parts = shapely.get_parts(shape)
    if not shapely.get_num_interior_rings(parts).any():
        return shape
    whole = []
    for part in parts:
        holes = np.array(part.interiors, dtype=object)
        large = holes[area_of(shapely.polygons(holes)) >= below_sq_km] if len(holes) else holes
        whole.append(shapely.Polygon(part.exterior, large))
    return shapely.orient_polygons(shapely.normalize(shapely.union_all(whole)))
