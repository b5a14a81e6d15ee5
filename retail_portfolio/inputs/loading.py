"""The whole check, in order: files, cells, rows, one table against another, guards."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from retail_portfolio.inputs import assumed, folders, ledger, tables
from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.columns import ColumnsFile, TableSource, read_columns
from retail_portfolio.inputs.currency import dollar_faults, in_currency, settled
from retail_portfolio.inputs.exported import as_written, exported_table
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.reading import RawTable, open_table, table_of
from retail_portfolio.inputs.guidance import advised
from retail_portfolio.inputs.registers import (
    backtest,
    barriers,
    competitors,
    corrections,
    demand,
    forecasts,
    leases,
    metros,
    outcomes,
    relocations,
    stores,
)
from retail_portfolio.inputs.registers.places import far_from_demand_faults, far_from_metro_faults
from retail_portfolio.inputs.registers.travel_times import read_travel_times
from retail_portfolio.inputs.settings.scenario import LedgerFigure, Scenario, load_scenario
from retail_portfolio.inputs.tables import CheckedTable, Table

REMEMBERED_CHARACTERS = 2_000_000
"""Length up to which a table that was checked is remembered by its text.

A sweep, the scenarios beside each other and a notebook at work read the same tables again and
again; a check of the same text has the same outcome.
"""


@dataclass(frozen=True, slots=True)
class _File:
    """How one table is read."""

    name: str
    model: type[Table]
    row_faults: Callable[[CheckedTable], list[Fault]] | None = None
    required: bool = True
    needs_rows: bool = True
    may_lack: tuple[str, ...] = ()
    """Columns that the table need not have."""
    mapped: bool = True
    """Whether `columns.yaml` may say how it is written."""


FILES = (
    _File(stores.FILE, stores.Stores, stores.row_faults, may_lack=stores.POINT_COLUMNS),
    _File(leases.FILE, leases.Leases, leases.row_faults, needs_rows=False),
    _File(demand.FILE, demand.Demand, demand.row_faults),
    _File(metros.FILE, metros.Metros, metros.row_faults),
    _File(competitors.FILE, competitors.Competitors, competitors.row_faults),
    _File(
        ledger.FILE,
        ledger.Assumptions,
        ledger.row_faults,
        may_lack=ledger.MAY_LACK,
        mapped=False,
    ),
    _File(
        barriers.FILE,
        barriers.Barriers,
        barriers.row_faults,
        required=False,
        needs_rows=False,
    ),
    _File(
        relocations.FILE,
        relocations.Relocations,
        relocations.row_faults,
        required=False,
        needs_rows=False,
    ),
    _File(outcomes.FILE, outcomes.Outcomes, required=False, needs_rows=False),
    _File(corrections.FILE, corrections.Corrections, required=False, needs_rows=False),
    _File(
        backtest.SITES_FILE,
        backtest.BacktestSites,
        backtest.row_faults,
        required=False,
        needs_rows=False,
    ),
    _File(
        backtest.OWN_STORES_FILE,
        backtest.BacktestOwnStores,
        backtest.row_faults,
        required=False,
        needs_rows=False,
    ),
)
"""Every table of a fixed name, in the order its faults are reported; forecasts come behind."""


def table_columns() -> dict[str, tuple[str, ...]]:
    """Return each table's file name with its columns in order, as an empty portfolio needs them."""
    return {file.name: tuple(tables.columns_of(file.model)) for file in FILES}


def columns_file(folder: Path) -> ColumnsFile:
    """
    Read `columns.yaml`, by which the tables of another program are read.

    Parameters
    ----------
    folder
        The data folder.

    Returns
    -------
    ColumnsFile
        The ledger is in nobody's export and cannot be in it.
    """
    known = {file.name: tables.columns_of(file.model) for file in FILES if file.mapped}
    return read_columns(folder, known)


def load_table(name: str, data_dir: str = "") -> CheckedTable:
    """
    Read and check one table by itself, whatever state the others are in.

    Parameters
    ----------
    name
        The table's file name, one of `table_columns`.
    data_dir
        The data folder; blank for the checkout's own.

    Returns
    -------
    CheckedTable
        Its faults are those of `columns.yaml`, of the file, of cells and of rows, in the words of
        the file; none that another table or the scenario would show.

    Raises
    ------
    InputError
        When there is no such data folder.
    """
    folder = folders.data_folder(data_dir)
    columns = columns_file(folder)
    table = _checked(folder, next(file for file in FILES if file.name == name), columns)
    by_file = {name: table}
    faults = _worded(_in_order(table.faults, by_file), by_file, columns, data_dir)
    return dataclasses.replace(table, faults=(*columns.faults, *faults))


