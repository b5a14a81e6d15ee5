"""Unseen rivals: the supermarkets that lists of competitors do not hold.

Coverage differs between metros: one county is complete, others miss whole chains. A model that
took the lists as they are would favour the places where data are missing. The complete list
gives the floor space F_b of supermarkets per household in places of density band b; a metro m
has F_mb on its own list. If the listed rivals are a fair sample of all of them, what is listed
stands for

    1 + u_mb        u_mb = max(0, F_b - F_mb) H_mb / rival floor_mb,  at most MOST_UNSEEN

times its own attraction, with H_mb the households. This is assumed, not fitted, and marked so; a
band with too few households takes the ratio of its whole metro.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

BAND_UPPER_PER_SQ_KM: tuple[float, ...] = (1000.0, 2500.0, 5000.0)
"""People per square kilometre that end the density bands 1 to 3; band 4 has no end."""
BANDS: tuple[str, ...] = tuple(f"band{n}" for n in range(1, len(BAND_UPPER_PER_SQ_KM) + 2))
FEWEST_HOUSEHOLDS = 20_000
"""Households below which a band of a metro takes the ratio of the whole metro."""
MOST_UNSEEN = 10.0
"""No list is taken to miss more than this many times what it holds."""
REFERENCE = "supermarket_sqft_per_household"


def density_band(population_per_sq_km: Floats) -> Ints:
    """Return the density band of each place, 0 to 3; unknown density is band 0."""
    known = np.nan_to_num(population_per_sq_km, nan=0.0)
    band: Ints = np.searchsorted(np.array(BAND_UPPER_PER_SQ_KM), known, side="right")
    return band


def floor_per_household(
    demand: pd.DataFrame, point_of_store: Ints, size_sqft: Floats
) -> pd.DataFrame:
    """Sum households and floor space by metro and density band.

    Parameters
    ----------
    demand
        Columns ``metro_id, households, population_per_sq_km``.
    point_of_store
        The demand point each store stands at, -1 for none.
    size_sqft
        Grocery floor of each store.

    Returns
    -------
    DataFrame
        Index ``metro_id, band``; columns ``households, floor_sqft``.
    """
    band = density_band(demand["population_per_sq_km"].to_numpy(float))
    known = point_of_store >= 0
    floor = np.bincount(point_of_store[known], size_sqft[known], len(demand))
    table = pd.DataFrame(
        {
            "metro_id": demand["metro_id"].to_numpy(),
            "band": band,
            "households": demand["households"].to_numpy(float),
            "floor_sqft": floor,
        }
    )
    return table.groupby(["metro_id", "band"])[["households", "floor_sqft"]].sum()


def unseen_table(
    demand: pd.DataFrame,
    point_of_rival: Ints,
    rival_sqft: Floats,
    point_of_own: Ints,
    own_sqft: Floats,
    ledger: Ledger,
) -> pd.DataFrame:
    """Estimate what the lists of rivals miss, by metro and density band.

    Returns
    -------
    DataFrame
        Index ``metro_id, band``; columns ``households, rival_sqft_per_household,
        own_sqft_per_household, reference_sqft_per_household, unseen_ratio`` (0 to
        `MOST_UNSEEN`; 0 everywhere when the ledger has no reference).
    """
    rivals = floor_per_household(demand, point_of_rival, rival_sqft)
    own = floor_per_household(demand, point_of_own, own_sqft)
    table = pd.DataFrame({"households": rivals["households"], "rival": rivals["floor_sqft"]})
    table["own"] = own["floor_sqft"]
    reference = [
        ledger.value(REFERENCE, format=b) if ledger.has(REFERENCE, format=b) else 0.0 for b in BANDS
    ]
    bands = table.index.get_level_values("band")
    table["wanted"] = np.array(reference)[bands] * table["households"]
    whole = table.groupby(level="metro_id")[["rival", "own", "wanted"]].transform("sum")
    ratio = _ratio(table)
    few = table["households"] < FEWEST_HOUSEHOLDS
    table["unseen_ratio"] = ratio.where(~few, _ratio(whole))
    per = table["households"].where(table["households"] > 0)
    return pd.DataFrame(
        {
            "households": table["households"],
            "rival_sqft_per_household": table["rival"] / per,
            "own_sqft_per_household": table["own"] / per,
            "reference_sqft_per_household": np.array(reference)[bands],
            "unseen_ratio": table["unseen_ratio"],
        }
    )


def _ratio(table: pd.DataFrame) -> pd.Series:
    missing = (table["wanted"] - table["rival"] - table["own"]).clip(lower=0.0)
    listed = table["rival"] > 0
    ratio = missing / table["rival"].where(listed)
    none_listed = pd.Series(np.where(missing > 0, MOST_UNSEEN, 0.0), index=table.index)
    return ratio.where(listed, none_listed).clip(upper=MOST_UNSEEN)


def unseen_ratio_of_points(demand: pd.DataFrame, table: pd.DataFrame) -> Floats:
    """Return the ratio of each demand point, shape ``(points,)``, from `unseen_table`."""
    band = density_band(demand["population_per_sq_km"].to_numpy(float))
    index = pd.MultiIndex.from_arrays([demand["metro_id"], band])
    ratio: Floats = table["unseen_ratio"].reindex(index).fillna(0.0).to_numpy(float)
    return ratio
