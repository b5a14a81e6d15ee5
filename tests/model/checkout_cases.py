"""Ledgers of the worked cases of checkout, small enough to follow with a pencil."""

from __future__ import annotations

from collections.abc import Mapping

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.checkouts.checkout_codes import Codes
from retail_portfolio.model.checkouts.checkout_terms import (
    LICENCE,
    CheckoutTerms,
    defaults_of,
    terms_of,
)
from retail_portfolio.model.checkouts.checkout_third_party import uplift_names
from retail_portfolio.model.checkouts.checkout_years import (
    FALL_PER_YEAR,
    FIGURE_2017,
    FIGURE_2021,
    PLANNED_FALL,
)
from tests.model.conftest import ledger_of

JWO = Codes("jwo", "Just Walk Out", "JWO")
OPTIONAL_NAMES = (
    *(*defaults_of(JWO), JWO.key(LICENCE)),
    *uplift_names(JWO),
    *(JWO.key(name) for name in (FIGURE_2017, FIGURE_2021, FALL_PER_YEAR, PLANNED_FALL)),
)
"""Names that the checkout models use where the ledger has them."""
COMMON: dict[str, float] = {
    "wage_cashier_usd_per_hour.ca": 19.26,
    "wage_cashier_usd_per_hour": 16.0,
    "benefit_load": 1.25,
    "capital_charge_rate": 0.08,
    "lane_utilisation": 0.6,
    "lane_capex_usd": 15_000,
    "lane_life_years": 7,
    "lane_upkeep_share": 0.10,
    "staffed_shrink_share_of_sales": 0.0021,
    "sco_kiosk_capex_usd": 25_000,
    "sco_life_years": 7,
    "sco_maintenance_share_of_capex": 0.12,
    "sco_stations_per_attendant": 6,
    "sco_hybrid_staffed_share": 0.4,
    "sco_hybrid_sales_share": 0.45,
    "sco_loss_bp_per_percent_of_sales": 1,
    "smart_cart_capex_usd": 7_500,
    "smart_cart_life_years": 4,
    "smart_cart_opex_usd_year": 800,
    "smart_cart_audit_staff": 1,
    "smart_cart_hybrid_kiosk_share": 0.5,
    "smart_cart_hybrid_staffed_share": 0.3,
    "smart_cart_share_of_transactions": 0.3,
    "smart_cart_loss_bp_per_percent_of_sales": 3,
    "smart_cart_loss_caught_share": 0.5,
    "jwo_capex_usd_at_1000_sqft": 159_000,
    "jwo_capex_scale_exponent": 0.75,
    "jwo_life_years": 5,
    "jwo_maintenance_share_of_capex": 0.12,
    "jwo_review_share_of_visits": 0.2,
    "jwo_review_minutes": 4,
    "jwo_reviewer_usd_per_hour": 5,
    "jwo_shrink_share_of_sales": 0.005,
    "jwo_hybrid_share_of_transactions": 0.5,
    "rfid_lane_capex_usd": 30_000,
    "rfid_software_usd_per_lane_year": 5_000,
    "rfid_shrink_share_of_sales": 0.005,
    "rfid_tag_usd_per_item": 0.04,
    "rfid_tagging_usd_per_item": 0.06,
    "rfid_untagged_share_of_transactions": 0.3,
}
NAMES = (
    *("reference_size_sqft", "reference_sales_usd_year", "basket_usd"),
    *("staffed_seconds_per_transaction", "opening_hours_year", "staffed_lanes", "sco_kiosks"),
    *("smart_carts", "minimum_cover_cashiers", "entry_staff", "jwo_cloud_usd_year"),
    *("rfid_lanes", "items_per_basket"),
)
FORMATS: dict[str, tuple[float, ...]] = {
    "kiosk": (2_000, 1.5e6, 10, 45, 80 * 52, 2, 4, 0, 1, 0.6, 25_000, 1, 3),
    "market": (37_000, 11e6, 42, 165, 105 * 52, 5, 8, 75, 1, 2, 200_000, 3, 14),
    "grand": (40_000, 39.9e6, 45, 165, 98 * 52, 9, 12, 100, 2, 2, 200_000, 5, 14),
}
"""The constants of the worked table: Go-like, Fresh-like and full supermarket."""


def worked_ledger(more: Mapping[str, float] | None = None) -> Ledger:
    rows = dict(COMMON)
    for fmt, values in FORMATS.items():
        rows |= {f"{name}.{fmt}": value for name, value in zip(NAMES, values, strict=True)}
    return ledger_of(rows | dict(more or {}))


def worked_terms(fmt: str = "market", **values: float) -> CheckoutTerms:
    return terms_of(worked_ledger(), fmt, "CA", codes=JWO).replaced(**values)


def reference(terms: CheckoutTerms) -> tuple[float, float]:
    return terms["reference_size_sqft"], terms["reference_sales_usd_year"]
