import datetime as dt
import json
import os

import pytest

from retail_portfolio.run.publishing import publish, status
from tests.run.folders import built

NOW = dt.datetime(2026, 1, 27, 6, 0, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=2)
GOOD = {"outcome": "published", "exit_status": 0, "message": "", "runs": ["one"]}
BAD = GOOD | {"outcome": "failed", "exit_status": 1, "message": "why", "runs": []}


@pytest.fixture
def reports(tmp_path):
    scenario = {"name": "base", "as_of": "2026-01-01"}
    about = {"scenario": scenario, "finished": "2026-01-26T06:00:00Z", "data_age": ["old"]}
    built(tmp_path / "one", about=about)
    publish.switch_latest(tmp_path, "one")
    return tmp_path


def read(reports):
    return json.loads((reports / "status.json").read_text())


def test_running(reports):
    status.begun(reports, NOW, 90.0)
    found = read(reports)
    assert (found["state"], found["since"]) == ("running", "2026-01-27T06:00:00Z")
    assert found["process"] == os.getpid()
    assert found["must_end_by"] == "2026-01-27T06:01:30Z"
    assert (found["last"], found["last_good"], found["failures_in_a_row"]) == (None, None, 0)
    assert found["latest"] == {
        "run_id": "one",
        "scenario": "base",
        "as_of": "2026-01-01",
        "finished": "2026-01-26T06:00:00Z",
        "data_age": ["old"],
    }


def test_ended(reports):
    status.begun(reports, NOW, None)
    assert read(reports)["must_end_by"] is None
    status.ended(reports, LATER, GOOD)
    found = read(reports)
    assert (found["state"], found["since"]) == ("idle", "2026-01-27T06:02:00Z")
    assert found["last"] == GOOD | {"ended": "2026-01-27T06:02:00Z"}
    assert found["last_good"] == "2026-01-27T06:02:00Z"
    assert "process" not in found


def test_failures_are_counted_until_one_is_good(reports):
    status.ended(reports, NOW, GOOD)
    for count in (1, 2):
        status.begun(reports, LATER, None)
        status.ended(reports, LATER, BAD)
        assert read(reports)["failures_in_a_row"] == count
        assert read(reports)["last_good"] == "2026-01-27T06:00:00Z"
    status.begun(reports, LATER, None)
    assert read(reports)["last"]["exit_status"] == 1
    status.ended(reports, LATER, GOOD)
    assert read(reports)["failures_in_a_row"] == 0


def test_comparison_is_over_when_it_is_over(reports):
    status.begun(reports, NOW, 90.0)
    status.ended(reports, LATER, GOOD | {"outcome": "compared"})
    assert read(reports)["state"] == "idle"
    assert not {"process", "host", "must_end_by"} & read(reports).keys()


def test_comparison_says_nothing_of_how_reports_come_about(reports):
    status.ended(reports, NOW, GOOD)
    status.ended(reports, NOW, BAD)
    for code in (0, 5):
        status.ended(reports, LATER, BAD | {"outcome": "compared", "exit_status": code})
        found = read(reports)
        assert found["last"]["exit_status"] == code
        assert found["failures_in_a_row"] == 1
        assert found["last_good"] == "2026-01-27T06:00:00Z"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"failures_in_a_row": "many"}'])
def test_file_that_cannot_be_read_is_begun_anew(reports, text):
    (reports / "status.json").write_text(text)
    status.ended(reports, NOW, BAD)
    assert read(reports)["failures_in_a_row"] == 1


def test_no_report_yet(tmp_path):
    status.begun(tmp_path, NOW, None)
    assert read(tmp_path)["latest"] is None
