"""Events to test against: sites that closing chains left, and who traded around them at the time.

A case brings its own (`backtest/`). A notebook may name other tables, made elsewhere: they need few
columns, may hold more than are read, and lie anywhere in the country. Where a table names no own
stores or no competitors of the time there are none: today's lists would give the answer away, as a
site that was taken stands on them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable, check_cells
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.reading import read_table
from retail_portfolio.inputs.folders import absolute_path
from retail_portfolio.inputs.registers.backtest import SITES_FILE
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.tables import Table

_SIZE = "square feet above 0, at most 1,000,000; blank if not known"


class EventSites(Table):
    """One row a site that a closing chain left."""

    event: str = tables.text("an event", blank=False)
    site_name: str = tables.text()
    city: str = tables.text()
    state: str = tables.text()
    zip: str = tables.text()
    lat: float = tables.latitude(blank=True)
    lon: float = tables.longitude(blank=True)
    size_sqft: float = tables.number(_SIZE, gt=0, le=1_000_000)
    taken_by: str = tables.text()
    label_converts: float = tables.number(
        "1 if the site was taken, 0 if not, blank if not known", ge=0, le=1, whole=True
    )


class EventStores(Table):
    """One row a store that traded at an event: the taker's own, or a competitor's."""

    event: str = tables.text("an event; blank for all events")
    kind: str = tables.text()
    lat: float = tables.latitude()
    lon: float = tables.longitude()
    size_sqft: float = tables.number(_SIZE, gt=0, le=1_000_000)
    open_at_event: str = tables.choice(("yes", "likely", "unknown", "no"), blank=True)


class WithEvents(Protocol):
    """What has events of its own, as every `Case` has."""

    @property
    def backtest_sites(self) -> pd.DataFrame:
        """One row a site that a closing chain left; may have no rows."""

    @property
    def backtest_own_stores(self) -> pd.DataFrame:
        """One row a store of the owner at those events; may have no rows."""


_SITES_NEED = ("event", "label_converts")
_STORES_NEED = ("lat", "lon")


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Sites of earlier events with the stores around them.

    Parameters
    ----------
    sites
        Columns of `EventSites` but for ``label_converts``, ``taken_by``, under a plain range index.
    labels
        ``label_converts`` of each site: 1.0 taken, 0.0 not, NaN not known. Kept apart, so that
        whatever ranks the sites cannot see it.
    taken_by
        Who took each site, blank where not known; kept apart for the same reason.
    own_stores, competitors
        Columns of `EventStores`; rows that did not trade at the event are left out.
    source
        Names of the tables.
    """

    sites: pd.DataFrame
    labels: pd.Series
    taken_by: pd.Series
    own_stores: pd.DataFrame
    competitors: pd.DataFrame
    source: str = SITES_FILE

    @property
    def names(self) -> tuple[str, ...]:
        """The events, in the order of their first site."""
        return tuple(dict.fromkeys(self.sites["event"]))


def events_of(
    case: WithEvents, sites_csv: str = "", own_stores_csv: str = "", competitors_csv: str = ""
) -> Events:
    """
    Read the events that a notebook names, or take those of the case.

    Parameters
    ----------
    case
        The case; its own events are used where ``sites_csv`` is blank.
    sites_csv
        A table with the columns ``event, label_converts`` and ``lat, lon`` or ``zip``; of the other
        columns of `EventSites` those that are there are read.
    own_stores_csv, competitors_csv
        Tables of stores that traded at the events: ``lat, lon``; with ``event`` a store counts for
        its event only, with ``open_at_event`` not where that is ``no``.

    Returns
    -------
    Events
        Sites without a point and without a ZIP code are among them.

    Raises
    ------
    InputError
        Every fault of the tables; or tables of stores without one of sites.
    """
    if not sites_csv:
        return _of_case(
            case, {"own_stores_csv": own_stores_csv, "competitors_csv": competitors_csv}
        )
    sites = _read("sites_csv", sites_csv, EventSites, _SITES_NEED, _site_faults)
    own, rivals = (
        _read(called, name, EventStores, _STORES_NEED, swapped_faults)
        for called, name in (
            ("own_stores_csv", own_stores_csv),
            ("competitors_csv", competitors_csv),
        )
    )
    if faults := [*sites[1], *own[1], *rivals[1]]:
        raise InputError(faults)
    names = [Path(name).name for name in (sites_csv, own_stores_csv, competitors_csv) if name]
    found = _events(sites[0], own[0], rivals[0])
    return dataclasses.replace(found, source=" and ".join(names))


def _of_case(case: WithEvents, others: dict[str, str]) -> Events:
    """Take the events of the case; stores of other events do not fit to them."""
    if faults := [
        Fault("parameters", None, key, value, "nothing, or sites_csv given too")
        for key, value in others.items()
        if value
    ]:
        raise InputError(faults)
    sites, own = case.backtest_sites, case.backtest_own_stores
    sites = sites if len(sites) else tables.empty(EventSites)
    own = own if len(own) else tables.empty(EventStores)
    return _events(sites, own.assign(kind=""), tables.empty(EventStores))


def _events(sites: pd.DataFrame, own: pd.DataFrame, competitors: pd.DataFrame) -> Events:
    sites = sites[list(tables.columns_of(EventSites))].reset_index(drop=True)
    code = sites["zip"].str.extract("^([^-]*)", expand=False)
    sites["zip"] = code.where(~code.str.isdecimal(), code.str.zfill(5))
    traded, rivals = (
        one.loc[one["open_at_event"] != "no", list(tables.columns_of(EventStores))].reset_index(
            drop=True
        )
        for one in (own, competitors)
    )
    return Events(
        sites.drop(columns=["label_converts", "taken_by"]),
        pd.to_numeric(sites["label_converts"]).astype("float64"),
        sites["taken_by"],
        traded,
        rivals,
    )


def _read(
    called: str,
    name: str,
    model: type[Table],
    needed: Collection[str],
    row_faults: Callable[[CheckedTable], list[Fault]],
) -> tuple[pd.DataFrame, tuple[Fault, ...]]:
    """Read a table that was made elsewhere; an empty one where none is named."""
    if not name:
        return tables.empty(model), ()
    try:
        path = absolute_path(name, called)
    except InputError as error:
        return tables.empty(model), error.faults
    columns = list(tables.columns_of(model))
    optional = [column for column in columns if column not in needed]
    raw = read_table(
        path.parent, path.name, columns, required=True, needs_rows=True, optional=optional
    )
    texts = raw.texts.apply(lambda column: column.str.strip())
    table = check_cells(dataclasses.replace(raw, texts=texts), model)
    faults = row_faults(table) if len(table.frame) else []
    return table.frame, (*table.faults, *faults)


def _site_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a site."""
    frame = table.frame
    half = frame["lat"].isna() != frame["lon"].isna()
    expected = "a latitude and a longitude, or neither"
    return [*swapped_faults(table), *table.faults_where(half, "lat", expected)]
