"""Bytes from outside to text: what has to hold for a file before anything in it is looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from retail_portfolio.inputs.faults import Fault

MAX_TABLE_BYTES = 100_000_000
"""A larger table is refused before it is read."""
MAX_SCENARIO_BYTES = 256_000
"""A larger scenario file is refused before it is read."""
MAX_TEXT_CHARACTERS = 2_000
"""A longer text in one cell is refused."""

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FORMULA_STARTS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
_CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd-\uffff"
_CONTROL = re.compile(f"[\n{_CONTROLS}]")
_MARKUP = re.compile(r"<[a-z/!?]|javascript:|vbscript:|\$\{", re.IGNORECASE)
_CLOSER_LOOK = re.compile(f"[<${_CONTROLS}]")
_AT_AN_END = re.compile(rf"\n[{re.escape(_FORMULA_STARTS)}\s]|[^\S\n]\n")


def harmless(values: Sequence[str]) -> bool:
    """
    Look over many texts at once.

    Parameters
    ----------
    values
        Texts as written; blank ones are harmless.

    Returns
    -------
    bool
        True only if `text_hazard` has nothing to say about any of them; False if each has to be
        looked at.
    """
    lines = "\n".join(filter(None, values))
    return not (
        _AT_AN_END.search(f"\n{lines}\n" if lines else "")
        or _CLOSER_LOOK.search(lines)
        or "script:" in lines.lower()
        or len(lines.split("\n")) > max(1, sum(1 for value in values if value))
        or max(map(len, values), default=0) > MAX_TEXT_CHARACTERS
    )


def text_hazard(value: str) -> str | None:
    """
    Say what has to change in a text before it may go into tables and pages.

    Parameters
    ----------
    value
        A text as written.

    Returns
    -------
    str or None
        What is expected instead; None when the text is harmless. Harmful is what a spreadsheet
        would run as a formula, markup and script, characters that do not show, spaces at an end,
        and more than `MAX_TEXT_CHARACTERS` characters.
    """
    if len(value) > MAX_TEXT_CHARACTERS:
        return f"at most {MAX_TEXT_CHARACTERS:,} characters (there are {len(value):,})"
    return _bad_start(value) or _bad_inside(value)


def _bad_start(value: str) -> str | None:
    """Look at the first character."""
    if value and value[0] in _FORMULA_STARTS:
        return "a text that a spreadsheet does not run as a formula (no = + - @ or tab in front)"
    return None


def _bad_inside(value: str) -> str | None:
    """Look at the rest."""
    if "\ufffd" in value:
        return "text without the mark of a lost character (was the file in another encoding?)"
    if _CONTROL.search(value):
        return "text without control characters, line ends or invisible marks"
    if _MARKUP.search(value):
        return "plain text without HTML or script (no <tag, javascript: or ${)"
    return None if value == value.strip() else "text without spaces at its ends"


def read_text(
    folder: Path,
    name: str,
    most_bytes: int,
    *,
    may_be_marked: bool = False,
    encoding: str = "utf-8",
) -> tuple[str | None, Fault | None]:
    """
    Read one file of a folder as text.

    Parameters
    ----------
    folder
        The folder the file must lie in; links that lead out of it are refused.
    name
        The file's name within the folder, with `/` between folders.
    most_bytes
        A larger file is refused before it is read.
    may_be_marked
        Whether a byte-order mark, as spreadsheets write it, is taken off and not refused.
    encoding
        How bytes stand for letters, see `decoded`.

    Returns
    -------
    tuple
        The text and None, or None and the fault.
    """
    path, fault = find_file(folder, name, most_bytes)
    if path is None:
        return None, fault
    try:
        raw = path.read_bytes()
    except OSError as error:
        return None, Fault(name, None, None, error.strerror, "a file that can be read")
    if may_be_marked and encoding == "utf-8":
        raw = raw.removeprefix(_UTF8_MARK)
    return decoded(raw, name, encoding)


def find_file(folder: Path, name: str, most_bytes: int) -> tuple[Path | None, Fault | None]:
    """
    Find one file of a folder without reading it.

    Parameters
    ----------
    folder, name, most_bytes
        As for `read_text`.

    Returns
    -------
    tuple
        The file's path and None, or None and the fault.
    """
    path = folder / name

    def fault(value: str | None, expected: str) -> tuple[None, Fault]:
        return None, Fault(name, None, None, value, expected)

    try:
        if not path.exists():
            return fault(None, "a link to a file" if path.is_symlink() else "this file")
        if not path.resolve().is_relative_to(folder.resolve()):
            return fault("a link", "a file within its folder, not a link that leads out of it")
        if not path.is_file():
            return fault("a folder or device", "a file")
        size = path.stat().st_size
        if size > most_bytes:
            return fault(f"{size:,} bytes", f"at most {most_bytes:,} bytes")
    except OSError as error:
        return fault(error.strerror, "a file that can be read")
    return path, None


def _half_zero(raw: bytes) -> bool:
    """Tell whether every other byte is zero, as in UTF-16 without a mark in front."""
    start = raw[:200]
    return any(start[at::2].count(0) * 4 > len(start) for at in (0, 1))


def decoded(raw: bytes, name: str, encoding: str = "utf-8") -> tuple[str | None, Fault | None]:
    """
    Turn the bytes of a file into text.

    Parameters
    ----------
    raw
        The bytes.
    name
        The file's name, for the fault.
    encoding
        `utf-8`, or what `columns.yaml` says of an export: `windows-1252` or `utf-16`.

    Returns
    -------
    tuple
        The text and None, or None and why it is no text in this encoding.
    """

    def fault(value: str | None, expected: str, row: int | None = None) -> tuple[None, Fault]:
        return None, Fault(name, row, None, value, expected)

    if not raw.strip():
        return fault("an empty file" if not raw else "only blanks", "a file with content")
    if encoding == "utf-16":
        return _utf16(raw, name)
    if found := _marks(raw, name, encoding):
        return fault(*found)
    if (at := raw.find(b"\x00")) >= 0:
        return fault("a NUL byte", "text", raw.count(b"\n", 0, at) + 1)
    try:
        return raw.decode(encoding), None
    except UnicodeDecodeError as error:
        return None, _undecoded(error, raw, name, encoding)


def _marks(raw: bytes, name: str, encoding: str) -> tuple[str, str] | None:
    """Say what another encoding is recognised by, and what was expected; None for nothing."""
    if raw.startswith(_UTF16_MARKS) or _half_zero(raw):
        expected = "UTF-8 text (save it as 'CSV UTF-8', without a byte-order mark"
        return "UTF-16 text", f"{expected}{_mapped(name, '; or say encoding: utf-16')})"
    if not raw.startswith(_UTF8_MARK):
        return None
    if encoding != "utf-8":
        return "a byte-order mark (BOM)", "encoding: utf-8 in columns.yaml, as the mark says"
    expected = f"UTF-8 text without a mark in front{_mapped(name, '; or an entry for the table')}"
    return "a byte-order mark (BOM)", expected


def _mapped(name: str, what: str) -> str:
    """Say what can be written into `columns.yaml` about a file, where that reads the file."""
    return f"{what} in columns.yaml" if name.endswith(".csv") else ""


def _undecoded(error: UnicodeDecodeError, raw: bytes, name: str, encoding: str) -> Fault:
    """Show the bytes that are no text, and say which encoding the file may have."""
    at = error.start
    around = raw[max(0, at - 12) : at + 12].decode("latin-1")
    expected = f"{encoding} text, as columns.yaml says"
    if encoding == "utf-8":
        instead = _mapped(name, ": then say encoding: windows-1252")
        expected = (
            f"UTF-8 text (these bytes are not; the file may be Latin-1 or Windows-1252{instead})"
        )
    return Fault(name, raw.count(b"\n", 0, at) + 1, None, around, expected)


def _utf16(raw: bytes, name: str) -> tuple[str | None, Fault | None]:
    """Decode UTF-16; without a mark in front the low byte comes first, as spreadsheets have it."""
    marked = raw.startswith(_UTF16_MARKS)
    try:
        text = raw.decode("utf-16" if marked else "utf-16-le")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text or not (marked or _half_zero(raw)):
        expected = "UTF-16 text, as columns.yaml says (is it UTF-8? then leave encoding out)"
        return None, Fault(name, None, None, "other bytes", expected)
    return text, None
