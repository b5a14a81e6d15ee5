"""`build points`: coordinates for the stores that have none, from their addresses or ZIP codes.

Addresses go to the geocoder of the Census Bureau, through the package `censusgeocode` (extra
`geocode`; no key). It finds a house number between the numbers at the ends of its block: near the
door, and never more than that. The middle of a ZIP area needs no network and is far from most
doors. Both are marked `assumed`, each with how far off it may be.

Only blank cells are filled, in the file as it is; a store that has any of its four cells is left.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.build.acs import SourceUnavailableError
from retail_portfolio.inputs.build.cells import open_cells, unwritable, written
from retail_portfolio.inputs.build.slugs import slug
from retail_portfolio.inputs.build.writing import write_aside
from retail_portfolio.inputs.columns import TableSource
from retail_portfolio.inputs.faults import Fault, InputError, shown
from retail_portfolio.inputs.files.textfile import text_hazard
from retail_portfolio.inputs.loading import columns_file, load_table
from retail_portfolio.inputs.registers import stores
from retail_portfolio.inputs.registers.places import MAX_LATITUDE, distance_km
from retail_portfolio.inputs.registers.zip_areas import zip_places
from retail_portfolio.inputs.tables import CheckedTable

EXACT_M = 150
"""How far a matched address may be off, in metres: judged as most points between two house numbers
are in the register of the bundled case."""
NEAR_M = 1_000
"""The same where the geocoder changed a part of the address to find it."""
ZIP_M = 5_000
"""How far the middle of a ZIP area may be off, in metres. Measured on 4,263 supermarkets of the
bundled case: half are within 1.9 km of it, nine in ten within 4.7 km."""
ORIGIN = "assumed"
"""What such a point is marked as."""
FAR_FROM_ZIP_KM = 50.0
"""A match farther from the middle of the ZIP area is a place of the same name. Of those
supermarkets, 99 in 100 are within 11.9 km."""
ADDRESSES_A_REQUEST = 500
"""Addresses asked for at once; the service takes 10,000, and takes minutes for them."""
TIMEOUT_SECONDS = 120.0
"""How long the service may be silent before it counts as gone."""
_ADDRESS = ("street", "city", "state", "zip")
_DEGREES = {"lat": MAX_LATITUDE, "lon": 2 * MAX_LATITUDE}
_LONG = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
"""First words of cities as addresses shorten them."""

Address = Mapping[str, str]
Answers = Mapping[str, Mapping[str, Any]]
"""What the geocoder says of each address, by the id it was sent with."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is, or why that is not known."""

    words: str
    """Where it comes from, or the reason."""
    lat: float = math.nan
    """Degrees, WGS 84; NaN where not known."""
    lon: float = math.nan
    """Degrees, WGS 84; NaN where not known."""
    precision_m: int = 0
    """How far it may be off, in metres."""

    @property
    def found(self) -> bool:
        """Whether there is a point."""
        return not math.isnan(self.lat)


@dataclass(frozen=True, slots=True)
class _Centre:
    """The middle of a ZIP area."""

    lat: float
    lon: float
    state: str


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
    free = {row: _taken(table, row) for row in missing}
    open_rows = _addresses(table, [row for row, taken in free.items() if not taken])
    found = _by_zip(open_rows) if by_zip else _by_address(open_rows, ask or ask_census)
    found |= {row: Place(taken) for row, taken in free.items() if taken}
    places = {(row, _named(table, row)): found[row] for row in missing}
    source = columns.tables.get(stores.FILE)
    file = (folder / stores.FILE).resolve()
    cells = open_cells(folder, stores.FILE, source)
    for (row, _), place in places.items():
        if place.found:
            cells.fill(row, _cells_of(place, source or TableSource()))
    kept = ""
    if any(place.found for place in places.values()):
        kept = write_aside(file.parent, file.name, cells.content(), keep=True)
    return Points(places, kept, by_zip)


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


def _by_zip(addresses: Mapping[int, Address]) -> dict[int, Place]:
    """Return the middle of each ZIP area."""
    centres = _centres()
    return {row: _middle(address, centres) for row, address in addresses.items()}


def _middle(address: Address, centres: Mapping[str, _Centre]) -> Place:
    code, state = address["zip"], address["state"]
    centre = centres.get(code)
    if centre is None:
        none = f"{shown(code)} is no ZIP area with households"
        return Place(none if code else "it has no ZIP code")
    if state and state != centre.state:
        return Place(f"ZIP {code} lies in {centre.state} and the store in {state}")
    return Place(f"middle of ZIP {code}", centre.lat, centre.lon, ZIP_M)


def _centres() -> dict[str, _Centre]:
    areas = zip_places()
    columns = (areas[name].tolist() for name in ("zip", "lat", "lon", "state"))
    return {code: _Centre(lat, lon, state) for code, lat, lon, state in zip(*columns, strict=True)}


