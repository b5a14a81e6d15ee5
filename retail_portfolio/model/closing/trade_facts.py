"""How long each closing store trades, its sales, and what of them the owner keeps.

Sales and what is kept are those of trade areas; a bill without them takes the same from the
ledger's typical sales and shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.lookup import DAYS_PER_YEAR, announced_day, store_sales_usd_year
from retail_portfolio.model.money import MONTHS_PER_YEAR
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case

TRADE_COLUMNS: tuple[str, ...] = (
    "sales_usd_year",
    "sales_origin",
    "kept_by_own_stores_usd_year",
    "kept_online_usd_year",
)


@dataclass(frozen=True, slots=True)
class TradeFacts:
    """What trade areas say of each closing store.

    Parameters
    ----------
    frame
        Indexed by ``store_id``, columns `TRADE_COLUMNS`: sales of a year while open, their origin
        mark, and the parts of them that own stores and the owner's online grocery keep once the
        store is shut, USD a year.

    Raises
    ------
    ValueError
        If a column is missing, an id comes twice, or more is kept than was sold.
    """

    frame: pd.DataFrame

    def __post_init__(self) -> None:
        """Refuse a frame that a bill cannot be made of."""
        missing = [name for name in TRADE_COLUMNS if name not in self.frame.columns]
        if missing:
            raise ValueError(f"trade facts lack {', '.join(missing)}")
        if not self.frame.index.is_unique:
            raise ValueError("trade facts name a store twice")
        kept = self.frame["kept_by_own_stores_usd_year"] + self.frame["kept_online_usd_year"]
        over = self.frame.index[kept > self.frame["sales_usd_year"] * (1 + 1e-9)]
        if len(over):
            raise ValueError(f"more is kept than was sold: {', '.join(map(str, over[:5]))}")

    def of(self, stores: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of ``stores``, in their order and under their index.

        Raises
        ------
        ValueError
            If a store is not there.
        """
        missing = sorted(set(stores["store_id"]) - set(self.frame.index))
        if missing:
            raise ValueError(f"trade facts lack the stores {', '.join(missing[:5])}")
        found = self.frame.loc[stores["store_id"], list(TRADE_COLUMNS)]
        return found.set_axis(stores.index, axis=0)


def trade_of_ledger(ledger: Ledger, stores: pd.DataFrame) -> pd.DataFrame:
    """Say the same of each store by the ledger's typical sales and shares; `TRADE_COLUMNS`.

    A ledger without shares for what is kept leaves it blank.
    """
    says = StoreValues(ledger, stores)
    sales, origin = store_sales_usd_year(ledger, stores)
    return pd.DataFrame(
        {
            "sales_usd_year": sales,
            "sales_origin": origin,
            "kept_by_own_stores_usd_year": sales * says.maybe("transfer_share_sister"),
            "kept_online_usd_year": sales * says.maybe("transfer_share_online"),
        },
        index=stores.index,
    )


def months_trading(case: Case, stores: pd.DataFrame) -> NDArray[np.int64]:
    """Whole months from the case's day to the last trading day of stores, 0 where it is past.

    None stops before the announcement, nor later where its day is not known.
    """
    announced, today = pd.Timestamp(announced_day(case)), pd.Timestamp(case.scenario.as_of)
    last = pd.to_datetime(stores["last_trading_day"], format="%Y-%m-%d", errors="coerce")
    days = np.array([(max(day, announced) - today).days for day in last.fillna(announced)], float)
    months = np.rint(np.maximum(days, 0) / DAYS_PER_YEAR * MONTHS_PER_YEAR)
    whole: NDArray[np.int64] = months.astype(np.int64)
    return whole
