"""A table is written whole, never over another unasked, and never out of shape."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pandas as pd
import pytest

from retail_portfolio.inputs.build import writing
from retail_portfolio.inputs.build.codebook import FILE, write_built
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.registers import demand, metros
from retail_portfolio.inputs.tables import columns_of
from tests.inputs.build.bare import write_bare

BUILT = writing.Built("metros.csv", 3, "a place", left_out=(("reason", 2), ("none", 0)))


@pytest.fixture
def folder(tmp_path):
    return write_bare(tmp_path / "bare")


def listed(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_table_with_rows_is_refused_before_anything_is_done(folder):
    (folder / "metros.csv").write_text("metro_id\nmine\nyours\n")
    with pytest.raises(InputError, match=r"metros\.csv: found '2 rows', expected no rows yet; or"):
        writing.refuse_to_replace(str(folder), "metros.csv", replace=False)
    writing.refuse_to_replace(str(folder), "metros.csv", replace=True)


@pytest.mark.parametrize("text", ["", "metro_id,name\n", "metro_id,name\n\n\n"])
def test_a_table_without_rows_may_be_filled(folder, text):
    (folder / "metros.csv").write_text(text)
    writing.refuse_to_replace(str(folder), "metros.csv", replace=False)


def test_a_link_or_a_folder_is_not_written_through(folder, tmp_path):
    (folder / "metros.csv").symlink_to(tmp_path / "elsewhere.csv")
    (folder / "demand.csv").mkdir()
    for name in ("metros.csv", "demand.csv"):
        with pytest.raises(InputError, match="a link or a folder"):
            writing.refuse_to_replace(str(folder), name, replace=True)


def test_a_table_that_another_program_writes_is_refused(folder):
    (folder / "columns.yaml").write_text("metros.csv: {separator: ';'}\n")
    with pytest.raises(InputError, match=r"columns\.yaml row 1, column metros\.csv"):
        writing.refuse_to_replace(str(folder), "metros.csv", replace=True)
    writing.refuse_to_replace(str(folder), "demand.csv", replace=True)


def test_what_stood_there_is_kept_each_time_under_a_name_of_its_own(folder):
    for text in ("a\n1\n", "a\n2\n", "a\n3\n"):
        kept = writing.write_aside(folder, "metros.csv", text, keep=True)
    assert kept == "metros.csv.before-2"
    names = ("metros.csv", "metros.csv.before", "metros.csv.before-2")
    assert [(folder / name).read_text() for name in names] == ["a\n3\n", "a\n1\n", "a\n2\n"]
    assert writing.write_aside(folder, "metros.csv", "a\n3\n", keep=True) == ""
    assert "metros.csv.before-3" not in listed(folder)


def test_when_writing_fails_the_old_table_stands_and_nothing_is_left_beside(folder, monkeypatch):
    (folder / "metros.csv").write_text("a\nold\n")
    before = listed(folder)

    def fail(*_):
        raise OSError(28, "no space left")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="no space left"):
        writing.write_aside(folder, "metros.csv", "a\nnew\n", keep=False)
    assert (folder / "metros.csv").read_text() == "a\nold\n"
    assert listed(folder) == before


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_who_may_read_a_table_stays_and_a_new_one_follows_the_umask(folder):
    place = folder / "metros.csv"
    place.write_text("a\n1\n")
    place.chmod(0o600)
    kept = writing.write_aside(folder, "metros.csv", "a\n2\n", keep=True)
    modes = [stat.S_IMODE((folder / name).stat().st_mode) for name in ("metros.csv", kept)]
    assert modes == [0o600, 0o600]
    place.chmod(0o664)
    kept = writing.write_aside(folder, "metros.csv", "a\n3\n", keep=True)
    modes = [stat.S_IMODE((folder / name).stat().st_mode) for name in ("metros.csv", kept)]
    assert modes == [0o664, 0o664]
    mask = os.umask(0o027)
    try:
        writing.write_aside(folder, "demand.csv", "a\n", keep=True)
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / "demand.csv").stat().st_mode) == 0o640


def test_a_table_that_does_not_fit_its_schema_is_not_written():
    row = dict.fromkeys(columns_of(metros.Metros), "x") | {"lat": "39.7", "lon": "-104.9"}
    row |= {"competitor_coverage": "partial", "cbsa_code": "9", "name": "=SUM(A1)"}
    with pytest.raises(InputError) as found:
        writing.table_text(pd.DataFrame([row]), metros.Metros, metros.FILE, metros.row_faults)
    assert [fault.column for fault in found.value.faults] == ["name", "cbsa_code"]


def test_a_row_that_contradicts_itself_is_not_written():
    row = dict.fromkeys(columns_of(metros.Metros), "x") | {"lat": "-104.9", "lon": "39.7"}
    row |= {"competitor_coverage": "partial", "cbsa_code": ""}
    with pytest.raises(InputError, match="look swapped"):
        writing.table_text(pd.DataFrame([row]), metros.Metros, metros.FILE, metros.row_faults)


def test_numbers_are_written_one_way():
    frame = pd.DataFrame({"v": [1e-9, 1234567.0, 0.30000000000000004]})
    assert writing.texts(frame["v"], 4) == ["0", "1234567", "0.3"]
    assert columns_of(demand.Demand)  # the schema that most of them go to


def test_what_was_built_is_told_in_lines():
    assert str(BUILT) == "metros.csv: 3 rows, from a place\n  left out, reason: 2"
    assert str(writing.Built("a.csv", 1, "b", kept="a.csv.before")) == (
        "a.csv: 1 row, from b\n  the table before is kept as a.csv.before"
    )


def test_the_codebook_gets_a_section_and_keeps_the_others(folder):
    write_built(str(folder), "metros", BUILT, "a\n1\n", ("What `x` means.",))
    text = (folder / FILE).read_text()
    assert text == (
        "# Sources\n\n## metros.csv, built\n"
        "Written by `retail-portfolio build metros`: 3 rows.\nFrom a place.\nWhat `x` means.\n"
    )
    mine = "# Mine\n\nOf *stores*.\n\n" + text.partition("\n\n")[2] + "\n## demand.csv\nBy hand.\n"
    (folder / FILE).write_text(mine)
    more = writing.Built("metros.csv", 1, "list_of|[things]")
    assert write_built(str(folder), "metros", more, "a\n2\n").kept == "metros.csv.before"
    assert write_built(str(folder), "metros", more, "a\n2\n").kept == ""
    after = (folder / FILE).read_text()
    assert after == (
        "# Mine\n\nOf *stores*.\n\n## metros.csv, built\n"
        "Written by `retail-portfolio build metros`: 1 row.\n"
        "From list\\_of\\|\\[things\\].\n"
        "\n## demand.csv\nBy hand.\n"
    )


def test_a_codebook_that_is_no_text_is_a_fault_before_anything_is_written(folder):
    (folder / FILE).write_bytes(b"\xff\xfe\x00\x01" * 9)
    with pytest.raises(InputError, match=r"SOURCES\.md"):
        write_built(str(folder), "metros", BUILT, "a\n1\n")
    assert (folder / FILE).read_bytes() == b"\xff\xfe\x00\x01" * 9
    assert not (folder / "metros.csv").exists()


def test_an_empty_codebook_is_begun(folder):
    (folder / FILE).write_bytes(b"")
    write_built(str(folder), "metros", BUILT, "a\n1\n")
    assert (folder / FILE).read_text().startswith("# Sources")


def test_a_codebook_with_line_ends_of_windows_keeps_them_and_one_section(folder):
    mine = b"# Mine\r\n\r\n## demand.csv\r\nBy hand.\r\n"
    (folder / FILE).write_bytes(mine)
    write_built(str(folder), "metros", BUILT, "a\n1\n")
    first = (folder / FILE).read_bytes()
    section = (
        b"\r\n## metros.csv, built\r\n"
        b"Written by `retail-portfolio build metros`: 3 rows.\r\nFrom a place.\r\n"
    )
    assert first == mine + section
    (folder / FILE).write_bytes(first + b"\r\n## leases.csv\r\nDeeds.\r\n")
    more = writing.Built("metros.csv", 1, "a street")
    write_built(str(folder), "metros", more, "a\n2\n")
    assert (folder / FILE).read_bytes() == (
        mine
        + section.replace(b"3 rows", b"1 row").replace(b"a place", b"a street")
        + b"\r\n## leases.csv\r\nDeeds.\r\n"
    )
