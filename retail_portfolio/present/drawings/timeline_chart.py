"""Charts in time: bars from day to day, amounts by month, and curves over months."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.drawings.axes import (
    AMOUNTS_PX,
    UNIT_PX,
    Scale,
    legend_of,
    names_of,
    number_axis,
    scale_of,
    tips,
    upright_axis,
)
from retail_portfolio.present.drawings.chart_rows import need, rows_and_currency
from retail_portfolio.present.drawings.drawing import Chart, chart_from
from retail_portfolio.present.drawings.line_ends import line_ends, names_at_ends
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.palette import INK, PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.tables import TableLike

__all__ = ["day_bars", "month_bars", "month_curves"]

_ROW_PX: Final = 30
_HEIGHT_PX: Final = 260
_EDGE_PX: Final = 16
_SMALLEST: Final = 0.05  # of the axis' unit; less cannot be seen
#: Colours of the parts, and the ink for a chart of eight.
_COLOURS: Final = (*PARTS, INK)
#: A month under its mark; the year below the first one and below every January.
_MONTHS_UTC: Final = (
    "datum.index === 0 || utcmonth(datum.value) === 0"
    " ? [utcFormat(datum.value, '%b'), utcFormat(datum.value, '%Y')]"
    " : utcFormat(datum.value, '%b')"
)
_NAMED_MONTHS: Final = _MONTHS_UTC.replace("datum.value", "utcParse(datum.value, '%Y-%m')")


def day_bars(
    frame: pd.DataFrame,
    *,
    label: str,
    spans: Sequence[tuple[str, str, str]],
    title: str,
    source: str,
    alt_text: str = "",
) -> Chart:
    """Draw what happens from day to day, one row a group and one thin bar a kind of span.

    Parameters
    ----------
    frame
        One row a group; days as ISO texts, blank where not known.
    label
        Column of the group's name.
    spans
        Name of each kind of span with the columns of its first and its last day, from the top. A
        span with a day that is blank, or that ends before it starts, is not drawn.
    title, source, alt_text
        As in `retail_portfolio.present.drawings.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows or no span to draw.
    """
    need(frame, label, *(column for _, first, last in spans for column in (first, last)))
    labels = list(dict.fromkeys(frame[label].astype(str)))
    drawn = pd.DataFrame(
        [
            {"label": str(row[label]), "kind": name, "start": row[first], "end": row[last]}
            for _, row in frame.iterrows()
            for name, first, last in spans
            if row[first] and row[last] and row[first] < row[last]
        ]
    )
    if drawn.empty:
        raise ValueError("there is nothing to draw: no span has both its days")
    drawn["said"] = drawn["start"] + " to " + drawn["end"]
    kinds = [name for name, _, _ in spans]
    said = "; ".join(
        f"{r['label']}: {r['kind']} {r['start']} to {r['end']}" for _, r in drawn.head(6).iterrows()
    )
    return chart_from(
        partial(_days, drawn, labels, kinds),
        title=title,
        alt_text=alt_text or f"Spans: {said}.",
        source=source,
    )


def _days(drawn: pd.DataFrame, labels: list[str], kinds: list[str], width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names = names_of(labels, width)
    axis = alt.Axis(title=None, tickCount="month", grid=True, labelExpr=_MONTHS_UTC)
    bars = alt.Chart(drawn.assign(row=names.of(drawn["label"]))).mark_bar(height=6)
    encoded = bars.encode(
        y=names.y(),
        yOffset=alt.YOffset("kind:N", sort=kinds),
        x=alt.X("start:T", scale=alt.Scale(type="utc"), axis=axis),
        x2="end:T",
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=kinds, range=list(_COLOURS[: len(kinds)])),
            legend=legend_of(kinds, width, names.left),
        ),
        tooltip=tips(label="Stores", kind="What", said="Days"),
    )
    return encoded.properties(
        width=int(width - names.left - 30), height=names.row_px(_ROW_PX) * len(labels)
    )


def month_bars(
    frame: TableLike | pd.DataFrame,
    *,
    month: str,
    part: str,
    value: str,
    unit: str,
    title: str,
    source: str,
    months: int = 12,
    colours: Mapping[str, str] | None = None,
    words: Speech | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw amounts by month, stacked from their parts; what comes in stands below zero.

    Parameters
    ----------
    frame
        One row a month and part: a result, or a frame.
    month
        Column of the month, YYYY-MM.
    part, value
        Columns of the part's name and its amount in ``unit``.
    months
        How many months from the first are drawn at most; months at the end in which nothing can
        be seen are left out.
    colours
        Part to colour.
    title, source, words, alt_text
        As in `retail_portfolio.present.drawings.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows, or no words of what is money.
    """
    data, currency = rows_and_currency(frame, words)
    need(data, month, part, value)
    scale = scale_of(unit, data.groupby(month)[value].sum(), currency)
    shown = data[data[month].isin(_seen_months(data, month, value, scale)[:months])]
    drawn = pd.DataFrame(
        {
            "month": shown[month].astype(str),
            "part": shown[part].astype(str),
            "v": shown[value].astype(float) / scale.divisor,
            "said": [value_text(usd, unit, currency) for usd in shown[value]],
        }
    )
    most = drawn.groupby("part", sort=False)["v"].apply(lambda v: float(v.abs().max()))
    # A part that rounds to nothing in every month would only fill the legend.
    parts = [str(name) for name, top in most.items() if top >= _SMALLEST]
    paints = [(colours or {}).get(n, _COLOURS[i % len(_COLOURS)]) for i, n in enumerate(parts)]
    drawn["place"] = drawn["part"].map({name: place for place, name in enumerate(parts)})
    drawn = drawn[drawn["part"].isin(parts)].reset_index(drop=True)
    sums = shown.groupby(month)[value].sum()
    said = "; ".join(f"{name} {value_text(usd, unit, currency)}" for name, usd in sums.items())
    return chart_from(
        partial(_months, drawn, (parts, paints), scale),
        title=title,
        alt_text=alt_text or f"Sums: {said}.",
        source=source,
    )


def _seen_months(frame: pd.DataFrame, month: str, value: str, scale: Scale) -> list[str]:
    """Return the months in order, without those at the end in which nothing can be seen."""
    tops = frame.groupby(month)[value].apply(lambda v: float(v.abs().max())) / scale.divisor
    order = [str(name) for name in sorted(frame[month].unique())]
    while len(order) > 1 and tops[order[-1]] < _SMALLEST:
        order.pop()
    return order


def _months(
    drawn: pd.DataFrame, parts: tuple[list[str], list[str]], scale: Scale, width: int
) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    order = sorted(drawn["month"].unique())
    legend = legend_of(parts[0], width, AMOUNTS_PX, UNIT_PX)
    bars = (
        alt.Chart(drawn)
        .mark_bar()
        .encode(
            x=alt.X(
                "month:O",
                sort=order,
                axis=alt.Axis(title=None, labelAngle=0, labelExpr=_NAMED_MONTHS),
            ),
            y=alt.Y("v:Q", axis=upright_axis(scale)),
            color=alt.Color(
                "part:N", scale=alt.Scale(domain=parts[0], range=parts[1]), legend=legend
            ),
            order="place:Q",
            tooltip=tips(month="Month", part="Part", said="Amount"),
        )
    )
    zero = alt.Chart(pd.DataFrame({"v": [0.0]})).mark_rule(color=INK).encode(y="v:Q")
    return alt.layer(bars, zero).properties(width=width - AMOUNTS_PX - _EDGE_PX, height=_HEIGHT_PX)


def month_curves(
    frame: TableLike | pd.DataFrame,
    *,
    month: str,
    part: str,
    value: str,
    unit: str,
    title: str,
    source: str,
    axis_title: str = "Months",
    labels: Mapping[str, str] | None = None,
    words: Speech | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw a curve a part over a number of months, each with its name at its end.

    Parameters
    ----------
    frame
        One row a month and part: a result, or a frame.
    month, part, value
        Columns of the month as a number, the part's name, and its amount in ``unit``.
    axis_title
        What the months are counted from.
    labels
        Part to the words that name it.
    title, source, words, alt_text
        As in `retail_portfolio.present.drawings.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows, or no words of what is money.
    """
    data, currency = rows_and_currency(frame, words)
    need(data, month, part, value)
    scale, names = scale_of(unit, data[value], currency), labels or {}
    drawn = pd.DataFrame(
        {
            "m": data[month].astype(float),
            "line": [names.get(str(name), str(name)) for name in data[part]],
            "v": data[value].astype(float) / scale.divisor,
            "said": [value_text(usd, unit, currency) for usd in data[value]],
            "month": [value_text(m) for m in data[month]],
        }
    )
    ends = drawn.groupby("line", sort=False).last()
    said = "; ".join(
        f"{name} {text} in month {m:.0f}"
        for name, m, text in zip(ends.index, ends["m"], ends["said"], strict=True)
    )
    return chart_from(
        partial(_curves, drawn, scale, axis_title),
        title=title,
        alt_text=alt_text or f"Curves, ends: {said}.",
        source=source,
    )


