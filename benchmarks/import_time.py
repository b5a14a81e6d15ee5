"""`import retail_portfolio.model` in under a second, without what only other floors need.

The time is that of a whole fresh process, from its start to its end: one that imports the package,
and one that imports the models one reaches first. Beside each stands a process that imports numpy
and pandas and nothing else, which no model can do without.
"""

from __future__ import annotations

import subprocess
import sys
import time

from common.records import Records, arguments
from common.runner import Measured, environment, say

MODELS = {
    "retail_portfolio.model": ("retail_portfolio.model",),
    "its models huff, travel and trade_areas": (
        "retail_portfolio.model.market.huff",
        "retail_portfolio.model.market.travel",
        "retail_portfolio.model.market.trade_areas",
    ),
}
NEEDED = ("numpy", "pandas")
UNWANTED = ("folium", "geopandas", "pandera", "scipy")
LIMIT = {"our_seconds_at_most": 1.0, "unwanted_at_most": 0}
ROUNDS = 10
SHOW_LOADED = f"; import sys; print(*(n for n in {UNWANTED!r} if n in sys.modules))"


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("import_time", quick=asked.quick)
    for what, modules in MODELS.items():
        say(f"importing {what} in fresh processes")
        ours, peer, loaded = Measured(), Measured(), ""
        for _ in range(1 if asked.quick else ROUNDS):
            seconds, loaded = _timed(modules)
            ours.seconds.append(seconds)
            peer.seconds.append(_timed(NEEDED)[0])
        records.add(
            f"a fresh process imports {what}",
            ours,
            peer,
            LIMIT,
            unwanted=len(loaded.split()),
            loaded=loaded,
            against=f"a fresh process imports {' and '.join(NEEDED)}",
        )
    return records.exit_status


def _timed(modules: tuple[str, ...]) -> tuple[float, str]:
    """Return the seconds a process takes that imports ``modules``, and the unwanted ones it got."""
    command = [sys.executable, "-c", f"import {', '.join(modules)}{SHOW_LOADED}"]
    began = time.perf_counter()
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return time.perf_counter() - began, done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
