"""Sobol indices: of functions whose indices are known, by seed, and as SALib lays them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from SALib.analyze import sobol as salib_analyze
from SALib.sample import sobol as salib_sample

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.number_words import percent
from retail_portfolio.model.sampling.sobol import (
    ALL_OTHERS,
    SobolResult,
    design_blocks,
    first_order_of_sample,
    most_important,
    sobol_indices,
)
from tests.model.known_functions import (
    additive,
    additive_indices,
    ishigami,
    ishigami_indices,
    sobol_g,
    sobol_g_indices,
)

Floats = NDArray[np.float64]
NUMBERS = ["first_order", "first_order_width", "total", "total_width"]
KNOWN: dict[str, tuple[Callable, list[str], dict[str, float], dict[str, float]]] = {
    "y": (ishigami, ["x1", "x2", "x3"], *ishigami_indices()),
    "g": (sobol_g, [f"g{n}" for n in range(5)], *sobol_g_indices()),
    "sum": (additive, ["a0", "a1", "a2"], additive_indices(), additive_indices()),
}


def column(found: SobolResult, output: str, name: str) -> dict[str, float]:
    table = found.table[found.table["output"] == output].set_index("name")
    return table[name].to_dict()


def sample(names: list[str], rows: int, seed: int = 1) -> dict[str, Floats]:
    block = next(design_blocks(names, [], rows, seed))
    return {name: block[name] for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("output", KNOWN)
def test_indices_of_known_functions(output: str) -> None:
    outputs, names, first, total = KNOWN[output]
    found = sobol_indices(outputs, names, [], 4096, 3, words=Speech("USD"))
    assert found.evaluations == 4096 * (len(names) + 2)
    assert column(found, output, "first_order") == pytest.approx(first, abs=0.02)
    assert column(found, output, "total") == pytest.approx(total, abs=0.02)
    rows = found.table[found.table["output"] == output]
    assert (np.diff(rows["total"]) <= 0).all()
    # The truth lies within the widths, but for what 5 in 100 may miss.
    assert (
        np.abs(rows["first_order"] - rows["name"].map(first)) < 2 * rows["first_order_width"] + 1e-3
    ).all()
    assert (rows["total_width"] < 0.1).all()


def test_all_others_are_one_group() -> None:
    names = [f"g{n}" for n in range(5)]
    found = sobol_indices(sobol_g, names[:2], names[2:], 4096, 3, words=Speech("USD"))
    first, total = sobol_g_indices()
    part = [
        first[name] * (np.prod([1 + 1 / (3 * (1 + a) ** 2) for a in (0, 1, 4.5, 9, 99)]) - 1)
        for name in names
    ]
    whole = np.prod([1 + p for p in part])
    others = np.prod([1 + p for p in part[2:]]) - 1
    assert found.evaluations == 4096 * 5
    indices = column(found, "g", "first_order")
    assert indices[ALL_OTHERS] == pytest.approx(others / (whole - 1), abs=0.02)
    assert indices["g0"] == pytest.approx(first["g0"], abs=0.02)
    totals = column(found, "g", "total")
    assert totals[ALL_OTHERS] == pytest.approx(
        others * whole / (1 + others) / (whole - 1), abs=0.02
    )
    assert totals["g1"] == pytest.approx(total["g1"], abs=0.02)


def test_an_output_that_nothing_moves_has_no_indices() -> None:
    found = sobol_indices(additive, ["a0", "a1"], ["a2"], 64, 3, words=Speech("USD"))
    still = found.table[found.table["output"] == "still"]
    assert len(still) == 3
    assert (still.filter(regex="first|total") == 0).all(axis=None)
    assert column(found, "sum", "total")["a0"] > 0.5
    assert "% of sum with a0" in found.sentence
    assert "(320 evaluations)" in found.sentence


def test_an_output_of_nothing_but_zeros_has_no_indices() -> None:
    found = sobol_indices(
        lambda u: {"nil": np.zeros_like(u["a0"])}, ["a0"], [], 16, 3, words=Speech("USD")
    )
    assert found.table["total"].tolist() == [0]


def test_equal_seeds_give_equal_indices_seed_0_too() -> None:
    for seed in (0, 7):
        one, two = (
            sobol_indices(ishigami, ["x1"], ["x2", "x3"], 128, seed, words=Speech("USD"))
            for _ in range(2)
        )
        assert one.table.equals(two.table)
    assert not one.table.equals(
        sobol_indices(ishigami, ["x1"], ["x2", "x3"], 128, 8, words=Speech("USD")).table
    )


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    sobol_indices(ishigami, ["x1"], ["x2", "x3"], 64, 1, words=Speech("USD"))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("together", [[], ["c", "d", "e"]])
def test_the_design_is_that_of_salib(together: list[str]) -> None:
    alone = ["a", "b"]
    names = [*alone, *together]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    problem["groups"] = [*alone, *[ALL_OTHERS] * len(together)]
    rng = np.random.default_rng(5)
    expected = salib_sample.sample(problem, 16, calc_second_order=False, seed=rng)
    blocks = list(design_blocks(alone, together, 16, 5))
    mine = np.stack([np.stack([block[name] for name in names], axis=1) for block in blocks], axis=1)
    assert mine.reshape(-1, len(names)).tobytes() == expected.tobytes()


@pytest.mark.parametrize("points", [0, -2, 3, 100])
def test_other_numbers_of_points_are_refused(points: int) -> None:
    with pytest.raises(ValueError, match=f"found {points}, expected a power of two"):
        sobol_indices(ishigami, ["x1"], [], points, 1, words=Speech("USD"))


@pytest.mark.parametrize("names", [["a", "a"], [ALL_OTHERS]])
def test_names_have_to_be_told_apart(names: list[str]) -> None:
    told = f"found {', '.join(names)}, expected each once and none 'all others'"
    with pytest.raises(ValueError, match=told):
        sobol_indices(additive, names, [], 8, 1, words=Speech("USD"))


def test_without_names_there_are_no_indices() -> None:
    found = sobol_indices(lambda _: pytest.fail("called"), [], [], 8, 1, words=Speech("USD"))
    assert found.table.empty
    assert found.table.columns.tolist() == ["name", "output", *NUMBERS]
    assert found.evaluations == 0
    assert found.sentence == "There is no assumption to look at."


def test_a_result_says_what_its_columns_are() -> None:
    found = sobol_indices(additive, ["a0", "a2", "a1"], [], 64, 3, words=Speech("USD"))
    assert found.table.columns.tolist() == ["name", "output", *NUMBERS]
    assert found.table.index.tolist() == list(range(6))
    assert dict(found.units) == dict.fromkeys(NUMBERS, "share")
    assert dict(found.origins) == dict.fromkeys(NUMBERS, "modelled")
    assert found.table["name"].tolist() == ["a0", "a1", "a2", "a0", "a2", "a1"]
    assert found.evaluations == 64 * 5
    most = found.table.loc[0, "total"]
    told = f"{percent(most)} of sum with a0; {percent(0.0)} of still with a0"
    assert found.sentence == f"Most variance goes with one name: {told} (320 evaluations)."


def test_indices_and_widths_are_those_of_salib() -> None:
    found = sobol_indices(ishigami, ["x1", "x2"], ["x3"], 64, 6, words=Speech("USD"))
    blocks = [ishigami(block)["y"] for block in design_blocks(["x1", "x2"], ["x3"], 64, 6)]
    names = ["x1", "x2", ALL_OTHERS]
    expected = salib_analyze.analyze(
        {"num_vars": 3, "names": names},
        np.stack(blocks, axis=1).ravel(),
        calc_second_order=False,
        num_resamples=100,
        conf_level=0.95,
        seed=7,
    )
    rows = found.table.set_index("name").loc[names]
    for column, kind in zip(NUMBERS, ("S1", "S1_conf", "ST", "ST_conf"), strict=True):
        assert rows[column].tolist() == expected[kind].tolist()


def test_names_that_do_as_little_stand_by_name() -> None:
    found = sobol_indices(lambda u: {"y": u["x"]}, ["b", "x", "a"], [], 64, 3, words=Speech("USD"))
    assert found.table["name"].tolist() == ["x", "a", "b"]
    assert found.table["total"].tolist()[1:] == [0, 0]


def test_a_point_is_the_least_there_can_be() -> None:
    found = sobol_indices(additive, ["a0", "a1"], ["a2"], 1, 3, words=Speech("USD"))
    assert found.evaluations == 5


# ------------------------------------------------------------------- from a plain sample


@pytest.mark.parametrize(("output", "degree"), [("y", 10), ("g", 5), ("sum", 5)])
def test_first_order_of_a_plain_sample(output: str, degree: int) -> None:
    outputs, names, first, _ = KNOWN[output]
    uniforms = sample(names, 8192)
    found = first_order_of_sample(uniforms, outputs(uniforms), degree)
    assert found[output].to_dict() == pytest.approx(first, abs=0.02)


def test_what_turns_more_often_than_the_degree_is_not_seen() -> None:
    uniforms = sample(["x1", "x2", "x3"], 4096)
    few, many = (first_order_of_sample(uniforms, ishigami(uniforms), d)["y"] for d in (5, 10))
    assert few["x2"] < many["x2"] - 0.05
    assert few["x1"] == pytest.approx(many["x1"], abs=0.01)


def test_chance_is_taken_off() -> None:
    rng = np.random.default_rng(3)
    uniforms = {f"n{n}": rng.random(200) for n in range(60)}
    found = first_order_of_sample(uniforms, {"y": rng.random(200)})["y"]
    assert found.min() == 0
    assert found.mean() < 0.01


def test_what_is_explained_is_the_adjusted_share_of_a_polynomial_fit() -> None:
    """R^2 of a fit of degree 5 to 40 rows, adjusted for its five terms."""
    rng = np.random.default_rng(3)
    uniform = rng.random(40)
    y = 3 * uniform**2 + rng.normal(0, 1, 40)
    fit = np.polynomial.Polynomial.fit(uniform, y, 5)
    unexplained = np.square(y - fit(uniform)).mean()
    # The variance of the mean is taken over all of [0, 1), not over the rows.
    at = (np.arange(100_000) + 0.5) / 100_000
    share = np.var(fit(at)) / np.var(y)
    assert unexplained > 0.5
    spoilt = [np.full(2, np.nan) for _ in range(16)]
    spoilt.clear()  # what memory held before is no share
    found = first_order_of_sample({"u": uniform}, {"y": y, "still": np.ones(40)})
    assert found.loc["u"].tolist() == [pytest.approx(1 - (1 - share) * 39 / 34, abs=1e-6), 0]
    assert found.loc["u", "y"] > 0.05


def test_still_outputs_and_too_few_rows() -> None:
    uniforms = sample(["a0", "a1", "a2"], 64)
    assert (first_order_of_sample(uniforms, additive(uniforms))["still"] == 0).all()
    assert first_order_of_sample({}, {}).shape == (0, 0)
    with pytest.raises(ValueError, match="found 8, expected 12 or more for degree 5"):
        first_order_of_sample({"a": np.arange(8) / 8}, {"y": np.ones(8)})


@pytest.mark.slow
@given(st.lists(st.floats(-10, 10), min_size=2, max_size=5))
def test_indices_of_a_sum_are_shares_of_its_variance(weights: list[float]) -> None:
    names = [f"w{n}" for n in range(len(weights))]
    uniforms = sample(names, 1024)
    y = sum(w * uniforms[name] for name, w in zip(names, weights, strict=True))
    found = first_order_of_sample(uniforms, {"y": np.asarray(y)})["y"]
    squares = np.square(weights)
    assert ((found >= 0) & (found <= 1)).all()
    if squares.max() > 1e-6:
        assert found.tolist() == pytest.approx(squares / squares.sum(), abs=0.03)


def test_the_most_important_names_of_any_output_are_chosen() -> None:
    uniforms = sample(["a0", "a1", "a2", "b"], 1024)

    def outputs(u: Mapping[str, Floats]) -> dict[str, Floats]:
        return {**additive(u), "other": u["a2"]}

    found = first_order_of_sample(uniforms, outputs(uniforms))
    assert most_important(found, 2) == (("a2", "a0"), ("a1", "b"))
    found.loc["b"] = 0.0
    assert most_important(found, 9) == (("a2", "a0", "a1"), ("b",))
    assert most_important(found, 0) == ((), ("a0", "a1", "a2", "b"))
    found.loc["a1"] = found.loc["a0"]
    assert most_important(found[::-1], 2) == (("a2", "a0"), ("b", "a1"))


def test_nothing_that_comes_out_has_no_indices() -> None:
    found = first_order_of_sample({"x": np.linspace(0.1, 0.9, 50)}, {})
    assert found.index.tolist() == ["x"]
    assert found.columns.tolist() == []
