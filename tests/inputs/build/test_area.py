"""Which stores matter, and which metro a ZIP area belongs to."""

from __future__ import annotations

import numpy as np
import pytest

from retail_portfolio.inputs.build.area import area_of, metro_names
from retail_portfolio.inputs.build.settings import settings_of
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.inputs.near import nearest
from retail_portfolio.inputs.registers.zip_areas import zip_places
from retail_portfolio.model.market.sphere import great_circle_km
from tests.inputs.build.bare import BURLINGTON, rows, store, write_bare, write_stores

pytestmark = pytest.mark.slow

MILE = 1.609344


@pytest.fixture
def folder(tmp_path):
    return write_bare(tmp_path / "bare")


def test_stores_matter_that_share_customers_with_a_closing_one(folder):
    area = area_of("base", str(folder))
    assert area.radius_miles == pytest.approx(20)
    closing = [f"corner-{n}" for n in range(1, 7)]
    assert area.anchors["store_id"].tolist() == closing + [f"hall-{n}" for n in range(1, 9)]
    assert area.metros["metro_id"].tolist() == ["denver-co"]
    assert dict(area.left_out) == {
        "stores that closed before": 1,
        "stores farther than 25 km from any ZIP area": 0,
        "open stores that share no customer with a closing one": 3,
    }


def test_how_far_customers_come_is_the_scenarios(folder):
    base = folder / "scenarios" / "base.yaml"
    base.write_text(base.read_text() + "trade_area_minutes: 60\n")
    area = area_of("base", str(folder))
    assert area.radius_miles == pytest.approx(40)
    assert "hall-9" in set(area.anchors["store_id"])
    assert "hall-10" not in set(area.anchors["store_id"])


def test_without_closing_stores_every_open_one_matters(tmp_path):
    register = [row for row in rows() if row["status"] == "open"]
    area = area_of("base", str(write_bare(tmp_path / "bare", register)))
    assert len(area.anchors) == 11
    assert area.metros["metro_id"].tolist() == [
        "chicago-il",
        "denver-co",
        "fort-collins-co",
        "kit-carson-county-co",
    ]


def test_a_scenario_that_cannot_be_used_stops_nothing_and_is_told(folder):
    (folder / "scenarios" / "base.yaml").write_text("retailer: x\nbanners: {}\n")
    settings = settings_of("base", str(folder))
    assert settings.trade_area_minutes == 30
    assert settings.stated is None
    assert "cannot be used yet" in settings.note
    assert area_of("base", str(folder)).settings.note == settings.note


def test_the_scenario_of_another_retailer_is_not_taken(folder):
    (folder / "scenarios" / "base.yaml").unlink()
    settings = settings_of("base", str(folder))
    assert (settings.banners, settings.stated) == ((), None)
    assert settings.note == (
        "the data folder has no scenarios/base.yaml of its own: trade areas are taken as 30 "
        "minutes, money as US dollars, banners from stores.csv, lease terms from the ledger alone"
    )


def test_the_checkouts_own_data_folder_has_its_scenario_however_it_is_named():
    named = settings_of("base", str(checkout_root() / "data"))
    assert named == settings_of("base", "")
    assert named.banners
    assert not named.note


def test_banners_are_known_by_every_name(folder):
    assert settings_of("base", str(folder)).banners == (
        "Corner Pantry",
        "Corner Pantry shops",
        "Harvest Hall",
    )


def test_every_fault_of_the_register_is_named(folder):
    register = rows()
    register[0]["lat"], register[1]["status"] = "north", "shut"
    write_stores(folder, register)
    with pytest.raises(InputError) as found:
        area_of("base", str(folder))
    assert [(fault.row, fault.column) for fault in found.value.faults] == [
        (2, "lat"),
        (3, "status"),
    ]


def test_stores_abroad_have_no_ground_here(tmp_path):
    register = [store("corner-1", "corner", "closing", (51.5, -0.1))]
    folder = write_bare(tmp_path / "bare", register)
    with pytest.raises(InputError, match=r"a ZIP area of the United States within 25 km"):
        area_of("base", str(folder))


def test_zip_areas_around_are_those_within_the_radius_and_the_nearest_of_each_store(folder):
    area, places = area_of("base", str(folder)), zip_places()
    found = area.around(20)
    lat, lon = places["lat"].to_numpy(), places["lon"].to_numpy()
    near = np.zeros(len(places), dtype=bool)
    for here in area.anchors.itertuples():
        near |= great_circle_km(here.lat, here.lon, lat, lon) <= 20 * MILE
    assert found.tolist() == np.flatnonzero(near).tolist()
    assert sorted(area.around(0.01)) == sorted(set(area.anchors["zip_at"]))


def test_an_area_of_no_stores_metro_counts_with_the_nearest_store(tmp_path):
    register = [
        store("corner-1", "corner", "closing", BURLINGTON),
        store("corner-2", "corner", "closing", (39.74, -104.99)),
    ]
    area = area_of("base", str(write_bare(tmp_path / "bare", register)))
    places = zip_places().set_index("zip")
    position = {code: at for at, code in enumerate(places.index)}
    boulder, goodland = position["80302"], position["67735"]  # metros of their own
    own = metro_names(zip_places().iloc[[boulder, goodland]])["metro_id"].tolist()
    assert own == ["boulder-co", "sherman-county-ks"]
    denver = position["80202"]
    given = area.metro_of(np.array([boulder, goodland, denver]))
    assert given == ["denver-co", "kit-carson-county-co", "denver-co"]


def test_accents_and_places_without_metro_make_ids_as_well():
    named = metro_names(zip_places().set_index("zip", drop=False).loc[["81212", "80807"]])
    assert named["metro_id"].tolist() == ["canon-city-co", "kit-carson-county-co"]
    assert named["cbsa_code"].tolist() == ["15860", ""]
    assert named["county_fips"].tolist() == ["", "08063"]


def test_an_area_of_a_stores_metro_stays_in_it_though_another_store_is_nearer(tmp_path):
    register = [
        store("corner-1", "corner", "closing", (40.015, -105.270)),  # Boulder
        store("corner-2", "corner", "closing", (39.740, -104.990)),
    ]
    area = area_of("base", str(write_bare(tmp_path / "bare", register)))
    assert area.metros["metro_id"].tolist() == ["boulder-co", "denver-co"]
    position = {code: at for at, code in enumerate(zip_places()["zip"])}
    at = np.array([position["80403"], position["82001"]])  # Golden's hills, and Cheyenne
    golden = zip_places().iloc[at[:1]]
    assert area.anchors.iloc[nearest(golden, area.anchors)[0]]["store_id"].tolist() == ["corner-1"]
    assert area.metro_of(at) == ["denver-co", "boulder-co"]
