"""The drawings of uncertainty: ranges, what moves them, and what to look up.

How often each site converts is drawn by `retail_portfolio.present.drawings.uncertainty_strip`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from retail_portfolio.inputs.speech import speech
from retail_portfolio.model.drawn.uncertain_totals import words_of
from retail_portfolio.model.drawn.uncertainty import labels_of
from retail_portfolio.model.sampling.sobol import ALL_OTHERS
from retail_portfolio.present.drawings.axes import Scale, legend_of, scale_of
from retail_portfolio.present.drawings.charts import Chart, chart_from
from retail_portfolio.present.drawings.named_rows import (
    BAR_PX,
    EDGE_PX,
    across,
    bars,
    named_rows,
    names_above,
    pixels_down,
    said_beside,
    ticks,
)
from retail_portfolio.present.formats import percent, range_text, short, value_text
from retail_portfolio.present.own_words import in_its_words
from retail_portfolio.present.palette import CONVERTS, INK, INKS, REST
from retail_portfolio.present.words import walk_out

if TYPE_CHECKING:
    from retail_portfolio.model.result import Result
    from retail_portfolio.model.sampling.information import InformationResult

_SOURCE: Final = "draws of assumptions.csv through closure, conversion, plan and checkout models"
_SKY: Final = INKS["sky"][0]
_DRIVERS: Final = 10
_BEHIND: Final = 5
_LOOK_UP: Final = 12
_LEAST_SHARE: Final = 0.005
_UNIT_ORDER: Final = ("usd", "usd_year", "stores")


def _direct(value: float, unit: str) -> str:
    """Write the number in a name, whose unit stands on the axis."""
    return short(value).replace(" ", "\u00a0") if unit != "stores" else f"{value:.0f}"


def _total(key: object) -> str:
    """Return what a sentence calls a total."""
    return words_of(walk_out())[str(key)]


def _title(words: str) -> str:
    return words[:1].upper() + words[1:]


# ------------------------------------------------------------------------------------- ranges
@in_its_words
def fan_chart(totals: Result) -> Chart | None:
    """Draw the range of every total: median, middle half, nine draws of ten, and the base.

    Parameters
    ----------
    totals
        Result of `retail_portfolio.model.drawn.uncertain_totals.ranges`.

    Returns
    -------
    Chart or None
        One panel a unit; None where nothing was drawn.
    """
    table = totals.table[totals.table["p50"].notna()]
    if table.empty:
        return None
    units = [unit for unit in _UNIT_ORDER if unit in set(table["unit"])]

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - as above

        panels = [_fan(table[table["unit"] == unit], unit, width) for unit in units]
        return alt.vconcat(*panels, spacing=14)

    told = "; ".join(
        f"{_title(_total(row['key']))}: median {value_text(row['p50'], row['unit'])}, "
        f"{range_text(row['p5'], row['p95'], row['unit'])}"
        for row in table.to_dict("records")
    )
    return chart_from(
        draw,
        title=totals.sentence,
        note="Thin lines hold nine draws of ten, thick ones the middle half; the dot is the median "
        "and the upright tick the base case.",
        alt_text=f"Ranges by total, fifth to 95th percentile. {told}.",
        source=_SOURCE,
    )


def _fan(table: pd.DataFrame, unit: str, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    scale = scale_of(unit, table["p95"])
    names = [
        f"{_title(_total(key))}: {_direct(middle, unit)}"
        for key, middle in zip(table["key"], table["p50"], strict=True)
    ]
    rows = named_rows(names, width)
    drawn = table[["base", "p5", "p25", "p50", "p75", "p95"]].astype(float) / scale.divisor
    drawn = drawn.assign(y=rows.bar_y, name=[_title(_total(key)) for key in table["key"]])
    lead = f"{speech().currency} "
    spans = [
        range_text(low, high, "usd" if unit != "stores" else "").removeprefix(lead)
        for low, high in zip(table["p5"], table["p95"], strict=True)
    ]
    scaled, axis = across(
        [0.0, *drawn[["base", "p5", "p95"]].to_numpy().ravel()], (4, 116), width, scale
    )

    def x(column: str) -> Any:
        return alt.X(f"{column}:Q", scale=scaled, axis=axis)

    def span(low: str, high: str) -> pd.DataFrame:
        said = [range_text(*ends, unit) for ends in zip(table[low], table[high], strict=True)]
        return drawn.assign(lo=drawn[low], hi=drawn[high], said=said)[
            ["lo", "hi", "y", "name", "said"]
        ]

    dots = alt.Chart(drawn).mark_point(filled=True, size=70, opacity=1, color=CONVERTS)
    beside = drawn.assign(at=drawn[["p95", "base"]].max(axis=1), text=spans)
    layers = (
        names_above(rows),
        bars(span("p5", "p95"), x("lo"), 2, REST),
        bars(span("p25", "p75"), x("lo"), 7, _SKY),
        ticks(drawn, x("base")),
        dots.encode(x=x("p50"), y=pixels_down("y")),
        said_beside(beside, x("at"), "left"),
    )
    return alt.layer(*layers).properties(width=width - EDGE_PX, height=rows.height)


# ------------------------------------------------------------------------------------ tornado
@in_its_words
def tornado_chart(drivers: Result, total: str) -> Chart | None:
    """Draw what each assumption does alone to a total, the ten that move it most.

    Parameters
    ----------
    drivers
        Result of `retail_portfolio.model.drawn.uncertain_totals.drivers`.
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
    unit = labels_of(walk_out())[total][1]
    scale = scale_of(unit, pd.concat([table["at_low"], table["at_high"]]))
    first = table.iloc[0]
    low, high = sorted((first["at_low"], first["at_high"]))

    told = "; ".join(
        f"{row['description']}: {short(row['at_low'])} at its low, {short(row['at_high'])} at its "
        "high"
        for row in table.to_dict("records")
    )
    return chart_from(
        partial(_tornado, table, scale),
        title=f'What moves {_total(total)} most: "{first["description"]}", '
        f"{range_text(low, high, unit)} with all else at its base",
        alt_text=f"Bars from the base to both ends. {told}.",
        source=f"{_SOURCE}; each assumption alone at its 5th and its 95th percentile",
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
        scale=alt.Scale(domain=list(ends), range=[_SKY, CONVERTS]),
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
@in_its_words
def indices_chart(indices: Result) -> Chart | None:
    """Draw which share of the variance of each total goes with which assumption.

    Parameters
    ----------
    indices
        Result of `retail_portfolio.model.drawn.uncertain_totals.indices`.

    Returns
    -------
    Chart or None
        One panel a total; None where nothing varies.
    """
    table = indices.table[indices.table["total"] > _LEAST_SHARE]
    if table.empty:
        return None
    totals = list(dict.fromkeys(table["output"]))

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - as above

        most = float((table["total"] + table["total_width"]).max())
        shown = [table[table["output"] == each].head(_BEHIND) for each in totals]
        panels = [_indices(each, most, width) for each in shown]
        return alt.vconcat(*panels, spacing=14)

    single = table[table["name"] != ALL_OTHERS].drop_duplicates("output")
    if single.empty:
        return None
    first = single.iloc[0]
    said = "; ".join(
        f"{percent(row['total'])} of that of {_total(row['output'])} with {row['description']}"
        for row in single.to_dict("records")
    )
    return chart_from(
        draw,
        title=f"{percent(first['total'])} of the variance of {_total(first['output'])} goes with "
        f'"{first["description"]}"',
        note="Dark is what a name does by itself, light what it does with others too.",
        alt_text=f"Bars of Sobol indices: shares of the variance of each total. {said}.",
        source=f"{_SOURCE}; Sobol indices, thin lines the width that chance leaves",
    )


def _indices(table: pd.DataFrame, most: float, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    rows = named_rows([_title(str(each)) for each in table["description"]], width)
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
        text=_title(_total(str(table["output"].iloc[0]))), anchor="start", fontSize=13, offset=6
    )
    layers = (
        names_above(rows),
        bars(_shares(drawn, table, "total", "with others"), x, BAR_PX - 4, _SKY),
        bars(_shares(drawn, table, "first_order", "by itself"), x, BAR_PX - 10, CONVERTS),
        bars(spread, x, 1.2, INK),
        said_beside(beside, alt.X("at:Q", scale=scaled, axis=axis), "left"),
    )
    return alt.layer(*layers).properties(width=width - EDGE_PX, height=rows.height, title=head)


def _shares(drawn: pd.DataFrame, table: pd.DataFrame, column: str, words: str) -> pd.DataFrame:
    said = [f"{percent(round(max(share, 0.0), 2))} {words}" for share in table[column]]
    return drawn.assign(hi=drawn[column], said=said)


# ------------------------------------------------------------------------ what to look up next
@in_its_words
def information_chart(worth: InformationResult | None) -> Chart | None:
    """Draw what knowing each assumption before the plan is chosen would be worth.

    Parameters
    ----------
    worth
        Result of `retail_portfolio.model.drawn.uncertain_totals.worth_knowing`.

    Returns
    -------
    Chart or None
        None where there is no such result, or nothing is worth more than chance would show.
    """
    if worth is None or not worth.table["above_noise"].any():
        return None
    table = worth.table[worth.table["above_noise"]].head(_LOOK_UP)
    scale = scale_of("usd", table["evppi"])
    told = "; ".join(
        f"{name}: {value_text(usd, 'usd')}"
        for name, usd in zip(table["description"], table["evppi"], strict=True)
    )
    floor_words = value_text(worth.floor, "usd")
    return chart_from(
        partial(_information, table, scale, worth.floor),
        title=f'What we would look up next: "{table["description"].iloc[0]}", worth '
        f"{value_text(table['evppi'].iloc[0], 'usd')} to know before the plan is chosen",
        note=f"Ticks mark what chance alone shows, {floor_words}.",
        alt_text=f"Bars of the value of knowing. {told}. Chance alone: {floor_words}.",
        source=f"{_SOURCE}; value of perfect information on one assumption",
    )


def _information(table: pd.DataFrame, scale: Scale, floor_usd: float, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    rows = named_rows(list(table["description"]), width)
    floor = floor_usd / scale.divisor
    drawn = pd.DataFrame({"lo": 0.0, "hi": table["evppi"] / scale.divisor, "y": rows.bar_y})
    drawn = drawn.assign(
        name=table["description"], said=[value_text(each, "usd") for each in table["evppi"]]
    )
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
