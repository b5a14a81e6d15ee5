"""What a checkout technology brings in: extra sales, and the margin on them.

For sales S, uplift u of the technology and the margin m on an extra dollar before its checkout,

    margin on the uplift = u S (m - review - payment - tags - loss)

with the costs that a dollar of sales moves; other costs do not move. It is no cost, so that
it stands apart from the parts of `checkout_technologies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.model.checkouts.checkout_amounts import Amount, total
from retail_portfolio.model.checkouts.checkout_quantities import (
    cart_loss,
    review_per_dollar,
    tags_per_dollar,
    walk_out_per_dollar,
    walk_out_share,
)

if TYPE_CHECKING:
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms


def uplift_share(terms: CheckoutTerms[Amount], technology: str) -> Amount | float:
    """Sales a technology brings in beyond those of staffed lanes, as a share of them."""
    if technology == "smart_cart":
        return terms["smart_cart_sales_uplift"] * terms["smart_cart_share_of_transactions"]
    return walk_out_share(terms, technology) * terms.walk_out("sales_uplift")


def margin_after_checkout(
    terms: CheckoutTerms[Amount], technology: str, *, licensed: bool = False
) -> Amount | float:
    """Return what an extra dollar of sales leaves once its own checkout is paid for, share.

    Review, payment, tags and losses of the dollar come off its margin; other costs do not move.
    """
    costs: Amount | float = 0.0
    if technology == "smart_cart":
        costs = cart_loss(terms)
    elif technology in terms.codes.walk_out:
        rfid = technology == terms.codes.rfid
        name = "rfid_shrink_share_of_sales" if rfid else terms.codes.key("shrink_share_of_sales")
        shrink = terms[name]
        costs = total(walk_out_per_dollar(terms, shrink).values())
        if rfid:
            costs = costs + tags_per_dollar(terms)
        elif not licensed:
            costs = costs + review_per_dollar(terms)
    return terms["margin_on_extra_sales"] - costs


def uplift_margin_usd_year(
    terms: CheckoutTerms[Amount],
    technology: str,
    sales_usd_year: Amount | float,
    *,
    licensed: bool = False,
) -> Amount | float:
    """Return the margin on the sales a technology brings in, USD a year."""
    more = uplift_share(terms, technology) * sales_usd_year
    return more * margin_after_checkout(terms, technology, licensed=licensed)
