import hashlib
import subprocess

import pytest

from retail_portfolio.run.publishing import fingerprint


def taken(workshop, scenario="base", overrides=()):
    notebooks = sorted((workshop.root / "notebooks").glob("*.ipynb"))
    return fingerprint.take_inputs(scenario, overrides, "", notebooks)


def test_every_input_is_named(workshop):
    (workshop.root / "package" / "a.py").write_text("1")
    assert list(taken(workshop).files) == [
        "data/stores.csv",
        "notebooks/01_alpha.ipynb",
        "notebooks/02_beta.ipynb",
        "package/a.py",
        "scenarios/base.yaml",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "data/stores.csv",
        "data/deep/new.csv",
        "data/columns.yaml",
        "scenarios/base.yaml",
        "notebooks/02_beta.ipynb",
        "package/new.py",
    ],
)
def test_a_change_of_any_input_changes_the_hash(workshop, name):
    before = taken(workshop)
    path = workshop.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(path.read_text() + " " if path.exists() else "x")
    after = taken(workshop)
    assert after.digest != before.digest
    assert before.differences(after) == [name]


@pytest.mark.parametrize("name", ["data/notes.md", "data/.hidden.csv", "package/__pycache__/a.pyc"])
def test_what_no_result_depends_on_changes_nothing(workshop, name):
    before = taken(workshop)
    path = workshop.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    assert taken(workshop) == before


def test_reports_beside_the_tables_are_no_input(workshop):
    """`report --data DIR --out DIR/reports`: what one run publishes does not change the next."""
    before = taken(workshop)
    reports = workshop.root / "data" / "reports"
    (reports / "20260101T000000Z-base-01234567" / "tables").mkdir(parents=True)
    (reports / "20260101T000000Z-base-01234567" / "tables" / "plan.csv").write_text("a\n1\n")
    (reports / "status.json").write_text("{}")
    assert len(before.differences(taken(workshop))) == 2
    (reports / ".lock").write_text("")
    assert taken(workshop) == before
    (workshop.root / "data" / ".lock").write_text("")
    assert taken(workshop) == before


def test_overrides_and_scenario_are_inputs(workshop):
    (workshop.root / "scenarios" / "high.yaml").write_text("why: x\n")
    digests = {
        taken(workshop).digest,
        taken(workshop, "high").digest,
        taken(workshop, overrides=("seed=1",)).digest,
        taken(workshop, overrides=("seed=2",)).digest,
    }
    assert len(digests) == 4


def test_scenario_beside_the_tables_wins(workshop):
    (workshop.root / "data" / "scenarios").mkdir()
    mine = workshop.root / "data" / "scenarios" / "base.yaml"
    mine.write_text("title: mine\n")
    expected = hashlib.sha256(mine.read_bytes()).hexdigest()
    assert taken(workshop).files["scenarios/base.yaml"] == expected


def test_other_scenarios_of_the_portfolio_count(workshop):
    """A report says what the plan would be under them."""
    before = taken(workshop)
    (workshop.root / "scenarios" / "high.yaml").write_text("why: x\n")
    assert before.differences(taken(workshop)) == ["scenarios/high.yaml"]


def test_scenarios_of_the_checkout_do_not_belong_to_a_portfolio_with_a_base(workshop):
    (workshop.root / "scenarios" / "high.yaml").write_text("why: x\n")
    mine = workshop.root / "data" / "scenarios"
    mine.mkdir()
    (mine / "base.yaml").write_text("title: mine\n")
    names = [name for name in taken(workshop).files if "scenarios/" in name]
    assert names == ["scenarios/base.yaml"]
    names = [name for name in taken(workshop, "high").files if "scenarios/" in name]
    assert names == ["scenarios/base.yaml", "scenarios/high.yaml"]


def test_what_was_changed_and_changed_back_was_written_to(workshop):
    path = workshop.root / "data" / "stores.csv"
    before, text = taken(workshop), path.read_text()
    path.write_text("store_id\ngo-9\n")
    path.write_text(text)
    after = taken(workshop)
    assert after == before
    assert before.differences(after) == []
    assert before.written_since(after) == ["data/stores.csv"]
    assert after.written_since(taken(workshop)) == []


def test_folder_is_hashed_by_relative_name(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.txt").write_text("c")
    (tmp_path / "a.txt").write_text("a")
    hashes = fingerprint.hash_folder(tmp_path)
    assert list(hashes) == ["a.txt", "b/c.txt"]
    assert hashes["a.txt"] == hashlib.sha256(b"a").hexdigest()


def test_versions_name_python_and_what_we_depend_on():
    found = fingerprint.versions()
    assert {"python", "retail-portfolio", "pandas", "papermill"} <= set(found)
    assert "pytest" not in found


def git(root, *words):
    command = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", "-C", root, *words]
    subprocess.run(command, check=True, capture_output=True)


def test_git_revision(workshop):
    assert fingerprint.git_revision() is None
    git(workshop.root, "init")
    assert fingerprint.git_revision() is None
    git(workshop.root, "add", ".")
    git(workshop.root, "commit", "-m", "first")
    found = fingerprint.git_revision()
    assert len(found["revision"]) == 40
    assert found["dirty"] is False
    (workshop.root / "data" / "stores.csv").write_text("changed")
    assert fingerprint.git_revision() == found | {"dirty": True}


def test_git_folder_of_somebody_else_is_not_ours(workshop):
    git(workshop.root.parent, "init")
    git(workshop.root.parent, "commit", "--allow-empty", "-m", "first")
    assert fingerprint.git_revision() is None


def test_another_version_of_a_package_is_another_input(workshop, monkeypatch):
    inputs = taken(workshop)
    before = inputs.digest
    monkeypatch.setattr(fingerprint, "versions", lambda: {"python": "9.9"})
    assert inputs.digest != before


def test_no_table_that_a_reader_takes_is_too_large_to_hash():
    from retail_portfolio.inputs.files import textfile
    from retail_portfolio.inputs.registers import travel_times

    readers = (textfile.MAX_TABLE_BYTES, travel_times.MAX_CSV_BYTES, travel_times.MAX_JSON_BYTES)
    assert max(readers) == fingerprint._MAX_TABLE
