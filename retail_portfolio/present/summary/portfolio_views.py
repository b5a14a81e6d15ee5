"""How the tables of the register and of the data are shown: what is known, disputed and assumed."""

from __future__ import annotations

from typing import Final

from retail_portfolio.present.summary.choices import Choice

PORTFOLIO_CHOICES: Final = {
    "event": Choice(
        "The wider event",
        ("fact", "value", "as_of", "source"),
        folded=False,
        unit_column="unit",
        links={"source": "source_url"},
    ),
    "data_quality": Choice("What is known of each closing store", folded=False),
    "metros": Choice(
        "How far the list of competitors reaches, by metropolitan area",
        ("name", "competitor_coverage", "chains_missing", "coverage_note"),
        {"competitor_coverage": "Coverage"},
    ),
    "corrections": Choice(
        "Disputed facts: what was taken and what was not",
        ("subject", "taken", "other", "reason", "source"),
    ),
    "sources": Choice(
        "Every assumption with its range and source",
        ("key", "description", "low", "base", "high", "unit", "origin", "source"),
        links={"source": "source_url"},
    ),
    "portfolio": Choice("Stores by banner and status"),
}
"""How each table is shown, by the name it is left under, in the order of a summary."""
