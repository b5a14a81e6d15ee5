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

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.money import MONTHS_PER_YEAR, rent_present_value_usd
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.settings.scenario import Scenario

    Floats = NDArray[np.float64]


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
        Columns `retail_portfolio.model.closing.trade_facts.TRADE_COLUMNS`, index of ``stores``.
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
