"""The builder on a small made-up country."""

from __future__ import annotations

import pytest

from tests.tools.world import write_rows
from tools.tables.__main__ import main
from tools.tables.build import build_all
from tools.tables.sources import FILES, SourceError

TABLES = ("stores", "leases", "demand", "metros", "competitors", "assumptions", "outcomes")


def _bytes(folder):
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.slow
def test_same_sources_give_the_same_bytes(built, tmp_path):
    build_all(built.sources, tmp_path / "again", built.curated)
    assert _bytes(tmp_path / "again") == _bytes(built.out)


@pytest.mark.slow
def test_order_of_source_rows_changes_nothing(built, world):
    for name in ("stores", "all_the_places", "tracts", "counties", "ledger", "outcomes_us"):
        path = world.sources / FILES[name].path
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    build_all(world.sources, world.out, world.curated)
    assert _bytes(world.out) == _bytes(built.out)


@pytest.mark.slow
def test_files_end_lines_with_lf_only(built):
    for path, content in _bytes(built.out).items():
        assert b"\r" not in content, path
        assert content.endswith(b"\n"), path


def test_every_missing_input_is_named_with_what_it_holds(world):
    for name in ("tracts", "snap"):
        (world.sources / FILES[name].path).unlink()
    with pytest.raises(SourceError) as caught:
        build_all(world.sources, world.out, world.curated)
    for name in ("tracts", "snap"):
        assert FILES[name].path in str(caught.value)
        assert FILES[name].holds in str(caught.value)
    assert not world.out.exists()


def test_command_line_says_what_is_missing_and_returns_2(tmp_path, capsys):
    assert main(["--sources", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert FILES["stores"].path in capsys.readouterr().err


@pytest.mark.slow
def test_missing_column_is_named(world):
    write_rows(world.sources / FILES["counties"].path, ("GEOID", "Name"), [])
    with pytest.raises(SourceError, match="State, CBSA"):
        build_all(world.sources, world.out, world.curated)


@pytest.mark.slow
def test_broken_guard_stops_the_build(world):
    path = world.curated / "corrections.csv"
    text = path.read_text(encoding="utf-8").replace(",,2,", ",,3,")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match="count: found '2', expected '3'"):
        build_all(world.sources, world.out, world.curated)


def test_store_without_a_curated_row_stops_the_build(world):
    path = world.curated / "stores.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="go-aa-centre"):
        build_all(world.sources, world.out, world.curated)


@pytest.mark.slow
def test_a_cell_that_a_spreadsheet_runs_is_refused(world):
    path = world.sources / FILES["stores"].path
    path.write_text(path.read_text(encoding="utf-8").replace("North", "=1+1"), encoding="utf-8")
    with pytest.raises(ValueError, match="formula"):
        build_all(world.sources, world.out, world.curated)


def test_register_row(built):
    row = built.table("stores").set_index("store_id").loc["fresh-aa-north"]
    assert row["status"] == "closing"
    assert (row["size_sqft"], row["size_origin"]) == ("37000", "assumed")
    assert (row["employees"], row["employees_origin"]) == ("120", "observed")
    assert (row["point_origin"], row["point_precision_m"]) == ("assumed", "150")
    assert row["confidence"] == "medium"
    assert "https://ru24.pro/x (Southern California News Group, reprint)" in row["source"]


def test_shop_without_address_stands_at_the_city_centre(built):
    row = built.table("stores").set_index("store_id").loc["go-aa-centre"]
    assert (row["lat"], row["lon"], row["point_precision_m"]) == ("40.20000", "-90.25000", "3000")
    assert (row["street"], row["point_origin"], row["size_origin"]) == ("", "assumed", "reported")


def test_whole_foods_pages_once_with_street_and_city(built):
    table = built.table("stores").set_index("store_id")
    chain = table[table["banner"] == "Whole Foods Market"]
    assert list(chain.index) == ["wfm-aa-elm", "wfm-aa-hill"]
    assert list(chain["street"]) == ["5 Oak Ave", "77 Ridge Rd"]
    assert list(chain["city"]) == ["Mill Town", "Upper Hill"]


def test_ledger_scales_and_marks_origin(built):
    table = built.table("assumptions").set_index("key")
    assert list(table.loc["loss_usd", ["low", "base", "high"]]) == [
        "600000000",
        "610000000",
        "610000000",
    ]
    assert table.loc["loss_usd", "origin"] == "observed"
    assert table.loc["size_sqft.fresh", "origin"] == "assumed"
    assert table.loc["loss_usd", "distribution"] == "pert"
    assert table.loc["size_sqft.go", "distribution"] == "fixed"
    assert "-" not in table.index


def test_lease_terms(built):
    table = built.table("leases").set_index("store_id")
    fresh, go = table.loc["fresh-aa-north"], table.loc["go-aa-centre"]
    # 15 years from the middle of June 2022, 3.6 of them gone.
    assert (fresh["remaining_term_years"], fresh["remaining_term_origin"]) == ("11.4", "modelled")
    assert (fresh["rent_usd_per_sqft_year"], fresh["rent_basis"]) == ("25", "net")
    assert (go["remaining_term_years"], go["remaining_term_origin"]) == ("5", "assumed")
    assert (go["rent_basis"], go["charges_usd_per_sqft_year"]) == ("gross", "0")


def test_demand_leaves_out_empty_tracts_and_borrows_from_the_next_zip_with_income(built):
    table = built.table("demand").set_index("point_id")
    assert list(table.index) == ["01001000100", "01001000200"]
    assert set(table["zip"]) == {"00101"}
    assert list(table["households"]) == ["400", "1200"]
    assert set(table["metro_id"]) == {"mill-town-aa"}
    assert built.counts["demand_empty"] == "1"


def test_waters_are_written_as_they_were_decided(built):
    table = built.table("barriers").set_index("barrier_id")
    assert list(table.index) == ["mill-pond", "mill-river"]
    assert list(table.loc["mill-pond", ["west_of_lon", "lat_from", "lat_to"]]) == [
        "-90.2",
        "40.1",
        "40.4",
    ]
    assert (built.counts["barriers"], built.counts["barriers_within"]) == ("2", "1")


@pytest.mark.slow
def test_a_water_in_a_county_that_there_is_not_stops_the_build(world):
    path = world.curated / "barriers.csv"
    text = path.read_text(encoding="utf-8").replace("01003", "01005")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="counties that the list lacks: 01005"):
        build_all(world.sources, world.out, world.curated)


