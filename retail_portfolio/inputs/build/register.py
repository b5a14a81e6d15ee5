"""The tables that builders read, each by itself, whatever state the others are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.registers import stores
from retail_portfolio.inputs.table_files import load_table

if TYPE_CHECKING:
    import pandas as pd

    from retail_portfolio.inputs.checked_tables import CheckedTable


def read_alone(file: str, data_dir: str = "") -> CheckedTable:
    """
    Read one table of the data folder.

    Parameters
    ----------
    file
        Its name.
    data_dir
        The data folder; blank for the checkout's own.

    Returns
    -------
    CheckedTable
        Without a fault; `columns.yaml` is heeded.

    Raises
    ------
    InputError
        Every fault of the file, its cells and its rows.
    """
    table = load_table(file, data_dir)
    if table.faults:
        raise InputError(table.faults)
    return table


def read_register(data_dir: str = "") -> pd.DataFrame:
    """Return `stores.csv` typed, under a plain range index; raise as `read_alone` does."""
    return read_alone(stores.FILE, data_dir).frame.reset_index(drop=True)
