"""The results of two reports side by side: decisions that turned and figures that moved."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retail_portfolio.present.formats import as_number, is_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PLAN = "plan.csv"
"""The table of decisions, one row a closing store."""
EVEN = 0.5
"""A decision whose share of draws crosses this one is no longer, or only now, the likelier one."""
ENDS = ("value", "low", "high")
"""What is compared of a figure: itself and both ends of its range."""


NOISE = 1e-9
"""What floats may be off by, as a share of a number's size; of one below 1, as a share of 1."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a figure may move before it is named.

    Parameters
    ----------
    relative
        As a share of the larger of the two (0.01 is 1 %).
    share
        In absolute terms, for shares and probabilities (0 to 1).
    """

    relative: float = 0.01
    share: float = 0.01

    def beyond(
        self, before: float | None, after: float | None, unit: str, size: float = 0.0
    ) -> bool:
        """Tell whether a number moved too far; one that came or went always did.

        Parameters
        ----------
        before, after
            The number.
        unit
            Its unit.
        size
            What it is measured against where that is larger than itself.
        """
        if before is None or after is None:
            return before is not after
        moved = abs(after - before)
        size = max(size, abs(before), abs(after))
        # What moves by exactly its tolerance is within it, however floats spell that.
        allowed = (self.share if is_share(unit) else self.relative * size) * (1 + NOISE)
        return moved > max(allowed, NOISE * max(size, 1))


@dataclass(frozen=True, slots=True)
class Decision:
    """A store of the plan whose decision is not what it was, or that is on one side only.

    Parameters
    ----------
    store_id
        The store.
    before, after
        Its decision; ``None`` where it was, or is, not in the plan.
    npv_before_usd, npv_after_usd
        What the conversion is worth beyond closing.
    probability_before, probability_after
        In what share of draws it converts.
    """

    store_id: str
    before: str | None
    after: str | None
    npv_before_usd: float | None
    npv_after_usd: float | None
    probability_before: float | None
    probability_after: float | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What became of the plan.

    Parameters
    ----------
    compared
        Stores that are in both plans; ``None`` where a side has no plan.
    turned
        Those whose decision is another.
    entered, left
        Stores that are in one plan only.
    crossed
        Stores whose decision is the same, but whose probability passed one half.
    """

    compared: int | None
    turned: tuple[Decision, ...] = ()
    entered: tuple[Decision, ...] = ()
    left: tuple[Decision, ...] = ()
    crossed: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A headline figure that moved beyond tolerance, came, went, or changed its unit.

    Parameters
    ----------
    key, notebook, label
        Which figure.
    unit_before, unit_after
        Its unit; ``None`` where it was, or is, not there.
    before, after
        Its ``value``, ``low`` and ``high``.
    ends
        Which of the three moved too far. An end of the range is measured against the largest of
        all six numbers: of a range from just below zero to millions, the low end is no size.
    range_basis
        How its range was made, one of `model.result.RANGE_BASES`; blank where that is not known.
    """

    key: str
    notebook: str
    label: str
    unit_before: str | None
    unit_after: str | None
    before: Mapping[str, float | None]
    after: Mapping[str, float | None]
    ends: tuple[str, ...]
    range_basis: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the headline figures.

    Parameters
    ----------
    compared
        How many are on both sides in the same unit.
    moved
        Those beyond tolerance; the answers to the report's questions come first, as in the report.
    came, went, other_unit
        Those on one side only, and those that are now told in another unit.
    """

    compared: int
    moved: tuple[Moved, ...] = ()
    came: tuple[Moved, ...] = ()
    went: tuple[Moved, ...] = ()
    other_unit: tuple[Moved, ...] = ()

    @property
    def only_ranges(self) -> int:
        """Of how many of those that moved only the range did."""
        return sum("value" not in one.ends for one in self.moved)


def compare_decisions(before: Path, after: Path) -> Decisions:
    """Compare two plans.

    Parameters
    ----------
    before, after
        Folders of tables.
    """
    old, new = (_plan(folder / PLAN) for folder in (before, after))
    if old is None or new is None:
        return Decisions(None)
    rows = {store: _decision(store, old.get(store), new.get(store)) for store in {**new, **old}}
    both = [one for one in rows.values() if one.before is not None and one.after is not None]
    turned = [one for one in both if one.before != one.after]
    stayed = [one for one in both if one.before == one.after]
    return Decisions(
        len(both),
        tuple(sorted(turned, key=_weight)),
        tuple(one for one in rows.values() if one.before is None),
        tuple(one for one in rows.values() if one.after is None),
        tuple(one for one in stayed if _crosses(one)),
    )


def decisions_of(tables: Path) -> dict[str, str]:
    """Return the decision of every store of a plan; empty where there is none.

    Parameters
    ----------
    tables
        Folder of tables.
    """
    return {store: row["decision"] for store, row in (_plan(tables / PLAN) or {}).items()}


def _plan(path: Path) -> dict[str, Mapping[str, str]] | None:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    if rows and not {"store_id", "decision"} <= rows[0].keys():
        return None
    return {row["store_id"]: row for row in rows}


def _decision(
    store: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> Decision:
    def number(row: Mapping[str, str] | None, column: str) -> float | None:
        return None if row is None else _number(row.get(column) or "")

    return Decision(
        store,
        None if before is None else before["decision"],
        None if after is None else after["decision"],
        number(before, "npv_vs_exit_usd"),
        number(after, "npv_vs_exit_usd"),
        number(before, "probability"),
        number(after, "probability"),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _weight(one: Decision) -> tuple[float, str]:
    """Put what is worth most first."""
    return -max(abs(one.npv_before_usd or 0), abs(one.npv_after_usd or 0)), one.store_id


def _crosses(one: Decision) -> bool:
    was, now = one.probability_before, one.probability_after
    return was is not None and now is not None and (was < EVEN) != (now < EVEN)


def compare_figures(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], tolerance: Tolerance
) -> Figures:
    """Compare headline figures, found by notebook and key.

    Parameters
    ----------
    before, after
        Figures as notebooks leave them, each with its ``notebook``.
    tolerance
        How far one may move.
    """
    old, new = ({(one["notebook"], one["key"]): one for one in side} for side in (before, after))
    both = [key for key in new if key in old]
    same_unit = [key for key in both if old[key]["unit"] == new[key]["unit"]]
    rows = {key: _moved(old.get(key), new.get(key), tolerance) for key in {**new, **old}}
    return Figures(
        len(same_unit),
        tuple(rows[key] for key in same_unit if rows[key].ends),
        tuple(rows[key] for key in new if key not in old),
        tuple(rows[key] for key in old if key not in new),
        tuple(rows[key] for key in both if old[key]["unit"] != new[key]["unit"]),
    )


def _moved(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, tolerance: Tolerance
) -> Moved:
    named = after or before or {}
    was, now = _ends(before), _ends(after)
    unit = str(named["unit"])
    size = max((abs(one) for side in (was, now) for one in side.values() if one), default=0.0)
    ends = tuple(
        end
        for end in ENDS
        if tolerance.beyond(was[end], now[end], unit, 0.0 if end == "value" else size)
    )
    return Moved(
        str(named["key"]),
        str(named["notebook"]),
        str(named["label"]),
        None if before is None else str(before["unit"]),
        None if after is None else str(after["unit"]),
        was,
        now,
        ends,
        str(named.get("range_basis", "")),
    )


def _ends(figure: Mapping[str, Any] | None) -> dict[str, float | None]:
    return {end: as_number((figure or {}).get(end)) for end in ENDS}
