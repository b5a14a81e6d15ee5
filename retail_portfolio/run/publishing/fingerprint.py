"""What went into a run and what came out of it, as hashes and versions a manifest can hold."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import retail_portfolio
from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.files.textfile import MAX_SCENARIO_BYTES, find_file

if TYPE_CHECKING:
    from collections.abc import Iterable

# What a folder of tables may hold for us; a picture or a note beside them changes no result.
_TABLES = frozenset({".csv", ".geojson", ".json", ".parquet", ".yaml", ".yml"})
_MAX_TABLE = 2_000_000_000  # the largest that any reader takes: travel times
BASE_MAP = "basemap"
LOCK = ".lock"
"""What marks a folder of reports: the file that a run of it holds."""
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
    paths
        Where each file is.
    faults
        Files that nobody may read, a link out of the folder or one without end; they have no hash.
    """

    files: Mapping[str, str]
    scenario: str
    overrides: tuple[str, ...]
    paths: Mapping[str, Path] = field(default_factory=dict, compare=False, repr=False)
    faults: tuple[Fault, ...] = field(default=(), compare=False)
    _stamps: Mapping[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

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

    def written_since(self, later: Inputs) -> list[str]:
        """Name the files that were written to between the two, sorted.

        One that was changed and changed back is among them: whoever read it in between read
        something else.
        """
        stamps = self._stamps
        rewritten = {name for name in stamps if later._stamps.get(name) != stamps[name]}
        return sorted(rewritten | set(self.differences(later)))


def take_inputs(
    scenario: str,
    overrides: tuple[str, ...],
    data_dir: str,
    notebooks: Iterable[Path] | Mapping[str, Path],
) -> Inputs:
    """Hash every table, scenario file, notebook and line of code that a run reads.

    Parameters
    ----------
    scenario
        Name of the scenario. The portfolio's other scenarios count too: a report compares them.
    overrides
        Settings given on the command line, each a text ``key=value``.
    data_dir
        Folder of the tables; empty for the checkout's.
    notebooks
        The notebooks that run; by name, where a file is called otherwise.

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
    found = [_fit(data, path, "data/", "", _MAX_TABLE) for path in _tables(data)]
    found += [_fit(own, path, "data/", "", _MAX_TABLE) for own, path in _base_map(data)]
    found += [
        _fit(path.parent, path, "scenarios/", "scenarios/", MAX_SCENARIO_BYTES)
        for path in _scenarios(data_dir, scenario)
    ]
    paths = {one[0]: one[1] for one in found if isinstance(one, tuple)}
    if not isinstance(notebooks, Mapping):
        notebooks = {path.stem: path for path in notebooks}
    paths |= {f"notebooks/{name}.ipynb": path for name, path in notebooks.items()}
    paths |= _named("package", package_folder(), _walk(package_folder()))
    paths = dict(sorted(paths.items()))
    stamps = {name: _stamp(path) for name, path in paths.items()}
    files = {name: hash_file(path) for name, path in paths.items()}
    faults = tuple(one for one in found if isinstance(one, Fault))
    return Inputs(files, scenario, overrides, paths, faults, stamps)


def _fit(
    folder: Path, path: Path, group: str, called: str, most_bytes: int
) -> tuple[str, Path] | Fault:
    """Return a file with its name here, or what is wrong with it under the name readers use."""
    name = path.relative_to(folder).as_posix()
    _, fault = find_file(folder, name, most_bytes)
    return replace(fault, file=f"{called}{name}") if fault else (f"{group}{name}", path)


def _tables(data: Path) -> list[Path]:
    # Reports may be published into a folder beside the tables: they are no input of the next one.
    apart = {data / "scenarios", *(lock.parent for lock in data.rglob(LOCK))} - {data}
    return [
        path for path in _walk(data) if path.suffix in _TABLES and apart.isdisjoint(path.parents)
    ]


def _base_map(data: Path) -> list[tuple[Path, Path]]:
    """Find the base map of the checkout where a data folder has none, as pages do."""
    if (data / BASE_MAP / "states.geojson").is_file():
        return []
    try:
        own = folders.data_folder()
    except InputError:
        return []
    return [(own, path) for path in _tables(own) if own / BASE_MAP in path.parents]


def _scenarios(data_dir: str, scenario: str) -> list[Path]:
    files = folders.portfolio_files(data_dir)
    for folder in folders.scenario_folders(data_dir):
        path = folder / f"{scenario}.yaml"
        if scenario not in files and path.is_file():
            files[scenario] = path
    return [path for path in files.values() if path.is_file()]


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what the system changes at every write, and no program can set back."""
    about = path.stat()
    return about.st_ino, about.st_size, about.st_ctime_ns


def package_folder() -> Path:
    """Return the folder of this package."""
    return Path(retail_portfolio.__file__).parent


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_folder(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, by relative name, sorted."""
    named = _named("", folder, _walk(folder))
    return {name: hash_file(path) for name, path in sorted(named.items())}


def _walk(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        hidden = any(
            part.startswith((".", "__pycache__")) for part in path.parts[len(folder.parts) :]
        )
        if not hidden and path.is_file():
            yield path


def _named(name: str, folder: Path, paths: Iterable[Path]) -> dict[str, Path]:
    before = f"{name}/" if name else ""
    return {f"{before}{path.relative_to(folder).as_posix()}": path for path in paths}


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
