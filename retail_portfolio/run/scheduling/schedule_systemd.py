"""A schedule as a service and a timer of systemd."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from retail_portfolio.run.executing.child import GRACE_SECONDS
from retail_portfolio.run.publishing.tell import TELL_SECONDS
from retail_portfolio.run.scheduling.schedule import DAILY, NAME, UTC, WEEKDAYS, command, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    from retail_portfolio.run.scheduling.schedule import Schedule

BEYOND_TIMEOUT_SECONDS: Final = 300
"""How long after its own deadline a run is ended from outside; by itself it has long put away what
it had by then."""
STOP_SECONDS: Final = 120
"""How long a run that was told to end may take to keep what there is of it, and to tell commands
of it; more than `MOST_STOP_SECONDS`."""
MOST_TOLD: Final = 3
"""Commands that such a run may still start and wait for: ``--on-change`` of a report that it had
published, ``--on-failure`` of a run that was killed before, and of itself."""
MOST_STOP_SECONDS: Final = GRACE_SECONDS + MOST_TOLD * TELL_SECONDS
"""What ending its notebooks and those commands may take together."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
_PLAIN_PROGRAM: Final = re.compile(r"[^'\"\\$]+")
_TEMPORARY: Final = ("/tmp", "/var/tmp")  # noqa: S108 - where no folder of ours may be hidden


def word(text: str, *, of_command: bool = True) -> str:
    """Quote one word for a line of a unit.

    Parameters
    ----------
    text
        Without control characters.
    of_command
        Whether it stands in a command, where ``$`` begins a variable.

    Returns
    -------
    str
        What systemd reads as ``text``.
    """
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    if of_command:
        quoted = quoted.replace("$", "$$")
    return quoted if _PLAIN.fullmatch(quoted) else f'"{quoted}"'


def _exec_start(schedule: Schedule) -> str:
    words = [word(one) for one in command(schedule)]
    if not _PLAIN_PROGRAM.fullmatch(str(schedule.program)):
        # systemd starts no program with such letters in its path; a shell does.
        words = ["/bin/sh", "-c", '"exec \\"$$0\\" \\"$$@\\""', *words]
    return " ".join(words)


def _folder(path: PurePosixPath) -> str:
    """Write a folder as the rest of a line, where nothing is quoted."""
    text = str(path).replace("%", "%%")
    # Blanks at the end of a line are dropped, and a backslash there would join it to the next.
    return f"{text}/" if text.endswith((" ", "\\")) else text


def _hardening(schedule: Schedule) -> list[str]:
    if schedule.user_manager:
        return _without_privileges(schedule)
    lines = [
        "# Files of the system stay as they are, whatever a notebook does.",
        "ProtectSystem=full",
        f"ReadWritePaths={word(f'-{schedule.reports}', of_command=False)}",
        "ProtectControlGroups=yes",
    ]
    paths = [schedule.checkout, schedule.program, schedule.reports, schedule.data]
    paths += schedule.notebooks
    if not any(_is_below(str(path), _TEMPORARY) for path in paths):
        lines.append("PrivateTmp=yes")
    lines += _without_privileges(schedule)
    if not (schedule.on_failure or schedule.on_change):
        lines += ["ProtectKernelModules=yes", "ProtectKernelTunables=yes"]
    return lines


