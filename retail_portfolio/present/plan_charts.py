"""The drawings of the plan: what the next conversion and dollar bring, and what good plans share.

The frontier marks the best plan and, beside it, the one that somebody named where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.present.charts import _left, _scale
from retail_portfolio.present.drawing import Chart, chart_from
from retail_portfolio.present.formats import short, value_text
from retail_portfolio.present.palette import CLOSES, CONVERTS, QUIET, REST, RULE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.scenario_parts import Format
    from retail_portfolio.model.plan_compare import Comparison
    from retail_portfolio.model.plan_pool import NearOptimal
    from retail_portfolio.model.result import PlanResult, Result
    from retail_portfolio.present.map_data import FormatLook

_SOURCE: Final = "plan model, each point proven; stores.csv, demand.csv and assumptions.csv"
_HEIGHT_PX: Final = 270
_MARGIN_PX: Final = 80
_WIDE_PX: Final = 500
_LETTER_PX: Final = 6.4
_ROW_PX: Final = 24
_CLOSES: Final = "closes"
_SHAPES: Final = ("circle", "diamond", "square", "triangle-up", "cross")
_GAIN: Final = "Gain over closing every store"


def frontier_chart(
    by_number: Result, choice: PlanResult, mine: Comparison | None = None
) -> Chart | None:
    """Draw the best gain for each number of conversions, the best plan on it, a named one below.

    Parameters
    ----------
    by_number
        Result of `retail_portfolio.model.plan_pool.frontier_by_number`.
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
    return _line(points, marks, ("Conversions", "Conversions"), by_number.sentence)


def budget_chart(by_budget: Result) -> Chart | None:
    """Draw the best gain for each budget, with the number of conversions at every point.

    Parameters
    ----------
    by_budget
        Result of `retail_portfolio.model.plan_pool.frontier_by_budget`.

    Returns
    -------
    Chart or None
        None where no conversion gains, whatever the budget.
    """
    table = by_budget.table
    if len(table) < 2:  # noqa: PLR2004 - as above
        return None
    scale = _scale("usd", table["budget_usd"])
    points = pd.DataFrame({"x": table["budget_usd"] / scale.divisor, "usd": table["objective_usd"]})
    points["text"] = [f"{count:.0f}" for count in table["conversions"]]
    at = int(table["objective_usd"].argmax())
    marks = [_mark(points.iloc[at], "highest", table["conversions"].iloc[at], CONVERTS)]
    titles = (
        f"Budget for building, {scale.title}; the numbers are conversions",
        f"Budget, {scale.title}; numbers: conversions",
    )
    return _line(points, marks, titles, by_budget.sentence)


def _plan_mark(plan: PlanResult, who: str, colour: str) -> dict[str, Any]:
    count = float(plan.table["decision"].ne("close").sum())
    return _mark(pd.Series({"x": count, "usd": plan.objective_usd}), who, count, colour)


def _mark(point: pd.Series, who: str, count: float, colour: str) -> dict[str, Any]:
    """Return a point to be marked, with its words and those for a telephone."""
    gain = short(point["usd"])
    words = f"{who}: {count:.0f} conversion{'' if count == 1 else 's'}, {gain}"
    at = {"x": float(point["x"]), "usd": float(point["usd"]), "colour": colour}
    return at | {"text": words, "few": f"{who}: {gain}"}


