"""A bill in steps: what is owed, what raises and lowers it, and what is left to pay."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.drawings.axes import (
    Scale,
    legend_of,
    names_of,
    number_axis,
    scale_of,
    tips,
)
from retail_portfolio.present.drawings.chart_rows import beside, need, rows_and_currency
from retail_portfolio.present.drawings.drawing import Chart, chart_from
from retail_portfolio.present.drawings.letters import text_px
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.palette import CLOSES, CONVERTS, REST

if TYPE_CHECKING:
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.present.tables import TableLike

__all__ = ["waterfall"]

_ROW_PX: Final = 24
_KINDS: Final = {
    "total": ("Sum so far", REST),
    "adds": ("Adds", CLOSES),
    "spares": ("Spares", CONVERTS),
}


def waterfall(
    steps: TableLike | pd.DataFrame,
    *,
    step: str,
    value: str,
    kind: str,
    unit: str,
    title: str,
    source: str,
    words: Speech | None = None,
    alt_text: str = "",
) -> Chart:
    """Draw bars from where the step before ended to where the step itself ends.

    Parameters
    ----------
    steps
        One row a step, in order: a result, or a frame.
    step, value
        Columns of the step's name and its amount in ``unit``.
    kind
        Column that says ``total`` (the bar starts at zero) or ``move`` (it starts where the one
        before ended).
    unit
        Unit of ``value``.
    title, source, words, alt_text
        As in `retail_portfolio.present.drawings.charts.ranked_bars`.

    Raises
    ------
    KeyError
        If a column is not there.
    ValueError
        If there are no rows, or no words of what is money.
    """
    frame, currency = rows_and_currency(steps, words)
    need(frame, step, value, kind)
    scale = scale_of(unit, frame[value], currency)
    drawn = _steps(frame, (step, value, kind), scale.divisor)
    drawn["text"] = [beside(float(amount), unit) for amount in frame[value]]
    drawn["said"] = [value_text(amount, unit, currency) for amount in frame[value]]
    said = "; ".join(
        f"{name} {text}" for name, text in zip(frame[step], drawn["said"], strict=True)
    )
    return chart_from(
        partial(_bars, drawn, scale),
        title=title,
        alt_text=alt_text or f"Steps: {said}.",
        source=source,
    )


def _bars(drawn: pd.DataFrame, scale: Scale, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    groups, colours = zip(*_KINDS.values(), strict=True)
    names = names_of(drawn["label"], width)
    tail = max(text_px(text) for text in drawn["text"]) + 24
    ends = drawn[["start", "end"]].to_numpy()
    x = alt.X(
        "start:Q",
        axis=number_axis(scale),
        scale=alt.Scale(domain=[min(0.0, float(ends.min())), float(ends.max())], nice=True),
    )
    paint = alt.Color(
        "group:N",
        scale=alt.Scale(domain=groups, range=colours),
        legend=legend_of(groups, width, names.left),
    )
    base = alt.Chart(drawn.assign(row=names.of(drawn["label"]))).encode(y=names.y())
    bars = base.mark_bar(height=14).encode(
        x=x, x2="end:Q", color=paint, tooltip=tips(label="Step", group="What", said="Amount")
    )
    text = base.mark_text(align="left", baseline="middle", dx=5).encode(x="tip:Q", text="text:N")
    return alt.layer(bars, text).properties(
        width=int(width - names.left - tail), height=names.row_px(_ROW_PX) * len(names.texts)
    )


def _steps(frame: pd.DataFrame, columns: tuple[str, str, str], divisor: float) -> pd.DataFrame:
    """Return where each step starts and ends, from the columns of name, amount and kind."""
    level, rows = 0.0, []
    for name, amount, what in zip(*(frame[column] for column in columns), strict=True):
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
            }
        )
    return pd.DataFrame(rows)
