"""The backtest: labels play no part, events stand alone, and the numbers of history."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs import load_case
from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.registers.events import Events, events_of
from retail_portfolio.inputs.registers.zip_areas import zip_areas
from retail_portfolio.model.market.huff import sales_usd_year
from retail_portfolio.model.market.siting import auc
from retail_portfolio.model.market.sphere import great_circle_km
from retail_portfolio.model.market.trade_areas import trade_areas
from retail_portfolio.model.track_record.backtest import (
    ALL,
    CONTEXT,
    LIMITS,
    SCORED,
    Backtest,
    backtest,
    best_naive,
)
from retail_portfolio.model.track_record.backtest_ranking import (
    APART_KM,
    AS_GIVEN,
    OF_ZIP,
    RANKINGS,
    Ranking,
    located,
    rank_sites,
)
from retail_portfolio.model.track_record.backtest_tables import base_rates
from retail_portfolio.model.track_record.event_market import _event_case, net_sales_usd_year

LARGE = "Dominicks exit 2013"


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case()


@pytest.fixture(scope="module")
def events(case: Case) -> Events:
    return events_of(case)


@pytest.fixture(scope="module")
def ranking(case: Case, events: Events) -> Ranking:
    return rank_sites(case, events, zip_areas())


@pytest.fixture(scope="module")
def found(case: Case, events: Events, ranking: Ranking) -> Backtest:
    return backtest(case, events, ranking)


def only(events: Events, name: str) -> Events:
    """The events with one event's sites."""
    here = (events.sites["event"] == name).to_numpy()
    return dataclasses.replace(
        events,
        sites=events.sites[here].reset_index(drop=True),
        labels=events.labels[here].reset_index(drop=True),
        taken_by=events.taken_by[here].reset_index(drop=True),
    )


def scores_of(ranking: Ranking, event: str) -> pd.DataFrame:
    rows = ranking.sites[ranking.sites["event"] == event]
    return rows.sort_values("site_name", ignore_index=True)


# --------------------------------------------------------------------------------- the ranking
@pytest.mark.slow
def test_labels_play_no_part(case: Case, events: Events, ranking: Ranking) -> None:
    turned = dataclasses.replace(events, labels=1 - events.labels.fillna(0))
    assert rank_sites(case, turned, zip_areas()).fingerprint == ranking.fingerprint


@pytest.mark.slow
def test_an_event_is_ranked_by_itself(case: Case, events: Events, ranking: Ranking) -> None:
    alone = rank_sites(case, only(events, LARGE), zip_areas())
    pd.testing.assert_frame_equal(scores_of(alone, LARGE), scores_of(ranking, LARGE))
    assert set(alone.fits) == {LARGE}


@pytest.mark.slow
def test_stores_near_a_site_play_no_part(case: Case, events: Events) -> None:
    one = only(events, LARGE)
    sites = one.sites
    open_own = (case.stores["format"] == "wfm") & (case.stores["status"] == "open")
    away = [
        great_circle_km(lat, lon, sites["lat"], sites["lon"]).min()
        for lat, lon in zip(case.stores["lat"], case.stores["lon"], strict=True)
    ]
    near = open_own & (np.array(away) <= APART_KM)
    gone = dataclasses.replace(case, stores=case.stores[~near].reset_index(drop=True))
    assert len(gone.stores) < len(case.stores) - 20
    with_all, without = (rank_sites(c, one, zip_areas()) for c in (case, gone))
    assert without.fingerprint == with_all.fingerprint
    assert with_all.fits[LARGE].left_out == len(case.stores) - len(gone.stores)


@pytest.mark.slow
def test_sizes_on_record_play_no_part_in_the_model(case: Case, events: Events) -> None:
    one = only(events, LARGE)
    other = dataclasses.replace(one, sites=one.sites.assign(size_sqft=1.0))
    columns = ["siting_index", "net_sales_usd_year", "rank"]
    first, second = (rank_sites(case, e, zip_areas()).sites[columns] for e in (one, other))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.slow
