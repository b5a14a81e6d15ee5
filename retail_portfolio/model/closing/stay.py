"""What the store is worth open, so that a reader sees whether closing it pays.

Keeping the store open means trading on to the end of its lease (to the horizon where it is owned)
and closing it then. With four-wall result W a year (after rent, before overhead), tax rate T, years
A as an annuity of monthly payments at rate k, n months, and the cost E of closing at the end of the
lease (severance, stock, restoration less proceeds; no lease to leave, and notice is worked):

    stay            = W (1 - T) A - E (1 - T) (1 + k)^(-n/12)
    recaptured      = (S_own v_own + S_online v_online) (1 - T) A
    closing pays by   recaptured - exit cost - stay

S_own and S_online are the sales that own stores and the owner's online grocery keep once the store
is shut, v the margins left of them. W is the register's where it is known, else a margin of the
ledger times sales: for a format that its owner gives up that margin is not public, so that the
margin at which closing and staying break even is told beside it. W stays level in real terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.lookup import store_sales_usd_year
from retail_portfolio.model.money import MONTHS_PER_YEAR, rent_present_value_usd
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.settings.scenario import Scenario

    Floats = NDArray[np.float64]

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


def stay_table(
    stores: pd.DataFrame,
    trade: pd.DataFrame,
    lines: pd.DataFrame,
    terms: pd.DataFrame,
    months_trading: NDArray[np.int64],
    ledger: Ledger,
    settings: Scenario,
) -> pd.DataFrame:
    """Value keeping each store open against closing it; USD at ``as_of``, after tax.

    Parameters
    ----------
    stores
        Has columns ``format, state, four_wall_usd_year`` (blank where unknown).
    trade
        Columns `TRADE_COLUMNS`, index of ``stores``.
    lines
        The lines of the bill with ``exit_cost_usd``, index of ``stores``.
    terms, months_trading
        As for `retail_portfolio.model.closing.lease_exit.exit_curves`.

    Returns
    -------
    DataFrame
        ``four_wall_usd_year, four_wall_origin, recaptured_pv_usd, stay_end_cost_usd,
        stay_npv_usd, closing_advantage_usd, break_even_four_wall_margin``; blank where the
        four-wall result or what is kept is not known.
    """
    says, keep = StoreValues(ledger, stores), 1 - settings.tax_rate
    sales = trade["sales_usd_year"].to_numpy(float)
    known = known_four_wall_usd_year(stores)
    four_wall = np.where(np.isnan(known), sales * says.maybe("four_wall_margin"), known)
    start = months_trading
    # Without a lease, an owned store stays to the horizon; a lease that has run out stays no more.
    horizon = settings.horizon_years * MONTHS_PER_YEAR
    leased = terms["leased"].to_numpy(bool)
    end = np.where(leased, terms["remaining_months"].to_numpy(np.int64), horizon)
    end = np.maximum(end, start)
    years = rent_present_value_usd(1.0, 0.0, settings.discount_rate, end, start)
    last = (1 + settings.discount_rate) ** (-end / MONTHS_PER_YEAR)
    closing = lines[
        ["severance_usd", "inventory_loss_usd", "restoration_usd", "equipment_proceeds_usd"]
    ].sum(axis=1)
    end_cost = closing.to_numpy(float) * keep * last
    online = says.maybe("vm_online_sales")
    own_margin = says.maybe("vm_own_sales")
    kept = (
        trade["kept_by_own_stores_usd_year"].to_numpy(float) * own_margin
        + trade["kept_online_usd_year"].to_numpy(float) * online
    )
    recaptured = kept * keep * years
    stay = four_wall * keep * years - end_cost
    exit_cost = lines["exit_cost_usd"].to_numpy(float)
    worth = keep * years * sales
    level = recaptured - exit_cost + end_cost
    even = np.divide(level, worth, out=np.full_like(level, np.nan), where=worth > 0)
    return pd.DataFrame(
        {
            "four_wall_usd_year": four_wall,
            "four_wall_origin": np.where(np.isnan(known), "assumed", "observed"),
            "recaptured_pv_usd": recaptured,
            "stay_end_cost_usd": end_cost,
            "stay_npv_usd": stay,
            "closing_advantage_usd": recaptured - exit_cost - stay,
            "break_even_four_wall_margin": even,
        },
        index=stores.index,
    )


def known_four_wall_usd_year(stores: pd.DataFrame) -> Floats:
    """Return the four-wall results of the register, blank where it has none."""
    if "four_wall_usd_year" not in stores.columns:
        return np.full(len(stores), np.nan)
    return stores["four_wall_usd_year"].to_numpy(float)
