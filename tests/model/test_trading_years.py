"""Trading years: when sites trade, year by year, whatever the years begin with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.opening.trading_years import (
    MATURE_YEAR,
    over_years,
    ramp,
    timing_of,
    trading_years,
)


def test_trading_years_start_with_the_soonest_draw() -> None:
    years = trading_years(np.array([0.5, 1.25]), 3.0, 0.1)
    assert years.start.tolist() == [[0.5, 1.5, 2.5], [1.25, 2.25, 3.25]]
    assert years.length.tolist() == [[1.0, 1.0, 0.5], [1.0, 0.75, 0.0]]
    assert years.discount[1].tolist() == pytest.approx([1.1**-2.25, 1.1**-3.25, 1.1**-4.25])
    assert trading_years(4.0, 3.0, 0.1).start.shape == (0,)
    # What is left of rounding is no year of its own, neither behind nor before.
    for first in (1.0, 1 + 1e-12, 1 - 1e-12):
        assert trading_years(first, 3.0, 0.1).length.tolist() == pytest.approx([1, 1])
        whole = trading_years(first, 3.0, 0.1, from_today=True)
        assert whole.length.tolist() == pytest.approx([1, 1, 1])
    assert trading_years(np.zeros(0), 3.0, 0.1).start.shape == (0, 0)


def test_ramps_rise_in_equal_steps_and_stay() -> None:
    found = ramp(np.array([0.7, 1.0]), np.ones(2), 6)
    assert found[0].tolist() == pytest.approx([0.7, 0.8, 0.9, 1.0, 1.0, 1.0])
    assert found[1].tolist() == [1.0] * 6
    assert ramp(0.4, 0.1, MATURE_YEAR).tolist() == pytest.approx([0.4, 0.3, 0.2, 0.1])


@pytest.mark.slow
@given(
    darks=st.lists(st.floats(0, 3), min_size=1, max_size=4),
    later=st.sampled_from([0, 1, 2]),
    horizon=st.sampled_from([0.5, 2.0, 4.25, 10.0]),
    seed=st.integers(0, 999),
)
def test_present_values_are_those_of_every_year_summed(
    darks: list[float], later: int, horizon: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    draws = len(darks)
    years = trading_years(np.array(darks), horizon, 0.09)
    opens = (np.array(darks) + rng.choice([0.0, 0.25, 1.0], draws) + later)[:, None]
    ends = np.minimum(rng.choice([0.1, 1.0, 2.5, 4.25, 99.0, 3.7], (draws, 3)), horizon)
    levels = rng.random((draws, years.start.shape[1] + 1))
    timing = timing_of(opens, ends, years)
    each = over_years(levels, opens, ends, years)
    expected = (each * years.discount[:, None, :]).sum(axis=-1)
    assert timing.present(levels) == pytest.approx(expected, abs=1e-12)
    for draw in range(draws):
        one = trading_years(darks[draw], horizon, 0.09)
        alone = over_years(levels[draw], np.repeat(opens[draw], 3), ends[draw], one)
        assert each[draw, :, : alone.shape[1]] == pytest.approx(alone, abs=1e-12)
        assert (each[draw, :, alone.shape[1] :] == 0).all()
    # Whole years and the rest of one are all the time there is, and no time comes twice.
    parts = [timing.summed(timing.full(levels)), timing.rest(levels)]
    assert sum(parts) == pytest.approx(each.sum(axis=-1), abs=1e-12)
    never = over_years(levels, opens, np.full((draws, 1), np.inf), years)[:, 0]
    assert timing.full(levels) == pytest.approx(never, abs=1e-12)
    # A level of one is time: what is open lies between the opening and the end.
    time = over_years(np.ones(levels.shape), opens, ends, years).sum(axis=-1)
    assert time == pytest.approx(np.maximum(ends - opens, 0.0), abs=1e-9)


def test_years_after_opening_are_spread_over_trading_years() -> None:
    """Open from 1.5 to 3.25: half a year at 4, half at 4 and half at 6, a quarter of 6."""
    years = trading_years(1.0, 3.75, 0.0)
    assert years.length.tolist() == [1.0, 1.0, 0.75]
    found = over_years(np.array([4.0, 6.0, 8.0]), np.array([1.5]), np.array([3.25]), years)
    assert found.tolist() == [[2.0, 5.0, 1.5]]
    # No more levels than are needed: the last of them counts to its end.
    early = over_years(np.array([4.0, 6.0]), np.array([1.0]), np.array([2.75]), years)
    assert early.tolist() == [[4.0, 4.5, 0.0]]
    assert over_years(np.ones(4), np.array([2.0]), np.array([2.0]), years).sum() == 0
    for_good = over_years(np.ones(4), np.array([1.0]), np.array([np.inf]), years)
    assert for_good.tolist() == [[1.0, 1.0, 0.75]]


def test_years_from_today_end_where_the_others_do_and_change_nothing_that_opens_later() -> None:
    first = np.array([0.75, 1.5, 0.0])
    later, whole = (trading_years(first, 3.0, 0.1, from_today=flag) for flag in (False, True))
    assert whole.start[:2].tolist() == [[0, 0, 0.75, 1.75, 2.75], [0, 0.5, 1.5, 2.5, 3.5]]
    assert whole.length[:2].tolist() == [[0, 0.75, 1, 1, 0.25], [0.5, 1, 1, 0.5, 0]]
    assert whole.discount[0].tolist() == pytest.approx(
        [1, *(1.1 ** -np.array([0.75, 1.75, 2.75, 3.75]))]
    )
    assert whole.length.sum(axis=1).tolist() == [3.0, 3.0, 3.0]
    opens, ends = first[:, None], np.full((3, 1), 2.5)
    levels = np.linspace(0.5, 1.0, 6)[None, :]
    values = [timing_of(opens, ends, years).present(levels) for years in (later, whole)]
    assert values[0] == pytest.approx(values[1])
    time = timing_of(np.zeros((3, 1)), ends, whole)
    assert over_years(np.ones(6), time.opens, ends, whole).sum(axis=-1) == pytest.approx(2.5)


def test_a_year_that_ends_with_the_site_is_a_whole_one() -> None:
    years = trading_years(np.array([0.5]), 3.0, 0.1)
    timing = timing_of(np.array([[0.5]]), np.array([[0.4, 1.5, 1.6, 3.0]]), years)
    assert timing.whole.tolist() == [[0, 1, 1, 3]]
    assert timing.rest(np.ones((1, 4))).tolist() == [pytest.approx([0, 0, 0.1, 0])]


@pytest.mark.parametrize("drawn", ["opens", "ends", "years"])
def test_draws_of_one_argument_are_draws_of_all(drawn: str) -> None:
    count = {"opens": 1, "ends": 1, "years": 1, drawn: 3}
    opens = np.array([[0.5], [1.0], [1.75]])[: count["opens"]]
    ends = np.array([[1.5, 2.25], [2.0, 3.0], [2.5, 1.0]])[: count["ends"]]
    years = trading_years(np.array([0.5, 0.25, 0.0])[: count["years"]], 3.0, 0.1)
    levels = np.array([[0.5, 0.75, 1.0, 1.0]])
    found = timing_of(opens, ends, years)
    assert found.ends.shape == found.present(levels).shape == (3, 2)
    each = over_years(levels, opens, ends, years)
    assert found.present(levels) == pytest.approx((each * years.discount[:, None, :]).sum(axis=-1))
    assert found.present(levels[0]).tolist() == found.present(levels).tolist()