def test_too_few_stores_leave_the_slopes_of_the_ledger(case: Case, events: Events) -> None:
    few = dataclasses.replace(case, stores=case.stores.groupby("format").head(20))
    ranked = rank_sites(few, only(events, LARGE), zip_areas())
    assert ranked.fits == {LARGE: None}
    assert ranked.sites["siting_index"].notna().all()
    shown = backtest(few, only(events, LARGE), ranked)
    assert "the ledger's slopes stand in" in shown.fits.sentence


@pytest.mark.slow
def test_no_format_to_become_is_context(case: Case, events: Events) -> None:
    nobody = dataclasses.replace(case, scenario=case.scenario.model_copy(update={"convert_to": ()}))
    ranked = rank_sites(nobody, events, zip_areas())
    assert ranked.sites["siting_index"].isna().all()
    shown = backtest(nobody, events, ranked)
    assert shown.scores.table.empty
    assert "names no format" in shown.events.table.set_index("event").at[LARGE, "why"]


def test_a_site_without_a_point_stands_in_its_zip_area() -> None:
    sites = pd.DataFrame(
        {
            "event": "x",
            "site_name": ["given", "zip", "abroad", "nowhere"],
            "city": "",
            "state": "",
            "zip": ["60611", "60611", "", "00000"],
            "lat": [41.9, np.nan, 51.5, np.nan],
            "lon": [-87.6, np.nan, -0.1, np.nan],
            "size_sqft": np.nan,
        }
    )
    found = located(sites, zip_areas())
    assert found["point"].tolist() == [AS_GIVEN, OF_ZIP, AS_GIVEN, ""]
    assert found["demographics"].tolist() == [True, True, False, False]
    middle = zip_areas().set_index("zip").loc["60611"]
    assert found.loc[1, ["lat", "lon"]].tolist() == middle[["lat", "lon"]].tolist()


@pytest.mark.slow
def test_the_highest_index_ranks_first(ranking: Ranking) -> None:
    rows = scores_of(ranking, LARGE)
    by_rank = rows.sort_values("rank")["siting_index"].to_numpy()
    assert (np.diff(by_rank) <= 0).all()
    assert rows["rank"].min() == 1


@pytest.mark.slow
def test_own_stores_count_for_their_event_only(case: Case, events: Events) -> None:
    one = only(events, LARGE)
    here = stores_at(one.sites.head(1), 0.0)

    def miles(event: str) -> float:
        own = pd.concat([one.own_stores, here.assign(event=event)], ignore_index=True)
        ranked = rank_sites(case, dataclasses.replace(one, own_stores=own), zip_areas())
        return float(ranked.sites["own_store_miles"].iloc[0])

    assert miles("Another") == rank_sites(case, one, zip_areas()).sites["own_store_miles"].iloc[0]
    assert miles("Another") > 0.2
    assert miles(LARGE) == miles("") == 0


# ---------------------------------------------------------------------------- the event's market
def stores_at(sites: pd.DataFrame, north_km: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "event": "",
            "kind": "",
            "lat": sites["lat"] + north_km / 111.2,
            "lon": sites["lon"],
            "size_sqft": np.nan,
            "open_at_event": "",
        }
    ).reset_index(drop=True)


@pytest.mark.slow
def test_net_sales_are_what_own_stores_sell_more(case: Case, events: Events) -> None:
    sites = only(events, LARGE).sites.head(6)
    own = events.own_stores[events.own_stores["event"] == LARGE].reset_index(drop=True)
    slopes = {"share_bachelors": 5.0, "log_income": -0.5, "log_density": 0.3}
    none = events.competitors
    net = net_sales_usd_year(case, sites, own, none, zip_areas(), slopes)
    there = _event_case(case, sites, own, none, zip_areas(), slopes)
    trade = trade_areas(there)
    before = sales_usd_year(trade.market, trade.after).sum()
    for at, option in enumerate(trade.candidates()):
        opened = trade.after.copy()
        opened[option] = True
        gain = sales_usd_year(trade.market, opened).sum() - before
        assert net[at] == pytest.approx(gain, rel=1e-9)


