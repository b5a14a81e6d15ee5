"""Sales transfer: where the sales of a store go when it closes.

For a closing store s with sales S_s, the model's flows (`retail_portfolio.model.market.huff`) say
which part of its customers' spending is found at each store open afterwards, at rivals and
elsewhere. A share o of the sales moves to the owner's own delivery, which the ledger states; the
rest follows the flows:

    to online      o S_s
    to j           (1 - o) S_s flow_sj / sum_k flow_sk
    to competitors (1 - o) S_s flow_s,rivals / ...
    lost           (1 - o) S_s flow_s,elsewhere / ...      outlets that are no supermarket

The rows of a store sum to its sales. S_s is what is known of the store, or the model's own figure;
a store that the model gives no sales (it stands far from every demand point, say) has all of them
counted as ``lost``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closing.trade_facts import TradeFacts
from retail_portfolio.model.market import huff
from retail_portfolio.model.market.factors import target_sales_usd_year
from retail_portfolio.model.market.flows import flows
from retail_portfolio.model.market.geography import SUPERMARKET_SQFT
from retail_portfolio.model.market.huff import sales_with_each
from retail_portfolio.model.market.trade_areas import follow
from retail_portfolio.model.number_words import amount, percent
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Assumption, Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

COMPETITORS, ONLINE, LOST = "competitors", "online", "lost"
_ONLINE_SHARE = "transfer_share_online"
COLUMNS: tuple[str, ...] = ("from_store_id", "to", "sales_usd_year")
SAID_USD = 10_000.0
"""Yearly sales taken from a store that a table of what conversions take does not pass over."""
CENT_USD = 0.01
"""Flows below a cent a year are counted with the competitors."""


def trade_sales(case: Case, trade: TradeAreas) -> pd.DataFrame:
    """Sales of every trading store before the wave, and where the number comes from.

    A store too small for the weekly shop takes the ledger's typical sales: its customers are
    people at work or on their way, and a table of homes does not say where these are. So does a
    store that stands outside the demand table.

    Returns
    -------
    DataFrame
        Index ``store_id``; ``sales_usd_year`` (observed where the register knows them, assumed of
        stores the model cannot see, else the model's), ``sales_origin``, ``modelled_usd_year``.
    """
    modelled = huff.sales_usd_year(trade.market, trade.before)[trade.before]
    options = trade.options[trade.before]
    stores = case.stores.set_index("store_id").loc[options["store_id"]]
    said = target_sales_usd_year(case, trade.options)[trade.before]
    observed = stores["sales_usd_year"].notna().to_numpy()
    beyond = stores["size_sqft"].to_numpy(float) < SUPERMARKET_SQFT
    beyond |= ~options["covered"].to_numpy()
    return pd.DataFrame(
        {
            "sales_usd_year": np.where(observed | beyond, said, modelled),
            "sales_origin": np.select([observed, beyond], ["observed", "assumed"], "modelled"),
            "modelled_usd_year": modelled,
        },
        index=pd.Index(options["store_id"], name="store_id"),
    )


def modelled_sales(case: Case, trade: TradeAreas) -> pd.Series:
    """Return the yearly sales that the model gives stores it can see, USD, by ``store_id``."""
    sales = trade_sales(case, trade)
    return sales.loc[sales["sales_origin"] == "modelled", "sales_usd_year"]


def _rows_of(
    sales: float,
    online: float,
    named: dict[str, float],
    rivals: float,
    elsewhere: float,
) -> list[tuple[str, float]]:
    """Spread the sales of one closing store; the amounts sum to them."""
    total = sum(named.values()) + rivals + elsewhere
    if not total > 0:
        return [(LOST, sales)]
    scale = sales * (1 - online) / total
    kept = {to: usd * scale for to, usd in named.items() if usd * scale >= CENT_USD}
    rows = sorted(kept.items(), key=lambda row: (-row[1], row[0]))
    rows += [(ONLINE, sales * online), (LOST, elsewhere * scale)]
    return [*rows, (COMPETITORS, sales - sum(usd for _, usd in rows))]


def transfer_table(case: Case, trade: TradeAreas, after: Flags | None = None) -> pd.DataFrame:
    """Return where the sales of every closing store go.

    Parameters
    ----------
    after
        Which options are open afterwards; by default every closing store closes and none opens.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, one row a pair, the largest own store first; ``to`` is a ``store_id``
        (``store_id:format`` for a converted site), ``competitors``, ``online`` or ``lost``.
    """
    will = trade.after if after is None else after
    moved = flows(trade.market, trade.before, will)
    sales = trade_sales(case, trade)["sales_usd_year"]
    names = trade.options["option"].to_numpy()
    stores = case.stores.set_index("store_id").loc[trade.options["store_id"].iloc[moved.closed]]
    online = StoreValues(case.ledger, stores).of(_ONLINE_SHARE)
    rows: list[tuple[str, str, float]] = []
    for at, option in enumerate(moved.closed):
        store = str(names[option])
        part = moved.closed_to[[at], :].tocoo()
        named = dict(zip(names[part.coords[1]].tolist(), part.data.tolist(), strict=True))
        if not case.scenario.own_stores_keep_sales:
            named = {}
        spread = _rows_of(
            float(sales[store]),
            float(online[at]),
            named,
            float(moved.closed_to_rivals[at]),
            float(moved.closed_to_elsewhere[at]),
        )
        rows += [(store, to, usd) for to, usd in spread]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def taken_table(trade: TradeAreas) -> pd.DataFrame:
    """Return what each candidate would take from which own store if it alone opened.

    Returns
    -------
    DataFrame
        Columns ``store_id, to_format, from_store_id, sales_usd_year, share_of_candidate_sales,
        share_of_store_sales``; own stores that lose at least `SAID_USD` a year, the largest first.
    """
    options = trade.options
    candidates = np.array(trade.candidates(), dtype=np.int64)
    sales, taken = sales_with_each(trade.market, trade.after, candidates)
    had = huff.sales_usd_year(trade.market, trade.after)
    names, targets = options["store_id"].to_numpy(), options["target"].to_numpy()
    pairs = taken.tocoo()
    at, from_option = pairs.coords
    table = pd.DataFrame(
        {
            "store_id": names[candidates[at]],
            "to_format": targets[candidates[at]],
            "from_store_id": names[from_option],
            "sales_usd_year": pairs.data,
            "share_of_candidate_sales": pairs.data / np.maximum(sales[at], CENT_USD),
            "share_of_store_sales": pairs.data / np.maximum(had[from_option], CENT_USD),
        }
    )
    said = table[table["sales_usd_year"] >= SAID_USD]
    order = ["store_id", "to_format", "sales_usd_year", "from_store_id"]
    return said.sort_values(order, ascending=[True, True, False, True]).reset_index(drop=True)


def taken(case: Case, trade: TradeAreas) -> Result:
    """Say what conversions would take from own stores, each opening alone.

    Returns
    -------
    Result
        Table of `taken_table`.
    """
    table = taken_table(trade)
    units = {
        "sales_usd_year": "usd_year",
        "share_of_candidate_sales": "share",
        "share_of_store_sales": "share",
    }
    if table.empty:
        sentence = "No candidate would take sales from an own store."
    else:
        most = table.iloc[int(table["sales_usd_year"].argmax())]
        names = case.stores.set_index("store_id")["name"]
        sentence = (
            f"{names[most['store_id']]} would take most from one own store: "
            f"{amount(most['sales_usd_year'], case.scenario.currency)} a year from "
            f"{names[most['from_store_id']]}, {percent(most['share_of_candidate_sales'])} of what "
            "it would sell."
        )
    return Result(table, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)


def kept_sales(table: pd.DataFrame) -> pd.DataFrame:
    """Sum a transfer table by closing store.

    Returns
    -------
    DataFrame
        Index ``store_id``; ``sales_usd_year, kept_by_own_stores_usd_year,
        kept_online_usd_year, competitors_usd_year, lost_usd_year``; the last four sum to the first.
    """
    kind = table["to"].where(table["to"].isin([COMPETITORS, ONLINE, LOST]), "own")
    wide = table.assign(kind=kind).pivot_table(
        index="from_store_id", columns="kind", values="sales_usd_year", aggfunc="sum"
    )
    wide = wide.fillna(0.0)
    wide = wide.reindex(columns=["own", ONLINE, COMPETITORS, LOST], fill_value=0.0)
    wide.columns = pd.Index(
        [
            "kept_by_own_stores_usd_year",
            "kept_online_usd_year",
            "competitors_usd_year",
            "lost_usd_year",
        ]
    )
    wide.insert(0, "sales_usd_year", wide.sum(axis=1))
    return wide.rename_axis("store_id")


def kept_by_store(case: Case, table: pd.DataFrame) -> Result:
    """Say store by store what is kept of the sales and what is not.

    Parameters
    ----------
    table
        Of `transfer_table`.

    Returns
    -------
    Result
        Table of `kept_sales` with the stores' names, and ``most_to``, the own store that takes
        most (blank where none does).
    """
    kept = kept_sales(table).reset_index()
    own = table[~table["to"].isin([COMPETITORS, ONLINE, LOST])]
    best = own.sort_values(["sales_usd_year", "to"], ascending=[False, True])
    most = best.drop_duplicates("from_store_id").set_index("from_store_id")["to"]
    names = case.stores.set_index("store_id")[["banner", "name"]]
    kept = kept.join(names, on="store_id")
    kept["most_to"] = kept["store_id"].map(most).fillna("")
    first = ["store_id", "banner", "name"]
    kept = kept[[*first, *(column for column in kept.columns if column not in first)]]
    units = {column: "usd_year" for column in kept.columns if column.endswith("_usd_year")}
    share = kept["kept_by_own_stores_usd_year"].sum() / max(kept["sales_usd_year"].sum(), CENT_USD)
    top = kept.iloc[int(kept["kept_by_own_stores_usd_year"].argmax())] if len(kept) else None
    sentence = f"Own stores keep {percent(share)} of the sales"
    if top is not None and top["kept_by_own_stores_usd_year"] > 0:
        sentence += f", most of them those of {top['name']}"
    sentence = sentence if len(kept) else "No store closes."
    return Result(kept, sentence, units, dict.fromkeys(units, "modelled"), words=case.words)


def transfer(case: Case, trade: TradeAreas) -> Result:
    """Say where the sales of the wave go when every closing store closes.

    Returns
    -------
    Result
        Table of `transfer_table`; figures: the shares kept by own stores and online, going to
        competitors and lost.
    """
    table = transfer_table(case, trade)
    totals = kept_sales(table).sum()
    whole = float(totals["sales_usd_year"])
    share = totals / whole if whole > 0 else totals * 0.0
    source = "trade-area model on stores.csv, competitors.csv, demand.csv and assumptions.csv"
    labels = {
        "kept_by_own_stores_usd_year": "Sales of closing stores that own stores keep",
        "kept_online_usd_year": "Sales of closing stores that own delivery keeps",
        "competitors_usd_year": "Sales of closing stores that go to competitors",
        "lost_usd_year": "Sales of closing stores that go to other outlets",
    }
    figures = tuple(
        Figure(
            key=key.replace("_usd_year", "_share"),
            label=label,
            value=float(share[key]),
            unit="share",
            origin="modelled",
            source=source,
            words=case.words,
        )
        for key, label in labels.items()
    )
    sentence = _where_to(case, whole, share) if len(table) else "No store closes."
    units = {"sales_usd_year": "usd_year"}
    return Result(table, sentence, units, {"sales_usd_year": "modelled"}, figures, words=case.words)


def _where_to(case: Case, usd_year: float, share: pd.Series[float]) -> str:
    """Say which shares of the sales of the closing stores go where, and what was judged of it."""
    sentence = (
        f"Of {amount(usd_year, case.scenario.currency)} a year that the closing stores sell, about "
        f"{percent(share['competitors_usd_year'])} go to competitors, "
        f"{percent(share['kept_by_own_stores_usd_year'])} to own stores, "
        f"{percent(share['kept_online_usd_year'])} to own delivery (assumed) and "
        f"{percent(share['lost_usd_year'])} to other outlets."
    )
    if case.ledger.has("transfer_share_sister"):
        said = case.ledger.row("transfer_share_sister")
        sentence += (
            f" Judgement without a map had {percent(said.base)} for own stores "
            f"({percent(said.low)} to {percent(said.high)})."
        )
    return sentence


def trade_facts(case: Case, trade: TradeAreas) -> TradeFacts:
    """Return what the bill of a closure asks of the trade areas, for every closing store.

    Returns
    -------
    TradeFacts
        Sales with their origin, and what own stores and own delivery keep of them.
    """
    kept = kept_sales(transfer_table(case, trade))
    origins = trade_sales(case, trade)["sales_origin"]
    columns = ["sales_usd_year", "kept_by_own_stores_usd_year", "kept_online_usd_year"]
    return TradeFacts(kept[columns].assign(sales_origin=origins.reindex(kept.index)))


def _online_rows(ledger: Ledger) -> list[Assumption]:
    return [row for key, row in ledger.items() if key.partition(".")[0] == _ONLINE_SHARE]


def facts_following(case: Case, trade: TradeAreas) -> Callable[[Case], TradeFacts]:
    """Return what gives the facts of a case that differs from this one in its ledger only.

    The market and the facts are made anew only where something they depend on has moved.
    """
    base, online = trade_facts(case, trade), _online_rows(case.ledger)

    def facts_of(moved: Case) -> TradeFacts:
        there = follow(moved, trade)
        if there is trade and _online_rows(moved.ledger) == online:
            return base
        return trade_facts(moved, there)

    return facts_of
