"""The page of a sweep: what it says first, its tables, and that no text of the data can run."""

from __future__ import annotations

import itertools
import re
from html import unescape
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.planning.plan_worth import PlanValue
from retail_portfolio.model.planning.regret import Best, least_regret
from retail_portfolio.model.planning.regret import regret as regret_of
from retail_portfolio.present.sweeps.sweep_figures import columns_of, movements, some_of
from retail_portfolio.present.sweeps.sweep_page import sweep_page
from retail_portfolio.present.sweeps.sweep_regret import (
    LEVELS,
    decided,
    matrix_of,
    plan_rows,
    regret_answer,
)
from retail_portfolio.present.sweeps.sweep_sites import sites_of
from tests.conftest import BUNDLED

EVIL = "<img src=x onerror=alert(1)>"
FACTS = {"title": "Three ways out", "as_of": "2026-01-27", "seed": "7", "draws": "256"}
PLANS = {
    "base": {"s1": "hall", "s2": "hall"},
    "cheap": {"s1": "hall", "s2": "hall", "s3": "corner"},
    "tight": {"s1": "corner"},
}
STORES = ("s1", "s2", "s3", "s4")
#: Regret of each plan (second) in each case (first), USD, and what it breaks.
REGRET = {
    ("base", "base"): (0.0, ""),
    ("base", "cheap"): (1.2e6, ""),
    ("base", "tight"): (9.0e6, ""),
    ("cheap", "base"): (2.5e6, ""),
    ("cheap", "cheap"): (0.0, ""),
    ("cheap", "tight"): (14.0e6, ""),
    ("tight", "base"): (-3.0e6, "plan.max_conversions: at most 1 conversion"),
    ("tight", "cheap"): (None, "s3 may not become a corner"),
    ("tight", "tight"): (0.0, ""),
}


def case_row(case: str, **given: Any) -> dict[str, Any]:
    """Return a row of the table of cases, with what is given otherwise."""
    row = {
        "case": case,
        "scenario": case,
        "overrides": "",
        "status": "optimal",
        "message": "",
        "stores_converting": float(len(PLANS.get(case, {}))),
        "plan_value_usd": 40e6,
        "exit_cost_usd": 172e6,
        "impairment_usd": 667e6,
        "jwo_extra_usd_year": 2.6e6,
        "jwo_extra_installed_usd_year": 2.6e6,
        "jwo_extra_annualised_usd_year": 6.9e6,
        "plan_gap": 0.0,
    }
    return row | given


def frames(name: str = "Corner Stop", *, impossible: bool = True) -> dict[str, pd.DataFrame]:
    """Return the frames of a small sweep whose first store is called ``name``."""
    cases = [
        case_row("base"),
        case_row("cheap", plan_value_usd=55e6, exit_cost_usd=150e6, overrides="rent=12"),
        case_row("tight", plan_value_usd=31e6),
    ]
    if impossible:
        blank = {key: None for key, value in cases[0].items() if isinstance(value, float)}
        why = "at least 9 conversions cannot hold with at most 1"
        cases.append(case_row("never", status="infeasible", message=why, **blank))
    plans = [
        (
            case,
            store,
            name if store == "s1" else f"Store {store}",
            "Dayton",
            "OH",
            f"convert_{plan[store]}" if store in plan else "close",
            1e6,
        )
        for case, plan in PLANS.items()
        for store in STORES
    ]
    columns = ["case", "store_id", "name", "city", "state", "decision", "npv_vs_exit_usd"]
    regret = [
        (case, of, None if behind is None else 40e6 - behind, 40e6, behind, broken)
        for (case, of), (behind, broken) in REGRET.items()
    ]
    of = ["case", "plan_of", "value_usd", "best_usd", "regret_usd", "violations"]
    return {
        "cases": pd.DataFrame(cases),
        "plans": pd.DataFrame(plans, columns=columns),
        "regret": pd.DataFrame(regret, columns=of),
    }


