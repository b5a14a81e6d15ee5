"""What stands in the blocks of code of a page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.plumbing.checkout import ROOT

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SCENARIO = re.compile(r"`scenarios/([a-z0-9_]+)\.yaml`[^`]*\Z")
_STATUS = re.compile(r"\s#.*\bends with (\d+)")
SHELL = ("", "sh")
LANGUAGES = (*SHELL, "yaml", "python", "text")


def pages():
    """Return every page that is written by hand, as a path within the checkout."""
    written = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
    return ["README.md", "CONTRIBUTING.md", *written]


@dataclass(frozen=True)
class Block:
    """A block of a page: its language, its text, and the text since the block before."""

    language: str
    text: str
    before: str

    @property
    def scenario(self):
        """Name of the scenario whose file this is, or an empty text."""
        found = _SCENARIO.search(self.before)
        return found[1] if found and self.language == "yaml" else ""


def blocks_of(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    found, start = [], 0
    for one in _FENCE.finditer(text):
        found.append(Block(one[1], one[2], text[start : one.start()]))
        start = one.end()
    return found


@dataclass(frozen=True)
class Line:
    """A command of a page, and the status that the page says it ends with."""

    command: str
    status: int


def lines_of(block):
    """Return the commands of a block, lines that end with a backslash joined."""
    if block.language not in SHELL:
        return []
    found = []
    for line in block.text.replace("\\\n", " ").splitlines():
        status = _STATUS.search(line)
        command = re.sub(r"\s+#\s.*$", "", line).strip()
        if command and not command.startswith("#"):
            found.append(Line(command, int(status[1]) if status else 0))
    return found
