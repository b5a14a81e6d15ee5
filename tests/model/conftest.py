"""A store and a lease small enough to follow with a pencil."""

from __future__ import annotations

import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.model.closing.closure import closure_bill

PENCIL_LEDGER = {
    "size_sqft.supermarket": 50_000,
    "size_sqft.salon": 12_000,
    "size_sqft.kiosk": 1_000,
    "charges_in_gross_rent_usd_per_sqft_year": 7,
    "dark_carry_usd_per_sqft_year": 9,
    "sublease_void_months": 12,
    "sublease_rent_recovery": 0.6,
    "sublease_discount_rate": 0.08,
    "incremental_borrowing_rate": 0.04,
    "gross_buildout_usd_per_sqft": 300,
    "ppe_age_years": 3,
    "ppe_life_years": 12,
    "prior_impairment_share": 0.2,
    "ppe_net_share.kiosk": 0.5,
    "salvage_share_of_nbv": 0.1,
    "ppe_reuse_in_conversion": 0.5,
    "us_conversion_share": 0.25,
    "employees_per_store": 40,
    "avg_weekly_hours": 30,
    "wage_cashier_usd_per_hour": 20,
    "wage_cashier_usd_per_hour.zz": 10,
    "benefit_load": 1.25,
    "paid_notice_days": 90,
    "share_redeployed": 0.25,
    "severance_weeks_per_year": 2,
    "avg_tenure_years": 3,
    "payroll_tax_share": 0.08,
    "sales_usd_per_sqft_year": 400,
    "sales_usd_year.kiosk": 500_000,
    "gross_margin": 0.25,
    "inventory_days": 36.5,
    "inventory_writeoff_share": 0.2,
    "clearance_discount": 0.5,
    "equipment_auction_usd_per_store": 100_000,
    "restoration_usd_per_sqft": 10,
    "lease_termination_months": 12,
    "sales_usd_per_sqft_year.salon": 900,
    "conversion_dark_months": 12,
    "ramp_year1_ratio": 0.8,
    "store_contribution_year1": 0.06,
    "store_contribution_mature": 0.09,
    "vm_own_sales": 0.2,
    "capex_conversion_usd_per_sqft": 100,
    "preopening_usd_per_store": 400_000,
    "access_minutes": 2,
    "circuity_ratio": 1,
    "dense_population_per_sq_km": 10_000,
    "dense_speed_ratio": 0.5,
    "travel_speed_mph.band1": 30,
    "food_at_home_size_elasticity": 0.5,
    "food_at_home_usd_year.quintile1": 2_000,
    "food_at_home_usd_year.quintile2": 4_000,
    "food_at_home_usd_year.quintile3": 5_000,
    "food_at_home_usd_year.quintile4": 10_000,
    "food_at_home_usd_year.quintile5": 20_000,
    "household_income_usd.quintile1": 20_000,
    "household_income_usd.quintile2": 40_000,
    "household_income_usd.quintile3": 60_000,
    "household_income_usd.quintile4": 120_000,
    "household_income_usd.quintile5": 240_000,
    "huff_distance_exponent": 2,
    "huff_size_exponent": 1,
    "spending_outside_supermarkets_share": 0.2,
    "transfer_share_online": 0.1,
}


class ListeningLedger(Ledger):
    """Remembers every name it was asked for."""

    def __init__(self, rows: tuple[Assumption, ...], heard: set[str]) -> None:
        super().__init__(rows)
        self.heard = heard

    def row(self, name: str, format: str | None = None, state: str | None = None) -> Assumption:
        self.heard.add(name)
        return super().row(name, format, state)


def ledger_of(values: dict[str, float]) -> Ledger:
    """A ledger whose low and high are a tenth below and above the base."""
    return Ledger(
        tuple(Assumption(key, 0.9 * base, base, 1.1 * base) for key, base in values.items())
    )


bill_of = closure_bill
"""The bill without the ranges of its totals, which take most of the time."""


@pytest.fixture
def pencil_ledger() -> Ledger:
    return ledger_of(PENCIL_LEDGER)


@pytest.fixture
def pencil_stores() -> pd.DataFrame:
    """One shop of 10,000 sq ft with 2 years to run, one kiosk of 1,000 sq ft on gross rent."""
    return pd.DataFrame(
        {
            "store_id": ["shop-1", "kiosk-1"],
            "banner": ["Shop", "Kiosk"],
            "format": ["shop", "kiosk"],
            "name": ["Shop Here", "Kiosk There"],
            "city": ["Here", "There"],
            "state": ["YY", "ZZ"],
            "status": "closing",
            "lat": [40.0, 40.1],
            "lon": [-75.0, -75.1],
            "size_sqft": [10_000.0, 1_000.0],
            "size_origin": ["reported", "assumed"],
            "employees": [50.0, float("nan")],
            "employees_origin": ["observed", ""],
            "last_trading_day": ["2026-02-06", "2026-02"],
            "sales_usd_year": [float("nan"), float("nan")],
        }
    )


