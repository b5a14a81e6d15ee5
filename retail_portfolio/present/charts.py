"""The charts of the report: ranked bars, stacked bars, and dots with their ranges.

Each takes a frame and says in a sentence what to see. Numbers stand beside their marks, units on
the axis, and the source below; `retail_portfolio.present.drawing` does the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.drawing import Chart, chart_from
from retail_portfolio.present.formats import (
    is_money,
    is_share,
    short,
    unit_words,
    value_text,
)
from retail_portfolio.present.palette import CLOSES, CONVERTS, INK, PARTS, REST

__all__ = ["Chart", "chart_from", "range_dots", "ranked_bars", "stacked_bars"]

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import altair as alt

_ROW_PX: Final = 22
_LETTER_PX: Final = 6.6  # mean width of a 12 px letter


# --------------------------------------------------------------------------------- the scale
@dataclass(frozen=True, slots=True)
class _Scale:
    """What a unit is drawn in: millions of USD, per cent, or as it is."""

    divisor: float
    title: str


def _scale(unit: str, values: pd.Series) -> _Scale:
    words = unit_words(unit)
    if is_share(unit):
        return _Scale(0.01, "%")
    if not is_money(unit):
        return _Scale(1.0, words)
    top = float(values.abs().max()) if len(values) else 0.0
    for step, word in ((1e9, "billion"), (1e6, "million"), (1e4, "thousand")):
        if top >= step:
            divisor = 1e3 if word == "thousand" else step
            return _Scale(divisor, words.replace("USD", f"USD {word}", 1))
    return _Scale(1.0, words)


def _left(labels: Sequence[str], width: int) -> int:
    """Pixels that row labels take: what the longest needs, a third of the page at most."""
    longest = max((len(label) for label in labels), default=0)
    return int(min(longest * _LETTER_PX + 12, width * (0.36 if width > 500 else 0.42)))  # noqa: PLR2004


def _colours(groups: Sequence[str], colours: Mapping[str, str] | None) -> list[str]:
    """Choose a colour a group: the caller's, else the accents of what closes or converts."""
    chosen = dict(colours or {})
    accents = {"close": CLOSES, "closes": CLOSES, "converts": CONVERTS, "convert": CONVERTS}
    spare = iter(PARTS)
    return [
        chosen.get(group)
        or accents.get(group.split("_")[0].split(" ")[0].lower())
        or next(spare, REST)
        for group in groups
    ]


def _described(frame: pd.DataFrame, label: str, value: str, unit: str) -> str:
    rows = [f"{row[label]} {value_text(row[value], unit)}" for _, row in frame.head(5).iterrows()]
    more = f"; {len(frame) - 5} more" if len(frame) > 5 else ""  # noqa: PLR2004
    return "; ".join(rows) + more


def _need(frame: pd.DataFrame, *columns: str) -> None:
    missing = [column for column in columns if column and column not in frame.columns]
    if missing:
        raise KeyError(f"no column {', '.join(missing)} to draw")
    if not len(frame):
        raise ValueError("there is nothing to draw: the table has no rows")


def _unique(frame: pd.DataFrame, label: str) -> None:
    twice = sorted(set(frame.loc[frame[label].duplicated(), label].astype(str)))
    if twice:
        raise ValueError(f"two rows would be drawn on one line: {', '.join(twice[:5])}")


# ---------------------------------------------------------------------------------- builders
def ranked_bars(
    frame: pd.DataFrame,
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
    alt_text: str = "",
) -> Chart:
    """Draw horizontal bars, longest first, each with its number and, where given, its range.

    Parameters
    ----------
    frame
        One row a bar.
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
    alt_text
        For those who cannot see it; made from the longest five by default.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows, or two of the same name.
    """
    _need(frame, label, value, low, high, group)
    _unique(frame, label)
    data = frame.sort_values([value, label], ascending=[False, True], kind="stable").head(
        rows or len(frame)
    )
    scale = _scale(unit, pd.concat([data[c] for c in (value, low, high) if c]))
    drawn = _numbered(data, label, {"v": value, "lo": low or value, "hi": high or value}, scale)
    drawn["group"] = data[group].astype(str).to_numpy() if group else ""
    # A number beside a bar that runs to the left stands at zero, not on the bar.
    drawn["hi"] = drawn["hi"].clip(lower=0.0)
    drawn["text"] = [_direct(v, unit) for v in data[value]]
    groups = list(dict.fromkeys(drawn["group"]))

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415

        base = _rows(drawn, width, len(data))
        x = _x(alt, "v:Q", scale, axis_title)
        paint: Any = alt.value(CONVERTS if not group else None)
        if group:
            paint = alt.Color(
                "group:N",
                scale=alt.Scale(domain=groups, range=_colours(groups, colours)),
                legend=alt.Legend(columns=1 if width < 500 else 0),  # noqa: PLR2004
            )
        bars = base.mark_bar(height=13).encode(x=x, color=paint)
        # The number stands beyond the range, so that neither covers the other.
        text = base.mark_text(align="left", baseline="middle", dx=5).encode(
            x=alt.X("hi:Q"), text="text:N"
        )
        layers = [bars, text]
        if low and high:
            layers.insert(1, base.mark_rule(color=INK, strokeWidth=1.2).encode(x="lo:Q", x2="hi:Q"))
        return _sized(alt.layer(*layers), drawn, width, len(data))

    words = alt_text or f"Bars: {_described(data, label, value, unit)}."
    return chart_from(draw, title=title, alt_text=words, source=source)


