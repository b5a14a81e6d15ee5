import datetime as dt
import json
import os

import pytest

from retail_portfolio.run import publish
from retail_portfolio.run.errors import Locked, PublishFailed

NOW = dt.datetime(2026, 1, 27, 6, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


def built(folder, status="complete", **files):
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    publish.write_manifest(folder, {"status": status, "run_id": folder.name})
    return folder


def latest(reports):
    return str((reports / "latest").readlink())


def test_run_id_holds_time_scenario_and_hash(reports):
    assert publish.make_run_id(reports, NOW, "base", "1a2b3c4d") == "20260127T060000Z-base-1a2b3c4d"


def test_run_id_is_in_utc(reports):
    east = NOW.astimezone(dt.timezone(dt.timedelta(hours=9)))
    assert publish.make_run_id(reports, east, "base", "1a2b3c4d").startswith("20260127T060000Z")


def test_run_id_is_never_taken_twice(reports):
    (reports / "20260127T060000Z-base-1a2b3c4d").mkdir(parents=True)
    second = publish.make_run_id(reports, NOW, "base", "1a2b3c4d")
    assert second == "20260127T060000Z-base-1a2b3c4d-2"


def test_publish_switches_latest(reports):
    for name in ("one", "two"):
        place = publish.publish(built(reports / ".aside"), reports, name)
        assert place == reports / name
        assert latest(reports) == name  # relative: the folder can be moved
    assert (reports / "one").is_dir()
    assert sorted(path.name for path in reports.iterdir()) == ["latest", "one", "two"]


def test_publish_survives_what_a_killed_one_left(reports):
    report = built(reports / ".aside")
    (reports / ".latest-one").symlink_to("nowhere")
    publish.publish(report, reports, "one")
    assert latest(reports) == "one"


def test_publish_that_fails_leaves_latest(reports):
    publish.publish(built(reports / ".aside"), reports, "one")
    built(reports / "two")
    with pytest.raises(PublishFailed, match="publishing the report"):
        publish.publish(built(reports / ".aside"), reports, "two")
    assert latest(reports) == "one"


def test_failed_run_never_becomes_latest(reports):
    publish.publish(built(reports / ".aside"), reports, "one")
    publish.keep_failed(built(reports / ".aside", "failed"), reports, "two")
    assert latest(reports) == "one"
    assert (reports / "two").is_dir()


def test_complete_report_passes(tmp_path):
    publish.check_complete(built(tmp_path / "r", a="1", b="2"), ["a", "b"])


def test_everything_missing_is_named_at_once(tmp_path):
    report = built(tmp_path / "r", status="failed", a="", b="2")
    with pytest.raises(PublishFailed) as caught:
        publish.check_complete(report, ["a", "b", "c"])
    assert str(caught.value) == (
        "the report is not complete: a is empty; c is missing; "
        "manifest.json does not say that the report is complete"
    )


def test_lock_is_held_once_and_names_its_owner(reports):
    with publish.hold(reports, {"since": "then"}):
        said = f"process {os.getpid()}, since then"
        with pytest.raises(Locked, match=said), publish.hold(reports, {}):
            pass
        owner = json.loads((reports / ".owner.json").read_text())
    assert owner["since"] == "then"
    assert not (reports / ".owner.json").exists()
    with publish.hold(reports, {}):
        pass


def test_lock_of_a_dead_process_is_free(reports):
    reports.mkdir()
    (reports / ".lock").write_text("")
    (reports / ".owner.json").write_text('{"process": 1}')
    with publish.hold(reports, {}):
        assert json.loads((reports / ".owner.json").read_text())["process"] == os.getpid()


def test_holder_clears_staging_folders_and_nothing_else(reports):
    (reports / ".staging-x" / "deep").mkdir(parents=True)
    (reports / "20260127T060000Z-base-1a2b3c4d").mkdir()
    with publish.hold(reports, {}):
        assert not (reports / ".staging-x").exists()
    assert (reports / "20260127T060000Z-base-1a2b3c4d").exists()


def test_runs_are_listed_newest_first_and_strangers_left_out(reports):
    names = [f"2026012{day}T060000Z-base-1a2b3c4d" for day in (5, 7, 6)]
    for name in names:
        built(reports / name)
    built(reports / "notes")
    (reports / "20260128T060000Z-base-1a2b3c4d").mkdir()
    (reports / "README.md").write_text("x")
    listed = [one["run_id"] for one in publish.list_runs(reports)]
    assert listed == sorted(names, reverse=True)


def test_no_reports_folder_has_no_runs(reports):
    assert publish.list_runs(reports) == []


@pytest.mark.parametrize("text", ["", "{", "[1]", "\xff"])
def test_manifest_that_cannot_be_read_is_none(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    assert publish.read_manifest(tmp_path) is None
