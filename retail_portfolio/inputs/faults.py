"""What is wrong with the inputs, said so that a person can put it right.

A fault names the file, the row as a spreadsheet numbers it (the header is row 1), the column, the
value as it stands in the file and what was expected. Readers collect faults and raise them together
as one `InputError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_CHARACTERS = 60
"""How much of a value a message repeats."""


def shown(value: str, limit: int = SHOWN_CHARACTERS) -> str:
    """
    Quote a value from outside for a message.

    Parameters
    ----------
    value
        Any text; it may be long and may hold control characters.
    limit
        How many characters are repeated at most.

    Returns
    -------
    str
        The quoted and shortened text, in which nothing unprintable is left: terminal escapes, line
        ends and marks that turn the writing direction appear as their escape sequences.
    """
    return repr(value if len(value) <= limit else value[: limit - 3] + "...")


def _plain(name: str) -> str:
    """Return a file or column name as it is where it is harmless, else quoted."""
    return name if name.isprintable() and 0 < len(name) <= SHOWN_CHARACTERS else shown(name)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """
    Suggest the nearest of some choices for a word that is none of them.

    Parameters
    ----------
    word
        The word as written.
    choices
        The words that would have been right.

    Returns
    -------
    str
        `" (did you mean 'x'?)"`, or an empty text where nothing is near.
    """
    by_lower = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(word.lower()[:200], list(by_lower), n=1, cutoff=0.6)
    return f" (did you mean {shown(by_lower[near[0]])}?)" if near else ""


def one_of(choices: Iterable[str], word: str = "", most: int = 12) -> str:
    """
    Say what the choices are, with a suggestion for the word that is none of them.

    Parameters
    ----------
    choices
        The words that would have been right, in the order they are listed.
    word
        The word as written; blank for no suggestion.
    most
        How many choices are listed at most.

    Returns
    -------
    str
        For example `one of 'open', 'closing', 'closed' (did you mean 'closed'?)`.
    """
    listed = list(choices)
    names = ", ".join(shown(choice) for choice in listed[:most])
    more = f" or {len(listed) - most} more" if len(listed) > most else ""
    return f"one of {names}{more}" + (did_you_mean(word, listed) if word else "")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the inputs."""

    file: str
    """The file's name within the data folder, or where else the value was given."""
    row: int | None
    """The row as a spreadsheet numbers it (header 1), a scenario file's line, or None."""
    column: str | None
    """The column, or a scenario's key with dots; None for a fault of the whole file."""
    value: str | None
    """The value as written; None where there is nothing to show."""
    expected: str
    """What would have been right."""

    def __str__(self) -> str:
        """Return the fault in one line."""
        where = _plain(self.file)
        if self.row is not None:
            where += f" row {self.row}"
        if self.column is not None:
            where += f", column {_plain(self.column)}"
        found = "nothing" if self.value is None else shown(self.value)
        return f"{where}: found {found}, expected {self.expected}"


class InputError(ValueError):
    """
    The inputs cannot be used; every fault that was found is in it.

    Parameters
    ----------
    faults
        All faults, in the order of the files and rows; at least one.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __str__(self) -> str:
        """Return every fault, one a line."""
        return "\n".join(str(fault) for fault in self.faults)

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """Let the error travel between processes."""
        return (type(self), (self.faults,))


class UnknownKeyError(InputError, KeyError):
    """A key that is not in the ledger; also a `KeyError`, as look-ups in a mapping raise."""
