"""Who converts and why: the plan's answer as a table to be read, one a format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from retail_portfolio.present.choices import STORE
from retail_portfolio.present.formats import NOT_KNOWN, as_number, range_text, unit_of, value_text
from retail_portfolio.present.range_bars import bar
from retail_portfolio.present.tables import Table, origin_mark, origin_of
from retail_portfolio.present.views import View, in_words
from retail_portfolio.present.words import CONVERTING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.outputs import Outputs

VALUE: Final = "npv_vs_exit_usd"
RANGE: Final = ("npv_vs_exit_p5_usd", "npv_vs_exit_p95_usd")
PLAN: Final = "plan"
RANGES: Final = "uncertainty"
"""Tables the list is made from: the plan, and the ranges of its stores over the draws."""
_HEADINGS: Final = {
    VALUE: "Value against closing",
    "probability": Markup('Converts in <span class="unit">of draws</span>'),
}


def converting(
    outputs: Outputs, stores: Table, formats: Mapping[str, FormatLook]
) -> Iterator[View]:
    """Yield the stores that convert, a table for each format they convert to, the best first.

    Parameters
    ----------
    outputs
        What the notebooks left behind; nothing is yielded without a table `PLAN`.
    stores
        The register, for the stores' names.
    formats
        Names of the formats.
    """
    plan = outputs.table(PLAN)
    if plan is None or not {"store_id", "decision"} <= set(plan.table.columns):
        return
    table = in_words(_with_ranges(plan, outputs.table(RANGES)), _by_place(stores), formats)
    frame = table.table
    if "store" not in frame.columns:
        return
    chosen = frame[frame["decision"].str.startswith(CONVERTING)]
    if VALUE in chosen.columns:
        chosen = chosen.sort_values(VALUE, ascending=False, kind="stable")
    shown = tuple(
        column for column in _HEADINGS if column in chosen.columns and chosen[column].notna().any()
    )
    widest = _widest(chosen)
    for decision in dict.fromkeys(chosen["decision"]):
        records = chosen[chosen["decision"] == decision].to_dict("records")
        rows = [_Row(table, {str(k): v for k, v in record.items()}, widest) for record in records]
        caption = f"{decision}: {value_text(len(rows), 'stores')}"
        listed = [row.html(shown) for row in rows]
        yield View(caption, _table(caption, shown, listed), folded=False, name=PLAN)


def _by_place(stores: Table) -> Table:
    """Return the register with each store named by its place, without its banner."""
    frame = stores.table
    if not {"name", "banner"} <= set(frame.columns):
        return stores
    places = [
        str(name).removeprefix(str(banner)).strip(" -,") or str(name)
        for name, banner in zip(frame["name"], frame["banner"], strict=True)
    ]
    return Table(frame.assign(name=places), stores.units, stores.origins)


def _with_ranges(plan: Table, ranges: Table | None) -> Table:
    """Put the range of each store's value beside it, where the draws left one."""
    if ranges is None or not {"store_id", *RANGE} <= set(ranges.table.columns):
        return plan
    known = ranges.table[["store_id", *RANGE]]
    frame = plan.table.drop(columns=[c for c in RANGE if c in plan.table.columns])
    merged = frame.merge(known, on="store_id", how="left", validate="1:1")
    return Table(merged, plan.units, plan.origins)


def _widest(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the scale that all bars of the list share: from zero or below to the highest end."""
    found = [column for column in (VALUE, *RANGE) if column in rows.columns]
    ends = [as_number(value) for column in found for value in rows[column]]
    numbers = [0.0, *(end for end in ends if end is not None)]
    return min(numbers), max(numbers)


def _table(caption: str, shown: Sequence[str], rows: Sequence[Markup]) -> Markup:
    heads = [
        Markup('<th role="columnheader" scope="col" class="num">{}</th>').format(_HEADINGS[name])
        for name in shown
    ]
    # The roles stay when the style of a narrow page makes a list of it.
    return Markup(
        '<div class="table converting" tabindex="0" role="region" aria-label="{0}">'
        '<table role="table"><caption>{0}</caption><thead role="rowgroup"><tr role="row">'
        '<th role="columnheader" scope="col">Site</th>{1}'
        '<th role="columnheader" scope="col">Why</th></tr></thead>'
        '<tbody role="rowgroup">{2}</tbody></table></div>'
    ).format(caption, Markup("").join(heads), Markup("").join(rows))


@dataclass(frozen=True, slots=True)
class _Row:
    """One store of the list, and the scale of its bar."""

    table: Table
    row: Mapping[str, object]
    widest: tuple[float, float]

    def html(self, shown: Sequence[str]) -> Markup:
        place = ", ".join(str(self.row[name]) for name in STORE if self.row.get(name))
        return Markup(
            '<tr role="row"><th role="rowheader" scope="row">{}</th>{}'
            '<td role="cell" class="why">{}</td></tr>'
        ).format(
            place,
            Markup("").join(self._cell(column) for column in shown),
            first_reason(self.row.get("reason")),
        )

    def _cell(self, column: str) -> Markup:
        value = as_number(self.row.get(column))
        if value is None:
            return Markup('<td role="cell" class="num blank">{}</td>').format(NOT_KNOWN)
        unit = self.table.units.get(column, unit_of(column))
        mark = Markup(origin_mark(origin_of(self.table, column, self.row)))  # noqa: S704 - ours
        return Markup('<td role="cell" class="num" data-v="{}">{}{}{}</td>').format(
            f"{value:.6g}",
            value_text(value, unit),
            mark,
            self._range(unit) if column == VALUE else "",
        )

    def _range(self, unit: str) -> Markup:
        low, high = (self.row.get(column) for column in RANGE)
        text = range_text(low, high, unit)
        if not text:
            return Markup("")
        drawn = bar(low, self.row.get(VALUE), high, self.widest)
        return Markup('<span class="spread">{}</span>{}').format(text, drawn)


def first_reason(reason: object) -> str:
    """Return a decision's reason in a line: what the place is, without what the row says beside it.

    A reason is a list of clauses, the decision before the first and a semicolon between them.
    """
    if not isinstance(reason, str):
        return ""
    first = reason.split(";")[0]
    head, colon, rest = first.partition(": ")
    said = rest if colon and " " not in head else first
    return said.strip()
