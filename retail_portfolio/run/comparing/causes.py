"""Which input changed the results of a report: each alone is put in the place of its earlier state.

The program of today answers the earlier inputs, then the earlier inputs with one changed input at a
time (a row of the ledger, a setting, a table), then all of the later ones. What an input does alone
is credited to it; what is left comes from several together. What today's program answers otherwise
than the earlier report did comes from the program, its packages or the notebooks.
"""

from __future__ import annotations

import dataclasses
import math
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.comparing.causes_bench import Answer, Bench, settings_of
from retail_portfolio.run.comparing.causes_edits import Edit, edits_between
from retail_portfolio.run.comparing.causes_found import Cause, Causes, Effect, Turn, figures_of
from retail_portfolio.run.comparing.changes_results import decisions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from retail_portfolio.run.comparing.changes import Changes, Side
    from retail_portfolio.run.comparing.changes_results import Moved

__all__ = ["MOST_CAUSES", "Cause", "Causes", "Effect", "Turn", "find_causes"]

MOST_CAUSES = 12
"""How many inputs are tried alone; how many were not is said."""
DRAWS = "05_uncertainty"
"""The notebook whose figures are over draws."""
SAME = 1e-6
"""Relative difference below which two answers are one: sums in another order differ by less."""


def find_causes(
    before: Side,
    after: Side,
    changes: Changes,
    *,
    seconds: float | None = None,
    tell: Callable[[str], object] | None = None,
) -> Causes:
    """Find what each changed input did to the results.

    Parameters
    ----------
    before, after
        The earlier and the later report, with their inputs.
    changes
        What `retail_portfolio.run.comparing.changes.compare` found of them.
    seconds
        No further input is tried where it could end later than this; ``None`` for no bound. Two
        answers are made in any case.
    tell
        Is told what is tried.

    Returns
    -------
    Causes
        With a reason, and nothing else, where results did not change or inputs were not kept.
    """
    if why_not := _nothing_to_find(before, after, changes):
        return Causes(why_not)
    clock = _Clock(seconds)
    with tempfile.TemporaryDirectory(prefix="causes-") as folder:
        try:
            found = _find(Path(folder), before, after, clock, tell or (lambda _: None))
        except InputError as error:
            faults = "; ".join(str(fault) for fault in error.faults[:3])
            return Causes(f"the program of today does not take the inputs of both: {faults}")
    return dataclasses.replace(
        found,
        drawn=any(map(_is_drawn, changes.figures.moved)),
        program_changed=changes.program_changed,
        notebooks_changed=bool(changes.inputs.notebooks),
    )


def _is_drawn(figure: Moved) -> bool:
    """Tell whether what moved of a figure comes from draws, which no answer here makes."""
    return figure.notebook == DRAWS or figure.ends != ("value",)


def _nothing_to_find(before: Side, after: Side, changes: Changes) -> str:
    if not changes.results_changed:
        return "no result changed"
    for side in (before, after):
        if side.inputs is None:
            return (
                f"the inputs of {side.run_id} were not kept, so that nothing can be computed anew"
            )
    return ""


@dataclass(slots=True)
class _Clock:
    """Knows whether there is time for one more answer."""

    seconds: float | None
    began: float = field(default_factory=time.monotonic)
    longest: float = 0.0

    def time(self, answer: Callable[[], Answer]) -> Answer:
        start = time.monotonic()
        try:
            return answer()
        finally:
            self.longest = max(self.longest, time.monotonic() - start)

    @property
    def up(self) -> bool:
        if self.seconds is None:
            return False
        return time.monotonic() - self.began + self.longest > self.seconds


def _find(
    folder: Path, before: Side, after: Side, clock: _Clock, tell: Callable[[str], object]
) -> Causes:
    old_files, new_files = dict(before.inputs or {}), dict(after.inputs or {})
    old = settings_of(folder / "before", old_files, before.manifest)
    new = settings_of(folder / "after", new_files, after.manifest)
    bench = Bench(folder / "bench", old_files, old)
    tell("answering the earlier inputs")
    first = clock.time(bench.answer)
    tell("answering the later inputs")
    last = clock.time(Bench(folder / "last", new_files, new).answer)
    edits = edits_between(old_files, new_files, old, new)
    causes, left = _try(bench, first, edits, clock, tell)
    whole = not left and not any(one.why_not for one in causes)
    return Causes(
        before=_shown(first),
        after=_shown(last),
        causes=tuple(causes),
        together=_together(first, last, causes) if whole else None,
        program=_program(first, before),
        not_tried=tuple(one.name for one in left),
        later_program=_program(last, after).nothing,
    )


