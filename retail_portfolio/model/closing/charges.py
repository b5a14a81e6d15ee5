"""Whether the closure's engine reproduces charges that companies reported, and what that proves.

The engine of `retail_portfolio.model.closing.impairment` is run on the closing stores of the case
and on the sets of stores behind other charges (`retail_portfolio.model.closing.charge_sets`), with
the figures of the ledger drawn together, correlated where it says so
(`retail_portfolio.model.sampling.draws`). A parameter set reproduces a charge when its total lies
within a stated share of it.

Agreement is a check of consistency and not a validation: build cost, conversion share and sublease
recovery move the total alike, so that many sets agree and none is identified. How far the sets that
agree differ from all sets is told a parameter: where their mean stays, the charge says nothing of
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closing.charge_sets import (
    event_impairment_usd,
    events_of,
    wave_impairment_usd,
)
from retail_portfolio.model.closing.closure import closing_stores
from retail_portfolio.model.closing.closure_drivers import described
from retail_portfolio.model.ledger_names import CHARGE_NAMES
from retail_portfolio.model.number_words import amount, percent, percent_of_draws, plain, with_plus
from retail_portfolio.model.result import Result
from retail_portfolio.model.sampling.draws import first_quantiles
from retail_portfolio.model.sampling.ensemble import Draws, rank_correlation
from retail_portfolio.model.sampling.lanes import in_lanes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.result import Origin

    Floats = NDArray[np.float64]

WITHIN = 0.15
"""How near a parameter set has to come to a charge to reproduce it, as a share of the charge."""
LISTED = 1_000
"""Most parameter sets that the table of those that reproduce the charge holds."""
TOGETHER = 2_048
"""Draws computed together, which bounds the memory."""
_PERCENTILES = (5, 95)


@dataclass(frozen=True, slots=True)
class Charges:
    """What the engine makes of reported charges.

    Parameters
    ----------
    check
        One row a charge: modelled against reported.
    sets
        One row a parameter set that reproduces the charge of the case, `LISTED` at most.
    drivers
        One row a parameter: rank correlation with the total, and how far the sets that reproduce
        it differ from all sets.
    """

    check: Result
    sets: Result
    drivers: Result


def charges(
    case: Case,
    wave: str,
    others: Mapping[str, str],
    *,
    draws: int | None = None,
    within: float = WITHIN,
) -> Charges:
    """Hold the engine against reported charges.

    Parameters
    ----------
    wave
        Ledger key of the charge reported for the closing stores of the case, USD.
    others
        Event to the ledger key of its reported charge; events without stores in the ledger are
        left out.
    draws
        Parameter sets to draw, by the scenario's seed; its own number of draws by default. They
        are those of every other range, so that one total has one range.
    within
        Share of a charge within which a set reproduces it.
    """
    there = {key.partition(".")[0] for key in case.ledger}
    names = [name for name in CHARGE_NAMES if name in there]
    settings = case.scenario
    drawn_names = first_quantiles(case.ledger, draws or settings.draws, settings.seed)
    uniforms = {name: drawn_names[name] for name in names}
    known = events_of(case.ledger)
    events = {event: key for event, key in others.items() if event in known}
    base = {wave: float(wave_impairment_usd(case, Draws(case.ledger, {})).sum())}
    drawn = {wave: _wave_usd(case, uniforms)}
    stores = {wave: float(len(closing_stores(case)))}
    for event, key in events.items():
        total, number = event_impairment_usd(case.ledger, event, {})
        base[key], stores[key] = float(total[0]), float(number[0])
        drawn[key] = event_impairment_usd(case.ledger, event, uniforms)[0]
    check = _check(case, base, drawn, stores, within)
    reported = check.table.set_index("charge_key")["reported_usd"]
    near = {key: np.abs(drawn[key] / reported[key] - 1) <= within for key in drawn}
    return Charges(
        check,
        _sets(case, uniforms, drawn, near[wave], wave, within),
        _drivers(case, uniforms, drawn, near, wave),
    )


def _wave_usd(case: Case, uniforms: Mapping[str, Floats]) -> Floats:
    """Impairment of all closing stores of the case in every draw, shape ``(draws,)``."""

    def part(first: int) -> Floats:
        some = {name: values[first : first + TOGETHER] for name, values in uniforms.items()}
        total: Floats = wave_impairment_usd(case, Draws(case.ledger, some, fast=True)).sum(axis=1)
        return total

    count = len(next(iter(uniforms.values())))
    return np.concatenate(in_lanes(part, range(0, count, TOGETHER)))


def _check(
    case: Case,
    base: Mapping[str, float],
    drawn: Mapping[str, Floats],
    stores: Mapping[str, float],
    within: float,
) -> Result:
    rows = []
    for key, modelled in base.items():
        known = case.ledger.has(key)
        reported = case.ledger.value(key) if known else float("nan")
        fifth, ninety_fifth = np.percentile(drawn[key], _PERCENTILES)
        rows.append(
            {
                "charge_key": key,
                "charge": case.ledger.row(key).description if known else "Not reported",
                "stores": stores[key],
                "modelled_usd": modelled,
                "low_usd": fifth,
                "high_usd": ninety_fifth,
                "reported_usd": reported,
                "modelled_over_reported": modelled / reported,
                "modelled_usd_per_store": modelled / max(stores[key], 1.0),
                "sets_within_share": float((np.abs(drawn[key] / reported - 1) <= within).mean())
                if known
                else float("nan"),
            }
        )
    table = pd.DataFrame(rows)
    currency = case.scenario.currency
    parts = [
        f"{amount(row['modelled_usd'], currency)} against "
        f"{amount(row['reported_usd'], currency)} reported "
        f"({with_plus(percent(row['modelled_over_reported'] - 1))}, and "
        f"{percent_of_draws(row['sets_within_share'])} of the drawn sets within {percent(within)})"
        for row in rows
        if not np.isnan(row["reported_usd"])
    ]
    sentence = f"The same engine gives {'; '.join(parts)}." if parts else "No charge was reported."
    units = {
        "stores": "stores",
        **dict.fromkeys(["modelled_usd", "low_usd", "high_usd", "reported_usd"], "usd"),
        "modelled_over_reported": "ratio",
        "modelled_usd_per_store": "usd",
        "sets_within_share": "share",
    }
    ours = [c for c in units if c not in {"stores", "reported_usd"}]
    origins: dict[str, Origin] = dict.fromkeys(ours, "modelled")
    return Result(table, sentence, units, origins | {"reported_usd": "reported"}, words=case.words)


def _moving(case: Case, uniforms: Mapping[str, Floats], drawn: Floats) -> list[str]:
    """Names that have a spread, those that move the total most first."""
    spread = {
        row.key.partition(".")[0]
        for row in case.ledger.values()
        if row.high > row.low and row.distribution != "fixed"
    }
    strength = {n: abs(rank_correlation(u, drawn)) for n, u in uniforms.items() if n in spread}
    return sorted(strength, key=lambda name: (-strength[name], name))


def _sets(
    case: Case,
    uniforms: Mapping[str, Floats],
    drawn: Mapping[str, Floats],
    near: NDArray[np.bool_],
    wave: str,
    within: float,
) -> Result:
    """Table of the first parameter sets that reproduce the charge of the case, as quantiles."""
    fits = np.flatnonzero(near)
    chosen = fits[:LISTED]
    names = _moving(case, uniforms, drawn[wave])
    table = pd.DataFrame({"set": chosen, "modelled_usd": drawn[wave][chosen]})
    for name in names:
        table[f"{name}_quantile"] = np.round(uniforms[name][chosen], 4)
    count = len(drawn[wave])
    sentence = "No charge is known that a parameter set could reproduce."
    if case.ledger.has(wave):
        listed = f" (the first {plain(LISTED)} are listed)" if len(fits) > LISTED else ""
        sentence = (
            f"{plain(len(fits))} of {plain(count)} drawn parameter sets come within "
            f"{percent(within)} of the reported charge{listed}; each figure is given as its "
            "quantile between the ledger's low and high."
        )
    return Result(
        table, sentence, {"modelled_usd": "usd"}, {"modelled_usd": "modelled"}, words=case.words
    )


def _drivers(
    case: Case,
    uniforms: Mapping[str, Floats],
    drawn: Mapping[str, Floats],
    near: Mapping[str, NDArray[np.bool_]],
    wave: str,
) -> Result:
    """Rank correlation of each figure with the total, and what agreement says of it.

    ``mean_quantile_of_fits`` is the mean quantile of the figure in the sets that reproduce the
    charge: 0.5 where the charge says nothing. ``mean_quantile_of_joint_fits`` asks the same of sets
    that reproduce every charge at once.
    """
    fmt = str(closing_stores(case)["format"].mode().get(0, ""))
    all_near = np.logical_and.reduce(list(near.values()))

    def mean(values: Floats, chosen: NDArray[np.bool_]) -> float:
        return float(values[chosen].mean()) if chosen.any() else float("nan")

    rows = [
        {
            "name": name,
            "driver": described(case.ledger, name, fmt),
            "rank_correlation": rank_correlation(uniforms[name], drawn[wave]),
            "mean_quantile_of_fits": mean(uniforms[name], near[wave]),
            "mean_quantile_of_joint_fits": mean(uniforms[name], all_near),
        }
        for name in _moving(case, uniforms, drawn[wave])
    ]
    columns = [
        "name",
        "driver",
        "rank_correlation",
        "mean_quantile_of_fits",
        "mean_quantile_of_joint_fits",
    ]
    table = pd.DataFrame(rows, columns=columns)
    moved = (table["mean_quantile_of_fits"] - 0.5).abs().max() if near[wave].any() else float("nan")
    strongest = ", ".join(
        f"{row['driver']} {with_plus(plain(row['rank_correlation'], 2))}" for row in rows[:4] if row
    )
    sentence = f"The total moves most with: {strongest} (rank correlations)."
    if near[wave].any():
        sentence += (
            " Among the sets that agree with the charge no figure's mean quantile is further than "
            f"{plain(moved, 2)} from that of all sets, so that the total cannot tell them apart; "
            f"{plain(all_near.sum())} of {plain(len(all_near))} sets reproduce every charge at "
            "once."
        )
    units = dict.fromkeys(columns[2:], "ratio")
    return Result(table, sentence, units, dict.fromkeys(columns[2:], "modelled"), words=case.words)
