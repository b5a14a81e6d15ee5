"""Where sales go when a store closes, who is left without food nearby, and where customers live."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.access import food_access
from retail_portfolio.model.market.catchments import (
    catchment,
    customers,
    dominant,
    overlap,
    overlaps,
    sales_by_point,
)
from retail_portfolio.model.market.geography import geography
from retail_portfolio.model.market.sphere import KM_PER_MILE, great_circle_km
from retail_portfolio.model.market.trade_areas import TradeAreas, trade_areas
from retail_portfolio.model.market.transfer import (
    COMPETITORS,
    LOST,
    ONLINE,
    SAID_USD,
    facts_following,
    kept_sales,
    taken_table,
    trade_sales,
    transfer,
    transfer_table,
)
from retail_portfolio.model.overview.requirements import missing_rows
from tests.model.conftest import PENCIL_LEDGER, ledger_of

SHOP_ONLINE = "transfer_share_online.shop"


@pytest.fixture(scope="module")
def trade(case: Case) -> TradeAreas:
    return trade_areas(case)


def test_the_shop_by_hand(pencil_case: Case) -> None:
    """10 % go to own delivery; rivals have 12,500 against an elsewhere of a quarter of all."""
    areas = trade_areas(pencil_case)
    table = transfer_table(pencil_case, areas).set_index(["from_store_id", "to"])
    to = table.loc["shop-1", "sales_usd_year"]
    assert set(to.index) == {COMPETITORS, ONLINE, LOST}
    assert to[ONLINE] == pytest.approx(400_000)
    rest = areas.market.rivals[0], areas.market.elsewhere[0]
    assert to[COMPETITORS] == pytest.approx(3_600_000 * rest[0] / sum(rest))
    assert to[LOST] == pytest.approx(3_600_000 * rest[1] / sum(rest))


def test_each_format_may_keep_a_share_online_of_its_own(pencil_case: Case) -> None:
    """Three tenths of the shop's 4 M and no row for all formats; the kiosk keeps a tenth."""
    others = {name: value for name, value in PENCIL_LEDGER.items() if "_online" not in name}
    shares = {SHOP_ONLINE: 0.3, "transfer_share_online.kiosk": 0.1}
    case = replace(pencil_case, ledger=ledger_of(others | shares))
    assert missing_rows(case) == ()
    areas = trade_areas(case)
    kept = kept_sales(transfer_table(case, areas))["kept_online_usd_year"]
    assert kept.to_dict() == pytest.approx({"shop-1": 1_200_000, "kiosk-1": 50_000})
    following = facts_following(case, areas)
    assert following(case) is following(case)
    moved = following(case.with_ledger(ledger_of(others | shares | {SHOP_ONLINE: 0.4})))
    assert moved.frame.loc["shop-1", "kept_online_usd_year"] == pytest.approx(1_600_000)


@pytest.mark.slow
def test_rows_of_a_store_sum_to_its_sales(case: Case, trade: TradeAreas) -> None:
    result = transfer(case, trade)
    table, sales = result.table, trade_sales(case, trade)["sales_usd_year"]
    sums = table.groupby("from_store_id")["sales_usd_year"].sum()
    closing = case.stores.loc[case.stores["status"] == "closing", "store_id"]
    assert set(sums.index) == set(closing)
    assert sums.to_numpy() == pytest.approx(sales[sums.index].to_numpy(), rel=1e-9)
    assert (table["sales_usd_year"] >= 0).all()
    assert not table.duplicated(["from_store_id", "to"]).any()
    assert not table["to"].isin(closing).any(), "nothing goes to a store that closes as well"
    assert set(table["to"]) - {COMPETITORS, ONLINE, LOST} <= set(case.stores["store_id"])
    assert sum(figure.value or 0 for figure in result.figures) == pytest.approx(1)


def test_what_a_register_knows_of_sales_counts(pencil_case: Case) -> None:
    known = pencil_case.stores.assign(sales_usd_year=[3_000_000.0, np.nan, np.nan])
    case = replace(pencil_case, stores=known)
    sales = trade_sales(case, trade_areas(case))
    assert sales.loc["shop-1", ["sales_usd_year", "sales_origin"]].tolist() == [3e6, "observed"]
    assert sales.loc["salon-1", "sales_origin"] == "modelled"
    kiosk = sales.loc["kiosk-1", ["sales_usd_year", "sales_origin"]].tolist()
    assert kiosk == [500_000.0, "assumed"], "too small for the weekly shop"
    kept = kept_sales(transfer_table(case, trade_areas(case)))
    assert kept.loc["shop-1", "sales_usd_year"] == pytest.approx(3e6)
    parts = kept.drop(columns="sales_usd_year").sum(axis=1)
    assert parts.to_numpy() == pytest.approx(kept["sales_usd_year"].to_numpy())


