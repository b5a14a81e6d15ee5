"""Workers of a Dask cluster that runs already, behind the seam of `workers`.

A cluster is somebody else's: its workers may hold another version of this package, come and go, and
do other things beside. So versions are compared before anything is sent and once more by each
worker that takes a task; what all tasks share is itself a task, which the scheduler does again when
the worker that holds it is lost; and every wait has an end.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import pickle
import queue
import threading
import time
import uuid
import warnings
from typing import TYPE_CHECKING, Any, Self

import distributed
from threadpoolctl import threadpool_limits

from retail_portfolio.run.errors import ClusterFailed
from retail_portfolio.run.sweeping.workers import program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from retail_portfolio.run.sweeping.workers import Work

    # Few of their functions have annotations.
    Client = Any
    Future = Any

CONNECT_SECONDS = 6.0
"""How long a scheduler may take to answer."""
WORKER_SECONDS = 30.0
"""How long a cluster may be without any worker."""
_LOOK_SECONDS = 1.0
_CLOSE_SECONDS = 5.0


_TALKERS = ("distributed", "tornado", "asyncio")


class _Client(distributed.Client):
    """A client that whoever opened it closes.

    One that never connected would wait for an answer when it is thrown away, and complain.
    """

    def __del__(self) -> None:
        """Do nothing."""


_client_of: Any = _Client


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keep the cluster's libraries from logging; what goes wrong is said once, by an error.

    A scheduler that dies is a traceback to them, printed before anybody can tell what it means.
    """
    talkers = [
        logger
        for name, logger in list(logging.root.manager.loggerDict.items())
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in _TALKERS
    ]
    levels = [logger.level for logger in talkers]
    for logger in talkers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(talkers, levels, strict=True):
            logger.setLevel(level)


