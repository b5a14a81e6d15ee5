"""The process that executes notebooks without a kernel, one for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notebooks.warm import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Return what executes notebooks, and makes reports, in forks of a process of its own."""
    made = Warm()
    yield made
    made.close()
