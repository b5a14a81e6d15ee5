"""Pairs of a demand point and a store with the way between them, gathered piece by piece.

A file of travel times may hold twenty million pairs, and a slip in how it was written makes every
one of them wrong. So pairs are kept as arrays, and of each kind of fault the first few are named
and the rest are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import Fault, did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Flags = NDArray[np.bool_]

COLUMNS = ("from_id", "to_id", "travel_minutes", "travel_km")
NAMED = 10
"""How many faults of one kind are named; the others are counted."""
MAX_MINUTES = 24 * 60.0
"""A longer trip is in seconds, or no trip to a shop."""
MAX_KM = 5_000.0
"""A longer one is in metres."""
_NUMBERS = {
    "travel_minutes": (MAX_MINUTES, "minutes, 0 or more, at most 1,440 (are these seconds?)"),
    "travel_km": (MAX_KM, "kilometres, 0 or more, at most 5,000 (are these metres?)"),
}

Where = Callable[[int], tuple[int | None, str]]
"""Says of the n-th pair of a piece its row in the file, or None, and what to call it."""


@dataclass
class FaultList:
    """Faults by kind: the first `NAMED` as they are, the others as a count.

    Parameters
    ----------
    name
        The file's name within the data folder.
    """

    name: str
    _kinds: dict[tuple[str | None, str], list[Fault]] = field(default_factory=dict)
    _counts: dict[tuple[str | None, str], int] = field(default_factory=dict)

    def room(self, column: str | None, expected: str) -> int:
        """Return how many more faults of this kind would be named."""
        return NAMED - len(self._kinds.get((column, expected), ()))

    def add(
        self,
        column: str | None,
        expected: str,
        row: int | None = None,
        value: str | None = None,
        hint: str = "",
    ) -> None:
        """Take a fault; faults of one column that expect the same are of one kind."""
        kind = (column, expected)
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if self.room(*kind) > 0:
            fault = Fault(self.name, row, column, value, expected + hint)
            self._kinds.setdefault(kind, []).append(fault)

    def add_count(self, column: str | None, expected: str, more: int) -> None:
        """Count faults of a kind of which enough are named."""
        kind = (column, expected)
        self._counts[kind] = self._counts.get(kind, 0) + more

    def all(self) -> tuple[Fault, ...]:
        """Return the faults, kind by kind, each kind closed by how many more there are."""
        faults: list[Fault] = []
        for (column, expected), named in self._kinds.items():
            more = self._counts[column, expected] - len(named)
            faults += named
            if more:
                faults.append(Fault(self.name, None, column, f"{more:,} more", expected))
        return tuple(faults)

    def __bool__(self) -> bool:
        """Tell whether there is any fault."""
        return bool(self._kinds)


class PairList:
    """
    The pairs found so far, as positions among the known ids.

    Parameters
    ----------
    faults
        Where faults go.
    points
        Ids of the demand points, each once.
    stores
        Ids of the stores and of the rivals, each once.
    """

    def __init__(self, faults: FaultList, points: Sequence[str], stores: Sequence[str]) -> None:
        self.faults = faults
        self._ids = {"from_id": tuple(points), "to_id": tuple(stores)}
        self._known = {
            column: {name: at for at, name in enumerate(ids)} for column, ids in self._ids.items()
        }
        self._lost: dict[str, set[str]] = {"from_id": set(), "to_id": set()}
        self._pieces: tuple[list[NDArray[Any]], ...] = ([], [], [], [])
        self._wheres: list[Where] = []
        self._ends: list[int] = []

    def positions(self, column: str, ids: Sequence[str], where: Where) -> Ints:
        """
        Return the position of each id among the known ones, -1 where it is unknown.

        Parameters
        ----------
        column
            `from_id` or `to_id`.
        ids
            The ids as written. An unknown one is a fault the first time it is met.
        where
            Row and name of the n-th of them.
        """
        known, lost = self._known[column], self._lost[column]
        found = np.fromiter((known.get(one, -1) for one in ids), np.int32, len(ids))
        for at in np.flatnonzero(found < 0):
            name = ids[int(at)]
            if name not in lost:
                lost.add(name)
                row, _ = where(int(at))
                self._unknown(column, name, row)
        return found

    def _unknown(self, column: str, name: str, row: int | None) -> None:
        """Take the fault of an id that nothing has."""
        other = "to_id" if column == "from_id" else "from_id"
        expected = (
            "a point_id of demand.csv"
            if column == "from_id"
            else "a store_id of stores.csv, a competitor_id of competitors.csv or a place_id of "
            "relocations.csv"
        )
        hint = ""
        if self.faults.room(column, expected) > 0:  # looking for a near name takes its time
            hint = did_you_mean(name, self._ids[column])
            if name in self._known[other]:
                hint = " (from_id and to_id look exchanged)"
        self.faults.add(column, expected, row, name, hint)

    def add(
        self, origin: Ints, target: Ints, minutes: Floats, km: Floats | None, where: Where
    ) -> None:
        """
        Take a piece of the pairs.

        Parameters
        ----------
        origin, target
            Positions of the demand point and of the store, -1 where unknown, shape ``(pairs,)``.
        minutes, km
            The way; NaN where there is none (minutes) or none was given (km). Numbers out of
            bounds are faults.
        where
            Row and name of the n-th of them.
        """
        kms = np.full(len(minutes), np.nan) if km is None else km
        for column, values in (("travel_minutes", minutes), ("travel_km", kms)):
            most, expected = _NUMBERS[column]
            wrong = np.flatnonzero((values < 0) | (values > most))
            for at in wrong[: max(self.faults.room(column, expected), 0)]:
                row, pair = where(int(at))
                value = f"{values[at]:.10g}" + (f" ({pair})" if pair else "")
                self.faults.add(column, expected, row, value)
                wrong = wrong[1:]
            if len(wrong):
                self.faults.add_count(column, expected, len(wrong))
        for pieces, part in zip(self._pieces, (origin, target, minutes, kms), strict=True):
            pieces.append(part)
        self._wheres.append(where)
        self._ends.append((self._ends[-1] if self._ends else 0) + len(minutes))

    def frame(self) -> pd.DataFrame:
        """
        Return the pairs that can be reached, sorted by demand point and store.

        Returns
        -------
        DataFrame
            `COLUMNS`; ids are categories in the order of the tables, so that a pair takes 24 bytes.
            To the faults come pairs that are there twice, and that there are none.
        """
        origin, target = self._joined(0, np.dtype(np.int32)), self._joined(1, np.dtype(np.int32))
        minutes, km = (self._joined(at, np.dtype(np.float64)) for at in (2, 3))
        key = origin.astype(np.int64) * max(len(self._ids["to_id"]), 1) + target
        key[(origin < 0) | (target < 0)] = -1
        if not (key[1:] > key[:-1]).all():
            order = np.argsort(key, kind="stable")
            self._name_repeated(order, key[order])
            key, origin, target = key[order], origin[order], target[order]
            minutes, km = minutes[order], km[order]
        there = (key >= 0) & ~np.isnan(minutes)
        del key
        if not there.any() and not self.faults:
            self.faults.add(None, "at least one pair with a travel time", value="no pair")
        if not there.all():
            origin, target = origin[there], target[there]
            minutes, km = minutes[there], km[there]
        sides = (
            pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(list(self._ids[column])))
            for column, codes in (("from_id", origin), ("to_id", target))
        )
        return pd.DataFrame(dict(zip(COLUMNS, (*sides, minutes, km), strict=True)), copy=False)

    def _joined(self, part: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return one part of all pieces as one array, and let go of the pieces."""
        joined: NDArray[Any] = np.concatenate([np.zeros(0, dtype), *self._pieces[part]])
        self._pieces[part].clear()
        return joined

    def _name_repeated(self, order: NDArray[np.int64], key: NDArray[np.int64]) -> None:
        """Take the faults of pairs that came before; `order` sorts pairs by their key."""
        again = order[1:][(key[1:] == key[:-1]) & (key[1:] >= 0)]
        keys = key[1:][(key[1:] == key[:-1]) & (key[1:] >= 0)]
        expected = "each pair of from_id and to_id once"
        stores = max(len(self._ids["to_id"]), 1)
        for found in np.argsort(again)[:NAMED]:
            at = int(again[found])
            piece = int(np.searchsorted(self._ends, at, side="right"))
            row, _ = self._wheres[piece](at - (self._ends[piece - 1] if piece else 0))
            origin, target = divmod(int(keys[found]), stores)
            pair = f"{self._ids['from_id'][origin]} to {self._ids['to_id'][target]}"
            self.faults.add("to_id", expected, row, pair)
        if len(again) > NAMED:
            self.faults.add_count("to_id", expected, len(again) - NAMED)
