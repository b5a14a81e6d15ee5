"""The ground a portfolio stands on: the stores that matter, and the ZIP areas around them.

How far is looked. The model lets nobody shop farther than `trade_area_minutes`. By the bundled
ledger one gets 10.3 miles as the crow flies in 30 minutes, 15.2 with every row of the road at its
fast end, and 18.4 in the 45 minutes that the fit looks at for a check. Two thirds of a mile a
minute, 20 miles, holds them all, with room for ZIP areas whose people live miles from the centre.

Which stores. A closing store matters, and so does a store that trades on and shares customers
with one: both lie within the radius of the same household, so within two radii of each other. A
store farther off gains nothing from a closure; the country around it would only slow the model.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retail_portfolio.inputs.build.register import read_register
from retail_portfolio.inputs.build.settings import Settings, settings_of
from retail_portfolio.inputs.build.slugs import metro_slug
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.near import KM_PER_MILE, nearest, within
from retail_portfolio.inputs.registers import stores
from retail_portfolio.inputs.registers.places import FAR_FROM_DEMAND_KM
from retail_portfolio.inputs.registers.zip_areas import zip_places

MILES_A_MINUTE = 2 / 3
"""How far around a store is looked for each minute of `trade_area_minutes`."""
TRADING = ("open", "closing")


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """The stores that matter, and which metro each ZIP area of the country belongs to."""

    register: pd.DataFrame
    """`stores.csv`, typed."""
    anchors: pd.DataFrame
    """The stores that matter, with ``zip_at``: the position of the nearest row of `zip_places`."""
    metros: pd.DataFrame
    """One row a metro of an anchor: ``metro_id, name, cbsa_code, county_fips``, by id."""
    settings: Settings
    """What the scenario says."""
    left_out: tuple[tuple[str, int], ...]
    """Why stores do not matter, and how many."""

    @property
    def radius_miles(self) -> float:
        """Return how far around a store is looked where nobody says otherwise."""
        return MILES_A_MINUTE * self.settings.trade_area_minutes

    def metro_of(self, zip_at: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[str]:
        """
        Return the metro of ZIP areas: their own where a store is in it, else the nearest store's.

        Parameters
        ----------
        zip_at
            Positions in `zip_places`.

        Returns
        -------
        list of str
            One ``metro_id`` each.
        """
        places = zip_places().iloc[zip_at]
        own, known = metro_names(places)["metro_id"], set(self.metros["metro_id"])
        if set(own) <= known:
            return own.tolist()
        of_anchor = metro_names(zip_places().iloc[self.anchors["zip_at"]])["metro_id"].tolist()
        store, _ = nearest(places, self.anchors)
        pairs = zip(own, store, strict=True)
        return [mine if mine in known else of_anchor[at] for mine, at in pairs]

    def around(self, radius_miles: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """
        Return the ZIP areas whose centre lies around the stores that matter.

        Parameters
        ----------
        radius_miles
            Great-circle miles. The ZIP area nearest to a store belongs to it at any radius.

        Returns
        -------
        ndarray
            Positions in `zip_places`, rising.
        """
        inside = within(zip_places(), self.anchors, radius_miles * KM_PER_MILE)
        inside[self.anchors["zip_at"].to_numpy()] = True
        return np.flatnonzero(inside)


def area_of(scenario: str = "base", data_dir: str = "") -> Area:
    """
    Read the register and find the ground it stands on; no other table is looked at.

    Parameters
    ----------
    scenario
        The scenario's name.
    data_dir
        The data folder; blank for the checkout's own.

    Returns
    -------
    Area

    Raises
    ------
    InputError
        Every fault of `stores.csv`; or when no store that trades lies in the United States.
    """
    register = read_register(data_dir)
    settings = settings_of(scenario, data_dir)
    trading = register[register["status"].isin(TRADING)]
    at, km = nearest(trading, zip_places())
    trading, abroad = trading.assign(zip_at=at)[km <= FAR_FROM_DEMAND_KM], km > FAR_FROM_DEMAND_KM
    closing = stores.closing(trading)
    near = within(trading, closing, 2 * MILES_A_MINUTE * settings.trade_area_minutes * KM_PER_MILE)
    anchors = trading[near] if len(closing) else trading
    if anchors.empty:
        expected = (
            "a store, open or closing, with a ZIP area of the United States within "
            f"{FAR_FROM_DEMAND_KM:.0f} km"
        )
        raise InputError([Fault(stores.FILE, None, None, f"{len(register)} rows", expected)])
    left_out = (
        ("stores that closed before", len(register) - len(abroad)),
        (f"stores farther than {FAR_FROM_DEMAND_KM:.0f} km from any ZIP area", int(abroad.sum())),
        ("open stores that share no customer with a closing one", len(trading) - len(anchors)),
    )
    return Area(register, anchors, _metros(anchors), settings, left_out)


def _metros(anchors: pd.DataFrame) -> pd.DataFrame:
    named = metro_names(zip_places().iloc[anchors["zip_at"]])
    return named.drop_duplicates("metro_id").sort_values("metro_id", ignore_index=True)


@functools.cache
def _county_names() -> dict[str, str]:
    """Name each county by its code: as most of its ZIP areas do, some lie across a border."""
    places = zip_places()
    places = places[(places["county_fips"] != "") & (places["county"] != "")]
    names = places["county"] + ", " + places["state"]
    counted = names.groupby([places["county_fips"], names]).size().reset_index(name="areas")
    counted.columns = pd.Index(["county_fips", "name", "areas"])
    counted = counted.sort_values(["areas", "name"], ascending=[False, True], kind="stable")
    first = counted.drop_duplicates("county_fips")
    return dict(zip(first["county_fips"], first["name"], strict=True))


def metro_names(places: pd.DataFrame) -> pd.DataFrame:
    """
    Name the metropolitan area of places: their CBSA, else their county.

    Parameters
    ----------
    places
        Rows of `zip_places`.

    Returns
    -------
    DataFrame
        ``metro_id, name, cbsa_code, county_fips``, index of `places`. An area without CBSA is
        called by its county and has its code; where it has none of either, by its state. The
        package knows no CBSA in Connecticut, whose counties the Census has given up.
    """
    county = places["county_fips"].map(_county_names()).fillna(places["state"])
    in_cbsa = places["cbsa_code"] != ""
    name = places["cbsa_name"].where(in_cbsa, county)
    slugs = {each: metro_slug(each) for each in set(name)}
    return pd.DataFrame(
        {
            "metro_id": name.map(slugs),
            "name": name,
            "cbsa_code": places["cbsa_code"],
            "county_fips": places["county_fips"].where(~in_cbsa, ""),
        }
    )
