"""The headline figures of a sweep: case by case with their ranges, and how far they move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from retail_portfolio.present.formats import (
    as_number,
    is_money,
    plain,
    range_text,
    unit_words,
    value_text,
)
from retail_portfolio.present.words import walk_out

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from retail_portfolio.inputs.speech import Speech

_NAMES_SHOWN: Final = 2
_MILLION_FROM: Final = 500_000.0
_WHOLE_FROM: Final = 100.0
_POINTS: Final = ("p5", "p25", "p50", "p75", "p95")


@dataclass(frozen=True, slots=True)
class Metric:
    """One headline figure of a case.

    Parameters
    ----------
    key
        Its column in the table of cases.
    label, heading
        What it is, in a line of its own and over a column.
    unit
        Name of its unit.
    also
        Other keys under which ranges may hold it.
    currency
        Of its unit, where that is money.
    """

    key: str
    label: str
    heading: str
    unit: str
    also: tuple[str, ...] = ()
    currency: str = ""

    def text(self, value: object) -> str:
        """Write a value with its unit."""
        return value_text(value, self.unit, self.currency)

    def spread(self, values: pd.Series) -> str:
        """Write from where to where values run; one number where that is all a reader sees."""
        return range_text(values.min(), values.max(), self.unit, self.currency)


_METRICS: Final = (
    Metric("stores_converting", "Sites that convert", "Sites converting", "sites"),
    Metric(
        "plan_value_usd",
        "Gain of the best plan over closing every site",
        "Gain of the plan",
        "usd",
        ("plan_gain_usd",),
    ),
    Metric("plan_capex_usd", "Building all conversions of the plan", "To build", "usd"),
    Metric("exit_cost_usd", "Cash cost of leaving all closing stores", "Exit cost", "usd"),
    Metric("impairment_usd", "Impairment in the books", "Impairment", "usd"),
    Metric(
        "closing_advantage_usd",
        "Gain of closing over keeping the stores open",
        "Closing over staying",
        "usd",
    ),
)


def metrics(words: Speech) -> tuple[Metric, ...]:
    """Return the figures that a page compares, in the words of the portfolio."""
    codes = walk_out(words)
    label = f"{codes.start} beyond the best alternative, by the reading of the case"
    extra = Metric(codes.key("extra_usd_year"), label, codes.start, "usd_year")
    return tuple(replace(one, currency=words.currency) for one in (*_METRICS, extra))


def readings(words: Speech) -> tuple[str, ...]:
    """Return both readings of the cost of walk-out checkout, which the tables hold.

    The page shows the one that a case puts first.
    """
    return tuple(walk_out(words).column("extra", one) for one in ("installed", "annualised"))


# ------------------------------------------------------------------------------- how far they move
@dataclass(frozen=True, slots=True)
class Movement:
    """How far one figure moves between the cases.

    Parameters
    ----------
    label, text, detail
        What it is, from where to where, and in which cases.
    ticks
        Place of every case on the bar, in per cent; empty where the figure does not move.
    """

    label: str
    text: str
    detail: str
    ticks: tuple[str, ...] = ()


def present_metrics(cases: pd.DataFrame, words: Speech) -> tuple[Metric, ...]:
    """Return the figures that at least one case has."""
    return tuple(
        one for one in metrics(words) if one.key in cases.columns and cases[one.key].notna().any()
    )


def movements(cases: pd.DataFrame, words: Speech) -> tuple[Movement, ...]:
    """Say of every figure between which ends it moves, and which cases these are."""
    return tuple(_movement(cases, metric) for metric in present_metrics(cases, words))


def _movement(cases: pd.DataFrame, metric: Metric) -> Movement:
    known = cases[["case", metric.key]].dropna()
    values = known[metric.key].astype(float)
    low, high = float(values.min()), float(values.max())
    text = metric.spread(values)
    if metric.text(low) == metric.text(high):
        return Movement(metric.label, text, "the same in every case" if len(known) > 1 else "")
    ticks = tuple(f"{100 * (one - low) / (high - low):.1f}" for one in values)
    ends = (
        f"{word} in {some_of(known.loc[values == end, 'case'].astype(str).tolist())}"
        for word, end in (("lowest", low), ("highest", high))
    )
    return Movement(metric.label, text, ", ".join(ends), ticks)


def some_of(names: Sequence[str]) -> str:
    """Write a list of cases: all of a few, else the first of them and how many more."""
    if len(names) <= _NAMES_SHOWN:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} more"


# ------------------------------------------------------------------------------- case by case
@dataclass(frozen=True, slots=True)
class Bar:
    """A range as a thin bar: places in per cent of the column's scale."""

    left: str
    width: str
    half_left: str
    half_width: str
    dot: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, with its range where one was drawn."""

    text: str
    median: str = ""
    spread: str = ""
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading with its unit, and a cell a case."""

    heading: str
    unit: str
    cells: tuple[Cell, ...]


