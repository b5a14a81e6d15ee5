"""Checkout at sites that other firms own: where walking out brings in sales, and who gains.

A site of a kind is limited by its queue during a share g of its trade. While it is, the same place
without a queue serves M times as many customers; of the extra sales a share v only moves from
stands nearby, and a share x comes from hours in which nobody would staff a till:

    uplift = g (M - 1)(1 - v) + x

A kind without such rows takes the uplift of ordinary shops. The operator pays a licence and keeps
the margin; the vendor bears the technology and the reviewers. Alternatives are the technologies
without a walk-out at the sales of before. With K the cost of the best of them, net of the margin on
what it brings in itself, J that of walking out under a licence, S the sales of before and m the
margin left on a dollar of extra sales,

    net benefit of the operator = K - J + m uplift S         break-even uplift = (J - K) / (m S)

The joint benefit counts the licence out: what operator and vendor gain together, whoever bears
what.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from retail_portfolio.model.checkouts.checkout_amounts import Amount, least, total
from retail_portfolio.model.checkouts.checkout_codes import Codes, codes_of
from retail_portfolio.model.checkouts.checkout_rows import site_rows
from retail_portfolio.model.checkouts.checkout_technologies import (
    annual_cost_usd,
    parts_usd_year,
)
from retail_portfolio.model.checkouts.checkout_terms import (
    LICENCE,
    READINGS,
    THIRD_PARTY,
    CheckoutTerms,
    terms_of,
    where_there,
)
from retail_portfolio.model.checkouts.checkout_uplift import (
    margin_after_checkout,
    uplift_margin_usd_year,
)
from retail_portfolio.model.money import MONTHS_PER_YEAR
from retail_portfolio.model.number_words import listed_names
from retail_portfolio.model.result import Result

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.checkouts.checkout_terms import Figures

SITE_TYPES: tuple[str, ...] = (
    "stadium",
    "airport",
    "hospital",
    "campus",
    "convenience",
    "workplace",
)
"""Kinds of third-party sites that are compared where the ledger has their sales."""
_QUEUE = "queue_limited_share"
_UPLIFT_NAMES: tuple[str, ...] = (
    "extra_hours_sales_share",
    _QUEUE,
    "sales_moved_share",
    "transaction_multiple",
)
_LIMITED_FROM = 0.25
_MONEY = (
    "sales_usd_year",
    "best_alternative_usd_year",
    "net_benefit_usd_year",
    "net_benefit_low_usd_year",
    "net_benefit_high_usd_year",
    "vendor_margin_installed_usd_year",
    "vendor_margin_annualised_usd_year",
    "joint_benefit_installed_usd_year",
    "joint_benefit_annualised_usd_year",
)


def uplift_names(codes: Codes) -> tuple[str, ...]:
    """Return the rows of the ledger behind the uplift of a kind of site."""
    return tuple(codes.key(name) for name in _UPLIFT_NAMES)


def site_types_in(ledger: Container[str]) -> tuple[str, ...]:
    """Return the kinds of third-party sites the ledger has sales of, in order."""
    return tuple(kind for kind in SITE_TYPES if f"reference_sales_usd_year.{kind}" in ledger)


def site_uplift_share(ledger: Figures[Amount], kind: str, codes: Codes) -> Amount | float:
    """Return the extra sales of a kind of site as a share of those of before."""
    if not ledger.has(codes.key(_QUEUE), format=kind):
        uplift = codes.key("sales_uplift")
        return ledger.value(uplift, format=kind) if ledger.has(uplift, format=kind) else 0.0

    limited, multiple, moved, hours = (
        ledger.value(codes.key(name), format=kind)
        for name in (
            _QUEUE,
            "transaction_multiple",
            "sales_moved_share",
            "extra_hours_sales_share",
        )
    )
    return limited * (multiple - 1.0) * (1.0 - moved) + hours


def site_terms(ledger: Figures[Amount], kind: str, codes: Codes) -> CheckoutTerms[Amount]:
    """Return the terms of a kind of site, at the wage of the country.

    Raises
    ------
    InputError
        If the ledger lacks a row.
    """
    terms = terms_of(ledger, kind, shared=THIRD_PARTY, codes=codes)
    uplift = site_uplift_share(ledger, kind, codes)
    return terms.replaced(**{codes.key("sales_uplift"): uplift})


def third_party_rows(ledger: Ledger, codes: Codes) -> list[dict[str, object]]:
    """Return the rows of a comparison at every kind of site, as if each owned what it uses."""
    rows = []
    for kind in site_types_in(ledger):
        terms = site_terms(ledger, kind, codes)
        size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
        rows += site_rows(terms, THIRD_PARTY, kind, size, sales)
    return rows


def licensed_sites(ledger: Figures[Amount], codes: Codes) -> dict[str, CheckoutTerms[Amount]]:
    """Return the terms of every kind of site at which a licence can be compared, in order.

    Raises
    ------
    InputError
        If the ledger lacks a row.
    """
    found = {kind: site_terms(ledger, kind, codes) for kind in site_types_in(ledger)}
    return {
        kind: terms
        for kind, terms in found.items()
        if codes.key(LICENCE) in terms.figures and codes.vision in terms.technologies
    }


def _alternatives(terms: CheckoutTerms[Amount]) -> dict[str, Amount | float]:
    """Cost of each technology with a checkout net of what it brings in, USD a year."""
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    return {
        name: where_there(
            terms,
            name,
            annual_cost_usd(terms, name, "", size, sales)
            - uplift_margin_usd_year(terms, name, sales),
        )
        for name in terms.technologies
        if name not in terms.codes.walk_out
    }


def operator_net_usd_year(terms: CheckoutTerms[Amount]) -> Amount | float:
    """Return the operator's net benefit of walking out under a licence, USD a year.

    Parameters
    ----------
    terms
        Of `licensed_sites`.
    """
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    vision = terms.codes.vision
    cost = annual_cost_usd(terms, vision, READINGS[0], size, sales, licensed=True)
    margin = uplift_margin_usd_year(terms, vision, sales, licensed=True)
    return least(_alternatives(terms).values()) - cost + margin


def vendor_margin_usd_year(terms: CheckoutTerms[Amount], reading: str) -> Amount | float:
    """Return what the vendor keeps of the licence under a reading of the figure, USD a year.

    The vendor's reviewers see the customers that come because of it, too.
    """
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    grown = sales * (1.0 + terms.walk_out("sales_uplift"))
    parts = parts_usd_year(terms, terms.codes.vision, reading, size, grown)
    borne = ("capital", "maintenance", "technology_year", "cloud", "remote_review")
    cost = total(parts[name] for name in borne if name in parts)
    return terms.walk_out(LICENCE) * MONTHS_PER_YEAR - cost


def _range(ledger: Ledger, kind: str, names: Iterable[str], codes: Codes) -> tuple[float, float]:
    """Range of the net benefit: names moved one at a time, added in quadrature."""
    base = operator_net_usd_year(site_terms(ledger, kind, codes))
    below = above = 0.0
    for name in names:
        moved = (site_terms(ledger.at_end(name, end), kind, codes) for end in ("low", "high"))
        ends = [operator_net_usd_year(terms) for terms in moved]
        below += max(0.0, base - min(ends)) ** 2
        above += max(0.0, max(ends) - base) ** 2
    return base - math.sqrt(below), base + math.sqrt(above)


def _row(
    ledger: Ledger, kind: str, terms: CheckoutTerms[float], names: Iterable[str]
) -> dict[str, object]:
    size, sales = terms["reference_size_sqft"], terms["reference_sales_usd_year"]
    options = _alternatives(terms)
    best = min(options, key=lambda name: options[name])
    other = options[best]
    codes = terms.codes
    cost = annual_cost_usd(terms, codes.vision, READINGS[0], size, sales, licensed=True)
    margin = margin_after_checkout(terms, codes.vision, licensed=True)
    low, high = _range(ledger, kind, names, codes)
    queue = codes.key(_QUEUE)
    limited = ledger.value(queue, format=kind) if ledger.has(queue, format=kind) else 0.0
    uplift = terms.walk_out("sales_uplift")
    vendor = {
        f"vendor_margin_{reading}_usd_year": vendor_margin_usd_year(terms, reading)
        for reading in READINGS
    }
    net = operator_net_usd_year(terms)
    joint = {
        f"joint_benefit_{reading}_usd_year": net + vendor[f"vendor_margin_{reading}_usd_year"]
        for reading in READINGS
    }
    return {
        "site_type": kind,
        "size_sqft": size,
        "opening_hours_year": terms["opening_hours_year"],
        "sales_usd_year": sales,
        "transactions_year": sales / terms["basket_usd"],
        "queue_limited_share": limited,
        "queue_limited": limited >= _LIMITED_FROM,
        "sales_uplift_share": uplift,
        "break_even_uplift_share": max(0.0, cost - other) / (margin * sales)
        if margin > 0
        else math.nan,
        "best_alternative": best,
        "best_alternative_usd_year": other,
        codes.key("usd_year"): cost,
        "net_benefit_usd_year": net,
        "net_benefit_low_usd_year": low,
        "net_benefit_high_usd_year": high,
        "pays": net > 0,
        **vendor,
        **joint,
    }


def checkout_third_party(case: Case, names: Iterable[str]) -> Result:
    """Compare walking out under a licence with the best alternative at each kind of site.

    Parameters
    ----------
    names
        Ledger names moved for the range of the net benefit, those of `uplift_names` besides.

    Returns
    -------
    Result
        One row a kind of site; no row where the ledger has none, or no licence.
        ``net_benefit_usd_year`` is the operator's, over the best alternative of the site; the
        column of that name in `retail_portfolio.model.checkouts.checkout_rows.site_rows` is a
        technology's over staffed lanes.
    """
    ledger, codes = case.ledger, codes_of(case.scenario)
    names = tuple(
        name
        for name in dict.fromkeys((*names, *uplift_names(codes), codes.key(LICENCE)))
        if any(key.split(".")[0] == name for key in ledger)
    )
    rows = [
        _row(ledger, kind, terms, names) for kind, terms in licensed_sites(ledger, codes).items()
    ]
    table = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["site_type"])
    units = {
        "size_sqft": "sqft",
        "opening_hours_year": "hours",
        "transactions_year": "transactions_year",
        "queue_limited_share": "share",
        "sales_uplift_share": "share",
        "break_even_uplift_share": "share",
        **dict.fromkeys((*_MONEY, codes.key("usd_year")), "usd_year"),
    }
    kept = {name: unit for name, unit in units.items() if name in table.columns}
    origins = dict.fromkeys(kept, "modelled") | {
        name: "assumed"
        for name in ("size_sqft", "opening_hours_year", "sales_usd_year", "queue_limited_share")
        if name in kept
    }
    return Result(table, _sentence(table), kept, origins, words=case.words)  # type: ignore[arg-type]


def _sentence(table: pd.DataFrame) -> str:
    if table.empty:
        return "No third-party site is compared."
    pays = list(table.loc[table["pays"], "site_type"])
    gains = f"gains at {listed_names(pays)} sites" if pays else "gains nowhere"
    both = []
    for reading in READINGS:
        both_gain = table[f"joint_benefit_{reading}_usd_year"] > 0
        kinds = listed_names(list(table.loc[both_gain, "site_type"])) or "none"
        both.append(f"{kinds} under the {reading} reading")
    return (
        f"With the licence assumed the operator {gains}; counting what it costs the vendor as "
        f"well, that leaves {' and '.join(both)}."
    )
