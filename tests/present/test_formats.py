from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.result import RANGE_BASES, Figure
from retail_portfolio.present import formats
from retail_portfolio.present.formats import figure_text, range_text, short, usd, value_text
from tests.conftest import BUNDLED


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1_234_567, "usd", "USD 1.2 M"),
        (609_873_112, "usd", "USD 610 M"),
        (999_600, "usd", "USD 1.0 M"),
        (9_960_000, "usd", "USD 10 M"),
        (2.13e9, "usd", "USD 2.1 B"),
        (450_300, "usd_year", "USD 450 k a year"),
        (27.5, "usd_per_sqft_year", "USD 27.50 per sq ft and year"),
        (245.5, "usd", "USD 245.50"),
        (-3.2e6, "usd", "USD \N{MINUS SIGN}3.2 M"),
        (0, "usd", "USD 0"),
        (0.12, "share", "12 %"),
        (0.004, "share", "0.4 %"),
        (1.0, "probability", "100 %"),
        (41_000, "sqft", "41,000 sq ft"),
        (3.44, "miles", "3.4 mi"),
        (1, "stores", "1 store"),
        (57, "stores", "57 stores"),
        (7.0, "years", "7 years"),
        (12, "", "12"),
    ],
)
def test_a_value_is_rounded_to_what_is_known_and_carries_its_unit(value, unit, text):
    assert value_text(value, unit, currency="USD") == text


@pytest.mark.parametrize("blank", [None, math.nan, pd.NA, pd.NaT, "", "  ", math.inf, "text"])
def test_what_is_not_a_number_is_not_known_and_never_zero(blank):
    assert value_text(blank, "usd", currency="USD") == usd(blank, "USD") == "not known"
    assert short(blank) == "not known"


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (480e6, 790e6, "usd", "USD 480 M to 790 M"),
        (1e6, 2e6, "usd_year", "USD 1.0 M to 2.0 M a year"),
        (9, 15, "stores", "9 to 15 stores"),
        (1, 4, "stores", "1 to 4 stores"),
        (0.1, 0.25, "share", "10 to 25 %"),
        (None, 4, "stores", ""),
        (4, 4, "stores", "4 stores"),
    ],
)
def test_a_range_names_its_unit_once(low, high, unit, text):
    assert range_text(low, high, unit, currency="USD") == text


def test_a_figure_is_written_with_its_range():
    figure = Figure("k", "Cost", 610e6, "usd", "modelled", "model", 480e6, 790e6, words=BUNDLED)
    assert figure_text(figure) == "USD 610 M (USD 480 M to 790 M)"


@pytest.mark.slow
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_reads_as_a_number(value):
    text = usd(value, "USD")
    assert text.startswith("USD ")
    assert "e" not in text
    assert "-" not in text


@given(st.floats(min_value=1, max_value=1e12))
def test_rounding_is_never_off_by_more_than_five_per_cent(value):
    number, _, letter = short(value).partition(" ")
    step = {"": 1, "k": 1e3, "M": 1e6, "B": 1e9}[letter]
    assert float(number.replace(",", "")) * step == pytest.approx(value, rel=0.05)


@pytest.mark.parametrize(
    ("column", "label", "unit"),
    [
        ("npv_vs_exit_usd", "NPV vs exit", "usd"),
        ("size_sqft", "Size", "sqft"),
        ("rent_usd_per_sqft_year", "Rent", "usd_per_sqft_year"),
        ("share_over_200k", "Share over 200k", "share"),
        ("store_id", "Store ID", ""),
    ],
)
def test_names_of_columns_become_words_and_units(column, label, unit):
    assert formats.label_of(column, words=BUNDLED) == label
    assert formats.unit_of(column) == unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.015, "0.015"),
        (0.09, "0.09"),
        (17.5, "17.5"),
        (1.0, "1"),
        (0.0, "0"),
        (1.23456, "1.235"),
        (9.99999, "10"),
        (0.0000123, "0.0000123"),
        (-0.25, "\N{MINUS SIGN}0.25"),
        (41000, "41,000"),
        (21_215_000_000.0, "21,215,000,000"),
        (None, "not known"),
    ],
)
def test_a_number_as_its_source_states_it_keeps_its_digits(value, text):
    assert formats.as_stated(value) == text


def test_a_label_that_names_money_needs_the_words_of_its_portfolio() -> None:
    assert formats.label_of("share_of_usd_sales", words=Speech("CAD")) == "Share of CAD sales"
    with pytest.raises(ValueError, match="words of its portfolio"):
        formats.label_of("share_of_usd_sales")
    assert formats.label_of("exit_cost_usd") == "Exit cost"  # its unit is no part of the label


def test_a_name_that_only_begins_like_walk_out_checkout_is_no_part_of_it() -> None:
    words = Speech("CAD", "gliss", "gliding lane", "")
    asked = ("gliss_usd_year", "glissando_usd")
    said = {name: formats.label_of(name, words=words) for name in asked}
    assert said == {"gliss_usd_year": "Gliding lane", "glissando_usd": "Glissando"}


def test_ranges_of_two_kinds_are_named_apart() -> None:
    assert {basis: formats.basis_words(basis) for basis in RANGE_BASES} == {
        "": "",
        "one_at_a_time": "assumptions one at a time",
        "one_alone": "one assumption alone",
        "draws": "P5 to P95 of the draws",
    }
