"""The settings of a run: one frozen model, of which notebook parameters are a part."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictInt, StrictStr

from retail_portfolio.inputs.settings.applied import Setting
from retail_portfolio.inputs.settings.scenario_parts import (
    SETTINGS,
    Banner,
    DataAges,
    Format,
    MapTiles,
    PlanLimits,
    UsDollars,
    WalkOut,
)
from retail_portfolio.inputs.settings.setting_types import (
    Date,
    Decisions,
    FileName,
    Flag,
    Number,
    PlanSites,
    Share,
    Text,
)

SCENARIO_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""What a scenario may be called; it is part of file names, so no path."""


class Scenario(BaseModel):
    """What a run assumes about the world, beyond the tables and the ledger."""

    model_config = SETTINGS

    title: Text
    """The scenario in a few words."""
    why: Text
    """What the scenario is for, in a sentence."""
    retailer: Text = "The retailer"
    """Who owns the stores, as pages name it."""
    as_of: Date
    """The day the report speaks of (YYYY-MM-DD)."""
    announced: Date | None = None
    """The day the closures were announced, from which notice runs and at which remaining lease
    terms are stated (YYYY-MM-DD); `as_of` where none is given."""
    currency: Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    """Three letters of the currency of all money; columns and keys say `usd` whatever it is."""
    us_dollars: UsDollars | None = None
    """What a US dollar is worth in `currency`, where that is not USD and figures of the ledger are
    in dollars; without it such figures are refused."""
    base_year: Annotated[StrictInt, Field(ge=1990, le=2100)]
    """The year in whose prices money is given."""
    discount_rate: Share
    """Rate a year that discounts the cash of closures and conversions (0.09 is 9 %)."""
    tax_rate: Share
    """Share of profit paid as tax (0 to 1)."""
    horizon_years: Annotated[StrictInt, Field(ge=1, le=50)]
    """Years that conversions are valued over (1 to 50)."""
    seed: Annotated[StrictInt, Field(ge=0, le=2**32 - 1)]
    """Start of the random numbers; equal seeds give equal results."""
    draws: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 8192
    """Draws of the ledger that ranges are told from; a power of two covers every assumption
    evenly."""
    solved_draws: Annotated[StrictInt, Field(ge=0, le=100_000)] = 64
    """How many of them have their plan solved with proof; the others are screened."""
    banners: Annotated[Mapping[str, Banner], Field(min_length=1)]
    """The owner's banners by the name that tables use."""
    formats: Annotated[Mapping[str, Format], Field(min_length=1)]
    """The formats by the code that tables and the ledger use."""
    decisions: Decisions = ("close", "convert")
    """What may become of a closing store: `close`, `convert` (to a format of `convert_to`), `keep`
    (it trades on as it is) and `relocate` (to its place in `relocations.csv`). `close` is always
    among them."""
    convert_from: tuple[StrictStr, ...] = ()
    """Formats whose closing stores may be converted."""
    convert_to: tuple[StrictStr, ...] = ()
    """Formats that they may become."""
    conversion_outcomes: Mapping[str, StrictStr] = {}
    """Words that `outcomes.csv` uses for a conversion, each with the format it is a conversion to;
    `convert_<format>` needs no word here."""
    checkout_formats: tuple[StrictStr, ...] = ()
    """Formats whose checkout is compared, in the order of the report."""
    checkout_wage_state: Annotated[StrictStr, Field(pattern=r"^([A-Z]{2})?$")] = ""
    """State (two letters) whose cashier wage a comparison by format uses; blank for the country."""
    checkout_reading: Literal["installed", "annualised"] = "installed"
    """How the published cost of walk-out checkout is read where one figure has to stand first:
    `installed` (a price paid once) or `annualised` (a cost of every year)."""
    walk_out: WalkOut = WalkOut()
    """What walk-out checkout is called in the tables, in the ledger and in sentences."""
    own_stores_keep_sales: Flag = True
    """Whether own stores keep the part of a closed store's sales that the trade areas give them;
    where not, it goes to competitors and other outlets."""
    strict_gaap: Flag = False
    """Whether the books impair a site that will convert like one that closes (ASC 360 read
    strictly) or only what the conversion scraps."""
    plan: PlanLimits = PlanLimits()
    """What a plan of conversions has to keep to."""
    my_plan: PlanSites | None = None
    """Sites that somebody would convert, and no others, each `ID` or `ID:FORMAT`; the report sets
    them beside the best plan. No plan is named where not given; an empty list closes every site."""
    households_radius_miles: Annotated[Number, Field(gt=0, le=100)] = 5.0
    """Miles around a store within which households count as its own."""
    competitor_radius_miles: Annotated[Number, Field(gt=0, le=100)] = 5.0
    """Miles around a store within which supermarkets count as its competitors."""
    travel_times: FileName = ""
    """A file of travel times in the data folder, `.csv` or `.json`, from demand points to stores
    and competitors, computed on a road network; blank to estimate them from distances."""
    trade_area_minutes: Annotated[Number, Field(gt=0, le=120)] = 30.0
    """Minutes of travel beyond which nobody shops at a store (above 0, at most 120)."""
    distance_decay: Literal["power", "exponential"] = "power"
    """How a store's pull falls with travel minutes: `power` of the ledger's exponent, or
    `exponential` with its rate a minute."""
    food_access_minutes: Annotated[Number, Field(gt=0, le=120)] = 10.0
    """Minutes to the nearest supermarket beyond which a household counts as far from food (above
    0, at most 120)."""
    data_max_age_days: DataAges = DataAges()
    """How old data may be, in days, on the day a report is made. Older data stop nothing: the
    report names them at its head, in its manifest and on standard error."""
    map_tiles: MapTiles | None = None
    """Online tiles that readers of the report's map may switch on; without them no page can ask a
    network for anything."""
    assumptions: Mapping[str, Number] = {}
    """Figures of the ledger this scenario decides otherwise, by their key."""

    name: StrictStr = Field(default="base", exclude=True)
    """The scenario's file name without its ending; set by the reader."""
    applied: tuple[Setting, ...] = Field(default=(), exclude=True)
    """Every setting and who gave it; set by the reader."""

    def __repr__(self) -> str:
        """Return a line: which scenario it is, of when, and how many figures it decides."""
        decided = f", {len(self.assumptions)} assumptions decided" if self.assumptions else ""
        return f"Scenario({self.name!r}: {self.title!r} as of {self.as_of}{decided})"


OTHER_TARGETS = ("keep", "relocate")
"""Decisions that stand where a conversion names its format, so that no format is called so."""
SET_BY_READER = ("name", "applied")
"""Fields that no file may give."""
