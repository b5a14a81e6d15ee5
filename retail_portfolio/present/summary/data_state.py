"""The state of the data in counts: what is disputed, how far lists reach, what figures are from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retail_portfolio.present.formats import ORIGIN_MARKS, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from retail_portfolio.present.outputs import Outputs


@dataclass(frozen=True, slots=True)
class Count:
    """One count of the state of the data, with the table that it counts."""

    label: str
    text: str
    detail: str
    notebook: str
    table: str


#: Table to what its rows are, the unit they count in, and the column they are told apart by.
_COUNTED: Final = {
    "corrections": ("Facts on which sources disagree", "facts", ""),
    "metros": ("How far the lists of competitors reach", "areas", "competitor_coverage"),
    "sources": ("Figures that went in, by where they are from", "figures", "origin"),
}
_TAKEN: Final = "one value is taken, and the other told with the reason"


def data_state(outputs: Outputs, names: Iterable[str]) -> Iterator[Count]:
    """Yield the counts of the state of the data.

    Parameters
    ----------
    outputs
        What the notebooks left behind.
    names
        What to count, of the tables that are there: disputed facts (``corrections``),
        metropolitan areas by how far their list of competitors reaches (``metros``), and figures
        by origin (``sources``).
    """
    owners = outputs.tables()
    for name in names:
        if name not in owners:
            continue
        notebook, table = owners[name]
        label, unit, column = _COUNTED[name]
        found = column in table.table.columns
        detail = _by(table.table[column]) if found else "" if column else _TAKEN
        yield Count(label, value_text(len(table.table), unit), detail, notebook, name)


def _by(values: pd.Series) -> str:
    """Return the counts of a column in words: origins in their order, others the largest first."""
    counts = values.fillna("not known").value_counts()
    known = [word for word in ORIGIN_MARKS if word in counts.index]
    rest = sorted((str(word) for word in counts.index if word not in known), key=str)
    rest.sort(key=lambda word: -int(counts[word]))
    return ", ".join(f"{int(counts[word]):,} {word}" for word in (*known, *rest))
