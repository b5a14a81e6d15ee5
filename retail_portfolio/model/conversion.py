"""What a closing site is worth converted, compared with closing it.

For a site of size z, opened after d dark months, operated for n years, with capex per square
foot c, pre-opening expense o, rent R and carry D a year, mature sales S, ramp g_t, contribution
margin after occupancy m_t, share of sales taken from own stores x = x0 (1 - h)^miles, variable
margin v, tax rate T and hurdle k:

    npv_convert = - c z                                                 capex
                  - o (1 - T)                                           pre-opening
                  - (R + D) d/12 (1 - T)                                rent while dark
                  + sum_t  S g_t m_t (1 - T) / (1 + k)^(t + d/12)       margin
                  - sum_t  S g_t x v (1 - T) / (1 + k)^(t + d/12)       margin lost at own stores
                  + sum_t  (c z / n) T / (1 + k)^(t + d/12)             depreciation shield

    npv_vs_exit = npv_convert + exit costs that a conversion avoids

Avoided are the lease exit and the restoration, net of equipment proceeds and after tax; people
are paid and stock is cleared either way. g_t and m_t rise in equal steps from their first-year
to their mature value at `MATURE_YEAR`. The contribution margin is after rent, so rent is charged
only while the site is dark. S is chain sales per square foot x size x the site's potential.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.leases import lease_terms
from retail_portfolio.model.lookup import years_since_announced
from retail_portfolio.model.money import MONTHS_PER_YEAR
from retail_portfolio.model.potential import potential_index, surroundings
from retail_portfolio.model.result import Result
from retail_portfolio.model.travel import KM_PER_MILE, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.scenario import Scenario

    Floats = NDArray[np.float64]

MATURE_YEAR = 4
"""Year after opening in which sales and margin are mature."""

COMPONENTS: tuple[str, ...] = (
    "capex_usd",
    "preopening_usd",
    "dark_rent_usd",
    "margin_pv_usd",
    "cannibalisation_pv_usd",
    "depreciation_shield_pv_usd",
)
"""Columns that sum to ``npv_convert_usd``; costs are negative."""


COLUMNS: tuple[str, ...] = (
    "store_id",
    "to_format",
    "banner",
    "name",
    "city",
    "state",
    "size_sqft",
    "size_origin",
    "households",
    "income_usd",
    "nearest_own_miles",
    "potential_index",
    "mature_sales_usd_year",
    *COMPONENTS,
    "operating_years",
    "npv_convert_usd",
    "avoided_exit_usd",
    "npv_vs_exit_usd",
)
"""Columns of the table, in order."""


def _year_weights(years: Floats) -> Floats:
    """Share of each year 1, 2, ... that a site trades; shape ``(sites, longest)``."""
    longest = int(np.ceil(years.max(initial=0.0)))
    return np.clip(years[:, None] - np.arange(longest)[None, :], 0.0, 1.0)


def _ramp(first: float, mature: float, years: int) -> Floats:
    step = np.minimum(np.arange(years) / (MATURE_YEAR - 1), 1.0)
    ramp: Floats = first + (mature - first) * step
    return ramp


def operating_years(case: Case, sites: pd.DataFrame, terms: pd.DataFrame, dark: float) -> Floats:
    """Years a converted site trades: remaining term with options, at most the horizon.

    Parameters
    ----------
    terms
        Table of `retail_portfolio.model.leases.lease_terms` for the sites.
    dark
        Years before it opens; they count against term and horizon.
    """
    lease = case.leases.set_index("store_id").loc[sites["store_id"]]
    options = lease["renewal_options"].fillna(0) * lease["renewal_option_years"].fillna(0)
    term = terms["remaining_term_years"].to_numpy(float) + options.to_numpy(float)
    owned = (lease["tenure"] == "owned").to_numpy()
    years = np.where(owned, np.inf, term)
    return np.maximum(np.minimum(years, case.scenario.horizon_years) - dark, 0.0)


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the candidates and the stores they are compared with.

    It depends on places only, so that one look serves every draw of the ledger.

    Parameters
    ----------
    sites
        The candidate stores, one row each.
    around
        Their table of `retail_portfolio.model.potential.surroundings`.
    peers
        By target format: the surroundings of the open stores of its banner.
    miles
        By target format: miles from each candidate to the nearest of those stores.
    """

    sites: pd.DataFrame
    around: pd.DataFrame
    peers: Mapping[str, pd.DataFrame]
    miles: Mapping[str, Floats]


def setting_of(case: Case) -> Setting:
    """Look at the surroundings of every candidate and of the stores they are compared with."""
    settings = case.scenario
    can = (case.stores["status"] == "closing") & case.stores["format"].isin(settings.convert_from)
    sites = case.stores[can].reset_index(drop=True)
    radius = settings.households_radius_miles
    peers, miles = {}, {}
    for to_format in settings.convert_to:
        banner = settings.formats[to_format].banner
        own = case.stores[(case.stores["status"] == "open") & (case.stores["banner"] == banner)]
        peers[to_format] = surroundings(own, case.demand, radius)
        _, km = nearest(sites["lat"], sites["lon"], own["lat"], own["lon"])
        miles[to_format] = km / KM_PER_MILE
    return Setting(sites, surroundings(sites, case.demand, radius), peers, miles)


def _site_facts(case: Case, place: Setting, to_format: str) -> pd.DataFrame:
    index = potential_index(place.around, place.peers[to_format], case.ledger)
    psf = case.ledger.value("sales_usd_per_sqft_year", format=to_format)
    size = case.stores.set_index("store_id").loc[place.sites["store_id"], "size_sqft"]
    return place.around[["households", "income_usd"]].assign(
        nearest_own_miles=place.miles[to_format],
        potential_index=index,
        mature_sales_usd_year=psf * index * size.to_numpy(float),
    )