@pytest.mark.slow
def test_own_stores_and_competitors_nearby_take_their_part(case: Case, events: Events) -> None:
    sites = only(events, LARGE).sites.head(6)
    slopes = {"share_bachelors": 5.0, "log_income": -0.5, "log_density": 0.3}
    none = events.competitors

    def net(own: pd.DataFrame, rivals: pd.DataFrame) -> np.ndarray:
        return net_sales_usd_year(case, sites, own, rivals, zip_areas(), slopes)

    crowd = pd.concat([stores_at(sites.head(1), 1.0)] * 40, ignore_index=True)
    alone, beside = net(none, crowd), net(stores_at(sites.head(1), 1.0), crowd)
    assert beside[0] < alone[0]
    assert net(none, pd.concat([crowd, crowd]))[0] < alone[0]
    assert (net(none, none) > 0).all()


def test_floor_is_spread_over_the_people_where_no_list_is_given(case: Case, events: Events) -> None:
    sites = only(events, LARGE).sites.head(6)
    slopes = dict.fromkeys(("share_bachelors", "log_income", "log_density"), 0.0)
    none = events.competitors
    there = _event_case(case, sites, none, none, zip_areas(), slopes)
    demand, rivals = there.demand, there.competitors
    density = demand["population_per_sq_km"]
    floor = np.select(
        [density < upper for upper in (1000, 2500, 5000)],
        [case.ledger.value(f"supermarket_sqft_per_household.band{n}") for n in (1, 2, 3)],
        case.ledger.value("supermarket_sqft_per_household.band4"),
    )
    assert rivals["size_sqft"].to_numpy() == pytest.approx(floor * demand["households"])
    assert (rivals["lat"].to_numpy() == demand["lat"].to_numpy()).all()
    # A metro that lists a competitor is taken at its word; the others are spread as before.
    one = _event_case(case, sites, none, stores_at(sites.head(1), 0.1), zip_areas(), slopes)
    metro = one.competitors.loc[0, "metro_id"]
    assert (one.competitors["metro_id"] == metro).sum() == 1
    others = one.competitors[one.competitors["metro_id"] != metro]["size_sqft"].sum()
    assert others == pytest.approx(rivals[rivals["metro_id"] != metro]["size_sqft"].sum())
    assert one.competitors.loc[0, "kind"] == "supermarket"
    kinds = stores_at(sites.head(2), 0.1).assign(kind=["Grocery Store", "natural"])
    other = _event_case(case, sites, none, kinds, zip_areas(), slopes)
    assert other.competitors["kind"].head(2).tolist() == ["supermarket", "natural"]


@pytest.mark.slow
def test_a_list_of_competitors_moves_the_trade_areas_only(case: Case, events: Events) -> None:
    one = only(events, LARGE)
    crowd = pd.concat([stores_at(one.sites, 0.5)] * 3, ignore_index=True)
    listed = dataclasses.replace(one, competitors=crowd)
    plain, with_list = (rank_sites(case, e, zip_areas()).sites for e in (one, listed))
    assert (with_list["siting_index"] == plain["siting_index"]).all()
    assert not np.allclose(with_list["net_sales_usd_year"], plain["net_sales_usd_year"])


# ------------------------------------------------------------------------------------ the scores
@pytest.mark.slow
def test_which_events_are_scored(found: Backtest) -> None:
    table = found.events.table.set_index("event")
    assert table.index[table["role"] == SCORED].tolist() == [LARGE]
    assert table.loc[LARGE, ["sites", "taken", "not_taken", "not_known"]].tolist() == [69, 8, 61, 0]
    why = table.loc[table["role"] == CONTEXT, "why"]
    assert "nobody is known to live" in why["Amazon Fresh UK 2025"]
    assert "12 sites taken and 1 not" in why["365 by Whole Foods 2019"]
    assert "0 sites taken and 14 not" in why["Fairway bankruptcy 2020"]
    assert "5 of 16 sites is not known" in why["Wild Oats acquisition 2007 (partial)"]
    assert table["taken_share"].isna()["Amazon Fresh UK 2025"]


