"""Ranges of the gap and of the gain of walk-out checkout over draws, and how often it pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.checkouts.checkout_amounts import least
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.checkouts.checkout_draws import OWN
from retail_portfolio.model.checkouts.checkout_terms import READINGS, THIRD_PARTY
from retail_portfolio.model.number_words import counted, percent_of_draws, span
from retail_portfolio.model.result import Figure, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.checkouts.checkout_draws import CheckoutDraws
    from retail_portfolio.model.result import Origin

    Floats = NDArray[np.float64]

PERCENTILES: dict[str, float] = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
"""Percentiles of the table and the share of the draws that lies below each."""
COLUMNS: tuple[str, ...] = (
    "format",
    "site_type",
    "reading",
    "measure",
    *PERCENTILES,
    "share_cheapest",
    "share_pays",
)
MEASURES: dict[str, str] = {
    "gap_usd_year": "what walk-out checkout costs beyond the cheapest technology with a checkout",
    "operator_net_usd_year": "what the operator of a site gains under a licence",
    "joint_benefit_usd_year": "what operator and vendor of a licence gain together",
}
"""What a row of the table is about: a cost, above zero where it costs more, or a gain."""
_SOURCE = "checkout model on draws of assumptions.csv; median, P5 and P95"


def checkout_ranges(case: Case, found: CheckoutDraws) -> Result:
    """Tell how far the answers on checkout move over draws, and in which share of them it pays.

    Parameters
    ----------
    case
        The case the draws are of.
    found
        Of `checkout_draws.checkout_draws`.

    Returns
    -------
    Result
        One row a format and reading (``gap_usd_year``), then by kind of third-party site one for
        the operator and one a reading for operator and vendor together: ``format, site_type,
        reading, measure, p5, p25, p50, p75, p95, share_cheapest, share_pays``. ``measure`` is one
        of `MEASURES`; ``share_cheapest`` the share of draws in which walk-out checkout costs least
        of all technologies under the reading, blank at third-party sites; ``share_pays`` that in
        which it costs less than the cheapest technology with a checkout, or the gain is above
        zero. Figures ``<code>_paid_extra_drawn`` and ``<code>_paid_extra_drawn_annualised`` hold
        the sum over the closing stores that had it.
    """
    codes = codes_of(case.scenario)
    rows: list[dict[str, object]] = [
        _row(fmt, OWN, reading, "gap_usd_year", gap)
        | {
            "share_cheapest": _share_cheapest(found, fmt, reading, codes.vision),
            "share_pays": _share(gap < 0),
        }
        for (fmt, reading), gap in found.gap_usd_year.items()
    ]
    for kind, net in found.operator_net_usd_year.items():
        rows.append(_gain(kind, "", "operator_net_usd_year", net))
        rows += [
            _gain(
                kind, reading, "joint_benefit_usd_year", found.joint_benefit_usd_year[kind, reading]
            )
            for reading in READINGS
        ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    units = dict.fromkeys(PERCENTILES, "usd_year")
    units |= dict.fromkeys(("share_cheapest", "share_pays"), "share")
    origins: dict[str, Origin] = dict.fromkeys(units, "modelled")
    return Result(
        table,
        _sentence(case, found, table),
        units,
        origins,
        _figures(case, found),
        words=case.words,
    )


def _row(fmt: str, site: str, reading: str, measure: str, values: Floats) -> dict[str, object]:
    row: dict[str, object] = {
        "format": fmt,
        "site_type": site,
        "reading": reading,
        "measure": measure,
    }
    return row | _quantiles(values)


def _gain(kind: str, reading: str, measure: str, values: Floats) -> dict[str, object]:
    shares = {"share_cheapest": np.nan, "share_pays": _share(values > 0)}
    return _row(THIRD_PARTY, kind, reading, measure, values) | shares


def _quantiles(values: Floats) -> dict[str, float]:
    levels = np.quantile(values, list(PERCENTILES.values()))
    return dict(zip(PERCENTILES, levels.tolist(), strict=True))


def _share(where: NDArray[np.bool_]) -> float:
    return float(np.mean(where))


def _share_cheapest(found: CheckoutDraws, fmt: str, reading: str, walk_out: str) -> float:
    """Share of draws in which no technology costs less under a reading, as in the table of rows."""
    costs = {
        (technology, at): cost
        for (one, site, technology, at), cost in found.costs_usd_year.items()
        if (one, site) == (fmt, OWN) and at in {"", reading}
    }
    return _share(costs[walk_out, reading] <= least(costs.values()))


def _figures(case: Case, found: CheckoutDraws) -> tuple[Figure, ...]:
    figures, codes = [], codes_of(case.scenario)
    for reading, values in found.paid_extra_usd_year.items():
        if not found.paid_stores:
            continue
        levels = _quantiles(values)
        figures.append(
            Figure(
                key=codes.key(
                    "paid_extra_drawn" + ("" if reading == READINGS[0] else f"_{reading}")
                ),
                label=f"{codes.start} beyond the best alternative, "
                f"{counted(len(found.paid_stores), 'closing store')} that had it "
                f"({reading} reading)",
                value=levels["p50"],
                unit="usd_year",
                origin="modelled",
                source=_SOURCE,
                low=levels["p5"],
                high=levels["p95"],
                range_basis="draws",
                words=case.words,
            )
        )
    return tuple(figures)


def _sentence(case: Case, found: CheckoutDraws, table: pd.DataFrame) -> str:
    paid = _paid_words(found, case.scenario.currency)
    told = [*_own_words(case, table), *paid, *_operator_words(table)]
    if not told:
        return f"{codes_of(case.scenario).start} is compared nowhere."
    return f"Of {found.count:,} draws: {'; '.join(told)}."


def _own_words(case: Case, table: pd.DataFrame) -> list[str]:
    own = table[table["site_type"] == OWN]
    if own.empty:
        return []
    first = own[own["format"] == own["format"].iloc[0]]
    label = case.scenario.formats[str(first["format"].iloc[0])].label
    shares = [
        f"{percent_of_draws(share)} under the {reading} reading"
        for reading, share in zip(first["reading"], first["share_pays"], strict=True)
    ]
    words = "costs less than the cheapest technology with a checkout in a store like"
    return [f"{codes_of(case.scenario).label} {words} {label} in {' and in '.join(shares)}"]


def _paid_words(found: CheckoutDraws, currency: str) -> list[str]:
    if not (found.paid_stores and found.paid_extra_usd_year):
        return []
    levels = _quantiles(found.paid_extra_usd_year[READINGS[0]])
    count = len(found.paid_stores)
    who = "the one closing store" if count == 1 else f"the {counted(count, 'closing store')}"
    words = f"{who} known to have had it paid"
    ends = span(levels["p5"], levels["p95"], currency)
    cost = f"{ends} a year beyond the best alternative in nine of ten"
    return [f"{words} {cost} ({READINGS[0]} reading)"]


def _operator_words(table: pd.DataFrame) -> list[str]:
    rows = table[table["measure"] == "operator_net_usd_year"]
    if rows.empty:
        return []
    shares = zip(rows["site_type"], rows["share_pays"], strict=True)
    gains = [f"{kind} {percent_of_draws(share)}" for kind, share in shares]
    return [f"under a licence the operator of a site gains in this share: {', '.join(gains)}"]
