"""`build leases`: a row for each closing store that has none, its terms those of the ledger.

Every term is marked `assumed` and follows the ledger, or `modelled` where the day the store
opened says how much of the assumed first term has gone. Stores are taken to be leased. Rent is net
of charges, or gross where the ledger has a gross rent for the format and no net one. Rows that are
there already stay as they are, byte for byte; the table before is kept beside.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.inputs import folders, ledger
from retail_portfolio.inputs.assumptions import LEDGER_FILE, Ledger
from retail_portfolio.inputs.build import writing
from retail_portfolio.inputs.build.codebook import write_built
from retail_portfolio.inputs.build.register import read_alone, read_register
from retail_portfolio.inputs.build.settings import settings_of
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.dates import first_day, last_day
from retail_portfolio.inputs.registers import leases, stores
from retail_portfolio.inputs.tables import columns_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from retail_portfolio.inputs.case import Case

LEAST_YEARS = 1.0
"""No lease is taken to end sooner: its store would not be announced as closing."""
_TERMS = {
    "initial_term_years": ("lease_initial_term_years", "initial_term_origin"),
    "remaining_term_years": ("lease_remaining_term_years", "remaining_term_origin"),
    "escalator_per_year": ("rent_escalator_per_year", "escalator_origin"),
    "renewal_options": ("lease_renewal_options", "renewal_origin"),
    "renewal_option_years": ("lease_renewal_option_years", "renewal_origin"),
    "termination_months": ("lease_termination_months", "termination_origin"),
}
_RENT = {"net": "rent_net_usd_per_sqft_year", "gross": "rent_gross_usd_per_sqft_year"}
_CHARGES = "nnn_charges_usd_per_sqft_year"
_MIDDLE = "Opening known to the year or month; its middle is taken."
_FLOOR = (
    "By its opening {years:.1f} years of the first term would be left; assumed are {least:.1f}, "
    "because no lease is taken to end within a year or before its store."
)
_SENTENCES = (
    "A row for each closing store that had none: leased, every term the ledger's typical one.",
    "A term marked `modelled` is the first term less the years since the store opened.",
    f"It is at least {LEAST_YEARS:g} year, and up to the last trading day, as its note says.",
)


def build_leases(data_dir: str = "", scenario: str = "base") -> writing.Built:
    """
    Write `leases.csv`: the rows it has, and an assumed one for each closing store without one.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    scenario
        The scenario that says at which day remaining terms are stated.

    Returns
    -------
    Built

    Raises
    ------
    InputError
        Every fault of `stores.csv`, of the ledger and of the rows that are there; every row that
        the ledger lacks.
    """
    writing.refuse_exports(data_dir, leases.FILE)
    closing = stores.closing(read_register(data_dir))
    figures = ledger.ledger_of(read_alone(LEDGER_FILE, data_dir).frame)
    folder = folders.data_folder(data_dir)
    before, known = b"", set()
    if (folder / leases.FILE).exists() or (folder / leases.FILE).is_symlink():
        known = set(read_alone(leases.FILE, data_dir).frame["store_id"])
        before = (folder / leases.FILE).read_bytes()
    new = closing[~closing["store_id"].isin(known)]
    settings = settings_of(scenario, data_dir)
    rows, faults = [], []
    for store in new.sort_values("store_id").to_dict("records"):
        row, found = _lease(store, figures, settings.stated)
        rows.append(row)
        faults += found
    if faults:
        raise InputError(dict.fromkeys(faults))
    names = list(columns_of(leases.Leases))
    frame = pd.DataFrame(rows, columns=names, dtype=object).fillna("")
    text = writing.table_text(frame, leases.Leases, leases.FILE, leases.row_faults)
    built = writing.Built(
        file=leases.FILE,
        rows=len(known) + len(rows),
        source=f"{LEDGER_FILE}, typical terms",
        notes=(
            "" if settings.stated else settings.note,
            f"{len(rows):,} added, {len(known):,} as they were",
        ),
    )
    if not rows and before:
        return built
    whole = _joined(before, text) if before else text
    return write_built(data_dir, "leases", built, whole, _SENTENCES)


def lacking(case: Case) -> tuple[Fault, ...]:
    """Name every row of the ledger that leases of the stores without one could not be made of."""
    closing = stores.closing(case.stores)
    new = closing[~closing["store_id"].isin(case.leases["store_id"])]
    stated = case.scenario.announced or case.scenario.as_of
    made = (_lease(store, case.ledger, stated)[1] for store in new.to_dict("records"))
    return tuple(dict.fromkeys(fault for found in made for fault in found))


def _lease(
    store: Mapping[Hashable, object], figures: Ledger, stated: dt.date | None
) -> tuple[dict[str, str], list[Fault]]:
    """Return one lease by the ledger, and a fault for each row that the ledger lacks."""
    form, place = str(store["format"]), str(store["state"])
    faults: list[Fault] = []

    def value(name: str) -> str:
        if figures.has(name, form, place):
            return f"{figures.value(name, form, place):.12g}"
        expected = f"a row named {name} or {name}.{form}, because a lease is assumed"
        faults.append(Fault(LEDGER_FILE, None, "key", None, expected))
        return ""

    gross = _has_rent(figures, "gross", form) and not _has_rent(figures, "net", form)
    basis = "gross" if gross else "net"
    own_charges = not gross or f"{_CHARGES}.{form}".lower() in figures
    row = {
        "store_id": str(store["store_id"]),
        "tenure": "leased",
        "tenure_origin": "assumed",
        "rent_usd_per_sqft_year": value(_RENT[basis]),
        "rent_basis": basis,
        "rent_origin": "assumed",
        "charges_usd_per_sqft_year": value(_CHARGES) if own_charges else "0",
        "charges_origin": "assumed",
        "source": LEDGER_FILE,
    }
    opened = str(store["opened"])
    for column, (name, mark) in _TERMS.items():
        if column == "remaining_term_years" and opened and stated:
            years = float(row["initial_term_years"] or 0) - _years_since(opened, stated)
            least = max(LEAST_YEARS, _years_to_last_day(store, stated))
            row[column], row[mark] = writing.texts([max(least, years)], 1)[0], "modelled"
            notes = [_MIDDLE] if first_day(opened) != last_day(opened) else []
            if years < least:
                notes.append(_FLOOR.format(years=max(0.0, years), least=least))
                row["source"] = f"{LEDGER_FILE}; remaining term assumed, the least that is taken"
            row["note"] = " ".join(notes)
            continue
        row[column], row[mark] = value(name), "assumed"
    return row, faults


def _has_rent(figures: Ledger, basis: str, form: str) -> bool:
    """Tell whether the ledger has a rent of a basis for exactly a format."""
    key = f"{_RENT[basis]}.{form}".lower()
    return any(row == key or row.startswith(f"{key}.") for row in figures)


def _years_since(opened: str, stated: dt.date) -> float:
    """Return the years since a day that may be known to its month or year: its middle counts."""
    first, last = (dt.date.fromisoformat(each(opened)) for each in (first_day, last_day))
    gone = (stated - (first + (last - first) / 2)).days
    return max(0, gone) / leases.DAYS_PER_YEAR


def _years_to_last_day(store: Mapping[Hashable, object], stated: dt.date) -> float:
    """Return the years to the last trading day, rounded up to a tenth; 0 where not known."""
    day = str(store["last_trading_day"])
    if not day:
        return 0.0
    days = (dt.date.fromisoformat(last_day(day)) - stated).days
    return max(0.0, -(-days * 10 // leases.DAYS_PER_YEAR) / 10)


def _joined(before: bytes, text: str) -> bytes:
    """Put new rows below those of a table, in the order and with the line ends of its header."""
    header = next(csv.reader(io.StringIO(before.decode("utf-8-sig"), newline="")))
    end = "\r\n" if before.splitlines(keepends=True)[0].endswith(b"\r\n") else "\n"
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, header, lineterminator=end)
    writer.writerows(csv.DictReader(io.StringIO(text, newline="")))
    gap = "" if before.endswith(b"\n") else end
    return before + (gap + out.getvalue()).encode()
