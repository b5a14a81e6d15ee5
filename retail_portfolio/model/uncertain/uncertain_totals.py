"""Uncertain totals: the portfolio over the draws, how steady that is, and what a charge says.

Ranges are quantiles over all draws; `still_moving` says how far they move when the draws double,
and `reported_charge` what the draws that reproduce a reported impairment say of everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from retail_portfolio.model.checkouts.checkout_draws import checkout_draws
from retail_portfolio.model.checkouts.checkout_ranges import checkout_ranges
from retail_portfolio.model.checkouts.checkout_terms import READINGS
from retail_portfolio.model.closing.charges import WITHIN
from retail_portfolio.model.number_words import amount, percent, percent_of_draws, span, with_plus
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.sampling.convergence import convergence
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.targets import converting
from retail_portfolio.model.uncertain.uncertainty import labels_of, ranges_table

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.checkouts.checkout_codes import Codes
    from retail_portfolio.model.uncertain.drawn_outcomes import Outcomes
    from retail_portfolio.model.uncertain.uncertainty import Prepared

    Floats = NDArray[np.float64]

HALF = 0.5
A_PERCENT = 0.01
NEARLY = 0.1
"""A median that moves by less than this part of it has hardly moved."""
FEWEST_OF_TEN = 20
"""Draws from which nine of ten can be told."""
_WORDS: Mapping[str, str] = {
    "exit_cost_usd": "the cash cost of leaving",
    "impairment_usd": "the impairment in the books",
    "plan_value_usd": "the gain of the best plan",
    "base_plan_value_usd": "the gain of the base plan, whatever turns out",
    "stores_converting": "the number of sites that convert",
    "closest_to_a_coin_toss": "the site closest to a coin toss",
}


def watched(codes: Codes) -> tuple[str, ...]:
    """Return the totals whose drivers are told, where the case has them."""
    return ("exit_cost_usd", "plan_value_usd", codes.column("extra", READINGS[0]))


def words_of(codes: Codes) -> dict[str, str]:
    """Return what a sentence calls each total."""
    extra = f"the extra cost of {codes.label}"
    return {**_WORDS, **{codes.column("extra", one): f"{extra} ({one})" for one in READINGS}}


def ranges(base: Outcomes, found: Outcomes) -> Result:
    """Say what closing costs, what converting gains and what walk-out checkout costs, as ranges.

    Returns
    -------
    Result
        Table of `retail_portfolio.model.uncertain.uncertainty.ranges_table`; a figure a total, its
        median with the range from the 5th to the 95th percentile.
    """
    table = ranges_table(base, found)
    draws = len(found.exit_cost_usd)
    source = f"{draws:,} draws of assumptions.csv, all assumptions together; median, P5 and P95"
    words, rows = base.words, table.to_dict("records")
    figures = tuple(_median(row, source, words) for row in rows) if draws else ()
    return Result(table, _sentence(table, draws, words.currency), {}, {}, figures, words=words)


def _median(row: Mapping[Hashable, Any], source: str, words: Speech) -> Figure:
    """Return the median of a total as a figure, with its range."""
    return Figure(
        f"{row['key'].removesuffix('_usd').removesuffix('_usd_year')}_median",
        f"{row['label']}, median of the draws",
        row["p50"],
        row["unit"],
        "modelled",
        source,
        row["p5"],
        row["p95"],
        range_basis="draws",
        words=words,
    )


def _sentence(table: pd.DataFrame, draws: int, currency: str) -> str:
    if table["p50"].isna().all():
        return "No assumption of this case has a range, so that there is nothing to draw."

    def nine_of_ten(key: str) -> str:
        low, high = table.loc[table["key"] == key, ["p5", "p95"]].to_numpy(float)[0]
        return span(low, high, currency)

    often = "In nine draws of ten" if draws >= FEWEST_OF_TEN else f"Over {draws} draws only"
    said = f"{often} leaving the stores costs {nine_of_ten('exit_cost_usd')}"
    if "plan_value_usd" in set(table["key"]):
        said += f" and the best plan gains {nine_of_ten('plan_value_usd')} over that"
    return f"{said}."


def still_moving(found: Outcomes) -> Result:
    """Say how far totals and shares still move when the draws double."""
    told, words = watched(found.codes), words_of(found.codes)
    totals = {name: values for name, values in found.totals().items() if name in told}
    shares = {}
    if found.taken.size:
        converts = converting(found.taken, found.targets)
        share = converts.mean(axis=0)
        closest = int(np.abs(share - HALF).argmin())
        shares["closest_to_a_coin_toss"] = converts[:, closest]
    result = convergence(totals, shares, words=found.words)
    said = result.sentence
    for name in (*totals, *shares):
        said = said.replace(f"({name})", f"({words[name]})")
    return replace(result, sentence=said)


def checkout_over(ready: Prepared, uniforms: Mapping[str, Floats]) -> Result:
    """Say how far the answers on checkout move over the draws.

    Returns
    -------
    Result
        As `retail_portfolio.model.checkouts.checkout_ranges.checkout_ranges`; sales of closing
        stores are the trade areas' where these have them.
    """
    draws = Draws(ready.case.ledger, uniforms, fast=True)
    sold = ready.table.read(uniforms, draws.count)
    sales = np.where(ready.modelled, sold.closing, np.nan)
    return checkout_ranges(ready.case, checkout_draws(ready.case, draws, sales))


def reported_charge(
    case: Case, found: Outcomes, charge: str, within: float = WITHIN
) -> Result | None:
    """Say what the draws that reproduce the charge of a ledger row say of everything else.

    Parameters
    ----------
    charge
        Ledger key of the charge reported for the closing stores of the case, USD.
    within
        As in `reproduced`.

    Returns
    -------
    Result or None
        As `reproduced`; None where the ledger holds no such charge.
    """
    if not case.ledger.has(charge):
        return None
    return reproduced(found, case.ledger.value(charge), within)


def reproduced(found: Outcomes, reported_usd: float, within: float) -> Result:
    """Say what the draws that reproduce a reported charge say of everything else.

    Parameters
    ----------
    reported_usd
        The charge.
    within
        Largest difference of a draw's impairment from it, as a share of it.

    Returns
    -------
    Result
        One row a total: ``key, label, unit, p50_all, p50_agreeing, p5_agreeing, p95_agreeing``;
        blank where no draw agrees.
    """
    totals = found.totals()
    impairment = totals["impairment_usd"]
    agrees = np.abs(impairment / reported_usd - 1) <= within
    rows, labels = [], labels_of(found.codes)
    for key, values in totals.items():
        at = np.quantile(values[agrees], [0.5, 0.05, 0.95]) if agrees.any() else [np.nan] * 3
        rows.append((key, *labels[key], float(np.median(values)), *at))
    columns = ["key", "label", "unit", "p50_all", "p50_agreeing", "p5_agreeing", "p95_agreeing"]
    table = pd.DataFrame(rows, columns=columns)
    told = percent_of_draws(float(agrees.mean()))
    sentence = (
        f"{told[0].upper()}{told[1:]} of the draws book an impairment within {percent(within)} of "
        f"the reported {amount(reported_usd, found.words.currency)}."
    )
    median = float(np.median(totals["plan_value_usd"])) if "plan_value_usd" in totals else 0.0
    if agrees.any() and median > 0:
        moved = np.median(totals["plan_value_usd"][agrees]) / median
        by = percent(abs(moved - 1)) if abs(moved - 1) >= A_PERCENT else "less than 1 %"
        sentence += (
            " Of the gain of the best plan these draws say nearly the same as all of them: the "
            f"median moves by {by}."
            if abs(moved - 1) < NEARLY
            else f" They move the median gain of the best plan by {with_plus(percent(moved - 1))}."
        )
    return Result(table, sentence, {}, {}, words=found.words)
