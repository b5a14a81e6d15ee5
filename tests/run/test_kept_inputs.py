import zipfile

import pytest

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.errors import PublishFailed
from retail_portfolio.run.publishing import fingerprint, kept_inputs, publish


@pytest.fixture
def inputs(workshop):
    notebooks = sorted((workshop.root / "notebooks").glob("*.ipynb"))
    return fingerprint.take_inputs("base", (), "", notebooks)


@pytest.fixture
def kept(tmp_path, inputs):
    """The folder of a report that keeps its inputs."""
    folder = tmp_path / "report"
    folder.mkdir()
    publish.write_manifest(folder, {"inputs": {"files": dict(inputs.files)}})
    kept_inputs.write_inputs(kept_inputs.take_content(inputs), folder)
    return folder


def rewritten(folder, **files):
    """Write the archive anew, with other files in it."""
    with zipfile.ZipFile(folder / "inputs.zip") as archive:
        there = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(folder / "inputs.zip", "w") as archive:
        for name, text in (there | files).items():
            if text is not None:
                archive.writestr(name, text)


def test_what_is_kept_is_what_was_hashed(workshop, kept):
    content = kept_inputs.read_inputs(kept)
    assert sorted(content) == [
        "data/stores.csv",
        "notebooks/01_alpha.ipynb",
        "notebooks/02_beta.ipynb",
        "scenarios/base.yaml",
    ]
    assert content["data/stores.csv"] == (workshop.root / "data" / "stores.csv").read_bytes()


def test_same_inputs_are_the_same_bytes(inputs, kept):
    first = (kept / "inputs.zip").read_bytes()
    content = dict(reversed(kept_inputs.take_content(inputs).items()))
    kept_inputs.write_inputs(content, kept)
    assert (kept / "inputs.zip").read_bytes() == first


def test_file_that_changed_since_it_was_hashed_is_not_kept(workshop, inputs):
    (workshop.root / "data" / "stores.csv").write_text("other")
    with pytest.raises(PublishFailed, match=r"data/stores\.csv"):
        kept_inputs.take_content(inputs)


def test_report_without_inputs(tmp_path):
    assert kept_inputs.read_inputs(tmp_path) is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"data/stores.csv": b"other"}, "data/stores.csv"),
        ({"data/stores.csv": None}, "data/stores.csv, as manifest.json says"),
        ({"data/more.csv": b""}, "data/more.csv"),
        ({"../outside.csv": b""}, "../outside.csv"),
    ],
)
def test_archive_that_is_not_the_reports(kept, files, said):
    rewritten(kept, **files)
    with pytest.raises(InputError) as caught:
        kept_inputs.read_inputs(kept)
    assert said in str(caught.value)


def test_manifest_may_not_name_a_file_outside(kept):
    publish.write_manifest(kept, {"inputs": {"files": {"data/../../x": "0"}}})
    with pytest.raises(InputError, match="a name within the folder"):
        kept_inputs.read_inputs(kept)


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_archive_that_is_damaged(kept, content):
    (kept / "inputs.zip").write_bytes(content)
    with pytest.raises(InputError, match="a readable archive"):
        kept_inputs.read_inputs(kept)


@pytest.mark.parametrize("place", [2, 60, 100, 300, -30, -8])
def test_archive_of_which_one_byte_is_wrong(kept, place):
    path = kept / "inputs.zip"
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"inputs\.zip"):
        kept_inputs.read_inputs(kept)


def test_archive_that_would_fill_the_memory(kept, monkeypatch):
    monkeypatch.setattr(kept_inputs, "_MAX_BYTES", 10)
    with pytest.raises(InputError, match="at most 10 bytes"):
        kept_inputs.read_inputs(kept)


def test_unpacked_scenarios_stand_by_themselves(kept, tmp_path):
    kept_inputs.unpack(kept_inputs.read_inputs(kept), tmp_path / "made")
    found = {
        str(path.relative_to(tmp_path / "made"))
        for path in (tmp_path / "made").rglob("*")
        if path.is_file()
    }
    assert found == {
        "data/stores.csv",
        "data/scenarios/base.yaml",
        "notebooks/01_alpha.ipynb",
        "notebooks/02_beta.ipynb",
    }


def test_how_the_columns_of_an_export_are_mapped_is_kept(workshop, tmp_path):
    text = "stores.csv:\n  columns: {store_id: Store No}\n"
    (workshop.root / "data" / "columns.yaml").write_text(text)
    (workshop.root / "data" / "stores.csv.before").write_text("a table that was filled in since")
    taken = fingerprint.take_inputs("base", (), "", [])
    assert "data/stores.csv.before" not in taken.files
    folder = tmp_path / "report"
    folder.mkdir()
    publish.write_manifest(folder, {"inputs": {"files": dict(taken.files)}})
    kept_inputs.write_inputs(kept_inputs.take_content(taken), folder)
    kept_inputs.unpack(kept_inputs.read_inputs(folder), tmp_path / "again")
    assert (tmp_path / "again" / "data" / "columns.yaml").read_text() == text
