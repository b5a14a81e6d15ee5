"""Nothing that a kernel started outlives its run, wherever it has gone."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from retail_portfolio.run.errors import DeadlinePassed, NotebookFailed
from retail_portfolio.run.executing import child, leftovers
from retail_portfolio.run.executing.notebooks import Job, run_notebooks
from retail_portfolio.run.executing.parameters import read_notebook
from retail_portfolio.run.executing.progress import Deadline

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="this system shows no process's environment"
)
pytestmark = needs_proc

# A daemon as they are made: in a session of its own, its parent gone, deaf to a polite signal. Who
# made it goes on when it has begun, so that it is not ended before its word.
DAEMON = """
import os, signal, time
end = os.open({path!r}, os.O_WRONLY)
heard, tell = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(end, b"began")
    os.write(tell, b"x")
    time.sleep(1000)
    os._exit(0)
os.wait()
os.read(heard, 1)
os.close(end)
"""
# A kernel that never says a word: its executor is killed before anybody was told of it.
ORPHAN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end = os.open({path!r}, os.O_WRONLY)
os.write(end, b"began")
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(1000)
"""


def job(workshop, path):
    return Job(read_notebook(path), workshop.root / "work", workshop.root / path.name, {})


@pytest.fixture
def start():
    """Start processes that carry a mark; none outlives the test."""
    with contextlib.ExitStack() as stack:

        def make(mark, source="import time; time.sleep(1000)"):
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", source],
                    env=os.environ | {leftovers.MARK: mark},
                    start_new_session=True,
                )
            )
            stack.callback(process.kill)
            return process

        yield make


def test_those_with_the_mark_are_ended_and_no_others(start, tmp_path):
    mark, other = str(tmp_path / "1"), str(tmp_path / "12")
    one, two, three = start(mark), start(mark), start(other)
    assert sorted(leftovers.marked(mark)) == sorted([one.pid, two.pid])
    leftovers.end_marked(mark)
    assert [one.wait(60), two.wait(60)] == [-signal.SIGKILL] * 2
    assert three.poll() is None


def test_an_empty_mark_ends_nobody(start):
    process = start("")
    leftovers.end_marked("")
    assert process.poll() is None


def test_this_process_is_spared(start, tmp_path):
    mark = str(tmp_path)
    source = f"""
from retail_portfolio.run.executing import leftovers
leftovers.end_marked({mark!r})
raise SystemExit(7)
"""
    assert start(mark, source).wait(60) == 7


def test_without_a_list_of_processes_nothing_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "_PROCESSES", tmp_path / "none")
    leftovers.end_marked("x")
    assert leftovers.marked("x") == []


def test_a_group_that_is_gone_is_fine():
    with subprocess.Popen([sys.executable, "-c", ""], start_new_session=True) as process:
        process.wait(60)
        leftovers.end_group(process.pid)
    leftovers.end_group(None)


@pytest.mark.notebook
@pytest.mark.slow
def test_a_daemon_does_not_outlive_a_notebook_that_succeeds(workshop, pipe):
    path = workshop.notebook("one", DAEMON.format(path=str(pipe.path)))
    run_notebooks([job(workshop, path)])
    assert pipe.read() == "began"
    assert pipe.read() == ""


@pytest.mark.notebook
@pytest.mark.slow
def test_a_daemon_does_not_outlive_a_deadline(workshop, pipe):
    class Began(Deadline):
        """Passes as soon as the daemon is at work."""

        def left(self):
            return 0.1

        def passed(self):
            return pipe.has_word()

    path = workshop.notebook("one", DAEMON.format(path=str(pipe.path)), "while True: pass")
    with pytest.raises(DeadlinePassed):
        run_notebooks([job(workshop, path)], deadline=Began(5))
    assert pipe.read() == "began"
    assert pipe.read() == ""


@pytest.mark.notebook
@pytest.mark.slow
def test_a_daemon_does_not_outlive_an_executor_that_was_killed(workshop, pipe):
    kills = "os.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass"
    path = workshop.notebook("one", DAEMON.format(path=str(pipe.path)), kills)
    with pytest.raises(NotebookFailed, match="signal 9"):
        run_notebooks([job(workshop, path)])
    assert pipe.read() == "began"
    assert pipe.read() == ""


@pytest.mark.notebook
@pytest.mark.slow
def test_a_daemon_does_not_outlive_a_runner_that_was_killed(published, pipe):
    source = DAEMON.format(path=str(pipe.path)) + "while True: pass"
    published.notebook("02_beta", source)
    with published.start("report") as runner:
        assert pipe.read() == "began"
        runner.kill()
        runner.communicate(timeout=60)
    assert pipe.read() == ""


@pytest.mark.notebook
@pytest.mark.slow
def test_a_kernel_that_nobody_was_told_of_is_ended(workshop, pipe, tmp_path, monkeypatch):
    folder = tmp_path / "jupyter" / "kernels" / "orphan"
    folder.mkdir(parents=True)
    argv = [sys.executable, "-c", ORPHAN.format(path=str(pipe.path)), "{connection_file}"]
    spec = {"argv": argv, "display_name": "Orphan", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    # It could be told of its kernel before the kernel kills it.
    monkeypatch.setattr(child.Child, "_take", lambda _self, _event: None)
    path = workshop.notebook("one", "1", kernel="orphan")
    with pytest.raises(NotebookFailed, match="signal 9"):
        run_notebooks([job(workshop, path)])
    assert pipe.read() == "began"
    assert pipe.read() == ""
