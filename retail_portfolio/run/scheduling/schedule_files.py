"""The files of a schedule: which there are of each kind, on a screen or in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.present.files import write_text
from retail_portfolio.run.scheduling.schedule import NAME
from retail_portfolio.run.scheduling.schedule_cron import crontab
from retail_portfolio.run.scheduling.schedule_github import workflow
from retail_portfolio.run.scheduling.schedule_systemd import service, timer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.run.scheduling.schedule import Schedule

_WRITERS: Final = {
    "cron": {f"{NAME}.cron": crontab},
    "systemd": {f"{NAME}.service": service, f"{NAME}.timer": timer},
    "github": {f"{NAME}.yml": workflow},
}
KINDS: Final = tuple(_WRITERS)
"""Schedulers that a definition can be written for."""


def definition(kind: str, schedule: Schedule) -> dict[str, str]:
    """Write a schedule down as a scheduler reads it.

    Parameters
    ----------
    kind
        One of `KINDS`.
    schedule
        The settings.

    Returns
    -------
    dict
        Text of each file, by its name.
    """
    return {name: write(schedule) for name, write in _WRITERS[kind].items()}


def on_screen(files: Mapping[str, str]) -> str:
    """Return the texts of files one after another, several of them with a line of each name.

    Parameters
    ----------
    files
        Texts by their names.
    """
    if len(files) == 1:
        return "".join(files.values())
    return "\n".join(f"# ======== {name} ========\n{text}" for name, text in files.items())


def write_files(files: Mapping[str, str], folder: Path, *, force: bool = False) -> list[Path]:
    """Write files into a folder, which is made if missing; all of them, or none.

    Parameters
    ----------
    files
        Texts by their names.
    folder
        Where to.
    force
        Whether files of these names that hold something else are replaced.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    InputError
        If one is there and holds something else, or the folder cannot be written.
    """
    paths = {folder / name: text for name, text in files.items()}
    try:
        if not force:
            _refuse_others(paths)
        return [write_text(path, text) for path, text in paths.items()]
    except OSError as error:
        expected = f"a folder that can be written ({error.strerror or error})"
        raise InputError([Fault("--to", None, None, str(folder), expected)]) from error


def _refuse_others(paths: Mapping[Path, str]) -> None:
    expected = "the same text or no such file there, or --force"
    faults = [
        Fault(path.name, None, None, "another text", expected)
        for path, text in paths.items()
        if path.is_symlink() or (path.exists() and path.read_bytes() != text.encode())
    ]
    if faults:
        raise InputError(faults)
