"""``retail-portfolio changes`` as a program and a person meet it."""

import csv
import json
import shutil

import pytest

from retail_portfolio.run.comparing import causes
from retail_portfolio.run.publishing import publish
from tests.run.two_reports import (
    EARLY,
    LATE,
    PLAN,
    STORES,
    answered_report,
    edited,
    figure,
    make_report,
)

FAILED = "20260209T060000Z-base-00000003"
TURNED = PLAN.replace("a-1,close", "a-1,convert_hall")


@pytest.fixture
def reports(workshop):
    """Reports of which the later turns a decision; and a run that failed."""
    make_report(workshop.reports, EARLY)
    late = {"data/stores.csv": edited(STORES, "a-1", size_sqft=101)}
    make_report(workshop.reports, LATE, plan=TURNED, figures=[figure(value=150.0)], inputs=late)
    make_report(workshop.reports, FAILED, status="failed")
    (workshop.reports / publish.LATEST).symlink_to(LATE, target_is_directory=True)
    return workshop.reports


@pytest.fixture
def asked(monkeypatch):
    """Answer for the causes without computing anything; remember what was asked."""
    found = []

    def find(before, after, changes, *, seconds=None, tell=None):
        found.append((before.run_id, after.run_id))
        tell("trying stores.csv alone")
        return causes.Causes(causes=(causes.Cause("table", "stores.csv", "", causes.Effect()),))

    monkeypatch.setattr(causes, "find_causes", find)
    return found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (EARLY, LATE),
        (EARLY, "latest"),
        ("{reports}/" + EARLY, "{reports}/latest"),
        ("{reports}/../reports/" + EARLY, LATE),
    ],
)
def test_runs_are_named_by_id_latest_or_path(reports, asked, command, first, second):
    named = [text.format(reports=reports) for text in (first, second)]
    status, out, err = command("changes", *named)
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == f"{EARLY} -> {LATE}"
    assert "1 decision turned and 1 of 1 headline figure moved by more than 1 %" in out
    assert "  a-1; Before: Closes; Now: Worth converting to hall" in out
    assert "a-1; Column: size_sqft; Before: 100; Now: 101" in out
    assert asked == [(EARLY, LATE)]
    assert err == "trying stores.csv alone\n"


def test_stores_and_formats_have_the_names_that_the_reports_give(reports, asked, command):
    (reports / EARLY / "tables" / "stores.csv").write_text("store_id,name\na-1,Old Mill\nb,Quay\n")
    (reports / LATE / "tables" / "stores.csv").write_text("name,store_id\nMill,a-1\n")
    manifest = reports / LATE / "manifest.json"
    found = json.loads(manifest.read_text())
    found["scenario"]["settings"] += [
        {"key": "formats.hall.label", "value": "Market Hall", "given_by": "scenarios/base.yaml"},
        {"key": "banners.hall.label", "value": "Not this", "given_by": "scenarios/base.yaml"},
    ]
    manifest.write_text(json.dumps(found))
    _, out, _ = command("changes", EARLY, LATE)
    assert "  Mill; Before: Closes; Now: Worth converting to Market Hall" in out


@pytest.mark.parametrize("text", ["", "store_id\na-1\n", '"torn'])
def test_a_report_that_names_no_store_is_told_by_ids(reports, asked, command, text):
    (reports / LATE / "tables" / "stores.csv").write_text(text)
    status, out, _ = command("changes", EARLY, LATE)
    assert status == 0
    assert "  a-1; Before: Closes; Now: Worth converting to hall" in out


def test_the_order_is_the_one_that_was_asked_for(reports, asked, command):
    status, out, _ = command("changes", LATE, EARLY)
    assert status == 0
    assert "a-1; Before: Worth converting to hall; Now: Closes" in out


def test_a_report_is_the_same_as_itself(reports, asked, command):
    status, out, err = command("changes", "latest", LATE)
    assert (status, err) == (0, "")
    assert "inputs, settings and program are the same" in out
    assert asked == []


def test_json_is_one_document_and_nothing_else(reports, asked, command):
    status, out, err = command("changes", EARLY, LATE, "--json")
    found = json.loads(out, parse_constant=pytest.fail)
    assert status == 0
    assert [one["store_id"] for one in found["decisions"]["turned"]] == ["a-1"]
    assert found["causes"]["causes"][0]["name"] == "stores.csv"
    assert "trying" not in out
    assert "trying" in err


def test_no_causes_asks_for_none(reports, asked, command):
    status, out, err = command("changes", EARLY, LATE, "--no-causes", "--json")
    assert (status, err, asked) == (0, "", [])
    assert "causes" not in json.loads(out)


def test_a_tolerance_holds_for_figures_and_shares(reports, asked, command):
    _, out, _ = command("changes", EARLY, LATE, "--tolerance", "0.5", "--no-causes", "--json")
    found = json.loads(out)
    assert found["figures"]["moved"] == []
    assert found["tolerance"] == {"relative": 0.5, "share": 0.5}


