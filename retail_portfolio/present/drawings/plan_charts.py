"""The drawings of the plan: what the next conversion and money bring, and what good plans share.

The frontier marks the best plan and, beside it, the one that somebody named where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.inputs.speech import speech
from retail_portfolio.model.targets import KEEP, RELOCATE, converts
from retail_portfolio.present.drawings.axes import (
    WIDE_FROM_PX,
    Scale,
    legend_of,
    names_of,
    number_axis,
    scale_of,
    tips,
    upright_axis,
)
from retail_portfolio.present.drawings.drawing import Chart, chart_from
from retail_portfolio.present.drawings.letters import text_px, wrap_px
from retail_portfolio.present.formats import short, value_text
from retail_portfolio.present.own_words import in_its_words
from retail_portfolio.present.palette import CLOSES, CONVERTS, INK, MOVES, QUIET, REST, RULE
from retail_portfolio.present.words import TARGETS, target_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.settings.scenario_parts import Format
    from retail_portfolio.model.planning.plan_compare import Comparison
    from retail_portfolio.model.planning.plan_pool import NearOptimal
    from retail_portfolio.model.result import PlanResult, Result
    from retail_portfolio.present.map_kinds import FormatLook

_SOURCE: Final = "plan model, each point proven; stores.csv, demand.csv and assumptions.csv"
_HEIGHT_PX: Final = 270
_MARGIN_PX: Final = 68
_ROW_PX: Final = 24
_CLOSES: Final = "closes"
_SHAPES: Final = ("circle", "diamond", "square", "triangle-up", "cross")
_OTHERS: Final = {
    TARGETS[KEEP]: (INK, "triangle-down"),
    TARGETS[RELOCATE]: (MOVES, "triangle-right"),
}
"""Colour and shape of what a store becomes that is neither a format nor closed."""
_WHICH: Final = "which plan converts which site"
_GAIN: Final = "Gain over closing every store"
_NUMBERED: Final = 9
"""Points of the budgets at most that carry a number."""
#: What words of a colour are written in: orange letters cannot be read on light paper.
_WORDS: Final = {CONVERTS: CONVERTS, CLOSES: INK}


@in_its_words
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
    return _line(points, marks, ("Conversions", Scale(1.0, "")), by_number.sentence)


@in_its_words
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
    scale = scale_of("usd", table["budget_usd"])
    points = pd.DataFrame({"x": table["budget_usd"] / scale.divisor, "usd": table["objective_usd"]})
    # As many numbers as stand beside each other on a telephone; the last point has one.
    every, last = -(-len(table) // _NUMBERED), len(table) - 1
    points["count"] = [f"{count:.0f}" for count in table["conversions"]]
    points["text"] = [
        count if (last - at) % every == 0 else "" for at, count in enumerate(points["count"])
    ]
    at = int(table["objective_usd"].argmax())
    marks = [_mark(points.iloc[at], "highest", table["conversions"].iloc[at], CONVERTS)]
    at_points = f"Budget for building, {speech().currency}; the numbers at the line are conversions"
    return _line(points, marks, (at_points, scale), by_budget.sentence)


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


def _line(
    points: pd.DataFrame,
    marks: Sequence[Mapping[str, Any]],
    x_axis: tuple[str, Scale],
    title: str,
) -> Chart:
    """Draw a line with dots, and a few marks with their words."""
    curve = _curve(points, marks, x_axis)
    said = "; ".join(f"{row['at']}: {row['said']}" for row in curve.points.to_dict("records"))
    named = "; ".join(mark["text"] for mark in marks)
    words = f"Line with dots. {_first_words(x_axis[0])} and gain: {said}. Marked: {named}."
    return chart_from(partial(_draw_curve, curve), title=title, alt_text=words, source=_SOURCE)


def _curve(
    points: pd.DataFrame, marks: Sequence[Mapping[str, Any]], x_axis: tuple[str, Scale]
) -> _Curve:
    scale = scale_of("usd", points["usd"])
    drawn = points.assign(y=points["usd"] / scale.divisor).reset_index(drop=True)
    drawn["at"] = [_at(x, x_axis[1]) for x in drawn["x"]]
    drawn["said"] = [value_text(usd, "usd") for usd in drawn["usd"]]
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


def _at(x: float, scale: Scale) -> str:
    return value_text(x * scale.divisor, "usd" if scale.title else "")


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


# ------------------------------------------------------------------------- near-optimal plans
def near_chart(
    near: NearOptimal,
    names: Mapping[str, str],
    formats: Mapping[str, Format | FormatLook],
) -> Chart | None:
    """Draw what each plan makes of which store: a row a store that the plans differ in.

    Parameters
    ----------
    near
        What `retail_portfolio.model.planning.plan_pool.near_optimal` found.
    names
        Name of each store by its id.
    formats
        The formats by their code, for their labels.

    Returns
    -------
    Chart or None
        None where no other plan is found, or none that decides a store otherwise.
    """
    plans = near.plans.table
    drawn = _dots(near.stores.table, near.conversions, names, formats)
    if drawn.empty:
        return None
    behind, currency = [short(usd) for usd in plans["behind_best_usd"]], speech().currency
    drawn["behind"] = [f"{currency} {behind[plan - 1]}" for plan in drawn["plan"]]
    labels = list(dict.fromkeys(drawn["label"]))
    counts = drawn[drawn["kind"] != _CLOSES].groupby("label", sort=False).size()
    said = "; ".join(f"{name} in {counts.get(name, 0)} of {len(plans)}" for name in labels)
    title = f"{near.plans.sentence} {near.stores.sentence}"
    any_decision = bool(set(drawn["kind"]) & set(_OTHERS))
    dots = "which site does not close in which plan" if any_decision else _WHICH
    words = f"Dots: {dots}, those in which plans differ. {said}."
    return chart_from(
        partial(_draw_near, drawn, behind), title=title, alt_text=words, source=_SOURCE
    )


def _draw_near(drawn: pd.DataFrame, behind: list[str], width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names, wide = names_of(drawn["label"], width), width >= WIDE_FROM_PX
    title = f"Plans, the best first{f': {speech().currency} behind it' if wide else ''}"
    kinds = [*(one for one in dict.fromkeys(drawn["kind"]) if one != _CLOSES), _CLOSES]
    paints, shapes = _looks(kinds)
    plot = width - names.left - 14
    axis = alt.Axis(
        title=wrap_px(title, plot),
        titleAnchor="start",
        grid=False,
        labelAngle=0,
        labelExpr=f"{behind}[datum.value - 1]" if wide else "datum.label",
    )
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=shapes),
        legend=legend_of(kinds, width, names.left),
    )
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=paints))
    size = alt.condition(f"datum.kind !== '{_CLOSES}'", alt.value(110), alt.value(20))
    dots = alt.Chart(drawn.assign(row=names.of(drawn["label"])))
    return (
        dots.mark_point(filled=True, opacity=1)
        .encode(
            x=alt.X("plan:O", axis=axis),
            y=names.y(grid=True, gridColor=RULE),
            shape=shape,
            color=colour,
            size=size,
            tooltip=tips(label="Site", kind="Becomes", behind="Behind the best plan"),
        )
        .properties(width=plot, height=names.row_px(_ROW_PX) * len(names.texts))
    )


def _looks(kinds: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the colour and the shape of every kind of dot."""
    spare = iter(_SHAPES)
    looks = [
        (REST, "circle") if kind == _CLOSES else _OTHERS.get(kind) or (CONVERTS, next(spare))
        for kind in kinds
    ]
    return [colour for colour, _ in looks], [shape for _, shape in looks]


def _dots(
    stores: pd.DataFrame,
    conversions: Sequence[Sequence[str]],
    names: Mapping[str, str],
    formats: Mapping[str, Format | FormatLook],
) -> pd.DataFrame:
    """Return a row a dot: store, plan, and what it becomes there; stores that plans differ in."""
    found = []
    taken: dict[str, int] = {}
    for store_id in stores["store_id"]:
        becomes = [
            {one.partition(":")[0]: one.partition(":")[2] for one in plan}.get(store_id, "")
            for plan in conversions
        ]
        if len(set(becomes)) == 1:
            continue
        name = names.get(store_id, store_id)
        taken[name] = taken.get(name, 0) + 1
        label = name if taken[name] == 1 else f"{name} ({store_id})"
        for plan, code in enumerate(becomes, start=1):
            kind = target_words(code, formats) or _CLOSES
            found.append((label, plan, kind))
    return pd.DataFrame(found, columns=["label", "plan", "kind"])


__all__ = ["budget_chart", "frontier_chart", "near_chart"]
