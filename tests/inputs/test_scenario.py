"""Scenarios: what they may say, who wins, and what is said of a wrong one."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from retail_portfolio.inputs import (
    InputError,
    check_data,
    load_case,
    load_scenario,
)
from retail_portfolio.inputs.files.textfile import MAX_SCENARIO_BYTES
from retail_portfolio.inputs.settings.parameters import notebook_parameters
from retail_portfolio.inputs.settings.scenario import Scenario
from tests.inputs.edits import faults_of, set_cell


def _add(folder: Path, text: str, name: str = "base") -> None:
    path = folder / "scenarios" / f"{name}.yaml"
    path.write_text((path.read_text() if path.exists() else "") + text, encoding="utf-8")


def _refused(folder: Path, *overrides: str, **fields: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_scenario(data_dir=str(folder), overrides=overrides, **fields)
    return str(caught.value).split("\n")


def test_precedence_and_who_said_what(small_data: Path) -> None:
    folder = str(small_data)
    assert load_scenario(data_dir=folder).horizon_years == 10
    named = load_scenario("cheap-rent", folder)
    assert (named.horizon_years, named.name, named.tax_rate) == (12, "cheap-rent", 0.2)
    last = load_scenario("cheap-rent", folder, ["horizon_years=14"], seed=3, tax_rate=None)
    assert (last.horizon_years, last.seed, last.tax_rate) == (14, 3, 0.2)
    said = {one.key: (one.value, one.given_by) for one in last.applied}
    assert said["horizon_years"] == (14, "overrides")
    assert said["seed"] == (3, "overrides")
    assert said["why"] == ("Rents fall by a sixth.", "scenarios/cheap-rent.yaml")
    assert said["tax_rate"] == (0.2, "scenarios/base.yaml")
    assert said["competitor_radius_miles"] == (5.0, "default")
    assert said["as_of"] == ("2026-01-31", "scenarios/base.yaml")


@pytest.mark.slow
def test_overrides_reach_nested_settings_and_the_ledger(small_data: Path) -> None:
    texts = "formats.hall.label=Hall; banners.Harvest Hall.plural=Halls;convert_to=corner,hall"
    settings = load_scenario(data_dir=str(small_data), overrides=texts)
    assert settings.formats["hall"].label == "Hall"
    assert settings.formats["hall"].banner == "Harvest Hall"
    assert settings.banners["Harvest Hall"].plural == "Halls"
    assert settings.convert_to == ("corner", "hall")
    for key in ("lease_termination_months", "assumptions.lease_termination_months"):
        case = load_case(data_dir=str(small_data), overrides=[f"{key}=12"])
        assert case.ledger.value("lease_termination_months", "corner", "OH") == 12
        row = case.ledger.row("lease_termination_months")
        assert (row.low, row.high, row.source) == (12, 12, "override")


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("discont_rate=0.1", "did you mean 'discount_rate'?"),
        ("lease_terminaton_months=12", "did you mean 'lease_termination_months'?"),
        ("assumptions.basket=12", "column assumptions.basket: found 'basket'"),
        ("formats.hal.label=x", "did you mean 'formats.hall.label'?"),
        ("formats.hall.role=exiting", "did you mean 'existing'?"),
        ("formats.hall.colour=red", "column formats.hall.colour: found 'red'"),
        ("formats=none", "expected a setting or a key of the ledger"),
        ("tax_rate=25", "less than or equal to 1"),
        ("tax_rate=-0.1", "greater than or equal to 0"),
        ("tax_rate=nan", "expected a number"),
        ("tax_rate=1e999", "a finite number"),
        ("horizon_years=0", "greater than or equal to 1"),
        ("horizon_years=51", "less than or equal to 50"),
        ("horizon_years=1.5", "a valid integer"),
        ("as_of=2026-02-30", "a date as YYYY-MM-DD"),
        ("as_of=20260227", "a date as YYYY-MM-DD"),
        ("currency=dollars", "column currency: found 'dollars'"),
        ("convert_to=hal", "did you mean 'hall'?"),
        ("title=<b>x</b>", "without HTML or script"),
        ("title=\x1b[2J", "without control characters"),
        ("basket_usd=cheap", "column assumptions.basket_usd: found 'cheap', expected a number"),
        ("name=x", "no such setting"),
        ("applied=x", "no such setting"),
        ("nothing", "found 'nothing', expected key=value"),
        ("=1", "expected key=value"),
    ],
)
def test_a_wrong_override_is_named(override: str, expected: str, small_data: Path) -> None:
    lines = _refused(small_data, override)
    assert any(expected in line for line in lines), lines
    assert all(line.isprintable() and line.startswith("overrides") for line in lines)


BOUNDS = {
    "gross_margin=22.8": "a share, 0 to 1",
    "sublease_rent_recovery=70": "a share, 0 to 1",
    "clearance_discount=3": "a share, 0 to 1",
    "size_sqft.fresh=-5": "a number above 0 (sq ft)",
    "size_sqft.supermarket=0": "a number above 0 (sq ft)",
    "basket_usd.go=0": "a number above 0 (USD per visit)",
    "lease_termination_months=-5": "a number, 0 or more (months of rent and charges)",
    "assumptions.lane_utilisation=0": "a share, 0 to 1 and not 0",
    "jwo_life_years=0": "a number above 0 (years)",
    "lease_initial_term_years=0": "a number above 0 (years)",
    "travel_speed_mph.band1=0": "a number above 0 (miles per hour)",
    "dense_speed_ratio=0": "a number above 0 (ratio)",
    "circuity_ratio=-1.3": "a number above 0 (ratio)",
}


@pytest.mark.slow
@pytest.mark.parametrize("override", BOUNDS)
def test_a_decided_figure_out_of_bounds_is_named(override: str) -> None:
    key, _, value = override.removeprefix("assumptions.").partition("=")
    for read in (load_scenario, load_case):
        with pytest.raises(InputError) as caught:
            read(overrides=[override])
        (line,) = str(caught.value).split("\n")
        expected = f"column assumptions.{key}: found {value!r}, expected {BOUNDS[override]}"
        assert line.startswith(f"overrides, {expected}")


def test_a_figure_out_of_bounds_in_a_scenario_file_is_named_with_its_line(
    small_data: Path,
) -> None:
    _add(small_data, "assumptions:\n  basket_usd: 0\n  inventory_days: -1\n", "mine")
    set_cell(small_data, "stores.csv", 2, "size_sqft", "-1")
    first, second, third = faults_of(small_data, "mine")
    start = "scenarios/mine.yaml row"
    expected = "assumptions.basket_usd: found '0', expected a number above 0 (a unit)"
    assert first == f"{start} 2, column {expected}"
    expected = "assumptions.inventory_days: found '-1', expected a number, 0 or more (a unit)"
    assert second == f"{start} 3, column {expected}"
    assert third.startswith("stores.csv row 2, column size_sqft")


@pytest.mark.slow
def test_the_day_of_the_announcement_is_optional(small_data: Path) -> None:
    assert load_scenario().announced == dt.date(2026, 1, 27)
    assert load_scenario(data_dir=str(small_data)).announced is None
    given = load_scenario(data_dir=str(small_data), overrides=["announced=2026-01-20"])
    assert given.announced == dt.date(2026, 1, 20)
    said = {one.key: (one.value, one.given_by) for one in given.applied}
    assert said["announced"] == ("2026-01-20", "overrides")
    assert "a date as YYYY-MM-DD" in _refused(small_data, "announced=January")[0]


@pytest.mark.slow
def test_remaining_terms_run_from_the_announcement(small_data: Path) -> None:
    # The first shop trades until 28 February 2026; 0.3 years are 110 days.
    for row, years in ((2, "0.3"), (3, "6")):
        set_cell(small_data, "leases.csv", row, "remaining_term_years", years)
    dates = ("2026-01-31", None), ("2026-01-31", "2025-11-01"), ("2025-11-01", None)
    found = []
    for as_of, announced in dates:
        overrides = {"as_of": as_of} | ({"announced": announced} if announced else {})
        faults = check_data(str(small_data), overrides=overrides)
        found.append([(fault.row, fault.column) for fault in faults])
    late = [(2, "remaining_term_years")]
    assert found == [[], late, late]


def test_a_misspelt_notebook_parameter_is_named(small_data: Path) -> None:
    assert "did you mean 'tax_rate'?" in _refused(small_data, taxrate=0.2)[0]


def test_all_faults_of_a_scenario_come_at_once(small_data: Path) -> None:
    _add(small_data, "tax_rat: 0.2\nformats: 3\n")
    assert len(_refused(small_data, "horizon_years=99", "sed=1")) == 4


YAML = {
    "unknown key": (
        "tax_rat: 0.2\n",
        "scenarios/base.yaml row 22, column tax_rat: found 'tax_rat'",
    ),
    "did you mean": ("tax_rat: 0.2\n", "did you mean 'tax_rate'?"),
    "unknown ledger key": ("assumptions: {baskt_usd: 3}\n", "did you mean 'basket_usd'?"),
    "duplicate key": (
        "seed: 8\n",
        "column seed: found 'seed', expected each key once (it is on line",
    ),
    "object": ("x: !!python/object/apply:os.system ['true']\n", "without YAML tags"),
    "name tag": ("x: !!python/name:os.system\n", "without YAML tags"),
    "anchor": ("x: &a [1, 2]\ny: *a\n", "without YAML anchors"),
    "nested": ("x: " + "[" * 2_000 + "\n", "nested at most 12 deep"),
    "two documents": ("---\na: 1\n", "one document"),
    "not YAML": ("a: [1\n", "expected YAML"),
    "no date": ("x: 2026-99-99\n", "column x: found '2026-99-99'"),
    "control": ("x: \x07\n", "expected YAML"),
    "bool for a number": ("households_radius: 1\ncheckout_wage_state: no\n", "checkout_wage_state"),
}


@pytest.mark.parametrize("kind", YAML)
def test_a_wrong_scenario_file_is_named(kind: str, small_data: Path) -> None:
    text, expected = YAML[kind]
    _add(small_data, text)
    lines = faults_of(small_data)
    assert any(expected in line for line in lines), lines
    assert all(line.startswith("scenarios/base.yaml") and line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "found 'an empty file'"),
        ("- a\n- b\n", "a mapping of settings"),
        ("hello\n", "a mapping of settings"),
        ("a: " + "x" * MAX_SCENARIO_BYTES, "expected at most 256,000 bytes"),
        ("? [1, 2]\n: 3\n", "a text as key"),
        ("a: &a [x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n", "anchors"),
        ("tax_rate: '0.2'\n", "column tax_rate: found '0.2', expected a number"),
        ("horizon_years: true\n", "column horizon_years: found 'True', expected a valid integer"),
        ("as_of: 20260131\n", "expected a date as YYYY-MM-DD"),
        ("as_of: 2026-01-31 10:00:00\n", "expected a date as YYYY-MM-DD"),
        ("title: 12\n", "expected a valid string"),
        ("formats: {hall: {label: [x]}}\n", "column formats.hall.label"),
        ("formats: {kiosk: {label: Kiosk}}\n", "column formats.kiosk.banner: found nothing"),
        ("formats: {hall: {banner: Harvest}}\n", "did you mean 'Harvest Hall'?"),
        ("convert_from: corner\n", "column convert_from"),
        ("assumptions: {basket_usd: .nan}\n", "column assumptions.basket_usd: found 'nan'"),
        ("banners: {}\nassumptions: []\n", "column assumptions"),
    ],
)
def test_a_wrong_file_of_a_named_scenario_is_named(
    text: str, expected: str, small_data: Path
) -> None:
    _add(small_data, text, "mine")
    lines = faults_of(small_data, "mine")
    assert any(expected in line for line in lines), lines
    assert all(line.startswith("scenarios/mine.yaml") for line in lines)


@pytest.mark.parametrize(
    "name", ["../base", "/etc/passwd", "a/b", "Base", "", "b" * 65, "x\n", "."]
)
def test_a_scenario_name_is_no_path(name: str, small_data: Path) -> None:
    with pytest.raises(InputError, match="without a path"):
        load_scenario(name, str(small_data))


def test_of_a_file_that_cannot_be_read_nothing_counts_as_missing(small_data: Path) -> None:
    (small_data / "scenarios" / "base.yaml").write_text("a: [1\n", encoding="utf-8")
    lines = _refused(small_data, "tax_rate=2")
    assert [line.partition(": found")[0] for line in lines] == [
        "scenarios/base.yaml row 2",
        "overrides, column tax_rate",
    ]


def test_an_unknown_scenario_is_named_with_the_nearest(small_data: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'cheap-rent'"):
        load_scenario("cheap-rents", str(small_data))


def test_a_scenario_file_that_is_a_link_out_is_refused(small_data: Path, tmp_path: Path) -> None:
    (tmp_path / "far.yaml").write_text("seed: 1\n")
    (small_data / "scenarios" / "far.yaml").symlink_to(tmp_path / "far.yaml")
    assert "not a link that leads out of it" in faults_of(small_data, "far")[0]


def test_settings_are_frozen_documented_and_travel(small_data: Path) -> None:
    settings = load_scenario(data_dir=str(small_data))
    with pytest.raises(ValidationError):
        settings.seed = 3  # type: ignore[misc]
    assert settings.as_of == dt.date(2026, 1, 31)
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - our own bytes
    schema = Scenario.model_json_schema()
    assert all(field.get("description") for field in schema["properties"].values())


def test_notebook_parameters_are_settings_with_type_and_description() -> None:
    parameters = {one.name: one for one in notebook_parameters()}
    assert list(parameters) == [
        *("scenario", "data_dir", "out_dir"),
        *("as_of", "discount_rate", "tax_rate", "horizon_years", "seed", "overrides"),
    ]
    assert parameters["discount_rate"].type == "float"
    assert parameters["horizon_years"].type == "int"
    assert "(1 to 50)" in parameters["horizon_years"].description
    shared = set(parameters) - {"scenario", "data_dir", "out_dir", "overrides"}
    assert shared <= set(Scenario.model_fields)


TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_tiles_are_a_setting_with_an_address_and_a_credit(small_data: Path) -> None:
    asked = [f"map_tiles.url={TILES}", "map_tiles.credit=Somebody"]
    tiles = load_scenario("base", str(small_data), asked).map_tiles
    assert tiles is not None
    assert (tiles.url, tiles.credit) == (TILES, "Somebody")
    assert load_scenario("base", str(small_data)).map_tiles is None


@pytest.mark.parametrize(
    "url",
    [
        TILES.replace("https", "http"),
        TILES.replace("/{y}", ""),
        "https://a; script-src */{z}/{x}/{y}.png",
        "javascript:alert(1)//{z}{x}{y}",
        "",
    ],
)
def test_an_address_of_tiles_that_a_policy_cannot_name_is_refused(
    url: str, small_data: Path
) -> None:
    with pytest.raises(InputError, match=r"https://HOST/"):
        load_scenario("base", str(small_data), [f"map_tiles.url={url}", "map_tiles.credit=S"])
