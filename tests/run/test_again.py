"""A report made again from its manifest: the same, or said what is not."""

import hashlib
import json
import shutil

import pytest

from retail_portfolio.run import again
from retail_portfolio.run.publishing import fingerprint, runs
from retail_portfolio.run.report import Request, make_reports
from tests.run.workshop import quicken


@pytest.fixture
def report(workshop, monkeypatch):
    """The first report of a workshop."""
    quicken(monkeypatch.setattr)
    (workshop.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\ntax_rate: 0.3\n")
    (run,) = make_reports(Request(scenarios=("high",), overrides=("seed=7",)))
    return run


def manifest_of(run):
    return runs.read_manifest(run)


def test_the_same_again(workshop, report, command):
    before = workshop.latest
    status, out, err = command("report", "--from", report / "manifest.json")
    assert status == 0, err
    assert "the same to the byte" in err
    made = [one for one in workshop.manifests().values() if one.get("again")]
    assert len(made) == 1
    assert made[0]["again"] == {"of": report.name, "same": True, "differ": [], "program": []}
    assert made[0]["scenario"]["settings"] == manifest_of(report)["scenario"]["settings"]
    assert made[0]["inputs"] == manifest_of(report)["inputs"]
    assert out == f"{workshop.reports / made[0]['run_id'] / 'index.html'}\n"
    assert workshop.latest == before


def test_inputs_are_those_of_then(workshop, report, command):
    """Whatever has become of the tables, scenarios and notebooks of the checkout since."""
    (workshop.root / "data" / "stores.csv").write_text("store_id\ngo-9\n")
    (workshop.root / "scenarios" / "high.yaml").unlink()
    (workshop.root / "scenarios" / "more.yaml").write_text("why: another\n")
    workshop.notebook("02_beta", "1 / 0")
    workshop.notebook("03_gamma", "1 / 0")
    status, _, err = command("report", "--from", report)
    assert status == 0, err


def test_what_is_not_the_same_is_named(workshop, report, command):
    """Another program made it: its tables were others, and one of them is no longer written."""
    (workshop.root / "package" / "new.py").write_text("1")
    manifest = manifest_of(report)
    manifest["outputs"] |= {"tables/plan.csv": "0" * 64, "tables/gone.csv": "0" * 64}
    (report / "manifest.json").write_text(json.dumps(manifest))
    before = workshop.latest
    status, out, err = command("report", "--from", report / "manifest.json")
    assert (status, out) == (5, "")
    assert f"{report.name} cannot be made again: not the same are tables/gone.csv, tables/pl" in err
    assert "tables/gone.csv and 1 more are not what they were; 1 part of the program" in err
    assert workshop.latest == before
    (made,) = [one for one in workshop.manifests().values() if one.get("again")]
    assert made["again"]["program"] == ["package/new.py"]
    assert (workshop.reports / made["run_id"] / "index.html").is_file()


def test_a_module_that_only_moved_is_no_other_part(workshop, report, command):
    (workshop.root / "package" / "model" / "closing").mkdir(parents=True)
    (workshop.root / "package" / "model" / "closing" / "closure.py").write_text("1")
    moved = {"package/model/closure.py": hashlib.sha256(b"1").hexdigest()}
    manifest = manifest_of(report)
    manifest["inputs"]["files"] |= moved
    (report / "manifest.json").write_text(json.dumps(manifest))
    status, _, err = command("report", "--from", report)
    assert status == 0, err
    assert "the same to the byte\n" in err


def test_packages_of_another_version_are_named(workshop, report, command, monkeypatch):
    known = fingerprint.versions()
    monkeypatch.setattr(fingerprint, "versions", lambda: known | {"pandas": "9.9"})
    status, _, err = command("report", "--from", report)
    assert status == 0
    assert "the same to the byte, though 1 part of the program" in err
    (made,) = [one for one in workshop.manifests().values() if one.get("again")]
    assert made["again"]["program"] == ["pandas"]


def test_report_that_keeps_no_inputs_needs_those_of_the_checkout(workshop, report, command):
    (report / "inputs.zip").unlink()
    status, _, err = command("report", "--from", report)
    assert status == 0, err
    (workshop.root / "data" / "stores.csv").write_text("store_id\ngo-9\n")
    workshop.notebook("02_beta", "1 / 0")
    before = workshop.manifests()
    status, out, err = command("report", "--from", report)
    assert (status, out) == (2, "")
    for name in ("data/stores.csv", "notebooks/02_beta.ipynb"):
        assert f"{name}: " in err
    assert "notebooks/01_alpha.ipynb" not in err
    assert workshop.manifests() == before


def test_manifest_that_was_copied_out_of_its_folder(workshop, report, command, tmp_path):
    copy = tmp_path / "manifest.json"
    shutil.copyfile(report / "manifest.json", copy)
    status, _, err = command("report", "--from", copy)
    assert status == 0, err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "failed"}, "this run failed"),
        ({"status": "running"}, "status"),
        ({"run_id": None}, "run_id"),
        ({"scenario": {}}, "scenario.name"),
        ({"scenario": {"name": "base", "overrides": [1]}}, "scenario.overrides"),
        ({"inputs": {"files": {"data/a.csv": 1}}}, "inputs.files"),
        ({"outputs": []}, "outputs"),
    ],
)
def test_manifest_that_lacks_something(report, command, change, said):
    path = report / "manifest.json"
    path.write_text(json.dumps(manifest_of(report) | change))
    status, out, err = command("report", "--from", path)
    assert (status, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("name", ["nowhere/manifest.json", "data/stores.csv", "data"])
def test_what_is_no_manifest(workshop, report, command, name):
    status, _, err = command("report", "--from", workshop.root / name)
    assert status == 2
    assert "--from" in err


def test_nobodys_home_is_a_fault(workshop, command):
    status, _, err = command("report", "--from", "~nobody-of-this-name/manifest.json")
    assert status == 2
    assert "--from: found '~nobody-of-this-name/manifest.json', expected the manifest.json" in err


def test_settings_of_another_report_are_refused(report, command):
    status, _, err = command("report", "--from", report, "--set", "seed=1")
    assert status == 2
    assert "the manifest has its own" in err


def test_dry_run_writes_nothing(workshop, report, command):
    before = workshop.manifests()
    status, out, err = command("report", "--from", report, "--dry-run")
    assert (status, out) == (0, "")
    assert "scenario high: 1 files of inputs.zip are fit" in err
    assert workshop.manifests() == before


@pytest.mark.parametrize(
    ("differ", "program", "said"),
    [
        ([], ["a", "b"], "the same to the byte, though 2 parts of the program"),
        (["a"], [], "a is not what they were; the program is the same"),
        (["a", "b", "c"], ["d"], "a and 2 more are not what they were; 1 part of the program"),
    ],
)
def test_comparison_in_words(differ, program, said):
    comparison = {"of": "one", "same": not differ, "differ": differ, "program": program}
    assert said in again.describe(comparison)
