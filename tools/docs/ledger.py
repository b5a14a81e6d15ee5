"""The page of the ledger: every assumed figure with its range, unit and source."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.inputs.settings.ledger_figures import ledger_rows
from tools.docs.markdown import WIDE, broken, plain, table

_ADDRESS = re.compile(r"https?://\S+")


def page() -> str:
    """Return the page."""
    rows = ledger_rows(checkout_root() / "data")
    judged = sum(row["quality"] == "judgement" for row in rows)
    text = [
        WIDE,
        "# Ledger of assumptions\n",
        (
            f"The {len(rows)} rows of `data/assumptions.csv`, {judged} of them judgement. A key "
            "may carry the code of a format or a state behind points; the most specific row wins."
            " Another value is tried with `--set KEY=VALUE`. What a range means is told in "
            "[uncertainty](../explanation/uncertainty.md), what the marks mean in "
            "[origins](../explanation/origins.md).\n"
        ),
    ]
    for group, members in groupby(sorted(rows, key=lambda one: one["group"]), _group):
        text += [f"\n## {group}\n", table(_HEADER, [_row(one) for one in members])]
    return "\n".join(text)


_HEADER = ("key", "what it is", "low:", "base:", "high:", "unit", "origin", "source")


def _group(row: dict[str, str]) -> str:
    return row["group"]


def _row(row: dict[str, str]) -> tuple[str, ...]:
    source = plain(row["source"])
    address = _ADDRESS.match(row["source_url"])
    if address:
        source = f'<a href="{escape(address[0])}">{source}</a>'
    low, high = ("", "") if row["distribution"] == "fixed" else (row["low"], row["high"])
    return (
        broken(row["key"]),
        plain(row["description"]),
        _number(low),
        _number(row["base"]),
        _number(high),
        plain(row["unit"]),
        plain(row["origin"]),
        source,
    )


def _number(text: str) -> str:
    """Return a number with its thousands apart, as many digits as the ledger has."""
    whole, point, digits = text.partition(".")
    if not whole.lstrip("-").isdigit():
        return plain(text)
    return f"{int(whole):,}{point}{digits}" if whole != "-0" else plain(text)
