"""How the backtest is drawn: the event with most sites taken, the model apart, words for codes."""

from __future__ import annotations

import pandas as pd
import pytest

from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.track_record.backtest import ALL, NAMES
from retail_portfolio.model.track_record.backtest_ranking import RANKINGS
from retail_portfolio.model.track_record.forecast_outcomes import PROBABILITIES
from retail_portfolio.model.track_record.forecast_outcomes import RANKINGS as FROZEN
from retail_portfolio.present.summary.backtest_views import RANKING_WORDS, auc_chart, headline
from retail_portfolio.present.summary.uncertainty_views import whole_shares
from tests.conftest import BUNDLED


def scores(*events: tuple[str, int]) -> Result:
    rows = [
        (event, ranking, 40, taken, 0.8 - 0.05 * at, 0.6 - 0.05 * at, 0.9 - 0.05 * at)
        for event, taken in events
        for at, ranking in enumerate(RANKINGS)
    ]
    columns = ["event", "ranking", "sites", "taken", "auc", "auc_low", "auc_high"]
    figure = Figure(
        "auc", "AUC", 0.8, "share", "modelled", "backtest model on odd.csv", words=BUNDLED
    )
    return Result(pd.DataFrame(rows, columns=columns), "Scores.", figures=(figure,), words=BUNDLED)


def test_every_ranking_has_a_name() -> None:
    assert list(NAMES) == list(RANKINGS)
    assert RANKING_WORDS["model"] == "The model"
    assert {*RANKINGS, *PROBABILITIES, *FROZEN} - {"households"} <= set(RANKING_WORDS)
    assert RANKING_WORDS["households"] == "Households alone"


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ((("One", 5), ("Two", 9)), "Two"),
        ((("One", 5), (ALL, 14), ("Two", 90)), ALL),
        ((), ""),
    ],
)
def test_the_event_that_is_drawn(events: tuple[tuple[str, int], ...], wanted: str) -> None:
    assert headline(scores(*events)) == wanted


@pytest.mark.slow
def test_the_chart_shows_each_ranking_that_could_be_scored() -> None:
    found = scores(("Exit", 5))
    found.table.loc[found.table["ranking"] == "size", ["auc", "auc_low", "auc_high"]] = None
    chart = auc_chart(found)
    assert chart is not None
    assert chart.title.endswith(
        "above another in 80 % of pairs, nearness to an own store alone in 65 %; "
        "lines hold 95 % of the draws"
    )
    assert "The model" in chart.svg
    assert "Education alone" in chart.svg
    assert "Size alone" not in chart.svg
    assert chart.source == "backtest model on odd.csv"
    assert chart.svg.index("The model") < chart.svg.index("Education alone")


def test_nothing_is_drawn_where_nothing_is_scored() -> None:
    assert auc_chart(scores()) is None


def test_a_forecast_shows_no_more_of_its_shares_than_its_draws_tell() -> None:
    frame = pd.DataFrame(
        {
            "probability": [0.5527, 0.000975],
            "probability_at_base_rate": [0.1529, float("nan")],
            "plan_converts": [1, 0],
            "share_bachelors": [0.3288, 0.2942],
        }
    )
    shown = whole_shares(frame)
    assert shown["probability"].tolist() == [0.55, 0.0]
    assert shown["probability_at_base_rate"].iloc[0] == 0.15
    assert shown["share_bachelors"].equals(frame["share_bachelors"])
    assert whole_shares(frame.drop(columns="plan_converts"))["probability"].iloc[0] == 0.5527
