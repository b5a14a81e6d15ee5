"""The strip of probabilities: in what share of the draws each site converts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.model.planning.plan_odds import MOSTLY, RARELY
from retail_portfolio.model.targets import CLOSE, KEEP, RELOCATE
from retail_portfolio.present.drawings.axes import (
    WIDE_FROM_PX,
    Scale,
    legend_of,
    names_of,
    number_axis,
    tips,
)
from retail_portfolio.present.drawings.charts import Chart, chart_from
from retail_portfolio.present.formats import percent
from retail_portfolio.present.palette import CONVERTS, INK, MOVES, QUIET, REST, RULE
from retail_portfolio.present.words import store_words

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from retail_portfolio.model.result import Result

_SOURCE: Final = "draws of assumptions.csv through closure, conversion and plan models"
_ROW_PX: Final = 17
_TAIL_PX: Final = 52
_DOT_PX: Final = 6  # from the middle of a dot at zero to the names
_AXIS_PX: Final = 42  # of the axis, which stands above
_SHARES: Final = Scale(0.01, "share", "%")
_SELDOM: Final = 0.005
_CLOSES: Final = "closes in the base plan"
_CONVERTS: Final = "converts in the base plan"
_LOOKS: Final = {
    _CONVERTS: ("diamond", CONVERTS),
    _CLOSES: ("circle", REST),
    "stays open in the base plan": ("triangle-down", INK),
    "moves in the base plan": ("triangle-right", MOVES),
}
"""Shape and colour of a site by what the base plan makes of it, in the order of the legend."""
_KINDS: Final = dict(zip((CLOSE, KEEP, RELOCATE), tuple(_LOOKS)[1:], strict=True))


def probability_chart(stores: Result, register: pd.DataFrame) -> Chart | None:
    """Draw in what share of the draws each site converts, the surest first.

    Parameters
    ----------
    stores
        Result of `retail_portfolio.model.uncertain.uncertain_plans.store_ranges`.
    register
        The register of stores, for their names.

    Returns
    -------
    Chart or None
        None where no site is a candidate, or no draw was looked at.
    """
    drawn = _drawn(stores.table, register)
    if drawn.empty:
        return None
    first = stores.table.iloc[0]
    solved, screened = int(first["draws_solved"]), int(first["draws_screened"])
    # Where every draw is solved the two shares are one and the same.
    proven = solved > 0 and screened > 0

    ring = f"A ring is the share of the {solved:,} draws whose plan is proven."
    said = "; ".join(map(_said, drawn.to_dict("records")))
    return chart_from(
        partial(_strip, drawn, proven=proven),
        title=stores.sentence.removesuffix("."),
        note=ring if proven else "",
        alt_text=f"Share of draws in which each site converts. {said}.",
        source=f"{_SOURCE}; {solved:,} plans solved with proof, {screened:,} screened",
    )


def _drawn(table: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return a row a candidate: its name, its shares in per cent and its place in the base plan."""
    sites = table[table["probability"].notna()].sort_values(
        ["probability", "store_id"], ascending=[False, True], kind="stable"
    )
    known = register.set_index("store_id").loc[sites["store_id"]].reset_index()
    labels = store_words(known)
    twice = labels.duplicated(keep=False)
    return pd.DataFrame(
        {
            "label": labels.where(~twice, labels + " (" + known["store_id"] + ")").to_numpy(),
            "share": 100 * sites["probability"].to_numpy(float),
            "proven": 100 * sites["probability_solved"].to_numpy(float),
            "kind": [_KINDS.get(each, _CONVERTS) for each in sites["decision"]],
            "others": [_others(row) for row in sites.to_dict("records")],
            "text": [_whole(share) for share in sites["probability"]],
        }
    )


def _others(row: Mapping[Hashable, Any]) -> str:
    """Say in what share of the draws a site stays open and moves, where it ever does."""
    words = (("stays open", KEEP), ("moves", RELOCATE))
    shares = [(said, row.get(f"probability_{target}", 0.0)) for said, target in words]
    return ", ".join(f"{said} in {_whole(share)}" for said, share in shares if share > 0)