class ClusterWorkers:
    """The workers of a scheduler.

    Parameters
    ----------
    shared
        What all tasks share.
    address
        Of the scheduler, as in ``tcp://10.0.0.5:8786``.
    connect_seconds, worker_seconds
        How long to wait for the scheduler to answer, and for a worker to be there.
    """

    def __init__(
        self,
        shared: object,
        address: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        worker_seconds: float = WORKER_SECONDS,
    ) -> None:
        self._shared = pickle.dumps(shared, pickle.HIGHEST_PROTOCOL)
        self._address = address
        self._connect_seconds = connect_seconds
        self._worker_seconds = worker_seconds
        self._program = program()
        self._client: Client | None = None
        self._tables: Future | None = None
        self._name = f"sweep-{uuid.uuid4().hex}"
        self._seen = time.monotonic()
        self._silent = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Connect, wait for a worker, and compare the versions of all of them.

        Raises
        ------
        ClusterFailed
            If the scheduler does not answer, has no worker, or a worker runs another program.
        """
        self._silent.enter_context(silent())
        try:
            self._client = self._connect()
            self._compare(self._client)
        except BaseException:
            self._close()
            raise
        return self

    def _connect(self) -> Client:
        try:
            return _client_of(self._address, timeout=self._connect_seconds, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ClusterFailed(
                f"no scheduler answers at {self._address} within {self._connect_seconds:g} "
                f"seconds: {error}"
            ) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give back what the cluster holds for us, and leave it as it was."""
        self._close()

    def _close(self) -> None:
        client, self._client, self._tables = self._client, None, None
        # A scheduler that is gone cannot be told that we leave.
        with self._silent, contextlib.suppress(OSError, TimeoutError):
            if client is not None:
                client.close(timeout=_CLOSE_SECONDS)

    def _compare(self, client: Client) -> None:
        try:
            client.wait_for_workers(1, timeout=self._worker_seconds)
        except TimeoutError as error:
            raise ClusterFailed(self._nobody()) from error
        except OSError as error:
            raise self._lost() from error
        try:
            told = client.run(program, on_error="return")
        except Exception as error:
            raise ClusterFailed(
                f"the workers of {self._address} could not be asked which program they run: "
                f"{error!r}"
            ) from error
        unlike = [
            f"worker {worker}: {said}"
            for worker, theirs in sorted(told.items())
            if (said := _unlike(theirs, self._program))
        ]
        if unlike:
            raise ClusterFailed("; ".join(unlike))

    def _nobody(self) -> str:
        return f"the scheduler at {self._address} has had no worker for {self._worker_seconds:g} s"

    def each(self, work: Work, tasks: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Do all tasks, as `retail_portfolio.run.sweeping.workers.Workers.each`."""
        client = self._connected()
        done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        names: dict[Any, tuple[str, Future]] = {}
        self._seen = time.monotonic()
        try:
            for name, task in tasks.items():
                future = self._submit(client, work, name, task)
                names[future.key] = name, future
                future.add_done_callback(done.put)
            while names:
                try:
                    future = done.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    self._look(client)
                else:
                    name, _ = names.pop(future.key)
                    yield name, self._result(client, name, future)
        finally:
            self._cancel([future for _, future in names.values()])

    def _connected(self) -> Client:
        if self._client is None:
            raise RuntimeError("the workers are used outside of their context")
        return self._client

    def _submit(self, client: Client, work: Work, name: str, task: Any) -> Future:
        key = f"{self._name}-{work.__name__}-{name}"
        try:
            self._tables = self._tables or self._send(client)
            return client.submit(_do, work, self._tables, task, self._program, key=key, pure=False)
        except Exception as error:
            if client.status != "running":
                raise self._lost() from error
            raise

    def _send(self, client: Client) -> Future:
        with warnings.catch_warnings():
            # It is sent once, on purpose.
            warnings.filterwarnings("ignore", message="Sending large graph")
            return client.submit(bytes, self._shared, key=f"{self._name}-tables", pure=False)

    def _result(self, client: Client, name: str, future: Future) -> Any:
        if future.cancelled():
            raise self._lost()
        while True:
            try:
                return future.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                if future.done() and future.status == "error":
                    raise
                self._look(client)  # its worker may be gone, and the task begun again
            except distributed.KilledWorker as error:
                raise ClusterFailed(f"every worker that began {name} was lost: {error}") from error
            except Exception:
                if future.cancelled():
                    raise self._lost() from None
                raise

    def _look(self, client: Client) -> None:
        """See that there is still somebody to wait for."""
        if client.status != "running":
            raise self._lost()
        try:
            workers = client.scheduler_info()["workers"]
        except (OSError, TimeoutError) as error:
            raise self._lost() from error
        if workers:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > self._worker_seconds:
            raise ClusterFailed(self._nobody())

    def _lost(self) -> ClusterFailed:
        return ClusterFailed(
            f"the connection to the scheduler at {self._address} was lost; what is finished is "
            "kept, and the same command goes on from there"
        )

    def _cancel(self, futures: list[Future]) -> None:
        if futures and self._client is not None and self._client.status == "running":
            with contextlib.suppress(OSError, TimeoutError):
                self._client.cancel(futures)


# ---------------------------------------------------------------------------- within the worker
def _unlike(theirs: object, ours: Mapping[str, str]) -> str:
    """Say in which ways a worker's program is not ours; empty where it is."""
    if not isinstance(theirs, dict):
        return f"it cannot say which program it runs: {theirs!r}"
    names = [name for name in ours if theirs.get(name) != ours[name]]
    parts = [f"{name} {_short(theirs.get(name))}, here {_short(ours[name])}" for name in names]
    return f"it runs another program ({'; '.join(parts)})" if parts else ""


def _short(value: object) -> str:
    return "none" if value is None else str(value)[:12]


_PINNED = threading.Lock()
_AT_WORK = {"tasks": 0}
_LIMITS: list[Any] = []


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Hold numerical libraries to one thread while any task of ours is at work in this process."""
    with _PINNED:
        _AT_WORK["tasks"] += 1
        if _AT_WORK["tasks"] == 1:
            _LIMITS.append(threadpool_limits(limits=1))
    try:
        yield
    finally:
        with _PINNED:
            _AT_WORK["tasks"] -= 1
            if _AT_WORK["tasks"] == 0:
                _LIMITS.pop().restore_original_limits()


@functools.lru_cache(maxsize=1)
def _loaded(shared: bytes) -> Any:
    return pickle.loads(shared)  # noqa: S301 - the client whose task this is made it


def _do(work: Work, shared: bytes, task: Any, wanted: Mapping[str, str]) -> Any:
    """Do one task on a worker, which may have joined after versions were compared."""
    if unlike := _unlike(program(), wanted):
        raise ClusterFailed(f"worker {distributed.get_worker().address}: {unlike}")
    with _one_thread():
        return work(_loaded(shared), task)
