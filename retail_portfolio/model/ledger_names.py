"""Names of the ledger that models depend on, a tuple a question.

What has to be there for a case is said by `retail_portfolio.model.overview.requirements`. The same
tuples say which assumptions are moved for the range of a total, so that no driver of a number is
left out of its range.
"""

from __future__ import annotations

CLOSURE_NAMES: tuple[str, ...] = (
    "avg_tenure_years",
    "avg_weekly_hours",
    "benefit_load",
    "charges_in_gross_rent_usd_per_sqft_year",
    "clearance_discount",
    "continuous_operation_charge_share",
    "dark_carry_usd_per_sqft_year",
    "employees_per_store",
    "equipment_auction_usd_per_store",
    "four_wall_margin",
    "gross_buildout_usd_per_sqft",
    "gross_margin",
    "incremental_borrowing_rate",
    "inventory_days",
    "inventory_writeoff_share",
    "lease_initial_term_years",
    "lease_negotiation_months",
    "lease_remaining_term_years",
    "lease_renewal_option_years",
    "lease_renewal_options",
    "lease_termination_months",
    "nnn_charges_usd_per_sqft_year",
    "paid_notice_days",
    "payroll_tax_share",
    "ppe_age_years",
    "ppe_life_years",
    "ppe_net_share",
    "ppe_reuse_in_conversion",
    "prior_impairment_share",
    "rent_escalator_per_year",
    "rent_gross_usd_per_sqft_year",
    "rent_net_usd_per_sqft_year",
    "restoration_usd_per_sqft",
    "sales_usd_per_sqft_year",
    "sales_usd_year",
    "salvage_share_of_nbv",
    "severance_weeks_per_year",
    "share_redeployed",
    "size_sqft",
    "statutory_severance_weeks_per_year",
    "statutory_severance_weeks_short_notice",
    "sublease_discount_rate",
    "sublease_rent_recovery",
    "sublease_void_months",
    "transfer_share_online",
    "transfer_share_sister",
    "us_conversion_share",
    "vm_online_sales",
    "vm_own_sales",
    "wage_cashier_usd_per_hour",
    "warn_employer_heads",
    "warn_notice_days",
    "warn_site_heads",
)
"""Every name the bill of a closing store depends on, by itself or through the tables."""

CONVERSION_NAMES: tuple[str, ...] = (
    "capex_conversion_usd_per_sqft",
    "conversion_dark_months",
    "preopening_usd_per_store",
    "ramp_year1_ratio",
    "sales_usd_per_sqft_year",
    "sales_usd_year",
    "store_contribution_mature",
    "store_contribution_year1",
    "vm_own_sales",
)
"""Every name the value of a conversion depends on beside the bill it avoids."""

MOVE_NAMES: tuple[str, ...] = (
    "gross_buildout_usd_per_sqft",
    "lease_initial_term_years",
    "lease_renewal_option_years",
    "lease_renewal_options",
    "nnn_charges_usd_per_sqft_year",
    "rent_net_usd_per_sqft_year",
)
"""Names that the value of a move depends on beside those of a conversion to its format."""

TRAVEL_NAMES: tuple[str, ...] = (
    "access_minutes",
    "circuity_ratio",
    "dense_population_per_sq_km",
    "dense_speed_ratio",
    "travel_band_upper_miles",
    "travel_speed_mph",
)
"""Every name the way from a household to a store depends on."""

TRADE_NAMES: tuple[str, ...] = (
    "affinity_log_density",
    "affinity_log_income",
    "affinity_share_bachelors",
    "affinity_strength",
    "banner_factor",
    "food_at_home_size_elasticity",
    "food_at_home_usd_year",
    "household_income_usd",
    "huff_distance_exponent",
    "huff_distance_rate_per_minute",
    "huff_size_exponent",
    "sales_usd_per_sqft_year",
    "sales_usd_year",
    "size_sqft",
    "spending_outside_supermarkets_share",
    "supermarket_sqft_per_household",
)
"""Every name that decides who shops where, beside the way."""

CHARGE_NAMES: tuple[str, ...] = (
    "charge_stores_closed",
    "charge_stores_kept",
    "gross_buildout_usd_per_sqft",
    "incremental_borrowing_rate",
    "lease_initial_term_years",
    "lease_remaining_term_years",
    "leased_share",
    "ppe_age_years",
    "ppe_life_years",
    "ppe_net_share",
    "ppe_reuse_in_conversion",
    "prior_impairment_share",
    "rent_escalator_per_year",
    "rent_gross_usd_per_sqft_year",
    "rent_net_usd_per_sqft_year",
    "salvage_share_of_nbv",
    "size_sqft",
    "sublease_discount_rate",
    "sublease_rent_recovery",
    "sublease_void_months",
    "us_conversion_share",
)
"""Every name a reproduced charge depends on."""
