"""Which stores to close, which to convert, and what each choice costs.

In a notebook one begins with a case, and asks models about it::

    from retail_portfolio import load_case
    from retail_portfolio.model.market.trade_areas import trade_areas

    case = load_case("base")
    trade = trade_areas(case)

`retail_portfolio.inputs` reads and checks, `retail_portfolio.model` answers,
`retail_portfolio.present` draws. What a model hands back is a `Result`: a sentence, a table with
units and origins, and figures. A notebook shows it when a cell ends with it.

Examples
--------
>>> from retail_portfolio import Ledger, Assumption
>>> ledger = Ledger((Assumption("tax_usd", 1.0, 2.0, 3.0),))
>>> ledger.value("tax_usd")
2.0
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from retail_portfolio._late_grammar import put_off

__version__ = "0.1.0"

_HOMES = {
    "Assumption": "inputs.assumptions",
    "Case": "inputs.case",
    "Figure": "model.result",
    "InputError": "inputs.faults",
    "Ledger": "inputs.assumptions",
    "PlanResult": "model.result",
    "Result": "model.result",
    "Scenario": "inputs.settings.scenario",
    "check_data": "inputs.case_reader",
    "load_case": "inputs.case_reader",
    "load_scenario": "inputs.settings.scenario_reader",
    "scenario_names": "inputs.settings.scenario_reader",
}
_FLOORS = ("inputs", "model", "present")
_SHOWN = ("Assumption", "Case", "Figure", "Ledger", "Result", "Scenario")
"""What a notebook shows as HTML; see `retail_portfolio.present.notebooks.notebook_display`."""
_OUTLINED = {
    "Geography": "model.market.geography",
    "Market": "model.market.huff",
    "PlanTask": "model.planning.plan_task",
    "TradeAreas": "model.market.trade_areas",
}
"""What models hand to each other: many tables, of which a notebook shows the sizes alone."""

__all__ = ["__version__", *_HOMES, *_FLOORS]  # noqa: PLE0604 - all of them are texts


def __getattr__(name: str) -> Any:
    """Import what is asked for only then, so that no command waits for what it does not need."""
    if name in _FLOORS:
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List what one begins with."""
    return sorted(__all__)


def _html(shown: object) -> str | None:
    html: str | None = _display().html_of(shown)
    return html


def _outline(shown: object, printer: Any, cycle: object) -> None:
    _display().outline(shown, printer, cycle)


def _display() -> Any:
    return importlib.import_module(f"{__name__}.present.notebooks.notebook_display")


def _show_in_notebooks() -> None:
    """Have a notebook show cases and results as tables; do nothing where none is running."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    formatters = getattr(getattr(shell, "display_formatter", None), "formatters", {})
    if not {"text/html", "text/plain"} <= set(formatters):
        return
    # By name: their modules are not imported for that.
    for name in _SHOWN:
        formatters["text/html"].for_type_by_name(f"{__name__}.{_HOMES[name]}", name, _html)
    for name, home in _OUTLINED.items():
        formatters["text/plain"].for_type_by_name(f"{__name__}.{home}", name, _outline)


put_off()
_show_in_notebooks()
