"""Processes of this machine behind the seam: fresh, on one thread, and none is left behind."""

import multiprocessing
import os
import time

import pytest

from retail_portfolio.run.errors import ClusterFailed
from retail_portfolio.run.sweeping.workers import THREAD_SETTINGS, LocalWorkers
from tests.run.sweeping import about, dies, fails, wait_until, waits


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_tasks_are_done_in_processes_on_one_thread(count, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    tasks = {f"t{number}": number for number in range(6)}
    with LocalWorkers({"table": [1, 2]}, count) as workers:
        found = dict(workers.each(about, tasks))
        more = dict(workers.each(about, {"again": 7}))  # by the same processes
    assert {name: one["task"] for name, one in found.items()} == tasks
    everything = [*found.values(), *more.values()]
    pids = {one["pid"] for one in everything}
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= count
    for one in everything:
        assert one["shared"] == {"table": [1, 2]}
        assert one["settings"] == dict.fromkeys(THREAD_SETTINGS, "1")
        assert one["threads"] == [1]
        assert one["interrupts"]
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_killed_process_loses_nothing(tmp_path):
    tasks = {
        "a": "a",
        "b": "b",
        "c": "c",
        "m": "mortal",
        **{f"t{number}": f"t{number}" for number in range(5)},
    }
    with LocalWorkers((str(tmp_path / "died"), True), 2) as workers:
        found = list(workers.each(dies, tasks))
    assert len(found) == len(tasks)  # and nothing is done twice
    assert dict(found) == {name: name for name in tasks} | {"m": "survived"}


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_what_kills_every_process_goes_last_and_is_named(tmp_path, count):
    tasks = {"m": "mortal", **{f"t{number}": f"t{number}" for number in range(6)}}
    done = []
    with LocalWorkers((str(tmp_path / "died"), False), count) as workers:
        each = workers.each(dies, tasks)
        done.extend(next(each)[0] for _ in range(6))
        with pytest.raises(ClusterFailed, match=r"^m ended its worker process 3 times$"):
            next(each)
    assert sorted(done) == [f"t{number}" for number in range(6)]
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_what_a_task_raises_is_raised_and_nothing_goes_on():
    with pytest.raises(KeyError, match="wrong"), LocalWorkers(None, 1) as workers:
        list(workers.each(fails, {"a": "wrong"}))
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_whoever_stops_leaves_nobody_at_work(tmp_path):
    begun, workers = tmp_path / "begun", LocalWorkers(str(tmp_path / "begun"), 2)

    def stop():
        with workers:
            for _ in workers.each(waits, {"a": 0, "b": 60, "c": 60}):
                wait_until(begun.exists)
                raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        stop()
    assert time.monotonic() - began < 50  # it did not wait for them
    assert multiprocessing.active_children() == []


def test_without_tasks_nothing_is_started():
    with LocalWorkers(None, 2) as workers:
        assert list(workers.each(about, {})) == []
        assert multiprocessing.active_children() == []