def columns_of(
    cases: pd.DataFrame, ranges: pd.DataFrame | None, words: Speech
) -> tuple[Column, ...]:
    """Return the figures of the cases as columns, their ranges beside them on one scale each.

    Parameters
    ----------
    cases
        Columns ``case`` and those of `metrics` that there are.
    ranges
        Columns ``case, key, p5, p25, p50, p75, p95``, or None.
    words
        Of the portfolio.
    """
    return tuple(_column(cases, ranges, metric) for metric in present_metrics(cases, words))


def _column(cases: pd.DataFrame, ranges: pd.DataFrame | None, metric: Metric) -> Column:
    values = [as_number(one) for one in cases[metric.key]]
    drawn = _drawn(ranges, metric)
    sizes = [abs(one) for one in values if one is not None]
    divisor, words = scale(max(sizes), metric.unit, metric.currency)
    middle = sorted(sizes)[len(sizes) // 2] / divisor
    whole = divisor == 1 or middle >= _WHOLE_FROM
    digits = 0 if whole else 1
    ends = [end for one in drawn.values() for end in (one["p5"], one["p95"])]
    cells = []
    for case, value in zip(cases["case"].astype(str), values, strict=True):
        if value is None:
            cells.append(Cell(""))
            continue
        text = plain(value / divisor, digits)
        if case not in drawn:
            cells.append(Cell(text))
            continue
        points = drawn[case]
        low, half, high = (plain(points[key] / divisor, digits) for key in ("p5", "p50", "p95"))
        cells.append(Cell(text, half, f"{low} to {high}", _bar(points, min(ends), max(ends))))
    return Column(metric.heading, words, tuple(cells))


def _drawn(ranges: pd.DataFrame | None, metric: Metric) -> dict[str, dict[str, float]]:
    """Return the points of a figure's range by case; cases without all of them are left out."""
    if ranges is None:
        return {}
    mine = ranges[ranges["key"].isin([metric.key, *metric.also])]
    mine = mine.dropna(subset=list(_POINTS)).drop_duplicates("case")
    return {
        str(row["case"]): {key: float(row[key]) for key in _POINTS}
        for row in mine.to_dict("records")
    }


def without_range(
    cases: pd.DataFrame, ranges: pd.DataFrame | None, planned: Container[str], words: Speech
) -> tuple[str, ...]:
    """Name the cases that have a plan, but no range of its gain; none where nothing was drawn.

    Parameters
    ----------
    cases, ranges, words
        As `columns_of`.
    planned
        The cases that have a plan.
    """
    present = present_metrics(cases, words)
    gain = next((one for one in present if one.key == "plan_value_usd"), None)
    if ranges is None or gain is None:
        return ()
    drawn = _drawn(ranges, gain)
    names = cases["case"].astype(str)
    return tuple(one for one in names if one in planned and one not in drawn)


def further_ranges(ranges: pd.DataFrame | None, words: Speech) -> pd.DataFrame | None:
    """Return the ranges of figures that the table of cases does not hold; None where none."""
    if ranges is None:
        return None
    known = (key for metric in metrics(words) for key in (metric.key, *metric.also))
    shown = {*readings(words), *known}
    rest = ranges[~ranges["key"].isin(shown)]
    if rest.empty:
        return None
    texts = [
        {
            "case": row["case"],
            "figure": row["label"],
            **{
                key: value_text(row[key], str(row["unit"]), words.currency)
                for key in ("base", *_POINTS)
            },
        }
        for row in rest.to_dict("records")
    ]
    return pd.DataFrame(texts)


def _bar(points: dict[str, float], low: float, high: float) -> Bar | None:
    if not high > low:
        return None
    at = {key: 100 * (points[key] - low) / (high - low) for key in _POINTS}
    return Bar(
        f"{at['p5']:.1f}",
        f"{at['p95'] - at['p5']:.1f}",
        f"{at['p25']:.1f}",
        f"{at['p75'] - at['p25']:.1f}",
        f"{at['p50']:.1f}",
    )


def scale(size: float, unit: str, currency: str) -> tuple[float, str]:
    """Return what numbers of a column are divided by, and what its heading says of the unit."""
    words = unit_words(unit, currency)
    if not is_money(unit):
        return 1.0, "" if words == "sites" else words
    divisor, letter = (1e6, "M") if size >= _MILLION_FROM else (1e3, "k")
    scaled = words.replace(currency, f"{currency} {letter}", 1)
    return divisor, scaled.replace(" per year", " a year")
