"""Writes the dated forecast of which closing stores convert, once.

``python -m tools.forecast --made-on DATE`` draws the ledger, chooses the plan of every draw
(`retail_portfolio.model.planning.plan_odds`) and writes ``data/forecasts/DATE.csv`` for the base
scenario. A forecast that is there is never written over, and its date has to be the day on which it
is written. Of n draws with k in which a store converts its probability is (k + 1/2) / (n + 1):
never 0 or 1, so that no outcome scores infinitely badly. The rankings it will have to beat are
frozen beside it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import retail_portfolio
from retail_portfolio.inputs import folders
from retail_portfolio.inputs.assumptions import LEDGER_FILE
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.sphere import KM_PER_MILE, within_km
from retail_portfolio.model.opening.conversion import Setting, setting_of
from retail_portfolio.model.planning.plan_odds import DRAWS, drawn_plans
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.sampling.draws import draw_ledger
from retail_portfolio.model.store_values import StoreValues
from retail_portfolio.model.track_record.base_rate import at_base_rate

BASE_RATE_KEY = "us_conversion_share"
DECIMALS = {
    "probability": 6,
    "probability_at_base_rate": 6,
    "base_rate": 6,
    "plan_converts": 0,
    "size_sqft": 0,
    "nearest_own_miles": 3,
    "income_usd": 0,
    "share_bachelors": 4,
    "households": 0,
}
"""How finely each column is written."""


def naive_columns(case: Case, place: Setting) -> pd.DataFrame:
    """Return what could rank the candidates without any model, one row a candidate.

    Returns
    -------
    pandas.DataFrame
        ``size_sqft``; ``nearest_own_miles`` to an open store of a banner that sites may take;
        ``income_usd``, ``households`` and ``share_bachelors`` within the radius of the setting
        `households_radius_miles`, means weighted by households; blank where nobody lives there.
    """
    sites, demand = place.sites, case.demand
    km = case.scenario.households_radius_miles * KM_PER_MILE
    site, point = within_km(sites["lat"], sites["lon"], demand["lat"], demand["lon"], km)
    share = demand["share_bachelors"].to_numpy(float)[point]
    homes = np.where(np.isnan(share), 0.0, demand["households"].to_numpy(float)[point])
    total = np.bincount(site, homes, len(sites))
    degrees = np.bincount(site, homes * np.nan_to_num(share), len(sites))
    blank = np.full(len(sites), np.nan)
    around = next(iter(place.around.values()))  # of the first format: at the sites themselves
    return pd.DataFrame(
        {
            "size_sqft": sites["size_sqft"].to_numpy(float),
            "nearest_own_miles": np.min(list(place.miles.values()), axis=0),
            "income_usd": around["income_usd"].to_numpy(float),
            "share_bachelors": np.divide(degrees, total, out=blank, where=total > 0),
            "households": around["households"].to_numpy(float),
        }
    )


def forecast_table(case: Case, made_on: dt.date, draws: int, ledger_sha256: str) -> pd.DataFrame:
    """Return the forecast of a case, one row a candidate, by store id.

    Parameters
    ----------
    made_on : datetime.date
        The day of writing.
    draws : int
        Draws of the ledger, a power of two.
    ledger_sha256 : str
        Of the ledger's file, for the record.
    """
    place = setting_of(case)
    plans = drawn_plans(case, draw_ledger(case.ledger, draws, case.scenario.seed), place)
    task = plan_task(case, closure_table(case), place)
    chosen = task.problem.columns.site[list(optimum(task).chosen[0])]
    probability = (plans.converts.sum(axis=0) + 0.5) / (draws + 1)
    base_rate = float(StoreValues(case.ledger, place.sites).of(BASE_RATE_KEY).mean())
    method = (
        f"share of {draws} draws of all assumptions in which the proven plan converts the store; "
        f"scenario {case.scenario.name}; seed {case.scenario.seed}; {LEDGER_FILE} sha256 "
        f"{ledger_sha256}; retail_portfolio {retail_portfolio.__version__}"
    )
    table = pd.DataFrame(
        {
            "store_id": list(plans.store_id),
            "made_on": made_on.isoformat(),
            "information_until": case.scenario.as_of.isoformat(),
            "probability": probability,
            "probability_at_base_rate": at_base_rate(probability, base_rate),
            "base_rate": base_rate,
            "plan_converts": np.isin(np.arange(len(plans.store_id)), chosen).astype(float),
        }
    )
    table = table.join(naive_columns(case, place)).assign(method=method)
    return table.sort_values("store_id", ignore_index=True)


def as_text(table: pd.DataFrame) -> str:
    """Return a forecast as it stands in its file."""
    written = table.copy()
    for column, places in DECIMALS.items():
        known = table[column].notna()
        cells = [f"{value:.{places}f}" for value in table.loc[known, column]]
        written[column] = pd.Series(cells, table.index[known], dtype="str").reindex(table.index)
    out = io.StringIO()
    written.to_csv(out, index=False, lineterminator="\n", na_rep="")
    return out.getvalue()


def checked_path(data: Path, made_on: str, today: dt.date) -> Path:
    """Return where the forecast of a day goes.

    Raises
    ------
    InputError
        If the day is not today, or a forecast of it is there.
    """
    path = data / "forecasts" / f"{made_on}.csv"
    if made_on != today.isoformat():
        expected = f"today, {today.isoformat()}: a forecast carries the day on which it is written"
        raise InputError([Fault("--made-on", None, None, made_on, expected)])
    if path.exists() or path.is_symlink():
        expected = "no such file yet: a dated forecast is never written over"
        raise InputError([Fault(f"forecasts/{path.name}", None, None, path.name, expected)])
    return path


def main(arguments: list[str] | None = None, today: dt.date | None = None) -> int:
    """Make and write the forecast; return 0, or 2 where it may not be written."""
    parser = argparse.ArgumentParser(prog="python -m tools.forecast", description=__doc__)
    parser.add_argument("--made-on", required=True, help="today, as YYYY-MM-DD")
    parser.add_argument("--data", default="", help="data folder; the checkout's own if left out")
    parser.add_argument("--draws", type=int, default=DRAWS, help="a power of two")
    chosen = parser.parse_args(arguments)
    try:
        folder = folders.data_folder(chosen.data)
        path = checked_path(folder, chosen.made_on, today or dt.datetime.now().astimezone().date())
        case = load_case(data_dir=chosen.data)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    digest = hashlib.sha256((folder / LEDGER_FILE).read_bytes()).hexdigest()
    made_on = dt.date.fromisoformat(chosen.made_on)
    text = as_text(forecast_table(case, made_on, chosen.draws, digest))
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8", newline="") as file:
        file.write(text)
    sys.stdout.write(f"{path.name}: {text.count(chr(10)) - 1} stores\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
