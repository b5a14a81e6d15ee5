"""What any plan is worth in one case: the numbers of its choice and its limits, and no more.

A case is worked out once and asked as often as plans of other cases come up. What is kept of it is
the problem of `retail_portfolio.model.planning.plan_problem` without the demand points that one
site alone reaches, as a few arrays of numbers and texts that can be put away and taken up again: a
value is then the same to the bit. A plan is taken from one case to another by its sites and
formats; where a case spreads openings over years, they are chosen anew, as somebody would who has
to carry the plan out there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retail_portfolio.model.planning.plan_bound import ceiling
from retail_portfolio.model.planning.plan_problem import Block, Columns, Problem, Pulls
from retail_portfolio.model.planning.plan_rules import Rule, candidate_names, columns_named
from retail_portfolio.model.planning.plan_solve import chosen_flags, solve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from retail_portfolio.model.planning.plan_bound import Ceiling
    from retail_portfolio.model.planning.plan_task import PlanTask

    Flags = NDArray[np.bool_]
    Arrays = Mapping[str, NDArray[Any]]

_PACE = "plan.openings_per_year"
_CSR = ("data", "indices", "indptr", "shape")


@dataclass(frozen=True, slots=True)
class Worth:
    """What any plan is worth in one case.

    Parameters
    ----------
    problem
        The choice; its pulls are left out, as only reasons ask for them.
    rules
        Its limits.
    candidates
        Every ``ID`` and ``ID:FORMAT`` that a plan of the case may name.
    """

    problem: Problem
    rules: tuple[Rule, ...]
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanValue:
    """A plan in one case.

    Parameters
    ----------
    value_usd
        Its gain over closing every store; ``None`` where the case does not offer it.
    broken
        Limits that it breaks, or what is not offered, in words.
    """

    value_usd: float | None
    broken: tuple[str, ...] = ()


def worth_of(task: PlanTask) -> Worth:
    """Return what any plan is worth in a case.

    Parameters
    ----------
    task
        The choice: `retail_portfolio.model.planning.plan_task.plan_task`.
    """
    problem = task.problem
    slim = Problem(problem.columns, _no_pulls(), problem.linear_usd, problem.blocks)
    return Worth(slim, task.rules, tuple(candidate_names(task.case)))


def _no_pulls() -> Pulls:
    none = np.zeros(0)
    return Pulls(np.zeros((0, 0)), none, np.zeros((0, 0)), none)


def plan_values(worth: Worth, plans: Iterable[Sequence[str]]) -> tuple[PlanValue, ...]:
    """Value plans in a case, each as `retail_portfolio.model.planning.plan.value_of` does.

    Parameters
    ----------
    plans
        The sites that convert in each, as ``ID:FORMAT``, and no others.

    Raises
    ------
    ValueError
        If a site stands in a plan in two formats.
    """
    columns = worth.problem.columns
    valued = {columns.name(column) for column in range(len(columns))}
    choose = _Years(worth)
    found = []
    for names in plans:
        missing = [name for name in names if name not in valued]
        if missing:
            found.append(PlanValue(None, tuple(_why_not(worth, name) for name in missing)))
            continue
        chosen = choose.columns_of(names)
        broken = [f"{rule.name}: {rule.says}" for rule in worth.rules if rule.broken_by(chosen)]
        found.append(PlanValue(worth.problem.value_usd(chosen), tuple(broken)))
    return tuple(found)


def _why_not(worth: Worth, name: str) -> str:
    known = "cannot be valued here" if name in worth.candidates else "is not offered here"
    return f"{name} {known}"


@dataclass(slots=True)
class _Years:
    """Finds the columns of plans; opening years are chosen where a site has several."""

    worth: Worth
    ceilings: tuple[Ceiling, ...] | None = None

    def columns_of(self, names: Sequence[str]) -> Flags:
        columns = self.worth.problem.columns
        flags = [columns_named(columns, name) for name in names]
        if len({name.partition(":")[0] for name in names}) < len(names):
            raise ValueError(f"a site stands in the plan twice: {', '.join(names)}")
        chosen: Flags = np.logical_or.reduce([np.zeros(len(columns), bool), *flags])
        return chosen if all(one.sum() == 1 for one in flags) else self._best(chosen, flags)

    def _best(self, wanted: Flags, flags: Sequence[Flags]) -> Flags:
        """Choose the years that gain most, keeping to the pace where that can be."""
        problem, one = self.worth.problem, np.ones(1)
        named = [Rule("named", "", mine[None, :].astype(float), one, one) for mine in flags]
        out = (~wanted).astype(float)[None, :]
        named.append(Rule("named", "no other", out, np.full(1, -np.inf), np.zeros(1)))
        paced = [rule for rule in self.worth.rules if rule.name == _PACE]
        if self.ceilings is None:
            self.ceilings = tuple(ceiling(block) for block in problem.blocks)
        found = solve(problem, [*named, *paced], ceilings=self.ceilings)
        found = found or solve(problem, named, ceilings=self.ceilings)
        if found is None:
            raise ValueError("no choice of years gives the plan")
        return chosen_flags(problem, found.chosen[0])


# -------------------------------------------------------------------------------------- arrays
def arrays_of(worth: Worth) -> dict[str, NDArray[Any]]:
    """Return all of it as arrays by name, none of which holds objects."""
    columns = worth.problem.columns
    found: dict[str, NDArray[Any]] = {
        "columns.site": columns.site,
        "columns.to_format": _texts(columns.to_format),
        "columns.opening_year": columns.opening_year,
        "columns.option": columns.option,
        "columns.linear_usd": columns.linear_usd,
        "columns.capital_usd": columns.capital_usd,
        "columns.store_id": _texts(columns.store_id),
        "linear_usd": worth.problem.linear_usd,
        "candidates": _texts(worth.candidates),
        "rules.name": _texts([rule.name for rule in worth.rules]),
        "rules.says": _texts([rule.says for rule in worth.rules]),
        "blocks": np.array([len(worth.problem.blocks)]),
    }
    for place, block in enumerate(worth.problem.blocks):
        found |= {f"block{place}.{key}": value for key, value in _of_block(block).items()}
    for place, rule in enumerate(worth.rules):
        parts = {"rows": rule.rows, "low": rule.low, "high": rule.high}
        found |= {f"rule{place}.{key}": value for key, value in parts.items()}
    return found


def _texts(words: Sequence[str]) -> NDArray[Any]:
    return np.array(list(words), dtype=np.str_)


def _of_block(block: Block) -> dict[str, NDArray[Any]]:
    relative = block.relative
    small = {"indices": relative.indices.astype(np.int32), "indptr": relative.indptr}
    csr = {"data": relative.data, "shape": np.array(relative.shape)} | small
    return {
        "columns": block.columns,
        "option": block.option,
        "site": block.site,
        **csr,
        "worth_usd_year": block.worth_usd_year,
        "pull": block.pull,
        "weight": block.weight,
    }


def worth_from(arrays: Arrays) -> Worth:
    """Return the worth that `arrays_of` wrote down; every value is the same to the bit.

    Raises
    ------
    KeyError
        If an array is missing.
    """
    parts = ("site", "to_format", "opening_year", "option", "linear_usd", "capital_usd", "store_id")
    site, to_format, year, option, linear, capital, store = (arrays[f"columns.{p}"] for p in parts)
    formats, stores = tuple(to_format.tolist()), tuple(store.tolist())
    columns = Columns(site, formats, year, option, linear, capital, stores)
    blocks = tuple(_block(arrays, f"block{n}.") for n in range(int(arrays["blocks"][0])))
    names = zip(arrays["rules.name"].tolist(), arrays["rules.says"].tolist(), strict=True)
    rules = [
        Rule(name, says, *(arrays[f"rule{place}.{part}"] for part in ("rows", "low", "high")))
        for place, (name, says) in enumerate(names)
    ]
    problem = Problem(columns, _no_pulls(), arrays["linear_usd"], blocks)
    return Worth(problem, tuple(rules), tuple(arrays["candidates"].tolist()))


def _block(arrays: Arrays, at: str) -> Block:
    from scipy.sparse import csr_array  # noqa: PLC0415 - keeps the import of the models light

    data, indices, indptr, shape = (arrays[f"{at}{key}"] for key in _CSR)
    relative = csr_array((data, indices, indptr), shape=tuple(shape.tolist()))
    pull, weight = arrays[f"{at}pull"], arrays[f"{at}weight"]
    return Block(
        arrays[f"{at}columns"],
        arrays[f"{at}option"],
        arrays[f"{at}site"],
        relative,
        relative.T.tocsr(),
        arrays[f"{at}worth_usd_year"],
        pull,
        weight,
        np.zeros((relative.shape[0], len(weight))),
    )
