"""The notebook of the conversions: its order, what it leaves, and that it writes no scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.warm import Warm, leaves, printed_by

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "03_conversion.ipynb"
TABLES = {
    *("conversion", "plan", "horizons", "near_optimal_plans", "near_optimal_stores", "prices"),
    *("frontier_by_number", "frontier_by_budget", "frontier_plans", "frontier_stores"),
    *("taken", "customers", "overlaps"),
    *("trade_area_fit", "trade_area_density", "trade_area_exponents", "trade_area_strengths"),
}
MINE = {"my_plan", "my_plan_steps"}


def ran(warm: Warm, folder: Path, data: Path, *overrides: str) -> tuple[dict[str, Any], str]:
    """Run it on a data folder; return what it leaves for the report, and what it prints."""
    left, cells = leaves(warm, NOTEBOOK.stem, folder, data, *overrides)
    return left, printed_by(cells)


def test_the_answer_comes_before_how_it_was_found() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.id not in {"03-02", "03-12"})
    order = [
        *("print(answer)", "portfolio_map(", 'shown(choice, "plan"', "frontier_chart(by_number"),
        *("near_chart(near", "what_if(task", "save_scenario(save_as", "mine.stores.sentence if"),
        *("html_table(\n    values", "fit_by_metro(", "exponents("),
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_nothing_is_saved_unless_a_name_is_given() -> None:
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    saving = [source for source in cells.values() if "save_scenario(" in source]
    assert len(saving) == 1
    assert saving[0].startswith('save_as = ""')
    assert "\nif save_as:\n    save_scenario(" in saving[0]


@pytest.mark.notebook
@pytest.mark.slow
def test_a_named_plan_is_left_for_the_report(warm: Warm, tmp_path: Path, small_data: Path) -> None:
    before = sorted(small_data.rglob("*"))
    left, printed = ran(warm, tmp_path, small_data, "my_plan=corner-1,corner-2")
    assert set(left["tables"]) == TABLES | MINE
    keys = [figure["key"] for figure in left["figures"]]
    assert keys[0] == "stores_converting"
    assert keys[-2:] == ["my_plan_gain_usd", "my_plan_shortfall_usd"]
    assert "Your plan of 2 sites " in left["sentence"]
    charts = [chart["file"].removesuffix(".svg") for chart in left["charts"]]
    assert charts[0] == "conversion_value"
    assert {"frontier", "frontier_budget"} <= set(charts)
    frontier = (tmp_path / "found" / "charts" / "frontier.svg").read_text(encoding="utf-8")
    assert "your plan: 2 conversions" in frontier
    assert "What is asked for costs" in printed
    assert left["layers"] == ["trade_areas"]
    assert sorted(small_data.rglob("*")) == before
    assert "one-more" not in {path.stem for path in (ROOT / "scenarios").iterdir()}


@pytest.mark.notebook
@pytest.mark.slow
def test_where_every_site_converts_nothing_is_left_to_force(
    warm: Warm, tmp_path: Path, small_data: Path
) -> None:
    left, printed = ran(warm, tmp_path, small_data, "plan.force_in=corner-1,corner-2,corner-3")
    assert set(left["tables"]) == TABLES
    assert "No site is left that could be forced in." in printed
    assert "The scenario names no plan of its own" in printed
