"""The pages of the package for Python: the functions and results that an analyst calls."""

from __future__ import annotations

import ast
import functools
import importlib
import json
from typing import Final

from retail_portfolio.inputs.folders import checkout_root

FLOORS: Final = ("inputs", "model", "present")
#: What is handed about rather than imported.
ALWAYS: Final = {
    "retail_portfolio.inputs.assumptions": {"Assumption", "Ledger"},
    "retail_portfolio.inputs.case": {"Case", "check_data", "load_case"},
    "retail_portfolio.inputs.faults": {"Fault", "InputError"},
    "retail_portfolio.inputs.settings.scenario_reader": {"load_scenario", "scenario_names"},
    "retail_portfolio.model.result": {"Figure", "PlanResult", "Result"},
}


def page(floor: str) -> str:
    """Return the page of a floor: what notebooks import of it; mkdocstrings adds the docstrings."""
    text = [
        f"# Python: {floor}\n",
        (
            f"What the bundled notebooks import from `retail_portfolio.{floor}`, by module: the "
            "package as an analyst uses it. Everything else has docstrings as well; "
            "[Architecture](../../developers/architecture.md) lists all modules.\n"
        ),
    ]
    for module, names in sorted({**imported(), **ALWAYS}.items()):
        if module.split(".")[1] == floor:
            text.append(_module(module, sorted(names)))
    return "\n".join(text)


@functools.cache
def imported() -> dict[str, set[str]]:
    """
    Return what notebooks import from the package.

    Returns
    -------
    dict
        Module in which a name is defined, to the names of it.
    """
    found: dict[str, set[str]] = {}
    for path in sorted((checkout_root() / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                for module, name in _names("".join(cell["source"])):
                    owner = getattr(importlib.import_module(module), name)
                    home = getattr(owner, "__module__", "")
                    if home.startswith("retail_portfolio."):
                        found.setdefault(home, set()).add(owner.__name__)
    return found


def _names(source: str) -> list[tuple[str, str]]:
    return [
        (node.module, one.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("retail_portfolio.")
        for one in node.names
    ]


def _module(module: str, names: list[str]) -> str:
    listed = "".join(f"\n        - {name}" for name in names)
    return (
        f"::: {module}\n    options:\n      members:{listed}\n"
        "      show_root_heading: true\n      heading_level: 2\n"
    )
