"""Faults as a person reads them."""

from __future__ import annotations

import pickle

from retail_portfolio.inputs import Fault, InputError
from retail_portfolio.inputs.faults import did_you_mean, one_of, shown


def test_a_fault_is_one_line_with_all_its_parts() -> None:
    fault = Fault("stores.csv", 12, "lat", "95.2", "a latitude between -90 and 90")
    assert str(fault) == (
        "stores.csv row 12, column lat: found '95.2', expected a latitude between -90 and 90"
    )
    assert str(Fault("stores.csv", None, None, None, "this file")) == (
        "stores.csv: found nothing, expected this file"
    )


def test_nothing_from_outside_acts_on_a_terminal() -> None:
    wild = "\x1b]0;owned\x07\u202e\n\r\u2028" + "x" * 500
    line = str(Fault(wild, 1, wild, wild, "a text"))
    assert line.isprintable()
    assert len(line) < 400
    assert shown("x" * 500) == repr("x" * 57 + "...")


def test_an_input_error_says_everything_and_travels() -> None:
    faults = [Fault("a.csv", 2, "x", "1", "2"), Fault("b.csv", None, None, None, "this file")]
    error = InputError(faults)
    assert str(error).count("\n") == 1
    assert pickle.loads(pickle.dumps(error)).faults == tuple(faults)  # noqa: S301 - our own bytes


def test_suggestions() -> None:
    assert did_you_mean("amazing fresh", ["Amazon Fresh", "Other"]) == (
        " (did you mean 'Amazon Fresh'?)"
    )
    assert did_you_mean("zzz", ["Amazon Fresh"]) == ""
    assert one_of(list("abcd"), "", most=2) == "one of 'a', 'b' or 2 more"
