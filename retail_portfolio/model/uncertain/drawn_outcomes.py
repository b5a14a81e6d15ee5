"""Drawn outcomes: what comes out in every draw of a case, store by store and in total."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.model.checkouts.checkout_codes import Codes
from retail_portfolio.model.targets import converting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.speech import Speech

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


BY_DRAW = (
    *("exit_cost_usd", "impairment_usd", "npv_vs_exit_usd", "scale"),
    *("taken", "plan_value_usd", "base_plan_value_usd"),
)
"""Fields of the outcomes with one row, or one number, a draw."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What comes out in every draw.

    Parameters
    ----------
    exit_cost_usd, impairment_usd
        Of the closing stores, shape ``(draws, stores)``.
    npv_vs_exit_usd
        Of the candidates, each opening alone, shape ``(draws, candidates)``; NaN where one cannot
        open.
    scale
        How much each candidate takes from others: s of
        `retail_portfolio.model.planning.plan_screen`.
    taken
        Format that each site takes in the screened plan, or `CLOSES`, shape ``(draws, sites)``;
        no rows where the plan has limits.
    plan_value_usd
        What the screened plan gains over closing every site; no entries where the plan has limits.
    base_plan_value_usd
        What the plan of the base gains, carried out whatever turns out.
    walk_out_extra_usd_year
        By reading, what walk-out checkout cost a year beyond the best alternative at the closing
        stores known to have had it.
    targets
        What ``taken`` counts: `retail_portfolio.model.targets.targets_of`.
    words
        What the portfolio decides about words.
    """

    exit_cost_usd: Floats
    impairment_usd: Floats
    npv_vs_exit_usd: Floats
    scale: Floats
    taken: Ints
    plan_value_usd: Floats
    base_plan_value_usd: Floats
    walk_out_extra_usd_year: Mapping[str, Floats]
    targets: tuple[str, ...] = ()
    words: Speech = field(kw_only=True)

    @property
    def codes(self) -> Codes:
        """What walk-out checkout is called."""
        words = self.words
        return Codes(words.walk_out_code, words.walk_out_label, words.walk_out_short)

    @property
    def stores_converting(self) -> Floats:
        """Number of sites that convert in the screened plan of each draw."""
        count: Floats = converting(self.taken, self.targets).sum(axis=1).astype(float)
        return count

    def totals(self) -> dict[str, Floats]:
        """Return the totals of the portfolio by name, shape ``(draws,)`` each."""
        found = {
            "exit_cost_usd": self.exit_cost_usd.sum(axis=1),
            "impairment_usd": self.impairment_usd.sum(axis=1),
        }
        if len(self.plan_value_usd):
            found["plan_value_usd"] = self.plan_value_usd
            found["base_plan_value_usd"] = self.base_plan_value_usd
        for reading, extra in self.walk_out_extra_usd_year.items():
            found[self.codes.column("extra", reading)] = extra
        return found


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Put the outcomes of parts of the draws behind each other; there is one at least."""

    def all_of(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])

    extra = {
        reading: np.concatenate([part.walk_out_extra_usd_year[reading] for part in parts])
        for reading in parts[0].walk_out_extra_usd_year
    }
    arrays: dict[str, Any] = {name: all_of(name) for name in BY_DRAW}
    return replace(parts[0], **arrays, walk_out_extra_usd_year=extra)


def none_of(base: Outcomes) -> Outcomes:
    """Return the outcomes of no draw."""
    extra = {reading: values[:0] for reading, values in base.walk_out_extra_usd_year.items()}
    arrays: dict[str, Any] = {name: getattr(base, name)[:0] for name in BY_DRAW}
    return replace(base, **arrays, walk_out_extra_usd_year=extra)
