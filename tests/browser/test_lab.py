"""`make lab`: a real JupyterLab, with no question, nothing asked of the network, and a kernel."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4

from tests.plumbing.checkout import ROOT, text_of

pytestmark = [pytest.mark.slow, pytest.mark.notebook]

BIN = Path(sys.executable).parent
WAIT_SECONDS = 60
CELLS = (
    "import os, sys\nprint(os.path.basename(os.getcwd()), sys.prefix)",
    """import pandas as pd
from retail_portfolio import Result
from retail_portfolio.inputs.speech import Speech
frame = pd.DataFrame({"store": ["<b>a</b>"], "reason": ["none"], "cost_usd": [2e6]})
units, origins = {"cost_usd": "usd"}, {"cost_usd": "modelled"}
Result(frame, "It costs 2 M.", units, origins, words=Speech("USD"))""",
)
MARKS = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type*=stderr]"


def recipe(options: str) -> str:
    """Return what `make lab` runs, with the programs that run this test."""
    found = re.search(r"^lab: ready.*\n((?:\t.*\n)+)", text_of("Makefile"), flags=re.MULTILINE)
    assert found
    line = found[1].strip().lstrip("@").replace("\\\n", " ")
    for name, value in {
        "$(CURDIR)/$(BIN)": str(BIN),
        "$(CURDIR)": str(ROOT),
        "$(BIN)": str(BIN),
        "$(ARGS)": options,
        "$$": "$",
    }.items():
        line = line.replace(name, value)
    assert "$(" not in line
    return line


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """Start JupyterLab for someone who has nothing in their home yet; return its address."""
    notebooks = tmp_path / "checkout" / "notebooks"
    notebooks.mkdir(parents=True)
    metadata = {"kernelspec": {"name": "python3", "display_name": "any", "language": "python"}}
    cells = [v4.new_code_cell(text, id=f"c{n}") for n, text in enumerate(CELLS)]
    nbformat.write(v4.new_notebook(cells=cells, metadata=metadata), notebooks / "mine.ipynb")
    (tmp_path / "home").mkdir()
    kept = {"LANG": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
    if path := os.environ.get("PYTHONPATH"):
        kept["PYTHONPATH"] = path
    root = "--allow-root" if os.geteuid() == 0 else ""
    options = f"--no-browser --ip 127.0.0.1 --port 0 --IdentityProvider.token=word {root}"
    log = tmp_path / "lab.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            ["sh", "-c", recipe(options)],
            cwd=tmp_path / "checkout",
            env=kept,
            stdout=written,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        yield address(server, log)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)


def address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Wait until the server says where it is."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and server.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+(?=(/\S*)\?token)", log.read_text("utf-8"))
        if found:
            assert found[1] == "/lab/tree/notebooks", "it opens elsewhere"
            return found[0]
        time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Return a page that reaches this machine alone, and remembers whom else it asked."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    arguments = [
        *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    path = next(found for name in names if (found := shutil.which(name)))
    started = browser.browser_type.launch(executable_path=path, args=arguments)
    opened = started.new_page(viewport={"width": 1300, "height": 900})
    yield opened
    started.close()


def test_it_opens_at_the_notebooks_and_runs_one(lab: str, page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(f"{lab}/lab/tree/notebooks?token=word", timeout=WAIT_SECONDS * 1000)
    page.locator(".jp-DirListing-item[title*='mine.ipynb']").dblclick(timeout=WAIT_SECONDS * 1000)
    page.locator("#jp-main-statusbar :text('| Idle')").first.wait_for(timeout=WAIT_SECONDS * 1000)
    page.locator(".lm-MenuBar-itemLabel:text('Run')").click()
    page.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
    page.locator(".jp-OutputArea-output table").wait_for(timeout=WAIT_SECONDS * 1000)
    assert page.locator(".jp-Dialog").all_inner_texts() == []
    assert page.locator(".Toastify__toast").all_inner_texts() == []
    assert page.locator(MARKS).all_inner_texts() == []
    assert page.locator(".jp-OutputArea-output").first.inner_text().split() == [
        "notebooks",
        sys.prefix,
    ]
    assert [one for one in asked if not one.startswith((lab, "data:", "blob:"))] == []
    shown = page.locator(".jp-OutputArea-output").last
    assert shown.locator("p").first.inner_text() == "It costs 2 M."
    assert shown.locator("tbody tr").inner_text().split("\t") == ["<b>a</b>", "none", "2"]
    align = "one => getComputedStyle(one).textAlign"
    assert [one.evaluate(align) for one in shown.locator("tbody td").all()] == ["left", "right"]
