"""What a portfolio decides about words: the currency of money, and the name of walk-out checkout.

Both are settings of the scenario, and stand in hundreds of sentences, cards, charts and headings.
Whoever writes one asks `speech`, so that no writer has to be told and none can name another
currency by oversight. It is said in one place each: when a case is loaded (`load_case`), when a
worker answers a case, and when pages are drawn from what a report left behind. Numbers never
depend on it.

A process speaks of one portfolio at a time: whoever has two cases of different currencies at hand
puts `speaking` around what is said of the other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retail_portfolio.inputs.settings.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Speech:
    """The words that a portfolio decides.

    Parameters
    ----------
    currency
        Three letters, of all money.
    walk_out_code, walk_out_label, walk_out_short
        What walk-out checkout is called in tables, in sentences, and where there is little room
        (blank to use the label).
    """

    currency: str = "USD"
    walk_out_code: str = "walk_out"
    walk_out_label: str = "walk-out checkout"
    walk_out_short: str = ""

    @classmethod
    def of(cls, scenario: Scenario) -> Speech:
        """Return the words of a scenario."""
        walk_out = scenario.walk_out
        return cls(scenario.currency, walk_out.code, walk_out.label, walk_out.short)

    @classmethod
    def of_settings(cls, settings: Mapping[str, Any]) -> Speech:
        """Return the words of settings as a manifest or a page holds them; gaps are usual ones.

        Examples
        --------
        >>> Speech.of_settings({"currency": "CAD", "walk_out": {"label": "Gliss"}}).walk_out_label
        'Gliss'
        >>> Speech.of_settings({"walk_out.label": "Gliss"}).walk_out_label
        'Gliss'
        """
        nested = dict(settings.get("walk_out") or {})
        given = {
            name: nested.get(name, settings.get(f"walk_out.{name}"))
            for name in ("code", "label", "short")
        }
        known = {f"walk_out_{name}": str(value) for name, value in given.items() if value}
        return cls(str(settings.get("currency") or cls().currency), **known)


class _Said:
    """What was said last.

    A plain place and no context variable: cells of a notebook and threads have contexts of their
    own, and what a case was loaded with has to hold in all of them.
    """

    __slots__ = ("speech",)

    def __init__(self) -> None:
        self.speech = Speech()


_SAID = _Said()


def speech() -> Speech:
    """Return the words of the portfolio that is spoken of."""
    return _SAID.speech


def speak(words: Speech) -> None:
    """Speak of another portfolio from now on."""
    _SAID.speech = words


@contextmanager
def speaking(words: Speech) -> Iterator[None]:
    """Speak of another portfolio for a while."""
    before = _SAID.speech
    _SAID.speech = words
    try:
        yield
    finally:
        _SAID.speech = before
