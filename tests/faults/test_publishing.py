"""A run that ends at any of its steps: readers keep a whole report, and the next run puts it right.

What a run changes on the disk is a list of about a hundred steps, from the lock to the list of
runs. A run ends before one of them, then another before the next. A step is a change that the
system makes as a whole, so that between two of them there is no other state to be found in.
"""

import shutil
import signal

import pytest

from tests.faults.steps import Runner
from tests.faults.whole import assert_whole, latest, listed, manifest_of, runs

pytestmark = pytest.mark.slow


@pytest.fixture
def runner(workshop):
    made = Runner(workshop)
    yield made
    made.close()


@pytest.fixture
def before(workshop, runner, tmp_path):
    """Put one published report and one failed run back into the reports folder."""
    failing = workshop.notebook("03_gamma", "1 / 0")
    assert runner.run("report").status == 1
    failing.unlink()
    assert runner.run("report").status == 0
    kept = tmp_path / "kept"
    shutil.copytree(workshop.reports, kept, symlinks=True)

    def put_back():
        shutil.rmtree(workshop.reports)
        shutil.copytree(kept, workshop.reports, symlinks=True)
        return latest(workshop.reports)

    return put_back


def steps_to_try(steps):
    """Return numbers of steps (from 1): all of those that publish, and some of those before.

    Until the manifest is written, a step is like the next one: something in a folder that nobody
    looks into. Folders that are emptied are alike, too.
    """
    first = max(at for at, step in enumerate(steps) if step.endswith(".part") and "report/" in step)
    emptied = [at for at, step in enumerate(steps) if "/" not in step]
    publishing = {*range(first, len(steps)), *range(12)} - set(emptied)
    return sorted(at + 1 for at in publishing | set(range(0, first, 6)) | set(emptied[::6]))


def through_the_steps(runner, before, **how):
    """Run once as a whole, then let runs end before a step of it; yield how each of them ended."""
    before()
    whole = runner.run("report")
    assert whole.status == 0, whole.err
    steps = steps_to_try(whole.steps)
    assert len(steps) > 30
    assert {step.split()[0] for step in whole.steps} >= {"open", "os.rename", "os.symlink"}
    for at in steps:
        old = before()
        ended = runner.run("report", at=at, **how)
        yield old, ended, f"step {at} of {len(whole.steps)}: {ended.steps[-1]}\n{ended.err}"


def step_of(steps, begins, part):
    """Return the number of the first step that begins so and has this in its name."""
    named = (step.startswith(begins) and part in step for step in steps)
    return next(at for at, found in enumerate(named, start=1) if found)


def assert_next_run_puts_it_right(workshop, runner, step):
    """See that a further run is published, the list is complete, and nothing is left over."""
    there = set(runs(workshop.reports))
    again = runner.run("report")
    assert again.status == 0, f"{step}\nthen: {again.err}"
    assert "Traceback" not in again.err
    assert_whole(workshop.reports)
    assert latest(workshop.reports) not in there, step
    assert listed(workshop.reports)[0] == (latest(workshop.reports), "complete"), step


def test_killed_at_any_step(workshop, runner, before):
    seen = set()
    for old, ended, step in through_the_steps(runner, before):
        assert ended.status == -signal.SIGKILL, step
        assert_whole(workshop.reports, settled=False)
        shown = latest(workshop.reports)
        assert manifest_of(workshop.reports / shown)["status"] == "complete", step
        seen.add(shown == old)
        assert_next_run_puts_it_right(workshop, runner, step)
    assert seen == {True, False}  # before the switch, and behind it


def test_asked_to_end_at_any_step(workshop, runner, before):
    """A signal is delivered to any thread, not only to the first; a bar on a terminal has one."""
    seen = set()
    for old, ended, step in through_the_steps(runner, before, signum=signal.SIGTERM, thread=True):
        assert ended.status == 128 + signal.SIGTERM, step
        assert "ended by SIGTERM" in ended.err, step
        assert "could not be kept" not in ended.err, step
        assert_whole(workshop.reports)
        shown, (newest, status) = latest(workshop.reports), listed(workshop.reports)[0]
        if status == "failed":  # it had begun, and had published nothing
            assert shown == old, step
            assert manifest_of(workshop.reports / newest)["failure"]["error"] == "Interrupted", step
        else:
            assert shown == newest, step
        seen.add((shown == old, status))
    assert seen == {(True, "complete"), (True, "failed"), (False, "complete")}


def test_killed_between_report_and_latest(workshop, runner, before):
    """The report is complete, and nobody is shown it: the next run finishes the switch."""
    before()
    switch = step_of(runner.run("report").steps, "os.rename", "/.latest-")
    old = before()
    there = set(runs(workshop.reports))
    assert runner.run("report", at=switch).status == -signal.SIGKILL
    assert latest(workshop.reports) == old
    (unseen,) = set(runs(workshop.reports)) - there
    again = runner.run("report", "--if-changed")
    assert again.status == 0
    assert f"{unseen} was complete already: latest points to it now" in again.err
    assert_whole(workshop.reports)


def test_killed_while_it_puts_things_right(workshop, runner, before):
    """The run that clears up is killed as well, at each step of that; the third one does it."""
    before()
    whole = runner.run("report").steps
    built, switch = (
        step_of(whole, *at) for at in (("open", "/report/.man"), ("os.rename", "/.la"))
    )
    for killed in (built, switch):
        before()
        runner.run("report", at=killed)
        clearing = step_of(runner.run("report").steps, "os.rename", "/..owner")
        for at in range(3, clearing + 1, 2 if killed == switch else 5):
            before()
            assert runner.run("report", at=killed).status == -signal.SIGKILL
            second = runner.run("report", at=at)
            step = f"step {at}: {second.steps[-1]}\n{second.err}"
            assert second.status == -signal.SIGKILL, step
            assert_whole(workshop.reports, settled=False)
            assert_next_run_puts_it_right(workshop, runner, step)
