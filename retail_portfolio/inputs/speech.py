"""What a portfolio decides about words: the currency of money, and the name of walk-out checkout.

Both are settings of the scenario, and stand in hundreds of sentences, cards, charts and headings.
They are handed on as one value: a case has it, every result and figure takes it from its case, and
what is read of a report takes it from the report's settings. Whoever writes a sentence takes it
from what the sentence is about; no process has a currency. Numbers never depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    currency: str
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
        """Return the words of settings as a manifest or a page holds them.

        A name that is missing is the usual one; no currency is.

        Raises
        ------
        ValueError
            If no currency is named.

        Examples
        --------
        >>> Speech.of_settings({"currency": "CAD", "walk_out": {"label": "Gliss"}}).walk_out_label
        'Gliss'
        >>> Speech.of_settings({"currency": "CAD", "walk_out.label": "Gliss"}).walk_out_label
        'Gliss'
        """
        nested = dict(settings.get("walk_out") or {})
        given = {
            name: nested.get(name, settings.get(f"walk_out.{name}"))
            for name in ("code", "label", "short")
        }
        known = {f"walk_out_{name}": str(value) for name, value in given.items() if value}
        if not settings.get("currency"):
            raise ValueError("currency: nobody says which one all money is in")
        return cls(str(settings["currency"]), **known)
