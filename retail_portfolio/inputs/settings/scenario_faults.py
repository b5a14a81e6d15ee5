"""What is wrong between the settings of a scenario, beyond what each may be by itself.

Wrong types are left to the model, which names them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from retail_portfolio.inputs.assumptions import out_of_bounds
from retail_portfolio.inputs.faults import Fault, did_you_mean, one_of
from retail_portfolio.inputs.settings.layers import Layer, who_said
from retail_portfolio.inputs.settings.outcome_words import setting_faults
from retail_portfolio.inputs.settings.scenario import OTHER_TARGETS, SET_BY_READER

if TYPE_CHECKING:
    from retail_portfolio.inputs.settings.ledger_figures import LedgerFigure


def reserved_faults(layers: Sequence[Layer]) -> list[Fault]:
    """Refuse the fields the reader fills in."""
    expected = "no such setting: it is taken from the file's name and from the files"
    return [
        Fault(layer.name, layer.lines.get((key,)), key, str(layer.values[key]), expected)
        for layer in layers
        for key in SET_BY_READER
        if key in layer.values
    ]


def cross_faults(
    values: Mapping[str, Any], layers: Sequence[Layer], ledger_keys: frozenset[str] | None
) -> list[Fault]:
    """Check that what one setting names is there in another; wrong types are left to the model."""
    faults: list[Fault] = []

    def check(path: tuple[str, ...], value: object, choices: Sequence[str]) -> None:
        if isinstance(value, str) and choices and value not in choices:
            file, line = who_said(layers, path)
            faults.append(Fault(file, line, ".".join(path), value, one_of(choices, value)))

    banners, formats = _names(values.get("banners")), _names(values.get("formats"))
    faults += _misnamed_formats(formats, layers)
    for code in formats:
        form = values["formats"][code]
        if isinstance(form, Mapping):
            check(("formats", code, "banner"), form.get("banner"), banners)
    for key in ("convert_from", "convert_to", "checkout_formats"):
        codes = values.get(key)
        for code in codes if isinstance(codes, list | tuple) else ():
            check((key,), code, formats)
    words = values.get("conversion_outcomes")
    faults += setting_faults(words, formats, lambda path: who_said(layers, path))
    for key in _names(values.get("assumptions")):
        if ledger_keys is not None and key not in ledger_keys:
            file, line = who_said(layers, ("assumptions", key))
            expected = "a key of the ledger" + did_you_mean(key, sorted(ledger_keys))
            faults.append(Fault(file, line, f"assumptions.{key}", key, expected))
    return faults


def _misnamed_formats(formats: Sequence[str], layers: Sequence[Layer]) -> list[Fault]:
    """Refuse formats that are called as a decision is."""
    faults = []
    for code in (one for one in OTHER_TARGETS if one in formats):
        file, line = who_said(layers, ("formats", code))
        expected = f"another code: {code!r} stands for a decision"
        faults.append(Fault(file, line, f"formats.{code}", code, expected))
    return faults


def bound_faults(
    assumptions: object, layers: Sequence[Layer], ledger: Mapping[str, LedgerFigure]
) -> list[Fault]:
    """Hold decided figures against the ledger's bounds; wrong types are left to the model."""
    faults = []
    for key in _names(assumptions):
        value = cast("Mapping[str, object]", assumptions)[key]
        if key not in ledger or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        expected = out_of_bounds(key, ledger[key].unit, value)
        if expected and math.isfinite(value):
            file, line = who_said(layers, ("assumptions", key))
            faults.append(Fault(file, line, f"assumptions.{key}", str(value), expected))
    return faults


def _names(mapping: object) -> tuple[str, ...]:
    """Return the keys of what should be a mapping."""
    return tuple(str(key) for key in mapping) if isinstance(mapping, Mapping) else ()
