"""Where the tasks of a sweep are done: one small seam, and processes of this machine behind it.

Whoever has tasks neither knows nor cares whether a process beside this one does them or a cluster
(`retail_portfolio.run.sweeping.cluster`). A task is a function of a module, what all tasks share,
and what this one is about; its result depends on nothing else, so that neither the number of
workers nor their order shows in it. Every worker computes on one thread: more would add sums in
another order.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, Protocol, Self

from retail_portfolio.run.errors import ClusterFailed
from retail_portfolio.run.publishing import fingerprint

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from types import TracebackType

Work = Callable[[Any, Any], Any]
"""What is done: takes what all tasks share and what one is about; a function of a module."""

THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
)
"""What numerical libraries read when they are loaded."""
LOSSES = 3
"""How often a task that is done by itself may end its process."""


@functools.cache
def program() -> dict[str, str]:
    """Return what decides the numbers of a process: versions, and a hash of this package's source.

    Returns
    -------
    dict
        Versions by package, and ``source``; as they were when first asked for.
    """
    files = fingerprint.hash_folder(fingerprint.package_folder())
    source = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    return fingerprint.versions() | {"source": source}


class Workers(Protocol):
    """Somewhere that tasks are done; a context manager, at the end of which nothing is left."""

    def __enter__(self) -> Self:
        """Get ready."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything that is still at work."""

    def each(self, work: Work, tasks: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Do all tasks; yield name and result of each as it is finished.

        Parameters
        ----------
        work
            Done for every task.
        tasks
            What each is about, by name; they may begin, and end, in any order.

        Raises
        ------
        ClusterFailed
            If there is nobody left to do them.
        Exception
            What ``work`` raises.
        """


class LocalWorkers:
    """Processes of this machine, each a fresh interpreter; one worker is a process of its own too.

    Parameters
    ----------
    shared
        What all tasks share; goes to each process once.
    count
        How many, 1 or more.
    """

    def __init__(self, shared: object, count: int) -> None:
        self._shared = pickle.dumps(shared, pickle.HIGHEST_PROTOCOL)
        self._count = count
        self._pool: ProcessPoolExecutor | None = None
        self._processes: list[BaseProcess] = []

    def __enter__(self) -> Self:
        """Start nothing yet: processes begin with the first task."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes; where something went wrong, whatever they are doing."""
        if self._pool is not None and error is None:
            self._pool.shutdown()
        self._end()

    def each(self, work: Work, tasks: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Do all tasks, as `Workers.each`; what a lost process had begun is begun again."""
        left, alone = dict(tasks), dict[str, Any]()
        lost = dict.fromkeys(tasks, 0)
        while left or alone:
            batch = dict(left or [next(iter(alone.items()))])
            try:
                for name, result in self._round(work, batch):
                    left.pop(name, None)
                    alone.pop(name, None)
                    yield name, result
            except BrokenProcessPool:
                self._end()
                # Nobody knows which of those begun ended it; each is tried again by itself, last.
                by_itself = not left
                begun = [name for name in batch if name in left or name in alone]
                for name in begun[: self._count + 1]:
                    lost[name] += by_itself
                    if lost[name] >= LOSSES:
                        raise ClusterFailed(
                            f"{name} ended its worker process {LOSSES} times"
                        ) from None
                    alone.pop(name, None)
                    alone[name] = batch[name]
                    left.pop(name, None)

    def _round(self, work: Work, tasks: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._count,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._shared,),
            )
        before = set(multiprocessing.active_children())
        with _pinned():
            futures = {self._pool.submit(_do, work, task): name for name, task in tasks.items()}
        self._processes += [one for one in multiprocessing.active_children() if one not in before]
        try:
            for future in as_completed(list(futures)):
                yield futures.pop(future), future.result()
        finally:
            for future in futures:
                future.cancel()

    def _end(self) -> None:
        """Leave no process behind."""
        for process in self._processes:
            process.kill()  # it has nothing to put away
        self._processes = []
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _pinned() -> Iterator[None]:
    """Start processes whose numerical libraries will use one thread."""
    before = {name: os.environ.get(name) for name in THREAD_SETTINGS}
    os.environ.update(dict.fromkeys(THREAD_SETTINGS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# --------------------------------------------------------------------------- within the process
_SHARED: dict[str, Any] = {}
"""What all tasks of this process share: as it came, then as it is."""


def _begin(shared: bytes) -> None:
    """Get a process ready: it ends with its parent and leaves signals of the terminal to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _SHARED["bytes"] = shared


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _do(work: Work, task: Any) -> Any:
    if "value" not in _SHARED:
        _SHARED["value"] = pickle.loads(_SHARED.pop("bytes"))  # noqa: S301 - made by our parent
    return work(_SHARED["value"], task)
