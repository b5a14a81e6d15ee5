"""What docs/operations.md says is there: exit statuses, options, commands, files, messages."""

import json
import re

import pytest
import typer

from retail_portfolio.cli import app
from retail_portfolio.run import errors
from tests.faults.steps import REPOSITORY
from tests.run.workshop import build_site, quicken, writes

TEXT = (REPOSITORY / "docs" / "operations.md").read_text()
# Without commands of the system, whose options are its own.
OURS = re.sub(
    r"`(?:systemctl|loginctl|cp) [^`]*`|^(?:systemctl|loginctl|cp) .*$",
    "",
    TEXT,
    flags=re.MULTILINE,
)
COMMANDS = typer.main.get_command(app).commands


def options(command):
    return {name for parameter in COMMANDS[command].params for name in parameter.opts}


def test_exit_statuses_are_those_of_the_program():
    (table,) = re.findall(r"## Exit status\n\n(.*?)\n\n", TEXT, re.DOTALL)
    said = {
        int(one) for line in table.splitlines() for one in re.findall(r"\d+", line.split("|")[1])
    }
    signalled = {errors.exit_status(errors.Interrupted(number)) for number in (1, 2, 15)}
    assert said == {0, *errors.EXIT_STATUS.values(), errors.OUR_FAULT, *signalled}


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", OURS))))
def test_option_exists(option):
    assert option in options("report") | options("schedule") | options("check")


@pytest.mark.parametrize("line", re.findall(r"^retail-portfolio (.+)$", TEXT, re.MULTILINE))
def test_command_takes_what_stands_there(line):
    command, *words = line.split()
    assert {word for word in words if word.startswith("--")} <= options(command)


def test_every_option_of_a_scheduled_run_is_explained():
    explained = set(re.findall(r"--[a-z][a-z-]*", TEXT.split("## Options that matter here")[1]))
    assert explained >= options("report") - {
        *("--scenario", "--data", "--out", "--set", "--workers", "--debug", "--log"),
    } - {name for name in options("report") if not name.startswith("--")}


def no_map(workshop, monkeypatch):
    def build(outputs, notebooks, facts, out, *, data_dir, changes=None):
        build_site(outputs, notebooks, facts, out, data_dir=data_dir)
        (out / "map.html").unlink()

    monkeypatch.setattr("retail_portfolio.present.site.build_site", build)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "cell", "status"),
    [
        ([], "1 / 0", 1),
        (["--set", "discount_rat=0.1"], "", 2),
        ([], "__import__('pathlib').Path(DATA, 'stores.csv').write_text('go-2')", 5),
        ([], "MAP", 5),
        (["--on-change", "/bin/false"], "", 5),
    ],
)
def test_message_is_the_real_one(workshop, command, monkeypatch, arguments, cell, status):
    quicken(monkeypatch.setattr)
    assert command("report")[0] == 0
    if cell == "MAP":
        no_map(workshop, monkeypatch)
    elif cell:
        data = f"DATA = {str(workshop.root / 'data')!r} + '/'\n"
        cells = [data + cell] if status == 1 else [data + cell, writes("03_gamma", "gamma")]
        workshop.notebook("03_gamma", *cells)
    elif status == 5:
        (workshop.root / "data" / "stores.csv").write_text("store_id\ngo-3\n")
    ended, _, err = command("report", *arguments)
    assert ended == status, err
    (line,) = [
        line for line in err.splitlines() if not line.startswith(("report ", "[", "the fail"))
    ]
    assert f"`{line}`" in TEXT


@pytest.mark.slow
def test_files_are_those_that_a_run_leaves(workshop, command, monkeypatch):
    quicken(monkeypatch.setattr)
    assert command("report")[0] == 0
    named = set(re.findall(r"`reports/([a-z.]+|RUN/[a-z.]+)`", TEXT))
    assert len(named) > 3
    for name in named:
        assert (workshop.reports / name.replace("RUN", workshop.latest)).exists()
    status = json.loads((workshop.reports / "status.json").read_text())
    (said,) = re.findall(r"- `reports/status.json`.*?\n- ", TEXT, re.DOTALL)
    keys = set(re.findall(r"`([a-z_]+)`", said)) - {"running", "idle"}
    assert keys - status.keys() - status["last"].keys() <= {"process", "must_end_by"}
