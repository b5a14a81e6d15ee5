"""A whole report in another currency: no page, sentence, table or drawing speaks of dollars."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pytest

from tests.notebooks.warm import ROOT, Warm, leaves

DOLLARS = re.compile(r"\bUSD\b|US dollar|\$\s?\d")
SPOKEN = ("alt", "aria-label", "content", "placeholder", "title")
"""Attributes that a reader meets."""
COLUMN = "usd"
"""What columns and units say whatever the currency is; small letters, which the pattern spares."""


class _Texts(HTMLParser):
    """What a page says: its text, its scripts with their data, and spoken attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.style = self.style or tag == "style"
        self.found += [value for name, value in attrs if value and name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self.style = self.style and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self.style:
            self.found.append(data)


def said_by(path: Path) -> str:
    """Return what a file of a report says to whoever opens it."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path, read_only=True)
        cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
        return "\n".join(f"{cell.value} {cell.number_format}" for cell in cells if cell.value)
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".html":
        return text
    texts = _Texts()
    texts.feed(text)
    return "\n".join(texts.found)


def canadian(folder: Path) -> Path:
    """Write the small portfolio, with money that is Canadian."""
    from tests.small_data import write_small_data

    data = write_small_data(folder)
    base = data / "scenarios" / "base.yaml"
    text = base.read_text(encoding="utf-8").replace("currency: USD", "currency: CAD")
    base.write_text(f"{text}draws: 64\nsolved_draws: 2\n", encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def report(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the small portfolio, whose money is Canadian."""
    folder = tmp_path_factory.mktemp("currency")
    data = canadian(folder / "data")
    done = warm.report(folder, "--data", data, "--out", folder / "reports")
    assert done.returncode == 0, done.stderr
    return (folder / "reports" / "latest").resolve()


@pytest.mark.notebook
@pytest.mark.slow
def test_no_file_of_a_report_speaks_of_another_currency(report: Path) -> None:
    kinds = {".html", ".svg", ".ipynb", ".csv", ".geojson", ".json", ".xlsx"}
    files = [path for path in sorted(report.rglob("*")) if path.suffix in kinds]
    assert {path.suffix for path in files} >= {".html", ".ipynb", ".csv", ".geojson", ".xlsx"}
    named = {
        path.relative_to(report).as_posix(): hits[:3]
        for path in files
        if path.name != "manifest.json"  # says that the setting replaced its default, USD
        if (hits := DOLLARS.findall(said_by(path)))
    }
    assert not named
    pages = [path for path in files if path.suffix == ".html"]
    assert all("CAD" in said_by(path) for path in pages)


@pytest.mark.notebook
@pytest.mark.slow
def test_a_report_says_what_its_columns_hold(report: Path) -> None:
    told = "All money is in CAD; columns and keys that say usd hold it, too."
    for name in ("index.html", "map.html", "glossary.html", "notebooks/04_checkout.html"):
        assert told in said_by(report / name), name
    assert f"CAD of 2026. {told}" in said_by(report / "portfolio.xlsx")
    index = said_by(report / "index.html")
    assert index.index(told) < index.index("CAD ", index.index(told) + len(told))
    header = (report / "tables" / "closure.csv").read_text(encoding="utf-8").splitlines()[0]
    assert f"exit_cost_{COLUMN}" in header


def shown_by(cells: list[Any]) -> list[Any]:
    """Return what each cell of code shows, but for what papermill and a kernel note beside it."""
    outputs = [cell.outputs for cell in cells if cell.cell_type == "code"]
    kept = ("output_type", "name", "text", "data")
    return [[{key: one[key] for key in kept if key in one} for one in some] for some in outputs]


@pytest.mark.notebook
@pytest.mark.slow
def test_papermill_with_a_kernel_gives_what_a_fork_gives(warm: Warm, tmp_path: Path) -> None:
    name, data = "04_checkout", canadian(tmp_path / "data")
    fork, kernel = tmp_path / "fork", tmp_path / "kernel"
    for folder in (fork, kernel):
        folder.mkdir()
    left, cells = leaves(warm, name, fork, data)
    given = json.dumps({"data_dir": str(data), "out_dir": "found", "overrides": []})
    source, output = str(ROOT / "notebooks" / f"{name}.ipynb"), str(kernel / f"{name}.ipynb")
    command = [sys.executable, "-m", "papermill", source, output, "-y", given]
    subprocess.run(
        [*command, "--cwd", str(kernel), "--no-progress-bar"], cwd=ROOT, check=True, timeout=120
    )
    theirs = nbformat.read(output, as_version=4).cells
    assert shown_by(theirs) == shown_by(cells)
    found = [
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("found/**/*.*")
        }
        for folder in (fork, kernel)
    ]
    assert found[0] == found[1]
    assert len([one for one in found[0] if one.endswith(".csv")]) >= 2
    assert "CAD" in left["sentence"]
    assert not DOLLARS.search(left["sentence"])
