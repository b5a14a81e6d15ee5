"""A sweep on a real Dask cluster: the same bytes as here, whatever becomes of its workers."""

import gc
import logging
import signal
import socket
import sys
import time

import pytest

from retail_portfolio.inputs import InputError
from retail_portfolio.run.errors import ClusterFailed
from retail_portfolio.run.executing.progress import Quiet
from retail_portfolio.run.sweeping import cluster as clusters
from retail_portfolio.run.sweeping import workers
from retail_portfolio.run.sweeping.cluster import ClusterWorkers
from retail_portfolio.run.sweeping.sweep import SweepRequest, make_sweep
from tests.run.sweeping import Cluster, Here, about, contents, dies, fails, manifest
from tests.small_data import write_small_data

pytestmark = pytest.mark.slow
GRID = "discount_rate=0.04,0.05,0.06,0.07,0.08,0.09,0.1,0.11"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def afresh():
    workers.program.cache_clear()
    yield
    workers.program.cache_clear()


@pytest.fixture
def request_of(tmp_path):
    data = write_small_data(tmp_path / "data")

    def request(out, **changes):
        return SweepRequest(grid=(GRID,), data_dir=str(data), out=str(tmp_path / out), **changes)

    return request


class After(Quiet):
    """Does something once a case is finished."""

    def __init__(self, act):
        self.act = act
        self.finished = 0

    def done(self, *_):
        self.finished += 1
        if self.finished == 1:
            self.act()


def test_the_same_bytes_as_here_though_a_worker_is_killed(cluster, request_of):
    there = make_sweep(request_of("there", scheduler=cluster.address)).parent
    here = make_sweep(request_of("here", workers=1)).parent
    assert contents(there) == contents(here)
    assert len(list((there / "cases").glob("*.json"))) == 8

    killed = []

    def kill():
        killed.append(cluster.workers.pop(0))
        killed[0].send_signal(signal.SIGKILL)
        killed[0].wait(60)
        cluster.add()

    again = make_sweep(request_of("again", scheduler=cluster.address), After(kill)).parent
    assert killed[0].returncode == -signal.SIGKILL
    assert contents(again) == contents(here)


def test_workers_compute_on_one_thread_and_get_what_is_shared(cluster):
    with ClusterWorkers({"table": [1, 2]}, cluster.address) as there:
        found = dict(there.each(about, {f"t{number}": number for number in range(4)}))
        assert list(there.each(about, {})) == []
    assert [found[f"t{number}"]["task"] for number in range(4)] == [0, 1, 2, 3]
    for one in found.values():
        assert one["shared"] == {"table": [1, 2]}
        assert one["threads"] == [1]
        assert one["pid"] in {worker.pid for worker in cluster.workers}


def test_what_a_task_raises_is_raised(cluster):
    with (
        pytest.raises(KeyError, match="wrong"),
        ClusterWorkers(None, cluster.address) as there,
    ):
        list(there.each(fails, {"a": "wrong"}))


def test_a_worker_with_another_program_is_named(cluster):
    there = ClusterWorkers(None, cluster.address)
    there._program = there._program | {"numpy": "0.1", "source": "f" * 64}
    with pytest.raises(ClusterFailed) as raised:
        there.__enter__()
    assert "worker tcp://127.0.0.1:" in str(raised.value)
    assert "it runs another program" in str(raised.value)
    assert "numpy" in str(raised.value)
    assert "here 0.1" in str(raised.value)
    assert "source" in str(raised.value)
    # One that joins later is met with the same, by its first task.
    with ClusterWorkers(None, cluster.address) as there:
        there._program = there._program | {"numpy": "0.2"}
        with pytest.raises(ClusterFailed, match=r"worker tcp://.*numpy .*, here 0.2"):
            list(there.each(about, {"a": 1}))


