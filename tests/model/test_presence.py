"""Presence: slopes known from two kinds of places, from simulated stores, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.model.market.affinity import TRAITS
from retail_portfolio.model.market.presence import (
    FEWEST_STORES,
    conditional_logit,
    country_traits,
    fit_presence,
)

KM = 111.195
"""Kilometres in a degree of latitude."""


def country(count: int = 400, seed: int = 3) -> pd.DataFrame:
    """Points eight kilometres apart on a grid, so that each has its own surroundings."""
    rng = np.random.default_rng(seed)
    side = int(np.sqrt(count))
    row, column = np.divmod(np.arange(side * side), side)
    return pd.DataFrame(
        {
            "metro_id": rng.choice(["a", "b"], side * side),
            "lat": 30 + row * 8 / KM,
            "lon": -90 + column * 8 / KM / np.cos(np.radians(31)),
            "households": rng.integers(200, 3000, side * side).astype(float),
            "median_household_income_usd": np.exp(rng.normal(11, 0.4, side * side)),
            "share_bachelors": rng.uniform(0.1, 0.8, side * side),
            "population_per_sq_km": np.exp(rng.normal(6, 1, side * side)),
        }
    )


def settled(points: pd.DataFrame, slopes: list[float], stores: int, seed: int = 5) -> pd.DataFrame:
    """Stores that chose their points as the model says."""
    rng = np.random.default_rng(seed)
    index = country_traits(points["lat"].to_numpy(), points["lon"].to_numpy(), points) @ slopes
    weight = points["households"].to_numpy() * np.exp(index)
    chosen = rng.choice(len(points), stores, p=weight / weight.sum())
    return points.iloc[chosen][["lat", "lon"]].reset_index(drop=True)


def test_two_kinds_of_places_by_hand() -> None:
    # 30 of 40 stores stand where 100 of 400 households have the trait: odds 3 against 1/3.
    chosen = np.repeat([[1.0], [0.0]], [30, 10], axis=0)
    slope, error = conditional_logit(chosen, np.array([[1.0], [0.0]]), np.array([100.0, 300.0]))
    assert slope == pytest.approx(np.log(9), rel=1e-9)
    assert error == pytest.approx(1 / np.sqrt(40 * 0.75 * 0.25), rel=1e-9)


def test_weights_are_households_not_points() -> None:
    chosen = np.repeat([[1.0], [0.0]], [30, 10], axis=0)
    split = np.array([[1.0], [1.0], [0.0], [0.0], [0.0]])
    once, _ = conditional_logit(chosen, split, np.array([60.0, 40, 100, 100, 100]))
    assert once == pytest.approx(np.log(9), rel=1e-9)


def test_it_finds_the_slopes_that_stores_followed() -> None:
    points, true = country(900), [5.0, -0.8, 0.4]
    nowhere = np.zeros(0)
    fit = fit_presence(settled(points, true, 4000), points, nowhere, nowhere, 6.0)
    assert (fit.stores, fit.points, fit.left_out) == (4000, 900, 0)
    for trait, wanted in zip(TRAITS, true, strict=True):
        assert abs(fit.slopes[trait] - wanted) < 3 * fit.standard_errors[trait]
        assert fit.standard_errors[trait] < 0.1 * max(abs(wanted), 1)


def test_stores_and_people_near_a_test_place_take_no_part() -> None:
    points = country()
    stores = settled(points, [5.0, -0.8, 0.4], 300)
    here = points.iloc[[205]]
    lat, lon = here["lat"].to_numpy(), here["lon"].to_numpy()
    base = fit_presence(stores, points, lat, lon, 6.0)
    crowd = pd.concat([stores, pd.concat([here[["lat", "lon"]]] * 50)], ignore_index=True)
    crowded = fit_presence(crowd, points, lat, lon, 6.0)
    assert crowded.slopes == base.slopes
    assert crowded.left_out == base.left_out + 50
    assert base.points == len(points) - 1  # so are the people, or nobody would seem to settle there
    assert fit_presence(crowd, points, lat + 5, lon, 6.0).slopes != base.slopes


def test_metros_are_compared_with_each_other() -> None:
    points = country()
    lat, lon = points["lat"].to_numpy(), points["lon"].to_numpy()
    other = points.assign(metro_id="one")
    assert np.array_equal(country_traits(lat, lon, points), country_traits(lat, lon, other))


def test_an_empty_place_takes_the_nearest_point_within_reach() -> None:
    points = country(100)
    lat, lon = points["lat"].to_numpy(), points["lon"].to_numpy()
    beside = country_traits(lat[:1] - 15 / KM, lon[:1], points)
    assert np.array_equal(beside, country_traits(lat[:1], lon[:1], points))
    assert np.isnan(country_traits(lat[:1] - 60 / KM, lon[:1], points)).all()


def test_too_few_stores_or_no_top_is_an_error() -> None:
    points = country(100)
    stores = points[["lat", "lon"]].head(FEWEST_STORES - 1)
    nowhere = np.zeros(0)
    with pytest.raises(ValueError, match="stores are left to fit to"):
        fit_presence(stores, points, nowhere, nowhere, 6.0)
    places = np.array([[0.0], [1.0]])
    with pytest.raises(ValueError, match="no top"):
        conditional_logit(np.ones((40, 1)), places, np.ones(2))
    with pytest.raises(ValueError, match="the same everywhere"):
        conditional_logit(np.ones((40, 1)), np.ones((5, 1)), np.ones(5))
