r"""A schedule as a line of a crontab that is right whatever the clock of the machine shows.

The times of a crontab are the machine's, and few crons know another zone (cronie has ``CRON_TZ``;
Debian's has not, and takes it for an ordinary variable). So cron is asked four times an hour, and
the line itself looks at the clock of the wanted zone: no zone is off another by anything but whole
quarters of an hour. With ``*`` for the hour, cron goes by the new time at once when the machine's
own clock changes.

A machine under load, or one that was halted, looks later than cron asked. So every minute is right
from the time on until cron asks again: a look that is up to 14 minutes late makes the report, and
no two looks make it twice.

Crons also differ in what they make of a backslash: ``\%`` loses it in some and not in others, and
so does ``\\``. Hence ``%`` always stands outside quotes, where a shell takes both for the same, and
no two backslashes stand side by side.
"""

from __future__ import annotations

import itertools
import re
import shlex
from typing import TYPE_CHECKING, Final

from retail_portfolio.run.scheduling.schedule import (
    DAILY,
    LAST_DAY,
    UTC,
    WEEKDAYS,
    command,
    in_words,
)

if TYPE_CHECKING:
    from retail_portfolio.run.scheduling.schedule import Schedule

MOST_BYTES: Final = 998
"""How long the command of a line may be; Debian's cron refuses a longer one."""
_QUARTER: Final = 15
_DAY: Final = 24 * 60
_MARCH: Final = "060"
"""The day of the year after February 28, leap year or not."""
_PAIR: Final = re.compile(r"\\(?=\\)")


def word(text: str) -> str:
    r"""Quote one word for the shell of a crontab.

    Parameters
    ----------
    text
        Without line ends, which no crontab can hold.

    Returns
    -------
    str
        What cron hands over to a shell as ``text``, whether or not it takes the backslash off
        ``\%`` and ``\\``.
    """
    parts = (r"\%" if part == "%" else _quoted(part) for part in re.split("(%)", text) if part)
    return "".join(parts) or "''"


def _quoted(part: str) -> str:
    # Only quoted text has a backslash: the quotes may be closed and opened again between two.
    return _PAIR.sub(r"\\''", shlex.quote(part))


def job(schedule: Schedule) -> str:
    """Return what follows the five fields: the look at the clock, and the report.

    Parameters
    ----------
    schedule
        The settings.
    """
    look, wanted = _clock(schedule)
    report = " ".join(word(one) for one in command(schedule))
    folder = word(str(schedule.checkout))
    # What the report says is mailed when it fails, and only then.
    failed = r'{ code=$?; printf \%s "$said"; echo; exit $code; }'
    run = f"cd {folder} && said=$({report} 2>&1) || {failed}"
    # Where no pattern fits, the status of case is 0.
    return f"case $(TZ={schedule.time_zone} date +{look}) in {wanted}) {run};; esac"


def _clock(schedule: Schedule) -> tuple[str, str]:
    """Return what to ask ``date`` for, and what a shell knows the right answers by."""
    look, today, tomorrow = _days(schedule)
    begin = schedule.hour * 60 + schedule.minute
    patterns = []
    for ten, minutes in itertools.groupby(range(begin, begin + _QUARTER), lambda one: one // 10):
        ones = [minute % 10 for minute in minutes]
        hour, tens = divmod(ten % (_DAY // 10), 6)
        days = today if ten < _DAY // 10 else tomorrow
        patterns += [f"{day}{hour:02d}:{tens}{_one_of(ones)}" for day in days]
    return rf"{look}\%H:\%M", "|".join(patterns)


def _days(schedule: Schedule) -> tuple[str, list[str], list[str]]:
    """Return how to ask for the day, and the answers on the day and on the next one."""
    if schedule.day == DAILY:
        return "", [""], [""]
    if schedule.day in WEEKDAYS:
        number = list(WEEKDAYS).index(schedule.day)
        return r"\%u/", [f"{number + 1}/"], [f"{(number + 1) % 7 + 1}/"]
    number = int(schedule.day)
    today, tomorrow = f"{number:02d}/", f"{number + 1:02d}/"
    if number == LAST_DAY and schedule.hour * 60 + schedule.minute > _DAY - _QUARTER:
        return r"\%j/\%d/", [f"*/{today}"], [f"*/{tomorrow}", f"{_MARCH}/01/"]
    return r"\%d/", [today], [tomorrow]


def _one_of(digits: list[int]) -> str:
    if len(digits) == 10:  # noqa: PLR2004 - any of them
        return "?"
    return f"[{digits[0]}-{digits[-1]}]" if len(digits) > 1 else str(digits[0])


def line(schedule: Schedule) -> str:
    """Return the line that a crontab takes, without its end."""
    minutes = ",".join(str(schedule.minute % _QUARTER + quarter) for quarter in (0, 15, 30, 45))
    return f"{minutes} * * * * {job(schedule)}"


def crontab(schedule: Schedule) -> str:
    """Write a schedule as lines that are added to a crontab.

    Parameters
    ----------
    schedule
        The settings.

    Returns
    -------
    str
        Comments, and one line for cron.
    """
    notes = [
        "Add these lines to a crontab: crontab -e",
        f"{in_words(schedule)}, whatever the zone of the machine.",
        "Cron knows the machine's clock only. It asks every quarter of an hour, which takes some",
        "milliseconds, and the line goes on when the clock of the zone shows the time, or up to 14",
        "minutes more: a job that starts late still makes the report, and makes it once.",
        *_clock_changes(schedule),
        "A machine that is off or asleep at the time makes no report later; a timer of systemd",
        "does. Cron mails what a run says when it fails, and nothing else. A second run at the",
        "same time ends at once: the program locks its folder of reports.",
        "The line is for /bin/sh, cron's own shell; have no SHELL=... of another kind above it.",
    ]
    return "".join(f"# {note}\n" for note in notes) + line(schedule) + "\n"


def _clock_changes(schedule: Schedule) -> list[str]:
    if schedule.time_zone == UTC:
        return []
    return [
        "The zone data of the system (package tzdata) has to be there. A time that the clock jumps",
        "over in spring makes no report that day; one that it shows twice in autumn asks twice,",
        "and the second time nothing has changed.",
    ]
