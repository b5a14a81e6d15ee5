"""Supermarkets from a list of SNAP retailers: who takes the US government's food benefits.

Nearly every supermarket does. Two files of the Department of Agriculture are read, both public
domain: the locator's list of today (`Store_Name`, `Store_Street_Address`, ... in one file, or cut
from it), and the history of all retailers (`Store Name`, `Street Number`, `Street Name`, ...,
`Authorization Date`, `End Date`), of which the stores that are authorised still are taken.

Kept are the types of store where people do the weekly shopping: supermarkets, super stores and
large grocery stores. What a store is called says its kind more closely, see `chains`.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retail_portfolio.inputs.build.chains import chains_of
from retail_portfolio.inputs.faults import Fault, InputError, one_of
from retail_portfolio.inputs.files.numbers_as_text import number_of
from retail_portfolio.inputs.files.textfile import find_file
from retail_portfolio.inputs.registers.places import MAX_LATITUDE

MAX_BYTES = 1_000_000_000
"""A larger list is refused; the history of the whole country has about 100 million."""
WEEKLY_SHOP = ("supermarket", "super store", "large grocery store")
"""How the names of the kept types begin."""
COLUMNS = ("chain", "kind", "name", "street", "city", "state", "zip", "lat", "lon", "size_sqft")
"""Columns of every list of rivals, beside `as_of` and `source`."""

_NOWHERE = "supermarkets at no place on earth"
_ROWS_NAMED = 5
_STREET = ("street_number", "street_name")
_NAMES = {
    "name": ("store_name",),
    "type": ("store_type",),
    "street": ("store_street_address", "street_address", "address"),
    "city": ("city",),
    "state": ("state",),
    "zip": ("zip_code", "zip", "zip5"),
    "lat": ("latitude",),
    "lon": ("longitude",),
}
_US_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Supermarkets of a list, before anybody has asked where they are."""

    rows: pd.DataFrame
    """Texts: `COLUMNS`, with ``as_of`` and ``source`` blank where the list does not say; ``lat``
    and ``lon`` are numbers."""
    left_out: tuple[tuple[str, int], ...]
    """Why rows were left out, and how many."""
    as_of: str = ""
    """The day the list speaks of, as far as the list itself says; may be blank."""


def load_snap(path: str | Path, today: dt.date) -> Rivals:
    """
    Read the supermarkets from a list of SNAP retailers.

    Parameters
    ----------
    path
        The file: comma-separated, UTF-8, with a header as the module says.
    today
        The day it is read; the list speaks of no later one, whatever a slip in a row says.

    Returns
    -------
    Rivals
        In the order of the file.

    Raises
    ------
    InputError
        When there is no such file, it is no CSV, or columns are missing; every fault is named.
    """
    file = Path(path)
    found, fault = find_file(file.parent, file.name, MAX_BYTES)
    if found is None:
        raise InputError([fault] if fault else [])
    counts: Counter[str] = Counter()
    latest = ""
    rows: list[dict[str, str]] = []
    slips: list[int] = []
    for number, row in _records(found):
        days = (_day(row["began"]), _day(row["ended"]))
        latest = max([latest, *(day for day in days if day <= today.isoformat())])
        why = _why_not(row)
        if why == _NOWHERE:
            slips.append(number)
        if why:
            counts[why] += 1
        else:
            rows.append(row)
    if slips:
        counts[f"{_NOWHERE} ({file.name} {_named(slips)})"] = counts.pop(_NOWHERE)
    names = [_one_line(row["name"]) for row in rows]
    kept = []
    for row, name, chain in zip(rows, names, chains_of(names), strict=True):
        if not chain.kind:
            counts["shops without a full range, by their name"] += 1
            continue
        kept.append(_rival(row, name, chain.name, chain.kind))
    frame = pd.DataFrame(kept, columns=[*COLUMNS, "as_of", "source"])
    return Rivals(frame, tuple(sorted(counts.items())), latest)


def _records(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and fields of each row under our own names: the history has 700,000."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        reader = csv.reader(text, strict=True)
        try:
            header = next(reader, [])
            places = _places(path.name, header)
            for number, cells in enumerate(reader, start=2):
                even = len(cells) == len(header)
                if even or cells:
                    yield number, _record(cells if even else [""] * len(header), places)
        except csv.Error as error:
            expected = f"comma-separated text ({error})"
            raise InputError([Fault(path.name, reader.line_num, None, None, expected)]) from None


def _record(cells: list[str], places: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    return {key: " ".join(cells[at] for at in ats) for key, ats in places.items()}


def _places(file: str, header: list[str]) -> dict[str, tuple[int, ...]]:
    """Say in which fields of a row our columns stand; name every column that is missing."""
    at = {re.sub(r"[^a-z0-9]+", "_", c.lower()).strip("_"): n for n, c in enumerate(header)}
    places: dict[str, tuple[int, ...]] = {}
    faults = []
    for key, names in _NAMES.items():
        known = next((name for name in names if name in at), None)
        if known is not None:
            places[key] = (at[known],)
        elif key == "street" and all(part in at for part in _STREET):
            places[key] = tuple(at[part] for part in _STREET)
        else:
            faults.append(Fault(file, 1, None, None, f"a column {one_of(names)}"))
    if faults:
        raise InputError(faults)
    for key, name in (("began", "authorization_date"), ("ended", "end_date")):
        places[key] = (at[name],) if name in at else ()
    return places


def _why_not(row: Mapping[str, str]) -> str:
    """Return why a retailer is no rival; blank where it is one."""
    if not row["type"].strip():
        return "rows without a type of store, or with fields missing"
    if not row["type"].strip().lower().startswith(WEEKLY_SHOP):
        return "retailers of other types"
    if row["ended"].strip():
        return "stores whose authorisation has ended"
    lat, lon = (number_of(row[axis].strip()) for axis in ("lat", "lon"))
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return "supermarkets without coordinates"
    if abs(lat) > MAX_LATITUDE or abs(lon) > 2 * MAX_LATITUDE:
        return _NOWHERE
    return "" if _one_line(row["name"]) else "supermarkets without a name"


def _named(numbers: Sequence[int]) -> str:
    """Name the first of some rows: `row 3`, `rows 3, 9 and 2 more`."""
    first = ", ".join(str(number) for number in numbers[:_ROWS_NAMED])
    more = f" and {len(numbers) - _ROWS_NAMED:,} more" if len(numbers) > _ROWS_NAMED else ""
    return f"row{'s' if len(numbers) > 1 else ''} {first}{more}"


def _day(written: str) -> str:
    """Return a date of the history as ISO text; blank where there is none."""
    text = written.strip()
    found = _US_DAY.match(text)
    parts = (found[3], found[1], found[2]) if found else ()
    if not found and (iso := _ISO_DAY.match(text)):
        parts = (iso[1], iso[2], iso[3])
    try:
        return dt.date(*(int(part) for part in parts)).isoformat() if parts else ""
    except ValueError:
        return ""


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\ufffd", "")).strip()


def _rival(row: Mapping[str, str], name: str, chain: str, kind: str) -> dict[str, object]:
    return {
        "chain": chain,
        "kind": kind,
        "name": name,
        "street": _one_line(row["street"]),
        "city": _one_line(row["city"]),
        "state": row["state"].strip().upper(),
        "zip": row["zip"].strip()[:5],
        "lat": float(row["lat"]),
        "lon": float(row["lon"]),
        "size_sqft": "",
        "as_of": "",
        "source": "",
    }
