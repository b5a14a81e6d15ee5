"""Cases whose every lease differs, and draws of their ledgers one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.model.sampling.draws import name_of
from retail_portfolio.model.sampling.ensemble import Draws
from tests.model.conftest import PENCIL_LEDGER
from tests.model.plan_town import town_of

Uniforms = dict[str, np.ndarray]

VARIED_LEDGER: dict[str, float] = PENCIL_LEDGER | {
    "size_sqft.shop": 11_000,
    "continuous_operation_charge_share": 0.3,
    "lease_initial_term_years": 15,
    "lease_initial_term_years.kiosk": 6,
    "lease_remaining_term_years": 7,
    "lease_renewal_option_years": 5,
    "lease_renewal_options": 2,
    "lease_negotiation_months": 3,
    "lease_termination_months.shop.zz": 20,
    "nnn_charges_usd_per_sqft_year": 6,
    "rent_escalator_per_year": 0.02,
    "rent_gross_usd_per_sqft_year": 50,
    "rent_net_usd_per_sqft_year": 22,
    "rent_net_usd_per_sqft_year.shop.yy": 26,
    "restoration_usd_per_sqft.kiosk": 25,
    "sublease_void_months.zz": 20,
    "warn_notice_days": 60,
    "warn_notice_days.zz": 90,
    "warn_employer_heads": 100,
    "warn_site_heads": 40,
    "statutory_severance_weeks_per_year.zz": 1.6,
    "statutory_severance_weeks_short_notice.zz": 4,
}


def wide(values: Mapping[str, float], reach: float = 0.4) -> Ledger:
    """A ledger whose low and high are a share below and above the base."""
    return Ledger(
        tuple(
            Assumption(key, (1 - reach) * base, float(base), (1 + reach) * base)
            for key, base in values.items()
        )
    )


def uniforms_of(ledger: Ledger, draws: int, seed: int = 5, base: float = 0.1) -> Uniforms:
    """Random numbers for every name; a share of them is NaN, which stands for the base."""
    rng = np.random.default_rng(seed)
    found = {}
    for name in sorted({name_of(key) for key in ledger}):
        uniform = rng.random(draws)
        uniform[rng.random(draws) < base] = np.nan
        found[name] = uniform
    return found


def ledger_of_draw(draws: Draws, draw: int) -> Ledger:
    """The ledger of one draw: bases as drawn, lows and highs as they were."""
    return Ledger(
        tuple(replace(row, base=float(draws._row(row)[draw])) for row in draws.ledger.values())
    )


def case_of_draw(case: Case, draws: Draws, draw: int) -> Case:
    """The case under the ledger of one draw."""
    return case.with_ledger(ledger_of_draw(draws, draw))


def closed(ledger: Ledger) -> Ledger:
    """A ledger of which nothing moves."""
    return Ledger(tuple(replace(r, low=r.base, high=r.base) for r in ledger.values()))


def only(ledger: Ledger, **ranges: tuple[float, float]) -> Ledger:
    """A ledger in which the rows of the names given alone move, between shares of their bases."""
    rows = []
    for row in ledger.values():
        low, high = ranges.get(name_of(row.key), (1.0, 1.0))
        rows.append(replace(row, low=low * row.base, high=high * row.base))
    return Ledger(tuple(rows))


def varied_of(pencil_case: Case) -> Case:
    """Seven closing stores, no two of which hold their floor on the same terms.

    In turn: everything assumed; a break right; owned; a gross rent that is assumed; a remaining
    term that follows an assumed first term; a duty to keep trading; a kiosk that ends in a month.
    """
    shops = pencil_case.stores.iloc[[0] * 6]
    kiosk, salon = pencil_case.stores.iloc[[1]], pencil_case.stores.iloc[[2]]
    blank = float("nan")
    shops = shops.assign(
        store_id=[f"shop-{n}" for n in range(1, 7)],
        state=["YY", "ZZ", "YY", "ZZ", "YY", "ZZ"],
        size_sqft=[11_000.0, 9_000.0, 12_000.0, 11_000.0, 8_000.0, 14_000.0],
        size_origin=["assumed", "reported", "reported", "assumed", "reported", "reported"],
        employees=[50.0, blank, 30.0, 45.0, blank, 60.0],
        last_trading_day=["2026-02-06", "2026-06-30", "", "2026-02", "2026-09-15", "2026-02-06"],
        sales_usd_year=[blank, 6e6, blank, blank, blank, blank],
    )
    stores = pd.concat([shops, kiosk, salon], ignore_index=True)
    reported = ["reported"] * 2
    first = {
        "store_id": [*shops["store_id"], "kiosk-1"],
        "tenure": ["leased", "leased", "owned", "leased", "leased", "leased", "leased"],
        "initial_term_years": [15.0, 20.0, blank, 15.0, 15.0, 10.0, 6.0],
        "initial_term_origin": ["assumed", "reported", "", *["assumed"] * 2, "reported", "assumed"],
        "remaining_term_years": [7.0, 12.0, blank, 7.0, 9.0, 2.2, 0.2],
        "remaining_term_origin": ["assumed", "reported", "", "assumed", "modelled", *reported],
        "rent_usd_per_sqft_year": [26.0, 24.0, blank, 50.0, 26.0, 18.0, 60.0],
        "rent_basis": ["net", "net", "", "gross", "net", "net", "gross"],
        "rent_origin": ["assumed", "reported", "", "assumed", "assumed", "reported", "reported"],
        "charges_usd_per_sqft_year": [6.0, 5.0, blank, 0.0, 6.0, 4.0, 0.0],
        "charges_origin": ["assumed", "reported", "", "reported", "assumed", *reported],
        "escalator_per_year": [0.02, 0.0, blank, 0.02, 0.02, 0.03, 0.0],
        "escalator_origin": ["assumed", "reported", "", "assumed", "assumed", *reported],
        "renewal_options": [2.0, 1.0, blank, 2.0, 2.0, 0.0, blank],
        "renewal_option_years": [5.0, 5.0, blank, 5.0, 5.0, 5.0, blank],
        "renewal_origin": ["assumed", "reported", "", "assumed", "assumed", "reported", ""],
        "break_after_years": [blank, 11.0, blank, 10.0, blank, blank, blank],
        "break_origin": ["", "reported", "", "reported", "", "", ""],
        "termination_months": [12.0, 9.0, blank, 20.0, 12.0, 20.0, 18.0],
        "termination_origin": ["assumed", "reported", "", *["assumed"] * 3, "reported"],
        "continuous_operation": ["", "no", "", "yes", "", "yes", ""],
    }
    scenario = pencil_case.scenario.model_copy(
        update={"announced": pencil_case.scenario.as_of.replace(year=2025, month=11)}
    )
    return replace(
        pencil_case,
        scenario=scenario,
        ledger=wide(VARIED_LEDGER),
        stores=stores,
        leases=pd.DataFrame(first),
    )


def drawn_town_of(pencil_case: Case, reach: float = 0.1) -> Case:
    """The town of five shops and two formats, with ranges of numbers that are no whole ones."""
    town = town_of(pencil_case)
    bases = {key: row.base for key, row in town.ledger.items()}
    return replace(town, ledger=wide(bases, reach))
