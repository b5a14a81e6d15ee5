"""The drawings of the frontiers: what the next conversion brings, and what more money brings.

The frontier marks the best plan and, beside it, the one that somebody named where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.model.targets import converts
from retail_portfolio.present.drawings.axes import (
    WIDE_FROM_PX,
    Scale,
    number_axis,
    scale_of,
    tips,
    upright_axis,
)
from retail_portfolio.present.drawings.drawing import Chart, chart_from
from retail_portfolio.present.drawings.letters import text_px
from retail_portfolio.present.formats import short, value_text
from retail_portfolio.present.palette import CLOSES, CONVERTS, INK, QUIET, REST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.model.planning.plan_compare import Comparison
    from retail_portfolio.model.result import PlanResult, Result

_SOURCE: Final = "plan model, each point proven; stores.csv, demand.csv and assumptions.csv"
_HEIGHT_PX: Final = 270
_MARGIN_PX: Final = 68
_GAIN: Final = "Gain over closing every store"
_NUMBERED: Final = 9
"""Points of the budgets at most that carry a number."""
#: What words of a colour are written in: orange letters cannot be read on light paper.
_WORDS: Final = {CONVERTS: CONVERTS, CLOSES: INK}


def frontier_chart(
    by_number: Result, choice: PlanResult, mine: Comparison | None = None
) -> Chart | None:
    """Draw the best gain for each number of conversions, the best plan on it, a named one below.

    Parameters
    ----------
    by_number
        Result of `retail_portfolio.model.planning.plan_pool.frontier_by_number`.
    choice
        The best plan within the limits of the scenario.
    mine
        The named plan, where there is one.

    Returns
    -------
    Chart or None
        None where fewer than two numbers can be compared.
    """
    table = by_number.table
    if len(table) < 2:  # noqa: PLR2004 - a line needs two ends
        return None
    points = table[["conversions", "objective_usd"]].set_axis(["x", "usd"], axis=1)
    marks = [_plan_mark(choice, "best plan", CONVERTS)]
    if mine is not None:
        marks.append(_plan_mark(mine.plan, "your plan", CLOSES))
    curve = _curve(points, marks, ("Conversions", Scale(1.0, "")), by_number.words.currency)
    return _line(curve, by_number.sentence)


def budget_chart(by_budget: Result) -> Chart | None:
    """Draw the best gain for each budget, with the number of conversions at every point.

    Parameters
    ----------
    by_budget
        Result of `retail_portfolio.model.planning.plan_pool.frontier_by_budget`.

    Returns
    -------
    Chart or None
        None where no conversion gains, whatever the budget.
    """
    table = by_budget.table
    if len(table) < 2:  # noqa: PLR2004 - as above
        return None
    currency = by_budget.words.currency
    scale = scale_of("usd", table["budget_usd"], currency)
    points = pd.DataFrame({"x": table["budget_usd"] / scale.divisor, "usd": table["objective_usd"]})
    # As many numbers as stand beside each other on a telephone; the last point has one.
    every, last = -(-len(table) // _NUMBERED), len(table) - 1
    points["count"] = [f"{count:.0f}" for count in table["conversions"]]
    points["text"] = [
        count if (last - at) % every == 0 else "" for at, count in enumerate(points["count"])
    ]
    at = int(table["objective_usd"].argmax())
    marks = [_mark(points.iloc[at], "highest", table["conversions"].iloc[at], CONVERTS)]
    at_points = f"Budget for building, {currency}; the numbers at the line are conversions"
    return _line(_curve(points, marks, (at_points, scale), currency), by_budget.sentence)


def _plan_mark(plan: PlanResult, who: str, colour: str) -> dict[str, Any]:
    count = float(sum(map(converts, plan.table["decision"])))
    return _mark(pd.Series({"x": count, "usd": plan.objective_usd}), who, count, colour)


def _mark(point: pd.Series, who: str, count: float, colour: str) -> dict[str, Any]:
    """Return a point to be marked, with its words and those for a telephone."""
    gain = short(point["usd"])
    words = f"{who}: {count:.0f} conversion{'' if count == 1 else 's'}, {gain}"
    at = {"x": float(point["x"]), "usd": float(point["usd"]), "colour": colour}
    return at | {"text": words, "few": f"{who}: {gain}"}


@dataclass(frozen=True, slots=True)
class _Curve:
    """A line with dots and a few marks, and the span of both axes."""

    points: pd.DataFrame
    marks: Sequence[Mapping[str, Any]]
    x: tuple[float, float]
    y: tuple[float, float]
    x_axis: tuple[str, Scale]
    y_scale: Scale

    @property
    def numbered(self) -> bool:
        """Whether each dot has its number below it."""
        return "text" in self.points


def _line(curve: _Curve, title: str) -> Chart:
    """Draw a line with dots, and a few marks with their words."""
    said = "; ".join(f"{row['at']}: {row['said']}" for row in curve.points.to_dict("records"))
    named = "; ".join(mark["text"] for mark in curve.marks)
    words = f"Line with dots. {_first_words(curve.x_axis[0])} and gain: {said}. Marked: {named}."
    return chart_from(partial(_draw_curve, curve), title=title, alt_text=words, source=_SOURCE)


def _curve(
    points: pd.DataFrame,
    marks: Sequence[Mapping[str, Any]],
    x_axis: tuple[str, Scale],
    currency: str,
) -> _Curve:
    scale = scale_of("usd", points["usd"], currency)
    drawn = points.assign(y=points["usd"] / scale.divisor).reset_index(drop=True)
    drawn["at"] = [_at(x, x_axis[1], currency) for x in drawn["x"]]
    drawn["said"] = [value_text(usd, "usd", currency) for usd in drawn["usd"]]
    special = [{**mark, "y": mark["usd"] / scale.divisor} for mark in marks]
    across = [*drawn["x"], *(mark["x"] for mark in special)]
    up = [0.0, *drawn["y"], *(mark["y"] for mark in special)]
    top, bottom = max(up), min(up)
    room = 0.12 * (top - bottom)  # for the words above the highest mark
    bottom -= room if "text" in drawn else 0.0  # for the numbers below the dots
    return _Curve(
        drawn, special, (min(drawn["x"]), max(across)), (bottom, top + room), x_axis, scale
    )


def _first_words(title: str) -> str:
    return title.partition(",")[0]


def _at(x: float, scale: Scale, currency: str) -> str:
    return value_text(x * scale.divisor, "usd" if scale.title else "", currency)


def _draw_curve(curve: _Curve, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    plot = width - _MARGIN_PX
    x_title, x_scale = curve.x_axis
    ticks = {"tickCount": 6} | ({} if x_scale.title else {"tickMinStep": 1})
    x = alt.X(
        "x:Q",
        axis=number_axis(Scale(1.0, "", x_scale.tail), x_title, plot, **ticks),
        scale=alt.Scale(domain=list(curve.x), nice=False),
    )
    y = alt.Y(
        "y:Q",
        axis=upright_axis(curve.y_scale, _GAIN),
        scale=alt.Scale(domain=list(curve.y), nice=False),
    )
    base = alt.Chart(curve.points).encode(x=x, y=y)
    dots = base.mark_point(filled=True, size=36, opacity=1, color=REST)
    layers = [
        base.mark_line(color=REST, strokeWidth=2),
        dots.encode(tooltip=tips(**_tips(curve, _first_words(x_title)))),
    ]
    if curve.numbered:
        layers.append(base.mark_text(dy=15, dx=2, align="left", color=QUIET).encode(text="text:N"))
    for mark in curve.marks:
        across = plot * (mark["x"] - curve.x[0]) / (curve.x[1] - curve.x[0])
        layers += _marked(mark, across, width, (x, y))
    return alt.layer(*layers).properties(width=plot, height=_HEIGHT_PX)


def _tips(curve: _Curve, what: str) -> dict[str, str]:
    return {"at": what, "said": "Gain"} | ({"count": "Conversions"} if curve.numbered else {})


def _marked(mark: Mapping[str, Any], across: float, width: int, place: tuple[Any, Any]) -> Any:
    """Draw a large dot; the words beside it run to the side that has room for them."""
    import altair as alt  # noqa: PLC0415 - as above

    text = "text" if width >= WIDE_FROM_PX else "few"
    right = across + text_px(mark[text], bold=True) > width - _MARGIN_PX
    row = {name: value for name, value in mark.items() if name != "colour"}
    spot = alt.Chart(pd.DataFrame([row])).encode(x=place[0], y=place[1])
    words = spot.mark_text(
        align="right" if right else "left",
        baseline="bottom",
        dx=4 if right else -4,
        dy=-9,
        color=_WORDS[mark["colour"]],
        fontWeight="bold",
    )
    dot = spot.mark_point(filled=True, size=110, opacity=1, color=mark["colour"])
    return [dot.encode(tooltip=tips(text="Plan")), words.encode(text=f"{text}:N")]


__all__ = ["budget_chart", "frontier_chart"]
