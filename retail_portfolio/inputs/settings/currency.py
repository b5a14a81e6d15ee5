"""Money of a portfolio that is not in US dollars: what of the ledger is, and what it is then worth.

Columns and keys say ``usd`` whatever the currency is. What a row of the ledger is in says its
unit: one that begins with ``USD`` is in US dollars, as most public sources are, and no row of
another currency may pass for it. Dollars spelled otherwise (``$ per hour``) are a fault there, for
nobody can tell whose they are. In a scenario of another currency such rows are turned at the
scenario's rate when they are read, and say so; without a rate they are faults, for dollars under
the name of another money would mislead.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from retail_portfolio.inputs.assumptions import LEDGER_FILE, Assumption, Ledger
from retail_portfolio.inputs.faults import Fault

if TYPE_CHECKING:
    from retail_portfolio.inputs.settings.scenario import Scenario

DOLLARS = "USD"
_IN_DOLLARS = re.compile(rf"{DOLLARS}\b")
_SOME_DOLLARS = re.compile(r"\$|(?<![a-z])usd(?![a-z])|\bdollars?\b|\bus cents?\b", re.IGNORECASE)
_NAMED = 3


def in_dollars(unit: str) -> bool:
    """Whether a unit of the ledger is one of US dollars: ``USD per hour``."""
    return _IN_DOLLARS.match(unit) is not None


def dollar_faults(rows: Iterable[tuple[int, str, str]], settings: Scenario) -> list[Fault]:
    """Return what is wrong with the rows in US dollars, and with their rate.

    Parameters
    ----------
    rows
        Number of each row of the ledger as a spreadsheet has it, its key and its unit.
    settings
        The scenario.

    Returns
    -------
    list of Fault
        A rate where all money is in US dollars anyway; each unit that means dollars and does not
        say whose; rows without a rate.
    """
    if settings.currency == DOLLARS:
        if settings.us_dollars is None:
            return []
        expected = f"no rate, as the currency is {DOLLARS}"
        value = f"{settings.us_dollars.rate:g}"
        return [Fault("scenario", None, "us_dollars", value, expected)]
    listed = list(rows)
    unclear = [
        Fault(
            LEDGER_FILE,
            row,
            "unit",
            unit,
            f"a unit that begins with {settings.currency}, or with {DOLLARS} for US dollars",
        )
        for row, _, unit in listed
        if _is_unclear(unit, settings.currency)
    ]
    keys = [key for _, key, unit in listed if in_dollars(unit)]
    if not keys or settings.us_dollars is not None:
        return unclear
    named = ", ".join(keys[:_NAMED]) + (" ..." if len(keys) > _NAMED else "")
    found = f"{len(keys)} row{'' if len(keys) == 1 else 's'} in {DOLLARS}: {named}"
    expected = (
        f"{settings.currency}, the currency of the scenario: write it in the unit of rows that are "
        f"in it, and give us_dollars.rate with us_dollars.source for the others"
    )
    return [Fault(LEDGER_FILE, None, "unit", found, expected), *unclear]


def _is_unclear(unit: str, currency: str) -> bool:
    """Tell whether a unit means dollars without saying in front whose they are."""
    said = in_dollars(unit) or re.match(rf"{currency}\b", unit) is not None
    return not said and _SOME_DOLLARS.search(unit) is not None


def rate_of(unit: str, settings: Scenario) -> float:
    """Return what a figure of a unit is multiplied by to be in the scenario's currency."""
    if settings.us_dollars is None or settings.currency == DOLLARS or not in_dollars(unit):
        return 1.0
    return settings.us_dollars.rate


def in_currency(ledger: Ledger, settings: Scenario) -> Ledger:
    """Return the ledger with its rows in US dollars turned into the scenario's currency."""
    dollars = settings.us_dollars
    if dollars is None:
        return ledger

    def turned(row: Assumption) -> Assumption:
        rate = rate_of(row.unit, settings)
        if rate == 1:
            return row
        said = f"turned from {DOLLARS} at {rate:g} {settings.currency}: {dollars.source}"
        return dataclasses.replace(
            row,
            low=row.low * rate,
            base=row.base * rate,
            high=row.high * rate,
            unit=settings.currency + row.unit.removeprefix(DOLLARS),
            note=f"{row.note}; {said}" if row.note else said,
        )

    return Ledger(tuple(turned(row) for row in ledger.values()))


def settled(ledger: Ledger, settings: Scenario) -> Ledger:
    """Return the ledger as a scenario has it: in its currency, with the figures it decides.

    Parameters
    ----------
    ledger
        As its table is written.
    settings
        The scenario; the figures that it decides are in its currency.
    """
    return in_currency(ledger, settings).with_overrides(settings.assumptions)


def money_words(settings: Scenario) -> str:
    """Say what stands in which money, in a sentence or two; empty where all is in US dollars."""
    if settings.currency == DOLLARS:
        return ""
    said = f"All money is in {settings.currency}; columns and keys that say usd hold it, too."
    if settings.us_dollars is not None:
        said += (
            f" Figures of the ledger in {DOLLARS} are turned at {settings.us_dollars.rate:g} "
            f"{settings.currency} a dollar ({settings.us_dollars.source})."
        )
    return said
