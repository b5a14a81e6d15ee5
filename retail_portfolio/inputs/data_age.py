"""Age of the data: what is older, on the day a report is made, than its scenario allows.

A report that runs every week on the same tables looks as new as ever. The setting
`data_max_age_days` says how old the day it speaks of, and the rows of its dated tables, may be.
Nothing is refused for its age; it is said.

A sentence names dates and limits, never an age in days, so that it stays as it is from one day to
the next until another row passes its limit. What is known to the month or the year counts from the
last day it can mean.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.files.dates import last_day
from retail_portfolio.inputs.files.textfile import MAX_SCENARIO_BYTES, MAX_TABLE_BYTES, read_text
from retail_portfolio.inputs.guidance import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from retail_portfolio.inputs.case import Case

SETTING = "data_max_age_days"
"""The setting with the limits."""
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?")
_DAYS_IN_YEAR = 365.25
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

Rows = Sequence[tuple[str, str]]
"""The rows of a table, each its key and its date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""


@dataclass(frozen=True, slots=True)
class _Dated:
    """A table whose rows have a date."""

    file: str
    key: str
    one: str
    several: str


_TABLES = {
    "assumptions": _Dated(LEDGER_FILE, "key", "figure of the ledger", "figures of the ledger"),
    "competitors": _Dated("competitors.csv", "competitor_id", "competitor", "competitors"),
}
"""Each table with dates, by the name of its limit."""


def stale_data(case: Case, today: dt.date) -> tuple[str, ...]:
    """
    Say what of a case is older than its scenario allows.

    Parameters
    ----------
    case
        Everything as read; a table without a limit is not looked at.
    today
        The day a report is made.

    Returns
    -------
    tuple of str
        One sentence each, the report's own day first, then by table; empty where nothing is too
        old.
    """

    def rows(name: str) -> Rows:
        if name == "assumptions":
            return [(key, row.as_of) for key, row in case.ledger.items()]
        return list(zip(case.competitors["competitor_id"], case.competitors["as_of"], strict=True))

    settings = case.scenario
    given: dict[str, Any] = {"as_of": settings.as_of.isoformat()}
    given |= {f"{SETTING}.{name}": days for name, days in settings.data_max_age_days}
    given |= {f"assumptions.{key}": value for key, value in settings.assumptions.items()}
    return _stale(given, rows, today)


def stale_files(settings: Mapping[str, Any], data_dir: str, today: dt.date) -> tuple[str, ...]:
    """
    Say the same from settings that were written down and from the files alone.

    Neither pandas nor pydantic is needed, so that a look whether a report still may stand takes no
    longer than reading two tables.

    Parameters
    ----------
    settings
        Every setting as applied, by its name with dots, as a manifest has them.
    data_dir
        The data folder; blank for the checkout's own. A table that is not there, or is none, has
        no rows.
    today
        The day.

    Returns
    -------
    tuple of str
        As `stale_data` says of the same settings and tables.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    folder = folders.data_folder(data_dir)

    def rows(name: str) -> Rows:
        table = _TABLES[name]
        if _is_mapped(folder, table.file):
            return _mapped_rows(table, data_dir)
        text, _ = read_text(folder, table.file, MAX_TABLE_BYTES)
        try:
            header, *lines = csv.reader(io.StringIO(text or "", newline=""), strict=True)
            key, date = header.index(table.key), header.index("as_of")
            return [(line[key], line[date]) for line in lines]
        except (ValueError, IndexError, csv.Error):
            return ()

    return _stale(settings, rows, today)


def _is_mapped(folder: Path, file: str) -> bool:
    """Tell whether `columns.yaml` has an entry for a table."""
    text, _ = read_text(folder, COLUMNS, MAX_SCENARIO_BYTES)
    return any(line.lstrip("\"'").startswith(file) for line in (text or "").splitlines())


def _mapped_rows(table: _Dated, data_dir: str) -> Rows:
    """Read a table that is written as `columns.yaml` says."""
    from retail_portfolio.inputs.table_files import load_table  # noqa: PLC0415 - pandera, only here

    frame = load_table(table.file, data_dir).frame
    return list(zip(frame[table.key], frame["as_of"], strict=True))


def _stale(
    settings: Mapping[str, Any], rows: Callable[[str], Rows], today: dt.date
) -> tuple[str, ...]:
    """Go through the limits; read a table only where it has one."""
    found = []
    day, limit = str(settings.get("as_of", "")), settings.get(f"{SETTING}.report")
    if limit is not None and _DATE.fullmatch(day) and last_day(day) < _first_allowed(today, limit):
        found.append(f"The report speaks of {_in_words(day)}, longer ago than {_allowed(limit)}.")
    for name, table in sorted(_TABLES.items()):
        limit = settings.get(f"{SETTING}.{name}")
        if limit is not None:
            # A figure that the scenario decides is of the day it was decided.
            kept = [date for key, date in rows(name) if f"{name}.{key}" not in settings]
            found += _of_table(table, kept, limit, today)
    return tuple(found)


def _of_table(table: _Dated, dates: Sequence[str], limit: int, today: dt.date) -> list[str]:
    """Count the rows of a table that are too old, and those without a date."""
    known = [date for date in dates if _DATE.fullmatch(date)]
    first = _first_allowed(today, limit)
    old = [date for date in known if last_day(date) < first]
    found = []
    if old:
        newest = _in_words(max(old, key=lambda date: (last_day(date), date)))
        be = "is" if len(old) == 1 else "are"
        counted = f"{_counted(table, len(old), len(dates))} {be} of {newest} or before"
        found.append(f"{counted}, older than {_allowed(limit)}.")
    if undated := len(dates) - len(known):
        have = "has" if undated == 1 else "have"
        counted = _counted(table, undated, len(dates))
        found.append(f"{counted} {have} no date, so how old is not known.")
    return found


def _counted(table: _Dated, some: int, every: int) -> str:
    if every == 1:
        return f"The only {table.one}"
    return (
        f"All {every:,} {table.several}"
        if some == every
        else (f"{some:,} of {every:,} {table.several}")
    )


def _first_allowed(today: dt.date, limit: int) -> str:
    """Return the earliest day that is not too old, as ISO text."""
    return (today - dt.timedelta(days=limit)).isoformat()


def _allowed(limit: int) -> str:
    """Say a limit: in days, and in years as well where that is easier to grasp."""
    years = round(limit / _DAYS_IN_YEAR)
    long = years > 1 and abs(limit - years * _DAYS_IN_YEAR) <= 1
    days = f"{limit:,} day{'' if limit == 1 else 's'}"
    return f"the {days}{f' ({years} years)' if long else ''} that the scenario allows"


def _in_words(date: str) -> str:
    """Write a date as precisely as it is known: `11 December 2021`, `December 2021` or `2021`."""
    year, *rest = date.split("-")
    parts = [str(int(rest[1]))] if rest[1:] else []
    parts += [_MONTHS[int(rest[0]) - 1]] if rest else []
    return " ".join([*parts, year])