def _said(row: Mapping[Hashable, Any]) -> str:
    """Say the share of a site, what else becomes of it, and what the base plan makes of it."""
    others = f", {row['others']}" if row["others"] else ""
    base = "in the base plan" if row["kind"] == _CONVERTS else row["kind"]
    return f"{row['label']} {row['text']}{others}{'' if base == _CLOSES else f' ({base})'}"


def _whole(share: float) -> str:
    """Write a share in whole per cent, so that seldom does not read as never."""
    if 0 < share < _SELDOM:
        return "< 1 %"
    return "> 99 %" if 1 - _SELDOM < share < 1 else percent(round(share, 2))


def _strip(drawn: pd.DataFrame, width: int, *, proven: bool) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    names = names_of(drawn["label"], width, 11)
    row, left = names.row_px(_ROW_PX), names.left + _DOT_PX
    plot, height = width - left - _TAIL_PX, row * len(names.texts)
    said = drawn.assign(row=names.of(drawn["label"]), inside=_inside(drawn, proven=proven))
    base = alt.Chart(said).encode(y=names.y(labelPadding=6 + _DOT_PX))
    x = _across(width)
    layers = [
        _zone(x("lo"), height),
        base.mark_rule(color=RULE, strokeWidth=1).encode(x=x("share"), x2=alt.datum(0)),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=x("share"),
            tooltip=tips(label="Site", inside="Converts"),
            **_kinds(drawn, width, left),
        ),
        base.mark_text(align="left", baseline="middle", fontSize=11, dx=8).encode(
            x=alt.value(plot), text="text:N"
        ),
    ]
    if proven:
        ring = base.mark_point(filled=False, size=60, opacity=1, color=INK, strokeWidth=1.1)
        layers.append(ring.encode(x=x("proven")))
    return alt.layer(*layers).properties(width=plot, height=height)


def _across(width: int) -> Callable[[str], Any]:
    """Return what x is drawn by for a column of shares in per cent."""
    import altair as alt  # noqa: PLC0415 - as above

    wide = width >= WIDE_FROM_PX
    title = "Share of draws in which it converts" if wide else "Converts in this share of draws"
    axis = number_axis(_SHARES, title, values=[0, 25, 50, 75, 100], orient="top")
    scale = alt.Scale(domain=[0, 100], nice=False)
    return lambda column: alt.X(f"{column}:Q", scale=scale, axis=axis)


def _kinds(drawn: pd.DataFrame, width: int, left: int) -> dict[str, Any]:
    """Return the shapes and colours of what converts and what closes in the base plan."""
    import altair as alt  # noqa: PLC0415 - as above

    kinds = [kind for kind in _LOOKS if kind in set(drawn["kind"])]
    known = [kind for kind in _LOOKS if kind in {_CONVERTS, _CLOSES, *kinds}]
    shapes = alt.Scale(domain=known, range=[_LOOKS[kind][0] for kind in known])
    paints = alt.Scale(domain=known, range=[_LOOKS[kind][1] for kind in known])
    legend = legend_of(known, width, left, _AXIS_PX, values=kinds)
    return {
        "shape": alt.Shape("kind:N", scale=shapes, legend=legend),
        "color": alt.Color("kind:N", scale=paints),
    }


def _inside(drawn: pd.DataFrame, *, proven: bool) -> list[str]:
    """Say a site's shares in words, for the pointer."""
    return [
        f"{row['text']} of the draws"
        + (f"; {percent(row['proven'] / 100)} of those proven" if proven else "")
        + (f"; {row['others']}" if row["others"] else "")
        for row in drawn.to_dict("records")
    ]


def _zone(x: Any, height: float) -> Any:
    """Shade the shares that could go either way, and say so."""
    import altair as alt  # noqa: PLC0415 - as above

    ends = pd.DataFrame({"lo": [100 * RARELY], "hi": [100 * MOSTLY]})
    shade = alt.Chart(ends).mark_rect(color=RULE, opacity=0.45).encode(x=x, x2="hi:Q")
    middle = ends.assign(lo=ends.mean(axis=1), text="could go either way")
    words = alt.Chart(middle).mark_text(color=QUIET, fontSize=11, baseline="bottom", dy=-3)
    return shade + words.encode(x=x, y=alt.value(height), text="text:N")


__all__ = ["probability_chart"]
