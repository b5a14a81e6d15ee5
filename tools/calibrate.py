"""Fits what the trade areas are fitted to and writes it as rows for the ledger.

``python -m tools.calibrate`` reads the data folder, fits
(`retail_portfolio.model.market.calibration`) and writes ``tools/tables/curated/ledger_fitted.csv``,
from which the table builder takes the rows into ``data/assumptions.csv``. A test fits again and
compares, so that no fitted value goes stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.model.market.calibration import Fitted, fitted_rows
from retail_portfolio.model.market.geography import geography
from retail_portfolio.model.market.siting import SitingFit

FITTED = Path(__file__).parent / "tables" / "curated" / "ledger_fitted.csv"
COMPLETE_COUNTIES = ("06037",)
"""Los Angeles County, whose SNAP list of March 2024 holds every supermarket."""
SITING_FORMATS = ("wfm",)
COLUMNS = (
    "key",
    "group",
    "description",
    "unit",
    "low",
    "base",
    "high",
    "as_of",
    "quality",
    "source",
    "source_url",
    "note",
    "origin",
)
WORDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "supermarket_sqft_per_household": (
            "Floor of supermarkets per household where the list is complete",
            "sq ft per household",
            "By density band of people per sq km: to 1,000, 2,500, 5,000 and above.",
        ),
        "huff_distance_exponent": (
            "Power with which attraction falls with travel time, supermarkets",
            "exponent",
            (
                "Meets the survey's ratio of the way to the main store to that to the nearest. "
                "Usual values are 1 to 3; ours holds within 30 minutes only."
            ),
        ),
        "huff_distance_rate_per_minute": (
            "Rate at which attraction falls with travel time if the decay is exponential",
            "per minute",
            "Meets the same ratio; used where a scenario asks for exponential decay.",
        ),
        "affinity_share_bachelors": (
            "Log odds of a Whole Foods by the share of adults with a bachelor's degree",
            "log points per unit of the share, may be negative",
            "Logit of open stores among all supermarkets within their metro.",
        ),
        "affinity_log_income": (
            "Log odds of a Whole Foods by household income, education held equal",
            "log points per log point, may be negative",
            "Not told apart from zero: education carries it.",
        ),
        "affinity_log_density": (
            "Log odds of a Whole Foods by population density, education held equal",
            "log points per log point, may be negative",
            "Logit of open stores among all supermarkets within their metro.",
        ),
        "banner_factor": (
            "Pull of a store of the format beyond its floor space",
            "ratio",
            (
                "Solved anew from what the format is known or assumed to sell whenever anything "
                "else moves; a value set by hand is kept."
            ),
        ),
    }
)


def _source(key: str, fits: Mapping[str, SitingFit]) -> str:
    if key.startswith("affinity_"):
        fit = fits[key.rpartition(".")[2]]
        return (
            f"Fitted here: {fit.stores} stores among {fit.others:,} other supermarkets, "
            f"AUC {fit.auc:.2f} within metros"
        )
    if key.startswith("supermarket_sqft"):
        return "Carried over from Los Angeles County: SNAP retailers of March 2024, ACS households"
    if key.startswith("huff_"):
        return "Fitted here to USDA ERS EIB-138: 3.79 miles to the main store, 2.14 to the nearest"
    return "Fitted here to the sales of the format in this ledger"


def table_of(rows: list[Fitted], fits: Mapping[str, SitingFit]) -> pd.DataFrame:
    """Return the rows with their words, numbers to six digits."""
    found = []
    for row in rows:
        description, unit, note = WORDS[row.key.partition(".")[0]]
        found.append(
            {
                "key": row.key,
                "group": "market",
                "description": description,
                "unit": unit,
                "low": f"{row.low:.6g}",
                "base": f"{row.base:.6g}",
                "high": f"{row.high:.6g}",
                "as_of": "2026-01",
                "quality": "estimate",
                "source": _source(row.key, fits),
                "source_url": "",
                "note": note,
                "origin": "assumed" if row.key.startswith("supermarket_sqft") else "modelled",
            }
        )
    return pd.DataFrame(found, columns=list(COLUMNS))


def main(arguments: list[str] | None = None) -> int:
    """Fit and write; return 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.calibrate", description=__doc__)
    parser.add_argument("--data", default="", help="data folder; the checkout's own if left out")
    parser.add_argument("--out", type=Path, default=FITTED, help="table to write")
    chosen = parser.parse_args(arguments)
    case = load_case(data_dir=chosen.data)
    rows, fits = fitted_rows(case, geography(case), COMPLETE_COUNTIES, SITING_FORMATS)
    table = table_of(rows, fits)
    table.to_csv(chosen.out, index=False, lineterminator="\n")
    sys.stdout.write(table[["key", "low", "base", "high"]].to_string(index=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
