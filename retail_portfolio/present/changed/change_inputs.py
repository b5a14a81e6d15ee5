"""What two reports were made from, as tables of what differs between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retail_portfolio.present.changed.change_tables import (
    Row,
    Said,
    ShownTable,
    num,
    said,
    shown_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHORT = 10
"""How much of a revision is shown."""


def input_tables(document: Mapping[str, Any]) -> list[ShownTable]:
    """Return a table for each kind of input that changed.

    Parameters
    ----------
    document
        What ``changes.json`` holds of two reports.
    """
    inputs, program = document["inputs"], document["program"]
    found = [
        _settings(inputs),
        _options(inputs),
        _assumptions(inputs),
        _tables(inputs),
        *(_cells(table) for table in inputs["tables"] if not _is_ledger(table)),
        _files(inputs),
        _versions(program),
        _program(program),
    ]
    return [table for table in found if table is not None]


def _is_ledger(table: Mapping[str, Any]) -> bool:
    return bool(table["name"] == "data/assumptions.csv")


def _settings(inputs: Mapping[str, Any]) -> ShownTable | None:
    rows: list[Row] = [
        (
            said(one["key"]),
            _setting(one["before"], one["given_by_before"]),
            _setting(one["after"], one["given_by_after"]),
        )
        for one in inputs["settings"]
    ]
    head = ("Setting", "Before", "Now")
    return (
        shown_table("Settings that changed, and who gave them", head, rows, len(rows))
        if rows
        else None
    )


def _options(inputs: Mapping[str, Any]) -> ShownTable | None:
    before, after = inputs["overrides_before"], inputs["overrides_after"]
    if before == after:
        return None
    rows: list[Row] = [
        (said(one), said("before" if one in before else "now"))
        for one in [*before, *after]
        if (one in before) != (one in after)
    ]
    caption = "Set on the command line of one of the two"
    return shown_table(caption, ("Option", "When"), rows, len(rows)) if rows else None


def _setting(value: Any, given_by: str | None) -> Said:
    if value is None or value in ("", []):
        return said("not set", "blank")
    text = ", ".join(map(str, value)) if isinstance(value, list) else value
    return said(text, aside=given_by or "")


def _assumptions(inputs: Mapping[str, Any]) -> ShownTable | None:
    edited = inputs["edited"]
    rows: list[Row] = [
        (
            said(one["key"], aside=one["unit"]),
            said(one["column"]),
            said(one["before"] or "blank"),
            said(one["after"] or "blank"),
        )
        for one in edited["shown"]
    ]
    head = ("Assumption", "Column", "Before", "Now")
    if not rows:
        return None
    return shown_table("Assumptions that were edited", head, rows, edited["count"])


def _tables(inputs: Mapping[str, Any]) -> ShownTable | None:
    rows: list[Row] = [
        (
            said(one["name"].removeprefix("data/"), aside=_about(one)),
            num(f"{one['added']['count']:,}", _ids(one["added"])),
            num(f"{one['removed']['count']:,}", _ids(one["removed"])),
            num(f"{one['corrected_rows']:,}"),
        )
        for one in inputs["tables"]
    ]
    head = ("Table", "Rows added", "Rows removed", "Rows corrected")
    return shown_table("Tables that changed", head, rows, len(rows)) if rows else None


def _about(table: Mapping[str, Any]) -> str:
    parts = [] if table["status"] == "changed" else [f"the table was {table['status']}"]
    for key, what in (("columns_added", "new"), ("columns_removed", "gone")):
        if table[key]:
            parts.append(f"columns {what}: {', '.join(table[key])}")
    return "; ".join([*parts, *([table["note"]] if table["note"] else [])])


def _ids(listed: Mapping[str, Any], most: int = 3) -> str:
    named = ", ".join(map(str, listed["shown"][:most]))
    more = listed["count"] - most
    return f"{named} and {more:,} more" if more > 0 else named


def _cells(table: Mapping[str, Any]) -> ShownTable | None:
    cells = table["corrected"]
    rows: list[Row] = [
        (
            said(one["id"]),
            said(one["column"]),
            said(one["before"] or "blank"),
            said(one["after"] or "blank"),
        )
        for one in cells["shown"]
    ]
    if not rows:
        return None
    caption = f"Cells corrected in {table['name'].removeprefix('data/')}"
    head = ("Row", "Column", "Before", "Now")
    return shown_table(caption, head, rows, cells["count"])


def _files(inputs: Mapping[str, Any]) -> ShownTable | None:
    files = [*inputs["files"], *inputs["notebooks"]]
    rows: list[Row] = [(said(one["name"]), said(one["status"])) for one in files]
    caption = "Scenario files, notebooks and other files that differ"
    return shown_table(caption, ("File", "What happened"), rows, len(rows)) if rows else None


def _versions(program: Mapping[str, Any]) -> ShownTable | None:
    rows: list[Row] = [
        (said(one["name"]), said(one["before"] or "none"), said(one["after"] or "none"))
        for one in program["versions"]
    ]
    head = ("Package", "Before", "Now")
    return shown_table("Package versions", head, rows, len(rows)) if rows else None


def _program(program: Mapping[str, Any]) -> ShownTable | None:
    modules = program["modules"]
    if not modules["count"]:
        return None
    rows: list[Row] = [
        (said(one["name"].removeprefix("package/")), said(one["status"]))
        for one in modules["shown"]
    ]
    before, after = (
        _revision(program[f"git_{side}"], dirty=program[f"dirty_{side}"])
        for side in ("before", "after")
    )
    caption = (
        f"Files of the program that differ: {modules['count']} (revision {before}, now {after})"
    )
    return shown_table(caption, ("File", "What happened"), rows, modules["count"])


def _revision(revision: str | None, *, dirty: bool) -> str:
    if revision is None:
        return "not known"
    return f"{revision[:_SHORT]}{' with edits' if dirty else ''}"
