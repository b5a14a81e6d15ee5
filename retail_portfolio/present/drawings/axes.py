"""Scales, axes, names and legends of all drawings, written as `formats` writes numbers.

What an axis counts is said once, in its title: ``USD``, ``sq ft``. Its ticks carry the letter or
the sign that the numbers beside the marks carry too: ``50 M``, ``12 %``, ``41,000``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.present.drawings.letters import text_px, wrap_px
from retail_portfolio.present.formats import is_money, is_share, unit_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

WIDE_FROM_PX: Final = 500
"""From this width on a drawing is one for a page, below it one for a telephone."""
NAME_LINES: Final = "split(datum.label, '\\n')"
"""The expression by which Vega writes a name with its lines broken."""
AMOUNTS_PX: Final = 44
"""Pixels that the amounts of an upright axis take at its left."""
UNIT_PX: Final = 18
"""Pixels that the title of an upright axis takes above it."""
_STEPS: Final = ((1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))
_NAME_GAP_PX: Final = 10
_MOST_LINES: Final = 3
_LINE_PX: Final = 12
_SYMBOL_PX: Final = 34  # a legend's mark, and what lies between two entries
_LEGEND_PX: Final = 14  # a line of a legend
_LEGEND_GAP_PX: Final = 10


# --------------------------------------------------------------------------------- the scale
@dataclass(frozen=True, slots=True)
class Scale:
    """What a unit is drawn in.

    Parameters
    ----------
    divisor
        What numbers are divided by before they are drawn.
    title
        The unit in words, for the title of the axis.
    tail
        What stands behind the numbers of the axis: a letter for millions, or a per cent sign.
    """

    divisor: float
    title: str
    tail: str = ""

    @property
    def ticks(self) -> str:
        """The expression by which Vega writes a tick: ``0``, ``50 M``, ``12 %``."""
        if not self.tail:
            return "datum.label"
        text = f"datum.label + ' {self.tail}'"
        return text if self.tail == "%" else f"datum.value === 0 ? '0' : {text}"


def scale_of(unit: str, values: pd.Series, currency: str = "") -> Scale:
    """Choose what a unit is drawn in: thousands to billions of USD, per cent, or as it is.

    Parameters
    ----------
    unit
        Unit of ``values``: ``usd``, ``usd_year``, ``share``, ``sqft`` ...
    values
        What is to be drawn; the largest decides.
    currency
        Of the values, where they are money.

    Raises
    ------
    ValueError
        If the unit is money and no currency is named.
    """
    if is_share(unit):
        return Scale(0.01, "share", "%")
    words = unit_words(unit, currency)
    top = float(values.abs().max()) if len(values) and is_money(unit) else 0.0
    for least, divisor, letter in _STEPS:
        if top >= least:
            return Scale(divisor, words, letter)
    return Scale(1.0, words)


def number_axis(scale: Scale, title: str = "", room: float = 0.0, **more: Any) -> Any:
    """Return an axis of numbers.

    Parameters
    ----------
    scale
        What they are drawn in.
    title
        What the axis measures; the unit follows by itself, but for a share, whose ticks have it.
    room
        Pixels that a line of the title may take; 0 for no end.
    **more
        As of altair's ``Axis``.
    """
    import altair as alt  # noqa: PLC0415 - two seconds to import

    unit = "" if title and scale.tail == "%" else scale.title
    words = ", ".join(part for part in (title, unit) if part)
    lines: Any = wrap_px(words, room) if room and words else words
    count = 3 if 0 < room < WIDE_FROM_PX / 2 else 5
    given: dict[str, Any] = {
        "tickCount": count,
        "titleAnchor": "start",
        "labelExpr": scale.ticks,
    } | more
    return alt.Axis(title=lines or None, **given)


def upright_axis(scale: Scale, title: str = "") -> Any:
    """Return an axis of amounts that go up; its title lies level above it, where it is read.

    Parameters
    ----------
    scale, title
        As in `number_axis`.
    """
    return number_axis(
        scale,
        title,
        titleAngle=0,
        titleAlign="left",
        titleBaseline="bottom",
        titleX=-AMOUNTS_PX,
        titleY=-10,
    )


# --------------------------------------------------------------------------------- the names
@dataclass(frozen=True, slots=True)
class Names:
    """Names of rows, set out in the column before their marks.

    Parameters
    ----------
    texts
        Name to the same name with its lines broken.
    left
        Pixels that the column takes.
    lines
        Lines of the name that has most.
    size
        Of the letters, pixels.
    """

    texts: Mapping[str, str]
    left: int
    lines: int
    size: float

    def of(self, labels: pd.Series) -> pd.Series:
        """Return the names with their lines broken, to draw rows by."""
        return labels.map(self.texts)

    def row_px(self, least: int) -> int:
        """Return the height of a row that holds the name with most lines."""
        return max(least, _LINE_PX * self.lines + 4) if self.lines > 1 else least

    def y(self, column: str = "row", **more: Any) -> Any:
        """Return what y is drawn by: a row a name, in the order of the names."""
        import altair as alt  # noqa: PLC0415 - as above

        axis = {
            "title": None,
            "grid": False,
            "labelLimit": self.left,
            "labelFontSize": self.size,
            "labelLineHeight": _LINE_PX,
            "labelExpr": NAME_LINES,
        }
        rows = list(self.texts.values())
        return alt.Y(
            f"{column}:N", sort=rows, scale=alt.Scale(domain=rows), axis=alt.Axis(**axis | more)
        )


def names_of(labels: Iterable[str], width: int, size: float = 12) -> Names:
    """Set out names in a column of a third of the page at most, in up to three lines each.

    Parameters
    ----------
    labels
        From the top; of equal ones one counts.
    width
        Of the whole drawing, pixels.
    size
        Of the letters, pixels.
    """
    room = width * (0.36 if width > WIDE_FROM_PX else 0.42) - _NAME_GAP_PX
    whole = {label: wrap_px(label, room, size) for label in dict.fromkeys(labels)}
    broken = {label: _few(lines) for label, lines in whole.items()}
    if len({*map(tuple, broken.values())}) < len(broken):  # cut, two would read the same
        broken = whole
    widest = max((text_px(line, size) for each in broken.values() for line in each), default=0.0)
    return Names(
        {label: "\n".join(each) for label, each in broken.items()},
        int(widest + _NAME_GAP_PX),
        max((len(each) for each in broken.values()), default=1),
        size,
    )


def _few(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]}\u2026"]


# -------------------------------------------------------------------------------- the legend
def legend_of(
    groups: Sequence[str], width: int, left: float = 0, above: float = 0, **more: Any
) -> Any:
    """Return a legend in as many columns as the paper has room for; None for a single group.

    Parameters
    ----------
    groups
        What stands in it.
    width
        Of the whole drawing, pixels.
    left
        Pixels before the place where marks begin: the legend begins where the paper does.
    above
        Pixels that an axis takes above the marks.
    **more
        As of altair's ``Legend``.
    """
    import altair as alt  # noqa: PLC0415 - as above

    if len(groups) < 2:  # noqa: PLR2004 - one colour tells nothing apart
        return None
    takes = [text_px(group) + _SYMBOL_PX for group in groups]
    columns = len(groups) if sum(takes) <= width else max(1, int(width // max(takes)))
    height = _LEGEND_PX * -(-len(groups) // columns) - 2
    return alt.Legend(
        columns=columns,
        direction="horizontal",
        labelLimit=width - _SYMBOL_PX,
        orient="none",
        legendX=-left,
        legendY=-height - above - _LEGEND_GAP_PX,
        **more,
    )


# ------------------------------------------------------------------------------- what is said
def tips(**titles: str) -> list[Any]:
    """Return what is said of the mark under the pointer where a drawing is looked at in Jupyter.

    Parameters
    ----------
    **titles
        Column of ready texts to what it is called. No number is written by the drawing itself.
    """
    import altair as alt  # noqa: PLC0415 - as above

    return [alt.Tooltip(f"{column}:N", title=title) for column, title in titles.items()]
