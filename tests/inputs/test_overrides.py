"""Overrides: a setting that is given twice with different values is no guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from retail_portfolio.inputs import InputError, load_scenario


def _refused(folder: Path, overrides: Any, **fields: object) -> str:
    with pytest.raises(InputError) as caught:
        load_scenario(data_dir=str(folder), overrides=overrides, **fields)
    return str(caught.value)


@pytest.mark.parametrize(
    ("overrides", "fields", "expected"),
    [
        (
            ["tax_rate=0.1", "seed=2", "tax_rate=0.2"],
            {},
            "column tax_rate: found '0.2', expected one value for this setting; it is given",
        ),
        ("seed=1; seed=2", {}, "column seed: found '2', expected one value"),
        (
            ["basket_usd=20", "assumptions.basket_usd=21"],
            {},
            "column assumptions.basket_usd: found '21', expected one value",
        ),
        (
            {"basket_usd": 20, "assumptions.basket_usd": 21},
            {},
            "column assumptions.basket_usd: found '21', expected one value",
        ),
        (["convert_to=hall", "convert_to=[corner]"], {}, "it is given as \"['hall']\" too"),
        (["plan.max_by_metro.a=1", "plan.max_by_metro.a=2"], {}, "plan.max_by_metro.a: found '2'"),
        (["tax_rate=0.2"], {"tax_rate": 0.1}, "column tax_rate: found '0.2', expected one value"),
    ],
)
def test_a_setting_given_twice_is_refused(
    overrides: Any, fields: dict[str, object], expected: str, small_data: Path
) -> None:
    assert expected in _refused(small_data, overrides, **fields)


def test_every_other_value_is_named(small_data: Path) -> None:
    texts = [f"seed={seed}" for seed in (1, 2, 1, 3)]
    assert _refused(small_data, texts).count("it is given as '1' too") == 2


def test_the_same_value_twice_is_none(small_data: Path) -> None:
    texts = ["tax_rate=0.10", "tax_rate=.1", "plan.min_conversions=1"]
    found = load_scenario(data_dir=str(small_data), overrides=texts, tax_rate=0.1)
    assert found.tax_rate == 0.1


@pytest.mark.parametrize(
    ("override", "key", "within"),
    [
        ("plan=3", "plan", "'plan.max_conversions'"),
        ("data_max_age_days=30", "data_max_age_days", "'data_max_age_days.report'"),
        ("formats=x", "formats", "'formats.corner.label'"),
        ("formats.hall=x", "formats.hall", "'formats.hall.label'"),
        ("plan.max_by_metro=3", "plan.max_by_metro", "'plan.max_by_metro.NAME'"),
    ],
)
def test_a_key_that_holds_others_is_answered_with_those(
    override: str, key: str, within: str, small_data: Path
) -> None:
    said = _refused(small_data, [override])
    assert within in said
    assert f"(did you mean {key!r}?)" not in said
    assert f"column {key}: found" in said


def test_a_file_that_gives_one_value_for_several_settings_is_told_which(small_data: Path) -> None:
    (small_data / "scenarios" / "flat.yaml").write_text("data_max_age_days: 30\nplan: 3\n")
    with pytest.raises(InputError) as caught:
        load_scenario("flat", data_dir=str(small_data))
    said = str(caught.value)
    ages = "found '30', expected settings of its own: report, competitors, assumptions"
    assert f"column data_max_age_days: {ages}" in said
    assert "column plan: found '3', expected settings of its own: capital_budget_usd, min_c" in said
    assert "dictionary" not in said


def test_a_value_in_place_of_a_part_is_told_its_settings(small_data: Path) -> None:
    (small_data / "scenarios" / "flat.yaml").write_text("formats: {hall: 3}\n")
    with pytest.raises(
        InputError, match=r"formats\.hall: found '3', expected settings of its own: l"
    ):
        load_scenario("flat", data_dir=str(small_data))
