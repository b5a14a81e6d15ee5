"""Writing a scenario file: what somebody tried out becomes a scenario that every command knows.

The file names only what differs from `base.yaml`. Before it takes its place it is read back by the
same reader as any scenario, and has to give exactly the settings that were to be saved.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.settings.layers import Layer, leaves, merged, model_faults
from retail_portfolio.inputs.settings.layers import Path as Keys
from retail_portfolio.inputs.settings.ledger_figures import ledger_figures
from retail_portfolio.inputs.settings.overrides import override_layer
from retail_portfolio.inputs.settings.scenario import SCENARIO_NAME, Scenario
from retail_portfolio.inputs.settings.scenario_reader import load_scenario

BASE = "base"
"""The scenario that all others differ from; it is not written here."""
_WIDTH = 100
_HEAD = "# Saved from a notebook. It names only what differs from base.yaml.\n"


def save_scenario(
    name: str,
    title: str,
    why: str,
    changes: Mapping[str, Any],
    data_dir: str = "",
    *,
    start: Scenario | None = None,
    replace: bool = False,
) -> Path:
    """
    Write a scenario file of what differs from the base scenario.

    Parameters
    ----------
    name
        What the scenario is to be called: small letters, digits, `-` and `_`; not `base`.
    title, why
        The scenario in a few words, and what it is for.
    changes
        Settings and ledger rows by their key, as in overrides: `{"plan.force_in": ["ID"]}`.
    data_dir
        The data folder, in whose `scenarios` the file is written; blank for the checkout's
        `scenarios`.
    start
        The settings that `changes` are laid over, as a notebook loaded them; the base scenario
        where not given.
    replace
        Whether a scenario of that name may be overwritten.

    Returns
    -------
    Path
        The file, which `load_scenario` reads.

    Raises
    ------
    InputError
        If the name is not one, is taken, the folder cannot be written to, or a change is none that
        a scenario may hold; every fault that was found.
    """
    faults = _name_faults(name)
    target = None if faults else _target(name, data_dir)
    if target is not None and _there(target) and not replace:
        expected = "a name that no scenario has yet (replace=True writes over it)"
        faults.append(Fault("scenario", None, None, name, expected))
    try:
        values, wanted = _difference(title, why, changes, data_dir, start)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults or target is None:
        raise InputError(faults)
    text = _HEAD + yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=_WIDTH)
    _read_back(name, text, data_dir, wanted)
    _put(target, text)
    return target


def _name_faults(name: str) -> list[Fault]:
    expected = "a name of small letters, digits, - and _, without a path"
    if SCENARIO_NAME.fullmatch(str(name)) and name != BASE:
        return []
    if name == BASE:
        expected = "another name: every scenario differs from the base, which is edited by hand"
    return [Fault("scenario", None, None, str(name), expected)]


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _target(name: str, data_dir: str) -> Path:
    """Return the file to write: where the name is found already, else where it is looked up."""
    for folder in folders.scenario_folders(data_dir):
        if _there(folder / f"{name}.yaml"):
            return folder / f"{name}.yaml"
    own = folders.data_folder(data_dir) if data_dir else folders.checkout_root()
    return own / "scenarios" / f"{name}.yaml"


def _difference(
    title: str, why: str, changes: Mapping[str, Any], data_dir: str, start: Scenario | None
) -> tuple[dict[str, Any], Scenario]:
    """Return what a file has to say, nested, and the scenario that it has to give."""
    base = load_scenario(BASE, data_dir)
    known = ledger_figures(folders.data_folder(data_dir))
    below = Layer("start", _values(base if start is None else start))
    keys = None if known is None else frozenset(known)
    words = {"title": title, "why": why}
    above, faults = override_layer(Scenario, changes, words, below.values, keys)
    try:
        wanted = Scenario(**merged([below, above]))
    except ValidationError as error:
        raise InputError([*faults, *model_faults(error, Scenario, [below, above])]) from None
    if faults:
        raise InputError(faults)
    found: dict[str, Any] = {}
    for path, value in _moved(_values(base), _values(wanted)):
        inner = found
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = value
    return words | found, wanted


def _values(scenario: Scenario) -> dict[str, Any]:
    """Return the settings as plain texts, numbers, lists and mappings."""
    values: dict[str, Any] = json.loads(scenario.model_dump_json())
    return values


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[Keys, Any]]:
    """Return path and value of everything that is not as before; an empty mapping says nothing."""
    known = dict(leaves(before))
    return [
        (path, value)
        for path, value in leaves(after)
        if value != {} and (path not in known or known[path] != value)
    ]


def _read_back(name: str, text: str, data_dir: str, wanted: Scenario) -> None:
    """Load the text as a scenario beside copies of what the reader looks at, and compare."""
    with tempfile.TemporaryDirectory() as made:
        aside = Path(made)
        (aside / "scenarios").mkdir()
        base = _target(BASE, data_dir)
        for source, copy in (
            (base, aside / "scenarios" / base.name),
            (folders.data_folder(data_dir) / LEDGER_FILE, aside / LEDGER_FILE),
        ):
            if source.is_file():
                copy.write_bytes(source.read_bytes())
        (aside / "scenarios" / f"{name}.yaml").write_bytes(text.encode())
        read = load_scenario(name, str(aside))
    keys = [".".join(path) for path, _ in _moved(_values(read), _values(wanted))]
    keys += [".".join(path) for path, _ in _moved(_values(wanted), _values(read))]
    if keys:
        expected = "a value that a scenario file gives back as it was"
        faults = [Fault("scenario", None, key, name, expected) for key in dict.fromkeys(keys)]
        raise InputError(faults)


def _put(path: Path, text: str) -> None:
    """Write a file in one step: a reader finds the old one or the new one, never a part."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        expected = f"a folder that can be written to ({error.strerror})"
        raise InputError([Fault("scenario", None, None, path.name, expected)]) from error
    part = Path(made)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
