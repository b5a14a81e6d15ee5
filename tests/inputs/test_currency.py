"""Figures of the ledger in US dollars, in a portfolio whose money is another."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from retail_portfolio.inputs.case_reader import check_data, load_case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.settings.currency import in_dollars, money_words
from retail_portfolio.run.sweeping.sweep_cases import SweepRequest, check

RATE = ("currency=CAD", "us_dollars.rate=1.25", "us_dollars.source=Bank of Canada 2025")
WAGE = "wage_cashier_usd_per_hour"


@pytest.fixture
def dollars(small_data: Path) -> Path:
    """The small portfolio, whose wage and rent are in US dollars by their unit."""
    path = small_data / "assumptions.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[table["key"] == WAGE, "unit"] = "USD per hour"
    table.loc[table["key"] == "basket_usd", "unit"] = "CAD per visit"
    table.to_csv(path, index=False)
    return small_data


def test_a_unit_says_what_a_row_is_in() -> None:
    assert in_dollars("USD per hour")
    assert in_dollars("USD")
    assert not any(map(in_dollars, ("CAD", "share", "", "USDC per hour", "per USD")))


def test_dollars_without_a_rate_are_refused_and_named(dollars: Path) -> None:
    (fault,) = check_data(str(dollars), overrides=["currency=CAD"])
    assert str(fault) == (
        "assumptions.csv, column unit: found '1 row in USD: wage_cashier_usd_per_hour', expected "
        "CAD, the currency of the scenario: write it in the unit of rows that are in it, and give "
        "us_dollars.rate with us_dollars.source for the others"
    )


def test_a_rate_turns_what_is_in_dollars_and_nothing_else(dollars: Path) -> None:
    plain, turned = load_case("base", str(dollars)), load_case("base", str(dollars), RATE)
    for key in plain.ledger:
        was, now = plain.ledger[key], turned.ledger[key]
        if key != WAGE:
            assert now == was
            continue
        assert (now.low, now.base, now.high) == (1.25 * was.low, 1.25 * 17, 1.25 * was.high)
        assert now.unit == "CAD per hour"
        assert now.note == "turned from USD at 1.25 CAD: Bank of Canada 2025"
        assert (now.origin, now.source) == (was.origin, was.source)


def test_a_figure_that_the_scenario_decides_is_in_its_currency(dollars: Path) -> None:
    case = load_case("base", str(dollars), [*RATE, f"{WAGE}=20"])
    assert case.ledger.value(WAGE) == 20
    (decided,) = [one for one in case.scenario.applied if one.key == f"assumptions.{WAGE}"]
    assert "21.25" in str(decided.over)


def test_a_rate_where_all_is_in_dollars_is_refused(dollars: Path) -> None:
    faults = check_data(str(dollars), overrides=RATE[1:])
    assert [str(fault) for fault in faults] == [
        "scenario, column us_dollars: found '1.25', expected no rate, as the currency is USD"
    ]


@pytest.mark.parametrize("rate", ["0", "-1", "a"])
def test_a_rate_is_above_zero(dollars: Path, rate: str) -> None:
    texts = ["currency=CAD", f"us_dollars.rate={rate}", "us_dollars.source=x"]
    assert "us_dollars.rate" in str(check_data(str(dollars), overrides=texts)[0])


def test_a_rate_needs_its_source(dollars: Path) -> None:
    (fault, *_) = check_data(str(dollars), overrides=["currency=CAD", "us_dollars.rate=1.3"])
    assert "us_dollars.source" in str(fault)


def test_the_report_says_what_is_in_which_money(dollars: Path) -> None:
    assert money_words(load_case("base", str(dollars)).scenario) == ""
    said = money_words(load_case("base", str(dollars), RATE).scenario)
    assert said == (
        "All money is in CAD; columns and keys that say usd hold it, too. Figures of the ledger in "
        "USD are turned at 1.25 CAD a dollar (Bank of Canada 2025)."
    )


def test_cases_of_a_sweep_share_their_currency_and_their_codes(small_data: Path) -> None:
    for key, value in (("currency", "EUR"), ("walk_out.code", "gliss")):
        asked = SweepRequest(
            grid=(f"{key}={'USD' if key == 'currency' else 'jwo'},{value}",),
            data_dir=str(small_data),
        )
        with pytest.raises(InputError, match=f"{key}: found '{value}', expected"):
            check(asked)


@pytest.mark.parametrize(
    "unit",
    ["$ per hour", "usd per hour", "US dollars per hour", "Dollar", "US$", "1000 USD", "US cents"],
)
@pytest.mark.parametrize("given", [RATE, ("currency=CAD",)])
def test_dollars_that_are_spelled_otherwise_are_refused(
    dollars: Path, unit: str, given: tuple[str, ...]
) -> None:
    path = dollars / "assumptions.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[table["key"] == WAGE, "unit"] = unit
    table.to_csv(path, index=False)
    row = int(table.index[table["key"] == WAGE][0]) + 2
    (fault,) = check_data(str(dollars), overrides=given)
    assert str(fault) == (
        f"assumptions.csv row {row}, column unit: found {unit!r}, expected a unit that begins with "
        "CAD, or with USD for US dollars"
    )
    assert check_data(str(dollars)) == ()


def test_a_unit_in_the_currency_may_speak_of_dollars(dollars: Path) -> None:
    path = dollars / "assumptions.csv"
    path.write_text(path.read_text().replace("CAD per visit", "CAD (Canadian dollars) per visit"))
    assert check_data(str(dollars), overrides=RATE) == ()
