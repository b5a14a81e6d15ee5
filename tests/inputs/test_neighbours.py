"""The other scenarios of a portfolio: which belong to it, and that each is as if read by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from retail_portfolio.inputs import load_case, loading
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.neighbours import FREE, neighbours, portfolio_scenarios
from retail_portfolio.inputs.settings.scenario import Scenario


def add(folder: Path, name: str, text: str) -> None:
    (folder / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")


def assert_same(one: Case, other: Case) -> None:
    assert one.scenario == other.scenario
    assert dict(one.ledger.items()) == dict(other.ledger.items())
    for name in ("stores", "leases", "demand", "competitors", "metros", "barriers"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.mark.slow
def test_a_neighbour_is_what_reading_it_gives(small_data: Path) -> None:
    folder = str(small_data)
    found = neighbours(load_case("base", folder), folder)
    assert [one.name for one in found] == ["cheap-rent"]
    assert found[0].why_not == ""
    assert found[0].case is not None
    assert_same(found[0].case, load_case("cheap-rent", folder))


@pytest.mark.slow
def test_what_the_scenario_of_the_run_decides_does_not_stay(small_data: Path) -> None:
    folder = str(small_data)
    run = load_case("cheap-rent", folder)
    found = neighbours(run, folder)
    assert [one.name for one in found] == ["base"]
    assert found[0].title == "Northline leaves the corner"
    assert found[0].case is not None
    assert_same(found[0].case, load_case("base", folder))
    assert (
        run.leases["rent_usd_per_sqft_year"].tolist()
        != found[0].case.leases["rent_usd_per_sqft_year"].tolist()
    )


@pytest.mark.slow
def test_what_was_set_for_the_run_stays_in_force(small_data: Path) -> None:
    folder, overrides = str(small_data), ["lease_termination_months=9", "plan.max_conversions=1"]
    given: dict[str, Any] = {"tax_rate": 0.31, "seed": None}
    case = load_case("base", folder, overrides, **given)
    (found,) = neighbours(case, folder, overrides, **given)
    assert found.case is not None
    assert_same(found.case, load_case("cheap-rent", folder, overrides, **given))
    assert found.case.scenario.tax_rate == 0.31
    assert found.case.scenario.plan.max_conversions == 1
    assert found.case.scenario.horizon_years == 12  # its own


@pytest.mark.slow
def test_a_scenario_that_decides_what_tables_mean_is_read_anew(small_data: Path) -> None:
    folder = str(small_data)
    add(small_data, "later", "title: Later\nwhy: w\nas_of: 2026-02-15\n")
    by_name = {one.name: one for one in neighbours(load_case("base", folder), folder)}
    assert by_name["later"].case is not None
    assert_same(by_name["later"].case, load_case("later", folder))
    add(
        small_data,
        "later",
        "title: Later\nwhy: w\nconvert_from: [corner]\nbanners: {New: {label: N}}"
        "\nformats: {corner: {banner: New}}\n",
    )
    by_name = {one.name: one for one in neighbours(load_case("base", folder), folder)}
    assert by_name["later"].case is None
    assert "stores.csv row 2" in by_name["later"].why_not


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [unclosed\n", "scenarios/torn.yaml"),
        ("title: Torn\nwhy: w\nhorizon_yaers: 3\n", "horizon_years"),
        ("title: Torn\nwhy: w\nassumptions: {no_such_row: 1}\n", "assumptions.no_such_row"),
        ("- a list\n", "scenarios/torn.yaml"),
    ],
)
def test_a_scenario_that_cannot_be_used_says_why(small_data: Path, text: str, said: str) -> None:
    folder = str(small_data)
    add(small_data, "torn", text)
    by_name = {one.name: one for one in neighbours(load_case("base", folder), folder)}
    assert set(by_name) == {"cheap-rent", "torn"}
    assert by_name["torn"].case is None
    assert by_name["torn"].title == "torn"
    assert said in by_name["torn"].why_not
    assert str(small_data) not in by_name["torn"].why_not
    assert by_name["cheap-rent"].case is not None


def test_scenarios_belong_to_the_base_they_differ_from(small_data: Path) -> None:
    folder = str(small_data)
    assert portfolio_scenarios(folder) == ("base", "cheap-rent")
    bundled = portfolio_scenarios()
    assert {"base", "capital_tight"} <= set(bundled)
    (small_data / "scenarios" / "base.yaml").unlink()
    assert portfolio_scenarios(folder) == tuple(sorted({*bundled, "cheap-rent"}))
    add(small_data, "base", "title: t\n")
    add(small_data, "Not A Name", "title: t\n")
    assert portfolio_scenarios(folder) == ("base", "cheap-rent")


@pytest.mark.slow
def test_a_portfolio_of_one_scenario_has_no_neighbours(small_data: Path) -> None:
    (small_data / "scenarios" / "cheap-rent.yaml").unlink()
    assert neighbours(load_case("base", str(small_data)), str(small_data)) == ()


@pytest.mark.slow
def test_the_check_of_the_tables_asks_for_no_setting_that_is_free(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()

    class Watched:
        def __init__(self, settings: Scenario) -> None:
            self._settings = settings

        def __getattr__(self, name: str) -> Any:
            asked.add(name)
            return getattr(self._settings, name)

    real = loading.load_scenario

    def watched(*args: Any, **kwargs: Any) -> Any:
        return Watched(real(*args, **kwargs))

    monkeypatch.setattr(loading, "load_scenario", watched)
    case, faults = loading.load("base", str(small_data), None, {})
    assert case is not None
    assert not faults
    assert {"formats", "convert_from", "travel_times"} <= asked  # it is watched
    assert asked & FREE == {"assumptions"}  # which are laid over the ledger anew


def test_what_is_free_is_a_setting() -> None:
    assert set(Scenario.model_fields) >= FREE
