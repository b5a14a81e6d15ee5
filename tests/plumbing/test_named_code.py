"""Names of the program in docstrings and on pages: each is that of something that is there."""

from __future__ import annotations

import ast
import functools
import re
from typing import TYPE_CHECKING

import pytest

from tests.plumbing.checkout import PACKAGE, ROOT, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

DOTTED = re.compile(r"`~?(?:retail_portfolio\.)((?:\w+\.)*\w+)(?:\(\))?`")
SHORT = re.compile(r"`((?:inputs|model|present|run)(?:\.\w+)+)`")
PATH = re.compile(r"`(?:retail_portfolio/)?((?:inputs|model|present|run|cli)/[\w/]+\.py)`")
PAGES = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "benchmarks/README.md"]
FILES = {"inputs.zip"}
"""What has the look of a module and is a file."""


def sources() -> list[str]:
    """Return every text that speaks of the program."""
    folders = ("retail_portfolio", "tools", "tests", "benchmarks")
    code = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    found = [*code, *(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in PAGES)]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def members(body: Iterable[ast.stmt]) -> dict[str, ast.stmt]:
    """Return what a module or a class defines, by name."""
    found: dict[str, ast.stmt] = {}
    for one in body:
        if isinstance(one, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found[one.name] = one
        elif isinstance(one, ast.Import | ast.ImportFrom):
            found |= {(name.asname or name.name): one for name in one.names}
        elif isinstance(one, ast.Assign | ast.AnnAssign):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            found |= {n.id: one for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            if "_HOMES" in found and isinstance(one.value, ast.Dict):  # imported when asked for
                found |= {str(k.value): one for k in one.value.keys if isinstance(k, ast.Constant)}
        elif isinstance(one, ast.If | ast.Try):
            found |= members(one.body)
    return found


@functools.cache
def is_there(name: str) -> bool:
    """Tell whether a dotted name below the package is one of its modules, or stands in one."""
    parts, place = name.split("."), PACKAGE
    while parts and (place / parts[0]).is_dir():
        place /= parts.pop(0)
    if parts and (place / f"{parts[0]}.py").is_file():
        place /= f"{parts.pop(0)}.py"
    else:
        place /= "__init__.py"
    known = members(ast.parse(place.read_text(encoding="utf-8")).body)
    for part in parts:
        if part not in known:
            return False
        within = known[part]
        known = members(within.body) if isinstance(within, ast.ClassDef) else {}
    return True


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("model.market.huff", True),
        ("model.market.huff.shares", True),
        ("inputs.case.Case.with_ledger", True),
        ("inputs.case.Case.ledger", True),
        ("inputs.settings", True),
        ("inputs.load_case", True),
        ("model.huff", False),
        ("model.market.huff.no_such", False),
        ("inputs.case.Case.no_such", False),
    ],
)
def test_a_name_is_there_or_not(name: str, there: bool) -> None:
    assert is_there(name) is there


def test_every_name_of_the_program_is_that_of_something() -> None:
    wrong = []
    for source in sources():
        text = text_of(source)
        names = [*DOTTED.findall(text)]
        if source.endswith(".md"):
            names += [name for name in SHORT.findall(text) if name not in FILES]
            gone = [path for path in PATH.findall(text) if not (PACKAGE / path).is_file()]
            wrong += [f"{source}: {path}" for path in gone]
        wrong += [f"{source}: {name}" for name in names if not is_there(name)]
    assert not wrong, "\n".join(wrong)
