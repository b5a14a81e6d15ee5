"""The pictures of README.md: what the tool shows, what it refuses, and the files it leaves."""

from __future__ import annotations

import shutil
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.plumbing.checkout import ROOT, text_of
from tests.present.conftest import full_report
from tools import pictures
from tools.pictures import PICTURES, NotShown, Store, main, store_to_show, taken

__all__ = ["full_report"]

STORES = """store_id,status,lat,lon
far,closing,40.0,-75.0
near-1,closing,34.0,-118.0
near-2,closing,34.1,-118.1
near-3,closing,34.2,-118.2
unplaced,closing,,
open,open,34.1,-118.0
"""
PLAN = """store_id,decision,npv_vs_exit_usd
far,convert_green,9000000
near-1,close,
near-2,convert_green,1000000
near-3,convert_daily,2000000
unplaced,convert_green,99000000
"""


@pytest.fixture
def small_report(tmp_path: Path) -> Path:
    """What looks like a finished report."""
    folder = tmp_path / "report"
    (folder / "tables").mkdir(parents=True)
    for name in ("index.html", "map.html"):
        (folder / name).write_text("<title>x</title>", encoding="utf-8")
    (folder / "tables" / "stores.csv").write_text(STORES, encoding="utf-8")
    (folder / "tables" / "plan.csv").write_text(PLAN, encoding="utf-8")
    return folder


def test_it_shows_the_best_conversion_where_most_stores_close(small_report):
    assert store_to_show(small_report) == Store("near-3", 34.2, -118.2)


def test_where_nothing_converts_it_shows_a_store_that_closes(small_report):
    (small_report / "tables" / "plan.csv").write_text("store_id,decision\n", encoding="utf-8")
    assert store_to_show(small_report).store_id == "near-3"


@pytest.mark.parametrize("name", pictures.PAGES)
def test_a_folder_that_is_no_report_is_refused(small_report, tmp_path, capsys, name):
    (small_report / name).unlink()
    assert main(["--report", str(small_report), "--out", str(tmp_path / "out")]) == 2
    assert name in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_report_that_closes_nothing_is_refused(small_report, tmp_path, capsys):
    (small_report / "tables" / "stores.csv").write_text("store_id,status,lat,lon\n", "utf-8")
    assert main(["--report", str(small_report), "--out", str(tmp_path / "out")]) == 2
    assert "no store of the report closes" in capsys.readouterr().err


def test_without_a_browser_nothing_is_written(small_report, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(pictures.shutil, "which", lambda _: None)
    assert main(["--report", str(small_report), "--out", str(tmp_path / "out")]) == 2
    assert "no browser: none of chromium" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_it_takes_nothing_but_its_options(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--repotr", "x"])
    assert left.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


def test_the_pictures_of_the_readme_are_those_of_the_tool():
    names = {one.name for one in PICTURES}
    assert {path.name for path in (ROOT / "docs").glob("*.png")} == names
    readme = text_of("README.md")
    assert all(f"docs/{name}" in readme for name in names)
    assert all((ROOT / "docs" / name).stat().st_size <= pictures.MOST_BYTES for name in names)


def chunks(data: bytes) -> list[str]:
    """Return the kinds of the parts of a PNG file, in their order."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = [], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        found.append(data[at + 4 : at + 8].decode("ascii"))
        at += length + 12
    return found


@pytest.mark.parametrize("name", [one.name for one in PICTURES])
def test_a_picture_of_the_readme_holds_nothing_beside_the_picture(name):
    """No text, no time and no path: only what a PNG file cannot do without, and its colours."""
    kinds = chunks((ROOT / "docs" / name).read_bytes())
    assert set(kinds) <= {"IHDR", "IDAT", "IEND", "PLTE", "sBIT", "sRGB"}


@pytest.fixture
def shown_report(full_report: Path, tmp_path: Path) -> Path:
    """The sample's report with its tables, as a run publishes it."""
    folder = tmp_path / "report"
    shutil.copytree(full_report, folder)
    shutil.copytree(
        full_report.parent / "outputs" / "tables", folder / "tables", dirs_exist_ok=True
    )
    return folder


@pytest.mark.browser
@pytest.mark.slow
def test_every_picture_is_taken_small_and_the_same_twice(shown_report, tmp_path, capsys):
    if not any(shutil.which(name) for name in pictures.BROWSERS):
        pytest.skip(f"no browser: none of {', '.join(pictures.BROWSERS)} is on the path")
    # A browser of other tests may run in this thread, and one thread holds one.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(taken_twice, shown_report, tmp_path / "out", capsys).result()


def taken_twice(shown_report: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Take every picture, look at each, and take one again."""
    assert main(["--report", str(shown_report), "--out", str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said] == [one.name for one in PICTURES]
    for picture in PICTURES:
        data = (out / picture.name).read_bytes()
        wide, high = struct.unpack(">II", data[16:24])
        if not picture.part:
            assert (wide, high) == tuple(picture.scale * one for one in picture.size)
        assert 5_000 < len(data) <= pictures.MOST_BYTES
    store, again = store_to_show(shown_report), PICTURES[2]
    with pictures._browser() as browser:
        assert taken(browser, shown_report, again, store) == (out / again.name).read_bytes()
        with pytest.raises(NotShown, match=r"index\.html has no #nothing for odd\.png"):
            taken(
                browser, shown_report, replace(PICTURES[0], name="odd.png", part="#nothing"), store
            )
