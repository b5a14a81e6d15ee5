"""Amounts: one number and one a draw are treated alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.checkouts.checkout_amounts import (
    highest,
    larger,
    least,
    lowest,
    total,
    where_positive,
    whole,
)

NUMBERS = st.floats(-1e9, 1e9)
LISTS = st.lists(NUMBERS, min_size=1, max_size=6)


@pytest.mark.slow
@given(LISTS, NUMBERS)
def test_arrays_are_treated_as_their_numbers_are(values: list[float], other: float) -> None:
    array = np.array(values)
    pairs = (
        (larger(array, other), [larger(value, other) for value in values]),
        (larger(other, array), [larger(other, value) for value in values]),
        (whole(array), [whole(value) for value in values]),
        (where_positive(array, other), [where_positive(value, other) for value in values]),
        (where_positive(other, array), [where_positive(other, value) for value in values]),
        (least([array, other]), [least([value, other]) for value in values]),
        (least([other, array]), [least([other, value]) for value in values]),
        (total([other, array, array]), [total([other, value, value]) for value in values]),
    )
    for found, expected in pairs:
        np.testing.assert_array_equal(np.broadcast_to(found, array.shape), expected)
    assert (lowest(array), highest(array)) == (min(values), max(values))


@given(NUMBERS, NUMBERS)
def test_a_number_stays_a_number(one: float, other: float) -> None:
    for found in (
        larger(one, other),
        least([one, other]),
        total([one, other]),
        whole(one),
        where_positive(one, other),
        lowest(one),
        highest(one),
    ):
        assert type(found) is float
    assert larger(one, other) == max(one, other)
    assert least([one, other]) == min(one, other)
    assert total([one, other]) == one + other
    assert lowest(one) == highest(one) == one


def test_lanes_are_rounded_up_whatever_binary_fractions_say() -> None:
    assert whole(0.1 * 3 * 10) == 3  # 3.0000000000000004
    assert whole(np.array([0.1 * 3 * 10, 3.01, 3.0])).tolist() == [3, 4, 3]
    assert whole(3.01) == 4


def test_what_is_no_number_is_passed_over_by_the_least_and_told_by_the_lowest() -> None:
    nan = math.nan
    assert least([nan, 2.0, nan, 1.0]) == 1
    assert least([np.array([nan, 5.0]), 3.0, np.array([1.0, nan])]).tolist() == [1, 3]
    assert math.isnan(lowest(np.array([1.0, nan])))
    assert math.isnan(highest(np.array([nan, 1.0])))


def test_nothing_sums_to_nothing_and_has_no_least() -> None:
    assert total([]) == 0
    with pytest.raises(ValueError, match="not enough values"):
        least([])


def test_sums_and_choices_leave_what_came_in_as_it_was() -> None:
    first, second = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert total([first, second]).tolist() == [4, 6]
    assert least([second, first]).tolist() == [1, 2]
    assert (first.tolist(), second.tolist()) == ([1, 2], [3, 4])


def test_where_nothing_is_positive_something_else_can_stand() -> None:
    assert where_positive(0.0, 7.0) == 0
    assert math.isnan(where_positive(0.0, 7.0, math.nan))
    found = where_positive(np.array([0.0, 1.0]), 7.0, math.nan)
    assert math.isnan(found[0])
    assert found[1] == 7
