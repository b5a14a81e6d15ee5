"""Uncertain drivers: what moves the totals of a portfolio, and what to find out first.

A tornado moves names one at a time; Sobol indices say which share of the variance goes with each;
the value of information says what knowing one name before the plan is chosen would be worth. Names
that nothing of the totals depends on are left out: moved alone they move nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closing.closure_drivers import described
from retail_portfolio.model.number_words import amount, percent, span
from retail_portfolio.model.sampling.draws import joined, moves, name_of
from retail_portfolio.model.sampling.information import InformationResult, information
from retail_portfolio.model.sampling.legendre import DEGREE
from retail_portfolio.model.sampling.sobol import (
    ALL_OTHERS,
    SobolResult,
    first_order_of_sample,
    most_important,
    sobol_indices,
)
from retail_portfolio.model.sampling.tornado import TornadoResult, tornado
from retail_portfolio.model.uncertain.uncertain_totals import watched, words_of
from retail_portfolio.model.uncertain.uncertainty import drawn_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.checkouts.checkout_codes import Codes
    from retail_portfolio.model.uncertain.drawn_outcomes import Outcomes
    from retail_portfolio.model.uncertain.uncertainty import Prepared

    Floats = NDArray[np.float64]

INDEXED = 6
"""Names of each total that have Sobol indices of their own."""
POINTS = 512
"""Points of a Sobol design; a power of two."""
FEWEST = 50 * (DEGREE + 1)
"""Draws from which fits over one name are steady; with fewer nothing is said of shares and of
knowing. At 12 draws a single name seemed worth more than a hundred times what all are."""
STATE = 2
"""Letters of a state."""
SAID = 3
"""Rows of a name that its label lists."""
UNITS_AT_END = re.compile(r"_(usd|share|minutes|months|years|sqft|mph)(_.*)?$")
"""Where the unit begins that ends a name of the ledger."""


def watched_of(ready: Prepared) -> tuple[str, ...]:
    """Return the totals whose drivers are told."""
    totals = ready.base.totals()
    return tuple(name for name in watched(ready.base.codes) if name in totals)


def _watch(ready: Prepared, uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
    """Compute the totals that are watched for rows of a design."""
    totals = ready.outcomes(uniforms).totals()
    return {name: totals[name] for name in watched_of(ready)}


def drivers(ready: Prepared) -> TornadoResult:
    """Move each name that draws move to its 5th and its 95th percentile, all others at the base.

    Returns
    -------
    TornadoResult
        ``name, output, at_low, at_high, swing, description``.
    """
    names = drawn_names(ready.case.ledger)
    found = tornado(lambda rows: _watch(ready, rows), names, words=ready.case.words)
    table = _described(ready.case, found.table)
    said = f"Moved alone, {len(found.still)} of {len(names)} assumptions change none of the totals."
    words, currency = words_of(ready.base.codes), ready.case.scenario.currency
    told = [
        f'{words[row["output"]]} with "{row["description"]}" '
        f"({span(row['at_low'], row['at_high'], currency)})"
        for row in table.drop_duplicates("output").to_dict("records")
    ]
    if told:
        said += f" Most change: {'; '.join(told)}."
    return replace(found, table=table, sentence=said)


def indices(
    ready: Prepared, uniforms: Mapping[str, Floats], found: Outcomes, points: int = POINTS
) -> SobolResult:
    """Say which share of the variance of each total goes with which name.

    The names that a plain sample shows to matter most for any total stand alone, all others that
    move anything together.

    Parameters
    ----------
    uniforms, found
        The draws, and what comes out in them.
    points
        Points of the design, a power of two; it takes two more sets of them than it has groups.

    Returns
    -------
    SobolResult
        ``name, output, first_order, first_order_width, total, total_width, description``; no rows
        where there are fewer than `FEWEST` draws.
    """
    if len(found.exit_cost_usd) < FEWEST:
        columns = ["name", "output", "first_order", "first_order_width", "total", "total_width"]
        empty = pd.DataFrame(columns=[*columns, "description"])
        said = f"{FEWEST} draws are the fewest that tell shares of a variance."
        return SobolResult(empty, said, words=ready.case.words)
    totals = found.totals()
    watched = {name: totals[name] for name in watched_of(ready)}
    sample = first_order_of_sample(uniforms, watched)
    first = [most_important(sample[[name]], INDEXED)[0] for name in watched]
    alone = list(dict.fromkeys(itertools.chain(*first)))
    ledger = ready.case.ledger
    every = sorted({name_of(key) for key in ledger})
    moving = drawn_names(ledger)

    def outputs(points_of: Mapping[str, Floats]) -> dict[str, Floats]:
        drawn = joined(ledger, points_of)
        return _watch(ready, {name: drawn[name] for name in moving})

    others = [name for name in every if name not in set(alone)]
    seed, words = ready.case.scenario.seed, ready.case.words
    result = sobol_indices(outputs, alone, others, points, seed, words=words)
    table = _described(ready.case, result.table)
    told = _behind(table, result.evaluations, ready.base.codes)
    return replace(result, table=table, sentence=told)


def _behind(table: pd.DataFrame, evaluations: int, codes: Codes) -> str:
    """Say which single name is behind most of the variance of each total."""
    first = table[(table["name"] != ALL_OTHERS) & (table["total"] > 0)].drop_duplicates("output")
    if first.empty:
        return "No assumption moves any of the totals."
    words = words_of(codes)
    told = [
        f'{percent(row["total"])} of that of {words[row["output"]]} with "{row["description"]}"'
        for row in first.to_dict("records")
    ]
    return (
        "The largest share of variance that goes with one assumption: "
        f"{'; '.join(told)} ({evaluations:,} evaluations)."
    )


def plan_names(alone: TornadoResult) -> list[str]:
    """Return the names that move the gain of the best plan: those worth asking about.

    Parameters
    ----------
    alone
        Of `drivers`.
    """
    table = alone.table
    return [str(name) for name in table.loc[table["output"] == "plan_value_usd", "name"]]


def worth_knowing(
    ready: Prepared, uniforms: Mapping[str, Floats], found: Outcomes, names: Sequence[str]
) -> InformationResult | None:
    """Say what knowing each name before the plan is chosen would be worth.

    The decision is the plan, screened; its coefficients are what candidates are worth alone, and
    what they take from each other is as in the mean of the draws.

    Parameters
    ----------
    uniforms, found
        The draws, and what comes out in them.
    names
        Names that the plan depends on.

    Returns
    -------
    InformationResult or None
        ``name, evppi, above_noise, description``; None where the plan is not screened, where there
        is no candidate, and where there are fewer than `FEWEST` draws.
    """
    screen = ready.screen
    if screen is None or not found.npv_vs_exit_usd.size or len(found.scale) < FEWEST:
        return None
    scale = found.scale.mean(axis=0)
    # A candidate that cannot open in a draw closes there, which gains nothing.
    worth = np.nan_to_num(found.npv_vs_exit_usd, nan=0.0)

    def best(vectors: Floats) -> Floats:
        plans = screen.plans(vectors, np.broadcast_to(scale, vectors.shape))
        return plans.value_usd

    wanted = {name: uniforms[name] for name in names}
    seed, words = ready.case.scenario.seed, ready.case.words
    result = information(wanted, worth, best, seed, words=words)
    table = _described(ready.case, result.table)
    return replace(result, table=table, sentence=_look_up(table, result.evpi, words.currency))


def _look_up(table: pd.DataFrame, evpi: float, currency: str) -> str:
    """Say what to find out first, and what that is worth."""
    told = int(table["above_noise"].sum())
    if not told:
        return "No single assumption is worth finding out: none would change the plan enough."
    first = table.iloc[0]
    alone, everything = (amount(usd, currency) for usd in (first["evppi"], evpi))
    return (
        f'Look up "{first["description"]}" first: to know it before the plan is chosen is worth '
        f"{alone}, and to know everything {everything}. Of {len(table)} "
        f"assumptions that the plan depends on {told} {'is' if told == 1 else 'are'} worth more "
        "than chance alone would show."
    )


def _described(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    """Add what each name is: the ledger's words, or those of the name where it has several rows."""
    rows: dict[str, list[str]] = {}
    for key, row in case.ledger.items():
        if moves(row):
            rows.setdefault(name_of(key), []).append(key)
    return table.assign(description=[_words(case, n, rows.get(n, [])) for n in table["name"]])


def _words(case: Case, name: str, keys: Sequence[str]) -> str:
    """Return the ledger's description of a single row; of several, their name and what they are of.

    They move together in a draw, so that none of their descriptions would say what moved.
    """
    if len(keys) == 1:
        return described(case.ledger, keys[0], "")
    if not keys:
        return name
    named = [_suffix(case, key.partition(".")[2]) for key in keys]
    more = f" and {len(named) - SAID} more" if len(named) > SAID else ""
    plain = UNITS_AT_END.sub("", name).replace("_", " ")
    return f"{plain.capitalize()}: {', '.join(named[:SAID])}{more}"


def _suffix(case: Case, suffix: str) -> str:
    """Say what the suffixes of a key are of: a format and a state, one of them, or neither."""
    formats = case.scenario.formats
    words = [
        formats[part].label if part in formats else part.upper() if len(part) == STATE else part
        for part in filter(None, suffix.split("."))
    ]
    return " in ".join(words).replace("_", " ") or "in general"
