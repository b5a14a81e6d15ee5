"""What changed between two reports, in a reader's words: for a page, and for a terminal.

Both are made from the document that ``changes.json`` holds, and from nothing else. Its texts come
from tables: whatever in them does not show is written as an escape, and a page escapes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.model.number_words import with_plus
from retail_portfolio.model.targets import converts, target_of
from retail_portfolio.present.changed.change_causes import cause_tables, credits_of
from retail_portfolio.present.changed.change_inputs import input_tables
from retail_portfolio.present.changed.change_tables import (
    Row,
    Said,
    ShownTable,
    day_of,
    num,
    plain_text,
    said,
    shown_table,
    signed,
)
from retail_portfolio.present.files import CHANGES_FILE
from retail_portfolio.present.formats import (
    as_number,
    basis_words,
    is_share,
    percent,
    plain,
    range_text,
    value_text,
)
from retail_portfolio.present.words import decision_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.map_kinds import FormatLook

_FINE: Final = 0.0995
"""A change by less is written with a decimal: what moved by more than 1 % does not read "1 %"."""


@dataclass(frozen=True, slots=True)
class ChangeSection:
    """What a summary says of the changes.

    Parameters
    ----------
    heading
        Names the report that this one is compared with.
    sentences
        One or more; the first says it all.
    calm
        Whether there is nothing to show but the sentence.
    tables
        To be read at once.
    folded
        To be opened.
    folded_heading
        What they are about.
    file
        Name of the file that holds everything; blank where there is none.
    """

    heading: str
    sentences: tuple[str, ...]
    calm: bool
    tables: tuple[ShownTable, ...] = ()
    folded: tuple[ShownTable, ...] = ()
    folded_heading: str = ""
    file: str = ""


def change_section(
    document: Mapping[str, Any],
    words: Speech,
    stores: Mapping[str, str] | None = None,
    formats: Mapping[str, FormatLook] | None = None,
) -> ChangeSection:
    """Put into words what changed.

    Parameters
    ----------
    document
        What ``changes.json`` holds; under ``causes`` perhaps what each changed input did.
    words
        Of the portfolio that the later report is of.
    stores
        Name of a store by its id; ids stand where there is none.
    formats
        Names of the formats.

    Returns
    -------
    ChangeSection
        Of one calm line where nothing changed, or nothing is there to compare with.
    """
    before, sentence = document.get("before"), plain_text(document.get("sentence", ""))
    if not before:
        return ChangeSection("What changed", (sentence,), calm=True)
    heading = f"What changed since the report of {day_of(before['run_id'])}"
    changed = document["changed"]
    if not any(changed.values()) and not document["decisions"]["crossed"]:
        return ChangeSection(heading, (sentence,), calm=True, file=CHANGES_FILE)
    causes = document.get("causes")
    sentences = [sentence]
    if changed["results"] and causes:
        sentences.append(plain_text(causes["sentence"]))
    tables = [
        *_decision_tables(
            document["decisions"], causes, stores or {}, formats or {}, words.currency
        ),
        *_figure_tables(document["figures"], document["tolerance"], words.currency),
        *cause_tables(causes, words.currency),
    ]
    folded = input_tables(document)
    about = "What the two reports were made from" if folded else ""
    return ChangeSection(
        heading,
        tuple(sentences),
        calm=False,
        tables=tuple(tables),
        folded=tuple(folded),
        folded_heading=about,
        file=CHANGES_FILE,
    )


# ---------------------------------------------------------------------------------- decisions
def _decision_tables(
    plan: Mapping[str, Any],
    causes: Mapping[str, Any] | None,
    stores: Mapping[str, str],
    formats: Mapping[str, FormatLook],
    currency: str,
) -> list[ShownTable]:
    by = credits_of(causes)
    head = ("Store", "Before", "Now", "Value against closing")

    def row(one: Mapping[str, Any]) -> Row:
        worth = one["npv_before_usd"] if one["after"] is None else one["npv_after_usd"]
        credited = by.get((one["store_id"], one["before"], one["after"]))
        return (
            said(stores.get(one["store_id"], one["store_id"])),
            _decision(one["before"], formats),
            _decision(one["after"], formats, f"by {', '.join(credited)}" if credited else ""),
            num("" if worth is None else value_text(worth, "usd", currency)),
        )

    found = []
    for key, caption in (
        ("turned", "Decisions that turned"),
        ("entered", "Stores that entered the plan"),
        ("left", "Stores that left the plan"),
    ):
        if rows := plan[key]:
            found.append(shown_table(caption, head, [row(one) for one in rows], len(rows)))
    if rows := plan["crossed"]:
        found.append(_crossed(rows, stores, formats))
    return found


def _crossed(
    rows: Sequence[Mapping[str, Any]],
    stores: Mapping[str, str],
    formats: Mapping[str, FormatLook],
) -> ShownTable:
    caption = "Same decision, but its share of draws with a conversion passed one half"
    lines: list[Row] = [
        (
            said(stores.get(one["store_id"], one["store_id"])),
            _decision(one["after"], formats),
            num(percent(one["probability_before"])),
            num(percent(one["probability_after"])),
        )
        for one in rows
    ]
    return shown_table(caption, ("Store", "Decision", "Before", "Now"), lines, len(rows))


def _decision(decision: str | None, formats: Mapping[str, FormatLook], aside: str = "") -> Said:
    if decision is None:
        return said("not in the plan", "blank", aside)
    kind = "converts" if converts(decision) else "" if target_of(decision) else "closes"
    return said(decision_words(decision, formats), kind, aside)


# ------------------------------------------------------------------------------------ figures
def _figure_tables(
    figures: Mapping[str, Any], tolerance: Mapping[str, float], currency: str
) -> list[ShownTable]:
    found = []
    if rows := figures["moved"]:
        ranges = sum("value" not in one["ends"] for one in rows)
        count = f"{len(rows) - ranges} of {figures['compared']}"
        caption = (
            f"Headline figures that moved by more than {percent(tolerance['relative'])} "
            f"(shares: {_points(tolerance['share'])}), {count}"
            f"{f', and the range of {ranges} more' if ranges else ''}"
        )
        lines = [_moved(one, currency) for one in rows]
        found.append(shown_table(caption, ("Figure", "Before", "Now", "Change"), lines, len(rows)))
    others = [
        *((one, "new") for one in figures["came"]),
        *((one, "gone") for one in figures["went"]),
        *((one, "another unit") for one in figures["other_unit"]),
    ]
    if others:
        lines = [
            (
                said(one["label"]),
                _value(one["before"], one["unit_before"], currency),
                _value(one["after"], one["unit_after"], currency),
                said(what),
            )
            for one, what in others
        ]
        head = ("Figure", "Before", "Now", "What happened")
        caption = "Headline figures on one side only, or in another unit"
        found.append(shown_table(caption, head, lines, len(others)))
    return found


def _points(share: float) -> str:
    digits = 0 if abs(100 * share - round(100 * share)) < 0.005 else 1  # noqa: PLR2004 - of a point
    text = plain(100 * share, digits)
    return f"{text} point" if text == "1" else f"{text} points"


def _moved(one: Mapping[str, Any], currency: str) -> Row:
    unit, basis = one["unit_after"], basis_words(one.get("range_basis", ""))
    ranged = basis and any(one[side]["low"] is not None for side in ("before", "after"))
    return (
        said(one["label"], aside=f"range: {basis}" if ranged else ""),
        _value(one["before"], unit, currency),
        _value(one["after"], unit, currency),
        _change(one, unit, currency),
    )


def _value(ends: Mapping[str, Any], unit: str | None, currency: str) -> Said:
    if unit is None:
        return num("")
    spread = range_text(ends["low"], ends["high"], unit, currency)
    return num(value_text(ends["value"], unit, currency), spread)


def _change(one: Mapping[str, Any], unit: str, currency: str) -> Said:
    def by(end: str) -> str:
        return _difference(one["before"][end], one["after"][end], unit, currency)

    if "value" in one["ends"]:
        return num(by("value"))
    parts = [f"{end} end {by(end)}" for end in one["ends"]]
    return num("its range", "; ".join(parts))


def _difference(before: object, after: object, unit: str, currency: str) -> str:
    """Write by how much a number moved: per cent of what it was, or points of a share."""
    was, now = as_number(before), as_number(after)
    if was is None or now is None:
        return "now known" if was is None else "not known any more"
    if is_share(unit):
        return f"{with_plus(plain(100 * (now - was), 1))} points"
    if was == 0 or (was < 0) != (now < 0):
        return signed(now - was, unit, currency)
    part = (now - was) / abs(was)
    return with_plus(percent(part, 1 if abs(part) < _FINE else 0))


# ----------------------------------------------------------------------------------- terminal
def change_text(
    document: Mapping[str, Any],
    words: Speech,
    stores: Mapping[str, str] | None = None,
    formats: Mapping[str, FormatLook] | None = None,
) -> str:
    """Write the changes for a person at a terminal.

    Parameters
    ----------
    document, words, stores, formats
        As for `change_section`.

    Returns
    -------
    str
        Sentences, then each table a line a row; nothing in it moves a cursor.
    """
    section = change_section(document, words, stores, formats)
    before, after = document.get("before"), document["after"]
    names = f"{before['run_id']} -> {after['run_id']}" if before else after["run_id"]
    lines = [plain_text(names), *section.sentences]
    for table in (*section.tables, *section.folded):
        lines += ["", table.caption, *(f"  {_in_line(table, row)}" for row in table.rows)]
        if table.hidden:
            lines.append(f"  and {table.hidden:,} more")
    return "\n".join(lines)


def _in_line(table: ShownTable, row: Row) -> str:
    first, *others = row
    parts = [
        f"{head}: {cell.whole}" if head else cell.whole
        for head, cell in zip(table.head[1:], others, strict=True)
        if cell.whole
    ]
    return "; ".join([first.whole, *parts])
