"""The line for cron: when it fires, and what a shell gets to see of it."""

from __future__ import annotations

import datetime as dt
import fnmatch
import os
import re
import shutil
import subprocess
from zoneinfo import ZoneInfo, available_timezones

import pytest
from cronsim import CronSim
from hypothesis import given, settings

from retail_portfolio.run.scheduling.schedule import command
from retail_portfolio.run.scheduling.schedule_cron import crontab, job, line, word
from tests.run.schedules import HOSTILE, ODD_FOLDER, as_shell_reads, made, texts, write_stub

FIELDS = 5


def as_cron_reads(text, removed):
    """Return what a cron hands over to the shell of the rest of a line.

    As the daemons do it: up to the first ``%`` without a backslash, which would begin the
    standard input. A backslash is taken off before the letters in ``removed``: none in the first
    Vixie cron, ``%`` in cronie, ``%`` and the backslash itself in those of ISC and the BSDs.
    """
    found, escaped = [], False
    for letter in text:
        if escaped and letter in removed:
            found[-1] = letter
        elif letter == "%" and not escaped:
            break
        else:
            found.append(letter)
        escaped = letter == "\\" and not escaped
    return "".join(found)


CRONS = {"Vixie": "", "cronie": "%", "ISC": "%\\"}


def test_the_reader_stops_where_cron_does():
    assert as_cron_reads(r"a\%b%c", "%") == "a%b"
    assert as_cron_reads(r"a\%b%c", "") == r"a\%b"
    assert as_cron_reads(r"a\\%c", "%\\") == "a\\"
    assert as_cron_reads(r"\\\%x", "%\\") == r"\%x"


@pytest.mark.parametrize("removed", CRONS.values(), ids=CRONS)
@pytest.mark.parametrize("text", [*HOSTILE, ""])
def test_a_word_comes_through_every_cron(text, removed):
    assert as_shell_reads(as_cron_reads(word(text), removed)) == [text]


@pytest.mark.slow
@given(text=texts)
@settings(max_examples=60)
def test_any_word_comes_through_every_cron(text):
    for removed in CRONS.values():
        assert as_shell_reads(as_cron_reads(word(text), removed)) == [text]


def fields_and_job(schedule):
    first = line(schedule).split(" ", FIELDS)
    return " ".join(first[:FIELDS]), first[FIELDS]


