"""How the tables of uncertainty are shown: ranges, drivers, what is worth knowing, and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retail_portfolio.model.targets import KEEP, RELOCATE
from retail_portfolio.model.uncertain.uncertain_totals import words_of
from retail_portfolio.present.summary.choices import STORE, Choice

if TYPE_CHECKING:
    import pandas as pd

    from retail_portfolio.model.checkouts.checkout_codes import Codes

OF_OTHERS: Final = {
    f"probability_{KEEP}": "Stays open in",
    f"probability_{RELOCATE}": "Moves in",
}
"""Shares of draws in which a store is kept or moves, where a scenario weighs that."""

UNCERTAINTY_LABELS: Final = {
    "label": "What",
    "p5": "P5",
    "p25": "P25",
    "p50": "Median",
    "p75": "P75",
    "p95": "P95",
    "output": "Total",
    "description": "Assumption",
    "at_low": "At its low",
    "at_high": "At its high",
    "first_order": "By itself",
    "first_order_width": "give or take",
    "total": "With others too",
    "total_width": "give or take",
    "evppi": "Worth of knowing it",
    "above_noise": "More than chance",
    "decision": "In the base plan",
    "exit_cost_usd": "Exit cost, base",
    "exit_cost_p5_usd": "P5",
    "exit_cost_p95_usd": "P95",
    "npv_vs_exit_usd": "Value of the site alone against closing, base",
    "npv_vs_exit_p5_usd": "P5",
    "npv_vs_exit_p95_usd": "P95",
    "probability": "Converts in",
    "probability_solved": "of the proven draws",
    **OF_OTHERS,
    "draws_solved": "Draws proven",
    "draws_screened": "Draws screened",
    "share_agreeing": "Sites decided alike",
    "mean_solved_usd": "Mean gain, proven",
    "mean_screened_usd": "Mean gain, screened",
    "share_cheapest": "Cheapest of all in",
    "share_pays": "Pays in",
    "p50_all": "Median of all draws",
    "p50_agreeing": "Median where the charge agrees",
    "p5_agreeing": "P5",
    "p95_agreeing": "P95",
    "share": "Share",
    "change": "Moved by",
}
"""Headings of the columns, in a reader's words."""

_NO_CANDIDATE: Final = "no candidate"
PLAN_BLANK: Final = {"probability": _NO_CANDIDATE}
"""What the plan's table says of a store that cannot be converted to anything."""

