"""Files of two reports by their hashes: which changed, came, went, or only moved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

PACKAGE = "package/"
_FLOOR = 2
"""How many parts of a module's name say on which floor it is: ``package/model/...``."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not what it was.

    Parameters
    ----------
    name
        Its name in the manifest.
    status
        ``changed``, ``added`` or ``removed``.
    """

    name: str
    status: str


def compare_files(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    """Name the files that differ, sorted.

    Parameters
    ----------
    before, after
        Hash by name.
    """
    found = []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            there = "removed" if name not in after else "changed"
            found.append(FileChange(name, "added" if name not in before else there))
    return found


def compare_modules(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    """Name the files of the program that differ, sorted; one that only moved does not.

    Parameters
    ----------
    before, after
        Hash by name, of all inputs.

    Returns
    -------
    list of FileChange
        A file that is elsewhere on its floor under the same name, and not what it was, ``changed``
        there.
    """
    old, new = (
        {name: one for name, one in side.items() if name.startswith(PACKAGE)}
        for side in (before, after)
    )
    gone, came = old.keys() - new.keys(), new.keys() - old.keys()
    alike = _pairs(gone, came, lambda name: (old if name in gone else new)[name])
    moved = _pairs(gone - alike.keys(), came - set(alike.values()), _on_its_floor)
    now = {**alike, **moved}
    return compare_files({now.get(name, name): one for name, one in old.items()}, new)


def _on_its_floor(name: str) -> Hashable:
    path = PurePosixPath(name)
    return path.parts[:_FLOOR], path.name


def _pairs(
    gone: Iterable[str], came: Iterable[str], key: Callable[[str], Hashable]
) -> dict[str, str]:
    """Pair names that went with names that came, where one of each has the same key."""
    sides: defaultdict[Hashable, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, names in enumerate((gone, came)):
        for name in names:
            sides[key(name)][side].append(name)
    return {old[0]: new[0] for old, new in sides.values() if len(old) == len(new) == 1}
