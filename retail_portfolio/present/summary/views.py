"""Which tables a summary shows of each notebook, and which columns of them.

Tables are chosen by name and columns by whether they are there, so that a table that grows keeps
its place. A table of closing stores gets the stores' names in place of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from retail_portfolio.present.summary.backtest_views import (
    BACKTEST_CHOICES,
    BACKTEST_LINKED,
    RANKING_WORDS,
)
from retail_portfolio.present.summary.checkout_views import CHECKOUT_CHOICES, CHECKOUT_LINKED
from retail_portfolio.present.summary.choices import STORE, Choice, named
from retail_portfolio.present.summary.closure_views import CLOSURE_CHOICES, CLOSURE_LINKED
from retail_portfolio.present.summary.plan_views import (
    DECISIONS,
    PLAN_CHOICES,
    PLAN_LINKED,
    of_any_decision,
    with_sites,
)
from retail_portfolio.present.summary.portfolio_views import PORTFOLIO_CHOICES
from retail_portfolio.present.summary.trade_views import TRADE_CHOICES, TRADE_LINKED
from retail_portfolio.present.summary.uncertainty_views import (
    MEASURE_WORDS,
    PLAN_BLANK,
    UNCERTAINTY_CHOICES,
    UNCERTAINTY_LINKED,
    total_words,
    whole_shares,
)
from retail_portfolio.present.tables import HtmlTable, Table, TableLike, html_table, words_for
from retail_portfolio.present.words import (
    LEASE_EXITS,
    PACES,
    SITE_TYPES,
    TARGETS,
    THIRD_PARTY_WORDS,
    YEARS,
    decision_words,
    walk_out,
    year_words,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from retail_portfolio.inputs.settings.scenario_parts import Format
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.checkouts.checkout_codes import Codes
    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.outputs import NotebookOutput


@dataclass(frozen=True, slots=True)
class View:
    """A table as the summary shows it."""

    caption: str
    html: Markup
    folded: bool = True
    name: str = ""


@cache
def _choices(codes: Codes) -> Mapping[str, Choice]:
    """Return how each table is shown, by name, in the order of a summary."""
    return {name: named(choice, codes) for name, choice in _CHOICES.items()}


_CHOICES: Final = {
    "plan": Choice(
        "Decision and reason, every closing store",
        (*STORE, "decision", "npv_vs_exit_usd", "probability", "reason"),
        {"npv_vs_exit_usd": "Value against closing", "probability": "Converts in"},
        sort_by="npv_vs_exit_usd",
        blank=PLAN_BLANK,
    ),
    "conversion": Choice(""),
    **CLOSURE_CHOICES,
    **PLAN_CHOICES,
    **TRADE_CHOICES,
    **CHECKOUT_CHOICES,
    **UNCERTAINTY_CHOICES,
    **BACKTEST_CHOICES,
    **PORTFOLIO_CHOICES,
}
#: Tables that only the links below a section name: long, or shown in another form.
_LINKED: Final = frozenset(
    {
        "stores",
        "conversion",
        *CLOSURE_LINKED,
        *PLAN_LINKED,
        *CHECKOUT_LINKED,
        *TRADE_LINKED,
        *UNCERTAINTY_LINKED,
        *BACKTEST_LINKED,
    }
)
_ROWS: Final = 1_000


def views_of(
    output: NotebookOutput,
    stores: Table,
    formats: Mapping[str, FormatLook],
    wanted: Container[str] | None = None,
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
    wanted
        Only these tables; by default all that are not so long that a summary only links to them.
    """
    words = output.words
    known = _choices(walk_out(words))
    names = [name for name in known if name in output.tables]
    names += [name for name in output.tables if name not in known]
    for name in names:
        kept = name not in _LINKED if wanted is None else name in wanted
        if kept and len(output.tables[name].table):
            yield _view(in_words(output.tables[name], stores, formats, words), name, words)


