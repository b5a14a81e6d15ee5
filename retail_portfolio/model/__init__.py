"""The models: checked tables and frozen settings in, frozen results out.

Every module here holds one model as pure functions. Nothing in this floor reads a file,
draws a chart or keeps state, so that a notebook, a sweep and a test call the same code.

A question is a room, and a room uses those below it alone: ``overview`` and ``track_record``
stand on ``uncertain``, that on ``planning``, ``opening``, ``market``, ``closing`` beside
``checkouts``, and ``sampling``. The modules without a room are what all of them share.

These are the modules to begin with; ``model.plan`` names them without their room. Each has a
function of its own name, or the one named here:

| module | what it answers |
|---|---|
| `portfolio` | which stores there are, and how well each is known |
| `trade_areas` | who shops where, before the closures and after |
| `closure` | what leaving costs, in cash and in the books: `closure_bill` for cash alone |
| `conversion` | what each site is worth converted, compared with closing it |
| `plan_task` | what a plan may choose, and within which limits: `plan_task` |
| `plan` | which sites convert, chosen together: `plan`; one that you name: `value_of` |
| `plan_compare` | what a plan of your own is worth beside the best: `my_plan` |
| `checkout` | what a year of checkout costs with each technology |
| `uncertainty` | how sure all of it is, with every assumption moving: `prepare` |
| `backtest` | how the ranking would have done at earlier closures |
| `regret` | which plan is never far from the best, whatever the scenario |

Examples
--------
>>> from retail_portfolio import model
>>> from retail_portfolio.inputs.speech import Speech
>>> model.result.ORIGINS
('observed', 'reported', 'assumed', 'modelled')
>>> known = ("stores", "Stores that close", 71.0, "stores", "reported", "a notice")
>>> model.Figure(*known, words=Speech()).value
71.0
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "backtest": "track_record.backtest",
    "checkout": "checkouts.checkout",
    "closure": "closing.closure",
    "conversion": "opening.conversion",
    "plan": "planning.plan",
    "plan_compare": "planning.plan_compare",
    "plan_task": "planning.plan_task",
    "portfolio": "overview.portfolio",
    "regret": "planning.regret",
    "result": "result",
    "trade_areas": "market.trade_areas",
    "uncertainty": "uncertain.uncertainty",
}
_OF_RESULT = ("Figure", "PlanResult", "Result")


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: no model waits for another's packages."""
    if name in _OF_RESULT:
        return getattr(importlib.import_module(f"{__name__}.result"), name)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{_HOMES[name]}")


def __dir__() -> list[str]:
    """List what one begins with."""
    return sorted((*_HOMES, *_OF_RESULT))
