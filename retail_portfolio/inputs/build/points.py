"""`build points`: coordinates for the stores that have none, from their addresses or ZIP codes.

Addresses go to a geocoder; the middle of a ZIP area needs no network. Both are marked `assumed`,
each with how far off it may be. Only blank cells are filled, in the file as it is; a store that has
any of its four cells is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.build.addresses import Place, by_address, by_zip_area
from retail_portfolio.inputs.build.cells import open_cells, unwritable, written
from retail_portfolio.inputs.build.geocoder import Address, Answers, ask_census
from retail_portfolio.inputs.build.writing import write_aside
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.columns import TableSource
from retail_portfolio.inputs.faults import InputError, shown
from retail_portfolio.inputs.files.textfile import text_hazard
from retail_portfolio.inputs.registers import stores
from retail_portfolio.inputs.table_files import columns_file, load_table

ORIGIN = "assumed"
"""What such a point is marked as."""
_ADDRESS = ("street", "city", "state", "zip")


@dataclass(frozen=True, slots=True)
class Points:
    """What was found, store by store."""

    places: Mapping[tuple[int, str], Place]
    """By spreadsheet row and store, those that had no coordinates."""
    kept: str = ""
    """What the table as it was is called now; blank where nothing was filled in."""
    by_zip: bool = False
    """Whether ZIP areas were taken."""

    def __str__(self) -> str:
        """Say it store by store, then what is left to do."""
        found = sum(place.found for place in self.places.values())
        if not self.places:
            return f"{stores.FILE}: every store has coordinates; nothing was changed"
        lines = [f"{stores.FILE}: {found:,} of {len(self.places):,} stores placed"]
        if self.kept:
            lines.append(f"  the table before is kept as {self.kept}")
        for (row, store), place in self.places.items():
            said = (
                f"{place.lat:.5f}, {place.lon:.5f}, within about {place.precision_m:,} m: "
                if place.found
                else "not placed: "
            )
            lines.append(f"  row {row}, {store}: {said}{place.words}")
        if found < len(self.places):
            hand = "  for the others fill in lat, lon, point_precision_m and point_origin"
            lines.append(hand if self.by_zip else f"{hand}, or run with --zip")
        return "\n".join(lines)


def build_points(
    data_dir: str = "",
    *,
    by_zip: bool = False,
    ask: Callable[[Sequence[Address]], Answers] | None = None,
) -> Points:
    """
    Fill in coordinates where `stores.csv` has none.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    by_zip
        Whether the middle of the ZIP area is taken, and nobody asked.
    ask
        What answers for addresses; the Census Bureau's geocoder where not given.

    Returns
    -------
    Points

    Raises
    ------
    InputError
        When the table cannot be read, `columns.yaml` leaves no room for the points, the extra is
        not installed, or the folder cannot be written to.
    SourceUnavailableError
        When the geocoder does not answer; nothing was written then.
    """
    folder = folders.data_folder(data_dir)
    table, columns = load_table(stores.FILE, data_dir), columns_file(folder)
    if not table.whole:
        raise InputError(table.faults)
    missing = [int(row) for row in table.frame.index[stores.unplaced(table)]]
    words = {"point_origin": ORIGIN}
    if faults := unwritable(stores.POINT_COLUMNS, words, stores.FILE, columns) if missing else []:
        raise InputError(faults)
    taken = {row: said for row in missing if (said := _taken(table, row))}
    addresses = _addresses(table, [row for row in missing if row not in taken])
    found = by_zip_area(addresses) if by_zip else by_address(addresses, ask or ask_census)
    found |= {row: Place(said) for row, said in taken.items()}
    kept = _filled_in(folder, found, columns.tables.get(stores.FILE))
    places = {(row, _named(table, row)): found[row] for row in missing}
    return Points(places, kept, by_zip)


def _filled_in(folder: Path, found: Mapping[int, Place], source: TableSource | None) -> str:
    """Fill the points into their rows; return under which name the table before is kept."""
    points = {row: place for row, place in found.items() if place.found}
    if not points:
        return ""
    cells = open_cells(folder, stores.FILE, source)
    for row, place in points.items():
        cells.fill(row, _cells_of(place, source or TableSource()))
    file = (folder / stores.FILE).resolve()
    return write_aside(file.parent, file.name, cells.content(), keep=True)


def _cells_of(place: Place, source: TableSource) -> dict[str, str]:
    """Return the four cells as the file writes them."""
    ours = {
        "lat": repr(place.lat),
        "lon": repr(place.lon),
        "point_precision_m": str(place.precision_m),
        "point_origin": ORIGIN,
    }
    return {column: written(value, column, source) or "" for column, value in ours.items()}


def _text(table: CheckedTable, row: int, column: str) -> str:
    return str(table.texts.at[row, column]) if column in table.texts.columns else ""


def _named(table: CheckedTable, row: int) -> str:
    """Name a store by its id as written, whatever that is."""
    store = _text(table, row, "store_id")
    return store if store and text_hazard(store) is None else shown(store)


def _taken(table: CheckedTable, row: int) -> str:
    """Say what stands in a store's cells though it has no point; blank for nothing."""
    there = [c for c in stores.POINT_COLUMNS[2:] if _text(table, row, c)]
    if not there:
        return ""
    values = ", ".join(f"{column} says {shown(_text(table, row, column))}" for column in there)
    return f"{values}, and only blank cells are filled in"


def _addresses(table: CheckedTable, rows: Sequence[int]) -> dict[int, Address]:
    """Return the parts of each address; a cell that is at fault is blank."""
    parts = {column: table.frame[column].to_dict() for column in _ADDRESS}
    return {row: {column: str(parts[column][row]) for column in _ADDRESS} for row in rows}
