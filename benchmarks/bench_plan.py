"""The best plan with its proof: how long it takes, and what simpler ways miss.

- The bundled case, both formats: without limits, and with every kind of limit at once.
- 64 sites in one metro with 5,000 demand points and 300 rivals, proven to 1e-6; `scipy.milp` begun
  anew after every tangent beside it, which stops after two minutes.
- 500 sites in 30 metros that a budget joins.
- What greedy and the p-median and coverage models of `spopt` pick, valued by our objective.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.choices import metro, value_usd
from common.peers import NoPeer, python_of
from common.records import Records, arguments
from common.runner import Measured, Side, measure, say

if TYPE_CHECKING:
    import argparse

PEER = "spopt==0.7.0"
GAP = 1e-6
EVERY_LIMIT = (
    "plan.capital_budget_usd=60e6",
    "plan.min_conversions=2",
    "plan.max_conversions=9",
    "plan.max_per_metro=2",
    "plan.max_by_metro.seattle-wa=1",
    "plan.min_spacing_miles=5",
    "plan.min_own_store_miles=1",
    "plan.force_in=fresh-ca-irvine",
    "plan.force_out=fresh-va-lorton:wfm",
    "plan.openings_per_year=3",
)
RADIUS_MINUTES = 10.0
MEDIAN_POINTS = 500
MOST_SECONDS = 120.0


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "", peers="folder for the environments of peers")
    records = Records("plan", quick=asked.quick)
    _bundled(records, asked)
    with tempfile.TemporaryDirectory() as name:
        _one_metro(records, asked, Path(name))
        _many_metros(records, asked, Path(name))
    return records.exit_status


def _bundled(records: Records, asked: argparse.Namespace) -> None:
    rounds = 1 if asked.quick else 3
    for said, overrides in (("without limits", ()), ("with every kind of limit", EVERY_LIMIT)):
        say(f"bundled case {said}")
        options = {"overrides": list(overrides)}
        sides = {"ours": Side("plan_bundled", options, warm_ups=0, repeats=1)}
        ours = measure(sides, rounds)["ours"]
        facts = {name: float(ours.answer[name]) for name in ("gap", "value", "conversions")}
        limit = {"our_seconds_at_most": 5, "gap_at_most": GAP}
        records.add(f"bundled case, two formats, {said}", ours, None, limit, **facts)


def _one_metro(records: Records, asked: argparse.Namespace, folder: Path) -> None:
    sites, points, rivals = (12, 200, 30) if asked.quick else (64, 5_000, 300)
    for seed in range(1 if asked.quick else 3):
        file = folder / f"metro{seed}.npz"
        metro(file, sites, points, rivals, 20 if seed else 0, seed)
        files = [str(file)]
        said = f"{sites} sites, {points:,} points, {rivals} rivals, metro {seed + 1}"
        say(said)
        found = _ours_and_milp(files, asked)
        proof, milp = found["ours"], found["milp"]
        facts = {name: float(proof.answer[name]) for name in ("gap", "value")}
        records.add(
            said,
            proof,
            milp,
            {"our_seconds_at_most": 15, "gap_at_most": GAP},
            **facts,
            peer_gap=float(milp.answer["gap"]),
            peer_value=float(milp.answer["value"]),
        )
        _simpler(records, asked, said, files, found)


def _ours_and_milp(files: list[str], asked: argparse.Namespace) -> dict[str, Measured]:
    options = {"files": files, "gap": GAP, "budget_share": None}
    most = 5.0 if asked.quick else MOST_SECONDS
    peer = Side(
        "plan_milp", {"files": files, "gap": GAP, "most_seconds": most}, warm_ups=0, repeats=1
    )
    found = measure({"milp": peer}, 1)
    kinds = ("proof", "local", "greedy")
    sides = {kind: Side("plan_ours", options | {"kind": kind}, repeats=2) for kind in kinds}
    found |= measure(sides, 1 if asked.quick else 2)
    return found | {"ours": found["proof"]}


def _simpler(
    records: Records,
    asked: argparse.Namespace,
    said: str,
    files: list[str],
    found: dict[str, Measured],
) -> None:
    best = float(found["proof"].answer["value"])
    count = int(found["proof"].answer["chosen"].sum())
    for kind, limit in (("local", {"our_seconds_at_most": 1}), ("greedy", {})):
        share = float(found[kind].answer["value"]) / best
        records.add(f"{said}: {kind} alone", found[kind], None, limit, share_of_best=share)
    try:
        python = python_of(PEER, Path(asked.peers)) if asked.peers else python_of(PEER)
    except NoPeer as fault:
        say(f"{PEER} could not be installed:\n{fault}")
        records.fail(f"{said}: picks of {PEER}", f"{PEER} could not be installed")
        return
    for model in ("p_median", "mclp"):
        options: dict[str, Any] = {"files": files, "model": model, "count": count}
        options |= {"radius_minutes": RADIUS_MINUTES, "most_points": MEDIAN_POINTS}
        side = Side("plan_spopt", options, python=python, warm_ups=0, repeats=1)
        picked = measure({model: side}, 1)[model]
        share = value_usd(Path(files[0]), picked.answer["chosen"]) / best
        records.add(
            f"{said}: {model} of {PEER} with as many sites",
            found["proof"],
            picked,
            {},
            share_of_best=share,
        )


def _many_metros(records: Records, asked: argparse.Namespace, folder: Path) -> None:
    metros, sites, points = (4, 6, 100) if asked.quick else (30, 500, 1_500)
    files = []
    for number in range(metros):
        file = folder / f"one_of_many{number}.npz"
        each = sites // metros + (number < sites % metros)
        metro(file, each, points, points // 15, 8, 1000 + number)
        files.append(str(file))
    for share, gap in ((None, GAP), (0.2, 1e-3), (0.2, GAP)):
        money = "no budget" if share is None else f"a budget for {share:.0%} of all sites"
        said = f"{sites} sites in {metros} metros, {money}, gap {gap:g}"
        say(said)
        options = {"files": files, "gap": gap, "budget_share": share, "kind": "proof"}
        side = Side("plan_ours", options, warm_ups=0, repeats=1)
        ours = measure({"ours": side}, 1 if asked.quick else 2)["ours"]
        facts = {name: float(ours.answer[name]) for name in ("gap", "value")}
        limit = {"our_seconds_at_most": 60, "gap_at_most": gap}
        records.add(said, ours, None, limit, **facts)


if __name__ == "__main__":
    sys.exit(main())
