"""Who watches a run is told how it ended."""

import json
import sys

import pytest

from retail_portfolio.run.errors import PublishFailed
from retail_portfolio.run.publishing import lock, publish, runs
from tests.run.workshop import quicken, writes


@pytest.fixture
def quick(workshop, monkeypatch):
    """A workshop whose notebooks start no kernel."""
    quicken(monkeypatch.setattr)
    return workshop


@pytest.fixture
def mail(tmp_path):
    """A command that keeps what it is told, one document a call."""
    folder = tmp_path / "mail box"
    folder.mkdir()
    code = (
        "import os, pathlib, sys\n"
        "box = pathlib.Path(sys.argv[1])\n"
        "place = box / str(len(list(box.iterdir())))\n"
        "place.write_text(os.environ['RETAIL_PORTFOLIO_EXIT_STATUS'] + ' ' + sys.stdin.read())\n"
    )
    script = tmp_path / "told.py"
    script.write_text(code)

    class Mail:
        command = f"{sys.executable} {script} '{folder}'"

        def read(self):
            texts = [path.read_text() for path in sorted(folder.iterdir())]
            split = [text.split(" ", 1) for text in texts]
            return [(int(status), json.loads(text)) for status, text in split]

    return Mail()


def status_of(workshop):
    return json.loads((workshop.reports / "status.json").read_text())


def test_published(quick, command, mail):
    commands = ("--on-change", mail.command, "--on-failure", mail.command)
    assert command("report", *commands)[0] == 0
    ((code, manifest),) = mail.read()
    assert (code, manifest["status"], manifest["run_id"]) == (0, "complete", quick.latest)
    assert manifest["changes"] == {
        "since": None,
        "results": True,
        "inputs": True,
        "program": True,
        "any": True,
    }
    found = status_of(quick)
    assert found["state"] == "idle"
    assert found["latest"]["run_id"] == quick.latest
    assert found["last"]["outcome"] == "published"
    assert found["last"]["runs"] == [quick.latest]


def test_nobody_is_told_of_a_report_that_says_the_same(quick, command, mail):
    command("report")
    first = quick.latest
    assert command("report", "--on-change", mail.command)[0] == 0
    assert quick.latest != first
    assert mail.read() == []
    assert quick.manifests()[quick.latest]["changes"]["since"] == first


def test_unchanged(quick, command, mail):
    command("report")
    status, _, _ = command("report", "--if-changed", "--on-change", mail.command)
    assert status == 0
    assert mail.read() == []
    assert status_of(quick)["last"]["outcome"] == "unchanged"
    assert status_of(quick)["last"]["exit_status"] == 0


def test_change_is_told(quick, command, mail):
    command("report")
    first = quick.latest
    quick.notebook("01_alpha", writes("01_alpha", "plan", "store_id,value\ngo-1,3\n"))
    command("report", "--if-changed", "--on-change", mail.command)
    ((_, manifest),) = mail.read()
    assert manifest["changes"]["since"] == first
    assert manifest["changes"]["inputs"] is True


def test_failed(quick, command, mail):
    command("report")
    latest = quick.latest
    quick.notebook("02_beta", "1 / 0")
    status, _, _ = command("report", "--on-failure", mail.command, "--on-change", mail.command)
    assert status == 1
    ((code, manifest),) = mail.read()
    assert code == 1
    assert manifest["failure"]["error"] == "ZeroDivisionError"
    assert manifest["failure"]["exit_status"] == 1
    assert manifest["run_id"] in quick.manifests()
    found = status_of(quick)
    assert found["latest"]["run_id"] == latest
    assert (found["last"]["outcome"], found["last"]["exit_status"]) == ("failed", 1)
    assert found["failures_in_a_row"] == 1


def test_refused(quick, command, mail):
    command("report")
    before = status_of(quick)["last_good"]
    status, _, _ = command("report", "--set", "sede=1", "--on-failure", mail.command)
    assert status == 2
    ((code, manifest),) = mail.read()
    assert (code, manifest["run_id"]) == (2, None)
    assert manifest["scenario"] == {"name": "base", "overrides": ["sede=1"]}
    assert manifest["failure"]["error"] == "InputError"
    assert "did you mean 'seed'" in manifest["failure"]["value"]
    found = status_of(quick)
    assert (found["last"]["outcome"], found["last_good"]) == ("refused", before)


def test_reports_below_nobodys_home(quick, command, mail):
    told = ("--on-failure", mail.command)
    status, out, err = command("report", "--out", "~nobody-of-this-name/x", "--from", "x", *told)
    assert (status, out) == (2, "")
    assert "--out: found '~nobody-of-this-name/x', expected a path" in err
    ((code, manifest),) = mail.read()
    assert (code, manifest["failure"]["error"]) == (2, "InputError")
    assert command("report", "--out", "~nobody-of-this-name/x", "--dry-run")[0] == 2


@pytest.mark.parametrize(("arguments", "ends", "told"), [([], 0, 1), (["--set", "sede=1"], 2, 2)])
def test_killed_run_is_told_by_the_next(quick, command, mail, arguments, ends, told):
    """Nobody else could: its own process said nothing."""
    command("report")
    killed = "20260127T060000Z-base-1a2b3c4d"
    staging = quick.reports / f".staging-{killed}"
    (staging / "report").mkdir(parents=True)
    publish.write_manifest(staging, {"status": "running", "run_id": killed, "number": 9})
    asked = ("report", "--if-changed", "--on-failure", mail.command)
    status, _, err = command(*asked, *arguments)
    assert status == ends
    assert "is kept in" in err
    code, manifest = mail.read()[0]
    assert len(mail.read()) == told
    assert (code, manifest["run_id"]) == (137, killed)
    assert manifest["failure"]["error"] == "Killed"
    assert status_of(quick)["last"]["killed"] == [killed]
    command(*asked)
    assert len(mail.read()) == told
    assert status_of(quick)["last"]["killed"] == []


