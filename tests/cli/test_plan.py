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


def test_a_person_gets_a_line_a_conversion_and_the_answer(small_data, command):
    status, out, err = command(
        "plan", "--data", small_data, "--convert", "corner-1", "--set", "plan.max_conversions=0"
    )
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("corner-1 ")
    assert lines[1] == "breaks plan.max_conversions: at most 0 conversions"
    assert lines[-1].startswith("1 of 3 sites convert, chosen together")


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


def test_the_check_names_sites_that_the_plan_cannot_know(small_data, command):
    path = small_data / "scenarios" / "base.yaml"
    path.write_text(path.read_text() + "\nplan:\n  force_out: [corner-7]\n")
    status, _, err = command("check", "--data", small_data)
    assert status == 2
    assert "plan.force_out" in err


def test_a_fault_of_ours_is_seventy(small_data, command, monkeypatch):
    from retail_portfolio.present import plan_document

    def fail(*_):
        raise KeyError("why")

    monkeypatch.setattr(plan_document, "plan_document", fail)
    status, out, err = command("plan", "--data", small_data, "--json")
    assert (status, out) == (70, "")
    assert "fault of the program" in err
