"""A clock that is wrong: what was made last is the newest, whatever time it says."""

import datetime as dt
import sys
import types

import pytest

from retail_portfolio.run.publishing import publish
from retail_portfolio.run.report import Request, make_reports
from tests.faults.whole import assert_whole, latest, listed, manifest_of
from tests.run.workshop import quicken

pytestmark = pytest.mark.slow
NOON = dt.datetime(2026, 3, 2, 12, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def set_clock(monkeypatch):
    """Set the clock that every module of the runner looks at; it stands still then."""

    def set_to(moment):
        class Clock(dt.datetime):
            @classmethod
            def now(cls, tz=None):
                return moment.astimezone(tz)

        shown = types.SimpleNamespace(**{**vars(dt), "datetime": Clock})
        modules = {name: one for name, one in sys.modules.items() if ".run." in f"{name}."}
        looking = [one for one in modules.values() if hasattr(one, "dt")]
        assert looking
        for module in looking:
            monkeypatch.setattr(module, "dt", shown)

    return set_to


@pytest.fixture
def quick(workshop, monkeypatch):
    quicken(monkeypatch.setattr)
    return workshop


def test_clock_is_set_back_between_runs(quick, set_clock, command):
    set_clock(NOON)
    (early,) = make_reports(Request(overrides=("seed=2",)))
    set_clock(NOON - dt.timedelta(days=365))
    (late,) = make_reports(Request())
    assert early.name > late.name
    assert manifest_of(late)["started"] < manifest_of(early)["started"]
    assert latest(quick.reports) == late.name
    assert listed(quick.reports) == [(late.name, "complete"), (early.name, "complete")]
    assert_whole(quick.reports)
    status, _, err = command("report", "--if-changed")
    assert status == 0
    assert f"nothing has changed since {late.name}" in err
    status, _, err = command("report", "--if-changed", "--set", "seed=2")
    assert status == 0
    assert "nothing has changed" not in err  # readers no longer see the one that says so
    assert latest(quick.reports) not in {early.name, late.name}


def test_runs_from_the_future(quick, set_clock, command):
    """Reports made before runs were numbered, by a clock that was years ahead."""
    future = "20990101T000000Z-base-01234567"
    aside = quick.reports / ".aside"
    aside.mkdir(parents=True)
    scenario, inputs = {"name": "base"}, {"hash": "0" * 64}
    about = {"run_id": future, "scenario": scenario, "inputs": inputs, "outputs": {}}
    publish.write_manifest(aside, {"status": "complete", **about})
    publish.publish(aside, quick.reports, future)
    set_clock(NOON)
    (run,) = make_reports(Request())
    assert latest(quick.reports) == run.name
    assert [name for name, _ in listed(quick.reports)] == [run.name, future]
    assert "nothing has changed" in command("report", "--if-changed")[2]
    assert latest(quick.reports) == run.name


def test_many_runs_in_one_second(quick, set_clock):
    set_clock(NOON)
    made = [make_reports(Request())[0].name for _ in range(11)]
    assert made[-1].endswith("-11")
    assert [name for name, _ in listed(quick.reports)] == made[::-1]
    assert latest(quick.reports) == made[-1]


def test_clock_is_set_back_during_a_run(quick, set_clock, monkeypatch):
    from retail_portfolio.run import making

    set_clock(NOON)
    run_cells = making.run_notebooks

    def turn_back(jobs, **how):
        set_clock(NOON - dt.timedelta(hours=1))
        return run_cells(jobs, **how)

    monkeypatch.setattr(making, "run_notebooks", turn_back)
    (run,) = make_reports(Request())
    durations = manifest_of(run)["durations_seconds"]
    assert 0 <= durations["pages"] <= durations["whole"] < 60
    assert latest(quick.reports) == run.name
    assert_whole(quick.reports)
