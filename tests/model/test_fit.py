"""The fits: siting, trips, the rows of the ledger, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.calibration import fitted_rows, survey_trip_ratio, with_fitted
from retail_portfolio.model.market.fit import (
    cutoff_check,
    fit_by_density,
    fit_by_metro,
    segment_check,
)
from retail_portfolio.model.market.fit_tested import exponents, strengths
from retail_portfolio.model.market.geography import Geography, geography
from retail_portfolio.model.market.siting import auc, fit_siting, logit
from retail_portfolio.model.market.sphere import KM_PER_MILE, great_circle_km
from retail_portfolio.model.market.trade_areas import TradeAreas, trade_areas
from retail_portfolio.model.market.trips import exponent_for_ratio, trip_miles, trip_ratio
from tests.model.conftest import PENCIL_LEDGER, ledger_of
from tools.calibrate import COMPLETE_COUNTIES, SITING_FORMATS


@pytest.fixture(scope="module")
def ground(case: Case) -> Geography:
    return geography(case)


@pytest.fixture(scope="module")
def trade(case: Case, ground: Geography) -> TradeAreas:
    return trade_areas(case, ground)


def test_auc_by_hand() -> None:
    """Of the pairs (2, 1), (2, 3), (3, 1), (3, 3) two and a half are in order."""
    score = np.array([2.0, 3.0, 1.0, 3.0])
    assert auc(score, np.array([True, True, False, False])) == 2.5 / 4
    assert np.isnan(auc(score, np.ones(4, bool)))


def test_logit_finds_the_slopes_that_made_the_data() -> None:
    rng = np.random.default_rng(5)
    design = np.column_stack([rng.normal(size=(40_000, 2)), np.ones(40_000)])
    truth = np.array([0.8, -0.5, -1.0])
    outcome = (rng.random(40_000) < 1 / (1 + np.exp(-(design @ truth)))).astype(float)
    found, error = logit(design, outcome)
    assert np.abs(found - truth).max() < 4 * error.max()
    assert 0.01 < error.max() < 0.02
    slope = design.T @ (1 / (1 + np.exp(-(design @ found))) - outcome)
    assert np.abs(slope).max() < 1e-3


def test_a_perfect_trait_has_no_slope() -> None:
    design = np.column_stack([np.linspace(-1, 1, 20), np.ones(20)])
    with pytest.raises(ValueError, match="no top"):
        logit(design, (design[:, 0] > 0).astype(float))


@pytest.mark.slow
def test_siting_of_the_bundled_case(case: Case) -> None:
    fit = fit_siting(case, "wfm")
    assert (fit.stores, fit.others) == (175, 4095)
    assert 0.75 < fit.auc < 0.83
    assert fit.slopes["share_bachelors"] > 4 * fit.standard_errors["share_bachelors"]
    assert set(fit.auc_by_metro) <= set(case.metros["metro_id"])


@pytest.mark.slow
def test_stores_that_are_left_out_do_not_count(case: Case) -> None:
    own = case.stores[(case.stores["status"] == "open") & (case.stores["format"] == "wfm")]
    near = own["state"].isin(["IL", "IN"]).to_numpy()
    fit = fit_siting(case, "wfm", leave_out=near)
    assert fit.stores == 175 - 27
    assert "chicago-il" not in fit.auc_by_metro
    assert fit.slopes["share_bachelors"] != fit_siting(case, "wfm").slopes["share_bachelors"]


def test_a_format_without_rivals_cannot_be_fitted(case: Case) -> None:
    alone = replace(case, competitors=case.competitors.iloc[:0])
    with pytest.raises(ValueError, match="no metro holds"):
        fit_siting(alone, "wfm")


@pytest.mark.slow
def test_the_trip_ratio_meets_the_survey(case: Case, ground: Geography) -> None:
    fitted = case.ledger.value("huff_distance_exponent")
    target = survey_trip_ratio(case.ledger)
    assert trip_ratio(case, ground, fitted) == pytest.approx(target, abs=1e-4)
    assert exponent_for_ratio(case, ground, target) == pytest.approx(fitted, rel=1e-5)
    scenario = case.scenario.model_copy(update={"distance_decay": "exponential"})
    rate = case.ledger.value("huff_distance_rate_per_minute")
    ratio = trip_ratio(replace(case, scenario=scenario), ground, rate)
    assert ratio == pytest.approx(target, abs=1e-4)


@pytest.mark.slow
def test_a_steeper_decay_sends_nobody_farther(case: Case, ground: Geography) -> None:
    ratios = [trip_ratio(case, ground, exponent) for exponent in (1.5, 2.0, 2.5, 3.0, 4.0)]
    assert ratios == sorted(ratios, reverse=True)
    chosen, least = trip_miles(case, ground, 2.0)
    known = ~np.isnan(chosen)
    assert (chosen[known] >= least[known] - 1e-9).all()


@pytest.mark.slow
def test_a_ratio_out_of_range_is_an_error(case: Case, ground: Geography) -> None:
    with pytest.raises(ValueError, match=r"no exponent of 0\.05 to 8\.0"):
        exponent_for_ratio(case, ground, 99.0)


@pytest.mark.slow
def test_fitted_rows_of_the_ledger_are_what_a_fit_gives(case: Case, ground: Geography) -> None:
    """Nothing fitted has gone stale, and every fitted row says that it is modelled."""
    rows, _ = fitted_rows(case, ground, COMPLETE_COUNTIES, SITING_FORMATS)
    assert {row.key for row in rows} == {
        key
        for key, row in case.ledger.items()
        if row.source.startswith(("Fitted here", "Carried over"))
    }
    for row in rows:
        kept = case.ledger[row.key]
        carried = row.key.startswith("supermarket_sqft_per_household")
        assert kept.origin == ("assumed" if carried else "modelled")
        assert (kept.low, kept.base, kept.high) == pytest.approx(
            (row.low, row.base, row.high), rel=2e-5
        ), row.key
    again = trade_areas(with_fitted(case, rows), ground)
    assert again.factors == pytest.approx(trade_areas(case, ground).factors, rel=1e-5)


@pytest.mark.slow
def test_fit_by_metro(case: Case, trade: TradeAreas) -> None:
    result = fit_by_metro(case, trade, "wfm")
    table = result.table.set_index("metro_id")
    assert set(table.index) == set(case.metros["metro_id"])
    assert table["stores"].sum() == 175
    average = case.ledger.value("sales_usd_per_sqft_year", format="wfm")
    residual = table["modelled_sales_usd_per_sqft_year"] / average - 1
    some = table["stores"] > 0
    assert table.loc[some, "residual_share"].to_numpy() == pytest.approx(
        residual[some].to_numpy(), abs=1e-9
    )
    assert (
        abs(np.average(table.loc[some, "residual_share"], weights=table.loc[some, "stores"])) < 0.05
    )
    assert table["unseen_share"].between(0, 1).all()
    assert table.loc["los-angeles-ca", "unseen_share"] == table["unseen_share"].min()


@pytest.mark.slow
def test_exponents_and_cutoff(case: Case, trade: TradeAreas) -> None:
    result = exponents(case, trade, "wfm")
    table = result.table
    assert {1.5, 2.0, 2.5} <= set(table["decay"])
    assert table["trip_ratio"].is_monotonic_decreasing
    assert "1.77 times as far" in result.sentence
    scenario = case.scenario.model_copy(update={"distance_decay": "exponential"})
    other = replace(case, scenario=scenario)
    rates = exponents(other, trade_areas(other, trade.geography), "wfm").table
    fitted = case.ledger.value("huff_distance_rate_per_minute")
    assert rates["decay"].to_numpy() == pytest.approx(np.array([0.5, 0.75, 1, 1.25]) * fitted)
    assert rates.loc[2, "trip_ratio"] == pytest.approx(survey_trip_ratio(case.ledger), abs=1e-4)
    assert rates["p10_usd_per_sqft_year"].nunique() == 4
    row = cutoff_check(case, trade).table.iloc[0]
    assert row["unreached_share"] == pytest.approx(
        row["unreached_usd_year"] / row["spending_usd_year"]
    )
    assert 0 < row["unreached_share"] < 0.01
    assert 0 < row["beyond_share"] < 0.15


def test_the_weight_of_affinity_is_told_where_there_is_one(pencil_case: Case) -> None:
    none = strengths(pencil_case, trade_areas(pencil_case), "salon")
    assert none.sentence == "The ledger has no affinity."
    rows = ledger_of(PENCIL_LEDGER | {"affinity_log_income.salon": 0.5})
    demand = pencil_case.demand.assign(metro_id="here-yy")
    case = replace(pencil_case, ledger=rows, demand=demand)
    areas = trade_areas(case)
    told = strengths(case, areas, "salon")
    without, full = told.table["candidates_p50_usd_per_sqft_year"].iloc[[0, -1]]
    assert without > full, "the shop stands where incomes are low"
    assert told.sentence == (
        f"With no weight on affinity the middle candidate sells USD {without:,.0f} a sq ft, with "
        f"full weight USD {full:,.0f}."
    )
    nowhere = strengths(case, areas, "kiosk").sentence
    assert nowhere == "No site could become a store of this format."


def test_the_cutoff_is_measured_by_one_scale(pencil_case: Case) -> None:
    """A second salon 40 km from the point counts by the factor that the first one has."""
    far = pencil_case.stores.iloc[[2]].assign(store_id="salon-2", lat=41.36)
    case = replace(
        pencil_case,
        stores=pd.concat([pencil_case.stores, far], ignore_index=True),
        scenario=pencil_case.scenario.model_copy(update={"trade_area_minutes": 40.0}),
    )
    trade = trade_areas(case)
    factor, size = trade.factors["salon"], 12_000
    minutes = [2.0, 2 + 2 * great_circle_km(41.0, -75.0, 41.36, -75.0) / KM_PER_MILE]
    assert 40 < minutes[1] < 60
    rivals = 25_000 / 2**2
    near, beyond = (factor * size / one**2 for one in minutes)
    at_salon = beyond / (near + beyond + rivals)
    spending = trade.market.spending_usd_year
    row = cutoff_check(case, trade).table.iloc[0]
    # Nothing more comes into the reach of the other point.
    assert row["beyond_share"] == pytest.approx(at_salon * spending[1] / spending.sum())


@pytest.mark.slow
def test_fit_by_density_counts_every_store_and_candidate(case: Case, trade: TradeAreas) -> None:
    table = fit_by_density(case, trade, "wfm").table
    assert (table["stores"].sum(), table["candidates"].sum()) == (175, 57)
    average = case.ledger.value("sales_usd_per_sqft_year", format="wfm")
    assert table["residual_share"].to_numpy() == pytest.approx(
        table["modelled_sales_usd_per_sqft_year"].to_numpy() / average - 1, abs=0.02
    )
    assert table["residual_share"].is_monotonic_increasing


@pytest.mark.slow
def test_stronger_affinity_parts_the_sites_more(case: Case, trade: TradeAreas) -> None:
    table = strengths(case, trade, "wfm").table
    spread = table["p90_usd_per_sqft_year"] / table["p10_usd_per_sqft_year"]
    assert spread.is_monotonic_increasing
    assert table["candidates_p50_usd_per_sqft_year"].is_monotonic_decreasing


@pytest.mark.slow
def test_a_format_without_stores_has_no_fit_and_no_error(case: Case, trade: TradeAreas) -> None:
    for told in (fit_by_metro, fit_by_density):
        assert told(case, trade, "nowhere").table["stores"].sum() == 0


def test_segment_sales_are_held_against_the_report(case: Case) -> None:
    result = segment_check(case, "physical_store_sales_2025_usd")
    assert result.table["stores"].sum() == 516 + 57 + 14
    total = result.table["sales_usd_year"].sum()
    assert total / case.ledger.value("physical_store_sales_2025_usd") == pytest.approx(1, abs=0.15)
    told = "USD 21 B a year against USD 23 B that are reported (\N{MINUS SIGN}8 %)"
    assert told in result.sentence
    assert "No reported sales" in segment_check(case, "nothing_of_the_kind").sentence


def test_traits_have_slopes_of_their_own() -> None:
    assert TRAITS == ("share_bachelors", "log_income", "log_density")
