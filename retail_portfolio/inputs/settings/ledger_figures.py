"""The figures of the ledger as settings need them: from its file alone, whatever is wrong in it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.files.numbers_as_text import number_of
from retail_portfolio.inputs.files.textfile import MAX_TABLE_BYTES, read_text


class LedgerFigure(NamedTuple):
    """What a scenario has to know of a row of the ledger."""

    unit: str
    """Unit of the figure."""
    base: float | None
    """The figure that a scenario may decide otherwise; None where the ledger has no number."""


def ledger_figures(folder: Path) -> dict[str, LedgerFigure] | None:
    """Return the ledger's figures by key, or None where the ledger itself is at fault."""
    return {
        row["key"]: LedgerFigure(row.get("unit") or "", number_of(row.get("base") or ""))
        for row in ledger_rows(folder)
    } or None


def ledger_rows(folder: Path) -> list[dict[str, str]]:
    """Return the ledger's rows with a key as written; none where the ledger itself is at fault."""
    text, _ = read_text(folder, LEDGER_FILE, MAX_TABLE_BYTES)
    try:
        rows = list(csv.DictReader((text or "").splitlines(keepends=True), strict=True))
    except csv.Error:
        return []
    return [row for row in rows if row.get("key")]
