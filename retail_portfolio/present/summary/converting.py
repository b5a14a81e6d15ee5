"""Who does not close and why: the answer of the plan as tables to be read, one a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from retail_portfolio.model.targets import KEEP, RELOCATE, target_of
from retail_portfolio.present.formats import NOT_KNOWN, as_number, range_text, unit_of, value_text
from retail_portfolio.present.range_bars import bar
from retail_portfolio.present.summary.choices import STORE
from retail_portfolio.present.summary.uncertainty_views import OF_OTHERS
from retail_portfolio.present.summary.views import View, in_words
from retail_portfolio.present.tables import Table, origin_mark, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from retail_portfolio.present.map_kinds import FormatLook
    from retail_portfolio.present.outputs import Outputs

VALUE: Final = "npv_vs_exit_usd"
_CODE: Final = "becomes"
RANGE: Final = ("npv_vs_exit_p5_usd", "npv_vs_exit_p95_usd")
PLAN: Final = "plan"
RANGES: Final = "uncertainty"
"""Tables the list is made from: the plan, and the ranges of its stores over the draws."""
_OF_DRAWS: Final = Markup('{} <span class="unit">of draws</span>')
_OF_BOTH: Final = Markup(
    'Value against closing <span class="unit">within the plan; range: of the site alone</span>'
)
_HEADINGS: Final[dict[str, str]] = {
    VALUE: "Value against closing",
    "probability": _OF_DRAWS.format("Converts in"),
} | {column: _OF_DRAWS.format(words) for column, words in OF_OTHERS.items()}


def converting(
    outputs: Outputs, stores: Table, formats: Mapping[str, FormatLook]
) -> Iterator[View]:
    """Yield the stores that do not close, the best first.

    There is a table for each format that stores convert to, then one of those that stay open and
    one of those that move, where there are any.

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
    known = _with_ranges(plan, outputs.table(RANGES))
    table = in_words(_with_code(known), _by_place(stores), formats, outputs.words)
    frame = table.table
    if "store" not in frame.columns:
        return
    chosen = frame[frame[_CODE].map(bool)]
    if VALUE in chosen.columns:
        chosen = chosen.sort_values(VALUE, ascending=False, kind="stable")
    widest = _widest(chosen)
    # Conversions keep the order of their best; what is no conversion follows them.
    lists = sorted(dict.fromkeys(zip(chosen[_CODE], chosen["decision"], strict=True)), key=_place)
    for target, decision in lists:
        mine = chosen[chosen[_CODE] == target]
        converted = chosen[~chosen[_CODE].isin([KEEP, RELOCATE])]
        shown = _columns(mine if target in {KEEP, RELOCATE} else converted, target)
        records = mine.to_dict("records")
        rows = [
            _Row(table, {str(k): v for k, v in record.items()}, widest, outputs.words.currency)
            for record in records
        ]
        caption = f"{decision}: {value_text(len(rows), 'stores')}"
        listed = [row.html(shown) for row in rows]
        kind = "converting others" if target in {KEEP, RELOCATE} else "converting"
        html = _table(caption, shown, listed, kind, _headings(mine))
        yield View(caption, html, folded=False, name=PLAN)


def _place(named: tuple[str, str]) -> int:
    return (KEEP, RELOCATE).index(named[0]) + 1 if named[0] in {KEEP, RELOCATE} else 0


def _columns(rows: pd.DataFrame, target: str) -> tuple[str, ...]:
    """Return the columns of a list: the value, and in how many draws the site becomes this."""
    share = {KEEP: f"probability_{KEEP}", RELOCATE: f"probability_{RELOCATE}"}
    wanted = (VALUE, share.get(target, "probability"))
    return tuple(name for name in wanted if name in rows.columns and rows[name].notna().any())


def _with_code(plan: Table) -> Table:
    """Keep what each store becomes beside its decision, which is written in words."""
    becomes = [target_of(decision) for decision in plan.table["decision"]]
    return Table(plan.table.assign(**{_CODE: becomes}), plan.units, plan.origins)


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
    """Put the range of each store's value, and its shares, beside it, where the draws left one."""
    if ranges is None or not {"store_id", *RANGE} <= set(ranges.table.columns):
        return plan
    taken = [*RANGE, *(name for name in OF_OTHERS if name in ranges.table.columns)]
    known = ranges.table[["store_id", *taken]]
    frame = plan.table.drop(columns=[c for c in taken if c in plan.table.columns])
    merged = frame.merge(known, on="store_id", how="left", validate="1:1")
    units = {name: unit for name, unit in ranges.units.items() if name in OF_OTHERS}
    origins = {name: origin for name, origin in ranges.origins.items() if name in OF_OTHERS}
    return Table(merged, {**plan.units, **units}, {**plan.origins, **origins})


def _widest(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the scale that all bars of the list share: from zero or below to the highest end."""
    found = [column for column in (VALUE, *RANGE) if column in rows.columns]
    ends = [as_number(value) for column in found for value in rows[column]]
    numbers = [0.0, *(end for end in ends if end is not None)]
    return min(numbers), max(numbers)


def _headings(rows: pd.DataFrame) -> dict[str, str]:
    """Return what stands above each column; that of the value says what its range is of."""
    ranged = set(RANGE) <= set(rows.columns) and rows[RANGE[0]].notna().any()
    return {**_HEADINGS, VALUE: _OF_BOTH} if ranged else _HEADINGS


def _table(
    caption: str,
    shown: Sequence[str],
    rows: Sequence[Markup],
    kind: str,
    headings: Mapping[str, str],
) -> Markup:
    heads = [
        Markup('<th role="columnheader" scope="col" class="num">{}</th>').format(headings[name])
        for name in shown
    ]
    # The roles stay when the style of a narrow page makes a list of it.
    return Markup(
        '<div class="table {3}" tabindex="0" role="region" aria-label="{0}">'
        '<table role="table"><caption>{0}</caption><thead role="rowgroup"><tr role="row">'
        '<th role="columnheader" scope="col">Site</th>{1}'
        '<th role="columnheader" scope="col">Why</th></tr></thead>'
        '<tbody role="rowgroup">{2}</tbody></table></div>'
    ).format(caption, Markup("").join(heads), Markup("").join(rows), kind)


@dataclass(frozen=True, slots=True)
class _Row:
    """One store of the list, the scale of its bar, and the currency of its value."""

    table: Table
    row: Mapping[str, object]
    widest: tuple[float, float]
    currency: str

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
            value_text(value, unit, self.currency),
            mark,
            self._range(unit) if column == VALUE else "",
        )

    def _range(self, unit: str) -> Markup:
        low, high = (self.row.get(column) for column in RANGE)
        text = range_text(low, high, unit, self.currency)
        if not text:
            return Markup("")
        drawn = bar(low, self.row.get(VALUE), high, self.widest)
        return Markup('<span class="spread">{}</span>{}').format(text, drawn)


_STAYS: Final = "stays open"
"""The decision of a reason that is more than a word and stands in the heading of the list."""


def first_reason(reason: object) -> str:
    """Return a decision's reason in a line: what the place is, without what the row says beside it.

    A reason is a list of clauses, the decision before the first and a semicolon between them. Where
    a store moves to is told by nothing else in the row, and stays.
    """
    if not isinstance(reason, str):
        return ""
    first = reason.split(";")[0]
    head, colon, rest = first.partition(": ")
    said = rest if colon and (" " not in head or head == _STAYS) else first
    return said.strip()
