"""``retail-portfolio plan`` as a program and a person meet it."""

import json
import subprocess
import sys

import pytest

from tests.run.workshop import REPOSITORY

CASE = ("--data", REPOSITORY / "data")
KEYS = ("status", "objective_usd", "bound_usd", "gap", "solve_seconds", "violations", "stores")


def document(command, *arguments):
    status, out, err = command("plan", "--json", *arguments)
    assert (status, err) == (0, "")
    return json.loads(out, parse_constant=pytest.fail)


def chosen(found):
    return [
        f"{one['store_id']}:{one['decision'].removeprefix('convert_')}"
        for one in found["stores"]
        if one["decision"] != "close"
    ]


@pytest.mark.slow
def test_the_bundled_plan_is_proven_in_one_document(command):
    found = document(command, *CASE)
    assert set(KEYS) <= set(found)
    assert found["status"] == "optimal"
    assert found["violations"] == []
    assert 0 <= found["gap"] <= 1e-6
    assert found["bound_usd"] >= found["objective_usd"] > 0
    assert len(found["stores"]) == 71
    assert {one["decision"] for one in found["stores"]} <= {
        *("close", "convert_wfm", "convert_daily_shop")
    }
    assert all(one["reason"] for one in found["stores"])
    again = document(command, *CASE, "--convert", ",".join(chosen(found)))
    assert again["objective_usd"] == pytest.approx(found["objective_usd"], rel=1e-9)
    assert chosen(again) == chosen(found)


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["my_plan", "plan.force_in", "plan.force_out"])
def test_a_report_refuses_an_unknown_site_before_anything_starts(command, tmp_path, setting):
    where = ("--out", tmp_path / "reports")
    status, out, err = command("report", *CASE, *where, "--set", f"{setting}=fresh-ca-irvin")
    assert (status, out) == (2, "")
    assert f"{setting}: found 'fresh-ca-irvin'" in err
    assert "did you mean 'fresh-ca-irvine'?" in err
    assert not (tmp_path / "reports").exists()


