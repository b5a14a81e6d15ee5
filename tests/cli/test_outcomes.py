"""From an outcome somebody adds to the score of the forecast: the whole way, on the real tables."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retail_portfolio.inputs import load_case
from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.model.track_record.forecast import forecast_scores, forecast_stores
from tests.inputs.edits import read, write

pytestmark = pytest.mark.slow

NEWS = {
    "fresh-ca-irvine": "converts_to_whole_foods",
    "fresh-va-fairfax": "convert_wfm",
    "fresh-ca-moorpark": "whole_foods_daily_shop",
    "fresh-ca-cerritos": "other_grocer",
    "fresh-ca-fontana": "other_tenant",
    "fresh-il-norridge": "demolished",
}
"""What could have been announced in January 2027; none of it is true."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(checkout_root() / "data", tmp_path / "data"))


def announce(folder: Path, word_of: dict[str, str], day: str = "2027-01") -> None:
    """Let this be all that is known of the stores."""
    rows = read(folder / "outcomes.csv")
    store, word, announced = (rows[0].index(name) for name in ("store_id", "outcome", "announced"))
    for row in rows[1:]:
        if row[store]:
            known = row[store] in word_of
            row[word], row[announced] = word_of.get(row[store], "unknown"), day if known else ""
    write(folder / "outcomes.csv", rows)


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "retail_portfolio", "check", "--data", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_outcome_in_the_table_scores_the_forecast(folder: Path) -> None:
    announce(folder, NEWS)
    done = check(folder)
    assert done.returncode == 0, done.stderr
    rows = dict(line.split()[:2] for line in done.stdout.splitlines()[:-1])
    assert rows["forecasts"] == f"{len(load_case().forecasts)}"
    case = load_case(data_dir=str(folder))
    made = case.forecasts.set_index("store_id")["probability"][list(NEWS)].to_numpy()
    happened = np.array([1, 1, 1, 0, 0, 0])
    scores = forecast_scores(case)
    row = scores.table[scores.table["forecast"] == "2026-11-26"].set_index("ranking").loc
    assert row["probability"]["stores_scored"] == 6
    assert row["probability"]["stores_converted"] == 3
    assert row["probability"]["brier"] == pytest.approx(((made - happened) ** 2).mean())
    assert row["base_rate"]["brier"] == pytest.approx((3 * 0.82**2 + 3 * 0.18**2) / 6)
    # Fontana was given more than Moorpark: eight of nine pairs are in order.
    assert row["probability"]["auc"] == pytest.approx(8 / 9)
    assert row["probability"]["hits_of_top"] == 2
    assert len(row[:]) == 9
    status = forecast_stores(case).table.set_index("store_id")["status"]
    assert (status == "scored").sum() == 6
    assert (status == "open").sum() == 51


def test_an_outcome_from_before_the_forecast_is_listed_and_not_scored(folder: Path) -> None:
    announce(folder, NEWS, "2026-01-27")
    case = load_case(data_dir=str(folder))
    status = forecast_stores(case).table["status"]
    assert status.value_counts().to_dict() == {"open": 51, "known before": 6}
    scores = forecast_scores(case)
    assert scores.table.empty
    assert "6 were known before" in scores.sentence


def test_an_outcome_from_before_the_writing_is_scored_and_counted_apart(folder: Path) -> None:
    announce(folder, NEWS, "2026-06-15")
    scores = forecast_scores(load_case(data_dir=str(folder)))
    row = scores.table.set_index("ranking").loc["probability"]
    assert (row["stores_scored"], row["stores_told_before"]) == (6, 6)
    assert "6 of the outcomes were announced before the forecast was written" in scores.sentence


def test_a_wrong_word_and_a_wrong_forecast_stop_the_check(folder: Path) -> None:
    announce(folder, NEWS | {"fresh-ca-irvine": "converts_to_wholefoods"})
    rows = read(folder / "outcomes.csv")
    at = next(n for n, row in enumerate(rows, start=1) if "fresh-ca-irvine" in row)
    path = folder / "forecasts" / "2026-11-26.csv"
    path.write_text(path.read_text().replace("fresh-ca-irvine,", "fresh-ca-irvin,", 1))
    line = next(n for n, row in enumerate(read(path), start=1) if "fresh-ca-irvin" in row)
    done = check(folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert (
        f"outcomes.csv row {at}, column outcome: found 'converts_to_wholefoods', expected one of "
    ) in done.stderr
    assert "(did you mean 'converts_to_whole_foods'?)" in done.stderr
    assert (
        f"forecasts/2026-11-26.csv row {line}, column store_id: found 'fresh-ca-irvin', expected "
        "a store of stores.csv (did you mean 'fresh-ca-irvine'?)"
    ) in done.stderr
