"""Writing files so that a reader never meets half of one, and names that stay in their folder."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Final

CHANGES_FILE: Final = "changes.json"
"""What changed since the report before, in a report's folder."""
INPUTS_FILE: Final = "inputs.zip"
"""What a report was made from, in its folder."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def plain_name(name: str, what: str = "name") -> str:
    """Return ``name`` if it can only be a file in the folder it is put into.

    Parameters
    ----------
    name
        Letters, digits, ``_``, ``-`` and ``.``, beginning with a letter or a digit.
    what
        What the name is for, said in the error.

    Raises
    ------
    ValueError
        If it holds anything else, a path separator above all.
    """
    if not _PLAIN.fullmatch(name) or ".." in name:
        raise ValueError(
            f"{what} {name!r} is not plain: use letters, digits, '_', '-' and '.', "
            "beginning with a letter or digit"
        )
    return name


def write_bytes(path: Path, data: bytes) -> Path:
    """Write ``data`` to ``path`` in one step: a reader finds the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path


def write_text(path: Path, text: str) -> Path:
    """Write ``text`` as UTF-8 with LF line ends, in one step."""
    return write_bytes(path, text.replace("\r\n", "\n").encode())


def json_text(value: object) -> str:
    """Write ``value`` as JSON: keys sorted, indent 1, newline at the end, no NaN.

    Raises
    ------
    ValueError
        If it holds a number that JSON cannot write.
    """
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def script_json(value: object) -> str:
    r"""Write ``value`` as compact JSON that can stand inside a ``<script>`` element.

    No text in it can end the element, open a comment or another script: ``<``, ``>`` and ``&``
    are written as ``\u003c``, ``\u003e`` and ``\u0026``, which JSON reads back unchanged. So is a
    brace that would open a template's expression: branca reads what an element rendered as a
    template once more, and would run it.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    # JSON itself never has these pairs: a brace of its own is followed by a quote or its partner.
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)
