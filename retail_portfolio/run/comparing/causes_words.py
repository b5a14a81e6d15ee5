"""What each changed input did to the results, in a few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.model.number_words import counted

if TYPE_CHECKING:
    from retail_portfolio.run.comparing.causes_found import Cause, Causes

NAMED = 3
"""How many inputs a sentence names."""
ANSWERS = "the base value of the plan, the exit cost, the impairment or the cost of checkout"
"""What is computed anew; other figures of a report, and ranges over draws, are not."""


def sentence_of(causes: Causes) -> str:
    """Say which inputs turn decisions or move figures, and what is left beside them.

    Parameters
    ----------
    causes
        What was found.
    """
    if causes.why_not:
        return f"Which input did it was not found: {causes.why_not}."
    said = [*_inputs(causes), *_together(causes), *_sources(causes), *_left_out(causes)]
    return " ".join(said)


# ------------------------------------------------------------------------------------- inputs
def _doing(causes: Causes) -> list[Cause]:
    """Return the inputs that do something by themselves, the strongest first."""
    doing = [one for one in causes.causes if one.effect and not one.effect.nothing]
    return sorted(doing, key=_weight)


def _inputs(causes: Causes) -> list[str]:
    tried = [one for one in causes.causes if one.effect]
    doing = _doing(causes)
    if not causes.causes and not causes.not_tried:
        return [f"No input changed that moves {ANSWERS}."]
    if not doing:
        if not tried or _only_together(causes):
            return []
        whole = len(tried) == len(causes.causes) and not causes.not_tried
        of = "the changed inputs" if whole else "the inputs that were tried"
        return [f"None of {of} by itself moves {ANSWERS}."]
    parts = [_words(one) for one in doing[:NAMED]]
    more = len(doing) - NAMED
    also = f"; {more} more move{'s' if more == 1 else ''} something" if more > 0 else ""
    lead = "By itself" if len(doing) == 1 else "Each by itself"
    return [f"{lead}, {'; '.join(parts)}{also}."]


def _weight(cause: Cause) -> tuple[int, float]:
    effect = cause.effect
    if effect is None:
        return 0, 0.0
    moved = [abs(one) for one in effect.moves.values() if one]
    return -len(effect.turned), -max(moved, default=0.0)


def _words(cause: Cause) -> str:
    number = len(cause.effect.turned) if cause.effect else 0
    name = f'"{cause.title}"' if cause.title else cause.name
    if number:
        return f"{name} turns {counted(number, 'decision')}"
    return f"{name} moves figures and turns no decision"


# ----------------------------------------------------------------------------------- together
def _only_together(causes: Causes) -> bool:
    """Tell whether several inputs do something of which no single one does any."""
    rest = causes.together is not None and not causes.together.nothing
    return rest and len(causes.causes) > 1 and not _doing(causes)


def _together(causes: Causes) -> list[str]:
    rest = causes.together
    if rest is None or rest.nothing or len(causes.causes) < 2:  # noqa: PLR2004 - one alone is no rest
        return []
    if _only_together(causes):
        number = len(rest.turned)
        what = f"turn {counted(number, 'decision')}" if number else f"move {ANSWERS}"
        return [f"Only together do the changed inputs {what}."]
    back = len(causes.turned_back)
    if not back:
        return ["The rest comes from them together."]
    more = len(rest.turned) - back
    also = f" and {counted(more, 'other decision')}" if more else ""
    return [f"Together they turn {back} of these back{also}."]


# ------------------------------------------------------------------------- program and notebooks
def _sources(causes: Causes) -> list[str]:
    """Say what does not come from inputs, of what else is known to have changed."""
    alone = not causes.causes and not causes.not_tried
    off = not causes.program.nothing, not causes.later_program
    part = "It" if alone else "Part of it"
    if causes.notebooks_changed and not causes.program_changed and (alone or any(off)):
        # With both off, today's program may be another than that of either report.
        comes = "may come" if all(off) and not alone else "comes"
        changed = f"{part} {comes} from the notebooks, which changed"
        return [f"{changed}; the program and its packages did not."]
    found = []
    if causes.program_changed and (alone or off[0]):
        source = "the program or its packages"
        if causes.notebooks_changed:
            source = "the program, its packages or the notebooks"
        why = ": today's program answers the earlier inputs otherwise than the earlier report did"
        found.append(f"{part} comes from {source}{why if off[0] else ''}.")
    elif off[0]:
        found.append(
            "Today's program answers the earlier inputs otherwise than the earlier report did, "
            "although neither the program nor a notebook changed between the two."
        )
    if off[1]:
        found.append(
            "Its inputs, answered anew, do not give all figures of the later report: its notebooks "
            "or its program are others."
        )
    return found


def _left_out(causes: Causes) -> list[str]:
    found = []
    unfit = sum(1 for one in causes.causes if one.why_not)
    if unfit:
        found.append(f"{counted(unfit, 'input')} could not be tried alone.")
    if causes.not_tried:
        found.append(f"{counted(len(causes.not_tried), 'changed input')} not tried.")
    if causes.drawn:
        found.append(
            "Ranges and medians over draws are not computed anew, so which input moved them is not "
            "said."
        )
    return found
