"""The bill of the closures looked at by banner and by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.model.closure import CASH_LINES
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.model.result import Origin

LINE_NAMES: Mapping[str, str] = {
    "lease_exit_usd": "Lease exit",
    "notice_pay_usd": "Notice pay",
    "severance_usd": "Severance",
    "inventory_loss_usd": "Stock lost",
    "restoration_usd": "Restoration",
    "equipment_proceeds_usd": "Equipment sold",
    "tax_shield_usd": "Tax shield",
}
"""What a reader calls each line of the bill."""


def closure_summary(bill: Result) -> Result:
    """Sum the bill by banner, with a last row for all of them.

    Parameters
    ----------
    bill
        Result of `retail_portfolio.model.closure.closure`.

    Returns
    -------
    Result
        Columns ``banner, stores, exit_cost_usd, impairment_usd`` and the lines of the bill.
    """
    money = [*CASH_LINES, "exit_cost_usd", "impairment_usd"]
    grouped = bill.table.groupby("banner", sort=True)
    table = grouped[money].sum()
    table.insert(0, "stores", grouped.size())
    table = pd.concat([table, table.sum().to_frame("All banners").T]).rename_axis("banner")
    table["stores"] = table["stores"].astype(int)
    units = {"stores": "stores"} | dict.fromkeys(money, "usd")
    return Result(
        table.reset_index(), bill.sentence, units, dict.fromkeys(money, "modelled"), bill.figures
    )


def closure_lines(bill: Result) -> Result:
    """List each line of the bill by banner, one row a banner and line.

    Returns
    -------
    Result
        Columns ``banner, line, usd``; the sentence names the largest line and its share of the
        bill before tax.
    """
    by_banner = bill.table.groupby("banner", sort=True)[list(CASH_LINES)].sum()
    table = pd.DataFrame(
        [
            {"banner": banner, "line": LINE_NAMES[str(line)], "usd": usd}
            for banner, row in by_banner.iterrows()
            for line, usd in row.items()
        ]
    )
    costs = by_banner.sum().loc[lambda line: line > 0]
    largest = str(costs.idxmax())
    share = costs[largest] / costs.sum()
    sentence = f"{LINE_NAMES[largest]} is the largest line: {share:.0%} of all costs before tax"
    return Result(table, sentence, {"usd": "usd"}, {"usd": "modelled"})


def impairment_check(bill: Result, ledger: Ledger, reported: str) -> Result:
    """Set the modelled impairment beside the charge that was reported.

    Parameters
    ----------
    bill
        Result of `retail_portfolio.model.closure.closure`.
    reported
        Ledger key of the reported charge, USD.

    Returns
    -------
    Result
        One row: ``modelled_usd, low_usd, high_usd, reported_usd, modelled_over_reported``, the
        last two blank where the ledger has no such row. Build cost, conversion share and sublease
        recovery move the total alike, so that agreement is a check of consistency and identifies
        none of them.
    """
    figure = bill.figure("impairment_usd")
    charge = ledger.value(reported) if ledger.has(reported) else float("nan")
    modelled = figure.value or 0.0
    ratio = modelled / charge
    low, high = figure.low or modelled, figure.high or modelled
    holds = "holds" if low <= charge <= high else "does not hold"
    sentence = (
        f"The model books {modelled / 1e6:,.0f} M, {abs(ratio - 1):.0%} "
        f"{'above' if ratio > 1 else 'below'} the reported {charge / 1e6:,.0f} M; its range of "
        f"{low / 1e6:,.0f} to {high / 1e6:,.0f} M {holds} the charge."
    )
    if not ledger.has(reported):
        sentence = f"The model books {modelled / 1e6:,.0f} M; no reported charge is known."
    row = {
        "modelled_usd": modelled,
        "low_usd": low,
        "high_usd": high,
        "reported_usd": charge,
        "modelled_over_reported": ratio,
    }
    origins: dict[str, Origin] = dict.fromkeys(row, "modelled")
    return Result(
        pd.DataFrame([row]),
        sentence,
        dict.fromkeys([c for c in row if c.endswith("_usd")], "usd"),
        origins | {"reported_usd": "reported"},
    )
