"""How the tables of the plan are shown: near-optimal plans, frontiers, a named plan, a what-if."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from retail_portfolio.model.planning.plan_reasons import FLIPS
from retail_portfolio.model.targets import KEEP
from retail_portfolio.present.summary.choices import STORE, Choice
from retail_portfolio.present.tables import Table
from retail_portfolio.present.words import TARGETS, target_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.settings.scenario_parts import Format
    from retail_portfolio.model.result import Result
    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.tables import TableLike

_NOT_CLOSING: Final = "share_of_plans_not_closing"
"""What the share of plans is that convert a store, keep it or move it."""
PLAN_LABELS: Final = {
    "npv_vs_exit_usd": "Value against closing",
    "flip_sales_factor": "Sales",
    "flip_capex_factor": "Capex",
    "flip_rent_factor": "Rent",
    "flip_cannibalisation_factor": "Taken from own stores",
    "best_decision": "Best plan",
    "my_decision": "Your plan",
    "best_value_usd": "Value in the best plan",
    "my_value_usd": "Value in yours",
    "cost_to_differ_usd": "Cost of differing here",
    "change": "What to change",
    "gain_usd": "Gain of the step",
    "objective_usd": "Gain over closing all",
    "behind_best_usd": "Behind the best",
    "breaks": "Limits it breaks",
    "decision_before": "Best plan",
    "decision_after": "As asked",
    "value_before_usd": "Value in the best plan",
    "value_after_usd": "Value as asked",
    "because": "Why",
    "sales_before_usd_year": "Sales under the best plan",
    "sales_after_usd_year": "Sales as asked",
    "change_usd_year": "Change",
    "differs": "Differs from the best",
    "share_of_plans": "Converts in",
    _NOT_CLOSING: "Does not close in",
    "bound_usd": "No plan gains more than",
    "capital_usd": "To build",
    "added_usd": "Gain of the last one",
    "price_usd": "Price",
    "says": "Demands",
    "title": "Plan",
}
"""Headings of the columns, in a reader's words."""

_OPEN: Final = "stays open"
"""In place of an opening year: a store that is kept does not open."""
_SITE: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*):([A-Za-z0-9_-]+)")
"""A site with what it becomes, ``ID:FORMAT`` or ``ID:keep``, wherever it stands in a text."""
_BLANK: Final = {"breaks": "none", "differs": "nothing", "added_usd": "start"}

PLAN_CHOICES: Final = {
    "plan_flips": Choice(
        "What would turn each decision: the part of its figure at which it does, all else as it is",
        (*STORE, "decision", "npv_vs_exit_usd", *FLIPS, "opening_year"),
        PLAN_LABELS,
        sort_by="npv_vs_exit_usd",
        blank=dict.fromkeys(FLIPS, "nothing does") | {"opening_year": "closes"},
    ),
    "my_plan": Choice(
        "Your plan beside the best one",
        (
            *(*STORE, "best_decision", "my_decision"),
            *("best_value_usd", "my_value_usd", "cost_to_differ_usd"),
        ),
        PLAN_LABELS,
        folded=False,
    ),
    "my_plan_steps": Choice(
        "What to change first in your plan",
        ("step", "change", "gain_usd", "objective_usd", "behind_best_usd", "breaks"),
        PLAN_LABELS,
        folded=False,
        blank=_BLANK,
    ),
    "near_optimal_plans": Choice("Plans that gain almost as much", (), PLAN_LABELS, blank=_BLANK),
    "near_optimal_stores": Choice("How many of these plans convert each store", (), PLAN_LABELS),
    "frontier_by_number": Choice(
        "The best gain for each number of conversions", (), PLAN_LABELS, blank=_BLANK
    ),
    "frontier_by_budget": Choice("The best gain for each budget of capital", (), PLAN_LABELS),
    "frontier_plans": Choice(
        "Every plan to move through",
        ("title", "status", "objective_usd", "bound_usd", "capital_usd", "conversions", "note"),
        PLAN_LABELS,
    ),
    "prices": Choice("What each limit costs", ("says", "price_usd"), PLAN_LABELS),
    "what_if": Choice(
        "What is decided otherwise",
        (
            *(*STORE, "decision_before", "decision_after"),
            *("value_before_usd", "value_after_usd", "because"),
        ),
        PLAN_LABELS,
    ),
    "what_if_own": Choice(
        "What own stores would sell a year",
        (*STORE, "sales_before_usd_year", "sales_after_usd_year", "change_usd_year"),
        PLAN_LABELS,
    ),
}
PLAN_LINKED: Final = frozenset({"frontier_plans", "frontier_stores"})
"""Tables that a summary only links: its sliders show what they hold."""
DECISIONS: Final = (
    "decision",
    "my_decision",
    "best_decision",
    "decision_before",
    "decision_after",
)
"""Columns that hold a decision, which pages write in words."""


def flip_table(choice: Result) -> Table:
    """Return a plan whose flip points are shown in per cent of the figure they are about.

    Parameters
    ----------
    choice
        Result of `retail_portfolio.model.planning.plan.plan`.
    """
    units, frame = dict(choice.units) | dict.fromkeys(FLIPS, "share"), choice.table
    kept = (frame["decision"] == KEEP).to_numpy()
    if kept.any():
        years = [None if math.isnan(year) else int(year) for year in frame["opening_year"]]
        said = pd.Series(years, index=frame.index, dtype=object).mask(kept, _OPEN)
        frame = frame.assign(opening_year=said)
    return Table(frame, units, choice.origins)


def with_sites(
    table: Table, stores: TableLike, formats: Mapping[str, Format | FormatLook]
) -> Table:
    """Write the sites of near-optimal plans by the stores' names and the formats' labels.

    Parameters
    ----------
    table
        Any table; only its columns ``differs`` and ``formats`` change.
    stores
        The register, for the names.
    formats
        The formats by their code.
    """
    frame = table.table
    if "differs" in frame.columns and "name" in stores.table.columns:
        names = dict(zip(stores.table["store_id"], stores.table["name"], strict=True))

        def site(found: re.Match[str]) -> str:
            target, name = found[2], names.get(found[1], found[1])
            words = target_words(target, formats)
            return f"{name} {words}" if target in TARGETS else f"{name} as {words}"

        said = [_SITE.sub(site, text) if isinstance(text, str) else "" for text in frame["differs"]]
        frame = frame.assign(differs=said)
    if "formats" in frame.columns:
        codes = [str(text).split(", ") for text in frame["formats"]]
        words = [", ".join(target_words(code, formats) for code in each) for each in codes]
        frame = frame.assign(formats=words)
        if set(TARGETS) & {code for each in codes for code in each}:
            return _renamed(Table(frame, table.units, table.origins))
    return Table(frame, table.units, table.origins)


def _renamed(table: Table) -> Table:
    """Call the share of plans what it is where plans do other things than convert."""
    names = {"share_of_plans": _NOT_CLOSING}
    units, origins = (
        {names.get(column, column): said for column, said in each.items()}
        for each in (table.units, table.origins)
    )
    return Table(table.table.rename(columns=names), units, origins)


def of_any_decision(choice: Choice, table: Table) -> Choice:
    """Return a choice whose caption holds for plans that keep or move stores as well."""
    if _NOT_CLOSING not in table.table.columns:
        return choice
    return replace(choice, caption="In how many of these plans each store does not close")
