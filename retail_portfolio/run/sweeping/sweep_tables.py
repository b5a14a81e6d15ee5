"""What a reader takes away from a sweep: tables, a page, and the manifest that says what it was.

All of it is made from the answers as they were put away, in the order of the cases, so that it is
the same whoever computed them and in which order; it holds no times, hosts or numbers of workers.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pandas as pd

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.checkouts.checkout_codes import codes_of
from retail_portfolio.model.overview.scenario_answer import PLAN_COLUMNS, RANGE_COLUMNS, units_of
from retail_portfolio.model.planning.regret import Best, distinct_plans, regret
from retail_portfolio.present.tables import csv_text
from retail_portfolio.run.sweeping.sweep_store import KIND

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retail_portfolio.model.planning.plan_worth import PlanValue
    from retail_portfolio.model.planning.regret import Regret
    from retail_portfolio.run.sweeping.sweep_cases import Sweep, SweepCase

    Documents = Mapping[str, Mapping[str, Any]]
    Values = Mapping[str, Mapping[frozenset[str], PlanValue]]

PAGE = "index.html"
"""The page that compares the cases."""
_ABOUT = ("case", "scenario", "overrides", "status", "message")


def best_plans(cases: Iterable[SweepCase], documents: Documents) -> dict[str, Best]:
    """Return the best plan of every case that has one, by label.

    Parameters
    ----------
    cases
        In the order of a reader.
    documents
        Their answers by case id.
    """
    found = {}
    for case in cases:
        answer = documents[case.case_id]
        value = answer["figures"]["plan_value_usd"]
        if value is not None:
            found[case.label] = Best(frozenset(answer["converts"]), value)
    return found


def plans_to_value(best: Mapping[str, Best]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return which plans are to be valued in each case, by label; its own plan is not.

    Parameters
    ----------
    best
        Of `best_plans`.
    """
    plans = distinct_plans(best).values()
    others = {
        label: tuple(tuple(sorted(plan)) for plan in plans if plan != mine.converts)
        for label, mine in best.items()
    }
    return {label: found for label, found in others.items() if found}


def files_of(sweep: Sweep, documents: Documents, values: Values) -> dict[str, str]:
    """Return tables and page as texts by file name; ranges where draws were asked for.

    Parameters
    ----------
    sweep
        What was asked for.
    documents
        The answers by case id.
    values
        Of plans of other cases, by case id.
    """
    from retail_portfolio.present.sweeps.sweep_page import (  # noqa: PLC0415 - a page takes its time
        sweep_page,
    )

    cases, plans = _cases(sweep, documents), _rows(sweep, documents, "plan", PLAN_COLUMNS)
    compared = _regret(sweep, documents, values)
    pairs, ranges, drawn = compared.pairs.table, None, {}
    if sweep.draws is not None:
        ranges = _rows(sweep, documents, "ranges", RANGE_COLUMNS)
        drawn = {"ranges.csv": csv_text(ranges)}
    page = sweep_page(
        cases=cases,
        plans=plans,
        regret=pairs,
        ranges=ranges,
        facts=_facts(sweep),
        words=Speech.of(sweep.cases[0].settings),
        scenarios=_scenarios(sweep),
    )
    return {
        "cases.csv": csv_text(cases),
        "plans.csv": csv_text(plans),
        "regret.csv": csv_text(pairs),
        "regret_by_plan.csv": csv_text(compared.plans.table),
        **drawn,
        PAGE: page,
    }


def sentence_of(sweep: Sweep, documents: Documents, values: Values) -> str:
    """Say which plan is never far from the best; as `files_of`."""
    return _regret(sweep, documents, values).plans.sentence


def _regret(sweep: Sweep, documents: Documents, values: Values) -> Regret:
    by_label = {case.label: values.get(case.case_id, {}) for case in sweep.cases}
    words = Speech.of(sweep.cases[0].settings)
    return regret(best_plans(sweep.cases, documents), by_label, words=words)


def _cases(sweep: Sweep, documents: Documents) -> pd.DataFrame:
    rows = []
    # All cases of a sweep call walk-out checkout the same: they stand in one table.
    units = units_of(codes_of(sweep.cases[0].settings))
    for case in sweep.cases:
        answer = documents[case.case_id]
        about = (case.label, case.scenario, "; ".join(case.overrides))
        figures = (answer["figures"][key] for key in units)
        rows.append((*about, answer["status"], answer["message"], *figures))
    table = pd.DataFrame(rows, columns=[*_ABOUT, *units])
    return table.astype(dict.fromkeys(units, float))


def _rows(sweep: Sweep, documents: Documents, part: str, columns: Sequence[str]) -> pd.DataFrame:
    """Put one table of every answer under each other, with the case in front."""
    rows = [
        (case.label, *(row[column] for column in columns))
        for case in sweep.cases
        for row in documents[case.case_id][part] or ()
    ]
    return pd.DataFrame(rows, columns=["case", *columns])


def _facts(sweep: Sweep) -> dict[str, str]:
    """Return what the page says of the sweep beside its tables."""
    settings = [case.settings for case in sweep.cases]
    titles = dict.fromkeys(one.title for one in settings)
    count = f"{len(settings)} case{'' if len(settings) == 1 else 's'}"
    title = next(iter(titles)) if len(titles) == 1 else f"{settings[0].retailer}: {count} compared"
    formats = {
        f"format:{code}": one.label
        for scenario in settings
        for code, one in scenario.formats.items()
    }
    return {
        "title": title,
        "as_of": ", ".join(sorted({one.as_of.isoformat() for one in settings})),
        "seed": ", ".join(sorted({str(one.seed) for one in settings})),
        "draws": "" if sweep.draws is None else f"{sweep.draws:,}",
        **formats,
    }


def _scenarios(sweep: Sweep) -> tuple[tuple[str, str, str], ...]:
    """Return name, title and reason of every scenario, each once."""
    told = ((one.scenario, one.settings.title, one.settings.why) for one in sweep.cases)
    return tuple(dict.fromkeys(told))


def manifest_of(sweep: Sweep, documents: Documents, files: Mapping[str, str]) -> dict[str, Any]:
    """Describe a complete sweep.

    Parameters
    ----------
    sweep
        What was asked for.
    documents
        The answers by case id.
    files
        What a reader takes away, of `files_of`.
    """
    return {
        "kind": KIND,
        "status": "complete",
        "request": sweep.request_id,
        "question": sweep.question_id,
        "draws": sweep.draws,
        "seed": sorted({case.settings.seed for case in sweep.cases}),
        "cases": [
            {
                "case": case.label,
                "id": case.case_id,
                "scenario": case.scenario,
                "overrides": list(case.overrides),
                "status": documents[case.case_id]["status"],
                "settings": {one.key: one.value for one in case.settings.applied},
            }
            for case in sweep.cases
        ],
        "inputs": dict(sweep.inputs),
        "outputs": {
            name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()
        },
        "program": dict(sweep.program),
    }
