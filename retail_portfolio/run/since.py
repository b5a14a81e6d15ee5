"""What changed since the report before, for a run in the making.

A report made again from the same inputs tells of the same changes as the one it repeats: what a
reader is told does not depend on how often a schedule fired.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.present.files import CHANGES_FILE
from retail_portfolio.run.comparing.causes import Causes, find_causes
from retail_portfolio.run.comparing.changes import Changes, Side, compare, none_before
from retail_portfolio.run.comparing.changes_sides import other_money

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from retail_portfolio.run.making import Run

CAUSES_SECONDS: Final = 60.0
"""How long a run may look for which input changed its results; a case takes seconds."""
_OF_THE_DEADLINE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since the report before.

    Parameters
    ----------
    document
        What goes into ``changes.json`` and onto the first page.
    brief
        What goes into the manifest: ``since`` (run id or ``None``), whether ``results``, ``inputs``
        or the ``program`` changed, and ``any``: whether there is anything to tell.
    """

    document: dict[str, Any]
    brief: dict[str, Any]


def changes_since(run: Run, content: Mapping[str, bytes]) -> Since:
    """Compare a run with the report before it, or with the one that it makes again.

    Parameters
    ----------
    run
        Whose notebooks are executed and gathered.
    content
        Its inputs by name.

    Returns
    -------
    Since
        Where the earlier report cannot be read, or its money is another, one that says so: neither
        is this one's damage.
    """
    before = run.before if run.earlier is None else run.earlier.manifest
    after = Side.of_gathered(run.gathered, run.manifest(), content)
    if not before:
        return Since(none_before(after), _brief(None, results=True, inputs=True, program=True))
    run_id = str(before.get("run_id"))
    folder = run.request.reports / run_id if run.earlier is None else run.earlier.folder
    try:
        earlier = Side.of_report(folder)
        why = other_money(earlier, after)
    except InputError as error:
        why = "; ".join(str(fault) for fault in error.faults)
    if why:
        run.progress.tell("not_compared", f"not compared with {run_id}: {why}", level="warning")
        brief = _brief(None, results=True, inputs=True, program=True)
        return Since(none_before(after, why), brief)
    found = compare(earlier, after)
    parts = {
        "results": found.results_changed,
        "inputs": found.inputs_changed,
        "program": found.program_changed,
    }
    same = before.get("inputs", {}).get("hash") == run.plan.candidate.inputs.digest
    if same and run.earlier is None and not found.results_changed:
        repeated = _repeated(run, folder)
        if repeated is not None:
            return Since(repeated, _brief(run_id, **parts))
    document = found.document()
    if found.results_changed and run.earlier is None:
        document["causes"] = _causes(run, earlier, after, found).document()
    return Since(document, _brief(run_id, **parts))


def _causes(run: Run, before: Side, after: Side, found: Changes) -> Causes:
    """Find which input changed the results; a report does not fail for want of an answer."""
    left = run.deadline.left()
    seconds = CAUSES_SECONDS if left is None else min(CAUSES_SECONDS, left * _OF_THE_DEADLINE)
    try:
        return find_causes(before, after, found, seconds=seconds, tell=run.progress.say)
    except Exception as error:  # noqa: BLE001 - it is said, on the page and in the log
        why = f"it could not be computed ({type(error).__name__}: {error})"
        run.progress.tell("no_causes", f"which input changed the results: {why}", level="warning")
        return Causes(why)


def _brief(since: str | None, *, results: bool, inputs: bool, program: bool) -> dict[str, Any]:
    parts = {"results": results, "inputs": inputs, "program": program}
    return {"since": since, **parts, "any": any(parts.values())}


def _repeated(run: Run, folder: Path) -> dict[str, Any] | None:
    """Return what a report of the same inputs told; ``None`` where it cannot be read."""
    try:
        document: dict[str, Any] = json.loads((folder / CHANGES_FILE).read_text("utf-8"))
        document["after"]["run_id"] = run.identity.run_id
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return document
