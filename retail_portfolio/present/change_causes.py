"""Which input changed the results, as a table for a page and a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.present.change_tables import (
    Row,
    Said,
    ShownTable,
    num,
    said,
    shown_table,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWERS: Final = {
    "stores_converting": ("Conversions", ""),
    "plan_value_usd": ("Gain of the plan", "usd"),
    "exit_cost_usd": ("Exit cost", "usd"),
    "impairment_usd": ("Impairment", "usd"),
}
"""The answers a table of causes shows, with their units."""


def credits_of(causes: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """Return what turns each store: inputs by themselves, several together, or the program.

    Parameters
    ----------
    causes
        What is known of the causes; ``None`` where nobody asked.

    Returns
    -------
    dict
        Names by store id; empty where nothing is known.
    """
    if not causes or causes["why_not"]:
        return {}
    named = [(str(one["name"]), one["effect"]) for one in causes["causes"]]
    named.append(("several together", causes["together"]))
    named.append(("the program", causes["program"]))
    found: dict[str, list[str]] = {}
    for name, effect in named:
        for turn in (effect or {}).get("turned", ()):
            found.setdefault(turn["store_id"], []).append(name)
    return found


def cause_tables(causes: Mapping[str, Any] | None) -> list[ShownTable]:
    """Return a table of what each changed input does; none where nothing is known.

    Parameters
    ----------
    causes
        What is known of the causes; ``None`` where nobody asked.
    """
    if not causes or causes["why_not"]:
        return []
    head = ("Changed input, alone", "Decisions turned", *(label for label, _ in _ANSWERS.values()))
    rows = [_cause(one) for one in causes["causes"]]
    several = len(causes["causes"]) > 1
    if causes["together"] is not None and several:
        rows.append(_line("together", "what they do only together", causes["together"]))
    if any(causes["program"]["moves"].values()) or causes["program"]["turned"]:
        what = "its packages or the notebooks: today's program on the earlier inputs"
        rows.append(_line("the program", what, causes["program"]))
    rows += [
        (said(name, aside="not tried"), *(num("") for _ in head[1:]))
        for name in causes["not_tried"]
    ]
    if not rows:
        return []
    caption = "What each changed input does to the earlier answers by itself"
    return [shown_table(caption, head, rows, len(rows))]


def _cause(one: Mapping[str, Any]) -> Row:
    if one["effect"] is None:
        blank = (num("") for _ in range(1 + len(_ANSWERS)))
        return (said(one["name"], aside=one["why_not"]), *blank)
    return _line(one["name"], one["detail"], one["effect"])


def _line(name: str, detail: str, effect: Mapping[str, Any]) -> Row:
    turned = len(effect["turned"])
    moves = (_move(effect["moves"].get(key, 0.0), unit) for key, (_, unit) in _ANSWERS.items())
    return (
        said(name, aside=detail),
        num(turned or "\u2013"),
        *moves,
    )


def _move(moved: float | None, unit: str) -> Said:
    if moved is None:
        return num("not known")
    return num(signed(moved, unit) if moved else "\u2013")
