"""The backtest: a finished ranking of earlier events' sites, held against what became of them.

An event is scored where people are known around its sites, where what became of nearly all of them
is known, and where there are sites of both kinds; any other is context: it gives a base rate and
nothing more. Scores are those of `retail_portfolio.model.track_record.ranking_scores`, for the
model's ranking, for the trade area's and for naive ones, with the lead of the model over each of
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.number_words import plain, with_plus
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.track_record.backtest_ranking import BY_LOT, MODEL, OURS, RANKINGS
from retail_portfolio.model.track_record.backtest_tables import ranked_sites, slopes_table
from retail_portfolio.model.track_record.ranking_scores import (
    Compared,
    Span,
    compared,
    hit_rate_at,
    pooled,
    precision_at,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.registers.events import Events
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.track_record.backtest_ranking import Ranking

    Flags = NDArray[np.bool_]

FEWEST = 2
"""Sites of each kind that an event needs to be scored."""
MOST_UNKNOWN = 0.1
"""Part of the sites whose outcome may be unknown in an event that is scored."""
TOP = (5, 10)
"""Numbers of sites at the head of a ranking that are looked at."""
LONGER_TOP = 20
SCORED, CONTEXT = "scored", "context"
ALL = "all scored events"
NAMES: dict[str, str] = {
    "model": "the model",
    "trade_area": "net sales of the trade areas",
    "size": "size alone",
    "nearness": "nearness to an own store alone",
    "income": "income alone",
    "education": "education alone",
    "households": "households alone",
    "random": "drawing by lot",
}
LIMITS = (
    "This tests whether the places that the drivers of the plan prefer were taken before, and "
    "validates neither the money, nor the number of conversions, nor the outcome of the stores "
    "that close now."
)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What the events say of the rankings.

    Parameters
    ----------
    scores
        One row an event and ranking: ``event, ranking, sites, taken, auc, auc_low, auc_high,
        precision_at_5, precision_at_10, precision_at_taken, hit_rate_at_10, hit_rate_at_20,
        model_ahead, model_ahead_low, model_ahead_high``. ``model_ahead`` is the AUC of the model
        less that of the ranking, over the sites that both have a score for. Where several events
        are scored, rows called `ALL` hold their means, weighted with the sites taken.
    sites
        One row a site: its scores, its rank and what became of it.
    events
        One row an event: ``event, sites, taken, not_taken, not_known, taken_share, role, why``.
    fits
        One row an event and trait: the slope, its standard error, the ledger's slope.
    """

    scores: Result
    sites: Result
    events: Result
    fits: Result


def backtest(case: Case, events: Events, ranking: Ranking) -> Backtest:
    """Hold a ranking against what became of the sites.

    Parameters
    ----------
    ranking
        `retail_portfolio.model.track_record.backtest_ranking.rank_sites` of the same events.
    """
    known = _events_table(events, ranking)
    scores = _scores_table(
        case, events, ranking, known.loc[known["role"] == SCORED, "event"].tolist()
    )
    units = dict.fromkeys(_MEASURES, "share") | {"sites": "sites", "taken": "sites"}
    return Backtest(
        Result(
            scores,
            _sentence(scores, known),
            units,
            dict.fromkeys(_MEASURES, "modelled"),
            _figures(scores, f"backtest model on {events.source} and ZIP areas", case.words),
            words=case.words,
        ),
        ranked_sites(case, events, ranking),
        _events_result(known, case.words),
        slopes_table(case, ranking),
    )


_MEASURES = (
    *("auc", "auc_low", "auc_high"),
    *(f"precision_at_{k}" for k in TOP),
    *("precision_at_taken", f"hit_rate_at_{TOP[-1]}", f"hit_rate_at_{LONGER_TOP}"),
    *("model_ahead", "model_ahead_low", "model_ahead_high"),
)


def _events_table(events: Events, ranking: Ranking) -> pd.DataFrame:
    rows = []
    for event in events.names:
        here = (events.sites["event"] == event).to_numpy()
        labels = events.labels[here]
        placed = ranking.sites.loc[here, "demographics"].to_numpy(bool)
        taken, not_taken = int((labels == 1).sum()), int((labels == 0).sum())
        why = _why_not(labels, placed, ranking.sites.loc[here, RANKINGS[MODEL]])
        many_unknown = labels.isna().mean() > MOST_UNKNOWN
        share = np.nan if many_unknown else taken / (taken + not_taken)
        role = CONTEXT if why else SCORED
        rows.append(
            (event, len(labels), taken, not_taken, int(labels.isna().sum()), share, role, why)
        )
    names = ["event", "sites", "taken", "not_taken", "not_known", "taken_share", "role", "why"]
    return pd.DataFrame(rows, columns=names)


def _why_not(labels: pd.Series, placed: Flags, scores: pd.Series) -> str:
    """Say why an event cannot be scored; blank where it can."""
    unknown = int(labels.isna().sum())
    if not scores.notna().any() and placed.any():
        return "the scenario names no format that a site could become"
    if not placed.any():
        return "nobody is known to live around its sites: no demographics"
    if unknown > MOST_UNKNOWN * len(labels):
        return f"what became of {unknown} of {len(labels)} sites is not known"
    taken, other = (int((labels[placed] == label).sum()) for label in (1, 0))
    if min(taken, other) < FEWEST:
        return f"{taken} sites taken and {other} not: too few of one kind to compare"
    return ""


