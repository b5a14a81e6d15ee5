"""The whole way of a sweep: check, answer what is not answered yet, value every plan, compare."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.run.executing.notebooks import default_workers
from retail_portfolio.run.executing.progress import Quiet
from retail_portfolio.run.sweeping.sweep_cases import SweepRequest, check
from retail_portfolio.run.sweeping.sweep_store import Store
from retail_portfolio.run.sweeping.sweep_tables import (
    PAGE,
    best_plans,
    files_of,
    manifest_of,
    plans_to_value,
    sentence_of,
)
from retail_portfolio.run.sweeping.sweep_task import Question, Valuation, answer_case, value_plans
from retail_portfolio.run.sweeping.workers import LocalWorkers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from retail_portfolio.model.planning.plan_worth import PlanValue
    from retail_portfolio.run.executing.progress import Progress
    from retail_portfolio.run.sweeping.sweep_cases import Sweep
    from retail_portfolio.run.sweeping.workers import Workers

    Documents = dict[str, dict[str, Any]]
    Values = dict[str, dict[frozenset[str], PlanValue]]
    Hire = Callable[[object, SweepRequest], Workers]

__all__ = ["SweepRequest", "make_sweep"]

VALUED_AT_ONCE = 64
"""Cases whose numbers are in memory at a time while plans are valued."""


def hire(shared: object, request: SweepRequest) -> Workers:
    """Return who does the tasks: processes of this machine, or those of a cluster.

    Parameters
    ----------
    shared
        What all tasks share.
    request
        Says which.
    """
    if not request.scheduler:
        return LocalWorkers(shared, request.workers or default_workers())
    from retail_portfolio.run.sweeping.cluster import ClusterWorkers  # noqa: PLC0415 - an extra

    return ClusterWorkers(shared, request.scheduler)


def make_sweep(request: SweepRequest, progress: Progress | None = None, hire: Hire = hire) -> Path:
    """Answer every case that is asked for and set them side by side.

    Parameters
    ----------
    request
        What is asked for.
    progress
        Is told how far it is.
    hire
        Gives whoever does the tasks.

    Returns
    -------
    Path
        The page that compares them.

    Raises
    ------
    InputError
        If anything asked for is not fit, or the folder is another sweep's, before anything starts;
        or if no case has an answer.
    Locked
        If another sweep holds the folder.
    ClusterFailed
        If nobody is there to do the tasks, before anything is written; or if nobody is left to, and
        what is finished stays.
    PublishFailed
        If the folder could not be written.
    """
    progress = progress or Quiet()
    sweep = check(request)
    store = Store(sweep.folder(request.out), sweep.request_id, sweep.question_id)
    # A cluster that does not answer must leave no trace, so that the folder comes second.
    with hire(sweep.tables, request) as workers, store.held():
        documents, every = _kept(store, sweep), _ids(sweep)
        progress.begin(f"sweep {sweep.request_id[:12]}", len(every) - len(documents) + 1)
        if documents:
            progress.say(f"{len(documents)} of {len(every)} cases are finished already")
        values = _work(sweep, store, documents, progress, workers)
        began = time.perf_counter()
        files = files_of(sweep, documents, values)
        store.publish(files, manifest_of(sweep, documents, files))
        progress.done("tables", time.perf_counter() - began)
        progress.say(sentence_of(sweep, documents, values))
    return store.folder / PAGE


def _ids(sweep: Sweep) -> dict[str, str]:
    """Return case id by label, one label an id: cases that follow from the same are one task."""
    labels = {case.case_id: case.label for case in reversed(sweep.cases)}
    return {case.label: case.case_id for case in sweep.cases if labels[case.case_id] == case.label}


def _kept(store: Store, sweep: Sweep) -> Documents:
    found = {one: store.finished(one) for one in _ids(sweep).values()}
    return {one: kept.document for one, kept in found.items() if kept is not None}


def _work(
    sweep: Sweep, store: Store, documents: Documents, progress: Progress, workers: Workers
) -> Values:
    """Answer what is not answered yet into ``documents``; return what plans are worth elsewhere."""
    ids = _ids(sweep)
    questions = {
        case.label: Question(case.settings, sweep.draws)
        for case in sweep.cases
        if case.label in ids and case.case_id not in documents
    }
    for label, finished in workers.each(answer_case, questions):
        store.keep(ids[label], finished)
        documents[ids[label]] = finished.document
        progress.done(label, finished.seconds)
    _refuse_without_answer(sweep, documents)
    return _values(sweep, store, documents, workers)


def _refuse_without_answer(sweep: Sweep, documents: Documents) -> None:
    if best_plans(sweep.cases, documents):
        return
    expected = "settings that leave a plan, in one case at least"
    raise InputError(
        Fault("sweep", None, case.label, documents[case.case_id]["message"], expected)
        for case in sweep.cases
    )


def _values(sweep: Sweep, store: Store, documents: Documents, workers: Workers) -> Values:
    """Value the plans of other cases in every case, a few cases at a time."""
    wanted, ids = plans_to_value(best_plans(sweep.cases, documents)), _ids(sweep)
    values: Values = {}
    for batch in _batches([label for label in ids if label in wanted], VALUED_AT_ONCE):
        tasks = {one: Valuation(store.worth(ids[one]), wanted[one]) for one in batch}
        for label, found in workers.each(value_plans, tasks):
            plans = map(frozenset, wanted[label])
            values[ids[label]] = dict(zip(plans, found, strict=True))
    return values


def _batches(items: list[str], size: int) -> list[list[str]]:
    """Cut a list into parts of at most ``size``."""
    starts = range(0, len(items), size)
    return [items[at : at + size] for at in starts]
