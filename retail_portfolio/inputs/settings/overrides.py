"""Overrides: settings given on the command line or by a notebook, the strongest layer of all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from retail_portfolio.inputs.faults import Fault, did_you_mean, one_of, shown
from retail_portfolio.inputs.files.numbers_as_text import NUMBER
from retail_portfolio.inputs.settings.layers import (
    OVERRIDES,
    Layer,
    Path,
    alternatives,
    leaf_type,
    leaves,
    resolve,
)


def typed(text: str, kind: Any) -> Any:
    """
    Read the text of an override as the setting's type.

    Parameters
    ----------
    text
        What stands behind the `=`.
    kind
        The setting's bare type, from `leaf_type`.

    Returns
    -------
    object
        A number for a number, a list for a list (split at commas), else the text itself; the
        settings model says what is wrong with it.
    """
    if kind in (int, float) and NUMBER.fullmatch(text):
        whole = re.fullmatch(r"-?\d{1,18}", text)
        return int(text) if whole else float(text)
    if kind in (tuple, list):
        inside = text.strip().removeprefix("[").removesuffix("]")  # as a scenario file writes it
        return [part.strip() for part in inside.split(",") if part.strip()]
    return text


def override_layer(
    model: type[BaseModel],
    overrides: Sequence[str] | Mapping[str, Any],
    fields: Mapping[str, Any],
    values: Mapping[str, Any],
    ledger_keys: frozenset[str] | None,
) -> tuple[Layer, list[Fault]]:
    """
    Make the strongest layer from overrides and from a notebook's parameters.

    Parameters
    ----------
    model
        The settings model.
    overrides
        `key=value` texts, or a mapping of keys to values. A key is a setting with dots, a key of
        the ledger, or `assumptions.` and a key of the ledger.
    fields
        Parameters by name; None says nothing.
    values
        The weaker layers, merged.
    ledger_keys
        The ledger's keys; None where they are not known, then none is refused.

    Returns
    -------
    tuple
        The layer, and a fault for every key that is unknown, every text that is no `key=value`,
        and every setting that is given twice with different values: which was meant is not guessed.
    """
    pairs, faults = _pairs(overrides)
    named = [(key, value) for key, value in fields.items() if value is not None]
    result: dict[str, Any] = {}
    said: dict[Path, Any] = {}
    for key, value in (*named, *pairs):
        path = resolve(model, key, values)
        if path is None and ledger_keys is not None and key in ledger_keys:
            path = ("assumptions", key)
        if path is None:
            faults.append(_unknown(model, key, value, values, ledger_keys))
            continue
        read = typed(value, leaf_type(model, path)) if isinstance(value, str) else value
        if (first := said.setdefault(path, read)) != read:
            expected = f"one value for this setting; it is given as {shown(str(first))} too"
            faults.append(Fault(OVERRIDES, None, key, str(value), expected))
        inner = result
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = read
    return Layer(OVERRIDES, result), faults


def _pairs(
    overrides: Sequence[str] | Mapping[str, Any],
) -> tuple[list[tuple[str, Any]], list[Fault]]:
    """Split overrides into keys and values; a text that is no `key=value` is a fault."""
    if isinstance(overrides, Mapping):
        return [(str(key), value) for key, value in overrides.items()], []
    pairs: list[tuple[str, Any]] = []
    faults: list[Fault] = []
    for text in overrides:
        key, separator, value = str(text).partition("=")
        if not separator or not key.strip():
            faults.append(Fault(OVERRIDES, None, None, str(text), "key=value"))
        else:
            pairs.append((key.strip(), value.strip()))
    return pairs, faults


def _nested(model: type[BaseModel]) -> list[str]:
    """Return the settings within settings that always are there, with dots."""
    found = []
    for name, field_ in model.model_fields.items():
        annotation = alternatives(field_.annotation)[1]
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found += [f"{name}.{inner}" for inner in annotation.model_fields]
    return found


def _inner(key: str, known: Sequence[str]) -> str:
    """Say which keys lie within one that holds others and takes no value itself."""
    within = sorted({one for one in known if one.startswith(f"{key}.")})
    return one_of(within) if within else f"a name behind it, as in {shown(f'{key}.NAME')}"


def _unknown(
    model: type[BaseModel],
    key: str,
    value: Any,
    values: Mapping[str, Any],
    ledger_keys: frozenset[str] | None,
) -> Fault:
    dotted = [".".join(path) for path, _ in leaves(values)]
    known = [*model.model_fields, *_nested(model), *(ledger_keys or ()), *dotted]
    if key in known or key in {one.rpartition(".")[0] for one in dotted}:
        expected = f"a setting or a key of the ledger, here {_inner(key, known)}"
        return Fault(OVERRIDES, None, key, str(value), expected)
    suggestion = did_you_mean(key.removeprefix("assumptions."), sorted(set(known)))
    expected = f"a setting or a key of the ledger{suggestion}"
    return Fault(OVERRIDES, None, key, str(value), expected)