@pytest.mark.parametrize("value", ["-0.1", "1.5", "nan", "inf"])
def test_a_tolerance_that_is_none_is_refused(reports, asked, command, value):
    status, out, err = command("changes", EARLY, LATE, "--tolerance", value)
    assert (status, out) == (2, "")
    assert f"--tolerance: found '{value}'" in err


def test_both_faults_are_named_at_once_with_a_suggestion(reports, asked, command):
    typo = LATE.replace("base", "bsae")
    status, out, err = command("changes", typo, FAILED)
    assert (status, out, asked) == (2, "", [])
    first, second = err.splitlines()
    assert first.startswith(f"RUN_A: found '{typo}', expected one of")
    assert f"(did you mean '{LATE}'?)" in first
    assert second == f"RUN_B: found '{FAILED}', expected a complete report (this run failed)"


@pytest.mark.parametrize("typed", ["..", ".", "", ".lock", "\x1b[2J", "latest\n"])
def test_what_names_no_run_is_refused(reports, asked, command, typed):
    (reports / ".lock").write_text("")
    status, out, err = command("changes", typed, LATE)
    assert (status, out) == (2, "")
    assert err.startswith("RUN_A: found ")
    assert "\x1b" not in err


def test_a_name_with_a_separator_is_a_path_and_never_looked_up_below_the_reports(
    reports, asked, command, monkeypatch, tmp_path
):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    shutil.copytree(reports / EARLY, reports.parent / "outside")
    status, _, err = command("changes", "../outside", LATE)
    assert status == 2
    assert "RUN_A: found '../outside', expected the folder of a report" in err
    shutil.copytree(reports / EARLY, tmp_path / "outside")
    status, out, _ = command("changes", "../outside", LATE)
    assert status == 0
    assert out.startswith(f"{EARLY} -> {LATE}")


def test_a_run_that_is_a_link_out_of_the_reports_is_refused(reports, asked, command, tmp_path):
    outside = tmp_path / "outside"
    shutil.move(reports / EARLY, outside)
    (reports / EARLY).symlink_to(outside, target_is_directory=True)
    status, out, err = command("changes", EARLY, LATE)
    assert (status, out) == (2, "")
    assert f"RUN_A: found '{EARLY}'" in err


@pytest.mark.parametrize("spoil", ["gone", "torn", "no figures"])
def test_a_folder_that_is_no_report_is_refused(reports, asked, command, tmp_path, spoil):
    folder = tmp_path / "other" / EARLY
    shutil.copytree(reports / EARLY, folder)
    if spoil == "gone":
        (folder / "manifest.json").unlink()
    elif spoil == "torn":
        (folder / "manifest.json").write_text('{"status": "compl')
    else:
        (folder / "notebooks" / "01.json").write_text("[]")
    status, out, err = command("changes", folder, LATE)
    assert (status, out) == (2, "")
    assert ("manifest.json" in err) is (spoil != "no figures")
    assert "Traceback" not in err


def test_another_folder_of_reports_can_be_named(reports, asked, command, tmp_path):
    elsewhere = tmp_path / "theirs"
    reports.rename(elsewhere)
    status, out, _ = command("changes", EARLY, "latest", "--out", elsewhere)
    assert status == 0
    assert out.startswith(f"{EARLY} -> {LATE}")
    status, _, err = command("changes", EARLY, "latest")
    assert status == 2
    assert err.count("there is none in") == 2


@pytest.mark.slow
def test_which_input_did_it_is_found_by_the_program_itself(small_data, tmp_path, command):
    reports = tmp_path / "reports"
    answered_report(reports, EARLY, small_data)
    ledger = small_data / "assumptions.csv"
    row = {"base": 700, "high": 800}
    ledger.write_text(edited(ledger.read_text(), "capex_conversion_usd_per_sqft", **row))
    answered_report(reports, LATE, small_data)
    rows = csv.DictReader(ledger.read_text().splitlines())
    status, out, err = command("changes", EARLY, LATE, "--out", reports)
    assert status == 0
    (title,) = (row["description"] for row in rows if row["key"].startswith("capex_conversion"))
    assert f'By itself, "{title}" turns 1 decision.' in out
    assert f'corner-1; Before: Worth converting to hall; Now: Closes (by "{title}")' in out
    assert "trying capex_conversion_usd_per_sqft alone" in err


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_reports_in_two_currencies_are_not_compared(workshop, asked, command, as_json):
    make_report(workshop.reports, EARLY, settings={"currency": "USD"})
    make_report(workshop.reports, LATE, settings={"currency": "CAD"})
    status, out, err = command("changes", EARLY, LATE, *as_json)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert (
        f"RUN_B: found '{LATE}', expected a report in the currency of {EARLY}: money is not "
        "compared, because the currency changed from USD to CAD"
    ) in err
    assert asked == []


@pytest.mark.parametrize(
    "typed", [("~nobody-of-this-name/x", LATE), (EARLY, LATE, "--out", "~nobody-of-this-name")]
)
def test_nobodys_home_is_a_fault(reports, command, typed):
    status, out, err = command("changes", *typed)
    assert (status, out) == (2, "")
    assert "found '~nobody-of-this-name" in err
    assert err.startswith(("RUN_A: ", "--out: "))
