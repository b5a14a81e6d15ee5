"""When a report is made by itself: the settings, and the command they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

WEEKDAYS: Final = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
"""Days of the week as an option names them, from Monday on, and as a reader does."""
DAILY: Final = "daily"
"""The day that stands for every day."""
LAST_DAY: Final = 28
"""The last day that every month has."""
UTC: Final = "UTC"
"""The time zone where none is named; its clocks never change."""
NAME: Final = "retail-portfolio"
"""What the files of a definition are called, without ending."""
DEFAULT_DAY: Final = "mon"
DEFAULT_TIME: Final = "06:00"
DEFAULT_TIMEOUT_SECONDS: Final = 3600
"""Far more than a report takes, so that only a run that hangs is ended."""
DEFAULT_KEEP: Final = 12
"""How many runs stay: a quarter of weeks."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A report that is made by itself, found fit.

    Parameters
    ----------
    checkout
        Folder of the project, absolute.
    program
        The program, absolute.
    user
        Whose account it runs under, as systemd takes it: a name or a number.
    day
        A key of `WEEKDAYS`, `DAILY`, or a day of the month, 1 to 28, as text.
    hour, minute
        The time of day in the time zone.
    time_zone
        Its IANA name.
    scenarios
        Names, in the order of the reports; empty for the program's default.
    data, out
        Folders of the tables and of the reports, absolute; blank for the checkout's.
    overrides
        Texts ``key=value`` over every scenario.
    notebooks
        Files of an analyst's own notebooks, absolute.
    keep
        How many runs stay in the folder of reports (1 or more).
    timeout_seconds
        Deadline of a run (1 or more).
    on_failure, on_change
        Commands to start when a run fails, or says something new; blank for none.
    user_manager
        Whether the systemd of that account starts it, instead of the system's.
    """

    checkout: PurePosixPath
    program: PurePosixPath
    user: str
    day: str = DEFAULT_DAY
    hour: int = 6
    minute: int = 0
    time_zone: str = UTC
    scenarios: tuple[str, ...] = ()
    data: str = ""
    out: str = ""
    overrides: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    keep: int = DEFAULT_KEEP
    timeout_seconds: int = DEFAULT_TIMEOUT_SECONDS
    on_failure: str = ""
    on_change: str = ""
    user_manager: bool = False

    @property
    def time(self) -> str:
        """The time of day, as in ``06:00``."""
        return f"{self.hour:02d}:{self.minute:02d}"

    @property
    def reports(self) -> PurePosixPath:
        """The folder of reports, absolute."""
        return PurePosixPath(self.out) if self.out else self.checkout / "reports"


def options(schedule: Schedule) -> list[str]:
    """Return what follows the program: the command and its options, a word each.

    Parameters
    ----------
    schedule
        The settings.

    Returns
    -------
    list of str
        Nothing in it is quoted.
    """
    words = ["report", "--if-changed"]
    words += ["--timeout", str(schedule.timeout_seconds), "--keep", str(schedule.keep)]
    for name in schedule.scenarios:
        words += ["--scenario", name]
    for text in schedule.overrides:
        words += ["--set", text]
    for path in schedule.notebooks:
        words += ["--notebook", path]
    for option, value in (
        ("--data", schedule.data),
        ("--out", schedule.out),
        ("--on-failure", schedule.on_failure),
        ("--on-change", schedule.on_change),
    ):
        words += [option, value] if value else []
    return words


def command(schedule: Schedule) -> list[str]:
    """Return the program and its `options`, a word each; nothing in it is quoted."""
    return [str(schedule.program), *options(schedule)]


def in_words(schedule: Schedule) -> str:
    """Say when, as in ``Every Monday at 06:00, time zone UTC``."""
    if schedule.day == DAILY:
        day = "Every day"
    elif schedule.day in WEEKDAYS:
        day = f"Every {WEEKDAYS[schedule.day]}"
    else:
        day = f"On day {schedule.day} of every month"
    return f"{day} at {schedule.time}, time zone {schedule.time_zone}"


def cron_fields(schedule: Schedule) -> str:
    """Return the five fields of cron for a clock that goes by the schedule's time zone."""
    month_day, weekday = "*", "*"
    if schedule.day in WEEKDAYS:
        weekday = str((list(WEEKDAYS).index(schedule.day) + 1) % 7)  # cron's week starts on Sunday
    elif schedule.day != DAILY:
        month_day = schedule.day
    return f"{schedule.minute} {schedule.hour} {month_day} * {weekday}"
