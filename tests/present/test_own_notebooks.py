"""An analyst's own notebooks in the pages of a report."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from retail_portfolio.model.result import Figure
from retail_portfolio.present.outputs import write_outputs
from retail_portfolio.present.pages import changed_words
from retail_portfolio.present.site import build_runs_index, build_site
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED
from tests.present import sample

FILE = "my <b>plan</b> & more.ipynb"
OWN = {
    "02_closure": {"file": FILE, "extra": False},
    "rents-of_2026": {"file": "rents.ipynb", "extra": True},
    "looking": {"file": "looking.ipynb", "extra": True},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with one notebook exchanged, one in addition, and one that is a page and no more."""
    folder = tmp_path_factory.mktemp("own")
    made = sample.make(folder)
    names = [f"rent_{number}" for number in range(4)]
    write_outputs(
        made.outputs,
        "rents-of_2026",
        title="What rents do",
        sentence="Rents of 2026 hardly matter.",
        figures=[
            Figure("rent", "Rent that is paid", 4e6, "usd", "assumed", "rents.csv", words=BUNDLED)
        ],
        tables={name: Table(pd.DataFrame({"place": [f"in {name}"]})) for name in names},
    )
    paths = list(made.notebooks)
    for name in ("rents-of_2026", "looking"):
        paths.append(Path(shutil.copy(paths[0], paths[0].with_name(f"{name}.ipynb"))))
    facts = sample.facts() | {"own_notebooks": OWN}
    build_site(made.outputs, paths, facts, folder / "report")
    return folder / "report"


def section(report: Path, name: str) -> str:
    index = (report / "index.html").read_text("utf-8")
    found = re.search(rf'<section id="{name}">.*?</section>', index, flags=re.DOTALL)
    assert found
    return found[0]


def test_one_in_addition_is_a_section_of_its_own(report: Path) -> None:
    found = section(report, "rents-of_2026")
    assert "<h2>What rents do</h2>" in found
    assert "Rents of 2026 hardly matter." in found
    assert "USD 4.0 M" in found
    for name in ("rent_0", "rent_1", "rent_2"):
        assert f"in {name}" in found
    assert "in rent_3" not in found
    assert 'href="tables/rent_3.csv"' in found
    index = (report / "index.html").read_text("utf-8")
    assert '<a href="#rents-of_2026">Rents of 2026</a>' in index
    assert index.index('<section id="rents-of_2026">') > index.index('<section id="03_conversion">')


def test_its_page_has_its_title_and_every_page_leads_to_it(report: Path) -> None:
    page = (report / "notebooks" / "rents-of_2026.html").read_text("utf-8")
    assert "What rents do" in page
    other = (report / "notebooks" / "looking.html").read_text("utf-8")
    assert '<a href="rents-of_2026.html" title="What rents do">Rents of 2026</a>' in other


def test_the_list_says_whose_they_are(report: Path) -> None:
    listed = section(report, "notebooks")
    assert "in addition: rents.ipynb" in listed
    assert (
        "in the place of the report\u2019s: my &lt;b&gt;plan&lt;/b&gt; &amp; more.ipynb" in listed
    )
    assert listed.count("of the analyst\u2019s own") == 3
    assert "<b>plan" not in (report / "index.html").read_text("utf-8")


def test_every_page_says_which_notebook_was_exchanged(report: Path) -> None:
    for name in ("index.html", "map.html", "notebooks/looking.html"):
        page = (report / name).read_text("utf-8")
        assert "changed: notebook 02_closure<" in page, name


def test_the_list_of_runs_says_so_too(tmp_path: Path) -> None:
    run = {"run_id": "a", "status": "complete", "scenario": "base", "own_notebooks": OWN}
    strange = {"run_id": "b", "status": "failed", "scenario": "base", "own_notebooks": ["x", {}]}
    build_runs_index([run, strange | {"own_notebooks": {"x": 1}}, strange], tmp_path / "index.html")
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "changed: notebook 02_closure" in page
    assert "notebook x" not in page


def test_settings_and_notebooks_in_one_clause() -> None:
    assert changed_words(["seed=7"], OWN) == "changed: seed=7; notebook 02_closure"
    assert changed_words([]) == ""
