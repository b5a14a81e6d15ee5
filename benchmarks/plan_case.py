"""The bundled case in both formats, with every kind of limit at once: proven within 5 s.

Measured is what a plan takes once the case is read and its trade areas stand: making the task
ready, and solving it; the parts stand in the record. No peer solves this choice; beside it stands
the choice without limits.
"""

from __future__ import annotations

import sys
from typing import Any

from common.records import Records, arguments
from common.runner import Side, measure, say

LIMIT = {"our_seconds_at_most": 5, "gap_at_most": 1e-6}
EVERY: dict[str, Any] = {
    "capital_budget_usd": 60e6,
    "min_conversions": 2,
    "max_conversions": 9,
    "max_per_metro": 2,
    "max_by_metro": {"los-angeles-ca": 3},
    "min_spacing_miles": 5.0,
    "min_own_store_miles": 1.0,
    "force_in": ["fresh-ca-poway"],
    "force_out": ["fresh-ca-irvine:wfm"],
}
CASES: dict[str, dict[str, Any]] = {
    "no limits": {},
    "every limit, 3 openings a year over 4 years": {
        **EVERY,
        "openings_per_year": 3,
        "opening_years": 4,
    },
    "every limit, 1 opening a year over 10 years": {
        **EVERY,
        "openings_per_year": 1,
        "opening_years": 10,
    },
}
FACTS = ("task_seconds", "solve_seconds", "gap", "value", "conversions", "columns", "rules")


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "")
    records = Records("plan_case", quick=asked.quick)
    chosen = list(CASES)[:2] if asked.quick else list(CASES)
    say("the bundled case")
    sides = {
        name: Side("plan_case_ours", {"limits": CASES[name]}, repeats=1 if asked.quick else 3)
        for name in chosen
    }
    found = measure(sides, 1 if asked.quick else 2, apart=not asked.quick)
    for name in chosen:
        facts = {fact: float(found[name].answer[fact]) for fact in FACTS}
        records.add(f"bundled case, two formats, {name}", found[name], None, LIMIT, **facts)
    return records.exit_status


if __name__ == "__main__":
    sys.exit(main())
