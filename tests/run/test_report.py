"""Reports that come about."""

import datetime as dt
import json

import pytest

from retail_portfolio.run.errors import PublishFailed
from retail_portfolio.run.publishing import fingerprint, publish
from retail_portfolio.run.report import Request, make_reports
from tests.run.workshop import WAIT_SECONDS, quicken, writes

pytestmark = [pytest.mark.notebook, pytest.mark.slow]


def contents(run):
    """Return every file of a run but its manifest, without what may differ between two."""
    files = [path for path in run.rglob("*") if path.is_file() and path.name != "manifest.json"]
    name = run.name.encode()
    return {str(path.relative_to(run)): path.read_bytes().replace(name, b"RUN") for path in files}


def test_two_runs_of_the_same_inputs_are_the_same(workshop):
    warns = "import warnings\nwarnings.warn('look')\nprint(object(), __import__('os').getcwd())"
    workshop.notebook("02_beta", warns, writes("02_beta", "beta"))
    (one,) = make_reports(Request(workers=1))
    (two,) = make_reports(Request(workers=2))
    assert one != two
    assert contents(one) == contents(two)
    assert b"UserWarning: look" in contents(one)["notebooks/02_beta.ipynb"]
    assert str(workshop.root).encode() not in b"".join(contents(one).values())


def test_manifest(quick):
    (quick.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\ntax_rate: 0.3\n")
    (run,) = make_reports(Request(scenarios=("high",), overrides=("gross_margin=0.5", "seed=7")))
    manifest = publish.read_manifest(run)
    assert manifest["status"] == "complete"
    assert manifest["run_id"] == run.name
    assert run.name.endswith(f"-high-{manifest['inputs']['hash'][:8]}")
    assert manifest["seed"] == 7
    assert manifest["failure"] is None
    assert sorted(manifest["durations_seconds"]["notebooks"]) == ["01_alpha", "02_beta"]
    scenario = manifest["scenario"]
    assert scenario["overrides"] == ["gross_margin=0.5", "seed=7"]
    given = {one["key"]: (one["value"], one["given_by"]) for one in scenario["settings"]}
    assert given["seed"] == (7, "overrides")
    assert given["assumptions.gross_margin"] == (0.5, "overrides")
    assert given["tax_rate"] == (0.3, "scenarios/high.yaml")
    assert given["horizon_years"] == (15, "scenarios/base.yaml")
    files = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()}
    assert set(manifest["outputs"]) == files - {"manifest.json"}


def test_parameters_reach_the_notebook_without_a_path_of_this_machine(workshop, tmp_path):
    shows = "import os\nprint(scenario, out_dir, data_dir, overrides, os.listdir(data_dir))"
    workshop.notebook("02_beta", shows, writes("02_beta", "beta"))
    other = tmp_path / "other"
    (workshop.root / "data").rename(other)
    (run,) = make_reports(Request(data_dir=str(other), overrides=("seed=7",)))
    text = (run / "notebooks" / "02_beta.ipynb").read_text()
    (printed,) = json.loads(text)["cells"][2]["outputs"]
    assert printed["text"] == ["base outputs data ['seed=7'] ['stores.csv']\n"]
    assert str(tmp_path) not in text


