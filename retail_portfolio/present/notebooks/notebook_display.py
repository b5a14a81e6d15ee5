"""What JupyterLab shows of a case, a scenario, the ledger and of what a model hands back.

The sentence first, then the first rows with units and origin marks, written as everywhere else.
The package has IPython call these functions, so that models need not know how they look.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sized
from html import escape
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.model.result import PlanResult
from retail_portfolio.present.formats import figure_text, usd
from retail_portfolio.present.tables import IN_NOTEBOOKS, Table, html_table, origin_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from retail_portfolio.inputs.assumptions import Assumption, Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario import Scenario
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.result import Figure, Result

ROWS: Final = 10
"""How many rows of a table are shown."""
FIGURES: Final = 8
"""How many figures of a result are named."""
_LEDGER: Final = ("key", "low", "base", "high", "unit", "origin", "description", "source")


def result_html(result: Result) -> str:
    """Write a result: its sentence, its first rows and the figures one may quote.

    Parameters
    ----------
    result
        What a model handed back.

    Returns
    -------
    str
        HTML without script; every text is escaped. Equal results give equal bytes.
    """
    parts = [f"<p>{escape(result.sentence)}</p>"]
    if isinstance(result, PlanResult):
        parts.append(_plan(result))
    rows, columns = result.table.shape
    caption = f"{type(result).__name__} of {_count(rows, 'row')} and {_count(columns, 'column')}"
    table = Table(result.table, result.units, result.origins)
    parts.append(_rows(table, caption, result.words))
    parts.append(_figures(result.figures))
    return "".join(parts)


def figure_html(figure: Figure) -> str:
    """Write a figure: what it is, its value with the range, its origin and its source."""
    return (
        f"<p>{escape(figure.label)}: <b>{escape(figure_text(figure))}</b><br>"
        f"<small>{escape(figure.origin)}; {escape(figure.source)}</small></p>"
    )


def case_html(case: Case) -> str:
    """Write a case: whose stores, of when, and how many rows each of its tables has."""
    about = case.scenario
    counts = case.row_counts()
    table = pd.DataFrame({"table": list(counts), "rows": list(counts.values())})
    said = (
        f"<p><b>{escape(about.retailer)}</b> as of {escape(str(about.as_of))}, scenario "
        f"<b>{escape(about.name)}</b>: {escape(about.title)}. Money is in {escape(about.currency)} "
        f"of {about.base_year}.</p>"
    )
    return said + html_table(Table(table), caption="Tables of the case").html


def scenario_html(scenario: Scenario) -> str:
    """Write a scenario: what it is for, and every setting that somebody gave it."""
    rows = [(one.key, str(one.value), one.given_by) for one in scenario.applied]
    table = pd.DataFrame(rows, columns=["setting", "value", "given_by"], dtype=str)
    said = (
        f"<p><b>{escape(scenario.name)}</b>: {escape(scenario.title)}, as of "
        f"{escape(str(scenario.as_of))}. {escape(scenario.why)}</p>"
    )
    return said + _rows(Table(table), f"{_count(len(rows), 'setting')} of the scenario")


def ledger_html(ledger: Ledger) -> str:
    """Write a ledger: its first rows, each with its unit, and how to find others."""
    said = _rows(_assumptions(ledger.values()), _count(len(ledger), "assumption"))
    hint = 'Rows by words: <code>ledger.find("rent ca")</code>; one: <code>ledger["KEY"]</code>.'
    return f"{said}<p><small>{hint}</small></p>"


def assumption_html(row: Assumption) -> str:
    """Write one row of the ledger."""
    return _rows(_assumptions([row]), row.description or row.key)


WRITERS: Final[dict[str, Callable[[Any], str]]] = {
    "Assumption": assumption_html,
    "Case": case_html,
    "Figure": figure_html,
    "Ledger": ledger_html,
    "Result": result_html,
    "Scenario": scenario_html,
}
"""What writes each type, by its name; a kind of result is written as a result."""


def html_of(shown: object) -> str | None:
    """Write what a cell of a notebook ends with, where its type is one of `WRITERS`.

    Parameters
    ----------
    shown
        Anything.

    Returns
    -------
    str or None
        HTML; ``None`` leaves it to its text.
    """
    names = (kind.__name__ for kind in type(shown).__mro__)
    writer = next((WRITERS[name] for name in names if name in WRITERS), None)
    return None if writer is None else IN_NOTEBOOKS + writer(shown)


def outline(shown: object, printer: Any, _cycle: object) -> None:
    """Write what is made of many tables as the names and sizes of its parts.

    Parameters
    ----------
    shown
        A dataclass, such as the trade areas of a case.
    printer
        IPython's, which takes the text.
    """
    parts = (f"{one.name} {_size(getattr(shown, one.name))}" for one in dataclasses.fields(shown))  # type: ignore[arg-type]
    printer.text(f"{type(shown).__name__}({', '.join(parts)})")


def _size(part: object) -> str:
    """Return the kind of a part, and how large it is where it has a size."""
    shape = getattr(part, "shape", None)
    if isinstance(shape, tuple) and shape:
        return f"[{' x '.join(f'{size:,}' for size in shape)}]"
    if isinstance(part, str | int | float | bool | None):
        return repr(part)
    return f"[{len(part):,}]" if isinstance(part, Sized) else type(part).__name__


def _plan(result: PlanResult) -> str:
    """Write how good a plan is, and which limits it breaks."""
    proven = result.status == "optimal"
    gain, most = (
        usd(amount, currency=result.words.currency)
        for amount in (result.objective_usd, result.bound_usd)
    )
    bound = "" if proven else f"; no plan gains more than {most}"
    said = f"{result.status}: gains {gain} over closing every store{bound}"
    broken = "".join(f"<li>{escape(one)}</li>" for one in result.violations)
    return f"<p>{escape(said)}.</p>" + (f"<p>Breaks:</p><ul>{broken}</ul>" if broken else "")


def _rows(table: Table, caption: str, words: Speech | None = None) -> str:
    """Write the first rows of a table; the caption says of how many."""
    frame = table.table
    if not len(frame.columns):
        return f"<p>{escape(caption)}.</p>"
    shown = len(frame.head(ROWS))
    said = caption if shown == len(frame) else f"{caption}: {shown} of {len(frame):,} rows shown"
    # The whole table decides on scales and decimals, as on every page.
    html = html_table(table, caption=said, words=words, rows=ROWS).html
    return html.replace(f" First {shown} of {len(frame)} rows.", "", 1)


def _figures(figures: Sequence[Figure]) -> str:
    """List the figures by the key that `Result.figure` takes."""
    if not figures:
        return ""
    listed = "".join(
        f"<li><code>{escape(one.key)}</code> {escape(one.label)}: {escape(figure_text(one))}"
        f"{origin_mark(one.origin)}</li>"
        for one in figures[:FIGURES]
    )
    more = f"<p>and {len(figures) - FIGURES} more figures</p>" if len(figures) > FIGURES else ""
    return f"<p>Figures:</p><ul>{listed}</ul>{more}"


def _assumptions(rows: Iterable[Assumption]) -> Table:
    values = [[getattr(row, name) for name in _LEDGER] for row in rows]
    return Table(pd.DataFrame(values, columns=list(_LEDGER)))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
