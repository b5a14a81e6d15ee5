"""What the sample has beyond an ordinary page: layers of the map, plans to move through, poison."""

from __future__ import annotations

import numpy as np
import pandas as pd

from retail_portfolio.model.result import Figure
from retail_portfolio.present.tables import Table, TableLike, as_table
from tests.conftest import BUNDLED

PLANS = 9
"""Plans by number of conversions, none to eight."""
RIVALS, POINTS = 60, 200


def poisoned(
    source: TableLike | pd.DataFrame, texts: tuple[str, ...], plain: frozenset[str]
) -> Table:
    """Return a table with one of ``texts`` in every cell of every column of free text.

    Columns that hold them already are left as they are.
    """
    table = as_table(source)
    frame = table.table.copy()
    for place, column in enumerate(frame.columns):
        name = str(column)
        free = not pd.api.types.is_numeric_dtype(frame[column]) and name not in plain
        if free and not name.endswith("_origin") and not frame[column].isin(texts).all():
            frame[column] = [texts[(place + row) % len(texts)] for row in range(len(frame))]
    return Table(frame, table.units, table.origins)


def poisoned_figures(figures: list[Figure], texts: tuple[str, ...]) -> list[Figure]:
    """Return figures whose label and source are one of ``texts``."""
    return [
        Figure(
            one.key,
            texts[place % len(texts)],
            one.value,
            one.unit,
            one.origin,
            texts[(place + 1) % len(texts)],
            one.low,
            one.high,
            words=BUNDLED,
        )
        for place, one in enumerate(figures)
    ]


def competitors(closing: pd.DataFrame) -> pd.DataFrame:
    """Return supermarkets of others around the closing stores."""
    random = np.random.default_rng(11)
    near = closing.iloc[random.integers(0, len(closing), RIVALS)]
    return pd.DataFrame(
        {
            "competitor_id": [f"rival-{place:03d}" for place in range(RIVALS)],
            "chain": [("Alpha", "Beta", "Gamma")[place % 3] for place in range(RIVALS)],
            "kind": "supermarket",
            "name": [f"Rival {place}" for place in range(RIVALS)],
            "street": [f"{place} Low Street" for place in range(RIVALS)],
            "city": near["city"].to_numpy(),
            "state": near["state"].to_numpy(),
            "lat": near["lat"].to_numpy() + random.normal(0, 0.05, RIVALS),
            "lon": near["lon"].to_numpy() + random.normal(0, 0.05, RIVALS),
            "size_sqft": [40_000.0 if place % 2 else np.nan for place in range(RIVALS)],
            "as_of": "2024-03-01",
            "source": "a list",
        }
    )


def demand(closing: pd.DataFrame) -> pd.DataFrame:
    """Return where people live around the closing stores."""
    random = np.random.default_rng(12)
    near = closing.iloc[random.integers(0, len(closing), POINTS)]
    return pd.DataFrame(
        {
            "point_id": [f"point-{place:04d}" for place in range(POINTS)],
            "lat": near["lat"].to_numpy() + random.normal(0, 0.08, POINTS),
            "lon": near["lon"].to_numpy() + random.normal(0, 0.08, POINTS),
            "households": random.integers(200, 4_000, POINTS),
            "median_household_income_usd": random.integers(30, 180, POINTS) * 1e3,
        }
    )


def transfer(closing: pd.DataFrame, stays: pd.DataFrame) -> Table:
    """Return where the sales of each closing store go: two own stores, and out of the chain."""
    parts = {"competitors": 0.5, "online": 0.1, "lost": 0.05}
    rows = []
    for place, store in enumerate(closing["store_id"]):
        own = stays["store_id"].iloc[[2 * place, 2 * place + 1]]
        rows += [(store, own.iloc[0], 2.5e6), (store, own.iloc[1], 1.0e6)]
        rows += [(store, to, part * 1e7) for to, part in parts.items()]
    frame = pd.DataFrame(rows, columns=["from_store_id", "to", "sales_usd_year"])
    return Table(frame, {"sales_usd_year": "usd_year"}, {"sales_usd_year": "modelled"})


def frontier(choice: pd.DataFrame) -> dict[str, Table]:
    """Return the plans a reader can move through, and which stores convert in each.

    The columns are those of `retail_portfolio.model.planning.frontier_plans`.
    """
    best = choice[choice["decision"] != "close"].sort_values("npv_vs_exit_usd", ascending=False)
    ranked = list(zip(best["store_id"], best["decision"], best["npv_vs_exit_usd"], strict=True))
    plans: list[tuple[object, ...]] = []
    stores: list[tuple[str, str, str]] = []

    def add(plan: str, axis: str, position: float, title: str, count: int) -> None:
        gain = float(sum(worth for _, _, worth in ranked[:count]))
        spent = 9e6 * count
        row = (plan, axis, position, title, "optimal", gain, gain, 0.0, spent, count, "")
        plans.append(row)
        stores.extend((plan, store, decision) for store, decision, _ in ranked[:count])

    add("best", "best", np.nan, "Best plan of this scenario", len(ranked))
    for count in range(PLANS):
        add(f"number-{count}", "number", count, f"Best plan with {count} conversions", count)
    for count in range(1, PLANS):
        budget = 10_000_000 * count
        add(f"budget-{budget}", "budget", budget, f"Best plan for USD {budget / 1e6:.0f} M", count)
    add("scenario-dear", "scenario", np.nan, "Dear rents", 3)
    nothing = ("scenario-odd", "scenario", np.nan, "An odd one", "unreadable")
    plans.append((*nothing, np.nan, np.nan, np.nan, np.nan, np.nan, "file odd.yaml: not a mapping"))
    add("named", "named", np.nan, "The plan that the scenario names", 2)
    columns = [
        *("plan", "axis", "position", "title", "status", "objective_usd", "bound_usd", "gap"),
        *("capital_usd", "conversions", "note"),
    ]
    units = {"objective_usd": "usd", "bound_usd": "usd", "capital_usd": "usd"}
    listed = pd.DataFrame(plans, columns=columns)
    converting = pd.DataFrame(stores, columns=["plan", "store_id", "decision"])
    return {
        "frontier_plans": Table(
            listed,
            {**units, "gap": "ratio", "conversions": "stores"},
            dict.fromkeys(units, "modelled"),
        ),
        "frontier_stores": Table(converting, {}, {"decision": "modelled"}),
    }
