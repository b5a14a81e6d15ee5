"""The parameters of an executed notebook: what the run took, and what each of them means."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from retail_portfolio.inputs.settings.parameters import notebook_parameters
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.present.tables import html_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

#: Tags of the cell with the defaults, and of the one that a run puts behind it.
DEFAULTS: Final = "parameters"
GIVEN: Final = "injected-parameters"


@dataclass(frozen=True, slots=True)
class RunParameter:
    """One parameter of a run, in texts.

    Parameters
    ----------
    name
        As in the cell.
    value
        What the run took; behind it the notebook's default, where that is another.
    meaning
        What the scenario model says of it, or else the comment beside it in the cell.
    """

    name: str
    value: str
    meaning: str


def run_parameters(
    notebook: NotebookNode, name: str, settings: Mapping[str, object] | None = None
) -> tuple[RunParameter, ...]:
    """Return the parameters of an executed notebook, in the order of its cells.

    Parameters
    ----------
    notebook
        The notebook. Parameters are assigned in the cells tagged `DEFAULTS` and `GIVEN`; a cell
        that is not Python has none.
    name
        The notebook's name, such as ``02_closure``, for what its own parameters mean.
    settings
        Settings of the scenario by name, which a parameter that is None takes its value from.
    """
    defaults, given = _assigned(notebook, DEFAULTS), _assigned(notebook, GIVEN)
    meanings = {one.name: one.description for one in notebook_parameters(name)}
    found = []
    for key in dict.fromkeys([*defaults, *given]):
        default, comment = defaults.get(key, (None, ""))
        value, beside = given.get(key, (default, comment))
        text = _text(key, value, settings or {})
        if key in defaults and value != default:
            text += f" (default: {_text(key, default, {})})"
        meaning = meanings.get(key) or comment or beside
        found.append(RunParameter(key, text, meaning.replace("`", "")))
    return tuple(found)


def parameters_table(parameters: tuple[RunParameter, ...]) -> str:
    """Return the parameters as a table in HTML; empty where there are none."""
    if not parameters:
        return ""
    frame = pd.DataFrame(
        {
            "parameter": [one.name for one in parameters],
            "value": [one.value for one in parameters],
            "meaning": [one.meaning for one in parameters],
        }
    )
    return html_table(
        frame,
        caption="Parameters of this run",
        labels={"meaning": "What it is"},
        table_id="run-parameters",
    ).html


def _assigned(notebook: NotebookNode, tag: str) -> dict[str, tuple[Any, str]]:
    """Return value and comment of every name that the cells of a tag assign, the last one wins."""
    found: dict[str, tuple[Any, str]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and tag in cell.metadata.get("tags", ()):
            found |= _assignments(str(cell.source))
    return found


def _assignments(source: str) -> dict[str, tuple[Any, str]]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return {}  # A magic, or another language: the page shows the cell as it is.
    comments = _comments(source)
    found = {}
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(value, ast.expr):
                found[target.id] = (_value(value), comments.get(node.end_lineno or 0, ""))
    return found


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return _Source(ast.unparse(node))


class _Source(str):
    """A value that is no literal, as it is written."""

    __slots__ = ()


def _comments(source: str) -> dict[int, str]:
    """Return the comments of a cell that is Python by the number of their line."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        one.start[0]: one.string.lstrip("#").strip()
        for one in tokens
        if one.type == tokenize.COMMENT
    }


def _text(name: str, value: object, settings: Mapping[str, object]) -> str:
    """Write a value as somebody would give it, and None as what stands in for it."""
    if value is None:
        if name not in Scenario.model_fields:
            return "none"
        known = settings.get(name)
        return "the scenario's" if known is None else f"{known} (the scenario's)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value) or "none"
    return str(value) or "blank"
