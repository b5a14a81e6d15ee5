"""Hours, counts and rates per dollar that costs of checkout are made of.

Symbols are those of `checkout_technologies`; figures may be one number each or one a draw
(`checkout_amounts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.model.checkouts.checkout_amounts import Amount, larger, whole
from retail_portfolio.model.money import capital_recovery_factor

if TYPE_CHECKING:
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms

_MINUTES_PER_HOUR = 60
_BP = 1e-4
_PERCENT = 100
SECONDS_PER_HOUR = 3600


def staffed_share(terms: CheckoutTerms[Amount], technology: str) -> Amount | float:
    """Share of transactions that cashiers serve."""
    if technology == "staffed":
        return 1.0
    if technology == "self_checkout":
        return terms["sco_hybrid_staffed_share"]
    if technology == "smart_cart":
        return terms["smart_cart_hybrid_staffed_share"]
    if technology in {terms.codes.hybrid, terms.codes.rfid}:
        return 1.0 - walk_out_share(terms, technology)
    return 0.0


def walk_out_share(terms: CheckoutTerms[Amount], technology: str) -> Amount | float:
    """Share of transactions that pass no checkout."""
    codes = terms.codes
    if technology == codes.hybrid:
        return terms.walk_out("hybrid_share_of_transactions")
    if technology == codes.rfid:
        return 1.0 - terms["rfid_untagged_share_of_transactions"]
    return 1.0 if technology in codes.walk_out else 0.0


def kiosks_kept(terms: CheckoutTerms[Amount], technology: str) -> Amount | float:
    """Kiosks of a technology: all, or those kept beside smart carts."""
    kept = terms["smart_cart_hybrid_kiosk_share"] if technology == "smart_cart" else 1.0
    return terms["sco_kiosks"] * kept


def helper_hours(terms: CheckoutTerms[Amount], technology: str) -> Amount | float:
    """Hours a year of people who watch kiosks, audit carts or stand at RFID lanes."""
    if technology == terms.codes.rfid:
        return terms["entry_staff"] * terms["opening_hours_year"]
    if technology not in {"self_checkout", "smart_cart"}:
        return 0.0
    watching = whole(kiosks_kept(terms, technology) / terms["sco_stations_per_attendant"])
    if technology == "smart_cart":
        watching = larger(terms["smart_cart_audit_staff"], watching)
    return watching * terms["opening_hours_year"] * terms["sco_attended_share_of_hours"]


def idle_hours(terms: CheckoutTerms[Amount], helpers: Amount | float) -> Amount | float:
    """Hours of cover that nobody but a cashier keeps."""
    cover = terms["minimum_cover_cashiers"] * terms["opening_hours_year"]
    return larger(cover - helpers, 0.0)


def busy_hours_per_dollar(terms: CheckoutTerms[Amount]) -> Amount | float:
    """Hours of a cashier that a dollar of sales takes."""
    hours = terms["staffed_seconds_per_transaction"] / SECONDS_PER_HOUR / terms["lane_utilisation"]
    return hours / terms["basket_usd"]


def review_per_dollar(terms: CheckoutTerms[Amount]) -> Amount | float:
    """Cost of reviewers on a dollar of sales."""
    hours = terms.walk_out("review_minutes") / _MINUTES_PER_HOUR
    share = terms.walk_out("review_share_of_visits")
    visit = share * hours * terms.walk_out("reviewer_usd_per_hour")
    return visit / terms["basket_usd"]


def tags_per_dollar(terms: CheckoutTerms[Amount]) -> Amount | float:
    """Cost of tags and of tagging on a dollar of sales."""
    item = terms["rfid_tag_usd_per_item"] + terms["rfid_tagging_usd_per_item"]
    return terms["items_per_basket"] * item / terms["basket_usd"]


def walk_out_per_dollar(
    terms: CheckoutTerms[Amount], shrink: Amount | float
) -> dict[str, Amount | float]:
    """Cost of payment and loss, beyond staffed lanes, on a dollar that passes no checkout."""
    dearer = terms["card_fee_share_of_sales"] - terms["cash_handling_share_of_sales"]
    return {
        "payment": terms.walk_out("sales_moved_from_cash_share") * dearer,
        "shrink": shrink - terms["staffed_shrink_share_of_sales"],
    }


def kiosk_loss(terms: CheckoutTerms[Amount], share: Amount | float) -> Amount | float:
    """Loss through kiosks as a share of store sales, for a share of sales that passes them."""
    return share * _PERCENT * terms["sco_loss_bp_per_percent_of_sales"] * _BP


def cart_loss(terms: CheckoutTerms[Amount]) -> Amount | float:
    """Loss as a share of the sales that pass smart carts."""
    open_loss = 1.0 - terms["smart_cart_loss_caught_share"]
    return _PERCENT * terms["smart_cart_loss_bp_per_percent_of_sales"] * _BP * open_loss


def charge(terms: CheckoutTerms[Amount], life: str) -> Amount | float:
    """Yearly charge on a dollar of capital over a life of the ledger."""
    return capital_recovery_factor(terms["capital_charge_rate"], terms[life])