def _curves(drawn: pd.DataFrame, scale: Scale, axis_title: str, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    last = {str(k): float(v) for k, v in drawn.groupby("line", sort=False)["v"].last().items()}
    span = (min(0.0, float(drawn["v"].min())), 1.04 * max(0.0, float(drawn["v"].max())))
    ends = line_ends(last, span, _HEIGHT_PX, width)
    plot = width - AMOUNTS_PX - ends.room
    months = alt.Scale(domain=[float(drawn["m"].min()), float(drawn["m"].max())], nice=False)
    colour = alt.Color(
        "line:N",
        scale=alt.Scale(domain=list(last), range=list(_COLOURS[: len(last)])),
        legend=None,
    )
    lines = (
        alt.Chart(drawn)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X(
                "m:Q",
                scale=months,
                axis=number_axis(Scale(1.0, ""), axis_title, plot, tickCount=6, grid=False),
            ),
            y=alt.Y(
                "v:Q", axis=upright_axis(scale), scale=alt.Scale(domain=list(span), nice=False)
            ),
            color=colour,
            tooltip=tips(line="Line", month="Month", said="Amount"),
        )
    )
    return alt.layer(lines, *names_at_ends(ends, plot, colour)).properties(
        width=plot, height=_HEIGHT_PX
    )