def test_locked_out(quick, command, mail):
    command("report")
    before = status_of(quick)
    with lock.hold(quick.reports, {"since": "then"}):
        status, _, _ = command("report", "--on-failure", mail.command)
    assert status == 3
    ((code, manifest),) = mail.read()
    assert (code, manifest["failure"]["error"]) == (3, "Locked")
    assert status_of(quick) == before


def test_command_that_fails_after_a_change(quick, command):
    fails = f"{sys.executable} -c 'raise SystemExit(7)'"
    status, out, err = command("report", "--on-change", fails)
    assert (status, out) == (5, "")
    assert "the report is published, but nobody was told" in err
    assert "ended with 7" in err
    assert quick.manifests()[quick.latest]["status"] == "complete"
    assert status_of(quick)["last"]["exit_status"] == 5


def test_news_that_reached_nobody_is_told_later(quick, command, mail):
    """By the next command that has somebody to tell, though nothing has changed since."""
    fails = f"{sys.executable} -c 'raise SystemExit(7)'"
    assert command("report", "--on-change", fails)[0] == 5
    assert status_of(quick)["untold"] == [quick.latest]
    assert status_of(quick)["failures_in_a_row"] == 1
    assert command("report", "--if-changed")[0] == 0
    assert status_of(quick)["untold"] == [quick.latest]
    assert command("report", "--if-changed", "--on-change", mail.command)[0] == 0
    ((_, manifest),) = mail.read()
    assert manifest["run_id"] == quick.latest
    assert status_of(quick)["untold"] == []
    assert command("report", "--if-changed", "--on-change", mail.command)[0] == 0
    assert len(mail.read()) == 1


def test_report_before_one_that_fails_is_told(quick, command, mail):
    (quick.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\n")
    quick.notebook("02_beta", "assert scenario == 'base'", writes("02_beta", "beta"))
    asked = ("--scenario", "base", "--scenario", "high", "--on-change", mail.command)
    assert command("report", *asked)[0] == 1
    ((code, manifest),) = mail.read()
    assert (code, manifest["scenario"]["name"]) == (0, "base")
    assert status_of(quick)["last"]["runs"] == [manifest["run_id"]]


@pytest.mark.parametrize("text", ["mail 'x", "  "])
def test_command_that_cannot_be_read_is_not_started(quick, command, text):
    status, _, err = command("report", "--on-failure", text, "--on-change", text)
    assert status == 2
    assert "fault of the program" not in err
    assert not quick.reports.exists()


def test_comparison_is_no_news(quick, command, mail):
    command("report")
    place = quick.reports / quick.latest
    assert command("report", "--from", place, "--on-change", mail.command)[0] == 0
    assert mail.read() == []


def test_command_that_fails_after_a_failure_does_not_hide_it(quick, command):
    quick.notebook("02_beta", "1 / 0")
    fails = f"{sys.executable} -c 'raise SystemExit(7)'"
    status, _, err = command("report", "--on-failure", fails)
    assert status == 1
    assert "ZeroDivisionError" in err
    assert "the command of --on-failure ended with 7" in err


def test_command_that_does_not_exist_stops_the_run_before_it_starts(quick, command):
    status, _, err = command("report", "--on-failure", "no-such", "--on-change", "nor-this")
    assert status == 2
    assert "--on-failure: found 'no-such'" in err
    assert "--on-change: found 'nor-this'" in err
    assert not quick.reports.exists()


def test_dry_run_tells_nobody(quick, command, mail):
    status, _, _ = command("report", "--dry-run", "--set", "sede=1", "--on-failure", mail.command)
    assert status == 2
    assert mail.read() == []
    assert not quick.reports.exists()


@pytest.mark.parametrize(("cell", "ends"), [("", 0), ("1 / 0", 1)])
def test_what_hinders_removal_changes_no_verdict(quick, command, monkeypatch, cell, ends):
    command("report")
    if cell:
        quick.notebook("02_beta", cell)
    written, write = [], publish.write_list

    def refuse(reports):
        written.append(1)
        if len(written) == 2:
            raise PublishFailed("listing the runs: No space left on device")
        write(reports)

    monkeypatch.setattr(publish, "write_list", refuse)
    monkeypatch.setattr(runs, "drop_old", lambda *_: (["a"], ["b"]))
    status, _, err = command("report", "--keep", "1")
    assert status == ends
    assert "the list still has what was removed: listing the runs: No space left" in err


def test_old_reports_go(quick, command):
    for _ in range(3):
        assert command("report", "--keep", "2")[0] == 0
    assert len(quick.manifests()) == 2
    assert quick.latest in quick.manifests()
    quick.notebook("02_beta", "1 / 0")
    for _ in range(3):
        assert command("report", "--keep", "2")[0] == 1
    kinds = sorted(one["status"] for one in quick.manifests().values())
    assert kinds == ["complete", "complete", "failed", "failed"]
