"""Cases that weigh more than closing and converting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from tests.model.conftest import ledger_of

EVERY = ("close", "convert", "keep", "relocate")
MOVING = {
    "lease_initial_term_years": 8,
    "lease_renewal_options": 1,
    "lease_renewal_option_years": 3,
    "rent_net_usd_per_sqft_year": 24,
    "nnn_charges_usd_per_sqft_year": 4,
}


def weighing(case: Case, *decisions: str, moves: Mapping[str, str] | None = None) -> Case:
    """A case with other decisions; places to move to, with their formats, stand by themselves."""
    moves = moves or {}
    places = pd.DataFrame(
        {
            "store_id": list(moves),
            "place_id": [f"place-{n}" for n in range(len(moves))],
            "format": list(moves.values()),
            "name": [f"Place {n}" for n in range(len(moves))],
            "state": "YY",
            "lat": [40.2 + 0.1 * n for n in range(len(moves))],
            "lon": -75.0,
            "size_sqft": [6_000.0 + 500 * n for n in range(len(moves))],
            "rent_usd_per_sqft_year": 30.0,
        }
    )
    scenario = case.scenario.model_copy(update={"decisions": decisions})
    known = {key: row.base for key, row in case.ledger.items()}
    more = {key: base for key, base in MOVING.items() if key not in known}
    ledger = Ledger((*case.ledger.values(), *ledger_of(more).values()))
    return replace(case, scenario=scenario, ledger=ledger, relocations=places)
