"""What holds for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.inputs.speech import Speech
from tests.small_data import write_small_data

# The gate says the same twice: no random start, and no deadline that a busy machine would miss.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# For looking further than the gate does: make test ARGS="--hypothesis-profile explore"
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("steady")


BUNDLED = Speech("USD", "jwo", "Just Walk Out", "JWO")
"""What the bundled portfolio, and the small one, call walk-out checkout."""


LONGEST = ("notebook", "browser", "slow")
"""Marks of tests, those of the longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where workers share the files, put long ones first: none is to be left for the very end.

    A file is as long as its longest test; what a worker takes is a file, in this order.
    """
    if not hasattr(config, "workerinput"):
        return
    rank: dict[Path, int] = {}
    for item in items:
        marks = (n for n, mark in enumerate(LONGEST) if item.get_closest_marker(mark))
        rank[item.path] = min(rank.get(item.path, len(LONGEST)), next(marks, len(LONGEST)))
    items.sort(key=lambda item: rank[item.path])


@pytest.fixture
def small_data(tmp_path: Path) -> Path:
    """A valid data folder of a made-up retailer, with every table, two metros and a scenario."""
    return write_small_data(tmp_path / "small data")


@pytest.fixture(scope="session")
def case() -> Case:
    """The bundled case with the base scenario. Read it, do not change it."""
    return load_case()
