"""500 candidates over 30 metros that a budget joins: within 60 s to a gap of 0.1 %.

The metros share no point; the budget is a part of what all candidates would cost to build. No peer
was found that solves this choice; local search alone stands beside it.
"""

from __future__ import annotations

import sys

from common.records import Records, arguments
from common.runner import Side, measure, say

LIMIT = {"our_seconds_at_most": 60, "gap_at_most": 1e-3}
KINDS = ("spread", "dense", "dense, weak rivals")
BUDGETS = (0.1, 0.4)
SEED = 1


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    metros, sites = (3, 9) if asked.quick else (30, 500)
    records = Records("plan_country", quick=asked.quick)
    for shape in KINDS[:2] if asked.quick else KINDS:
        for share in BUDGETS:
            setting = f"{sites} candidates over {metros} metros, {shape}, budget {share:.0%} of all"
            say(setting)
            options = {"metros": metros, "sites": sites, "shape": shape, "seed": SEED}
            options |= {"budget_share": share, "gap": LIMIT["gap_at_most"], "proof": True}
            sides = {
                "ours": Side("plan_made_up_ours", options, warm_ups=0, repeats=1),
                "local": Side(
                    "plan_made_up_ours", {**options, "proof": False}, warm_ups=0, repeats=1
                ),
            }
            found = measure(sides, 1, apart=not asked.quick)
            ours = found["ours"]
            value = float(ours.answer["value"])
            records.add(
                setting,
                ours,
                None,
                LIMIT,
                gap=float(ours.answer["gap"]),
                nodes=float(ours.answer["nodes"]),
                conversions=float(ours.answer["conversions"]),
                local_seconds=found["local"].best_seconds,
                local_behind=1 - float(found["local"].answer["value"]) / value,
            )
    return records.exit_status


if __name__ == "__main__":
    sys.exit(main())
