"""`build competitors`: other owners' supermarkets around the stores that matter, from a list.

Kept are the rivals that share a household with a store: within two radii of it, see `area`. Which
rows of a list are none says `rival_rules`.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pandas as pd

from retail_portfolio.inputs.build import writing
from retail_portfolio.inputs.build.area import Area, area_of
from retail_portfolio.inputs.build.codebook import write_built
from retail_portfolio.inputs.build.listed import load_list
from retail_portfolio.inputs.build.rival_rules import US_KM, chosen
from retail_portfolio.inputs.build.slugs import place_id
from retail_portfolio.inputs.build.snap import Rivals, load_snap
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.dates import first_day, last_day
from retail_portfolio.inputs.files.textfile import text_hazard
from retail_portfolio.inputs.near import nearest
from retail_portfolio.inputs.registers import competitors
from retail_portfolio.inputs.registers.places import distance_km
from retail_portfolio.inputs.registers.zip_areas import zip_places

_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2}(?:-[0-9]{2}(?:-[0-9]{2})?)?)(?![0-9])")
_SNAP = "SNAP retailers, US Department of Agriculture"
_SENTENCES = (
    "One row a supermarket of another owner; its point is that of the list, observed.",
    "`kind` is told from the chain; a blank size is the ledger's typical one of the kind.",
    "`county_fips` and `metro_id` are those of its ZIP area, by the address, else by the point.",
)


def build_competitors(
    data_dir: str = "",
    scenario: str = "base",
    *,
    snap: str = "",
    listed: str = "",
    as_of: str = "",
    radius_miles: float | None = None,
    replace: bool = False,
    today: dt.date | None = None,
) -> writing.Built:
    """
    Write `competitors.csv` from a list of shops.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    scenario
        The scenario that names the owner's banners and says how far people travel.
    snap, listed
        A list of SNAP retailers, or a plain list; one of them.
    as_of
        The date the list speaks of; where blank, what the list or its name says.
    radius_miles
        Great-circle miles around a store within which a rival matters; twice the radius of
        `build demand` where not given.
    replace
        Whether a table with rows may be replaced; it is kept under another name.
    today
        The day of the build; that of the clock (UTC) where not given.

    Returns
    -------
    Built

    Raises
    ------
    InputError
        Every fault of `stores.csv` or of the list; a list without a date or without a rival; a
        table that may not be replaced.
    """
    if bool(snap) == bool(listed):
        given = "both" if snap else None
        expected = "one list: --snap FILE or --list FILE"
        raise InputError([Fault("build competitors", None, None, given, expected)])
    writing.refuse_to_replace(data_dir, competitors.FILE, replace=replace)
    area = area_of(scenario, data_dir)
    file = Path(snap or listed)
    today = today or dt.datetime.now(dt.UTC).date()
    rivals = load_snap(file, today) if snap else load_list(file)
    source = _source(file.name, snap=bool(snap))
    rows = _dated(rivals, file, as_of)
    rows["source"] = rows["source"].where(rows["source"] != "", source)
    radius = 2 * area.radius_miles if radius_miles is None else radius_miles
    rows, left_out = chosen(rows, area, radius)
    if rows.empty:
        expected = f"a supermarket of another owner within {radius:g} miles of a store"
        raise InputError([Fault(file.name, None, None, f"{len(rivals.rows)} shops", expected)])
    text = writing.table_text(
        _table(rows, area), competitors.Competitors, competitors.FILE, competitors.row_faults
    )
    around = f"within {radius:g} miles of {writing.counted(len(area.anchors), 'store')}"
    built = writing.Built(
        file=competitors.FILE,
        rows=len(rows),
        source=source,
        notes=(area.settings.note, around),
        left_out=(*rivals.left_out, *left_out),
    )
    return write_built(data_dir, "competitors", built, text, _SENTENCES)


def _source(name: str, *, snap: bool) -> str:
    """Say which list it is, without a file's name that a table may not hold."""
    source = f"{_SNAP}, {name}" if snap else f"the list {name}"
    if text_hazard(source):
        return _SNAP if snap else "a list"
    return source


def _dated(rivals: Rivals, file: Path, as_of: str) -> pd.DataFrame:
    """Give each row a date: its own, the one given, the list's, or the one in the file's name."""
    if as_of and not _is_date(as_of):
        expected = "a date as YYYY-MM-DD, YYYY-MM or YYYY"
        raise InputError([Fault("--as-of", None, None, as_of, expected)])
    named = [text for text in _DATE.findall(file.stem) if _is_date(text)]
    date = as_of or rivals.as_of or max(named, key=last_day, default="")
    without = rivals.rows["as_of"] == ""
    if without.any() and not date:
        expected = "--as-of DATE: neither the list nor its name says which day it speaks of"
        raise InputError([Fault(file.name, None, "as_of", None, expected)])
    return rivals.rows.assign(as_of=rivals.rows["as_of"].mask(without, date))


def _is_date(text: str) -> bool:
    """Tell whether a text is a date as tables hold it, known to the day, the month or the year."""
    try:
        dt.date.fromisoformat(first_day(text))
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def _table(rows: pd.DataFrame, area: Area) -> pd.DataFrame:
    """Fill in what the table asks for beyond the list, and sort by id."""
    at = _zip_at(rows)
    here = zip_places().iloc[at].set_axis(rows.index)
    given = rows["state"].str.fullmatch("[A-Z]{2}")
    table = rows.assign(
        state=rows["state"].where(given, here["state"]),
        zip=rows["zip"].where(rows["zip"].str.fullmatch("[0-9]{5}"), ""),
        county_fips=here["county_fips"],
        metro_id=area.metro_of(at),
        lat=[f"{value:.5f}" for value in rows["lat"]],
        lon=[f"{value:.5f}" for value in rows["lon"]],
        **{
            column: rows[column].where(rows[column].map(text_hazard).isna(), "")
            for column in ("street", "city")
        },
    )
    table["competitor_id"] = _ids(table)
    return table.sort_values("competitor_id", ignore_index=True)


def _zip_at(rows: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the ZIP area of each row: that of its own address, else the nearest."""
    places = zip_places()
    at, _ = nearest(rows, places)
    own = pd.Index(places["zip"]).get_indexer(pd.Index(rows["zip"]))
    its = places.iloc[own].set_axis(rows.index)  # the last area where it has none
    far = distance_km(rows["lat"], rows["lon"], its["lat"], its["lon"]).to_numpy() > US_KM
    return np.where((own < 0) | far, at, own)


def _ids(table: pd.DataFrame) -> list[str]:
    """Return an id each, of chain and point; where two are the same, their texts decide."""
    ids = pd.Series(
        [
            place_id(chain, float(lat), float(lon))
            for chain, lat, lon in zip(table["chain"], table["lat"], table["lon"], strict=True)
        ],
        index=table.index,
    )
    order = table.assign(id=ids).sort_values(["id", "name", "street", "lat", "lon"], kind="stable")
    again = order.groupby("id").cumcount().reindex(table.index)
    return [each if not n else f"{each}-{n + 1}" for each, n in zip(ids, again, strict=True)]
