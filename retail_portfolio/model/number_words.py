"""Numbers in words: rounded to what is known, with their unit, the one manner of every text.

Sentences of the models and everything that a page shows write numbers through these functions, so
that a figure reads alike wherever it stands: ``USD 1.2 M``, ``12 %``, ``41,000``. What is blank is
``not known``, never zero; a minus is a true minus. Whoever writes money says in which currency it
is: that of the case, the result or the report at hand, which have it in their `words`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

NOT_KNOWN: Final = "not known"
MINUS: Final = "\u2212"
_STEPS: Final = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
_SELDOM: Final = 0.01
"""Shares of draws nearer to 0 or to 1 than this are neither never nor always."""


def is_blank(value: object) -> bool:
    """Whether ``value`` is unknown: ``None``, NaN, NaT, pandas' NA, or an empty text."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return bool(type(value).__name__ in {"NAType", "NaTType"} or value != value)  # noqa: PLR0124


def as_number(value: object) -> float | None:
    """Return ``value`` as a finite float, or ``None`` where it is not a number."""
    if isinstance(value, bool) or is_blank(value):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _signed(number: float, text: str) -> str:
    """Put a true minus before ``text`` unless all that is left of the number is zeros."""
    return MINUS + text if number < 0 and re.search(r"[1-9]", text) else text


def with_plus(text: str) -> str:
    """Put a plus before a written number above zero, for what is a difference.

    Examples
    --------
    >>> with_plus(percent(0.05)), with_plus(plain(0.001, 2)), with_plus(NOT_KNOWN)
    ('+5 %', '0.00', 'not known')
    """
    return text if text.startswith(MINUS) or not re.search(r"[1-9]", text) else f"+{text}"


def plain(value: object, digits: int = 0) -> str:
    """Write a number with thousands separated and ``digits`` decimals: ``41,000``."""
    number = as_number(value)
    if number is None:
        return NOT_KNOWN
    return _signed(number, f"{abs(number):,.{digits}f}")


def as_stated(value: object) -> str:
    """Write a number as a source states it: ``0.015``, ``17.5``, ``21,215,000,000``.

    Whole digits all stay; decimals up to four significant digits, none that is only a zero.
    """
    number = as_number(value)
    if number is None:
        return NOT_KNOWN
    size = abs(number)
    digits = 0 if size == 0 else max(0, 3 - math.floor(math.log10(size)))
    text = f"{size:,.{digits}f}"
    return _signed(number, text.rstrip("0").rstrip(".") if "." in text else text)


def short(value: object) -> str:
    """Write a number without unit at about two figures: ``1.2 M``, ``610 M``, ``45 k``, ``27.50``.

    Below one thousand, whole numbers stay whole and others keep two decimals.
    """
    number = as_number(value)
    if number is None:
        return NOT_KNOWN
    size = abs(number)
    for step, letter in _STEPS:
        # 999,600 is 1.0 M, not 1,000 k: compare with what rounding would leave.
        if size >= step * (0.9995 if step > _STEPS[-1][0] else 1):
            scaled = size / step
            digits = 1 if round(scaled, 1) < 10 else 0  # noqa: PLR2004
            return _signed(number, f"{scaled:,.{digits}f} {letter}")
    digits = 0 if size == round(size) else 2
    return _signed(number, f"{size:,.{digits}f}")


def usd(value: object, currency: str) -> str:
    """Write an amount of money, a price among them: ``USD 1.2 M``, ``USD 610 M``, ``USD 27.50``."""
    text = short(value)
    return text if text == NOT_KNOWN else f"{currency} {text}"


def amount(value: object, currency: str) -> str:
    """Write an amount that a model came to: as `usd`, without decimals below a thousand.

    Examples
    --------
    >>> amount(172e6, "USD"), amount(-9.06e6, "EUR"), amount(312.4, "USD")
    ('USD 172 M', 'EUR \N{MINUS SIGN}9.1 M', 'USD 312')
    """
    number = as_number(value)
    if number is not None and abs(number) < _STEPS[-1][0]:
        number = round(number)
    return usd(number, currency)


def stated_amount(value: float, currency: str) -> str:
    """Write an amount that somebody set or reported, which rounding would make another one.

    Examples
    --------
    >>> stated_amount(12.5e6, "USD"), stated_amount(450_000, "EUR")
    ('USD 12.5 M', 'EUR 450 k')
    """
    # What rounding leaves decides, or 999,999.9 would be "1,000 k".
    step, letter = next((one for one in _STEPS if float(f"{abs(value):.3e}") >= one[0]), (1.0, ""))
    return f"{currency} {as_stated(value / step)} {letter}".rstrip()


def from_to(low: str, high: str, currency: str) -> str:
    """Join two written amounts as a range that names its currency once; equal ones stand once.

    Examples
    --------
    >>> from_to("USD 69 M", "USD 228 M", "USD")
    'USD 69 M to 228 M'
    >>> from_to("EUR 2.0 M", "EUR 3.0 M a year", "EUR")
    'EUR 2.0 M to 3.0 M a year'
    """
    lead = f"{currency} "
    return low if low == high else f"{low} to {high.removeprefix(lead)}"


def span(one: float, other: float, currency: str) -> str:
    """Write two amounts that a model came to as a range, the smaller first.

    Examples
    --------
    >>> span(216e6, 139e6, "USD"), span(1.2e6, -30e3, "USD")
    ('USD 139 M to 216 M', 'USD \N{MINUS SIGN}30 k to 1.2 M')
    """
    low, high = sorted((one, other))
    return from_to(amount(low, currency), amount(high, currency), currency)


def percent(value: object, digits: int | None = None) -> str:
    """Write a share (0 to 1) in per cent: ``12 %``; below one per cent with a decimal.

    Parameters
    ----------
    digits
        Decimals, where those are not wanted that the size of the share gives.
    """
    number = as_number(value)
    if number is None:
        return NOT_KNOWN
    hundredths = 100 * number
    if digits is None:
        digits = 1 if 0 < abs(hundredths) < 0.995 else 0  # noqa: PLR2004
    return f"{plain(hundredths, digits)} %"


def percent_of_draws(share: float) -> str:
    """Write a share of draws in whole per cent, as more than some hundred draws do not tell.

    Seldom does not read as never, nor nearly always as always.

    Examples
    --------
    >>> percent_of_draws(0.004), percent_of_draws(0.268), percent_of_draws(0.999)
    ('under 1 %', '27 %', 'over 99 %')
    """
    if 0 < share < _SELDOM:
        return "under 1 %"
    return "over 99 %" if 1 - _SELDOM < share < 1 else percent(share, 0)


def counted(number: float, noun: str) -> str:
    """Write a count with what is counted: ``1 closing store``, ``16 closing stores``."""
    return f"{plain(number)} {noun}" + ("" if number == 1 else "s")


def listed_names(names: Sequence[str], most: int = 100) -> str:
    """Write ``A, B and C``, or ``A, B and 7 more`` where there are more than are to be named."""
    shown = [*names] if len(names) <= most else [*names[:most], f"{len(names) - most} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
