"""The bundled scenarios: each says why in a sentence, and differs from base in what it names."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from retail_portfolio.inputs import load_case, load_scenario
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.settings.scenario_reader import scenario_names
from retail_portfolio.model.checkouts.checkout_terms import READINGS

DIFFERS = {
    "fast_exit": {
        "assumptions.lease_negotiation_months": 0,
        "assumptions.lease_termination_months": 24,
    },
    "patient_exit": {
        "assumptions.lease_negotiation_months": 9,
        "assumptions.lease_termination_months": 12,
    },
    "convert_more": {"plan.min_conversions": 20},
    "capital_tight": {"plan.capital_budget_usd": 60_000_000},
    "no_recapture": {
        "own_stores_keep_sales": False,
        "assumptions.transfer_share_online": 0,
        "assumptions.transfer_share_sister": 0,
    },
    "strict_gaap": {"strict_gaap": True},
    "jwo_annualised": {"checkout_reading": "annualised"},
}


def test_every_bundled_scenario_is_known_here() -> None:
    assert set(scenario_names()) == {"base", *DIFFERS}


@pytest.mark.parametrize("name", DIFFERS)
def test_a_bundled_scenario_differs_from_base_in_what_it_names_alone(name: str) -> None:
    base = {one.key: one.value for one in load_scenario().applied}
    named = load_scenario(name)
    said = {one.key: one.value for one in named.applied}
    changed = {key: value for key, value in said.items() if base.get(key) != value}
    assert changed == {"title": named.title, "why": named.why, **DIFFERS[name]}
    assert set(base) - set(said) == set()
    given = {one.key for one in named.applied if one.given_by == f"scenarios/{name}.yaml"}
    assert given == set(changed)


@pytest.mark.parametrize("name", DIFFERS)
def test_a_bundled_scenario_says_why_in_one_sentence(name: str) -> None:
    named = load_scenario(name)
    assert 0 < len(named.title) <= 60
    assert named.title != load_scenario().title
    assert re.fullmatch(r"[A-Z][^.!?\n]*\.", named.why), named.why


@pytest.mark.slow
@pytest.mark.parametrize("name", DIFFERS)
def test_a_bundled_scenario_stays_within_what_the_ledger_thinks_possible(name: str) -> None:
    ledger = load_case().ledger
    for key, value in DIFFERS[name].items():
        row = ledger.get(key.removeprefix("assumptions."))
        # That nothing comes back lies below every range: it is a limit to think from.
        if row is not None and name != "no_recapture":
            assert row.low <= value <= row.high
            assert value != row.base


def test_the_readings_of_the_setting_are_those_of_the_model() -> None:
    assert get_args(Scenario.model_fields["checkout_reading"].annotation) == READINGS
    assert load_scenario().checkout_reading == READINGS[0]
