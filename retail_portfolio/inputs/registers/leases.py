"""The leases of the closing stores: `leases.csv`."""

import datetime as dt

import pandas as pd

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.files.dates import earliest
from retail_portfolio.inputs.guidance import MAKERS, NO_LEASE
from retail_portfolio.inputs.registers import stores
from retail_portfolio.inputs.tables import Table

FILE = "leases.csv"
DAYS_PER_YEAR = 365.25
TOLERANCE_YEARS = 1e-9


class Leases(Table):
    """One row a closing store."""

    store_id: str = tables.identity()
    tenure: str = tables.choice(("leased", "owned"))
    tenure_origin: str = tables.choice(tables.ORIGINS)
    initial_term_years: float = tables.number("years above 0, at most 99", gt=0, le=99)
    initial_term_origin: str = tables.choice(tables.ORIGINS, blank=True)
    remaining_term_years: float = tables.number("years, 0 to 99", ge=0, le=99)
    remaining_term_origin: str = tables.choice(tables.ORIGINS, blank=True)
    rent_usd_per_sqft_year: float = tables.number("dollars, 0 to 10,000", ge=0, le=10_000)
    rent_basis: str = tables.choice(("net", "gross"), blank=True)
    rent_origin: str = tables.choice(tables.ORIGINS, blank=True)
    charges_usd_per_sqft_year: float = tables.number("dollars, 0 to 10,000", ge=0, le=10_000)
    charges_origin: str = tables.choice(tables.ORIGINS, blank=True)
    escalator_per_year: float = tables.number("a share a year, -0.5 to 0.5", ge=-0.5, le=0.5)
    escalator_origin: str = tables.choice(tables.ORIGINS, blank=True)
    renewal_options: float = tables.number("a count, 0 to 20", ge=0, le=20, whole=True)
    renewal_option_years: float = tables.number("years, 0 to 50", ge=0, le=50)
    renewal_origin: str = tables.choice(tables.ORIGINS, blank=True)
    break_after_years: float = tables.number("years, 0 to 99", ge=0, le=99)
    break_origin: str = tables.choice(tables.ORIGINS, blank=True)
    termination_months: float = tables.number("months, 0 to 1,200", ge=0, le=1_200)
    termination_origin: str = tables.choice(tables.ORIGINS, blank=True)
    continuous_operation: str = tables.choice(("yes", "no"), blank=True)
    note: str = tables.text()
    source: str = tables.text("where the row comes from", blank=False)


NEEDED_WHEN_LEASED = (
    "remaining_term_years",
    "rent_usd_per_sqft_year",
    "rent_basis",
    "charges_usd_per_sqft_year",
    "escalator_per_year",
    "termination_months",
)
"""Columns a leased store has to fill, because its exit cannot be costed without them."""

_MARKED = {
    "initial_term_years": "initial_term_origin",
    "remaining_term_years": "remaining_term_origin",
    "rent_usd_per_sqft_year": "rent_origin",
    "charges_usd_per_sqft_year": "charges_origin",
    "escalator_per_year": "escalator_origin",
    "renewal_options": "renewal_origin",
    "renewal_option_years": "renewal_origin",
    "break_after_years": "break_origin",
    "termination_months": "termination_origin",
}

_SAME_FOR_ALL = {
    "initial_term_years": "lease_initial_term_years",
    "remaining_term_years": "lease_remaining_term_years",
    "escalator_per_year": "rent_escalator_per_year",
    "renewal_options": "lease_renewal_options",
    "renewal_option_years": "lease_renewal_option_years",
    "termination_months": "lease_termination_months",
}
_RENT_NAMES = {"net": "rent_net_usd_per_sqft_year", "gross": "rent_gross_usd_per_sqft_year"}
_CHARGES_NAME = "nnn_charges_usd_per_sqft_year"

LEDGER_NAMES = frozenset([*_SAME_FOR_ALL.values(), *_RENT_NAMES.values(), _CHARGES_NAME])
"""Every name of the ledger that may stand behind an assumed term."""


