"""The parts of a scenario that are models of their own: banners, formats, limits of a plan."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from retail_portfolio.inputs.settings.setting_types import (
    Days,
    Number,
    SiteNames,
    Text,
    TileAddress,
    WalkOutCode,
)

SETTINGS = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
"""What holds for every model of settings."""


class Banner(BaseModel):
    """A name the owner trades under."""

    model_config = SETTINGS

    label: Text
    """What tables and maps call one store of the banner."""
    plural: StrictStr = ""
    """What they call several; blank to use the label."""


class Format(BaseModel):
    """A kind of store."""

    model_config = SETTINGS

    label: Text
    """What tables and maps call the format."""
    banner: Text
    """The banner its stores trade under; one of `banners`."""
    role: Literal["closing", "candidate target", "existing"]
    """Its part in the case: `closing`, `candidate target` (no store of it trades yet) or
    `existing` (its stores trade on)."""


class UsDollars(BaseModel):
    """What a US dollar is worth in the currency of a scenario."""

    model_config = SETTINGS

    rate: Annotated[Number, Field(gt=0, le=1e6)]
    """Units of the currency for one US dollar (1.37 is 1.37 CAD for 1 USD). Rows of the ledger
    whose unit begins with `USD` are multiplied by it when they are read; tables, settings and
    figures that a scenario decides are in its currency already."""
    source: Text
    """Where the rate is from, and of which day or year."""


class WalkOut(BaseModel):
    """Checkout that customers walk out of without paying at a till, as the owner calls it."""

    model_config = SETTINGS

    code: WalkOutCode = "walk_out"
    """What stands for it in the tables: `checkout_technology` of a store that has it, the names of
    the technologies (`<code>_vision`, `<code>_rfid`, `<code>_hybrid`), columns
    (`<code>_extra_installed_usd_year`) and keys of the ledger (`<code>_life_years`)."""
    label: Text = "walk-out checkout"
    """What sentences call it, written as inside of one: a name, or words that need no article. A
    sentence that begins with it takes a capital."""
    short: StrictStr = ""
    """A few letters for it where there is little room; blank to use the label."""
    note: Annotated[StrictStr, Field(max_length=2000)] = ""
    """What a reader has to know of its history with the owner, for the head of its notebook."""


class MapTiles(BaseModel):
    """Online map tiles that a reader of the report may switch on."""

    model_config = SETTINGS

    url: TileAddress
    """Address of a tile: `https://HOST/{z}/{x}/{y}.png`."""
    credit: Text
    """Who made the tiles, as their terms ask."""


class DataAges(BaseModel):
    """How old what a report is made from may be on the day it is made, in days."""

    model_config = SETTINGS

    report: Days | None = None
    """Most days since `as_of`, the day the report speaks of (0 to 36,525); no limit where not
    given."""
    competitors: Days | None = None
    """Most days since the date of a row of `competitors.csv`; no limit where not given."""
    assumptions: Days | None = None
    """Most days since the date of a row of the ledger that this scenario does not decide; no limit
    where not given."""


class PlanLimits(BaseModel):
    """The limits of a plan: money, numbers, places and time."""

    model_config = SETTINGS

    capital_budget_usd: Annotated[Number, Field(ge=0)] | None = None
    """Most that all conversions together may cost to build, undiscounted and before tax; none
    where not given."""
    min_conversions: Annotated[StrictInt, Field(ge=0, le=100_000)] = 0
    """Fewest sites that convert."""
    max_conversions: Annotated[StrictInt, Field(ge=0, le=100_000)] | None = None
    """Most sites that convert; no limit where not given."""
    max_per_metro: Annotated[StrictInt, Field(ge=0, le=100_000)] | None = None
    """Most sites that convert in any one metro."""
    max_by_metro: Mapping[str, Annotated[StrictInt, Field(ge=0, le=100_000)]] = {}
    """Most sites that convert in the metros named."""
    min_spacing_miles: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    """Least distance between two converted sites."""
    min_own_store_miles: Annotated[Number, Field(ge=0, le=1000)] = 0.0
    """Least distance from a converted site to an own store of its banner that trades on."""
    force_in: SiteNames = ()
    """Sites that have to convert, each `ID` or `ID:FORMAT`."""
    force_out: SiteNames = ()
    """Sites that must not convert, each `ID` or `ID:FORMAT`."""
    openings_per_year: Annotated[StrictInt, Field(ge=1, le=100_000)] | None = None
    """Most sites that open in one year; where given, each conversion gets its year."""
    opening_years: Annotated[StrictInt, Field(ge=1, le=10)] = 4
    """Years over which openings may be spread (1 to 10); counts with `openings_per_year`."""
