"""64 single closures on the bundled case, total sales of each: at most a hundredth of a second.

The market is built before the clock starts, as a plan or a sweep builds it once and asks often.
The 64 stores are those that reach the most demand points, the dearest ones. The plain side works
out the sales of every store anew for each closure.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from common.places import country
from common.records import Records, arguments, greatest_relative_difference
from common.runner import Side, measure, say

LIMIT = {"our_seconds_at_most": 0.01, "difference_at_most": 1e-9}
REPEATS = 20


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("what_ifs", quick=asked.quick)
    closures, rounds = (4, 1) if asked.quick else (64, 3)
    setting = f"{closures} single closures, market at hand, "
    setting += "made-up places" if asked.quick else "bundled case"
    say(setting)
    with tempfile.TemporaryDirectory() as name:
        places = Path(name) / "places.npz"
        country(places, 600, 120)
        options = {"places": str(places) if asked.quick else None, "closures": closures}
        sides = {
            "ours": Side("what_ifs_ours", options, repeats=REPEATS),
            "peer": Side("what_ifs_plain", options, repeats=REPEATS),
        }
        found = measure(sides, rounds, apart=not asked.quick)
    totals = (found[name].answer["totals"] for name in ("ours", "peer"))
    gap = greatest_relative_difference(*totals)
    against = "every store anew for each closure, plain scipy"
    records.add(setting, found["ours"], found["peer"], LIMIT, difference=gap, against=against)
    return records.exit_status


if __name__ == "__main__":
    sys.exit(main())
