"""The measured process: imports one side, runs it, and writes down what it took.

Started as ``python -m common.child REQUEST...``, with REQUEST a JSON file; several are answered one
after the other. It imports nothing but
numpy and the standard library, because it also runs in the environment of a peer.

A side is a module with ``prepare(options) -> run``; ``run()`` does the work once and returns its
answer as named arrays. Memory is counted from the moment the side's imports are done, so that what
`prepare` loads counts. Only ``run()`` is timed.
"""

from __future__ import annotations

import gc
import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

KIB_PER_MIB = 1024
RESET_PEAK = "5"
"""What Linux takes in ``clear_refs`` for: the peak is what is resident now."""


def resident_mib() -> float:
    """Return what is resident now; the peak so far where the system does not say."""
    return _status("VmRSS:") or _highest_so_far()


def peak_mib() -> float:
    """Return the most that was resident since `forget_peak`, or since the start."""
    return _status("VmHWM:") or _highest_so_far()


def forget_peak() -> None:
    """Let the peak begin anew, where the system can."""
    try:
        Path("/proc/self/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    except OSError:
        print("the peak of the imports counts too", file=sys.stderr)


def _status(name: str) -> float:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in lines if line.startswith(name)]
    return int(found[0]) / KIB_PER_MIB if found else 0.0


def _highest_so_far() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / KIB_PER_MIB / (KIB_PER_MIB if sys.platform == "darwin" else 1)


def main() -> None:
    """Do what each request asks, and leave the answer and the measurement in its files."""
    for path in sys.argv[1:]:
        _answer(json.loads(Path(path).read_text(encoding="utf-8")))


def _answer(request: dict[str, Any]) -> None:
    side = importlib.import_module(request["side"])
    gc.collect()
    forget_peak()
    start = resident_mib()
    run = side.prepare(request["options"])
    answer: dict[str, Any] = {}
    for _ in range(request["warm_ups"]):
        answer = run()
    seconds = []
    for _ in range(request["repeats"]):
        answer = {}  # one answer at a time
        gc.collect()
        began = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - began)
    measured = {"seconds": seconds, "peak_mib": peak_mib() - start}
    Path(request["measured"]).write_text(json.dumps(measured), encoding="utf-8")
    np.savez(request["answer"], **answer)


if __name__ == "__main__":
    main()