def test_one_report_a_scenario(quick):
    (quick.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\n")
    runs = make_reports(Request(scenarios=("base", "high", "base")))
    assert [publish.read_manifest(run)["scenario"]["name"] for run in runs] == ["base", "high"]
    assert quick.latest == runs[-1].name
    assert len((quick.reports / "index.html").read_text().splitlines()) == 2


def test_if_changed(quick, command):
    status, out, _ = command("report", "--if-changed")
    assert status == 0
    first = quick.latest
    status, again, err = command("report", "--if-changed")
    assert (status, again) == (0, out)
    assert f"nothing has changed since {first}" in err
    assert list(quick.manifests()) == [first]
    (quick.root / "data" / "stores.csv").write_text("store_id\ngo-2\n")
    assert command("report", "--if-changed")[0] == 0
    assert quick.latest != first


def test_if_changed_makes_again_what_latest_does_not_show(quick):
    (quick.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\n")
    make_reports(Request(scenarios=("base", "high")))
    (run,) = make_reports(Request(if_changed=True))
    assert quick.latest == run.name
    assert make_reports(Request(scenarios=("high", "base"), if_changed=True)) == ()


def test_latest_stays_where_the_last_scenario_fails_or_stands(workshop, command, monkeypatch):
    quicken(monkeypatch.setattr)
    (workshop.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\n")
    asked = ("report", "--if-changed", "--scenario", "base", "--scenario", "high")
    assert command("report", "--scenario", "high")[0] == 0
    high = workshop.latest
    assert command(*asked)[0] == 0
    assert len(workshop.manifests()) == 2
    assert workshop.latest == high
    workshop.notebook("02_beta", "assert scenario == 'base'", writes("02_beta", "beta"))
    assert command(*asked)[0] == 1
    assert [one["status"] for one in workshop.manifests().values()].count("complete") == 3
    assert workshop.latest == high
    assert command("report", "--scenario", "base", "--if-changed")[0] == 0
    assert workshop.latest != high


@pytest.mark.parametrize("damage", ["empty", "gone"])
def test_if_changed_makes_again_what_is_damaged(workshop, command, monkeypatch, damage):
    quicken(monkeypatch.setattr)
    command("report")
    first = workshop.latest
    path = workshop.reports / first / "tables" / "plan.csv"
    path.unlink()
    if damage == "empty":
        path.touch()
    assert command("report", "--if-changed")[0] == 0
    assert workshop.latest != first


def test_manifest_without_inputs_is_no_report_to_keep(workshop, command, monkeypatch):
    quicken(monkeypatch.setattr)
    command("report")
    first = workshop.latest
    publish.write_manifest(workshop.reports / first, {"status": "complete", "run_id": first})
    assert command("report", "--if-changed")[0] == 0
    assert workshop.latest != first


def test_notebook_that_is_removed_during_the_run(workshop, command, monkeypatch):
    quicken(monkeypatch.setattr)
    path = workshop.root / "notebooks" / "02_beta.ipynb"
    workshop.notebook(
        "02_beta", f"__import__('pathlib').Path({str(path)!r}).unlink()", writes("02_beta", "beta")
    )
    status, _, err = command("report")
    assert status == 5
    assert "changed during the run: 02_beta.ipynb" in err
    assert workshop.latest is None
    assert len(workshop.manifests()) == 1


def test_table_that_changes_while_pages_are_built(workshop, command, monkeypatch):
    from retail_portfolio.run import making

    quicken(monkeypatch.setattr)
    compare = making.changes_since

    def changes(*arguments):
        (workshop.root / "data" / "stores.csv").write_text("store_id\ngo-3\n")
        return compare(*arguments)

    monkeypatch.setattr(making, "changes_since", changes)
    status, _, err = command("report")
    assert status == 5
    assert "changed during the run: data/stores.csv" in err
    assert workshop.latest is None


def test_base_map_of_the_checkout_counts_where_it_is_drawn(workshop, tmp_path):
    own = workshop.root / "data" / "basemap"
    own.mkdir()
    (own / "states.geojson").write_text("{}")
    other = tmp_path / "other"
    other.mkdir()
    (other / "stores.csv").write_text("x")
    found = fingerprint.take_inputs("base", (), str(other), []).files
    assert [name for name in found if name.startswith("data/")] == [
        "data/basemap/states.geojson",
        "data/stores.csv",
    ]
    (other / "basemap").mkdir()
    (other / "basemap" / "states.geojson").write_text("{ }")
    assert fingerprint.take_inputs("base", (), str(other), []).files != found


def test_what_took_longest_begins_first_in_any_scenario(workshop, command, monkeypatch):
    """Nothing long is then left for one worker at the end."""
    from retail_portfolio.run import making
    from tests.run.workshop import run_cells

    quicken(monkeypatch.setattr)
    (workshop.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\n")
    orders = []

    def run(jobs, **options):
        orders.append([job.notebook.name for job in jobs])
        return run_cells(jobs, **options)

    monkeypatch.setattr(making, "run_notebooks", run)
    command("report")
    path = workshop.reports / workshop.latest
    manifest = publish.read_manifest(path)
    manifest["durations_seconds"]["notebooks"] = {"01_alpha": 1.0, "02_beta": 2.0}
    publish.write_manifest(path, manifest)
    command("report", "--scenario", "high")
    assert orders == [["01_alpha", "02_beta"], ["02_beta", "01_alpha"]]


def test_report_that_has_grown_old_is_made_again_and_warns(workshop, command, monkeypatch):
    """Nothing has changed but the day, of which the report that stands says nothing."""
    from retail_portfolio.run import making, request

    quicken(monkeypatch.setattr)
    path = workshop.root / "scenarios" / "base.yaml"
    path.write_text(f"{path.read_text()}data_max_age_days: {{report: 365}}\n")
    facts, make_facts = [], making.make_facts

    def noted(identity):
        facts.append(make_facts(identity))
        return facts[-1]

    monkeypatch.setattr(making, "make_facts", noted)

    def on(*day):
        monkeypatch.setattr(request, "today", lambda: dt.date(*day))
        status, _, err = command("report", "--if-changed")
        assert status == 0
        return err

    assert "old data" not in on(2026, 6, 1)
    young = workshop.latest
    assert "nothing has changed" in on(2027, 1, 27)
    assert "old data: The report speaks of 27 January 2026" in on(2027, 1, 28)
    assert workshop.latest != young
    (sentence,) = workshop.manifests()[workshop.latest]["data_age"]
    assert [one["stale"] for one in facts] == [[], [sentence]]
    status = json.loads((workshop.reports / "status.json").read_text())
    assert status["latest"]["data_age"] == [sentence]
    assert "nothing has changed" in on(2027, 1, 29)


def test_joined_column_is_published(quick):
    uncertainty = writes("02_beta", "uncertainty", "store_id,probability\ngo-1,0.5\n")
    quick.notebook("02_beta", uncertainty)
    (run,) = make_reports(Request())
    assert (run / "tables" / "plan.csv").read_text() == "store_id,value,probability\ngo-1,2,0.5\n"


def test_a_layer_that_was_left_must_be_published(quick):
    leaves = "(out / 'layers').mkdir()\n(out / 'layers' / 'areas.geojson').write_text('{}')"
    quick.notebook("02_beta", writes("02_beta", "beta"), leaves)
    with pytest.raises(PublishFailed, match=r"layers/areas\.geojson"):
        make_reports(Request())
    assert quick.latest is None


def test_standard_error_is_clean(workshop):
    with workshop.start("report") as runner:
        out, err = runner.communicate(timeout=WAIT_SECONDS)
    assert runner.returncode == 0
    assert out == f"{workshop.reports}/latest/index.html\n"
    assert (workshop.reports / workshop.latest / "index.html").samefile(out.strip())
    lines = err.splitlines()
    assert lines[0] == f"report {workshop.latest}"
    assert [line.split(" done")[0] for line in sorted(lines[1:])][-1] == "[3/3] pages"
    assert len(lines) == 4
