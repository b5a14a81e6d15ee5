from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import pytest

from tests.tools.world import write_curated, write_sources
from tools.tables.build import build_all


class Built(NamedTuple):
    sources: object
    curated: object
    out: object
    counts: dict

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.out / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture
def world(tmp_path):
    """The folders of a build that has not run."""
    sources = write_sources(tmp_path / "sources")
    return Built(sources, write_curated(tmp_path / "curated"), tmp_path / "out", {})


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A build of the small world, shared by the tests that only read it."""
    folder = tmp_path_factory.mktemp("build")
    sources = write_sources(folder / "sources")
    curated = write_curated(folder / "curated")
    counts = build_all(sources, folder / "out", curated)
    return Built(sources, curated, folder / "out", counts)
