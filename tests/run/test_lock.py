import datetime as dt
import json
import os

import pytest

from retail_portfolio.run.errors import Locked, PublishFailed
from retail_portfolio.run.publishing import lock, publish, runs
from retail_portfolio.run.publishing.recovery import Found
from tests.run.folders import built, latest

NAME = "20260127T060000Z-base-1a2b3c4d"
LATER = "20260128T060000Z-base-1a2b3c4d"


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


def test_lock_is_held_once_and_names_its_owner(reports):
    with lock.hold(reports, {"since": "then"}):
        said = f"process {os.getpid()}, since then"
        with pytest.raises(Locked, match=said), lock.hold(reports, {}):
            pass
        owner = json.loads((reports / ".owner.json").read_text())
    assert owner["since"] == "then"
    assert not (reports / ".owner.json").exists()
    with lock.hold(reports, {}):
        pass


def test_lock_of_a_dead_process_is_free(reports):
    reports.mkdir()
    (reports / ".lock").write_text("")
    (reports / ".owner.json").write_text('{"process": 1}')
    with lock.hold(reports, {}):
        assert json.loads((reports / ".owner.json").read_text())["process"] == os.getpid()


def test_holder_clears_staging_folders_and_nothing_else(reports):
    (reports / ".staging-x" / "deep").mkdir(parents=True)
    (reports / "20260127T060000Z-base-1a2b3c4d").mkdir()
    with lock.hold(reports, {}):
        assert not (reports / ".staging-x").exists()
    assert (reports / "20260127T060000Z-base-1a2b3c4d").exists()


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0.2, "less than a minute"), (1, "1 minute)"), (5, "5 minutes"), (59, "59"), (180, "3 hours")],
)
def test_age_of_a_lock_is_said(reports, minutes, said):
    since = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    with lock.hold(reports, {"since": since.isoformat()}):
        with pytest.raises(Locked) as caught, lock.hold(reports, {}):
            pass
        assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_owner_that_cannot_be_read(reports, text):
    with lock.hold(reports, {}):
        (reports / ".owner.json").write_text(text)
        with pytest.raises(Locked, match="has not signed"), lock.hold(reports, {}):
            pass


def killed(reports, *, pages=True):
    """Leave behind what a process leaves that is killed while it builds pages."""
    staging = reports / f".staging-{NAME}"
    (staging / "report" / "notebooks").mkdir(parents=True)
    (staging / "report" / "notebooks" / "a.ipynb").write_text("{}")
    if pages:
        (staging / "report" / "index.html").write_text("x")
    publish.write_manifest(staging, {"status": "running", "run_id": NAME, "number": 7})
    (reports / ".owner.json").write_text('{"host": "h", "process": 99}')


def test_killed_run_is_listed_as_failed_with_its_notebooks(reports):
    killed(reports)
    with lock.hold(reports, {}) as found:
        assert found.sentences == (
            "an earlier run, process 99 on h, ended without a word: its lock is taken over",
            f"what there is of it is kept in {reports / NAME}",
        )
        assert found.killed == (NAME,)
    (manifest,) = runs.list_runs(reports)
    assert manifest["status"] == "failed"
    assert manifest["failure"]["error"] == "Killed"
    assert list(manifest["outputs"]) == ["notebooks/a.ipynb"]
    files = [path.name for path in (reports / NAME).rglob("*") if path.is_file()]
    assert sorted(files) == ["a.ipynb", "manifest.json"]
    with lock.hold(reports, {}) as found:
        assert found == Found()


def test_run_that_was_killed_after_it_was_published_is_complete(reports):
    """Its folder had its name already; what is left aside is only the working folders."""
    killed(reports)
    built(reports / NAME, about={"number": 7})
    with lock.hold(reports, {}):
        pass
    assert [one["status"] for one in runs.list_runs(reports)] == ["complete"]
    assert not (reports / f".staging-{NAME}").exists()


def test_switch_that_a_killed_run_had_begun_is_finished(reports):
    built(reports / NAME, about={"number": 1})
    publish.switch_latest(reports, NAME)
    built(reports / LATER, about={"number": 2, "shown": True})
    (reports / f".latest-{LATER}").symlink_to(LATER)
    with lock.hold(reports, {}) as found:
        assert found.sentences == (f"{LATER} was complete already: latest points to it now",)
    assert latest(reports) == LATER
    assert not list(reports.glob(".latest-*"))


def test_first_report_that_was_killed_before_it_was_shown_is_shown(reports):
    built(reports / NAME, about={"number": 1, "shown": True})
    with lock.hold(reports, {}) as found:
        assert found.sentences == (f"{NAME} was complete already: latest points to it now",)
    assert latest(reports) == NAME


def test_report_that_was_not_to_be_shown_does_not_become_latest(reports):
    """Of several scenarios readers see the last; the others stand in the list."""
    built(reports / NAME, about={"number": 1, "shown": True})
    publish.switch_latest(reports, NAME)
    built(reports / LATER, about={"number": 2, "shown": False})
    with lock.hold(reports, {}) as found:
        assert found == Found()
    assert latest(reports) == NAME


def test_latest_that_is_no_link_is_said_before_anything_is_made(reports):
    built(reports / "latest")
    with pytest.raises(PublishFailed, match="is not a link"), lock.hold(reports, {}):
        pass
    assert not (reports / ".owner.json").exists()


def test_report_made_again_does_not_become_latest_later(reports):
    built(reports / NAME, about={"number": 1})
    publish.switch_latest(reports, NAME)
    built(reports / LATER, about={"number": 2, "again": {"of": NAME}})
    with lock.hold(reports, {}) as found:
        assert found == Found()
    assert latest(reports) == NAME


def test_run_that_was_half_removed_goes(reports):
    built(reports / f".gone-{NAME}")
    with lock.hold(reports, {}):
        assert not list(reports.glob(".gone-*"))