UNCERTAINTY_CHOICES: Final = {
    "uncertainty_totals": Choice(
        "Ranges when all assumptions move together: percentiles of the draws",
        ("label", "base", "p5", "p50", "p95"),
        UNCERTAINTY_LABELS,
        folded=False,
        unit_column="unit",
    ),
    "uncertainty": Choice(
        "How often each site converts, and the ranges of what leaving and converting are worth",
        (
            *(*STORE, "decision", "probability", "probability_solved"),
            *OF_OTHERS,
            *("exit_cost_usd", "exit_cost_p5_usd", "exit_cost_p95_usd"),
            *("npv_vs_exit_usd", "npv_vs_exit_p5_usd", "npv_vs_exit_p95_usd"),
        ),
        UNCERTAINTY_LABELS,
        sort_by="probability",
        blank=PLAN_BLANK
        | dict.fromkeys(
            ("npv_vs_exit_usd", "npv_vs_exit_p5_usd", "npv_vs_exit_p95_usd"), _NO_CANDIDATE
        )
        | dict.fromkeys(("probability_solved", *OF_OTHERS), "\u2013"),
    ),
    "uncertainty_drivers": Choice(
        "What each assumption does alone, from its 5th to its 95th percentile",
        ("output", "description", "at_low", "base", "at_high", "swing"),
        UNCERTAINTY_LABELS,
    ),
    "uncertainty_indices": Choice(
        "Which share of the variance goes with which assumption (Sobol indices)",
        (
            *("output", "description", "first_order", "first_order_width"),
            *("total", "total_width"),
        ),
        UNCERTAINTY_LABELS,
    ),
    "uncertainty_information": Choice(
        "What knowing each assumption before the plan is chosen would be worth",
        ("description", "evppi", "above_noise"),
        UNCERTAINTY_LABELS,
    ),
    "uncertainty_charges": Choice(
        "What the draws that reproduce the reported charge say of everything else",
        ("label", "p50_all", "p50_agreeing", "p5_agreeing", "p95_agreeing"),
        UNCERTAINTY_LABELS,
        unit_column="unit",
        blank=dict.fromkeys(("p50_agreeing", "p5_agreeing", "p95_agreeing"), "no draw"),
    ),
    "uncertainty_checkout": Choice(
        "In what share of the draws {label} pays, and by how much",
        (
            *("format", "site_type", "reading", "measure"),
            *("p5", "p50", "p95", "share_pays", "share_cheapest"),
        ),
        UNCERTAINTY_LABELS,
        blank={"reading": "both", "share_cheapest": "\u2013"},
    ),
    "uncertainty_screening": Choice(
        "The screen held against the proof",
        (),
        UNCERTAINTY_LABELS,
        blank=dict.fromkeys(
            ("share_agreeing", "mean_solved_usd", "mean_screened_usd", "correlation"),
            "nothing to compare",
        ),
    ),
    "uncertainty_convergence": Choice(
        "Whether the draws are enough: each doubling, and what it still moves",
        ("output", "draws", "p5", "p50", "p95", "share", "change"),
        UNCERTAINTY_LABELS,
        blank=dict.fromkeys(("p5", "p50", "p95", "share"), "\u2013") | {"change": "start"},
    ),
}
"""How each table is shown, by the name it is left under, in the order of a summary."""
UNCERTAINTY_LINKED: Final = frozenset(
    {
        *("uncertainty", "uncertainty_drivers", "uncertainty_indices"),
        *("uncertainty_information", "uncertainty_convergence"),
    }
)
"""Tables that only the links below a section name: drawn, in the plan's table, or a check."""

MEASURE_WORDS: Final = {
    "gap_usd_year": "Cost beyond the cheapest with a checkout",
    "operator_net_usd_year": "Gain of the operator",
    "joint_benefit_usd_year": "Gain of operator and vendor",
}
"""What is measured of checkout, in a reader's words."""


def total_words(codes: Codes) -> dict[str, str]:
    """Return the totals in a reader's words, as tables name them."""
    return {key: words[:1].upper() + words[1:] for key, words in words_of(codes).items()}


def whole_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """Round the shares of draws beside decisions to whole per cents, all that draws tell.

    Parameters
    ----------
    frame
        Any table; one without a column ``decision`` or ``plan_converts`` stays as it is. The
        second stands in dated forecasts, which are made of some hundred draws.
    """
    if not {"decision", "plan_converts"} & set(frame.columns):
        return frame
    names = ("probability", "probability_solved", "probability_at_base_rate", *OF_OTHERS)
    shares = [c for c in names if c in frame.columns]
    return frame.assign(**{c: frame[c].astype(float).round(2) for c in shares})


HOW_RANGES: Final = (
    "These ranges move all assumptions together and hold nine draws of ten, as those beside the "
    "plan do; the notebooks of closure and checkout state ranges of their own, of assumptions "
    "moved one at a time and added in quadrature, and a median here need not be the base there."
)
"""What tells the ranges of draws from the ranges that stand beside single answers."""
NOT_SCREENED: Final = (
    "The plan of this scenario has limits, under which plans are proven and never screened: its "
    "gain has no range here, and sites are told from the proven draws alone."
)
"""What is said in place of the gain of the plan where it has limits."""
NOT_WORTH_KNOWING: Final = (
    "What knowing an assumption is worth is told where plans are screened and the draws are enough "
    "to fit it; here they are not."
)
"""What is said in place of the value of knowing."""
