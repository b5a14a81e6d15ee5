"""The answer in one paragraph, and the figures worth quoting, made from the results alone."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from retail_portfolio.model.checkouts.checkout import not_compared, readings_of
from retail_portfolio.model.checkouts.checkout_codes import WITH_CHECKOUT, codes_of
from retail_portfolio.model.checkouts.checkout_sites import (
    closing_with_walk_out,
    paid_extra_usd_year,
)
from retail_portfolio.model.checkouts.checkout_terms import (
    READINGS,
    defaults_of,
    names_of,
    technologies_in,
)
from retail_portfolio.model.number_words import counted, percent
from retail_portfolio.model.ranges import in_ledger, one_at_a_time
from retail_portfolio.model.result import Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.result import Result

_SOURCE = (
    "checkout model on stores.csv and assumptions.csv; range: assumptions moved one at a time, "
    "added in quadrature"
)


_THROUGH_STORES = ("sales_usd_per_sqft_year", "sales_usd_year", "size_sqft")


def paid_figures(case: Case, sales_usd_year: pd.Series | None = None) -> tuple[Figure, ...]:
    """Return what walk-out checkout cost closing stores beyond the best alternative, as figures.

    Parameters
    ----------
    sales_usd_year
        Sales by ``store_id`` where they are modelled; they then do not move.

    Returns
    -------
    tuple of Figure
        ``<code>_paid_extra`` and ``<code>_paid_extra_annualised``, the reading that the scenario
        prefers first; none where no store had it.
    """
    few, codes = _only(case, closing_with_walk_out(case)), codes_of(case.scenario)
    if not len(few.stores) or codes.vision not in technologies_in(case.ledger, codes):
        return ()

    def totals(moved: Case) -> Sequence[float]:
        return paid_extra_usd_year(moved, sales_usd_year)

    compared = (*WITH_CHECKOUT, codes.vision)
    names = {*_THROUGH_STORES, *defaults_of(codes)}
    names |= {name for one in compared for name in names_of(one, codes)}
    moves = one_at_a_time(few, in_ledger(case.ledger, sorted(names)), totals)
    figures = []
    for reading in readings_of(case.scenario):
        place = READINGS.index(reading)
        low, high = moves.quadrature(place)
        figures.append(
            Figure(
                key=codes.key("paid_extra" + ("" if place == 0 else f"_{reading}")),
                label=f"{codes.start} beyond the best alternative, "
                f"{counted(len(few.stores), 'closing store')} that had it ({reading} reading)",
                value=float(moves.base[place]),
                unit="usd_year",
                origin="modelled",
                source=_SOURCE,
                low=low,
                high=high,
                range_basis="one_at_a_time",
                words=case.words,
            )
        )
    return tuple(figures)


def _only(case: Case, wanted: pd.Series) -> Case:
    """Return the case with some of its stores, which is all that their checkout asks for."""
    stores = case.stores[wanted].reset_index(drop=True)
    return dataclasses.replace(case, stores=stores, leases=case.leases.iloc[:0])


def third_party_figures(third: Result) -> tuple[Figure, ...]:
    """Return the operator's net benefit at every kind of third-party site as a figure."""
    return tuple(
        Figure(
            key=f"third_party_net_{row['site_type']}",
            label=f"Gain of the operator a year under a licence, {row['site_type']}",
            value=float(row["net_benefit_usd_year"]),
            unit="usd_year",
            origin="modelled",
            source=_SOURCE,
            low=float(row["net_benefit_low_usd_year"]),
            high=float(row["net_benefit_high_usd_year"]),
            range_basis="one_at_a_time",
            words=third.words,
        )
        for row in third.table.to_dict("records")
    )


