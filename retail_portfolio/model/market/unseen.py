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

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Cells:
    """Metro and density band of every demand point, each pair once, in order of metro and band.

    Parameters
    ----------
    metro_id, band
        Of each cell, shape ``(cells,)``.
    metro
        Position of each cell's metro among the metros.
    of_point
        The cell of each demand point, shape ``(points,)``.
    households
        Households of each cell.
    """

    metro_id: NDArray[np.object_]
    band: Ints
    metro: Ints
    of_point: Ints
    households: Floats

    def floor_sqft(self, point_of_store: Ints, size_sqft: Floats) -> Floats:
        """Sum the floor of stores by cell; a store at point -1 stands in none."""
        known = point_of_store >= 0
        cell = self.of_point[point_of_store[known]]
        return np.bincount(cell, size_sqft[known], len(self.band)).astype(float)

    def of_whole_metro(self, values: Floats) -> Floats:
        """Give each cell the sum of its metro."""
        sums: Floats = np.bincount(self.metro, values).astype(float)
        return sums[self.metro]


def cells_of(demand: pd.DataFrame) -> Cells:
    """Sort demand points into cells.

    Parameters
    ----------
    demand
        Columns ``metro_id, households, population_per_sq_km``.
    """
    code, metros = pd.factorize(demand["metro_id"], sort=True)
    band = density_band(demand["population_per_sq_km"].to_numpy(float))
    keys, of_point = np.unique(code * len(BANDS) + band, return_inverse=True)
    metro, band_of_cell = np.divmod(keys, len(BANDS))
    households = np.bincount(of_point, demand["households"].to_numpy(float), len(keys))
    names = np.asarray(metros, dtype=object)[metro]
    return Cells(names, band_of_cell, metro, of_point, households.astype(float))


def unseen_table(
    cells: Cells,
    point_of_rival: Ints,
    rival_sqft: Floats,
    point_of_own: Ints,
    own_sqft: Floats,
    ledger: Ledger,
) -> pd.DataFrame:
    """Estimate what the lists of rivals miss, by metro and density band.

    Parameters
    ----------
    point_of_rival, point_of_own
        The demand point each store stands at, -1 for none.
    rival_sqft, own_sqft
        Grocery floor of each store.

    Returns
    -------
    DataFrame
        Index ``metro_id, band``; columns ``households, rival_sqft_per_household,
        own_sqft_per_household, reference_sqft_per_household, unseen_ratio`` (0 to
        `MOST_UNSEEN`; 0 everywhere when the ledger has no reference).
    """
    has = [ledger.has(REFERENCE, format=b) for b in BANDS]
    reference = np.array(
        [ledger.value(REFERENCE, format=b) if h else 0.0 for b, h in zip(BANDS, has, strict=True)]
    )[cells.band]
    rival = cells.floor_sqft(point_of_rival, rival_sqft)
    own = cells.floor_sqft(point_of_own, own_sqft)
    wanted = reference * cells.households
    whole = _ratio(*(cells.of_whole_metro(each) for each in (rival, own, wanted)))
    few = cells.households < FEWEST_HOUSEHOLDS
    per = np.where(cells.households > 0, cells.households, np.nan)
    return pd.DataFrame(
        {
            "households": cells.households,
            "rival_sqft_per_household": rival / per,
            "own_sqft_per_household": own / per,
            "reference_sqft_per_household": reference,
            "unseen_ratio": np.where(few, whole, _ratio(rival, own, wanted)),
        },
        index=pd.MultiIndex.from_arrays([cells.metro_id, cells.band], names=["metro_id", "band"]),
    )


def _ratio(rival: Floats, own: Floats, wanted: Floats) -> Floats:
    missing = np.maximum(wanted - rival - own, 0.0)
    none_listed = np.where(missing > 0, MOST_UNSEEN, 0.0)
    ratio = np.divide(missing, rival, out=none_listed, where=rival > 0)
    return np.minimum(ratio, MOST_UNSEEN)


def unseen_ratio_of_points(cells: Cells, table: pd.DataFrame) -> Floats:
    """Return the ratio of each demand point, shape ``(points,)``, from `unseen_table`."""
    ratio: Floats = table["unseen_ratio"].to_numpy(float)[cells.of_point]
    return ratio
