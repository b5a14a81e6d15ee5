"""The tables of a data folder: how each is read, and one of them read and checked by itself."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from retail_portfolio.inputs import folders, ledger, tables
from retail_portfolio.inputs.checked_tables import CheckedTable, check_cells
from retail_portfolio.inputs.columns import ColumnsFile, TableSource, read_columns
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
    leases,
    metros,
    outcomes,
    relocations,
    stores,
)
from retail_portfolio.inputs.tables import Table

REMEMBERED_CHARACTERS = 2_000_000
"""Length up to which a table that was checked is remembered by its text.

A sweep, the scenarios beside each other and a notebook at work read the same tables again and
again; a check of the same text has the same outcome.
"""


@dataclass(frozen=True, slots=True)
class TableFile:
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
    TableFile(stores.FILE, stores.Stores, stores.row_faults, may_lack=stores.POINT_COLUMNS),
    TableFile(leases.FILE, leases.Leases, leases.row_faults, needs_rows=False),
    TableFile(demand.FILE, demand.Demand, demand.row_faults),
    TableFile(metros.FILE, metros.Metros, metros.row_faults),
    TableFile(competitors.FILE, competitors.Competitors, competitors.row_faults),
    TableFile(
        ledger.FILE,
        ledger.Assumptions,
        ledger.row_faults,
        may_lack=ledger.MAY_LACK,
        mapped=False,
    ),
    TableFile(
        barriers.FILE,
        barriers.Barriers,
        barriers.row_faults,
        required=False,
        needs_rows=False,
    ),
    TableFile(
        relocations.FILE,
        relocations.Relocations,
        relocations.row_faults,
        required=False,
        needs_rows=False,
    ),
    TableFile(outcomes.FILE, outcomes.Outcomes, required=False, needs_rows=False),
    TableFile(corrections.FILE, corrections.Corrections, required=False, needs_rows=False),
    TableFile(
        backtest.SITES_FILE,
        backtest.BacktestSites,
        backtest.row_faults,
        required=False,
        needs_rows=False,
    ),
    TableFile(
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
    table = checked_file(folder, next(file for file in FILES if file.name == name), columns)
    by_file = {name: table}
    faults = worded(in_order(table.faults, by_file), by_file, columns, data_dir)
    return dataclasses.replace(table, faults=(*columns.faults, *faults))


def checked_file(folder: Path, file: TableFile, columns: ColumnsFile) -> CheckedTable:
    """Read one table and check its cells and rows."""
    if file.name in columns.unusable:
        unread = RawTable(file.name, pd.DataFrame(dtype=object))
        return dataclasses.replace(check_cells(unread, file.model), whole=False)
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
        return check_cells(found, file.model)
    said = source.model_dump_json(exclude_defaults=True) if source is not None else ""
    if len(found) > REMEMBERED_CHARACTERS:
        return _checked_text(found, file, said)
    kept = _remembered(found, file, said)
    # Whoever writes into a table has, by copy-on-write, a table of their own from then on.
    texts, frame = kept.texts.copy(deep=False), kept.frame.copy(deep=False)
    return dataclasses.replace(kept, texts=texts, frame=frame)


def _checked_text(text: str, file: TableFile, said: str) -> CheckedTable:
    """Check a table's text; `said` is what `columns.yaml` says of it, as JSON, or blank."""
    columns = tables.columns_of(file.model)
    if said:
        source = TableSource.model_validate_json(said)
        raw = exported_table(text, file.name, columns, source, needs_rows=file.needs_rows)
    else:
        raw = table_of(
            text, file.name, list(columns), needs_rows=file.needs_rows, may_lack=file.may_lack
        )
    table = check_cells(raw, file.model)
    if file.row_faults is None or table.frame.empty:
        return table
    return table.with_faults(file.row_faults(table))


_remembered = functools.lru_cache(maxsize=24)(_checked_text)


def worded(
    faults: Sequence[Fault],
    by_file: Mapping[str, CheckedTable],
    columns: ColumnsFile,
    data_dir: str,
) -> list[Fault]:
    """Say faults as whoever wrote the file knows it, with what to do about them; each once."""
    said = [as_written(advised(one, data_dir), by_file[one.file].theirs, columns) for one in faults]
    return list(dict.fromkeys(said))


def in_order(faults: Sequence[Fault], by_file: Mapping[str, CheckedTable]) -> list[Fault]:
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


def portfolio_tables(data_dir: str = "") -> tuple[tuple[str, ...], bool]:
    """
    Say which tables of a fixed name can be read in a folder, and whether it has its own scenario.

    Parameters
    ----------
    data_dir
        The data folder as given; blank for the checkout's own, whose scenarios are its own.

    Returns
    -------
    tuple
        The names in order, none where there is no such folder and without those whose entry in
        `columns.yaml` is at fault, and whether there is a `base.yaml`.
    """
    try:
        folder = folders.data_folder(data_dir)
        places = folders.scenario_folders(data_dir)
    except InputError:
        return (), False
    unread = columns_file(folder).unusable
    names = (file.name for file in FILES if file.name not in unread)
    there = tuple(name for name in names if (folder / name).is_file())
    own = {folder / "scenarios"} if data_dir else set(places)
    return there, any((place / "base.yaml").is_file() for place in own)
