"""Huff shares by the `huff` package, run in its own environment the way its examples do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from huff.data_management import load_geodata
from huff.models import create_interaction_matrix

if TYPE_CHECKING:
    from collections.abc import Callable

    from huff.models import CustomerOrigins, SupplyLocations


def prepare(options: dict[str, Any]) -> Callable[[], dict[str, np.ndarray]]:
    """Return the computation of shares and sales; options as in `sides.huff_ours`.

    Loading the places and naming their columns is left out of the time.
    """
    with np.load(options["places"]) as file:
        places = dict(file)
    given = np.load(options["given"]).ravel() if options["given"] else None
    origins, supply = _loaded(places, options)

    def run() -> dict[str, np.ndarray]:
        matrix = create_interaction_matrix(origins, supply)
        if given is None:
            matrix.transport_costs(network=False, distance_unit="meters")
        else:
            matrix.interaction_matrix_df["t_ij"] = given
        matrix.probabilities()
        matrix.flows()
        areas = matrix.marketareas().get_market_areas_df()
        share = matrix.get_interaction_matrix_df()["p_ij"].to_numpy(float)
        return {
            "shares": share.reshape(len(places["lat"]), len(places["store_lat"])),
            "sales": areas.sort_values("j")["T_j"].to_numpy(float),
        }

    return run


def _loaded(
    places: dict[str, np.ndarray], options: dict[str, Any]
) -> tuple[CustomerOrigins, SupplyLocations]:
    """Load both as the package's objects; names are padded so that their order is ours."""
    points = pd.DataFrame(
        {"lat": places["lat"], "lon": places["lon"], "spending": places["spending_usd_year"]}
    )
    points["name"] = [f"p{row:07d}" for row in range(len(points))]
    stores = pd.DataFrame(
        {"lat": places["store_lat"], "lon": places["store_lon"], "sqft": places["size_sqft"]}
    )
    stores["name"] = [f"s{row:07d}" for row in range(len(stores))]
    named = {"unique_id": "name", "x_col": "lon", "y_col": "lat"}
    origins = load_geodata(points, location_type="origins", **named)
    origins.define_marketsize("spending")
    origins.define_transportcosts_weighting(
        func="power", param_lambda=-options["distance_exponent"]
    )
    supply = load_geodata(stores, location_type="destinations", **named)
    supply.define_attraction("sqft")
    supply.define_attraction_weighting(func="power", param_gamma=options["size_exponent"])
    return origins, supply
