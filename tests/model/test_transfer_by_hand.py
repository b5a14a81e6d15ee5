"""What closing and opening move, who keeps food nearby and whose areas overlap, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market.access import food_access
from retail_portfolio.model.market.catchments import catchment, overlap
from retail_portfolio.model.market.geography import geography
from retail_portfolio.model.market.trade_areas import TradeAreas, trade_areas
from retail_portfolio.model.market.transfer import (
    COMPETITORS,
    LOST,
    ONLINE,
    taken_table,
    transfer_table,
)
from tests.model.test_huff import market_from

SHOP, SALON = 0, 2
"""Positions of the pencil case's shop and salon among its options."""


def with_market(
    case: Case,
    own: list[list[float]],
    rivals: list[float],
    spending: list[float],
    elsewhere: list[float] | None = None,
) -> TradeAreas:
    """The pencil case's options over an attraction made by hand, points x options."""
    beyond = np.zeros(len(own)) if elsewhere is None else np.array(elsewhere)
    market = market_from(np.array(own), np.array(rivals), beyond, np.array(spending))
    return replace(trade_areas(case), market=market)


# ---------------------------------------------------------------------------------- transfer
def test_what_a_candidate_takes_from_one_store(pencil_case: Case) -> None:
    """After the wave the salon sells 1/2 of 1 M and 2/4 of 2 M, the site would 3/5 and 1/5.

    Of these 0.6 M and 0.4 M the salon had a half each. The shop, that closes, changes nothing.
    """
    areas = with_market(
        pencil_case,
        [[9.0, 0.0, 1.0, 3.0], [9.0, 0.0, 2.0, 1.0]],
        rivals=[1.0, 2.0],
        spending=[1e6, 2e6],
    )
    (row,) = taken_table(areas).to_dict("records")
    assert (row["store_id"], row["to_format"]) == ("shop-1", "salon")
    assert row["from_store_id"] == "salon-1"
    assert row["sales_usd_year"] == pytest.approx(0.5e6)
    assert row["share_of_candidate_sales"] == pytest.approx(0.5 / 1.0)
    assert row["share_of_store_sales"] == pytest.approx(0.5 / 1.5)


@pytest.mark.parametrize(
    ("salon", "rows"),
    [
        # 0.9 x 0.01 USD is dust and the competitors' with their own 0.49.
        (0.01, {ONLINE: 0.1, LOST: 0.45, COMPETITORS: 0.9 * 0.5}),
        (0.02, {"salon-1": 0.018, ONLINE: 0.1, LOST: 0.45, COMPETITORS: 0.9 * 0.48}),
    ],
)
def test_dust_goes_to_competitors(pencil_case: Case, salon: float, rows: dict[str, float]) -> None:
    """The shop sells half of 2 USD; what is open afterwards has an attraction of one in all."""
    areas = with_market(
        pencil_case,
        [[1.0, 0.0, salon, 0.0]],
        rivals=[0.5 - salon],
        spending=[2.0],
        elsewhere=[0.5],
    )
    table = transfer_table(pencil_case, areas)
    shop = table[table["from_store_id"] == "shop-1"].set_index("to")["sales_usd_year"]
    assert shop.to_dict() == pytest.approx(rows)


# ------------------------------------------------------------------------------- food access
def access_of(case: Case, limit: float) -> list[float]:
    """Households near the shop, left when it closes alone, and left in the wave."""
    scenario = case.scenario.model_copy(update={"food_access_minutes": limit})
    case = replace(case, scenario=scenario)
    table = food_access(case, geography(case)).table.set_index("store_id")
    columns = ["households_near", "households_left", "households_left_in_wave"]
    return [float(table[column]["shop-1"]) for column in columns]


@pytest.fixture
def measured(pencil_case: Case) -> Case:
    """The shop is 1.5 minutes from its 8,000 households, the market 15."""
    times = pd.DataFrame(
        {
            "from_id": ["p-shop", "p-shop"],
            "to_id": ["shop-1", "market-1"],
            "travel_minutes": [1.5, 15.0],
            "travel_km": [1.0, 10.0],
        }
    )
    return replace(pencil_case, travel_times=times)


@pytest.mark.slow
def test_the_limit_says_who_has_food_nearby(measured: Case) -> None:
    assert access_of(measured, 1.0) == [0, 0, 0], "nobody is so near that closing it matters"
    assert access_of(measured, 1.5) == [8_000, 8_000, 8_000]
    assert access_of(measured, 10.0) == [8_000, 8_000, 8_000], "the market is 15 minutes away"
    assert access_of(measured, 15.0) == [8_000, 0, 0]


@pytest.mark.parametrize(("sqft", "left"), [(5_000.0, 0), (4_999.0, 8_000)])
def test_an_open_store_beside_the_shop_keeps_food_nearby(
    pencil_case: Case, sqft: float, left: float
) -> None:
    stores = pencil_case.stores.assign(
        lat=[40.0, 40.1, 40.0], lon=[-75.0, -75.1, -75.0], size_sqft=[10_000.0, 1_000.0, sqft]
    )
    nobody = pencil_case.competitors.iloc[1:].reset_index(drop=True)
    assert access_of(replace(pencil_case, stores=stores, competitors=nobody), 10.0) == [
        8_000,
        left,
        left,
    ]


# -------------------------------------------------------------------------------- catchments
def test_overlap_is_with_seven_tenths_of_the_other_stores_sales(pencil_case: Case) -> None:
    """The salon sells 60, 30 and 10 at three points: the first is half, two are seven tenths.

    Of the shop's 30, 40 and 80 the first two points bring 70.
    """
    demand = pd.concat([pencil_case.demand, pencil_case.demand.iloc[[1]]], ignore_index=True)
    case = replace(pencil_case, demand=demand.assign(households=[1_000.0, 1_000.0, 1_000.0]))
    areas = with_market(
        pencil_case,
        [[3.0, 0.0, 6.0, 0.0], [4.0, 0.0, 3.0, 0.0], [8.0, 0.0, 1.0, 0.0]],
        rivals=[1.0, 3.0, 1.0],
        spending=[100.0, 100.0, 100.0],
    )
    homes = case.demand["households"].to_numpy(float)
    assert catchment(areas, homes, SALON, areas.before, 0.5).tolist() == [0]
    assert catchment(areas, homes, SALON, areas.before, 0.7).tolist() == [0, 1]
    table = overlap(case, areas, [SHOP], [SHOP, SALON], areas.before)
    assert table[["option", "other"]].to_numpy().tolist() == [["shop-1", "salon-1"]]
    assert table["overlap_share"].tolist() == pytest.approx([70 / 150])