def ranges() -> pd.DataFrame:
    """Return ranges of two figures of every case and of one that the table does not hold."""
    rows = []
    for case, top in (("base", 60e6), ("cheap", 80e6), ("tight", 40e6)):
        points = [10e6, 20e6, 30e6, 35e6, top]
        rows.append((case, "plan_gain_usd", "Gain", "usd", 40e6, *points))
        rows.append((case, "stores_converting", "Sites", "stores", 2, 1, 2, 2, 3, 4))
        rows.append((case, "kept_share", "Sales kept", "share", 0.2, 0.1, 0.15, 0.2, 0.3, 0.4))
    of = ["case", "key", "label", "unit", "base", "p5", "p25", "p50", "p75", "p95"]
    return pd.DataFrame(rows, columns=of)


def many(count: int = 200) -> dict[str, pd.DataFrame]:
    """Return the frames of a sweep of many cases, every third with a plan of its own."""
    labels = [f"base \u00b7 discount_rate={0.05 + place / 1000:.3f}" for place in range(count)]
    sets = list(itertools.combinations(STORES, 2)) + [(one,) for one in STORES]
    chosen = [sets[place % len(sets)] if place % 3 == 0 else sets[0] for place in range(count)]
    first = {plan: label for label, plan in reversed(list(zip(labels, chosen, strict=True)))}
    cases = [
        case_row(label, scenario="base", stores_converting=float(len(plan)))
        for label, plan in zip(labels, chosen, strict=True)
    ]
    plans = [
        (label, store, f"Store {store}", "convert_hall" if store in plan else "close")
        for label, plan in zip(labels, chosen, strict=True)
        for store in STORES
    ]
    regret = [
        (label, of, 1e6, 9e6, 0.0 if plan == own else 1e6 * (1 + len(own)), "")
        for label, plan in zip(labels, chosen, strict=True)
        for own, of in first.items()
    ]
    return {
        "cases": pd.DataFrame(cases),
        "plans": pd.DataFrame(plans, columns=["case", "store_id", "name", "decision"]),
        "regret": pd.DataFrame(
            regret,
            columns=["case", "plan_of", "value_usd", "best_usd", "regret_usd", "violations"],
        ),
    }


def page(**given: Any) -> str:
    """Return the page of the small sweep, with what is given otherwise."""
    return sweep_page(**({**frames(), "ranges": None, "facts": FACTS, "words": BUNDLED} | given))


def text_of(html: str, start: str = "<body>") -> str:
    """Return the words of a page from a place on, spaces put right."""
    bare = re.sub("<[^>]+>", " ", html[html.index(start) :])
    return re.sub(r"\s+", " ", unescape(bare))


# ------------------------------------------------------------------------------------- the answer
def test_the_first_sentence_names_the_plan_that_is_never_far_from_the_best() -> None:
    words = text_of(page(), '<p class="standfirst">')
    # The plan of cheap loses less, but one case does not offer it; limits cost no place.
    assert words.startswith(
        " The plan of base (2 sites) is never more than USD 2.5 M behind the best, the most in "
        "cheap; it breaks limits in 1 case (tight). From case to case "
    )
    assert "the number of sites that convert moves from 1 to 3 sites" in words
    assert "the gain of the best plan moves from USD 31 M to 55 M" in words
    assert "the exit cost moves from USD 150 M to 172 M and the impairment stays at" in words


def test_the_three_numbers_stand_at_the_top() -> None:
    html = page()
    numbers = re.findall(r'<p class="number">([^<]+)</p><p class="spread">([^<]+)</p>', html)
    assert numbers == [
        ("USD 2.5 M", "USD 833 k on average"),
        ("USD 24 M", "USD 31 M to 55 M"),
        ("1 of 4", "2 in some cases, 1 in none"),
    ]


