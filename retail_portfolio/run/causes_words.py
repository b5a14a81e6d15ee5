"""What each changed input did to the results, in a few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.model.number_words import counted

if TYPE_CHECKING:
    from retail_portfolio.run.causes import Cause, Causes

NAMED = 3
"""How many inputs a sentence names."""
ANSWERS = "the plan, the exit cost, the impairment or the cost of checkout"
"""What is computed anew; other figures of a report are not."""


def sentence_of(causes: Causes) -> str:
    """Say which inputs turn decisions or move figures, and what is left beside them.

    Parameters
    ----------
    causes
        What was found.
    """
    if causes.why_not:
        return f"Which input did it was not found: {causes.why_not}."
    said = [*_inputs(causes), *_rest(causes)]
    return " ".join(said)


def _inputs(causes: Causes) -> list[str]:
    tried = [one for one in causes.causes if one.effect]
    doing = sorted((one for one in tried if one.effect and not one.effect.nothing), key=_weight)
    if not causes.causes and not causes.not_tried:
        return [f"No input changed that moves {ANSWERS}."]
    if not doing:
        return [f"None of the changed inputs by itself moves {ANSWERS}."]
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
    if number:
        return f"{cause.name} turns {counted(number, 'decision')}"
    return f"{cause.name} moves figures and turns no decision"


def _rest(causes: Causes) -> list[str]:
    found = []
    if causes.together is not None and not causes.together.nothing and len(causes.causes) > 1:
        found.append("The rest comes from them together.")
    if not causes.program.nothing:
        part = "Part of it" if causes.causes or causes.not_tried else "It"
        found.append(
            f"{part} comes from the program, its packages or the notebooks: today's program "
            "answers the earlier inputs otherwise than the earlier report did."
        )
    unfit = sum(1 for one in causes.causes if one.why_not)
    if unfit:
        found.append(f"{counted(unfit, 'input')} could not be tried alone.")
    if causes.not_tried:
        found.append(f"{counted(len(causes.not_tried), 'changed input')} not tried.")
    if not causes.later_program:
        found.append("Today's program is not the one of the later report.")
    return found
