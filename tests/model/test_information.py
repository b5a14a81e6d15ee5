"""Value of information: cases that are known in closed form, bounds, and what chance finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import norm, qmc

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.sampling.information import information

Floats = NDArray[np.float64]


def sample(names: list[str], rows: int = 8192, seed: int = 1) -> dict[str, Floats]:
    points = qmc.Sobol(len(names), rng=seed).random(rows)
    return {name: points[:, at] for at, name in enumerate(names)}


def largest(vectors: Floats) -> Floats:
    return vectors.max(axis=1)


def two_actions(payoff: Floats) -> Floats:
    """Coefficients of doing something that pays, or nothing."""
    return np.stack([payoff, np.zeros_like(payoff)], axis=1)


def values(found) -> dict[str, float]:
    return dict(zip(found.table["name"], found.table["evppi"], strict=True))


def unit_loss(mean: float, deviation: float) -> float:
    """E[max(0, X)] - max(0, E[X]) of a normal X."""
    z = mean / deviation
    return deviation * norm.pdf(z) + mean * norm.cdf(z) - max(0.0, mean)


def test_two_actions_of_normal_payoffs() -> None:
    u = sample(["price", "cost", "idle"])
    payoff = 10 + 30 * ndtri(u["price"]) + 10 * ndtri(u["cost"])
    found = information(u, two_actions(payoff), largest, 5, words=Speech("USD"))
    known = values(found)
    assert found.evpi == pytest.approx(unit_loss(10, np.hypot(30, 10)), rel=0.01)
    assert known["price"] == pytest.approx(unit_loss(10, 30), rel=0.03)
    assert known["cost"] == pytest.approx(unit_loss(10, 10), rel=0.05)
    assert known["idle"] == 0
    assert found.base == pytest.approx(10, abs=0.1)
    assert found.table["name"].tolist() == ["price", "cost", "idle"]
    assert found.table["above_noise"].tolist() == [True, True, False]
    assert found.figure("evpi").value == found.evpi
    assert found.sentence.startswith("Find out price first; 2 of 3 assumptions")


def test_two_actions_of_an_even_payoff() -> None:
    # a + b u over [0, 1) against 0: the mean of the positive part is (a + b)^2 / (2 b).
    u = sample(["x", "y"])
    payoff = -0.6 + 1.0 * u["x"]
    found = information(u, two_actions(payoff), largest, 5, words=Speech("USD"))
    assert values(found)["x"] == pytest.approx(0.4**2 / 2, rel=0.02)
    assert found.evpi == pytest.approx(0.4**2 / 2, rel=0.01)
    assert values(found)["y"] == 0


def test_a_decision_that_nothing_would_change_is_worth_no_fact() -> None:
    u = sample(["x", "y"], 1024)
    found = information(u, two_actions(5 + u["x"]), largest, 5, words=Speech("USD"))
    assert found.evpi == pytest.approx(0, abs=1e-12)
    assert not found.table["above_noise"].any()
    assert values(found) == {"x": 0, "y": 0}
    assert found.table["name"].tolist() == ["x", "y"]
    assert found.sentence.startswith("No single assumption is worth finding out")


@pytest.mark.slow
def test_values_of_single_facts_may_add_up_to_more_or_less_than_all() -> None:
    u = sample(["x", "y"])
    x, y = 2 * u["x"] - 1, 2 * u["y"] - 1
    # Either alone settles the sign of half the payoff, or neither alone settles anything.
    apart = information(u, np.stack([x, -x, y, -y], axis=1), largest, 5, words=Speech("USD"))
    assert sum(values(apart).values()) > apart.evpi
    assert max(values(apart).values()) <= apart.evpi
    joint = information(u, two_actions(np.sign(x) * np.sign(y)), largest, 5, words=Speech("USD"))
    assert joint.evpi == pytest.approx(0.5, abs=0.01)
    assert sum(values(joint).values()) < 0.02


def test_chance_stays_at_or_below_the_floor() -> None:
    rng = np.random.default_rng(4)
    u = {f"n{n}": rng.random(512) for n in range(40)}
    found = information(u, two_actions(rng.normal(size=512)), largest, 5, words=Speech("USD"))
    assert found.floor > 0
    assert found.table["above_noise"].sum() <= 4
    assert (found.table["evppi"] > 0).tolist() == found.table["above_noise"].tolist()


def test_equal_seeds_give_equal_bytes_and_the_floor_hangs_on_the_seed() -> None:
    u = sample(["x", "y"], 512)
    payoff = two_actions(u["x"] - 0.5 + 0.3 * np.sin(40 * u["y"]))
    one, two, other = (
        information(u, payoff, largest, seed, words=Speech("USD")) for seed in (5, 5, 6)
    )
    assert one.table.equals(two.table)
    assert one.floor == two.floor != other.floor
    assert one.units["evppi"] == "usd"
    assert (
        information(u, payoff, largest, 5, unit="points", words=Speech("USD")).units["evppi"]
        == "points"
    )


def test_wrong_values_of_decisions_are_named() -> None:
    u = sample(["x"], 64)
    with pytest.raises(ValueError, match=r"best: found shape \(1089, 2\), expected finite"):
        information(u, two_actions(u["x"]), lambda vectors: vectors, 5, words=Speech("USD"))
    with pytest.raises(ValueError, match="expected finite"):
        information(
            u, two_actions(u["x"]), lambda v: np.full(len(v), np.nan), 5, words=Speech("USD")
        )


@pytest.mark.slow
@given(
    st.lists(st.lists(st.floats(-100, 100), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(0, 100),
)
def test_no_fact_is_worth_less_than_nothing_or_more_than_all(
    slopes: list[list[float]], seed: int
) -> None:
    u = sample(["x", "y", "z"], 512, seed)
    design = np.stack([np.ones(512), *(u[name] - 0.5 for name in "xy")], axis=1)
    coefficients = design @ np.array(slopes).T
    found = information(u, coefficients, largest, seed, words=Speech("USD"))
    assert (found.table["evppi"] >= 0).all()
    assert found.evpi >= 0
    span = np.ptp(coefficients) + 1e-9
    assert found.table["evppi"].max() <= found.evpi + 0.02 * span
    assert values(found)["z"] <= 0.02 * span
