"""Where an address lies: in the middle of its ZIP area, or where a geocoder puts it, judged.

A geocoder finds a house number between the numbers at the ends of its block: near the door, and
never more than that. The middle of a ZIP area is far from most doors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from retail_portfolio.inputs.build.geocoder import Address, Answers
from retail_portfolio.inputs.build.slugs import slug
from retail_portfolio.inputs.faults import shown
from retail_portfolio.inputs.registers.places import MAX_LATITUDE, distance_km
from retail_portfolio.inputs.registers.zip_areas import zip_places

EXACT_M = 150
"""How far a matched address may be off, in metres: judged as most points between two house numbers
are in the register of the bundled case."""
NEAR_M = 1_000
"""The same where the geocoder changed a part of the address to find it."""
ZIP_M = 5_000
"""How far the middle of a ZIP area may be off, in metres. Measured on 4,263 supermarkets of the
bundled case: half are within 1.9 km of it, nine in ten within 4.7 km."""
FAR_FROM_ZIP_KM = 50.0
"""A match farther from the middle of the ZIP area is a place of the same name. Of those
supermarkets, 99 in 100 are within 11.9 km."""
_DEGREES = {"lat": MAX_LATITUDE, "lon": 2 * MAX_LATITUDE}
_LONG = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
"""First words of cities as addresses shorten them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is, or why that is not known."""

    words: str
    """Where it comes from, or the reason."""
    lat: float = math.nan
    """Degrees, WGS 84; NaN where not known."""
    lon: float = math.nan
    """Degrees, WGS 84; NaN where not known."""
    precision_m: int = 0
    """How far it may be off, in metres."""

    @property
    def found(self) -> bool:
        """Whether there is a point."""
        return not math.isnan(self.lat)


@dataclass(frozen=True, slots=True)
class _Centre:
    """The middle of a ZIP area."""

    lat: float
    lon: float
    state: str


def by_zip_area(addresses: Mapping[int, Address]) -> dict[int, Place]:
    """
    Return the middle of the ZIP area of each address.

    Parameters
    ----------
    addresses
        By a number of the caller's; each with `zip` and `state`.

    Returns
    -------
    dict
        One each, by the same numbers.
    """
    centres = _centres()
    return {row: _middle(address, centres) for row, address in addresses.items()}


def _middle(address: Address, centres: Mapping[str, _Centre]) -> Place:
    code, state = address["zip"], address["state"]
    centre = centres.get(code)
    if centre is None:
        none = f"{shown(code)} is no ZIP area with households"
        return Place(none if code else "it has no ZIP code")
    if state and state != centre.state:
        return Place(f"ZIP {code} lies in {centre.state} and the store in {state}")
    return Place(f"middle of ZIP {code}", centre.lat, centre.lon, ZIP_M)


def _centres() -> dict[str, _Centre]:
    areas = zip_places()
    columns = (areas[name].tolist() for name in ("zip", "lat", "lon", "state"))
    return {code: _Centre(lat, lon, state) for code, lat, lon, state in zip(*columns, strict=True)}


def by_address(
    addresses: Mapping[int, Address], ask: Callable[[Sequence[Address]], Answers]
) -> dict[int, Place]:
    """
    Ask for every address that is one, and judge each answer.

    Parameters
    ----------
    addresses
        By a number of the caller's; each with `street`, `city`, `state` and `zip`.
    ask
        What answers for addresses.

    Returns
    -------
    dict
        One each, by the same numbers.
    """
    asked = [
        {"id": str(row), **address}
        for row, address in addresses.items()
        if address["street"] and (address["zip"] or (address["city"] and address["state"]))
    ]
    answers = ask(asked) if asked else {}
    centres = _centres() if asked else {}
    sent = {one["id"] for one in asked}
    return {
        row: _judged(address, answers.get(str(row)), centres)
        if str(row) in sent
        else Place("its address needs a street, and a ZIP code or a city and state")
        for row, address in addresses.items()
    }


def _judged(
    address: Address, answer: Mapping[str, Any] | None, centres: Mapping[str, _Centre]
) -> Place:
    """Take an answer, or say why it is not taken."""
    if answer is None:
        return Place("the geocoder did not answer for it")
    if not answer["match"]:
        return Place("the geocoder knows no such address, or several")
    point = {axis: answer[axis] for axis in _DEGREES}
    if not all(
        isinstance(point[axis], float) and abs(point[axis]) <= most
        for axis, most in _DEGREES.items()
    ):
        return Place("the geocoder gave no point for it")
    matched = str(answer["parsed"] or "")
    said, exact = f"matched as {shown(matched)}", answer["matchtype"] == "Exact"
    centre = centres.get(address["zip"])
    # What was changed, or has no ZIP area to be held against, may be anywhere in the state.
    if why := _elsewhere(address, matched, unsure=not exact or centre is None):
        return Place(f"{said}, in another {why}")
    away = _away_km(point, centre)
    if away > FAR_FROM_ZIP_KM:
        return Place(f"{said}, {away:,.0f} km from the middle of ZIP {address['zip']}")
    return Place(said, point["lat"], point["lon"], EXACT_M if exact else NEAR_M)


def _elsewhere(address: Address, matched: str, *, unsure: bool) -> str:
    """Say which part of a match, `STREET, CITY, STATE, ZIP`, is not that asked for; blank if none.

    City, or ZIP code where no city was asked for, only matter where the match is unsure.
    """
    if address["state"] and f", {address['state']}," not in f"{matched},":
        return "state"
    _, city, _, code = ["", "", "", "", *(part.strip() for part in matched.split(","))][-4:]
    if unsure and address["city"]:
        return "" if _town(address["city"]) == _town(city) else "city"
    return "ZIP area" if unsure and address["zip"] != code else ""


def _town(name: str) -> str:
    return re.sub(r"^(?:st|ste|ft|mt)(?=-)", lambda word: _LONG[word[0]], slug(name))


def _away_km(point: Mapping[str, float], centre: _Centre | None) -> float:
    """Return the distance to a centre in kilometres; 0 where there is none."""
    if centre is None:
        return 0.0
    here = [pd.Series([point[axis]]) for axis in ("lat", "lon")]
    return float(distance_km(here[0], here[1], centre.lat, centre.lon).iloc[0])
