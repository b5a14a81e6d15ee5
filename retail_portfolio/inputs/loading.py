"""The whole check, in order: files, cells, rows, one table against another, guards."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from retail_portfolio.inputs import assumed, folders, ledger, tables
from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.guidance import can_be_made
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
from retail_portfolio.inputs.settings.currency import dollar_faults, in_currency, settled
from retail_portfolio.inputs.settings.ledger_figures import LedgerFigure
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.settings.scenario_reader import load_scenario
from retail_portfolio.inputs.table_files import (
    FILES,
    TableFile,
    checked_file,
    columns_file,
    in_order,
    worded,
)


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
        As for `load_case`.

    Returns
    -------
    tuple
        The case, None where what is there cannot be used, and every fault: those of the scenario
        first, then table by table, row by row. Where tables or leases are only still to be made
        the case lacks them, and is good for asking what else is missing.

    Raises
    ------
    InputError
        When there is no such data folder.
    """
    folder = folders.data_folder(data_dir)
    made, misnamed = forecasts.forecast_files(folder)
    dated = [TableFile(name, forecasts.Forecasts, forecasts.row_faults) for name in made]
    columns = columns_file(folder)
    by_file = {file.name: checked_file(folder, file, columns) for file in (*FILES, *dated)}
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
    faults += worded(in_order(found, by_file), by_file, columns, data_dir) + misnamed
    travel_times, found = _travel_times(folder, by_file, settings)
    faults += found
    if settings is None or not all(can_be_made(fault) for fault in faults):
        return None, tuple(faults)
    case = dataclasses.replace(_case(by_file, settings), travel_times=travel_times)
    return case, tuple(faults)


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
