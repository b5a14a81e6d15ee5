"""The forecast tool: what it writes, that it writes once, and that the date is today's."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs import check_data, load_case
from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.model.opening.conversion import setting_of
from retail_portfolio.model.planning.plan_odds import drawn_plans
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.sampling.draws import draw_ledger
from tests.model.conftest import bill_of
from tools.forecast import as_text, checked_path, forecast_table, main, naive_columns

TODAY = dt.date(2026, 11, 26)
ARGUMENTS = ["--made-on", "2026-11-26", "--draws", "2"]


@pytest.fixture
def written(small_data: Path) -> Path:
    assert main([*ARGUMENTS, "--data", str(small_data)], TODAY) == 0
    return small_data / "forecasts" / "2026-11-26.csv"


@pytest.mark.slow
def test_what_it_writes_can_be_read_and_is_what_the_draws_say(
    small_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ARGUMENTS, "--data", str(small_data)], TODAY) == 0
    assert capsys.readouterr().out == "2026-11-26.csv: 3 stores\n"
    assert check_data(str(small_data)) == ()
    case = load_case(data_dir=str(small_data))
    found = case.forecasts
    assert found["store_id"].tolist() == ["corner-1", "corner-2", "corner-3"]
    assert set(found["information_until"]) == {"2026-01-31"}
    plans = drawn_plans(case, draw_ledger(case.ledger, 2, case.scenario.seed))
    times = plans.converts.sum(axis=0)
    assert found["probability"].to_numpy() == pytest.approx((times + 0.5) / 3, abs=1e-6)
    assert found["probability_at_base_rate"].mean() == pytest.approx(0.2, abs=1e-6)
    assert set(found["base_rate"]) == {0.2}
    task = plan_task(case, bill_of(case).table)
    best = {task.problem.columns.site[c] for c in optimum(task).chosen[0]}
    assert found["plan_converts"].tolist() == [float(n in best) for n in range(3)]
    ledger = hashlib.sha256((small_data / "assumptions.csv").read_bytes()).hexdigest()
    (method,) = set(found["method"])
    for part in ("share of 2 draws", "scenario base", "seed 7", f"sha256 {ledger}"):
        assert part in method


@pytest.mark.slow
def test_the_share_that_converts_may_be_said_state_by_state_alone(small_data: Path) -> None:
    """The base rate is then the mean over the three sites, one at 10 % and two at 40 %."""
    case = load_case(data_dir=str(small_data))
    closing = case.stores["status"] == "closing"
    far = case.stores["store_id"] == "corner-1"
    state = case.stores["state"].mask(closing, "OH").mask(far, "MI")
    case = replace(case, stores=case.stores.assign(state=state))
    said = case.ledger.row("us_conversion_share")
    others = [row for row in case.ledger.values() if row.key != said.key]
    rows = [
        replace(said, key=f"{said.key}.corner.{state}", low=share, base=share, high=share)
        for state, share in (("mi", 0.1), ("oh", 0.4))
    ]
    split = case.with_ledger(Ledger((*others, *rows)))
    table = forecast_table(split, TODAY, 2, "")
    assert table["base_rate"].tolist() == pytest.approx([0.3] * 3)
    assert table["probability_at_base_rate"].mean() == pytest.approx(0.3, abs=1e-6)


@pytest.mark.slow
def test_it_never_writes_over_a_forecast(
    written: Path, small_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written.write_text("kept")
    assert main([*ARGUMENTS, "--data", str(small_data)], TODAY) == 2
    assert "is never written over" in capsys.readouterr().err
    assert written.read_text() == "kept"


@pytest.mark.parametrize("day", ["2026-11-25", "2026-11-27", "2026-11", "../2026-11-26", ""])
def test_its_date_is_the_day_of_writing(
    small_data: Path, day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--made-on", day, "--data", str(small_data)], TODAY) == 2
    assert "expected today, 2026-11-26" in capsys.readouterr().err
    assert not (small_data / "forecasts").exists()


def test_without_a_day_of_its_own_it_asks_the_clock(
    small_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--made-on", "2001-01-01", "--data", str(small_data)]) == 2
    assert "expected today, 20" in capsys.readouterr().err


def test_a_link_to_nowhere_is_no_free_place(small_data: Path) -> None:
    path = checked_path(small_data, "2026-11-26", TODAY)
    path.parent.mkdir()
    path.symlink_to("gone.csv")
    with pytest.raises(ValueError, match="never written over"):
        checked_path(small_data, "2026-11-26", TODAY)


def test_bad_tables_are_named_and_nothing_is_written(
    small_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small_data / "demand.csv").unlink()
    assert main([*ARGUMENTS, "--data", str(small_data)], TODAY) == 2
    assert "demand.csv" in capsys.readouterr().err
    assert not (small_data / "forecasts").exists()


@pytest.mark.slow
def test_equal_inputs_give_equal_bytes(written: Path, small_data: Path) -> None:
    case = load_case(data_dir=str(small_data))
    ledger = hashlib.sha256((small_data / "assumptions.csv").read_bytes()).hexdigest()
    again = as_text(forecast_table(case, TODAY, 2, ledger))
    assert again.encode() == written.read_bytes()


@pytest.mark.slow
def test_the_decision_is_that_of_the_plan(small_data: Path) -> None:
    only = {"plan.force_in": ["corner-2"], "plan.max_conversions": 1}
    case = load_case(data_dir=str(small_data), overrides=only)
    table = forecast_table(case, TODAY, 2, "")
    assert table["plan_converts"].tolist() == [0, 1, 0]
    assert table["probability"].tolist() == pytest.approx([0.5 / 3, 2.5 / 3, 0.5 / 3])


@pytest.mark.slow
def test_the_nearest_own_store_is_that_of_any_banner_a_site_could_take(small_data: Path) -> None:
    case = load_case(data_dir=str(small_data))
    miles = {"hall": np.array([1.0, 2, 3]), "kiosk": np.array([3.0, 1, 5])}
    place = replace(setting_of(case), miles=miles)
    assert naive_columns(case, place)["nearest_own_miles"].tolist() == [1, 1, 3]


@pytest.mark.slow
def test_naive_columns_by_hand(small_data: Path) -> None:
    case = load_case(data_dir=str(small_data))
    found = naive_columns(case, setting_of(case)).set_axis(["corner-1", "corner-2", "corner-3"])
    assert found["size_sqft"].tolist() == [9000, 12500, 9000]
    # Within four miles of corner-1 there is one point; of corner-2 its own.
    assert found["households"].tolist() == [1700, 1600, 1500]
    assert found["share_bachelors"].tolist() == pytest.approx([0.31, 0.52, 0.22])
    assert found["income_usd"].tolist() == [61_000, 88_000, 52_000]
    # A tenth of a degree of latitude is 6.9 miles; the other hall is in another state.
    assert found["nearest_own_miles"].tolist()[0] == pytest.approx(6.93, abs=0.03)


@pytest.mark.slow
def test_shares_are_means_over_households_and_blank_where_unknown(small_data: Path) -> None:
    case = load_case(data_dir=str(small_data), overrides={"households_radius_miles": 20.0})
    place = setting_of(case)
    found = naive_columns(case, place)["share_bachelors"].tolist()
    ohio = (1700 * 0.31 + 1600 * 0.52 + 2100 * 0.6) / 5400
    assert found[:2] == pytest.approx([ohio, ohio])
    demand = case.demand.assign(share_bachelors=[0.31, np.nan, 0.6, np.nan, np.nan])
    found = naive_columns(replace(case, demand=demand), place)["share_bachelors"]
    assert found[0] == pytest.approx((1700 * 0.31 + 2100 * 0.6) / 3800)
    assert np.isnan(found[2])


def test_blanks_are_written_blank() -> None:
    numbers = dict.fromkeys(
        ["probability", "probability_at_base_rate", "base_rate", "plan_converts", "size_sqft"], 0.5
    )
    more = {"nearest_own_miles": 1.0, "income_usd": np.nan, "share_bachelors": 0.25}
    table = pd.DataFrame([{"store_id": "a", **numbers, **more, "households": 3.0}])
    assert as_text(table).split("\n")[1] == "a,0.500000,0.500000,0.500000,0,0,1.000,,0.2500,3"
