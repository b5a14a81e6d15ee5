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
    """The folder of the built site; any warning of the build fails the tests that ask for it."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "WARNING" not in done.stderr, done.stderr[-4000:]
    return folder