@pytest.mark.slow
def test_nothing_but_the_document_comes_out_of_the_program():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "retail_portfolio", "plan", "--json", *map(str, CASE)),
            *("--set", "plan.capital_budget_usd=60e6", "--set", "plan.openings_per_year=2"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("{\n")
    assert json.loads(done.stdout)["gap"] <= 1e-6


@pytest.mark.slow
def test_a_plan_is_valued_as_named_and_not_made_better(small_data, command):
    data = ("--data", small_data)
    none = document(command, *data, "--convert", "")
    assert none["objective_usd"] == 0
    assert {one["decision"] for one in none["stores"]} == {"close"}
    one = document(command, *data, "--convert", "corner-1")
    assert chosen(one) == ["corner-1:hall"]
    both = document(command, *data, "--convert", "corner-1:hall", "--convert", "corner-2")
    assert chosen(both) == ["corner-1:hall", "corner-2:hall"]
    marginal = {row["store_id"]: row["npv_vs_exit_usd"] for row in both["stores"]}
    assert both["objective_usd"] - one["objective_usd"] == pytest.approx(marginal["corner-2"])
    best = document(command, *data)
    assert best["objective_usd"] >= max(both["objective_usd"], one["objective_usd"], 0)
    assert one["bound_usd"] == pytest.approx(best["bound_usd"])


@pytest.mark.slow
def test_broken_limits_are_listed(small_data, command):
    found = document(
        command,
        *("--data", small_data, "--convert", "corner-1,corner-2"),
        *("--set", "plan.max_conversions=1", "--set", "plan.force_in=corner-3"),
    )
    assert found["status"] == "infeasible"
    assert [text.partition(":")[0] for text in found["violations"]] == [
        "plan.max_conversions",
        "plan.force_in",
    ]


@pytest.mark.slow
def test_a_person_gets_a_line_a_conversion_and_the_answer(small_data, command):
    status, out, err = command(
        "plan", "--data", small_data, "--convert", "corner-1", "--set", "plan.max_conversions=0"
    )
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("corner-1 ")
    assert lines[1] == "breaks plan.max_conversions: at most 0 conversions"
    assert lines[-1].startswith("1 of 3 sites converts, valued together")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--convert", "corner-11"), "did you mean 'corner-1'"),
        (("--convert", "corner-1:hal"), "did you mean 'corner-1:hall'"),
        (("--convert", "hall-1"), "a candidate for conversion"),
        (("--set", "plan.force_in=corner-9"), "did you mean"),
        (("--set", "plan.max_by_metro.springvale=1"), "did you mean 'springvale-oh'"),
        (("--set", "plan.max_convertions=1"), "did you mean 'plan.max_conversions'"),
        (("--set", "plan.min_spacing_miles=-1"), "plan.min_spacing_miles"),
        (("--set", "plan.min_conversions=4"), "at least 4 conversions"),
        (("--set", "plan.force_in=corner-1", "--set", "plan.force_out=corner-1"), "force_out"),
        (("--scenario", "nowhere"), "nowhere"),
    ],
)
def test_bad_input_is_named_and_ends_with_two(small_data, command, arguments, words):
    status, out, err = command("plan", "--data", small_data, "--json", *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_the_check_names_sites_that_the_plan_cannot_know(small_data, command):
    path = small_data / "scenarios" / "base.yaml"
    path.write_text(path.read_text() + "\nplan:\n  force_out: [corner-7]\n")
    status, _, err = command("check", "--data", small_data)
    assert status == 2
    assert "plan.force_out" in err


@pytest.mark.slow
def test_a_fault_of_ours_is_seventy(small_data, command, monkeypatch):
    from retail_portfolio.present.exporting import plan_document

    def fail(*_):
        raise KeyError("why")

    monkeypatch.setattr(plan_document, "plan_document", fail)
    status, out, err = command("plan", "--data", small_data, "--json")
    assert (status, out) == (70, "")
    assert "fault of the program" in err


@pytest.mark.slow
def test_a_plan_that_the_scenario_names_stands_beside_the_best(small_data, command):
    data = ("--data", small_data)
    found = document(command, *data, "--set", "my_plan=corner-1,corner-2:hall")
    named = document(command, *data, "--convert", "corner-1,corner-2:hall")
    mine = found["my_plan"]
    assert mine["objective_usd"] == named["objective_usd"]
    assert mine["shortfall_usd"] == pytest.approx(found["objective_usd"] - mine["objective_usd"])
    assert mine["shortfall_usd"] > 0
    assert {one["store_id"] for one in mine["stores"]} >= {"corner-1", "corner-2"}
    assert mine["steps"][-1]["behind_best_usd"] == pytest.approx(0, abs=1)
    assert mine["sentence"].startswith("Your plan of 2 sites ")
    assert mine["violations"] == []
    bound = ("--set", "my_plan=corner-1,corner-2", "--set", "plan.max_conversions=1")
    broken = document(command, *data, *bound)
    assert broken["violations"] == []
    assert broken["my_plan"]["violations"] == ["plan.max_conversions: at most 1 conversion"]
    status, out, _ = command("plan", *data, "--set", "my_plan=")
    assert status == 0
    assert out.splitlines()[-1].startswith("Your plan closes every site and gains nothing")
    assert "my_plan" not in document(command, *data)
    both = ("--set", "my_plan=corner-1", "--convert", "corner-2")
    assert "my_plan" not in document(command, *data, *both)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mine", "words"),
    [
        ("corner-11", "column my_plan: found 'corner-11'"),
        ("corner-1:hal", "did you mean 'corner-1:hall'"),
        ("hall-1", "a candidate for conversion"),
        ("corner-1,corner-1:hall", "every site once, in one format"),
    ],
)
def test_a_named_plan_of_sites_that_cannot_be_is_refused(small_data, command, mine, words):
    status, out, err = command("plan", "--data", small_data, "--set", f"my_plan={mine}")
    assert (status, out) == (2, "")
    assert words in err
    path = small_data / "scenarios" / "ours.yaml"
    path.write_text(f"title: t\nwhy: w\nmy_plan: [{mine}]\n")
    status, _, err = command("check", "--data", small_data, "--scenario", "ours")
    assert status == 2
    assert words in err


@pytest.mark.slow
def test_a_what_if_that_was_saved_is_a_scenario_of_the_command(small_data, command):
    from retail_portfolio.inputs import load_case
    from retail_portfolio.inputs.settings.scenario_file import save_scenario
    from retail_portfolio.model.closing.closure import closure_table
    from retail_portfolio.model.planning.plan_task import plan_task
    from retail_portfolio.model.planning.plan_what_if import next_in, what_if

    folder = str(small_data)
    case = load_case(data_dir=folder, overrides=["horizon_years=12"])
    task = plan_task(case, closure_table(case))
    tried = what_if(task, next_in(task))
    save_scenario("ours", "Ours", tried.sentence, tried.settings, folder, start=case.scenario)
    base = document(command, "--data", small_data, "--set", "horizon_years=12")
    ours = document(command, "--data", small_data, "--scenario", "ours")
    assert ours["objective_usd"] == pytest.approx(base["objective_usd"] - tried.lost_usd)
    assert tried.lost_usd > 0
    assert set(chosen(ours)) > set(chosen(base))
