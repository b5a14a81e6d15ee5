"""The bill of the closures looked at by banner, by state and by line; the two views apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.model.closing.closure import CASH_LINES
from retail_portfolio.model.number_words import amount, percent
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

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

BOOK_COLUMNS: tuple[str, ...] = (
    "lease_liability_usd",
    "rou_asset_usd",
    "net_book_value_usd",
    "rou_impairment_usd",
    "fittings_impairment_usd",
    "impairment_usd",
)
"""The accounting view: balances before the closure, and what the impairment takes of them."""

STAY_COLUMNS: tuple[str, ...] = ("recaptured_pv_usd", "stay_npv_usd", "closing_advantage_usd")


def _by_banner(bill: Result, columns: list[str]) -> pd.DataFrame:
    """Sum by banner with a last row for all of them; banner and stores first."""
    if bill.table.empty:
        return bill.table.reindex(columns=["banner", "stores", *columns])
    grouped = bill.table.groupby("banner", sort=True)
    table = grouped[columns].sum(min_count=1)
    table.insert(0, "stores", grouped.size())
    total = table.sum(min_count=1).to_frame("All banners").T
    table = pd.concat([table, total]).rename_axis("banner")
    table["stores"] = table["stores"].astype(int)
    return table.reset_index()


def _summed(bill: Result, table: pd.DataFrame, sentence: str) -> Result:
    money = {c: bill.units.get(c, "usd") for c in table.columns if c.endswith("_usd")}
    origins: dict[str, Origin] = dict.fromkeys(money, "modelled")
    return Result(table, sentence, {"stores": "stores"} | money, origins, words=bill.words)


def closure_summary(bill: Result) -> Result:
    """Sum the cash bill by banner, with a last row for all of them.

    Parameters
    ----------
    bill
        Result of `retail_portfolio.model.closing.closure.closure`.

    Returns
    -------
    Result
        Columns ``banner, stores``, the lines of the bill and ``exit_cost_usd``.
    """
    return _summed(bill, _by_banner(bill, [*CASH_LINES, "exit_cost_usd"]), bill.sentence)


def accounting_summary(bill: Result) -> Result:
    """Sum the accounting view by banner, with a last row for all of them.

    Returns
    -------
    Result
        Columns ``banner, stores`` and `BOOK_COLUMNS`; the sentence says what a store and a banner
        lose.
    """
    table = _by_banner(bill, list(BOOK_COLUMNS))
    if table.empty:
        return _summed(bill, table, "No store closes.")
    currency = bill.words.currency
    total = table["impairment_usd"].iloc[-1]
    parts = "; ".join(
        f"{row['banner']} {amount(row['impairment_usd'], currency)} "
        f"({amount(row['impairment_usd'] / max(row['stores'], 1), currency)} a store, "
        f"{percent(row['impairment_usd'] / total)} of all)"
        for row in table.iloc[:-1].to_dict("records")
        if total > 0
    )
    liability = table["lease_liability_usd"].iloc[-1]
    sentence = (
        f"The books lose {amount(total, currency)}{': ' if parts else ''}{parts}. The lease "
        f"liability of {amount(liability, currency)} does not move."
    )
    return _summed(bill, table, sentence)


def books_view(bill: Result) -> Result:
    """Return the accounting view store by store, without a line of the cash view.

    Returns
    -------
    Result
        Columns ``store_id, banner, state`` and `BOOK_COLUMNS`.
    """
    table = bill.table[["store_id", "banner", "state", *BOOK_COLUMNS]].copy()
    origins: dict[str, Origin] = dict.fromkeys(BOOK_COLUMNS, "modelled")
    sentence = accounting_summary(bill).sentence
    return Result(table, sentence, dict.fromkeys(BOOK_COLUMNS, "usd"), origins, words=bill.words)


def closure_by_state(bill: Result) -> Result:
    """Sum the cash bill by banner and state, dearest first.

    Returns
    -------
    Result
        Columns ``banner, state, stores, exit_cost_usd, exit_cost_usd_per_store`` and the lines
        before tax.
    """
    lines = [*CASH_LINES, "exit_cost_usd"]
    grouped = bill.table.groupby(["banner", "state"], sort=True)
    table = grouped[lines].sum().reset_index()
    table.insert(2, "stores", grouped.size().to_numpy())
    table["exit_cost_usd_per_store"] = table["exit_cost_usd"] / table["stores"]
    table = table.sort_values("exit_cost_usd", ascending=False, kind="stable", ignore_index=True)
    if table.empty:
        return Result(table, "No store closes.", words=bill.words)
    first, total = table.iloc[0], table["exit_cost_usd"].sum()
    sentence = (
        f"{first['banner']} in {first['state']} takes {percent(first['exit_cost_usd'] / total)} of "
        f"the bill with {first['stores']} of {table['stores'].sum()} stores."
    )
    units = {"stores": "stores"} | dict.fromkeys([*lines, "exit_cost_usd_per_store"], "usd")
    origins: dict[str, Origin] = dict.fromkeys([*lines, "exit_cost_usd_per_store"], "modelled")
    return Result(table, sentence, units, origins, words=bill.words)


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
        ],
        columns=["banner", "line", "usd"],
    )
    costs = by_banner.sum().loc[lambda line: line > 0]
    sentence = "No store closes." if table.empty else "No line of the bill costs anything."
    if len(costs):
        largest = str(costs.idxmax())
        share = costs[largest] / costs.sum()
        sentence = (
            f"{LINE_NAMES[largest]} is the largest line: {percent(share)} of all costs before tax"
        )
    return Result(table, sentence, {"usd": "usd"}, {"usd": "modelled"}, words=bill.words)


def bill_steps(bill: Result) -> Result:
    """Go from the rent roll to the exit cost in steps, for a waterfall.

    Returns
    -------
    Result
        Columns ``step, usd, kind``; a step of kind ``total`` is a sum so far, one of kind ``move``
        raises or lowers it. Moves between two totals sum to their difference.
    """
    sums = bill.table[["rent_roll_usd", *CASH_LINES, "exit_cost_usd"]].sum()
    roll, lease = float(sums["rent_roll_usd"]), float(sums["lease_exit_usd"])
    rows = [
        ("Rent and charges to the end", roll, "total"),
        ("Not paid by leaving early", lease - roll, "move"),
        ("Lease exit", lease, "total"),
    ]
    rows += [(LINE_NAMES[c], float(sums[c]), "move") for c in CASH_LINES[1:]]
    rows += [("Exit cost after tax", float(sums["exit_cost_usd"]), "total")]
    table = pd.DataFrame(rows, columns=["step", "usd", "kind"])
    if bill.table.empty:
        return Result(
            table.iloc[:0],
            "No store closes.",
            {"usd": "usd"},
            {"usd": "modelled"},
            words=bill.words,
        )
    saved = (roll - lease) / roll if roll > 0 else 0.0
    currency = bill.words.currency
    sentence = (
        f"Of {amount(roll, currency)} of rent and charges still to come, leaving early spares "
        f"{percent(saved)}; with people, stock and premises, and after tax, the bill is "
        f"{amount(sums['exit_cost_usd'], currency)}."
    )
    return Result(table, sentence, {"usd": "usd"}, {"usd": "modelled"}, words=bill.words)


def stay_view(bill: Result) -> Result:
    """Set closing against keeping the stores open, by banner.

    Returns
    -------
    Result
        Columns ``banner, stores, exit_cost_usd`` and `STAY_COLUMNS`, with
        ``break_even_four_wall_margin``, the median over stores of the margin below which closing
        pays. Blank where the four-wall result is not known.
    """
    table = _by_banner(bill, ["exit_cost_usd", *STAY_COLUMNS])
    even = bill.table.groupby("banner", sort=True)["break_even_four_wall_margin"].median()
    whole = bill.table["break_even_four_wall_margin"].median()
    table["break_even_four_wall_margin"] = [*even, whole][: len(table)]
    gain = bill.table["closing_advantage_usd"]
    sentence = "What the stores earn open is not known, so that staying cannot be valued."
    if table.empty:
        sentence = "No store closes."
    elif not gain.isna().any():
        pays, brings = int((gain > 0).sum()), amount(gain.sum(), bill.words.currency)
        sentence = (
            f"Closing beats staying at {pays} of {len(gain)} stores, by {brings} in "
            f"all, if the stores earn what is assumed; it pays for the median store as long as "
            f"the four-wall margin is below {percent(whole, 1)} of sales."
        )
    columns = ["exit_cost_usd", *STAY_COLUMNS]
    units = {"stores": "stores", "break_even_four_wall_margin": "share"}
    origins: dict[str, Origin] = dict.fromkeys(
        [*columns, "break_even_four_wall_margin"], "modelled"
    )
    return Result(table, sentence, units | dict.fromkeys(columns, "usd"), origins, words=bill.words)
