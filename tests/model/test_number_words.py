"""How numbers are written, and that no text of the package writes them another way."""

from __future__ import annotations

import ast
import doctest
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model import number_words
from retail_portfolio.model.number_words import (
    NOT_KNOWN,
    amount,
    counted,
    from_to,
    percent,
    percent_of_draws,
    plain,
    short,
    span,
    stated_amount,
    usd,
    with_plus,
)
from retail_portfolio.present import formats
from tests.one_manner import astray

ROOT = Path(number_words.__file__).parents[1]
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (137.07e6, "USD 137 M"),
        (9.96e6, "USD 10 M"),
        (2.44e6, "USD 2.4 M"),
        (503_112.0, "USD 503 k"),
        (-34_000, f"USD {MINUS}34 k"),
        (312.47, "USD 312"),
        (999.7, "USD 1.0 k"),
        (-0.3, "USD 0"),
        (80e9, "USD 80 B"),
        (math.nan, NOT_KNOWN),
        (None, NOT_KNOWN),
        (np.float64(1e6), "USD 1.0 M"),
        (pd.NA, NOT_KNOWN),
    ],
)
def test_an_amount_of_a_model_has_two_or_three_figures(value: object, text: str) -> None:
    assert amount(value, "USD") == text


def test_money_names_the_currency_it_is_in() -> None:
    assert amount(-9.1e6, "EUR") == f"EUR {MINUS}9.1 M"
    assert usd(27.5, "EUR") == "EUR 27.50"
    assert from_to("EUR 1.0 M", "EUR 2.0 M", "EUR") == "EUR 1.0 M to 2.0 M"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.5e6, "USD 12.5 M"),
        (14e6, "USD 14 M"),
        (450_000, "USD 450 k"),
        (1_250_000_000, "USD 1.25 B"),
        (0, "USD 0"),
        (999, "USD 999"),
        (-2e6, f"USD {MINUS}2 M"),
    ],
)
def test_what_somebody_set_is_not_rounded_to_another_limit(value: float, text: str) -> None:
    assert stated_amount(value, "USD") == text


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.18, None, "18 %"),
        (0.004, None, "0.4 %"),
        (0.0, None, "0 %"),
        (-0.25, None, f"{MINUS}25 %"),
        (0.0076, 1, "0.8 %"),
        (0.833, 1, "83.3 %"),
        (0.004, 0, "0 %"),
        (math.nan, None, NOT_KNOWN),
    ],
)
def test_a_share_is_written_in_per_cent(share: float, digits: int | None, text: str) -> None:
    assert percent(share, digits) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1 / 512, "under 1 %"),
        (0.0099, "under 1 %"),
        (0.01, "1 %"),
        (0.553, "55 %"),
        (0.99, "99 %"),
        (511 / 512, "over 99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_of_draws_is_whole_and_seldom_is_not_never(share: float, text: str) -> None:
    assert percent_of_draws(share) == text


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        (percent(0.05), "+5 %"),
        (percent(-0.05), f"{MINUS}5 %"),
        (plain(0.42, 2), "+0.42"),
        (plain(0.001, 2), "0.00"),
        (NOT_KNOWN, NOT_KNOWN),
    ],
)
def test_a_difference_says_its_sign(text: str, signed: str) -> None:
    assert with_plus(text) == signed


def test_one_is_counted_as_one() -> None:
    assert counted(1, "closing store") == "1 closing store"
    assert counted(0, "site") == "0 sites"
    assert counted(1_200.0, "draw") == "1,200 draws"


@pytest.mark.slow
@given(st.floats(min_value=-1e12, max_value=1e12), st.floats(min_value=-1e12, max_value=1e12))
def test_a_range_starts_with_its_smaller_end_and_strays_nowhere(one: float, other: float) -> None:
    text = span(one, other, "USD")
    low, high = sorted((one, other))
    assert text.startswith(amount(low, "USD"))
    assert text.endswith(short(round(high)) if abs(high) < 1_000 else short(high))
    assert astray(text) == []


def test_sentences_and_pages_share_one_implementation() -> None:
    for name in ("as_number", "as_stated", "is_blank", "percent", "plain", "short", "usd"):
        assert getattr(formats, name) is getattr(number_words, name)


def test_the_examples_are_true() -> None:
    found = doctest.testmod(number_words)
    assert found.attempted > 5
    assert found.failed == 0


# ------------------------------------------------------------------------ the package itself
def written_by_hand(source: str) -> list[str]:
    """Find texts that round a share or an amount themselves, or put a sign where none belongs."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        words = ast.unparse(node)
        parts = list(ast.iter_child_nodes(node))
        for part in parts:
            if not isinstance(part, ast.FormattedValue):
                continue
            spec = ast.unparse(part.format_spec) if part.format_spec else ""
            scaled = any(
                isinstance(one, ast.BinOp)
                and isinstance(one.op, ast.Div)
                and ast.unparse(one.right) in {"1000.0", "1000000.0", "1000000000.0"}
                for one in ast.walk(part.value)
            )
            if "%" in spec or "+" in spec or scaled:
                found.append(words)
        if any(isinstance(p, ast.Constant) and astray(str(p.value)) for p in parts):
            found.append(words)
        if "}%" in words or "} USD" in words:
            found.append(words)
    return found


def test_what_is_written_by_hand_is_found() -> None:
    for text in ("{x:.0%} of it", "{x:+.1f}", "{x / 1e6:,.1f} M", "{x} USD", "{x}%", "{x}, or 5%"):
        assert written_by_hand(f"f'{text}'"), text
    assert written_by_hand("f'{x:,.0f} households, {amount(y)}, {percent(z)}, 95 %'") == []


@pytest.mark.parametrize(
    "path",
    [
        *sorted((ROOT / "inputs").glob("*.py")),
        *sorted((ROOT / "model").glob("*.py")),
        *sorted((ROOT / "run").glob("*.py")),
        *sorted((ROOT / "cli").glob("*.py")),
    ],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_no_text_of_the_package_writes_its_numbers_itself(path: Path) -> None:
    assert written_by_hand(path.read_text(encoding="utf-8")) == []
