"""What a reader takes away: a workbook and a layer for a map program, the same bytes every time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from retail_portfolio.present.exporting.workbook import write_xlsx
from retail_portfolio.present.files import write_text
from retail_portfolio.present.formats import as_number, is_blank
from retail_portfolio.present.mapping.map_stores import placed
from retail_portfolio.present.tables import as_table, origin_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from retail_portfolio.present.tables import TableLike

__all__ = ["write_geojson", "write_xlsx"]


def write_geojson(source: TableLike | pd.DataFrame, path: Path) -> Path:
    """Write rows with ``lat`` and ``lon`` as points, the other columns as properties.

    Rows without a position are left out. Coordinates are WGS 84 to six decimals; every figure's
    origin goes along as ``<column>_origin``. A property that is not known of a store is not there:
    readers such as geopandas and QGIS take the columns of all points together and show it as
    missing (NaN, NULL), and a file with every blank written out has thrice the size.

    Parameters
    ----------
    source
        The rows.
    path
        Where to write: one line a point, in the order of the rows.

    Raises
    ------
    KeyError
        If the table has no ``lat`` or ``lon``.
    """
    table = as_table(source)
    shown = placed(table.table)
    records = [{str(key): value for key, value in one.items()} for one in shown.to_dict("records")]
    # A line a store: differences between two files can be read, and indents take no room.
    lines = ",\n".join(_feature(table, record) for record in records)
    return write_text(path, f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n')


def _feature(table: TableLike, row: Mapping[str, object]) -> str:
    place = [round(float(str(row[axis])), 6) for axis in ("lon", "lat")]
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": _properties(table, row),
    }
    # Letters beyond ASCII as they are: the file is UTF-8, as GeoJSON has to be.
    return json.dumps(
        feature, sort_keys=True, allow_nan=False, ensure_ascii=False, separators=(",", ":")
    )


def _properties(table: TableLike, row: Mapping[str, object]) -> dict[str, object]:
    """Return what is known of a store beside its place, each figure with its origin."""
    values = {name: _property(row[name]) for name in row if name not in {"lat", "lon"}}
    properties = {name: value for name, value in values.items() if value is not None}
    for name in table.units:
        origin = origin_of(table, name, row)
        if origin and name in properties:
            properties.setdefault(f"{name}_origin", origin)
    return properties


def _property(value: object) -> object:
    if is_blank(value):
        return None
    if isinstance(value, str) or type(value).__name__ in {"bool", "bool_"}:
        return bool(value) if not isinstance(value, str) else value
    number = as_number(value)
    if number is None:
        return None if isinstance(value, float) else str(value)
    return int(number) if number == int(number) else float(f"{number:.10g}")
