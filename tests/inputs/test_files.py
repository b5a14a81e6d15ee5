"""What is wrong with a file as such is named, and nothing in it is read past that."""

from __future__ import annotations

from pathlib import Path

import pytest

from retail_portfolio.inputs import InputError, load_case
from retail_portfolio.inputs.files import textfile
from retail_portfolio.inputs.folders import absolute_path
from tests.inputs.edits import faults_of, read, write

NAME = "stores.csv"


def _text(folder: Path) -> str:
    return (folder / NAME).read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_small_case_is_fit(small_data: Path) -> None:
    assert faults_of(small_data) == []
    assert faults_of(small_data, "cheap-rent") == []


BYTES = {
    "empty": (lambda _: b"", "found 'an empty file'"),
    "blank": (lambda _: b"\n\n  \n", "found 'only blanks'"),
    "header only": (lambda text: text.split("\n")[0].encode(), "expected at least one row"),
    "UTF-16": (lambda text: text.encode("utf-16"), "found 'UTF-16 text'"),
    "UTF-16 without mark": (lambda text: text.encode("utf-16-be"), "found 'UTF-16 text'"),
    "BOM": (lambda text: b"\xef\xbb\xbf" + text.encode(), "found 'a byte-order mark (BOM)'"),
    "Latin-1": (
        lambda text: text.replace("Bakery", "Caf\xe9").encode("latin-1"),
        "stores.csv row 3: found '.2500,reported,,,unknown,Caf\xe9",
    ),
    "NUL": (lambda text: text.replace("Bakery", "Ba\0ery").encode(), "row 3: found 'a NUL byte'"),
    "semicolons": (lambda text: text.replace(",", ";").encode(), "row 1: found 'a semicolon'"),
    "tabs": (lambda text: text.replace(",", "\t").encode(), "row 1: found 'a tab'"),
    "open quote": (lambda text: text.replace('North"', "North").encode(), "whose quotes close"),
    "too few fields": (
        lambda text: text.replace(",Bakery", "").encode(),
        "row 3: found '25 fields'",
    ),
    "too many fields": (lambda text: text.replace("Bakery", "a,b").encode(), "row 3: found '27 f"),
    "empty row": (
        lambda text: text.replace("\ncorner-2", "\n\ncorner-2").encode(),
        "row 3: found 'an",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", BYTES)
def test_wrong_bytes_are_named(kind: str, small_data: Path) -> None:
    change, expected = BYTES[kind]
    (small_data / NAME).write_bytes(change(_text(small_data)))
    mine = [line for line in faults_of(small_data) if line.startswith(NAME)]
    assert mine
    if kind == "Latin-1":
        assert any("UTF-8" in line and "row 3" in line and "Caf\xe9" in line for line in mine), mine
    else:
        assert any(expected in line for line in mine), mine
    assert all(line.isprintable() for line in mine)
    with pytest.raises(InputError):
        load_case(data_dir=str(small_data))


def test_a_missing_column_is_named_and_a_misspelt_one_with_its_name(small_data: Path) -> None:
    (small_data / NAME).write_text(_text(small_data).replace("size_sqft", "size_sqfeet", 1))
    lines = faults_of(small_data)
    assert (
        "stores.csv row 1, column size_sqfeet: found 'size_sqfeet', "
        "expected no column of this name (did you mean 'size_sqft'?)"
    ) in lines
    missing = "stores.csv row 1, column size_sqft: found nothing, expected a column of this name"
    assert missing in lines
    assert len(lines) == 2


def test_a_column_that_is_there_twice_is_named(small_data: Path) -> None:
    rows = read(small_data / NAME)
    write(small_data / NAME, [[*row, row[3]] for row in rows])
    assert faults_of(small_data) == [
        "stores.csv row 1, column name: found 'name', expected each column once"
    ]


@pytest.mark.slow
def test_order_of_columns_and_windows_line_ends_do_not_matter(small_data: Path) -> None:
    before = load_case(data_dir=str(small_data)).stores
    write(small_data / NAME, [row[::-1] for row in read(small_data / NAME)])
    (small_data / NAME).write_bytes(_text(small_data).replace("\n", "\r\n").encode())
    assert load_case(data_dir=str(small_data)).stores.equals(before)


def test_blank_lines_at_the_end_do_not_matter(small_data: Path) -> None:
    with (small_data / NAME).open("a") as file:
        file.write("\n\n")
    assert faults_of(small_data) == []


@pytest.mark.parametrize(
    ("name", "what"),
    [("demand.csv", "demand"), ("assumptions.csv", "ledger"), ("leases.csv", "leases")],
)
def test_a_missing_file_is_named(name: str, what: str, small_data: Path) -> None:
    (small_data / name).unlink()
    command = f"retail-portfolio build {what} --data '{small_data}'"
    assert f"{name}: found nothing, expected this file (`{command}` makes it)" in faults_of(
        small_data
    )


@pytest.mark.slow
def test_optional_files_may_be_absent(small_data: Path) -> None:
    for name in (
        "outcomes.csv",
        "corrections.csv",
        "backtest/sites.csv",
        "backtest/own_stores.csv",
    ):
        (small_data / name).unlink()
    case = load_case(data_dir=str(small_data))
    assert len(case.barriers) == 0
    assert len(case.outcomes) == len(case.corrections) == len(case.backtest_sites) == 0
    assert list(case.outcomes.columns)[:2] == ["outcome_id", "store_id"]


def test_a_huge_file_is_refused_before_it_is_read(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (small_data / NAME).open("r+b") as file:
        file.truncate(textfile.MAX_TABLE_BYTES + 1)  # sparse: takes no room on the disk

    def refuse(path: Path) -> bytes:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    text, fault = textfile.read_text(small_data, NAME, textfile.MAX_TABLE_BYTES)
    assert text is None
    assert str(fault) == "stores.csv: found '100,000,001 bytes', expected at most 100,000,000 bytes"


@pytest.mark.slow
def test_a_link_that_leads_out_of_the_folder_is_refused(small_data: Path, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.csv"
    (small_data / NAME).rename(outside)
    (small_data / NAME).symlink_to(outside)
    assert any("not a link that leads out of it" in line for line in faults_of(small_data))
    (small_data / NAME).unlink()
    outside.rename(small_data / "other.csv")
    (small_data / NAME).symlink_to("other.csv")
    assert faults_of(small_data) == []


def test_a_link_to_nowhere_and_a_folder_are_named(small_data: Path) -> None:
    (small_data / "outcomes.csv").unlink()
    (small_data / "outcomes.csv").symlink_to("gone.csv")
    (small_data / "metros.csv").unlink()
    (small_data / "metros.csv").mkdir()
    lines = faults_of(small_data)
    assert "outcomes.csv: found nothing, expected a link to a file" in lines
    assert "metros.csv: found 'a folder or device', expected a file" in lines


def test_a_data_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert "expected a folder that exists" in faults_of(tmp_path / "nowhere")[0]
    assert faults_of(Path("nul\0byte"))[0].startswith("data folder: found 'nul\\x00byte'")
    assert faults_of(Path("~nobody-of-this-name/x"))[0] == (
        "data folder: found '~nobody-of-this-name/x', expected a folder that exists"
    )


def test_a_path_is_taken_as_a_shell_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/me")
    assert absolute_path("~/x", "--out") == Path("/home/me/x")
    assert absolute_path("x/../y", "--out") == tmp_path / "x/../y"
    nowhere = "~nobody-of-this-name"
    with pytest.raises(InputError) as raised:
        absolute_path(nowhere, "--out")
    assert str(raised.value) == (
        f"--out: found '{nowhere}', expected a path whose beginning is there (its ~name, or the "
        "working directory)"
    )
    (tmp_path / nowhere).symlink_to("gone")
    assert absolute_path(nowhere, "--out") == tmp_path / nowhere, "a name as any other"


def test_a_working_directory_that_is_gone_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(InputError, match=r"--out: found 'x', expected .* working directory"):
        absolute_path("x", "--out")
    assert absolute_path("/x", "--out") == Path("/x")
