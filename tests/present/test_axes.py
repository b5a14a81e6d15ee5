"""Room for words: how wide they are, where they break, and names that cover none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retail_portfolio.present.drawings.axes import Scale, legend_of, names_of, number_axis
from retail_portfolio.present.drawings.drawing import NARROW_PX, WIDE_PX
from retail_portfolio.present.drawings.letters import text_px, wrap_px
from retail_portfolio.present.drawings.line_ends import line_ends

NAMES = ["Elm", "A name as long as names of stores are wont to be, IL", "Oak (Old Town), WA"]
plain = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


# -------------------------------------------------------------------------------------- letters
def test_letters_are_as_wide_as_in_arial() -> None:
    assert text_px("il", 1000) == 444
    assert text_px("Wm%", 1000) == 944 + 833 + 889
    assert text_px("1,234.5 M", 12) == pytest.approx(12 * (5 * 556 + 3 * 278 + 833) / 1000)
    assert text_px("bold", 16, bold=True) > text_px("bold", 16)
    assert text_px("\u6f22\u5b57", 10) == 20


@pytest.mark.slow
@given(st.lists(plain, min_size=1, max_size=12), st.integers(40, 400))
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(words: list[str], room: int) -> None:
    lines = wrap_px(" ".join(words), room)
    assert "".join(lines).replace(" ", "") == "".join(words)
    for line in lines:
        assert text_px(line) <= room, line


def test_a_number_keeps_its_unit() -> None:
    text = "Leaving costs USD 172 M, that is 12 % of sales on 41,000 sq ft and 3.4 mi away"
    for room in range(80, 400, 7):
        for line in wrap_px(text, room):
            assert not line.endswith(("USD", "172", "12", "41,000", "3.4")), (room, line)


def test_a_hard_space_stays() -> None:
    assert wrap_px("Gain:\n 182\u00a0M ", 400) == ["Gain: 182\u00a0M"]
    assert wrap_px("", 10) == [""]


# ---------------------------------------------------------------------------------------- names
@pytest.mark.parametrize("width", [WIDE_PX, NARROW_PX])
def test_names_fit_their_column_and_stay_whole(width: int) -> None:
    names = names_of(NAMES, width)
    assert [text.replace("\n", " ") for text in names.texts.values()] == NAMES
    assert names.left <= width * 0.43
    for text in names.texts.values():
        for line in text.split("\n"):
            assert text_px(line) + 8 <= names.left
    assert names.row_px(22) >= 12 * names.lines


def test_rows_of_short_names_are_no_higher_than_asked() -> None:
    assert names_of(["Elm", "Oak"], NARROW_PX).row_px(22) == 22


def test_names_that_would_be_cut_alike_are_not_cut() -> None:
    long = "A name of a store that goes on and on for more than three lines of a telephone, "
    cut = names_of([long * 2], NARROW_PX)
    assert cut.lines == 3
    assert cut.texts[long * 2].endswith("\u2026")
    whole = names_of([f"{long}{n}" for n in (1, 2)], NARROW_PX)
    assert len(set(whole.texts.values())) == 2


# --------------------------------------------------------------------------------- axis, legend
def test_the_unit_stands_in_the_title_once() -> None:
    assert number_axis(Scale(1e6, "USD", "M"), "Exit cost").title == "Exit cost, USD"
    assert number_axis(Scale(1e6, "USD", "M")).title == "USD"
    assert number_axis(Scale(0.01, "share", "%"), "Part of sales").title == "Part of sales"
    assert number_axis(Scale(1.0, "")).title is None
    assert len(number_axis(Scale(1.0, "USD"), "A long title of an axis", 60).title) > 1


def test_a_legend_has_as_many_columns_as_fit() -> None:
    assert legend_of(["a"], WIDE_PX) is None
    assert legend_of(["a", "b", "c"], NARROW_PX).columns == 3
    assert legend_of([f"a name of a part, {n}" for n in range(6)], WIDE_PX).columns == 5
    assert legend_of([f"a name of a part, {n}" for n in range(6)], NARROW_PX).columns == 2
    assert legend_of(["a" * 60, "b"], NARROW_PX).columns == 1


# ------------------------------------------------------------------------------------ line ends
@pytest.mark.slow
@given(st.lists(st.floats(0, 100), min_size=1, max_size=7, unique=True))
@example([100.0, 99.0, 98.0, 97.0, 96.0])
@example([4.0, 3.0, 2.0, 1.0, 0.0])
def test_names_of_lines_do_not_cover_each_other(ends: list[float]) -> None:
    height = 260
    found = line_ends({f"Line {n}": end for n, end in enumerate(ends)}, (0, 104), height, WIDE_PX)
    px = [height * (104 - y) / 104 for y in found.frame["middle"]]
    assert all(low - high >= 13 - 1e-6 for high, low in pairwise(px))
    assert px[0] >= -7  # and none leaves the drawing
    assert px[-1] <= height + 13
    assert list(found.frame["end"]) == sorted(ends, reverse=True)


def test_a_name_with_room_stands_where_its_line_ends() -> None:
    found = line_ends({"a": 90.0, "b": 10.0}, (0, 100), 200, WIDE_PX).frame
    assert list(found["middle"]) == pytest.approx([90.0, 10.0])
    assert list(found["line"]) == ["a", "b"]


def test_an_amount_is_not_parted_from_its_currency() -> None:
    for currency in ("USD", "CAD"):
        said = wrap_px(f"It costs {currency} 1,200 there", 85)
        assert said == ["It costs", f"{currency} 1,200", "there"]
