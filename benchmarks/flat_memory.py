"""500 stores x 200,000 points, every pair: flat memory, and no slower than plain chunked numpy.

Ours is `huff.dense_sales_usd_year` in the block it takes by itself. The plain side writes the same
formulas out in numpy and may choose its chunk: each of `CHUNKS` is tried on a part of the points
and the fastest runs the whole. A tenth
of the points is measured too: beside the points themselves, memory does not grow with them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from common.places import city
from common.records import Records, arguments, greatest_relative_difference
from common.runner import Measured, Side, measure, say

CHUNKS = (16, 32, 64, 128, 512, 2048)
LIMIT = {
    "times_slower_at_most": 1.3,
    "our_peak_mib_at_most": 150,
    "difference_at_most": 1e-9,
}


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    whole, stores = (2_000, 8) if asked.quick else (200_000, 500)
    records = Records("flat_memory", quick=asked.quick)
    rounds = 1 if asked.quick else 3
    with tempfile.TemporaryDirectory() as name:
        chunk = 0
        for points in (whole // 10, whole):
            places = Path(name) / f"{points}.npz"
            city(places, points, stores)
            sizes = f"{stores} stores x {points:,} points"
            chunk = chunk or _fastest_chunk(places, rounds, quick=asked.quick)
            say(sizes)
            found = _measured(places, chunk, rounds, quick=asked.quick)
            gap = greatest_relative_difference(
                found["ours"].answer["sales"], found["peer"].answer["sales"]
            )
            records.add(
                f"{sizes}, sales without a cut-off",
                found["ours"],
                found["peer"],
                LIMIT,
                difference=gap,
                against=f"plain numpy, chunks of {chunk} points",
            )
    return records.exit_status


def _fastest_chunk(places: Path, rounds: int, *, quick: bool) -> int:
    say("choosing the plain side's chunk")
    sides = {
        str(chunk): Side("flat_plain", {"places": str(places), "block": chunk}) for chunk in CHUNKS
    }
    found = measure(sides, rounds, apart=not quick)
    return int(min(found, key=lambda chunk: found[chunk].best_seconds))


def _measured(places: Path, chunk: int, rounds: int, *, quick: bool) -> dict[str, Measured]:
    return measure(
        {
            "ours": Side("flat_ours", {"places": str(places), "block": None}),
            "peer": Side("flat_plain", {"places": str(places), "block": chunk}),
        },
        rounds,
        apart=not quick,
    )


if __name__ == "__main__":
    sys.exit(main())
