"""The ledger: the most specific row wins, an override decides, an unknown key has a suggestion."""

from __future__ import annotations

import pickle

import pytest

from retail_portfolio.inputs import Assumption, InputError, Ledger


@pytest.fixture
def ledger() -> Ledger:
    keys = {"rent": 1, "rent.hall": 2, "rent.oh": 3, "rent.hall.oh": 4, "months": 18}
    return Ledger(tuple(Assumption(key, v - 0.5, v, v + 0.5) for key, v in keys.items()))


@pytest.mark.parametrize(
    ("format", "state", "value"),
    [
        ("hall", "OH", 4),
        ("hall", "MI", 2),
        ("corner", "OH", 3),
        ("corner", "MI", 1),
        ("HALL", "oh", 4),
        (None, "OH", 3),
        ("hall", None, 2),
        (None, None, 1),
    ],
)
def test_the_most_specific_row_wins(
    ledger: Ledger, format: str | None, state: str | None, value: float
) -> None:
    assert ledger.value("rent", format, state) == value


def test_an_unknown_key_has_a_suggestion_and_is_a_key_error(ledger: Ledger) -> None:
    with pytest.raises(InputError, match="did you mean 'months'"):
        ledger.value("month")
    with pytest.raises(KeyError):
        ledger["rents"]
    assert ledger.get("rents") is None
    assert "rent" in ledger
    assert "rents" not in ledger


def test_an_override_decides_and_leaves_the_ledger_as_it_is(ledger: Ledger) -> None:
    changed = ledger.with_overrides({"months": 12})
    row = changed.row("months")
    assert (row.low, row.base, row.high, row.distribution) == (12, 12, 12, "fixed")
    assert ledger.value("months") == 18
    assert list(changed) == list(ledger)


def test_every_wrong_override_is_named(ledger: Ledger) -> None:
    with pytest.raises(InputError) as caught:
        ledger.with_overrides({"moths": 1, "rent": float("nan")})
    assert len(caught.value.faults) == 2
    assert "did you mean 'months'" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "unit", "value", "expected"),
    [
        ("gross_margin", "share of sales", 22.8, "a share, 0 to 1 and not 1"),
        ("sublease_rent_recovery", "share of contract rent", 70, "a share, 0 to 1"),
        ("size_sqft.hall.oh", "sq ft", 0, "a number above 0 (sq ft)"),
        ("lease_termination_months", "months", -5, "a number, 0 or more (months)"),
    ],
)
def test_an_override_out_of_bounds_is_named(
    key: str, unit: str, value: float, expected: str
) -> None:
    ledger = Ledger((Assumption(key, 0.1, 0.2, 0.3, unit),))
    with pytest.raises(InputError) as caught:
        ledger.with_overrides({key: value})
    assert str(caught.value) == (f"overrides, column {key}: found '{value}', expected {expected}")


def test_a_ledger_travels(ledger: Ledger) -> None:
    assert dict(pickle.loads(pickle.dumps(ledger))) == dict(ledger)  # noqa: S301 - our own bytes
