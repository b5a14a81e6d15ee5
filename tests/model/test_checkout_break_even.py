"""Break-evens that break even, to the dollar, and the years and surfaces made of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.checkouts.checkout import range_names
from retail_portfolio.model.checkouts.checkout_break_even import (
    AXES,
    break_even_sales_usd_year,
    break_even_surface,
    break_even_with,
    break_even_with_staffed,
    checkout_surfaces,
)
from retail_portfolio.model.checkouts.checkout_bridge import (
    checkout_bridges,
    checkout_levers,
    what_has_to_be_true,
)
from retail_portfolio.model.checkouts.checkout_curves import cost_curves
from retail_portfolio.model.checkouts.checkout_technologies import annual_cost_usd
from retail_portfolio.model.checkouts.checkout_terms import terms_of
from retail_portfolio.model.checkouts.checkout_years import (
    FALL_PER_YEAR,
    break_even_years,
    needed_fall,
    year_reached,
)
from tests.model.checkout_cases import FORMATS, JWO, worked_terms


@pytest.mark.parametrize("fmt", FORMATS)
def test_break_even_breaks_even_to_a_dollar(fmt: str) -> None:
    terms = worked_terms(fmt)
    size = terms["reference_size_sqft"]
    found = 0
    for technology, reading in terms.rows():
        sales = break_even_with_staffed(terms, technology, reading, size)
        if not sales > 0:
            continue
        found += 1
        first = annual_cost_usd(terms, technology, reading, size, sales)
        assert first == pytest.approx(annual_cost_usd(terms, "staffed", "", size, sales), abs=1)
        above = annual_cost_usd(terms, technology, reading, size, sales * 1.01)
        assert above < annual_cost_usd(terms, "staffed", "", size, sales * 1.01)
        below = annual_cost_usd(terms, technology, reading, size, sales * 0.99)
        assert below > annual_cost_usd(terms, "staffed", "", size, sales * 0.99)
    assert found >= 5


def test_the_market_needs_three_times_its_sales() -> None:
    sales = break_even_with_staffed(worked_terms(), "jwo_vision", "installed", 37_000)
    assert sales == pytest.approx(34e6, rel=0.01)
    assert sales / 42 == pytest.approx(820_000, rel=0.03)


def test_staffed_lanes_have_no_break_even_with_themselves() -> None:
    assert math.isnan(break_even_with_staffed(worked_terms(), "staffed", "", 37_000))


def test_cheaper_at_first_and_dearer_later_is_not_yet_a_break_even() -> None:
    """Below 100 the first is cheaper, to 900 the second, from there the first for good."""

    def first(sales: float) -> float:
        return 0.5 * sales

    def second(sales: float) -> float:
        return max(50.0, 0.625 * sales - 112.5)

    assert first(50) < second(50)
    assert first(500) > second(500)
    assert break_even_sales_usd_year(first, second, [260.0], most=10_000) == pytest.approx(900)


def test_never_is_not_a_number_and_always_is_zero() -> None:
    assert math.isnan(break_even_sales_usd_year(lambda s: 10 + s, lambda s: 0.5 * s))
    assert break_even_sales_usd_year(lambda s: s, lambda s: s + 1) == 0


@pytest.mark.slow
@given(
    wage=st.floats(8, 60),
    price=st.floats(0, 5e5),
    basket=st.floats(3, 100),
    size=st.floats(500, 60_000),
)
def test_break_even_holds_wherever_it_is(
    wage: float, price: float, basket: float, size: float
) -> None:
    terms = worked_terms(
        wage_cashier_usd_per_hour=wage, jwo_capex_usd_at_1000_sqft=price, basket_usd=basket
    )
    for technology, reading in (("jwo_vision", "installed"), ("self_checkout", "")):
        sales = break_even_with_staffed(terms, technology, reading, size)
        if sales > 0:
            gap = annual_cost_usd(terms, technology, reading, size, sales)
            assert gap == pytest.approx(annual_cost_usd(terms, "staffed", "", size, sales), abs=1)


@pytest.mark.slow
@given(more=st.floats(1.0, 4.0))
def test_break_even_moves_the_way_it_has_to(more: float) -> None:
    """Dearer technology and larger floors need more sales, dearer cashiers fewer."""
    terms = worked_terms()

    def sales(size: float = 37_000, **values: float) -> float:
        return break_even_with_staffed(terms.replaced(**values), "jwo_vision", "installed", size)

    assert sales(jwo_capex_usd_at_1000_sqft=159_000 * more) >= sales()
    assert sales(size=37_000 * more) >= sales()
    assert sales(jwo_review_share_of_visits=min(1.0, 0.2 * more)) >= sales()
    assert sales(wage_cashier_usd_per_hour=19.26 * more) <= sales()


# ------------------------------------------------------------------------------- the real ledger
@pytest.fixture(scope="module")
def fresh_surface(case: Case):
    return break_even_surface(case, "fresh", "wage_usd_per_hour", "capex_fall_share_since_2017")


def test_a_surface_is_monotone_along_both_axes(fresh_surface) -> None:
    grid = fresh_surface.pivot_table(
        index="down_value", columns="across_value", values="break_even_sales_usd_year"
    ).to_numpy()
    assert grid.shape == (6, 6)
    assert (grid[:, 1:] <= grid[:, :-1]).all()
    assert (grid[1:] <= grid[:-1]).all()


def test_a_surface_tells_transactions_too(fresh_surface, case: Case) -> None:
    basket = case.ledger.value("basket_usd", format="fresh")
    wanted = fresh_surface["break_even_sales_usd_year"] / basket
    assert fresh_surface["break_even_transactions_year"].tolist() == pytest.approx(wanted.tolist())


def test_every_point_of_a_surface_is_a_break_even(case: Case) -> None:
    row = break_even_surface(case, "fresh", "size_sqft", "review_share").iloc[-1]
    terms = worked_terms(jwo_review_share_of_visits=row["down_value"])
    there = terms.replaced(basket_usd=case.ledger.value("basket_usd", format="fresh"))
    sales = row["break_even_sales_usd_year"]
    size = row["across_value"]
    assert annual_cost_usd(there, "jwo_vision", "installed", size, sales) == pytest.approx(
        annual_cost_usd(there, "staffed", "", size, sales), abs=1
    )


@pytest.mark.slow
def test_surfaces_of_every_format_and_reading(case: Case) -> None:
    table = checkout_surfaces(case).table
    assert set(table["format"]) == set(case.scenario.checkout_formats)
    assert set(table["reading"]) == {"installed", "annualised"}
    assert set(table["across"]) | set(table["down"]) == set(AXES)


def test_an_unknown_axis_is_named(case: Case) -> None:
    with pytest.raises(InputError, match=r"axis.*did you mean 'size_sqft'"):
        break_even_surface(case, "fresh", "size_sqf", "review_share")


# ------------------------------------------------------------------------------------------ years
PATH = [(2017.0, 4e6), (2021.0, 1e5), (2026.0, 1e5)]


@pytest.mark.parametrize(
    ("left", "fall", "year"),
    [
        (0.5, 0.5, 2027.0),
        (0.25, 0.5, 2028.0),
        (0.5, 0.0, math.inf),
        (0.0, 0.5, math.inf),
        (-1.0, 0.9, math.inf),
        (1.0, 0.0, 2021.0),
        (40.0, 0.1, 2017.0),
        (math.sqrt(40), 0.1, 2019.0),
        (1000.0, 0.1, 2017.0),
    ],
)
def test_the_year_a_price_is_reached(left: float, fall: float, year: float) -> None:
    assert year_reached(left, PATH, fall) == pytest.approx(year)


def test_a_price_that_rose_again_counts_from_today() -> None:
    """160,000 was reached once, but today is 200,000: it has to be reached again."""
    path = [(2017.0, 4e6), (2021.0, 1e5), (2026.0, 2e5)]
    assert year_reached(0.8, path, 0.2) == pytest.approx(2027.0)


def test_needed_fall_makes_it_break_even() -> None:
    terms = worked_terms()
    left = needed_fall(terms, "installed", 37_000, 11e6)
    assert 0 < left < 1
    cheap = terms.replaced(
        jwo_capex_usd_at_1000_sqft=159_000 * left, jwo_cloud_usd_year=200_000 * left
    )
    assert annual_cost_usd(cheap, "jwo_vision", "installed", 37_000, 11e6) == pytest.approx(
        annual_cost_usd(terms, "staffed", "", 37_000, 11e6), abs=1
    )


@pytest.mark.slow
def test_years_of_the_bundled_case(case: Case) -> None:
    found = break_even_years(case, range_names(case))
    rows = found.table.query("reading == 'installed'")
    fresh = rows.query("format == 'fresh'").set_index("pace")
    assert math.isnan(fresh.loc["none", "year"])
    assert 2035 < fresh.loc["base", "year"] < 2050
    assert fresh.loc["base", "earliest_year"] < 2031
    assert math.isnan(fresh.loc["base", "latest_year"])
    assert fresh.loc["plan", "year"] < fresh.loc["base", "year"]
    assert (rows.query("format == 'wfm'")["year"] < 2021).all()
    assert "never" in found.sentence
    inner = found.table.dropna()
    assert (inner["earliest_year"] <= inner["year"]).all()
    assert (inner["year"] <= inner["latest_year"]).all()


def test_a_faster_fall_comes_sooner(case: Case) -> None:
    years = [
        break_even_years(
            replace(case, ledger=case.ledger.with_overrides({JWO.key(FALL_PER_YEAR): fall})), ()
        ).table.query("format == 'fresh' and pace == 'base'")["year"]
        for fall in (0.05, 0.1, 0.3)
    ]
    assert (years[0].to_numpy() > years[1].to_numpy()).all()
    assert (years[1].to_numpy() > years[2].to_numpy()).all()


# ------------------------------------------------------------------------------- bridge and levers
def test_the_bridge_changes_the_price_and_nothing_else(case: Case) -> None:
    rows = checkout_bridges(case).table.query("format == 'fresh'")
    assert rows["year"].tolist() == ["2017", "2017", "2021", "2021", "2026", "2026"]
    assert rows["staffed_usd_year"].nunique() == 1
    assert rows["technology_origin"].tolist() == ["reported"] * 4 + ["assumed"] * 2
    yearly = rows[rows["reading"] == "annualised"].set_index("year")
    difference = yearly.loc["2017", "annual_cost_usd"] - yearly.loc["2021", "annual_cost_usd"]
    assert difference == pytest.approx((4_000_000 - 159_000) * 37**0.75)


@pytest.mark.parametrize("fmt", ["fresh", "go", "wfm", "daily_shop"])
def test_a_lever_pulled_as_far_as_it_says_closes_the_gap(case: Case, fmt: str) -> None:
    names = {
        "Price of the technology at 1,000 sq ft": "jwo_capex_usd_at_1000_sqft",
        "Cashier wage": "wage_cashier_usd_per_hour",
        "People at entry and for checks of age": "entry_staff",
        "Cloud and edge support": "jwo_cloud_usd_year",
    }
    rows = what_has_to_be_true(case, fmt).table
    rows = rows[rows["lever"].isin(names) & rows["needed"].notna()]
    for row in rows.to_dict("records"):
        terms = terms_of(case.ledger, fmt, "CA", codes=JWO).replaced(
            **{names[row["lever"]]: row["needed"]}
        )
        size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
        others = [t for t in terms.technologies if t not in JWO.walk_out]
        least = min(annual_cost_usd(terms, t, "", size, sales) for t in others)
        found = annual_cost_usd(terms, "jwo_vision", row["reading"], size, sales)
        assert found == pytest.approx(least, abs=1)


@pytest.mark.slow
def test_sales_needed_beat_every_technology_with_a_checkout(case: Case) -> None:
    row = checkout_levers(case).table.query("format == 'go' and lever == 'Sales of the store'")
    sales = row["needed"].iloc[0]
    terms = terms_of(case.ledger, "go", "CA", codes=JWO)
    others = ("staffed", "self_checkout")
    found = [break_even_with(terms, "jwo_vision", "installed", 2_000, other) for other in others]
    assert sales == pytest.approx(max(found))
    assert not row["within_range"].any()


def test_even_free_equipment_would_not_do(case: Case) -> None:
    found = what_has_to_be_true(case, "fresh")
    price = found.table.iloc[0]
    assert price["reading"] == "installed"
    assert math.isnan(price["needed"])
    assert "Even free equipment would not do (installed reading)" in found.sentence


def test_curves_pass_through_the_worked_case(case: Case) -> None:
    curves = cost_curves(case, "fresh")
    here = curves.table[curves.table["reference"]].set_index(["technology", "reading"])
    assert here["annual_cost_usd"]["staffed", ""] == pytest.approx(503_000, rel=0.002)
    assert here["annual_cost_usd"]["jwo_vision", "installed"] == pytest.approx(1_396_000, rel=1e-3)
    assert "USD 34 M of sales a year; such a store sells USD 11 M" in curves.sentence
