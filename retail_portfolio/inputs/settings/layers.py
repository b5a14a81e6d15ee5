"""Settings in layers: which file or option says what, and which of them wins.

Precedence, weakest first: the defaults of the settings model, `base.yaml`, the named scenario's
file, overrides.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from retail_portfolio.inputs.faults import Fault, one_of
from retail_portfolio.inputs.files.textfile import text_hazard

OVERRIDES = "overrides"
"""What faults and records call values given on the command line or by a notebook."""
DEFAULTS = "default"
"""What records call values nobody gave."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file, or the overrides, say."""

    name: str
    """The file's name, or `overrides`."""
    values: Mapping[str, Any]
    """The settings, nested as in the file."""
    lines: Mapping[Path, int] = field(default_factory=dict)
    """The line of each key, where there are lines."""

    def gives(self, path: Path) -> bool:
        """Tell whether it says something of a setting, be it that there is none."""
        values: Any = self.values
        for key in path:
            if not isinstance(values, Mapping) or key not in values:
                return False
            values = values[key]
        return True

    def value(self, path: Path) -> Any:
        """Return what it gives for a setting; None where it gives nothing."""
        values: Any = self.values
        for key in path:
            values = values.get(key) if isinstance(values, Mapping) else None
        return values


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """
    Lay settings over each other.

    Parameters
    ----------
    layers
        Weakest first.

    Returns
    -------
    dict
        Mappings are merged key by key; of everything else the strongest layer's value stays.
    """
    result: dict[str, Any] = {}
    for layer in layers:
        _lay_over(result, layer.values)
    return result


def _lay_over(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, Mapping):
            under = below.get(key)
            below[key] = dict(under) if isinstance(under, Mapping) else {}
            _lay_over(below[key], value)
        else:
            below[key] = value


def who_said(layers: Sequence[Layer], path: Path) -> tuple[str, int | None]:
    """
    Find the strongest layer that gives a setting.

    Parameters
    ----------
    layers
        Weakest first.
    path
        The setting's keys, outermost first.

    Returns
    -------
    tuple
        The layer's name (`default` if none) and the line, if it has lines.
    """
    for depth in range(len(path), 0, -1):
        for layer in reversed(layers):
            if layer.gives(path[:depth]):
                return layer.name, layer.lines.get(path[:depth])
    return DEFAULTS, None


def leaves(values: Mapping[str, Any], path: Path = ()) -> list[tuple[Path, Any]]:
    """Return every value that is no mapping, with its path, in the order given."""
    found: list[tuple[Path, Any]] = []
    for key, value in values.items():
        here = (*path, str(key))
        found += leaves(value, here) if isinstance(value, Mapping) and value else [(here, value)]
    return found


def hazards(layers: Sequence[Layer]) -> list[Fault]:
    """Return a fault for every key and text that may not go into tables and pages."""
    faults: list[Fault] = []
    for layer in layers:
        for path, value in leaves(layer.values):
            for item in value if isinstance(value, list | tuple) else [value]:
                for text in (*path, item):
                    expected = text_hazard(text) if isinstance(text, str) else None
                    if expected:
                        line = layer.lines.get(path)
                        faults.append(Fault(layer.name, line, ".".join(path), text, expected))
    return faults


def alternatives(annotation: Any) -> tuple[Any, Any]:
    """Return an annotation's origin and itself, freed of `Annotated` and of `| None`."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
        else:
            return origin, annotation


def resolve(model: type[BaseModel], dotted: str, values: Mapping[str, Any]) -> Path | None:
    """
    Split a dotted key into the path of a setting.

    Parameters
    ----------
    model
        The settings model.
    dotted
        For example `discount_rate` or `formats.hall.label`; names in a mapping may hold dots.
    values
        The settings so far: the names in a mapping are taken from here.

    Returns
    -------
    tuple of str or None
        The path, or None where the model has no such setting.
    """
    head, _, rest = dotted.partition(".")
    if head not in model.model_fields:
        return None
    origin, annotation = alternatives(model.model_fields[head].annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = resolve(annotation, rest, values.get(head, {})) if rest else None
        return (head, *inner) if inner else None
    if not (isinstance(origin, type) and issubclass(origin, Mapping)):
        return None if rest else (head,)
    entry = alternatives(typing.get_args(annotation)[1])[1]
    if not (isinstance(entry, type) and issubclass(entry, BaseModel)):
        return (head, rest) if rest else None
    below = _resolve_entry(entry, rest, values.get(head))
    return (head, *below) if below else None


def _resolve_entry(entry: type[BaseModel], dotted: str, entries: Any) -> Path | None:
    """Split a dotted key that starts with a name in a mapping of settings; the longest counts."""
    names = sorted(entries, key=len, reverse=True) if isinstance(entries, Mapping) else []
    name = next((name for name in names if dotted.startswith(f"{name}.")), None)
    if name is None:
        return None
    below = resolve(entry, dotted[len(name) + 1 :], entries[name] or {})
    return (name, *below) if below else None


def leaf_type(model: type[BaseModel], path: Path) -> Any:
    """Return the bare type of the setting at a path that `resolve` gave."""
    origin, annotation = alternatives(model.model_fields[path[0]].annotation)
    if len(path) == 1:
        return origin or annotation
    if isinstance(origin, type) and issubclass(origin, Mapping):
        entry_origin, entry = alternatives(typing.get_args(annotation)[1])
        return leaf_type(entry, path[2:]) if path[2:] else entry_origin or entry
    return leaf_type(annotation, path[1:])


def model_faults(
    error: ValidationError, model: type[BaseModel], layers: Sequence[Layer]
) -> list[Fault]:
    """
    Turn what the settings model says into faults that name file, line and key.

    Parameters
    ----------
    error
        What validation of the merged layers raised.
    model
        The settings model.
    layers
        The layers that were merged, weakest first.

    Returns
    -------
    list of Fault
        One each problem, in the model's order.
    """
    faults = []
    for problem in error.errors(include_url=False):
        path = tuple(str(part) for part in problem["loc"])
        file, line = who_said(layers, path)
        if file == DEFAULTS and layers:
            file = layers[0].name  # a setting that has no default is missing from the base
        given = problem["input"]
        value: str | None = given if isinstance(given, str) else str(given)
        kind, message = problem["type"], problem["msg"]
        if kind == "missing":
            value, expected = None, "this setting"
        elif kind == "extra_forbidden":
            value, expected = path[-1], one_of(_siblings(model, path), path[-1], most=16)
        elif kind == "literal_error":
            choices = str(problem["ctx"]["expected"]).replace("' or '", "', '")
            words = [word.strip("' ") for word in choices.split("', '")]
            expected = one_of(words, str(given))
        elif kind == "model_type":
            expected = f"settings of its own: {', '.join(_siblings(model, (*path, '')))}"
        else:
            expected = message.removeprefix("Input should be ").removeprefix("Value error, ")
        faults.append(Fault(file, line, ".".join(path), value, expected))
    return faults


def _siblings(model: type[BaseModel], path: Path) -> list[str]:
    """Return the names that would have been right in place of the last one of a path."""
    if len(path) == 1:
        return list(model.model_fields)
    origin, annotation = alternatives(model.model_fields[path[0]].annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _siblings(alternatives(typing.get_args(annotation)[1])[1], path[2:])
    return _siblings(annotation, path[1:])