def shown(
    source: TableLike,
    name: str,
    stores: Table,
    formats: Mapping[str, Format | FormatLook],
    words: Speech | None = None,
) -> HtmlTable:
    """Return a table as the summary shows it, for the notebook it comes from.

    Parameters
    ----------
    source
        The table.
    name
        The name it is left under, which decides its columns and words.
    stores, formats
        As in `views_of`.
    words
        Of the portfolio, for a table that is no result.

    Raises
    ------
    ValueError
        If nobody says of which portfolio the table is.
    """
    known = words_for(source, words)
    if known is None:
        raise ValueError(f"{name} is no result: give the words of its portfolio, case.words")
    table = in_words(Table(source.table, source.units, source.origins), stores, formats, known)
    return _html(table, of_any_decision(_choice(name, known), table), known)


def caption_of(name: str, words: Speech) -> str:
    """Return what a table of a portfolio called ``name`` shows, in a few words."""
    return _choice(name, words).caption


def _choice(name: str, words: Speech) -> Choice:
    return _choices(walk_out(words)).get(name, Choice(name.replace("_", " ").capitalize()))


def _view(table: Table, name: str, words: Speech) -> View:
    choice = of_any_decision(_choice(name, words), table)
    html = Markup(_html(table, choice, words).html)  # noqa: S704 - escaped
    return View(choice.caption, html, choice.folded, name)


def _html(table: Table, choice: Choice, words: Speech) -> HtmlTable:
    frame = table.table
    if choice.sort_by in frame.columns:
        frame = frame.sort_values(choice.sort_by, ascending=False, kind="stable")
    columns = [name for name in choice.columns if name in frame.columns]
    return html_table(
        Table(frame, table.units, table.origins),
        caption=choice.caption,
        words=words,
        columns=columns or None,
        labels=choice.labels,
        rows=_ROWS,
        unit_column=choice.unit_column if choice.unit_column in frame.columns else "",
        links=choice.links,
        blank=choice.blank,
    )


def in_words(
    table: Table, stores: Table, formats: Mapping[str, Format | FormatLook], words: Speech
) -> Table:
    """Return a table with its ids and codes in a reader's words.

    Parameters
    ----------
    table
        The table as its notebook left it.
    stores, formats
        As in `views_of`.
    words
        Of the portfolio.
    """
    named = with_sites(_with_names(table, stores), stores, formats)
    return _with_words(_with_decisions(named, formats), formats, walk_out(words))


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


def _with_decisions(table: Table, formats: Mapping[str, Format | FormatLook]) -> Table:
    """Write decisions in words."""
    frame = table.table
    for column in DECISIONS:
        if column in frame.columns:
            words = [decision_words(decision, formats) for decision in frame[column]]
            frame = frame.assign(**{column: words})
    return Table(frame, table.units, table.origins)


def _with_words(table: Table, formats: Mapping[str, Format | FormatLook], codes: Codes) -> Table:
    """Write the codes of formats, technologies and ways out of a lease in words."""
    labels = {code: look.label for code, look in formats.items()} | THIRD_PARTY_WORDS | TARGETS
    words = {
        "format": labels,
        "to_format": labels,
        "technology": codes.words,
        "best_alternative": codes.words,
        "cheapest_installed": codes.words,
        "cheapest_annualised": codes.words,
        "site_type": SITE_TYPES,
        "pace": PACES,
        "lease_exit_route": LEASE_EXITS,
        "ranking": RANKING_WORDS,
        "output": total_words(codes),
        "measure": MEASURE_WORDS,
    }
    frame = whole_shares(table.table)
    for column, known in words.items():
        if column in frame.columns:
            frame = frame.assign(**{column: [known.get(code, code) for code in frame[column]]})
    for column in YEARS:
        if column in frame.columns and "pace" in frame.columns:
            frame = frame.assign(**{column: [year_words(year) for year in frame[column]]})
    return Table(frame, table.units, table.origins)
