"""The strip of probabilities: in what share of the draws each site converts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.model.uncertain_plans import MOSTLY, RARELY
from retail_portfolio.present.charts import Chart, _left, chart_from
from retail_portfolio.present.formats import percent
from retail_portfolio.present.palette import CONVERTS, INK, QUIET, REST, RULE
from retail_portfolio.present.words import store_words

if TYPE_CHECKING:
    from retail_portfolio.model.result import Result

_SOURCE: Final = "draws of assumptions.csv through closure, conversion and plan models"
_ROW_PX: Final = 17
_TAIL_PX: Final = 52
_WIDE_PX: Final = 500
_SELDOM: Final = 0.005
_KINDS: Final = ("converts in the base plan", "closes in the base plan")
_SHAPES: Final = ("diamond", "circle")


def probability_chart(stores: Result, register: pd.DataFrame) -> Chart | None:
    """Draw in what share of the draws each site converts, the surest first.

    Parameters
    ----------
    stores
        Result of `retail_portfolio.model.uncertain_plans.store_ranges`.
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

    def draw(width: int) -> Any:
        return _strip(drawn, width, proven=proven)

    title = stores.sentence
    if proven:
        title += f" A ring is the share of the {solved:,} draws whose plan is proven"
    said = "; ".join(
        f"{row['label']} {row['text']}{' (in the base plan)' if row['kind'] == _KINDS[0] else ''}"
        for row in drawn.to_dict("records")
    )
    return chart_from(
        draw,
        title=title.removesuffix("."),
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
    converts = sites["decision"].str.startswith("convert_").to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "label": labels.where(~twice, labels + " (" + known["store_id"] + ")").to_numpy(),
            "share": 100 * sites["probability"].to_numpy(float),
            "proven": 100 * sites["probability_solved"].to_numpy(float),
            "kind": [_KINDS[0] if each else _KINDS[1] for each in converts],
            "text": [_whole(share) for share in sites["probability"]],
        }
    )


def _whole(share: float) -> str:
    """Write a share in whole per cent, so that seldom does not read as never."""
    if 0 < share < _SELDOM:
        return "< 1 %"
    return "> 99 %" if 1 - _SELDOM < share < 1 else percent(round(share, 2))


def _strip(drawn: pd.DataFrame, width: int, *, proven: bool) -> Any:
    import altair as alt  # noqa: PLC0415 - two seconds to import

    labels = list(drawn["label"])
    left, wide = _left(labels, width), width >= _WIDE_PX
    scale = alt.Scale(domain=[0, 100], nice=False)
    axis = alt.Axis(
        title="Share of draws in which it converts, %" if wide else "Converts in, % of draws",
        values=[0, 25, 50, 75, 100],
        titleAnchor="start",
        orient="top",
    )
    rows = alt.Y(
        "label:N",
        sort=labels,
        axis=alt.Axis(title=None, grid=False, labelLimit=left, labelFontSize=11),
    )
    kinds = [kind for kind in _KINDS if kind in set(drawn["kind"])]
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=list(_KINDS), range=list(_SHAPES)),
        legend=alt.Legend(values=kinds, symbolType="circle", columns=2 if wide else 1),
    )
    colour = alt.Color("kind:N", scale=alt.Scale(domain=list(_KINDS), range=[CONVERTS, REST]))
    zone = alt.Chart(pd.DataFrame({"lo": [100 * RARELY], "hi": [100 * MOSTLY]}))
    base = alt.Chart(drawn).encode(y=rows)
    layers = [
        zone.mark_rect(color=RULE, opacity=0.45).encode(x=alt.X("lo:Q", scale=scale), x2="hi:Q"),
        base.mark_rule(color=RULE, strokeWidth=1).encode(
            x=alt.X("share:Q", scale=scale, axis=axis), x2=alt.datum(0)
        ),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=alt.X("share:Q", scale=scale, axis=axis), shape=shape, color=colour
        ),
        base.mark_text(align="left", baseline="middle", fontSize=11, dx=8).encode(
            x=alt.value(width - left - _TAIL_PX), text="text:N"
        ),
    ]
    if proven:
        ring = base.mark_point(filled=False, size=60, opacity=1, color=INK, strokeWidth=1.1)
        layers.append(ring.encode(x=alt.X("proven:Q", scale=scale, axis=axis)))
    note = pd.DataFrame({"at": [50.0], "text": ["could go either way"]})
    layers.append(
        alt.Chart(note)
        .mark_text(color=QUIET, fontSize=11, baseline="bottom", dy=-3)
        .encode(
            x=alt.X("at:Q", scale=scale, axis=axis),
            y=alt.value(_ROW_PX * len(labels)),
            text="text:N",
        )
    )
    return alt.layer(*layers).properties(
        width=width - left - _TAIL_PX, height=_ROW_PX * len(labels)
    )


__all__ = ["probability_chart"]
