"""The register counted, and the facts around it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.overview.portfolio import (
    data_quality,
    portfolio,
    register,
    sources,
    wider_event,
)


def test_the_bundled_register(case: Case) -> None:
    counted = portfolio(case)
    assert counted.sentence == (
        "57 Amazon Fresh and 14 Amazon Go stores close; 516 own stores on the register stay open."
    )
    assert counted.figure("closing_stores").value == 71
    assert counted.table["stores"].sum() == len(case.stores)


@pytest.mark.parametrize(
    ("closing", "still_open", "said"),
    [
        (1, 0, "1 Amazon Fresh store closes; no own store on the register stays open."),
        (2, 1, "2 Amazon Fresh stores close; 1 own store on the register stays open."),
        (0, 2, "No store closes; 2 own stores on the register stay open."),
    ],
)
def test_one_store_and_none_are_told_in_the_singular(
    case: Case, closing: int, still_open: int, said: str
) -> None:
    fresh = case.stores[(case.stores["format"] == "fresh") & (case.stores["status"] == "closing")]
    others = case.stores[case.stores["status"] == "open"]
    few = pd.concat([fresh.head(closing), others.head(still_open)], ignore_index=True)
    assert portfolio(replace(case, stores=few)).sentence == said


def test_what_is_known_and_what_is_typical_adds_up(case: Case) -> None:
    table = data_quality(case).table
    assert (table["known"] + table["typical"] + table["unknown"] == table["of"]).all()
    assert (table["of"] == 71).all()
    known = table.set_index("fact")["known"]
    assert known["rent"] == 1
    assert known["sales"] == 0
    assert (
        known["employees of the store"]
        == case.stores.loc[case.stores["status"] == "closing", "employees"].notna().sum()
    )


def test_the_register_hands_out_no_results_of_the_owner(case: Case) -> None:
    shown = register(case).table
    assert not {"sales_usd_year", "four_wall_usd_year"} & set(shown.columns)
    assert len(shown) == len(case.stores)


def test_sources_show_the_ledger_as_used(case: Case) -> None:
    moved = case.with_ledger(case.ledger.with_overrides({"inventory_days": 99.0}))
    row = sources(moved).table.set_index("key").loc["inventory_days"]
    assert row["base"] == 99
    assert row["source"] == "override"
    assert len(sources(case).table) == len(case.ledger)


def test_the_exits_against_operating_income(pencil_case: Case) -> None:
    rows = (
        Assumption("charge_usd", 2e6, 2e6, 2e6, "USD", "observed", group="event"),
        Assumption("income_usd", 8e7, 8e7, 8e7, "USD", "reported", group="event"),
        Assumption("other", 1, 1, 1),
    )
    event = wider_event(replace(pencil_case, ledger=Ledger(rows)), "charge_usd", "income_usd")
    assert event.table["key"].tolist() == ["charge_usd", "income_usd"]
    assert event.figure("exit_share_of_operating_income").value == pytest.approx(0.025)
    assert "of USD 2.0 M is 2.5 % of the year's operating income of USD 80 M" in event.sentence
    assert wider_event(pencil_case, "charge_usd", "income_usd").figures == ()


def test_the_bundled_exits_are_set_against_operating_income(case: Case) -> None:
    event = wider_event(case, "impairment_q4_2025_usd", "operating_income_2025_usd")
    share = event.figure("exit_share_of_operating_income").value
    assert share == pytest.approx(610e6 / 80e9)


def test_rent_and_term_are_those_of_leased_stores_alone(case: Case) -> None:
    """Of four leases one is owned: it has neither rent nor term, known or typical."""
    four = case.leases.head(4).assign(
        tenure=["leased", "owned", "leased", "leased"],
        rent_origin=["reported", None, "assumed", "observed"],
        remaining_term_origin=["assumed", None, "assumed", "reported"],
    )
    found = data_quality(replace(case, leases=four))
    facts = found.table.set_index("fact")[["known", "typical", "unknown", "of"]]
    assert facts.loc["rent"].tolist() == [2, 1, 0, 3]
    assert facts.loc["remaining lease term"].tolist() == [1, 2, 0, 3]
    assert facts.loc["size", "of"] == 71
    assert found.sentence.endswith(
        "known sales; values that stand in are typical of the format and the state, and marked so; "
        "the rest is not known."
    )


def test_no_store_of_a_case_without_leases_is_counted_as_known(pencil_case: Case) -> None:
    stores = pencil_case.stores.assign(
        point_precision_m=[50.0, 5_000.0, 50.0], opened="", checkout_technology="unknown"
    )
    quality = data_quality(replace(pencil_case, stores=stores)).table.set_index("fact")
    assert quality.loc["point within 500 m", ["known", "typical"]].tolist() == [1, 1]
    assert quality.loc["opening date", "unknown"] == 2
    assert isinstance(quality, pd.DataFrame)