@pytest.mark.slow
def test_scores_of_history(case: Case, events: Events, ranking: Ranking, found: Backtest) -> None:
    table = found.scores.table.set_index("ranking")
    assert list(table.index) == list(RANKINGS)
    # Nearness and education agree with what was worked out before the model was built.
    assert table.at["nearness", "auc"] == pytest.approx(0.74, abs=0.005)
    assert table.at["education", "auc"] == pytest.approx(0.81, abs=0.005)
    assert table.at["model", "auc"] == pytest.approx(0.828, abs=0.005)
    assert table.at["random", "auc"] == 0.5
    assert table.at["random", "precision_at_10"] == pytest.approx(8 / 69)
    assert table.at["size", "sites"] == 19
    here = (events.sites["event"] == LARGE).to_numpy()
    taken = (events.labels[here] == 1).to_numpy()
    for name, column in RANKINGS.items():
        score = ranking.sites.loc[here, column].to_numpy(float)
        known = ~np.isnan(score)
        assert table.at[name, "auc"] == pytest.approx(auc(score[known], taken[known]))
    spans = table[["model_ahead_low", "model_ahead", "model_ahead_high"]].to_numpy()
    assert (np.diff(spans, axis=1) >= 0).all()
    assert table.at["education", "model_ahead_low"] < 0 < table.at["education", "model_ahead_high"]


def test_every_site_is_shown_with_what_became_of_it(events: Events, found: Backtest) -> None:
    table = found.sites.table
    assert len(table) == len(events.sites)
    counts = table.groupby(["event", "what_became"]).size()
    assert counts[LARGE, "taken"] == 8
    assert counts[LARGE, "not taken"] == 61
    assert counts["Amazon Fresh UK 2025", "not known"] == 14
    first = table[table["site_name"] == "Streeterville"].iloc[0]
    assert (first["what_became"], first["taken_by"]) == ("taken", "Whole Foods Market")


def test_base_rates_are_those_of_the_ledger(case: Case) -> None:
    found = base_rates(case)
    table = found.table.set_index("key")
    assert table.at["uk_conversion_share", "base"] == 0.26  # 5 of 19, which ones is not known
    assert table.at["uk_conversion_share", "origin"] == "reported"
    assert table.loc["us_conversion_share", ["low", "base", "high"]].tolist() == [0.05, 0.18, 0.3]
    assert "26 %" in found.sentence
    bare = dataclasses.replace(case, ledger=Ledger(()))
    assert base_rates(bare).table.empty
    assert "no base rate" in base_rates(bare).sentence


def test_the_sentence_says_that_few_sites_cannot_tell(found: Backtest) -> None:
    said = found.scores.sentence
    assert "8 of 69 sites were taken" in said
    assert "education alone, the best of the naive orders" in said
    assert "8 sites taken cannot tell the two apart" in said
    auc_figure, lead = found.scores.figures
    row = found.scores.table.iloc[0]
    assert (auc_figure.value, auc_figure.low, auc_figure.high) == (
        row["auc"],
        row["auc_low"],
        row["auc_high"],
    )
    assert lead.label == "Lead of the model over education alone, in points of that chance"


def test_what_a_backtest_cannot_validate_holds_for_any_portfolio() -> None:
    """The outcome of the stores that close now may be public in another portfolio."""
    assert "public" not in LIMITS
    assert LIMITS.endswith("nor the outcome of the stores that close now.")


def test_the_best_naive_order_is_no_model_and_scores_every_site() -> None:
    rows = [
        ("model", 40, 0.8),
        ("trade_area", 40, 0.9),
        ("size", 12, 0.95),
        ("income", 40, 0.6),
        ("education", 40, 0.7),
        ("nearness", 0, np.nan),
    ]
    table = pd.DataFrame(rows, columns=["ranking", "sites", "auc"]).assign(event="x")
    best = best_naive(table, "x")
    assert best is not None
    assert best["ranking"] == "education"
    assert best_naive(table, "y") is None