@pytest.fixture
def pencil_leases() -> pd.DataFrame:
    """Every term known, but for the months a buy-out takes, which the ledger says."""
    marks = ("initial_term", "remaining_term", "rent", "charges", "escalator", "renewal", "break")
    return pd.DataFrame(
        {
            "store_id": ["kiosk-1", "shop-1"],
            "tenure": "leased",
            "initial_term_years": [5.0, 15.0],
            "remaining_term_years": [1.0, 2.0],
            "rent_usd_per_sqft_year": [60.0, 24.0],
            "rent_basis": ["gross", "net"],
            "charges_usd_per_sqft_year": [0.0, 6.0],
            "escalator_per_year": 0.0,
            "renewal_options": [0.0, 2.0],
            "renewal_option_years": [0.0, 5.0],
            "break_after_years": float("nan"),
            "termination_months": [18.0, 12.0],
            "continuous_operation": "",
            "termination_origin": ["reported", "assumed"],
        }
        | {f"{mark}_origin": "reported" for mark in marks}
    )


@pytest.fixture
def pencil_scenario() -> Scenario:
    """Shops may become salons; the salons that trade on are the banner's own."""
    return Scenario(
        title="Pencil",
        why="Small enough to follow by hand.",
        as_of="2026-01-27",
        base_year=2026,
        discount_rate=0.09,
        tax_rate=0.25,
        horizon_years=10,
        seed=1,
        walk_out={"code": "jwo", "label": "Just Walk Out", "short": "JWO"},
        banners={name: {"label": name} for name in ("Shop", "Kiosk", "Salon")},
        formats={
            "shop": {"label": "Shop", "banner": "Shop", "role": "closing"},
            "kiosk": {"label": "Kiosk", "banner": "Kiosk", "role": "closing"},
            "salon": {"label": "Salon", "banner": "Salon", "role": "existing"},
        },
        convert_from=("shop",),
        convert_to=("salon",),
    )


@pytest.fixture
def pencil_demand() -> pd.DataFrame:
    """A point of 8,000 households beside the shop and one of 4,000 beside the salon."""
    return pd.DataFrame(
        {
            "point_id": ["p-shop", "p-salon"],
            "metro_id": ["here-yy", "yonder-yy"],
            "county_fips": ["01001", "01003"],
            "lat": [40.0, 41.0],
            "lon": [-75.0, -75.0],
            "population": [20_000.0, 10_000.0],
            "households": [8_000.0, 4_000.0],
            "median_household_income_usd": [60_000.0, 120_000.0],
            "share_bachelors": [0.25, 0.55],
            "population_per_sq_km": [0.0, 0.0],
        }
    )


@pytest.fixture
def pencil_competitors() -> pd.DataFrame:
    """A typical supermarket beside the shop and one of half its size beside the salon."""
    return pd.DataFrame(
        {
            "competitor_id": ["market-1", "market-2"],
            "chain": "Market",
            "kind": "supermarket",
            "county_fips": ["01001", "01003"],
            "lat": [40.0, 41.0],
            "lon": [-75.0, -75.0],
            "size_sqft": [float("nan"), 25_000.0],
        }
    )


@pytest.fixture
def pencil_case(
    pencil_scenario: Scenario,
    pencil_ledger: Ledger,
    pencil_stores: pd.DataFrame,
    pencil_leases: pd.DataFrame,
    pencil_demand: pd.DataFrame,
    pencil_competitors: pd.DataFrame,
) -> Case:
    salon = {
        "store_id": "salon-1",
        "banner": "Salon",
        "format": "salon",
        "city": "Yonder",
        "state": "YY",
        "status": "open",
        "lat": 41.0,
        "lon": -75.0,
        "size_sqft": 12_000.0,
        "size_origin": "assumed",
        "employees_origin": "",
        "last_trading_day": "",
    }
    nothing = pd.DataFrame()
    return Case(
        scenario=pencil_scenario,
        ledger=pencil_ledger,
        stores=pd.concat([pencil_stores, pd.DataFrame([salon])], ignore_index=True),
        leases=pencil_leases,
        demand=pencil_demand,
        competitors=pencil_competitors,
        metros=pd.DataFrame(
            {"metro_id": ["here-yy", "yonder-yy"], "competitor_coverage": ["complete", "partial"]}
        ),
        outcomes=nothing,
        corrections=nothing,
        backtest_sites=nothing,
        backtest_own_stores=nothing,
    )
