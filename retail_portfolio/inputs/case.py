"""Everything a model needs, read and checked: scenario, ledger and tables."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import pandas as pd

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.settings.scenario import Scenario
from retail_portfolio.inputs.speech import Speech


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """
    One owner's portfolio with everything that models ask of it.

    The frames are handed out as they are: read them, do not change them. Numbers are float64 with
    NaN where unknown; texts are str with "" where unknown; dates are ISO text, because their
    precision varies. Rows stand in the order of the files, under a plain range index.
    """

    scenario: Scenario
    """The settings, overrides applied."""
    ledger: Ledger
    """The assumptions, overrides applied."""
    stores: pd.DataFrame
    """One row a store: `stores.csv`."""
    leases: pd.DataFrame
    """One row a closing store: `leases.csv`."""
    demand: pd.DataFrame
    """One row a demand point: `demand.csv`."""
    competitors: pd.DataFrame
    """One row a supermarket: `competitors.csv`."""
    metros: pd.DataFrame
    """One row a metropolitan area: `metros.csv`."""
    outcomes: pd.DataFrame
    """What became of sites: `outcomes.csv`; may have no rows."""
    corrections: pd.DataFrame
    """Disputed facts and which value was taken: `corrections.csv`; may have no rows."""
    backtest_sites: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Sites that closing chains left: `backtest/sites.csv`; may have no rows."""
    backtest_own_stores: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The owner's stores at those events: `backtest/own_stores.csv`; may have no rows."""
    forecasts: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Dated forecasts of which stores convert, one row a store and file: `forecasts/DATE.csv`, its
    name in the column `file`; may have no rows."""
    relocations: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Where closing stores could move to: `relocations.csv`; may have no rows."""
    barriers: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Water that costs minutes to get across: `barriers.csv`; may have no rows."""
    travel_times: pd.DataFrame | None = None
    """Travel times from demand points to stores and rivals, from the file that the setting
    `travel_times` names; None where it names none. Columns `from_id`, `to_id` (categories),
    `travel_minutes`, `travel_km` (NaN where the file has none), sorted by demand point and store;
    a pair that is not there cannot be reached."""

    @property
    def words(self) -> Speech:
        """What the portfolio decides about words: its currency, its name of walk-out checkout."""
        return Speech.of(self.scenario)

    def __repr__(self) -> str:
        """Return a line: whose stores, under which scenario, and how many rows each table has."""
        rows = ", ".join(f"{count:,} {name}" for name, count in self.row_counts().items())
        about = self.scenario
        return f"Case({about.retailer!r}, {about.name!r} as of {about.as_of}: {rows})"

    def row_counts(self) -> dict[str, int]:
        """
        Return how many rows each table has, by the table's name.

        Returns
        -------
        dict
            The ledger is among them, as `assumptions`; tables without rows are left out.
        """
        frames = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        frames["assumptions"] = frames.pop("ledger")
        sized = {name: frame for name, frame in frames.items() if name != "scenario"}
        return {name: len(rows) for name, rows in sized.items() if rows is not None and len(rows)}

    def with_ledger(self, ledger: Ledger) -> Case:
        """
        Return the case under another ledger.

        Parameters
        ----------
        ledger
            The ledger to take every assumption from.

        Returns
        -------
        Case
            Another case, whose sizes and lease terms marked `assumed` follow the new ledger.
        """
        from retail_portfolio.inputs.assumed import (  # noqa: PLC0415 - pandera takes its time
            resolve_assumed,
            says_the_same,
        )

        if says_the_same(self.ledger, ledger):
            return dataclasses.replace(self, ledger=ledger)
        stores, leases = resolve_assumed(self.stores, self.leases, ledger)
        return dataclasses.replace(self, ledger=ledger, stores=stores, leases=leases)
