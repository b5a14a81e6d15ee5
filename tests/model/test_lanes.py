"""Work side by side: in order, all of it, and errors are raised."""

from __future__ import annotations

import threading
import time

import pytest

from retail_portfolio.model.sampling.lanes import LANES, in_lanes


def test_results_stand_in_the_order_of_the_pieces() -> None:
    def work(number: int) -> int:
        time.sleep(0.02 if number == 0 else 0)
        return number**2

    assert in_lanes(work, range(5)) == [0, 1, 4, 9, 16]
    assert in_lanes(work, []) == []


def test_pieces_are_at_work_at_once() -> None:
    together = threading.Barrier(LANES, timeout=10)
    assert in_lanes(lambda _: together.wait() < LANES, range(LANES)) == [True] * LANES


def test_one_piece_needs_no_thread() -> None:
    assert in_lanes(lambda _: threading.current_thread(), [1]) == [threading.main_thread()]


def test_what_a_piece_raises_is_raised() -> None:
    def work(number: int) -> int:
        if number == 2:
            raise ValueError("two")
        return number

    with pytest.raises(ValueError, match="two"):
        in_lanes(work, range(4))
