"""Draws: what moves, what stays, and that equal seeds give equal bytes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import betainc

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.correlations import correlations
from retail_portfolio.model.sampling.draws import (
    draw_ledger,
    first_quantiles,
    joined,
    quantiles,
)
from retail_portfolio.model.sampling.ensemble import rank_correlation

LEDGER = Ledger(
    (
        Assumption("rent.shop", 10, 12, 20),
        Assumption("rent.shop.oh", 20, 30, 32),
        Assumption("area", 5, 5, 5),
        Assumption("known", 1, 2, 3, distribution="fixed"),
        Assumption("margin", 0.1, 0.2, 0.3),
        Assumption("least", 0, 0, 4),
    )
)


def drawn(ledger: Ledger, key: str, draws: int = 64, seed: int = 3) -> np.ndarray:
    found = draw_ledger(ledger, draws, seed)
    return found.values[:, found.keys.index(key)]


def with_row(ledger: Ledger, row: Assumption) -> Ledger:
    return Ledger((*ledger.values(), row))


def test_only_rows_with_a_width_move_and_the_others_are_the_base() -> None:
    found = draw_ledger(LEDGER, 8, 3)
    assert found.keys == ("rent.shop", "rent.shop.oh", "margin", "least")
    assert len(found) == len(found.values) == 8
    for n in range(8):
        ledger = found.ledger_of(n)
        assert list(ledger) == list(LEDGER)
        assert (ledger.value("area"), ledger.value("known")) == (5, 2)
        for at, key in enumerate(found.keys):
            assert ledger[key].base == found.values[n, at]
            assert dataclasses.replace(ledger[key], base=LEDGER[key].base) == LEDGER[key]


def test_draws_follow_the_pert_distribution_evenly() -> None:
    # Of 64 draws exactly one lies in each of 64 slices of equal probability.
    for key, low, base, high in (("margin", 0.1, 0.2, 0.3), ("rent.shop", 10, 12, 20)):
        values = drawn(LEDGER, key)
        width = high - low
        share = betainc(
            1 + 4 * (base - low) / width, 1 + 4 * (high - base) / width, (values - low) / width
        )
        assert sorted(np.floor(share * 64 + 1e-9)) == list(range(64))
        assert values.mean() == pytest.approx((low + 4 * base + high) / 6, rel=0.01)


def test_a_mode_at_an_end_is_drawn_too() -> None:
    values = drawn(LEDGER, "least", 512)
    assert 0 <= values.min() < 0.01
    assert values.max() < 4
    assert values.mean() == pytest.approx(4 / 6, rel=0.01)


def test_rows_of_a_name_move_together_and_names_apart() -> None:
    shop, there = drawn(LEDGER, "rent.shop", 512), drawn(LEDGER, "rent.shop.oh", 512)
    assert (np.argsort(shop) == np.argsort(there)).all()
    assert abs(rank_correlation(shop, drawn(LEDGER, "margin", 512))) < 0.05


def test_equal_seeds_give_equal_bytes_and_others_do_not() -> None:
    one, two = (draw_ledger(LEDGER, 128, 9).values.tobytes() for _ in range(2))
    assert one == two
    assert one != draw_ledger(LEDGER, 128, 10).values.tobytes()


def test_the_first_draws_of_a_longer_run_are_those_of_a_shorter_one() -> None:
    longer = draw_ledger(LEDGER, 256, 1).values
    assert (longer[:64] == draw_ledger(LEDGER, 64, 1).values).all()


def test_order_ranges_and_decided_figures_leave_other_draws_alone() -> None:
    before = {key: drawn(LEDGER, key) for key in ("rent.shop", "margin")}
    reversed_ = Ledger(tuple(reversed(list(LEDGER.values()))))
    decided = LEDGER.with_overrides({"least": 1})
    wider = Ledger(
        tuple(dataclasses.replace(r, high=9) if r.key == "area" else r for r in LEDGER.values())
    )
    refined = with_row(LEDGER, Assumption("area.hall", 1, 2, 3))
    behind = with_row(LEDGER, Assumption("zone", 1, 2, 3))
    for other in (reversed_, decided, wider, refined, behind):
        for key, values in before.items():
            assert (drawn(other, key) == values).all(), key
    assert "least" not in draw_ledger(decided, 8, 3).keys
    # As the docstring says: a new name shifts those behind it in the alphabet.
    shifted = with_row(LEDGER, Assumption("length", 1, 2, 3))
    assert (drawn(shifted, "least") == drawn(LEDGER, "least")).all()
    assert not (drawn(shifted, "margin") == before["margin"]).all()


@pytest.mark.parametrize("draws", [0, -4, 3, 100])
def test_other_numbers_of_draws_are_refused(draws: int) -> None:
    with pytest.raises(ValueError, match=f"found {draws}, expected a power of two"):
        draw_ledger(LEDGER, draws, 1)


def test_a_ledger_in_which_nothing_moves_has_draws_of_nothing() -> None:
    for ledger in (Ledger(()), Ledger((Assumption("area", 5, 5, 5),))):
        found = draw_ledger(ledger, 4, 1)
        assert found.keys == ()
        assert found.values.shape == (4, 0)
        assert dict(found.ledger_of(3)) == dict(ledger)


def test_the_bundled_ledger_is_drawn_within_its_ranges(case: Case) -> None:
    found = draw_ledger(case.ledger, 64, case.scenario.seed)
    rows = [case.ledger[key] for key in found.keys]
    assert (found.values >= [row.low for row in rows]).all()
    assert (found.values <= [row.high for row in rows]).all()
    assert (found.values.min(axis=0) < found.values.max(axis=0)).all()


def test_correlations_of_the_bundled_names_are_as_the_docstring_says(case: Case) -> None:
    uniform = quantiles(case.ledger, 512, case.scenario.seed)
    moving = {key.partition(".")[0] for key in draw_ledger(case.ledger, 2, 0).keys}
    moving -= correlations(case.ledger.values()).keys()
    ranks = np.argsort(np.argsort([uniform[name] for name in sorted(moving)], axis=1), axis=1)
    pairs = np.corrcoef(ranks)[np.triu_indices(len(moving), 1)]
    assert np.sqrt((pairs**2).mean()) < 0.04
    assert np.abs(pairs).max() < 0.5


CHAIN = {"margin": ("rent", -0.6), "least": ("margin", 0.5), "apart": ("area", 0.9)}


def chained(**said: tuple[str, float]) -> Ledger:
    """The ledger with more names, some of them correlated."""
    rows = (*LEDGER.values(), Assumption("apart", 1, 2, 3), Assumption("beside", 1, 2, 3))
    return Ledger(
        tuple(
            dataclasses.replace(row, correlated_with=said[name][0], rank_correlation=said[name][1])
            if (name := row.key.partition(".")[0]) in said
            else row
            for row in rows
        )
    )


def test_names_are_correlated_by_rank_as_the_ledger_says() -> None:
    found = quantiles(chained(**CHAIN), 8192, 5)
    assert rank_correlation(found["margin"], found["rent"]) == pytest.approx(-0.6, abs=0.01)
    assert rank_correlation(found["least"], found["margin"]) == pytest.approx(0.5, abs=0.01)
    assert rank_correlation(found["apart"], found["area"]) == pytest.approx(0.9, abs=0.01)
    # Along the chain the correlations of the scores multiply.
    r = np.prod([2 * np.sin(np.pi * rho / 6) for rho in (-0.6, 0.5)])
    along = 6 / np.pi * np.arcsin(r / 2)
    assert rank_correlation(found["least"], found["rent"]) == pytest.approx(along, abs=0.01)
    assert abs(rank_correlation(found["apart"], found["rent"])) < 0.02


def test_correlated_names_keep_their_distributions() -> None:
    found = quantiles(chained(**CHAIN), 4096, 5)
    even = (np.arange(4096) + 0.5) / 4096
    for name in CHAIN:
        assert found[name].min() >= 0
        assert found[name].max() < 1
        assert np.abs(np.sort(found[name]) - even).max() < 0.01, name


def test_names_of_which_nothing_is_said_keep_their_draws_to_the_byte() -> None:
    free, tied = quantiles(chained(), 256, 5), quantiles(chained(**CHAIN), 256, 5)
    for name, values in free.items():
        assert (values.tobytes() == tied[name].tobytes()) == (name not in CHAIN), name


@pytest.mark.parametrize(("rank", "sign"), [(1.0, 1), (-1.0, -1)])
def test_names_may_be_wholly_correlated(rank: float, sign: int) -> None:
    found = quantiles(chained(margin=("rent", rank)), 512, 5)
    expected = found["rent"] if sign > 0 else 1 - found["rent"]
    assert found["margin"] == pytest.approx(expected, abs=1e-7)


def test_a_decided_parent_leaves_what_hangs_on_it_as_it_was() -> None:
    ledger = chained(margin=("least", 0.8), apart=("least", 0.8))
    before, after = (
        draw_ledger(ledger, 64, 5),
        draw_ledger(ledger.with_overrides({"least": 1}), 64, 5),
    )
    kept = [before.keys.index(key) for key in after.keys]
    assert "least" not in after.keys
    assert before.values[:, kept].tobytes() == after.values.tobytes()


def test_correlated_draws_of_a_shorter_run_are_the_first_of_a_longer_one() -> None:
    longer, shorter = (quantiles(chained(**CHAIN), draws, 5) for draws in (512, 64))
    for name, values in shorter.items():
        assert values.tobytes() == longer[name][:64].tobytes()


def test_correlations_that_lead_nowhere_are_refused() -> None:
    with pytest.raises(ValueError, match="found nobody, expected names of the ledger"):
        quantiles(chained(margin=("nobody", 0.5)), 8, 1)
    with pytest.raises(ValueError, match="found margin -> least -> margin"):
        quantiles(chained(margin=("least", 0.5), least=("margin", 0.5)), 8, 1)


@pytest.mark.parametrize("draws", [1, 2, 3, 100, 128, 129])
def test_any_number_of_first_draws(draws: int) -> None:
    whole = quantiles(chained(**CHAIN), 256, 5)
    found = first_quantiles(chained(**CHAIN), draws, 5)
    assert list(found) == list(whole)
    for name, values in found.items():
        assert values.tobytes() == whole[name][:draws].tobytes()


def test_no_draws_are_refused() -> None:
    with pytest.raises(ValueError, match="found 0, expected 1 or more"):
        first_quantiles(LEDGER, 0, 1)


def test_scores_at_the_ends_are_finite() -> None:
    last = 1 - 2.0**-53
    points = {"rent": np.array([0.0, 0, last, 0]), "margin": np.array([0.0, 0.9, 0, last])}
    found = joined(chained(margin=("rent", -0.5)), points)["margin"]
    assert np.isfinite(found).all()
    assert ((found >= 0) & (found < 1)).all()


def test_the_bundled_ledger_says_what_moves_together(case: Case) -> None:
    said = correlations(case.ledger.values())
    assert 6 <= len(said) <= 10
    found = quantiles(case.ledger, 4096, case.scenario.seed)
    for name, other in said.items():
        assert rank_correlation(found[name], found[other.name]) == pytest.approx(
            other.rank, abs=0.03
        )
    assert said["sublease_void_months"].rank < 0 < said["store_contribution_year1"].rank
