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
