"""A forecast held against outcomes: who is scored, by hand, and what is said while nobody is."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.case import Case
from retail_portfolio.model.track_record.forecast import (
    FEW,
    SCORE_UNITS,
    forecast_scores,
    forecast_stores,
)
from retail_portfolio.model.track_record.forecast_outcomes import STORE_COLUMNS

DAY = "2026-06-30"
PROBABILITY = {"a": 0.8, "b": 0.4, "c": 0.3, "d": 0.1, "e": 0.6}


def forecast(day: str = DAY, **given: float) -> pd.DataFrame:
    given = given or PROBABILITY
    return pd.DataFrame(
        {
            "file": f"forecasts/{day}.csv",
            "store_id": list(given),
            "made_on": day,
            "information_until": "2026-01-27",
            "probability": list(given.values()),
            "probability_at_base_rate": [value / 2 for value in given.values()],
            "base_rate": 0.2,
            "plan_converts": [float(value > 0.5) for value in given.values()],
            "size_sqft": np.arange(len(given), dtype=float) + 1,
            "nearest_own_miles": np.arange(len(given), dtype=float) + 1,
            "income_usd": [50_000.0, 60_000.0, np.nan, 40_000.0, 70_000.0][: len(given)],
            "share_bachelors": 0.3,
            "households": np.nan,
            "method": "By hand",
        }
    )


def told(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["store_id", "outcome", "announced"], dtype="str")


def case_of(case: Case, outcomes: pd.DataFrame, forecasts: pd.DataFrame | None = None) -> Case:
    """Five closing shops `a` to `e`, one that trades on, `f`."""
    stores = pd.DataFrame(
        {"store_id": list("abcdef"), "status": ["closing"] * 5 + ["open"], "format": "shop"}
    )
    scenario = case.scenario.model_copy(update={"conversion_outcomes": {"reborn": "salon"}})
    made = forecast() if forecasts is None else forecasts
    return replace(case, scenario=scenario, stores=stores, outcomes=outcomes, forecasts=made)


FOUR = told(
    ("a", "reborn", "2027-01"),
    ("b", "other_tenant", "2026-07-01"),
    ("c", "convert_salon", ""),
    ("d", "demolished", "2027"),
)
"""a and c converted, b and d did not, of e nothing is known."""


def statuses(case: Case) -> dict[str, str]:
    table = forecast_stores(case).table
    return dict(zip(table["store_id"], table["status"], strict=True))


def test_what_became_of_each_store(pencil_case: Case) -> None:
    found = forecast_stores(case_of(pencil_case, FOUR))
    assert list(found.table) == list(STORE_COLUMNS)
    table = found.table.set_index("store_id")
    assert table["outcome"].tolist() == [
        "reborn",
        "other_tenant",
        "convert_salon",
        "demolished",
        "",
    ]
    assert table["announced"].tolist() == ["2027-01", "2026-07-01", "", "2027", ""]
    assert table["converted"].tolist()[:4] == [1, 0, 1, 0]
    assert np.isnan(table["converted"]["e"])
    assert table["status"].tolist() == ["scored"] * 4 + ["open"]
    assert table["probability"].to_dict() == PROBABILITY
    assert found.sentence == f"Stores of the forecast of {DAY}: 4 scored, 1 open."


@pytest.mark.parametrize(
    ("rows", "status", "converted"),
    [
        ([("a", "unknown", "2027-01")], "open", None),
        ([("a", "vacant", "2027-01")], "open", None),
        ([("a", "reborn", "2026-01-27")], "known before", 1),
        ([("a", "reborn", "2025")], "known before", 1),
        ([("a", "reborn", "2026-01-28")], "scored, told before", 1),
        ([("a", "reborn", "2026-01")], "scored, told before", 1),
        ([("a", "reborn", "2026-06-30")], "scored, told before", 1),
        ([("a", "reborn", "2026-07-01")], "scored", 1),
        ([("a", "reborn", "2026-06")], "scored, told before", 1),  # it may have been before
        ([("a", "reborn", "2026")], "scored, told before", 1),
        ([("a", "other_use", "")], "scored", 0),
        # The latest row counts, whatever the order of the file.
        ([("a", "reborn", "2027-03"), ("a", "lease_exit", "2026-09")], "scored", 1),
        ([("a", "lease_exit", "2026-09"), ("a", "reborn", "2027-03")], "scored", 1),
        ([("a", "sublease_marketed", "2026-03"), ("a", "reborn", "2027-03")], "scored", 1),
        ([("a", "reborn", "2026-09"), ("a", "vacant", "2027-03")], "scored", 1),
        ([("a", "vacant", "2026-09"), ("a", "unknown", "2027-03")], "open", None),
        # What is said again was known when it was said first.
        ([("a", "other_use", "2026-01-03"), ("a", "other_tenant", "2027-03")], "known before", 0),
        (
            [("a", "other_use", "2026-03"), ("a", "other_tenant", "2027-03")],
            "scored, told before",
            0,
        ),
        # A row that nothing is known from gives way.
        ([("a", "reborn", "2026-09"), ("a", "unknown", "2027-03")], "scored", 1),
        ([("a", "reborn", ""), ("a", "vacant", "2026-02")], "scored", 1),
        ([("a", "vacant", ""), ("a", "reborn", "2026-09")], "scored", 1),
    ],
)
def test_which_row_counts_and_whether_it_was_known(
    pencil_case: Case, rows: list[tuple[str, str, str]], status: str, converted: int | None
) -> None:
    table = forecast_stores(case_of(pencil_case, told(*rows))).table.set_index("store_id")
    assert table["status"]["a"] == status
    found = table["converted"]["a"]
    assert np.isnan(found) if converted is None else found == converted


def test_a_store_that_is_not_of_the_wave_is_never_scored(pencil_case: Case) -> None:
    made = forecast(a=0.8, f=0.5)
    outcomes = told(("f", "reborn", "2027-01"), ("", "reborn", "2027-01"))
    case = case_of(pencil_case, outcomes, made)
    assert statuses(case) == {"a": "open", "f": "not of the wave"}
    assert statuses(replace(case, outcomes=told())) == {"a": "open", "f": "not of the wave"}
    assert forecast_scores(case).table.empty


def test_scores_by_hand(pencil_case: Case) -> None:
    found = forecast_scores(case_of(pencil_case, FOUR)).table.set_index("ranking")
    assert set(found["forecast"]) == {DAY}
    assert (found["stores_forecast"] == 5).all()
    assert (found["stores_scored"] == 4).all()
    assert (found["stores_converted"] == 2).all()
    row = found.loc["probability"]
    brier = (0.04 + 0.16 + 0.49 + 0.01) / 4
    base = (0.64 + 0.04 + 0.64 + 0.04) / 4
    assert row["brier"] == pytest.approx(brier)
    assert row["brier_skill"] == pytest.approx(1 - brier / base)
    assert row["brier_difference"] == pytest.approx(brier - base)
    assert row["log_score"] == pytest.approx(-np.log([0.8, 0.6, 0.3, 0.9]).mean())
    assert (row["hits_of_top"], row["called_at_half"], row["hits_at_half"]) == (1, 1, 1)
    assert row["auc"] == 0.75
    halved = found.loc["probability_at_base_rate"]
    assert halved["brier"] == pytest.approx((0.36 + 0.04 + 0.7225 + 0.0025) / 4)
    assert (halved["auc"], halved["auc_difference"]) == (0.75, 0)
    flat = found.loc["base_rate"]
    assert (flat["brier"], flat["brier_skill"], flat["brier_difference"]) == (
        pytest.approx(base),
        0,
        0,
    )
    assert flat["log_score"] == pytest.approx(-(2 * math.log(0.2) + 2 * math.log(0.8)) / 4)
    assert (flat["auc"], flat["hits_of_top"]) == (0.5, 1)
    assert found.loc["probability", ["auc_difference", "auc_difference_low"]].isna().all()


def test_a_store_that_was_called_and_did_not_convert_is_no_hit(pencil_case: Case) -> None:
    outcomes = told(("a", "reborn", "2027-01"), ("e", "other_use", "2027-01"))
    row = forecast_scores(case_of(pencil_case, outcomes)).table.set_index("ranking")
    assert row["called_at_half"]["probability"] == 2
    assert row["hits_at_half"]["probability"] == 1


def test_naive_rankings_by_hand(pencil_case: Case) -> None:
    found = forecast_scores(case_of(pencil_case, FOUR)).table.set_index("ranking")
    # Sizes rise from a to d: of four pairs c outranks b alone. Miles rank the other way round.
    assert found["auc"]["size_sqft"] == 0.25
    assert found["auc"]["nearest_own_miles"] == 0.75
    assert found["hits_of_top"][["size_sqft", "nearest_own_miles"]].tolist() == [1, 1]
    assert found["auc_difference"]["size_sqft"] == 0.5
    # c has no income and ranks last: a outranks d, nothing outranks b.
    assert found["auc"]["income_usd"] == 0.25
    assert found["auc"]["share_bachelors"] == 0.5
    assert found["auc"]["plan_converts"] == 0.75
    assert "households" not in found.index
    only_ranks = found.loc["size_sqft"]
    assert only_ranks[["brier", "log_score", "called_at_half", "hits_at_half"]].isna().all()


def test_intervals_hold_what_resampling_gives(pencil_case: Case) -> None:
    case = case_of(pencil_case, FOUR)
    one, two = forecast_scores(case).table, forecast_scores(case).table
    assert one.equals(two)
    row = one.set_index("ranking").loc["probability"]
    # Squared errors less those of the base rate: -0.6, 0.12, -0.15, -0.03.
    assert -0.6 <= row["brier_difference_low"] < row["brier_difference"]
    assert row["brier_difference"] < row["brier_difference_high"] <= 0.12
    other = one.set_index("ranking").loc["size_sqft"]
    assert -1 <= other["auc_difference_low"] < 0.5 <= other["auc_difference_high"] <= 1
    seed = case.scenario.model_copy(update={"seed": 2})
    moved = forecast_scores(replace(case, scenario=seed)).table
    assert moved["brier"].equals(one["brier"])


@pytest.mark.slow
def test_twenty_stores_told_apart(pencil_case: Case) -> None:
    names = [f"s{n}" for n in range(20)]
    good = {name: 0.9 if n < 5 else 0.05 for n, name in enumerate(names)}
    rows = [(n, "reborn" if p > 0.5 else "other_use", "2027-01") for n, p in good.items()]
    made = forecast(**dict.fromkeys("abcde", 0.5))
    made = pd.concat([made.iloc[[0] * 20].assign(store_id=names)], ignore_index=True)
    made = made.assign(probability=list(good.values()))
    case = case_of(pencil_case, told(*rows), made)
    stores = pd.DataFrame({"store_id": names, "status": "closing", "format": "shop"})
    found = forecast_scores(replace(case, stores=stores))
    row = found.table.set_index("ranking").loc["probability"]
    assert (row["auc"], row["hits_of_top"], row["called_at_half"]) == (1, 5, 5)
    assert row["brier_difference_high"] < 0
    # Every size is the same, and every resample with both kinds puts the forecast ahead by half.
    size = found.table.set_index("ranking").loc["size_sqft"]
    assert (
        size[["auc_difference_low", "auc_difference", "auc_difference_high"]].tolist() == [0.5] * 3
    )
    assert "20 have an outcome since and 5 of them converted" in found.sentence
    assert found.sentence.endswith("the forecast is better). It ranks with an AUC of 1.00.")
    worse = made.assign(probability=[1 - p for p in good.values()])
    lost = forecast_scores(replace(case, stores=stores, forecasts=worse))
    assert "the base rate is better). It ranks with an AUC of 0.00." in lost.sentence
    spread = replace(
        case, stores=stores, forecasts=made.assign(probability=np.arange(20) / 21 + 0.02)
    )
    ends = [
        forecast_scores(
            replace(spread, scenario=case.scenario.model_copy(update={"seed": seed}))
        ).table["brier_difference_low"][0]
        for seed in (1, 2)
    ]
    assert ends[0] != ends[1]
    even = made.assign(probability=np.where(np.arange(20) % 2, 0.21, 0.19))
    tied = forecast_scores(replace(case, stores=stores, forecasts=even))
    assert "the outcomes so far do not tell the two apart" in tied.sentence


def test_too_few_outcomes_tell_nothing(pencil_case: Case) -> None:
    found = forecast_scores(case_of(pencil_case, told(("a", "reborn", "2027-01"))))
    assert FEW > 4
    assert "too few outcomes to tell the two apart" in found.sentence
    assert found.figure("forecast_stores_scored").value == 1
    assert found.figure("forecast_brier").value == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("reborn", "reborn"), "2 of them converted"),
        (("other_use", "demolished"), "0 of them converted"),
    ],
)
def test_one_kind_of_outcome_scores_probabilities_only(
    pencil_case: Case, words: tuple[str, str], said: str
) -> None:
    rows = [(store, word, "2027-01") for store, word in zip("ab", words, strict=True)]
    found = forecast_scores(case_of(pencil_case, told(*rows)))
    table = found.table.set_index("ranking")
    assert table.loc["probability", ["brier", "log_score", "brier_difference"]].notna().all()
    assert table[["auc", "auc_difference", "auc_difference_low"]].isna().all(axis=None)
    assert said in found.sentence
    every = "all" if words[0] == "reborn" else "none"
    assert found.sentence.endswith(f"No ranking can be scored, as {every} of them converted.")


def test_while_nothing_is_known_it_says_so(pencil_case: Case) -> None:
    for outcomes in (told(), pd.DataFrame(), told(("a", "unknown", ""))):
        found = forecast_scores(case_of(pencil_case, outcomes))
        assert found.table.empty
        assert list(found.table) == ["forecast", "ranking", *SCORE_UNITS]
        assert found.table["brier"].dtype == np.dtype("float64")
        assert found.sentence == (
            f"Nothing can be scored yet: of the 5 stores of the forecast of {DAY} none has an "
            "outcome that was announced since."
        )
        assert found.figure("forecast_stores_scored").value == 0
    early = forecast_scores(case_of(pencil_case, told(("a", "reborn", "2026-01-02"))))
    assert early.sentence.endswith("announced since, and 1 was known before it was made.")


def test_without_a_forecast_there_is_nothing_to_score(pencil_case: Case) -> None:
    for case in (pencil_case, case_of(pencil_case, FOUR, forecast().iloc[:0])):
        scores, stores = forecast_scores(case), forecast_stores(case)
        assert scores.table.empty
        assert stores.table.empty
        assert list(stores.table) == list(STORE_COLUMNS)
        assert scores.sentence == stores.sentence
        assert "no dated forecast" in scores.sentence


def test_each_forecast_is_scored_on_what_came_after_it(pencil_case: Case) -> None:
    both = pd.concat([forecast(), forecast("2026-12-31")], ignore_index=True)
    case = case_of(pencil_case, FOUR, both)
    table = forecast_stores(case).table
    later = table[table["made_on"] == "2026-12-31"].set_index("store_id")["status"]
    assert later.tolist() == ["scored", "scored, told before", "scored", "scored", "open"]
    found = forecast_scores(case)
    scored = found.table[found.table["ranking"] == "probability"]
    assert scored["forecast"].tolist() == [DAY, "2026-12-31"]
    assert scored["stores_scored"].tolist() == [4, 4]
    assert scored["stores_told_before"].tolist() == [0, 1]
    assert found.figure("forecast_stores_scored").value == 4
    assert "5 stores forecast on 2026-12-31, 4 have an outcome since" in found.sentence
    assert "1 of the outcomes were announced before the forecast was written" in found.sentence
    assert forecast_stores(case).sentence.startswith(f"Stores of the forecasts of {DAY}, 2026-12")


def test_a_forecast_without_a_base_rate_has_scores_of_its_own_only(pencil_case: Case) -> None:
    made = forecast().assign(base_rate=np.nan, probability_at_base_rate=np.nan)
    found = forecast_scores(case_of(pencil_case, FOUR, made))
    table = found.table.set_index("ranking")
    assert not {"base_rate", "probability_at_base_rate"} & set(table.index)
    assert table["brier"]["probability"] == pytest.approx(0.175)
    assert table.loc["probability", ["brier_skill", "brier_difference"]].isna().all()
    assert "base rate" not in found.sentence
    partly = forecast().assign(base_rate=[0.2, np.nan, 0.2, 0.2, 0.2])
    table = forecast_scores(case_of(pencil_case, FOUR, partly)).table.set_index("ranking")
    assert table.loc["base_rate", ["brier", "log_score", "called_at_half"]].isna().all()
    assert np.isnan(table["brier_difference"]["probability"])


@pytest.mark.slow
def test_the_bundled_forecast_waits_for_outcomes(case: Case) -> None:
    waiting = replace(case, outcomes=case.outcomes.assign(outcome="unknown"))
    scores, stores = forecast_scores(waiting), forecast_stores(waiting)
    assert len(stores.table) >= 57
    assert set(stores.table["status"]) == {"open"}
    assert scores.table.empty
    assert scores.sentence.startswith("Nothing can be scored yet: of the ")