def test_competitors_follow_the_rules(built):
    table = built.table("competitors")
    assert sorted(table["chain"]) == ["Aldi", "ShopRite", "Target", "Walmart Supercenter"]
    edge = table[table["chain"] == "Target"].iloc[0]
    assert (edge["county_fips"], edge["metro_id"]) == ("01003", "mill-town-aa")
    assert table.loc[table["chain"] == "Walmart Supercenter", "lat"].iloc[0] == "40.27000"


def test_codebook_counts_what_each_rule_took(built):
    text = (built.out / "SOURCES.md").read_text(encoding="utf-8")
    assert "{{" not in text
    assert "| own banner |  |  |  |  | 1 |" in text
    assert "| repeat within its own source |  |  |  |  | 1 |" in text
    assert "| no coordinates in the file |  |  | 1 |  |  |" in text


def test_outcomes_are_tied_only_where_certain(built):
    table = built.table("outcomes").set_index("outcome_id")
    assert table.loc["us-fresh-aa-north", "store_id"] == "fresh-aa-north"
    assert table.loc["us-fresh-aa-east", "store_id"] == ""
    assert table.loc["us-fresh-aa-east", "site_name"].endswith("(leased, never opened)")
    assert (table.loc["uk-fresh-quay", "country"], table.loc["uk-fresh-quay", "state"]) == (
        "GB",
        "",
    )


def test_backtest_points_carry_a_code_and_no_prose(built):
    sites = built.table("backtest/sites")
    assert list(sites["coord_source"]) == ["zip_centroid"]
    assert "evidence" not in sites.columns
    assert list(built.table("backtest/own_stores")["state"]) == [""]
