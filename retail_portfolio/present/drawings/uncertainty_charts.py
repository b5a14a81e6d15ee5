"""The drawings of what moves the totals: alone, in the variance, and what to look up.

Their ranges are drawn by `retail_portfolio.present.drawings.uncertainty_fan`, and how often each
site converts by `retail_portfolio.present.drawings.uncertainty_strip`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from retail_portfolio.model.sampling.sobol import ALL_OTHERS
from retail_portfolio.model.uncertain.uncertainty import labels_of
from retail_portfolio.present.drawings.axes import Scale, legend_of, scale_of
from retail_portfolio.present.drawings.charts import Chart, chart_from
from retail_portfolio.present.drawings.named_rows import (
    BAR_PX,
    EDGE_PX,
    across,
    bars,
    named_rows,
    names_above,
    said_beside,
    ticks,
)
from retail_portfolio.present.drawings.uncertainty_fan import (
    SKY,
    SOURCE,
    title_of,
    total_words,
    totals_named,
)
from retail_portfolio.present.formats import percent, range_text, short, value_text
from retail_portfolio.present.palette import CONVERTS, INK
from retail_portfolio.present.words import walk_out

if TYPE_CHECKING:
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.result import Result
    from retail_portfolio.model.sampling.information import InformationResult

_DRIVERS: Final = 10
_BEHIND: Final = 5
_LOOK_UP: Final = 12
_LEAST_SHARE: Final = 0.005


# ------------------------------------------------------------------------------------ tornado
def tornado_chart(drivers: Result, total: str) -> Chart | None:
    """Draw what each assumption does alone to a total, the ten that move it most.

    Parameters
    ----------
    drivers
        Result of `retail_portfolio.model.uncertain.uncertain_drivers.drivers`.
    total
        Which total, by its key.

    Returns
    -------
    Chart or None
        None where nothing moves the total, or the case has no such total.
    """
    table = drivers.table[drivers.table["output"] == total].head(_DRIVERS)
    if table.empty:
        return None
    words, currency = drivers.words, drivers.words.currency
    unit = labels_of(walk_out(words))[total][1]
    scale = scale_of(unit, pd.concat([table["at_low"], table["at_high"]]), currency)
    first = table.iloc[0]
    low, high = sorted((first["at_low"], first["at_high"]))

    told = "; ".join(
        f"{row['description']}: {short(row['at_low'])} at its low, {short(row['at_high'])} at its "
        "high"
        for row in table.to_dict("records")
    )
    return chart_from(
        partial(_tornado, table, scale),
        title=f'What moves {total_words(total, words)} most: "{first["description"]}", '
        f"{range_text(low, high, unit, currency)} with all else at its base",
        alt_text=f"Bars from the base to both ends. {told}.",
        source=f"{SOURCE}; each assumption alone at its 5th and its 95th percentile",
    )


def _tornado(table: pd.DataFrame, scale: Scale, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    rows, ends = named_rows(list(table["description"]), width), ("at its low", "at its high")
    columns = ["base", "at_low", "at_high"]
    base, low, high = (table[c].to_numpy(float) / scale.divisor for c in columns)
    drawn = pd.DataFrame({"lo": base, "y": rows.bar_y, "name": table["description"].to_numpy()})
    both = pd.concat(
        drawn.assign(hi=values, end=end, said=[f"{short(v * scale.divisor)} {end}" for v in values])
        for values, end in zip((low, high), ends, strict=True)
    )
    scaled, axis = across([*base, *low, *high], (56, 56), width, scale)
    x = alt.X("lo:Q", scale=scaled, axis=axis)
    colour = alt.Color(
        "end:N",
        scale=alt.Scale(domain=list(ends), range=[SKY, CONVERTS]),
        legend=legend_of(
            ends, width, above=8, symbolType="stroke", symbolStrokeWidth=9, symbolSize=200
        ),
    )
    layers = [names_above(rows), bars(both, x, BAR_PX - 5, colour)]
    at = alt.X("at:Q", scale=scaled, axis=axis)
    layers.append(ticks(pd.DataFrame({"at": base, "y": rows.bar_y}), at))
    least, most = np.minimum(low, high), np.maximum(low, high)
    beside = [
        pd.DataFrame(
            {"at": values, "y": rows.bar_y, "text": [short(v * scale.divisor) for v in values]}
        )
        for values in (least, most)
    ]
    layers.append(said_beside(beside[0][least < base], at, "right"))
    layers.append(said_beside(beside[1][most > base], at, "left"))
    return alt.layer(*layers).properties(width=width - EDGE_PX, height=rows.height)


# -------------------------------------------------------------------------------- Sobol indices
def indices_chart(indices: Result) -> Chart | None:
    """Draw which share of the variance of each total goes with which assumption.

    Parameters
    ----------
    indices
        Result of `retail_portfolio.model.uncertain.uncertain_drivers.indices`.

    Returns
    -------
    Chart or None
        One panel a total; None where nothing varies.
    """
    table = indices.table[indices.table["total"] > _LEAST_SHARE]
    if table.empty:
        return None
    totals, words = list(dict.fromkeys(table["output"])), indices.words

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - as above

        most = float((table["total"] + table["total_width"]).max())
        shown = [table[table["output"] == each].head(_BEHIND) for each in totals]
        panels = [_indices(each, most, words, width) for each in shown]
        return alt.vconcat(*panels, spacing=14)

    single = table[table["name"] != ALL_OTHERS].drop_duplicates("output")
    if single.empty:
        return None
    first = single.iloc[0]
    said = "; ".join(
        f"{percent(row['total'])} of that of {total_words(row['output'], words)} with "
        f"{row['description']}"
        for row in single.to_dict("records")
    )
    return chart_from(
        draw,
        title=f"{percent(first['total'])} of the variance of {total_words(first['output'], words)} "
        f'goes with "{first["description"]}"',
        note="Dark is what a name does by itself, light what it does with others too.",
        alt_text=f"Bars of Sobol indices: shares of the variance of each total. {said}.",
        source=f"{SOURCE}; Sobol indices, thin lines the width that chance leaves",
    )


def _indices(table: pd.DataFrame, most: float, words: Speech, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    rows = named_rows([title_of(str(each)) for each in table["description"]], width)
    drawn = table[["first_order", "total", "total_width"]].clip(lower=0.0) * 100
    drawn = drawn.assign(lo=0.0, y=rows.bar_y, name=table["description"])
    scale = Scale(0.01, "share", "%")
    scaled, axis = across([0.0, 100 * most], (2, 48), width, scale, "Share of the variance")
    x = alt.X("lo:Q", scale=scaled, axis=axis)
    spread = drawn.assign(
        lo=(drawn["total"] - drawn["total_width"]).clip(lower=0.0),
        hi=drawn["total"] + drawn["total_width"],
    )
    beside = spread.assign(at=spread[["hi", "first_order"]].max(axis=1))
    beside["text"] = [percent(round(share, 2)) for share in table["total"]]
    head = alt.TitleParams(
        text=totals_named(table["output"], words)[0], anchor="start", fontSize=13, offset=6
    )
    layers = (
        names_above(rows),
        bars(_shares(drawn, table, "total", "with others"), x, BAR_PX - 4, SKY),
        bars(_shares(drawn, table, "first_order", "by itself"), x, BAR_PX - 10, CONVERTS),
        bars(spread, x, 1.2, INK),
        said_beside(beside, alt.X("at:Q", scale=scaled, axis=axis), "left"),
    )
    return alt.layer(*layers).properties(width=width - EDGE_PX, height=rows.height, title=head)


def _shares(drawn: pd.DataFrame, table: pd.DataFrame, column: str, words: str) -> pd.DataFrame:
    said = [f"{percent(round(max(share, 0.0), 2))} {words}" for share in table[column]]
    return drawn.assign(hi=drawn[column], said=said)


# ------------------------------------------------------------------------ what to look up next
def information_chart(worth: InformationResult | None) -> Chart | None:
    """Draw what knowing each assumption before the plan is chosen would be worth.

    Parameters
    ----------
    worth
        Result of `retail_portfolio.model.uncertain.uncertain_drivers.worth_knowing`.

    Returns
    -------
    Chart or None
        None where there is no such result, or nothing is worth more than chance would show.
    """
    if worth is None or not worth.table["above_noise"].any():
        return None
    table, currency = worth.table[worth.table["above_noise"]].head(_LOOK_UP), worth.words.currency
    scale = scale_of("usd", table["evppi"], currency)
    said = [value_text(usd, "usd", currency) for usd in table["evppi"]]
    names = list(table["description"])
    told = "; ".join(f"{name}: {usd}" for name, usd in zip(names, said, strict=True))
    floor_words = value_text(worth.floor, "usd", currency)
    return chart_from(
        partial(_information, table.assign(said=said), scale, worth.floor),
        title=f'What we would look up next: "{names[0]}", worth {said[0]} to know before the plan '
        "is chosen",
        note=f"Ticks mark what chance alone shows, {floor_words}.",
        alt_text=f"Bars of the value of knowing. {told}. Chance alone: {floor_words}.",
        source=f"{SOURCE}; value of perfect information on one assumption",
    )


def _information(table: pd.DataFrame, scale: Scale, floor_usd: float, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    rows = named_rows(list(table["description"]), width)
    floor = floor_usd / scale.divisor
    drawn = pd.DataFrame({"lo": 0.0, "hi": table["evppi"] / scale.divisor, "y": rows.bar_y})
    drawn = drawn.assign(name=table["description"], said=table["said"])
    scaled, axis = across([0.0, *drawn["hi"], floor], (2, 56), width, scale)
    at = alt.X("at:Q", scale=scaled, axis=axis)
    beside = drawn.assign(at=drawn["hi"], text=[short(each) for each in table["evppi"]])
    layers = (
        names_above(rows),
        bars(drawn, alt.X("lo:Q", scale=scaled, axis=axis), BAR_PX - 4, CONVERTS),
        ticks(pd.DataFrame({"at": floor, "y": rows.bar_y}), at),
        said_beside(beside, at, "left"),
    )
    return alt.layer(*layers).properties(width=width - EDGE_PX, height=rows.height)