def _try(
    bench: Bench,
    first: Answer,
    edits: Sequence[Edit],
    clock: _Clock,
    tell: Callable[[str], object],
) -> tuple[list[Cause], list[Edit]]:
    """Try each edit alone; those that are not fit alone, all at once. Return what was left too."""
    causes: list[Cause] = []
    unfit: list[tuple[int, Edit]] = []
    left: list[Edit] = []
    for edit in edits:
        if len(causes) >= MOST_CAUSES or clock.up:
            left.append(edit)
            continue
        tell(f"trying {edit.name} alone")
        cause = _tried(bench, first, edit, clock)
        if cause.why_not:
            unfit.append((len(causes), edit))
        causes.append(cause)
    if len(unfit) > 1 and not clock.up:
        several = Edit.several([edit for _, edit in unfit])
        tell(f"trying {several.name} together")
        cause = _tried(bench, first, several, clock)
        if not cause.why_not:
            places = {place for place, _ in unfit}
            causes = [one for at, one in enumerate(causes) if at not in places]
            causes.append(cause)
    return causes, left


def _tried(bench: Bench, first: Answer, edit: Edit, clock: _Clock) -> Cause:
    try:
        answer = clock.time(lambda: bench.answer(edit))
    except InputError as error:
        why = "; ".join(str(fault) for fault in error.faults[:2])
        return Cause(edit.kind, edit.name, edit.detail, None, f"not fit alone: {why}", edit.title)
    effect = _effect(first, answer)
    return Cause(edit.kind, edit.name, edit.detail, effect, title=edit.title)


def _shown(answer: Answer) -> dict[str, float | None]:
    return {key: answer.figures.get(key) for key in figures_of(answer.figures)}


def _effect(before: Answer, after: Answer) -> Effect:
    known = figures_of([*before.figures, *after.figures])
    moves = {key: _moved(before.figures.get(key), after.figures.get(key)) for key in known}
    return Effect(tuple(_turns(before.decisions, after.decisions)), moves)


def _moved(before: float | None, after: float | None) -> float | None:
    if before is None or after is None:
        return 0.0 if before is after else None
    return 0.0 if math.isclose(before, after, rel_tol=SAME, abs_tol=SAME) else after - before


def _turns(before: Mapping[str, str], after: Mapping[str, str]) -> list[Turn]:
    return [
        Turn(store, before.get(store), after.get(store))
        for store in {**before, **after}
        if before.get(store) != after.get(store)
    ]


def _together(first: Answer, last: Answer, causes: Sequence[Cause]) -> Effect:
    """Return what is left of the whole once everything has been credited to single inputs."""
    whole = _effect(first, last)
    alone = {turn for one in causes if one.effect for turn in one.effect.turned}
    now = {turn for turn in whole.turned if turn not in alone}
    # One that turns alone and not with the others in place was turned back by them.
    stores = {turn.store_id for turn in whole.turned}
    back = {Turn(t.store_id, t.after, t.before) for t in alone if t.store_id not in stores}
    moves: dict[str, float | None] = {}
    for key, moved in whole.moves.items():
        parts = [one.effect.moves.get(key) for one in causes if one.effect]
        known = [part for part in parts if part is not None]
        if moved is None or len(known) < len(parts):
            moves[key] = None
            continue
        rest = moved - sum(known)
        size = max(abs(first.figures.get(key) or 0), abs(last.figures.get(key) or 0))
        moves[key] = 0.0 if abs(rest) <= SAME * max(size, 1) else rest
    return Effect(tuple(sorted(now | back, key=lambda turn: turn.store_id)), moves)


def _program(answer: Answer, side: Side) -> Effect:
    """Compare what today's program answers with what a report said on the same inputs."""
    said = {str(one["key"]): one["value"] for one in side.figures}
    moves = {
        ours: _moved(said[theirs], answer.figures.get(ours))
        for ours, theirs in figures_of(answer.figures).items()
        if theirs in said
    }
    reported = decisions_of(side.tables)
    turned = _turns(reported, answer.decisions) if reported else []
    return Effect(tuple(turned), moves)
