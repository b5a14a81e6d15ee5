import pytest

from retail_portfolio.run.executing.time_left import TimeLeft


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_nothing_is_said_without_history(clock):
    left = TimeLeft(3, None, 2, clock)
    left.start("a")
    left.finish("a", 5.0)
    assert left.seconds() is None
    assert left.words() == ""


@pytest.mark.parametrize(
    "expected", [{"a": 10, "pages": 5}, {"a": 10, "b": 0, "pages": 5}, {}, {"a": 1, "b": 1}]
)
def test_nothing_is_said_where_a_step_is_not_known(clock, expected):
    assert TimeLeft(3, expected, 1, clock).words() == ""


def test_nothing_is_said_once_another_step_than_expected_is_finished(clock):
    left = TimeLeft(2, {"a": 10, "pages": 5}, 1, clock)
    assert left.words() == "about 15 s left"
    left.finish("b", 3.0)
    assert left.words() == ""


@pytest.mark.parametrize(("workers", "seconds"), [(1, 70), (2, 40), (3, 40), (9, 40)])
def test_lanes_and_the_pages_after_them(clock, workers, seconds):
    expected = {"a": 10, "b": 20, "c": 30, "pages": 10}
    assert TimeLeft(4, expected, workers, clock).seconds() == seconds


def test_time_that_goes_by_is_taken_off(clock):
    left = TimeLeft(3, {"a": 30, "b": 20, "pages": 10}, 2, clock)
    left.start("a")
    left.start("b")
    clock.now += 10
    left.start("a")  # it is at work already
    assert left.seconds() == 20 + 10
    left.finish("b", 20.0)
    assert left.seconds() == 20 + 10
    left.finish("a", 30.0)
    assert left.seconds() == 10
    clock.now += 4  # the pages are at work once the last notebook is finished
    assert left.seconds() == 6
    left.finish("pages", 10.0)
    assert left.words() == ""


def test_a_slower_run_takes_longer_and_a_quicker_one_less(clock):
    slow = TimeLeft(3, {"a": 10, "b": 20, "pages": 5}, 1, clock)
    slow.finish("a", 20.0)
    assert slow.seconds() == 50
    quick = TimeLeft(3, {"a": 10, "b": 20, "pages": 5}, 1, clock)
    quick.finish("a", 5.0)
    assert quick.seconds() == 12.5


def test_a_step_that_is_late_slows_the_rest(clock):
    left = TimeLeft(2, {"a": 10, "pages": 6}, 1, clock)
    left.start("a")
    clock.now += 30
    assert left.seconds() == pytest.approx(18)
    assert left.words() == "about 20 s left"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "about 5 s left"),
        (5, "about 5 s left"),
        (26, "about 30 s left"),
        (31, "about 40 s left"),
        (111, "about 120 s left"),
        (121, "about 3 min left"),
        (600, "about 10 min left"),
    ],
)
def test_words_are_no_more_exact_than_what_is_known(clock, seconds, words):
    assert TimeLeft(1, {"a": seconds}, 1, clock).words() == words
