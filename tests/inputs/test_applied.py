"""Who won: every setting with the layer that gave it, and those that it overrode."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retail_portfolio.inputs import load_case, load_scenario
from retail_portfolio.inputs.settings.applied import Setting, default_of
from retail_portfolio.inputs.settings.scenario import Scenario


def _applied(folder: Path, name: str = "cheap-rent", *overrides: str) -> dict[str, Setting]:
    return {one.key: one for one in load_scenario(name, str(folder), overrides).applied}


def test_the_losers_stand_from_the_strongest_to_the_weakest(small_data: Path) -> None:
    found = _applied(small_data, "cheap-rent", "horizon_years=14", "retailer=Ours")
    base, named = "scenarios/base.yaml", "scenarios/cheap-rent.yaml"
    assert found["horizon_years"] == Setting(
        "horizon_years", 14, "overrides", ((named, 12), (base, 10))
    )
    assert found["seed"].over == ()
    assert found["draws"] == Setting("draws", 8192, "default")
    assert found["retailer"].over[-1] == ("default", "The retailer")
    assert found["why"].over == ((base, found_in_base(small_data, "why")),)


def found_in_base(folder: Path, key: str) -> object:
    return {one.key: one.value for one in load_scenario("base", str(folder)).applied}[key]


def test_a_decided_figure_took_the_place_of_the_ledgers_own(small_data: Path) -> None:
    key = "rent_net_usd_per_sqft_year.corner.oh"
    named, ledger = ("scenarios/cheap-rent.yaml", 20), ("assumptions.csv", 24.0)
    found = _applied(small_data)[f"assumptions.{key}"]
    assert (found.value, found.given_by, found.over) == (20.0, named[0], (ledger,))
    found = _applied(small_data, "cheap-rent", f"{key}=21")[f"assumptions.{key}"]
    assert (found.value, found.given_by, found.over) == (21.0, "overrides", (named, ledger))


def test_a_case_says_the_same_as_its_scenario_alone(small_data: Path) -> None:
    given = ("cheap-rent", str(small_data), ["tax_rate=0.3"])
    assert load_case(*given).scenario == load_scenario(*given)


def test_nested_settings_have_losers_too(small_data: Path) -> None:
    path = small_data / "scenarios" / "mine.yaml"
    path.write_text(
        "plan: {min_conversions: 2, capital_budget_usd: null}\nas_of: 2026-02-03\n"
        "convert_to: [hall]\nbanners: {Harvest Hall: {plural: Halls}}\n"
    )
    found = _applied(small_data, "mine", "plan.min_conversions=3", "as_of=2026-02-04")
    over = (("scenarios/mine.yaml", 2), ("default", 0))
    assert found["plan.min_conversions"] == Setting("plan.min_conversions", 3, "overrides", over)
    assert found["as_of"].over[:2] == (
        ("scenarios/mine.yaml", "2026-02-03"),
        ("scenarios/base.yaml", "2026-01-31"),
    )
    assert found["plan.capital_budget_usd"] == Setting("plan.capital_budget_usd", None, "default")
    assert found["banners.Harvest Hall.plural"].over[-1] == ("default", "")
    assert found["convert_to"].value == ("hall",)
    assert all(isinstance(value, tuple) for _, value in found["convert_to"].over)


def test_a_loser_that_fits_no_setting_is_still_written_down(small_data: Path) -> None:
    path = small_data / "scenarios" / "mine.yaml"
    path.write_text("tax_rate: .inf\nseed: {a: 1}\nhorizon_years: [1, 2]\n")
    found = _applied(small_data, "mine", "tax_rate=0.1", "seed=4", "horizon_years=5")
    assert found["tax_rate"].over[0] == ("scenarios/mine.yaml", "inf")
    assert found["horizon_years"].over[0] == ("scenarios/mine.yaml", ("1", "2"))
    losers = [value for one in found.values() for _, value in one.over]
    assert json.dumps(losers, allow_nan=False)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("draws",), (8192,)),
        (("announced",), (None,)),
        (("as_of",), None),
        (("plan", "opening_years"), (4,)),
        (("formats", "x", "role"), None),
        (("banners", "x", "plural"), ("",)),
        (("map_tiles", "url"), None),
        (("assumptions", "basket_usd"), None),
        (("nothing",), None),
    ],
)
def test_default_of_a_setting(path: tuple[str, ...], expected: object) -> None:
    assert default_of(Scenario, path) == expected
