"""A missing row of the ledger: what it is, and who has one."""

from __future__ import annotations

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.example.key_help import COMMAND, explained
from retail_portfolio.inputs.faults import Fault


def missing(key: str) -> Fault:
    return Fault(LEDGER_FILE, None, "key", None, f"a row named {key}")


def said(key: str) -> str:
    (fault,) = explained([missing(key)])
    assert fault.expected.startswith(f"a row named {key}")
    return fault.expected.removeprefix(f"a row named {key}")


def test_a_general_figure_names_the_command() -> None:
    for key in ("benefit_load", "huff_size_exponent.corner", "size_sqft.natural"):
        assert said(key) == f"; `{COMMAND}` adds it, with its source"


def test_a_general_figure_of_other_suffixes_is_not_promised() -> None:
    assert COMMAND not in said("size_sqft.corner")


def test_a_figure_of_ones_own_is_explained_by_the_example() -> None:
    assert said("preopening_usd_per_store.hall") == (
        " (USD per store: Spending before a store opens; the example has 700,000)"
    )
    assert said("staffed_lanes.foodhall") == " (lanes: Staffed lanes; the example has 5)"


def test_what_neither_has_and_other_faults_stay_as_they_are() -> None:
    others = [
        missing("nobody_knows"),
        Fault(LEDGER_FILE, 3, "key", "benefit_load", "an id that occurs once"),
        Fault("stores.csv", None, "key", "benefit_load", "something"),
        Fault(LEDGER_FILE, None, "key", None, "something"),
    ]
    assert explained(others) == tuple(others)
