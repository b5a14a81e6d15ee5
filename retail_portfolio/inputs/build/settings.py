"""What a builder takes from the scenario, as far as the scenario can be read already."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.settings.currency import DOLLARS
from retail_portfolio.inputs.settings.scenario_parts import UsDollars
from retail_portfolio.inputs.settings.scenario_reader import load_scenario

TRADE_AREA_MINUTES = 30.0
"""Taken where no scenario can be read: what the scenario's own model takes where it says nothing.
"""
_DEFAULTS = (
    f"trade areas are taken as {TRADE_AREA_MINUTES:g} minutes, money as US dollars, banners from "
    "stores.csv, lease terms from the ledger alone"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The few settings that builders ask for."""

    trade_area_minutes: float = TRADE_AREA_MINUTES
    """Minutes of travel beyond which nobody shops at a store."""
    banners: tuple[str, ...] = ()
    """Every name of the owner's banners: what tables call them, and their labels."""
    stated: dt.date | None = None
    """The day at which remaining lease terms are stated; None where no scenario says it."""
    currency: str = DOLLARS
    """What money is in."""
    us_dollars: UsDollars | None = None
    """What a US dollar is worth in another currency, where the scenario says it."""
    note: str = ""
    """What to tell whoever builds; blank where the scenario is fit to use."""

    def dollar_rate(self) -> float:
        """
        Return what figures in US dollars are multiplied by.

        Returns
        -------
        float
            1 where money is in US dollars.

        Raises
        ------
        InputError
            When it is in another currency and the scenario has no rate.
        """
        if self.currency == DOLLARS:
            return 1.0
        if self.us_dollars is None:
            expected = (
                f"us_dollars.rate with us_dollars.source: the survey's incomes are in {DOLLARS}, "
                f"and the scenario's money is {self.currency}"
            )
            raise InputError([Fault("scenario", None, "us_dollars", None, expected)])
        return self.us_dollars.rate

    def dollar_words(self) -> str:
        """Say how US dollars were turned; blank where they were not."""
        if self.currency == DOLLARS or self.us_dollars is None:
            return ""
        rate, source = self.us_dollars.rate, self.us_dollars.source
        return f"turned from {DOLLARS} at {rate:g} {self.currency} a dollar ({source})"


def settings_of(scenario: str, data_dir: str) -> Settings:
    """
    Read what builders need of a portfolio's own scenario; a missing or faulty one stops no builder.

    Parameters
    ----------
    scenario
        Its name.
    data_dir
        The data folder; blank for the checkout's own.

    Returns
    -------
    Settings
        Those of the scenario, or the defaults and a note that says so. The scenarios of the
        checkout are those of another retailer where a data folder has no base of its own.
    """
    if not _has_own_base(data_dir):
        return Settings(note=f"the data folder has no scenarios/base.yaml of its own: {_DEFAULTS}")
    try:
        found = load_scenario(scenario, data_dir)
    except InputError as error:
        count = len(error.faults)
        return Settings(
            note=f"scenario {scenario!r} cannot be used yet ({count} "
            f"{'fault' if count == 1 else 'faults'}, see `retail-portfolio check`): {_DEFAULTS}"
        )
    names = [
        name
        for banner, about in found.banners.items()
        for name in (banner, about.label, about.plural)
        if name
    ]
    return Settings(
        trade_area_minutes=float(found.trade_area_minutes),
        banners=tuple(dict.fromkeys(names)),
        stated=found.announced or found.as_of,
        currency=found.currency,
        us_dollars=found.us_dollars,
    )


def _has_own_base(data_dir: str) -> bool:
    """Tell whether a data folder has a base scenario, or is the one the checkout's is about."""
    folder = folders.data_folder(data_dir)
    if not data_dir or (folder / "scenarios" / "base.yaml").is_file():
        return True
    try:
        return folder.resolve() == (folders.checkout_root() / "data").resolve()
    except InputError:
        return False
