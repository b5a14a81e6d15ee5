"""A sweep that is disturbed from outside: what is finished stays, and no process does."""

import os
import signal

import pytest

from tests.run.sweeping import WAIT_SECONDS, contents, manifest, session_of, start, wait_until
from tests.small_data import write_small_data

pytestmark = pytest.mark.slow
COUNT = 12
RATES = ",".join(f"0.{number:03}" for number in range(40, 40 + COUNT))


@pytest.fixture
def source(tmp_path):
    root = tmp_path / "source"
    root.mkdir()
    (root / "model.py").write_text("# one\n")
    return root


@pytest.fixture
def options(tmp_path):
    data = write_small_data(tmp_path / "data")
    out = tmp_path / "sweep"
    return ("sweep", "--data", data, "--grid", f"discount_rate={RATES}", "--out", out)


def until_finished(runner, count):
    """Read what it says until some cases are finished."""
    while count:
        line = runner.stderr.readline()
        assert line, "it ended"
        count -= " done in " in line


def cases(folder):
    return {path.stem for path in (folder / "cases").glob("*.json")}


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_the_same_command_goes_on(source, options, tmp_path, signum):
    folder = tmp_path / "sweep"
    with start(source, *options, "--workers", "2") as runner:
        until_finished(runner, 2)
        os.killpg(runner.pid, signum)  # as a terminal does
        out, err = runner.communicate(timeout=WAIT_SECONDS)
    assert runner.returncode == 128 + signum, err
    assert out == ""
    assert "Traceback" not in err
    assert f"ended by {signum.name}" in err
    wait_until(lambda: not session_of(runner.pid))
    finished = cases(folder)
    assert 2 <= len(finished) < COUNT
    assert manifest(folder)["status"] == "incomplete"
    assert not any(name.endswith(".part") for name in contents(folder))
    with start(source, *options, "--workers", "1") as runner:
        out, err = runner.communicate(timeout=WAIT_SECONDS)
    assert runner.returncode == 0, err
    assert out == f"{folder / 'index.html'}\n"
    assert f"{len(finished)} of {COUNT} cases are finished already" in err
    assert err.count(" done in ") == COUNT - len(finished) + 1
    assert len(cases(folder)) == COUNT


def test_it_is_killed_and_its_workers_go_with_it(source, options, tmp_path):
    with start(source, *options, "--workers", "2") as runner:
        until_finished(runner, 1)
        assert len(session_of(runner.pid)) >= 3
        runner.kill()
        runner.communicate(timeout=WAIT_SECONDS)
    wait_until(lambda: not session_of(runner.pid))
    assert len(cases(tmp_path / "sweep")) >= 1


def test_one_folder_serves_one_sweep_at_a_time(source, options, tmp_path):
    with start(source, *options, "--workers", "1") as first:
        until_finished(first, 1)
        first.send_signal(signal.SIGSTOP)  # or it may be through before the second begins
        with start(source, *options, "--workers", "1") as second:
            out, err = second.communicate(timeout=WAIT_SECONDS)
        first.send_signal(signal.SIGCONT)
        assert second.returncode == 3
        assert out == ""
        assert f"process {first.pid}" in err
        first.terminate()
        first.communicate(timeout=WAIT_SECONDS)
    assert first.returncode == 128 + signal.SIGTERM