def test_the_order_of_plans_is_that_of_the_model() -> None:
    tables = frames()
    rows = plan_rows(tables["regret"], decided(tables["plans"]), currency="USD")
    assert [row.plan_of for row in rows] == ["base", "tight", "cheap"]
    first = least_regret(
        pd.DataFrame(
            {
                "plan_of": [row.plan_of for row in reversed(rows)],
                "stores_converting": [row.sites for row in reversed(rows)],
                "cases_valued": [3 - row.missing for row in reversed(rows)],
                "cases_without_value": [row.missing for row in reversed(rows)],
                "cases_breaking_limits": [row.breaks for row in reversed(rows)],
                "largest_regret_usd": [row.largest for row in reversed(rows)],
                "mean_regret_usd": [row.mean for row in reversed(rows)],
            }
        )
    )
    assert first is not None
    assert first["plan_of"] == rows[0].plan_of
    base, _, cheap = rows
    # What it gains in tight, beyond the limits there, counts as no regret.
    assert (base.largest, base.mean) == (2.5e6, pytest.approx(2.5e6 / 3))
    assert (base.worst_case, base.breaks_in, base.missing) == ("cheap", ("tight",), 0)
    assert (cheap.largest, cheap.breaks, cheap.missing_in) == (1.2e6, 0, ("tight",))
    assert cheap.limits_text == "is not offered in 1 case (tight)"
    assert [row.best_in for row in rows] == [1, 1, 1]


@pytest.mark.slow
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from([None, -2e6, 0.0, 0.3, 1e6, 2e6]), st.sampled_from(["", "x"])
            ),
            min_size=3,
            max_size=3,
        ),
        min_size=3,
        max_size=3,
    )
)
def test_page_and_model_name_the_same_plan(cells: list[list[tuple[float | None, str]]]) -> None:
    sets = [frozenset({"a:hall"}), frozenset({"b:hall"}), frozenset({"c:hall"})]
    best = {case: Best(own, 4e6) for case, own in zip("xyz", sets, strict=True)}
    values = {
        case: {
            plan: PlanValue(
                None if behind is None else 4e6 - behind,
                (broken or "not offered",) if behind is None or broken else (),
            )
            for plan, (behind, broken) in zip(sets, row, strict=True)
        }
        for case, row in zip("xyz", cells, strict=True)
    }
    found = regret_of(best, values, words=BUNDLED)
    rows = plan_rows(found.pairs.table, {case: {case: "hall"} for case in "xyz"}, currency="USD")
    first = least_regret(found.plans.table)
    assert first is not None
    assert rows[0].plan_of == first["plan_of"]
    assert (rows[0].largest, rows[0].mean) == (
        first["largest_regret_usd"],
        pytest.approx(first["mean_regret_usd"]),
    )
    assert (rows[0].breaks, rows[0].missing) == (
        first["cases_breaking_limits"],
        first["cases_without_value"],
    )
    if rows[0].breaks:
        assert f"it {rows[0].limits_text}".split(" and is not")[0] in found.plans.sentence


@pytest.mark.slow
@given(st.permutations(sorted(REGRET)))
def test_the_order_of_the_rows_changes_no_plan(order: list[tuple[str, str]]) -> None:
    tables = frames()
    regret = tables["regret"].set_index(["case", "plan_of"]).loc[order].reset_index()
    want = plan_rows(tables["regret"], decided(tables["plans"]), currency="USD")
    assert plan_rows(regret, decided(tables["plans"]), currency="USD") == want


def test_sweeps_that_have_less_to_compare_say_so() -> None:
    tables = frames(impossible=False)
    same = tables["plans"][tables["plans"]["case"] == "base"]
    both = pd.concat([same, same.assign(case="cheap")])
    rows = [(case, "base", 1.0, 1.0, 0.0, "") for case in ("base", "cheap")]
    regret = pd.DataFrame(rows, columns=tables["regret"].columns)
    html = page(cases=tables["cases"].head(2), plans=both, regret=regret)
    assert "All 2 cases have the same best plan: the plan of base (2 sites)." in html
    assert 'id="regret"' not in html
    alone = page(cases=tables["cases"].head(1), plans=same, regret=regret.head(1))
    assert "The one case has the plan of base (2 sites)." in alone
    assert "From case to case" not in alone
    none = page(
        cases=frames()["cases"].tail(1), plans=both.head(0), regret=regret.head(0), facts={}
    )
    assert "No case leaves a plan that could be compared." in none
    assert "at least 9 conversions cannot hold with at most 1" in none
    assert "<h1>Cases side by side</h1>" in none


