"""Reproduced charges: the same engine on drawn figures, and what agreement proves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retail_portfolio.inputs import load_scenario
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.model.closing.charge_sets import (
    event_impairment_usd,
    events_of,
    wave_impairment_usd,
)
from retail_portfolio.model.closing.charges import Charges, charges
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.ledger_names import CHARGE_NAMES
from retail_portfolio.model.sampling.ensemble import Draws, pert_quantile, rank_correlation
from retail_portfolio.model.uncertain.closure_draws import closure_draws
from retail_portfolio.model.uncertain.uncertainty import uniforms_of
from tests.model.conftest import PENCIL_LEDGER, ledger_of

WAVE = "impairment_q4_2025_usd"
OTHERS = {"q4_2022": "impairment_q4_2022_usd", "kroger_2025": "impairment_kroger_2025_usd"}


@pytest.fixture(scope="module")
def found(case: Case) -> Charges:
    return charges(case, WAVE, OTHERS, draws=400)


def test_the_base_is_what_the_bill_books(case: Case) -> None:
    booked = closure_table(case)["impairment_usd"].to_numpy()
    found = wave_impairment_usd(case, Draws(case.ledger, {}))[0]
    assert found.tolist() == pytest.approx(booked.tolist())


def test_strict_gaap_is_a_switch(case: Case) -> None:
    scenario = case.scenario.model_copy(update={"strict_gaap": True})
    strict = replace(case, scenario=scenario)
    booked = closure_table(strict)["impairment_usd"]
    found = wave_impairment_usd(strict, Draws(strict.ledger, {}))[0]
    assert found.tolist() == pytest.approx(booked.tolist())
    loose = closure_table(case)
    can_convert = loose["format"] == "fresh"
    assert (booked[can_convert] > loose.loc[can_convert, "impairment_usd"]).all()
    assert (booked[~can_convert] == loose.loc[~can_convert, "impairment_usd"]).all()
    assert closure_table(strict)["lease_liability_usd"].equals(loose["lease_liability_usd"])


@pytest.mark.slow
@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", CHARGE_NAMES)
def test_a_drawn_figure_acts_as_it_does_in_the_bill(case: Case, name: str, end: str) -> None:
    """A row at its end, by quantile 0 or 1, books what the bill books with the row moved there."""
    quantile = {name: np.array([0.0 if end == "low" else 1.0])}
    moved = case.with_ledger(case.ledger.at_end(name, end))  # type: ignore[arg-type]
    booked = closure_table(moved)["impairment_usd"]
    found = wave_impairment_usd(case, Draws(case.ledger, quantile))[0]
    assert found.tolist() == pytest.approx(booked.tolist())


@pytest.mark.slow
def test_the_charge_of_the_wave_is_met_within_fifteen_per_cent(found: Charges) -> None:
    rows = found.check.table.set_index("charge_key")
    assert rows.loc[WAVE, "reported_usd"] == 610e6
    assert abs(rows.loc[WAVE, "modelled_over_reported"] - 1) < 0.15
    assert rows.loc[WAVE, "low_usd"] < 610e6 < rows.loc[WAVE, "high_usd"]


@pytest.mark.slow
def test_old_stores_with_low_rents_lose_less_than_two_million_each(found: Charges) -> None:
    rows = found.check.table.set_index("charge_key")
    kroger = rows.loc["impairment_kroger_2025_usd"]
    assert kroger["stores"] == 60
    assert kroger["modelled_usd_per_store"] < 2e6
    assert kroger["modelled_usd_per_store"] < rows.loc[WAVE, "modelled_usd_per_store"] / 4


def test_the_charge_of_2022_is_told_with_its_gap(found: Charges) -> None:
    """The set behind it is known in part: the sentence says by how much the base falls short."""
    row = found.check.table.set_index("charge_key").loc["impairment_q4_2022_usd"]
    assert 0.6 < row["modelled_over_reported"] < 1.15
    less = round(100 * (1 - row["modelled_over_reported"]))
    assert f"reported (\N{MINUS SIGN}{less} %, and" in found.check.sentence
    wave = found.check.table.set_index("charge_key").loc[WAVE, "modelled_over_reported"]
    assert wave > 1
    assert f"reported (+{round(100 * (wave - 1))} %, and" in found.check.sentence


def test_small_shops_are_immaterial(case: Case) -> None:
    bill = closure_table(case).groupby("banner")["impairment_usd"].sum()
    assert bill["Amazon Go"] / bill.sum() < 0.05


def test_every_listed_set_reproduces_the_charge(case: Case, found: Charges) -> None:
    sets = found.sets.table
    assert 50 < len(sets) < 400
    assert (abs(sets["modelled_usd"] / 610e6 - 1) <= 0.15).all()
    share = found.check.table.set_index("charge_key").loc[WAVE, "sets_within_share"]
    assert len(sets) == pytest.approx(share * 400)


def test_agreement_identifies_no_figure(found: Charges) -> None:
    drivers = found.drivers.table.set_index("name")
    assert drivers["rank_correlation"].abs().is_monotonic_decreasing
    assert drivers.loc["size_sqft", "rank_correlation"] > 0.3
    assert drivers.loc["sublease_rent_recovery", "rank_correlation"] < -0.1
    assert (abs(drivers["mean_quantile_of_fits"] - 0.5) < 0.15).all()
    assert "cannot tell them apart" in found.drivers.sentence


def test_one_impairment_has_one_range(case: Case) -> None:
    """The sets of the charge are the draws of every other range, correlated as the ledger says."""
    row = charges(case, WAVE, {}, draws=128).check.table.iloc[0]
    drawn = closure_draws(case, Draws(case.ledger, uniforms_of(case, 128))).impairment_usd
    ends = np.percentile(drawn.sum(axis=1), [5, 95])
    assert row[["low_usd", "high_usd"]].tolist() == pytest.approx(ends.tolist(), rel=1e-9)


def test_as_many_sets_as_the_scenario_has_draws(pencil_case: Case) -> None:
    """Draws computed part by part are those computed at once; a long list is cut and says so."""
    settings = pencil_case.scenario.model_copy(update={"draws": 3_000})
    case = replace(pencil_case, scenario=settings)
    impaired = closure_table(case)["impairment_usd"].sum()
    case = case.with_ledger(ledger_of(PENCIL_LEDGER | {"charge_usd": impaired}))
    found = charges(case, "charge_usd", {}, within=0.5)
    at_once = wave_impairment_usd(case, Draws(case.ledger, uniforms_of(case, 3_000)))
    told = found.sets.table
    assert len(told) == 1_000
    first = at_once.sum(axis=1)[told["set"].to_numpy()]
    assert told["modelled_usd"].tolist() == pytest.approx(first.tolist(), rel=1e-9)
    assert "of 3,000 drawn parameter sets" in found.sets.sentence
    assert "charge (the first 1,000 are listed); each" in found.sets.sentence


@pytest.mark.slow
def test_equal_seeds_give_equal_sets(case: Case) -> None:
    one, other = (charges(case, WAVE, OTHERS, draws=60) for _ in range(2))
    assert one.sets.table.equals(other.sets.table)
    scenario = case.scenario.model_copy(update={"seed": 1})
    third = charges(replace(case, scenario=scenario), WAVE, OTHERS, draws=60)
    assert not one.sets.table.equals(third.sets.table)


def test_an_event_by_hand() -> None:
    """Two given up of 1,000 sq ft, half leased, and one kept that lost a fifth of what was left."""
    rows = PENCIL_LEDGER | {
        "charge_stores_closed.fire.booth": 2,
        "charge_stores_kept.fire.stall": 1,
        "size_sqft.booth": 1_000,
        "size_sqft.stall": 500,
        "leased_share.fire": 0.5,
        "ppe_net_share.booth": 0.4,
        "rent_net_usd_per_sqft_year": 12,
        "rent_escalator_per_year": 0,
        "lease_remaining_term_years.fire": 2,
    }
    ledger = ledger_of(rows)
    assert events_of(ledger) == {"fire": ("booth", "stall")}
    total, stores = event_impairment_usd(ledger, "fire", {})
    owed = sum(1_000 * 1.04 ** (-m / 12) for m in range(1, 25))
    fair = 0.6 * sum(1_000 * 1.08 ** (-m / 12) for m in range(13, 25))
    booth = 0.5 * (owed - fair) + 300 * 1_000 * 0.4 * 0.9
    stall = 300 * 500 * (9 / 12) * 0.2
    assert total[0] == pytest.approx(2 * booth + stall)
    assert stores[0] == 2


def test_a_retailer_without_a_reported_charge_is_told_so(pencil_case: Case) -> None:
    found = charges(pencil_case, "charge_usd", {"fire": "fire_usd"}, draws=20)
    assert found.check.sentence == "No charge was reported."
    assert found.check.table["reported_usd"].isna().all()
    assert found.sets.table.empty
    assert "cannot tell" not in found.drivers.sentence


def test_draws_stay_between_low_and_high_and_centre_on_the_base() -> None:
    row = ledger_of({"x": 10})["x"]
    drawn = pert_quantile(replace(row, low=8, base=10, high=16), np.linspace(0, 1, 101))
    assert drawn[0] == 8
    assert drawn[-1] == 16
    assert (np.diff(drawn) > 0).all()
    assert pert_quantile(row, np.array([0.5]))[0] == pytest.approx(10)
    assert pert_quantile(replace(row, low=10, high=10), np.array([0.1, 0.9])).tolist() == [10, 10]


def test_a_name_moves_with_everything_that_refines_it() -> None:
    ledger = ledger_of({"x": 10, "x.shop": 20, "y": 5})
    draws = Draws(ledger, {"x": np.array([0.2, 0.8])})
    low, high = draws.of("x", "shop")
    assert low < 20 < high
    assert draws.of("x")[0] < 10
    assert draws.of("y").tolist() == [5, 5]


def test_rank_correlation_knows_order_alone() -> None:
    values = np.array([1.0, 5.0, 2.0, 9.0])
    assert rank_correlation(values, np.exp(values)) == pytest.approx(1)
    assert rank_correlation(values, -values) == pytest.approx(-1)
    assert rank_correlation(values, np.zeros(4)) == 0


@pytest.mark.parametrize(("text", "strict"), [("true", True), ("false", False)])
def test_the_switch_can_be_set_from_a_command_line(text: str, strict: bool) -> None:
    assert load_scenario(overrides=[f"strict_gaap={text}"]).strict_gaap is strict


@pytest.mark.parametrize("text", ["1", "yes", ""])
def test_a_switch_takes_true_or_false_and_nothing_else(text: str) -> None:
    with pytest.raises(InputError, match="true or false"):
        load_scenario(overrides=[f"strict_gaap={text}"])
