"""leases.csv: one lease a closing store, nearly all of it assumed from the ledger."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tools.tables.ledger import most_specific
from tools.tables.output import number_text

COLUMNS = (
    "store_id",
    "tenure",
    "tenure_origin",
    "initial_term_years",
    "initial_term_origin",
    "remaining_term_years",
    "remaining_term_origin",
    "rent_usd_per_sqft_year",
    "rent_basis",
    "rent_origin",
    "charges_usd_per_sqft_year",
    "charges_origin",
    "escalator_per_year",
    "escalator_origin",
    "renewal_options",
    "renewal_option_years",
    "renewal_origin",
    "break_after_years",
    "break_origin",
    "termination_months",
    "termination_origin",
    "continuous_operation",
    "note",
    "source",
)

AS_OF = date(2026, 1, 27)
DAYS_PER_YEAR = 365.25
_LEDGER = "assumptions.csv"
_FLOOR_YEARS = 1.0


def middle_of(day: str) -> date:
    """Return a date of reduced precision as the middle of its year or month.

    Examples
    --------
    >>> middle_of("2021"), middle_of("2021-06"), middle_of("2021-06-03")
    (datetime.date(2021, 7, 1), datetime.date(2021, 6, 15), datetime.date(2021, 6, 3))
    """
    year, *rest = [int(part) for part in day.split("-")]
    if not rest:
        return date(year, 7, 1)
    month, *days = rest
    return date(year, month, days[0] if days else 15)


def remaining_years(initial_term_years: float, started: str, as_of: date = AS_OF) -> float:
    """Return the years left on a lease that started on `started`, at least one."""
    gone = (as_of - middle_of(started)).days / DAYS_PER_YEAR
    return max(_FLOOR_YEARS, round(initial_term_years - gone, 1))


def _lease(store: pd.Series, ledger: pd.DataFrame, known: pd.Series | None) -> dict[str, str]:
    def value(name: str) -> str:
        return most_specific(ledger, name, str(store["format"]), str(store["state"]))

    gross = store["format"] == "go"
    notes: list[str] = []
    row = {
        "store_id": str(store["store_id"]),
        "tenure": "leased",
        "tenure_origin": "assumed",
        "initial_term_years": value("lease_initial_term_years"),
        "remaining_term_years": value("lease_remaining_term_years"),
        "remaining_term_origin": "assumed",
        "rent_usd_per_sqft_year": value(
            "rent_gross_usd_per_sqft_year" if gross else "rent_net_usd_per_sqft_year"
        ),
        "rent_basis": "gross" if gross else "net",
        "charges_usd_per_sqft_year": value("nnn_charges_usd_per_sqft_year"),
        "escalator_per_year": value("rent_escalator_per_year"),
        "renewal_options": value("lease_renewal_options"),
        "renewal_option_years": value("lease_renewal_option_years"),
        "termination_months": value("lease_termination_months"),
        "source": _LEDGER,
    }
    for column in ("initial_term", "rent", "charges", "escalator", "renewal", "termination"):
        row[f"{column}_origin"] = "assumed"
    started = str(store["opened"])
    if known is not None:
        started = str(known["lease_start"]) or started
        row["rent_usd_per_sqft_year"] = str(known["rent_usd_per_sqft_year"])
        row["rent_basis"] = str(known["rent_basis"])
        row["charges_usd_per_sqft_year"] = str(known["charges_usd_per_sqft_year"])
        row["rent_origin"] = row["charges_origin"] = "reported"
        row["source"] = f"{_LEDGER}; {known['source']}"
        notes.append(str(known["note"]))
    if started:
        years = remaining_years(float(row["initial_term_years"]), started)
        row["remaining_term_years"] = number_text(years, 1)
        row["remaining_term_origin"] = "modelled"
        if len(started) < len("2026-01-27") and known is None:
            notes.append("Opening known to the year or month; its middle is taken.")
    row["note"] = " ".join(notes)
    return row


def build_leases(
    stores: pd.DataFrame, ledger: pd.DataFrame, known_leases: pd.DataFrame
) -> pd.DataFrame:
    """Build leases.csv for every store of status `closing`.

    Parameters
    ----------
    stores : pandas.DataFrame
        stores.csv as built.
    ledger : pandas.DataFrame
        assumptions.csv as built.
    known_leases : pandas.DataFrame
        Leases whose terms were reported, with `store_id`.

    Returns
    -------
    pandas.DataFrame
        Text columns as in `COLUMNS`; break and continuous operation are blank, not known.
    """
    reported = {str(row["store_id"]): row for _, row in known_leases.iterrows()}
    closing = stores[stores["status"] == "closing"]
    rows = [
        _lease(store, ledger, reported.get(str(store["store_id"])))
        for _, store in closing.iterrows()
    ]
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS), fill_value="")