def _line(
    points: pd.DataFrame,
    marks: Sequence[Mapping[str, Any]],
    x_titles: tuple[str, str],
    title: str,
) -> Chart:
    """Draw a line with dots, and a few marks with their words."""
    scale = _scale("usd", points["usd"])
    drawn = points.assign(y=points["usd"] / scale.divisor).reset_index(drop=True)
    special = pd.DataFrame(marks).assign(y=lambda f: f["usd"] / scale.divisor)
    low, high = float(drawn["x"].min()), float(max(drawn["x"].max(), special["x"].max()))
    top = float(max(drawn["y"].max(), special["y"].max(), 0.0))
    bottom = float(min(drawn["y"].min(), special["y"].min(), 0.0))
    room = 0.12 * (top - bottom)  # for the words above the highest mark
    numbered = "text" in drawn
    bottom -= room if numbered else 0.0  # for the numbers below the dots
    ticks: dict[str, Any] = {} if numbered else {"tickMinStep": 1}

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - two seconds to import

        wide = width >= _WIDE_PX
        x = alt.X(
            "x:Q",
            axis=alt.Axis(title=x_titles[not wide], titleAnchor="start", tickCount=6, **ticks),
            scale=alt.Scale(domain=[low, high], nice=False),
        )
        y = alt.Y(
            "y:Q",
            axis=alt.Axis(title=f"{_GAIN}, {scale.title}", tickCount=5, titleAnchor="start"),
            scale=alt.Scale(domain=[bottom, top + room], nice=False),
        )
        base = alt.Chart(drawn).encode(x=x, y=y)
        layers = [
            base.mark_line(color=REST, strokeWidth=2),
            base.mark_point(filled=True, size=36, opacity=1, color=REST),
        ]
        if numbered:
            layers.append(
                base.mark_text(dy=15, dx=2, align="left", color=QUIET).encode(text="text:N")
            )
        for mark in special.to_dict("records"):
            # Words beside a mark run to the side that has room for them.
            across = (width - _MARGIN_PX) * (mark["x"] - low) / (high - low)
            text = "text" if wide else "few"
            right = across + _LETTER_PX * (len(mark[text]) + 1) > width - _MARGIN_PX
            spot = alt.Chart(pd.DataFrame([mark])).encode(x=x, y=y)
            colour = mark["colour"]
            layers += [
                spot.mark_point(filled=True, size=110, opacity=1, color=colour),
                spot.mark_text(
                    align="right" if right else "left",
                    baseline="bottom",
                    dx=4 if right else -4,
                    dy=-9,
                    color=colour,
                    fontWeight="bold",
                ).encode(text=f"{text}:N"),
            ]
        return alt.layer(*layers).properties(width=width - _MARGIN_PX, height=_HEIGHT_PX)

    said = "; ".join(
        f"{row['x']:,.0f}: {value_text(row['usd'], 'usd')}" for row in drawn.to_dict("records")
    )
    named = "; ".join(mark["text"] for mark in marks)
    words = f"Line with dots. {x_titles[1]} and gain: {said}. Marked: {named}."
    return chart_from(draw, title=title, alt_text=words, source=_SOURCE)


# ------------------------------------------------------------------------- near-optimal plans
def near_chart(
    near: NearOptimal,
    names: Mapping[str, str],
    formats: Mapping[str, Format | FormatLook],
) -> Chart | None:
    """Draw which plan converts which store to what: a row a store that the plans differ in.

    Parameters
    ----------
    near
        What `retail_portfolio.model.plan_pool.near_optimal` found.
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
    labels = list(dict.fromkeys(drawn["label"]))
    kinds = [one for one in dict.fromkeys(drawn["kind"]) if one != _CLOSES]
    behind = [f"{usd / 1e6:,.1f}" for usd in plans["behind_best_usd"]]

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - two seconds to import

        left, wide = _left(labels, width), width >= _WIDE_PX
        axis = alt.Axis(
            title=f"Plans, the best first{': USD million behind it' if wide else ''}",
            titleAnchor="start",
            grid=False,
            labelAngle=0,
            labelExpr=f"{behind}[datum.value - 1]" if wide else "datum.label",
        )
        shape = alt.Shape(
            "kind:N",
            scale=alt.Scale(domain=[*kinds, _CLOSES], range=[*_SHAPES[: len(kinds)], "circle"]),
            legend=alt.Legend(
                values=[*kinds, _CLOSES], symbolType="circle", columns=0 if wide else 1
            ),
        )
        colour = alt.Color(
            "kind:N",
            scale=alt.Scale(domain=[*kinds, _CLOSES], range=[CONVERTS] * len(kinds) + [REST]),
        )
        size = alt.condition(f"datum.kind !== '{_CLOSES}'", alt.value(110), alt.value(20))
        dots = (
            alt.Chart(drawn)
            .mark_point(filled=True, opacity=1)
            .encode(
                x=alt.X("plan:O", axis=axis),
                y=alt.Y(
                    "label:N",
                    sort=labels,
                    axis=alt.Axis(title=None, grid=True, gridColor=RULE, labelLimit=left),
                ),
                shape=shape,
                color=colour,
                size=size,
            )
        )
        return dots.properties(width=width - left - 24, height=_ROW_PX * len(labels))

    converts = drawn[drawn["kind"] != _CLOSES].groupby("label", sort=False).size()
    said = "; ".join(f"{name} in {converts.get(name, 0)} of {len(plans)}" for name in labels)
    title = f"{near.plans.sentence} {near.stores.sentence}"
    words = f"Dots: which plan converts which site, those in which plans differ. {said}."
    return chart_from(draw, title=title, alt_text=words, source=_SOURCE)


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
            kind = formats[code].label if code in formats else code or _CLOSES
            found.append((label, plan, kind))
    return pd.DataFrame(found, columns=["label", "plan", "kind"])


__all__ = ["budget_chart", "frontier_chart", "near_chart"]
