"""A chain of 10,000 stores, 1,000 of them closing: from its tables to its proven plan.

Stores stand at real ZIP areas of every metropolitan area and county of the lower 48 states, among
20,000 rivals and all of their 32,000 ZIP areas with households (`common.portfolio`). What is timed
is the whole way in a fresh process: reading and checking every table, trade areas, the bill of the
closures, each candidate valued in two formats, and the plan, proven. 2,500 and 5,000 stores are
measured too, with the same people and rivals: the exponent of the growth in time has to stay near
one, time ~ stores ** exponent, so that no step goes through pairs of stores.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from common.portfolio import chain
from common.records import Records, arguments
from common.runner import Side, measure, say

SIZES = (2_500, 5_000, 10_000)
RIVALS = 20_000
QUICK_SIZES, QUICK_RIVALS, QUICK_METROS = (20, 40), 60, 2
LIMIT = {"our_seconds_at_most": 60, "our_peak_mib_at_most": 1024, "gap_at_most": 1e-3}
GROWTH = {"growth_exponent_at_most": 1.15}
ROUNDS = 2
STEPS = ("check", "trade areas", "closure", "conversion", "plan")


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("ten_thousand_stores", quick=asked.quick)
    sizes = QUICK_SIZES if asked.quick else SIZES
    with tempfile.TemporaryDirectory() as name:
        sides, rows = {}, {}
        for stores in sizes:
            say(f"a chain of {stores:,} stores")
            data = Path(name) / f"chain-{stores}"
            rows[stores] = (
                chain(data, stores, QUICK_RIVALS, QUICK_METROS)
                if asked.quick
                else chain(data, stores, RIVALS)
            )
            # Once in a process: a table that was read before would be remembered.
            sides[str(stores)] = Side("portfolio_ours", {"data": str(data)}, warm_ups=0, repeats=1)
        found = measure(sides, 1 if asked.quick else ROUNDS)
    for stores in sizes:
        ours, count = found[str(stores)], rows[stores]
        records.add(
            f"{stores:,} stores, {count['leases.csv']:,} closing, {count['demand.csv']:,} ZIP "
            f"areas, {count['competitors.csv']:,} rivals: from tables to the plan",
            ours,
            None,
            LIMIT,
            gap=float(ours.answer["gap"]),
            conversions=float(ours.answer["conversions"]),
            candidates=float(ours.answer["candidates"]),
            **{f"{step}_seconds".replace(" ", "_"): float(ours.answer[step]) for step in STEPS},
        )
    seconds = np.array([found[str(stores)].best_seconds for stores in sizes])
    records.add(
        f"growth from {sizes[0]:,} to {sizes[-1]:,} stores",
        found[str(sizes[-1])],
        None,
        GROWTH,
        growth_exponent=float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0]),
    )
    return records.exit_status


if __name__ == "__main__":
    sys.exit(main())
