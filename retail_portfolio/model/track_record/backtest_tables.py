"""Beside a backtest's scores: every site in its rank, the index's slopes, and base rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.affinity import slopes as ledger_slopes
from retail_portfolio.model.number_words import counted, percent
from retail_portfolio.model.result import Result
from retail_portfolio.model.track_record.backtest_ranking import RANKINGS

if TYPE_CHECKING:
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.registers.events import Events
    from retail_portfolio.model.result import Origin
    from retail_portfolio.model.track_record.backtest_ranking import Ranking

BASE_RATE = "_conversion_share"
"""How the names of the ledger's base rates end."""
_SITE_ORIGINS: dict[str, Origin] = {
    "rank": "modelled",
    "siting_index": "modelled",
    "net_sales_usd_year": "modelled",
    "own_store_miles": "modelled",
    "size_sqft": "reported",
    "income_usd": "observed",
    "share_bachelors": "observed",
    "households": "observed",
    "what_became": "reported",
}


def ranked_sites(case: Case, events: Events, ranking: Ranking) -> Result:
    """Return every site with its scores, its rank within its event, and what became of it."""
    scores = [c for c in RANKINGS.values() if c not in ("own_store_nearness", "by_lot")]
    first = ["event", "site_name", "city", "state", "rank"]
    table = ranking.sites[[*first, *scores, "own_store_miles", "point"]].copy()
    became = events.labels.map({1.0: "taken", 0.0: "not taken"})
    table["what_became"] = became.where(events.labels.notna(), "not known")
    table["taken_by"] = events.taken_by
    table = table.sort_values(["event", "rank"], kind="stable", ignore_index=True)
    units = {
        "siting_index": "log points",
        "net_sales_usd_year": "usd_year",
        "size_sqft": "sqft",
        "income_usd": "usd_year",
        "share_bachelors": "share",
        "households": "households",
        "own_store_miles": "miles",
    }
    return Result(
        table,
        f"The ranking of {len(table)} sites was finished before their labels were read: its "
        f"fingerprint is {ranking.fingerprint[:12]}.",
        units,
        _SITE_ORIGINS,
        words=case.words,
    )


def slopes_table(case: Case, ranking: Ranking) -> Result:
    """Return the slopes behind the index, event by event, beside those of the ledger."""
    to_formats = case.scenario.convert_to
    ledger = ledger_slopes(case.ledger, to_formats[0]) if to_formats else np.zeros(len(TRAITS))
    rows = [
        (event, trait, fit.slopes[trait], fit.standard_errors[trait], of_ledger, fit.stores)
        for event, fit in ranking.fits.items()
        if fit is not None
        for trait, of_ledger in zip(TRAITS, ledger.tolist(), strict=True)
    ]
    names = ["event", "trait", "slope", "standard_error", "ledger_slope", "stores_in_fit"]
    unfitted = sum(fit is None for fit in ranking.fits.values())
    sentence = "The slopes are those of today's stores away from the sites of the event."
    if unfitted:
        few = "too few stores are left: the ledger's slopes stand in."
        sentence = f"For {counted(unfitted, 'event')} {few}"
    columns = ("slope", "standard_error")
    return Result(
        pd.DataFrame(rows, columns=names),
        sentence,
        dict.fromkeys((*columns, "ledger_slope"), "log points per unit")
        | {"stores_in_fit": "stores"},
        dict.fromkeys((*columns, "ledger_slope"), "modelled"),
        words=case.words,
    )


def base_rates(case: Case) -> Result:
    """Return the ledger's base rates of conversion: every row named ``..._conversion_share``.

    Some events are known by their number only: so many of so many sites, which ones not.
    """
    rows = [
        (row.key, row.description, row.low, row.base, row.high, row.as_of, row.origin, row.source)
        for row in case.ledger.values()
        if row.key.partition(".")[0].endswith(BASE_RATE)
    ]
    names = ["key", "description", "low", "base", "high", "as_of", "origin", "source"]
    table = pd.DataFrame(rows, columns=names)
    said = [
        f"{text}: {percent(base)}"
        for text, base in zip(table["description"], table["base"], strict=True)
    ]
    return Result(
        table,
        f"Base rates of the ledger: {'; '.join(said)}." if said else "The ledger has no base rate.",
        dict.fromkeys(("low", "base", "high"), "share"),
        words=case.words,
    )