def test_a_scheduler_that_is_not_there_fails_in_seconds_with_its_address(capfd):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    began = time.monotonic()
    with (
        pytest.raises(ClusterFailed, match=f"tcp://127.0.0.1:{port}"),
        ClusterWorkers(None, f"tcp://127.0.0.1:{port}", connect_seconds=1.0),
    ):
        pass
    assert time.monotonic() - began < 10
    gc.collect()
    assert capfd.readouterr().err == ""
    with pytest.raises(ClusterFailed, match="nonsense"), ClusterWorkers(None, "nonsense://x"):
        pass


def test_without_the_package_the_extra_is_named(request_of, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"retail-portfolio\[cluster\]"):
        make_sweep(request_of("there", scheduler="tcp://127.0.0.1:1"))


def test_a_cluster_that_is_lost_leaves_what_is_finished(tmp_path, request_of, monkeypatch, capfd):
    (tmp_path / "cluster").mkdir()
    made = Cluster(tmp_path / "cluster", workers=0)
    try:
        with (
            pytest.raises(ClusterFailed, match="has had no worker for 1 s"),
            ClusterWorkers(None, made.address, worker_seconds=1.0),
        ):
            pass
        worker = made.add()
        # Whoever ends each worker is given up in the end.
        with ClusterWorkers(("/nonexistent/died", False), made.address) as there:
            worker.kill()
            worker.wait(60)
            monkeypatch.setattr(there, "_worker_seconds", 2.0)
            with pytest.raises(ClusterFailed, match="has had no worker for 2 s"):
                list(there.each(dies, {"a": "b"}))
        made.add()

        def lose():
            made.scheduler.kill()
            made.scheduler.wait(60)

        request = request_of("there", scheduler=made.address)
        began = time.monotonic()
        with pytest.raises(ClusterFailed, match=f"connection to the scheduler at {made.address}"):
            make_sweep(request, After(lose))
        assert time.monotonic() - began < 60
        gc.collect()
        assert capfd.readouterr().err == ""  # one error tells it, and no library beside
    finally:
        made.close()
    folder = tmp_path / "there"
    assert manifest(folder)["status"] == "incomplete"
    finished = len(list((folder / "cases").glob("*.json")))
    assert 1 <= finished < 8
    rest = Here()
    make_sweep(request_of("there"), hire=rest.hire)
    assert len(rest.answered()) == 8 - finished


def test_libraries_are_silent_for_a_while_only(capfd):
    loggers = [logging.getLogger(name) for name in ("distributed.client", "tornado", "asyncio")]
    ours = logging.getLogger("retail_portfolio.test")
    before = [logger.level for logger in loggers]

    def speak():
        for logger in (*loggers, logging.getLogger("distributed.of_later")):
            logger.critical("not to be seen")
        assert ours.isEnabledFor(logging.WARNING)
        raise RuntimeError

    with pytest.raises(RuntimeError), clusters.silent():
        speak()
    assert "not to be seen" not in capfd.readouterr().err
    assert [logger.level for logger in loggers] == before
    assert loggers[0].isEnabledFor(logging.ERROR)


def test_they_speak_again_after_the_cluster_is_left(cluster):
    client = logging.getLogger("distributed.client")
    before = client.level
    with ClusterWorkers(None, cluster.address):
        assert not client.isEnabledFor(logging.CRITICAL)
    assert client.level == before
    there = ClusterWorkers(None, "tls://127.0.0.1:9")
    with pytest.raises(ClusterFailed, match=r"tls://127\.0\.0\.1:9"):
        there.__enter__()
    assert client.level == before


def test_one_thread_while_any_task_of_ours_is_at_work(monkeypatch):
    limits = []

    class Limits:
        def __init__(self, limits):
            self.own = limits
            limits_now.append(limits)

        def restore_original_limits(self):
            limits_now.append(None)

    limits_now = limits
    monkeypatch.setattr(clusters, "threadpool_limits", Limits)
    with clusters._one_thread():
        with clusters._one_thread():
            assert limits == [1]
        assert limits == [1]
    assert limits == [1, None]
