"""How the tables of the checkout comparison are shown, in a summary and in their notebook.

``{code}``, ``{label}`` and ``{start}`` stand for what the portfolio calls walk-out checkout: see
`retail_portfolio.present.summary.choices.named`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from retail_portfolio.present.formats import is_money, value_text
from retail_portfolio.present.summary.choices import STORE, Choice
from retail_portfolio.present.tables import HtmlTable, Table, html_table

if TYPE_CHECKING:
    from retail_portfolio.model.result import Result

CHECKOUT_LINKED: Final = ("checkout_stack", "checkout_stores", "checkout_surfaces")
"""Tables a summary only links to: long, or drawn."""

THIRD_PARTY_LABELS: Final = {
    "site_type": "Site",
    "sales_usd_year": "Sales before",
    "queue_limited_share": "Trade that a queue limits",
    "sales_uplift_share": "Extra sales assumed",
    "break_even_uplift_share": "Extra sales needed",
    "best_alternative_usd_year": "Best alternative",
    "{code}_usd_year": "{start} on licence",
    "net_benefit_usd_year": "Gain of the operator over the best alternative",
    "net_benefit_low_usd_year": "Low",
    "net_benefit_high_usd_year": "High",
    "joint_benefit_installed_usd_year": "Gain with the vendor (installed)",
    "joint_benefit_annualised_usd_year": "Gain with the vendor (annualised)",
}
"""Headings of the table of third-party sites."""

PAID_LABELS: Final = {
    "staffed_usd_year": "Staffed lanes",
    "{code}_vision_installed_usd_year": "{start} (installed)",
    "{code}_paid_extra_installed_usd_year": "Beyond the best (installed)",
    "{code}_paid_extra_annualised_usd_year": "Beyond the best (annualised)",
}
"""Headings of the table of stores that had walk-out checkout."""

STORE_LABELS: Final = {
    "staffed_usd_year": "Staffed lanes",
    "self_checkout_usd_year": "Self-checkout",
    "smart_cart_usd_year": "Smart carts",
    "{code}_vision_installed_usd_year": "{start} (installed)",
    "{code}_vision_annualised_usd_year": "{start} (annualised)",
    "cheapest_installed": "Cheapest (installed)",
    "cheapest_annualised": "Cheapest (annualised)",
}
"""Headings of the table of every store."""

YEAR_LABELS: Final = {
    "fall_share_per_year": "Fall a year",
    "technology_left_share": "Technology cost left, of today's",
    "year": "From",
    "earliest_year": "Earliest",
    "latest_year": "Latest",
}
"""Headings of the table of years."""

BRIDGE_LABELS: Final = {
    "technology_usd_at_1000_sqft": "Price at 1,000 sq ft",
    "capex_usd": "Price for the store",
    "annual_cost_usd": "{start}",
    "staffed_usd_year": "Staffed lanes",
    "times_staffed": "Times staffed lanes",
}
"""Headings of the bridge from 2017 to today."""

CHECKOUT_CHOICES: Final = {
    "checkout_third_party": Choice(
        "Third-party sites: an operator who rents {label} against the best alternative",
        (
            "site_type",
            "sales_usd_year",
            "queue_limited_share",
            "sales_uplift_share",
            "break_even_uplift_share",
            "best_alternative_usd_year",
            "{code}_usd_year",
            "net_benefit_usd_year",
            "net_benefit_low_usd_year",
            "net_benefit_high_usd_year",
            "joint_benefit_installed_usd_year",
            "joint_benefit_annualised_usd_year",
        ),
        THIRD_PARTY_LABELS,
        folded=False,
    ),
    "checkout": Choice(
        "A year of checkout, by format and technology; gains are over staffed lanes",
        (
            "format",
            "site_type",
            "technology",
            "reading",
            "sales_usd_year",
            "capex_usd",
            "annual_cost_usd",
            "cost_share_of_sales",
            "net_benefit_usd_year",
            "break_even_sales_usd_year",
            "cheapest",
        ),
        {"net_benefit_usd_year": "Gain over staffed lanes"},
        blank={"capex_usd": "in the yearly figure", "break_even_sales_usd_year": "none"},
    ),
    "checkout_paid": Choice(
        "Closing stores that had {label}: what a year of it cost beyond the best alternative",
        (
            *STORE,
            "size_sqft",
            "sales_usd_year",
            "best_alternative",
            "staffed_usd_year",
            "{code}_vision_installed_usd_year",
            "{code}_paid_extra_installed_usd_year",
            "{code}_paid_extra_annualised_usd_year",
        ),
        PAID_LABELS,
        sort_by="{code}_paid_extra_installed_usd_year",
    ),
    "checkout_stores": Choice(
        "Checkout, store by store",
        (
            *STORE,
            "size_sqft",
            "sales_usd_year",
            "wage_usd_per_hour",
            "staffed_usd_year",
            "self_checkout_usd_year",
            "smart_cart_usd_year",
            "{code}_vision_installed_usd_year",
            "{code}_vision_annualised_usd_year",
            "cheapest_installed",
        ),
        STORE_LABELS,
    ),
    "checkout_summary": Choice(
        "Every trading and closing store, by what is cheapest there", labels=STORE_LABELS
    ),
    "checkout_years": Choice(
        "In which year {label} costs no more than staffed lanes",
        (
            "format",
            "reading",
            "pace",
            "fall_share_per_year",
            "technology_left_share",
            "year",
            "earliest_year",
            "latest_year",
        ),
        YEAR_LABELS,
    ),
    "checkout_levers": Choice(
        "What has to be true for {label} to be the cheapest",
        ("format", "lever", "reading", "today", "low", "high", "needed", "within_range"),
        unit_column="unit",
        blank={"low": "\u2013", "high": "\u2013", "needed": "nothing will do"},
    ),
    "checkout_bridge": Choice(
        "From the price of 2017 to that of today, one store",
        (
            *("format", "year", "reading", "technology_usd_at_1000_sqft", "capex_usd"),
            *("annual_cost_usd", "staffed_usd_year", "times_staffed"),
        ),
        labels=BRIDGE_LABELS,
        blank={"capex_usd": "in the yearly figure"},
    ),
}
"""How each table is shown, by the name it is left under, in the order of a summary."""

_AXES: Final = {
    "size_sqft": ("floor", "sqft"),
    "wage_usd_per_hour": ("wage", "usd_per_hour"),
    "review_share": ("visits reviewed", "share"),
    "basket_usd": ("basket", "usd"),
    "capex_fall_share_since_2017": ("fall of the price since 2017", "share"),
}
"""Words and unit of what a grid of break-even sales runs over."""


def surface_table(surfaces: Result) -> list[HtmlTable]:
    """Return a grid a pair of axes: break-even sales of one format under the installed reading.

    Parameters
    ----------
    surfaces
        Result of `retail_portfolio.model.checkouts.checkout_break_even.checkout_surfaces`, one
        format.
    """
    table, currency = surfaces.table, surfaces.words.currency
    if not len(table):
        return []
    table = table[table["reading"] == "installed"]
    grids = []
    for (across, down), rows in table.groupby(["across", "down"], sort=False):
        (x_words, x_unit), (y_words, y_unit) = _AXES[str(across)], _AXES[str(down)]
        columns = {
            _axis_text(x, x_unit, currency): list(
                rows.loc[rows["across_value"] == x, "break_even_sales_usd_year"]
            )
            for x in dict.fromkeys(rows["across_value"].astype(float))
        }
        downs = dict.fromkeys(rows["down_value"].astype(float))
        sides = [_axis_text(y, y_unit, currency) for y in downs]
        frame = pd.DataFrame({y_words: sides} | columns)
        units = dict.fromkeys(frame.columns[1:], "usd_year")
        caption = f"Break-even sales over {x_words} (across) and {y_words} (down)"
        labels = {str(name): str(name) for name in frame.columns}
        blanks = {str(name): "never" for name in frame.columns[1:]}
        grids.append(
            html_table(
                Table(frame, units, dict.fromkeys(units, "modelled")),
                caption=caption,
                words=surfaces.words,
                labels=labels,
                blank=blanks,
            )
        )
    return grids


def _axis_text(value: float, unit: str, currency: str) -> str:
    if unit == "share":
        return f"{100 * value:.3g} %"
    return f"{currency} {value:g}" if is_money(unit) else value_text(value, unit)