def stacked_bars(
    frame: pd.DataFrame,
    *,
    label: str,
    part: str,
    value: str,
    unit: str,
    title: str,
    source: str,
    colours: Mapping[str, str] | None = None,
    axis_title: str = "",
    alt_text: str = "",
) -> Chart:
    """Draw bars stacked from cost components, with each bar's total behind it.

    Parameters
    ----------
    frame
        One row a bar and component, in the order both are to be drawn. Components that lower the
        total (money coming in) extend to the left of zero.
    label, part, value
        Columns of the bar's name, the component's name, and its amount in ``unit``.
    unit
        Unit of ``value``.
    title, source, colours, axis_title, alt_text
        As in `ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows.
    """
    _need(frame, label, part, value)
    order = list(dict.fromkeys(frame[label].astype(str)))
    parts = list(dict.fromkeys(frame[part].astype(str)))
    totals = frame.groupby(label, sort=False)[value].sum()
    ends = frame[frame[value] > 0].groupby(label)[value].sum().reindex(totals.index).fillna(0.0)
    scale = _scale(unit, totals)
    drawn = _numbered(frame, label, {"v": value}, scale)
    drawn["part"] = frame[part].astype(str).to_numpy()
    drawn["place"] = drawn["part"].map({name: place for place, name in enumerate(parts)})
    tips = pd.DataFrame({"label": totals.index.astype(str), "hi": ends.to_numpy() / scale.divisor})
    tips["text"] = [_direct(v, unit) for v in totals]

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415

        colour = alt.Color(
            "part:N",
            scale=alt.Scale(domain=parts, range=_colours(parts, colours)),
            legend=alt.Legend(columns=2 if width < 500 else 4, labelLimit=150),  # noqa: PLR2004
        )
        bars = (
            _rows(drawn, width, len(order), order)
            .mark_bar(height=15)
            .encode(x=_x(alt, "v:Q", scale, axis_title), color=colour, order="place:Q")
        )
        text = _rows(tips, width, len(order), order).mark_text(
            align="left", baseline="middle", dx=5
        )
        return _sized(
            alt.layer(bars, text.encode(x="hi:Q", text="text:N")), tips, width, len(order)
        )

    total = pd.DataFrame({"label": totals.index, "total": totals.to_numpy()})
    words = alt_text or f"Stacked bars, totals: {_described(total, 'label', 'total', unit)}."
    return chart_from(draw, title=title, alt_text=words, source=source)


def range_dots(
    frame: pd.DataFrame,
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
    alt_text: str = "",
) -> Chart:
    """Draw a dot on a thin line per row: the value, and how far it may be off.

    Rows keep their order. Parameters and errors are those of `ranked_bars`.
    """
    _need(frame, label, value, low, high, group)
    _unique(frame, label)
    scale = _scale(unit, pd.concat([frame[value], frame[low], frame[high]]))
    drawn = _numbered(frame, label, {"v": value, "lo": low, "hi": high}, scale)
    drawn["group"] = frame[group].astype(str).to_numpy() if group else ""
    drawn["text"] = [_direct(v, unit) for v in frame[value]]
    groups = list(dict.fromkeys(drawn["group"]))

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415

        base = _rows(drawn, width, len(frame))
        paint: Any = alt.value(CONVERTS)
        if group:
            paint = alt.Color(
                "group:N",
                scale=alt.Scale(domain=groups, range=_colours(groups, colours)),
                legend=alt.Legend(columns=1 if width < 500 else 0),  # noqa: PLR2004
            )
        x = _x(alt, "v:Q", scale, axis_title, zero=False)
        line = base.mark_rule(color=REST, strokeWidth=2).encode(x="lo:Q", x2="hi:Q")
        dots = base.mark_point(filled=True, size=80, opacity=1).encode(x=x, color=paint)
        text = base.mark_text(align="left", baseline="middle", dx=7).encode(x="hi:Q", text="text:N")
        return _sized(alt.layer(line, dots, text), drawn, width, len(frame))

    words = alt_text or f"Dots with ranges: {_described(frame, label, value, unit)}."
    return chart_from(draw, title=title, alt_text=words, source=source)


def _numbered(
    frame: pd.DataFrame, label: str, columns: Mapping[str, str], scale: _Scale
) -> pd.DataFrame:
    drawn = pd.DataFrame({"label": frame[label].astype(str).to_numpy()})
    for name, column in columns.items():
        drawn[name] = frame[column].astype(float).to_numpy() / scale.divisor
    return drawn


def _direct(value: float, unit: str) -> str:
    """Write the number beside a mark, without the words that stand on the axis."""
    return short(value) if is_money(unit) else value_text(value, "share" if is_share(unit) else "")


def _rows(drawn: pd.DataFrame, width: int, rows: int, order: list[str] | None = None) -> alt.Chart:
    import altair as alt  # noqa: PLC0415

    del rows
    labels = list(dict.fromkeys(drawn["label"]))
    axis = alt.Axis(title=None, grid=False, labelLimit=_left(labels, width))
    return alt.Chart(drawn).encode(y=alt.Y("label:N", sort=order or labels, axis=axis))


def _x(alt: Any, field: str, scale: _Scale, title: str, *, zero: bool = True) -> Any:
    words = ", ".join(part for part in (title, scale.title) if part)
    axis = alt.Axis(title=words or None, tickCount=5, titleAnchor="start")
    return alt.X(field, axis=axis, scale=alt.Scale(zero=zero, nice=True))


def _sized(chart: Any, drawn: pd.DataFrame, width: int, rows: int) -> Any:
    """Set a chart's size so that labels, bars and the numbers behind them fill the page."""
    labels = list(dict.fromkeys(drawn["label"]))
    tail = max(len(text) for text in drawn["text"]) * _LETTER_PX + 12
    return chart.properties(
        width=int(width - _left(labels, width) - tail - 12), height=_ROW_PX * rows
    )