def row_faults(table: CheckedTable) -> list[Fault]:
    """Return the faults that show between the columns of a row."""
    frame, faults = table.frame, []
    leased = frame["tenure"] == "leased"
    for column in NEEDED_WHEN_LEASED:
        blank = (frame[column] == "") if column == "rent_basis" else frame[column].isna()
        if column in table.texts.columns:
            blank &= table.texts[column] == ""
        expected = "a value, because the store is leased"
        faults += table.faults_where(leased & blank, column, expected)
    for column, mark in _MARKED.items():
        unmarked = frame[column].notna() & (frame[mark] == "")
        if mark in table.texts.columns:
            unmarked &= table.texts[mark] == ""
        expected = f"{one_of(tables.ORIGINS)}, because {column} is given"
        faults += table.faults_where(unmarked, mark, expected)
    long = frame["remaining_term_years"] > frame["initial_term_years"] + TOLERANCE_YEARS
    expected = "no more years than initial_term_years"
    return faults + table.faults_where(long, "remaining_term_years", expected)


def store_faults(
    table: CheckedTable, register: CheckedTable, stated: dt.date | None
) -> list[Fault]:
    """Return the faults against the register: a lease for each closing store and for no other."""
    closing = stores.closing(register.frame)
    known = list(closing["store_id"])
    faults = []
    for row, store_id in table.frame["store_id"].items():
        if store_id and store_id not in known:
            expected = "a closing store of stores.csv"
            if store_id in set(register.frame["store_id"]):
                expected += " (this one is not closing)"
            else:
                expected += one_of(known, store_id, most=0).removeprefix("one of ")
            faults.append(table.fault(int(str(row)), "store_id", expected))
    if table.whole:
        leased = set(table.texts.get("store_id", ()))
        for row, store_id in closing["store_id"].items():
            if store_id not in leased:
                expected = f"{NO_LEASE}, because it is closing (`{MAKERS[FILE]}` makes it)"
                faults.append(register.fault(int(str(row)), "store_id", expected))
    return faults + (_ended_faults(table, closing, stated) if stated else [])


def _ended_faults(table: CheckedTable, closing: pd.DataFrame, stated: dt.date) -> list[Fault]:
    """Name each lease that ends before its store stops trading; terms run from `stated`."""
    last_day = earliest(closing.set_index("store_id")["last_trading_day"])
    known = tables.looked_up(last_day, table.frame["store_id"])
    days = (table.frame["remaining_term_years"] * DAYS_PER_YEAR).round()
    end = pd.Timestamp(stated) + pd.to_timedelta(days, unit="D")
    expected = f"a lease that lasts from {stated} until the store's last trading day at least"
    early = (end < known) & (table.frame["tenure"] == "leased")
    return table.faults_where(early, "remaining_term_years", expected)


def ledger_names(frame: pd.DataFrame) -> dict[str, tuple[str, "pd.Series[str]"]]:
    """
    Say which name of the ledger stands behind each assumed column.

    Parameters
    ----------
    frame
        Leases, typed.

    Returns
    -------
    dict
        Column to its origin column and the ledger's name for each row; a blank name where the
        ledger has nothing to say (no break right; charges that a gross rent includes).
    """
    basis = frame["rent_basis"]
    rent = pd.Series("", index=frame.index, dtype="str")
    for kind, name in _RENT_NAMES.items():
        rent = rent.mask(basis == kind, name)
    names = {
        column: (_MARKED[column], pd.Series(name, index=frame.index, dtype="str"))
        for column, name in _SAME_FOR_ALL.items()
    }
    names["rent_usd_per_sqft_year"] = (_MARKED["rent_usd_per_sqft_year"], rent)
    charges = pd.Series(_CHARGES_NAME, index=frame.index, dtype="str")
    column = "charges_usd_per_sqft_year"
    names[column] = (_MARKED[column], charges.mask(basis == "gross", ""))
    return names


def with_new_terms(frame: pd.DataFrame, initial_before: "pd.Series[float]") -> pd.DataFrame:
    """
    Move remaining terms that were computed from assumed initial terms along with them.

    Parameters
    ----------
    frame
        Leases with the ledger's initial terms.
    initial_before
        The initial terms as written, index-aligned.

    Returns
    -------
    DataFrame
        A copy; where `remaining_term_origin` is `modelled`, the remaining term has grown or shrunk
        by as many years as the initial one, but not below one year.
    """
    longer = frame["initial_term_years"] - initial_before
    moved = (frame["remaining_term_origin"] == "modelled") & (longer.abs() > TOLERANCE_YEARS)
    shifted = (frame["remaining_term_years"] + longer).clip(lower=1.0)
    return frame.assign(remaining_term_years=frame["remaining_term_years"].mask(moved, shifted))
