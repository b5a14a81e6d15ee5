"""A bill in steps: what is owed, what raises and lowers it, and what is left to pay."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from retail_portfolio.present.charts import _direct, _left, _scale
from retail_portfolio.present.drawing import Chart, chart_from
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.palette import CLOSES, CONVERTS, REST

__all__ = ["waterfall"]

_ROW_PX: Final = 24
_LETTER_PX: Final = 6.6
_KINDS: Final = {
    "total": ("Sum so far", REST),
    "adds": ("Adds", CLOSES),
    "spares": ("Spares", CONVERTS),
}


def waterfall(
    frame: pd.DataFrame,
    *,
    step: str,
    value: str,
    kind: str,
    unit: str,
    title: str,
    source: str,
    alt_text: str = "",
) -> Chart:
    """Draw bars from where the step before ended to where the step itself ends.

    Parameters
    ----------
    frame
        One row a step, in order.
    step, value
        Columns of the step's name and its amount in ``unit``.
    kind
        Column that says ``total`` (the bar starts at zero) or ``move`` (it starts where the one
        before ended).
    unit
        Unit of ``value``.
    title, source, alt_text
        As in `retail_portfolio.present.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows.
    """
    if missing := [c for c in (step, value, kind) if c not in frame.columns]:
        raise KeyError(f"no column {', '.join(missing)} to draw")
    if not len(frame):
        raise ValueError("there is nothing to draw: the table has no rows")
    drawn = _steps(frame, step, value, kind, unit)
    labels = drawn["label"].tolist()
    top = float(drawn[["start", "end"]].to_numpy().max())
    axis_title = _scale(unit, frame[value]).title

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - two seconds to import

        names, colours = zip(*_KINDS.values(), strict=True)
        tail = max(len(text) for text in drawn["text"]) * _LETTER_PX + 12
        base = alt.Chart(drawn).encode(
            y=alt.Y(
                "label:N",
                sort=labels,
                axis=alt.Axis(title=None, grid=False, labelLimit=_left(labels, width)),
            )
        )
        x = alt.X(
            "start:Q",
            axis=alt.Axis(title=axis_title, tickCount=5, titleAnchor="start"),
            scale=alt.Scale(domain=[min(0.0, float(drawn["start"].min())), top], nice=True),
        )
        paint = alt.Color("group:N", scale=alt.Scale(domain=names, range=colours))
        bars = base.mark_bar(height=14).encode(x=x, x2="end:Q", color=paint)
        text = base.mark_text(align="left", baseline="middle", dx=5).encode(
            x="tip:Q", text="text:N"
        )
        return alt.layer(bars, text).properties(
            width=int(width - _left(labels, width) - tail - 12), height=_ROW_PX * len(labels)
        )

    said = "; ".join(f"{row[step]} {value_text(row[value], unit)}" for _, row in frame.iterrows())
    return chart_from(draw, title=title, alt_text=alt_text or f"Steps: {said}.", source=source)


def _steps(frame: pd.DataFrame, step: str, value: str, kind: str, unit: str) -> pd.DataFrame:
    divisor, level, rows = _scale(unit, frame[value]).divisor, 0.0, []
    for name, amount, what in zip(frame[step], frame[value], frame[kind], strict=True):
        start = 0.0 if what == "total" else level
        level = float(amount) if what == "total" else level + float(amount)
        group = "total" if what == "total" else ("adds" if amount > 0 else "spares")
        rows.append(
            {
                "label": str(name),
                "start": start / divisor,
                "end": level / divisor,
                "tip": max(start, level) / divisor,
                "group": _KINDS[group][0],
                "text": _direct(float(amount), unit),
            }
        )
    return pd.DataFrame(rows)