def test_a_store_nobody_reaches_loses_everything_to_nobody_named(pencil_case: Case) -> None:
    away = pencil_case.stores.assign(lat=[10.0, 40.1, 41.0], sales_usd_year=[2e6, np.nan, np.nan])
    case = replace(pencil_case, stores=away)
    table = transfer_table(case, trade_areas(case))
    rows = table[table["from_store_id"] == "shop-1"]
    assert rows[["to", "sales_usd_year"]].to_numpy().tolist() == [[LOST, 2e6]]


def test_a_conversion_keeps_some_of_the_sales(pencil_case: Case) -> None:
    areas = trade_areas(pencil_case)
    after = areas.after.copy()
    after[areas.position("shop-1:salon")] = True
    table = transfer_table(pencil_case, areas, after)
    rows = table[table["from_store_id"] == "shop-1"].set_index("to")["sales_usd_year"]
    assert rows["shop-1:salon"] > 0
    assert rows.sum() == pytest.approx(4e6)


@pytest.mark.slow
def test_what_candidates_take_adds_up(trade: TradeAreas) -> None:
    table = taken_table(trade)
    sites = np.flatnonzero((trade.options["status"] == "candidate").to_numpy())
    _, taken = huff.sales_with_each(trade.market, trade.after, sites)
    lost = np.asarray(taken.sum(axis=1)).ravel()
    told = table.groupby(["store_id", "to_format"])["sales_usd_year"].sum()
    for at, site in enumerate(sites):
        pair = tuple(trade.options.loc[site, ["store_id", "format"]])
        assert told.get(pair, 0.0) == pytest.approx(lost[at], abs=SAID_USD * 40)
        assert told.get(pair, 0.0) <= lost[at] * (1 + 1e-12)
    assert table["share_of_candidate_sales"].between(0, 1).all()
    assert table["share_of_store_sales"].between(0, 1).all()


# ------------------------------------------------------------------------------- food access
def test_food_access_by_hand(pencil_case: Case) -> None:
    """Without the market beside it the shop is the only one its 8,000 households reach."""
    full = food_access(pencil_case, geography(pencil_case)).table.set_index("store_id")
    assert full.loc["shop-1", "households_near"] == 8_000
    assert full.loc["shop-1", "households_left"] == 0
    rivals = pencil_case.competitors.iloc[1:].reset_index(drop=True)
    bare = replace(pencil_case, competitors=rivals)
    result = food_access(bare, geography(bare))
    left = result.table.set_index("store_id")
    assert left.loc["shop-1", ["households_left", "households_left_in_wave"]].tolist() == [
        8_000,
        8_000,
    ]
    assert left.loc["kiosk-1", "households_near"] == 0, "a kiosk is no supermarket"
    assert left.loc["shop-1", "competitor_coverage"] == "complete"
    assert result.figure("households_left_in_wave").value == 8_000
    assert "leaves about 8,000 households more than 10 minutes" in result.sentence


def test_added_minutes_by_hand(pencil_case: Case) -> None:
    """The shop is 2 minutes away, the next supermarket 2 + 2 minutes a mile at 30 an hour."""
    away = pencil_case.competitors.assign(lat=[40.05, 41.0])
    case = replace(pencil_case, competitors=away)
    row = food_access(case, geography(case)).table.set_index("store_id").loc["shop-1"]
    miles = float(great_circle_km(40, -75, 40.05, -75)) / KM_PER_MILE
    assert row["households_nearest"] == 8_000
    assert row["added_minutes"] == pytest.approx(2 * miles)
    beside = food_access(pencil_case, geography(pencil_case)).table.set_index("store_id")
    assert beside.loc["shop-1", "added_minutes"] == 0
    assert np.isnan(beside.loc["kiosk-1", "added_minutes"])


def test_two_closing_neighbours_cover_for_each_other_one_by_one(pencil_case: Case) -> None:
    twin = pencil_case.stores.iloc[[0]].assign(store_id="shop-2")
    stores = pd.concat([pencil_case.stores, twin], ignore_index=True)
    case = replace(
        pencil_case,
        stores=stores,
        competitors=pencil_case.competitors.iloc[1:].reset_index(drop=True),
    )
    left = food_access(case, geography(case)).table.set_index("store_id")
    assert left.loc[["shop-1", "shop-2"], "households_left"].tolist() == [0, 0]
    assert left.loc[["shop-1", "shop-2"], "households_left_in_wave"].tolist() == [8_000, 8_000]


