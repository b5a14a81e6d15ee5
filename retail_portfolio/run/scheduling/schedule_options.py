"""Options of a schedule: from what was typed to settings, or everything that is wrong with it."""

from __future__ import annotations

import dataclasses
import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from zoneinfo import available_timezones

from retail_portfolio.inputs import folders, load_scenario
from retail_portfolio.inputs.faults import Fault, InputError, did_you_mean, one_of
from retail_portfolio.run.executing.notebook_imports import import_faults
from retail_portfolio.run.executing.own_notebooks import with_own
from retail_portfolio.run.executing.parameters import find_notebooks
from retail_portfolio.run.scheduling import schedule_cron, schedule_github
from retail_portfolio.run.scheduling.schedule import (
    DAILY,
    DEFAULT_DAY,
    DEFAULT_KEEP,
    DEFAULT_TIME,
    DEFAULT_TIMEOUT_SECONDS,
    LAST_DAY,
    NAME,
    UTC,
    WEEKDAYS,
    Schedule,
)
from retail_portfolio.run.scheduling.schedule_files import KINDS

MOST_SECONDS: Final = 86_400
"""A run that takes longer than a day is no scheduled one."""
MOST_RUNS: Final = 10_000
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_WHOLE: Final = re.compile(r"[1-9][0-9]{0,8}")
_SAFE_ZONE: Final = re.compile(r"[A-Za-z0-9_+/-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed.

    Parameters
    ----------
    kind
        For which scheduler.
    day, at, time_zone, keep, timeout
        As texts.
    scenarios, overrides
        As the report takes them.
    data, out
        Folders; blank for the checkout's.
    notebooks
        Files of an analyst's own notebooks.
    on_failure, on_change
        Commands; blank for none.
    user_manager
        Whether the systemd of the account is meant, and not the system's.
    """

    kind: str
    day: str = DEFAULT_DAY
    at: str = DEFAULT_TIME
    time_zone: str = UTC
    scenarios: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    data: str = ""
    out: str = ""
    notebooks: tuple[str, ...] = ()
    keep: str = str(DEFAULT_KEEP)
    timeout: str = str(DEFAULT_TIMEOUT_SECONDS)
    on_failure: str = ""
    on_change: str = ""
    user_manager: bool = False


def read_schedule(wanted: Wanted, user: str) -> Schedule:
    """Take what was typed for a schedule.

    Parameters
    ----------
    wanted
        The options.
    user
        Whose account the report runs under.

    Returns
    -------
    Schedule

    Raises
    ------
    InputError
        With everything that is wrong with any option.
    """
    checkout = folders.checkout_root()
    program = _program(checkout)
    wanted, nowhere = _placed(wanted)
    faults = _option_faults(wanted) + nowhere
    schedule = None if faults else _made(wanted, user, checkout, program)
    if not program.is_file():
        expected = "a program that is there: make ready sets it up"
        faults.append(Fault("program", None, None, str(program), expected))
    faults += _text_faults(wanted, checkout, program)
    faults += _command_faults("--on-failure", wanted.on_failure, wanted.kind, checkout)
    faults += _command_faults("--on-change", wanted.on_change, wanted.kind, checkout)
    if "--data" not in {fault.file for fault in nowhere}:
        faults += _scenario_faults(wanted)
    if wanted.notebooks and "--notebook" not in {fault.file for fault in nowhere}:
        faults += _notebook_faults(wanted)
    if schedule is not None:
        faults += _kind_faults(wanted.kind, schedule)
    if faults or schedule is None:
        raise InputError(dict.fromkeys(faults))
    return schedule


def _made(wanted: Wanted, user: str, checkout: Path, program: Path) -> Schedule:
    hour, minute = wanted.at.split(":")
    return Schedule(
        checkout=PurePosixPath(checkout),
        program=PurePosixPath(program),
        user=user,
        day=wanted.day,
        hour=int(hour),
        minute=int(minute),
        time_zone=wanted.time_zone,
        scenarios=wanted.scenarios,
        data=wanted.data,
        out=wanted.out,
        notebooks=wanted.notebooks,
        overrides=wanted.overrides,
        keep=int(wanted.keep),
        timeout_seconds=int(wanted.timeout),
        on_failure=wanted.on_failure,
        on_change=wanted.on_change,
        user_manager=wanted.user_manager,
    )


def _program(checkout: Path) -> Path:
    """Return the checkout's own program, or the one that is running where it has none."""
    own = checkout / ".venv/bin" / NAME
    return own if own.exists() else Path(sys.executable).with_name(NAME)


def _placed(wanted: Wanted) -> tuple[Wanted, list[Fault]]:
    """Make paths absolute; those that cannot be stay, each with its fault."""
    faults: list[Fault] = []

    def placed(option: str, given: str) -> str:
        try:
            return str(folders.absolute_path(given, option)) if given else ""
        except InputError as error:
            faults.extend(error.faults)
            return given

    found = dataclasses.replace(
        wanted,
        data=placed("--data", wanted.data),
        out=placed("--out", wanted.out),
        notebooks=tuple(placed("--notebook", one) for one in wanted.notebooks),
    )
    return found, faults


def _option_faults(wanted: Wanted) -> list[Fault]:
    found = [
        ("kind", wanted.kind, None if wanted.kind in KINDS else one_of(KINDS, wanted.kind)),
        ("--day", wanted.day, _day_expected(wanted.day)),
        ("--at", wanted.at, None if _TIME.fullmatch(wanted.at) else "a time, 00:00 to 23:59"),
        ("--time-zone", wanted.time_zone, _zone_expected(wanted.time_zone)),
        ("--keep", wanted.keep, _number_expected(wanted.keep, MOST_RUNS)),
        ("--timeout", wanted.timeout, _number_expected(wanted.timeout, MOST_SECONDS)),
        ("--user", wanted.kind, _manager_expected(wanted)),
    ]
    return [
        Fault(option, None, None, value, expected) for option, value, expected in found if expected
    ]


def _day_expected(day: str) -> str | None:
    if day in {*WEEKDAYS, DAILY, *(str(number) for number in range(1, LAST_DAY + 1))}:
        return None
    return f"{one_of([*WEEKDAYS, DAILY], day)}, or a day that every month has, 1 to {LAST_DAY}"


def _zone_expected(name: str) -> str | None:
    zones = available_timezones()
    if name in zones and _SAFE_ZONE.fullmatch(name):
        return None
    return f"an IANA name, such as Europe/Berlin{did_you_mean(name, sorted(zones))}"


def _number_expected(text: str, most: int) -> str | None:
    if _WHOLE.fullmatch(text) and int(text) <= most:
        return None
    return f"a whole number, 1 to {most}"


def _manager_expected(wanted: Wanted) -> str | None:
    if wanted.user_manager and wanted.kind in {*KINDS} - {"systemd"}:
        return "systemd, which alone has a manager for each user"
    return None


def _text_faults(wanted: Wanted, checkout: Path, program: Path) -> list[Fault]:
    """Find texts that no line of a crontab, unit or workflow can hold."""
    texts = [
        ("checkout", str(checkout)),
        ("program", str(program)),
        ("--data", wanted.data),
        ("--out", wanted.out),
        *(("--notebook", path) for path in wanted.notebooks),
        ("--on-failure", wanted.on_failure),
        ("--on-change", wanted.on_change),
        *(("--scenario", name) for name in wanted.scenarios),
        *(("--set", text) for text in wanted.overrides),
    ]
    expected = "text of one line, all of it visible"
    return [
        Fault(name, None, None, text, expected) for name, text in texts if not text.isprintable()
    ]


def _command_faults(option: str, command: str, kind: str, checkout: Path) -> list[Fault]:
    """Find what a scheduler could not start, though the shell of whoever typed it might."""
    if not command:
        return []
    try:
        words = shlex.split(command)
    except ValueError as error:
        return [Fault(option, None, None, command, f"words quoted as in a shell ({error})")]
    if words and (kind == "github" or _starts(words[0], checkout)):
        return []
    expected = "a program with its whole path, or one in /usr/bin or /bin: there is no other PATH"
    return [Fault(option, None, None, command, expected)]


def _starts(program: str, checkout: Path) -> bool:
    if "/" in program:
        program = str(checkout / program)  # the report is started there
    try:
        return shutil.which(program, path="/usr/bin:/bin") is not None
    except ValueError:  # no path can hold a zero byte
        return False


def _scenario_faults(wanted: Wanted) -> list[Fault]:
    """Find scenarios that would stop the report before it starts, every time anew."""
    faults: list[Fault] = []
    for name in dict.fromkeys(wanted.scenarios or ("base",)):
        try:
            load_scenario(name, wanted.data, wanted.overrides)
        except InputError as error:
            faults += error.faults
    return faults


def _notebook_faults(wanted: Wanted) -> list[Fault]:
    """Find notebooks that would stop it likewise."""
    try:
        return import_faults(with_own(find_notebooks(folders.notebooks_folder()), wanted.notebooks))
    except InputError as error:
        return list(error.faults)


def _kind_faults(kind: str, schedule: Schedule) -> list[Fault]:
    """Find what one kind of scheduler cannot do."""
    if kind == "cron":
        return _cron_faults(schedule)
    return _github_faults(schedule) if kind == "github" else []


def _cron_faults(schedule: Schedule) -> list[Fault]:
    size = len(schedule_cron.job(schedule).encode())
    if size <= schedule_cron.MOST_BYTES:
        return []
    expected = f"at most {schedule_cron.MOST_BYTES} bytes, or another kind, such as systemd"
    return [Fault("line of the crontab", None, None, f"{size} bytes", expected)]


def _github_faults(schedule: Schedule) -> list[Fault]:
    faults = []
    if schedule_github.minutes(schedule) > schedule_github.MOST_MINUTES:
        most = (schedule_github.MOST_MINUTES - schedule_github.SETUP_MINUTES) * 60
        expected = f"at most {most} seconds for a job of GitHub"
        faults.append(Fault("--timeout", None, None, str(schedule.timeout_seconds), expected))
    below = "below the checkout, of letters, digits, '.', '_' and '-', as the workflow has no other"
    faults += [
        Fault(option, None, None, path, f"a {what} {below}")
        for option, what, path in (
            ("--data", "folder", schedule.data),
            ("--out", "folder", schedule.out),
            *(("--notebook", "file", path) for path in schedule.notebooks),
        )
        if path and not _is_plain_below(path, schedule)
    ]
    return faults


def _is_plain_below(path: str, schedule: Schedule) -> bool:
    try:
        name = schedule_github.within(path, schedule)
    except ValueError:
        return False
    return schedule_github.PLAIN_PATH.fullmatch(name) is not None
