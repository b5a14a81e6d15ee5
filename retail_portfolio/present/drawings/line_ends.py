"""Lines with their names at their right ends, moved apart where they would cover each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.drawings.axes import WIDE_FROM_PX
from retail_portfolio.present.drawings.letters import text_px, wrap_px
from retail_portfolio.present.palette import INK

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE_PX: Final = 13
_LEAD_PX: Final = 16  # from the end of a line to its name
_NARROW_NAME_PX: Final = 90
_GAP_PX: Final = 10


@dataclass(frozen=True, slots=True)
class LineEnds:
    """Where the names of lines stand.

    Parameters
    ----------
    frame
        A row a line: ``line``, ``text`` with its lines broken, ``end`` (the line's last y),
        ``top`` and ``middle`` (the y at which its name begins, and that of its middle).
    room
        Pixels that the names take on the right.
    """

    frame: pd.DataFrame
    room: int


def line_ends(
    ends: Mapping[str, float], span: tuple[float, float], height: float, width: int
) -> LineEnds:
    """Set out the names of lines at their right ends.

    Parameters
    ----------
    ends
        Name to where its line ends, in the unit of y.
    span
        Least and greatest of y.
    height
        Of the space that lines are drawn in, pixels.
    width
        Of the whole drawing, pixels.
    """
    most = width * 0.3 if width > WIDE_FROM_PX else _NARROW_NAME_PX
    broken = {name: wrap_px(name, most) for name in ends}
    down = sorted(ends, key=lambda name: -ends[name])
    low, high = span
    px = (high - low) / height
    halves = [_LINE_PX * len(broken[name]) / 2 for name in down]
    middles = _apart([(high - ends[name]) / px for name in down], halves, height)
    frame = pd.DataFrame(
        {
            "line": down,
            "text": ["\n".join(broken[name]) for name in down],
            "end": [ends[name] for name in down],
            "top": [high - px * (m - h) for m, h in zip(middles, halves, strict=True)],
            "middle": [high - px * middle for middle in middles],
        }
    )
    widest = max(text_px(line) for lines in broken.values() for line in lines)
    return LineEnds(frame, int(widest + _LEAD_PX + _GAP_PX))


def _apart(wanted: list[float], halves: list[float], height: float) -> list[float]:
    """Move names down until none covers another, then up again where they leave the drawing."""
    middles: list[float] = []
    free = -float(_LINE_PX)
    for middle, half in zip(wanted, halves, strict=True):
        middles.append(max(middle, free + half))
        free = middles[-1] + half
    floor = height + _LINE_PX
    for place in reversed(range(len(middles))):
        middles[place] = min(middles[place], floor - halves[place])
        floor = middles[place] - halves[place]
    return middles


def names_at_ends(ends: LineEnds, plot_px: float, colour: Any) -> list[Any]:
    """Draw the names, each with a short line of its colour from where its curve ends.

    Parameters
    ----------
    ends
        Of `line_ends`; y is drawn by the same scale as the curves.
    plot_px
        Where curves end, in pixels from the left of the space they are drawn in.
    colour
        What they are painted by, for the column ``line``.
    """
    import altair as alt  # noqa: PLC0415 - two seconds to import

    base = alt.Chart(ends.frame)
    lead = base.mark_rule(strokeWidth=1.5).encode(
        x=alt.value(plot_px + 3),
        x2=alt.value(plot_px + _LEAD_PX - 4),
        y="end:Q",
        y2="middle:Q",
        color=colour,
    )
    words = base.mark_text(
        align="left", baseline="top", lineBreak="\n", lineHeight=_LINE_PX, color=INK
    ).encode(x=alt.value(plot_px + _LEAD_PX), y="top:Q", text="text:N")
    return [lead, words]


__all__ = ["LineEnds", "line_ends", "names_at_ends"]
