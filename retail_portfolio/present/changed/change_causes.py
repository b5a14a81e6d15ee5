"""Which input changed the results, as a table for a page and a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.model.number_words import counted
from retail_portfolio.present.changed.change_tables import (
    SHOWN,
    Row,
    Said,
    ShownTable,
    num,
    said,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Turn = tuple[str, str | None, str | None]
"""A store with its decision before and after."""
_ANSWERS: Final = {
    "stores_converting": ("Conversions", ""),
    "plan_value_usd": ("Gain of the plan", "usd"),
    "exit_cost_usd": ("Exit cost", "usd"),
    "impairment_usd": ("Impairment", "usd"),
}
"""The answers a table of causes shows, with their units."""
_NAMED: Final = 4
"""How many inputs a row of several names."""


def credits_of(causes: Mapping[str, Any] | None) -> dict[Turn, list[str]]:
    """Return what turns each decision: inputs by themselves, several together, or the program.

    Parameters
    ----------
    causes
        What is known of the causes; ``None`` where nobody asked.

    Returns
    -------
    dict
        Names by store, decision before and decision after: what turns a store to another decision
        than the reported one gets no credit for that. Empty where nothing is known.
    """
    if not causes or causes["why_not"]:
        return {}
    named = [
        (f'"{one["title"]}"' if one.get("title") else one["name"], one["effect"])
        for one in causes["causes"]
    ]
    named.append(("several together", causes["together"]))
    named.append((_program(causes)[0], causes["program"]))
    found: dict[Turn, list[str]] = {}
    for name, effect in named:
        for turn in (effect or {}).get("turned", ()):
            found.setdefault(_turn(turn), []).append(name)
    return found


def cause_tables(causes: Mapping[str, Any] | None, currency: str) -> list[ShownTable]:
    """Return a table of what each changed input does; none where nothing is known.

    Parameters
    ----------
    causes
        What is known of the causes; ``None`` where nobody asked.
    currency
        Of all money.

    Returns
    -------
    list of ShownTable
        At most one. The inputs that do most come first, those that do nothing share a row, and
        whatever is cut, what comes from no single input stands at the end.
    """
    if not causes or causes["why_not"]:
        return []
    head = ("Changed input, alone", "Decisions turned", *(label for label, _ in _ANSWERS.values()))
    rows = [*_inputs(causes["causes"], currency), *_rest(causes, currency)]
    caption = "What each changed input does to the earlier answers by itself"
    return [ShownTable(caption, head, tuple(rows))] if rows else []


def _turn(turn: Mapping[str, Any]) -> Turn:
    return turn["store_id"], turn["before"], turn["after"]


# ------------------------------------------------------------------------------------- inputs
def _inputs(causes: Sequence[Mapping[str, Any]], currency: str) -> list[Row]:
    """Return the inputs that do something, those that could not be tried, and the idle in one."""
    tried = [one for one in causes if one["effect"] is not None]
    doing = sorted((one for one in tried if not _idle(one)), key=_weight)
    listed = [*doing, *(one for one in causes if one["effect"] is None)]
    rows = [_cause(one, currency) for one in listed[:SHOWN]]
    if more := [one["name"] for one in listed[SHOWN:]]:
        rows.append(_several(more, "more input", "not shown here"))
    if idle := [one["name"] for one in tried if _idle(one)]:
        rows.append(_several(idle, "changed input", "without effect on these", blank="\u2013"))
    return rows


def _idle(one: Mapping[str, Any]) -> bool:
    effect = one["effect"]
    return not effect["turned"] and all(moved == 0 for moved in effect["moves"].values())


def _weight(one: Mapping[str, Any]) -> tuple[int, float]:
    """Put what turns most decisions first, then what moves an answer most."""
    moved = [abs(moved) for moved in one["effect"]["moves"].values() if moved]
    return -len(one["effect"]["turned"]), -max(moved, default=0.0)


def _cause(one: Mapping[str, Any], currency: str) -> Row:
    title = one.get("title") or one["name"]
    key = one["name"] if title != one["name"] else ""
    detail = one["why_not"] if one["effect"] is None else one["detail"]
    aside = ": ".join(part for part in (key, detail) if part)
    if one["effect"] is None:
        return (said(title, aside=aside), *_blanks(""))
    return _line(title, aside, one["effect"], currency)


def _several(names: Sequence[str], noun: str, what: str, blank: str = "") -> Row:
    """Return one row for several inputs that have no numbers; of a single one, with its name."""
    if len(names) == 1:
        return (said(names[0], aside=what), *_blanks(blank))
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return (said(f"{counted(len(names), noun)} {what}", aside=listed), *_blanks(blank))


# --------------------------------------------------------------------------------------- rest
def _rest(causes: Mapping[str, Any], currency: str) -> list[Row]:
    """Return what several do only together, what the program does, and what was not tried."""
    rows = []
    if causes["together"] is not None and len(causes["causes"]) > 1:
        back = _turned_back(causes)
        aside = f"; {counted(back, 'decision')} turned back" if back else ""
        how = f"what they do only together{aside}"
        rows.append(_line("together", how, causes["together"], currency))
    if any(causes["program"]["moves"].values()) or causes["program"]["turned"]:
        rows.append(_line(*_program(causes), causes["program"], currency))
    if left := causes["not_tried"]:
        rows.append(_several(left, "changed input", "not tried"))
    return rows


def _turned_back(causes: Mapping[str, Any]) -> int:
    """Count the decisions that an input turns by itself and all together turn back."""
    alone = {
        _turn(turn) for one in causes["causes"] for turn in (one["effect"] or {}).get("turned", ())
    }
    together = [_turn(turn) for turn in causes["together"]["turned"]]
    return sum((store, after, before) in alone for store, before, after in together)


def _program(causes: Mapping[str, Any]) -> tuple[str, str]:
    """Name what answers the earlier inputs otherwise than the earlier report did."""
    how = "today's program on the earlier inputs"
    if causes.get("program_changed"):
        rest = (
            "its packages or the notebooks" if causes.get("notebooks_changed") else "its packages"
        )
        return "the program", f"{rest}: {how}"
    if causes.get("notebooks_changed"):
        return "the notebooks", f"the program is the same: {how}"
    return "today's program", "it is not that of the earlier report"


def _line(name: str, detail: str, effect: Mapping[str, Any], currency: str) -> Row:
    turned, moved = len(effect["turned"]), effect["moves"]
    moves = (_move(moved.get(key, 0.0), unit, currency) for key, (_, unit) in _ANSWERS.items())
    return (said(name, aside=detail), num(turned or "\u2013"), *moves)


def _blanks(text: str) -> tuple[Said, ...]:
    return tuple(num(text) for _ in range(1 + len(_ANSWERS)))


def _move(moved: float | None, unit: str, currency: str) -> Said:
    if moved is None:
        return num("not known")
    return num(signed(moved, unit, currency) if moved else "\u2013")
