"""The invented report, built once for all tests of pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.present.site import build_site
from tests.present import sample


@pytest.fixture(scope="session")
def report(tmp_path_factory) -> Path:
    """Return the folder of a report with ordinary texts."""
    return _built(tmp_path_factory.mktemp("report"), hostile=False)


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory) -> Path:
    """Return the folder of a report whose every text tries to run."""
    return _built(tmp_path_factory.mktemp("hostile"), hostile=True)


@pytest.fixture(scope="session")
def full_report(tmp_path_factory) -> Path:
    """Return the folder of a report with every layer of the map, and with plans to move through."""
    return _built(tmp_path_factory.mktemp("full"), hostile=False, full=True)


def _built(folder: Path, *, hostile: bool, full: bool = False) -> Path:
    made = sample.make(folder, hostile=hostile, full=full)
    build_site(made.outputs, made.notebooks, sample.facts(hostile=hostile), folder / "report")
    return folder / "report"
