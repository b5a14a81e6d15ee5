"""Names on the pages that are written by hand: modules, settings and figures that there are."""

from __future__ import annotations

import csv
import re

import pytest

from retail_portfolio.inputs.guidance import report_command
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.table_files import table_columns
from tests.docs.blocks import pages
from tests.plumbing.checkout import ROOT

STARTED = "retail_portfolio/inputs/example"
"""Folder with what `init` writes, one `README.md` a kind of portfolio."""
PLACES = ("", "retail_portfolio/", "data/")


def spans(page):
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    return set(re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("page", pages())
def test_modules_that_a_page_names_are_there(page):
    for name in spans(page):
        if re.fullmatch(r"(?:[a-z_]+/)+[a-z_0-9]+\.(?:py|csv|md|yaml)", name):
            given = name.startswith(("my_", "scenarios/d", "reports/"))
            assert given or any((ROOT / place / name).exists() for place in PLACES), name


@pytest.mark.parametrize(
    "page", [page for page in pages() if "explanation" in page or "model-card" in page]
)
def test_figures_and_settings_that_a_page_names_are_there(page):
    with (ROOT / "data" / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        known = {row["key"].partition(".")[0] for row in csv.DictReader(file)}
    known |= set(Scenario.model_fields)
    known |= {column for columns in table_columns().values() for column in columns}
    known |= {"objective_usd", "bound_usd", "write_outputs", "latest", "annualised"}
    for name in spans(page):
        if re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+", name):
            assert name in known, f"{page}: {name}"


@pytest.mark.parametrize(
    "page", [*pages(), f"{STARTED}/files/README.md", f"{STARTED}/empty/README.md"]
)
def test_reports_of_a_portfolio_of_ones_own_lie_beside_its_tables(page):
    """As `check` suggests, wherever a report of another data folder is told of."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for command in re.findall(r"(?:report|schedule \w+) (--data .*)", text):
        folder = command.split()[1]
        assert command.startswith(report_command(folder).partition(" report ")[2]), command
    for folder, out in re.findall(r"--data (\w+) --out ([\w/]+)", text):
        assert f"{out}/".startswith(f"{folder}/reports/")
    for out in re.findall(r"--out (my_[\w/]+)", text):
        assert re.match(r"my_\w+/reports\b", out)


def test_the_terms_name_walk_out_checkout_as_the_bundled_report_does():
    from tools.docs.glossary import page

    assert "Just Walk Out (JWO)" in page()
    assert "walk-out checkout" not in page().casefold()
