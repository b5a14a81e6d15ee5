"""What the explorer says of each plan: its figures, how sure they are, and what it does otherwise.

Everything is made here as text, so that the page's script has nothing to write but what it is
handed, and the page says the same without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.model.number_words import listed_names
from retail_portfolio.model.targets import KEEP, RELOCATE, converts
from retail_portfolio.present.formats import as_number, usd, value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ANNOUNCED, BEFORE, BEST = "announced", "before", "best"
"""Ids of the plans that no table holds, and of the best one."""
OPEN: Final = "open"
"""What is decided for a store in the time before: it trades as it did."""
_NAMED_AT_MOST: Final = 5
_LESS_USD: Final = 500.0
"""A difference of gains below this is none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a plan: what it is, the number, what stands beside it, who made it."""

    label: str
    value: str
    aside: str = ""
    modelled: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """One plan as the explorer shows it.

    Parameters
    ----------
    plan, axis, title
        As in the table of plans; the axis of the two that no table holds is ``other``.
    position, capital_usd
        Where it stands on its axis and what it costs; None where that says nothing.
    figures
        In the order of the page.
    decided
        ``(store_id, decision)`` of every store that does not close.
    otherwise
        What it does otherwise than the best plan, as a sentence.
    note
        Which limits it breaks, or why there is no plan; else empty.
    there
        Whether there is a plan to show.
    """

    plan: str
    axis: str
    title: str
    position: float | None
    capital_usd: float | None
    figures: tuple[Figure, ...]
    decided: tuple[tuple[str, str], ...]
    otherwise: str
    note: str = ""
    there: bool = True

    @property
    def conversions(self) -> int:
        """How many stores convert."""
        return sum(converts(decision) for _, decision in self.decided)


@dataclass(frozen=True, slots=True)
class Wave:
    """The closing stores that plans decide on.

    Parameters
    ----------
    closing
        Their ids.
    weighed
        Which of ``keep`` and ``relocate`` any of the plans makes use of: only these are counted.
    name
        Names a store.
    currency
        Of all money.
    """

    closing: Sequence[str]
    weighed: frozenset[str]
    name: Callable[[str], str]
    currency: str

    def money(self, amount: object) -> str:
        """Write an amount of money."""
        return usd(amount, currency=self.currency)

    def others(self, decided: Sequence[tuple[str, str]], *, modelled: bool = True) -> list[Figure]:
        """Count the stores that stay open and that move, where there can be any."""
        made = [decision for _, decision in decided]
        return [
            Figure(label, value_text(made.count(decision)), "", modelled)
            for decision, label in (
                (KEEP, "Stores that stay open"),
                (RELOCATE, "Stores that move"),
            )
            if decision in self.weighed
        ]


def card_of(
    row: Mapping[str, Any],
    decided: Sequence[tuple[str, str]],
    best: Mapping[str, Any],
    of_best: Mapping[str, str],
    wave: Wave,
) -> Card:
    """Return what is said of one plan.

    Parameters
    ----------
    row, best
        Rows of the table of plans: this one and the best one.
    decided, of_best
        What does not close in either, with the decision.
    wave
        The stores of the wave.
    """
    there = as_number(row["objective_usd"]) is not None
    count, closing = sum(converts(decision) for _, decision in decided), len(wave.closing)
    figures = (
        Figure("Sites that convert", value_text(count), f"of {closing} in the wave"),
        Figure("Gain over closing all", wave.money(row["objective_usd"]), _proof(row, best, wave)),
        Figure("Capital to build", wave.money(row["capital_usd"]), _room(row, wave)),
        *wave.others(decided),
        Figure("Stores that close", value_text(closing - len(decided))),
    )
    return Card(
        str(row["plan"]),
        str(row["axis"]),
        str(row["title"]),
        as_number(row["position"]),
        as_number(row["capital_usd"]),
        figures if there else (),
        tuple(decided),
        _otherwise(str(row["plan"]), dict(decided), of_best, wave) if there else "",
        note if isinstance(note := row.get("note"), str) else "",
        there,
    )


def announced(wave: Wave) -> Card:
    """Return the card of the announcement: every store of the wave closes."""
    figures = (
        _given("Sites that convert", "0", f"of {len(wave.closing)} in the wave"),
        _given("Gain over closing all", wave.money(0), "what every plan is measured against"),
        _given("Capital to build", wave.money(0)),
        *wave.others((), modelled=False),
        _given("Stores that close", value_text(len(wave.closing))),
    )
    title = "Announced: every store closes"
    return Card(ANNOUNCED, "other", title, None, 0.0, figures, (), "No site is kept.")


def before(wave: Wave) -> Card:
    """Return the card of the time before: every store of the wave still trades."""
    count = len(wave.closing)
    figures = (
        _given("Sites that convert", "0", f"of {count} in the wave"),
        _given("Stores that close", "0", f"all {count} trade as they did"),
    )
    title = "Before: every store open"
    words = "It is a state to look back at, no plan: nothing is gained or built in it."
    return Card(BEFORE, "other", title, None, None, figures, (), words)


def _given(label: str, value: str, aside: str = "") -> Figure:
    """Return a figure that no model made."""
    return Figure(label, value, aside, modelled=False)


# -------------------------------------------------------------------------------------- proof
def _proof(row: Mapping[str, Any], best: Mapping[str, Any], wave: Wave) -> str:
    """Say how sure it is that no other plan gains more, and how far behind the best it is."""
    axis = str(row["axis"])
    short = (as_number(row["bound_usd"]) or 0.0) - (as_number(row["objective_usd"]) or 0.0)
    if axis == "named":
        within = "the best plan within the limits"
        more = f"{within} gains {wave.money(short)} more"
        return more if short > _LESS_USD else f"as much as {within}"
    where = {
        "number": f"other plan with {value_text(row['position'], 'conversions')}",
        "budget": "other plan for this budget",
        "scenario": "other plan in that scenario",
    }.get(axis, "other plan in this scenario")
    said = f"proven: no {where} gains more"
    if row["status"] != "optimal":
        said = f"not proven: another may gain up to {wave.money(short)} more"
    if axis == "scenario":
        return f"valued under that scenario; {said}"
    behind = (as_number(best["objective_usd"]) or 0.0) - (as_number(row["objective_usd"]) or 0.0)
    if axis == BEST or abs(behind) <= _LESS_USD:
        return said
    by = wave.money(abs(behind))
    return f"{said}; {by} {'less' if behind > 0 else 'more'} than the best plan"


def _room(row: Mapping[str, Any], wave: Wave) -> str:
    return f"of a budget of {wave.money(row['position'])}" if row["axis"] == "budget" else ""


# --------------------------------------------------------------------------------- differences
def _otherwise(plan: str, mine: Mapping[str, str], best: Mapping[str, str], wave: Wave) -> str:
    """Say what a plan does otherwise than the best one."""
    nothing = "Every store closes." if wave.weighed else "No site converts."
    if plan == BEST:
        return "The sites of the best plan:" if best else nothing
    without = [wave.name(one) for one in best if one not in mine]
    extra = [wave.name(one) for one in mine if one not in best]
    both = [one for one in mine if one in best and mine[one] != best[one]]
    formats = [one for one in both if converts(mine[one]) and converts(best[one])]
    other = [wave.name(one) for one in both if one not in formats]
    parts = [
        f"{word} {_listed(names)}"
        for word, names in (
            ("without", without),
            ("with", extra),
            ("another format at", [wave.name(one) for one in formats]),
            ("another decision for", other),
        )
        if names
    ]
    if not parts:
        return "The same sites as in the best plan of this scenario."
    if not mine:
        return nothing
    return f"Against the best plan of this scenario: {'; '.join(parts)}."


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMED_AT_MOST:
        return f"{len(names)} sites"
    return listed_names(names)
