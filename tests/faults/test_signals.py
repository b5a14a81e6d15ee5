"""A run that is ended from outside: nothing of it stays behind, and ``latest`` is what it was."""

import signal

import pytest

from retail_portfolio.run.errors import DeadlinePassed
from retail_portfolio.run.executing.progress import Deadline
from retail_portfolio.run.report import Request, make_reports
from tests.run.workshop import WAIT_SECONDS

pytestmark = [pytest.mark.notebook, pytest.mark.slow]

HANGS = """
import os, subprocess, sys
end = os.open({path!r}, os.O_WRONLY)
subprocess.Popen(["sleep", "1000"], pass_fds=[end])
os.write(end, b"began")
while True:
    pass
"""


def test_deadline(published, command):
    latest = published.latest
    published.notebook("02_beta", "while True: pass")
    status, out, err = command("report", "--timeout", "3")
    assert (status, out) == (4, "")
    assert "took longer than 3 seconds" in err
    assert published.latest == latest
    (failed,) = [one for one in published.manifests().values() if one["status"] == "failed"]
    assert failed["failure"]["error"] == "Deadline"
    assert published.left_over() == []


def test_endless_cell(published, command, monkeypatch, pipe):
    class Began(Deadline):
        """Passes as soon as the endless cell is at work, however slow the machine."""

        def left(self):
            return 0.1

        def passed(self):
            return pipe.has_word()

    monkeypatch.setattr("retail_portfolio.run.report.Deadline", Began)
    latest = published.latest
    (published.root / "notebooks" / "01_alpha.ipynb").unlink()
    published.notebook("02_beta", "print('before')", HANGS.format(path=str(pipe.path)))
    status, out, _ = command("report", "--timeout", "3")
    assert (status, out) == (4, "")
    assert pipe.read() == "began"
    assert pipe.read() == ""  # the kernel is gone, and the process it had started
    published.assert_kept(latest, "02_beta", cell=3, error="Deadline")


def test_endless_cell_in_a_run_without_end(published, pipe):
    published.notebook("02_beta", HANGS.format(path=str(pipe.path)))
    request = Request(cell_timeout_seconds=2.0)
    with pytest.raises(DeadlinePassed, match="longer than 2 seconds"):
        make_reports(request)
    assert pipe.read() == "began"
    assert pipe.read() == ""


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_signal_to_the_runner(published, pipe, signum):
    latest = published.latest
    published.notebook("02_beta", "print('before')", HANGS.format(path=str(pipe.path)))
    with published.start("report") as runner:
        assert pipe.read() == "began"
        runner.send_signal(signum)
        out, err = runner.communicate(timeout=WAIT_SECONDS)
    assert runner.returncode == 128 + signum, err
    assert out == ""
    assert pipe.read() == ""
    assert published.latest == latest
    (failed,) = [one for one in published.manifests().values() if one["status"] == "failed"]
    assert failed["failure"]["error"] == "Interrupted"
    kept = published.reports / failed["run_id"] / "notebooks" / "02_beta.ipynb"
    assert "before" in kept.read_text()
    assert published.left_over() == []


def test_killed_runner_leaves_no_process_and_the_next_run_clears_up(published, command, pipe):
    latest = published.latest
    published.notebook("02_beta", HANGS.format(path=str(pipe.path)))
    with published.start("report") as runner:
        assert pipe.read() == "began"
        runner.kill()
        runner.communicate(timeout=WAIT_SECONDS)
    assert pipe.read() == ""
    assert published.latest == latest
    assert any(name.startswith(".staging-") for name in published.left_over())
    (published.root / "notebooks" / "02_beta.ipynb").unlink()
    status, _, err = command("report")
    assert status == 0, err
    assert published.latest != latest
    assert published.left_over() == []


def test_second_run_while_the_first_holds_the_folder(published, command, pipe):
    latest = published.latest
    published.notebook("02_beta", HANGS.format(path=str(pipe.path)))
    with published.start("report") as runner:
        assert pipe.read() == "began"
        status, out, err = command("report")
        runner.terminate()
        runner.communicate(timeout=WAIT_SECONDS)
    assert status == 3
    assert out == ""
    assert f"process {runner.pid}" in err
    assert published.latest == latest


def test_killed_executor(published, command, pipe):
    latest = published.latest
    kills = "os.kill(os.getppid(), 9)\nwhile True:"
    published.notebook("02_beta", HANGS.format(path=str(pipe.path)).replace("while True:", kills))
    status, _, err = command("report")
    assert status == 1
    assert "ended by itself (signal 9)" in err
    assert published.latest == latest
    assert pipe.read() == "began"
    assert pipe.read() == ""
