"""What a portfolio decides about words, and who is told of it."""

from __future__ import annotations

import doctest
import threading
from pathlib import Path

import pytest

from retail_portfolio.inputs import speech as module
from retail_portfolio.inputs.case import load_case
from retail_portfolio.inputs.neighbours import neighbours
from retail_portfolio.inputs.speech import Speech, speak, speaking, speech
from retail_portfolio.model.number_words import amount, from_to, span, stated_amount, usd
from retail_portfolio.present.drawings.letters import wrap_px
from retail_portfolio.present.formats import label_of, range_text, unit_words, value_text

GLISS = Speech("CAD", "gliss", "gliding lane", "")


def test_the_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_a_loaded_case_is_the_one_that_is_spoken_of(small_data: Path) -> None:
    load_case("base", str(small_data), ["currency=CAD", "walk_out.label=gliding lane"])
    assert speech() == Speech("CAD", "jwo", "gliding lane", "JWO")
    assert (usd(1.2e6), amount(312.4), stated_amount(450_000)) == (
        *("CAD 1.2 M", "CAD 312", "CAD 450 k"),
    )
    assert span(139e6, 216e6) == from_to("CAD 139 M", "CAD 216 M") == "CAD 139 M to 216 M"
    assert value_text(2e6, "usd_year") == "CAD 2.0 M a year"
    assert range_text(1e6, 2e6, "usd_year") == "CAD 1.0 M to 2.0 M a year"
    assert unit_words("usd_per_sqft_year") == "CAD per sq ft and year"
    assert label_of("share_of_usd_sales") == "Share of CAD sales"


def test_a_case_that_is_refused_changes_nothing(small_data: Path) -> None:
    before = speech()
    with pytest.raises(ValueError, match="currency"):
        load_case("base", str(small_data), ["currency=dollars"])
    assert speech() == before


def test_another_scenario_of_the_portfolio_does_not_change_the_words(small_data: Path) -> None:
    other = small_data / "scenarios" / "cheap-rent.yaml"
    other.write_text(other.read_text() + "currency: EUR\n", encoding="utf-8")
    case = load_case("base", str(small_data))
    found = neighbours(case, str(small_data))
    assert found
    assert speech().currency == "USD"


def test_words_hold_for_a_while_and_in_every_thread() -> None:
    heard: list[str] = []
    with speaking(GLISS):
        thread = threading.Thread(target=lambda: heard.append(usd(5)))
        thread.start()
        thread.join()
    assert heard == ["CAD 5"]
    assert usd(5) == "USD 5"
    with pytest.raises(ZeroDivisionError), speaking(GLISS):
        _ = 1 / 0
    assert usd(5) == "USD 5"


def test_a_column_begins_with_the_name_of_walk_out_checkout() -> None:
    assert label_of("jwo_extra_installed_usd_year") == "JWO extra installed"
    speak(GLISS)
    assert label_of("gliss_extra_installed_usd_year") == "Gliding lane extra installed"
    assert label_of("gliss_usd_year") == "Gliding lane"
    assert label_of("glissando_usd") == "Glissando"


def test_an_amount_is_not_parted_from_its_currency() -> None:
    text = "It costs CAD 1,200 there"
    assert wrap_px(text, 85) == ["It costs CAD", "1,200 there"]
    speak(GLISS)
    assert wrap_px(text, 85) == ["It costs", "CAD 1,200", "there"]
