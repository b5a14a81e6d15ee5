"""The charts of the report: ranked bars, stacked bars, and dots with their ranges.

Each takes a result or a frame and says in a sentence what to see. Numbers stand beside their
marks, units on the axis, and the source below; `retail_portfolio.present.drawings.drawing` does the
rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.drawings.axes import (
    Names,
    Scale,
    legend_of,
    names_of,
    number_axis,
    scale_of,
    tips,
)
from retail_portfolio.present.drawings.chart_rows import (
    beside,
    colours_of,
    described,
    need,
    numbered,
    rows_and_currency,
    unique,
)
from retail_portfolio.present.drawings.drawing import Chart, chart_from
from retail_portfolio.present.drawings.letters import text_px
from retail_portfolio.present.formats import range_text, value_text
from retail_portfolio.present.palette import CONVERTS, INK, REST

__all__ = ["Chart", "chart_from", "range_dots", "ranked_bars", "stacked_bars"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.tables import TableLike

_ROW_PX: Final = 22
_GAP_PX: Final = 24  # beside a number, and at the edge of the paper


# ----------------------------------------------------------------------------- what is drawn
@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows ready to be drawn: numbers in the scale's unit, and every text written.

    ``drawn`` has ``label``, ``v``, ``lo``, ``hi``, ``text`` (beside the mark), ``said`` and
    ``spread`` (under the pointer) and ``group``.
    """

    drawn: pd.DataFrame
    scale: Scale
    title: str
    groups: list[str]
    paints: list[str]
    ranges: bool

    def colour(self, names: Names, width: int) -> Any:
        """Return what marks are painted by: their group, or one colour where there is none."""
        import altair as alt  # noqa: PLC0415 - two seconds to import

        if self.groups == [""]:
            return alt.value(CONVERTS)
        return _coloured("group:N", self.groups, self.paints, names, width)

    def tips(self) -> list[Any]:
        """Return what is said of a mark under the pointer."""
        spread = {"spread": "Range"} if self.ranges else {}
        group = {} if self.groups == [""] else {"group": "Group"}
        return tips(label="Name", said="Value", **spread, **group)


def _ready(
    frame: pd.DataFrame,
    columns: tuple[str, str, str, str, str],
    money: tuple[str, str],
    title: str,
    colours: Mapping[str, str] | None,
) -> _Rows:
    """Write rows from the columns of label, value, low, high and group, the last three or none.

    ``money`` is the unit and the currency of the numbers.
    """
    label, value, low, high, group = columns
    scale = scale_of(money[0], pd.concat([frame[c] for c in (value, low, high) if c]), money[1])
    ends = {"v": value, "lo": low or value, "hi": high or value}
    drawn = numbered(frame, label, ends, scale)
    drawn["group"] = frame[group].astype(str).to_numpy() if group else ""
    drawn["text"] = [beside(v, money[0]) for v in frame[value]]
    drawn["said"] = [value_text(v, *money) for v in frame[value]]
    ranges = bool(low and high)
    if ranges:
        both = zip(frame[low], frame[high], strict=True)
        drawn["spread"] = [range_text(least, most, *money) for least, most in both]
    groups = list(dict.fromkeys(drawn["group"]))
    return _Rows(drawn, scale, title, groups, colours_of(groups, colours), ranges)