def test_a_plan_that_loses_nothing_and_one_that_no_case_allows() -> None:
    tables = frames()
    converts = decided(tables["plans"])
    free = tables["regret"].assign(regret_usd=0.2, violations="")
    rows = plan_rows(free, converts, currency="USD")
    assert regret_answer(rows, 3) == (
        "The plan of base (2 sites) is as good as the best in all cases."
    )
    gone = plan_rows(tables["regret"].assign(regret_usd=None), converts, currency="USD")
    assert regret_answer(gone, 3) == "No case offers any of the plans."
    assert gone[0].largest_text == "not known"
    everywhere = plan_rows(
        tables["regret"].assign(violations="x", regret_usd=1e6), converts, currency="USD"
    )
    assert regret_answer(everywhere, 3) == (
        "The plan of base (2 sites) is never more than USD 1.0 M behind the best, the most in base"
        "; it breaks limits in 3 cases (base, cheap and tight)."
    )
    cheap = plan_rows(
        tables["regret"][tables["regret"]["plan_of"] == "cheap"], converts, currency="USD"
    )
    assert regret_answer([*cheap, *rows], 3) == (
        "The plan of cheap (3 sites) is never more than USD 1.2 M behind the best in the cases "
        "that offer it, the most in base; it is not offered in 1 case (tight)."
    )


# ------------------------------------------------------------------------------------- the regret
def test_the_matrix_shades_by_regret_and_marks_what_is_broken() -> None:
    tables = frames()
    rows = plan_rows(tables["regret"], decided(tables["plans"]), currency="USD")
    found = matrix_of(tables["regret"], rows, currency="USD")
    assert found.plans == ("base", "tight", "cheap")
    assert found.unit == "USD M"
    cells = {case: [(c.text, c.level) for c in row] for case, row in found.rows}
    assert cells["base"] == [("0", 0), ("9.0", 4), ("1.2", 1)]
    assert cells["cheap"] == [("2.5", 2), ("14.0", LEVELS), ("0", 0)]
    assert cells["tight"] == [("\u22123.0", 0), ("0", 0), ("not offered", 0)]
    assert found.notes == (
        ("base", "tight", "plan.max_conversions: at most 1 conversion"),
        ("cheap", "tight", "s3 may not become a corner"),
    )
    html = page()
    assert 'class="r6">14.0<' in html
    assert 'class="r0">\u22123.0<abbr class="dagger" title="plan.max_conversions' in html
    assert "The plan of cheap in tight: s3 may not become a corner" in text_of(html)
    assert "Not offered, cases" in html


def test_the_table_of_plans_has_no_column_for_what_never_happens() -> None:
    regret = frames()["regret"]
    html = page(regret=regret[regret["plan_of"] != "cheap"])
    assert "Not offered, cases" not in html
    assert "Breaks limits, cases" in html


@pytest.mark.slow
def test_many_cases_are_folded_and_the_best_plans_shown() -> None:
    tables = many()
    html = page(**tables)
    assert len(html) < 600_000
    assert "<summary>All 200 cases and their figures</summary>" in html
    assert re.search(r"<details><summary>Regret of each plan \(columns\)", html)
    assert html.count('class="share"') == 4
    assert 'class="strip"' not in html
    assert "All 200" not in page()
    plans = tables["regret"]["plan_of"].unique()
    extra = pd.concat(
        [
            tables["regret"].assign(plan_of=f"plan {place}", regret_usd=5e7 + place)
            for place in range(12)
        ]
    )
    wide = page(**{**tables, "regret": pd.concat([tables["regret"], extra])})
    assert f"the first 12 of {len(plans) + 12} plans" in wide
    assert f"{len(plans) + 2} more plans, by their largest regret" in wide


# ------------------------------------------------------------------------------------- the figures
def test_figures_say_between_which_cases_they_move() -> None:
    moved = {one.label: one for one in movements(frames()["cases"], words=BUNDLED)}
    gain = moved["Gain of the best plan over closing every site"]
    assert (gain.text, gain.detail) == ("USD 31 M to 55 M", "lowest in tight, highest in cheap")
    assert gain.ticks == ("37.5", "100.0", "0.0")
    exit_cost = moved["Cash cost of leaving all closing stores"]
    assert exit_cost.detail == "lowest in cheap, highest in base and tight"
    still = moved["Impairment in the books"]
    assert (still.text, still.detail, still.ticks) == ("USD 667 M", "the same in every case", ())
    assert some_of(["a", "b", "c"]) == "a and 2 more"


