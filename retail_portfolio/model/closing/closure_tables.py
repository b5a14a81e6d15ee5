"""What stands behind two lines of the bill: the ways out of the leases, and the people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closing.closure import closing_stores
from retail_portfolio.model.closing.lease_exit import curves_of
from retail_portfolio.model.closing.leases import lease_terms
from retail_portfolio.model.closing.people import RULE_NAMES
from retail_portfolio.model.closing.trade_facts import months_trading
from retail_portfolio.model.lookup import years_since_announced
from retail_portfolio.model.number_words import amount, percent, plain, with_plus
from retail_portfolio.model.result import Result
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.closing.lease_exit import ExitCurves

JOBS = "store_jobs_reported"
"""Name of the ledger's rows of store jobs by state, as reported."""


def _curves(case: Case) -> ExitCurves:
    stores = closing_stores(case)
    terms = lease_terms(stores, case.leases, case.ledger, years_since_announced(case))
    trading = months_trading(case, stores)
    says = StoreValues(case.ledger, stores)
    return curves_of(says, terms, trading, case.scenario.discount_rate)


def lease_exit_curve(case: Case, every: int = 3) -> Result:
    """Cost of leaving each lease by month of leaving, before tax.

    Parameters
    ----------
    every
        Months between two points of a curve; the cheapest month of a store is there in any case.

    Returns
    -------
    Result
        ``store_id, month, buy_out_usd, sublease_usd, least_usd``; month 0 is the last trading
        day, the last month the end of the lease, where a buy-out is holding dark to the end.
    """
    stores, curves = closing_stores(case), _curves(case)
    best = curves.cheapest()["lease_exit_month"].to_numpy(int)
    frames = []
    for row, store_id in enumerate(stores["store_id"]):
        last = int(curves.last_month[row])
        months = sorted({*range(0, last + 1, every), int(best[row]), last})
        frames.append(
            pd.DataFrame(
                {
                    "store_id": store_id,
                    "month": months,
                    "buy_out_usd": curves.buy_out[row, months],
                    "sublease_usd": curves.sublease[row, months],
                }
            )
        )
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if table.empty:
        return Result(table, "No store closes.", words=case.words)
    table["least_usd"] = table[["buy_out_usd", "sublease_usd"]].min(axis=1)
    money = [c for c in table.columns if c.endswith("_usd")]
    units = {"month": "months"} | dict.fromkeys(money, "usd")
    return Result(table, _when(best), units, dict.fromkeys(money, "modelled"), words=case.words)


def _when(best: np.ndarray) -> str:
    months, counts = np.unique(best, return_counts=True)
    parts = [f"{count} in month {month}" for month, count in zip(months, counts, strict=True)]
    return f"The cheapest month to leave, counted from the last trading day: {', '.join(parts)}."


def portfolio_exit_curve(case: Case, until: int = 36) -> Result:
    """Cost of leaving every lease in the same month after its last trading day, by route.

    Parameters
    ----------
    until
        Last month; a store whose lease ends before keeps the cost it has at its end.

    Returns
    -------
    Result
        ``month, route, usd``, before tax. ``route`` is ``buy_out`` (from the month in which one can
        be signed), ``sublease``, or ``hold_dark`` (to the end of every lease, the same in every
        month).
    """
    curves = _curves(case)
    rows = np.arange(len(curves.last_month))
    dark_to_end = curves.buy_out[rows, curves.last_month]
    held = float(dark_to_end.sum())
    table = []
    totals: dict[str, list[float]] = {"buy_out": [], "sublease": []}
    for month in range(min(until, int(curves.last_month.max(initial=-1))) + 1):
        at = np.minimum(month, curves.last_month)
        for route in ("buy_out", "sublease"):
            cost = getattr(curves, route)[rows, at]
            if route == "sublease":  # without a subtenant before its end a box stays dark
                cost = np.where(np.isnan(cost), dark_to_end, cost)
            usd = float(cost.sum())
            totals[route].append(usd)
            table.append({"month": month, "route": route, "usd": usd})
        table.append({"month": month, "route": "hold_dark", "usd": held})
    bought = np.array(totals["buy_out"])
    sentence = "No store closes."
    if len(bought) and np.isfinite(bought).any():
        best = int(np.nanargmin(bought))
        later = bought[min(best + 12, len(bought) - 1)]
        at_best, at_later, to_end = (
            amount(usd, case.scenario.currency) for usd in (bought[best], later, held)
        )
        sentence = (
            f"Bought out together, the leases cost least in month {best} after closing, "
            f"{at_best} before tax; a year later it is {at_later}, and holding "
            f"every box dark to its end {to_end}"
        )
    frame = pd.DataFrame(table, columns=["month", "route", "usd"]).dropna(ignore_index=True)
    units = {"month": "months", "usd": "usd"}
    return Result(frame, sentence, units, {"usd": "modelled"}, words=case.words)


