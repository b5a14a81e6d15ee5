"""Targets: what a closing store may become instead, a format, or itself, kept or moved.

A plan takes one target a site at most, and closes the site where it takes none. Which there are
stands in the scenario's `decisions`:

    convert    a format of `convert_to`, for stores of a format of `convert_from`
    keep       the store trades on as it is
    relocate   the store's format opens at its place of `relocations.csv`, and the site closes

`convert_<format>`, `keep` and `relocate` are what tables call the decisions; `close` is the one
that is left. Wherever a site is named with a target, ``store_id:target`` is its option.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.inputs.settings.outcome_words import CONVERTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario import Scenario

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

CLOSE, KEEP, RELOCATE = "close", "keep", "relocate"
CONVERT = "convert"


def targets_of(settings: Scenario) -> tuple[str, ...]:
    """Return every target that the scenario weighs, formats first."""
    formats = settings.convert_to if CONVERT in settings.decisions else ()
    others = (one for one in (KEEP, RELOCATE) if one in settings.decisions)
    return (*formats, *others)


def is_conversion(target: str) -> bool:
    """Tell whether a target is a format that a site converts to."""
    return target not in {KEEP, RELOCATE}


def decision_of(target: str) -> str:
    """Return what tables call the decision for a target: ``convert_<format>`` or the target."""
    return f"{CONVERTS}{target}" if is_conversion(target) else target


def target_of(decision: object) -> str:
    """Return the target of a decision as tables call it; blank for ``close`` and unknown words."""
    code = str(decision)
    if converts(code):
        return code.removeprefix(CONVERTS)
    return code if code in {KEEP, RELOCATE} else ""


def converts(decision: str) -> bool:
    """Tell whether a decision, as tables call it, is a conversion."""
    return decision.startswith(CONVERTS)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The closing stores that may become something else than closed.

    Parameters
    ----------
    sites
        Their rows of the register, in its order.
    targets
        What the scenario weighs: `targets_of`.
    possible
        Whether each site has each target, shape ``(sites, targets)``.
    places
        The place of `relocations.csv` that each would move to, one row a site, blank where none.
    """

    sites: pd.DataFrame
    targets: tuple[str, ...]
    possible: Flags
    places: pd.DataFrame

    def has(self, target: str) -> Flags:
        """Whether each site has a target, shape ``(sites,)``."""
        found: Flags = self.possible[:, self.targets.index(target)]
        return found

    def formats(self, target: str) -> pd.Series:
        """Return the format that each site would trade as; its own where it has not the target."""
        own = self.sites["format"]
        if target == RELOCATE:
            return self.places["format"].where(self.has(RELOCATE), own)
        return own if target == KEEP else pd.Series(target, index=own.index, dtype="str")

    def spots(self, target: str) -> pd.DataFrame:
        """Return ``lat, lon, size_sqft, state`` of where each site would trade, one row a site."""
        columns = ["lat", "lon", "size_sqft", "state"]
        if target != RELOCATE:
            return self.sites[columns]
        moves = pd.Series(self.has(RELOCATE))
        both = {c: self.places[c].where(moves, self.sites[c]) for c in columns}
        return pd.DataFrame(both)

    @property
    def may_stay(self) -> bool:
        """Whether a store may be kept."""
        return KEEP in self.targets

    def opening_formats(self) -> tuple[str, ...]:
        """Return the formats that stores open as, converted or moved, each once."""
        moved = self.places["format"][self.has(RELOCATE)] if RELOCATE in self.targets else ()
        return tuple(dict.fromkeys([*filter(is_conversion, self.targets), *moved]))

    def names(self) -> list[str]:
        """Return what a plan may name: ``id`` of sites that convert, then every ``id:target``."""
        ids = self.sites["store_id"].tolist()
        formats = [place for place, target in enumerate(self.targets) if is_conversion(target)]
        convert = [one for at, one in enumerate(ids) if self.possible[at, formats].any()]
        pairs = [
            f"{one}:{target}"
            for at, one in enumerate(ids)
            for place, target in enumerate(self.targets)
            if self.possible[at, place]
        ]
        return [*convert, *pairs]


def candidates_of(case: Case) -> Candidates:
    """Return the closing stores of a case that have a target at least."""
    settings, targets = case.scenario, targets_of(case.scenario)
    closing = case.stores[case.stores["status"] == "closing"]
    places = _places(case, closing)
    columns = {
        KEEP: np.ones(len(closing), bool),
        RELOCATE: places["place_id"].notna().to_numpy(),
    }
    converts = closing["format"].isin(settings.convert_from).to_numpy()
    possible = np.zeros((len(closing), len(targets)), bool)
    for at, target in enumerate(targets):
        possible[:, at] = columns.get(target, converts)
    # A case of conversions alone looks at all that could convert, also where there is no format.
    some = possible.any(axis=1) | (converts if CONVERT in settings.decisions else False)
    rows = np.flatnonzero(some)
    return Candidates(
        closing.iloc[rows].reset_index(drop=True),
        targets,
        possible[rows],
        places.iloc[rows].reset_index(drop=True),
    )


def _places(case: Case, closing: pd.DataFrame) -> pd.DataFrame:
    columns = ["place_id", "name", "format", "state", "lat", "lon", "size_sqft"]
    columns.append("rent_usd_per_sqft_year")
    if case.relocations.empty:
        return pd.DataFrame(np.nan, index=closing.index, columns=columns).astype(
            dict.fromkeys(["place_id", "name", "format", "state"], "str")
        )
    by_store = case.relocations.set_index("store_id")[columns]
    return by_store.reindex(closing["store_id"]).set_axis(closing.index)


def converting(taken: NDArray[np.int64], targets: Sequence[str]) -> Flags:
    """Tell where a site converts.

    Parameters
    ----------
    taken
        Positions among the targets, below 0 where a site closes; any shape.
    targets
        Formats first, as `targets_of` has them.
    """
    formats = sum(map(is_conversion, targets))
    found: Flags = (taken >= 0) & (taken < formats)
    return found


def label_of(settings: Scenario, target: str) -> str:
    """Return what a sentence calls a target: the label of a format, or what happens."""
    if is_conversion(target):
        return settings.formats[target].label
    return {KEEP: "kept open", RELOCATE: "moved"}[target]


def counts_of(targets: Iterable[str]) -> dict[str, int]:
    """Count chosen targets by kind: ``convert``, ``keep`` and ``relocate``."""
    found = dict.fromkeys((CONVERT, KEEP, RELOCATE), 0)
    for target in targets:
        found[CONVERT if is_conversion(target) else target] += 1
    return found
