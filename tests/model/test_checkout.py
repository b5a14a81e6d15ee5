"""Checkout costs with the arithmetic written out, and break-evens that break even."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.checkout import (
    break_even_sales_usd_year,
    jwo_capex_usd,
    jwo_usd_year,
    staffed_usd_year,
)
from tests.model.conftest import ledger_of

COMMON = {
    "wage_cashier_usd_per_hour.ca": 19.26,
    "benefit_load": 1.25,
    "lane_utilisation": 0.6,
    "lane_capex_usd": 15_000,
    "lane_life_years": 7,
    "lane_upkeep_share": 0.10,
    "capital_charge_rate": 0.08,
    "jwo_capex_usd_at_1000_sqft": 159_000,
    "jwo_capex_scale_exponent": 0.75,
    "jwo_life_years": 5,
    "jwo_maintenance_share_of_capex": 0.12,
    "jwo_review_share_of_visits": 0.2,
    "jwo_review_minutes": 4,
    "jwo_reviewer_usd_per_hour": 5,
    "jwo_shrink_share_of_sales": 0.005,
    "staffed_shrink_share_of_sales": 0.0021,
}
FORMATS = {
    "kiosk": {
        "basket_usd": 10,
        "seconds": 45,
        "hours": 80 * 52,
        "lanes": 2,
        "cover": 1,
        "entry": 0.6,
    },
    "market": {
        "basket_usd": 42,
        "seconds": 165,
        "hours": 105 * 52,
        "lanes": 5,
        "cover": 1,
        "entry": 2,
    },
    "grand": {
        "basket_usd": 45,
        "seconds": 165,
        "hours": 98 * 52,
        "lanes": 9,
        "cover": 2,
        "entry": 2,
    },
}
CLOUD = {"kiosk": 25_000, "market": 200_000, "grand": 200_000}
NAMES = {
    "basket_usd": "basket_usd",
    "seconds": "staffed_seconds_per_transaction",
    "hours": "opening_hours_year",
    "lanes": "staffed_lanes",
    "cover": "minimum_cover_cashiers",
    "entry": "entry_staff",
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    rows = dict(COMMON)
    for fmt, values in FORMATS.items():
        rows |= {f"{NAMES[name]}.{fmt}": value for name, value in values.items()}
        rows[f"jwo_cloud_usd_year.{fmt}"] = CLOUD[fmt]
    return ledger_of(rows)


def test_staffed_kiosk_is_one_cashier_all_day(ledger: Ledger) -> None:
    """150,000 visits x 45 s / 0.6 is 3,125 h, less than the 4,160 h one cashier must cover."""
    charge = 0.08 / (1 - 1.08**-7)
    by_hand = 4_160 * 19.26 * 1.25 + 2 * 15_000 * (charge + 0.10)
    assert staffed_usd_year(ledger, "kiosk", "CA", 1.5e6) == pytest.approx(by_hand)
    assert round(by_hand, -3) == 109_000


def test_staffed_supermarket_pays_for_busy_lanes(ledger: Ledger) -> None:
    hours = 11e6 / 42 * 165 / 3600 / 0.6
    charge = 0.08 / (1 - 1.08**-7)
    by_hand = hours * 19.26 * 1.25 + 5 * 15_000 * (charge + 0.10)
    assert staffed_usd_year(ledger, "market", "CA", 11e6) == pytest.approx(by_hand)
    assert round(by_hand, -3) == 504_000


@pytest.mark.parametrize(
    ("fmt", "size_sqft", "sales", "staffed", "jwo"),
    [
        ("kiosk", 2_000, 1.5e6, 109_000, 199_000),
        ("market", 37_000, 11e6, 504_000, 1_396_000),
        ("grand", 40_000, 39.9e6, 1_670_000, 1_557_000),
    ],
)
def test_reference_stores(
    ledger: Ledger, fmt: str, size_sqft: float, sales: float, staffed: float, jwo: float
) -> None:
    """Costs of the three reference stores to the nearest thousand (half a per cent)."""
    assert staffed_usd_year(ledger, fmt, "CA", sales) == pytest.approx(staffed, rel=0.005)
    cost = jwo_usd_year(ledger, fmt, "CA", size_sqft, sales, "installed")
    assert cost == pytest.approx(jwo, rel=0.005)


def test_walk_out_market_by_hand(ledger: Ledger) -> None:
    capex = 159_000 * 37**0.75
    charge = 0.08 / (1 - 1.08**-5)
    visits = 11e6 / 42
    by_hand = (
        capex * (charge + 0.12)
        + 200_000
        + visits * 0.2 * 4 / 60 * 5
        + 2 * 105 * 52 * 19.26 * 1.25
        + (0.005 - 0.0021) * 11e6
    )
    assert jwo_capex_usd(ledger, 37_000) == pytest.approx(capex)
    cost = jwo_usd_year(ledger, "market", "CA", 37_000, 11e6, "installed")
    assert cost == pytest.approx(by_hand)


def test_the_annualised_reading_replaces_capital_upkeep_and_cloud(ledger: Ledger) -> None:
    """At 1,000 sq ft the figure is 159,000 a year instead of about 84,000."""
    installed = jwo_usd_year(ledger, "kiosk", "CA", 1_000, 0, "installed")
    annualised = jwo_usd_year(ledger, "kiosk", "CA", 1_000, 0, "annualised")
    charge = 0.08 / (1 - 1.08**-5)
    assert annualised - installed == pytest.approx(159_000 - (159_000 * (charge + 0.12) + 25_000))


def test_an_unknown_reading_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="guessed"):
        jwo_usd_year(ledger, "kiosk", "CA", 1_000, 1e6, "guessed")


def test_break_even_breaks_even_to_a_dollar(ledger: Ledger) -> None:
    def jwo(sales: float) -> float:
        return jwo_usd_year(ledger, "market", "CA", 37_000, sales, "installed")

    def staffed(sales: float) -> float:
        return staffed_usd_year(ledger, "market", "CA", sales)

    sales = break_even_sales_usd_year(jwo, staffed)
    assert jwo(sales) == pytest.approx(staffed(sales), abs=1)
    assert sales == pytest.approx(34e6, rel=0.03)
    assert sales / 42 == pytest.approx(820_000, rel=0.03)


def test_cheaper_at_first_and_dearer_later_is_not_yet_a_break_even() -> None:
    """Below 100 the first is cheaper, to 900 the second, from there the first for good."""

    def first(sales: float) -> float:
        return 0.5 * sales

    def second(sales: float) -> float:
        return max(50.0, 0.625 * sales - 112.5)

    assert first(50) < second(50)
    assert first(500) > second(500)
    assert break_even_sales_usd_year(first, second, most=10_000) == pytest.approx(900, abs=0.01)


def test_no_break_even_is_not_a_number() -> None:
    never = break_even_sales_usd_year(lambda s: 10 + s, lambda s: 0.5 * s)
    assert never != never  # noqa: PLR0124 - NaN is the only number unlike itself
    assert break_even_sales_usd_year(lambda s: s, lambda s: s + 1) == 0


@given(sales=st.floats(1e5, 1e8), more=st.floats(1.0, 3.0))
def test_cost_never_falls_when_sales_or_wages_rise(sales: float, more: float) -> None:
    rows = {**COMMON, "jwo_cloud_usd_year": 1e5, "wage_cashier_usd_per_hour": 15.0}
    rows |= {NAMES[name]: value for name, value in FORMATS["market"].items()}
    base = ledger_of(rows)
    dear = base.with_overrides({"wage_cashier_usd_per_hour": 15.0 * more})
    for cost in (
        lambda book, at: staffed_usd_year(book, "market", "NY", at),
        lambda book, at: jwo_usd_year(book, "market", "NY", 37_000, at, "installed"),
    ):
        assert cost(base, sales * more) >= cost(base, sales)
        assert cost(dear, sales) >= cost(base, sales)
