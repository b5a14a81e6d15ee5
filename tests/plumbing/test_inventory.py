"""ARCHITECTURE.md has one line for each module of the package, and none for one that is gone."""

from __future__ import annotations

import re

from tests.plumbing.checkout import modules, text_of

ROW = re.compile(r"^\|\s*`((?:\w+/)*\w+\.py)`\s*\|\s*(\S.*?)\s*\|\s*$", re.MULTILINE)


def inventory() -> list[tuple[str, str]]:
    """Return the rows ``| `model/closing/closure.py` | what it is for |``."""
    return ROW.findall(text_of("ARCHITECTURE.md"))


def worth_a_line() -> set[str]:
    """Every module; an ``__init__.py`` only speaks for its folder."""
    return {name for name in modules() if not name.endswith("__init__.py")}


def test_every_module_has_a_line() -> None:
    listed = {name for name, _ in inventory() if not name.endswith("__init__.py")}
    assert not worth_a_line() - listed, "modules without a line in ARCHITECTURE.md"
    assert not listed - worth_a_line(), "lines of ARCHITECTURE.md without a module"


def test_no_module_has_two_lines() -> None:
    names = [name for name, _ in inventory()]
    assert len(names) == len(set(names))


def test_every_line_says_something() -> None:
    assert all(len(purpose.split()) >= 3 for _, purpose in inventory())


def test_no_two_modules_of_a_floor_have_one_name() -> None:
    """So that a name in a sentence, a test or a search means one module."""
    seen: dict[tuple[str, str], str] = {}
    apart = {"cells", "codebook", "competitors", "demand", "leases", "metros"}  # one a builder
    for path in sorted(worth_a_line()):
        floor, _, rest = path.partition("/")
        name = rest.rpartition("/")[2]
        if name.removesuffix(".py") in apart and floor == "inputs":
            continue
        assert (floor, name) not in seen, f"{path} and {seen[floor, name]}"
        seen[floor, name] = path


def test_every_room_is_listed() -> None:
    rooms = {tuple(name.split("/")[:2]) for name in modules() if name.count("/") > 1}
    section = text_of("ARCHITECTURE.md").partition("## Rooms")[2].partition("\n## ")[0]
    told = {
        (floor, room)
        for floor, line in re.findall(r"^\| `(\w+)` \| (.*) \|$", section, flags=re.MULTILINE)
        for room in re.findall(r"`(\w+)`", line)
    }
    assert told == rooms
