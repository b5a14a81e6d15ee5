"""Values that are marked `assumed` in a table: they are the ledger's, and follow it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.registers import leases
from retail_portfolio.inputs.tables import looked_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.checked_tables import CheckedTable
    from retail_portfolio.inputs.faults import Fault

TOLERANCE = 1e-6
"""Relative difference up to which a value is the ledger's."""

Names = Mapping[str, "tuple[str, pd.Series[str]]"]


def _store_names(frame: pd.DataFrame) -> Names:
    return {"size_sqft": ("size_origin", pd.Series("size_sqft", index=frame.index, dtype="str"))}


def _assumed(frame: pd.DataFrame, mark: str, names: pd.Series[str]) -> pd.Index[int]:
    """Return the rows whose value is the ledger's."""
    return frame.index[(frame[mark] == "assumed") & (names != "")]


def stores_differ(table: CheckedTable, ledger: Ledger) -> list[Fault]:
    """
    Name every store whose assumed size is not the ledger's.

    Parameters
    ----------
    table
        The register.
    ledger
        The ledger as written, without overrides.

    Returns
    -------
    list of Fault
        One a cell.
    """
    frame = table.frame
    return _differ(table, _store_names(frame), frame["format"], frame["state"], ledger)


def leases_differ(table: CheckedTable, stores: pd.DataFrame, ledger: Ledger) -> list[Fault]:
    """
    Name every assumed value of a lease that is not the ledger's.

    Parameters
    ----------
    table
        The leases.
    stores
        The register, typed; formats and states are taken from it.
    ledger
        The ledger as written, without overrides.

    Returns
    -------
    list of Fault
        One a cell.
    """
    formats, states = _formats_and_states(table.frame, stores)
    return _differ(table, leases.ledger_names(table.frame), formats, states, ledger)


def _formats_and_states(
    frame: pd.DataFrame, stores: pd.DataFrame
) -> tuple[pd.Series[str], pd.Series[str]]:
    by_id, ids = stores.set_index("store_id"), frame["store_id"]
    formats = looked_up(by_id["format"], ids).fillna("")
    return formats, looked_up(by_id["state"], ids).fillna("")


def _differ(
    table: CheckedTable,
    names: Names,
    formats: pd.Series[str],
    states: pd.Series[str],
    ledger: Ledger,
) -> list[Fault]:
    faults = []
    for column, (mark, name) in names.items():
        if column not in table.texts.columns:
            continue
        assumed = _assumed(table.frame, mark, name)
        columns = (name, formats, states, table.frame[column], table.texts[column])
        cells = (each.loc[assumed].tolist() for each in columns)
        for row, wanted, form, place, value, text in zip(assumed, *cells, strict=True):
            if not form or (math.isnan(value) and text):
                continue  # an unknown store or no number: named already
            if not ledger.has(wanted, form, place):
                expected = f"a row {wanted}.{form} in the ledger, because it is assumed"
                faults.append(table.fault(row, column, expected))
                continue
            found = ledger.row(wanted, form, place)
            if not math.isclose(value, found.base, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                expected = f"{found.base:g}, the ledger's {found.key}, because it is assumed"
                faults.append(table.fault(row, column, expected))
    return faults


def resolved_stores(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """
    Put the ledger's sizes where sizes are assumed.

    Parameters
    ----------
    frame
        The register, typed.
    ledger
        The ledger to take values from; overrides act through it.

    Returns
    -------
    DataFrame
        A copy with the new values; columns and index as before.
    """
    return _resolved(frame, _store_names(frame), frame["format"], frame["state"], ledger)


def resolved_leases(frame: pd.DataFrame, stores: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """
    Put the ledger's terms where terms are assumed.

    Parameters
    ----------
    frame
        The leases, typed.
    stores
        The register, typed.
    ledger
        The ledger to take values from; overrides act through it.

    Returns
    -------
    DataFrame
        A copy with the new values. A remaining term that was modelled from an assumed initial term
        moves with it.
    """
    formats, states = _formats_and_states(frame, stores)
    result = _resolved(frame, leases.ledger_names(frame), formats, states, ledger)
    return leases.with_new_terms(result, frame["initial_term_years"])


def _resolved(
    frame: pd.DataFrame,
    names: Names,
    formats: pd.Series[str],
    states: pd.Series[str],
    ledger: Ledger,
) -> pd.DataFrame:
    # Arrays, because a range moves the ledger hundreds of times and pandas is slow on short tables.
    changed: dict[str, NDArray[np.float64]] = {}
    form, place = formats.to_numpy(object), states.to_numpy(object)
    for column, (mark, name) in names.items():
        called = name.to_numpy(object)
        at = np.flatnonzero((frame[mark].to_numpy(object) == "assumed") & (called != ""))
        asked = list(zip(called[at], form[at], place[at], strict=True))
        answers = {each: ledger.value(*each) for each in set(asked)}
        values = frame[column].to_numpy(float, copy=True)
        values[at] = [answers[each] for each in asked]
        changed[column] = values
    return frame.assign(**changed)


def says_the_same(one: Ledger, other: Ledger) -> bool:
    """
    Say whether two ledgers put the same values into the tables.

    Parameters
    ----------
    one, other
        Ledgers of the same tables.

    Returns
    -------
    bool
        True where every row that a size or a lease term may be taken from is the same in both.
    """
    names = {"size_sqft", *leases.LEDGER_NAMES}
    here, there = (
        {key: row for key, row in ledger.items() if key.partition(".")[0] in names}
        for ledger in (one, other)
    )
    return here == there


def resolve_assumed(
    stores: pd.DataFrame, leases_frame: pd.DataFrame, ledger: Ledger
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Put the ledger's values wherever a size or a lease term is marked `assumed`.

    Parameters
    ----------
    stores
        The register, typed.
    leases_frame
        The leases, typed.
    ledger
        The ledger to take values from; overrides act through it.

    Returns
    -------
    tuple of DataFrame
        Stores and leases, both copies.
    """
    return (
        resolved_stores(stores, ledger),
        resolved_leases(leases_frame, stores, ledger),
    )
