"""Which tables a summary shows of each notebook, and which columns of them.

Tables are chosen by name and columns by whether they are there, so that a table that grows keeps
its place. A table of closing stores gets the stores' names in place of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from retail_portfolio.present.formats import as_number, unit_of, value_text
from retail_portfolio.present.tables import Table, html_table, origin_mark, origin_of
from retail_portfolio.present.words import (
    CONVERTING,
    LEASE_EXITS,
    TECHNOLOGIES,
    decision_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retail_portfolio.present.map_data import FormatLook
    from retail_portfolio.present.outputs import NotebookOutput


@dataclass(frozen=True, slots=True)
class View:
    """A table as the summary shows it."""

    caption: str
    html: Markup
    folded: bool = True


@dataclass(frozen=True, slots=True)
class _Choice:
    """How one table is shown."""

    caption: str
    columns: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    folded: bool = True
    sort_by: str = ""
    unit_column: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    blank: Mapping[str, str] = field(default_factory=dict)


_STORE: Final = ("store", "state")
_CHOICES: Final = {
    "plan": _Choice(
        "Decision and reason, every closing store",
        (*_STORE, "decision", "npv_vs_exit_usd", "probability", "reason"),
        {"npv_vs_exit_usd": "Value against closing"},
        sort_by="npv_vs_exit_usd",
    ),
    "conversion": _Choice(""),
    "closure_summary": _Choice("What leaving costs, by banner", folded=False),
    "closure": _Choice(
        "The bill, store by store",
        (
            *_STORE,
            "last_trading_day",
            "size_sqft",
            "lease_exit_route",
            "lease_exit_usd",
            "severance_usd",
            "notice_pay_usd",
            "inventory_loss_usd",
            "restoration_usd",
            "exit_cost_usd",
            "impairment_usd",
        ),
        {"exit_cost_usd": "Exit cost in all", "lease_exit_route": "Way out of the lease"},
        sort_by="exit_cost_usd",
    ),
    "checkout": _Choice(
        "A year of checkout, by format and technology",
        (
            "format",
            "site_type",
            "technology",
            "reading",
            "sales_usd_year",
            "capex_usd",
            "annual_cost_usd",
            "cost_share_of_sales",
            "break_even_sales_usd_year",
        ),
        folded=False,
        blank={"capex_usd": "in the yearly figure", "break_even_sales_usd_year": "none"},
    ),
    "event": _Choice(
        "The wider event",
        ("fact", "value", "as_of", "source"),
        folded=False,
        unit_column="unit",
        links={"source": "source_url"},
    ),
    "data_quality": _Choice("What is known of each closing store", folded=False),
    "metros": _Choice(
        "How far the list of competitors reaches, by metropolitan area",
        ("name", "competitor_coverage", "chains_missing", "coverage_note"),
        {"competitor_coverage": "Coverage"},
    ),
    "corrections": _Choice(
        "Disputed facts: what was taken and what was not",
        ("subject", "taken", "other", "reason", "source"),
    ),
    "sources": _Choice(
        "Every assumption with its range and source",
        ("key", "description", "low", "base", "high", "unit", "origin", "source"),
        links={"source": "source_url"},
    ),
    "portfolio": _Choice("Stores by banner and status"),
    "backtest": _Choice("The backtest", folded=False),
}
#: Tables that only the links below a section name: long, or shown in another form.
_LINKED: Final = frozenset({"stores", "conversion", "transfer", "uncertainty"})
_ROWS: Final = 400


def views_of(
    output: NotebookOutput, stores: Table, formats: Mapping[str, FormatLook]
) -> Iterator[View]:
    """Yield what a summary shows of one notebook's tables.

    Parameters
    ----------
    output
        What the notebook left behind.
    stores
        The register, for the stores' names.
    formats
        Names of the formats, for decisions such as ``convert_<format>``.
    """
    names = [name for name in _CHOICES if name in output.tables]
    names += [name for name in output.tables if name not in _CHOICES]
    for name in names:
        if name in _LINKED or not len(output.tables[name].table):
            continue
        table = _with_names(output.tables[name], stores)
        table = _with_words(_with_decisions(table, formats), formats)
        if name == "plan":
            yield from _converting(table)
        yield _view(table, _CHOICES.get(name, _Choice(name.replace("_", " ").capitalize())))


def _view(table: Table, choice: _Choice) -> View:
    frame = table.table
    if choice.sort_by in frame.columns:
        frame = frame.sort_values(choice.sort_by, ascending=False, kind="stable")
    columns = [name for name in choice.columns if name in frame.columns]
    html = html_table(
        Table(frame, table.units, table.origins),
        caption=choice.caption,
        columns=columns or None,
        labels=choice.labels,
        rows=_ROWS,
        unit_column=choice.unit_column if choice.unit_column in frame.columns else "",
        links=choice.links,
        blank=choice.blank,
    )
    folded = choice.folded and len(frame) > 0
    return View(choice.caption, Markup(html.html), folded)  # noqa: S704 - `html_table` escapes


def _converting(table: Table) -> Iterator[View]:
    """Yield the stores that convert, each with its reason: the answer, as a list to be read."""
    frame = table.table
    if "decision" not in frame.columns or "store" not in frame.columns:
        return
    chosen = frame[frame["decision"].str.startswith(CONVERTING)]
    if "npv_vs_exit_usd" in chosen.columns:
        chosen = chosen.sort_values("npv_vs_exit_usd", ascending=False, kind="stable")
    for decision in dict.fromkeys(chosen["decision"]):
        rows = chosen[chosen["decision"] == decision].to_dict("records")
        items = [_item(table, {str(k): v for k, v in row.items()}) for row in rows]
        heading = f"{decision}: {value_text(len(items), 'stores')}"
        body = Markup(
            '<h3>{}</h3><p class="source">Each with its value against closing.</p>'
            '<ol class="converting">{}</ol>'
        ).format(heading, Markup("").join(items))
        yield View(heading, body, folded=False)


def _item(table: Table, row: Mapping[str, object]) -> Markup:
    place = ", ".join(str(row[name]) for name in _STORE if row.get(name))
    figures = []
    for column, words in (("probability", "of draws"), ("npv_vs_exit_usd", "")):
        if as_number(row.get(column)) is None:
            continue
        text = value_text(row[column], table.units.get(column, unit_of(column)))
        mark = Markup(origin_mark(origin_of(table, column, row)))  # noqa: S704 - ours
        figures.append(Markup("{}{} {}").format(text, mark, words))
    reason = row.get("reason")
    return Markup("<li><b>{}</b> <span>{}</span>{}</li>").format(
        place,
        Markup(" ").join(figures),
        Markup("<p>{}</p>").format(reason) if isinstance(reason, str) else "",
    )


def _with_names(table: Table, stores: Table) -> Table:
    """Put the name of each store before its columns, where the table speaks of stores."""
    frame, register = table.table, stores.table
    if "store_id" not in frame.columns or "name" not in register.columns:
        return table
    wanted = [c for c in ("name", "state") if c in register.columns]
    named = register[["store_id", *wanted]].rename(columns={"name": "store"})
    named = named[[c for c in named.columns if c == "store_id" or c not in frame.columns]]
    merged = frame.merge(named, on="store_id", how="left", validate="m:1")
    if "store" not in merged.columns:
        return table
    merged["store"] = merged["store"].fillna(merged["store_id"])
    rest = [column for column in merged.columns if column not in {"store", "store_id"}]
    return Table(merged[["store", *rest]], table.units, table.origins)


def _with_decisions(table: Table, formats: Mapping[str, FormatLook]) -> Table:
    """Write decisions in words."""
    if "decision" not in table.table.columns:
        return table
    words = [decision_words(decision, formats) for decision in table.table["decision"]]
    frame = table.table.assign(decision=words)
    return Table(frame, table.units, table.origins)


def _with_words(table: Table, formats: Mapping[str, FormatLook]) -> Table:
    """Write the codes of formats, technologies and ways out of a lease in words."""
    labels = {code: look.label for code, look in formats.items()}
    words = {
        "format": labels,
        "to_format": labels,
        "technology": TECHNOLOGIES,
        "lease_exit_route": LEASE_EXITS,
    }
    frame = table.table
    for column, known in words.items():
        if column in frame.columns:
            frame = frame.assign(**{column: [known.get(code, code) for code in frame[column]]})
    return Table(frame, table.units, table.origins)
