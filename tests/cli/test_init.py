"""`init` from the door, and the way from headers to a fit portfolio, as `check` tells it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from retail_portfolio.inputs.example.start import start_portfolio
from tests.second_retailer import rows_of

Command = Callable[..., tuple[int, str, str]]

pytestmark = pytest.mark.slow


def test_the_example_is_written_and_fit(command: Command, tmp_path: Path) -> None:
    status, out, err = command("init", tmp_path / "mine")
    assert (status, err) == (0, "")
    assert str(tmp_path / "mine") in out
    assert command("check", "--data", tmp_path / "mine")[0] == 0


def test_a_folder_with_files_is_refused(command: Command, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", encoding="utf-8")
    status, out, err = command("init", tmp_path, "--empty")
    assert (status, out) == (2, "")
    assert "is untouched" in err
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_general_figures_are_added_from_the_door(command: Command, tmp_path: Path) -> None:
    command("init", tmp_path / "mine", "--empty")
    status, out, err = command("build", "ledger", "--data", tmp_path / "mine")
    assert (status, err) == (0, "")
    assert out.startswith("assumptions.csv: ")
    assert rows_of(tmp_path / "mine" / "assumptions.csv")


def test_check_leads_from_headers_to_a_portfolio_that_is_fit(
    command: Command, tmp_path: Path
) -> None:
    """Each step is taken when the check asks for it, and for nothing that it has not named."""
    whole, mine = tmp_path / "whole", tmp_path / "mine"
    start_portfolio(str(whole))
    start_portfolio(str(mine), empty=True)

    def check() -> str:
        status, out, err = command("check", "--data", mine)
        assert (status, out) == (2, "")
        return err

    def fill(name: str) -> None:
        shutil.copy(whole / name, mine / name)

    first = check()
    for name in ("title", "why", "as_of", "base_year", "banners", "formats"):
        assert f"scenarios/base.yaml row {_line(mine, name)}, column {name}" in first
    for name in ("stores.csv", "demand.csv", "metros.csv", "competitors.csv", "assumptions.csv"):
        assert f"{name}: found 'only a header'" in first
    for name in ("scenarios/base.yaml", "stores.csv", "metros.csv", "demand.csv"):
        fill(name)
    fill("competitors.csv")
    assert "build ledger" in check()
    assert command("build", "ledger", "--data", mine)[0] == 0
    second = check()
    assert "leases.csv" in second
    assert "size_sqft.foodhall" in second  # marked assumed in stores.csv
    fill("leases.csv")
    _add_rows(mine, ("size_sqft", "lease_", "rent_", "nnn_"), whole)
    third = check()
    assert third.count("a model needs it") > 20
    assert "preopening_usd_per_store" in third
    assert "USD per store: Spending before a store opens; the example has 700,000" in third
    _add_rows(mine, ("",), whole)
    status, out, err = command("check", "--data", mine)
    assert (status, err) == (0, "")
    assert "everything is fit to use" in out


@pytest.mark.parametrize("name", ["benefit_load", "food_at_home_usd_year"])
def test_a_general_figure_that_is_missing_names_the_command(
    command: Command, tmp_path: Path, name: str
) -> None:
    mine = start_portfolio(str(tmp_path / "mine"))
    ledger = mine / "assumptions.csv"
    kept = [line for line in ledger.read_text("utf-8").splitlines() if not line.startswith(name)]
    ledger.write_text("\n".join(kept) + "\n", encoding="utf-8")
    status, _, err = command("check", "--data", mine)
    assert status == 2
    assert f"a row named {name}" in err
    assert f"`retail-portfolio build ledger --data {mine}` adds it" in err
    assert command("build", "ledger", "--data", mine)[0] == 0
    assert command("check", "--data", mine)[0] == 0


def _line(folder: Path, key: str) -> int:
    lines = (folder / "scenarios" / "base.yaml").read_text("utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:"))


def _add_rows(mine: Path, beginnings: tuple[str, ...], whole: Path) -> None:
    """Add rows of the example's ledger that the other one lacks."""
    ledger = mine / "assumptions.csv"
    known = {row["key"] for row in rows_of(ledger)}
    lines = (whole / "assumptions.csv").read_text("utf-8").splitlines()[1:]
    new = [
        line
        for line in lines
        if line.partition(",")[0] not in known and line.startswith(beginnings)
    ]
    ledger.write_text(ledger.read_text("utf-8") + "\n".join(new) + "\n", encoding="utf-8")


def test_the_command_that_comes_next_can_be_typed(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "my stores"
    status, out, _ = command("init", folder, "--empty")
    assert status == 0
    assert f"next: retail-portfolio check --data '{folder}'\n" in out
