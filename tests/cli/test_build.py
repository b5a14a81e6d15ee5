"""`build WHAT`: from a bare list of stores to a portfolio with a plan, and how each step fails."""

from __future__ import annotations

import json
import shutil

import pytest

from retail_portfolio.inputs.build import acs
from tests.inputs.build.bare import read, rows, write_bare, write_stores, write_with_ledger
from tests.inputs.build.census_stand_in import KEY, YEAR, session_to, stand_in
from tests.inputs.build.test_snap import CUT

FOODBARNS = [
    f"Foodbarn {n},{39.62 + 0.04 * (n % 7):.2f},{-105.12 + 0.05 * (n // 7):.2f},,supermarket,"
    for n in range(42)
]
RIVALS = "\n".join(
    [
        "name,lat,lon,chain,kind,size_sqft",
        *FOODBARNS,
        "Greenery,39.731,-104.943,Greenery,natural,18000",
        "Harvest Hall 3,39.7181,-104.9772,,,",
    ]
)


@pytest.fixture
def bare(tmp_path):
    return write_bare(tmp_path / "bare")


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_from_a_list_of_stores_to_a_plan(tmp_path, command):
    folder = write_with_ledger(tmp_path / "bare")
    (tmp_path / "rivals_2025-12.csv").write_text(RIVALS)
    steps = [
        ("metros",),
        ("demand",),
        ("competitors", "--list", tmp_path / "rivals_2025-12.csv"),
        ("leases",),
    ]
    for step in steps:
        status, out, err = command("build", *step, "--data", folder)
        assert (status, err) == (0, "")
        assert out.startswith(f"{step[0]}.csv: ")
    assert len(read(folder, "competitors.csv")) == 43
    status, out, err = command("check", "--data", folder)
    assert (status, err) == (0, "")
    assert "everything is fit to use" in out
    status, out, _ = command("plan", "--json", "--data", folder)
    assert status == 0
    found = json.loads(out)
    assert found["status"] == "optimal"
    assert [store["store_id"] for store in found["stores"]] == [f"corner-{n}" for n in range(1, 7)]
    for name in ("metros", "demand", "competitors", "leases"):
        assert f"## {name}.csv, built" in (folder / "SOURCES.md").read_text()


@pytest.mark.slow
def test_equal_asking_gives_equal_bytes_in_any_order(tmp_path, command):
    (tmp_path / "rivals_2025-12.csv").write_text(RIVALS)
    made = []
    steps = [
        ("metros",),
        ("demand", "--radius-miles", "12"),
        ("competitors", "--list", tmp_path / "rivals_2025-12.csv"),
        ("leases",),
    ]
    for name, order in (("one", steps), ("other", reversed(steps))):
        folder = write_with_ledger(tmp_path / name)
        for step in order:
            assert command("build", *step, "--data", folder)[0] == 0
        made.append(files(folder))
        made[-1].pop("SOURCES.md")  # its sections stand in the order they were made
    assert made[0] == made[1]


@pytest.mark.slow
def test_the_other_tables_may_be_faulty_or_empty(bare, command):
    (bare / "metros.csv").write_text("nonsense\n1\n2\n")
    (bare / "demand.csv").write_text("point_id\n")
    (bare / "competitors.csv").write_bytes(b"\x00\xff")
    assert command("build", "demand", "--data", bare)[0] == 0
    status, _, err = command("build", "metros", "--data", bare)
    assert status == 2
    assert err.startswith("metros.csv: found '2 rows', expected no rows yet; or --replace")
    status, out, _ = command("build", "metros", "--replace", "--data", bare)
    assert status == 0
    assert "kept as metros.csv.before" in out
    assert (bare / "metros.csv.before").read_text() == "nonsense\n1\n2\n"


@pytest.mark.slow
def test_a_county_far_from_the_stores_has_no_rival(bare, command):
    status, _, err = command("build", "competitors", "--snap", CUT, "--data", bare)
    assert status == 2
    assert "a supermarket of another owner within 40 miles of a store" in err


@pytest.mark.parametrize("what", ["metros", "demand", "leases"])
def test_every_fault_of_the_register_is_named_and_nothing_is_written(bare, command, what):
    register = rows()
    register[0]["lat"], register[1]["status"] = "north", "shut"
    write_stores(bare, register)
    before = files(bare)
    status, out, err = command("build", what, "--data", bare)
    assert (status, out) == (2, "")
    assert "stores.csv row 2, column lat" in err
    assert "stores.csv row 3, column status" in err
    assert files(bare) == before


def test_without_a_folder_or_a_register_there_is_one_message(tmp_path, command):
    assert command("build", "demand", "--data", tmp_path / "nowhere")[0] == 2
    (tmp_path / "empty").mkdir()
    status, _, err = command("build", "demand", "--data", tmp_path / "empty")
    assert status == 2
    assert err.startswith("stores.csv: found nothing, expected this file")


@pytest.mark.parametrize("lists", [(), ("--snap", "a.csv", "--list", "b.csv")])
def test_competitors_come_from_one_list(bare, command, lists):
    status, _, err = command("build", "competitors", *lists, "--data", bare)
    assert status == 2
    assert "one list: --snap FILE or --list FILE" in err


@pytest.mark.parametrize("radius", ["0", "-3", "501", "far"])
def test_a_radius_is_a_number_of_miles(bare, command, radius):
    status, _, err = command("build", "demand", "--radius-miles", radius, "--data", bare)
    assert status == 2
    assert "--radius-miles" in err


@pytest.mark.slow
def test_the_live_survey_by_the_command(bare, command, monkeypatch):
    monkeypatch.setenv(acs.KEY, KEY)
    with stand_in() as service:
        monkeypatch.setattr(acs, "_bounded_session", lambda: session_to(service.port))
        asked = ("build", "demand", "--acs", YEAR, "--radius-miles", "5", "--data", bare)
        status, out, err = command(*asked)
        assert (status, err) == (0, "")
        assert "American Community Survey 2019 to 2023" in out
        before = files(bare)
        service.reply = (503, "down")
        status, out, err = command(*asked, "--replace")
    assert (status, out) == (5, "")
    assert err.count("\n") == 1
    assert "the Census Bureau did not answer" in err
    assert KEY not in err
    assert files(bare) == before


def test_the_live_survey_without_a_key_says_what_to_type(bare, command, monkeypatch):
    monkeypatch.delenv(acs.KEY, raising=False)
    status, out, err = command("build", "demand", "--acs", YEAR, "--data", bare)
    assert (status, out) == (2, "")
    assert f"export {acs.KEY}=" in err
    assert err.count("\n") == 1


def test_a_folder_that_cannot_be_written_to_is_named(bare, command, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    shutil.copy(bare / "stores.csv", bare / "again.csv")
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    status, _, err = command("build", "metros", "--data", bare)
    assert status == 2
    assert "a folder that can be written to (Permission denied)" in err