def load(
    scenario: str,
    data_dir: str,
    overrides: Sequence[str] | Mapping[str, Any] | None,
    fields: Mapping[str, Any],
) -> tuple[Case | None, tuple[Fault, ...]]:
    """
    Read and check everything.

    Parameters
    ----------
    scenario, data_dir, overrides, fields
        As for `case.load_case`.

    Returns
    -------
    tuple
        The case and no faults, or None and every fault: those of the scenario first, then table by
        table, row by row.

    Raises
    ------
    InputError
        When there is no such data folder.
    """
    folder = folders.data_folder(data_dir)
    made, misnamed = forecasts.forecast_files(folder)
    dated = [_File(name, forecasts.Forecasts, forecasts.row_faults) for name in made]
    columns = columns_file(folder)
    by_file = {file.name: _checked(folder, file, columns) for file in (*FILES, *dated)}
    figures = by_file[ledger.FILE].frame
    about = (figures[name] for name in ("key", "unit", "base"))
    keys = {k: LedgerFigure(u, b) for k, u, b in zip(*about, strict=True) if k} or None
    faults: list[Fault] = list(columns.faults)
    settings: Scenario | None = None
    try:
        settings = load_scenario(scenario, data_dir, overrides, ledger_keys=keys, **fields)
    except InputError as error:
        faults += error.faults
    if settings is not None:
        rows = zip(figures.index, figures["key"], figures["unit"].astype("str"), strict=True)
        faults += dollar_faults(rows, settings)
    found = [fault for table in by_file.values() for fault in table.faults]
    found += _cross_faults(by_file, settings)
    faults += _worded(_in_order(found, by_file), by_file, columns, data_dir) + misnamed
    travel_times, found = _travel_times(folder, by_file, settings)
    faults += found
    if faults or settings is None:
        return None, tuple(faults)
    return dataclasses.replace(_case(by_file, settings), travel_times=travel_times), ()


def _travel_times(
    folder: Path, by_file: Mapping[str, CheckedTable], settings: Scenario | None
) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read the file of travel times, if a setting names one and it is known whom it speaks of."""
    register, points, rivals = (by_file[m.FILE] for m in (stores, demand, competitors))
    places = by_file[relocations.FILE]
    known = register.whole and points.whole and rivals.whole and places.whole
    if settings is None or not settings.travel_times or not known:
        return None, []
    frame, faults = read_travel_times(
        folder,
        settings.travel_times,
        points.frame["point_id"].tolist(),
        [
            *register.frame["store_id"],
            *rivals.frame["competitor_id"],
            *places.frame["place_id"],
        ],
        register.frame.loc[register.frame["status"] == "closing", "store_id"].tolist(),
    )
    return frame, list(faults)


def _checked(folder: Path, file: _File, columns: ColumnsFile) -> CheckedTable:
    """Read one table and check its cells and rows."""
    if file.name in columns.unusable:
        unread = RawTable(file.name, pd.DataFrame(dtype=object))
        return dataclasses.replace(tables.check_cells(unread, file.model), whole=False)
    source = columns.tables.get(file.name)
    found = open_table(
        folder,
        file.name,
        tuple(tables.columns_of(file.model)),
        required=file.required,
        may_be_marked=source is not None,
        encoding=source.encoding if source is not None else "utf-8",
    )
    if isinstance(found, RawTable):
        return tables.check_cells(found, file.model)
    said = source.model_dump_json(exclude_defaults=True) if source is not None else ""
    if len(found) > REMEMBERED_CHARACTERS:
        return _checked_text(found, file, said)
    kept = _remembered(found, file, said)
    # Whoever writes into a table has, by copy-on-write, a table of their own from then on.
    texts, frame = kept.texts.copy(deep=False), kept.frame.copy(deep=False)
    return dataclasses.replace(kept, texts=texts, frame=frame)


def _checked_text(text: str, file: _File, said: str) -> CheckedTable:
    """Check a table's text; `said` is what `columns.yaml` says of it, as JSON, or blank."""
    columns = tables.columns_of(file.model)
    if said:
        source = TableSource.model_validate_json(said)
        raw = exported_table(text, file.name, columns, source, needs_rows=file.needs_rows)
    else:
        raw = table_of(
            text, file.name, list(columns), needs_rows=file.needs_rows, may_lack=file.may_lack
        )
    table = tables.check_cells(raw, file.model)
    if file.row_faults is None or table.frame.empty:
        return table
    return table.with_faults(file.row_faults(table))


_remembered = functools.lru_cache(maxsize=24)(_checked_text)


def _worded(
    faults: Sequence[Fault],
    by_file: Mapping[str, CheckedTable],
    columns: ColumnsFile,
    data_dir: str,
) -> list[Fault]:
    """Say faults as whoever wrote the file knows it, with what to do about them; each once."""
    said = [as_written(advised(one, data_dir), by_file[one.file].theirs, columns) for one in faults]
    return list(dict.fromkeys(said))