def continuous_operation(case: Case, bill: pd.DataFrame) -> str:
    """Say at how many leased stores a duty to keep trading is known, and what one would cost.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table` on the same case.
    """
    tenure = case.leases.set_index("store_id")["tenure"]
    duties = bill["continuous_operation"][(bill["store_id"].map(tenure) != "owned").to_numpy(bool)]
    if duties.empty:
        return "No store that closes is leased." if len(bill) else "No store closes."
    yes, unknown = int((duties == "yes").sum()), int((duties == "not known").sum())
    sentence = (
        f"{yes} of {len(duties)} leases are known to oblige the tenant to keep trading; of "
        f"{unknown} it is not known, and no charge for standing dark is counted for them."
    )
    name = "continuous_operation_charge_share"
    if not case.ledger.has(name):
        return sentence
    asked = case.leases.assign(continuous_operation="yes")
    stores = closing_stores(case)
    terms = lease_terms(stores, asked, case.ledger, years_since_announced(case))
    says, trading = StoreValues(case.ledger, stores), months_trading(case, stores)
    every = curves_of(says, terms, trading, case.scenario.discount_rate).cheapest()
    more = float(every["lease_exit_usd"].sum() - bill["lease_exit_usd"].sum())
    share = case.ledger.value(name)
    return (
        f"{sentence} Were every lease of that kind, at {percent(share)} of the rent while dark, "
        f"leaving would cost {amount(more, case.scenario.currency)} more before tax."
    )


def heads_by_state(case: Case, bill: pd.DataFrame) -> Result:
    """Reconcile the heads of the bill with the jobs reported for each state.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closing.closure.closure_table` on the same case.

    Returns
    -------
    Result
        ``state, stores, stores_counted, heads_counted, heads_typical, heads, reported_heads, gap,
        gap_share``: heads from notices, heads of stores that have no count of their own, what is
        reported for the state (blank where nothing is), and the difference.
    """
    rows = []
    for state, group in bill.groupby("state", sort=True):
        counted = group["employees_origin"].isin(["observed", "reported"])
        key = f"{JOBS}.{str(state).lower()}"
        reported = case.ledger.value(key) if key in case.ledger else float("nan")
        heads = float(group["employees"].sum())
        rows.append(
            {
                "state": state,
                "stores": len(group),
                "stores_counted": int(counted.sum()),
                "heads_counted": float(group.loc[counted, "employees"].sum()),
                "heads_typical": float(group.loc[~counted, "employees"].sum()),
                "heads": heads,
                "reported_heads": reported,
                "gap": heads - reported,
                "gap_share": heads / reported - 1,
            }
        )
    table = pd.DataFrame(rows)
    if table.empty:
        return Result(table, "No store closes.", words=case.words)
    total, counted_heads = table["heads"].sum(), table["heads_counted"].sum()
    gaps = table.dropna(subset=["gap"])
    parts = [
        f"{row.state} {with_plus(plain(row.gap))} ({with_plus(percent(row.gap_share, 1))})"
        for row in gaps.itertuples()
    ]
    sentence = (
        f"{plain(total)} heads in all, {plain(counted_heads)} of them counted store by store in "
        f"notices. Against the jobs reported for a state: {', '.join(parts) or 'none is reported'}."
    )
    heads_units = ["heads_counted", "heads_typical", "heads", "reported_heads", "gap"]
    units = {"stores": "stores", "stores_counted": "stores", "gap_share": "share"}
    return Result(
        table,
        sentence,
        units | dict.fromkeys(heads_units, "heads"),
        {"heads_typical": "assumed", "reported_heads": "reported", "gap": "modelled"},
        words=case.words,
    )


def notice_rules(case: Case, bill: pd.DataFrame) -> Result:
    """Say what the law asks of a closing in each state of the case, with its source.

    Returns
    -------
    Result
        ``state, rule, value, unit, source, source_url``, one row a state and rule of
        `retail_portfolio.model.closing.people.RULE_NAMES`; a state without a rule of its own
        follows the federal one, and is so marked in ``scope``.
    """
    rows = []
    for state in sorted(bill["state"].unique()):
        for name in RULE_NAMES:
            if not case.ledger.has(name, state=state):
                continue
            row = case.ledger.row(name, state=state)
            own = row.key.endswith(f".{state.lower()}")
            rows.append(
                {
                    "state": state,
                    "scope": "state" if own else "federal",
                    "rule": row.description,
                    "value": row.base,
                    "unit": row.unit,
                    "source": row.source,
                    "source_url": row.source_url,
                }
            )
    columns = ["state", "scope", "rule", "value", "unit", "source", "source_url"]
    table = pd.DataFrame(rows, columns=columns)
    states = table.loc[table["scope"] == "state", "state"].unique()
    sentence = (
        f"Beside the federal law, {', '.join(states)} have rules of their own."
        if len(states)
        else "No rule of a state is known to the ledger."
    )
    return Result(table, sentence, {}, {}, words=case.words)
