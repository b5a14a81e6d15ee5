"""A kernel that does not come up at once."""

import json
import sys

import pytest
from zmq import ZMQError

from retail_portfolio.run.errors import DeadlinePassed
from retail_portfolio.run.executing import kernel_start
from retail_portfolio.run.executing.kernel_start import (
    KernelNotStarted,
    kernel_settings,
    start_kernel,
)
from retail_portfolio.run.executing.notebooks import Job, run_notebooks
from retail_portfolio.run.executing.parameters import read_notebook
from retail_portfolio.run.executing.progress import Deadline, Quiet

SCRIPT = """
import os, pathlib, sys
count = pathlib.Path({count!r})
tried = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(tried))
if tried <= {failing}:
    sys.exit("no luck today")
os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", *sys.argv[1:]])
"""


class Client:
    """Stands for nbclient's: raises what it is told to."""

    def __init__(self, error):
        self.error = error
        self.km = self
        self.provisioner = self
        self.pid = None

    def create_kernel_manager(self):
        return self

    def start_new_kernel(self, **_):
        pass

    def start_new_kernel_client(self):
        if self.error:
            raise self.error


class Starting:
    """Starts a kernel that fails as it is told, and remembers what was done for it."""

    def __init__(self, sockets, *errors):
        self.sockets = sockets
        self.errors = list(errors)
        self.folders = []
        self.told = []
        self.pauses = []

    def __call__(self):
        return start_kernel(self.make, self.sockets, tell=self.tell, pause=self.pauses.append)

    def make(self, settings):
        self.folders.append(settings.KernelManager.get("ip"))
        return Client(self.errors.pop(0))

    def tell(self, event, **content):
        self.told.append((event, content))


def test_a_kernel_that_starts_is_not_waited_for(tmp_path):
    sockets = short(tmp_path)
    starting = Starting(sockets, None)
    starting()
    assert starting.pauses == []
    assert starting.told == [("kernel", {"pid": None})]


def short(folder):
    """Return a folder whose path leaves room for a socket; a test's own may be too long."""
    if len(str(folder)) > kernel_start.LONGEST_SOCKET_PATH - 5:
        pytest.skip("the folder for temporary files has too long a path")
    return folder


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Kernel died before replying to kernel_info"),
        ZMQError(98),
        BlockingIOError("no process left"),
    ],
)
def test_it_is_tried_again_in_a_folder_of_its_own(tmp_path, error):
    starting = Starting(short(tmp_path), error, error, None)
    starting()
    assert starting.folders == [f"{tmp_path}/{number}/k" for number in (1, 2, 3)]
    retries = [content for event, content in starting.told if event == "retry"]
    why = f"{type(error).__name__}: {error}"
    assert retries == [{"attempt": number, "attempts": 3, "why": why} for number in (2, 3)]
    first, second = starting.pauses
    assert 1.0 <= first <= 2.0
    assert 2.0 <= second <= 4.0


def test_pauses_differ(tmp_path):
    pauses = set()
    for number in range(20):
        folder = tmp_path / str(number)
        folder.mkdir()
        starting = Starting(folder, RuntimeError(), None)
        starting()
        pauses.add(starting.pauses[-1])
    assert len(pauses) > 1


def test_it_is_given_up(tmp_path):
    starting = Starting(tmp_path, *(RuntimeError(f"reason {number}") for number in (1, 2, 3)))
    with pytest.raises(KernelNotStarted, match=r"in 3 attempts: .*reason 1.*reason 3"):
        starting()


@pytest.mark.parametrize("error", [FileNotFoundError("x"), PermissionError("x"), KeyError("x")])
def test_what_would_be_no_better_is_not_tried_again(tmp_path, error):
    with pytest.raises(type(error)):
        Starting(tmp_path, error)()


def test_where_ports_are_used_first_starts_are_spread(tmp_path):
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    assert "transport" not in kernel_settings(folder).KernelManager
    starting = Starting(folder, None)
    starting()
    (pause,) = starting.pauses
    assert 0.0 <= pause <= kernel_start.SPREAD_SECONDS


class Told(Quiet):
    """Remembers what it is told."""

    def __init__(self):
        self.events = []

    def tell(self, event, text="", **facts):
        self.events.append((event, text, facts))


@pytest.fixture
def flaky(workshop, tmp_path, monkeypatch):
    """Return a way to describe a kernel that fails so many times, and to count its starts."""
    count = tmp_path / "count"

    def make(failing):
        folder = tmp_path / "jupyter" / "kernels" / "flaky"
        folder.mkdir(parents=True)
        script = folder / "start.py"
        script.write_text(SCRIPT.format(count=str(count), failing=failing))
        argv = [sys.executable, str(script), "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Flaky", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
        return lambda: int(count.read_text())

    return make


@pytest.mark.notebook
@pytest.mark.slow
def test_a_run_goes_on_when_the_second_attempt_comes_up(workshop, flaky):
    starts = flaky(1)
    path = workshop.notebook("one", "print('came up')", kernel="flaky")
    output = workshop.root / "one.ipynb"
    told = Told()
    job = Job(read_notebook(path), workshop.root / "work", output, {})
    (done,) = run_notebooks([job], progress=told)
    assert starts() == 2
    assert "came up" in output.read_text()
    assert done.messages == "no luck today"
    ((event, text, facts),) = told.events
    assert event == "kernel_retry"
    assert text.startswith("one: its kernel did not start (RuntimeError: Kernel died before")
    assert text.endswith("; trying again (2 of 3)")
    assert facts == {"level": "warning", "notebook": "one", "attempt": 2}


@pytest.mark.notebook
@pytest.mark.slow
def test_a_run_ends_with_its_deadline_while_a_kernel_is_tried_again(workshop, flaky):
    told = Told()

    class Retried(Deadline):
        """Passes as soon as the kernel has failed once."""

        def left(self):
            return 0.1

        def passed(self):
            return bool(told.events)

    starts = flaky(9)
    path = workshop.notebook("one", "1", kernel="flaky")
    job = Job(read_notebook(path), workshop.root / "work", workshop.root / "one.ipynb", {})
    with pytest.raises(DeadlinePassed):
        run_notebooks([job], progress=told, deadline=Retried(5))
    assert starts() == 1