def _components(
    facts: pd.DataFrame,
    terms: pd.DataFrame,
    size_sqft: Floats,
    years: Floats,
    ledger: Ledger,
    settings: Scenario,
    to_format: str,
) -> pd.DataFrame:
    def value(name: str) -> float:
        return ledger.value(name, format=to_format)

    keep, dark_years = 1 - settings.tax_rate, value("conversion_dark_months") / MONTHS_PER_YEAR
    traded = _year_weights(years)
    longest = traded.shape[1]
    discount = (1 + settings.discount_rate) ** -(np.arange(1, longest + 1) + dark_years)
    sales = facts["mature_sales_usd_year"].to_numpy(float)[:, None] * _ramp(
        value("ramp_year1_ratio"), 1.0, longest
    )
    margin = _ramp(value("store_contribution_year1"), value("store_contribution_mature"), longest)
    decay = (1 - value("cannibalisation_decay_per_mile")) ** facts["nearest_own_miles"]
    taken = value("cannibalisation_share") * decay.to_numpy(float)[:, None]
    capex = value("capex_conversion_usd_per_sqft") * size_sqft
    yearly_depreciation = np.divide(capex, years, out=np.zeros_like(capex), where=years > 0)
    occupancy = (terms["rent_usd_year"] + terms["carry_usd_year"]).to_numpy(float)
    weights = traded * discount
    return pd.DataFrame(
        {
            "capex_usd": -capex,
            "preopening_usd": -value("preopening_usd_per_store") * keep,
            "dark_rent_usd": -occupancy * dark_years * keep,
            "margin_pv_usd": (sales * margin * weights).sum(axis=1) * keep,
            "cannibalisation_pv_usd": -(sales * taken * weights).sum(axis=1)
            * value("vm_own_sales")
            * keep,
            "depreciation_shield_pv_usd": yearly_depreciation
            * weights.sum(axis=1)
            * settings.tax_rate,
        },
        index=facts.index,
    )


def avoided_exit_usd(bill: pd.DataFrame, tax_rate: float) -> pd.Series:
    """Exit cost that a conversion avoids, after tax, USD.

    ``bill`` is the table of `retail_portfolio.model.closure.closure`.
    """
    lines = bill["lease_exit_usd"] + bill["restoration_usd"] + bill["equipment_proceeds_usd"]
    return lines * (1 - tax_rate)


def _one_format(case: Case, place: Setting, bill: pd.DataFrame, to_format: str) -> pd.DataFrame:
    sites = case.stores.set_index("store_id").loc[place.sites["store_id"]].reset_index()
    facts = _site_facts(case, place, to_format)
    terms = lease_terms(sites, case.leases, case.ledger, years_since_announced(case))
    dark = case.ledger.value("conversion_dark_months", format=to_format) / MONTHS_PER_YEAR
    years = operating_years(case, sites, terms, dark)
    size = sites["size_sqft"].to_numpy(float)
    parts = _components(facts, terms, size, years, case.ledger, case.scenario, to_format)
    names = sites[["store_id", "banner", "name", "city", "state", "size_sqft", "size_origin"]]
    table = pd.concat([names, facts, parts], axis=1)
    avoided = bill.set_index("store_id").loc[sites["store_id"]]
    table["operating_years"] = years
    table["npv_convert_usd"] = parts[list(COMPONENTS)].sum(axis=1, skipna=False)
    table["avoided_exit_usd"] = avoided_exit_usd(avoided, case.scenario.tax_rate).to_numpy(float)
    table["npv_vs_exit_usd"] = table["npv_convert_usd"] + table["avoided_exit_usd"]
    table.insert(1, "to_format", to_format)
    return table


def conversion_table(case: Case, bill: pd.DataFrame, place: Setting | None = None) -> pd.DataFrame:
    """Value every candidate in every format it could take; one row a pair, USD at ``as_of``.

    Parameters
    ----------
    bill
        Table of `retail_portfolio.model.closure.closure` on the same case.
    place
        What `setting_of` says of the case, where it is known already.

    Returns
    -------
    DataFrame
        A site whose surroundings are not known has blank sales, margins and values.
    """
    place = place if place is not None else setting_of(case)
    tables = [_one_format(case, place, bill, fmt) for fmt in case.scenario.convert_to]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def conversion(case: Case, bill: Result) -> Result:
    """Value the conversion of every candidate site of the case.

    Parameters
    ----------
    bill
        Result of `retail_portfolio.model.closure.closure` on the same case.
    """
    table = conversion_table(case, bill.table)
    money = {c: "usd" for c in table.columns if c.endswith("_usd") and c != "income_usd"}
    units = money | {
        "size_sqft": "sqft",
        "households": "households",
        "income_usd": "usd_year",
        "nearest_own_miles": "miles",
        "potential_index": "ratio",
        "mature_sales_usd_year": "usd_year",
        "operating_years": "years",
    }
    worth = table["npv_vs_exit_usd"].dropna()
    if worth.empty:
        return Result(table, "No site can be valued for conversion.")
    sentence = (
        f"Against closing, a conversion is worth between {worth.min() / 1e6:+,.1f} M and "
        f"{worth.max() / 1e6:+,.1f} M {case.scenario.currency} a site, "
        f"{worth.median() / 1e6:+,.1f} M in the middle."
    )
    modelled = [c for c in units if c != "size_sqft"]
    return Result(table, sentence, units, dict.fromkeys(modelled, "modelled"))
