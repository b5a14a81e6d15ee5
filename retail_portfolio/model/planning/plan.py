"""Which stores of the wave close and which convert, chosen together.

The choice is that of `retail_portfolio.model.planning.plan_problem`, its limits those of
`retail_portfolio.model.planning.plan_rules`, and it is proven by
`retail_portfolio.model.planning.plan_solve`. A plan that somebody names is valued by the same model
and set against the proven bound.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.number_words import amount, counted, listed_names, percent, plain
from retail_portfolio.model.planning.plan_reasons import FLIPS, reasons, standing
from retail_portfolio.model.planning.plan_rules import (
    Rule,
    candidate_names,
    columns_named,
    unknown_names,
)
from retail_portfolio.model.planning.plan_solve import chosen_flags, solve
from retail_portfolio.model.planning.plan_task import optimum
from retail_portfolio.model.result import Figure, PlanResult
from retail_portfolio.model.store_values import StoreValues
from retail_portfolio.model.targets import CLOSE, CONVERT, KEEP, RELOCATE, counts_of, decision_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.planning.plan_solve import Found
    from retail_portfolio.model.planning.plan_task import PlanTask
    from retail_portfolio.model.result import RangeBasis

    Flags = NDArray[np.bool_]

Status = Literal["optimal", "feasible", "infeasible"]

PROVEN = 1e-6
"""Gap at which a plan counts as proven."""
NAMED_BY = "--convert"
"""Where a plan is named, unless told otherwise."""
NO_CANDIDATE = "its format is not one that can convert"
NOT_VALUED = (
    "not valued: it is in nobody's reach, as far as the demand table knows, or its lease ends too "
    "soon"
)

NO_OTHER = "nothing but closing is weighed for it"
NOT_VALUED_EITHER = f"{NOT_VALUED}, or nobody knows what it earns"


def plan(task: PlanTask, found: Found | None = None) -> PlanResult:
    """Choose for every closing store between closing and each target it could take.

    Parameters
    ----------
    task
        The choice: `retail_portfolio.model.planning.plan_task.plan_task`.
    found
        Its best plan, where it is known.

    Returns
    -------
    PlanResult
        Table with one row a closing store: ``store_id, decision, npv_vs_exit_usd, reason``, the
        flip points of `retail_portfolio.model.planning.plan_reasons` and ``opening_year``.
        ``decision`` is ``close``, ``keep``, ``relocate`` or ``convert_<format>``;
        ``npv_vs_exit_usd`` is the marginal value within the plan: of what is decided, or of the
        best that a closing store could add; blank where
        the store is no candidate or could not be valued.

    Raises
    ------
    InputError
        If the limits leave no plan; it names those in conflict.
    """
    best = optimum(task) if found is None else found
    chosen = chosen_flags(task.problem, best.chosen[0])
    return _result(task, chosen, best.bound_usd)


def value_of(
    task: PlanTask, convert: Sequence[str], found: Found | None = None, where: str = NAMED_BY
) -> PlanResult:
    """Value a plan of exactly the sites named, each ``ID`` or ``ID:TARGET``; all others close.

    Where a site alone is named it converts, to the best format for the plan as a whole. Limits do
    not bind; those that the plan breaks stand in ``violations``. The bound is that of the limits.

    Parameters
    ----------
    found
        The best plan within the limits, where it is known.
    where
        What a fault calls the place where the plan was named.

    Raises
    ------
    InputError
        If a name is unknown, cannot be valued, or asks for two formats of one site.
    """
    chosen = named_columns(task, convert, where)
    best = found or solve(task.problem, task.rules, ceilings=task.ceilings)
    broken = tuple(f"{rule.name}: {rule.says}" for rule in task.rules if rule.broken_by(chosen))
    bound = np.nan if best is None else best.bound_usd
    return _result(task, chosen, bound, broken, named=True)


def named_columns(task: PlanTask, convert: Sequence[str], where: str = NAMED_BY) -> Flags:
    """Return the best columns for exactly the sites named; as `value_of`."""
    columns = task.problem.columns
    names = list(dict.fromkeys(convert))
    refuse_unknown(task, names, where)
    forced = []
    for name in names:
        row = columns_named(columns, name).astype(float)
        forced.append(Rule("named", name, row[None, :], np.ones(1), np.ones(1)))
    sites = {name.partition(":")[0] for name in names}
    out = np.array([columns.store_id[s] not in sites for s in columns.site], dtype=float)
    forced.append(Rule("named", "no other", out[None, :], np.full(1, -np.inf), np.zeros(1)))
    paced = [rule for rule in task.rules if rule.name == "plan.openings_per_year"]
    # Opening years are chosen so as to keep to the pace where that can be.
    for rules in ([*forced, *paced], forced):
        found = solve(task.problem, rules, ceilings=task.ceilings)
        if found is not None:
            return chosen_flags(task.problem, found.chosen[0])
    wanted = "one format for each site"
    raise InputError([Fault(where, None, None, ",".join(names), wanted)])


def refuse_unknown(task: PlanTask, names: Sequence[str], where: str = NAMED_BY) -> None:
    """Refuse names of sites that no column answers to.

    Raises
    ------
    InputError
        With a fault for every name that is no candidate, or one that cannot be valued.
    """
    columns = task.problem.columns
    every = candidate_names(task.case)
    faults = unknown_names(names, every, where, None)
    valued = {columns.name(c) for c in range(len(columns))}
    valued |= {columns.store_id[s] for s in columns.site[columns.converts]}
    faults += [
        Fault(where, None, None, name, "a site that can be valued: " + NOT_VALUED)
        for name in names
        if name in every and name not in valued
    ]
    if faults:
        raise InputError(faults)


def _result(
    task: PlanTask,
    chosen: Flags,
    bound_usd: float,
    broken: tuple[str, ...] = (),
    *,
    named: bool = False,
) -> PlanResult:
    table = _table(task, chosen)
    objective = task.problem.value_usd(chosen)
    bound = max(bound_usd, objective)  # a plan that breaks limits may pass the bound of the limits
    gap = (bound - objective) / max(1.0, abs(objective))
    status: Status = "infeasible" if broken else "optimal" if gap <= PROVEN else "feasible"
    if np.isnan(bound_usd):
        bound, gap, status = np.nan, np.nan, "infeasible"
    columns, words = task.problem.columns, task.case.words
    counts = counts_of(columns.to_format[column] for column in np.flatnonzero(chosen))
    candidates = len(set(columns.site[columns.converts].tolist()))
    units = {"npv_vs_exit_usd": "usd", "opening_year": "years"} | dict.fromkeys(FLIPS, "ratio")
    return PlanResult(
        table,
        _sentence(
            task,
            f"{_what(task, counts, candidates)}, {'valued' if named else 'chosen'} together",
            candidates,
            objective,
            _proof(status, amount(bound - objective, words.currency), named),
        ),
        units,
        dict.fromkeys([*units, "decision"], "modelled"),
        _figures(counts, objective, words),
        status=status,
        objective_usd=objective,
        bound_usd=bound,
        gap=gap,
        violations=broken,
        words=words,
    )


def _table(task: PlanTask, chosen: Flags) -> pd.DataFrame:
    stores = task.case.stores
    closing = stores.loc[stores["status"] == "closing", "store_id"].tolist()
    stands = standing(task, chosen)
    told = dict(zip(stands.index, reasons(task, stands), strict=True))
    sites = set(task.place.sites["store_id"])
    known = stands.reindex(closing)
    chosen_one = known["chosen"].eq(other=True).to_numpy()
    targets = known["to_format"].fillna("")
    decision = np.where(chosen_one, [decision_of(target) for target in targets], CLOSE)
    plain = set(task.case.scenario.decisions) <= {CLOSE, CONVERT}
    not_valued, no_candidate = (
        (NOT_VALUED, NO_CANDIDATE) if plain else (NOT_VALUED_EITHER, NO_OTHER)
    )
    other = [not_valued if one in sites else no_candidate for one in closing]
    table = pd.DataFrame(
        {
            "store_id": closing,
            "decision": decision.astype(object),
            "npv_vs_exit_usd": known["marginal_usd"].to_numpy(float),
            "reason": [told.get(one, why) for one, why in zip(closing, other, strict=True)],
        }
    )
    for column in FLIPS:
        table[column] = known[column].to_numpy(float)
    table["opening_year"] = np.where(
        chosen_one & (targets != KEEP), known["opening_year"].to_numpy(float), np.nan
    )
    return table


def _what(task: PlanTask, counts: dict[str, int], candidates: int) -> str:
    """Say how many sites convert, and how many stay or move where the scenario weighs that."""
    weighed, converting = task.case.scenario.decisions, counts[CONVERT]
    said = []
    if candidates or set(weighed) <= {CLOSE, CONVERT}:
        verb = "converts" if converting == 1 else "convert"
        said.append(f"{converting} of {counted(candidates, 'site')} {verb}")
    for decision, one, many in ((KEEP, "stays open", "stay open"), (RELOCATE, "moves", "move")):
        if decision in weighed:
            number = counts[decision]
            said.append(f"{number} {one if number == 1 else many}" if number else f"none {one}")
    text = ", ".join(said)
    return text[0].upper() + text[1:]


def _proof(status: str, short: str, named: bool) -> str:  # noqa: FBT001 - one of two ways
    """Say how a plan stands to the best one."""
    if status == "feasible" and named:
        return f"as named; the best plan within the limits gains {short} more"
    return {
        "optimal": "no other choice gains more",
        "feasible": "not proven to be the best",
        "infeasible": "it breaks limits of the scenario",
    }[status]


def _sentence(task: PlanTask, what: str, candidates: int, gain_usd: float, proof: str) -> str:
    if not (task.case.stores["status"] == "closing").any():
        return f"No store closes.{_unmet(task)}"
    if not len(task.problem.columns):
        return f"No closing store could become anything else.{_unmet(task)}"
    settings = task.case.scenario
    columns = task.problem.columns
    sites = task.place.sites.iloc[sorted(set(columns.site[columns.converts].tolist()))]
    shares, prior = StoreValues(task.case.ledger, sites).maybe("us_conversion_share"), ""
    if candidates and not np.isnan(shares).any():
        prior = (
            f" The ledger expects that {percent(shares.mean())}, about {plain(shares.sum())}, will "
            "convert."
        )
    gain = amount(gain_usd, settings.currency)
    return (
        f"{what} over {settings.horizon_years} years: a gain of about {gain} over closing them all "
        f"({proof}).{prior}{_unmet(task)}"
    )


def _unmet(task: PlanTask) -> str:
    """Say where the market cannot give stores what they are said to sell."""
    formats = task.case.scenario.formats
    names = listed_names([formats[code].label for code in task.place.trade.unmet])
    if not names:
        return ""
    return (
        f" The trade areas cannot meet the sales that the tables give {names}: look at the list of "
        "competitors and at these sales first."
    )


_SOURCE = "plan model on stores.csv, competitors.csv, demand.csv and assumptions.csv"


def _figures(counts: dict[str, int], gain_usd: float, words: Speech) -> tuple[Figure, ...]:
    """Return the number of conversions and the gain first, then what else the plan has."""
    told = (
        ("stores_converting", _CONVERTING, counts[CONVERT], "stores"),
        ("plan_gain_usd", "Gain of the plan over closing every store", gain_usd, "usd"),
        ("stores_kept", "Stores worth more kept open than closed", counts[KEEP], "stores"),
        ("stores_moving", "Stores worth more moved than closed", counts[RELOCATE], "stores"),
    )
    return tuple(
        Figure(key, label, value, unit, "modelled", _SOURCE, words=words)
        for key, label, value, unit in told
        if value or key in {"stores_converting", "plan_gain_usd"}
    )


_CONVERTING = "Sites worth more converted than closed, chosen together"


def with_ranges(
    result: PlanResult,
    count: tuple[float, float],
    gain: tuple[float, float],
    how: str = "",
    basis: RangeBasis = "",
) -> PlanResult:
    """Return a plan whose figures carry ranges, and say how these were made.

    Parameters
    ----------
    count, gain
        Low and high, stores and USD.
    how
        What their source says of it, in words that go on with it.
    basis
        The same for whoever writes about the figures.
    """
    stores, money, *others = result.figures
    source = stores.source + how, money.source + how
    return replace(
        result,
        figures=(
            replace(stores, low=count[0], high=count[1], source=source[0], range_basis=basis),
            replace(money, low=gain[0], high=gain[1], source=source[1], range_basis=basis),
            *others,
        ),
    )
