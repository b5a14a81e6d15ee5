"""Generated pages: everything that the code knows stands on them, as it is."""

from __future__ import annotations

import csv
import json
import re

import pytest
import typer
from pydantic import BaseModel, ConfigDict, Field

from retail_portfolio.cli import app
from retail_portfolio.inputs.registers.stores import Stores
from retail_portfolio.inputs.settings.scenario import SET_BY_READER, Scenario
from retail_portfolio.inputs.table_files import table_columns
from retail_portfolio.run.errors import EXIT_STATUS, OUR_FAULT
from tests.plumbing.checkout import ROOT
from tools.docs import codebook, commands, glossary, ledger, python_api, results, settings, tables
from tools.docs.markdown import broken, code, plain, prose, table


def rows_of(page):
    """Return the cells of every row of every table of a page."""
    lines = [line for line in page.splitlines() if line.startswith("| ") and "| ---" not in line]
    return [[cell.strip() for cell in line[2:-2].split(" | ")] for line in lines]


def bare(cell):
    return re.sub(r"<wbr>|</?code>|\\", "", cell)


def test_texts_are_taken_literally():
    assert plain("a_b *c* <i> | [d](e) `f`") == r"a\_b \*c\* &lt;i&gt; &#124; \[d\](e) \`f\`"
    assert code("a|b") == "<code>a&#124;b</code>"
    assert code("") == ""
    assert prose("a ``b``\n  c | d") == "a `b` c &#124; d"
    assert broken("a_b.c") == r"<code>a\_<wbr>b.<wbr>c</code>"


def test_a_table_has_as_many_cells_as_headings():
    assert "| --- | ---: |" in table(("a", "b:"), [("1", "2")])
    with pytest.raises(ValueError, match="1 cells in a table of 2 columns"):
        table(("a", "b"), [("1",)])


@pytest.mark.slow
def test_every_command_and_option_is_there():
    page = commands.page()
    known = dict(commands.commands())
    top = typer.main.get_command(app).commands
    groups = {name for name, one in top.items() if getattr(one, "commands", None)}
    assert {name for name in known if " " not in name} == set(top) - groups
    assert {name.split()[0] for name in known if " " in name} == groups
    for name, command in known.items():
        part = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert len(rows_of(part)) == len([p for p in command.params if p.name != "help"]) + 1
        for one in command.params:
            for option in one.opts if one.param_type_name == "option" else [one.metavar]:
                assert option in bare(part)


def test_defaults_are_those_of_the_program():
    found = {bare(row[0]): row[2] for row in rows_of(commands.page()) if len(row) == 3}
    assert found["--tolerance X"] == "<code>0.01</code>"
    assert found["--scheduler ADDRESS"] == ""
    assert found["--dry-run"] == "off"
    assert found["RUN_A"] == "must be given"
    assert found["--log text&#124;json"] == "<code>text</code>"


def test_every_exit_status_is_there():
    said = {row[0] for row in rows_of(commands.page().split("## Exit status")[1])}
    assert said == {"status", "0", *map(str, EXIT_STATUS.values()), str(OUR_FAULT), "128 + n"}


def test_every_setting_is_there_with_its_meaning():
    found = {bare(row[0]): row for row in rows_of(settings.page())}
    assert set(Scenario.model_fields) - set(SET_BY_READER) <= set(found)
    assert not set(SET_BY_READER) & set(found)
    assert found["horizon_years"][1:3] == ["whole number, 1 or more, at most 50", "must be given"]
    assert found["draws"][2] == "<code>8192</code>"
    assert found["strict_gaap"][1:3] == ["true or false", "<code>false</code>"]
    assert found["trade_area_minutes"][1] == "number, above 0, at most 120"
    assert found["plan"][1] == "[PlanLimits](#planlimits)"
    assert found["capital_budget_usd"][1] == "number, 0 or more"


def test_a_setting_without_words_ends_the_build():
    class Silent(BaseModel):
        model_config = ConfigDict(use_attribute_docstrings=True)
        years: int = Field(default=1)

    with pytest.raises(ValueError, match="setting years has no docstring"):
        settings.fields(Silent.model_json_schema())


@pytest.mark.slow
def test_every_figure_of_the_ledger_is_there():
    with (ROOT / "data" / "assumptions.csv").open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    found = {bare(row[0]): row for row in rows_of(ledger.page()) if len(row) == 8}
    assert {row["key"] for row in known} == set(found) - {"key"}
    for row in known:
        shown = bare(found[row["key"]][3]).replace(",", "")
        assert float(shown) == float(row["base"])
    assert found["impairment_q4_2025_usd"][3] == "610,000,000"