def _without_privileges(schedule: Schedule) -> list[str]:
    """Return what a user's own manager can do as well: it may hide no folder and drop no right."""
    if schedule.on_failure or schedule.on_change:
        return ["# No NoNewPrivileges: a program that sends mail may start a helper with its own."]
    return ["NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes"]


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def service(schedule: Schedule) -> str:
    """Write the unit that makes the report once.

    Parameters
    ----------
    schedule
        The settings.

    Returns
    -------
    str
        Text of ``retail-portfolio.service``.
    """
    return "\n".join(
        [
            f"# {NAME}.service: makes the report once; {NAME}.timer says when.",
            *(_own_manager() if schedule.user_manager else _system_manager()),
            "# The unit has failed when the report has. Exit status: 0 done, or nothing has",
            "# changed; 1 a notebook failed; 2 bad input; 3 another run holds the folder of",
            "# reports; 4 deadline passed; 5 publishing failed; 70 a fault of the program;",
            "# 143 told to end.",
            "",
            "[Unit]",
            "Description=Report on a portfolio of stores",
            "# To be told at once of a run that was killed or could not be started, name a unit of",
            "# your own here; --on-failure is told of a killed one by the next run, not before.",
            "# OnFailure=UNIT",
            "",
            "[Service]",
            "Type=oneshot",
            *_account(schedule),
            f"WorkingDirectory={_folder(schedule.checkout)}",
            f"ExecStart={_exec_start(schedule)}",
            "Nice=10",
            "",
            *_end(schedule),
            "",
            *_hardening(schedule),
            "",
        ]
    )


def _end(schedule: Schedule) -> list[str]:
    told = f"{MOST_TOLD} times {TELL_SECONDS:g} s"
    return [
        "# The program ends a run by itself at its own deadline. Told to end, it ends its",
        "# notebooks, keeps the run as a failed one and leaves: only then is the rest killed.",
        f"# {MOST_STOP_SECONDS:g} s may go by: {GRACE_SECONDS:g} s until its notebooks have ended,",
        f"# {told} for commands: --on-change, --on-failure of a run that was killed",
        "# before, and --on-failure of this one.",
        f"TimeoutStartSec={schedule.timeout_seconds + BEYOND_TIMEOUT_SECONDS}",
        f"TimeoutStopSec={STOP_SECONDS}",
        "KillSignal=SIGTERM",
        "KillMode=mixed",
    ]


def _system_manager() -> list[str]:
    return [
        "# As the system's administrator:",
        f"#     cp {NAME}.service {NAME}.timer /etc/systemd/system/",
        f"#     systemctl daemon-reload && systemctl enable --now {NAME}.timer",
        f"#     systemctl list-timers {NAME}.timer; journalctl -u {NAME}.service",
    ]


def _own_manager() -> list[str]:
    return [
        "# As the user who makes the reports, with both files in ~/.config/systemd/user:",
        f"#     systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer",
        "#     loginctl enable-linger",
        f"#     systemctl --user list-timers {NAME}.timer; journalctl --user -u {NAME}.service",
        "# Without enable-linger nothing is started while that user is not logged in.",
    ]


def _account(schedule: Schedule) -> list[str]:
    if schedule.user_manager:
        return []
    return [
        "# Whose account: it has to be able to write the folder of reports.",
        f"User={schedule.user}",
    ]


def calendar(schedule: Schedule) -> str:
    """Return the event of a calendar, as in ``Mon *-*-* 06:00:00 UTC``."""
    day = "*-*-*"
    if schedule.day in WEEKDAYS:
        day = f"{schedule.day.capitalize()} {day}"
    elif schedule.day != DAILY:
        day = f"*-*-{int(schedule.day):02d}"
    return f"{day} {schedule.time}:00 {schedule.time_zone}"


def timer(schedule: Schedule) -> str:
    """Write the unit that says when.

    Parameters
    ----------
    schedule
        The settings.

    Returns
    -------
    str
        Text of ``retail-portfolio.timer``.
    """
    changes = [
        "# A time that the clock jumps over in spring makes no report that day; one that it shows",
        "# twice in autumn makes one.",
    ]
    return "\n".join(
        [
            f"# {NAME}.timer: starts {NAME}.service.",
            f"# {in_words(schedule)}, whatever the zone of the machine.",
            *([] if schedule.time_zone == UTC else changes),
            "",
            "[Unit]",
            "Description=When the report on a portfolio of stores is made",
            "",
            "[Timer]",
            f"OnCalendar={calendar(schedule)}",
            f"Unit={NAME}.service",
            "# A machine that was off at the time makes the report when it is on again.",
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        ]
    )
