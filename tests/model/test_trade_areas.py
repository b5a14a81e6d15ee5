"""Trade areas of the pencil case by hand, of the bundled case against what was fitted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.affinity import TRAITS, affinity, traits
from retail_portfolio.model.market.calibration import survey_trip_ratio
from retail_portfolio.model.market.factors import LEAST_FACTOR, target_sales_usd_year
from retail_portfolio.model.market.geography import geography, option_size_sqft
from retail_portfolio.model.market.spending import (
    food_at_home_usd,
    grocery_spending_usd_year,
    size_ratio,
)
from retail_portfolio.model.market.trade_areas import TradeAreas, follow, trade_areas
from retail_portfolio.model.market.unseen import (
    BANDS,
    MOST_UNSEEN,
    cells_of,
    density_band,
    unseen_ratio_of_points,
    unseen_table,
)
from retail_portfolio.model.planning.plan import plan
from retail_portfolio.model.planning.plan_task import plan_task
from tests.model.conftest import PENCIL_LEDGER, bill_of, ledger_of


@pytest.fixture(scope="module")
def trade(case: Case) -> TradeAreas:
    return trade_areas(case)


def with_rows(case: Case, **rows: float) -> Case:
    """The pencil case with further rows; two underlines stand for a dot."""
    more = {key.replace("__", "."): value for key, value in rows.items()}
    return replace(case, ledger=ledger_of(PENCIL_LEDGER | more))


def test_options_are_the_trading_stores_and_then_the_candidates(pencil_case: Case) -> None:
    options = geography(pencil_case).options
    assert options["option"].tolist() == ["shop-1", "kiosk-1", "salon-1", "shop-1:salon"]
    assert options["status"].tolist() == ["closing", "closing", "open", "candidate"]
    assert options["covered"].tolist() == [True, False, True, True]
    areas = trade_areas(pencil_case)
    assert areas.before.tolist() == [True, True, True, False]
    assert areas.after.tolist() == [False, False, True, False]
    assert areas.position("shop-1:salon") == 3
    with pytest.raises(KeyError):
        areas.position("nowhere")


def test_each_format_sells_what_is_known_of_it(pencil_case: Case) -> None:
    areas = trade_areas(pencil_case)
    sold = huff.sales_usd_year(areas.market, areas.before)
    assert sold[0] == pytest.approx(400 * 10_000)
    assert sold[2] == pytest.approx(900 * 12_000)
    assert areas.unmet == ()
    assert areas.factors["kiosk"] == 1, "no kiosk stands among demand points"


def test_what_is_no_supermarket_has_its_share_while_all_trade(pencil_case: Case) -> None:
    areas = trade_areas(pencil_case)
    total = huff.total_attraction(areas.market, areas.before)
    assert areas.market.elsewhere / total == pytest.approx([0.2, 0.2])


def test_the_share_elsewhere_follows_density(pencil_case: Case) -> None:
    crowded = with_rows(pencil_case, spending_outside_supermarkets_share__band4=0.5)
    demand = crowded.demand.assign(population_per_sq_km=[0.0, 6_000.0])
    areas = trade_areas(replace(crowded, demand=demand))
    total = huff.total_attraction(areas.market, areas.before)
    assert areas.market.elsewhere / total == pytest.approx([0.2, 0.5])


def test_following_another_scenario_is_refused(pencil_case: Case) -> None:
    base = trade_areas(pencil_case)
    scenario = pencil_case.scenario.model_copy(update={"trade_area_minutes": 10.0})
    with pytest.raises(ValueError, match="trade_area_minutes"):
        follow(replace(pencil_case, scenario=scenario), base)


def test_a_format_that_nobody_reaches_is_told(pencil_case: Case) -> None:
    matrix = pd.DataFrame(
        {
            "from_id": ["p-shop"],
            "to_id": ["market-1"],
            "travel_minutes": [3.0],
            "travel_km": [1.0],
        }
    )
    assert trade_areas(replace(pencil_case, travel_times=matrix)).unmet == ("salon", "shop")


def test_exponential_decay_by_hand(pencil_case: Case) -> None:
    """Every store of a point is 2 minutes away: exp(-0.6) remains of 50,000 and 25,000 sq ft."""
    moved = with_rows(pencil_case, huff_distance_rate_per_minute=0.3)
    scenario = moved.scenario.model_copy(update={"distance_decay": "exponential"})
    areas = trade_areas(replace(moved, scenario=scenario))
    assert areas.market.rivals == pytest.approx(np.array([50_000, 25_000]) * np.exp(-0.6))


def test_a_factor_set_by_hand_is_kept_and_a_fitted_one_follows(pencil_case: Case) -> None:
    by_hand = with_rows(pencil_case, banner_factor__salon=2.5)
    assert trade_areas(by_hand).factors["salon"] == 2.5
    rows = dict(by_hand.ledger.items())
    rows["banner_factor.salon"] = replace(rows["banner_factor.salon"], origin="modelled")
    fitted = replace(by_hand, ledger=type(by_hand.ledger)(tuple(rows.values())))
    assert trade_areas(fitted).factors["salon"] == pytest.approx(
        trade_areas(pencil_case).factors["salon"]
    )


def test_a_target_beyond_what_people_spend_is_told(pencil_case: Case) -> None:
    rich = with_rows(pencil_case, sales_usd_per_sqft_year__salon=5_000)
    areas = trade_areas(rich)
    assert areas.unmet == ("salon",)
    sold = huff.sales_usd_year(areas.market, areas.before)
    assert sold[2] == pytest.approx(32e6, rel=0.01), "everything that supermarkets share"


def test_stores_without_rivals_end_at_the_least_factor_and_are_told(pencil_case: Case) -> None:
    """People who have own stores alone spend all they spend there, whatever a factor says."""
    nobody = pencil_case.competitors.iloc[:0]
    poor = with_rows(replace(pencil_case, competitors=nobody), sales_usd_per_sqft_year__salon=50)
    areas = trade_areas(poor)
    assert "salon" in areas.unmet
    assert areas.factors["salon"] >= LEAST_FACTOR
    assert np.isfinite(areas.market.by_point.data).all()
    task = plan_task(poor, bill_of(poor).table)
    assert "cannot meet the sales that the tables give" in plan(task).sentence
    assert "Salon" in plan(task).sentence
    usual = plan(plan_task(pencil_case, bill_of(pencil_case).table)).sentence
    assert "cannot meet" not in usual


def test_a_candidate_uses_no_more_than_the_largest_floor_of_its_format(
    pencil_case: Case,
) -> None:
    options = geography(pencil_case).options
    assert option_size_sqft(pencil_case, options).tolist() == [10_000, 1_000, 12_000, 10_000]
    small = with_rows(pencil_case, size_sqft__salon=5_000)
    assert option_size_sqft(small, options)[3] == pytest.approx(5_500), "high is a tenth above"
    assert option_size_sqft(small, options)[2] == 12_000, "a store that trades keeps its floor"


@pytest.mark.slow
def test_following_rebuilds_no_more_than_is_asked_for(pencil_case: Case) -> None:
    base = trade_areas(pencil_case)
    other = pencil_case.with_ledger(pencil_case.ledger.with_overrides({"avg_tenure_years": 9}))
    assert follow(other, base) is base
    moved = with_rows(pencil_case, huff_distance_exponent=3)
    same_place = follow(moved, base)
    assert same_place.geography is base.geography
    assert same_place.market is not base.market
    slower = with_rows(pencil_case, access_minutes=5)
    assert follow(slower, base).geography is not base.geography
    assert follow(slower, base).factors == trade_areas(slower).factors


def test_water_can_put_a_store_out_of_reach(pencil_case: Case) -> None:
    """The kiosk takes the county of the nearest demand point; the salon lies in another."""
    near = pencil_case.stores.assign(
        lat=pencil_case.stores["lat"].where(pencil_case.stores["store_id"] != "salon-1", 40.05)
    )
    demand = pencil_case.demand.assign(lat=[40.0, 40.05])
    dry = replace(pencil_case, stores=near, demand=demand)
    barrier = pd.DataFrame(
        {
            "county_a": ["01001"],
            "county_b": ["01003"],
            "west_of_lon": [np.nan],
            "lat_from": [np.nan],
            "lat_to": [np.nan],
            "penalty_minutes": [60.0],
        }
    )
    wet = replace(dry, barriers=barrier)
    assert len(geography(dry).reach.store) > len(geography(wet).reach.store)
    reach = geography(wet).reach
    salon_to = reach.point[reach.store == 2]
    assert salon_to.tolist() == [1]


def test_a_travel_matrix_takes_over(pencil_case: Case) -> None:
    times = pd.DataFrame(
        {
            "from_id": ["p-shop", "p-shop", "p-salon"],
            "to_id": ["shop-1", "market-1", "salon-1"],
            "travel_minutes": [4.0, 8.0, 3.0],
            "travel_km": [1.0, 2.0, 0.5],
        }
    )
    ground = geography(replace(pencil_case, travel_times=times))
    assert ground.reach.store.tolist() == [0, 3, 2], "a candidate stands where its store stands"
    assert ground.reach.minutes.tolist() == [4.0, 4.0, 3.0]
    assert ground.rivals.minutes.tolist() == [8.0]


# -------------------------------------------------------------------------- spending, affinity
def test_spending_by_income(pencil_case: Case) -> None:
    incomes = np.array([1_000.0, 20_000.0, np.sqrt(20_000 * 40_000), 60_000.0, 900_000.0])
    spent = food_at_home_usd(incomes, pencil_case.ledger)
    assert spent == pytest.approx([2_000, 2_000, 3_000, 5_000, 20_000])
    total = grocery_spending_usd_year(pencil_case.demand, pencil_case.ledger)
    assert total.tolist() == pytest.approx([40e6, 40e6])


def test_larger_households_spend_more_and_a_head_less(pencil_case: Case) -> None:
    """4 and 1 people a household, 3 on average: 2 and 1 times the root of a third."""
    demand = pencil_case.demand.assign(population=[32_000.0, 4_000.0])
    total = grocery_spending_usd_year(demand, pencil_case.ledger)
    assert total.tolist() == pytest.approx([40e6 * (4 / 3) ** 0.5, 40e6 * (1 / 3) ** 0.5])
    nobody = demand.assign(population=[32_000.0, 0.0])
    assert size_ratio(nobody, pencil_case.ledger).tolist() == [1, 1]


def test_households_without_income_are_named(pencil_case: Case) -> None:
    demand = pencil_case.demand.assign(median_household_income_usd=[np.nan, 50_000.0])
    with pytest.raises(ValueError, match="no income, first p-shop"):
        grocery_spending_usd_year(demand, pencil_case.ledger)
    nobody = demand.assign(households=[0.0, 10.0])
    assert grocery_spending_usd_year(nobody, pencil_case.ledger)[0] == 0


def test_incomes_have_to_rise(pencil_case: Case) -> None:
    odd = with_rows(pencil_case, household_income_usd__quintile3=30_000)
    with pytest.raises(ValueError, match="has to rise"):
        food_at_home_usd(np.array([1.0]), odd.ledger)


def test_affinity_by_hand(pencil_case: Case) -> None:
    """Mean share of 0.35 over 12,000 households of a metro; slope 2, strength 0.5."""
    one_metro = pencil_case.demand.assign(metro_id="here-yy")
    of_points = traits(one_metro)
    assert of_points["share_bachelors"].tolist() == pytest.approx([-0.1, 0.2])
    assert of_points["log_density"].tolist() == [0, 0], "no density is known: average"
    slopes = with_rows(pencil_case, affinity_share_bachelors__salon=2, affinity_strength=0.5)
    factor = affinity(of_points, slopes.ledger, "salon")
    assert factor == pytest.approx(np.exp([-0.1, 0.2]))
    assert affinity(of_points, slopes.ledger, "shop").tolist() == [1, 1]
    apart = traits(pencil_case.demand)
    assert apart["share_bachelors"].tolist() == [0, 0], "what parts metros, the slopes do not know"


def test_unknown_traits_are_average(pencil_case: Case) -> None:
    demand = pencil_case.demand.assign(share_bachelors=[np.nan, 0.55])
    assert traits(demand)["share_bachelors"].tolist() == [0, 0]


# ------------------------------------------------------------------------------- unseen rivals
def test_density_bands() -> None:
    given = np.array([np.nan, 0, 999, 1_000, 2_499, 2_500, 4_999, 5_000, 40_000])
    assert density_band(given).tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_unseen_rivals_by_hand() -> None:
    """Reference 10 sq ft; the metro lists 4 of rivals and 1 of its own: 5 of 4 are unseen."""
    demand = pd.DataFrame(
        {
            "metro_id": ["a", "b"],
            "households": [100_000.0, 100_000.0],
            "population_per_sq_km": [100.0, 100.0],
        }
    )
    ledger = ledger_of({f"supermarket_sqft_per_household.{band}": 10 for band in BANDS})
    table = unseen_table(
        cells_of(demand),
        np.array([0, 1, -1]),
        np.array([400_000.0, 2_000_000, 9e9]),
        np.array([0]),
        np.array([100_000.0]),
        ledger,
    )
    assert table["unseen_ratio"].tolist() == pytest.approx([1.25, 0.0])
    assert unseen_ratio_of_points(cells_of(demand), table) == pytest.approx([1.25, 0.0])
    none_listed = unseen_table(
        cells_of(demand), np.zeros(0, int), np.zeros(0), np.zeros(0, int), np.zeros(0), ledger
    )
    assert none_listed["unseen_ratio"].tolist() == [MOST_UNSEEN, MOST_UNSEEN]
    without = unseen_table(
        cells_of(demand),
        np.array([0]),
        np.array([1.0]),
        np.zeros(0, int),
        np.zeros(0),
        ledger_of({}),
    )
    assert without["unseen_ratio"].tolist() == [0, 0]


def test_a_thin_band_takes_the_ratio_of_its_metro() -> None:
    demand = pd.DataFrame(
        {
            "metro_id": ["a", "a"],
            "households": [100_000.0, 1_000.0],
            "population_per_sq_km": [100.0, 9_000.0],
        }
    )
    ledger = ledger_of({f"supermarket_sqft_per_household.{band}": 10 for band in BANDS})
    table = unseen_table(
        cells_of(demand),
        np.array([0, 1]),
        np.array([505_000.0, 0.0]),
        np.zeros(0, int),
        np.zeros(0),
        ledger,
    )
    assert table["unseen_ratio"].tolist() == pytest.approx([495 / 505, 1.0], abs=0.03)
    assert table["unseen_ratio"].iloc[1] == pytest.approx((1_010_000 - 505_000) / 505_000)


# --------------------------------------------------------------------------- the bundled case
@pytest.mark.slow
def test_the_bundled_formats_sell_what_the_ledger_says(case: Case, trade: TradeAreas) -> None:
    sold = huff.sales_usd_year(trade.market, trade.before)
    wanted = target_sales_usd_year(case, trade.options)
    covered = trade.before & trade.options["covered"].to_numpy()
    for fmt in set(trade.options["format"]):
        rows = covered & (trade.options["format"] == fmt).to_numpy()
        assert sold[rows].sum() == pytest.approx(wanted[rows].sum(), rel=1e-9)
    assert trade.unmet == ()
    assert trade.factors["daily_shop"] == trade.factors["wfm"], "no store of it trades yet"
    for fmt in sorted(set(trade.options.loc[trade.before, "format"])):
        factor = trade.factors[fmt]
        assert factor == pytest.approx(case.ledger.value("banner_factor", format=fmt), rel=1e-5), (
            "the ledger's fitted value is what the fit gives"
        )


@pytest.mark.slow
def test_all_spending_is_accounted_for(case: Case, trade: TradeAreas) -> None:
    total = huff.total_attraction(trade.market, trade.before)
    spent = trade.market.spending_usd_year
    at_rivals = np.divide(
        spent * (trade.market.rivals + trade.market.elsewhere),
        total,
        out=np.zeros_like(total),
        where=total > 0,
    )
    nobody = spent[huff.unreached(trade.market, trade.before)].sum()
    own = huff.sales_usd_year(trade.market, trade.before).sum()
    assert own + at_rivals.sum() + nobody == pytest.approx(spent.sum(), rel=1e-12)
    assert nobody / spent.sum() < 0.01


def test_the_order_of_the_register_changes_nothing(pencil_case: Case) -> None:
    turned = replace(pencil_case, stores=pencil_case.stores.iloc[::-1].reset_index(drop=True))
    here, there = trade_areas(pencil_case), trade_areas(turned)
    sales = {
        areas.options["option"][j]: sold
        for areas in (here,)
        for j, sold in enumerate(huff.sales_usd_year(areas.market, areas.before))
    }
    for j, sold in enumerate(huff.sales_usd_year(there.market, there.before)):
        assert sold == pytest.approx(sales[there.options["option"][j]], rel=1e-9)


def test_the_survey_is_in_the_ledger(case: Case) -> None:
    assert survey_trip_ratio(case.ledger) == pytest.approx(3.79 / 2.14)
    assert all(case.ledger.has(f"affinity_{trait}", format="wfm") for trait in TRAITS)


def test_cells_are_pairs_of_a_metro_and_a_band() -> None:
    """Bands 0 and 1 of metro a, band 3 of metro b; unknown density is band 0."""
    demand = pd.DataFrame(
        {
            "metro_id": ["b", "a", "a", "a"],
            "households": [10.0, 1.0, 2.0, 4.0],
            "population_per_sq_km": [9_000.0, np.nan, 1_500.0, 10.0],
        }
    )
    cells = cells_of(demand)
    assert cells.metro_id.tolist() == ["a", "a", "b"]
    assert cells.band.tolist() == [0, 1, 3]
    assert cells.of_point.tolist() == [2, 0, 1, 0]
    assert cells.households.tolist() == [5.0, 2.0, 10.0]
    floor = cells.floor_sqft(np.array([0, -1, 3, 1, 2]), np.array([7.0, 99.0, 5.0, 3.0, 1.0]))
    assert floor.tolist() == [8.0, 1.0, 7.0]
    assert cells.of_whole_metro(floor).tolist() == [9.0, 9.0, 7.0]
