"""Convergence: prefixes by hand, and what the last doubling moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.sampling.convergence import convergence


def test_prefixes_by_hand() -> None:
    values = np.arange(160.0)
    held = np.arange(160) < 100
    table = convergence({"cost": values}, {"store": held}, words=Speech("USD")).table
    cost, store = table[table["output"] == "cost"], table[table["output"] == "store"]
    assert cost["draws"].tolist() == store["draws"].tolist() == [10, 20, 40, 80, 160]
    for row in cost.itertuples():
        quantiles = np.quantile(values[: row.draws], [0.05, 0.5, 0.95])
        assert [row.p5, row.p50, row.p95] == pytest.approx(quantiles.tolist())
    assert cost["share"].isna().all()
    # The 95th percentile of 0 ... n - 1 is 0.95 (n - 1); it moves most, and the range is 0.9 * 159.
    expected = [0.95 * n / (0.9 * 159) for n in (10, 20, 40, 80)]
    assert np.isnan(cost["change"].iloc[0])
    assert cost["change"].tolist()[1:] == pytest.approx(expected)
    assert store["share"].tolist() == [1, 1, 1, 1, 0.625]
    assert store["change"].tolist()[1:] == [0, 0, 0, 0.375]
    assert store[["p5", "p50", "p95"]].isna().all(axis=None)


def test_the_sentence_tells_the_most_of_the_last_doubling() -> None:
    values = {"calm": np.tile([0.0, 1.0], 80), "wild": np.arange(160.0)}
    shares = {"a": np.ones(160, bool), "b": np.arange(160) < 100}
    found = convergence(values, shares, unit="points", words=Speech("USD"))
    assert found.sentence == (
        "From 80 to 160 draws no quantile moves by more than 53.1 % of the range from the 5th to "
        "the 95th percentile (wild) and no share moves by more than 37.5 points (b)."
    )
    assert found.units["p50"] == "points"
    assert "no share" not in convergence(values, words=Speech("USD")).sentence
    assert "no quantile" not in convergence({}, shares, words=Speech("USD")).sentence


def test_an_output_that_does_not_vary_does_not_move() -> None:
    table = convergence({"cost": np.full(64, 3.0)}, words=Speech("USD")).table
    assert table["change"].tolist()[1:] == [0] * 4
    assert table["p95"].tolist() == [3.0] * 5


@pytest.mark.parametrize(
    ("draws", "sizes"), [(0, []), (1, [1]), (5, [1, 2, 5]), (100, [6, 12, 25, 50, 100])]
)
def test_few_and_odd_numbers_of_draws(draws: int, sizes: list[int]) -> None:
    found = convergence({"cost": np.arange(float(draws))}, words=Speech("USD"))
    assert found.table["draws"].tolist() == sizes
    assert ("too few draws" in found.sentence) == (draws < 2)


def test_without_outputs_there_is_nothing_to_see() -> None:
    assert convergence({}, words=Speech("USD")).table.empty
    with pytest.raises(ValueError, match=r"found \[3, 4\], expected one number"):
        convergence({"a": np.ones(3)}, {"b": np.ones(4, bool)}, words=Speech("USD"))


@pytest.mark.slow
@given(st.integers(0, 50))
def test_quantiles_of_a_sobol_sequence_settle(seed: int) -> None:
    points = qmc.Sobol(2, rng=seed).random(4096)
    table = convergence({"sum": points.sum(axis=1)}, words=Speech("USD")).table
    assert table["change"].iloc[-1] < 0.01
    assert (table["p5"] <= table["p50"]).all()
    assert (table["p50"] <= table["p95"]).all()
