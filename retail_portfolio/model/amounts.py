"""Amounts of money as sentences say them: at about two figures, in millions or thousands."""

from __future__ import annotations

MILLION_FROM, TEN_MILLION_FROM = 0.9995e6, 9.95e6
"""Amounts from which sentences speak of millions, and of whole ones: 999,600 is 1.0 M."""


def span(one: float, other: float) -> str:
    """Write two amounts as a range, the smaller first.

    Examples
    --------
    >>> span(139e6, 216e6), span(1.2e6, -30e3)
    ('139 to 216 M', '-30 k to 1.2 M')
    """
    low, high = (amount(each) for each in sorted((one, other)))
    return f"{low.removesuffix(high[-2:])} to {high}"


def amount(usd: float) -> str:
    """Write an amount at about two figures: ``139 M``, ``4.5 M``, ``35 k``."""
    if abs(usd) < MILLION_FROM:
        return f"{usd / 1e3:,.0f} k"
    return f"{usd / 1e6:,.{0 if abs(usd) >= TEN_MILLION_FROM else 1}f} M"
