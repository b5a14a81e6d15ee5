"""SOURCES.md: the codebook, its text kept by hand and its counts filled in by the build."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tools.tables.competitors import PRIORITY, CompetitorReport
from tools.tables.sources import FILES, ZIP_FILE

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_TITLES = {
    "snap": "SNAP",
    "trader_joes": "Trader Joe's",
    "walmart": "Walmart",
    "stiles": "stiles",
    "atp": "All the Places",
}


def rules_table(report: CompetitorReport) -> str:
    """Return what each rule took from each list of rivals, as a Markdown table."""
    lines = [
        "| rule | " + " | ".join(_TITLES[key] for key in PRIORITY) + " |",
        "|---|" + "---|" * len(PRIORITY),
        _line("read", [report.read[key] for key in PRIORITY]),
    ]
    rules = sorted({rule for rule, _ in report.dropped})
    for rule in rules:
        label = "no chain of these metros" if rule == "no pattern" else rule
        lines.append(_line(label, [report.dropped.get((rule, key), 0) for key in PRIORITY]))
    lines.append(_line("kept", [report.kept[key] for key in PRIORITY]))
    return "\n".join(lines)


def _line(label: str, numbers: list[int]) -> str:
    return f"| {label} | " + " | ".join(f"{n:,}" if n else "" for n in numbers) + " |"


def inputs_table() -> str:
    """Return the input files and what each must hold, as a Markdown table."""
    lines = ["| file | holds | columns |", "|---|---|---|"]
    for need in [*FILES.values(), ZIP_FILE]:
        columns = ", ".join(need.columns) or "GeoJSON"
        lines.append(f"| `{need.path}` | {need.holds} | {columns} |")
    return "\n".join(lines)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put `values` into the slots of a text.

    Raises
    ------
    KeyError
        When the text has a slot without a value.
    """
    return _SLOT.sub(lambda slot: values[slot.group(1)], template)
