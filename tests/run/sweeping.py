"""Small sweeps, and workers that tell what they were asked.

Not a test. It is run as a program, too, when a test needs a process of its own to send signals to.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from retail_portfolio.run.sweeping.workers import THREAD_SETTINGS

REPOSITORY = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 120  # a bound for a machine that is busy with other things
GRID = "discount_rate=0.06,0.09,0.12"


@dataclass
class Here:
    """Does tasks in this process, in the order given or in reverse, and remembers them."""

    backwards: bool = False
    most: int | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    left: int = 0
    shared: object = None

    def hire(self, shared, _request):
        self.shared = shared
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.left += 1

    def each(self, work, tasks):
        names = list(tasks)
        for name in reversed(names) if self.backwards else names:
            if self.most is not None and len(self.asked) >= self.most:
                raise KeyboardInterrupt
            self.asked.append((work.__name__, name))
            yield name, work(self.shared, tasks[name])

    def answered(self):
        return [name for work, name in self.asked if work == "answer_case"]


def contents(folder):
    """Return the bytes of every file below a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text())


def settle(root, put=setattr):
    """Have the package take a folder for its source, which may be edited while tests run."""
    from retail_portfolio.run.publishing import fingerprint
    from retail_portfolio.run.sweeping import workers

    put(fingerprint, "package_folder", lambda: root)
    workers.program.cache_clear()


def start(root, *arguments):
    """Start ``retail-portfolio`` in a session of its own, with that folder for its source."""
    return subprocess.Popen(
        [sys.executable, __file__, str(root), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        start_new_session=True,
    )


# ------------------------------------------------------------------- what a worker is asked to do
def about(shared, task):
    """Tell of the process that does it."""
    import numpy as np
    import threadpoolctl

    assert np.ones((9, 9)).sum() == 81  # its libraries are loaded
    return {
        "pid": os.getpid(),
        "shared": shared,
        "task": task,
        "settings": {name: os.environ.get(name) for name in THREAD_SETTINGS},
        "threads": sorted({pool["num_threads"] for pool in threadpoolctl.threadpool_info()}),
        "interrupts": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    }


def dies(shared, task):
    """End its own process: always, or until a file is there."""
    path, once = shared
    if task == "mortal":
        if once and Path(path).exists():
            return "survived"
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def fails(shared, task):
    raise KeyError(task)


def waits(shared, task):
    """Take as long as asked; a file says that one which takes long has begun."""
    if task:
        Path(shared).touch()
        time.sleep(task)


# --------------------------------------------------------------------------- processes of a system
def session_of(pid):
    """Return the processes of a session that are not yet ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        state, _, _, session, *_ = rest.split()
        if int(session) == pid and state not in "ZX":
            found.append(int(path.parent.name))
    return found


def wait_until(true):
    """Wait for something, a bounded time."""
    end = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)


class Cluster:
    """A real scheduler and its workers on loopback, on ports that are free."""

    def __init__(self, folder, workers=2):
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.processes = []
        self.workers = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        wait_until(self._is_there)
        self.address = json.loads(self.file.read_text())["address"]
        for _ in range(workers):
            self.add()

    def _is_there(self):
        assert self.scheduler.poll() is None
        try:
            return bool(json.loads(self.file.read_text())["address"])
        except (OSError, ValueError):
            return False

    def add(self):
        """Start one more worker; it comes when it comes."""
        local = self.folder / f"worker-{len(self.processes)}"
        options = ("--no-nanny", "--nthreads", "1", "--host", "127.0.0.1")
        limits = ("--local-directory", str(local), "--death-timeout", str(WAIT_SECONDS))
        self.workers.append(self._start("worker", *options, *limits))
        return self.workers[-1]

    def _start(self, what, *options):
        log = (self.folder / f"{what}-{len(self.processes)}.log").open("w")
        common = ("--no-dashboard", "--scheduler-file", str(self.file))
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", what, *common, *options],
            stdout=log,
            stderr=log,
            # More threads than ours, as a cluster of others may have.
            env=os.environ | dict.fromkeys(THREAD_SETTINGS, "2") | {"PYTHONPATH": str(REPOSITORY)},
            cwd=self.folder,
        )
        log.close()
        self.processes.append(process)
        return process

    def close(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait(WAIT_SECONDS)


if __name__ == "__main__":
    import importlib

    settle(Path(sys.argv[1]))
    cli = importlib.import_module("retail_portfolio.cli")
    sys.argv = ["retail-portfolio", *sys.argv[2:]]
    cli.main()
