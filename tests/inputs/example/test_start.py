"""The start of a portfolio: an example that is fit to use, or headers; whole, or not at all."""

from __future__ import annotations

import csv
import os
import re
import stat
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.inputs.example import start
from retail_portfolio.inputs.example.start import start_portfolio
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.registers.zip_areas import zip_areas
from retail_portfolio.inputs.table_files import table_columns
from retail_portfolio.model.overview.requirements import missing_rows
from tests.second_retailer import rows_of

FICTIONAL = "Fictional: made up for this example"
BUNDLED = re.compile(
    r"Amazon|Whole Foods|\bFresh\b|\bGo\b|Just Walk Out|\bJWO\b|\bjwo\b|Daily Shop|\bwfm\b"
)
"""Names of the bundled case; no file of the example holds one."""
WRITTEN_WITHIN = {
    "lat": 6e-6,
    "lon": 6e-6,
    "households": 0.51,
    "median_household_income_usd": 0.51,
    "share_over_200k": 6e-5,
    "share_bachelors": 6e-5,
    "share_no_vehicle": 6e-5,
    "population_per_sq_km": 0.051,
}
"""Half of the last digit that the table holds."""
CBSA = {"omaha-ne": "36540", "des-moines-ia": "19780"}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return start_portfolio(str(tmp_path_factory.mktemp("starts") / "example"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return start_portfolio(str(tmp_path_factory.mktemp("starts") / "empty"), empty=True)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["base", "tight_budget"])
def test_the_example_is_fit_to_use(example: Path, scenario: str) -> None:
    case = load_case(scenario, str(example))
    assert missing_rows(case) == ()
    assert 12 <= (case.stores["status"] != "closed").sum() <= 25
    assert len(case.metros) == 2
    assert len(case.scenario.convert_to) == 2


def test_the_example_has_rows_in_every_table_but_those_it_explains(example: Path) -> None:
    said = (example / "README.md").read_text("utf-8")
    for name in table_columns():
        path = example / name
        assert (path.is_file() and rows_of(path)) or name in said, name
    assert (example / "columns.yaml").read_text("utf-8").startswith("#")


@pytest.mark.parametrize("name", ["stores.csv", "leases.csv", "competitors.csv", "outcomes.csv"])
def test_what_is_made_up_says_so(example: Path, name: str) -> None:
    for row in rows_of(example / name):
        assert row["source"] == FICTIONAL
        marks = {value for column, value in row.items() if column.endswith("origin")}
        assert marks <= {"assumed", "modelled", ""}


def test_a_term_is_modelled_where_it_follows_from_the_opening(example: Path) -> None:
    stores = {row["store_id"]: row for row in rows_of(example / "stores.csv")}
    worked_out = [
        row for row in rows_of(example / "leases.csv") if row["remaining_term_origin"] == "modelled"
    ]
    assert worked_out
    for row in worked_out:
        year, month = (int(part) for part in stores[row["store_id"]]["opened"].split("-")[:2])
        trading = 2026 + 2 / 12 - (year + (month - 0.5) / 12)
        left = float(row["initial_term_years"]) - trading
        assert float(row["remaining_term_years"]) == pytest.approx(left, abs=0.06)


@pytest.mark.slow
def test_the_people_are_those_of_the_zip_areas(example: Path) -> None:
    said = pd.DataFrame(rows_of(example / "demand.csv")).set_index("point_id")
    real = zip_areas().set_index("point_id")
    wanted = real[real["metro_id"].isin(CBSA.values())]
    assert set(said.index) == set(wanted.index)
    codes = said["metro_id"].map(CBSA)
    assert (codes == wanted.loc[said.index, "metro_id"]).all()
    for column, within in WRITTEN_WITHIN.items():
        there = wanted.loc[said.index, column].to_numpy()
        assert said[column].astype(float).to_numpy() == pytest.approx(there, rel=0, abs=within)


def test_no_file_of_the_example_names_the_bundled_case(example: Path, empty: Path) -> None:
    for folder in (example, empty):
        for path in sorted(folder.rglob("*.*")):
            found = BUNDLED.search(path.read_text("utf-8"))
            assert found is None, f"{path.name}: {found}"


def test_empty_is_headers_and_nothing_else(empty: Path) -> None:
    for name, columns in table_columns().items():
        with (empty / name).open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == [list(columns)], name
    said = (empty / "README.md").read_text("utf-8")
    order = [
        "base.yaml",
        "stores.csv",
        "assumptions.csv",
        "leases.csv",
        "demand.csv",
        "competitors",
    ]
    assert sorted(order, key=said.index) == order


@pytest.mark.parametrize("empty_one", [False, True])
def test_commands_in_the_readme_name_the_folder(
    example: Path, empty: Path, empty_one: bool
) -> None:
    folder = empty if empty_one else example
    said = (folder / "README.md").read_text("utf-8")
    assert f"--data {folder.name}" in said
    assert "FOLDER" not in said


def test_an_empty_folder_may_be_there_already(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    made = start_portfolio(str(tmp_path / "there"), empty=True)
    assert (made / "stores.csv").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_folder_with_a_file_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".hidden").write_text("kept", encoding="utf-8")
    with pytest.raises(InputError, match="holds files and is untouched"):
        start_portfolio(str(tmp_path / "mine"))
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", ".hidden"]
    assert (tmp_path / "mine" / ".hidden").read_text("utf-8") == "kept"


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("", "the name of a folder"),
        (" ", "the name of a folder"),
        ("with\0nul", "the name of a folder"),
        ("~nobody-of-this-name/x", "the name of a folder"),
        ("file", "this is a file"),
        ("file/below", "a folder above it"),
        ("no/such", "mkdir -p"),
        ("x" * 300, "a folder that can be"),
    ],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, said: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        start_portfolio(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_cannot_be_moved_into_place_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError, match="No space left"):
        start_portfolio(str(tmp_path / "new"))
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_an_empty_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    made = start_portfolio(str(tmp_path / "link"), empty=True)
    assert made == (tmp_path / "real").resolve()
    assert (tmp_path / "link").is_symlink()


def test_the_folder_has_the_rights_of_any_new_folder(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        made = start_portfolio(str(tmp_path / "new"), empty=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.stat().st_mode) == 0o750


def test_every_resource_is_written_out(example: Path, empty: Path) -> None:
    own = resources.files(start.__package__ or "")
    for name, folder in (("files", example), ("empty", empty)):
        root = Path(str(own / name))
        for path in root.rglob("*.*"):
            assert (folder / path.relative_to(root)).is_file(), path


def test_an_empty_folder_is_filled_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    place.chmod(0o2770)
    before = place.stat()
    monkeypatch.chdir(place)
    assert start_portfolio(".", empty=True) == place
    assert Path.cwd() == place
    after = place.stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert (place / "scenarios" / "base.yaml").is_file()
    assert not list(tmp_path.rglob("*.part"))


def test_a_new_folder_keeps_the_group_of_the_one_above(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    made = start_portfolio(str(tmp_path / "new"), empty=True)
    assert made.stat().st_mode & stat.S_ISGID


def test_an_empty_folder_is_filled_all_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    rename, seen = Path.rename, []

    def full(self: Path, target: Path) -> Path:
        seen.append(target)
        if len(seen) == 4:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(InputError, match="No space left on device"):
        start_portfolio(str(place), empty=True)
    assert len(seen) == 7
    assert list(place.iterdir()) == []
