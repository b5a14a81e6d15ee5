"""General figures of the industry, and the rows of a ledger that are made from them."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterable, Mapping
from importlib import resources

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.build.writing import Built, write_aside
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.reading import even_rows, records
from retail_portfolio.inputs.files.textfile import MAX_TABLE_BYTES, read_text
from retail_portfolio.inputs.ledger import MAY_LACK, Assumptions
from retail_portfolio.inputs.tables import columns_of

Row = dict[str, str]

STATES_LISTED = ("ca", "il", "md", "nj", "ny", "pa", "tn", "va", "wa")
"""States with rows of their own among the general figures: wages, notice, severance."""


@functools.cache
def industry_rows() -> tuple[Row, ...]:
    """
    Return figures that hold for grocers of the United States, whoever asks.

    Returns
    -------
    tuple of dict
        Rows of `assumptions.csv` with their sources, sorted by key: wages, notice, food spending,
        travel, equipment of checkouts, ways out of leases. Nothing in them is of one retailer.
    """
    return _resource("industry.csv")


@functools.cache
def fictional_rows() -> tuple[Row, ...]:
    """Return the figures that were made up for the example, each marked so."""
    return _resource("fictional.csv")


def example_rows(states: Iterable[str]) -> list[Row]:
    """
    Return the ledger of the example.

    Parameters
    ----------
    states
        Two letters, small, of the states with stores; rows of other states are left out.

    Returns
    -------
    list of dict
        General and made-up rows, sorted by key.
    """
    others = {f".{state}" for state in STATES_LISTED} - {f".{state}" for state in states}
    general = (row for row in industry_rows() if not row["key"].endswith(tuple(others)))
    return sorted((*general, *fictional_rows()), key=lambda row: row["key"])


def rows_text(rows: Iterable[Mapping[str, str]], columns: Iterable[str]) -> str:
    """Return rows as lines of a table, without a header; columns that a row lacks are blank."""
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(columns), restval="", extrasaction="ignore", lineterminator="\n"
    )
    writer.writerows(rows)
    return out.getvalue()


def add_industry_rows(data_dir: str = "") -> Built:
    """
    Add the general figures to a ledger; a key that it has already is left as it is.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own. Its ledger may be missing.

    Returns
    -------
    Built
        How many rows the ledger has now, and how many of the figures it had.

    Raises
    ------
    InputError
        Where the ledger there is cannot be read, is no table, lacks a column, or cannot be written.
    """
    folder = folders.data_folder(data_dir)
    header = list(columns_of(Assumptions))
    before, known = ",".join(header) + "\n", set[str]()
    if (folder / LEDGER_FILE).exists():
        header, before, known = _ledger_there(data_dir)
    new = [row for row in industry_rows() if row["key"] not in known]
    text = before if before.endswith("\n") else before + "\n"
    write_aside(folder, LEDGER_FILE, text + rows_text(new, header), keep=False)
    notes = (f"{len(new)} added, each with its source; what your stores are like is yours to add",)
    had = (("general figures that the ledger has already", len(industry_rows()) - len(new)),)
    source = "the general figures of this package"
    return Built(LEDGER_FILE, len(known) + len(new), source, notes, had)


def _ledger_there(data_dir: str) -> tuple[list[str], str, set[str]]:
    """Return the header, the text and the keys of a ledger that rows can be added to."""
    text, fault = read_text(
        folders.data_folder(data_dir), LEDGER_FILE, MAX_TABLE_BYTES, may_be_marked=True
    )
    if text is None:
        raise InputError([fault] if fault else [])
    header, rows, faults = records(text, LEDGER_FILE)
    lacking = [name for name in columns_of(Assumptions) if name not in (*header, *MAY_LACK)]
    if lacking:
        expected = "a column of this name; or no such file, and one is written"
        faults += [Fault(LEDGER_FILE, 1, name, None, expected) for name in lacking]
    faults += even_rows(LEDGER_FILE, rows, len(header))[2]
    if faults:
        raise InputError(faults)
    at = header.index("key")
    return header, text, {row[at] for row in rows}


def _resource(name: str) -> tuple[Row, ...]:
    file = resources.files(__package__ or __name__) / "ledger" / name
    return tuple(csv.DictReader(file.read_text("utf-8").splitlines(keepends=True)))