def test_ranges_stand_beside_their_number_on_one_scale_a_column() -> None:
    cases = frames()["cases"]
    gain = next(
        c for c in columns_of(cases, ranges(), words=BUNDLED) if c.heading == "Gain of the plan"
    )
    assert gain.unit == "USD M"
    base, cheap, tight, never = gain.cells
    assert (base.text, base.median, base.spread) == ("40.0", "30.0", "10.0 to 60.0")
    assert base.bar is not None
    assert (base.bar.left, base.bar.width, base.bar.dot) == ("0.0", "71.4", "28.6")
    assert (base.bar.half_left, base.bar.half_width) == ("14.3", "21.4")
    assert cheap.bar is not None
    assert cheap.bar.width == "100.0"
    assert tight.bar is not None
    assert tight.bar.width == "42.9"
    assert (never.text, never.bar) == ("", None)
    html = page(ranges=ranges())
    assert html.count('class="half"') == 6
    assert "ranges from 256 draws each" in text_of(html)
    assert re.search(r"Ranges of further figures.*Sales kept.*15 %", text_of(html))
    assert "median" not in text_of(page())


@pytest.mark.slow
def test_a_plan_with_limits_has_no_range_and_the_page_says_so() -> None:
    drawn = ranges()
    bare = drawn[(drawn["case"] != "tight") | (drawn["key"] == "kept_share")]
    said = "tight: the plan has limits, under which plans are proven and not screened draw by draw"
    assert said in text_of(page(ranges=bare))
    blank = drawn.copy()
    blank.loc[blank["case"] == "tight", ["p5", "p25", "p50", "p75", "p95"]] = None
    assert said in text_of(page(ranges=blank))
    none = text_of(page(**frames(impossible=False), ranges=drawn[drawn["key"] == "kept_share"]))
    assert "The plans of these cases have limits, under which" in none
    # Every plan has its range; nothing was drawn; a case without a plan needs no range.
    for words in (page(ranges=drawn), page()):
        assert "have limits, under" not in text_of(words)
        assert "has limits, under" not in text_of(words)


@pytest.mark.slow
def test_the_scenarios_are_explained_under_the_table() -> None:
    told = (("base", "The plain one", "Nothing is changed."), ("tight", "Less money", EVIL))
    html = page(scenarios=told)
    start = html.index("What each scenario supposes")
    assert start > html.index("The cases and their figures")
    words = text_of(html, html[start : start + 20])
    assert "base: The plain one Nothing is changed. tight: Less money <img" in words
    assert "<img" not in html
    assert "What the scenario supposes" in page(scenarios=told[:1])
    assert "supposes" not in page()


def test_what_is_set_beside_the_scenario_stands_where_something_is() -> None:
    tables = frames()
    html = page(**tables)
    assert "Set beside the scenario" in html
    assert '<td class="differs">rent=12</td>' in html
    assert "nothing</td>" not in html
    plain = page(**{**tables, "cases": tables["cases"].assign(overrides="")})
    assert "Set beside the scenario" not in plain
    assert 'class="differs"' not in plain


@pytest.mark.slow
def test_the_page_shows_just_walk_out_once_by_the_reading_of_the_case() -> None:
    tables = frames(impossible=False)
    tables["cases"].loc[2, "jwo_extra_usd_year"] = 6.9e6
    drawn = ranges()
    for key in ("jwo_extra_installed_usd_year", "jwo_extra_annualised_usd_year"):
        extra = drawn[drawn["key"] == "kept_share"].assign(key=key, label=key)
        drawn = pd.concat([drawn, extra])
    html = page(**tables, ranges=drawn)
    words = text_of(html)
    assert "Just Walk Out beyond the best alternative, by the reading of the case" in words
    assert "lowest in base and cheap, highest in tight" in words
    assert "annualised" not in words
    assert "Further figures" not in page(**tables)
    figures = [one.heading for one in columns_of(tables["cases"], None, words=BUNDLED)]
    assert figures.count("Just Walk Out") == 1


