"""The drawing of the totals: the range of each over the draws. Also what drawings call a total."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.model.uncertain.uncertain_totals import words_of
from retail_portfolio.present.drawings.axes import scale_of
from retail_portfolio.present.drawings.charts import Chart, chart_from
from retail_portfolio.present.drawings.named_rows import (
    EDGE_PX,
    across,
    bars,
    named_rows,
    names_above,
    pixels_down,
    said_beside,
    ticks,
)
from retail_portfolio.present.formats import range_text, short, value_text
from retail_portfolio.present.palette import CONVERTS, INKS, REST
from retail_portfolio.present.words import walk_out

if TYPE_CHECKING:
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.result import Result

SOURCE: Final = "draws of assumptions.csv through closure, conversion, plan and checkout models"
"""Where the figures of these drawings come from."""
SKY: Final = INKS["sky"][0]
_UNIT_ORDER: Final = ("usd", "usd_year", "stores")


def total_words(key: object, words: Speech) -> str:
    """Return what a sentence calls a total, by its key."""
    return words_of(walk_out(words))[str(key)]


def title_of(text: str) -> str:
    """Return words as they stand at the beginning of a line."""
    return text[:1].upper() + text[1:]


def totals_named(keys: pd.Series, words: Speech) -> list[str]:
    """Return what totals are called at the beginning of a line."""
    return [title_of(total_words(key, words)) for key in keys]


def fan_chart(totals: Result) -> Chart | None:
    """Draw the range of every total: median, middle half, nine draws of ten, and the base.

    Parameters
    ----------
    totals
        Result of `retail_portfolio.model.uncertain.uncertain_totals.ranges`.

    Returns
    -------
    Chart or None
        One panel a unit; None where nothing was drawn.
    """
    table = totals.table[totals.table["p50"].notna()]
    if table.empty:
        return None
    units = [unit for unit in _UNIT_ORDER if unit in set(table["unit"])]
    words = totals.words

    def draw(width: int) -> Any:
        import altair as alt  # noqa: PLC0415 - two seconds to import

        panels = [_fan(table[table["unit"] == unit], unit, words, width) for unit in units]
        return alt.vconcat(*panels, spacing=14)

    told = "; ".join(
        f"{title_of(total_words(row['key'], words))}: "
        f"median {value_text(row['p50'], row['unit'], words.currency)}, "
        f"{range_text(row['p5'], row['p95'], row['unit'], words.currency)}"
        for row in table.to_dict("records")
    )
    return chart_from(
        draw,
        title=totals.sentence,
        note="Thin lines hold nine draws of ten, thick ones the middle half; the dot is the median "
        "and the upright tick the base case.",
        alt_text=f"Ranges by total, fifth to 95th percentile. {told}.",
        source=SOURCE,
    )


def _fan(table: pd.DataFrame, unit: str, words: Speech, width: int) -> Any:
    import altair as alt  # noqa: PLC0415 - as above

    scale, called = scale_of(unit, table["p95"], words.currency), totals_named(table["key"], words)
    names = [
        f"{name}: {_direct(middle, unit)}"
        for name, middle in zip(called, table["p50"], strict=True)
    ]
    rows = named_rows(names, width)
    drawn = table[["base", "p5", "p25", "p50", "p75", "p95"]].astype(float) / scale.divisor
    drawn = drawn.assign(y=rows.bar_y, name=called)
    scaled, axis = across(
        [0.0, *drawn[["base", "p5", "p95"]].to_numpy().ravel()], (4, 116), width, scale
    )

    def x(column: str) -> Any:
        return alt.X(f"{column}:Q", scale=scaled, axis=axis)

    def span(low: str, high: str) -> pd.DataFrame:
        ends = zip(table[low], table[high], strict=True)
        said = [range_text(*each, unit, words.currency) for each in ends]
        return drawn.assign(lo=drawn[low], hi=drawn[high], said=said)[
            ["lo", "hi", "y", "name", "said"]
        ]

    dots = alt.Chart(drawn).mark_point(filled=True, size=70, opacity=1, color=CONVERTS)
    beside = drawn.assign(
        at=drawn[["p95", "base"]].max(axis=1), text=_spans(table, unit, words.currency)
    )
    layers = (
        names_above(rows),
        bars(span("p5", "p95"), x("lo"), 2, REST),
        bars(span("p25", "p75"), x("lo"), 7, SKY),
        ticks(drawn, x("base")),
        dots.encode(x=x("p50"), y=pixels_down("y")),
        said_beside(beside, x("at"), "left"),
    )
    return alt.layer(*layers).properties(width=width - EDGE_PX, height=rows.height)


def _direct(value: float, unit: str) -> str:
    """Write the number in a name, whose unit stands on the axis."""
    return short(value).replace(" ", "\u00a0") if unit != "stores" else f"{value:.0f}"


def _spans(table: pd.DataFrame, unit: str, currency: str) -> list[str]:
    """Write the range of each total without its unit, which stands on the axis."""
    ends = zip(table["p5"], table["p95"], strict=True)
    named = "usd" if unit != "stores" else ""
    return [range_text(*each, named, currency).removeprefix(f"{currency} ") for each in ends]


__all__ = ["SKY", "SOURCE", "fan_chart", "title_of", "total_words", "totals_named"]