def _scores_table(
    case: Case, events: Events, ranking: Ranking, scored: Sequence[str]
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    by_name: dict[str, list[Compared]] = {name: [] for name in RANKINGS}
    for place, event in enumerate(scored):
        sites, taken = _labelled(events, ranking, event)
        ours = sites[RANKINGS[MODEL]].to_numpy(float)
        for name, column in RANKINGS.items():
            score = sites[column].to_numpy(float)
            found = compared(ours, score, taken, case.scenario.seed + place)
            by_name[name].append(found)
            heads = [precision_at(score, taken, k) for k in (*TOP, found.taken)]
            hits = [hit_rate_at(score, taken, k) for k in (TOP[-1], LONGER_TOP)]
            rows.append(_row(event, name, found, (*heads, *hits)))
    if len(scored) > 1:
        blank = (np.nan,) * (len(TOP) + 3)
        rows += [_row(ALL, name, pooled(parts), blank) for name, parts in by_name.items()]
    return pd.DataFrame(rows, columns=["event", "ranking", "sites", "taken", *_MEASURES])


def _labelled(events: Events, ranking: Ranking, event: str) -> tuple[pd.DataFrame, Flags]:
    """Return the sites of an event that can be scored, and which of them were taken."""
    there = (events.sites["event"] == event) & ranking.sites["demographics"]
    sites = ranking.sites[there & events.labels.notna()]
    # Draws go by position: in an order of their own, that of the file changes nothing.
    sites = sites.sort_values([RANKINGS[MODEL], "site_name"], kind="stable")
    return sites, (events.labels.loc[sites.index] == 1).to_numpy(bool)


def _row(
    event: str, name: str, found: Compared, at_the_head: Sequence[float]
) -> tuple[object, ...]:
    area, lead = found.area_span, found.lead_span
    return (
        *(event, name, found.sites, found.taken),
        *(area.value, area.low, area.high),
        *at_the_head,
        *(lead.value, lead.low, lead.high),
    )


def best_naive(scores: pd.DataFrame, event: str) -> pd.Series | None:
    """Return the best naive ranking of an event among those that score all of its sites."""
    rows = scores[(scores["event"] == event) & ~scores["ranking"].isin(OURS)]
    rows = rows[(rows["sites"] == rows["sites"].max()) & rows["auc"].notna()]
    return None if rows.empty else rows.loc[rows["auc"].idxmax()]


def _model_row(scores: pd.DataFrame, event: str) -> pd.Series:
    return scores[(scores["event"] == event) & (scores["ranking"] == MODEL)].iloc[0]


def _span(value: float, low: float, high: float, *, difference: bool = False) -> str:
    told = [plain(one, 2) for one in (value, low, high)]
    if difference:
        told = [with_plus(one) for one in told]
    if np.isnan(low):
        return f"{told[0]}, too few sites for an interval"
    return f"{told[0]} ({told[1]} to {told[2]})"


def _sentence(scores: pd.DataFrame, known: pd.DataFrame) -> str:
    if known.empty:
        return "There are no earlier events to test against."
    if scores.empty:
        return "None of the earlier events can be scored: they give base rates only."
    said = []
    for event in dict.fromkeys(scores["event"]):
        ours = _model_row(scores, event)
        text = (
            f"{event}: {ours['taken']} of {ours['sites']} sites were taken; the model's order has "
            f"an AUC of {_span(ours['auc'], ours['auc_low'], ours['auc_high'])}"
        )
        best = best_naive(scores, event)
        if best is not None and best["ranking"] != BY_LOT:
            ends = (best["model_ahead_low"], best["model_ahead_high"])
            lead = _span(best["model_ahead"], *ends, difference=True)
            told = f"{ours['taken']} sites taken cannot tell the two apart"
            # Of several naive orders the best was picked on these sites; the lead is over that one.
            if best["model_ahead_low"] > 0 or best["model_ahead_high"] < 0:
                told = "chance alone would hardly make it"
            text += (
                f", {NAMES[best['ranking']]}, the best of the naive orders, "
                f"{plain(best['auc'], 2)}; the lead over it is {lead}; {told}"
            )
        said.append(text + ".")
    return " ".join(said)


def _figures(scores: pd.DataFrame, source: str, words: Speech) -> tuple[Figure, ...]:
    """Quote the event with most sites taken, or the mean of all."""
    if scores.empty:
        return ()
    largest = scores.loc[scores["ranking"] == MODEL].sort_values("taken", kind="stable").iloc[-1]
    event = largest["event"]
    figures = [
        _figure(
            "backtest_auc",
            f"Chance that a taken site ranks above another ({event})",
            Span(*(largest[c] for c in ("auc", "auc_low", "auc_high"))),
            source,
            words,
        )
    ]
    best = best_naive(scores, event)
    if best is not None:
        lead = Span(*(best[f"model_ahead{end}"] for end in ("", "_low", "_high")))
        label = f"Lead of the model over {NAMES[best['ranking']]}, in points of that chance"
        figures.append(_figure("backtest_lead", label, lead, source, words))
    return tuple(figures)


def _figure(key: str, label: str, span: Span, source: str, words: Speech) -> Figure:
    ends: tuple[float | None, float | None] = (None, None)
    if not np.isnan(span.low):
        ends = (float(min(span.low, span.value)), float(max(span.high, span.value)))
    return Figure(key, label, float(span.value), "share", "modelled", source, *ends, words=words)


def _events_result(known: pd.DataFrame, words: Speech) -> Result:
    scored = int((known["role"] == SCORED).sum())
    counted = dict.fromkeys(("sites", "taken", "not_taken", "not_known"), "sites")
    return Result(
        known,
        f"{scored} of {len(known)} events can be scored; the others are context.",
        counted | {"taken_share": "share"},
        dict.fromkeys((*counted, "taken_share"), "reported"),
        words=words,
    )
