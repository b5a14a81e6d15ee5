"""How the tables of the closure are shown: the bill in cash and, apart from it, what books say."""

from __future__ import annotations

from typing import Final

from retail_portfolio.present.summary.choices import STORE, Choice
from retail_portfolio.present.words import CLOSURE_LABELS

CLOSURE_CHOICES: Final = {
    "closure_summary": Choice(
        "Cash: what leaving costs, by banner", labels=CLOSURE_LABELS, folded=False
    ),
    "closure": Choice(
        "Cash: the bill, store by store",
        (
            *STORE,
            "last_trading_day",
            "size_sqft",
            "lease_exit_route",
            "lease_exit_month",
            "lease_exit_usd",
            "severance_usd",
            "notice_pay_usd",
            "inventory_loss_usd",
            "restoration_usd",
            "exit_cost_usd",
            "closing_advantage_usd",
        ),
        CLOSURE_LABELS,
        sort_by="exit_cost_usd",
    ),
    "closure_by_state": Choice(
        "Cash: the bill by banner and state",
        (
            *("banner", "state", "stores", "lease_exit_usd", "notice_pay_usd", "severance_usd"),
            *("inventory_loss_usd", "restoration_usd"),
            *("exit_cost_usd", "exit_cost_usd_per_store"),
        ),
        CLOSURE_LABELS,
    ),
    "closure_drivers": Choice(
        "Cash: what moves the bill most",
        ("driver", "at_low_usd", "base_usd", "at_high_usd", "swing_usd"),
        {"at_low_usd": "At its low", "base_usd": "Base", "at_high_usd": "At its high"},
    ),
    "closure_stay": Choice(
        "Cash: closing against staying open, by banner", labels=CLOSURE_LABELS, folded=False
    ),
    "timeline": Choice(
        "Dates by banner and state",
        (
            *("banner", "state", "stores", "announced", "last_trading_day", "separation_day"),
            *("lease_exit_first", "lease_exit_last"),
        ),
        blank={"last_trading_day": "not known"},
    ),
    "closure_heads": Choice("Heads against the jobs reported, by state"),
    "notice_rules": Choice(
        "What the law asks of a closing, by state",
        ("state", "scope", "rule", "value", "source"),
        unit_column="unit",
        links={"source": "source_url"},
    ),
    "closure_accounting": Choice(
        "Accounting: what the books lose, by banner", labels=CLOSURE_LABELS, folded=False
    ),
    "closure_books": Choice(
        "Accounting: the books, store by store",
        (
            *(*STORE, "lease_liability_usd", "rou_asset_usd", "net_book_value_usd"),
            *("rou_impairment_usd", "fittings_impairment_usd", "impairment_usd"),
        ),
        CLOSURE_LABELS,
        sort_by="impairment_usd",
    ),
    "charge_check": Choice(
        "Accounting: modelled and reported charges",
        (
            *("charge", "stores", "modelled_usd", "low_usd", "high_usd", "reported_usd"),
            *("modelled_over_reported", "modelled_usd_per_store", "sets_within_share"),
        ),
        CLOSURE_LABELS,
        folded=False,
    ),
    "charge_drivers": Choice(
        "Accounting: what the total depends on, and what it cannot tell",
        (
            *("driver", "rank_correlation", "mean_quantile_of_fits"),
            "mean_quantile_of_joint_fits",
        ),
        CLOSURE_LABELS,
    ),
}
"""How each table is shown, by the name it is left under, in the order of a summary."""
CLOSURE_LINKED: Final = frozenset(
    {"store_drivers", "lease_exit_curve", "monthly_cash", "monthly_expense", "charge_sets"}
)
"""Tables a summary only links to: long, or drawn."""