# -------------------------------------------------------------------------------- catchments
def test_sales_by_point_sum_to_the_sales(case: Case, trade: TradeAreas) -> None:
    option = int(np.flatnonzero(trade.after & trade.options["covered"].to_numpy())[0])
    _, sales = sales_by_point(trade, option, trade.after)
    assert sales.sum() == pytest.approx(huff.sales_usd_year(trade.market, trade.after)[option])


def test_catchments_hold_their_part_and_nest(case: Case, trade: TradeAreas) -> None:
    households = case.demand["households"].to_numpy(float)
    candidates = np.flatnonzero((trade.options["status"] == "candidate").to_numpy())[:8]
    for option in candidates.tolist():
        point, sales = sales_by_point(trade, option, trade.after)
        by_point = dict(zip(point.tolist(), sales.tolist(), strict=True))
        half = catchment(trade, households, option, trade.after, 0.5)
        most = catchment(trade, households, option, trade.after, 0.7)
        assert set(half) <= set(most)
        for inside, part in ((half, 0.5), (most, 0.7)):
            held = sum(by_point[p] for p in inside.tolist()) / sales.sum()
            assert part <= held + 1e-9
            least = min(by_point[p] / max(households[p], 1) for p in inside.tolist())
            outside = set(by_point) - set(inside.tolist())
            assert all(by_point[p] / max(households[p], 1) <= least * (1 + 1e-12) for p in outside)
        weakest = min(half.tolist(), key=lambda p: by_point[p] / max(households[p], 1))
        held = sum(by_point[p] for p in half.tolist() if p != weakest) / sales.sum()
        assert held < 0.5, "one point fewer would not do"


def test_dominant_store_is_the_one_with_the_largest_share(case: Case, trade: TradeAreas) -> None:
    best = dominant(trade, trade.after)
    shares = huff.shares(trade.market, trade.after)
    rng = np.random.default_rng(3)
    for point in rng.choice(len(best), 200, replace=False).tolist():
        row = shares[[point], :].toarray().ravel()
        if row.max() == 0:
            assert best[point] == -1
        else:
            assert row[best[point]] == row.max()


def test_customers_within_rings(case: Case, trade: TradeAreas) -> None:
    covered = trade.after & trade.options["covered"].to_numpy()
    options = np.flatnonzero(covered)[:5].tolist()
    table = customers(case, trade, options, trade.after).table
    rings = table[[f"households_within_{ring}_min" for ring in (5, 10, 15)]].to_numpy()
    assert (np.diff(rings, axis=1) >= 0).all()
    shares = table[[f"sales_share_within_{ring}_min" for ring in (5, 10, 15)]].to_numpy()
    assert (np.diff(shares, axis=1) >= 0).all()
    assert (shares <= 1 + 1e-12).all()
    reach, households = trade.geography.reach, case.demand["households"].to_numpy(float)
    near = reach.point[(reach.store == options[0]) & (reach.minutes <= 10)]
    assert table["households_within_10_min"].iloc[0] == households[near].sum()


def test_customers_of_nobody(case: Case, trade: TradeAreas) -> None:
    some, nobody = (customers(case, trade, o, trade.after) for o in ([0], []))
    assert list(nobody.table) == list(some.table)
    assert nobody.table.empty
    assert "no store" in nobody.sentence


def test_overlap_by_hand(pencil_case: Case) -> None:
    """Shop and candidate stand at one point: all of one's sales come from the other's area."""
    areas = trade_areas(pencil_case)
    shop, salon, site = (areas.position(n) for n in ("shop-1", "salon-1", "shop-1:salon"))
    table = overlap(pencil_case, areas, [site], [shop, salon], areas.before)
    assert table.to_numpy().tolist() == [["shop-1:salon", "shop-1", 1.0]]


@pytest.mark.slow
def test_overlaps_name_the_candidate_beside_an_own_store(case: Case, trade: TradeAreas) -> None:
    result = overlaps(case, trade)
    assert result.table["overlap_share"].between(0, 1 + 1e-12).all()
    worst = result.table[result.table["option"].str.startswith("fresh-md-chevy-chase-wisconsin:")]
    assert worst["other"].iloc[0] == "wfm-md-friendshipheights"
    assert worst["overlap_share"].iloc[0] > 0.5
    assert "at least half" in result.sentence
