"""Charts in time: bars from day to day, amounts by month, and curves over months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.charts import _left, _scale
from retail_portfolio.present.drawing import Chart, chart_from
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.palette import INK, OKABE_ITO, PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["day_bars", "month_bars", "month_curves"]

_ROW_PX: Final = 30
_NARROW_PX: Final = 500
_HEIGHT_PX: Final = 260
_SMALLEST: Final = 0.05  # of the axis' unit; less cannot be seen
#: Colours of the parts, and one more of the same set for a chart of eight.
_COLOURS: Final = (*PARTS, OKABE_ITO[-1])


def _need(frame: pd.DataFrame, *columns: str) -> None:
    if missing := [column for column in columns if column not in frame.columns]:
        raise KeyError(f"no column {', '.join(missing)} to draw")
    if not len(frame):
        raise ValueError("there is nothing to draw: the table has no rows")


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
        As in `retail_portfolio.present.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows or no span to draw.
    """
    _need(frame, label, *(column for _, first, last in spans for column in (first, last)))
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
    kinds = [name for name, _, _ in spans]

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - two seconds to import

        narrow = width < _NARROW_PX
        utc = alt.Scale(type="utc")
        axis = alt.Axis(
            title=None, format="%b" if narrow else "%b %Y", tickCount="month", grid=True
        )
        bars = (
            alt.Chart(drawn)
            .mark_bar(height=6)
            .encode(
                y=alt.Y(
                    "label:N",
                    sort=labels,
                    scale=alt.Scale(domain=labels),
                    axis=alt.Axis(title=None, grid=False, labelLimit=_left(labels, width)),
                ),
                yOffset=alt.YOffset("kind:N", sort=kinds),
                x=alt.X("start:T", scale=utc, axis=axis),
                x2="end:T",
                color=alt.Color(
                    "kind:N",
                    scale=alt.Scale(domain=kinds, range=list(_COLOURS[: len(kinds)])),
                    legend=alt.Legend(columns=1 if narrow else 0),
                ),
            )
        )
        return bars.properties(
            width=int(width - _left(labels, width) - 30), height=_ROW_PX * len(labels)
        )

    said = "; ".join(
        f"{r['label']}: {r['kind']} {r['start']} to {r['end']}" for _, r in drawn.head(6).iterrows()
    )
    return chart_from(draw, title=title, alt_text=alt_text or f"Spans: {said}.", source=source)


def month_bars(
    frame: pd.DataFrame,
    *,
    month: str,
    part: str,
    value: str,
    unit: str,
    title: str,
    source: str,
    months: int = 12,
    colours: Mapping[str, str] | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw amounts by month, stacked from their parts; what comes in stands below zero.

    Parameters
    ----------
    frame
        One row a month and part.
    month
        Column of the month, YYYY-MM.
    part, value
        Columns of the part's name and its amount in ``unit``.
    months
        How many months from the first are drawn at most; months at the end in which nothing can
        be seen are left out.
    colours
        Part to colour.
    title, source, alt_text
        As in `retail_portfolio.present.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows.
    """
    _need(frame, month, part, value)
    order = [str(name) for name in sorted(frame[month].unique())[:months]]
    scale = _scale(unit, frame.groupby(month)[value].sum())
    tops = frame.groupby(month)[value].apply(lambda v: float(v.abs().max())) / scale.divisor
    while len(order) > 1 and tops[order[-1]] < _SMALLEST:
        order.pop()
    shown = frame[frame[month].isin(order)]
    moving = shown.groupby(part, sort=False)[value].apply(lambda v: float(v.abs().max()))
    # A part that rounds to nothing in every month would only fill the legend.
    parts = [str(name) for name, top in moving.items() if top / scale.divisor >= _SMALLEST]
    drawn = pd.DataFrame(
        {
            "month": shown[month].astype(str),
            "part": shown[part].astype(str),
            "v": shown[value].astype(float) / scale.divisor,
        }
    )
    drawn = drawn[drawn["part"].isin(parts)].reset_index(drop=True)
    paint = [(colours or {}).get(str(n), _COLOURS[i % len(_COLOURS)]) for i, n in enumerate(parts)]

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - two seconds to import

        narrow = width < _NARROW_PX
        bars = (
            alt.Chart(drawn)
            .mark_bar()
            .encode(
                x=alt.X(
                    "month:O",
                    sort=order,
                    axis=alt.Axis(title=None, labelAngle=-60 if narrow else 0),
                ),
                y=alt.Y("v:Q", axis=alt.Axis(title=scale.title, tickCount=5)),
                color=alt.Color(
                    "part:N",
                    scale=alt.Scale(domain=parts, range=paint),
                    legend=alt.Legend(columns=1 if narrow else 3, labelLimit=230),
                ),
                order="place:Q",
            )
        )
        zero = alt.Chart(pd.DataFrame({"v": [0.0]})).mark_rule(color=INK).encode(y="v:Q")
        return alt.layer(bars, zero).properties(width=width - 75, height=_HEIGHT_PX)

    drawn["place"] = drawn["part"].map({name: place for place, name in enumerate(parts)})
    sums = shown.groupby(month)[value].sum()
    said = "; ".join(f"{name} {value_text(usd, unit)}" for name, usd in sums.items())
    return chart_from(draw, title=title, alt_text=alt_text or f"Sums: {said}.", source=source)


def month_curves(
    frame: pd.DataFrame,
    *,
    month: str,
    part: str,
    value: str,
    unit: str,
    title: str,
    source: str,
    axis_title: str = "Months",
    labels: Mapping[str, str] | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw a curve a part over a number of months, each with its name at its end.

    Parameters
    ----------
    frame
        One row a month and part.
    month, part, value
        Columns of the month as a number, the part's name, and its amount in ``unit``.
    axis_title
        What the months are counted from.
    labels
        Part to the words that name it.
    title, source, alt_text
        As in `retail_portfolio.present.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows.
    """
    _need(frame, month, part, value)
    scale = _scale(unit, frame[value])
    words = labels or {}
    drawn = pd.DataFrame(
        {
            "m": frame[month].astype(float),
            "part": [words.get(str(name), str(name)) for name in frame[part]],
            "v": frame[value].astype(float) / scale.divisor,
        }
    )
    parts = list(dict.fromkeys(drawn["part"]))

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - two seconds to import

        lines = (
            alt.Chart(drawn)
            .mark_line(strokeWidth=2.5)
            .encode(
                x=alt.X("m:Q", axis=alt.Axis(title=axis_title, tickCount=6, grid=False)),
                y=alt.Y(
                    "v:Q", axis=alt.Axis(title=scale.title, tickCount=5), scale=alt.Scale(zero=True)
                ),
                color=alt.Color(
                    "part:N",
                    scale=alt.Scale(domain=parts, range=list(_COLOURS[: len(parts)])),
                    legend=alt.Legend(symbolType="stroke", columns=1 if width < _NARROW_PX else 0),
                ),
            )
        )
        return lines.properties(width=width - 80, height=_HEIGHT_PX)

    ends = drawn.groupby("part", sort=False).last()
    said = "; ".join(
        f"{name} {value_text(v * scale.divisor, unit)} in month {m:.0f}"
        for name, m, v in zip(ends.index, ends["m"], ends["v"], strict=True)
    )
    return chart_from(
        draw, title=title, alt_text=alt_text or f"Curves, ends: {said}.", source=source
    )
