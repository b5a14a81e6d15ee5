"""What a sweep is asked to be, checked as a whole before anything is started or written.

Tables are read once for all cases. A scenario decides what holds of a table only by a few of its
settings (which formats there are, when the closures were announced); cases that agree on all
settings but those listed in `FREE` share one check of the tables.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.neighbours import FREE, ledger_as_written
from retail_portfolio.inputs.settings.currency import settled
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.run.publishing import fingerprint
from retail_portfolio.run.sweeping import sweep_store, workers
from retail_portfolio.run.sweeping.sweep_grid import GRID, Wish, read_axes, wishes
from retail_portfolio.run.sweeping.sweep_options import option_faults
from retail_portfolio.run.sweeping.sweep_store import digest
from retail_portfolio.run.sweeping.sweep_task import Tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.ledger_figures import LedgerFigure
    from retail_portfolio.inputs.settings.scenario import Scenario

SWEEPS = "sweeps"
"""Folder of sweeps within the reports folder."""
_DATA = "data/"


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """What is asked for.

    Parameters
    ----------
    scenarios
        Names.
    grid
        Texts ``key=v1,v2``.
    overrides
        Texts ``key=value`` that hold in every case.
    data_dir
        Folder of the tables; empty for the checkout's.
    draws
        Of which ranges are made; ``None`` for no ranges.
    workers
        Processes of this machine; ``None`` for two, or one a processor.
    scheduler
        Address of a Dask scheduler; empty for processes of this machine.
    out
        Folder of the sweep; empty for one below the reports, named after the request.
    """

    scenarios: tuple[str, ...] = ()
    grid: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    data_dir: str = ""
    draws: int | None = None
    workers: int | None = None
    scheduler: str = ""
    out: str = ""


@dataclass(frozen=True, slots=True)
class SweepCase:
    """One case, found fit.

    Parameters
    ----------
    label
        What a reader calls it.
    scenario
        Name of its scenario.
    overrides
        Texts ``key=value`` laid over the scenario, those of every case first.
    settings
        The scenario with these.
    case_id
        Hash of everything that its answer follows from.
    """

    label: str
    scenario: str
    overrides: tuple[str, ...]
    settings: Scenario
    case_id: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep, found fit.

    Parameters
    ----------
    cases
        In the order of a reader.
    tables
        What they share.
    draws
        As asked for.
    inputs
        SHA-256 of every table, by name.
    program
        What computes: versions of packages, and a hash of this one's source.
    request_id
        Hash of all cases.
    question_id
        Hash of what is asked, whatever program answers: a folder serves one question.
    """

    cases: tuple[SweepCase, ...]
    tables: Tables
    draws: int | None
    inputs: Mapping[str, str]
    program: Mapping[str, str]
    request_id: str
    question_id: str

    def folder(self, out: str) -> Path:
        """Return where the sweep is kept."""
        if out:
            return folders.absolute_path(out, "--out")
        return folders.reports_folder() / SWEEPS / self.request_id[:12]


def check(request: SweepRequest) -> Sweep:
    """Read everything and find every fault.

    Parameters
    ----------
    request
        What is asked for.

    Returns
    -------
    Sweep

    Raises
    ------
    InputError
        With everything that is wrong; nothing was started or written.
    """
    axes, found = read_axes(request.grid, request.overrides)
    faults = dict.fromkeys([*option_faults(request), *_folder_faults(request), *found])
    wanted, found = wishes(request.scenarios, axes)
    faults |= dict.fromkeys(found)
    reading = _Reading(request)
    try:
        before = _inputs(request.data_dir)
        for wish in wanted:
            reading.take(wish)
        reading.see_tables(wanted)
        after = _inputs(request.data_dir)
    except InputError as error:
        raise InputError(dict.fromkeys([*faults, *reading.faults, *error.faults])) from None
    faults |= reading.faults
    if before != after:
        expected = "tables that stay as they are while they are read"
        faults[Fault("data folder", None, None, request.data_dir, expected)] = None
    if faults or reading.tables is None:
        raise InputError(faults)
    return _sweep(request, reading, before, reading.tables)


def _sweep(
    request: SweepRequest, reading: _Reading, inputs: Mapping[str, str], tables: Tables
) -> Sweep:
    program = workers.program()
    cases, questions = [], []
    for wish, settings in reading.settings.items():
        question = {
            "data": dict(inputs),
            "settings": settings.model_dump(mode="json"),
            "draws": request.draws,
        }
        overrides = (*request.overrides, *wish.point)
        case_id = digest(question | {"program": dict(program)})
        cases.append(SweepCase(wish.label, wish.scenario, overrides, settings, case_id))
        questions.append([wish.label, digest(question)])
    ids = digest([[one.label, one.case_id] for one in cases]), digest(questions)
    sweep = Sweep(tuple(cases), tables, request.draws, inputs, program, *ids)
    if faults := sweep_store.refuse_folder(sweep.folder(request.out), sweep.question_id):
        raise InputError(faults)
    return sweep


