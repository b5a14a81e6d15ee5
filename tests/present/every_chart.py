"""Every kind of drawing, from invented rows, for tests that walk through all of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pandas as pd

from retail_portfolio.model.result import Result
from retail_portfolio.present.drawings.charts import range_dots, ranked_bars
from retail_portfolio.present.drawings.checkout_charts import break_even_chart, third_party_chart
from retail_portfolio.present.drawings.drawing import Chart
from retail_portfolio.present.summary.backtest_views import auc_chart
from tests.conftest import BUNDLED
from tests.present import (
    test_backtest_views,
    test_charts,
    test_plan_charts,
    test_time_and_steps,
    test_uncertainty_charts,
)


def curves() -> Result:
    rows = [
        (technology, reading, sales, fixed + share * sales, sales == 10e6)
        for technology, reading, fixed, share in (
            ("staffed", "", 0.2e6, 0.04),
            ("self_checkout", "", 0.4e6, 0.02),
            ("smart_cart", "", 0.45e6, 0.02),
            ("jwo_vision", "installed", 1.4e6, 0.004),
            ("jwo_vision", "annualised", 2.7e6, 0.004),
        )
        for sales in (0.0, 10e6, 40e6)
    ]
    columns = ["technology", "reading", "sales_usd_year", "annual_cost_usd", "reference"]
    return Result(pd.DataFrame(rows, columns=columns), "Staffed lanes cost least.", words=BUNDLED)


def licences() -> Result:
    table = pd.DataFrame(
        {
            "site_type": ["stadium", "workplace"],
            "net_benefit_usd_year": [186e3, -37e3],
            "net_benefit_low_usd_year": [-140e3, -120e3],
            "net_benefit_high_usd_year": [600e3, 12e3],
        }
    )
    return Result(table, "", words=BUNDLED)


def other_units() -> Iterator[Chart]:
    frame = pd.DataFrame(
        {"what": ["A", "B"], "v": [41_000.0, 1_200.0], "p": [0.12, -0.05], "big": [2.4e9, -1e9]}
    ).assign(lo=lambda f: f["v"] * 0.9, hi=lambda f: f["v"] * 1.1)
    words = {"label": "what", "title": "What to see", "source": "a test"}
    yield ranked_bars(frame, value="v", unit="sqft", low="lo", high="hi", **words, words=BUNDLED)
    yield ranked_bars(
        frame, value="p", unit="share", axis_title="Part of sales", **words, words=BUNDLED
    )
    yield ranked_bars(frame, value="big", unit="usd_year", **words, words=BUNDLED)
    yield range_dots(frame, value="v", low="lo", high="hi", unit="minutes", **words, words=BUNDLED)


@cache
def every_chart() -> tuple[Chart, ...]:
    """Draw one of every kind, and some of every unit."""
    drawn = [
        *test_charts.every_kind(),
        *test_plan_charts.every_kind(),
        *test_uncertainty_charts.every_kind(),
        *test_time_and_steps.every_kind(),
        auc_chart(test_backtest_views.scores(("One", 5))),
        break_even_chart(curves()),
        third_party_chart(licences()),
        *other_units(),
    ]
    return tuple(chart for chart in drawn if chart is not None)
