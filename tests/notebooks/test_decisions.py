"""A retailer who may keep and move stores: the notebooks, and the pages that are made of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.present.outputs import read_outputs
from retail_portfolio.present.site import build_site
from tests.conftest import BUNDLED
from tests.notebooks.warm import Warm, leaves
from tests.present.deciding_case import DECIDED, SETTINGS, deciding_data
from tests.small_data import write_small_data

pytestmark = [pytest.mark.notebook, pytest.mark.slow]
BOOKS = ("01_portfolio", "03_conversion", "05_uncertainty")


@pytest.fixture(scope="module")
def made(warm: Warm, tmp_path_factory: Any) -> Path:
    """A folder with the notebooks executed, what they left, and the site made of it."""
    folder: Path = tmp_path_factory.mktemp("deciding")
    data = deciding_data(write_small_data(folder / "data"))
    for name in BOOKS:
        few = {"draws": 64, "solved_draws": 2} if name.startswith("05") else {}
        leaves(warm, name, folder, data, *SETTINGS, **few)
    looks = load_case(data_dir=str(data)).scenario.formats
    facts = {
        "title": "Northline",
        "run_id": "a-run",
        "scenario": "base",
        "as_of": "2026-01-27",
        "currency": "USD",
        "formats": {code: {"label": one.label, "role": one.role} for code, one in looks.items()},
    }
    books = [folder / f"{name}.ipynb" for name in BOOKS]
    build_site(folder / "found", books, facts, folder / "site", data_dir=data)
    return folder


def words_of(html: str) -> str:
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", bare).split())


def outputs_of(folder: Path, cell: str) -> str:
    book = nbformat.read(folder / "03_conversion.ipynb", as_version=4)
    (found,) = [one for one in book.cells if one.id == cell]
    texts = [out.get("text") or out["data"].get("text/html", "") for out in found.outputs]
    return words_of(" ".join(texts))


def test_the_notebooks_leave_what_is_decided_and_where_stores_move_to(made: Path) -> None:
    outputs = read_outputs(made / "found", words=BUNDLED)
    plan = outputs.table("plan").table
    assert dict(zip(plan["store_id"], plan["decision"], strict=True)) == DECIDED
    places = outputs.table("relocations").table
    assert places[["store_id", "name"]].to_numpy().tolist() == [["corner-2", "Mill Road"]]
    listed = outputs.table("frontier_stores").table
    assert {"keep", "relocate"} <= set(listed["decision"])
    assert {"probability_keep", "probability_relocate"} <= set(
        outputs.table("uncertainty").table.columns
    )
    assert "1 stays open, 1 moves" in outputs.notebooks["03_conversion"].sentence


def test_the_notebook_says_what_is_weighed_and_how_it_is_valued(made: Path) -> None:
    said = outputs_of(made, "03-53")
    assert said.startswith(
        "This scenario weighs for every closing store whether to close it, keep it open, move it "
        "or convert it."
    )
    assert "four-wall result of the register" in said
    assert "Worth moving" in outputs_of(made, "03-07")
    assert "stays open" in outputs_of(made, "03-37")


def test_the_summary_lists_each_decision_and_the_plans_count_them(made: Path) -> None:
    words = words_of((made / "site" / "index.html").read_text("utf-8"))
    for said in (
        "Worth converting to Harvest Hall: 1 store",
        "Worth keeping open: 1 store",
        "Worth moving: 1 store",
        "moves to Mill Road",
        "Stores that stay open 1",
        "Stores that move 1",
        "Stores that close 0",
    ):
        assert said in words, said


def test_the_map_draws_each_decision_and_the_way_to_the_new_place(made: Path) -> None:
    page = (made / "site" / "map.html").read_text("utf-8")
    found = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    data = next(one for one in map(json.loads, found) if "kinds" in one)
    shown = {kind["label"]: kind["count"] for kind in data["kinds"] if kind["count"]}
    assert {
        f"Corner Pantry, worth {words}": 1
        for words in (*("converting to Harvest Hall", "keeping open", "moving"),)
    }.items() <= shown.items()
    (moves,) = [layer for layer in data["layers"] if layer["key"] == "moves"]
    assert moves["count"] == 1
    assert {"Stays open in, of draws", "Moves in, of draws"} <= {
        figure["label"] for figure in data["stores"]["figures"]
    }
    assert "Worth moving" in words_of(page)
