"""A schedule as a workflow of GitHub Actions."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shlex
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from retail_portfolio.run.scheduling.schedule import NAME, UTC, cron_fields, in_words, options

if TYPE_CHECKING:
    from retail_portfolio.run.scheduling.schedule import Schedule

ACTIONS: Final = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/cache/restore": ("55cc8345863c7cc4c66a329aec7e433d2d1c52a9", "v6.1.0"),
    "actions/cache/save": ("55cc8345863c7cc4c66a329aec7e433d2d1c52a9", "v6.1.0"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
}
"""Actions by the commit of a release: a tag can be moved, a commit cannot."""
SETUP_MINUTES: Final = 30
"""What a job may take beside the report: the environment, earlier reports, uploads."""
MOST_MINUTES: Final = 360
"""What GitHub grants a job on its own machines."""
PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""A path within the checkout whose name no glob, way out or expression is hidden in."""
HOLD: Final = "23 11 */3 * *"
"""When the earlier reports are asked for, so that GitHub does not drop them."""
_CACHE: Final = "retail-portfolio-reports-"
_PROGRAM: Final = ".venv/bin/retail-portfolio"
_DONE: Final = "!cancelled() && steps.report.outcome != 'skipped'"


def word(text: str) -> str:
    """Quote one word for the shell of a step.

    Parameters
    ----------
    text
        Without line ends.

    Returns
    -------
    str
        What a shell reads as ``text``. ``${{`` is torn apart, as GitHub would fill it in before
        any shell sees it.
    """
    return shlex.quote(text).replace("${{", "$''{{")


def within(path: str, schedule: Schedule) -> str:
    """Return a path relative to the checkout, for a machine on which that lies elsewhere.

    Parameters
    ----------
    path
        Absolute.
    schedule
        The settings, of which the checkout is taken.

    Raises
    ------
    ValueError
        If it does not lie below the checkout.
    """
    return str(PurePosixPath(path).relative_to(schedule.checkout))


def minutes(schedule: Schedule) -> int:
    """Return the deadline of the job in minutes, above that of the report."""
    return math.ceil(schedule.timeout_seconds / 60) + SETUP_MINUTES


def workflow(schedule: Schedule) -> str:
    """Write a schedule as a workflow.

    Parameters
    ----------
    schedule
        The settings; its paths lie below the checkout and are plain (`PLAIN_PATH`).

    Returns
    -------
    str
        Text of ``retail-portfolio.yml``.
    """
    reports = within(str(schedule.reports), schedule)
    steps = [*_set_up(), *_bring_back(reports), *_make(schedule, reports), *_hand_over(reports)]
    report = [
        f"if: github.event.schedule != '{HOLD}'",
        "runs-on: ubuntu-24.04",
        f"timeout-minutes: {minutes(schedule)}",
        "concurrency:",
        "  group: retail-portfolio-report",
        "  cancel-in-progress: false",
        "steps:",
        *(f"  {one}" for one in steps),
    ]
    hold = [
        f"if: github.event.schedule == '{HOLD}'",
        "runs-on: ubuntu-24.04",
        f"timeout-minutes: {SETUP_MINUTES}",
        "steps:",
        *(f"  {one}" for one in _bring_back(reports)),
    ]
    jobs = ["jobs:", "  report:", *(f"    {one}" for one in report), ""]
    jobs += ["  hold-reports:", *(f"    {one}" for one in hold), ""]
    return "\n".join([*_head(schedule), *jobs])


def _head(schedule: Schedule) -> list[str]:
    zone = schedule.time_zone
    return [
        f"# {NAME}.yml: put it into .github/workflows on the default branch.",
        f"# {in_words(schedule)}.",
        *(f"# {note}" for note in _clock_notes(zone)),
        "# GitHub starts late when it is busy, most of all on the full hour, and switches a",
        "# schedule off in a public repository that nobody touches for 60 days.",
        "name: Report on a portfolio of stores",
        "",
        "on:",
        "  schedule:",
        f'    - cron: "{cron_fields(schedule)}"',
        *([] if zone == UTC else [f"      timezone: {json.dumps(zone)}"]),
        "    # GitHub drops a cache that nobody asked for in 7 days; the reports are in one.",
        f'    - cron: "{HOLD}"',
        "  workflow_dispatch:",
        "",
        "permissions:",
        "  contents: read",
        "",
        "defaults:",
        "  run:",
        "    shell: bash",
        "",
    ]


