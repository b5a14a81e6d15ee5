"""Charts in steps and in time: what is drawn, what is left out, and what is refused."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pytest

from retail_portfolio.present.drawings.drawing import Chart
from retail_portfolio.present.drawings.timeline_chart import day_bars, month_bars, month_curves
from retail_portfolio.present.drawings.waterfall import waterfall
from tests.conftest import BUNDLED

SPANS = [("Trades on", "a", "b"), ("Notice", "b", "c")]


def texts(svg: str) -> str:
    return " ".join(re.findall(r">([^<>]+)</text>", svg))


def steps(**columns: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "step": ["Owed <all>", "Spared", "Left"],
            "usd": [8e6, -5e6, 3e6],
            "kind": ["total", "move", "total"],
        }
    )
    return frame.assign(**columns)


def months() -> pd.DataFrame:
    rows = [
        (f"2026-{m:02d}", part, usd * (m < 4))
        for m in range(1, 13)
        for part, usd in (("Lease", 2e6), ("Tax", -5e5), ("Dust", 10.0))
    ]
    return pd.DataFrame(rows, columns=["month", "line", "usd"])


def days() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": ["Here", "Nowhere"],
            "a": ["2026-01-27", "2026-01-27"],
            "b": ["2026-02-01", ""],
            "c": ["2026-04-28", "2026-04-28"],
        }
    )


def routes() -> pd.DataFrame:
    rows = [
        (month, route, usd + 1e6 * month)
        for month in (0, 1, 12)
        for route, usd in (("buy_out", 1e6), ("sublease", 1.4e6), ("hold", 30e6))
    ]
    return pd.DataFrame(rows, columns=["month", "route", "usd"])


@cache
def every_kind() -> tuple[Chart, ...]:
    words = {"unit": "usd", "title": "What to see", "source": "a test"}
    return (
        waterfall(steps(), step="step", value="usd", kind="kind", **words, words=BUNDLED),
        day_bars(days(), label="group", spans=SPANS, title="Days", source="a test"),
        month_bars(months(), month="month", part="line", value="usd", **words, words=BUNDLED),
        month_curves(routes(), month="month", part="route", value="usd", **words, words=BUNDLED),
    )


def drawn_waterfall(frame: pd.DataFrame) -> str:
    return waterfall(
        frame,
        step="step",
        value="usd",
        kind="kind",
        unit="usd",
        title="Steps",
        source="a test",
        words=BUNDLED,
    ).svg


@pytest.mark.slow
def test_steps_carry_their_amounts_and_no_markup() -> None:
    svg = drawn_waterfall(steps())
    assert "Owed &lt;all&gt;" in svg
    assert "<all>" not in svg
    assert all(text in texts(svg) for text in ("8.0 M", "5.0 M", "3.0 M", "USD", "2 M"))


@pytest.mark.slow
def test_a_step_that_lowers_the_sum_is_painted_as_one() -> None:
    falls = drawn_waterfall(steps())
    rises = drawn_waterfall(steps(usd=[8e6, 5e6, 13e6]))
    assert falls != rises
    assert drawn_waterfall(steps()) == falls


@pytest.mark.slow
def test_a_group_without_days_keeps_its_row() -> None:
    chart = day_bars(days(), label="group", spans=SPANS, title="Days", source="a test")
    assert "Nowhere" in texts(chart.svg)
    assert "Here: Trades on 2026-01-27 to 2026-02-01" in chart.alt
    assert "Nowhere" not in chart.alt


@pytest.mark.slow
def test_months_in_which_nothing_can_be_seen_are_left_out() -> None:
    chart = month_bars(
        months(),
        month="month",
        part="line",
        value="usd",
        unit="usd",
        title="M",
        source="a test",
        words=BUNDLED,
    )
    said = texts(chart.svg)
    assert "Mar" in said
    assert "Apr" not in said
    assert "Lease" in said
    assert "Dust" not in said


@pytest.mark.slow
def test_curves_are_named_in_words() -> None:
    frame = pd.DataFrame({"month": [0, 1], "route": ["buy_out"] * 2, "usd": [1e6, 2e6]})
    chart = month_curves(
        frame,
        month="month",
        part="route",
        value="usd",
        unit="usd",
        title="C",
        source="a test",
        labels={"buy_out": "buy-out"},
        words=BUNDLED,
    )
    assert "buy-out" in texts(chart.svg)
    assert "buy-out" in chart.alt
    assert "month 1" in chart.alt


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        drawn_waterfall(steps().head(0))
    with pytest.raises(KeyError, match="kind"):
        drawn_waterfall(steps().drop(columns="kind"))
    blank = pd.DataFrame({"group": ["Here"], "a": [""], "b": [""], "c": [""]})
    with pytest.raises(ValueError, match="no span"):
        day_bars(blank, label="group", spans=SPANS, title="Days", source="a test")
    with pytest.raises(KeyError, match="when"):
        month_bars(
            months(),
            month="when",
            part="line",
            value="usd",
            unit="usd",
            title="M",
            source="s",
            words=BUNDLED,
        )
