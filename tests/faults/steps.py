"""A runner in a process of its own, any of whose changes to a file can be the last thing it does.

Not a test. Run as a program it takes orders, a line of JSON each, and does every run in a fork of
itself, so that a run takes hundredths of a second. What a run is about to change it hears from the
audit events of Python, so that no line of the package has to know that it is watched.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CHANGES = frozenset(
    {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}
)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
MOUNTS = 'mount -t tmpfs -o "size=$1" none "$2" && shift 2 && exec "$@"'
RIGHTS = "-dac_override,-dac_read_search"


@dataclass(frozen=True)
class Outcome:
    """How a run ended: what it said, and what it was about to change, in order."""

    status: int
    out: str
    err: str
    steps: list[str]


class Runner:
    """Speaks with the program below.

    Parameters
    ----------
    workshop
        Where it makes reports.
    before
        Words in front of its command: what `own_disk` or `ordinary_user` says.
    """

    def __init__(self, workshop, before=()):
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.faults.steps", str(workshop.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        try:
            assert self._answer() == "ready"
        except BaseException:
            self.close()
            raise

    def _answer(self):
        line = self.process.stdout.readline()
        assert line, "the program that does the runs has ended"
        return json.loads(line)

    def _order(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def start(self, *arguments, at=0, signum=signal.SIGKILL, removes="", **how):
        """Start a run; return its process id.

        Before step ``at`` it sends itself a signal, or takes away the folder ``removes``. With
        ``thread=True`` it has a second thread, with ``held=True`` it waits for `release`.
        """
        words = [str(one) for one in arguments]
        what = {"at": at, "signum": signum, "removes": str(removes)}
        return self._order(arguments=words, **what, **how)

    def release(self):
        """Let every run begin that is held, all at the same moment."""
        self._order(release=True)

    def wait(self, process):
        """Wait for a run to end."""
        return Outcome(**self._order(wait=process))

    def run(self, *arguments, **how):
        return self.wait(self.start(*arguments, **how))

    def command(self, *words):
        """Have it start another program, which sees the files that it sees."""
        assert self._order(command=[str(word) for word in words]) == 0

    def seen(self, path):
        """Return how this process reaches a file of a disk that only that one sees."""
        return Path(f"/proc/{self.process.pid}/root{path}")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def own_disk(folder, size):
    """Return what gives a program a small disk at a folder; it is gone when the program ends."""
    allowed = "-m" if os.geteuid() == 0 else "-rm"
    return ["unshare", allowed, "sh", "-c", MOUNTS, "sh", str(size), str(folder)]


def ordinary_user():
    """Return what takes from root the right to read and write everything; nobody else has it."""
    if os.geteuid():
        return []
    return ["setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}"]


def refused_here(before):
    """Say why a program cannot be started in such a way on this machine; empty where it can."""
    if before and shutil.which(before[0]) is None:
        return f"there is no {before[0]}"
    done = subprocess.run([*before, "true"], capture_output=True, text=True, check=False)
    return f"{' '.join(before[:2])}: {done.stderr.strip()}" if done.returncode else ""


def _watch(order, journal):
    """Write down each step; do what was asked for right before one of them."""
    count = 0

    def hear(event, arguments):
        nonlocal count
        if event not in CHANGES or (event == "open" and not arguments[2] & WRITES):
            return
        count += 1
        if count > order["at"] > 0:
            return
        os.write(journal, f"{event} {arguments[0]}\n".encode())
        if count < order["at"] or not order["at"]:
            return
        if order["removes"]:
            shutil.rmtree(order["removes"], ignore_errors=True)
        else:
            os.kill(os.getpid(), order["signum"])

    sys.addaudithook(hear)


def _run(order, files, barrier):
    """Be a run of the program, to its end."""
    import threading

    from retail_portfolio import cli

    for file, number in zip(files, (1, 2), strict=False):
        os.dup2(file.fileno(), number)
    if order.get("thread"):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    sys.argv = ["retail-portfolio", *order["arguments"]]
    _watch(order, files[2].fileno())
    os.close(barrier[1])
    if order.get("held"):
        os.read(barrier[0], 1)  # the other end is closed for all at once
    try:
        cli.main()
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code or 0)


def _start(order, running, barrier):
    files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 - `_wait` closes them
    process = os.fork()
    if not process:
        try:
            _run(order, files, barrier)
        finally:
            os._exit(99)
    running[process] = files
    return process


def _wait(process, running):
    _, status = os.waitpid(process, 0)
    texts = []
    for file in running.pop(process):
        file.seek(0)
        texts.append(file.read().decode())
        file.close()
    out, err, steps = texts
    ended = os.waitstatus_to_exitcode(status)
    return {"status": ended, "out": out, "err": err, "steps": steps.splitlines()}


def serve(root):
    """Take orders until there are none. A first run imports whatever a run imports."""
    from retail_portfolio import cli
    from tests.run.workshop import quicken, settle

    answers = os.fdopen(os.dup(1), "w", buffering=1)
    settle(root)
    quicken()
    sys.argv = ["retail-portfolio", "report", "--out", str(root / "warm")]
    said = io.StringIO()
    with (
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
        contextlib.suppress(SystemExit),
    ):
        cli.main()
    os.fsync = lambda _: None  # a killed process loses nothing that the system has taken over
    running, barrier = {}, os.pipe()
    answers.write('"ready"\n')
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = _wait(order["wait"], running)
        elif "command" in order:
            answer = subprocess.run(order["command"], check=False).returncode
        elif "release" in order:
            os.close(barrier[1])
            os.close(barrier[0])
            answer, barrier = None, os.pipe()
        else:
            answer = _start(order, running, barrier)
        answers.write(json.dumps(answer) + "\n")
    for process in running:  # a test that fails does not wait for what it has started
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
