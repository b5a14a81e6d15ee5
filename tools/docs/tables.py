"""The page of all tables that a portfolio is made of: every column, and what may stand in it."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.inputs.registers import forecasts
from retail_portfolio.inputs.table_files import FILES
from retail_portfolio.inputs.tables import columns_of
from tools.docs import codebook
from tools.docs.markdown import WIDE, broken, code, plain, prose, table

if TYPE_CHECKING:
    from retail_portfolio.inputs.tables import Table
    from tools.docs.codebook import Said

_BOUNDS = {
    "greater_than": "above {min_value:,.12g}",
    "greater_than_or_equal_to": "{min_value:,.12g} or more",
    "less_than_or_equal_to": "at most {max_value:,.12g}",
}
_NUMBER = re.compile(r"-?[0-9][0-9.,]*")
_KINDS = {"text": "text", "number": "number", "whole": "whole number", "date": "date"}
FORECASTS = "forecasts/"


def page() -> str:
    """Return the page."""
    folder = checkout_root() / "data"
    said = codebook.read((folder / "SOURCES.md").read_text(encoding="utf-8"))
    text = [
        WIDE,
        "# Tables of a portfolio\n",
        (
            "A data folder holds these files: comma-separated, UTF-8, a header, ISO dates, "
            "coordinates in WGS 84 degrees, blank where a figure is not known. The order of "
            "columns does not matter. `retail-portfolio check` names whatever is wrong by file, "
            "row and column in the words of the column *expected*. The last two columns speak of "
            "the tables of the bundled case, whose codebook is `data/SOURCES.md`.\n"
        ),
    ]
    for file in FILES:
        must = "It must be there" if file.required else "It may be left out"
        rows = " and needs a row." if file.required and file.needs_rows else "."
        lacks = f" It may lack {', '.join(map(code, file.may_lack))}." if file.may_lack else ""
        text += [_heading(file.name, file.model, must + rows + lacks)]
        here = (folder / file.name).exists()
        text.append(columns(file.model, said.get(file.name, {} if here else None)))
    note = "One file a dated forecast, named for its day. The folder may be left out."
    text += [_heading(FORECASTS, forecasts.Forecasts, note)]
    return "\n".join([*text, columns(forecasts.Forecasts, said.get(FORECASTS, {}))])


def _heading(name: str, model: type[Table], note: str) -> str:
    return f"\n## {name}\n\n{prose((inspect.getdoc(model) or '').partition('.')[0])}. {note}\n"


def columns(model: type[Table], said: dict[str, Said] | None) -> str:
    """
    Return the table of a table's columns.

    Parameters
    ----------
    model
        The table's schema.
    said
        What the codebook says of its columns; None where it need not know the table.

    Returns
    -------
    str
        A table of Markdown, a row a column.

    Raises
    ------
    ValueError
        If the codebook does not speak of a column.
    """
    schema = model.to_schema()
    rows = []
    for name, about in columns_of(model).items():
        if said is not None and name not in said:
            raise ValueError(f"data/SOURCES.md has no row for column {name} of {model.__name__}")
        unit, meaning, source = said[name] if said else ("", "", "")
        rows.append(
            (
                broken(name),
                _KINDS[about["kind"]],
                "yes" if about["blank"] else "no",
                _expected(about, schema.columns[name].checks),
                plain(unit),
                prose(meaning),
                prose(source),
            )
        )
    header = ("column", "type", "blank", "expected", "unit", "meaning here", "source here")
    return table(header, rows)


def _expected(about: dict[str, Any], checks: list[Any]) -> str:
    """Return what is expected in the words of `check`, and the bounds these leave out."""
    words = str(about["expected"])
    bounds = [
        _BOUNDS[check.name].format(**check.statistics) for check in checks if check.name in _BOUNDS
    ]
    said = words.replace(",", "")
    unsaid = [one for one in bounds if _NUMBER.findall(one)[0].replace(",", "") not in said]
    once = ["no two rows alike"] if about["unique_id"] else []
    return plain("; ".join([words, *unsaid, *once]))
