"""A dated forecast held against what happened since, without a hand in between.

Stores whose outcome became known since the information of a forecast ends
(`retail_portfolio.model.track_record.forecast_outcomes`) are what
`retail_portfolio.model.track_record.scores` is asked about: the probability as modelled, the same
at the level of the base rate, the base rate itself, and what the forecast froze beside them to be
beaten. An outcome that is never announced is never scored: where conversions are told of sooner
than sites given up, early scores flatter forecasts that are high.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.market.siting import auc
from retail_portfolio.model.number_words import percent, plain, with_plus
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.track_record.forecast_outcomes import (
    BASE_RATE,
    KNOWN_BEFORE,
    MODELLED,
    NOT_OF_WAVE,
    OPEN,
    PROBABILITIES,
    RANKINGS,
    SCORED,
    TOLD_BEFORE,
    outcomes_of_stores,
)
from retail_portfolio.model.track_record.scores import (
    LEVEL,
    auc_of_each,
    brier_parts,
    hits_of_top,
    interval,
    log_score,
    mean_of_each,
    resamples,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.result import Origin

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

HALF = 0.5
FEW = 10
"""Fewer scored stores than this tell nothing: resampling them understates what is not known."""
SCORE_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "stores_forecast": "stores",
        "stores_scored": "stores",
        "stores_told_before": "stores",
        "stores_converted": "stores",
        "brier": "ratio",
        "brier_skill": "ratio",
        "brier_difference": "ratio",
        "brier_difference_low": "ratio",
        "brier_difference_high": "ratio",
        "log_score": "ratio",
        "hits_of_top": "stores",
        "called_at_half": "stores",
        "hits_at_half": "stores",
        "auc": "ratio",
        "auc_difference": "ratio",
        "auc_difference_low": "ratio",
        "auc_difference_high": "ratio",
    }
)
"""Columns of the scores with their units."""
COUNTED = (SCORED, TOLD_BEFORE)
"""Statuses of stores that are scored."""
NO_FORECAST = "The data folder holds no dated forecast, so that there is nothing to score."


def forecast_stores(case: Case) -> Result:
    """Say of every store of every forecast what became of it.

    Returns
    -------
    Result
        Table of `retail_portfolio.model.track_record.forecast_outcomes.outcomes_of_stores`.
    """
    table = outcomes_of_stores(case)
    counts = table["status"].value_counts()
    said = ", ".join(
        f"{counts[status]} {status}"
        for status in (SCORED, TOLD_BEFORE, KNOWN_BEFORE, OPEN, NOT_OF_WAVE)
        if counts.get(status, 0)
    )
    days = list(dict.fromkeys(table["made_on"]))
    sentence = f"Stores of the {_forecasts_of(days)}: {said}." if days else NO_FORECAST
    units = {
        **dict.fromkeys(PROBABILITIES, "share"),
        "size_sqft": "sqft",
        "nearest_own_miles": "miles",
        "income_usd": "usd_year",
        "share_bachelors": "share",
        "households": "households",
    }
    origins: dict[str, Origin] = dict.fromkeys((*PROBABILITIES, "plan_converts"), "modelled")
    return Result(table, sentence, units, origins | {"outcome": "reported"}, words=case.words)


def _forecasts_of(days: Sequence[str]) -> str:
    return f"forecast{'s' if len(days) > 1 else ''} of {', '.join(days)}"


def forecast_scores(case: Case) -> Result:
    """Score every dated forecast, and what it froze beside it, on the outcomes since.

    Returns
    -------
    Result
        One row a forecast and ranking: ``forecast`` (its day), ``ranking`` (the column of the
        forecast) and the columns of `SCORE_UNITS`. ``brier_difference`` is the Brier score less
        that of the base rate, below 0 where the row is better; ``called_at_half`` counts stores
        given one half or more, ``hits_at_half`` those of them that converted; these and the log
        score are blank for a column that only ranks. ``auc_difference`` is the AUC of the modelled
        probability less that of the row, above 0 where the probability ranks better. Without both
        kinds of outcome every AUC is blank. No rows while nothing can be scored. Equal seeds of
        the scenario give equal intervals.
    """
    stores = outcomes_of_stores(case)
    rows: list[dict[str, object]] = []
    for day, made in stores.groupby("made_on", sort=True):
        rows += _rows_of(str(day), made, case.scenario.seed)
    columns = ["forecast", "ranking", *SCORE_UNITS]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({"forecast": "str", "ranking": "str"} | dict.fromkeys(SCORE_UNITS, float))
    origins: dict[str, Origin] = dict.fromkeys(SCORE_UNITS, "modelled")
    return Result(
        table,
        _sentence(stores, table),
        SCORE_UNITS,
        origins,
        _figures(stores, table, case.words),
        words=case.words,
    )


def _rows_of(day: str, made: pd.DataFrame, seed: int) -> list[dict[str, object]]:
    """Score one forecast; no rows where nothing can be."""
    scored = made[made["status"].isin(COUNTED)]
    if scored.empty:
        return []
    happened = scored["converted"].to_numpy() == 1
    converted = int(happened.sum())
    times = resamples(len(scored), seed)
    head = {
        "forecast": day,
        "stores_forecast": len(made),
        "stores_scored": len(scored),
        "stores_told_before": int((scored["status"] == TOLD_BEFORE).sum()),
        "stores_converted": converted,
    }
    base, modelled = (scored[name].to_numpy(float) for name in (BASE_RATE, MODELLED))
    rows = []
    for name in (*PROBABILITIES, *RANKINGS):
        given = scored[name].to_numpy(float)
        if np.isnan(given).all():
            continue
        # A store without the figure ranks last.
        score = np.where(np.isnan(given), -np.inf, given * RANKINGS.get(name, 1))
        row = head | {"ranking": name, "hits_of_top": hits_of_top(score, happened, converted)}
        if name in PROBABILITIES and not np.isnan(given).any():
            row |= _of_probability(given, base, happened, times)
        row |= _of_ranking(score, modelled, happened, times, itself=name == MODELLED)
        rows.append(row)
    return rows


def _of_probability(
    given: Floats, base: Floats, happened: Flags, times: Ints
) -> dict[str, float | int]:
    """Scores that only a probability has."""
    parts, of_base = brier_parts(given, happened), brier_parts(base, happened)
    low, high = interval(mean_of_each(parts - of_base, times))
    called = given >= HALF
    return {
        "brier": float(parts.mean()),
        "brier_skill": float(1 - parts.mean() / of_base.mean()),
        "brier_difference": float((parts - of_base).mean()),
        "brier_difference_low": low,
        "brier_difference_high": high,
        "log_score": log_score(given, happened),
        "called_at_half": int(called.sum()),
        "hits_at_half": int((called & happened).sum()),
    }


def _of_ranking(
    score: Floats, modelled: Floats, happened: Flags, times: Ints, *, itself: bool
) -> dict[str, float]:
    """AUC of a ranking, and by how much the modelled probability is ahead of it."""
    own = auc(score, happened)
    if itself or np.isnan(own):
        return {"auc": own}
    ahead = auc_of_each(modelled, happened, times) - auc_of_each(score, happened, times)
    low, high = interval(ahead)
    return {
        "auc": own,
        "auc_difference": auc(modelled, happened) - own,
        "auc_difference_low": low,
        "auc_difference_high": high,
    }


def _sentence(stores: pd.DataFrame, scores: pd.DataFrame) -> str:
    if stores.empty:
        return NO_FORECAST
    days = list(dict.fromkeys(stores["made_on"]))
    if scores.empty:
        known = int((stores["status"] == KNOWN_BEFORE).sum())
        verb = "was" if known == 1 else "were"
        before = f", and {known} {verb} known before it was made" if known else ""
        return (
            f"Nothing can be scored yet: of the {len(stores)} stores of the {_forecasts_of(days)} "
            f"none has an outcome that was announced since{before}."
        )
    of_last = scores[scores["forecast"] == scores["forecast"].iloc[-1]].set_index("ranking")
    return _scored_sentence(str(scores["forecast"].iloc[-1]), of_last)


def _scored_sentence(day: str, of_last: pd.DataFrame) -> str:
    row = {name: float(of_last[name][MODELLED]) for name in SCORE_UNITS}
    scored, converted = int(row["stores_scored"]), int(row["stores_converted"])
    said = (
        f"Of the {row['stores_forecast']:.0f} stores forecast on {day}, {scored} have an outcome "
        f"since and {converted} of them converted. "
    )
    if told := int(row["stores_told_before"]):
        said += (
            f"{told} of the outcomes were announced before the forecast was written, though after "
            "the day its information ends. "
        )
    said += f"The forecast has a Brier score of {plain(row['brier'], 3)}"
    if not np.isnan(row["brier_difference"]):
        of_base = plain(of_last["brier"][BASE_RATE], 3)
        said += f", the base rate {of_base} ({_against_base(row)})"
    if np.isnan(row["auc"]):
        kind = "all of them converted" if converted else "none of them converted"
        return f"{said}. No ranking can be scored, as {kind}."
    return f"{said}. It ranks with an AUC of {plain(row['auc'], 2)}."


def _against_base(row: Mapping[str, float]) -> str:
    """Say by how much the Brier score differs from that of the base rate, and what that tells."""
    low, high = row["brier_difference_low"], row["brier_difference_high"]
    if row["stores_scored"] < FEW:
        verdict = "too few outcomes to tell the two apart"
    elif low <= 0 <= high:
        verdict = "the outcomes so far do not tell the two apart"
    else:
        verdict = "the forecast is better" if high < 0 else "the base rate is better"
    by, *ends = (with_plus(plain(one, 3)) for one in (row["brier_difference"], low, high))
    return f"difference {by}, {percent(LEVEL)} interval {' to '.join(ends)}: {verdict}"


def _figures(stores: pd.DataFrame, scores: pd.DataFrame, words: Speech) -> tuple[Figure, ...]:
    source = "files of forecasts/ and outcomes.csv"
    scored = int(stores.loc[stores["status"].isin(COUNTED), "store_id"].nunique())
    figures = [
        Figure(
            "forecast_stores_scored",
            "Stores of a dated forecast whose outcome became known since",
            scored,
            "stores",
            "reported",
            source,
            words=words,
        )
    ]
    if not scores.empty:
        last = scores[scores["ranking"] == MODELLED]
        day, brier = last["forecast"].iloc[-1], float(last["brier"].iloc[-1])
        figures.append(
            Figure(
                "forecast_brier",
                f"Brier score of the forecast of {day}, 0 at best",
                brier,
                "ratio",
                "modelled",
                source,
                words=words,
            )
        )
    return tuple(figures)
