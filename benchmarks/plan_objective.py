"""What the wrong objective costs: greedy and `spopt`'s picks, valued as plans of the bundled case.

`spopt` picks as many sites as the best plan has, by p-median (spending times miles to the nearest
pick, over points within `WITHIN_MILES` of a candidate) and by maximal coverage (spending within
`RADIUS_MILES` of a pick). Each set is then valued by the plan's objective, every site in the format
that is best for the set. No time is judged.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from common.peers import NoPeer, python_of
from common.records import Records, arguments
from common.runner import Side, measure, say

PEER = "spopt==0.7.0"
WITHIN_MILES, RADIUS_MILES = 2.0, 3.0
QUICK_MILES = 1.0
"""Points that are looked at in a quick run."""
LIMIT = {"unwanted_at_most": 0}
"""Sets that are worth more than the optimum."""


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "", peers="folder for the environments of peers")
    records = Records("plan_objective", quick=asked.quick)
    setting = "bundled case, no limits"
    once = {"warm_ups": 0, "repeats": 1}
    try:
        python = python_of(PEER, Path(asked.peers)) if asked.peers else python_of(PEER)
    except NoPeer as fault:
        say(f"{PEER} could not be installed:\n{fault}")
        records.fail(setting, f"{PEER} could not be installed")
        return records.exit_status
    ours = measure({"ours": Side("plan_picks_ours", {"picks": None}, **once)}, 1)["ours"]
    choice = ours.answer
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "choice.npz"
        np.savez(file, **choice)
        options = {"choice": str(file), "number": len(choice["optimal"])}
        options |= {"within_miles": QUICK_MILES if asked.quick else WITHIN_MILES}
        options |= {"radius_miles": RADIUS_MILES}
        side = Side("plan_picks_spopt", options, python=python, **once)
        peer = measure({"peer": side}, 1)["peer"]
    picks = {one: sites.tolist() for one, sites in peer.answer.items()}
    picks["optimal"] = choice["optimal"].tolist()
    worth = measure({"worth": Side("plan_picks_ours", {"picks": picks}, **once)}, 1)["worth"].answer
    best = float(choice["value"])
    values = {one: float(worth[one]) for one in picks} | {"greedy": float(choice["greedy_value"])}
    picks["greedy"] = choice["greedy"].tolist()
    facts: dict[str, Any] = {"difference": abs(values["optimal"] - best) / best, "value_usd": best}
    for one in ("greedy", "p_median", "mclp"):
        facts[f"{one}_share"] = values[one] / best
        facts[f"{one}_agree"] = len(set(picks[one]) & set(picks["optimal"]))
        facts[f"{one}_sites"] = len(picks[one])
    above = sum(value > best * (1 + 1e-6) for value in values.values())
    limit = LIMIT | {"difference_at_most": 1e-9}
    records.add(setting, ours, peer, limit, against=PEER, unwanted=above, **facts)
    return records.exit_status


if __name__ == "__main__":
    sys.exit(main())
