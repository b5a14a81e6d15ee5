"""The live survey, asked by the true client of a stand-in on the loopback."""

from __future__ import annotations

import importlib.util
import socket
import time

import pytest

from retail_portfolio.inputs.build import acs
from retail_portfolio.inputs.build.demand import build_demand
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.registers import demand
from retail_portfolio.inputs.registers.zip_areas import zip_areas, zip_places
from retail_portfolio.inputs.table_files import load_table
from tests.inputs.build.bare import read, write_bare
from tests.inputs.build.census_stand_in import (
    KEY,
    NO_FIGURE,
    YEAR,
    figures,
    session_to,
    stand_in,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path):
    return write_bare(tmp_path / "bare")


@pytest.fixture
def service():
    with stand_in() as service:
        yield service


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv(acs.KEY, KEY)
    return KEY


@pytest.mark.usefixtures("key")
def test_the_figures_of_the_survey_stand_in_the_table(folder, service):
    live = acs.acs_figures(YEAR, session_to(service.port))
    built = build_demand(str(folder), radius_miles=8, figures=live)
    assert built.source == "American Community Survey 2019 to 2023 (Census Bureau, live)"
    table = load_table(demand.FILE, str(folder))
    assert not table.faults
    one = table.frame.set_index("zip").loc["80202"]
    asked = figures("80202")
    assert one["population"] == asked["B01003_001E"]
    assert one["households"] == asked["B11001_001E"]
    assert one["median_household_income_usd"] == 130_202
    assert one["share_bachelors"] == pytest.approx(200 / 800)
    assert one["share_over_200k"] == pytest.approx(150 / 601, abs=5e-5)
    assert one["share_no_vehicle"] == pytest.approx(60 / 601, abs=5e-5)
    land = zip_places().set_index("zip").loc["80202", "land_sq_km"]
    assert one["population_per_sq_km"] == pytest.approx(asked["B01003_001E"] / land, abs=0.05)
    place = zip_areas().set_index("zip").loc["80202"]
    assert one["lat"] == pytest.approx(place["lat"], abs=1e-5)
    assert KEY not in "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("key")
def test_gaps_are_borrowed_or_blank_and_empty_areas_go(folder, service):
    service.changed["80203"] = {"B19013_001E": NO_FIGURE, "B08201_002E": NO_FIGURE}
    service.changed["80204"] = {"B11001_001E": 0}
    service.changed["80205"] = {"B01003_001E": None}
    service.missing = {"80206"}
    live = acs.acs_figures(YEAR, session_to(service.port))
    built = build_demand(str(folder), radius_miles=8, figures=live)
    rows = {row["zip"]: row for row in read(folder, demand.FILE)}
    assert "80203" in rows
    assert int(rows["80203"]["median_household_income_usd"]) > 50_000
    assert rows["80203"]["share_no_vehicle"] == ""
    assert not {"80204", "80205", "80206"} & set(rows)
    assert dict(built.left_out)["ZIP areas without people in that survey"] == 3


@pytest.mark.usefixtures("key")
def test_many_areas_are_asked_for_a_hundred_at_a_time(folder, service):
    live = acs.acs_figures(YEAR, session_to(service.port))
    built = build_demand(str(folder), radius_miles=30, figures=live)
    questions = [path for path in service.asked if "/variables/" not in path]
    assert built.rows > 100
    assert len(questions) == -(-built.rows // 100)
    assert max(map(len, questions)) < 2000


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("reply", "error", "text"),
    [
        ((500, "There was an error"), acs.SourceUnavailableError, "it refused the request"),
        ((200, "no json"), acs.SourceUnavailableError, "did not answer"),
        ((200, "[]"), acs.SourceUnavailableError, "its answer is no table"),
        ((200, '{"a": 1}'), acs.SourceUnavailableError, "its answer is no table"),
        ((200, '"busy"'), acs.SourceUnavailableError, "its answer is no table"),
        ((200, "null"), acs.SourceUnavailableError, "its answer is no table"),
        ((204, ""), acs.SourceUnavailableError, "no area with an income"),
        ((404, "<title>404 Not Found</title>"), InputError, "has published a five-year survey"),
        ((200, "<title>Invalid Key</title>"), InputError, "a key that the Census Bureau knows"),
    ],
)
def test_a_service_that_fails_is_told_in_one_line_without_the_key(
    folder, service, reply, error, text
):
    service.reply = reply
    (folder / demand.FILE).write_text("point_id\n")
    live = acs.acs_figures(YEAR, session_to(service.port))
    with pytest.raises(error, match=text) as found:
        build_demand(str(folder), figures=live)
    assert "\n" not in str(found.value)
    assert KEY not in str(found.value)
    assert (folder / demand.FILE).read_text() == "point_id\n"


@pytest.mark.usefixtures("key")
def test_a_network_that_is_down_is_told_without_the_key(folder):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    live = acs.acs_figures(YEAR, session_to(port))
    with pytest.raises(acs.SourceUnavailableError, match=r"\(ConnectionError\)") as found:
        build_demand(str(folder), figures=live)
    assert KEY not in repr(found.value)
    assert found.value.__cause__ is None
    assert not (folder / demand.FILE).exists()


@pytest.mark.usefixtures("key")
def test_a_service_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(acs, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/%s/%s"
        core = pytest.importorskip("census.core", reason="the extra acs is not installed")
        monkeypatch.setattr(core.ACS5Client, "_switch_endpoints", lambda *_: None)
        monkeypatch.setattr(core.ACS5Client, "endpoint_url", address)
        live, points = acs.acs_figures(YEAR), zip_areas().head(3)
        started = time.monotonic()
        with pytest.raises(acs.SourceUnavailableError, match=r"\(ReadTimeout\)"):
            live(points)
        assert time.monotonic() - started < 5


def test_what_is_missing_is_named_at_once_with_what_to_type(monkeypatch):
    monkeypatch.delenv(acs.KEY, raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError) as found:
        acs.acs_figures(1999)
    lines = str(found.value).splitlines()
    assert len(lines) == 3
    assert "pip install 'retail-portfolio[acs]'" in lines[0]
    assert f"export {acs.KEY}=" in lines[1]
    assert "2012 or later" in lines[2]
