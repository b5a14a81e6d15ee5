r"""Uncertain plans: which sites convert in how many draws, some proven and the others screened.

For the first M of N draws the plan is solved with proof
(`retail_portfolio.model.planning.plan_odds`), for the others it is screened
(`retail_portfolio.model.planning.plan_screen`). With x_ns whether site s converts in draw n,

    p_s = sum_n x_ns / N

counts both. How far a screen can be trusted is seen where both are known: in the M draws, the share
of sites that it decides as the proof does, and what it says of the gain beyond what is proven.

A plan with limits is screened nowhere: its shares are those of the M draws alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.number_words import percent
from retail_portfolio.model.planning.plan_odds import MOSTLY, RARELY, drawn_plans
from retail_portfolio.model.planning.plan_screen import CLOSES
from retail_portfolio.model.result import Figure, Result
from retail_portfolio.model.sampling.draws import LedgerDraws, draw_ledger
from retail_portfolio.model.targets import converting, decision_of, targets_of
from retail_portfolio.model.uncertain.uncertainty import COLUMNS, QUANTILES, taken_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.planning.plan_odds import DrawnPlans
    from retail_portfolio.model.uncertain.drawn_outcomes import Outcomes
    from retail_portfolio.model.uncertain.trade_error import TradeError
    from retail_portfolio.model.uncertain.uncertainty import Prepared

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class UncertainPlans:
    """The plan of every draw: proven for the first, screened for the others.

    Parameters
    ----------
    solved
        The proven plans of the first draws; none of them may be asked for.
    screened
        The screened plans of all draws,
        `retail_portfolio.model.uncertain.drawn_outcomes.Outcomes.taken`.
    screened_usd
        What these gain.
    words
        What the portfolio decides about words.
    """

    solved: DrawnPlans
    screened: Ints
    screened_usd: Floats
    words: Speech

    @property
    def taken(self) -> Ints:
        """Format of each site in each draw, or `CLOSES`: as proven where it is, else screened."""
        return np.concatenate([self.solved.taken, self.screened[len(self.solved.taken) :]])

    def converts(self, taken: Ints) -> NDArray[np.bool_]:
        """Tell where a site converts: `retail_portfolio.model.targets.converting`."""
        return converting(taken, self.solved.formats)

    @property
    def draws_solved(self) -> int:
        """Number of draws whose plan is proven."""
        return len(self.solved.taken)

    @property
    def draws_screened(self) -> int:
        """Number of draws whose plan is screened only."""
        return max(len(self.screened) - self.draws_solved, 0)


def uncertain_plans(ready: Prepared, found: Outcomes, solved_draws: int) -> UncertainPlans:
    """Solve the plan of the first draws, and take the screen for the others.

    Parameters
    ----------
    ready
        The case.
    found
        What comes out in its draws, those of
        `retail_portfolio.model.uncertain.uncertainty.uniforms_of`.
    solved_draws
        How many are solved, 0 or more; no more than there are draws.
    """
    count = min(solved_draws, len(found.exit_cost_usd))
    case = ready.case
    drawn = _first(case.ledger, count, case.scenario.seed)
    solved = drawn_plans(case, drawn, ready.task.place, ready.roads)
    sites = len(solved.store_id)
    screened = found.taken if ready.screen is not None else np.zeros((0, sites), np.int64)
    return UncertainPlans(solved, screened, found.plan_value_usd, found.words)


def _first(ledger: Ledger, count: int, seed: int) -> LedgerDraws:
    """Return the first draws of a ledger, as many as one likes."""
    if not count:
        return LedgerDraws(ledger, (), np.zeros((0, 0)))
    drawn = draw_ledger(ledger, 1 << (count - 1).bit_length(), seed)
    return replace(drawn, values=drawn.values[:count])  # noqa: PD011 - no frame


def screening(plans: UncertainPlans, trade: TradeError | None = None) -> Result:
    """Hold the screen against the proof, and the table of sales against sales computed in full.

    Parameters
    ----------
    trade
        Of `retail_portfolio.model.uncertain.trade_error.trade_error` on the same draws, where it is
        known.

    Returns
    -------
    Result
        One row: ``draws_solved, draws_screened, share_agreeing`` (of sites and draws, whether they
        convert), ``mean_solved_usd, mean_screened_usd`` (the gain in the draws that have both),
        ``correlation`` (of the two gains), ``draws_without_plan`` (solved ones in which limits
        leave none), ``draws_computed, sales_error, sales_bias, sales_spread`` (of the table, in
        parts of the sales). Blank where there is nothing to compare.
    """
    both = min(plans.draws_solved, len(plans.screened))
    solved, screened = plans.solved.value_usd[:both], plans.screened_usd[:both]
    told = plans.solved.converts[:both] == plans.converts(plans.screened[:both])
    vary = both > 1 and np.ptp(solved) > 0 and np.ptp(screened) > 0
    row = {
        "draws_solved": plans.draws_solved,
        "draws_screened": plans.draws_screened,
        "share_agreeing": float(told.mean()) if told.size else np.nan,
        "mean_solved_usd": float(solved.mean()) if both else np.nan,
        "mean_screened_usd": float(screened.mean()) if both else np.nan,
        "correlation": float(np.corrcoef(solved, screened)[0, 1]) if vary else np.nan,
    }
    sentence = f"The plan is solved with proof in {plans.draws_solved:,} draws"
    if plans.draws_screened:
        sentence += f" and screened in the other {plans.draws_screened:,}"
    if told.size:
        over = row["mean_screened_usd"] / row["mean_solved_usd"] - 1 if solved.mean() else 0.0
        sentence += (
            "; where both are known, the screen decides "
            f"{percent(row['share_agreeing'], 1)} of the sites as the proof does and puts the "
            f"gain {percent(abs(over), 1)} {'higher' if over >= 0 else 'lower'}"
        )
    row["draws_without_plan"] = int(np.isnan(plans.solved.value_usd).sum())
    if row["draws_without_plan"]:
        sentence += f"; in {row['draws_without_plan']:,} of them the limits leave no plan"
    if trade is not None:
        row |= {
            "draws_computed": trade.draws,
            "sales_error": trade.error,
            "sales_bias": trade.bias,
            "sales_spread": trade.spread,
        }
        if np.isfinite(trade.error):
            sentence += (
                f". Sales read off the table are {percent(trade.error, 1)} from sales computed in "
                f"full (root mean square over {trade.draws} draws, in which a site's sales spread "
                f"by {percent(trade.spread)})"
            )
    units = {name: unit for name, unit in _SCREENING_UNITS.items() if name in row}
    table = pd.DataFrame([row])
    return Result(table, f"{sentence}.", units, dict.fromkeys(units, "modelled"), words=plans.words)


_SCREENING_UNITS = {
    "draws_solved": "draws",
    "draws_screened": "draws",
    "share_agreeing": "share",
    "mean_solved_usd": "usd",
    "mean_screened_usd": "usd",
    "correlation": "ratio",
    "draws_without_plan": "draws",
    "draws_computed": "draws",
    "sales_error": "share",
    "sales_bias": "share",
    "sales_spread": "share",
}


def store_ranges(ready: Prepared, found: Outcomes, plans: UncertainPlans) -> Result:
    """Say of every closing store what it costs to leave and how often it converts.

    Returns
    -------
    Result
        One row a closing store, in the order of the register: ``store_id, banner, state``, its
        ``decision`` in the plan of the base (``close``, ``convert_<format>``, ``keep`` or
        ``relocate``), the exit cost at the base and its quantiles (``exit_cost_usd,
        exit_cost_p5_usd`` to ``exit_cost_p95_usd``), likewise ``npv_vs_exit`` of the site alone,
        with its best target (blank for a store that is no candidate), ``probability`` (share of the
        draws in which it converts), ``probability_<target>``, ``standard_error``,
        ``probability_solved`` (of the proven draws alone), ``draws_solved, draws_screened``.
    """
    stores = ready.table.trade.options
    stores = stores[stores["status"] == "closing"].reset_index(drop=True)
    states = ready.case.stores.set_index("store_id")["state"]
    table = pd.DataFrame(
        {
            "store_id": stores["store_id"],
            "banner": stores["banner"],
            "state": states.loc[stores["store_id"]].to_numpy(),
        }
    )
    table["decision"] = _decisions(ready, table["store_id"])
    table["exit_cost_usd"] = ready.base.exit_cost_usd[0]
    for name, values in _quantiles("exit_cost", found.exit_cost_usd).items():
        table[name] = values
    sites = list(plans.solved.store_id)
    formats = max(len(plans.solved.formats), 1)
    best = _best(found.npv_vs_exit_usd, formats)
    facts = {"npv_vs_exit_usd": _best(ready.base.npv_vs_exit_usd, formats)[0]}
    facts |= _quantiles("npv_vs_exit", best)
    facts |= _shares(plans)
    odds = pd.DataFrame(facts, index=pd.Index(sites, name="store_id"))
    table = table.join(odds, on="store_id")
    table["draws_solved"] = plans.draws_solved
    table["draws_screened"] = plans.draws_screened
    money = [c for c in table.columns if c.endswith("_usd")]
    shares = [c for c in table.columns if c.startswith(("probability", "standard_error"))]
    units = dict.fromkeys(money, "usd") | dict.fromkeys(shares, "share")
    units |= dict.fromkeys(["draws_solved", "draws_screened"], "draws")
    sentence, figures = _said(plans)
    return Result(
        table, sentence, units, dict.fromkeys(units, "modelled"), figures, words=plans.words
    )


def _decisions(ready: Prepared, stores: pd.Series) -> pd.Series:
    """Decision of each store in the plan of the base: a store that is no candidate closes."""
    formats = targets_of(ready.case.scenario)
    sites = ready.task.problem.columns.store_id
    chosen = {
        site: decision_of(formats[at])
        for site, at in zip(sites, taken_of(ready.task, ready.found), strict=True)
        if at != CLOSES
    }
    return stores.map(lambda store: chosen.get(store, "close"))


def _quantiles(name: str, values: Floats) -> dict[str, Floats]:
    """Quantiles of each column over the draws, blank where a draw has none."""
    if not len(values):
        at = np.full((len(QUANTILES), values.shape[1]), np.nan)
    else:
        at = np.quantile(values, QUANTILES, axis=0)
    return {f"{name}_{column}_usd": row for column, row in zip(COLUMNS, at, strict=True)}


def _best(npv_usd: Floats, formats: int) -> Floats:
    """Value of each site in its best format of each draw; blank where it can have none."""
    by_format = npv_usd.reshape(len(npv_usd), formats, npv_usd.shape[1] // formats)
    least = np.where(np.isnan(by_format), -np.inf, by_format).max(axis=1)
    return np.where(np.isfinite(least), least, np.nan)


def _shares(plans: UncertainPlans) -> dict[str, Floats]:
    taken, solved = plans.taken, plans.solved.taken
    sites = len(plans.solved.store_id)
    if not len(taken):
        nothing = np.full(sites, np.nan)
        return {"probability": nothing, "standard_error": nothing, "probability_solved": nothing}
    share = plans.converts(taken).mean(axis=0)
    found = {"probability": share}
    for at, fmt in enumerate(plans.solved.formats):
        found[f"probability_{fmt}"] = (taken == at).mean(axis=0)
    found["standard_error"] = _error(plans, share)
    proven = plans.converts(solved).mean(axis=0) if len(solved) else np.full(sites, np.nan)
    return found | {"probability_solved": proven}


def _error(plans: UncertainPlans, share: Floats) -> Floats:
    """Return the standard error of a share, by draws and, where plans are screened, by the screen.

    What the screen decides otherwise than the proof, in the draws that have both, is off by its
    mean, and by what chance leaves of that mean.
    """
    of_draws = share * (1 - share) / len(plans.taken)
    both = min(plans.draws_solved, len(plans.screened))
    if not both or not plans.draws_screened:
        return np.sqrt(of_draws)
    miss = plans.converts(plans.screened[:both]).astype(float) - plans.solved.converts[:both]
    screened = plans.draws_screened / len(plans.taken)
    found: Floats = np.sqrt(of_draws + screened**2 * (miss.mean(axis=0) ** 2 + miss.var(0) / both))
    return found


def _said(plans: UncertainPlans) -> tuple[str, tuple[Figure, ...]]:
    """Say how many sites are decided, and how many convert in the mean."""
    taken = plans.taken
    if not taken.size:
        return "No site is a candidate, or no draw is looked at.", ()
    converts = plans.converts(taken)
    share, counts = converts.mean(axis=0), converts.sum(axis=1)
    most, few = int((share > MOSTLY).sum()), int((share < RARELY).sum())
    low, high = (float(q) for q in np.quantile(counts, [0.05, 0.95]))
    mean = float(counts.mean())
    source = f"plan model on {len(taken):,} draws of assumptions.csv"
    sentence = (
        f"{most} of {len(share)} sites convert in more than three quarters of the draws and {few} "
        f"in less than a quarter; {len(share) - most - few} could go either way."
    )
    figure = Figure(
        "stores_converting_drawn",
        "Sites that convert, mean over draws of all assumptions",
        mean,
        "stores",
        "modelled",
        source,
        min(low, mean),
        max(high, mean),
        words=plans.words,
    )
    return sentence, (figure,)
