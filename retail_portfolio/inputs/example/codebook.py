"""The codebook of a new portfolio: every table and column as the readers expect them."""

from __future__ import annotations

import inspect

from retail_portfolio.inputs.registers.forecasts import FOLDER as FORECASTS
from retail_portfolio.inputs.registers.forecasts import Forecasts
from retail_portfolio.inputs.table_files import FILES
from retail_portfolio.inputs.tables import Table, columns_of

_HEAD = """\
# Codebook and sources

{about}

Every table is comma-separated UTF-8 with the column names in its first row. Dates are ISO, as
precise as they are known (`2026`, `2026-03`, `2026-03-02`). ZIP and county codes are text with
leading zeros. Coordinates are WGS 84 degrees. A blank cell means: not known.

Columns that end in `_origin` say where a figure is from: `observed` (a filing, a government table,
your own books), `reported` (press, a company's word), `assumed` (judgement; the ledger's typical
value, which it then follows) or `modelled` (worked out from other cells). `source` says from where
in words.
"""


def codebook(about: str) -> str:
    """
    Return the codebook of a portfolio.

    Parameters
    ----------
    about
        What stands at its head: whose tables these are.

    Returns
    -------
    str
        Markdown: a part for each table, with its columns and what each may hold, as the readers
        themselves say it.
    """
    parts = [_part(file.name, file.model, optional=not file.required) for file in FILES]
    parts.append(_part(f"{FORECASTS}/YYYY-MM-DD.csv", Forecasts, optional=True))
    return "\n".join([_HEAD.format(about=about), *parts])


def _part(name: str, model: type[Table], *, optional: bool) -> str:
    """Return the part of one table."""
    said = inspect.getdoc(model) or ""
    lines = [f"## {name}", "", said + (" The file may be missing." if optional else ""), ""]
    lines += ["| column | may be blank | what it holds |", "|---|---|---|"]
    for column, about in columns_of(model).items():
        blank = "yes" if about["blank"] else "no"
        lines.append(f"| {column} | {blank} | {about['expected'].replace('|', '/')} |")
    return "\n".join([*lines, ""])