@pytest.mark.slow
def test_every_column_of_every_table_is_there():
    page = tables.page()
    for name, columns in table_columns().items():
        part = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert [bare(row[0]) for row in rows_of(part)] == ["column", *columns]
    found = {bare(row[0]): row for row in rows_of(page.split("## stores.csv")[1].split("\n## ")[0])}
    assert found["size_sqft"][1:5] == [
        "number",
        "no",
        "square feet above 0, at most 1,000,000",
        "sq ft",
    ]
    assert found["point_precision_m"][3] == "metres, 0 or more; at most 1,000,000"
    assert found["lat"][3] == "a latitude between -90 and 90"


def test_a_column_that_the_codebook_does_not_know_ends_the_build():
    with pytest.raises(ValueError, match="no row for column store_id of Stores"):
        tables.columns(Stores, {})


def test_the_codebook_speaks_of_several_columns_and_files_at_once():
    text = (
        "## a.csv and b.csv\nSome.\n\n| column | unit | origin | meaning | source |\n"
        "|---|---|---|---|---|\n| lat, lon | degrees | - | a point | - |\n\n| other | table |\n"
    )
    said = codebook.read(text)
    assert set(said) == {"a.csv", "b.csv"}
    assert said["b.csv"]["lon"] == ("degrees", "a point", "")
    assert set(said["a.csv"]) == {"lat", "lon"}


def test_every_term_of_a_report_is_there():
    assert "\nHuff model\n:   A way to share out demand" in glossary.page()


@pytest.mark.slow
def test_what_notebooks_import_is_there():
    page = python_api.page("model")
    assert "::: retail_portfolio.model.market.trade_areas\n" in page
    assert "- PlanResult\n" in page
    assert "retail_portfolio.present" not in page
    assert "::: retail_portfolio.present.outputs\n" in python_api.page("present")


NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]},
            "source": ["out_dir = ''\ndata_dir = ''\noverrides = []"],
        },
        {"cell_type": "markdown", "metadata": {}, "source": ["words"]},
        {
            "cell_type": "code",
            "metadata": {},
            "source": [
                "import json, pathlib\nout = pathlib.Path(out_dir)\n(out / 'tables').mkdir()\n",
                "(out / 'tables' / 'b.csv').write_text('store_id,a_usd\\n')\n",
                "said = {'a_usd': {'unit': 'usd', 'origin': 'modelled'},\n",
                "        'store_id': {'unit': '', 'origin': ''}}\n",
                "assert 'solved_draws=1' in overrides\ndisplay(said)\n",
                "(out / '01_x.json').write_text(json.dumps({'tables': {'b': said}}))\n",
            ],
        },
    ]
}


def test_tables_are_those_that_a_notebook_leaves(tmp_path):
    path = tmp_path / "01_x.ipynb"
    path.write_text(json.dumps(NOTEBOOK))
    (found,) = results.leave(path, "")
    assert (found.notebook, found.name) == ("01_x", "b")
    assert list(found.columns) == ["store_id", "a_usd"]
    assert found.columns["a_usd"] == {"unit": "usd", "origin": "modelled"}


@pytest.mark.parametrize(
    ("cell", "words"), [("1 / 0", "01_x, cell 2: ZeroDivisionError"), ("pass", "left nothing")]
)
def test_a_notebook_that_fails_or_leaves_nothing_ends_the_build(tmp_path, cell, words):
    broken_one = json.loads(json.dumps(NOTEBOOK))
    broken_one["cells"][2]["source"] = [cell]
    path = tmp_path / "01_x.ipynb"
    path.write_text(json.dumps(broken_one))
    with pytest.raises(RuntimeError, match=words):
        results.leave(path, "")


def test_the_page_of_results_tells_measures_from_texts(monkeypatch):
    columns = {
        "store_id": {"unit": "", "origin": ""},
        "a_usd": {"unit": "usd", "origin": "modelled"},
    }
    monkeypatch.setattr(results, "tables", lambda: [results.Left("02_closure", "closure", columns)])
    page = results.page()
    assert "## 02_closure" in page
    assert "### closure.csv" in page
    assert [bare(cell) for cell in rows_of(page)[1]] == ["a_usd", "usd", "modelled"]
    assert "mixed units: <code>store\\_id</code>." in page


def test_tables_are_kept_until_a_cause_changes(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_x.ipynb").write_text("{}")
    made = []
    monkeypatch.setattr(results, "checkout_root", lambda: tmp_path)
    monkeypatch.setattr(
        results,
        "made",
        lambda _: made.append(1) or [("01_x", "b", {"a": {"unit": "", "origin": ""}})],
    )
    assert results.tables() == results.tables()
    assert len(made) == 1
    (tmp_path / "notebooks" / "01_x.ipynb").write_text("{} ")
    assert results.tables()[0].name == "b"
    assert len(made) == 2
    assert len(list((tmp_path / "build").iterdir())) == 1
