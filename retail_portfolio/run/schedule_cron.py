r"""A schedule as a line of a crontab that is right whatever the clock of the machine shows.

The times of a crontab are the machine's, and few crons know another zone (cronie has ``CRON_TZ``;
Debian's has not, and takes it for an ordinary variable). So cron is asked four times an hour, and
the line itself looks at the clock of the wanted zone: no zone is off another by anything but whole
quarters of an hour. With ``*`` for the hour, cron goes by the new time at once when the machine's
own clock changes.

Crons also differ in what they make of a backslash: ``\%`` loses it in some and not in others, and
so does ``\\``. Hence ``%`` always stands outside quotes, where a shell takes both for the same, and
no two backslashes stand side by side.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from retail_portfolio.run.schedule import DAILY, UTC, WEEKDAYS, command, in_words

if TYPE_CHECKING:
    from retail_portfolio.run.schedule import Schedule

MOST_BYTES: Final = 998
"""How long the command of a line may be; Debian's cron refuses a longer one."""
_QUARTER: Final = 15
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
    look, wanted = r"\%H:\%M", schedule.time
    if schedule.day in WEEKDAYS:
        look, wanted = rf"\%u/{look}", f"{list(WEEKDAYS).index(schedule.day) + 1}/{wanted}"
    elif schedule.day != DAILY:
        look, wanted = rf"\%d/{look}", f"{int(schedule.day):02d}/{wanted}"
    clock = f'[ "$(TZ={schedule.time_zone} date +{look})" != {wanted} ]'
    report = " ".join(word(one) for one in command(schedule))
    folder = word(str(schedule.checkout))
    # What the report says is mailed when it fails, and only then.
    failed = r'{ code=$?; printf \%s "$said"; echo; exit $code; }'
    return f"{clock} || {{ cd {folder} && said=$({report} 2>&1) || {failed}; }}"


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
        "milliseconds, and the line goes on when the clock of the zone shows the time.",
        *_clock_changes(schedule),
        "A machine that is off at the time makes no report later; a timer of systemd does.",
        "Cron mails what a run says when it fails, and nothing else. A second run at the same time",
        "ends at once: the program locks its folder of reports.",
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
