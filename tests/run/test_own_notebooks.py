"""An analyst's own notebooks in a report: in the place of one of its own, or in addition."""

import json
import zipfile

import pytest

from retail_portfolio.run.report import Request, make_reports
from tests.run.workshop import quicken, writes

pytestmark = pytest.mark.slow

CALL = """
def write_outputs(out_dir, notebook, **left):
    pass
write_outputs(out_dir, {name!r}, tables={{"{table}": 1}})
"""


@pytest.fixture
def own(workshop, tmp_path):
    """Write a notebook outside of the checkout's folder, under any file name."""

    def make(file, *cells, **options):
        path = workshop.notebook("zz_mine", *cells, **options)
        return path.rename(tmp_path / file)

    return make


@pytest.fixture(autouse=True)
def _quick(workshop, monkeypatch):
    quicken(monkeypatch.setattr)


def made(workshop):
    """Return the folder and the manifest of the newest report."""
    manifest = workshop.manifests()[workshop.latest]
    return workshop.reports / workshop.latest, manifest


@pytest.mark.parametrize(
    "file",
    [
        "my analysis (2).ipynb",
        "02_beta.ipynb",
        "02_beta-Copy1.ipynb",
        "my_02_beta.ipynb",
        "a'\n<b>",
    ],
)
def test_a_copy_takes_the_place_of_what_it_was_copied_from(workshop, command, own, file):
    cells = ["changed = 1", writes("02_beta", "other")]
    if "02_beta" not in file:
        cells.append(CALL.format(name="02_beta", table="other"))
        file = f"{file.removesuffix('.ipynb')}.ipynb"
    path = own(file, *cells)
    status, _, err = command("report", "--notebook", path)
    assert status == 0, err
    shown = file.replace("\n", "\ufffd")
    assert f"{shown} stands in the place of 02_beta\n" in err
    run, manifest = made(workshop)
    assert sorted(one.name for one in (run / "notebooks").glob("*.ipynb")) == [
        "01_alpha.ipynb",
        "02_beta.ipynb",
    ]
    assert "changed = 1" in (run / "notebooks/02_beta.ipynb").read_text()
    assert (run / "tables/other.csv").exists()
    assert not (run / "tables/beta.csv").exists()
    assert manifest["own_notebooks"] == {"02_beta": {"file": shown, "extra": False}}
    assert "notebooks/02_beta.ipynb" in manifest["inputs"]["files"]
    with zipfile.ZipFile(run / "inputs.zip") as kept:
        assert kept.read("notebooks/02_beta.ipynb") == path.read_bytes()
    assert path.name not in json.dumps(manifest["inputs"]["files"]) or path.stem == "02_beta"


def test_any_other_stands_there_in_addition(workshop, command, own):
    name = "rents"
    path = own("mine.ipynb", writes(name, "rent"), CALL.format(name=name, table="rent"))
    status, _, err = command("report", "--notebook", path)
    assert status == 0, err
    assert "mine.ipynb is shown in addition, as rents\n" in err
    run, manifest = made(workshop)
    there = {one.name for one in (run / "notebooks").iterdir()}
    assert {"rents.ipynb", "rents.html", "rents.json", "02_beta.json"} <= there
    assert (run / "tables/rent.csv").exists()
    assert manifest["own_notebooks"] == {name: {"file": "mine.ipynb", "extra": True}}


def test_one_that_leaves_nothing_is_a_page(workshop, command, own):
    status, _, err = command("report", "--notebook", own("Rents in Köln.ipynb", "print(1)"))
    assert status == 0, err
    assert "Köln.ipynb is shown in addition, as Rents_in_K_ln; no cell of it calls write" in err
    run, manifest = made(workshop)
    there = {one.name for one in (run / "notebooks").glob("Rents*")}
    assert there == {"Rents_in_K_ln.ipynb", "Rents_in_K_ln.html"}
    assert command("report", "--from", run)[0] == 0
    again = next(one for one in workshop.manifests().values() if one.get("again"))
    assert again["again"]["same"]
    assert again["own_notebooks"] == manifest["own_notebooks"]


def test_a_copy_that_leaves_nothing_fails(workshop, command, own):
    status, _, err = command("report", "--notebook", own("02_beta.ipynb", "print(1)"))
    assert status == 1
    assert "it did not write 02_beta.json to out_dir" in err


def test_one_in_addition_that_leaves_half_fails(workshop, command, own):
    half = "import pathlib\nout = pathlib.Path(out_dir)\nout.mkdir()\n(out / 'x').write_text('1')"
    status, _, err = command("report", "--notebook", own("mine.ipynb", half))
    assert status == 1
    assert "it did not write mine.json to out_dir" in err


def test_it_counts_as_an_input(workshop, command, own):
    path = own("mine.ipynb", writes("02_beta", "beta"), CALL.format(name="02_beta", table="beta"))
    assert command("report")[0] == 0
    plain = workshop.latest
    assert command("report", "--notebook", path, "--if-changed")[0] == 0
    first = workshop.latest
    assert first != plain
    _, _, err = command("report", "--notebook", path, "--if-changed")
    assert f"nothing has changed since {first}" in err
    path.write_text(path.read_text() + "\n")
    assert command("report", "--notebook", path, "--if-changed")[0] == 0
    assert workshop.latest != first
    changed = json.loads((workshop.reports / first / "changes.json").read_text())
    assert "notebooks/02_beta.ipynb" in json.dumps(changed["inputs"])


