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
from retail_portfolio.present.formats import as_number, is_blank, usd
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
    without_range,
)
from retail_portfolio.present.sweeps.sweep_regret import (
    LEVELS,
    decided,
    matrix_of,
    plan_rows,
    regret_answer,
)
from retail_portfolio.present.sweeps.sweep_sites import Sites, sites_of
from retail_portfolio.present.tables import html_table
from retail_portfolio.present.words import walk_out

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from retail_portfolio.inputs.speech import Speech
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
    words: Speech,
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
    words
        Of the portfolio that all cases are of.
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
        terms=_terms(words),
        **_of_cases(cases, ranges, decided(plans), words),
        **_of_plans(cases, plans, regret, facts, words),
    )
    return offline_page(text, title=title)


def _of_cases(
    cases: pd.DataFrame,
    ranges: pd.DataFrame | None,
    converts: Mapping[str, Mapping[str, str]],
    words: Speech,
) -> dict[str, object]:
    """Return what the page shows of the cases and their figures."""
    rows = _case_rows(cases, converts)
    columns = columns_of(cases, ranges, words)
    return {
        "moves": _moves_sentence(cases, words),
        "movements": movements(cases, words) if len(cases) > 1 else (),
        "cases": list(zip(rows, _across(columns, len(cases)), strict=True)),
        "columns": columns,
        "has_differs": any(row.differs for row in rows),
        "no_range": without_range(cases, ranges, converts, words),
        "has_bars": any(cell.bar for column in columns for cell in column.cells),
        "cases_open": len(cases) <= CASES_SHOWN,
        "without": [row for row in rows if not row.planned],
        "more": _more(cases, words),
        "further": _further(ranges, words),
    }


def _of_plans(
    cases: pd.DataFrame,
    plans: pd.DataFrame,
    regret: pd.DataFrame,
    facts: Mapping[str, str],
    words: Speech,
) -> dict[str, object]:
    """Return what the page shows of the plans, their regret and the sites."""
    becomes = decided(plans)
    order = plan_rows(regret, becomes, words.currency)
    labels = {
        key.removeprefix(_FORMAT): text for key, text in facts.items() if key.startswith(_FORMAT)
    }
    sites = sites_of(plans, becomes, labels)
    return {
        "answer": regret_answer(order, len(becomes)),
        "headlines": _headlines(cases, order, sites, words),
        "plans": order,
        "plans_shown": PLANS_SHOWN,
        "some_missing": any(row.missing for row in order),
        "matrix": matrix_of(regret, order, words.currency),
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
def _moves_sentence(cases: pd.DataFrame, words: Speech) -> str:
    """Say how far the gain, the exit cost and the number of conversions move between cases."""
    if len(cases) < 2:  # noqa: PLR2004 - nothing moves between one
        return ""
    named = {
        "plan_value_usd": "the gain of the best plan",
        "exit_cost_usd": "the exit cost",
        "stores_converting": "the number of sites that convert",
        "impairment_usd": "the impairment",
    }
    shown = [one for one in present_metrics(cases, words) if one.key in named]
    moved: list[str] = []
    still: list[str] = []
    for metric in shown:
        values = cases[metric.key].dropna().astype(float)
        same = metric.text(values.min()) == metric.text(values.max())
        (still if same else moved).append(
            f"{named[metric.key]} {'stays at' if same else 'moves from'} {metric.spread(values)}"
        )
    parts = [*moved, *still]
    if not parts:
        return ""
    return f"From case to case {listed_names(parts)}."


def _headlines(
    cases: pd.DataFrame, order: Sequence[PlanRow], sites: Sites, words: Speech
) -> list[Headline]:
    found = []
    if len(order) > 1:
        best = order[0]
        found.append(
            Headline(
                "Largest regret of the plan that is never far from the best",
                best.largest_text,
                f"{best.mean_text} on average",
                f"The plan of {best.plan_of}, {best.sites_text}.",
            )
        )
    present = present_metrics(cases, words)
    if gain := next((one for one in present if one.key == "plan_value_usd"), None):
        values = cases[gain.key].dropna().astype(float)
        found.append(
            Headline(
                "Between the lowest and the highest gain of a best plan",
                usd(values.max() - values.min(), currency=words.currency),
                gain.spread(values),
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


def _terms(words: Speech) -> list[tuple[str, str]]:
    told = (*_TERMS, walk_out(words).start)
    known = [(term, said) for term, said in glossary(words) if term.startswith(told)]
    lines = (line.partition(" | ") for line in resource("sweep_terms.txt").splitlines())
    return sorted([*((term, said) for term, _, said in lines), *known])


# ------------------------------------------------------------------------------------- what is left
def _more(cases: pd.DataFrame, words: Speech) -> Markup:
    """Return the columns that the page does not otherwise show as a table; empty for none."""
    shown = {*_KNOWN, *readings(words), *(metric.key for metric in metrics(words))}
    rest = [str(name) for name in cases.columns if name not in shown]
    if not any(as_number(one) is not None for name in rest for one in cases[name]):
        return Markup("")
    caption, columns = "Further figures of the cases", ["case", *rest]
    table = html_table(cases, caption=caption, words=words, columns=columns)
    return Markup(table.html)  # noqa: S704 - `html_table` escapes


def _further(ranges: pd.DataFrame | None, words: Speech) -> Markup:
    table = further_ranges(ranges, words)
    if table is None:
        return Markup("")
    caption = "Ranges of further figures: share of draws below"
    html = html_table(table, caption=caption, words=words).html
    return Markup(html)  # noqa: S704 - `html_table` escapes
