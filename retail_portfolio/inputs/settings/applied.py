"""Every setting as applied: its value, who gave it, and whose other values that overrode."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import BaseModel

from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.settings.layers import (
    DEFAULTS,
    Layer,
    Path,
    alternatives,
    leaves,
    who_said,
)

Value: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""What a setting may be once it is written down."""
_DECIDED = "assumptions"
"""The setting whose keys are rows of the ledger."""


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """One setting as applied, who gave it, and who else had said something."""

    key: str
    """The setting's name, with dots where it is nested."""
    value: Value
    """Its value; dates as ISO text."""
    given_by: str
    """`default`, a scenario file's name, or `overrides`."""
    over: tuple[tuple[str, Value], ...] = ()
    """Who gave it too and was overridden, with what they gave, the strongest first: scenario files,
    `default`, or the ledger's file; a value as its file has it."""


def applied_settings(
    settings: BaseModel, layers: Sequence[Layer], figures: Mapping[str, float]
) -> tuple[Setting, ...]:
    """
    List every setting with its value and who gave it.

    Parameters
    ----------
    settings
        The settings as validated.
    layers
        What they were merged from, weakest first.
    figures
        The ledger's own figures by key, of which settings may decide some otherwise.

    Returns
    -------
    tuple of Setting
        In the model's order; an empty mapping sets nothing.
    """
    return tuple(
        _setting(type(settings), layers, figures, path, value)
        for path, value in leaves(settings.model_dump(mode="json"))
        if not isinstance(value, Mapping)
    )


def _setting(
    model: type[BaseModel],
    layers: Sequence[Layer],
    figures: Mapping[str, float],
    path: Path,
    value: Any,
) -> Setting:
    """Find the winner of one setting and, below it, everyone who had given it too."""
    given = any(layer.value(path) is not None for layer in layers)
    given_by = who_said(layers, path)[0] if given else DEFAULTS
    saying = [layer for layer in reversed(layers) if layer.gives(path)] if given else []
    over = [(layer.name, _plain(layer.value(path))) for layer in saying[1:]]
    if saying and (default := default_of(model, path)):
        over.append((DEFAULTS, _plain(default[0])))
    if path[0] == _DECIDED and path[1] in figures:
        over.append((LEDGER_FILE, _plain(figures[path[1]])))
    return Setting(".".join(path), _plain(value), given_by, tuple(over))


def default_of(model: type[BaseModel], path: Path) -> tuple[Any] | None:
    """
    Return the default that a setting has in the model.

    Parameters
    ----------
    model
        The settings model.
    path
        The setting's keys, outermost first.

    Returns
    -------
    tuple or None
        The default alone in a tuple, as it may be None itself; None where there is no default.
    """
    field = model.model_fields.get(path[0])
    if field is None:
        return None
    if not path[1:]:
        default = field.get_default(call_default_factory=True)
        return (
            None if field.is_required() or isinstance(default, BaseModel | Mapping) else (default,)
        )
    _, inner = alternatives(field.annotation)
    rest = path[1:]
    if not isinstance(inner, type) and rest[1:]:  # a mapping of names to models
        inner, rest = alternatives(typing.get_args(inner)[1])[1], rest[1:]
    return default_of(inner, rest) if _is_model(inner) else None


def _is_model(annotation: Any) -> typing.TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _plain(value: Any) -> Value:
    """Write a value down as JSON can hold it: what a layer gave need not be what was expected."""
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value)
    if isinstance(value, dt.date):
        return value.isoformat()
    finite = not isinstance(value, float) or math.isfinite(value)
    return value if finite and isinstance(value, str | int | float | None) else str(value)