def test_again_from_what_was_kept(workshop, command, own):
    path = own("mine.ipynb", writes("02_beta", "beta"), CALL.format(name="02_beta", table="beta"))
    assert command("report", "--notebook", path)[0] == 0
    run, manifest = made(workshop)
    path.unlink()
    status, _, err = command("report", "--from", run)
    assert status == 0, err
    assert "the same to the byte" in err
    again = next(one for one in workshop.manifests().values() if one.get("again"))
    assert again["own_notebooks"] == manifest["own_notebooks"]
    assert again["inputs"] == manifest["inputs"]


def test_a_manifest_by_hand_may_not_say_anything(workshop, command):
    assert command("report")[0] == 0
    run, manifest = made(workshop)
    manifest["own_notebooks"] = {"02_beta": "mine.ipynb"}
    (run / "manifest.json").write_text(json.dumps(manifest))
    status, _, err = command("report", "--from", run)
    assert status == 2
    assert "column own_notebooks" in err


def test_dry_run_says_what_would_run(workshop, command, own):
    path = own("mine.ipynb", writes("rents", "rent"), CALL.format(name="rents", table="rent"))
    status, _, err = command("report", "--notebook", path, "--dry-run")
    assert status == 0
    assert "mine.ipynb is shown in addition, as rents" in err
    assert "would run 01_alpha, 02_beta, rents, 2 at a time" in err
    assert not workshop.reports.exists()


def test_a_file_that_changes_during_the_run_stops_it(workshop, command, own):
    path = own("02_beta.ipynb", writes("02_beta", "beta"))
    touch = f"import pathlib\np = pathlib.Path({str(path)!r})\np.write_text(p.read_text() + ' ')"
    workshop.notebook("01_alpha", touch, writes("01_alpha", "plan"))
    status, _, err = command("report", "--notebook", path)
    assert status == 5
    assert "changed during the run: notebooks/02_beta.ipynb" in err


def faults_of(command, *paths):
    """Ask for a report with these notebooks; return the faults, one a line."""
    options = [word for path in paths for word in ("--notebook", path)]
    status, out, err = command("report", *options)
    assert (status, out) == (2, "")
    return err


def test_what_is_wrong_is_said_before_anything_starts(workshop, command, own, tmp_path):
    (tmp_path / "text.ipynb").write_text("no notebook")
    (tmp_path / "pages.html").write_text("no notebook")
    (tmp_path / "folder.ipynb").mkdir()
    err = faults_of(
        command,
        own("no_cell.ipynb", "1", parameters=None),
        tmp_path / "text.ipynb",
        tmp_path / "folder.ipynb",
        tmp_path / "gone.ipynb",
        tmp_path / "pages.html",
        own("two.ipynb", CALL.format(name="a", table="a"), CALL.format(name="b", table="b")),
        own("odd.ipynb", CALL.format(name="../x", table="a")),
        own("---.ipynb", "1"),
    )
    assert "no_cell.ipynb: found nothing, expected a cell tagged 'parameters'" in err
    assert "text.ipynb" in err
    for name in ("folder.ipynb", "gone.ipynb", "pages.html"):
        assert f"--notebook: found '{name}', expected a file NAME.ipynb" in err
    assert "two.ipynb: found 'a, b', expected one name in all its calls of write_outputs" in err
    assert "odd.ipynb: found '../x', expected a plain name" in err
    assert "---.ipynb: found '', expected a plain name" in err
    assert not workshop.reports.exists()


def test_parameters_are_those_of_the_settings(workshop, command, own):
    named = CALL.format(name="rents", table="rent")
    path = own("mine.ipynb", named, parameters='scenario = "high"\ndata_dir = ""\nout_dir = ""\n')
    err = faults_of(command, path)
    assert "mine.ipynb row 1, column scenario: found '\"high\"', expected 'base' in every" in err


def test_two_of_one_name_and_tables_of_another(workshop, command, own):
    workshop.notebook("01_alpha", CALL.format(name="01_alpha", table="plan"))
    named = [CALL.format(name="rents", table="rent"), CALL.format(name="Rents", table="more")]
    err = faults_of(
        command,
        own("one.ipynb", named[0]),
        own("two.ipynb", named[1]),
        own("three.ipynb", CALL.format(name="mine", table="plan")),
    )
    assert "one.ipynb: found 'rents', expected a name that no other --notebook has" in err
    assert "two.ipynb: found 'Rents', expected a name that no other --notebook has" in err
    assert "three.ipynb, column tables: found 'plan', expected a table's name that 01_al" in err
    # In the place of the one that leaves it, a notebook may leave it.
    path = own("four.ipynb", writes("01_alpha", "plan"), CALL.format(name="01_alpha", table="plan"))
    assert command("report", "--notebook", path)[0] == 0


def test_not_beside_from(workshop, command, own):
    (run,) = make_reports(Request())
    status, _, err = command("report", "--from", run, "--notebook", own("mine.ipynb", "1"))
    assert status == 2
    assert "expected neither --scenario nor --set nor --notebook" in err


@pytest.mark.parametrize("source", ["missing", None, 3])
def test_a_cell_without_a_text_is_a_fault(workshop, command, own, source):
    path = own("mine.ipynb", "x = 1")
    found = json.loads(path.read_text())
    if source == "missing":
        del found["cells"][-1]["source"]
    else:
        found["cells"][-1]["source"] = source
    path.write_text(json.dumps(found))
    status, _, err = command("report", "--notebook", path)
    assert status == 2
    assert "mine.ipynb: found " in err
    assert "expected a notebook" in err


def test_nobodys_home_is_a_fault(workshop, command):
    status, _, err = command("report", "--notebook", "~nobody-of-this-name/x.ipynb")
    assert status == 2
    assert "--notebook: found '~nobody-of-this-name/x.ipynb', expected a path" in err
