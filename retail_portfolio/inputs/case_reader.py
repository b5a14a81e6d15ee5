"""Reading a case: with every fault named, or whole.

What it takes to check tables is imported when it is asked for, and not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.inputs.case import Case


def load_case(
    scenario: str = "base",
    data_dir: str = "",
    overrides: Sequence[str] | Mapping[str, Any] | None = None,
    **fields: Any,
) -> Case:
    """
    Read and check a scenario and every table.

    Parameters
    ----------
    scenario
        The scenario's name.
    data_dir
        The data folder; blank for the checkout's own.
    overrides
        `key=value` texts or a mapping, see `scenario_reader.load_scenario`.
    **fields
        Settings by name, as a notebook's parameters give them; None says nothing.

    Returns
    -------
    Case
        Checked; sizes and lease terms that are marked `assumed` hold the ledger's values with the
        overrides applied.

    Raises
    ------
    InputError
        With every fault of the scenario, the tables and the guards of `corrections.csv`.
    """
    from retail_portfolio.inputs.loading import load  # noqa: PLC0415 - pandera takes its time

    case, faults = load(scenario, data_dir, overrides, fields)
    if case is None or faults:
        raise InputError(faults)
    return case


def check_data(
    data_dir: str = "",
    scenario: str = "base",
    overrides: Sequence[str] | Mapping[str, Any] | None = None,
) -> tuple[Fault, ...]:
    """
    Return every fault of a data folder and a scenario; nothing is raised for them.

    Parameters
    ----------
    data_dir
        The data folder; blank for the checkout's own.
    scenario
        The scenario's name.
    overrides
        As for `load_case`.

    Returns
    -------
    tuple of Fault
        Empty when everything can be used.
    """
    from retail_portfolio.inputs.loading import load  # noqa: PLC0415 - as above

    try:
        return load(scenario, data_dir, overrides, {})[1]
    except InputError as error:
        return error.faults
