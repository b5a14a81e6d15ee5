"""Regret of plans between cases: by hand, and what holds whatever the numbers."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.planning.plan_worth import PlanValue
from retail_portfolio.model.planning.regret import (
    COLUMNS,
    PLAN_COLUMNS,
    Best,
    cases_named,
    distinct_plans,
    least_regret,
    regret,
)

A, B, C = frozenset({"a:hall"}), frozenset({"b:hall", "c:hall"}), frozenset()
BEST = {"one": Best(A, 10e6), "two": Best(B, 8e6), "again": Best(A, 4e6), "none": Best(C, 0.0)}
VALUES = {
    "one": {B: PlanValue(7e6), C: PlanValue(0.0)},
    "two": {A: PlanValue(9e6, ("plan.force_in: b converts",)), C: PlanValue(0.0)},
    "again": {B: PlanValue(None, ("c:hall is not offered here",)), C: PlanValue(0.0)},
    "none": {A: PlanValue(-1e6), B: PlanValue(-6e6)},
}


def rows(found):
    table = found.pairs.table
    return {(one["case"], one["plan_of"]): one for one in table.to_dict("records")}


def test_regret_by_hand():
    found = regret(BEST, VALUES, words=Speech("USD"))
    assert tuple(found.pairs.table.columns) == COLUMNS
    by = rows(found)
    assert list(by)[:4] == [("one", "one"), ("one", "two"), ("one", "none"), ("two", "one")]
    assert len(by) == 4 * 3
    assert by["one", "two"]["regret_usd"] == 3e6
    assert by["one", "two"]["value_usd"] == 7e6
    assert by["one", "two"]["best_usd"] == 10e6
    assert by["none", "two"]["regret_usd"] == 6e6
    assert [by[case, of]["regret_usd"] for case, of in (("one", "one"), ("again", "one"))] == [0, 0]
    # It gains more than any plan within the limits, because it breaks one.
    assert by["two", "one"]["regret_usd"] == -1e6
    assert by["two", "one"]["violations"] == "plan.force_in: b converts"
    missing = by["again", "two"]
    assert math.isnan(missing["value_usd"])
    assert math.isnan(missing["regret_usd"])
    assert missing["best_usd"] == 4e6
    assert missing["violations"] == "c:hall is not offered here"


def test_largest_and_mean_regret_of_each_plan():
    plans = regret(BEST, VALUES, words=Speech("USD")).plans
    assert tuple(plans.table.columns) == PLAN_COLUMNS
    assert plans.table.to_numpy().tolist() == [
        # What it gains beyond limits is no regret, and makes up for none.
        ["one", 1, 4, 0, 1, 1e6, pytest.approx(1e6 / 4)],
        ["two", 2, 3, 1, 0, 6e6, pytest.approx(3e6)],
        ["none", 0, 4, 0, 0, 10e6, pytest.approx(5.5e6)],
    ]
    # A limit that it breaks somewhere does not cost it the first place.
    assert plans.sentence == (
        "Of 3 plans in 4 cases, the plan of one (1 site) is at most USD 1.0 M behind the best "
        "and USD 250 k on average; it breaks limits in 1 case (two)."
    )


def test_the_sentence_says_what_a_plan_breaks_and_where_it_cannot_be():
    values = {
        case: {plan: one for plan, one in by.items() if plan != C} for case, by in VALUES.items()
    }
    best = {case: one for case, one in BEST.items() if case != "none"}
    assert regret(best, values, words=Speech("USD")).plans.sentence == (
        "Of 2 plans in 3 cases, the plan of one (1 site) is never behind the best; it breaks "
        "limits in 1 case (two)."
    )
    # Limits that are broken at a loss count as any loss does, and are told.
    values["two"][A] = PlanValue(2e6, ("plan.force_in: b converts",))
    values["again"][B] = PlanValue(None, ("c:hall is not offered here",))
    assert regret(best, values, words=Speech("USD")).plans.sentence == (
        "Of 2 plans in 3 cases, the plan of one (1 site) is at most USD 6.0 M behind the best "
        "and USD 2.0 M on average; it breaks limits in 1 case (two)."
    )
    values["two"][A] = PlanValue(None, ("a:hall is not offered here",))
    values["one"][B] = PlanValue(None, ("b:hall is not offered here",))
    assert regret(best, values, words=Speech("USD")).plans.sentence == (
        "Of 2 plans in 3 cases, the plan of one (1 site) is never behind the best; it is not "
        "offered in 1 case (two)."
    )


def test_stores_kept_and_moved_are_no_conversions():
    """One site converts, two stores stay and one moves: four sites of a plan, one conversion."""
    mixed = frozenset({"a:hall", "b:keep", "c:keep", "d:relocate"})
    kept = frozenset({"b:keep"})
    best = {"one": Best(mixed, 5e6), "two": Best(kept, 2e6)}
    values = {"one": {kept: PlanValue(1e6)}, "two": {mixed: PlanValue(2e6)}}
    plans = regret(best, values, words=Speech("USD")).plans
    assert plans.table["stores_converting"].tolist() == [1, 0]
    assert plans.sentence == (
        "Of 2 plans in 2 cases, the plan of one (1 site, 2 kept open, 1 moved) is never behind the "
        "best."
    )
    assert regret({"two": best["two"]}, {}, words=Speech("USD")).plans.sentence == (
        "1 case has one plan: the plan of two (0 sites, 1 kept open)."
    )


def plans_of(*rows):
    """Return a table of plans: cases without a value, cases with broken limits, largest regret."""
    return pd.DataFrame(
        [
            (f"p{place}", 1, 9 - missing, missing, broken, largest, 0.0)
            for place, (missing, broken, largest) in enumerate(rows)
        ],
        columns=list(PLAN_COLUMNS),
    )


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([(0, 0, 2e6), (0, 5, 1e6)], "p1"),  # regret goes before limits
        ([(1, 0, 0.0), (0, 3, 9e6)], "p1"),  # but a value in every case before regret
        ([(2, 0, 2e6), (1, 0, 3e6)], "p0"),  # how many are missing decides between equals only
        ([(0, 2, 1e6), (0, 1, 1e6 + 0.3)], "p1"),  # equal to the dollar: fewer broken limits
        ([(2, 1, 1e6), (1, 1, 1e6)], "p1"),  # then fewer cases without a value
        ([(2, 1, 1e6), (1, 2, 1e6)], "p0"),
        ([(0, 1, 1e6), (0, 1, 1e6)], "p0"),  # then the order
    ],
)
def test_which_plan_is_never_far_from_the_best(rows, first):
    table = plans_of(*rows)
    assert least_regret(table)["plan_of"] == first
    table.index = [7] * len(table)  # whatever its rows are called
    assert least_regret(table)["plan_of"] == first


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([], ""),
        (["a"], "1 case (a)"),
        (["a", "b"], "2 cases (a and b)"),
        (["a", "b", "c"], "3 cases (a, b and c)"),
        (["a", "b", "c", "d"], "4 cases"),
    ],
)
def test_few_cases_are_named_and_many_are_counted(labels, words):
    assert cases_named(labels) == words


@pytest.mark.parametrize(
    ("best", "words"),
    [
        ({}, "No case has a plan."),
        ({"one": Best(A, 1.0)}, "1 case has one plan: the plan of one (1 site)."),
        (
            {"one": Best(B, 1.0), "two": Best(B, 2.0)},
            "2 cases have one plan: the plan of one (2 sites).",
        ),
    ],
)
def test_where_there_is_nothing_to_compare(best, words):
    found = regret(best, {}, words=Speech("USD"))
    assert found.plans.sentence == words
    assert (found.pairs.table["regret_usd"] == 0).all()
    assert len(found.pairs.table) == len(best)
    assert (least_regret(found.plans.table) is None) == (not best)


def test_a_value_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        regret(BEST, {}, words=Speech("USD"))


def test_the_first_case_gives_a_plan_its_name():
    assert distinct_plans(BEST) == {"one": A, "two": B, "none": C}


@pytest.mark.slow
@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_regret_is_never_below_zero_within_limits_and_zero_at_home(gains):
    """Cases choose their best plan, so that nobody else's can beat it."""
    plans = (A, B, C)
    best, values = {}, {}
    for case, row in zip("xyz", gains, strict=True):
        mine = max(range(3), key=lambda place: row[place])
        best[case] = Best(plans[mine], row[mine])
        values[case] = {plan: PlanValue(gain) for plan, gain in zip(plans, row, strict=True)}
    found = regret(best, values, words=Speech("USD"))
    table = found.pairs.table
    assert (table["regret_usd"] >= 0).all()
    homes = distinct_plans(best)
    for row in table.to_dict("records"):
        if homes[row["plan_of"]] == best[row["case"]].converts:
            assert row["regret_usd"] == 0
    each = found.plans.table
    assert (each["mean_regret_usd"] <= each["largest_regret_usd"] * (1 + 1e-12)).all()
    chosen = least_regret(each)
    # Within a dollar, limits and the order decide.
    assert chosen["largest_regret_usd"] <= each["largest_regret_usd"].min() + 1
    assert f"the plan of {chosen['plan_of']} " in found.plans.sentence
