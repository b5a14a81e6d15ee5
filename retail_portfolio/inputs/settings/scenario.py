"""The settings of a run: one frozen model, read from scenario files and overrides.

A scenario is `base.yaml`, over which a named scenario's file is laid, over which overrides are
laid. Notebook parameters are settings of the same model.
"""

import csv
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import BaseModel, Field, StrictInt, StrictStr, ValidationError

from retail_portfolio.inputs import folders
from retail_portfolio.inputs.assumptions import LEDGER_FILE, out_of_bounds
from retail_portfolio.inputs.currency import rate_of
from retail_portfolio.inputs.faults import Fault, InputError, did_you_mean, one_of
from retail_portfolio.inputs.files.numbers_as_text import number_of
from retail_portfolio.inputs.files.textfile import MAX_TABLE_BYTES, read_text
from retail_portfolio.inputs.files.yamlfile import read_yaml
from retail_portfolio.inputs.outcome_words import setting_faults
from retail_portfolio.inputs.settings.applied import Setting, applied_settings
from retail_portfolio.inputs.settings.layers import Layer, hazards, merged, model_faults, who_said
from retail_portfolio.inputs.settings.overrides import override_layer
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


class LedgerFigure(NamedTuple):
    """What a scenario has to know of a row of the ledger."""

    unit: str
    """Unit of the figure."""
    base: float | None
    """The figure that a scenario may decide otherwise; None where the ledger has no number."""


def load_scenario(
    name: str = "base",
    data_dir: str = "",
    overrides: Sequence[str] | Mapping[str, Any] | None = None,
    *,
    ledger_keys: Mapping[str, LedgerFigure] | frozenset[str] | None = None,
    **fields: Any,
) -> Scenario:
    """
    Read a scenario and lay overrides over it.

    Parameters
    ----------
    name
        A scenario's name: small letters, digits, `-` and `_`.
    data_dir
        The data folder, whose `scenarios` are looked through first; blank for the checkout's.
    overrides
        `key=value` texts (one text may hold several, split at `;`) or a mapping. A key is a setting
        (`formats.hall.label` for a nested one) or a key of the ledger.
    ledger_keys
        The keys of the ledger with their units, which values are held to, and its own figures; keys
        alone where values are not to be held to anything. Read from the data folder where not
        given.
    **fields
        Settings by name, as a notebook's parameters give them; None says nothing.

    Returns
    -------
    Scenario
        With `name` and `applied` filled in.

    Raises
    ------
    InputError
        Every fault of the files and of the overrides.
    """
    places = folders.scenario_folders(data_dir)
    if not SCENARIO_NAME.fullmatch(str(name)):
        expected = "a name of small letters, digits, - and _, without a path"
        raise InputError([Fault("scenario", None, None, str(name), expected)])
    if ledger_keys is None:
        ledger_keys = ledger_figures(folders.data_folder(data_dir))
    texts = (
        [part for part in overrides.split(";") if part.strip()]
        if isinstance(overrides, str)
        else overrides or ()
    )
    layers, faults = [], []
    for file_name in dict.fromkeys(("base", name)):
        layer, found = _file_layer(file_name, places)
        layers.append(layer)
        faults += found
    unread = bool(faults)
    weaker = merged(layers)
    known = None if ledger_keys is None else frozenset(ledger_keys)
    ledger = ledger_keys if isinstance(ledger_keys, Mapping) else {}
    top, found = override_layer(Scenario, texts, fields, weaker, known)
    layers.append(top)
    faults += found + hazards(layers)
    values = merged(layers)
    faults += _reserved(layers)
    for key in SET_BY_READER:
        values.pop(key, None)
    faults += _cross_faults(values, layers, known)
    faults += _bound_faults(values.get("assumptions"), layers, ledger)
    try:
        scenario = Scenario(**values)
    except ValidationError as error:
        found = model_faults(error, Scenario, layers)
        # With a file that could not be read, everything it says would count as missing.
        faults += [fault for fault in found if not (unread and fault.value is None)]
        raise InputError(faults) from None
    if faults:
        raise InputError(faults)
    own = {
        key: row.base * rate_of(row.unit, scenario)
        for key, row in ledger.items()
        if row.base is not None
    }
    return scenario.model_copy(
        update={"name": name, "applied": applied_settings(scenario, layers, own)}
    )


def scenario_names(data_dir: str = "") -> tuple[str, ...]:
    """Return the names of the scenarios there are, sorted."""
    found = {
        path.stem
        for folder in folders.scenario_folders(data_dir)
        for path in folder.glob("*.yaml")
        if SCENARIO_NAME.fullmatch(path.stem)
    }
    return tuple(sorted(found))


