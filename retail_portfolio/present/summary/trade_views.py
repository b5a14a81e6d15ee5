"""How the tables of the trade areas are shown: where sales go, how the model fits."""

from __future__ import annotations

from typing import Final

from retail_portfolio.present.summary.choices import STORE, Choice

TRADE_LABELS: Final = {
    "kept_by_own_stores_usd_year": "To own stores",
    "kept_online_usd_year": "To own delivery",
    "competitors_usd_year": "To competitors",
    "lost_usd_year": "To other outlets",
    "most_to": "Own store that takes most",
    "households_near": "Households within reach",
    "households_left": "Left far, this store alone",
    "households_left_in_wave": "Left far, all together",
    "households_nearest": "To whom it is the nearest",
    "added_minutes": "Added way to the next",
    "competitor_coverage": "List of competitors",
    "modelled_sales_usd_per_sqft_year": "Sales a square foot, modelled",
    "residual_share": "Against the average",
    "trip_ratio": "Way to the chosen over the nearest",
    "siting_auc": "Sites told apart (AUC)",
    "unseen_share": "Competitors not on lists",
    "mean_trip_miles": "Mean way to the chosen store",
    "p10_usd_per_sqft_year": "Sales a sq ft, weakest tenth",
    "p50_usd_per_sqft_year": "in the middle",
    "p90_usd_per_sqft_year": "strongest tenth",
    "decay": "Decay of distance",
    "affinity_strength": "Part that is taste",
    "candidates_p50_usd_per_sqft_year": "Middle candidate",
    "people_per_sq_km": "People a sq km",
    "candidates": "Candidates there",
    "option": "Site and format",
    "other": "Own store",
    "overlap_share": "Of the site's sales",
    "from_store_id": "Own store",
    "to_format": "As",
    "share_of_candidate_sales": "Of the site's sales",
    "share_of_store_sales": "Of the own store's sales",
    "households_within_5_min": "Households within 5 minutes",
    "households_within_10_min": "within 10",
    "households_within_15_min": "within 15",
    "sales_share_within_5_min": "Sales from within 5 minutes",
    "sales_share_within_10_min": "from within 10",
    "sales_share_within_15_min": "from within 15",
}
"""Headings of the columns, in a reader's words."""

TRADE_CHOICES: Final = {
    "kept_sales": Choice(
        "Where the sales of each closing store go",
        (
            *(*STORE, "sales_usd_year", "kept_by_own_stores_usd_year", "most_to"),
            *("kept_online_usd_year", "competitors_usd_year", "lost_usd_year"),
        ),
        TRADE_LABELS,
        sort_by="kept_by_own_stores_usd_year",
        blank={"most_to": "none"},
    ),
    "food_access": Choice(
        "Households left far from a supermarket",
        (
            *(*STORE, "households_near", "households_left_in_wave"),
            *("households_nearest", "added_minutes", "competitor_coverage"),
        ),
        TRADE_LABELS,
        sort_by="households_nearest",
    ),
    "trade_area_fit": Choice("How the trade areas fit, by metropolitan area", (), TRADE_LABELS),
    "trade_area_density": Choice("How they fit, by density", (), TRADE_LABELS),
    "trade_area_exponents": Choice("Other decays of distance", (), TRADE_LABELS),
    "trade_area_strengths": Choice("Other strengths of affinity", (), TRADE_LABELS),
}
TRADE_LINKED: Final = frozenset({"transfer", "taken", "customers", "overlaps"})
"""Tables that only the links below a section name."""
