"""Draws: what moves, what stays, and that equal seeds give equal bytes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import betainc

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.draws import draw_ledger, quantiles
from retail_portfolio.model.ensemble import rank_correlation

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
    moving = sorted({key.partition(".")[0] for key in draw_ledger(case.ledger, 2, 0).keys})
    ranks = np.argsort(np.argsort([uniform[name] for name in moving], axis=1), axis=1)
    pairs = np.corrcoef(ranks)[np.triu_indices(len(moving), 1)]
    assert np.sqrt((pairs**2).mean()) < 0.04
    assert np.abs(pairs).max() < 0.5
