"""The units: systemd itself says what it read, and a stub program how it was called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_portfolio.run.executing.child import GRACE_SECONDS
from retail_portfolio.run.publishing.tell import TELL_SECONDS
from retail_portfolio.run.scheduling.schedule import command
from retail_portfolio.run.scheduling.schedule_systemd import (
    BEYOND_TIMEOUT_SECONDS,
    MOST_STOP_SECONDS,
    STOP_SECONDS,
    calendar,
    service,
    timer,
    word,
)
from tests.run.schedules import HOSTILE, ODD_FOLDER, as_shell_reads, made, texts, write_stub

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze on this machine")


def analyze(*words, **environment):
    """Run systemd-analyze; return its status and all it said."""
    done = subprocess.run(
        [str(ANALYZE), *map(str, words)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def write_units(folder, schedule):
    folder.mkdir(exist_ok=True)
    paths = [folder / "retail-portfolio.service", folder / "retail-portfolio.timer"]
    for path, text in zip(paths, (service(schedule), timer(schedule)), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def what_systemd_read(paths, setting):
    """Return a setting of the service as systemd dumps it after reading the units."""
    status, said = analyze("verify", *paths, SYSTEMD_LOG_LEVEL="debug")
    assert status == 0, said
    return re.findall(rf"(?m)^\s+{setting}: (.*)$", said)


def as_started(dumped):
    """Return the words that a program is started with, from the line of a dump.

    At the start a ``$`` begins a variable and ``$$`` stands for one; there may be no lone one.
    """
    words = as_shell_reads(dumped)
    # The path of the program is taken as it is; nothing is filled into it.
    program, *rest = words
    assert all("$" not in one.replace("$$", "") for one in rest), words
    return [program, *(one.replace("$$", "$") for one in rest)]


ODD = {
    "plain": "portfolio",
    "spaces": "my  portfolio",
    "percent": "100%n",
    "dollar": "a $HOME ${HOME} b",
    "quotes": 'it\'s "here"',
    "everything": ODD_FOLDER,
    "blank at the end": "checkout ",
    "backslash at the end": "checkout\\",
}


@needs_systemd
@pytest.mark.slow
@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_systemd_verifies_the_pair_and_starts_the_program(tmp_path, name):
    schedule = made(
        tmp_path / name,
        overrides=tuple(f"title={text}" for text in HOSTILE),
        on_failure=HOSTILE[0],
        out=str(tmp_path / name / 'out 100%n "q" $HOME\\b'),
    )
    tell = write_stub(schedule)
    paths = write_units(tmp_path / "units", schedule)
    status, said = analyze("verify", *paths)
    assert (status, said) == (0, "")
    assert what_systemd_read(paths, "WorkingDirectory") == [str(schedule.checkout)]
    assert what_systemd_read(paths, "ReadWritePaths") == [f"-{schedule.out}"]
    (line,) = what_systemd_read(paths, "Command Line")
    started = as_started(line)
    subprocess.run(started, cwd=str(schedule.checkout), check=True, capture_output=True)
    assert tell() == [str(schedule.checkout), command(schedule)[1:]]


@needs_systemd
def test_a_broken_unit_is_refused(tmp_path):
    """The verification can fail: without the program, and with a day that there is not."""
    schedule = made(tmp_path / "checkout")
    paths = write_units(tmp_path / "units", schedule)
    status, said = analyze("verify", *paths)
    assert status, "there is no program"
    assert "not executable" in said
    write_stub(schedule)
    assert analyze("verify", *paths) == (0, "")
    text = paths[1].read_text().replace("Mon ", "Mo ")
    paths[1].write_text(text)
    assert "calendar" in analyze("verify", *paths)[1]


@needs_systemd
@pytest.mark.slow
@given(words=st.lists(texts, min_size=40, max_size=60))
@settings(max_examples=8)
def test_systemd_reads_any_word(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("units") / "words.service"
    lines = [f"ExecStart=/bin/true {word(one)}" for one in words]
    path.write_text("\n".join(["[Service]", "Type=oneshot", *lines, ""]), encoding="utf-8")
    found = [as_started(line) for line in what_systemd_read([path], "Command Line")]
    assert found == [["/bin/true", one] for one in words]


@needs_systemd
@pytest.mark.parametrize(
    ("changes", "base", "expected"),
    [
        ({}, "2026-11-26", ["Mon 2026-11-30 06:00:00", "Mon 2026-12-07 06:00:00"]),
        (
            {"time_zone": "America/New_York", "day": "sun"},
            "2027-03-06",
            ["Sun 2027-03-07 11:00:00", "Sun 2027-03-14 10:00:00"],
        ),
        (
            {"time_zone": "Asia/Kathmandu", "day": "daily", "minute": 10},
            "2026-11-26",
            ["Thu 2026-11-26 00:25:00", "Fri 2026-11-27 00:25:00"],
        ),
        ({"day": "28"}, "2027-02-01", ["Sun 2027-02-28 06:00:00", "Sun 2027-03-28 06:00:00"]),
        (
            {"time_zone": "America/New_York", "day": "daily", "hour": 2, "minute": 30},
            "2027-03-13",
            ["Sat 2027-03-13 07:30:00", "Mon 2027-03-15 06:30:00"],
        ),
        (
            {"time_zone": "America/New_York", "day": "daily", "hour": 1, "minute": 30},
            "2026-10-31",
            ["Sat 2026-10-31 05:30:00", "Sun 2026-11-01 05:30:00", "Mon 2026-11-02 06:30:00"],
        ),
    ],
    ids=["UTC", "daylight saving", "quarters", "month", "jumped over", "shown twice"],
)
def test_when_the_timer_elapses(changes, base, expected):
    words = ("--iterations", len(expected), "--base-time", f"{base} UTC")
    status, said = analyze("calendar", *words, calendar(made(**changes)), TZ="UTC")
    assert status == 0, said
    assert re.findall(r"(?:elapse|#\d+): (.*) UTC", said) == expected


def test_settings_that_keep_a_failed_run():
    text = service(made(timeout_seconds=100))
    assert f"TimeoutStartSec={100 + BEYOND_TIMEOUT_SECONDS}\n" in text
    assert "KillMode=mixed\n" in text, "only the program is told to end; it ends its notebooks"
    assert "KillSignal=SIGTERM\n" in text


def test_settings_that_hooks_and_folders_get():
    assert "NoNewPrivileges=yes" in service(made())
    assert "NoNewPrivileges=yes" not in service(made(on_failure="mail me"))
    assert "NoNewPrivileges=yes" not in service(made(on_change="mail me"))
    assert "PrivateTmp=yes" in service(made())
    temporary, kept = "/tmp", "/var/tmp"  # noqa: S108 - nothing is written there
    for hidden in (
        *({"checkout": f"{temporary}/x"}, {"out": f"{kept}/x"}, {"data": temporary}),
        {"notebooks": ("/srv/a.ipynb", f"{temporary}/b.ipynb")},
    ):
        assert "PrivateTmp" not in service(made(**hidden)), "its own folder would be hidden"
    assert "PrivateTmp=yes" in service(made(f"{temporary}x"))


def test_time_to_stop_is_longer_than_what_the_program_may_still_do():
    text = service(made())
    assert MOST_STOP_SECONDS == GRACE_SECONDS + 3 * TELL_SECONDS
    assert MOST_STOP_SECONDS < STOP_SECONDS
    assert f"TimeoutStopSec={STOP_SECONDS}\n" in text
    said = (
        f"# {MOST_STOP_SECONDS:g} s may go by: {GRACE_SECONDS:g} s until its notebooks have ended,"
    )
    assert f"{said}\n# 3 times {TELL_SECONDS:g} s for commands" in text


@pytest.mark.parametrize("own", [False, True])
def test_who_is_told_of_a_run_that_cannot_say_so(own):
    unit = service(made(user_manager=own)).split("[Unit]\n")[1].split("\n[Service]")[0]
    assert unit.endswith("\n# OnFailure=UNIT\n")
    assert "--on-failure is told of a killed one by the next run" in unit


# A manager without root's rights cannot do these; a unit with one of them ends before its program.
PRIVILEGED = re.compile(
    r"(?m)^(User|Group|Protect\w+|Private\w+|Read\w+Paths|Capability\w+|Restrict(?!Realtime)\w+)="
)


@pytest.mark.parametrize("hooks", [{}, {"on_failure": "mail me"}, {"on_change": "mail me"}])
def test_a_user_s_own_manager_is_asked_for_nothing_it_may_not(hooks):
    text = service(made(user_manager=True, **hooks))
    assert PRIVILEGED.findall(text) == []
    assert {"User", "ProtectSystem"} <= set(PRIVILEGED.findall(service(made(**hooks))))
    assert ("NoNewPrivileges=yes" in text) == (not hooks)
    assert "TimeoutStopSec=" in text


def test_the_head_says_how_it_is_put_in_place():
    own, of_system = service(made(user_manager=True)), service(made())
    enable = "systemctl --user daemon-reload && systemctl --user enable --now"
    assert f"#     {enable} retail-portfolio.timer\n" in own
    assert "#     loginctl enable-linger\n" in own
    assert "/etc/systemd" not in own
    assert "--user" not in of_system
    assert "linger" not in of_system
    assert timer(made(user_manager=True)) == timer(made())
    assert "WantedBy=timers.target\n" in timer(made())


@needs_systemd
@pytest.mark.parametrize("hooks", [{}, {"on_failure": HOSTILE[0]}], ids=["plain", "hook"])
def test_a_user_s_own_manager_verifies_the_pair(tmp_path, hooks):
    schedule = made(tmp_path / "my 100%n checkout", user_manager=True, **hooks)
    paths = write_units(tmp_path / "units", schedule)
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    assert analyze("--user", "verify", *paths, **home)[0], "there is no program"
    write_stub(schedule)
    assert analyze("--user", "verify", *paths, **home) == (0, "")


def test_plain_command_stays_readable():
    (line,) = [one for one in service(made()).splitlines() if one.startswith("ExecStart=")]
    assert line == f"ExecStart={' '.join(command(made()))}"


def test_the_timer_says_its_zone_and_catches_up():
    text = timer(made(time_zone="Europe/Berlin"))
    assert "OnCalendar=Mon *-*-* 06:00:00 Europe/Berlin\n" in text
    assert "Persistent=true\n" in text
    assert "Unit=retail-portfolio.service\n" in text
    assert "spring" in text
    assert "spring" not in timer(made())
