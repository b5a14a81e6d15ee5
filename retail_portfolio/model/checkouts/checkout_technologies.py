"""What a year of checkout costs with each technology, part by part.

A store has the sales S USD a year in baskets of B, so q = S / B transactions, floor z sq ft, H
opening hours, and the loaded wage W = cashier wage times benefit load. CRF(k, n) is the capital
recovery factor of `money` at the capital charge k over the life n; u is the use of a cashier's
time. L, K, C are staffed lanes, kiosks and carts, and p their prices. For a share a of transactions
on staffed lanes beside helpers who work G hours,

    cashiers(a, G) = W max( q a s / 3600 / u ,  cover H - G ,  0 )            nothing where a = 0
    lanes(a)       = ceil(L a) p (CRF + upkeep)

and a technology is the sum of

    staffed        cashiers(1, 0) + lanes(1)
    self-checkout  K p (CRF + maintenance) + G W + cashiers(a, G) + lanes(a) + loss
                   G = ceil(K / kiosks an attendant) H watched;  loss = S x 1 bp a percent of sales
    smart carts    C (p CRF + running) + kept kiosks + G W + cashiers(a, G) + lanes(a) + loss
                   G = max(auditors, ceil(kept kiosks / kiosks an attendant)) H watched
    walk-out       A (z/1000)^e (CRF + m) + cloud (z/z0)^e + review + entry + payment + loss
                   review = q r (minutes / 60) w;  entry = heads H W
    RFID           exit lanes (p (CRF + upkeep) + software) + tags + entry + payment + loss
                   + cashiers(t, entry heads H) + lanes(t);  tags = (1 - t) items q (tag + tagging)
    hybrid         walk-out with review, payment and loss for a share h of transactions, and
                   cashiers(1 - h, 0) + lanes(1 - h)

A share t of baskets holds something that cannot carry a tag, and needs a till.

A is the published figure for the technology at 1,000 sq ft. ``installed`` takes it as capital;
``annualised`` as a yearly cost in place of capital, maintenance and cloud. A site that rents pays a
licence in place of capital, maintenance, cloud and review.

All losses are those beyond staffed lanes. Kiosks are watched during the share ``watched`` of the
hours. Whoever watches kiosks also serves at a lane that nobody else keeps open, so that cover is
not paid for twice; and whoever audits carts watches the kiosks beside them. Payment is what sales
that were cash before cost more as card sales.

Each cost stands in one part only. The margin on sales that the technology brings in is no cost:
`checkout_uplift` has it apart.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from retail_portfolio.model.checkouts.checkout_amounts import (
    Amount,
    larger,
    total,
    where_positive,
    whole,
)
from retail_portfolio.model.checkouts.checkout_quantities import (
    busy_hours_per_dollar,
    cart_loss,
    charge,
    helper_hours,
    idle_hours,
    kiosk_loss,
    kiosks_kept,
    review_per_dollar,
    staffed_share,
    tags_per_dollar,
    walk_out_per_dollar,
    walk_out_share,
)
from retail_portfolio.model.checkouts.checkout_terms import LICENCE, check_reading
from retail_portfolio.model.money import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from retail_portfolio.model.checkouts.checkout_terms import CheckoutTerms

PARTS: tuple[str, ...] = (
    "capital",
    "maintenance",
    "technology_year",
    "cloud",
    "licence",
    "remote_review",
    "entry",
    "attendants",
    "cashiers",
    "lanes",
    "payment",
    "tags",
    "shrink",
)
"""Parts of a year's cost, in the order they are drawn; ``technology_year`` is the published figure
read as a yearly cost, ``lanes`` the price and upkeep of staffed lanes."""
_SQFT_OF_THE_FIGURE = 1000


def walk_out_capex_usd(terms: CheckoutTerms[Amount], size_sqft: Amount | float) -> Amount | float:
    """Price of walk-out checkout for a store of the given size, USD: A (z / 1000)^e."""
    exponent = terms.walk_out("capex_scale_exponent")
    scale: Amount | float = (size_sqft / _SQFT_OF_THE_FIGURE) ** exponent
    return terms.walk_out("capex_usd_at_1000_sqft") * scale


def parts_usd_year(
    terms: CheckoutTerms[Amount],
    technology: str,
    reading: str,
    size_sqft: Amount | float,
    sales_usd_year: Amount | float,
    *,
    licensed: bool = False,
) -> dict[str, Amount | float]:
    """Return what a year costs, by part; parts a technology does not have are not in it.

    Parameters
    ----------
    terms
        Of the format and state.
    technology, reading
        One of the technologies with one of its readings (blank where the figure does not enter).
    size_sqft, sales_usd_year
        Of the store; sales 0 or more.
    licensed
        Whether walk-out checkout is rented: the licence then stands in place of owning it, and
        the reading makes no difference.

    Raises
    ------
    InputError
        If the technology or the reading is unknown.
    """
    check_reading(technology, reading, terms.codes)
    if technology == "staffed":
        return _lanes_and_cashiers(terms, sales_usd_year, 1.0)
    if technology == "self_checkout":
        return _self_checkout(terms, sales_usd_year)
    if technology == "smart_cart":
        return _smart_cart(terms, sales_usd_year)
    if technology == terms.codes.rfid:
        return _rfid(terms, sales_usd_year)
    share = walk_out_share(terms, technology)
    parts = _licence(terms) if licensed else _owned(terms, reading, size_sqft)
    if not licensed:
        parts["remote_review"] = share * sales_usd_year * review_per_dollar(terms)
    parts |= _walk_out(terms, share * sales_usd_year, terms.walk_out("shrink_share_of_sales"))
    if technology == terms.codes.hybrid:
        parts |= _lanes_and_cashiers(terms, sales_usd_year, **_beside(terms, technology))
    return parts


def annual_cost_usd(
    terms: CheckoutTerms[Amount],
    technology: str,
    reading: str,
    size_sqft: Amount | float,
    sales_usd_year: Amount | float,
    *,
    licensed: bool = False,
) -> Amount | float:
    """Return the sum of `parts_usd_year`, USD a year."""
    parts = parts_usd_year(terms, technology, reading, size_sqft, sales_usd_year, licensed=licensed)
    return total(parts.values())


def capex_usd(
    terms: CheckoutTerms[float], technology: str, reading: str, size_sqft: float
) -> float:
    """Return what has to be bought at the start, USD; NaN where the reading holds no capital.

    Raises
    ------
    InputError
        If the technology or the reading is unknown.
    """
    check_reading(technology, reading, terms.codes)
    if reading == "annualised":
        return math.nan
    share = staffed_share(terms, technology)
    bought = whole(terms["staffed_lanes"] * share) * terms["lane_capex_usd"]
    if technology in terms.codes.with_reading:
        bought += walk_out_capex_usd(terms, size_sqft)
    elif technology == terms.codes.rfid:
        bought += terms["rfid_lanes"] * terms["rfid_lane_capex_usd"]
    elif technology in {"self_checkout", "smart_cart"}:
        bought += kiosks_kept(terms, technology) * terms["sco_kiosk_capex_usd"]
        if technology == "smart_cart":
            bought += terms["smart_carts"] * terms["smart_cart_capex_usd"]
    return bought


def kink_sales_usd_year(terms: CheckoutTerms[float], technology: str) -> float:
    """Sales from which cashiers are busy for more hours than the cover asks for, USD a year.

    Cost is linear in sales on either side of it. NaN where it is linear throughout.
    """
    share = staffed_share(terms, technology)
    hours = idle_hours(terms, helper_hours(terms, technology))
    busy = share * busy_hours_per_dollar(terms)
    return hours / busy if hours > 0 and busy > 0 else math.nan


# --------------------------------------------------------------------------- the technologies
def _self_checkout(
    terms: CheckoutTerms[Amount], sales: Amount | float
) -> dict[str, Amount | float]:
    parts = _kiosk_parts(terms, terms["sco_kiosks"])
    parts["attendants"] = helper_hours(terms, "self_checkout") * terms.loaded_wage_usd_per_hour
    parts |= _lanes_and_cashiers(terms, sales, **_beside(terms, "self_checkout"))
    parts["shrink"] = sales * kiosk_loss(terms, terms["sco_hybrid_sales_share"])
    return parts


def _smart_cart(terms: CheckoutTerms[Amount], sales: Amount | float) -> dict[str, Amount | float]:
    kiosks = _kiosk_parts(terms, kiosks_kept(terms, "smart_cart"))
    price = terms["smart_carts"] * terms["smart_cart_capex_usd"]
    through_carts = terms["smart_cart_share_of_transactions"]
    rest = larger(0.0, 1.0 - through_carts - terms["smart_cart_hybrid_staffed_share"])
    beside = where_positive(terms["smart_cart_hybrid_kiosk_share"], kiosk_loss(terms, rest))
    loss = through_carts * cart_loss(terms) + beside
    return {
        "capital": price * charge(terms, "smart_cart_life_years") + kiosks["capital"],
        "maintenance": terms["smart_carts"] * terms["smart_cart_opex_usd_year"]
        + kiosks["maintenance"],
        "attendants": helper_hours(terms, "smart_cart") * terms.loaded_wage_usd_per_hour,
        **_lanes_and_cashiers(terms, sales, **_beside(terms, "smart_cart")),
        "shrink": sales * loss,
    }


def _rfid(terms: CheckoutTerms[Amount], sales: Amount | float) -> dict[str, Amount | float]:
    price = terms["rfid_lanes"] * terms["rfid_lane_capex_usd"]
    software = terms["rfid_lanes"] * terms["rfid_software_usd_per_lane_year"]
    tagged = 1.0 - terms["rfid_untagged_share_of_transactions"]
    return {
        "capital": price * charge(terms, "lane_life_years"),
        "maintenance": price * terms["lane_upkeep_share"] + software,
        "tags": tagged * sales * tags_per_dollar(terms),
        **_walk_out(terms, tagged * sales, terms["rfid_shrink_share_of_sales"]),
        **_lanes_and_cashiers(terms, sales, **_beside(terms, terms.codes.rfid)),
    }


def _owned(
    terms: CheckoutTerms[Amount], reading: str, size_sqft: Amount | float
) -> dict[str, Amount | float]:
    price = walk_out_capex_usd(terms, size_sqft)
    if reading == "annualised":
        return {"technology_year": price}
    exponent = terms.walk_out("capex_scale_exponent")
    grown: Amount | float = (size_sqft / terms["reference_size_sqft"]) ** exponent
    return {
        "capital": price * charge(terms, terms.codes.key("life_years")),
        "maintenance": price * terms.walk_out("maintenance_share_of_capex"),
        "cloud": terms.walk_out("cloud_usd_year") * grown,
    }


def _licence(terms: CheckoutTerms[Amount]) -> dict[str, Amount | float]:
    return {"licence": terms.walk_out(LICENCE) * MONTHS_PER_YEAR}


def _walk_out(
    terms: CheckoutTerms[Amount], sales: Amount | float, shrink: Amount | float
) -> dict[str, Amount | float]:
    """Parts that every technology without a checkout has, for the sales that pass it."""
    heads = terms["entry_staff"] * terms["opening_hours_year"]
    entry = {"entry": heads * terms.loaded_wage_usd_per_hour}
    return entry | {name: sales * part for name, part in walk_out_per_dollar(terms, shrink).items()}


def _lanes_and_cashiers(
    terms: CheckoutTerms[Amount],
    sales: Amount | float,
    share: Amount | float,
    helpers: Amount | float = 0.0,
) -> dict[str, Amount | float]:
    busy = sales * share * busy_hours_per_dollar(terms)
    hours = where_positive(share, larger(busy, idle_hours(terms, helpers)))
    price = whole(terms["staffed_lanes"] * share) * terms["lane_capex_usd"]
    yearly = charge(terms, "lane_life_years") + terms["lane_upkeep_share"]
    return {"cashiers": hours * terms.loaded_wage_usd_per_hour, "lanes": price * yearly}


def _kiosk_parts(terms: CheckoutTerms[Amount], kiosks: Amount | float) -> dict[str, Amount | float]:
    price = kiosks * terms["sco_kiosk_capex_usd"]
    return {
        "capital": price * charge(terms, "sco_life_years"),
        "maintenance": price * terms["sco_maintenance_share_of_capex"],
    }


def _beside(terms: CheckoutTerms[Amount], technology: str) -> dict[str, Amount | float]:
    """Staffed lanes that are kept beside a technology: their share, and who else can serve."""
    return {
        "share": staffed_share(terms, technology),
        "helpers": helper_hours(terms, technology),
    }