def test_a_case_without_a_plan_says_why_and_an_unknown_figure_is_not_known() -> None:
    tables = frames()
    tables["cases"].loc[0, "jwo_extra_usd_year"] = None
    html = page(**tables)
    assert html.count('class="blank">no plan<') == 5
    assert html.count('class="blank">not known<') == 1
    assert "1 case without a plan" in text_of(html)
    assert "never : at least 9 conversions cannot hold with at most 1" in text_of(html)
    assert "without a plan" not in text_of(page(cases=tables["cases"].head(3)))


def test_columns_that_nobody_expected_are_shown_folded() -> None:
    tables = frames()
    assert "Further figures" not in page(**tables)
    html = page(**{**tables, "cases": tables["cases"].assign(heads_notified=[9.0, 8, 7, None])})
    assert "Further figures of the cases" in html
    assert "Heads notified" in html


# ------------------------------------------------------------------------------------- the sites
def test_sites_are_told_apart_by_how_often_they_convert() -> None:
    tables = frames()
    converts = decided(tables["plans"])
    found = sites_of(tables["plans"], converts, {"hall": "Market Hall"})
    assert found.always == ("Corner Stop (Dayton, OH)",)
    assert found.never == ("Store s4 (Dayton, OH)",)
    assert found.formats == ("Market Hall", "corner")
    assert [(s.name, s.count, s.where) for s in found.depends] == [
        ("Store s2", 2, "all but tight"),
        ("Store s3", 1, "only cheap"),
    ]
    assert [mark.kind for mark in found.depends[0].marks] == [1, 1, 0]
    assert [mark.kind for mark in found.depends[1].marks] == [0, 2, 0]
    assert found.sentence == (
        "Of 4 closing sites, 1 converts in every case, 2 in some cases and 1 in none"
    )
    html = page(facts=FACTS | {"format:hall": "Market Hall"})
    assert 'class="k2"></i> converts to corner' in html
    assert "base: Market Hall; cheap: Market Hall" in text_of(html)


def weighing() -> dict[str, pd.DataFrame]:
    """Return the frames of a sweep in which s1 is kept or moves and s4 is always kept."""
    tables = frames()
    plans = tables["plans"]
    others = {("base", "s1"): "keep", ("cheap", "s1"): "relocate"}
    decisions = [
        "keep" if store == "s4" else others.get((case, store), decision)
        for case, store, decision in zip(
            plans["case"], plans["store_id"], plans["decision"], strict=True
        )
    ]
    return tables | {"plans": plans.assign(decision=decisions)}


def test_what_is_kept_and_moved_is_no_conversion_but_part_of_a_plan() -> None:
    tables = weighing()
    becomes = decided(tables["plans"])
    assert becomes["base"] == {"s1": "keep", "s2": "hall", "s4": "keep"}
    rows = {row.plan_of: row for row in plan_rows(tables["regret"], becomes, currency="USD")}
    assert rows["base"].sites_text == "1 site, 2 kept open"
    assert rows["cheap"].sites_text == "2 sites, 1 kept open, 1 moved"
    # The same conversions with another store kept are another plan.
    alike = becomes | {"cheap": {"s2": "hall"}, "tight": {"s2": "hall", "s4": "keep"}}
    best_in = {
        row.plan_of: row.best_in for row in plan_rows(tables["regret"], alike, currency="USD")
    }
    assert best_in == {"base": 1, "cheap": 1, "tight": 1}
    words = text_of(page(**tables), '<p class="standfirst">')
    assert words.startswith(" The plan of base (1 site, 2 kept open) is never more than")


