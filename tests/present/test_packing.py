from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.present.mapping.packing import (
    ALPHABET,
    LARGEST,
    packed_numbers,
    packed_texts,
    steps,
)


def unpacked_numbers(text: str) -> list[int]:
    """Read packed numbers as the script of the map does."""
    found, value, shift = [], 0, 0
    for letter in text:
        bits = ALPHABET.index(letter)
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            found.append(-(value // 2) - 1 if value & 1 else value // 2)
            value = shift = 0
    return found


def unpacked_texts(column) -> list[str]:
    """Read packed texts as the script of the map does."""
    if isinstance(column, list):
        return column
    return [column["texts"][row] for row in unpacked_numbers(column["rows"])]


@pytest.mark.slow
@given(st.lists(st.integers(-LARGEST + 1, LARGEST - 1)))
def test_numbers_come_back(numbers):
    assert unpacked_numbers(packed_numbers(numbers)) == numbers


def test_small_numbers_take_a_letter_and_nothing_that_html_or_json_reads():
    assert packed_numbers([0, -1, 1, 15, -16, 16]) == "ABCefgB"
    assert not set(ALPHABET) & set("<>&\"'\\{}")
    assert len(set(ALPHABET)) == 64


@pytest.mark.parametrize("number", [LARGEST, -LARGEST])
def test_a_number_that_the_script_could_not_shift_is_refused(number):
    with pytest.raises(ValueError, match="too large"):
        packed_numbers([number])


@pytest.mark.slow
@given(st.lists(st.sampled_from(["", "a", "a long text that comes again", "\u2028</script>"])))
def test_texts_come_back(texts):
    assert unpacked_texts(packed_texts(texts)) == texts


def test_texts_that_come_again_are_written_once():
    assert packed_texts(["long text"] * 3) == {"texts": ["long text"], "rows": "AAA"}
    assert packed_texts(["one", "other"]) == ["one", "other"]


def test_steps_add_up_again():
    assert steps([5, 7, 4]) == [5, 2, -3]
    assert steps([]) == []