@pytest.mark.slow
def test_the_order_of_rows_changes_nothing(case: Case, events: Events, found: Backtest) -> None:
    order = np.random.default_rng(2).permutation(len(events.sites))
    mixed = dataclasses.replace(
        events,
        sites=events.sites.iloc[order].reset_index(drop=True),
        labels=events.labels.iloc[order].reset_index(drop=True),
        taken_by=events.taken_by.iloc[order].reset_index(drop=True),
    )
    again = backtest(case, mixed, rank_sites(case, mixed, zip_areas()))
    pd.testing.assert_frame_equal(again.scores.table, found.scores.table)


@pytest.mark.slow
def test_two_events_are_pooled_within_themselves(case: Case, events: Events) -> None:
    one = only(events, LARGE)
    twice = dataclasses.replace(
        one,
        sites=pd.concat([one.sites, one.sites.assign(event="Again")], ignore_index=True),
        labels=pd.concat([one.labels, 1 - one.labels], ignore_index=True),
        taken_by=pd.concat([one.taken_by, one.taken_by], ignore_index=True),
    )
    table = backtest(case, twice, rank_sites(case, twice, zip_areas())).scores.table
    areas = table.set_index(["event", "ranking"])["auc"]
    wanted = (8 * areas[LARGE] + 61 * areas["Again"]) / 69
    assert areas[ALL]["education"] == pytest.approx(wanted["education"])
    assert areas["Again"]["model"] == pytest.approx(1 - areas[LARGE]["model"])


@pytest.mark.slow
def test_sites_with_unknown_labels_are_left_out_of_the_scores(case: Case, events: Events) -> None:
    one = only(events, LARGE)
    labels = one.labels.copy()
    labels[labels.index[labels == 0][:5]] = np.nan
    some = dataclasses.replace(one, labels=labels)
    table = backtest(case, some, rank_sites(case, some, zip_areas())).scores.table
    assert table.loc[table["ranking"] == "model", ["sites", "taken"]].to_numpy().tolist() == [
        [64, 8]
    ]


@pytest.mark.slow
def test_few_sites_give_no_interval_and_no_verdict(case: Case, events: Events) -> None:
    one = only(events, LARGE)
    keep = np.concatenate([np.flatnonzero(one.labels == label)[:3] for label in (0, 1)])
    few = dataclasses.replace(
        one,
        sites=one.sites.iloc[keep].reset_index(drop=True),
        labels=one.labels.iloc[keep].reset_index(drop=True),
        taken_by=one.taken_by.iloc[keep].reset_index(drop=True),
        source="three.csv",
    )
    shown = backtest(case, few, rank_sites(case, few, zip_areas())).scores
    assert shown.table["auc"].notna().any()
    assert shown.table[["auc_low", "model_ahead_high"]].isna().all(axis=None)
    assert "too few sites for an interval" in shown.sentence
    assert "cannot tell the two apart" in shown.sentence
    assert all(figure.low is None and figure.high is None for figure in shown.figures)
    assert {figure.source for figure in shown.figures} == {
        "backtest model on three.csv and ZIP areas"
    }


def test_without_events_it_says_so(case: Case, events: Events) -> None:
    nothing = only(events, "none")
    shown = backtest(case, nothing, rank_sites(case, nothing, zip_areas()))
    assert shown.scores.table.empty
    assert "no earlier events" in shown.scores.sentence
    assert shown.scores.figures == ()


@pytest.mark.slow
def test_a_small_case_of_another_owner_is_context(small_data: Path) -> None:
    small = load_case(data_dir=str(small_data))
    few = events_of(small)
    shown = backtest(small, few, rank_sites(small, few, zip_areas()))
    assert shown.events.table["role"].tolist() == [CONTEXT]
    assert "None of the earlier events can be scored" in shown.scores.sentence
