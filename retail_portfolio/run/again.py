"""A report made again from its manifest, and compared with what it was.

The inputs come from ``inputs.zip`` beside the manifest; a report that keeps none can be made again
while the checkout still holds the same files. The program is the one that is installed: where it
is another than the report's, that is said, and is then the reason of what differs.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.folders import absolute_path
from retail_portfolio.present.files import INPUTS_FILE
from retail_portfolio.run.comparing.changes_files import compare_modules
from retail_portfolio.run.executing.notebook_imports import import_faults
from retail_portfolio.run.executing.parameters import find_notebooks
from retail_portfolio.run.publishing import fingerprint, kept_inputs
from retail_portfolio.run.publishing.runs import MANIFEST, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retail_portfolio.run.request import Request

# Pages carry the name and the time of their run, and are made from these files and nothing else.
_COMPARED = ("tables/", "layers/", "notebooks/", "stores.geojson")
_PAGE = ".html"
_REVISION = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Earlier:
    """The report that is made again.

    Parameters
    ----------
    folder
        Its folder.
    manifest
        What it says of itself.
    """

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """The name of the run."""
        return str(self.manifest["run_id"])

    def compare(self, outputs: Mapping[str, str], inputs: Mapping[str, str]) -> dict[str, Any]:
        """Say what is not as it was.

        Parameters
        ----------
        outputs
            SHA-256 of every file of the new report, by name.
        inputs
            SHA-256 of everything that it was made from, by name.

        Returns
        -------
        dict
            ``of`` (run id), ``same``, ``differ`` (tables, layers, notebooks and figures that are
            not equal, or in one of the two only) and ``program`` (modules and packages that are
            not as they were).
        """
        before = {name: one for name, one in self.manifest["outputs"].items() if _counts(name)}
        after = {name: one for name, one in outputs.items() if _counts(name)}
        differ = sorted({name for name, _ in before.items() ^ after.items()})
        was = self.manifest["inputs"]["files"]
        modules = {one.name for one in compare_modules(was, inputs)}
        packages = self.manifest.get("versions", {}).items() ^ fingerprint.versions().items()
        program = sorted(modules | {name for name, _ in packages})
        return {"of": self.run_id, "same": not differ, "differ": differ, "program": program}


def _counts(name: str) -> bool:
    return name.startswith(_COMPARED) and not name.endswith(_PAGE)


def describe(comparison: Mapping[str, Any]) -> str:
    """Say in one line what a comparison found.

    Parameters
    ----------
    comparison
        What `Earlier.compare` returned.

    Returns
    -------
    str
    """
    differ, program = comparison["differ"], comparison["program"]
    made_by = ""
    if program:
        parts = "part" if len(program) == 1 else "parts"
        made_by = f", though {len(program)} {parts} of the program are not as they were"
    if not differ:
        return f"made again from the inputs of {comparison['of']}: the same to the byte{made_by}"
    count = f"{differ[0]} is" if len(differ) == 1 else f"{differ[0]} and {len(differ) - 1} more are"
    why = made_by.replace(", though", ";") or "; the program is the same"
    return f"made again from the inputs of {comparison['of']}: {count} not what they were{why}"


def read_earlier(given: str) -> Earlier:
    """Read the manifest of a report that is to be made again.

    Parameters
    ----------
    given
        Path of ``manifest.json``, or of the folder of the report.

    Returns
    -------
    Earlier

    Raises
    ------
    InputError
        If there is no such path, or no manifest of a complete report.
    """
    path = absolute_path(given, "--from", f"the {MANIFEST} of a report")
    folder = path if path.is_dir() else path.parent
    manifest = read_manifest(folder) if path.is_dir() or path.name == MANIFEST else None
    if manifest is None:
        expected = f"the {MANIFEST} of a report"
        raise InputError([Fault("--from", None, None, given, expected)])
    if manifest.get("status") == "failed":
        expected = "the manifest of a complete report: this run failed"
        raise InputError([Fault("--from", None, None, given, expected)])
    if faults := _manifest_faults(manifest):
        raise InputError(faults)
    return Earlier(folder.resolve(), manifest)


def _manifest_faults(manifest: Mapping[str, Any]) -> list[Fault]:
    """Find what a manifest lacks that a run needs; somebody may have written it by hand."""
    scenario, inputs = manifest.get("scenario"), manifest.get("inputs")
    named = scenario if isinstance(scenario, dict) else {}
    files = inputs.get("files") if isinstance(inputs, dict) else None
    overrides, own = named.get("overrides", []), manifest.get("own_notebooks", {})
    right = {
        "status": manifest.get("status") == "complete",
        "run_id": isinstance(manifest.get("run_id"), str),
        "scenario.name": isinstance(named.get("name"), str),
        "scenario.overrides": _texts(overrides),
        "inputs.files": isinstance(files, dict) and _texts([*files, *files.values()]),
        "outputs": isinstance(manifest.get("outputs"), dict),
        "own_notebooks": isinstance(own, dict) and all(map(_own, own.values())),
    }
    expected = "as a complete report's manifest has it"
    return [Fault(MANIFEST, None, key, None, expected) for key, good in right.items() if not good]


def _own(said: object) -> bool:
    return (
        isinstance(said, dict)
        and _texts([said.get("file")])
        and isinstance(said.get("extra"), bool)
    )


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


@contextlib.contextmanager
def as_it_was(request: Request, earlier: Earlier) -> Iterator[Request]:
    """Ask for the same report: its scenario, overrides, tables and notebooks.

    Parameters
    ----------
    request
        What is asked for otherwise: folder, workers, deadline.
    earlier
        The report.

    Yields
    ------
    Request
        With folders that are gone afterwards.

    Raises
    ------
    InputError
        If its inputs are neither kept beside it nor still in the checkout: every file that is not
        what it was. If its notebooks import what this program does not have.
    """
    named = earlier.manifest["scenario"]
    content = kept_inputs.read_inputs(earlier.folder)
    if content is None:
        content = _from_checkout(request, earlier)
    with tempfile.TemporaryDirectory(prefix="rp-again-") as name:
        folder = Path(name)
        kept_inputs.unpack(content, folder)
        if faults := import_faults(find_notebooks(folder / "notebooks")):
            raise InputError([*faults, _made_by(earlier.manifest)])
        yield dataclasses.replace(
            request,
            scenarios=(named["name"],),
            overrides=tuple(named["overrides"]),
            data_dir=str(folder / "data"),
            notebooks=str(folder / "notebooks"),
            marked_own=dict(earlier.manifest.get("own_notebooks", {})),
        )


def _made_by(manifest: Mapping[str, Any]) -> Fault:
    """Say which program can make a report again whose notebooks this one cannot run."""
    git = manifest.get("git")
    said = git if isinstance(git, dict) else {}
    revision, dirty = said.get("revision"), said.get("dirty")
    if not isinstance(revision, str) or not _REVISION.fullmatch(revision):
        expected = "the program that made this report: it was another, of a revision not known"
        return Fault(MANIFEST, None, "git", None, expected)
    edited = " (files were changed in it that were not committed)" if dirty else ""
    expected = f"this program; the report was made by another: check out revision {revision}"
    return Fault(MANIFEST, None, "git", revision, f"{expected}{edited}")


def _from_checkout(request: Request, earlier: Earlier) -> dict[str, bytes]:
    """Take the inputs of the checkout in the place of kept ones, if they are the same."""
    wanted = {
        name: one
        for name, one in earlier.manifest["inputs"]["files"].items()
        if name.split("/", 1)[0] in kept_inputs.FOLDERS
    }
    notebooks = sorted(request.notebooks_folder.glob("*.ipynb"))
    name = earlier.manifest["scenario"]["name"]
    there = fingerprint.take_inputs(name, (), request.data_dir, notebooks)
    expected = f"what {earlier.run_id} was made from ({INPUTS_FILE} is not beside it)"
    faults = [
        Fault(file, None, None, None, expected)
        for file, one in wanted.items()
        if there.files.get(file) != one
    ]
    if faults:
        raise InputError(faults)
    return {file: there.paths[file].read_bytes() for file in wanted}
