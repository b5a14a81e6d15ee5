"""The bill of the closures looked at by banner and by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.model.closure import CASH_LINES
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

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
