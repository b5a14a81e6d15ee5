"""The other named scenarios of a portfolio, each as a case on the tables that are read already.

A scenario decides what holds of a table only by a few of its settings (which formats there are,
when the closures were announced). One that differs in none of these from the scenario of the run
takes over its tables; any other is read and checked as a case of its own. A scenario file that
cannot be used is kept with the reason, so that a report goes on without it and says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.settings.currency import settled
from retail_portfolio.inputs.settings.ledger_figures import ledger_figures
from retail_portfolio.inputs.settings.scenario import SCENARIO_NAME
from retail_portfolio.inputs.settings.scenario_reader import load_scenario

if TYPE_CHECKING:
    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.inputs.settings.scenario import Scenario

FREE = frozenset(
    {
        *("title", "why", "discount_rate", "tax_rate", "horizon_years", "seed", "base_year"),
        *("assumptions", "plan", "my_plan", "strict_gaap", "checkout_formats"),
        *("checkout_wage_state", "checkout_reading", "own_stores_keep_sales"),
        *("households_radius_miles", "competitor_radius_miles"),
        *("trade_area_minutes", "distance_decay", "food_access_minutes", "data_max_age_days"),
    }
)
"""Settings on which nothing depends that is checked of a table. One that is new is not among them,
which costs a check and no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """Another scenario of the portfolio, as far as it can be used."""

    name: str
    """Its name, as commands take it."""
    title: str
    """The scenario in a few words; its name where its file cannot be used."""
    case: Case | None
    """The portfolio under it, the overrides of the run applied; None where it cannot be used."""
    why_not: str = ""
    """Why it cannot be used, every fault; empty where it can."""


def neighbours(
    case: Case,
    data_dir: str = "",
    overrides: Sequence[str] | Mapping[str, Any] | None = None,
    **fields: Any,
) -> tuple[Neighbour, ...]:
    """
    Return the portfolio under each of its other named scenarios.

    Parameters
    ----------
    case
        The portfolio under the scenario of the run.
    data_dir, overrides, **fields
        As `case_reader.load_case` was given them: what was set for the run stays in force.

    Returns
    -------
    tuple of Neighbour
        Sorted by name, without the scenario of the run. Nothing is raised for a scenario that
        cannot be used.

    Raises
    ------
    InputError
        When there is no such data folder.
    """
    names = [name for name in portfolio_scenarios(data_dir) if name != case.scenario.name]
    if not names:
        return ()
    figures = ledger_figures(folders.data_folder(data_dir))
    ledger = ledger_as_written(data_dir)
    found = []
    for name in names:
        try:
            settings = load_scenario(name, data_dir, overrides, ledger_keys=figures, **fields)
            other = _case_of(case, settings, ledger)
            other = _read(name, data_dir, overrides, fields) if other is None else other
            found.append(Neighbour(name, settings.title, other))
        except InputError as error:
            why = "; ".join(str(fault) for fault in error.faults)
            found.append(Neighbour(name, name, None, why))
    return tuple(found)


def portfolio_scenarios(data_dir: str = "") -> tuple[str, ...]:
    """
    Return the names of the scenarios that belong to a portfolio, sorted.

    Which those are says `retail_portfolio.inputs.folders.portfolio_files`.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    """
    names = folders.portfolio_files(data_dir)
    return tuple(name for name in names if SCENARIO_NAME.fullmatch(name))


def _case_of(case: Case, settings: Scenario, ledger: Ledger) -> Case | None:
    """Return the case under other settings on the same tables; None where they need a check."""
    before, after = (one.model_dump(mode="json") for one in (case.scenario, settings))
    if any(before[key] != after[key] for key in before.keys() - FREE):
        return None
    made = case.with_ledger(settled(ledger, settings))
    return dataclasses.replace(made, scenario=settings)


def _read(
    name: str,
    data_dir: str,
    overrides: Sequence[str] | Mapping[str, Any] | None,
    fields: Mapping[str, Any],
) -> Case:
    from retail_portfolio.inputs.case_reader import load_case  # noqa: PLC0415 - pandera takes its time

    return load_case(name, data_dir, overrides, **fields)


def ledger_as_written(data_dir: str) -> Ledger:
    """Return the ledger before any scenario has decided a figure; its table was checked before."""
    from retail_portfolio.inputs import ledger  # noqa: PLC0415 - pandera takes its time
    from retail_portfolio.inputs.checked_tables import check_cells  # noqa: PLC0415 - as above
    from retail_portfolio.inputs.files.reading import read_table  # noqa: PLC0415 - as above
    from retail_portfolio.inputs.tables import columns_of  # noqa: PLC0415 - as above

    raw = read_table(
        folders.data_folder(data_dir),
        ledger.FILE,
        list(columns_of(ledger.Assumptions)),
        required=True,
        needs_rows=True,
        may_lack=ledger.MAY_LACK,
    )
    return ledger.ledger_of(check_cells(raw, ledger.Assumptions).frame)