# ---------------------------------------------------------------------------------- builders
def ranked_bars(
    frame: TableLike | pd.DataFrame,
    *,
    label: str,
    value: str,
    unit: str,
    title: str,
    source: str,
    low: str = "",
    high: str = "",
    group: str = "",
    colours: Mapping[str, str] | None = None,
    rows: int | None = None,
    axis_title: str = "",
    words: Speech | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw horizontal bars, longest first, each with its number and, where given, its range.

    Parameters
    ----------
    frame
        One row a bar: a result, or a frame.
    label, value
        Columns of the bar's name and its length in ``unit``.
    unit
        Unit of ``value``, ``low`` and ``high``: ``usd``, ``share``, ``sqft`` ...
    title, source
        What to see, in a sentence; where the figures come from.
    low, high
        Columns of the range, drawn as a thin line over the bar.
    group
        Column that colours the bars; the colours stand in a legend.
    colours
        Group to colour.
    rows
        How many bars from the longest; all by default.
    axis_title
        What the axis measures; its unit follows by itself.
    words
        Of the portfolio, for a frame with money; a result has its own.
    alt_text
        For those who cannot see it; made from the longest five by default.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows, two of the same name, or no words of what is money.
    """
    every, currency = rows_and_currency(frame, words)
    need(every, label, value, low, high, group)
    unique(every, label)
    data = every.sort_values([value, label], ascending=[False, True], kind="stable").head(
        rows or len(every)
    )
    columns, money = (label, value, low, high, group), (unit, currency)
    ready = _ready(data, columns, money, axis_title, colours)
    # A number beside a bar that runs to the left stands at zero, not on the bar.
    ready.drawn["tip"] = ready.drawn["hi"].clip(lower=0.0)
    said = alt_text or f"Bars: {described(data, label, value, *money)}."
    return chart_from(partial(_bars, ready), title=title, alt_text=said, source=source)


def _bars(rows: _Rows, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names, base = _base(rows.drawn, width)
    x = _x("v:Q", rows.scale, rows.title, width - names.left)
    bars = base.mark_bar(height=13).encode(
        x=x, color=rows.colour(names, width), tooltip=rows.tips()
    )
    # The number stands beyond the range, so that neither covers the other.
    text = base.mark_text(align="left", baseline="middle", dx=5).encode(x="tip:Q", text="text:N")
    layers = [bars, text]
    if rows.ranges:
        layers.insert(1, base.mark_rule(color=INK, strokeWidth=1.2).encode(x="lo:Q", x2="hi:Q"))
    return _sized(alt.layer(*layers), names, rows.drawn["text"], width)


def stacked_bars(
    frame: TableLike | pd.DataFrame,
    *,
    label: str,
    part: str,
    value: str,
    unit: str,
    title: str,
    source: str,
    colours: Mapping[str, str] | None = None,
    axis_title: str = "",
    words: Speech | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw bars stacked from cost components, with each bar's total behind it.

    Parameters
    ----------
    frame
        One row a bar and component, in the order both are to be drawn: a result, or a frame.
        Components that lower the total (money coming in) extend to the left of zero.
    label, part, value
        Columns of the bar's name, the component's name, and its amount in ``unit``.
    unit
        Unit of ``value``.
    title, source, colours, axis_title, words, alt_text
        As in `ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows, or no words of what is money.
    """
    data, currency = rows_and_currency(frame, words)
    need(data, label, part, value)
    parts = list(dict.fromkeys(data[part].astype(str)))
    totals = data.groupby(label, sort=False)[value].sum()
    ends = data[data[value] > 0].groupby(label)[value].sum().reindex(totals.index).fillna(0.0)
    scale = scale_of(unit, totals, currency)
    drawn = numbered(data, label, {"v": value}, scale)
    drawn["part"] = data[part].astype(str).to_numpy()
    drawn["place"] = drawn["part"].map({name: place for place, name in enumerate(parts)})
    drawn["said"] = [value_text(v, unit, currency) for v in data[value]]
    sums = pd.DataFrame({"label": totals.index.astype(str), "hi": ends.to_numpy() / scale.divisor})
    sums["text"] = [beside(v, unit) for v in totals]
    paints = colours_of(parts, colours)

    def draw(width: int) -> Any:
        return _stacks(drawn, sums, (parts, paints), (scale, axis_title), width)

    total = pd.DataFrame({"label": totals.index, "total": totals.to_numpy()})
    told = described(total, "label", "total", unit, currency)
    said = alt_text or f"Stacked bars, totals: {told}."
    return chart_from(draw, title=title, alt_text=said, source=source)


def _stacks(
    drawn: pd.DataFrame,
    sums: pd.DataFrame,
    parts: tuple[list[str], list[str]],
    x: tuple[Scale, str],
    width: int,
) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names, base = _base(drawn, width)
    bars = base.mark_bar(height=15).encode(
        x=_x("v:Q", *x, width - names.left),
        color=_coloured("part:N", *parts, names, width),
        order=alt.Order("place:Q"),
        tooltip=tips(label="Name", part="Part", said="Value"),
    )
    _, behind = _base(sums, width)
    text = behind.mark_text(align="left", baseline="middle", dx=5).encode(x="hi:Q", text="text:N")
    return _sized(alt.layer(bars, text), names, sums["text"], width)


def range_dots(
    frame: TableLike | pd.DataFrame,
    *,
    label: str,
    value: str,
    low: str,
    high: str,
    unit: str,
    title: str,
    source: str,
    group: str = "",
    colours: Mapping[str, str] | None = None,
    axis_title: str = "",
    words: Speech | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw a dot on a thin line per row: the value, and how far it may be off.

    Rows keep their order. Parameters and errors are those of `ranked_bars`.
    """
    data, currency = rows_and_currency(frame, words)
    need(data, label, value, low, high, group)
    unique(data, label)
    columns, money = (label, value, low, high, group), (unit, currency)
    ready = _ready(data, columns, money, axis_title, colours)
    said = alt_text or f"Dots with ranges: {described(data, label, value, *money)}."
    return chart_from(partial(_dots, ready), title=title, alt_text=said, source=source)


def _dots(rows: _Rows, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names, base = _base(rows.drawn, width)
    x = _x("v:Q", rows.scale, rows.title, width - names.left, zero=False)
    line = base.mark_rule(color=REST, strokeWidth=2).encode(x="lo:Q", x2="hi:Q")
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(
        x=x, color=rows.colour(names, width), tooltip=rows.tips()
    )
    text = base.mark_text(align="left", baseline="middle", dx=7).encode(x="hi:Q", text="text:N")
    return _sized(alt.layer(line, dots, text), names, rows.drawn["text"], width)


# --------------------------------------------------------------------------------- their parts
def _base(drawn: pd.DataFrame, width: int) -> tuple[Names, Any]:
    """Set out the names of rows, and return a chart of these rows."""
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names = names_of(drawn["label"], width)
    return names, alt.Chart(drawn.assign(row=names.of(drawn["label"]))).encode(y=names.y())


def _coloured(
    field: str, groups: Sequence[str], paints: Sequence[str], names: Names, width: int
) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    scale = alt.Scale(domain=list(groups), range=list(paints))
    return alt.Color(field, scale=scale, legend=legend_of(groups, width, names.left))


def _x(field: str, scale: Scale, title: str, room: float, *, zero: bool = True) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    axis = number_axis(scale, title, room)
    return alt.X(field, axis=axis, scale=alt.Scale(zero=zero, nice=True))


def _sized(chart: Any, names: Names, texts: pd.Series, width: int) -> Any:
    """Set a chart's size so that names, bars and the numbers behind them fill the page."""
    tail = max(text_px(text) for text in texts) + _GAP_PX
    height = names.row_px(_ROW_PX) * len(names.texts)
    return chart.properties(width=int(width - names.left - tail), height=height)
