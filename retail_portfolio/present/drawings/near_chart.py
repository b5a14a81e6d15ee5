"""The drawing of plans that gain almost as much: what each of them makes of which store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.model.targets import KEEP, RELOCATE
from retail_portfolio.present.drawings.axes import WIDE_FROM_PX, legend_of, names_of, tips
from retail_portfolio.present.drawings.drawing import Chart, chart_from
from retail_portfolio.present.drawings.letters import wrap_px
from retail_portfolio.present.formats import short
from retail_portfolio.present.palette import CONVERTS, INK, MOVES, REST, RULE
from retail_portfolio.present.words import TARGETS, target_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.settings.scenario_parts import Format
    from retail_portfolio.model.planning.plan_pool import NearOptimal
    from retail_portfolio.present.map_kinds import FormatLook

_SOURCE: Final = "plan model, each point proven; stores.csv, demand.csv and assumptions.csv"
_ROW_PX: Final = 24
_CLOSES: Final = "closes"
_SHAPES: Final = ("circle", "diamond", "square", "triangle-up", "cross")
_OTHERS: Final = {
    TARGETS[KEEP]: (INK, "triangle-down"),
    TARGETS[RELOCATE]: (MOVES, "triangle-right"),
}
"""Colour and shape of what a store becomes that is neither a format nor closed."""
_WHICH: Final = "which plan converts which site"


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
    currency = near.plans.words.currency
    behind = [short(usd) for usd in plans["behind_best_usd"]]
    drawn["behind"] = [f"{currency} {behind[plan - 1]}" for plan in drawn["plan"]]
    labels = list(dict.fromkeys(drawn["label"]))
    counts = drawn[drawn["kind"] != _CLOSES].groupby("label", sort=False).size()
    said = "; ".join(f"{name} in {counts.get(name, 0)} of {len(plans)}" for name in labels)
    title = f"{near.plans.sentence} {near.stores.sentence}"
    any_decision = bool(set(drawn["kind"]) & set(_OTHERS))
    dots = "which site does not close in which plan" if any_decision else _WHICH
    words = f"Dots: {dots}, those in which plans differ. {said}."
    return chart_from(
        partial(_draw_near, drawn, behind, currency), title=title, alt_text=words, source=_SOURCE
    )


def _draw_near(drawn: pd.DataFrame, behind: list[str], currency: str, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names, wide = names_of(drawn["label"], width), width >= WIDE_FROM_PX
    title = f"Plans, the best first{f': {currency} behind it' if wide else ''}"
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


__all__ = ["near_chart"]
