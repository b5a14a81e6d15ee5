"""Supermarkets from a plain list that an analyst has: a name and a point, and what else is known.

Columns: `name`, `lat` and `lon` have to be there; `chain`, `kind`, `size_sqft`, `street`, `city`,
`state`, `zip`, `as_of` and `source` may be. Others are left aside.
"""

from __future__ import annotations

from pathlib import Path

from retail_portfolio.inputs import tables
from retail_portfolio.inputs.build.chains import chains_of
from retail_portfolio.inputs.build.snap import COLUMNS, Rivals
from retail_portfolio.inputs.build.writing import texts
from retail_portfolio.inputs.checked_tables import check_cells
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.files.reading import read_table
from retail_portfolio.inputs.registers import competitors
from retail_portfolio.inputs.registers.places import swapped_faults
from retail_portfolio.inputs.tables import Table, columns_of


class Listed(Table):
    """One row a supermarket."""

    name: str = tables.text("a name", blank=False)
    lat: float = tables.latitude()
    lon: float = tables.longitude()
    chain: str = tables.text()
    kind: str = tables.choice(competitors.KINDS, blank=True)
    size_sqft: float = tables.number(
        "square feet above 0, at most 1,000,000; blank if not known", gt=0, le=1_000_000
    )
    street: str = tables.text()
    city: str = tables.text()
    state: str = tables.state(blank=True)
    zip: str = tables.zip_code()
    as_of: str = tables.date()
    source: str = tables.text()


_NEEDED = ("name", "lat", "lon")
_NO_FULL_RANGE = "shops without a full range, by their name, that the list gives no kind"


def load_list(path: str | Path) -> Rivals:
    """
    Read a plain list of supermarkets.

    Parameters
    ----------
    path
        The file: comma-separated, UTF-8, with a header.

    Returns
    -------
    Rivals
        In the order of the file. A blank chain is told from the name, a blank kind from the
        chain; a shop without a kind whose name says that nobody does the weekly shopping there is
        left out and counted.

    Raises
    ------
    InputError
        Every fault of the file and its cells.
    """
    file, columns = Path(path), tuple(columns_of(Listed))
    raw = read_table(
        file.parent,
        file.name,
        columns,
        required=True,
        needs_rows=True,
        optional=[column for column in columns if column not in _NEEDED],
    )
    table = check_cells(raw, Listed)
    # One fault a cell: the last found knows most.
    faults = {(f.row, f.column): f for f in (*table.faults, *swapped_faults(table))}
    if faults:
        raise InputError(faults.values())
    frame = table.frame.reset_index(drop=True)
    known = chains_of(frame["chain"].where(frame["chain"] != "", frame["name"]))
    frame["chain"] = frame["chain"].where(frame["chain"] != "", [each.name for each in known])
    frame["kind"] = frame["kind"].where(frame["kind"] != "", [each.kind for each in known])
    frame["size_sqft"] = texts(frame["size_sqft"], 0)
    rivals = frame["kind"] != ""
    kept = frame.loc[rivals, [*COLUMNS, "as_of", "source"]].reset_index(drop=True)
    return Rivals(kept, ((_NO_FULL_RANGE, int((~rivals).sum())),))
