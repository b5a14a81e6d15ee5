"""10,000 draws of closures, conversions and checkout, the bundled case: 5 s and 1 GiB at most.

The time holds everything once the case is read: the table of sales over what trade areas assume,
and the draws. Beside it stand trade areas computed anew for every draw, measured on some draws and
counted up to as many; what the table's sales differ from theirs is the error. Draws alone grow as
their number does.
"""

from __future__ import annotations

import sys

import numpy as np
from common.records import Records, arguments
from common.runner import Measured, Side, measure, say

LIMIT = {"our_seconds_at_most": 5, "our_peak_mib_at_most": 1024, "difference_at_most": 0.05}
GROWTH = {"growth_exponent_at_most": 1.1}
DRAWS = 10_000
COMPARED = 64


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("uncertain_draws", quick=asked.quick)
    draws, compared, rounds = (256, 4, 1) if asked.quick else (DRAWS, COMPARED, 2)
    setting = f"{draws:,} draws of the bundled case"
    say(setting)
    options = {"draws": [draws], "compared": compared}
    several = {"draws": [draws // 4, draws // 2, draws], "compared": compared}
    warm = 0 if asked.quick else 1
    sides = {
        "ours": Side("draws_ours", options, warm_ups=warm, repeats=1),
        "exact": Side("draws_exact", options, warm_ups=warm, repeats=1),
        "growth": Side("draws_ours", several, warm_ups=warm, repeats=1),
    }
    if asked.quick:  # no time is judged, and one run of ours shows that both lines can be written
        sides["ours"] = sides.pop("growth")
    found = measure(sides, rounds, apart=not asked.quick)
    ours, exact, growth = found["ours"], found["exact"], found.get("growth", found["ours"])
    all_draws = Measured([s * draws / compared for s in exact.seconds], exact.peak_mib)
    table, *_, drawn = ours.answer["seconds"]
    moved = np.log(ours.answer["sells"] / exact.answer["sells"])
    spread = float(np.log(exact.answer["sells"]).std(axis=0).mean())
    records.add(
        setting,
        ours,
        all_draws,
        LIMIT,
        difference=float(np.sqrt((moved**2).mean())),
        spread=spread,
        bias=float(np.abs(moved.mean(axis=0)).mean()),
        table_seconds=float(table),
        draw_seconds=float(drawn),
        against=f"trade areas alone, computed anew in {compared} draws and counted up",
    )
    seconds = growth.answer["seconds"][1:]
    exponent = float(np.log(seconds[-1] / seconds[0]) / np.log(4))
    of_growth = f"from {draws // 4:,} to {draws:,} draws, the table at hand"
    limit = {} if asked.quick else GROWTH
    records.add(of_growth, growth, None, limit, growth_exponent=exponent)
    return records.exit_status


if __name__ == "__main__":
    sys.exit(main())