def _by_address(
    addresses: Mapping[int, Address], ask: Callable[[Sequence[Address]], Answers]
) -> dict[int, Place]:
    """Ask for every address that is one, and judge each answer."""
    asked = [
        {"id": str(row), **address}
        for row, address in addresses.items()
        if address["street"] and (address["zip"] or (address["city"] and address["state"]))
    ]
    answers = ask(asked) if asked else {}
    centres = _centres() if asked else {}
    sent = {one["id"] for one in asked}
    return {
        row: _judged(address, answers.get(str(row)), centres)
        if str(row) in sent
        else Place("its address needs a street, and a ZIP code or a city and state")
        for row, address in addresses.items()
    }


def _judged(
    address: Address, answer: Mapping[str, Any] | None, centres: Mapping[str, _Centre]
) -> Place:
    """Take an answer, or say why it is not taken."""
    if answer is None:
        return Place("the geocoder did not answer for it")
    if not answer["match"]:
        return Place("the geocoder knows no such address, or several")
    point = {axis: answer[axis] for axis in _DEGREES}
    if not all(
        isinstance(point[axis], float) and abs(point[axis]) <= most
        for axis, most in _DEGREES.items()
    ):
        return Place("the geocoder gave no point for it")
    matched = str(answer["parsed"] or "")
    said, exact = f"matched as {shown(matched)}", answer["matchtype"] == "Exact"
    centre = centres.get(address["zip"])
    # What was changed, or has no ZIP area to be held against, may be anywhere in the state.
    if why := _elsewhere(address, matched, unsure=not exact or centre is None):
        return Place(f"{said}, in another {why}")
    away = _away_km(point, centre)
    if away > FAR_FROM_ZIP_KM:
        return Place(f"{said}, {away:,.0f} km from the middle of ZIP {address['zip']}")
    return Place(said, point["lat"], point["lon"], EXACT_M if exact else NEAR_M)


def _elsewhere(address: Address, matched: str, *, unsure: bool) -> str:
    """Say which part of a match, `STREET, CITY, STATE, ZIP`, is not that asked for; blank if none.

    City, or ZIP code where no city was asked for, only matter where the match is unsure.
    """
    if address["state"] and f", {address['state']}," not in f"{matched},":
        return "state"
    _, city, _, code = ["", "", "", "", *(part.strip() for part in matched.split(","))][-4:]
    if unsure and address["city"]:
        return "" if _town(address["city"]) == _town(city) else "city"
    return "ZIP area" if unsure and address["zip"] != code else ""


def _town(name: str) -> str:
    return re.sub(r"^(?:st|ste|ft|mt)(?=-)", lambda word: _LONG[word[0]], slug(name))


def _away_km(point: Mapping[str, float], centre: _Centre | None) -> float:
    """Return the distance to a centre in kilometres; 0 where there is none."""
    if centre is None:
        return 0.0
    here = [pd.Series([point[axis]]) for axis in ("lat", "lon")]
    return float(distance_km(here[0], here[1], centre.lat, centre.lon).iloc[0])


def ask_census(addresses: Sequence[Address]) -> Answers:
    """
    Ask the Census Bureau's geocoder.

    Parameters
    ----------
    addresses
        Each with `id`, `street`, `city`, `state` and `zip`.

    Returns
    -------
    mapping
        By id: `match`, `matchtype` (`Exact` or `Non_Exact`), `parsed` (the address as it was
        found), `lat` and `lon`.

    Raises
    ------
    InputError
        When the extra is not installed.
    SourceUnavailableError
        When it does not answer, or with something else.
    """
    if importlib.util.find_spec("censusgeocode") is None:
        expected = "the package censusgeocode: pip install 'retail-portfolio[geocode]'; or --zip"
        raise InputError([Fault("build points", None, None, None, expected)])
    import requests  # noqa: PLC0415 - comes with the extra

    client = importlib.import_module("censusgeocode").CensusGeocode()
    rows: list[dict[str, Any]] = []
    try:
        for start in range(0, len(addresses), ADDRESSES_A_REQUEST):
            some = [dict(one) for one in addresses[start : start + ADDRESSES_A_REQUEST]]
            rows += client.addressbatch(some, returntype="locations", timeout=TIMEOUT_SECONDS)
    except requests.RequestException as error:
        raise SourceUnavailableError(_unanswered(type(error).__name__)) from None
    except (csv.Error, ValueError, LookupError, TypeError, AttributeError):
        raise SourceUnavailableError(_unanswered("its answer is no list")) from None
    wanted = {one["id"] for one in addresses}
    answers = {str(row["id"]): row for row in rows if row["id"] in wanted}
    if not answers:
        raise SourceUnavailableError(_unanswered("its answer names none of the addresses"))
    return answers


def _unanswered(why: str) -> str:
    return (
        f"the geocoder of the Census Bureau did not answer ({why}); nothing was written. Try again "
        "later, or run with --zip"
    )
