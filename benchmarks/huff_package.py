"""500 stores x 5,000 points: at least 200 times faster than `huff`, at a tenth of its memory.

Both compute great-circle distances, shares and sales from the same places, sizes and exponents:
this is what the peer's users do, and what the factor is claimed for. The peer takes an arc cosine,
which is inexact for near pairs, so that shares then agree to about 1e-7 only. From distances that
both are given they have to agree to 1e-9; no factor is claimed there. Either way is also measured
through the sparse market.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from common.peers import NoPeer, python_of
from common.places import city
from common.records import Records, arguments, greatest_difference, greatest_relative_difference
from common.runner import Measured, Side, measure, say

PEER = "huff==1.9.14"
EXPONENTS = {"size_exponent": 0.8, "distance_exponent": 2.0}
FASTER = {"times_faster_at_least": 200, "share_of_peer_peak_at_most": 0.1}
ALIKE = {"difference_at_most": 1e-6}
SAME = {"difference_at_most": 1e-9}


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "", peers="folder for the environments of peers")
    points, stores = (60, 8) if asked.quick else (5_000, 500)
    records = Records("huff_package", quick=asked.quick)
    sizes = f"{stores} stores x {points:,} points"
    say(f"{sizes}, against {PEER}")
    try:
        python = python_of(PEER, Path(asked.peers)) if asked.peers else python_of(PEER)
    except NoPeer as fault:
        say(f"{PEER} could not be installed:\n{fault}")
        records.fail(sizes, f"{PEER} could not be installed")
        return records.exit_status
    with tempfile.TemporaryDirectory() as name:
        places, given = Path(name) / "places.npz", Path(name) / "metres.npy"
        city(places, points, stores)
        _write_distances(places, given)
        rounds = 1 if asked.quick else 2
        _from_places(records, sizes, places, python, rounds)
        _from_distances(records, sizes, places, given, python, rounds)
    return records.exit_status


def _write_distances(places: Path, out: Path) -> None:
    from retail_portfolio.model.market.sphere import great_circle_km  # noqa: PLC0415 - see runner

    with np.load(places) as at:
        points = at["lat"][:, None], at["lon"][:, None]
        km = great_circle_km(*points, at["store_lat"], at["store_lon"])
    np.save(out, km * 1000)


def _sides(places: Path, given: Path | None, python: str) -> dict[str, Side]:
    options = {"places": str(places), "given": str(given) if given else None, **EXPONENTS}
    return {
        "dense": Side("huff_ours", {**options, "kind": "dense"}, repeats=7),
        "sparse": Side("huff_ours", {**options, "kind": "sparse"}, repeats=7),
        "peer": Side("huff_peer", options, python=python, warm_ups=0, repeats=1),
    }


def _add(
    records: Records, setting: str, ours: Measured, peer: Measured, limit: dict[str, float]
) -> None:
    shares = greatest_difference(ours.answer["shares"], peer.answer["shares"])
    sales = greatest_relative_difference(ours.answer["sales"], peer.answer["sales"])
    records.add(setting, ours, peer, limit, difference=max(shares, sales), against=PEER)


def _from_places(records: Records, sizes: str, places: Path, python: str, rounds: int) -> None:
    found = measure(_sides(places, None, python), rounds)
    _add(records, f"{sizes}, from places, dense", found["dense"], found["peer"], FASTER | ALIKE)
    _add(records, f"{sizes}, from places, sparse", found["sparse"], found["peer"], ALIKE)


def _from_distances(
    records: Records, sizes: str, places: Path, given: Path, python: str, rounds: int
) -> None:
    found = measure(_sides(places, given, python), rounds)
    for kind in ("dense", "sparse"):
        _add(records, f"{sizes}, distances given, {kind}", found[kind], found["peer"], SAME)


if __name__ == "__main__":
    sys.exit(main())
