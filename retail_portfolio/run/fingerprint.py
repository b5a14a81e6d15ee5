"""What went into a run and what came out of it, as hashes and versions a manifest can hold."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import retail_portfolio
from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a folder of tables may hold for us; a picture or a note beside them changes no result.
_TABLES = frozenset({".csv", ".geojson", ".json", ".parquet", ".yaml", ".yml"})
_SHORT = 8
_GIT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that decides what a report says.

    Parameters
    ----------
    files
        SHA-256 by name: ``data/...``, ``scenarios/...``, ``notebooks/...``, ``package/...``.
    scenario
        Name of the scenario.
    overrides
        Settings given on the command line, each a text ``key=value``.
    """

    files: Mapping[str, str]
    scenario: str
    overrides: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over all of it, and over the packages that compute and draw with it."""
        everything = [dict(self.files), self.scenario, self.overrides, versions()]
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()

    @property
    def short(self) -> str:
        """The part of the digest that a run id shows."""
        return self.digest[:_SHORT]

    def differences(self, other: Inputs) -> list[str]:
        """Name the files that are not the same in both, sorted."""
        names = self.files.keys() | other.files.keys()
        return sorted(name for name in names if self.files.get(name) != other.files.get(name))


def take_inputs(
    scenario: str, overrides: tuple[str, ...], data_dir: str, notebooks: Iterable[Path]
) -> Inputs:
    """Hash every table, scenario file, notebook and line of code that a run reads.

    Parameters
    ----------
    scenario
        Name of the scenario.
    overrides
        Settings given on the command line, each a text ``key=value``.
    data_dir
        Folder of the tables; empty for the checkout's.
    notebooks
        The notebooks that run.

    Returns
    -------
    Inputs

    Raises
    ------
    InputError
        If there is no such folder.
    OSError
        If a file cannot be read.
    """
    data = folders.data_folder(data_dir)
    package = package_folder()
    files = _hashes("data", data, (path for path in _walk(data) if path.suffix in _TABLES))
    for folder in reversed(folders.scenario_folders(data_dir)):  # the first one found wins
        named = (
            folder / f"{name}{end}" for name in ("base", scenario) for end in (".yaml", ".yml")
        )
        files |= _hashes("scenarios", folder, (path for path in named if path.is_file()))
    files |= {f"notebooks/{path.name}": hash_file(path) for path in notebooks}
    files |= _hashes("package", package, _walk(package))
    return Inputs(dict(sorted(files.items())), scenario, overrides)


def package_folder() -> Path:
    """Return the folder of this package."""
    return Path(retail_portfolio.__file__).parent


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_folder(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by relative name, sorted."""
    return dict(sorted(_hashes("", folder, _walk(folder)).items()))


def _walk(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        hidden = any(
            part.startswith((".", "__pycache__")) for part in path.parts[len(folder.parts) :]
        )
        if not hidden and path.is_file():
            yield path


def _hashes(name: str, folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    before = f"{name}/" if name else ""
    return {f"{before}{path.relative_to(folder).as_posix()}": hash_file(path) for path in paths}


def versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of every package it names.

    Returns
    -------
    dict
        Version by name; a package that is not installed is left out.
    """
    found = {
        "python": platform.python_version(),
        "retail-portfolio": retail_portfolio.__version__,
    }
    for name in _dependencies():
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return dict(sorted(found.items()))


def _dependencies() -> list[str]:
    """Name the packages we depend on, without those of an extra."""
    try:
        required = importlib.metadata.requires("retail-portfolio") or []
    except importlib.metadata.PackageNotFoundError:
        # Run from the folder, without being installed.
        project = package_folder().parent / "pyproject.toml"
        if not project.is_file():
            return []
        required = (
            tomllib.loads(project.read_text("utf-8")).get("project", {}).get("dependencies", [])
        )
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in required if "extra ==" not in line)
    return sorted(name.group().lower() for name in names if name)


def git_revision() -> dict[str, Any] | None:
    """Say which revision of the checkout runs.

    Returns
    -------
    dict or None
        ``{"revision": ..., "dirty": bool}``; ``None`` without git, a checkout or a commit.
    """
    try:
        root = folders.checkout_root()
    except InputError:
        return None
    top = _git(root, "rev-parse", "--show-toplevel")
    revision = _git(root, "rev-parse", "HEAD")
    if top is None or revision is None or Path(top).resolve() != root.resolve():
        return None
    return {"revision": revision, "dirty": bool(_git(root, "status", "--porcelain"))}


def _git(root: Path, *words: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(root), *words]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=_GIT_SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