def _folder_faults(request: SweepRequest) -> list[Fault]:
    """Return what is wrong with the folder, as far as it is known before the cases are."""
    if not request.out:
        return []
    try:
        return sweep_store.refuse_folder(folders.absolute_path(request.out, "--out"))
    except InputError as error:
        return list(error.faults)


def _inputs(data_dir: str) -> dict[str, str]:
    """Return the hash of every table; settings count by what they say, not by their files."""
    try:
        files = fingerprint.take_inputs("base", (), data_dir, []).files
    except OSError as error:
        name = Path(str(error.filename or "inputs")).name
        raise InputError([Fault(name, None, None, error.strerror, "a file to read")]) from error
    return {name: one for name, one in files.items() if name.startswith(_DATA)}


@dataclass(slots=True)
class _Reading:
    """Reads the cases one after the other, and remembers what has been checked."""

    request: SweepRequest
    faults: dict[Fault, None] = field(default_factory=dict)
    settings: dict[Wish, Scenario] = field(default_factory=dict)
    tables: Tables | None = None
    _checked: set[str] = field(default_factory=set)
    _said: dict[str, str] = field(default_factory=dict)
    _figures: Mapping[str, LedgerFigure] | None = None
    _speech: Speech | None = None
    _seen: bool = False

    def take(self, wish: Wish) -> None:
        """Read the settings of a case, and check the tables with them where that is new."""
        from retail_portfolio.inputs.settings.ledger_figures import (  # noqa: PLC0415 - as below
            ledger_figures,
        )
        from retail_portfolio.inputs.settings.scenario_reader import (  # noqa: PLC0415 - pydantic
            load_scenario,
        )

        data_dir, overrides = self.request.data_dir, (*self.request.overrides, *wish.point)
        if self._figures is None:
            self._figures = ledger_figures(folders.data_folder(data_dir))
        try:
            settings = load_scenario(wish.scenario, data_dir, overrides, ledger_keys=self._figures)
            self._check_tables(wish, settings, overrides)
            if self.tables is not None:
                self.faults |= dict.fromkeys(_case_faults(self.tables, settings))
        except InputError as error:
            self.faults |= dict.fromkeys(error.faults)
        else:
            self._once(wish, settings)
            self._alike(wish, settings)
            self.settings[wish] = settings

    def _check_tables(self, wish: Wish, settings: Scenario, overrides: Sequence[str]) -> None:
        group = digest(
            {
                key: value
                for key, value in settings.model_dump(mode="json").items()
                if key not in FREE
            }
        )
        if group in self._checked:
            return
        from retail_portfolio.inputs import load_case  # noqa: PLC0415 - pandas takes its time

        self._checked.add(group)
        self._seen = True
        case = load_case(wish.scenario, self.request.data_dir, overrides)
        known: dict[str, pd.DataFrame | None] = {}
        if self.tables is None:
            self.tables = Tables(case, ledger_as_written(self.request.data_dir), known)
        else:
            known = dict(self.tables.travel_times)
        times = {**known, settings.travel_times: case.travel_times}
        self.tables = dataclasses.replace(self.tables, travel_times=times)

    def _alike(self, wish: Wish, settings: Scenario) -> None:
        """Refuse a case in another currency, or with another code in the tables."""
        said = Speech.of(settings)
        first = self._speech = self._speech or said
        for key, one, other in (
            ("currency", said.currency, first.currency),
            ("walk_out.code", said.walk_out_code, first.walk_out_code),
        ):
            if one != other:
                expected = f"{other}, as in the first case: cases stand in one table"
                self.faults[Fault(wish.label, None, key, one, expected)] = None

    def _once(self, wish: Wish, settings: Scenario) -> None:
        """Refuse a point of the grid at which a scenario says what it said at another."""
        said = digest([wish.scenario, settings.model_dump(mode="json")])
        first = self._said.setdefault(said, wish.label)
        if first != wish.label:
            fault = Fault(GRID, None, None, wish.label, f"another case than {first!r}")
            self.faults[fault] = None

    def see_tables(self, wanted: Sequence[Wish]) -> None:
        """Check the tables by themselves where no settings were fit to check them with."""
        from retail_portfolio.inputs import check_data  # noqa: PLC0415 - pandas takes its time

        if not self._seen:
            scenario = wanted[0].scenario if wanted else "base"
            self.faults |= dict.fromkeys(check_data(self.request.data_dir, scenario))


def _case_faults(tables: Tables, settings: Scenario) -> list[Fault]:
    """Return what the models would miss in a case, and what its plan names in vain."""
    from retail_portfolio.model.overview.requirements import missing_rows  # noqa: PLC0415 - as above
    from retail_portfolio.model.planning.plan_rules import limit_faults  # noqa: PLC0415 - as above

    case: Case = dataclasses.replace(
        tables.case,
        scenario=settings,
        ledger=settled(tables.ledger, settings),
    )
    return [*missing_rows(case), *limit_faults(case)]