def _file_layer(name: str, places: Sequence[Path]) -> tuple[Layer, list[Fault]]:
    """Read one scenario file from the first folder that has it."""
    for folder in places:
        path = folder / f"{name}.yaml"
        if path.exists() or path.is_symlink():
            file = read_yaml(folder, path.name, f"scenarios/{path.name}")
            return Layer(file.name, file.values, file.lines), list(file.faults)
    known = sorted({p.stem for folder in places for p in folder.glob("*.yaml")})
    expected = one_of(known, name) if known else "a scenario file (there is none)"
    return Layer(f"scenarios/{name}.yaml", {}), [Fault("scenario", None, None, name, expected)]


def ledger_figures(folder: Path) -> dict[str, LedgerFigure] | None:
    """Return the ledger's figures by key, or None where the ledger itself is at fault."""
    return {
        row["key"]: LedgerFigure(row.get("unit") or "", number_of(row.get("base") or ""))
        for row in ledger_rows(folder)
    } or None


def ledger_rows(folder: Path) -> list[dict[str, str]]:
    """Return the ledger's rows with a key as written; none where the ledger itself is at fault."""
    text, _ = read_text(folder, LEDGER_FILE, MAX_TABLE_BYTES)
    try:
        rows = list(csv.DictReader((text or "").splitlines(keepends=True), strict=True))
    except csv.Error:
        return []
    return [row for row in rows if row.get("key")]


def _reserved(layers: Sequence[Layer]) -> list[Fault]:
    """Refuse the fields the reader fills in."""
    expected = "no such setting: it is taken from the file's name and from the files"
    return [
        Fault(layer.name, layer.lines.get((key,)), key, str(layer.values[key]), expected)
        for layer in layers
        for key in SET_BY_READER
        if key in layer.values
    ]


def _cross_faults(
    values: Mapping[str, Any], layers: Sequence[Layer], ledger_keys: frozenset[str] | None
) -> list[Fault]:
    """Check that what one setting names is there in another; wrong types are left to the model."""
    faults: list[Fault] = []

    def check(path: tuple[str, ...], value: object, choices: Sequence[str]) -> None:
        if isinstance(value, str) and choices and value not in choices:
            file, line = who_said(layers, path)
            faults.append(Fault(file, line, ".".join(path), value, one_of(choices, value)))

    banners, formats = _names(values.get("banners")), _names(values.get("formats"))
    faults += _misnamed_formats(formats, layers)
    for code in formats:
        form = values["formats"][code]
        if isinstance(form, Mapping):
            check(("formats", code, "banner"), form.get("banner"), banners)
    for key in ("convert_from", "convert_to", "checkout_formats"):
        codes = values.get(key)
        for code in codes if isinstance(codes, list | tuple) else ():
            check((key,), code, formats)
    words = values.get("conversion_outcomes")
    faults += setting_faults(words, formats, lambda path: who_said(layers, path))
    for key in _names(values.get("assumptions")):
        if ledger_keys is not None and key not in ledger_keys:
            file, line = who_said(layers, ("assumptions", key))
            expected = "a key of the ledger" + did_you_mean(key, sorted(ledger_keys))
            faults.append(Fault(file, line, f"assumptions.{key}", key, expected))
    return faults


def _misnamed_formats(formats: Sequence[str], layers: Sequence[Layer]) -> list[Fault]:
    """Refuse formats that are called as a decision is."""
    faults = []
    for code in (one for one in OTHER_TARGETS if one in formats):
        file, line = who_said(layers, ("formats", code))
        expected = f"another code: {code!r} stands for a decision"
        faults.append(Fault(file, line, f"formats.{code}", code, expected))
    return faults


def _bound_faults(
    assumptions: object, layers: Sequence[Layer], ledger: Mapping[str, LedgerFigure]
) -> list[Fault]:
    """Hold decided figures against the ledger's bounds; wrong types are left to the model."""
    faults = []
    for key in _names(assumptions):
        value = cast("Mapping[str, object]", assumptions)[key]
        if key not in ledger or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        expected = out_of_bounds(key, ledger[key].unit, value)
        if expected and math.isfinite(value):
            file, line = who_said(layers, ("assumptions", key))
            faults.append(Fault(file, line, f"assumptions.{key}", str(value), expected))
    return faults


def _names(mapping: object) -> tuple[str, ...]:
    """Return the keys of what should be a mapping."""
    return tuple(str(key) for key in mapping) if isinstance(mapping, Mapping) else ()
