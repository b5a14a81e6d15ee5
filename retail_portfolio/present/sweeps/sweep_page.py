"""The page of a sweep: cases side by side, what each plan would lose elsewhere, and which sites.

It answers one question first: which plan is never far from the best, whatever case comes true.
Then come the figures of every case, the regret of every plan in every case, and the sites that
convert in all cases, in some and in none. One file, no script, no request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
from markupsafe import Markup

from retail_portfolio.model.number_words import listed_names
from retail_portfolio.present.formats import as_number, is_blank, usd, value_text
from retail_portfolio.present.offline import offline_page
from retail_portfolio.present.pages import _environment, glossary, resource
from retail_portfolio.present.sweeps.sweep_figures import (
    Column,
    columns_of,
    further_ranges,
    metrics,
    movements,
    present_metrics,
    readings,
    spread_words,
    without_range,
)
from retail_portfolio.present.sweeps.sweep_regret import (
    LEVELS,
    decided,
    matrix_of,
    plan_rows,
    regret_answer,
    regret_words,
)
from retail_portfolio.present.sweeps.sweep_sites import Sites, sites_of
from retail_portfolio.present.tables import html_table
from retail_portfolio.present.words import walk_out

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from retail_portfolio.present.sweeps.sweep_regret import PlanRow

CASES_SHOWN: Final = 20
"""Cases up to which tables of them stand open; with more they are folded."""
PLANS_SHOWN: Final = 10
"""Plans that the table of plans shows; the others are folded."""
SITES_SHOWN: Final = 30
"""Sites whose decision depends on the case that stand open; the others are folded."""
_TITLE: Final = "Cases side by side"
_FACTS: Final = ("as_of", "seed", "draws")
_FORMAT: Final = "format:"
_TERMS: Final = ("NPV", "Impairment", "Range")
_KNOWN: Final = ("case", "scenario", "overrides", "status", "message", "plan_gap")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What the page says of one case beside its figures; ``remark`` is why it has no plan."""

    number: int
    name: str
    differs: str
    remark: str
    planned: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the three numbers at the top."""

    label: str
    number: str
    spread: str
    sentence: str


def sweep_page(
    *,
    cases: pd.DataFrame,
    plans: pd.DataFrame,
    regret: pd.DataFrame,
    ranges: pd.DataFrame | None,
    facts: Mapping[str, str],
    scenarios: Sequence[tuple[str, str, str]] = (),
) -> str:
    """Return the page that compares the cases of a sweep.

    Parameters
    ----------
    cases
        One row a case: ``case, scenario, overrides, status, message`` and the figures of
        `retail_portfolio.present.sweeps.sweep_figures.metrics` that there are; figures are blank
        where ``status`` is ``infeasible``, and ``message`` says why.
    plans
        One row a case and closing store: ``case, store_id, decision``, and ``name, city, state``
        where they are known.
    regret
        One row a case and plan: ``case, plan_of, value_usd, best_usd, regret_usd, violations``.
    ranges
        One row a case and figure, ``case, key, label, unit, base, p5, p25, p50, p75, p95``; None
        where nothing was drawn.
    facts
        ``title, as_of, seed, draws``, any of which may be missing, and ``format:CODE`` for what a
        reader calls a format.
    scenarios
        Name, title and reason of each scenario, in the order in which the page explains them.

    Returns
    -------
    str
        One HTML page that asks for nothing; every text in it is escaped. Equal input gives equal
        bytes.

    Raises
    ------
    ValueError
        If there is no case, a case comes twice, or a column is missing.
    retail_portfolio.present.offline.OfflineError
        If the page would load something.
    """
    _check(cases, plans, regret)
    title = facts.get("title") or _TITLE
    style = resource("site.css") + resource("sweep.css")
    page = _environment().get_template("sweep.html")
    text = page.render(
        title=title,
        style=Markup(style),  # noqa: S704 - ours
        facts=dict.fromkeys(_FACTS, "") | dict(facts),
        scenarios=scenarios,
        terms=_terms(),
        **_of_cases(cases, ranges, decided(plans)),
        **_of_plans(cases, plans, regret, facts),
    )
    return offline_page(text, title=title)


def _of_cases(
    cases: pd.DataFrame, ranges: pd.DataFrame | None, converts: Mapping[str, Mapping[str, str]]
) -> dict[str, object]:
    """Return what the page shows of the cases and their figures."""
    rows = _case_rows(cases, converts)
    columns = columns_of(cases, ranges)
    return {
        "moves": _moves_sentence(cases),
        "movements": movements(cases) if len(cases) > 1 else (),
        "cases": list(zip(rows, _across(columns, len(cases)), strict=True)),
        "columns": columns,
        "has_differs": any(row.differs for row in rows),
        "no_range": without_range(cases, ranges, converts),
        "has_bars": any(cell.bar for column in columns for cell in column.cells),
        "cases_open": len(cases) <= CASES_SHOWN,
        "without": [row for row in rows if not row.planned],
        "more": _more(cases),
        "further": _further(ranges),
    }


def _of_plans(
    cases: pd.DataFrame, plans: pd.DataFrame, regret: pd.DataFrame, facts: Mapping[str, str]
) -> dict[str, object]:
    """Return what the page shows of the plans, their regret and the sites."""
    becomes = decided(plans)
    order = plan_rows(regret, becomes)
    labels = {
        key.removeprefix(_FORMAT): text for key, text in facts.items() if key.startswith(_FORMAT)
    }
    sites = sites_of(plans, becomes, labels)
    return {
        "answer": regret_answer(order, len(becomes)),
        "headlines": _headlines(cases, order, sites),
        "plans": order,
        "plans_shown": PLANS_SHOWN,
        "some_missing": any(row.missing for row in order),
        "matrix": matrix_of(regret, order),
        "levels": range(1, LEVELS + 1),
        "sites": sites,
        "sites_shown": SITES_SHOWN,
    }


# ------------------------------------------------------------------------------------- the frames
def _check(cases: pd.DataFrame, plans: pd.DataFrame, regret: pd.DataFrame) -> None:
    needed = (
        ("cases", cases, ("case", "scenario", "overrides", "status", "message")),
        ("plans", plans, ("case", "store_id", "decision")),
        ("regret", regret, ("case", "plan_of", "regret_usd", "violations")),
    )
    missing = [
        f"{name} lacks {column}"
        for name, frame, columns in needed
        for column in columns
        if column not in frame.columns
    ]
    if missing:
        raise ValueError("; ".join(missing))
    if cases.empty:
        raise ValueError("there is no case to show")
    twice = sorted(set(cases.loc[cases["case"].duplicated(), "case"].astype(str)))
    if twice:
        raise ValueError(f"a case comes twice: {', '.join(twice)}")


def _case_rows(cases: pd.DataFrame, planned: Container[str]) -> list[CaseRow]:
    rows = []
    for number, row in enumerate(cases.to_dict("records"), start=1):
        status, message = str(row["status"]), _said(row["message"])
        remark = message if message or status in {"optimal", ""} else status
        if status == "feasible":
            remark = f"the plan is not proven to be the best. {message}".strip()
        differs = _said(row["overrides"])
        name, scenario = str(row["case"]), _said(row["scenario"])
        if scenario and scenario not in name:
            differs = f"{scenario}: {differs}" if differs else scenario
        said = ". ".join(part for part in (differs, remark if name in planned else "") if part)
        rows.append(CaseRow(number, name, said, remark, name in planned))
    return rows


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return "" if is_blank(value) else str(value)


def _across(columns: Sequence[Column], count: int) -> list[list[object]]:
    """Turn columns of cells into rows of cells."""
    return [[column.cells[place] for column in columns] for place in range(count)]


# ------------------------------------------------------------------------------------- sentences
def _moves_sentence(cases: pd.DataFrame) -> str:
    """Say how far the gain, the exit cost and the number of conversions move between cases."""
    if len(cases) < 2:  # noqa: PLR2004 - nothing moves between one
        return ""
    words = {
        "plan_value_usd": "the gain of the best plan",
        "exit_cost_usd": "the exit cost",
        "stores_converting": "the number of sites that convert",
        "impairment_usd": "the impairment",
    }
    shown = [one for one in present_metrics(cases) if one.key in words]
    moved: list[str] = []
    still: list[str] = []
    for metric in shown:
        spread = spread_words(cases, metric)
        values = cases[metric.key].dropna().astype(float)
        same = value_text(values.min(), metric.unit) == value_text(values.max(), metric.unit)
        (still if same else moved).append(
            f"{words[metric.key]} {'stays at' if same else 'moves from'} {spread}"
        )
    parts = [*moved, *still]
    if not parts:
        return ""
    return f"From case to case {listed_names(parts)}."


def _headlines(cases: pd.DataFrame, order: Sequence[PlanRow], sites: Sites) -> list[Headline]:
    found = []
    if len(order) > 1:
        best = order[0]
        found.append(
            Headline(
                "Largest regret of the plan that is never far from the best",
                regret_words(best.largest),
                f"{regret_words(best.mean)} on average",
                f"The plan of {best.plan_of}, {best.sites_text}.",
            )
        )
    gain = next(one for one in metrics() if one.key == "plan_value_usd")
    if gain in present_metrics(cases):
        values = cases[gain.key].dropna().astype(float)
        found.append(
            Headline(
                "Between the lowest and the highest gain of a best plan",
                usd(values.max() - values.min()),
                spread_words(cases, gain),
                "Gain over closing every site.",
            )
        )
    if sites.total:
        found.append(
            Headline(
                sites.headline,
                f"{len(sites.always)} of {sites.total}",
                f"{len(sites.depends)} in some cases, {len(sites.never)} in {sites.rest}",
                _said_of(sites.always, others=sites.others),
            )
        )
    return found


def _said_of(names: Sequence[str], *, others: bool) -> str:
    if not names:
        kept = "Every store closes in some case."
        return kept if others else "No site converts whatever comes."
    few = 4
    more = f" and {len(names) - few} more" if len(names) > few else ""
    return f"{'; '.join(names[:few])}{more}."


def _terms() -> list[tuple[str, str]]:
    told = (*_TERMS, walk_out().start)
    known = [(term, words) for term, words in glossary() if term.startswith(told)]
    lines = (line.partition(" | ") for line in resource("sweep_terms.txt").splitlines())
    return sorted([*((term, words) for term, _, words in lines), *known])


# ------------------------------------------------------------------------------------- what is left
def _more(cases: pd.DataFrame) -> Markup:
    """Return the columns that the page does not otherwise show as a table; empty for none."""
    shown = {*_KNOWN, *readings(), *(metric.key for metric in metrics())}
    rest = [str(name) for name in cases.columns if name not in shown]
    if not any(as_number(one) is not None for name in rest for one in cases[name]):
        return Markup("")
    table = html_table(cases, caption="Further figures of the cases", columns=["case", *rest])
    return Markup(table.html)  # noqa: S704 - `html_table` escapes


def _further(ranges: pd.DataFrame | None) -> Markup:
    table = further_ranges(ranges)
    if table is None:
        return Markup("")
    html = html_table(table, caption="Ranges of further figures: share of draws below").html
    return Markup(html)  # noqa: S704 - `html_table` escapes
