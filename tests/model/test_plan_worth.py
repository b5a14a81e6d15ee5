"""What any plan is worth in a case: as the command says, kept as numbers, and why it is not."""

import dataclasses
import io
import itertools

import numpy as np
import pytest

from retail_portfolio.inputs import InputError, load_case
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.planning.plan import value_of
from retail_portfolio.model.planning.plan_task import optimum, plan_task
from retail_portfolio.model.planning.plan_worth import arrays_of, plan_values, worth_from, worth_of


@pytest.fixture
def small(small_data):
    def task(*overrides):
        case = load_case(data_dir=str(small_data), overrides=overrides)
        return plan_task(case, closure_table(case))

    return task


def put_away(worth):
    """Return a worth that was written to a file and read."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays_of(worth))
    with np.load(io.BytesIO(file.getvalue()), allow_pickle=False) as arrays:
        return worth_from(arrays)


def names_of(task):
    return sorted({task.problem.columns.name(c) for c in range(len(task.problem.columns))})


def sets_of(names):
    sizes = range(len(names) + 1)
    return [one for size in sizes for one in itertools.combinations(names, size)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("plan.max_conversions=1", "plan.capital_budget_usd=1e6"),
        ("plan.openings_per_year=1", "plan.opening_years=2", "plan.max_conversions=2"),
        ("plan.min_conversions=3", "plan.force_out=corner-1"),
    ],
)
def test_every_plan_is_worth_what_the_command_says(small, overrides):
    task = small(*overrides)
    plans = sets_of(names_of(task))
    found = plan_values(put_away(worth_of(task)), plans)
    assert len(found) == len(plans) > 2
    for names, one in zip(plans, found, strict=True):
        said = value_of(task, names)
        assert one.value_usd == said.objective_usd
        assert one.broken == said.violations


@pytest.mark.slow
def test_so_it_is_on_the_bundled_case(case):
    task = plan_task(case, closure_table(case))
    worth = worth_of(task)
    best = optimum(task)
    names = [task.problem.columns.name(c) for c in best.chosen[0]]
    closed = next(one for one in names_of(task) if one.partition(":")[0] not in " ".join(names))
    other = [*names[1:], closed]
    kept = plan_values(put_away(worth), [names, other])
    assert kept == plan_values(worth, [names, other])
    assert kept[0].value_usd == best.value_usd[0]
    assert kept[1].value_usd == value_of(task, other).objective_usd
    assert sum(one.nbytes for one in arrays_of(worth).values()) < 600_000


@pytest.mark.slow
def test_the_order_of_names_changes_nothing(small):
    worth = worth_of(small("plan.openings_per_year=1"))
    names = names_of(small())
    assert len(set(plan_values(worth, [names, names[::-1]]))) == 1


@pytest.mark.slow
def test_a_plan_that_a_case_does_not_offer_has_no_value_and_a_reason(small):
    worth = worth_of(small())
    asked = ("corner-1:hall", "corner-1:kiosk", "hall-1:hall")
    (found,) = plan_values(worth, [asked])
    assert found.value_usd is None
    assert found.broken == (
        "corner-1:kiosk is not offered here",
        "hall-1:hall is not offered here",
    )


@pytest.mark.slow
def test_a_site_in_nobodys_reach_cannot_be_valued(small_data):
    case = load_case(data_dir=str(small_data))
    stores = case.stores.copy()
    stores.loc[stores["store_id"] == "corner-1", ["lat", "lon"]] = (30.0, -50.0)
    case = dataclasses.replace(case, stores=stores)
    task = plan_task(case, closure_table(case))
    assert "corner-1:hall" not in names_of(task)
    (found,) = plan_values(worth_of(task), [["corner-1:hall"]])
    assert found.value_usd is None
    assert found.broken == ("corner-1:hall cannot be valued here",)


@pytest.mark.slow
def test_a_site_stands_in_a_plan_once(small):
    worth = worth_of(small())
    with pytest.raises(ValueError, match=r"twice: corner-1:hall, corner-1:hall"):
        plan_values(worth, [["corner-1:hall", "corner-1:hall"]])


@pytest.mark.slow
def test_nothing_of_a_worth_is_an_object(small):
    arrays = arrays_of(worth_of(small("plan.max_conversions=1")))
    assert all(one.dtype.kind in "iufU" for one in arrays.values())
    for name in arrays:
        with pytest.raises((KeyError, InputError)):
            worth_from({key: value for key, value in arrays.items() if key != name})


@pytest.mark.slow
def test_a_case_without_candidates_knows_the_empty_plan_only(small):
    worth = put_away(worth_of(small("convert_from=hall")))
    nothing, one = plan_values(worth, [(), ("corner-1:hall",)])
    assert nothing.value_usd == 0
    assert one.value_usd is None
