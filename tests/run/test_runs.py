import datetime as dt

import pytest

from retail_portfolio.run.publishing import publish, runs
from tests.run.folders import built

NOW = dt.datetime(2026, 1, 27, 6, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


def name_of(day, scenario="base"):
    return f"202601{day:02}T060000Z-{scenario}-1a2b3c4d"


def made(reports, day, number, status="complete", scenario="base", **about):
    """Make a run of a day, the so-manieth of its folder."""
    facts = {"number": number, "scenario": {"name": scenario}, **about}
    return built(reports / name_of(day, scenario), status, about=facts)


def listed(reports):
    return [one["run_id"] for one in runs.list_runs(reports)]


def test_run_id_holds_time_scenario_and_hash(reports):
    assert runs.make_run_id(reports, NOW, "base", "1a2b3c4d") == "20260127T060000Z-base-1a2b3c4d"


def test_run_id_is_in_utc(reports):
    east = NOW.astimezone(dt.timezone(dt.timedelta(hours=9)))
    assert runs.make_run_id(reports, east, "base", "1a2b3c4d").startswith("20260127T060000Z")


def test_run_id_is_never_taken_twice(reports):
    (reports / "20260127T060000Z-base-1a2b3c4d").mkdir(parents=True)
    second = runs.make_run_id(reports, NOW, "base", "1a2b3c4d")
    assert second == "20260127T060000Z-base-1a2b3c4d-2"


def test_runs_are_listed_newest_first_and_strangers_left_out(reports):
    names = [f"2026012{day}T060000Z-base-1a2b3c4d" for day in (5, 7, 6)]
    for name in names:
        built(reports / name)
    built(reports / "notes")
    (reports / "20260128T060000Z-base-1a2b3c4d").mkdir()
    (reports / "README.md").write_text("x")
    listed = [one["run_id"] for one in runs.list_runs(reports)]
    assert listed == sorted(names, reverse=True)


def test_no_reports_folder_has_no_runs(reports):
    assert runs.list_runs(reports) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", "\xff"])
def test_manifest_that_cannot_be_read_is_none(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    assert runs.read_manifest(tmp_path) is None


def test_order_is_that_of_making_whatever_the_clock_said(reports):
    made(reports, 28, 1)
    made(reports, 20, 2)
    built(reports / name_of(29))
    assert listed(reports) == [name_of(20), name_of(28), name_of(29)]
    assert runs.next_number(runs.list_runs(reports)) == 3


@pytest.mark.parametrize("number", [True, "7", None, 1.5])
def test_number_that_is_none_counts_as_the_oldest(reports, number):
    made(reports, 28, number)
    assert runs.next_number(runs.list_runs(reports)) == 1


def test_newest_report_is_neither_failed_nor_made_again(reports):
    made(reports, 20, 1)
    made(reports, 21, 2, scenario="high")
    made(reports, 22, 3, again={"of": name_of(20)})
    made(reports, 23, 4, "failed")
    found = runs.list_runs(reports)
    assert runs.newest(found)["run_id"] == name_of(21, "high")
    assert runs.newest(found, "base")["run_id"] == name_of(20)
    assert runs.newest(found, "nobody") == {}


def test_old_runs_go_and_each_kind_counts_for_itself(reports):
    for day, number in ((10, 1), (11, 2), (12, 3)):
        made(reports, day, number)
    for day, number in ((13, 4), (14, 5)):
        made(reports, day, number, "failed")
    made(reports, 15, 6, again={"of": name_of(12)})
    assert runs.drop_old(reports, 1) == ([name_of(13), name_of(11), name_of(10)], [])
    assert listed(reports) == [name_of(15), name_of(14), name_of(12)]
    assert not list(reports.glob(".*"))


def test_latest_stays_however_old_it_is(reports):
    for day, number in ((10, 1), (11, 2)):
        made(reports, day, number)
    publish.switch_latest(reports, name_of(10))
    assert runs.drop_old(reports, 1) == ([], [])
    assert listed(reports) == [name_of(11), name_of(10)]


def test_every_scenario_keeps_its_own(reports):
    made(reports, 10, 1)
    made(reports, 11, 2, scenario="high")
    made(reports, 12, 3)
    assert runs.drop_old(reports, 1) == ([name_of(10)], [])
    assert listed(reports) == [name_of(12), name_of(11, "high")]


def test_run_that_cannot_be_removed_hinders_nobody(reports, monkeypatch):
    for day, number in ((10, 1), (11, 2), (12, 3)):
        made(reports, day, number)
    remove = runs.shutil.rmtree

    def refuse(path, **options):
        if name_of(11) in path.name:
            raise PermissionError
        remove(path, **options)

    monkeypatch.setattr(runs.shutil, "rmtree", refuse)
    assert runs.drop_old(reports, 1) == ([name_of(10)], [name_of(11)])
    assert listed(reports) == [name_of(12)]


def test_folder_counts_whatever_its_manifest_says(reports):
    """A copied report has the manifest of another; an edited one may name a folder outside."""
    outside = built(reports.parent / "outside")
    for day, number in ((10, 1), (11, 2)):
        made(reports, day, number)
    publish.write_manifest(reports / name_of(10), {"status": "complete", "run_id": "../outside"})
    publish.write_manifest(
        reports / name_of(11), {"status": "complete", "run_id": name_of(10), "number": 2}
    )
    assert listed(reports) == [name_of(11), name_of(10)]
    assert runs.drop_old(reports, 1) == ([name_of(10)], [])
    assert outside.is_dir()
    assert listed(reports) == [name_of(11)]
