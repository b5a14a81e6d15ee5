"""`report --if-changed` with nothing changed ends within a second.

The time is that of the whole process, which hashes every table, scenario, notebook and module of
the program, and every file of the published report, and compares. Beside it stands a process that
prints the version and does nothing. ``difference`` is the number of runs that did not find it
unchanged.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common.records import Records, arguments
from common.runner import Measured, environment, say

LIMIT = {"our_seconds_at_most": 1.0, "difference_at_most": 0}
ROUNDS = 10
REPORT_FILES, REPORT_FILE_BYTES = 100, 140_000  # as many and as large as a report's
RUN_ID = "20260101T000000Z-base-00000000"


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("if_changed", quick=asked.quick)
    ours, peer, unlike = Measured(), Measured(), 0
    with tempfile.TemporaryDirectory() as name:
        count = _published(Path(name))
        say(f"a report of {count} files stands; nothing has changed since")
        for _ in range(1 if asked.quick else ROUNDS):
            seconds, said = _timed("report", "--if-changed", "--out", name)
            ours.seconds.append(seconds)
            unlike += "nothing has changed since" not in said
            peer.seconds.append(_timed("--version")[0])
    records.add(
        f"nothing has changed in {count} files",
        ours,
        peer,
        LIMIT,
        difference=float(unlike),
        against="the same program prints its version",
    )
    return records.exit_status


def _published(reports: Path) -> int:
    """Put a report into the folder that says it was made from what is here now."""
    from retail_portfolio.run.publishing.fingerprint import hash_folder  # noqa: PLC0415 - not timed
    from retail_portfolio.run.report import Request  # noqa: PLC0415 - as above
    from retail_portfolio.run.request import candidates  # noqa: PLC0415 - as above

    (one,) = candidates(Request())
    run = reports / RUN_ID
    run.mkdir()
    for number in range(REPORT_FILES):
        (run / f"{number}.html").write_bytes(b"x" * REPORT_FILE_BYTES)
    manifest = {
        "status": "complete",
        "run_id": RUN_ID,
        "number": 1,
        "scenario": {"name": "base"},
        "inputs": {"hash": one.inputs.digest},
        "outputs": hash_folder(run),
    }
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (reports / "latest").symlink_to(RUN_ID, target_is_directory=True)
    return len(one.inputs.files)


def _timed(*words: str) -> tuple[float, str]:
    """Return the seconds of a command and what it says on standard error."""
    command = [sys.executable, "-m", "retail_portfolio", *words]
    began = time.perf_counter()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return time.perf_counter() - began, done.stderr


if __name__ == "__main__":
    sys.exit(main())
