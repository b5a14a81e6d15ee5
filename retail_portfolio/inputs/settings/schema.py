"""The settings as a JSON schema, so that an editor completes and checks what somebody writes.

The draft is 2020-12. What the reader refuses for its type, bound or choice the schema refuses too.
Left to the reader are names that another setting has to give, texts that may not go into pages,
one site in two formats of a plan, and a whole number written with a point, which JSON does not tell
apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.assumptions import out_of_bounds
from retail_portfolio.inputs.faults import Fault, InputError, one_of
from retail_portfolio.inputs.settings.ledger_figures import ledger_rows
from retail_portfolio.inputs.settings.outcome_words import CONVERTS, NEGATIVE, OPEN, SETTING
from retail_portfolio.inputs.settings.parameters import notebook_parameters
from retail_portfolio.inputs.settings.scenario import SCENARIO_NAME, SET_BY_READER, Scenario
from retail_portfolio.inputs.settings.scenario_reader import scenario_names

DRAFT = "https://json-schema.org/draft/2020-12/schema"
"""The language of the schema."""
BASE = "base"
"""The scenario whose file has to say what has no default; every other file only what differs."""
_BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}
"""Bounds as pydantic leaves them behind a check of our own, and what a schema calls them."""
_NAMED = ("properties", "$defs")
_LISTED = ("anyOf", "allOf", "prefixItems")
_INNER = ("items", "additionalProperties", "propertyNames")
_FOR_BASE = ("required", "minProperties", "default")
"""What holds for the base scenario only: another file may leave everything to it."""


def scenario_schema(name: str = "", data_dir: str = "") -> dict[str, Any]:
    """
    Return the schema of a scenario's file.

    Parameters
    ----------
    name
        The scenario; blank for one that is not written yet. `base` has settings that it has to
        give, any other has none.
    data_dir
        The data folder, whose ledger says which figures a scenario may decide; blank for the
        checkout's own.

    Returns
    -------
    dict
        A JSON schema, with the meaning, unit and bounds of every setting and of every figure of
        the ledger.

    Raises
    ------
    InputError
        If there is no such scenario or data folder.
    """
    folder = folders.data_folder(data_dir)
    if name and name not in (known := scenario_names(data_dir)):
        raise InputError([Fault("scenario", None, None, name, one_of(known, name))])
    schema = Scenario.model_json_schema()
    for key in SET_BY_READER:
        del schema["properties"][key]
    del schema["$defs"]["Setting"]
    schema = _tidied(schema, () if name == BASE else _FOR_BASE)
    settings = schema["properties"]
    if figures := _figures(folder):
        settings["assumptions"] |= {"properties": figures, "additionalProperties": False}
    settings[SETTING]["propertyNames"] = {
        "not": {"anyOf": [{"enum": [*NEGATIVE, *OPEN]}, {"pattern": f"^{CONVERTS}"}]}
    }
    title = f"Scenario {name} of retail-portfolio" if name else "A scenario of retail-portfolio"
    return {"$schema": DRAFT, "title": title, **schema}


def notebook_schema(notebook: str = "") -> dict[str, Any]:
    """
    Return the schema of a notebook's parameters, as `papermill -f` reads them from a file.

    Parameters
    ----------
    notebook
        The notebook's name, such as `06_backtest`; blank for the parameters that all have.

    Returns
    -------
    dict
        A JSON schema; no parameter is required, and one that is null leaves the scenario's value.
    """
    settings = _tidied(Scenario.model_json_schema(), _FOR_BASE)["properties"]
    kinds: dict[str, dict[str, Any]] = {
        "str": {"type": "string"},
        "list": {"type": "array", "items": {"type": "string", "pattern": r"^\s*[^=\s][^=]*="}},
    }
    properties: dict[str, Any] = {}
    for one in notebook_parameters(notebook):
        default = list(one.default) if isinstance(one.default, tuple) else one.default
        kind = settings.get(one.name) or kinds[one.type]
        if default is None:
            kind = {"anyOf": [{k: v for k, v in kind.items() if k != "description"}, _NULL]}
        described = {"description": " ".join(one.description.split()), "default": default}
        properties[one.name] = {**kind, **described}
    properties["scenario"]["pattern"] = f"^{SCENARIO_NAME.pattern}$"
    whose = f"notebook {notebook}" if notebook else "every notebook"
    return {
        "$schema": DRAFT,
        "title": f"Parameters of {whose} of retail-portfolio",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


_NULL = {"type": "null"}


def _tidied(schema: Mapping[str, Any], without: tuple[str, ...]) -> dict[str, Any]:
    """Take out what repeats names, put bounds into the schema's words and texts into one line."""
    found: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "title" or key in without:
            continue
        if key in _NAMED:
            found[key] = {name: _tidied(inner, without) for name, inner in value.items()}
        elif key in _LISTED:
            found[key] = [_tidied(inner, without) for inner in value]
        elif key in _INNER and isinstance(value, Mapping):
            found[key] = _tidied(value, without)
        elif key == "description":
            found[key] = " ".join(value.split())
        else:
            found[_BOUNDS.get(key, key)] = value
    return found


def _figures(folder: Path) -> dict[str, Any]:
    """Return what each figure of the ledger may be decided to be, by its key."""
    return {
        row["key"]: {
            "type": "number",
            "description": _description(row),
            **_limits(row["key"], row.get("unit") or ""),
        }
        for row in ledger_rows(folder)
    }


def _description(row: Mapping[str, str]) -> str:
    """Say what a figure is, its unit and what the ledger has."""
    low, base, high = (row.get(name) or "not known" for name in ("low", "base", "high"))
    unit = f" ({row['unit']})" if row.get("unit") else ""
    return f"{row.get('description') or row['key']}{unit}. The ledger has {base}, {low} to {high}."


def _limits(key: str, unit: str) -> dict[str, float]:
    """Ask the check of the ledger what it refuses: below 0, 0 itself, 1 itself, above 1."""
    below, zero, one, above = (out_of_bounds(key, unit, value) for value in (-1, 0, 1, 2))
    limits: dict[str, float] = {}
    if below:
        limits["exclusiveMinimum" if zero else "minimum"] = 0
    if above:
        limits["exclusiveMaximum" if one else "maximum"] = 1
    return limits
