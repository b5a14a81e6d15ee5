"""The notebook of checkout: under another name, in another currency, and without walk-out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.warm import Warm, leaves

OURS = re.compile(r"jwo|just walk out", re.IGNORECASE)
DOLLARS = re.compile(r"\bUSD\b|\$")


def ran(warm: Warm, folder: Path, data: Path, *overrides: str) -> tuple[dict[str, Any], str]:
    """Run it on a data folder; return what it leaves, and all that a reader sees of its outputs."""
    left, cells = leaves(warm, "04_checkout", folder, data, *overrides)
    outputs = [out for cell in cells for out in cell.get("outputs", [])]
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    kept = (folder / "found" / "04_checkout.json").read_text(encoding="utf-8")
    return left, "\n".join([*prose, json.dumps(outputs), kept])


@pytest.fixture
def renamed(small_data: Path) -> Path:
    """The small portfolio with another code of walk-out checkout in its ledger and register."""
    for name in ("assumptions.csv", "stores.csv", "scenarios/base.yaml"):
        path = small_data / name
        path.write_text(path.read_text(encoding="utf-8").replace("jwo", "gliss"), encoding="utf-8")
    return small_data


@pytest.mark.notebook
@pytest.mark.slow
def test_another_name_and_another_currency_reach_every_word(
    warm: Warm, tmp_path: Path, renamed: Path
) -> None:
    name = ("walk_out.label=gliding checkout", "walk_out.short=", "currency=CAD")
    left, seen = ran(warm, tmp_path, renamed, *name)
    assert left["title"] == "What gliding checkout costs, and where it would pay"
    assert "a year of gliding checkout costs CAD " in left["sentence"]
    keys = {figure["key"]: figure for figure in left["figures"]}
    assert keys["gliss_cost_corner"]["label"].startswith("Gliding checkout a year, ")
    assert keys["gliss_paid_extra"]["table"] == "checkout_paid"
    assert "gliss_vision_installed_usd_year" in left["tables"]["checkout_stores"]
    assert not OURS.findall(seen)
    assert not DOLLARS.findall(seen)
    charts = [path.read_text(encoding="utf-8") for path in (tmp_path / "found").glob("charts/*")]
    assert charts
    assert not [one for one in charts if OURS.search(one) or DOLLARS.search(one)]


@pytest.mark.notebook
@pytest.mark.slow
def test_without_figures_of_walk_out_the_rest_is_compared(
    warm: Warm, tmp_path: Path, small_data: Path
) -> None:
    path = small_data / "assumptions.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("jwo_")), encoding="utf-8")
    left, seen = ran(warm, tmp_path, small_data)
    assert left["title"] == "What a year of checkout costs"
    assert "Not compared for want of figures in the ledger: self-checkout, " in left["sentence"]
    assert [figure["key"] for figure in left["figures"]] == [
        *("staffed_cost_corner", "staffed_cost_hall"),
    ]
    assert "only technologies with a checkout are compared" in seen
    assert len(left["charts"]) == 3
