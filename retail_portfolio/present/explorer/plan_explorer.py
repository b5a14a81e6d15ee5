"""The explorer: two sliders and a list of plans that move through what was proven beforehand.

A widget for a page: a section with its data as JSON and its script, nothing else. Which plan is
shown stands in the address behind ``#plan=``. Whoever draws stores listens to the window's event
``rp-plan``, or, in a frame inside the element ``#map``, to the message ``{rpPlan: ...}``; a frame
that posts ``{rpReady: true}`` is told the present plan. Both carry ``plan``, ``title`` and
``decisions``: for every closing store of the wave ``close``, ``keep``, ``relocate``,
``convert_<format>``, or ``open`` in the time before. A store that a plan does not list closes
in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from retail_portfolio.model.targets import CLOSE, KEEP, RELOCATE, converts, target_of
from retail_portfolio.present.explorer.plan_words import (
    ANNOUNCED,
    BEFORE,
    BEST,
    OPEN,
    Card,
    Wave,
    announced,
    before,
    card_of,
)
from retail_portfolio.present.files import script_json
from retail_portfolio.present.formats import ORIGIN_MARKS, usd, value_text
from retail_portfolio.present.pages import resource
from retail_portfolio.present.tables import origin_mark
from retail_portfolio.present.words import store_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.outputs import Outputs

_ORDER: Final = (KEEP, RELOCATE)
"""Conversions come first in a list, then these."""
_NEEDED: Final = {
    "frontier_plans": {
        *("plan", "axis", "position", "title", "status"),
        *("objective_usd", "bound_usd", "capital_usd"),
    },
    "frontier_stores": {"plan", "store_id", "decision"},
    "stores": {"store_id", "name", "banner", "city", "state", "status"},
}


@dataclass(frozen=True, slots=True)
class Explorer:
    """The widget, and what a map has to be able to draw for it.

    Parameters
    ----------
    html
        A ``<section id="explorer">`` that stands by itself in a page.
    decisions
        Every pair ``(store_id, decision)`` that occurs in any plan, sorted.
    """

    html: Markup
    decisions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Wave:
    """The closing stores: names and places, where they could move to, formats and currency."""

    stores: Mapping[str, tuple[str, str]]
    short: Mapping[str, str]
    moves_to: Mapping[str, str]
    formats: Mapping[str, FormatLook]
    currency: str

    def money(self, amount: object) -> str:
        """Write an amount of money."""
        return usd(amount, currency=self.currency)

    def words(self, store: str, decision: str) -> str:
        """Return what a store becomes: the format it converts to, or what else happens to it."""
        target = target_of(decision)
        if converts(decision):
            return self.formats[target].label if target in self.formats else target
        if decision == RELOCATE and (place := self.moves_to.get(store)):
            return f"moves to {place}"
        return {KEEP: "stays open", RELOCATE: "moves"}.get(decision, decision)

    def in_order(self, card: Card) -> list[tuple[str, str]]:
        """Return every store that does not close with its decision: kind by kind, by name."""
        places = {decision: place for place, decision in enumerate(_ORDER, start=1)}
        return sorted(
            card.decided,
            key=lambda pair: (places.get(pair[1], 0), *self.stores[pair[0]], self.words(*pair)),
        )

    def lines(self, card: Card) -> list[tuple[str, str, str, bool]]:
        """Return name, place, what becomes of it, and whether that is no conversion, by store."""
        return [
            (*self.stores[one], self.words(one, how), not converts(how))
            for one, how in self.in_order(card)
        ]

    def decided(self, card: Card) -> dict[str, str]:
        """Return what a plan decides for every store of the wave."""
        if card.plan == BEFORE:
            return dict.fromkeys(self.stores, OPEN)
        if card.plan == ANNOUNCED:
            return dict.fromkeys(self.stores, CLOSE)
        return dict.fromkeys(self.stores, CLOSE) | dict(card.decided)


def explorer(outputs: Outputs, formats: Mapping[str, FormatLook]) -> Explorer | None:
    """Make the explorer of a run.

    Parameters
    ----------
    outputs
        What the notebooks left: tables ``frontier_plans``, ``frontier_stores`` and ``stores``;
        ``relocations`` names the places that stores could move to.
    formats
        Names of the formats by their code.

    Returns
    -------
    Explorer or None
        None where one of the tables is missing, or there is no best plan to begin with.
    """
    tables = {name: outputs.table(name) for name in _NEEDED}
    frames = {name: one.table for name, one in tables.items() if one is not None}
    if any(not needed <= set(frames.get(name, ())) for name, needed in _NEEDED.items()):
        return None
    places = outputs.table("relocations")
    moves_to = _places(None if places is None else places.table)
    wave = _wave(frames["stores"], moves_to, formats, outputs.words.currency)
    cards = _cards(frames["frontier_plans"], frames["frontier_stores"], wave)
    if not cards:
        return None
    pairs = {pair for card in cards if card.there for pair in wave.decided(card).items()}
    return Explorer(_html(cards, wave), tuple(sorted(pairs)))


def _places(relocations: pd.DataFrame | None) -> dict[str, str]:
    """Return the name of where each store could move to, where that is known."""
    if relocations is None or not {"store_id", "name"} <= set(relocations.columns):
        return {}
    return dict(zip(relocations["store_id"], map(str, relocations["name"]), strict=True))


def _wave(
    stores: pd.DataFrame,
    moves_to: Mapping[str, str],
    formats: Mapping[str, FormatLook],
    currency: str,
) -> _Wave:
    frame = stores[stores["status"] == "closing"].fillna({"name": "", "city": "", "state": ""})
    ids = [str(one) for one in frame["store_id"]]
    where = [
        ", ".join(part for part in (str(city), str(state)) if part)
        for city, state in zip(frame["city"], frame["state"], strict=True)
    ]
    names = [str(name) or one for name, one in zip(frame["name"], ids, strict=True)]
    return _Wave(
        dict(zip(ids, zip(names, where, strict=True), strict=True)),
        dict(zip(ids, _short(frame), strict=True)),
        moves_to,
        formats,
        currency,
    )


def _short(frame: pd.DataFrame) -> list[str]:
    """Name stores so that names with a comma do not fall apart in a list: ``Elm (YY)``."""
    pairs = zip(store_words(frame), frame["state"], strict=True)
    return [f"{said.removesuffix(f', {state}')} ({state})" for said, state in pairs]


def _cards(plans: pd.DataFrame, stores: pd.DataFrame, wave: _Wave) -> list[Card]:
    """Return every plan, the best one first; none where there is no best plan."""
    decided: dict[str, list[tuple[str, str]]] = {}
    for row in stores.to_dict("records"):
        if row["store_id"] in wave.stores:
            pair = (str(row["store_id"]), str(row["decision"]))
            decided.setdefault(str(row["plan"]), []).append(pair)
    rows = plans.to_dict("records")
    best = next((row for row in rows if row["plan"] == BEST), None)
    if best is None:
        return []
    of_best = dict(decided.get(BEST, []))
    taken = {how for pairs in decided.values() for _, how in pairs}
    weighed, ids = frozenset(taken & {*_ORDER}), list(wave.stores)
    closing = Wave(ids, weighed, lambda one: wave.short[one], wave.currency)
    cards = [
        card_of(
            {str(key): value for key, value in row.items()},
            decided.get(str(row["plan"]), []),
            {str(key): value for key, value in best.items()},
            of_best,
            closing,
        )
        for row in rows
    ]
    cards.sort(key=lambda card: card.plan != BEST)
    return [*cards, announced(closing), before(closing)]


# ----------------------------------------------------------------------------------- the page
def _html(cards: Sequence[Card], wave: _Wave) -> Markup:
    numbers, budgets = (_axis(cards, axis) for axis in ("number", "budget"))
    page = _environment().get_template("plans.html")
    text = page.render(
        best=cards[0],
        lines=wave.lines(cards[0]),
        groups=_groups(cards),
        missing=[card for card in cards if not card.there],
        number=_ends(numbers, lambda card: value_text(card.position)),
        budget=_ends(budgets, lambda card: wave.money(card.position)),
        mark=Markup(origin_mark("modelled")),  # noqa: S704 - ours
        data=Markup(script_json(_data(cards, numbers, budgets, wave))),  # noqa: S704 - no "<" in it
        style=Markup(resource("plans.css")),  # noqa: S704 - ours
        script=Markup(resource("plans.js")),  # noqa: S704 - ours
    )
    return Markup(text)  # noqa: S704 - escaped by the template


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _axis(cards: Sequence[Card], axis: str) -> list[Card]:
    found = [card for card in cards if card.axis == axis and card.there]
    return sorted(found, key=lambda card: card.position or 0.0)


def _ends(cards: Sequence[Card], words: Any) -> dict[str, Any] | None:
    """Return what a slider needs before the script runs; None where there is nothing to move."""
    if len(cards) < 2:  # noqa: PLR2004 - one point is no slider
        return None
    return {"most": len(cards) - 1, "first": words(cards[0]), "last": words(cards[-1])}


def _groups(cards: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """Return the plans to choose from by name, under their headings."""
    kinds = {"best": "This scenario", "named": "This scenario", "scenario": "Other scenarios"}
    kinds |= {"other": "Without a plan"}
    groups: dict[str, list[Card]] = {}
    for card in cards:
        if card.axis in kinds:
            groups.setdefault(kinds[card.axis], []).append(card)
    return list(groups.items())


def _data(
    cards: Sequence[Card], numbers: Sequence[Card], budgets: Sequence[Card], wave: _Wave
) -> dict[str, Any]:
    """Gather what the script shows: texts, and positions in lists."""
    there = [card for card in cards if card.there]
    place = {card.plan: at for at, card in enumerate(there)}
    store = {one: at for at, one in enumerate(wave.stores)}
    words = sorted({(how, wave.words(one, how)) for card in there for one, how in card.decided})
    return {
        "mark": list(ORIGIN_MARKS["modelled"]),
        "stores": [[one, *words_] for one, words_ in wave.stores.items()],
        "decisions": [[how, said, not converts(how)] for how, said in words],
        "plans": [
            {
                "id": card.plan,
                "axis": card.axis,
                "title": card.title,
                "figures": [
                    [one.label, one.value, one.aside, one.modelled] for one in card.figures
                ],
                "decided": [
                    [store[one], words.index((how, wave.words(one, how)))]
                    for one, how in wave.in_order(card)
                ],
                "conversions": card.conversions,
                "otherwise": card.otherwise,
                "note": card.note,
                "rest": OPEN if card.plan == BEFORE else CLOSE,
                "capital": card.capital_usd,
                "needs": "" if card.capital_usd is None else wave.money(card.capital_usd),
            }
            for card in there
        ],
        "number": [[place[one.plan], one.position, value_text(one.position)] for one in numbers],
        "budget": [
            [place[one.plan], one.position, f"at most {wave.money(one.position)}"]
            for one in budgets
        ],
    }
