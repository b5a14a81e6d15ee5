"""Trade areas as shapes: where a store's customers live, drawn from demand points.

Every area is a union of whole cells (`retail_portfolio.present.mapping.cells`) of the points that
`retail_portfolio.model.market.catchments` names: the ones that bring half or seven tenths of a
store's sales, or the ones where it leads among the own stores. The 70 % area of a store therefore
holds its 50 % area exactly, and no two dominant areas overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from retail_portfolio.model.market.catchments import CONTOURS, catchment, dominant, sales_by_point
from retail_portfolio.present.mapping.cells import cell_shapes, cells, filled, sq_km, union

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Shapes = NDArray[np.object_]

__all__ = ["COLUMNS", "HOLE_SQ_KM", "catchment_areas", "cells", "dominant_areas"]

#: Holes of a catchment below this are filled: a tract or two that shop elsewhere.
HOLE_SQ_KM: Final = 10.0
COLUMNS: Final = ("option", "store_id", "part", "households", "sales_usd_year", "geometry")


def catchment_areas(
    case: Case,
    trade: TradeAreas,
    options: Sequence[int],
    is_open: Flags,
    parts: Sequence[float] = CONTOURS,
    *,
    hole_sq_km: float = HOLE_SQ_KM,
) -> Any:
    """Return where the customers live that bring parts of the sales of options.

    Parameters
    ----------
    options
        Positions in the market; each counts as open, whatever ``is_open`` says of it.
    is_open
        Which options trade, shape ``(options,)``.
    parts
        Parts of the sales, 0 to 1: `retail_portfolio.model.market.catchments.catchment` for each.
    hole_sq_km
        Holes of an area below this are filled, square kilometres.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `COLUMNS`, by option and rising part: the households within, what the option sells
        to them, and the area in WGS 84. The area of a larger part holds that of a smaller one.
        An option that sells nothing has no row.
    """
    households = case.demand["households"].to_numpy(float)
    inside = {
        (option, part): catchment(trade, households, option, is_open, part)
        for option in options
        for part in sorted(parts)
    }
    wanted = np.unique(np.concatenate([np.zeros(0, np.int64), *inside.values()]))
    shapes = cell_shapes(case.demand, wanted)
    rows = []
    for (option, part), points in inside.items():
        where, sales = sales_by_point(trade, option, is_open)
        sold = float(sales[np.isin(where, points)].sum())
        rows.append((option, part, points, sold, hole_sq_km))
    return _frame(trade, households, shapes, rows)


def dominant_areas(case: Case, trade: TradeAreas, is_open: Flags) -> Any:
    """Return where each open option has the largest share among the own stores.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `COLUMNS`, one row an option that leads anywhere, in the order of the market;
        ``part`` is blank. No two areas overlap.
    """
    households = case.demand["households"].to_numpy(float)
    leads = dominant(trade, is_open)
    shapes = cell_shapes(case.demand)
    rows = []
    for option in np.unique(leads[leads >= 0]).tolist():
        points = np.flatnonzero(leads == option)
        where, sales = sales_by_point(trade, option, is_open)
        rows.append((option, np.nan, points, float(sales[np.isin(where, points)].sum()), 0.0))
    return _frame(trade, households, shapes, rows)


def _frame(
    trade: TradeAreas,
    households: Floats,
    shapes: Shapes,
    rows: Iterable[tuple[int, float, Ints, float, float]],
) -> Any:
    import geopandas  # type: ignore[import-untyped]  # noqa: PLC0415 - as in `cells`

    names, stores = (trade.options[name].tolist() for name in ("option", "store_id"))
    records = []
    for option, part, points, sold, hole_sq_km in rows:
        own = [shape for shape in shapes[points] if shape is not None]
        if not own:
            continue
        area = union(np.array(own, dtype=object))
        area = filled(area, hole_sq_km, sq_km) if hole_sq_km > 0 else area
        people = float(households[points].sum())
        records.append((names[option], stores[option], part, people, sold, area))
    table = dict(zip(COLUMNS, zip(*records, strict=True), strict=True)) if records else {}
    return geopandas.GeoDataFrame(
        {name: list(table.get(name, ())) for name in COLUMNS}, crs="EPSG:4326"
    )
