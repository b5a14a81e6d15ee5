"""The tables in the data folder, as they are shipped."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from scipy.spatial import cKDTree

from tools.tables import (
    backtest,
    barriers,
    competitors,
    corrections,
    demand,
    leases,
    ledger,
    metros,
    outcomes,
    stores,
)
from tools.tables.sources import read_curated
from tools.tables.spatial import metres_to_chord, unit_vectors

DATA = Path(__file__).parents[2] / "data"
COLUMNS = {
    "stores": stores.COLUMNS,
    "leases": leases.COLUMNS,
    "demand": demand.COLUMNS,
    "metros": metros.COLUMNS,
    "competitors": competitors.COLUMNS,
    "barriers": barriers.COLUMNS,
    "assumptions": ledger.COLUMNS,
    "outcomes": outcomes.COLUMNS,
    "corrections": corrections.COLUMNS,
    "backtest/sites": backtest.SITE_COLUMNS,
    "backtest/own_stores": backtest.OWN_STORE_COLUMNS,
}
ORIGINS = {"observed", "reported", "assumed", "modelled"}


@cache
def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


def _closing(banner: str) -> pd.DataFrame:
    table = _read("stores")
    return table[(table["status"] == "closing") & (table["banner"] == banner)]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_bytes_and_ids(name):
    table = _read(name)
    content = (DATA / f"{name}.csv").read_bytes()
    assert tuple(table.columns) == COLUMNS[name]
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    key = list(table.columns[:1])
    if name.startswith("backtest"):
        key = ["event", "site_name" if name.endswith("sites") else "store_name"]
    assert not table.duplicated(key).any()
    assert not table.duplicated().any()
    assert table[key].equals(table[key].sort_values(key, ignore_index=True))


@pytest.mark.parametrize("name", COLUMNS)
def test_no_cell_is_a_formula_markup_or_has_ragged_space(name):
    table = _read(name)
    for column in table.columns:
        cells = table[column]
        assert not cells.str.match(r"[=+@\t]|-[^\d]").any(), column
        assert not cells.str.contains(r"[<>]\s*/?\w+[^=]*>|\$\{", regex=True).any(), column
        assert cells.eq(cells.str.strip()).all(), column


@pytest.mark.parametrize("name", COLUMNS)
def test_origin_marks(name):
    table = _read(name)
    for column in table.columns:
        if column.endswith("origin"):
            assert set(table[column]) <= ORIGINS | {""}, column


@pytest.mark.parametrize("name", [name for name in COLUMNS if not name.startswith("backtest")])
def test_codebook_names_every_column(name):
    text = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    section = text.split(f"## {name}.csv", 1)[1].split("\n## ", 1)[0]
    named = set()
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith("| column | unit"):
            named |= {cell.strip() for cell in line.split("|")[1].split(",")}
    assert set(COLUMNS[name]) <= named


def test_counts_of_the_wave():
    table = _read("stores")
    assert len(_closing("Amazon Go")) == 14
    assert len(_closing("Amazon Fresh")) == 57
    chain = table[table["banner"] == "Whole Foods Market"]
    assert set(chain["status"]) == {"open"}
    assert len(chain) == 516
    assert _closing("Amazon Go")["state"].value_counts().to_dict() == {
        "WA": 8,
        "IL": 4,
        "CA": 1,
        "NY": 1,
    }
    assert _closing("Amazon Fresh")["state"].value_counts().to_dict() == {
        "CA": 22,
        "IL": 10,
        "PA": 6,
        "MD": 5,
        "VA": 5,
        "NJ": 4,
        "WA": 3,
        "NY": 2,
    }


@pytest.mark.parametrize(
    ("state", "heads"),
    [
        (
            "CA",
            [
                *(215, 201, 196, 191, 191, 190, 189, 185, 184, 182, 181, 179),
                *(175, 174, 172, 168, 163, 160, 155, 139, 134, 131),
            ],
        ),
        ("PA", [205, 189, 161, 157, 144, 127]),
        ("MD", [184, 156, 155, 129, 118]),
    ],
)
def test_heads_reconcile_row_by_row(state, heads):
    rows = _closing("Amazon Fresh")
    found = rows.loc[rows["state"] == state, "employees"].astype(int)
    assert sorted(found, reverse=True) == heads
    assert found.sum() == {"CA": 3855, "PA": 983, "MD": 742}[state]
    assert set(rows.loc[rows["state"] == state, "employees_origin"]) == {"observed"}


def test_ids_say_the_banner():
    table = _read("stores")
    starts = {"Amazon Go": "go-", "Amazon Fresh": "fresh-", "Whole Foods Market": "wfm-"}
    for banner, start in starts.items():
        assert table.loc[table["banner"] == banner, "store_id"].str.startswith(start).all()
    assert table["store_id"].str.fullmatch(r"[a-z0-9-]+").all()


def test_addresses_are_clean():
    table = _read("stores")
    assert table["state"].str.fullmatch("[A-Z]{2}").all()
    assert table["zip"].str.fullmatch(r"(\d{5})?").all()
    assert not table["city"].str.contains(r"\d").any()
    chain = table[table["banner"] == "Whole Foods Market"]
    assert (chain[["street", "city", "zip"]] != "").all(axis=None)
    assert not chain["city"].str.fullmatch(r"(Paul|Louis|Petersburg|S Edina|Clair)").any()


def test_a_coarse_point_says_so_and_a_fine_one_has_an_address():
    table = _read("stores")
    precision = table["point_precision_m"].astype(float)
    coarse = table[precision > 500]
    assert (coarse["point_origin"] == "assumed").all()
    assert coarse["note"].str.contains("The point is").all()
    assert (table.loc[precision <= 300, "street"] != "").all()
    unnamed = table[table["store_id"].str.fullmatch("go-wa-seattle-[abc]")]
    assert (unnamed["point_precision_m"] == "8000").all()
    assert (unnamed["street"] == "").all()


@pytest.mark.slow
def test_assumed_cells_equal_the_ledger():
    book = _read("assumptions")
    table = _read("stores")
    assumed = table[table["size_origin"] == "assumed"]
    for kind, group in assumed.groupby("format"):
        assert set(group["size_sqft"]) == {ledger.base_text(book, f"size_sqft.{kind}")}
    rows = _read("leases").merge(table[["store_id", "format", "state"]], on="store_id")
    for _, row in rows[rows["rent_origin"] == "assumed"].iterrows():
        basis = "gross" if row["format"] == "go" else "net"
        name = f"rent_{basis}_usd_per_sqft_year"
        rent = ledger.most_specific(book, name, row["format"], row["state"])
        assert (row["rent_basis"], row["rent_usd_per_sqft_year"]) == (basis, rent)


def test_one_lease_a_closing_store():
    table = _read("stores")
    closing = table.loc[table["status"] == "closing", "store_id"]
    assert list(_read("leases")["store_id"]) == sorted(closing)


def test_one_lease_is_known_in_part():
    row = _read("leases").set_index("store_id").loc["fresh-pa-willow-grove"]
    assert (row["rent_usd_per_sqft_year"], row["rent_basis"]) == ("27.5", "gross")
    assert (row["rent_origin"], row["remaining_term_years"]) == ("reported", "9.2")


def test_ledger_ranges_and_distributions():
    book = _read("assumptions")
    low, base, high = (book[column].astype(float) for column in ("low", "base", "high"))
    assert ((low <= base) & (base <= high)).all()
    assert ((low == high) == (book["distribution"] == "fixed")).all()
    assert (book[["description", "unit", "quality", "origin", "source"]] != "").all(axis=None)


def test_ledger_marks_follow_from_quality_but_for_three_rows():
    book = _read("assumptions").set_index("key")
    book = book.drop(read_curated("ledger_fitted")["key"], errors="ignore")
    other = book[book["origin"] != book["quality"].map(ledger.ORIGINS)]
    assert other["origin"].to_dict() == {
        "impairment_q4_2025_usd_per_store": "modelled",
        "operating_income_2025_usd": "modelled",
        "preopening_usd_per_store": "assumed",
    }
    assert "without escalation" in book.loc["preopening_usd_per_store", "note"]


def test_charges_in_a_gross_rent_are_those_on_top_of_a_net_one():
    book = _read("assumptions").set_index("key")[["low", "base", "high", "unit", "quality"]]
    inside, on_top = (
        book.loc[f"{name}_usd_per_sqft_year"] for name in ("charges_in_gross_rent", "nnn_charges")
    )
    assert inside.tolist() == on_top.tolist()
    assert inside["base"] == "7.5"


def test_ledger_has_what_the_models_ask_for():
    text = """
    size_sqft.fresh size_sqft.go size_sqft.wfm size_sqft.daily_shop rent_gross_usd_per_sqft_year.go
    nnn_charges_usd_per_sqft_year rent_escalator_per_year lease_initial_term_years
    lease_remaining_term_years.fresh lease_remaining_term_years.go lease_renewal_options
    lease_renewal_option_years lease_termination_months sublease_rent_recovery sublease_void_months
    dark_carry_usd_per_sqft_year incremental_borrowing_rate sublease_discount_rate
    gross_buildout_usd_per_sqft.fresh gross_buildout_usd_per_sqft.go ppe_net_share.go
    ppe_age_years.fresh ppe_life_years.fresh prior_impairment_share.fresh salvage_share_of_nbv
    ppe_reuse_in_conversion.fresh employees_per_store.fresh employees_per_store.go
    severance_weeks_per_year paid_notice_days avg_tenure_years share_redeployed avg_weekly_hours
    wage_cashier_usd_per_hour benefit_load inventory_days clearance_discount
    inventory_writeoff_share equipment_auction_usd_per_store restoration_usd_per_sqft
    sales_usd_per_sqft_year.fresh sales_usd_per_sqft_year.wfm sales_usd_year.go gross_margin
    gross_margin.wfm store_contribution_mature.wfm store_contribution_year1.wfm ramp_year1_ratio
    capex_conversion_usd_per_sqft preopening_usd_per_store conversion_dark_months
    cannibalisation_share cannibalisation_decay_per_mile transfer_share_sister
    transfer_share_online vm_own_sales us_conversion_share uk_conversion_share
    capital_charge_rate lane_life_years lane_upkeep_share lane_capex_usd lane_utilisation
    jwo_capex_usd_at_1000_sqft jwo_capex_scale_exponent jwo_life_years
    jwo_maintenance_share_of_capex jwo_review_share_of_visits jwo_review_minutes
    jwo_reviewer_usd_per_hour jwo_shrink_share_of_sales jwo_sales_uplift operating_income_2025_usd
    charges_in_gross_rent_usd_per_sqft_year
    """
    wanted = set(text.split())
    for name in ("reference_sales_usd_year", "basket_usd", "staffed_seconds_per_transaction"):
        wanted |= {f"{name}.{kind}" for kind in ("go", "fresh", "wfm")}
    for name in ("opening_hours_year", "sco_kiosks", "staffed_lanes", "smart_carts"):
        wanted |= {f"{name}.{kind}" for kind in ("go", "fresh", "wfm")}
    for name in ("minimum_cover_cashiers", "entry_staff", "jwo_cloud_usd_year"):
        wanted |= {f"{name}.{kind}" for kind in ("go", "fresh", "wfm")}
    wanted |= {f"size_sqft.{kind}" for kind in set(_read("competitors")["kind"])}
    states = ("ca", "wa", "il", "ny", "nj", "pa", "va", "md", "tn")
    wanted |= {f"rent_net_usd_per_sqft_year.fresh.{state}" for state in states}
    assert wanted <= set(_read("assumptions")["key"])


def test_every_demand_point_is_in_a_metro_and_has_people():
    table = _read("demand")
    assert set(table["metro_id"]) == set(_read("metros")["metro_id"])
    assert (table["population"].astype(int) > 0).all()
    assert table["point_id"].str.fullmatch(r"\d{11}").all()
    assert (table["point_id"].str[:5] == table["county_fips"]).all()
    for column in ("share_over_200k", "share_bachelors", "share_no_vehicle"):
        assert table[column].astype(float).between(0, 1).all()
    people_per_home = (
        table["population"].astype(float).sum() / table["households"].astype(float).sum()
    )
    assert people_per_home == pytest.approx(2.73, abs=0.02)


def test_every_closing_store_has_people_within_five_kilometres():
    table = _read("stores")
    closing = table[table["status"] == "closing"]
    points = _read("demand")
    tree = cKDTree(unit_vectors(points["lat"].astype(float), points["lon"].astype(float)))
    here = unit_vectors(closing["lat"].astype(float), closing["lon"].astype(float))
    near = tree.query_ball_point(here, metres_to_chord(5000.0), return_length=True)
    assert near.min() >= 1


def test_rivals_are_no_own_banner_and_no_chain_that_is_gone():
    table = _read("competitors")
    text = (table["chain"] + " " + table["name"]).str.lower()
    assert not text.str.contains(r"whole foods?\b|amazon|99 cents").any()
    assert set(table["metro_id"]) <= set(_read("metros")["metro_id"])
    assert table["county_fips"].str.fullmatch(r"\d{5}").all()


def test_no_two_rivals_of_a_chain_within_100_metres():
    table = _read("competitors")
    here = unit_vectors(table["lat"].astype(float), table["lon"].astype(float))
    chain = table["chain"].where(table["chain"] != "Independent", table["name"].str.lower())
    pairs = cKDTree(here).query_pairs(metres_to_chord(100.0))
    assert [pair for pair in sorted(pairs) if chain[pair[0]] == chain[pair[1]]] == []


def test_each_water_parts_places_that_there_are():
    table, points = _read("barriers"), _read("demand")
    lat, lon = points["lat"].astype(float), points["lon"].astype(float)
    lived_in = set(points["county_fips"])
    within = table["county_a"] == table["county_b"]
    for _, row in table[within].iterrows():
        band = lat.between(float(row["lat_from"]), float(row["lat_to"]))
        west = lon[band & (points["county_fips"] == row["county_a"])] < float(row["west_of_lon"])
        assert west.any(), row["barrier_id"]
        assert not west.all(), row["barrier_id"]
    for _, row in table[~within].iterrows():
        assert lived_in & {row["county_a"], row["county_b"]}, row["barrier_id"]
    assert set(table["origin"]) == {"assumed"}
    assert (table["note"] != "").all()


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("36061", "34017", 10),  # Manhattan, Hudson
        ("36061", "36081", 5),  # Manhattan, Queens
        ("42101", "34007", 5),  # Philadelphia, Camden
        ("11001", "51013", 5),  # Washington, Arlington
        ("36103", "09001", 45),  # Suffolk, Fairfield in Connecticut
        ("53033", "53035", 45),  # King, Kitsap
        ("53033", "53033", 5),  # Seattle, the Eastside
    ],
)
def test_waters_that_everybody_knows(one, other, least):
    table = _read("barriers")
    rows = table[(table["county_a"] + table["county_b"]).isin([one + other, other + one])]
    assert rows["penalty_minutes"].astype(float).max() >= least


def test_spending_by_income_is_as_published():
    book = _read("assumptions").set_index("key")["base"].astype(float)
    income, food = (
        book[[f"{name}.quintile{fifth}" for fifth in range(1, 6)]]
        for name in ("household_income_usd", "food_at_home_usd_year")
    )
    assert income.is_monotonic_increasing
    assert food.is_monotonic_increasing
    # Table 1101 of 2024 gives 104,207 and 6,224 for all consumer units.
    assert income.mean() == pytest.approx(104_207, rel=0.003)
    assert food.mean() == pytest.approx(6_224, rel=0.001)


def test_outcomes_point_into_the_register():
    known = set(_read("stores")["store_id"])
    tied = [store for store in _read("outcomes")["store_id"] if store]
    assert set(tied) <= known
    assert len(tied) == len(set(tied))


@pytest.mark.slow
def test_guards_hold():
    assert corrections.broken_guards(_read("corrections"), DATA) == []


@pytest.mark.parametrize(
    ("guard", "rows", "column", "value"),
    [
        ("go-torrance-last-day", "store_id=go-ca-torrance", "last_trading_day", "2026-02-01"),
        ("heads-va", "store_id=fresh-va-falls-church", "employees", "691"),
        ("heads-nj", "store_id=fresh-nj-eatontown", "employees", "871"),
    ],
)
def test_a_guard_watches_the_fact_that_is_disputed(guard, rows, column, value):
    row = _read("corrections").set_index("correction_id").loc[guard]
    table = _read(row["table"]).copy()
    table.loc[corrections.select(table, rows).index, column] = value
    found = corrections.found_value(table, row["where"], row["column"])
    assert not corrections._same(found, row["expect"])


def test_guards_cover_the_known_disputes():
    known = {"fresh-count", "go-count", "go-new-york", "go-whittier", "job-cuts-date", "heads-ca"}
    known |= {"alexandria", "rivals-99-cents", "rivals-own-whole-foods", "impairment-per-store"}
    known |= {"jwo-in-fresh", "hours-against-sales", "whole-foods-count"}
    assert known <= set(_read("corrections")["correction_id"])


@pytest.mark.slow
def test_base_map_is_small_and_sound():
    total = 0
    for name in ("states", "counties"):
        path = DATA / "basemap" / f"{name}.geojson"
        total += path.stat().st_size
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        assert features
        assert all(feature["geometry"]["coordinates"] for feature in features)
    assert total <= 900_000


@pytest.mark.slow
def test_no_machine_path_stands_in_the_data():
    for path in sorted(DATA.rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w/.])/(?:work|tmp|root|home)/", text), path.name