@pytest.fixture
def run_at(tmp_path):
    """Run a job as cron would at a moment; return its status and output."""
    folder = tmp_path / "bin"
    folder.mkdir()
    date = shutil.which("date")
    stub = folder / "date"
    stub.write_text(f'#!/bin/sh\nexec {date} -d "@$NOW" "$@"\n', encoding="utf-8")
    stub.chmod(0o755)

    def run(schedule, moment, removed="%", **more):
        done = subprocess.run(
            ["/bin/sh", "-c", as_cron_reads(fields_and_job(schedule)[1], removed)],
            env={
                "PATH": f"{folder}:/usr/bin:/bin",
                "NOW": str(int(moment.timestamp())),
                "HOME": str(tmp_path),
                **more,
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def zoned(text, zone):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("removed", CRONS.values(), ids=CRONS)
def test_the_report_gets_exactly_its_words(tmp_path, run_at, removed):
    schedule = made(
        tmp_path / ODD_FOLDER,
        scenarios=("base",),
        overrides=tuple(f"title={text}" for text in HOSTILE[:6]),
        data=f"/data {HOSTILE[0]}",
        on_failure=HOSTILE[3],
        on_change=HOSTILE[2],
    )
    tell = write_stub(schedule)
    assert run_at(schedule, zoned("2026-11-30T06:00:20", "UTC"), removed) == (0, "")
    assert tell() == [str(schedule.checkout), command(schedule)[1:]]
    assert not list(tmp_path.rglob("pwned"))


def test_a_failed_report_is_mailed_and_its_status_kept(tmp_path, run_at):
    schedule = made(tmp_path / "checkout")
    write_stub(schedule)
    status, said = run_at(schedule, zoned("2026-11-30T06:00", "UTC"), STATUS="4")
    assert (status, said) == (4, "says 100% \\n this\n")


def test_a_missing_checkout_is_mailed(tmp_path, run_at):
    status, said = run_at(made(tmp_path / "gone"), zoned("2026-11-30T06:00", "UTC"))
    assert status
    assert "gone" in said


@pytest.mark.parametrize(
    ("day", "right", "wrong"),
    [
        ("mon", "2027-03-15T06:30", ["2027-03-14T06:30", "2027-03-15T06:45", "2027-03-15T18:30"]),
        ("mon", "2027-03-15T06:44", ["2027-03-15T06:29", "2027-03-16T06:44", "2027-03-15T16:44"]),
        ("sun", "2027-03-14T06:30", ["2027-03-13T06:30", "2027-03-14T05:30"]),
        ("daily", "2027-03-14T06:31", ["2027-03-14T06:15", "2027-03-14T07:30"]),
        ("7", "2027-03-07T06:40", ["2027-03-17T06:30", "2027-03-08T06:30"]),
    ],
)
def test_only_at_the_time_of_the_zone(tmp_path, run_at, day, right, wrong):
    zone = "America/New_York"
    schedule = made(tmp_path / "checkout", day=day, minute=30, time_zone=zone)
    tell = write_stub(schedule)
    for text in wrong:
        assert run_at(schedule, zoned(text, zone)) == (0, "")
        assert tell() is None
    assert run_at(schedule, zoned(text, "UTC")) == (0, "")
    assert tell() is None
    assert run_at(schedule, zoned(right, zone)) == (0, "")
    assert tell() is not None


def clock(schedule):
    """Return the format that the job asks `date` for, and the patterns that it goes on with."""
    look, patterns = re.match(
        r"case \$\(TZ=\S+ date \+(\S+)\) in (\S+)\) cd ", job(schedule)
    ).groups()
    return look.replace("\\", ""), patterns


FOUND = map(shutil.which, ("sh", "dash", "bash", "ksh", "zsh", "busybox"))
SHELLS = sorted({os.path.realpath(path) for path in FOUND if path})


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("day", ["mon", "sun", "daily", "1", "9", "28"])
@pytest.mark.parametrize("time", [(0, 0), (6, 0), (6, 7), (23, 45), (23, 46), (23, 50), (23, 59)])
def test_a_quarter_of_an_hour_is_right_and_no_other_minute(shell, day, time):
    """Exactly those until cron asks again, as a real shell takes them; also around March 1."""
    schedule = made(day=day, hour=time[0], minute=time[1])
    look, patterns = clock(schedule)
    around = [*range(-20, 40), *range(40, 1420, 20)]
    moments, due = [], []
    for year, month in ((2027, 2), (2028, 2), (2027, 4), (2027, 12)):
        for later in (0, 8, 9, 26, 27, 28, 29, 30):
            first = dt.datetime(year, month, 1, *time, tzinfo=dt.UTC)
            begin = first + dt.timedelta(days=later)
            days = {"daily", f"{begin:%a}".lower(), str(begin.day)}
            moments += [begin + dt.timedelta(minutes=number) for number in around]
            due += [day in days and 0 <= number < 15 for number in around]
    answers = "".join(f"{moment.strftime(look)}\n" for moment in moments)
    script = f"while read -r x; do case $x in {patterns}) echo y;; *) echo n;; esac; done"
    words = [shell, "sh", "-c"] if shell.endswith("busybox") else [shell, "-c"]
    done = subprocess.run(
        [*words, script], input=answers, capture_output=True, text=True, check=True
    )
    said = [one == "y" for one in done.stdout.split()]
    assert said == due
    assert any(said)


def test_a_late_job_still_runs_after_midnight(tmp_path, run_at):
    for day, right, wrong in (
        ("sun", "2027-03-15T00:04", "2027-03-16T00:04"),
        ("28", "2027-03-01T00:04", "2027-04-01T00:04"),
        ("28", "2028-02-29T00:04", "2028-03-01T00:04"),
    ):
        schedule = made(tmp_path / "checkout", day=day, hour=23, minute=50)
        tell = write_stub(schedule)
        assert run_at(schedule, zoned(wrong, "UTC")) == (0, "")
        assert tell() is None
        assert run_at(schedule, zoned(right, "UTC")) == (0, "")
        assert tell() is not None


@pytest.mark.slow
@pytest.mark.parametrize("year", [2026, 2031, 2037])
def test_zones_differ_by_whole_quarters(year):
    """The claim that the line rests on: cron asks every quarter of an hour."""
    moments = [dt.datetime(year, month, 1, tzinfo=dt.UTC) for month in range(1, 13)]
    odd = {
        name
        for name in available_timezones()
        for moment in moments
        if moment.astimezone(ZoneInfo(name)).utcoffset() % dt.timedelta(minutes=15)
    }
    assert not odd


@pytest.mark.slow
@pytest.mark.parametrize(
    ("machine", "zone"),
    [
        ("UTC", "America/New_York"),
        ("America/Los_Angeles", "UTC"),
        ("Europe/Berlin", "America/New_York"),
        ("Australia/Lord_Howe", "Asia/Kathmandu"),
        ("Pacific/Chatham", "Europe/Berlin"),
    ],
)
@pytest.mark.parametrize("around", ["2027-03-07", "2027-09-25"])
@pytest.mark.parametrize("late", [0, 1, 14])
def test_fires_once_a_day_whatever_the_clocks_do(machine, zone, around, late):
    """Debian's cron, simulated over the weeks in which clocks change, asks at each right time."""
    schedule = made(day="daily", hour=6, minute=50, time_zone=zone)
    begin = dt.datetime.fromisoformat(around).replace(tzinfo=ZoneInfo(machine))
    asked = CronSim(fields_and_job(schedule)[0], begin)
    end = begin.astimezone(dt.UTC) + dt.timedelta(days=45)
    look, patterns = clock(schedule)
    found = []
    for moment in asked:
        if moment.astimezone(dt.UTC) > end:
            break
        looked = moment.astimezone(dt.UTC) + dt.timedelta(minutes=late)
        there = looked.astimezone(ZoneInfo(zone))
        if any(fnmatch.fnmatch(there.strftime(look), one) for one in patterns.split("|")):
            found.append(there.date())
    first = found[0]
    assert found == [first + dt.timedelta(days=number) for number in range(len(found))]
    assert len(found) >= 44


def test_lines_of_a_crontab():
    lines = crontab(made(time_zone="America/New_York")).splitlines()
    assert all(one.startswith("# ") for one in lines[:-1])
    assert "Every Monday at 06:00, time zone America/New_York" in "".join(lines)
    assert lines[-1].startswith("0,15,30,45 * * * * case ")
    assert "MAILTO" not in "".join(lines), "it would silence every line below"


def test_minutes_between_quarters():
    fields, _ = fields_and_job(made(hour=23, minute=59))
    assert fields == "14,29,44,59 * * * *"
    assert "23:\\%M" not in job(made()), "the time is not looked for in the format"


def test_crontab_takes_it(tmp_path):
    """The syntax, checked by the program that installs it where there is one."""
    program = shutil.which("crontab")
    if program is None:
        pytest.skip("no crontab on this machine; cronsim has read the fields")
    path = tmp_path / "portfolio.cron"
    path.write_text(crontab(made(tmp_path / ODD_FOLDER, on_failure=HOSTILE[0])), encoding="utf-8")
    option = "-T" if "-T" in _usage(program) else "-n"
    if option not in _usage(program):
        pytest.skip("this crontab cannot check a file without installing it")
    done = subprocess.run(
        [program, option, str(path)], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 0, done.stderr


def _usage(program):
    done = subprocess.run([program, "-h"], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
