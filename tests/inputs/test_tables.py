"""What schemas are made of: pandera, without what no table here is."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

pytestmark = pytest.mark.slow


def said(code: str) -> str:
    """What a fresh interpreter prints."""
    run = [sys.executable, "-W", "error", "-c", dedent(code)]
    return subprocess.run(run, check=True, capture_output=True, text=True, timeout=120).stdout


def test_a_case_is_read_without_dask_which_is_there_for_others_as_ever() -> None:
    code = """
        import sys
        from retail_portfolio import load_case
        load_case()
        print(sorted({"dask", "dask.dataframe", "pandera.typing.dask"} & set(sys.modules)))
        from pandera.typing import dask
        print(dask.DASK_INSTALLED, dask.Series)
        """
    assert said(code) == "[]\nTrue <class 'pandera.typing.dask.Series'>\n"


def test_types_of_dask_that_somebody_asked_for_before_are_left_alone() -> None:
    code = """
        from pandera.typing import dask, get_index_types, get_series_types
        import retail_portfolio.inputs.tables
        print(dask.Index in get_index_types(), dask.Series in get_series_types())
        """
    assert said(code) == "True True\n"
