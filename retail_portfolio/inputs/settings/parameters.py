"""What the tagged cell of a notebook may hold: settings of the one scenario model."""

from __future__ import annotations

import dataclasses

from retail_portfolio.inputs.settings.scenario import Scenario


@dataclasses.dataclass(frozen=True, slots=True)
class NotebookParameter:
    """A parameter that a notebook's tagged cell may have."""

    name: str
    """Name in the cell."""
    type: str
    """Type in the cell: `str`, `int`, `float` or `list`."""
    description: str
    """What it is, its unit and range."""
    default: str | tuple[str, ...] | None = ""
    """Value in the cell, which has to be the same in every notebook; a tuple stands for a list."""


_OWN_PARAMETERS = (
    NotebookParameter("scenario", "str", "The scenario's name.", "base"),
    NotebookParameter("data_dir", "str", "The data folder; blank for the checkout's own."),
    NotebookParameter("out_dir", "str", "Where tables and figures are written; blank for nowhere."),
)
_SHARED_SETTINGS = {
    "as_of": "str",
    "discount_rate": "float",
    "tax_rate": "float",
    "horizon_years": "int",
    "seed": "int",
}
_SETTINGS_OF_ONE_NOTEBOOK = {"05_uncertainty": {"draws": "int", "solved_draws": "int"}}
"""Settings that no other notebook's result depends on."""
_OF_ONE_NOTEBOOK = {
    "06_backtest": (
        NotebookParameter("sites_csv", "str", "Sites of earlier events; blank for the case's own."),
        NotebookParameter("own_stores_csv", "str", "Own stores at those events; blank for none."),
        NotebookParameter("competitors_csv", "str", "Competitors at those events; blank for none."),
    )
}
"""Files that only one notebook reads: no settings, as no other result depends on them."""


def notebook_parameters(notebook: str = "") -> tuple[NotebookParameter, ...]:
    """
    Return the parameters a notebook may take.

    Parameters
    ----------
    notebook
        The notebook's name, such as ``06_backtest``, for those it takes beyond the common ones.

    Returns
    -------
    tuple of NotebookParameter
        Scenario and folders, the settings that every model shares and those of this notebook alone
        (None in a notebook leaves the scenario's value), and `overrides`.
    """
    settings = _SHARED_SETTINGS | _SETTINGS_OF_ONE_NOTEBOOK.get(notebook, {})
    given = (
        NotebookParameter(key, kind, Scenario.model_fields[key].description or "", None)
        for key, kind in settings.items()
    )
    words = "Further changes, each a text `key=value`."
    changes = NotebookParameter("overrides", "list", words, ())
    return (*_OWN_PARAMETERS, *given, changes, *_OF_ONE_NOTEBOOK.get(notebook, ()))
