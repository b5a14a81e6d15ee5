"""How the backtest and the forecast are shown: their tables, and rankings with their ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from retail_portfolio.model.track_record.backtest import ALL, NAMES, best_naive
from retail_portfolio.model.track_record.backtest_ranking import MODEL
from retail_portfolio.present.drawings.charts import Chart, range_dots
from retail_portfolio.present.formats import value_text
from retail_portfolio.present.palette import CONVERTS, REST
from retail_portfolio.present.summary.choices import STORE, Choice

if TYPE_CHECKING:
    from retail_portfolio.model.result import Result

BACKTEST_LABELS: Final = {
    "auc": "AUC",
    "auc_low": "AUC, low",
    "auc_high": "AUC, high",
    "precision_at_5": "Taken among the first 5",
    "precision_at_10": "among the first 10",
    "precision_at_taken": "Right, of as many as were taken",
    "hit_rate_at_10": "Of the taken, in the first 10",
    "hit_rate_at_20": "in the first 20",
    "model_ahead": "Lead of the model",
    "model_ahead_low": "Lead, low",
    "model_ahead_high": "Lead, high",
    "taken_share": "Part taken",
    "not_known": "Not known",
    "own_store_miles": "To the nearest own store",
    "stores_in_fit": "Stores fitted to",
    "brier": "Brier score",
    "brier_skill": "Better than the base rate",
    "log_score": "Log score",
    "hits_of_top": "Right, of as many as converted",
    "stores_scored": "Scored",
    "stores_converted": "Converted",
    "probability": "Converts in",
    "probability_at_base_rate": "At the base rate's level",
    "plan_converts": "In the base plan",
    "made_on": "Made on",
}
"""Headings of the columns, in a reader's words."""

BACKTEST_CHOICES: Final = {
    "backtest_events": Choice("Earlier events, and whether they can be scored", folded=False),
    "backtest_base_rates": Choice(
        "Base rates of conversion", ("description", "low", "base", "high", "origin", "source")
    ),
    "backtest": Choice(
        "How well each ranking put the sites in front that were taken",
        (
            *("event", "ranking", "sites", "taken", "auc", "auc_low", "auc_high"),
            *("precision_at_taken", "hit_rate_at_10"),
            *("model_ahead", "model_ahead_low", "model_ahead_high"),
        ),
        BACKTEST_LABELS,
    ),
    "backtest_sites": Choice(
        "Every site in its rank, and what became of it",
        (
            *("event", "site_name", "city", "state", "rank", "what_became", "taken_by"),
            *("siting_index", "share_bachelors", "income_usd", "households", "own_store_miles"),
        ),
        BACKTEST_LABELS,
    ),
    "forecast_scores": Choice(
        "The dated forecast, scored",
        (
            *("forecast", "ranking", "stores_scored", "stores_converted", "brier", "brier_skill"),
            *("log_score", "hits_of_top", "auc"),
        ),
        BACKTEST_LABELS,
        folded=False,
    ),
    "forecast_stores": Choice(
        "The dated forecast, store by store",
        (
            *(*STORE, "made_on", "probability", "probability_at_base_rate", "plan_converts"),
            *("outcome", "announced", "status"),
        ),
        BACKTEST_LABELS,
        sort_by="probability",
    ),
}
BACKTEST_LINKED: Final = frozenset({"backtest_slopes"})
"""Tables that only the links below a section name."""


RANKING_WORDS: Final = {
    **{code: name[0].upper() + name[1:] for code, name in NAMES.items()},
    "probability": "The forecast",
    "probability_at_base_rate": "The forecast at the level of the base rate",
    "base_rate": "The base rate for all",
    "plan_converts": "The plan, yes or no",
    "size_sqft": "Size alone",
    "nearest_own_miles": "Nearness to an own store alone",
    "income_usd": "Income alone",
    "share_bachelors": "Education alone",
}
"""Rankings of the backtest and columns of a forecast, in a reader's words."""
_KINDS: Final = ("The model", "Other rankings")


def headline(scores: Result) -> str:
    """Return the event that a chart shows: the mean of all, else the one with most sites taken."""
    table = scores.table
    ours = table[table["ranking"] == MODEL]
    if ours.empty:
        return ""
    if (ours["event"] == ALL).any():
        return ALL
    return str(ours.sort_values("taken", kind="stable")["event"].iloc[-1])


def auc_chart(scores: Result) -> Chart | None:
    """Draw the AUC of every ranking with its interval; None where no event is scored."""
    event = headline(scores)
    if not event:
        return None
    rows = scores.table[(scores.table["event"] == event) & scores.table["auc"].notna()]
    rows = rows.sort_values("auc", ascending=False, kind="stable")
    ours, rival = rows["ranking"] == MODEL, best_naive(scores.table, event)
    said = value_text(rows.loc[ours, "auc"].iloc[0], "share")
    beside = ""
    if rival is not None:
        beside = f", {NAMES[rival['ranking']]} in {value_text(rival['auc'], 'share')}"
    return range_dots(
        rows.assign(ranking=rows["ranking"].map(RANKING_WORDS), kind=np.where(ours, *_KINDS)),
        label="ranking",
        value="auc",
        low="auc_low",
        high="auc_high",
        unit="share",
        group="kind",
        colours=dict(zip(_KINDS, (CONVERTS, REST), strict=True)),
        axis_title="Pairs in the right order",
        title=f"{event}: the model puts a taken site above another in {said} of pairs{beside}; "
        "lines hold 95 % of the draws",
        source=scores.figures[0].source,
    )
