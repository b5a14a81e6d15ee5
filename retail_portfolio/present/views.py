"""Which tables a summary shows of each notebook, and which columns of them.

Tables are chosen by name and columns by whether they are there, so that a table that grows keeps
its place. A table of closing stores gets the stores' names in place of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from retail_portfolio.present.backtest_views import (
    BACKTEST_CHOICES,
    BACKTEST_LINKED,
    RANKING_WORDS,
)
from retail_portfolio.present.checkout_views import CHECKOUT_CHOICES, CHECKOUT_LINKED
from retail_portfolio.present.choices import STORE, Choice
from retail_portfolio.present.formats import as_number, unit_of, value_text
from retail_portfolio.present.plan_views import DECISIONS, PLAN_CHOICES, with_sites
from retail_portfolio.present.tables import (
    HtmlTable,
    Table,
    TableLike,
    html_table,
    origin_mark,
    origin_of,
)
from retail_portfolio.present.trade_views import TRADE_CHOICES, TRADE_LINKED
from retail_portfolio.present.uncertainty_views import (
    MEASURE_WORDS,
    PLAN_BLANK,
    TOTAL_WORDS,
    UNCERTAINTY_CHOICES,
    UNCERTAINTY_LINKED,
    whole_shares,
)
from retail_portfolio.present.words import (
    CLOSURE_LABELS,
    CONVERTING,
    LEASE_EXITS,
    PACES,
    SITE_TYPES,
    TECHNOLOGIES,
    THIRD_PARTY_WORDS,
    YEARS,
    decision_words,
    year_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retail_portfolio.inputs.scenario_parts import Format
    from retail_portfolio.present.map_data import FormatLook
    from retail_portfolio.present.outputs import NotebookOutput


@dataclass(frozen=True, slots=True)
class View:
    """A table as the summary shows it."""

    caption: str
    html: Markup
    folded: bool = True


_CHOICES: Final = {
    "plan": Choice(
        "Decision and reason, every closing store",
        (*STORE, "decision", "npv_vs_exit_usd", "probability", "reason"),
        {"npv_vs_exit_usd": "Value against closing", "probability": "Converts in"},
        sort_by="npv_vs_exit_usd",
        blank=PLAN_BLANK,
    ),
    "conversion": Choice(""),
    "closure_summary": Choice(
        "Cash: what leaving costs, by banner", labels=CLOSURE_LABELS, folded=False
    ),
    "closure": Choice(
        "Cash: the bill, store by store",
        (
            *STORE,
            "last_trading_day",
            "size_sqft",
            "lease_exit_route",
            "lease_exit_month",
            "lease_exit_usd",
            "severance_usd",
            "notice_pay_usd",
            "inventory_loss_usd",
            "restoration_usd",
            "exit_cost_usd",
            "closing_advantage_usd",
        ),
        CLOSURE_LABELS,
        sort_by="exit_cost_usd",
    ),
    "closure_by_state": Choice(
        "Cash: the bill by banner and state",
        (
            *("banner", "state", "stores", "lease_exit_usd", "notice_pay_usd", "severance_usd"),
            *("inventory_loss_usd", "restoration_usd"),
            *("exit_cost_usd", "exit_cost_usd_per_store"),
        ),
        CLOSURE_LABELS,
    ),
    "closure_drivers": Choice(
        "Cash: what moves the bill most",
        ("driver", "at_low_usd", "base_usd", "at_high_usd", "swing_usd"),
        {"at_low_usd": "At its low", "base_usd": "Base", "at_high_usd": "At its high"},
    ),
    "closure_stay": Choice(
        "Cash: closing against staying open, by banner", labels=CLOSURE_LABELS, folded=False
    ),
    "timeline": Choice(
        "Dates by banner and state",
        (
            *("banner", "state", "stores", "announced", "last_trading_day", "separation_day"),
            *("lease_exit_first", "lease_exit_last"),
        ),
        blank={"last_trading_day": "not known"},
    ),
    "closure_heads": Choice("Heads against the jobs reported, by state"),
    "notice_rules": Choice(
        "What the law asks of a closing, by state",
        ("state", "scope", "rule", "value", "source"),
        unit_column="unit",
        links={"source": "source_url"},
    ),
    "closure_accounting": Choice(
        "Accounting: what the books lose, by banner", labels=CLOSURE_LABELS, folded=False
    ),
    "closure_books": Choice(
        "Accounting: the books, store by store",
        (
            *(*STORE, "lease_liability_usd", "rou_asset_usd", "net_book_value_usd"),
            *("rou_impairment_usd", "fittings_impairment_usd", "impairment_usd"),
        ),
        CLOSURE_LABELS,
        sort_by="impairment_usd",
    ),
    "charge_check": Choice(
        "Accounting: modelled and reported charges",
        (
            *("charge", "stores", "modelled_usd", "low_usd", "high_usd", "reported_usd"),
            *("modelled_over_reported", "modelled_usd_per_store", "sets_within_share"),
        ),
        CLOSURE_LABELS,
        folded=False,
    ),
    "charge_drivers": Choice(
        "Accounting: what the total depends on, and what it cannot tell",
        (
            *("driver", "rank_correlation", "mean_quantile_of_fits"),
            "mean_quantile_of_joint_fits",
        ),
        CLOSURE_LABELS,
    ),
    **PLAN_CHOICES,
    **TRADE_CHOICES,
    **CHECKOUT_CHOICES,
    **UNCERTAINTY_CHOICES,
    **BACKTEST_CHOICES,
    "event": Choice(
        "The wider event",
        ("fact", "value", "as_of", "source"),
        folded=False,
        unit_column="unit",
        links={"source": "source_url"},
    ),
    "data_quality": Choice("What is known of each closing store", folded=False),
    "metros": Choice(
        "How far the list of competitors reaches, by metropolitan area",
        ("name", "competitor_coverage", "chains_missing", "coverage_note"),
        {"competitor_coverage": "Coverage"},
    ),
    "corrections": Choice(
        "Disputed facts: what was taken and what was not",
        ("subject", "taken", "other", "reason", "source"),
    ),
    "sources": Choice(
        "Every assumption with its range and source",
        ("key", "description", "low", "base", "high", "unit", "origin", "source"),
        links={"source": "source_url"},
    ),
    "portfolio": Choice("Stores by banner and status"),
}
#: Tables that only the links below a section name: long, or shown in another form.
_LINKED: Final = frozenset(
    {
        "stores",
        "conversion",
        "store_drivers",
        "lease_exit_curve",
        "monthly_cash",
        "monthly_expense",
        "charge_sets",
        *CHECKOUT_LINKED,
        *TRADE_LINKED,
        *UNCERTAINTY_LINKED,
        *BACKTEST_LINKED,
    }
)
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
        table = _in_words(output.tables[name], stores, formats)
        if name == "plan":
            yield from _converting(table)
        yield _view(table, _CHOICES.get(name, Choice(name.replace("_", " ").capitalize())))


def shown(
    source: TableLike, name: str, stores: Table, formats: Mapping[str, Format | FormatLook]
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
    """
    table = _in_words(Table(source.table, source.units, source.origins), stores, formats)
    return _html(table, _CHOICES.get(name, Choice(name.replace("_", " ").capitalize())))


