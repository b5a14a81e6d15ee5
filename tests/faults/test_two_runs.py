"""Two runs of one reports folder: one of them makes its report, the other says who is at it."""

import datetime as dt
import json
import os
import signal
import socket

import pytest

from tests.faults.steps import Runner
from tests.faults.whole import assert_whole, latest, listed, runs
from tests.run.workshop import writes

pytestmark = pytest.mark.slow

# Says that it is at work, then waits until somebody has opened and closed the gate.
STAYS = """
with open({pipe!r}, "w") as pipe:
    pipe.write(str(__import__("os").getpid()))
with open({gate!r}) as gate:
    gate.read()
"""


@pytest.fixture
def runner(workshop):
    made = Runner(workshop)
    yield made
    made.close()


@pytest.fixture
def gate(workshop, runner, pipe):
    """Have a notebook wait at a gate; return what opens it."""
    path = workshop.root / "gate"
    os.mkfifo(path)
    waits = STAYS.format(pipe=str(pipe.path), gate=str(path))
    workshop.notebook("02_beta", waits, writes("02_beta", "beta"))

    def let_through():
        with path.open("w"):
            pass

    return let_through


def test_both_begin_at_once(workshop, runner, pipe, gate):
    for _ in range(5):
        both = [runner.start("report", held=True) for _ in range(2)]
        runner.release()
        first = int(pipe.read())
        (second,) = set(both) - {first}
        refused = runner.wait(second)
        assert (refused.status, refused.out) == (3, "")
        signed = f"process {first}" in refused.err
        assert signed or "has not signed yet" in refused.err  # it is that close
        assert pipe.read() == ""
        pipe.renew()
        gate()
        made = runner.wait(first)
        assert made.status == 0, made.err
        assert_whole(workshop.reports)
    assert len(runs(workshop.reports)) == 5


def test_holder_is_named_with_its_age(workshop, runner, pipe, gate):
    first = runner.start("report")
    assert pipe.read() == str(first)
    refused = runner.run("report")
    owner = workshop.reports / ".owner.json"
    about = json.loads(owner.read_text())
    hours_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=3)
    owner.write_text(json.dumps(about | {"since": hours_ago.isoformat()}))
    later = runner.run("report")
    gate()
    assert runner.wait(first).status == 0
    assert (refused.status, refused.out) == (3, "")
    assert f"process {first}" in refused.err
    assert f"host {socket.gethostname()}" in refused.err
    assert "for less than a minute" in refused.err
    assert later.status == 3
    assert "for 3 hours" in later.err
    assert_whole(workshop.reports)


def test_holder_that_is_stopped_still_holds(workshop, runner, pipe, gate):
    first = runner.start("report")
    assert pipe.read() == str(first)
    os.kill(first, signal.SIGSTOP)
    refused = runner.run("report")
    os.kill(first, signal.SIGCONT)
    gate()
    made = runner.wait(first)
    assert refused.status == 3
    assert f"process {first}" in refused.err
    assert made.status == 0, made.err
    assert list(runs(workshop.reports)) == [latest(workshop.reports)]


def test_holder_that_was_killed_is_named_and_what_it_did_is_kept(workshop, runner, pipe, gate):
    first = runner.start("report")
    assert pipe.read() == str(first)
    os.kill(first, signal.SIGKILL)
    assert runner.wait(first).status == -signal.SIGKILL
    assert (workshop.reports / ".lock").exists()
    workshop.notebook("02_beta", writes("02_beta", "beta"))
    made = runner.run("report")
    assert made.status == 0, made.err
    assert f"process {first} on {socket.gethostname()}" in made.err
    assert "its lock is taken over" in made.err
    assert [status for _, status in listed(workshop.reports)] == ["complete", "failed"]
    assert_whole(workshop.reports)
    assert "taken over" not in runner.run("report").err
