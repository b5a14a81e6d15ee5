"""Readers that check everything and report every fault at once."""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Assumption": "assumptions",
    "Case": "case",
    "Fault": "faults",
    "InputError": "faults",
    "Ledger": "assumptions",
    "Scenario": "settings.scenario",
    "Setting": "settings.applied",
    "check_data": "case_reader",
    "load_case": "case_reader",
    "load_scenario": "settings.scenario_reader",
    "notebook_parameters": "settings.parameters",
    "scenario_names": "settings.scenario_reader",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: checking tables needs packages that models do not."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(_HOMES)
