"""85,000 points x 17,000 stores within 30 minutes: near plain scipy, in flat cost a point.

From places to the sales of every store: search for the pairs, minutes, decay, shares, sales. The
plain side does it with two trees and scipy's sparse matrices in one go. Then 25, 50 and 100 % of
the points are measured with all the stores, and the exponent of the growth in time has to be near
one: time ~ points ** exponent.

Points and stores are made up (`common.places.country`) unless two CSV files are named.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from common.places import country, from_files, part_of
from common.records import Records, arguments, greatest_relative_difference
from common.road import CUTOFF_MINUTES
from common.runner import Measured, Side, measure, say

if TYPE_CHECKING:
    import argparse

PARTS = (0.25, 0.5, 1.0)
LIMIT = {"times_slower_at_most": 2, "our_peak_mib_at_most": 500, "difference_at_most": 1e-9}
GROWTH = {"growth_exponent_at_most": 1.15}
PLAIN = "plain scipy"
ROUNDS = 4


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(
        __doc__ or "",
        points="CSV file of points: latitude, longitude, population",
        stores="CSV file of stores: latitude, longitude",
    )
    records = Records("whole_country", quick=asked.quick)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        origin, stores = _places(asked, folder / "whole.npz")
        files = {part: folder / f"part{part}.npz" for part in PARTS}
        counts = [part_of(folder / "whole.npz", files[part], part) for part in PARTS]
        say(f"{counts[-1]:,} points x {stores:,} stores and parts of the points, {origin}")
        found = measure(_sides(files), 1 if asked.quick else ROUNDS, apart=not asked.quick)
    ours = [found[f"ours {part}"] for part in PARTS]
    peers = [found[f"peer {part}"] for part in PARTS]
    for count, our, peer in zip(counts, ours, peers, strict=True):
        minutes = f"within {CUTOFF_MINUTES:.0f} minutes"
        _add(records, f"{count:,} points x {stores:,} stores {minutes}, {origin}", our, peer)
    seconds = np.array([one.best_seconds for one in ours])
    records.add(
        f"growth from {counts[0]:,} to {counts[-1]:,} points, {origin}",
        ours[-1],
        None,
        GROWTH,
        growth_exponent=float(np.polyfit(np.log(counts), np.log(seconds), 1)[0]),
        microseconds_a_point=[round(float(one), 2) for one in 1e6 * seconds / counts],
    )
    return records.exit_status


def _places(asked: argparse.Namespace, out: Path) -> tuple[str, int]:
    if asked.points and asked.stores:
        return "real places", from_files(out, asked.points, asked.stores)[1]
    points, stores = (600, 120) if asked.quick else (85_000, 17_000)
    country(out, points, stores)
    return "made-up places", stores


def _sides(files: dict[float, Path]) -> dict[str, Side]:
    """Return both sides of every part: all take turns, so that the machine is the same to all."""
    return {
        f"{who} {part}": Side(module, {"places": str(path)})
        for part, path in files.items()
        for who, module in (("ours", "country_ours"), ("peer", "country_plain"))
    }


def _add(records: Records, setting: str, ours: Measured, peer: Measured) -> None:
    pairs = int(ours.answer["pairs"])
    if pairs != int(peer.answer["pairs"]):
        records.fail(setting, f"{pairs} pairs, but {int(peer.answer['pairs'])} on the plain side")
        return
    gap = greatest_relative_difference(ours.answer["sales"], peer.answer["sales"])
    records.add(setting, ours, peer, LIMIT, difference=gap, pairs=pairs, against=PLAIN)


if __name__ == "__main__":
    sys.exit(main())
