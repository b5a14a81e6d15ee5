"""Codes of the tables in a reader's words: stores, decisions, checkout technologies."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Protocol

import pandas as pd

from retail_portfolio.model.checkouts.checkout_codes import Codes
from retail_portfolio.model.targets import CLOSE, KEEP, RELOCATE, converts, target_of
from retail_portfolio.present.formats import as_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.speech import Speech

CONVERTING: Final = "Worth converting to"
"""How a decision to convert begins; what an owner will do is another matter."""

_DECISIONS: Final = {
    CLOSE: "Closes",
    KEEP: "Worth keeping open",
    RELOCATE: "Worth moving",
}
TARGETS: Final = {KEEP: "kept open", RELOCATE: "moved"}
"""What a reader calls a target that is no format."""

SITE_TYPES: Final = {
    "own": "own store",
    "stadium": "stadium",
    "airport": "airport",
    "hospital": "hospital",
    "campus": "campus",
    "convenience": "convenience store",
    "workplace": "break room at work",
}
"""What a reader calls each kind of site."""

THIRD_PARTY_WORDS: Final = {"third_party": "third-party site"}
"""What a reader calls the format of sites that other firms own."""

PACES: Final = {
    "none": "no further fall",
    "base": "as assumed",
    "plan": "at the pace of the plan of 2020 to 2023",
}
"""What a reader calls each pace at which technology gets cheaper."""

YEARS: Final = ("year", "earliest_year", "latest_year")
"""Columns of the table of years that hold one."""

LEASE_EXITS: Final = {
    "buy_out": "buy-out",
    "sublease": "sublease",
    "hold_dark": "hold dark",
    "none": "no lease left",
}
"""What a reader calls each way out of a lease."""

CLOSURE_LABELS: Final = {
    "exit_cost_usd": "Exit cost in all",
    "lease_exit_route": "Way out of the lease",
    "lease_exit_month": "Month of leaving",
    "lease_buy_out_usd": "Buy-out",
    "lease_sublease_usd": "Sublease",
    "lease_hold_dark_usd": "Hold dark",
    "inventory_loss_usd": "Stock lost",
    "equipment_proceeds_usd": "Equipment sold",
    "rou_asset_usd": "Right of use",
    "net_book_value_usd": "Fittings, net book value",
    "rou_impairment_usd": "Impairment, right of use",
    "fittings_impairment_usd": "Impairment, fittings",
    "impairment_usd": "Impairment in all",
    "recaptured_pv_usd": "Margin of sales kept",
    "stay_npv_usd": "Worth of staying",
    "closing_advantage_usd": "Gain of closing",
    "break_even_four_wall_margin": "Break-even four-wall margin",
    "exit_cost_usd_per_store": "Exit cost a store",
    "modelled_usd_per_store": "Modelled a store",
    "modelled_over_reported": "Modelled over reported",
    "sets_within_share": "Drawn sets that agree",
    "mean_quantile_of_fits": "Mean quantile where the charge agrees",
    "mean_quantile_of_joint_fits": "Mean quantile where all agree",
}
"""What a reader calls the columns of the closure's tables."""


class Labelled(Protocol):
    """What has a name for readers: a format of a scenario, or its look on the map."""

    @property
    def label(self) -> str:
        """The name."""


def walk_out(words: Speech) -> Codes:
    """Return what a portfolio calls walk-out checkout."""
    return Codes(words.walk_out_code, words.walk_out_label, words.walk_out_short)


def decision_words(decision: object, formats: Mapping[str, Labelled], place: str = "") -> str:
    """Return a decision in words: ``Closes``, or what a store is worth more as than closed.

    Parameters
    ----------
    decision
        As tables call it; a code that is none of theirs stays as it is.
    formats
        Names of the formats.
    place
        Name of where the store would move to, where it is known.
    """
    code, target = str(decision), target_of(decision)
    if converts(code):
        return f"{CONVERTING} {formats[target].label if target in formats else target}"
    to = f" to {place}" if place and code == RELOCATE else ""
    return f"{_DECISIONS.get(code, code)}{to}"


def target_words(target: str, formats: Mapping[str, Labelled]) -> str:
    """Return what a store becomes in a word or two: a format's label, ``kept open``, ``moved``."""
    return formats[target].label if target in formats else TARGETS.get(target, target)


def store_words(stores: pd.DataFrame) -> pd.Series[str]:
    """Return the name of each store without its banner, with its state; index of ``stores``.

    Parameters
    ----------
    stores
        Has columns ``name, banner, state``.
    """
    return pd.Series(
        [
            f"{str(name).removeprefix(str(banner)).strip(' -,') or name}, {state}"
            for name, banner, state in zip(
                stores["name"], stores["banner"], stores["state"], strict=True
            )
        ],
        index=stores.index,
        dtype="str",
    )


def technology_words(rows: pd.DataFrame, words: Speech) -> pd.Series[str]:
    """Return technology and reading of each row in words: ``walk-out checkout (installed)``.

    Parameters
    ----------
    rows
        Has columns ``technology, reading``; the reading is blank where there is none.
    words
        Of the portfolio.
    """
    known = walk_out(words).words
    return pd.Series(
        [
            known.get(str(technology), str(technology)) + (f" ({reading})" if reading else "")
            for technology, reading in zip(rows["technology"], rows["reading"], strict=True)
        ],
        index=rows.index,
        dtype="str",
    )


def year_words(year: object) -> str:
    """Return a year from which on something holds in words: ``2043``; ``never`` where blank."""
    number = as_number(year)
    return "never" if number is None else str(math.ceil(number))