def test_sites_are_then_told_apart_by_whether_they_close() -> None:
    tables = weighing()
    sites = sites_of(tables["plans"], decided(tables["plans"]), {"hall": "Hall"})
    assert sites.sentence == (
        "Of 4 closing stores, 2 close in no case, 2 in some cases and 0 in every case"
    )
    assert [one.split(" (")[0] for one in sites.always] == ["Corner Stop", "Store s4"]
    assert {site.name: site.where for site in sites.depends} == {
        "Store s2": "all but tight",
        "Store s3": "only cheap",
    }
    # Formats first, however often stores are kept.
    assert sites.formats == ("corner", "Hall", "kept open", "moved")
    assert sites.looks[1:] == (
        *(("k2", "converts to Hall"), ("keeps", "stays open"), ("moves", "moves")),
    )
    html = page(**tables)
    for words in ("Stores that close in no case", "2 of 4", "Does not close in", "stays open"):
        assert words in text_of(html), words
    assert '<i class="keeps"></i> stays open<i class="moves"></i> moves<i></i> closes.' in html
    for words in ("Converts in", "Sites that convert in every case", "convert in no case"):
        assert words not in text_of(html), words


def test_a_store_that_closes_in_every_case_is_said_to() -> None:
    tables = weighing()
    plans = tables["plans"].assign(
        decision=["keep" if store == "s4" else "close" for store in tables["plans"]["store_id"]]
    )
    words = text_of(page(**tables | {"plans": plans}))
    assert "3 stores that close in every case" in words
    assert "1 closes in no case, 0 in some cases and 3 in every case" in words


def test_stores_without_a_name_go_by_their_id() -> None:
    tables = frames()
    bare = tables["plans"].drop(columns=["name", "city", "state"])
    html = page(plans=bare)
    assert "In every case: s1." in html
    assert '<th scope="row" class="name">s2</th>' in html


# ------------------------------------------------------------------------------------- the page
def test_every_text_is_escaped_and_the_page_asks_for_nothing() -> None:
    tables = frames(EVIL)
    tables["cases"] = tables["cases"].assign(
        overrides=EVIL, message=EVIL, note=EVIL, scenario=EVIL, extra=1.0
    )
    for frame, columns in (
        ("cases", ["case"]),
        ("regret", ["case", "plan_of"]),
        ("plans", ["case"]),
    ):
        for column in columns:
            tables[frame][column] = tables[frame][column] + EVIL
    tables["regret"]["violations"] += "</abbr><script src=//x.example/a.js></script>" + EVIL
    tables["plans"]["city"] = tables["plans"]["state"] = 'url(//x.example/a.png)"' + EVIL
    tables["plans"]["decision"] = tables["plans"]["decision"].str.replace("hall", "h" + EVIL)
    drawn = ranges()
    drawn["case"] += EVIL
    drawn["label"] = EVIL
    facts = {key: value + EVIL for key, value in FACTS.items()}
    html = page(**tables, ranges=drawn, facts=facts)
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") > 40
    assert html.count("content-security-policy") == 1
    assert "script-src 'none'" in html or "default-src 'none'" in html
    assert '<html lang="en">' in html
    assert "<title>Three ways out&lt;img" in html


@pytest.mark.slow
def test_equal_input_gives_equal_bytes_and_leaves_the_frames_alone() -> None:
    tables = frames()
    copies = {name: frame.copy(deep=True) for name, frame in tables.items()}
    assert page(**tables, ranges=ranges()) == page(**frames(), ranges=ranges())
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, copies[name])


def test_the_words_are_explained() -> None:
    terms = re.findall(r"<dt>([^<]+)</dt><dd>", page()[page().index('id="glossary"') :])
    assert terms == sorted(terms)
    assert {"Regret", "Minimax regret", "Exit cost", "NPV, net present value"} <= set(terms)


def test_frames_that_do_not_hold_a_sweep_are_refused_with_every_fault() -> None:
    tables = frames()
    with pytest.raises(ValueError, match=r"cases lacks status; plans lacks decision$"):
        page(
            cases=tables["cases"].drop(columns="status"),
            plans=tables["plans"].drop(columns="decision"),
        )
    with pytest.raises(ValueError, match="there is no case to show"):
        page(cases=tables["cases"].head(0))
    with pytest.raises(ValueError, match="a case comes twice: base"):
        page(cases=tables["cases"].iloc[[0, 0, 1]])


def test_a_plan_that_is_not_proven_is_told() -> None:
    tables = frames()
    tables["cases"].loc[0, "status"] = "feasible"
    words = text_of(page(**tables))
    assert "the plan is not proven to be the best" in words
    assert "1 case without a plan" in words
    assert "not proven" not in page()
