r"""Uncertainty: closures, conversions, their plan and checkout in every draw of the ledger.

A draw gives every moving row of the ledger a value (`retail_portfolio.model.sampling.draws`);
stores and scenarios share their draws. Each part is computed for all draws at once:

    closure      `closure_draws`       the formulas of the bill itself
    conversion   `conversion_draws`    the formulas of an opening, sales from `trade_table`
    plan         `plan_screen`         screened; proven for some of the draws in `uncertain_plans`
    checkout     `checkout_draws`      the formulas of the comparison itself

What a draw n adds to the base is measured from the base as the same computation sees it, and laid
on the base as the single case has it:

    y_n = y(base) + ( y'_n - y'(base) )

so that an approximation, where y' is one, never moves the base, and ranges that are closed give the
answers of the single case to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from retail_portfolio.model.checkouts.checkout_codes import Codes, codes_of
from retail_portfolio.model.checkouts.checkout_draws import checkout_draws
from retail_portfolio.model.checkouts.checkout_sites import checkout_sites, paid_table
from retail_portfolio.model.checkouts.checkout_terms import READINGS
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.market.roads import roads_of
from retail_portfolio.model.market.transfer import modelled_sales, trade_facts
from retail_portfolio.model.opening.conversion import conversion_table, setting_of
from retail_portfolio.model.planning.plan_screen import CLOSES, screen_of
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.sampling.draws import first_quantiles, moves, name_of
from retail_portfolio.model.sampling.ensemble import Draws
from retail_portfolio.model.sampling.lanes import in_lanes
from retail_portfolio.model.targets import targets_of
from retail_portfolio.model.uncertain.closure_draws import closure_draws
from retail_portfolio.model.uncertain.conversion_draws import conversion_draws
from retail_portfolio.model.uncertain.drawn_outcomes import Outcomes, joined, none_of
from retail_portfolio.model.uncertain.trade_table import trade_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from retail_portfolio.inputs.assumptions import Ledger
    from retail_portfolio.inputs.case import Case
    from retail_portfolio.model.market.roads import Roads
    from retail_portfolio.model.opening.conversion import Setting
    from retail_portfolio.model.planning.plan_screen import Screen
    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.planning.plan_task import PlanTask
    from retail_portfolio.model.uncertain.trade_table import TradeTable

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

TOGETHER = 2048
"""Draws computed together: bounds the memory, and keeps what is worked on near the processor."""
QUANTILES: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)
COLUMNS: tuple[str, ...] = ("p5", "p25", "p50", "p75", "p95")
"""What the quantiles are called in tables."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case looked at once, ready for any number of draws.

    Parameters
    ----------
    case
        The case, at the base of its ledger.
    roads, table
        Travel and sales over the assumptions behind them.
    task, found
        The choice of the base, and its best plan.
    screen
        How plans are screened; ``None`` where the plan has limits.
    base
        What the single case answers, as one draw.
    modelled
        Whether the sales of each closing store are the trade areas', shape ``(stores,)``.
    """

    case: Case
    roads: Roads
    table: TradeTable
    task: PlanTask
    found: Found
    screen: Screen | None
    base: Outcomes
    modelled: NDArray[np.bool_]

    def outcomes(self, uniforms: Mapping[str, Floats]) -> Outcomes:
        """Compute what comes out in every draw.

        Parameters
        ----------
        uniforms
            Quantiles by name of the ledger, numbers in [0, 1) of shape ``(draws,)``; NaN, and a
            name that is not there, is the base.
        """
        draws = len(next(iter(uniforms.values()), ()))
        firsts = range(0, draws, TOGETHER)
        parts = in_lanes(
            lambda first: self._part(
                {name: values[first : first + TOGETHER] for name, values in uniforms.items()}
            ),
            firsts,
        )
        return joined(parts) if parts else none_of(self.base)

    def _part(self, uniforms: Mapping[str, Floats]) -> Outcomes:
        # The base goes first, so that it is computed as every draw beside it is.
        told = {name: np.concatenate([[np.nan], values]) for name, values in uniforms.items()}
        count = len(next(iter(told.values())))
        case, draws = self.case, Draws(self.case.ledger, told, fast=True)
        sold = self.table.read(told, count)
        sales = np.where(self.modelled, sold.closing, np.nan)
        bill = closure_draws(case, draws, sales)
        worth = conversion_draws(case, draws, bill, sold)
        compared = bool(case.scenario.checkout_formats)
        paid = checkout_draws(case, draws, sales).paid_extra_usd_year if compared else {}
        npv = _laid(worth.npv_vs_exit_usd, self.base.npv_vs_exit_usd)
        taken, value, kept, scale = self._plans(npv, worth.gain_usd)
        return Outcomes(
            _laid(bill.exit_cost_usd, self.base.exit_cost_usd),
            _laid(bill.impairment_usd, self.base.impairment_usd),
            npv,
            scale,
            taken,
            value,
            kept,
            {
                reading: _laid(paid[reading], self.base.walk_out_extra_usd_year[reading])
                for reading in paid
            },
            self.base.targets,
            words=self.base.words,
        )

    def _plans(self, npv: Floats, gain: Floats) -> tuple[Ints, Floats, Floats, Floats]:
        if self.screen is None:
            return np.zeros((0, 0), np.int64), np.zeros(0), np.zeros(0), np.ones_like(npv)
        with_base = np.concatenate([self.base.npv_vs_exit_usd, npv])
        scale = self.screen.scale(gain)
        plans, kept = self.screen.from_base(with_base, scale)
        value = _laid(plans.value_usd, self.base.plan_value_usd)
        return plans.taken[1:], value, _laid(kept, self.base.base_plan_value_usd), scale[1:]


def _laid(found: Floats, base: Floats) -> Floats:
    """Lay what draws add to the first row, which is the base, on the base of the single case.

    What the base has no number for, such as a site that cannot open, stands as the draws say.
    """
    laid = base + (found[1:] - found[:1])
    return np.where(np.isnan(found[:1]) | np.isnan(base), found[1:], laid)


def prepare(case: Case) -> Prepared:
    """Look at a case once: roads, trade areas and their table, bill, values, plan, checkout.

    Raises
    ------
    InputError
        If the settings of the plan name what is not there, or leave no plan.
    """
    roads = roads_of(case)
    table = trade_table(case, roads)
    trade = table.trade
    bill = closure_table(case, trade_facts(case, trade))
    place = setting_of(case, trade)
    values = conversion_table(case, bill, place)
    task = plan_task(case, bill, place)
    found = optimum(task)
    start = taken_of(task, found)
    by_option = _by_option(place, values)
    screen = None if task.rules else _screen(table, by_option, start, found)
    sales = modelled_sales(case, trade)
    one = [found.value_usd[0]] if screen is not None else []
    base = Outcomes(
        bill["exit_cost_usd"].to_numpy(float)[None, :],
        bill["impairment_usd"].to_numpy(float)[None, :],
        by_option["npv_vs_exit_usd"].to_numpy(float)[None, :],
        np.ones((1, len(by_option))),
        start[None, :] if screen is not None else np.zeros((0, 0), np.int64),
        np.array(one),
        np.array(one),
        _paid_extra(case, sales),
        targets_of(case.scenario),
        words=case.words,
    )
    modelled = bill["store_id"].isin(sales.index).to_numpy()
    return Prepared(case, roads, table, task, found, screen, base, modelled)


def _by_option(place: Setting, values: pd.DataFrame) -> pd.DataFrame:
    """Return the money of every site with every target, by target; blank where it has it not."""
    money = ["margin_pv_usd", "cannibalisation_pv_usd", "npv_vs_exit_usd"]
    targets, sites = list(place.candidates.targets), place.sites["store_id"].tolist()
    index = pd.MultiIndex.from_product([targets, sites], names=["to_format", "store_id"])
    return values.set_index(["to_format", "store_id"])[money].reindex(index).astype(float)


def _paid_extra(case: Case, sales_usd_year: pd.Series) -> dict[str, Floats]:
    """Return what walk-out checkout cost beyond the best alternative, by reading."""
    if not case.scenario.checkout_formats:
        return {}
    paid = paid_table(checkout_sites(case, sales_usd_year), case).table
    codes = codes_of(case.scenario)
    columns = {reading: codes.column("paid_extra", reading) for reading in READINGS}
    return {
        reading: np.array([paid[column].sum()])
        for reading, column in columns.items()
        if column in paid.columns
    }


def _screen(table: TradeTable, values: pd.DataFrame, start: Ints, found: Found) -> Screen:
    """Look at what candidates take from each other, and let it agree with the plan of the base."""
    screen = screen_of(table.trade, table.options, len(start), start)
    if values.empty:
        return screen
    gain = (values["margin_pv_usd"] + values["cannibalisation_pv_usd"]).fillna(0.0)
    scale = screen.scale(gain.to_numpy(float)[None, :])
    return screen.fitted(
        values["npv_vs_exit_usd"].to_numpy(float)[None, :], scale, found.value_usd[0]
    )


def taken_of(task: PlanTask, found: Found) -> Ints:
    """Return the target of each site in the best plan, or `CLOSES`, shape ``(sites,)``."""
    columns, targets = task.problem.columns, targets_of(task.case.scenario)
    taken = np.full(len(columns.store_id), CLOSES, dtype=np.int64)
    for column in found.chosen[0]:
        taken[columns.site[column]] = targets.index(columns.to_format[column])
    return taken


def drawn_names(ledger: Ledger) -> tuple[str, ...]:
    """Return the names of the ledger that draws move, in the order of the alphabet."""
    return tuple(sorted({name_of(key) for key, row in ledger.items() if moves(row)}))


def uniforms_of(case: Case, draws: int) -> dict[str, Floats]:
    """Return the draws of a case: its seed's first points, for every name that moves.

    Raises
    ------
    ValueError
        If ``draws`` is below 1.
    """
    drawn = first_quantiles(case.ledger, draws, case.scenario.seed)
    return {name: drawn[name] for name in drawn_names(case.ledger)}


_LABELS: Mapping[str, tuple[str, str]] = {
    "exit_cost_usd": ("Cash cost of leaving all closing stores, after tax", "usd"),
    "impairment_usd": ("Impairment expensed, expected over conversions", "usd"),
    "plan_value_usd": ("Gain of the best plan over closing every store", "usd"),
    "base_plan_value_usd": ("Gain of the plan of the base, whatever turns out", "usd"),
    "stores_converting": ("Sites that convert in the best plan", "stores"),
}


def labels_of(codes: Codes) -> dict[str, tuple[str, str]]:
    """Return label and unit of each total."""
    words = f"{codes.start} beyond the best alternative a year, closing stores that had it"
    paid = {codes.column("extra", one): (f"{words} ({one})", "usd_year") for one in READINGS}
    return {**_LABELS, **paid}


def ranges_table(base: Outcomes, found: Outcomes) -> pd.DataFrame:
    """Return the quantiles of every total over the draws.

    Returns
    -------
    DataFrame
        ``key, label, unit, base`` and `COLUMNS`; one row a total.
    """
    rows, labels = [], labels_of(found.codes)
    single, drawn = base.totals(), found.totals()
    if "plan_value_usd" in drawn:
        single["stores_converting"] = base.stores_converting
        drawn["stores_converting"] = found.stores_converting
    for key, values in drawn.items():
        at = np.quantile(values, QUANTILES).tolist() if len(values) else [np.nan] * len(COLUMNS)
        rows.append((key, *labels[key], float(single[key][0]), *at))
    return pd.DataFrame(rows, columns=["key", "label", "unit", "base", *COLUMNS])


def portfolio_ranges(case: Case, draws: int) -> pd.DataFrame:
    """Return the quantiles of the totals of a case over draws of its ledger.

    Parameters
    ----------
    draws
        How many, 1 or more.

    Returns
    -------
    DataFrame
        As `ranges_table`.

    Raises
    ------
    ValueError
        If ``draws`` is below 1.
    """
    ready = prepare(case)
    return ranges_table(ready.base, ready.outcomes(uniforms_of(case, draws)))
