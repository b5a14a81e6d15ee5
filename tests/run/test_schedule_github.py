"""The workflow: its schema, what a shell and GitHub get to see of it, and what its steps do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings

from retail_portfolio.run.scheduling.schedule import options
from retail_portfolio.run.scheduling.schedule_github import ACTIONS, HOLD, word, workflow
from tests.run.schedules import HOSTILE, as_shell_reads, made, texts, write_stub

FULL = {
    "scenarios": ("base", "fast_exit"),
    "overrides": tuple(f"title={text}" for text in HOSTILE),
    "data": "/srv/portfolio/my.data/of-1",
    "out": "/srv/portfolio/my_reports",
    "notebooks": ("/srv/portfolio/my/closure-2.ipynb",),
    "on_failure": HOSTILE[0],
    "on_change": HOSTILE[3],
}
VARIANTS = {
    "plain": made(),
    "zone": made(time_zone="America/New_York", day="sun", hour=23, minute=59),
    "daily": made(day="daily"),
    "month": made(day="28", timeout_seconds=1),
    "full": made(**FULL),
}
EXPRESSIONS = {
    "github.run_id",
    "github.run_attempt",
    "!cancelled() && steps.report.outcome != 'skipped'",
    "failure() && steps.report.outcome == 'failure'",
    "failure() && steps.failed.outputs.folder != ''",
    "steps.failed.outputs.folder",
}


def read(schedule):
    # GitHub's YAML has no yes and no for true and false: the key on is a text.
    found = yaml.load(workflow(schedule), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    assert isinstance(found, dict)
    return found


def step(schedule, name):
    steps = read(schedule)["jobs"]["report"]["steps"]
    (found,) = [one for one in steps if one.get("name") == name]
    return found


# The package puts off a grammar that the checker would build for nothing.
CHECK = "import retail_portfolio, check_jsonschema; check_jsonschema.main()"


@pytest.mark.slow
def test_schema(tmp_path):
    """The schema that GitHub's workflows are held to, from the package: nobody is asked for it."""
    written = {name: workflow(schedule) for name, schedule in VARIANTS.items()}
    written["broken"] = workflow(made()).replace("timeout-minutes: 90", "timeout-minutes: long")
    written["unknown"] = workflow(made()).replace("    - cron:", "    - crom:")
    for name, text in written.items():
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    words = ["--output-format", "json", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run(
        [sys.executable, "-c", CHECK, *words, *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert not found["parse_errors"]
    wrong = {Path(error["filename"]).stem for error in found["errors"]}
    assert wrong == {"broken", "unknown"}


@pytest.mark.parametrize("schedule", VARIANTS.values(), ids=VARIANTS)
def test_every_shell_step_is_a_script(schedule):
    scripts = [
        one["run"]
        for job in read(schedule)["jobs"].values()
        for one in job["steps"]
        if "run" in one
    ]
    assert len(scripts) == 3
    for script in scripts:
        done = subprocess.run(
            ["bash", "-n"], input=script, text=True, capture_output=True, check=True
        )
        assert not done.stderr


@pytest.mark.parametrize("schedule", VARIANTS.values(), ids=VARIANTS)
def test_github_fills_in_nothing_but_ours(schedule):
    assert set(re.findall(r"\$\{\{ ?(.*?) ?\}\}", workflow(schedule))) <= EXPRESSIONS
    assert workflow(schedule).count("${{") == workflow(made()).count("${{")


@pytest.mark.slow
@given(text=texts)
@settings(max_examples=60)
def test_any_word_comes_through(text):
    quoted = word(text)
    assert "${{" not in quoted
    assert as_shell_reads(quoted) == [text]
    script = step(made(on_failure=text), "Make the report")["run"]
    assert script.splitlines()[-1].endswith(f" --on-failure {quoted}")


def test_the_report_gets_exactly_its_words(tmp_path):
    """The step, run as GitHub runs it, in a checkout that lies elsewhere."""
    schedule = made(**FULL)
    here = made(tmp_path / "work/repo")
    tell = write_stub(here)
    script = step(schedule, "Make the report")["run"]
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=here.checkout,
        env=os.environ | {"RUNNER_TEMP": str(tmp_path)},
        check=True,
        capture_output=True,
    )
    words = [one.removeprefix("/srv/portfolio/") for one in options(schedule)]
    assert words.count("my_reports") == 1
    assert tell() == [str(here.checkout), words]
    assert not list(tmp_path.rglob("pwned"))


def test_the_failed_run_is_found_and_no_other(tmp_path):
    script = step(made(), "Find the failed run")["run"]
    began, said = tmp_path / "began", tmp_path / "said"

    def run(name, status, when):
        folder = tmp_path / "reports" / name
        folder.mkdir(parents=True)
        inner = {"status": status, "notebooks": [{"status": "failed"}]}
        (folder / "manifest.json").write_text(json.dumps(inner, sort_keys=True, indent=1))
        os.utime(folder / "manifest.json", (when, when))

    def found():
        said.write_text("")
        subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=os.environ | {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(said)},
            check=True,
        )
        return said.read_text()

    began.touch()
    os.utime(began, (1000, 1000))
    assert found() == "", "nothing is there at all"
    run("20260101T060000Z-base-00000000", "failed", 900)
    run("20260102T060000Z-base-00000000", "complete", 1100)
    assert found() == "", "one is of an earlier day, the other did not fail"
    run("20260103T060000Z-base-00000000", "failed", 1100)
    assert found() == "folder=reports/20260103T060000Z-base-00000000\n"


def test_zone():
    assert read(made())["on"]["schedule"] == [{"cron": "0 6 * * 1"}, {"cron": HOLD}]
    zoned = workflow(VARIANTS["zone"])
    assert read(VARIANTS["zone"])["on"]["schedule"][0] == {
        "cron": "59 23 * * 0",
        "timezone": "America/New_York",
    }
    assert "# Every Sunday at 23:59, time zone America/New_York." in zoned


def test_the_earlier_reports_are_brought_back_kept_and_held():
    """GitHub drops a cache that nobody asked for in 7 days; a report is made every 7, or later."""
    jobs = read(VARIANTS["full"])["jobs"]
    assert jobs["report"]["if"] == f"github.event.schedule != '{HOLD}'"
    assert jobs["hold-reports"]["if"] == f"github.event.schedule == '{HOLD}'"
    (held,) = jobs["hold-reports"]["steps"]
    steps = {one.get("name"): one for one in jobs["report"]["steps"]}
    brought, kept = (
        steps["Bring back the earlier reports"],
        steps["Keep the reports for the next time"],
    )
    assert held == brought
    assert brought["with"]["path"] == kept["with"]["path"] == "my_reports"
    assert brought["with"]["key"] == kept["with"]["key"]
    assert kept["with"]["key"].startswith(brought["with"]["restore-keys"])
    names = list(steps)
    assert names.index(brought["name"]) < names.index("Make the report") < names.index(kept["name"])


def test_what_the_workflow_may_do_and_for_how_long():
    found = read(made(timeout_seconds=3601))
    assert found["permissions"] == {"contents": "read"}
    assert found["jobs"]["report"]["timeout-minutes"] == "91"
    assert "workflow_dispatch" in found["on"]
    assert found["jobs"]["report"]["concurrency"]["cancel-in-progress"] == "false"


def test_actions_are_named_by_commit():
    used = re.findall(r"uses: (\S+)@(\S+) # (\S+)", workflow(made()))
    assert {name: (commit, release) for name, commit, release in used} == ACTIONS
    assert workflow(made()).count("uses: ") == len(used)
    assert all(re.fullmatch("[0-9a-f]{40}", commit) for _, commit, _ in used)


def test_folders_are_those_of_the_checkout():
    path = step(VARIANTS["full"], "Hand over the report")["with"]["path"]
    assert path == "my_reports/latest"
    assert step(made(), "Hand over the report")["with"]["path"] == "reports/latest"