def _cross_faults(by_file: Mapping[str, CheckedTable], settings: Scenario | None) -> list[Fault]:
    """Hold tables against the scenario, the ledger and each other."""
    register, terms = by_file[stores.FILE], by_file[leases.FILE]
    points, areas, rivals = (by_file[m.FILE] for m in (demand, metros, competitors))
    figures = by_file[ledger.FILE]
    faults: list[Fault] = []
    if settings is not None:
        faults += stores.scenario_faults(register, settings)
        faults += competitors.scenario_faults(rivals, settings)
        faults += outcomes.scenario_faults(by_file[outcomes.FILE], settings)
        faults += relocations.scenario_faults(by_file[relocations.FILE], settings)
    if register.whole:
        stated = (settings.announced or settings.as_of) if settings is not None else None
        faults += leases.store_faults(terms, register, stated)
        faults += outcomes.store_faults(by_file[outcomes.FILE], register)
        faults += relocations.store_faults(by_file[relocations.FILE], register)
        for table in _forecasts(by_file).values():
            faults += forecasts.store_faults(table, register)
    if areas.whole:
        for members in (points, rivals):
            faults += metros.member_faults(members, areas)
            faults += far_from_metro_faults(members, areas.frame)
    if settings is not None and points.whole:
        of_format = register.frame["format"].isin(settings.convert_from)
        valued = of_format & (register.frame["status"] == "closing")
        faults += far_from_demand_faults(register, points, valued)
    if areas.whole and points.whole:
        faults += metros.unused_faults(areas, points)
    if figures.whole and not figures.faults:
        written = ledger.ledger_of(figures.frame)
        known = written if settings is None else in_currency(written, settings)
        faults += assumed.stores_differ(register, known)
        faults += assumed.leases_differ(terms, register.frame, known)
    return faults + corrections.guard_faults(by_file[corrections.FILE], dict(by_file))


def _forecasts(by_file: Mapping[str, CheckedTable]) -> dict[str, CheckedTable]:
    """Return the tables that are forecasts, the earliest first."""
    fixed = {file.name for file in FILES}
    return {name: table for name, table in by_file.items() if name not in fixed}


def _all_forecasts(by_file: Mapping[str, CheckedTable]) -> pd.DataFrame:
    """Put the forecasts under each other, with the name of the file in front."""
    frames = [
        table.frame.assign(file=pd.Series(name, index=table.frame.index, dtype="str"))
        for name, table in _forecasts(by_file).items()
    ]
    frames = frames or [tables.empty(forecasts.Forecasts).assign(file=pd.Series([], dtype="str"))]
    stacked = pd.concat(frames, ignore_index=True)
    return stacked[["file", *(name for name in stacked if name != "file")]]


def _in_order(faults: Sequence[Fault], by_file: Mapping[str, CheckedTable]) -> list[Fault]:
    """Sort faults by file, row and column, and keep one a cell: the last found knows most."""
    place = {name: at for at, name in enumerate(by_file)}
    columns = {name: list(table.frame.columns) for name, table in by_file.items()}
    one_each: dict[object, Fault] = {}
    for fault in faults:
        cell = (fault.file, fault.row, fault.column)
        one_each[cell if fault.row and fault.row > 1 and fault.column else fault] = fault

    def order(fault: Fault) -> tuple[int, int, int]:
        known = columns[fault.file]
        at = known.index(fault.column) if fault.column in known else -1
        return place[fault.file], fault.row or 0, at

    return sorted(one_each.values(), key=order)


def _case(by_file: Mapping[str, CheckedTable], settings: Scenario) -> Case:
    """Put the checked parts together, with assumed values as the ledger has them now."""
    figures: Ledger = settled(ledger.ledger_of(by_file[ledger.FILE].frame), settings)
    frames: dict[str, pd.DataFrame] = {
        name: table.frame.reset_index(drop=True) for name, table in by_file.items()
    }
    register, terms = assumed.resolve_assumed(frames[stores.FILE], frames[leases.FILE], figures)
    return Case(
        scenario=settings,
        ledger=figures,
        stores=register,
        leases=terms,
        demand=frames[demand.FILE],
        competitors=frames[competitors.FILE],
        metros=frames[metros.FILE],
        barriers=frames[barriers.FILE],
        relocations=frames[relocations.FILE],
        outcomes=frames[outcomes.FILE],
        corrections=frames[corrections.FILE],
        backtest_sites=frames[backtest.SITES_FILE],
        backtest_own_stores=frames[backtest.OWN_STORES_FILE],
        forecasts=_all_forecasts(by_file),
    )
