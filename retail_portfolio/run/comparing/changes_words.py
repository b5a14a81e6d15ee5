"""What changed between two reports, in one or two sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.model.number_words import counted, percent
from retail_portfolio.run.comparing.changes_inputs import LEDGER, WORDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retail_portfolio.run.comparing.changes import Changes
    from retail_portfolio.run.comparing.changes_inputs import Inputs, Program
    from retail_portfolio.run.comparing.changes_results import Figures
    from retail_portfolio.run.comparing.changes_rows import TableChange

NAMED_TABLES = 3
"""How many tables a sentence names."""


def sentence_of(changes: Changes) -> str:
    """Say what became of the results, then of what they come from.

    Parameters
    ----------
    changes
        What changed.
    """
    results, causes = _results(changes), _sources(changes)
    if not results:
        found = "No decision turned and no figure moved"
        plan = changes.decisions.compared
        found = found if plan is not None else "No figure moved"
        if not causes:
            return f"{found}: inputs, settings and program are the same."
        within = percent(changes.tolerance.relative)
        return f"{found} by more than {within}, although {_and(causes)} changed."
    if not causes:
        return f"{_start(_and(results))}; no input, setting or program changed."
    return f"{_start(_and(results))}. Changed since: {_and(causes)}."


def _results(changes: Changes) -> list[str]:
    plan, figures = changes.decisions, changes.figures
    counts = [
        (len(plan.turned), "decision", "turned"),
        (len(plan.entered), "store", "entered the plan"),
        (len(plan.left), "store", "left the plan"),
    ]
    found = [f"{counted(number, noun)} {verb}" for number, noun, verb in counts if number]
    if figures.moved:
        moved = _moved(figures)
        found.append(f"{moved} moved by more than {percent(changes.tolerance.relative)}")
    others = (
        (figures.came, "is new", "are new"),
        (figures.went, "is gone", "are gone"),
        (figures.other_unit, "has another unit", "have another unit"),
    )
    for group, one, many in others:
        if group:
            found.append(f"{counted(len(group), 'figure')} {one if len(group) == 1 else many}")
    return found


def _moved(figures: Figures) -> str:
    """Count the figures that moved; those of which only the range did, apart."""
    ranges = figures.only_ranges
    values = len(figures.moved) - ranges
    of = f"of {counted(figures.compared, 'headline figure')}"
    if not values:
        return f"the range of {ranges} {of}"
    return f"{values} {of}{f', and the range of {ranges} more,' if ranges else ''}"


def _sources(changes: Changes) -> list[str]:
    before, after = changes.before.scenario, changes.after.scenario
    found = [] if before == after else [f"the scenario ({before} to {after})"]
    return [*found, *_inputs(changes.inputs), *_program(changes.program)]


def _inputs(inputs: Inputs) -> list[str]:
    ledger = next((one for one in inputs.tables if one.name == LEDGER), None)
    settings = [one for one in inputs.settings if one.key not in WORDING]
    found = _tables([one for one in inputs.tables if one.name != LEDGER])
    if ledger is not None:
        touched = _rows(ledger)
        found.append(counted(touched, "assumption") if touched else "the ledger of assumptions")
    if settings:
        found.append(counted(len(settings), "setting"))
    scenarios = [
        one for one in inputs.files if one.name.startswith(("scenarios/", "data/scenarios/"))
    ]
    if others := len(inputs.files) - len(scenarios):
        found.append(counted(others, "other file"))
    if inputs.overrides_before != inputs.overrides_after and not settings:
        found.append("what is set on the command line")
    if scenarios and not settings:
        found.append("the wording of the scenario")
    if inputs.notebooks:
        found.append(counted(len(inputs.notebooks), "notebook"))
    return found


def _tables(tables: Sequence[TableChange]) -> list[str]:
    """Name a few tables each with its rows; of many, say how many."""
    if len(tables) > NAMED_TABLES:
        rows = sum(map(_rows, tables))
        return [f"{counted(rows, 'row')} in {counted(len(tables), 'table')}"]
    names = [(_rows(one), one.name.removeprefix("data/")) for one in tables]
    return [f"{counted(rows, 'row')} of {name}" if rows else name for rows, name in names]


def _rows(table: TableChange) -> int:
    return table.added.count + table.removed.count + table.corrected_rows


def _program(program: Program) -> list[str]:
    found = []
    if program.modules.count:
        found.append(f"{counted(program.modules.count, 'file')} of the program")
    if program.versions:
        found.append(counted(len(program.versions), "package version"))
    return found


def _and(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]
