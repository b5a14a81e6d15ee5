"""Scenarios as they are read: `base.yaml`, a named scenario's file over it, overrides over that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import Fault, InputError, one_of
from retail_portfolio.inputs.files.yamlfile import read_yaml
from retail_portfolio.inputs.settings.applied import applied_settings
from retail_portfolio.inputs.settings.currency import rate_of
from retail_portfolio.inputs.settings.layers import Layer, hazards, merged, model_faults
from retail_portfolio.inputs.settings.ledger_figures import LedgerFigure, ledger_figures
from retail_portfolio.inputs.settings.overrides import override_layer
from retail_portfolio.inputs.settings.scenario import SCENARIO_NAME, SET_BY_READER, Scenario
from retail_portfolio.inputs.settings.scenario_faults import (
    bound_faults,
    cross_faults,
    reserved_faults,
)


def load_scenario(
    name: str = "base",
    data_dir: str = "",
    overrides: Sequence[str] | Mapping[str, Any] | None = None,
    *,
    ledger_keys: Mapping[str, LedgerFigure] | frozenset[str] | None = None,
    **fields: Any,
) -> Scenario:
    """
    Read a scenario and lay overrides over it.

    Parameters
    ----------
    name
        A scenario's name: small letters, digits, `-` and `_`.
    data_dir
        The data folder, whose `scenarios` are looked through first; blank for the checkout's.
    overrides
        `key=value` texts (one text may hold several, split at `;`) or a mapping. A key is a setting
        (`formats.hall.label` for a nested one) or a key of the ledger.
    ledger_keys
        The keys of the ledger with their units, which values are held to, and its own figures; keys
        alone where values are not to be held to anything. Read from the data folder where not
        given.
    **fields
        Settings by name, as a notebook's parameters give them; None says nothing.

    Returns
    -------
    Scenario
        With `name` and `applied` filled in.

    Raises
    ------
    InputError
        Every fault of the files and of the overrides.
    """
    places = folders.scenario_folders(data_dir)
    if not SCENARIO_NAME.fullmatch(str(name)):
        expected = "a name of small letters, digits, - and _, without a path"
        raise InputError([Fault("scenario", None, None, str(name), expected)])
    if ledger_keys is None:
        ledger_keys = ledger_figures(folders.data_folder(data_dir))
    known = None if ledger_keys is None else frozenset(ledger_keys)
    ledger = ledger_keys if isinstance(ledger_keys, Mapping) else {}
    layers, unread = _file_layers(name, places)
    top, slips = override_layer(Scenario, _pairs(overrides), fields, merged(layers), known)
    layers.append(top)
    faults = [*unread, *slips, *_layer_faults(layers, known, ledger)]
    scenario = _validated(layers, faults, unread=bool(unread))
    own = {
        key: row.base * rate_of(row.unit, scenario)
        for key, row in ledger.items()
        if row.base is not None
    }
    applied = applied_settings(scenario, layers, own)
    return scenario.model_copy(update={"name": name, "applied": applied})


def _pairs(
    overrides: Sequence[str] | Mapping[str, Any] | None,
) -> Sequence[str] | Mapping[str, Any]:
    """Split overrides that are given as one text."""
    if isinstance(overrides, str):
        return [part for part in overrides.split(";") if part.strip()]
    return overrides or ()


def _layer_faults(
    layers: Sequence[Layer], known: frozenset[str] | None, ledger: Mapping[str, LedgerFigure]
) -> list[Fault]:
    """Find what is wrong with what the files and the overrides say together."""
    values = merged(layers)
    return [
        *hazards(layers),
        *reserved_faults(layers),
        *cross_faults(values, layers, known),
        *bound_faults(values.get("assumptions"), layers, ledger),
    ]


def _validated(layers: Sequence[Layer], faults: Iterable[Fault], *, unread: bool) -> Scenario:
    """Make the settings; raise with the faults that were found before and those of the model."""
    values = {key: value for key, value in merged(layers).items() if key not in SET_BY_READER}
    try:
        scenario = Scenario(**values)
    except ValidationError as error:
        found = model_faults(error, Scenario, layers)
        # With a file that could not be read, everything it says would count as missing.
        more = (fault for fault in found if not (unread and fault.value is None))
        raise InputError([*faults, *more]) from None
    if faults:
        raise InputError(faults)
    return scenario


def scenario_names(data_dir: str = "") -> tuple[str, ...]:
    """Return the names of the scenarios there are, sorted."""
    found = {
        path.stem
        for folder in folders.scenario_folders(data_dir)
        for path in folder.glob("*.yaml")
        if SCENARIO_NAME.fullmatch(path.stem)
    }
    return tuple(sorted(found))


def _file_layers(name: str, places: Sequence[Path]) -> tuple[list[Layer], list[Fault]]:
    """Read the files of a scenario, the base first."""
    found = [_file_layer(one, places) for one in dict.fromkeys(("base", name))]
    return [layer for layer, _ in found], [fault for _, faults in found for fault in faults]


def _file_layer(name: str, places: Sequence[Path]) -> tuple[Layer, list[Fault]]:
    """Read one scenario file from the first folder that has it."""
    for folder in places:
        path = folder / f"{name}.yaml"
        if path.exists() or path.is_symlink():
            file = read_yaml(folder, path.name, f"scenarios/{path.name}")
            return Layer(file.name, file.values, file.lines), list(file.faults)
    known = sorted({p.stem for folder in places for p in folder.glob("*.yaml")})
    expected = one_of(known, name) if known else "a scenario file (there is none)"
    return Layer(f"scenarios/{name}.yaml", {}), [Fault("scenario", None, None, name, expected)]
