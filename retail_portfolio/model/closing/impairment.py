"""What the books lose: the impairment of a store that is to close.

The asset group is the store (ASC 360-10). A store that will stop trading within weeks recovers its
carrying amount neither by trading nor otherwise, so that the test of recoverability is failed by
construction and the loss is measured. With right-of-use asset U (equal to the lease liability, ASC
842), its fair value F, net book value of the fittings B, salvage share a, share of the fittings a
conversion reuses u, and the share c of stores of this format expected to convert at the
balance-sheet date:

    loss if closed     L = max(0, U - F) + B (1 - a)
    loss if converted  C = B (1 - u)               economic view: only what is scrapped
                       C = L                       strict GAAP: existing service potential only
    impairment         (1 - c) L + c C

Under a strict reading of ASC 360-10-35 the capital and the uplift of a conversion stay out of the
test, so that a site which will convert is impaired like any other; ``strict_gaap`` of the scenario
chooses. The lease liability does not move on impairment (ASC 842-20-35): it moves on payment,
modification or termination only. A liability for leaving a lease under ASC 420 no longer exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.closing.leases import lease_liability_usd, right_of_use_fair_value_usd
from retail_portfolio.model.store_values import StoreValues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]


def book_value_usd(stores: pd.DataFrame, ledger: Ledger) -> Floats:
    """Net book value of the fittings of each store in USD, before this closure.

    Build-out per square foot x size x the share not yet written down. That share is the
    ledger's ``ppe_net_share`` of the format, or one less age over useful life; what an earlier
    impairment took comes off.
    """
    says = StoreValues(ledger, stores)
    share = says.spread(np.array([_net_share(ledger, f, s) for f, s in says.pairs], dtype=float))
    gross = says.of("gross_buildout_usd_per_sqft")
    book: Floats = gross * stores["size_sqft"].to_numpy(float) * share
    return book


def _net_share(ledger: Ledger, fmt: str, state: str) -> float:
    def value(name: str) -> float:
        return ledger.value(name, format=fmt, state=state)

    if ledger.has("ppe_net_share", format=fmt, state=state):
        return value("ppe_net_share")
    left = max(0.0, 1 - value("ppe_age_years") / value("ppe_life_years"))
    return left * (1 - value("prior_impairment_share"))


def expected_losses_usd(
    liability: Floats,
    fair: Floats,
    book: Floats,
    *,
    salvage: ArrayLike,
    reuse: ArrayLike,
    converting: ArrayLike,
    strict: bool,
) -> tuple[Floats, Floats]:
    """Expect a loss on the right of use and on the fittings, USD; every argument broadcasts.

    Parameters
    ----------
    liability, fair, book
        Lease liability, fair value of the right of use, net book value of the fittings.
    salvage, reuse
        Share of the fittings that is sold, and that a conversion reuses.
    converting
        Share of such stores that will convert, as expected at the balance-sheet date.
    strict
        Whether a site that will convert is impaired like one that closes.
    """
    right = np.maximum(0.0, liability - fair)
    fittings = book * (1 - np.asarray(salvage))
    if strict:
        return right, fittings
    share = np.asarray(converting)
    return (1 - share) * right, (1 - share) * fittings + share * book * (1 - np.asarray(reuse))


def impairment_table(
    stores: pd.DataFrame,
    terms: pd.DataFrame,
    ledger: Ledger,
    converting: Sequence[str],
    *,
    strict: bool = False,
) -> pd.DataFrame:
    """Return the books' view of each store on the balance-sheet date.

    Parameters
    ----------
    stores, terms
        The closing stores and their table of `retail_portfolio.model.closing.leases.lease_terms`
        at the announcement, whatever the day of the report.
    converting
        Formats whose stores may convert; the ledger's ``us_conversion_share`` of them is expected
        to, whatever a plan of ours says.
    strict
        See `expected_losses_usd`.

    Returns
    -------
    DataFrame
        ``lease_liability_usd, rou_asset_usd, net_book_value_usd, rou_impairment_usd,
        fittings_impairment_usd, impairment_usd``; index of ``stores``.
    """
    says = StoreValues(ledger, stores)
    liability = lease_liability_usd(terms, ledger.value("incremental_borrowing_rate"))
    fair = right_of_use_fair_value_usd(
        terms,
        says.of("sublease_void_months"),
        says.of("sublease_rent_recovery"),
        ledger.value("sublease_discount_rate"),
    )
    book = book_value_usd(stores, ledger)
    can_convert = stores["format"].isin(list(converting)).to_numpy()
    reuse, share = np.zeros(len(stores)), np.zeros(len(stores))
    if can_convert.any():
        some = StoreValues(ledger, stores[can_convert])
        reuse[can_convert] = some.of("ppe_reuse_in_conversion")
        share[can_convert] = some.of("us_conversion_share")
    right, fittings = expected_losses_usd(
        liability,
        fair,
        book,
        salvage=says.of("salvage_share_of_nbv"),
        reuse=reuse,
        converting=share,
        strict=strict,
    )
    return pd.DataFrame(
        {
            "lease_liability_usd": liability,
            "rou_asset_usd": liability,
            "net_book_value_usd": book,
            "rou_impairment_usd": right,
            "fittings_impairment_usd": fittings,
            "impairment_usd": right + fittings,
        },
        index=stores.index,
    )
