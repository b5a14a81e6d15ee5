"""Lines that a collector of logs reads."""

import datetime as dt
import json
from pathlib import Path

import pytest

from retail_portfolio.run.errors import Failure, Interrupted, Locked, NotebookFailed
from retail_portfolio.run.executing.log_lines import JsonLines, error_line
from retail_portfolio.run.executing.progress import Progress

EVER = ["time", "level", "event", "run_id", "notebook", "seconds", "message"]


def at():
    return dt.datetime(2026, 1, 26, 7, 0, 0, 1500, dt.timezone(dt.timedelta(hours=1)))


@pytest.fixture
def log():
    made: Progress = JsonLines(at)
    return made


def lines(capsys):
    out, err = capsys.readouterr()
    assert out == ""
    assert err.isascii()
    return [json.loads(line) for line in err.splitlines()]


def test_a_run(log, capsys):
    log.begin("report x", 2, expected={"a": 3.0, "pages": 1.5}, workers=2, run_id="x")
    log.cell("a", 0, 3)
    log.cell("a", 1, 3)
    log.done("a", 1.23456)
    log.say("look")
    log.tell("kernel_retry", "again", level="warning", notebook="b", attempt=2)
    begin, started, done, said, retry = lines(capsys)
    assert all(list(line)[: len(EVER)] == EVER for line in (begin, started, done, said, retry))
    assert {line["run_id"] for line in (begin, started, done, said, retry)} == {"x"}
    assert {line["time"] for line in (begin, retry)} == {"2026-01-26T06:00:00.001Z"}
    facts = ("begin", "report x", 2, 2, 4.5)
    keys = ("event", "message", "steps", "workers", "expected_seconds")
    assert tuple(begin[key] for key in keys) == facts
    assert (started["event"], started["notebook"], started["cells"]) == ("notebook_started", "a", 3)
    assert (done["event"], done["notebook"], done["seconds"]) == ("step_done", "a", 1.235)
    assert (said["event"], said["level"], said["message"]) == ("message", "info", "look")
    assert (retry["level"], retry["notebook"], retry["attempt"]) == ("warning", "b", 2)


def test_the_next_run_begins_anew(log, capsys):
    for run_id in ("x", ""):
        log.begin("report", 1, run_id=run_id)
        log.cell("a", 0, 1)
    told = [(line["event"], line["run_id"]) for line in lines(capsys)]
    assert told == [
        *(("begin", "x"), ("notebook_started", "x")),
        *(("begin", None), ("notebook_started", None)),
    ]


@pytest.mark.parametrize(
    "text", ["two\nlines", "\u00fc\u2028\x85\r", "\udc80", '"quoted"\\', "\x1b[0m", "\x00"]
)
def test_no_text_breaks_a_line(log, capsys, text):
    log.tell("message", text, path=Path("/a", f"b{text}"))
    (line,) = lines(capsys)
    assert line["message"] == text
    assert line["path"] == f"/a/b{text}"


def test_error_of_a_notebook():
    failure = Failure("02_beta", 3, "ValueError", "no", "Traceback\n  line")
    error = NotebookFailed(str(failure), failure)
    error.kept = Path("/reports/run-7")
    line = error_line(error, 1, now=at)
    assert "\n" not in line
    told = json.loads(line)
    assert list(told)[: len(EVER)] == EVER
    assert told == {
        "time": "2026-01-26T06:00:00.001Z",
        "level": "error",
        "event": "failed",
        "run_id": "run-7",
        "notebook": "02_beta",
        "seconds": None,
        "message": "notebook 02_beta, cell 3: ValueError: no",
        "cell": 3,
        "error": "ValueError",
        "status": 1,
        "traceback": "Traceback\n  line",
        "kept": "/reports/run-7",
    }


def test_error_of_no_notebook():
    told = json.loads(error_line(Locked("held"), 3, run_id="x", traceback="ours"))
    assert (told["error"], told["status"], told["message"]) == ("Locked", 3, "held")
    assert (told["run_id"], told["traceback"], told["kept"]) == ("x", "ours", None)
    assert json.loads(error_line(Interrupted(15), 143))["event"] == "interrupted"
