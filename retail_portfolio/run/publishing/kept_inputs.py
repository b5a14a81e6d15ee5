"""The inputs of a report, kept beside it: it can be made again, and compared row by row.

``inputs.zip`` holds the tables, scenarios and notebooks that a report was made from, under the
names by which the manifest hashes them. The program itself is not in it; the manifest has its
revision and the hash of every module. The same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.present.files import INPUTS_FILE, write_bytes
from retail_portfolio.run.errors import PublishFailed
from retail_portfolio.run.publishing.runs import MANIFEST, read_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from retail_portfolio.run.publishing.fingerprint import Inputs

FOLDERS: Final = ("data", "scenarios", "notebooks")
"""What is kept of the inputs."""
_MAX_BYTES = 2 * 1024**3
# What a damaged archive, or one that is none, makes zipfile raise.
_UNREADABLE = (
    *(OSError, EOFError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error),
)
# The oldest moment that a zip file can name: no two archives of the same inputs may differ.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


def take_content(inputs: Inputs) -> dict[str, bytes]:
    """Read what is to be kept, and see that it is what was hashed.

    Parameters
    ----------
    inputs
        What a report was made from.

    Returns
    -------
    dict
        Content by name, as in ``data/stores.csv``.

    Raises
    ------
    PublishFailed
        If a file is no longer what its hash says.
    OSError
        If a file cannot be read.
    """
    content = {name: inputs.paths[name].read_bytes() for name in _kept(inputs.files)}
    for name, text in content.items():
        if hashlib.sha256(text).hexdigest() != inputs.files[name]:
            raise PublishFailed(f"changed during the run: {name}")
    return content


def write_inputs(content: Mapping[str, bytes], report: Path) -> Path:
    """Keep the inputs of a report in its folder.

    Parameters
    ----------
    content
        What `take_content` returned.
    report
        The folder.

    Returns
    -------
    Path
        ``inputs.zip``.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(content.items()):
            about = zipfile.ZipInfo(name, _MOMENT)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, _MODE
            archive.writestr(about, text)
    return write_bytes(report / INPUTS_FILE, made.getvalue())


def read_inputs(report: Path) -> dict[str, bytes] | None:
    """Return the inputs that a report was made from.

    Parameters
    ----------
    report
        Its folder.

    Returns
    -------
    dict or None
        Content by name, as in ``data/stores.csv``; ``None`` where the report keeps none.

    Raises
    ------
    InputError
        If what is kept is not what the manifest says: every file that is missing, too much, or not
        as hashed.
    """
    path = report / INPUTS_FILE
    if not path.is_file():
        return None
    manifest = read_manifest(report) or {}
    wanted: Mapping[str, str] = manifest.get("inputs", {}).get("files", {})
    try:
        with zipfile.ZipFile(path) as archive:
            faults = _faults(archive, wanted)
            found = {} if faults else {one: archive.read(one) for one in sorted(_kept(wanted))}
    except _UNREADABLE as error:
        faults = [Fault(INPUTS_FILE, None, None, str(error), "a readable archive")]
    if faults:
        raise InputError(faults)
    unlike = [n for n, text in found.items() if hashlib.sha256(text).hexdigest() != wanted[n]]
    if unlike:
        expected = f"the content whose hash stands in {MANIFEST}"
        raise InputError([Fault(INPUTS_FILE, None, None, name, expected) for name in unlike])
    return found


def _kept(names: Mapping[str, str]) -> list[str]:
    return sorted(name for name in names if name.split("/", 1)[0] in FOLDERS)


def _faults(archive: zipfile.ZipFile, wanted: Mapping[str, str]) -> list[Fault]:
    """Compare what an archive lists with a manifest, either of which could be a stranger's."""
    listed = archive.namelist()
    kept = set(_kept(wanted))
    faults = [Fault(INPUTS_FILE, None, None, name, "kept once") for name in _twice(listed)]
    faults += [
        Fault(INPUTS_FILE, None, None, name, f"a name that stands in {MANIFEST}")
        for name in sorted(set(listed) - kept)
    ]
    faults += [
        Fault(INPUTS_FILE, None, None, None, f"{name}, as {MANIFEST} says")
        for name in sorted(kept - set(listed))
    ]
    faults += [
        Fault(MANIFEST, None, None, name, "a name within the folder")
        for name in sorted(kept)
        if ".." in PurePosixPath(name).parts or "\\" in name or "\0" in name
    ]
    if sum(one.file_size for one in archive.infolist()) > _MAX_BYTES:
        faults.append(Fault(INPUTS_FILE, None, None, None, f"at most {_MAX_BYTES:,} bytes in all"))
    return faults


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def unpack(content: Mapping[str, bytes], folder: Path) -> None:
    """Write inputs as files that a run can be given.

    Parameters
    ----------
    content
        What `read_inputs` returned.
    folder
        Is given ``data/`` (with ``data/scenarios/``, so that no scenario of the checkout counts)
        and ``notebooks/``.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    for name, text in content.items():
        place = folder / ("data" if name.startswith("scenarios/") else "") / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text)
