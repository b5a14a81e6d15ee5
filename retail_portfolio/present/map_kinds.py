"""Kinds of marks on the map: which store gets which shape and colour, and what the legend says.

The look of a format follows from its role in the case, never from its name: closing formats take
the angular shapes in the scenario's order, targets of a conversion the stars, what moves a pin,
what stays open a small disc. A store of the wave has a kind for every decision that some plan
takes for it, and one for the time before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from retail_portfolio.model.targets import CLOSE, KEEP, RELOCATE, converts
from retail_portfolio.present.formats import is_blank
from retail_portfolio.present.words import decision_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Outlines in a box of 20 by 20 around the origin, of about equal weight to the eye.
SHAPES: Final = {
    "square": "M-7-7H7V7H-7Z",
    "triangle": "M0-8.5 8.6 6.8H-8.6Z",
    "diamond": "M0-9.2 9.2 0 0 9.2-9.2 0Z",
    "hexagon": "M-4.4-7.8H4.4L8.8 0 4.4 7.8H-4.4L-8.8 0Z",
    "star": "M0-10 2.7-3.3 9.6-3 4.1 1.3 6 8.1 0 4.2-6 8.1-4.1 1.3-9.6-3-2.7-3.3Z",
    "bolt": "M0-10 3-3 10 0 3 3 0 10-3 3-10 0-3-3Z",
    "pin": "M0 9.8C-3 5-7 1.6-7-2.6A7 7 0 0 1 7-2.6C7 1.6 3 5 0 9.8Z",
    "circle": "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0Z",
    "pill": "M-4-5H4A5 5 0 0 1 4 5H-4A5 5 0 0 1-4-5Z",
    "cross": "M-6-6 6 6M-6 6 6-6",
}
BEFORE: Final = "open"
"""What is decided for a store of the wave in the time before: it trades as it did."""
_CLOSING: Final = ("triangle", "square", "diamond", "hexagon")
_TARGETS: Final = ("star", "bolt")
_EXISTING: Final = ("circle", "pill")
_MOVING: Final = "pin"

Fate = tuple[str, str]
"""A fate (``convert_<format>, keep, relocate, close, before, open, gone``) and a format."""


@dataclass(frozen=True, slots=True)
class FormatLook:
    """What a map needs to know of a format: its name, and its part in the case.

    ``role`` is ``closing``, ``existing`` or ``candidate target``.
    """

    label: str
    role: str = "existing"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the legend: stores of one format with one fate.

    Parameters
    ----------
    fate, format
        Which stores.
    label
        What the legend says.
    shape, paint, size
        A name of `SHAPES`, a colour's name in the style sheet, pixels.
    lift
        How far above other marks it lies.
    shown
        Whether it is visible when the map opens.
    """

    fate: str
    format: str
    label: str
    shape: str
    paint: str
    size: int
    lift: int
    shown: bool = True


def fates(placed: pd.DataFrame) -> list[Fate]:
    """Return the fate and the format of each store; the format of what went earlier is blank."""
    decisions = (
        placed["decision"].fillna("").astype(str)
        if "decision" in placed.columns
        else pd.Series("", index=placed.index)
    )
    # What went before this wave is background: one kind, whatever its format was.
    return [
        (fate, "" if fate == "gone" or is_blank(code) else str(code))
        for fate, code in zip(
            map(_fate, placed["status"].astype(str), decisions), placed["format"], strict=True
        )
    ]


def _fate(status: str, decision: str) -> str:
    if status != "closing":
        return "gone" if status == "closed" else "open"
    return decided(decision)


def decided(decision: str) -> str:
    """Return the fate that a decision brings a store of the wave; one without closes."""
    if converts(decision) or decision in {KEEP, RELOCATE}:
        return decision
    return "before" if decision == BEFORE else CLOSE


def kinds_of(
    placed: pd.DataFrame,
    formats: Mapping[str, FormatLook],
    decisions: Iterable[tuple[str, str]] = (),
) -> dict[Fate, Kind]:
    """Give every fate of every format its shape; the legend runs from what matters to the rest.

    Parameters
    ----------
    placed
        One row a store: ``store_id, format, status`` and, where known, ``decision``.
    formats
        Format code to its look, in the order of the legend.
    decisions
        What other plans decide: ``store_id`` and decision.
    """
    wave = placed[placed["status"] == "closing"]
    codes_of = ["" if is_blank(code) else str(code) for code in wave["format"]]
    format_of = dict(zip(wave["store_id"].astype(str), codes_of, strict=True))
    now = set(fates(placed))
    found = now | {("before", code) for code in format_of.values()}
    found |= {(decided(what), format_of[store]) for store, what in decisions if store in format_of}
    codes = [*formats, *sorted({code for _, code in found} - set(formats))]
    closing = [c for c in codes if (look := formats.get(c)) and look.role == "closing"]
    closing += [c for fate, c in sorted(found) if fate not in {"open", "gone"} and c not in closing]
    existing = [c for fate, c in sorted(found) if fate == "open"]
    targets = sorted({fate for fate, _ in found if converts(fate)})
    order = [*targets, KEEP, RELOCATE, CLOSE, "before", "open", "gone"]
    return {
        (fate, code): _kind(fate, code, formats, (closing, existing, targets))
        for fate in order
        for code in codes
        if (fate, code) in found
    }


def _kind(
    fate: str,
    code: str,
    formats: Mapping[str, FormatLook],
    orders: tuple[list[str], list[str], list[str]],
) -> Kind:
    closing, existing, targets = orders
    name = formats[code].label if code in formats else code
    verdict = decision_words(fate, formats)
    label = f"{name}, {verdict[0].lower()}{verdict[1:]}"
    if converts(fate):
        shape = _TARGETS[targets.index(fate) % len(_TARGETS)]
        return Kind(fate, code, label, shape, "converts", 22, 3000)
    if fate == RELOCATE:
        return Kind(fate, code, label, _MOVING, "moves", 20, 2800)
    if fate in {CLOSE, KEEP, "before"}:
        shape = _CLOSING[closing.index(code) % len(_CLOSING)]
        paint = {CLOSE: "closes", KEEP: "keeps", "before": "before"}[fate]
        said = f"{name}, open before" if fate == "before" else label
        return Kind(fate, code, said, shape, paint, 16, 2400 if fate == KEEP else 2000)
    if fate == "open":
        shape = _EXISTING[existing.index(code) % len(_EXISTING)]
        return Kind(fate, code, f"{name}, stays open", shape, "rest", 10, 0)
    return Kind(fate, code, "Closed earlier", "cross", "gone", 10, -1000, shown=False)
