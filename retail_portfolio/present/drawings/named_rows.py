"""Rows of a drawing whose names stand above their bars, wrapped to its width.

Names of assumptions are long, and a telephone is narrow: beside a bar there is no room for them.
Heights are pixels from the top; across, numbers are drawn by a scale that keeps room for words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from retail_portfolio.present.drawings.axes import number_axis, tips
from retail_portfolio.present.drawings.letters import wrap_px
from retail_portfolio.present.palette import INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retail_portfolio.present.drawings.axes import Scale

EDGE_PX: Final = 14
"""What a drawing is wider than the space it is drawn in."""
BAR_PX: Final = 16
"""Height of the strip that a bar stands in."""
_LINE_PX: Final = 15
_GAP_PX: Final = 9


@dataclass(frozen=True, slots=True)
class NamedRows:
    """Where each name and each bar stands, in pixels from the top.

    Parameters
    ----------
    texts
        The names, broken into lines.
    name_y
        Where each name begins.
    bar_y
        The middle of each bar.
    height
        Of all rows together.
    """

    texts: list[str]
    name_y: list[float]
    bar_y: list[float]
    height: float


def named_rows(names: Sequence[str], width: int) -> NamedRows:
    """Set out rows from the top, each as high as its name needs.

    Parameters
    ----------
    names
        From the top.
    width
        Of the whole drawing, pixels.
    """
    lines = [wrap_px(name, width - EDGE_PX, 12) for name in names]
    name_y: list[float] = []
    bar_y: list[float] = []
    down = 0.0
    for each in lines:
        name_y.append(down)
        down += _LINE_PX * len(each)
        bar_y.append(down + BAR_PX / 2)
        down += BAR_PX + _GAP_PX
    return NamedRows(["\n".join(each) for each in lines], name_y, bar_y, down)


def names_above(rows: NamedRows) -> Any:
    """Write the names above the bars."""
    import altair as alt  # noqa: PLC0415 - two seconds to import

    return (
        alt.Chart(pd.DataFrame({"text": rows.texts, "y": rows.name_y}))
        .mark_text(align="left", baseline="top", lineBreak="\n", lineHeight=_LINE_PX)
        .encode(x=alt.value(0), y=pixels_down("y"), text="text:N")
    )


def pixels_down(column: str) -> Any:
    """Return what y is drawn by where a column holds pixels from the top."""
    import altair as alt  # noqa: PLC0415 - as above

    return alt.Y(f"{column}:Q", scale=None, axis=None)


def across(
    values: Sequence[float], room: tuple[int, int], width: int, scale: Scale, title: str = ""
) -> Any:
    """Return the scale and the axis of x: numbers over the width less room for words.

    Parameters
    ----------
    values
        What has to find its place.
    room
        Pixels kept free on the left and on the right.
    width
        Of the whole drawing, pixels.
    scale
        What the numbers are drawn in.
    title
        What the axis measures; its unit follows by itself.
    """
    import altair as alt  # noqa: PLC0415 - as above

    low, high = float(min(values)), float(max(values))
    ends = [low, high] if high > low else [low - 1, high + 1]
    return alt.Scale(
        domain=ends, range=[room[0], width - EDGE_PX - room[1]], zero=False, nice=False
    ), number_axis(scale, title, tickCount=4, grid=False)


def bars(frame: pd.DataFrame, x: Any, thick: float, colour: Any) -> Any:
    """Draw level bars from ``lo`` to ``hi`` at ``y``, all of one colour or as encoded.

    Where the frame has ``name`` and ``said``, these are said of a bar under the pointer.
    """
    import altair as alt  # noqa: PLC0415 - as above

    mark = alt.Chart(frame).mark_rule(strokeWidth=thick, strokeCap="butt", opacity=1)
    paint = alt.value(colour) if isinstance(colour, str) else colour
    said = {"tooltip": tips(name="Name", said="Value")} if "said" in frame else {}
    return mark.encode(x=x, x2="hi:Q", y=pixels_down("y"), color=paint, **said)


def ticks(frame: pd.DataFrame, x: Any) -> Any:
    """Draw an upright tick in each row, which crosses no name as a line through all would."""
    import altair as alt  # noqa: PLC0415 - as above

    mark = alt.Chart(frame).mark_tick(
        orient="vertical", size=BAR_PX - 1, thickness=2, color=INK, opacity=1
    )
    return mark.encode(x=x, y=pixels_down("y"))


def said_beside(frame: pd.DataFrame, x: Any, align: Literal["left", "right"]) -> Any:
    """Write ``text`` beside ``at``."""
    import altair as alt  # noqa: PLC0415 - as above

    mark = alt.Chart(frame).mark_text(
        align=align, baseline="middle", dx=6 if align == "left" else -6
    )
    return mark.encode(x=x, y=pixels_down("y"), text="text:N")
