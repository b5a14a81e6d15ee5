"""What changed between two reports: their results, their inputs, and what computed them.

A side is a report as published, or one in the making. Nothing is computed anew here; which input
moved which figure is the question of `retail_portfolio.run.comparing.causes`.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.run.comparing.changes_inputs import (
    Inputs,
    Program,
    compare_inputs,
    compare_program,
)
from retail_portfolio.run.comparing.changes_results import (
    Decisions,
    Figures,
    Tolerance,
    compare_decisions,
    compare_figures,
)
from retail_portfolio.run.comparing.changes_words import sentence_of
from retail_portfolio.run.publishing.runs import MANIFEST, read_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of two reports.

    Parameters
    ----------
    manifest
        What it says of itself; of one in the making at least ``run_id``, ``scenario``, ``inputs``,
        ``versions`` and ``git``.
    figures
        Headline figures as the notebooks left them, each with its ``notebook``.
    tables
        Folder of its tables.
    inputs
        What it was made from, by name; ``None`` where it was not kept.
    """

    manifest: Mapping[str, Any]
    figures: tuple[Mapping[str, Any], ...]
    tables: Path
    inputs: Mapping[str, bytes] | None

    @classmethod
    def of_report(cls, folder: Path) -> Side:
        """Read a published report.

        Parameters
        ----------
        folder
            The report.

        Raises
        ------
        InputError
            If there is no manifest of a complete report, or a notebook's figures cannot be read.
        """
        from retail_portfolio.run.publishing.kept_inputs import read_inputs  # noqa: PLC0415 - needs zipfile

        manifest = read_manifest(folder)
        if manifest is None or manifest.get("status") != "complete" or not _whole(manifest):
            expected = "the manifest of a complete report"
            raise InputError([Fault(folder.name, None, MANIFEST, None, expected)])
        return cls.of_gathered(folder / "notebooks", manifest, read_inputs(folder), folder)

    @classmethod
    def of_gathered(
        cls,
        notebooks: Path,
        manifest: Mapping[str, Any],
        inputs: Mapping[str, bytes] | None,
        tables_in: Path | None = None,
    ) -> Side:
        """Take a run that is not published yet.

        Parameters
        ----------
        notebooks
            Folder with a ``NAME.json`` a notebook.
        manifest
            See above.
        inputs
            What it is made from, by name.
        tables_in
            Folder with ``tables``; the same as ``notebooks`` by default.

        Raises
        ------
        InputError
            If a notebook's figures cannot be read.
        """
        found: list[Mapping[str, Any]] = []
        for path in sorted(notebooks.glob("*.json")):
            found += _figures(path)
        return cls(manifest, tuple(found), (tables_in or notebooks) / "tables", inputs)

    @property
    def run_id(self) -> str:
        """Which run it is."""
        return str(self.manifest.get("run_id", ""))

    @property
    def scenario(self) -> str:
        """Name of its scenario."""
        return str(self.manifest["scenario"]["name"])


def _whole(manifest: Mapping[str, Any]) -> bool:
    """Tell whether a manifest has what is read of it here."""
    scenario, inputs = manifest.get("scenario"), manifest.get("inputs")
    return (
        isinstance(scenario, dict)
        and isinstance(scenario.get("name"), str)
        and isinstance(inputs, dict)
        and isinstance(inputs.get("files"), dict)
    )


def _figures(path: Path) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(path.read_text("utf-8"))
        return [
            {
                "notebook": str(document["notebook"]),
                "range_basis": str(one.get("range_basis", "")),
                **{key: one[key] for key in _OF_A_FIGURE},
            }
            for one in document["figures"]
        ]
    except (OSError, ValueError, LookupError, TypeError) as error:
        expected = "the figures of a notebook"
        raise InputError([Fault(path.name, None, None, str(error), expected)]) from error


_OF_A_FIGURE = ("key", "label", "unit", "value", "low", "high")


@dataclass(frozen=True, slots=True)
class About:
    """Which report a side is.

    Parameters
    ----------
    run_id, scenario, as_of
        Its run, the name of its scenario, and the day it speaks of.
    """

    run_id: str
    scenario: str
    as_of: str

    @classmethod
    def of(cls, side: Side) -> About:
        """Return what a side says of itself."""
        return cls(side.run_id, side.scenario, str(side.manifest["scenario"].get("as_of", "")))


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two reports.

    Parameters
    ----------
    before, after
        Which reports.
    inputs_kept
        Whether the inputs of ``before`` and of ``after`` were kept, so that rows can be compared.
    tolerance
        How far a figure may move before it is named.
    decisions, figures
        What became of the results.
    inputs
        What became of what they were made from.
    program
        What became of what computed them.
    """

    before: About
    after: About
    inputs_kept: tuple[bool, bool]
    decisions: Decisions
    figures: Figures
    inputs: Inputs
    program: Program
    tolerance: Tolerance = field(default_factory=Tolerance)

    @property
    def results_changed(self) -> bool:
        """Whether a decision turned, a store came or went, or a figure moved beyond tolerance."""
        plan, figures = self.decisions, self.figures
        stores = plan.turned or plan.entered or plan.left
        return bool(stores or figures.moved or figures.came or figures.went or figures.other_unit)

    @property
    def inputs_changed(self) -> bool:
        """Whether a table, setting, override, scenario or notebook did."""
        return self.inputs.changed or self.before.scenario != self.after.scenario

    @property
    def program_changed(self) -> bool:
        """Whether the package or one that it needs is another."""
        return self.program.changed

    @property
    def sentence(self) -> str:
        """Everything in one or two sentences."""
        return sentence_of(self)

    def document(self) -> dict[str, Any]:
        """Return what ``changes.json`` holds: plain values, no times but those of the run ids."""
        found = dataclasses.asdict(self) | {
            "inputs_kept": dict(zip(("before", "after"), self.inputs_kept, strict=True)),
            "changed": {
                "results": self.results_changed,
                "inputs": self.inputs_changed,
                "program": self.program_changed,
            },
            "sentence": self.sentence,
        }
        plain: dict[str, Any] = json.loads(json.dumps(found, allow_nan=False))
        return plain


def compare(before: Side, after: Side, tolerance: Tolerance | None = None) -> Changes:
    """Compare two reports.

    Parameters
    ----------
    before, after
        The earlier and the later one.
    tolerance
        How far a figure may move; 1 %, or 0.01 for shares, by default.

    Returns
    -------
    Changes
    """
    allowed = tolerance or Tolerance()
    return Changes(
        About.of(before),
        About.of(after),
        (before.inputs is not None, after.inputs is not None),
        compare_decisions(before.tables, after.tables),
        compare_figures(before.figures, after.figures, allowed),
        compare_inputs(before.manifest, after.manifest, before.inputs, after.inputs),
        compare_program(before.manifest, after.manifest),
        allowed,
    )


def none_before(after: Side, why: str = "") -> dict[str, Any]:
    """Return what ``changes.json`` holds of a report that has none before it.

    Parameters
    ----------
    after
        The report.
    why
        Why an earlier one that there is cannot be compared with; blank where there is none.
    """
    others = "of other inputs to compare with"
    return {
        "before": None,
        "after": dataclasses.asdict(About.of(after)),
        # One made again from the inputs of the first has an earlier report, though of no others.
        "sentence": f"There is no earlier report {f'to compare with: {why}' if why else others}.",
    }
