"""The site, built once for all tests of this folder, and the browser it is opened in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.browser.conftest import browser, open_page
from tests.plumbing.checkout import ROOT

__all__ = ["browser", "open_page"]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site as `make docs` builds it; any warning fails the tests that ask for it.

    `.ci/run` leaves the build to this.
    """
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or "WARNING" in done.stderr:
        pytest.fail(f"make docs ends with {done.returncode}:\n{done.stderr[-4000:]}", pytrace=False)
    return folder