def headline_figures(
    costs: Result, paid: Iterable[Figure], third: Iterable[Figure]
) -> tuple[Figure, ...]:
    """Put the figures in the order a reader meets them, the headline first.

    The first format in full, one number of what was paid and the best kind of third-party site,
    then the rest.
    """
    own, paid = list(costs.figures), list(paid)
    best = sorted(third, key=lambda figure: -(figure.value or 0.0))
    # Walk-out checkout in both readings, staffed lanes, and the sales at which it breaks even.
    staffed = next((n for n, f in enumerate(own) if f.key.startswith("staffed_cost_")), -1)
    first, rest = own[: staffed + 2], own[staffed + 2 :]
    return (*first, *paid[:1], *best[:1], *rest, *paid[1:], *best[1:])


def checkout_title(case: Case) -> str:
    """Return what the comparison is about: walk-out checkout, where that is compared."""
    codes = codes_of(case.scenario)
    if codes.vision not in technologies_in(case.ledger, codes):
        return "What a year of checkout costs"
    return f"What {codes.label} costs, and where it would pay"


def checkout_answer(case: Case, costs: Result, third: Result, years: Result, paid: Result) -> str:
    """Answer the question of the notebook in one paragraph, from the numbers.

    Parameters
    ----------
    costs, third, years, paid
        Results of `checkout.checkout`, `checkout_third_party.checkout_third_party`,
        `checkout_break_even.break_even_years` and `checkout_sites.paid_table`.
    """
    if costs.table.empty:
        return costs.sentence
    absent = not_compared(case)
    told = [costs.sentence.removesuffix(absent).rstrip(), _where_cheapest(case, costs)]
    if len(years.table):
        told.append(_free_technology(case, years))
    if len(paid.table):
        told.append(paid.sentence)
    if len(third.table):
        told.append(_why_elsewhere(third))
    return " ".join(part for part in (*told, absent) if part)


def _where_cheapest(case: Case, costs: Result) -> str:
    own = costs.table[costs.table["site_type"] == "own"]
    walk_out = own[own["technology"].isin(codes_of(case.scenario).walk_out)]
    if walk_out.empty:
        return ""
    won = walk_out[walk_out["cheapest"]]
    if won.empty:
        count = own["format"].nunique()
        return f"It is the cheapest technology in none of the {count} own formats, read either way."
    labels = [
        f"{case.scenario.formats[str(row['format'])].label} ({row['reading'] or 'both readings'})"
        for row in won.to_dict("records")
    ]
    return f"It is the cheapest technology in {', '.join(labels)}."


def _free_technology(case: Case, years: Result) -> str:
    """Say what the technology may cost at most, in the first format."""
    first = years.table["format"].iloc[0]
    rows = years.table[(years.table["format"] == first) & (years.table["pace"] == "base")]
    left = rows.set_index("reading")["technology_left_share"].to_dict()
    label = case.scenario.formats[str(first)].label
    parts = []
    for reading in READINGS:
        share = left.get(reading, math.nan)
        if share >= 1:
            parts.append(f"needs no fall under the {reading} reading")
        elif share > 0:
            parts.append(
                f"must fall to {percent(share)} of today's cost under the {reading} reading"
            )
        elif share <= 0:
            parts.append(f"would be too dear even if it cost nothing under the {reading} reading")
    return (
        f"To match staffed lanes in {label} the technology (equipment, upkeep, cloud) "
        f"{' and '.join(parts)}."
    )


def _why_elsewhere(third: Result) -> str:
    table = third.table.sort_values("net_benefit_usd_year", ascending=False, kind="stable")
    best, worst = table.iloc[0], table.iloc[-1]
    unsure = (table["net_benefit_low_usd_year"] <= 0).all()
    wide = " At the low end of its range every one of these gains is a loss." if unsure else ""
    return (
        f"Elsewhere it does not have to save labour but to bring in sales. {third.sentence}{wide} "
        f"In the {best['site_type']} case extra sales of "
        f"{percent(best['break_even_uplift_share'])} are enough and "
        f"{percent(best['sales_uplift_share'])} are assumed; in the {worst['site_type']} case "
        f"{percent(worst['break_even_uplift_share'])} are needed and "
        f"{percent(worst['sales_uplift_share'])} assumed."
    )