def _view(table: Table, choice: Choice) -> View:
    folded = choice.folded and len(table.table) > 0
    return View(choice.caption, Markup(_html(table, choice).html), folded)  # noqa: S704 - escaped


def _html(table: Table, choice: Choice) -> HtmlTable:
    frame = table.table
    if choice.sort_by in frame.columns:
        frame = frame.sort_values(choice.sort_by, ascending=False, kind="stable")
    columns = [name for name in choice.columns if name in frame.columns]
    return html_table(
        Table(frame, table.units, table.origins),
        caption=choice.caption,
        columns=columns or None,
        labels=choice.labels,
        rows=_ROWS,
        unit_column=choice.unit_column if choice.unit_column in frame.columns else "",
        links=choice.links,
        blank=choice.blank,
    )


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
    place = ", ".join(str(row[name]) for name in STORE if row.get(name))
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


def _in_words(table: Table, stores: Table, formats: Mapping[str, Format | FormatLook]) -> Table:
    """Write ids and codes in a reader's words."""
    named = with_sites(_with_names(table, stores), stores, formats)
    return _with_words(_with_decisions(named, formats), formats)


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


def _with_words(table: Table, formats: Mapping[str, Format | FormatLook]) -> Table:
    """Write the codes of formats, technologies and ways out of a lease in words."""
    labels = {code: look.label for code, look in formats.items()} | THIRD_PARTY_WORDS
    words = {
        "format": labels,
        "to_format": labels,
        "technology": TECHNOLOGIES,
        "best_alternative": TECHNOLOGIES,
        "cheapest_installed": TECHNOLOGIES,
        "cheapest_annualised": TECHNOLOGIES,
        "site_type": SITE_TYPES,
        "pace": PACES,
        "lease_exit_route": LEASE_EXITS,
        "ranking": RANKING_WORDS,
        "output": TOTAL_WORDS,
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
