"""What the owner runs today, how well each store is known, and what the exits mean to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.model.number_words import amount, percent, plain
from retail_portfolio.model.result import Figure, Result

if TYPE_CHECKING:
    from retail_portfolio.inputs.case import Case

APPROXIMATE_M = 500.0
"""A point that may be off by more than this many metres counts as an approximation."""

EVENT_GROUP = "event"
"""Group of the ledger that holds the facts of the wider event."""


REGISTER_COLUMNS: tuple[str, ...] = (
    "store_id",
    "banner",
    "format",
    "name",
    "street",
    "city",
    "state",
    "zip",
    "lat",
    "lon",
    "point_precision_m",
    "point_origin",
    "status",
    "opened",
    "last_trading_day",
    "size_sqft",
    "size_origin",
    "employees",
    "employees_origin",
    "checkout_technology",
    "prior_use",
    "confidence",
    "note",
    "source",
)
"""What the report shows of a store; the owner's own sales and results stay in the tables."""


def register(case: Case) -> Result:
    """Return the register as the report and the map show it, one row a store."""
    stores = case.stores[list(REGISTER_COLUMNS)]
    units = {
        "lat": "degrees",
        "lon": "degrees",
        "point_precision_m": "metres",
        "size_sqft": "sqft",
        "employees": "heads",
    }
    banners = stores["banner"].nunique()
    sentence = f"The register holds {len(stores):,} stores of {banners} banners."
    return Result(stores, sentence, units, words=case.words)


def sources(case: Case) -> Result:
    """List every figure of the ledger as used in this run, with its origin and source."""
    rows = case.ledger.values()
    names = ["key", "group", "description", "unit", "low", "base", "high", "distribution"]
    names += ["as_of", "origin", "quality", "source", "source_url", "note"]
    table = pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)
    marks = table["origin"].value_counts()
    parts = [f"{count} {mark}" for mark, count in sorted(marks.items())]
    return Result(
        table, f"The ledger holds {len(table)} figures: {', '.join(parts)}.", words=case.words
    )


def portfolio(case: Case) -> Result:
    """Count the stores of the register by banner and status.

    Returns
    -------
    Result
        Table with columns ``banner, status, stores, states, first_closing_day,
        last_closing_day``; one figure for the closing and one for the open stores.
    """
    grouped = case.stores.groupby(["banner", "status"], sort=True)
    table = grouped.agg(
        stores=("store_id", "size"),
        states=("state", "nunique"),
        first_closing_day=("last_trading_day", "min"),
        last_closing_day=("last_trading_day", "max"),
    ).reset_index()
    closing = table[table["status"] == "closing"]
    parts = [f"{row.stores} {row.banner}" for row in closing.itertuples()]
    still_open = int(table.loc[table["status"] == "open", "stores"].sum())
    closes = "store closes" if closing["stores"].sum() <= 1 else "stores close"
    number = f"{still_open:,}" if still_open else "no"
    own, stay = ("own store", "stays") if still_open <= 1 else ("own stores", "stay")
    sentence = (
        f"{' and '.join(parts) or 'No'} {closes}; {number} {own} on the register {stay} open."
    )
    figures = tuple(
        Figure(
            key=f"{status}_stores",
            label=label,
            value=float(table.loc[table["status"] == status, "stores"].sum()),
            unit="stores",
            origin="reported",
            source="stores.csv",
            words=case.words,
        )
        for status, label in (
            ("closing", "Stores that close"),
            ("open", "Stores on the register that stay open"),
        )
    )
    return Result(
        table, sentence, {"stores": "stores", "states": "states"}, {}, figures, words=case.words
    )


def data_quality(case: Case) -> Result:
    """Say how many closing stores have each fact of their own and how many take a typical value.

    Returns
    -------
    Result
        Table with columns ``fact, known, typical, unknown, of``: counts of closing stores, and of
        leased ones alone where the fact is of a lease.
    """
    closing = case.stores[case.stores["status"] == "closing"]
    leases = case.leases[case.leases["tenure"] == "leased"]
    count = len(closing)

    def row(fact: str, known: pd.Series, typical: pd.Series | None = None) -> dict[str, object]:
        other = int(typical.sum()) if typical is not None else 0
        own = int(known.sum())
        return {
            "fact": fact,
            "known": own,
            "typical": other,
            "unknown": len(known) - own - other,
            "of": len(known),
        }

    own_size = closing["size_origin"].isin(["observed", "reported"])
    own_rent = leases["rent_origin"].isin(["observed", "reported"])
    own_term = leases["remaining_term_origin"].isin(["observed", "reported"])
    counted, sold = closing["employees"].notna(), closing["sales_usd_year"].notna()
    exact = closing["point_precision_m"] <= APPROXIMATE_M
    to_the_day = closing["last_trading_day"].str.fullmatch(r"\d{4}-\d{2}-\d{2}").eq(True)  # noqa: FBT003
    table = pd.DataFrame(
        [
            row(f"point within {plain(APPROXIMATE_M)} m", exact, ~exact),
            row("size", own_size, ~own_size),
            row("employees of the store", counted, ~counted),
            row("opening date", closing["opened"].ne("")),
            row("last trading day", to_the_day),
            row("checkout technology", closing["checkout_technology"].ne("unknown")),
            row("sales", sold, ~sold),
            row("rent", own_rent, ~own_rent),
            row("remaining lease term", own_term, ~own_term),
        ]
    )
    sentence = (
        f"Of {count} closing stores {int(own_size.sum())} have a size of their own, "
        f"{int(own_rent.sum())} a known rent and {int(sold.sum())} "
        "known sales; values that stand in are typical of the format and the state, and marked so; "
        "the rest is not known."
    )
    units = dict.fromkeys(["known", "typical", "unknown", "of"], "stores")
    return Result(table, sentence, units, words=case.words)


def wider_event(case: Case, charge: str, income: str) -> Result:
    """List the facts around the exits with source, date and origin mark.

    Parameters
    ----------
    charge, income
        Ledger keys of the impairment and of the yearly operating income it is set against, USD.

    Returns
    -------
    Result
        Table with columns ``key, fact, value, unit, as_of, origin, source, source_url``: the
        ledger's rows of group `EVENT_GROUP`. Figure ``exit_share_of_operating_income`` is the
        charge over the income, where the ledger holds both.
    """
    rows = [row for row in case.ledger.values() if row.group == EVENT_GROUP]
    table = pd.DataFrame(
        [
            {
                "key": row.key,
                "fact": row.description,
                "value": row.base,
                "unit": row.unit,
                "as_of": row.as_of,
                "origin": row.origin,
                "source": row.source,
                "source_url": row.source_url,
            }
            for row in rows
        ],
        columns=["key", "fact", "value", "unit", "as_of", "origin", "source", "source_url"],
    )
    if not (case.ledger.has(charge) and case.ledger.has(income)):
        return Result(
            table,
            "The ledger holds no charge and income to set against each other.",
            words=case.words,
        )
    charge_usd, income_usd = case.ledger.value(charge), case.ledger.value(income)
    share, currency = charge_usd / income_usd, case.scenario.currency
    figure = Figure(
        key="exit_share_of_operating_income",
        label="Store impairment as a share of the year's operating income",
        value=share,
        unit="share",
        origin="modelled",
        source=f"{charge} over {income}, assumptions.csv",
        words=case.words,
    )
    sentence = (
        f"The store impairment of {amount(charge_usd, currency)} is {percent(share, 1)} of the "
        f"year's operating income of {amount(income_usd, currency)}."
    )
    return Result(table, sentence, {}, {}, (figure,), words=case.words)
