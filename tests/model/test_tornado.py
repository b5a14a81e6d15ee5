"""Tornado: by hand, in one call, and what moves nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.sampling.tornado import tornado

Floats = NDArray[np.float64]
NUMBERS = ["at_low", "base", "at_high", "swing"]


def based(uniform: Floats, base: float) -> Floats:
    return np.where(np.isnan(uniform), base, uniform)


def money(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
    rent, void = based(uniforms["rent"], 0.4), based(uniforms["void"], 0.5)
    return {
        "cost": 100 * rent - 200 * void,
        "bowl": (void - 0.5) ** 2,
        "gap": np.full_like(rent, 7.0),
    }


def test_a_base_between_two_equal_ends_counts() -> None:
    table = tornado(
        lambda u: {"hill": -money(u)["bowl"]}, ["rent", "void"], words=Speech("USD")
    ).table
    assert table["name"].tolist() == ["void"]
    assert table["swing"].tolist() == pytest.approx([0.2025])


def test_by_hand_in_one_call() -> None:
    asked = []

    def outputs(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
        asked.append({name: values.copy() for name, values in uniforms.items()})
        return money(uniforms)

    found = tornado(outputs, ["rent", "idle", "void"], words=Speech("USD"))
    assert len(asked) == 1
    stacked = np.stack([asked[0][name] for name in ("rent", "idle", "void")])
    assert stacked.shape == (3, 7)
    assert np.isnan(stacked[:, 0]).all()
    assert (~np.isnan(stacked[:, 1:])).sum(axis=0).tolist() == [1] * 6
    assert stacked[~np.isnan(stacked)].tolist() == [0.05, 0.95] * 3
    table = found.table
    assert table["name"].tolist() == ["void", "rent", "void"]
    assert table["output"].tolist() == ["cost", "cost", "bowl"]
    assert table["base"].tolist() == pytest.approx([-60, -60, 0])
    assert table["at_low"].tolist() == pytest.approx([30, -95, 0.2025])
    assert table["at_high"].tolist() == pytest.approx([-150, -5, 0.2025])
    # A name that only ever raises an output swings it too: from its base.
    assert table["swing"].tolist() == pytest.approx([180, 90, 0.2025])
    assert found.still == ("idle",)
    assert dict(found.base) == pytest.approx({"cost": -60, "bowl": 0, "gap": 7})
    assert found.sentence == (
        "Moved alone, 1 of 3 assumptions move nothing. "
        "Moved is cost most by void; bowl most by void."
    )
    assert table.index.tolist() == [0, 1, 2]
    assert table.columns.tolist() == ["name", "output", *NUMBERS]
    assert dict(found.units) == dict.fromkeys(NUMBERS, "usd")
    assert dict(found.origins) == dict.fromkeys(NUMBERS, "modelled")


def test_equal_swings_stand_by_name() -> None:
    def outputs(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
        return {"sum": based(uniforms["rent"], 0.5) - based(uniforms["idle"], 0.5) + 1}

    table = tornado(outputs, ["rent", "idle"], words=Speech("USD")).table
    assert table["swing"].nunique() == 1
    assert table["name"].tolist() == ["idle", "rent"]


def test_rounding_is_no_swing() -> None:
    def outputs(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
        return {"cost": 1e6 + 1e-8 * based(uniforms["rent"], 0.0)}

    found = tornado(outputs, ["rent"], "points", words=Speech("USD"))
    assert found.table.empty
    assert found.still == ("rent",)
    assert found.sentence == "None of 1 assumptions moves anything."
    assert set(found.units.values()) == {"points"}


def test_without_names_nothing_is_asked() -> None:
    found = tornado(lambda _: pytest.fail("called"), [], words=Speech("USD"))
    assert found.table.empty
    assert found.table.columns.tolist() == ["name", "output", *NUMBERS]
    assert found.still == found.base == ()


def test_wrong_outputs_are_all_named() -> None:
    def outputs(_: Mapping[str, Floats]) -> dict[str, Floats]:
        return {"a": np.ones(2), "b": np.array([1, np.nan, 1]), "c": np.ones(3)}

    with pytest.raises(ValueError, match=r"found a of shape \(2,\); b not finite, expected"):
        tornado(outputs, ["rent"], words=Speech("USD"))


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(-1e3, 1e3), min_size=1))
def test_the_swing_of_a_sum_is_its_weight(weights: dict[str, float]) -> None:
    def outputs(uniforms: Mapping[str, Floats]) -> dict[str, Floats]:
        return {"y": sum(w * based(uniforms[name], 0.5) for name, w in weights.items()) + 0.0}

    table = tornado(outputs, list(weights), words=Speech("USD")).table
    assert (np.diff(table["swing"]) <= 0).all()
    for row in table.itertuples():
        assert row.swing == pytest.approx(0.9 * abs(weights[row.name]), rel=1e-6, abs=1e-9)
    assert not set(weights) - set(table["name"]) or min(map(abs, weights.values())) < 1e-6
