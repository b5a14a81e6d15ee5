"""What the map shows beside the stores, and what other plans make of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.settings.scenario_parts import MapTiles
from retail_portfolio.present.map_kinds import kinds_of
from retail_portfolio.present.mapping.map_data import MANY, MapSettings
from retail_portfolio.present.mapping.map_layers import FINEST, LEAST_FLOW_USD, SHADES, MapExtras
from retail_portfolio.present.mapping.maps import (
    inline,
    looks,
    map_page,
    portfolio_map,
    tile_hosts,
    write_map,
)
from tests.conftest import BUNDLED
from tests.present import sample
from tests.present.test_maps import data_of, drawn
from tests.present.test_packing import unpacked_numbers, unpacked_texts


def rivals(*, hostile=False):
    names = sample.HOSTILE if hostile else ("Food Barn", "Food Barn", "Corner Deli")
    count = len(names)
    return pd.DataFrame(
        {
            "competitor_id": [f"rival-{place}" for place in range(count)],
            "chain": names,
            "street": names if hostile else ["1 Main St", None, "3 Main St"],
            "city": "Northport",
            "state": "WA",
            "lat": 47.6 + 0.01 * np.arange(count),
            "lon": -122.3,
            "size_sqft": 41000.0,
            "as_of": "2024-03",
        }
    )


def households():
    income = [40_000.0, 60_000.0, 80_000.0, 100_000.0, 150_000.0, np.nan]
    return pd.DataFrame(
        {
            "lat": [47.6, 47.61, 47.62, 47.63, 47.64, None],
            "lon": -122.3,
            "households": [100, 200, 300, 400, 500, 600],
            "median_household_income_usd": income,
        }
    )


def transfer(frame):
    first, second = frame[frame["status"] == "closing"]["store_id"].iloc[[0, 20]]
    stays = frame[frame["status"] == "open"]["store_id"].iloc[0]
    return pd.DataFrame(
        {
            "from_store_id": [first, first, first, first, second, second],
            "to": [stays, "competitors", "online", "lost", stays, "competitors"],
            "sales_usd_year": [250_000.0, 500_000.0, 150_000.0, 100_000.0, 1_000.0, 999_000.0],
        }
    )


def everything(**more):
    frame = sample.stores()
    extras = MapExtras(rivals(), households(), transfer(frame))
    return data_of(map_page(drawn(extras=extras, **more), "Map"))


def layer(data, key):
    return next(one for one in data["layers"] if one["key"] == key)


@pytest.mark.slow
def test_a_map_without_extras_has_the_layers_of_its_figures_only():
    data = data_of(map_page(drawn(), "Map"))
    assert {one["key"] for one in data["layers"]} <= {"chance", "cost"}
    assert layer(data, "cost")["count"] == sample.CLOSING_SMALL + sample.CLOSING_LARGE
    assert data["outflows"] is None
    assert data["tiles"] is None


@pytest.mark.slow
def test_competitors_stand_where_the_list_says():
    data = everything()
    found = layer(data, "competitors")
    assert found["count"] == 3
    assert unpacked_texts(found["chain"]) == ["Food Barn", "Food Barn", "Corner Deli"]
    assert unpacked_texts(found["where"])[:2] == ["1 Main St, Northport, WA", "Northport, WA"]
    assert unpacked_texts(found["size"]) == ["41,000 sq ft"] * 3
    lat = np.cumsum(unpacked_numbers(found["lat"])) / data["point_steps"]
    assert lat == pytest.approx([47.6, 47.61, 47.62], abs=1e-5)


@pytest.mark.slow
def test_demand_leaves_out_what_has_no_place_and_keeps_unknown_income_apart():
    found = layer(everything(), "demand")
    assert found["count"] == 5
    assert unpacked_numbers(found["households"]) == [100, 200, 300, 400, 500]
    assert unpacked_numbers(found["income_k"]) == [40, 60, 80, 100, 150]
    assert len(found["breaks_k"]) == len(found["break_texts"]) == SHADES - 1
    assert found["breaks_k"] == sorted(found["breaks_k"])
    unknown = households().assign(median_household_income_usd=np.nan)
    extras = MapExtras(demand=unknown)
    found = layer(data_of(map_page(drawn(extras=extras), "Map")), "demand")
    assert found["breaks_k"] == []
    assert set(unpacked_numbers(found["income_k"])) == {-1}


@pytest.mark.slow
def test_flows_between_stores_are_drawn_and_small_ones_are_left_out():
    data = everything()
    found = layer(data, "flows")
    start, end, part = unpacked_numbers(found["lines"])
    assert part == FINEST  # the widest, and the only one
    assert data["stores"][start]["status"] == "closing"
    assert data["stores"][end]["status"] == "open"
    assert LEAST_FLOW_USD > 1_000
    assert "USD 250 k a year" in found["note"]


@pytest.mark.slow
def test_a_card_says_where_the_sales_of_a_store_go():
    data = everything()
    parts = data["outflows"]["parts"]
    shares = np.reshape(unpacked_numbers(data["outflows"]["percent"]), (-1, len(parts)))
    assert parts == ["own stores", "competitors", "online", "other outlets"]
    assert shares.tolist() == [[25, 50, 15, 10], [0, 100, 0, 0]]


@pytest.mark.slow
def test_ranges_and_chances_come_from_the_draws():
    frame = sample.stores()
    closing = frame.index[frame["status"] == "closing"]
    frame.loc[closing[:2], "probability"] = [0.25, 1.0]
    for level, value in ((5, -2e6), (50, 1e6), (95, 4e6)):
        frame.loc[closing[0], f"npv_vs_exit_p{level}_usd"] = value
    data = data_of(map_page(portfolio_map(frame, settings=MapSettings(words=BUNDLED)), "Map"))
    assert unpacked_numbers(layer(data, "chance")["percent"]) == [25, 100]
    assert unpacked_numbers(data["ranges"]["parts"]) == [-FINEST // 2, FINEST // 4, FINEST]
    texts = unpacked_texts(data["ranges"]["texts"])
    assert texts == ["USD \u22122.0 M", "USD 1.0 M", "USD 4.0 M"]


@pytest.mark.slow
def test_what_other_plans_decide_has_its_kinds_from_the_start():
    frame = sample.stores()
    plan = sample.plan(frame)
    store = plan.table.query("decision == 'close'")["store_id"].iloc[-1]
    decisions = ((store, "convert_daily"), (store, "keep"), ("nobody", "convert_other"))
    data = data_of(map_page(drawn(extras=MapExtras(decisions=decisions)), "Map"))
    fates = {kind["fate"]: kind["count"] for kind in data["kinds"]}
    assert fates["convert_daily"] == fates["keep"] == 0
    assert "convert_other" not in fates


def test_a_store_of_the_wave_has_a_kind_for_the_time_before():
    kinds = kinds_of(sample.stores(), looks(sample.FORMATS))
    assert kinds["before", "hall"].label == "Market Hall, open before"
    assert kinds["before", "hall"].shape == kinds["close", "hall"].shape
    assert ("before", "green") not in kinds


@pytest.mark.slow
def test_hostile_competitors_stay_data():
    page = map_page(drawn(extras=MapExtras(rivals(hostile=True))), "Map")
    assert set(unpacked_texts(layer(data_of(page), "competitors")["chain"])) == set(sample.HOSTILE)
    for text in ("<img src=x", "<svg onload", "</script><script>window", "<!--<script"):
        assert text not in page


# ------------------------------------------------------------------------------- online tiles
TILES = MapTiles(url="https://tiles.example.org/{z}/{x}/{y}.png", credit="<b>Somebody</b> & others")


@pytest.mark.slow
def test_tiles_are_asked_for_by_nobody_but_the_reader(tmp_path):
    fmap = drawn(settings=MapSettings(formats=looks(sample.FORMATS), tiles=TILES, words=BUNDLED))
    page = write_map(fmap, tmp_path / "map.html", "Map").read_text("utf-8")
    assert tile_hosts(fmap) == ("https://tiles.example.org",)
    assert "img-src data: https://tiles.example.org;" in page
    assert "<b>Somebody</b>" not in page
    assert data_of(page)["tiles"]["credit"] == TILES.credit
    assert "https://tiles.example.org;" in inline(fmap).page


@pytest.mark.slow
def test_without_tiles_no_host_is_allowed():
    assert tile_hosts(drawn()) == ()
    assert "img-src data:;" in map_page(drawn(), "Map")


@pytest.mark.slow
def test_ten_thousand_stores_take_little_room():
    count = 10_000
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "store_id": [f"store-{place:05d}" for place in range(count)],
            "banner": "Market Hall",
            "format": "hall",
            "name": [f"Market Hall Place {place}" for place in range(count)],
            "street": [f"{place} High Street" for place in range(count)],
            "city": random.choice(["Northport", "Southport", "Laketown"], count),
            "state": "WA",
            "lat": random.uniform(26, 48, count),
            "lon": random.uniform(-123, -70, count),
            "status": "open",
            "size_sqft": random.integers(20, 60, count) * 1000.0,
            "point_precision_m": 100.0,
        }
    )
    page = map_page(portfolio_map(frame), "Map")
    data = data_of(page)
    assert data["kinds"][0]["count"] == count > data["many"] == MANY
    assert len(page.encode()) < 2_200_000


@pytest.mark.slow
@pytest.mark.parametrize("worth", [1e-3, 1.0, 4e12])
def test_sizes_are_parts_of_the_largest_whatever_that_is(worth):
    frame = sample.stores()
    closing = frame.index[frame["status"] == "closing"]
    frame.loc[closing[:2], "exit_cost_usd"] = [worth, worth / 4]
    for level in (5, 50, 95):
        frame.loc[closing[0], f"npv_vs_exit_p{level}_usd"] = worth
    frame.loc[closing[0], "point_precision_m"] = 1e12
    settings = MapSettings(words=BUNDLED)
    data = data_of(map_page(portfolio_map(frame, settings=settings), "Map"))
    found = layer(data, "cost")
    assert unpacked_numbers(found["parts"]) == [FINEST, FINEST // 4]
    assert found["most"] == FINEST
    assert unpacked_numbers(data["ranges"]["parts"]) == [FINEST] * 3
    assert max(store["precision_m"] for store in data["stores"]) == 20_000_000


@pytest.mark.slow
def test_a_place_off_the_earth_is_no_place_and_a_blank_format_is_a_kind():
    frame = sample.stores()
    frame.loc[:2, "lat"] = [np.inf, 91.0, np.nan]
    frame.loc[3, "lon"] = -181.0
    frame.loc[4:5, "format"] = [None, np.nan]
    data = data_of(map_page(portfolio_map(frame), "Map"))
    assert len(data["stores"]) == len(frame) - 4
    assert {kind["format"] for kind in data["kinds"] if kind["fate"] == "close"} >= {"", "hall"}


@pytest.mark.slow
def test_an_area_has_the_stores_that_are_nearest_to_it():
    frame = sample.stores()
    frame = (
        frame[frame["status"] == "closing"]
        .iloc[:3]
        .assign(lat=[40.0, 40.5, 41.5], lon=[-75.0, -75.0, -75.0])
    )
    metros = pd.DataFrame(
        {"name": ["South, PA", "North, PA", "Far, AK"], "lat": [40.0, 41.4, 61.0], "lon": -75.0}
    )
    data = data_of(map_page(portfolio_map(frame, metros=metros), "Map"))
    found = {one["name"]: one["bounds"] for one in data["metros"]}
    assert found["South"] == [[40.0, -75.0], [40.5, -75.0]]
    assert found["North"] == [[41.5, -75.0], [41.5, -75.0]]
    assert found["Far"] == []
    assert data["metros"][0]["name"] == "South"
