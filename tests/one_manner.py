"""The one manner in which texts write numbers, as patterns of what strays from it."""

from __future__ import annotations

import re
from collections.abc import Iterable

ASTRAY = {
    "no space before the sign": re.compile(r"\d%"),
    "the currency behind its amount": re.compile(r"\d (?:(?:[kMB]|bn) )?USD\b(?! \u2212?\d)"),
    "a range of which one end has its letter": re.compile(
        r"(?<![\d.,])(?<!USD )(?<!USD \u2212)\d[\d.,]* to \u2212?\d[\d.,]* [kMB]\b"
    ),
    "a billion of another letter": re.compile(r"\d bn\b"),
    "a hyphen for a minus": re.compile(r"(?<![\w.-])-\d"),
    "a zero with a sign": re.compile(r"[+\u2212]0(?:\.0+)?(?![\d.,])"),
}
NO_CURRENCY = re.compile(
    r"(?<![\d.,])(?<!USD )(?<!USD \u2212)(?<!to )(?<!to \u2212)\d[\d.,]* [kMB]\b"
)
"""An amount without its currency, but for the second end of a range."""


def astray(text: str) -> list[str]:
    """Say what of a sentence, a label or a reason is not written in the one manner."""
    return [*loosely_astray(text), *(f"no currency: {one!r}" for one in NO_CURRENCY.findall(text))]


def loosely_astray(text: str) -> list[str]:
    """Say the same of a text beside a drawing, whose axis may have named the currency."""
    return [
        f"{name}: {text[max(found.start() - 20, 0) : found.end() + 5]!r}"
        for name, pattern in ASTRAY.items()
        for found in pattern.finditer(text)
    ]


def strings_of(value: object) -> Iterable[str]:
    """Yield every text that a JSON document holds, but for the names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings_of(one)