def _clock_notes(zone: str) -> list[str]:
    if zone == UTC:
        return ["UTC has no daylight saving: clocks on the wall differ by an hour in summer."]
    return [
        "GitHub goes by the clock of the zone, daylight saving too: a time that the clock jumps",
        "over in spring is taken to the next that it shows. A server of one's own may be too old",
        "to know the key timezone.",
    ]


def _uses(action: str) -> str:
    commit, release = ACTIONS[action]
    return f"uses: {action}@{commit} # {release}"


def _set_up() -> list[str]:
    return [
        f"- {_uses('actions/checkout')}",
        "  with:",
        "    persist-credentials: false",
        f"- {_uses('actions/setup-python')}",
        "  with:",
        '    python-version: "3.11"',
        "- name: Set up the environment",
        "  run: make ready",
    ]


def _bring_back(reports: str) -> list[str]:
    return [
        "# Nothing is made anew while the inputs are those of the last report: it has to be here.",
        "- name: Bring back the earlier reports",
        f"  {_uses('actions/cache/restore')}",
        "  with:",
        f"    path: {json.dumps(reports)}",
        f"    key: {_CACHE}${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}",
        f"    restore-keys: {_CACHE}",
    ]


def _make(schedule: Schedule, reports: str) -> list[str]:
    # The checkout lies elsewhere on the machine that runs the workflow.
    data, out = (folder and within(folder, schedule) for folder in (schedule.data, schedule.out))
    notebooks = tuple(within(path, schedule) for path in schedule.notebooks)
    words = options(dataclasses.replace(schedule, data=data, out=out, notebooks=notebooks))
    return [
        "- name: Make the report",
        "  id: report",
        "  run: |",
        '    touch "$RUNNER_TEMP/began"',
        f"    {' '.join([_PROGRAM, *(word(one) for one in words)])}",
        "- name: Keep the reports for the next time",
        f"  if: ${{{{ {_DONE} }}}}",
        f"  {_uses('actions/cache/save')}",
        "  with:",
        f"    path: {json.dumps(reports)}",
        f"    key: {_CACHE}${{{{ github.run_id }}}}-${{{{ github.run_attempt }}}}",
    ]


def _hand_over(reports: str) -> list[str]:
    folder = shlex.quote(reports)
    return [
        "- name: Hand over the report",
        f"  {_uses('actions/upload-artifact')}",
        "  with:",
        "    name: retail-portfolio-report",
        f"    path: {json.dumps(f'{reports}/latest')}",
        "    if-no-files-found: error",
        "# A run that failed in bad input has left nothing; one of an earlier day is not its.",
        "- name: Find the failed run",
        "  if: ${{ failure() && steps.report.outcome == 'failure' }}",
        "  id: failed",
        "  run: |",
        f"    found=$(find {folder} -mindepth 2 -maxdepth 2 -name manifest.json \\",
        '      -newer "$RUNNER_TEMP/began" \\',
        '      -exec grep -l \'^ "status": "failed"\' {} + | sort | tail -n 1) || true',
        '    [ -z "$found" ] || echo "folder=$(dirname "$found")" >> "$GITHUB_OUTPUT"',
        "- name: Hand over the failed run",
        "  if: ${{ failure() && steps.failed.outputs.folder != '' }}",
        f"  {_uses('actions/upload-artifact')}",
        "  with:",
        "    name: retail-portfolio-failed-run",
        "    path: ${{ steps.failed.outputs.folder }}",
    ]
