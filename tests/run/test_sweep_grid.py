"""What a grid says: keys, values, lists, and what is wrong with it."""

import pytest

from retail_portfolio.run.sweeping import sweep_grid
from retail_portfolio.run.sweeping.sweep_grid import Axis, Wish, read_axes, wishes


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("discount_rate=0.07,0.09", "discount_rate", ("0.07", "0.09")),
        (" tax_rate = 0.2 , 0.3 ", "tax_rate", ("0.2", "0.3")),
        ("plan.force_in=[a, b],[c],[]", "plan.force_in", ("[a, b]", "[c]", "[]")),
        ("title=a=b,c", "title", ("a=b", "c")),
        ("x=[[a,b],c],d", "x", ("[[a,b],c]", "d")),
        ("x=1", "x", ("1",)),
    ],
)
def test_values_are_split_at_commas_outside_of_brackets(text, key, values):
    assert read_axes([text]) == ([Axis(key, values)], [])


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["discount_rate"], ["found 'discount_rate', expected key=value,value"]),
        (["=1,2"], ["found '=1,2', expected key=value,value"]),
        (["x="], ["column x: found '', expected at least one value, and none of them blank"]),
        (["x=1,,2"], ["column x: found '1,,2', expected at least one value"]),
        (["x=1,2,1,2"], ["found '1', expected every value once", "found '2', expected every"]),
        (["x=[a,b"], ["found '[a,b', expected a closing bracket for every opening"]),
        (["x=a],b["], ["found 'a],b[', expected a closing bracket"]),
        (["x=1", "x=2"], ["column x: found '2', expected a key that no other --grid has"]),
        (["s=1"], ["column s: found '1', expected a key that no other --set has"]),
        (["x", "y=", "z=1,1"], ["key=value", "column y", "column z"]),
    ],
)
def test_everything_wrong_is_named(texts, words):
    _, faults = read_axes(texts, fixed=["s=5"])
    said = [str(fault) for fault in faults]
    assert len(said) == len(words)
    assert all(word in text for word, text in zip(words, said, strict=True))
    assert all(text.startswith("--grid") for text in said)


def test_every_scenario_stands_at_every_point():
    axes = [Axis("a", ("1", "2")), Axis("b", ("x", "y"))]
    found, faults = wishes(["base", "other"], axes)
    assert faults == []
    assert found[:3] == [
        Wish("base", ("a=1", "b=x")),
        Wish("base", ("a=1", "b=y")),
        Wish("base", ("a=2", "b=x")),
    ]
    assert len(found) == 8
    assert found[-1].label == "other · a=2 · b=y"
    assert [one.label for one in wishes(["one", "two"], [])[0]] == ["one", "two"]
    assert [one.label for one in wishes([], [Axis("a", ("1",))])[0]] == ["base · a=1"]


def test_a_scenario_that_comes_twice_is_a_slip():
    found, faults = wishes(["base", "other", "base"], [])
    assert [one.scenario for one in found] == ["base", "other"]
    assert [str(one) for one in faults] == [
        "--scenario: found 'base', expected every scenario once"
    ]


def test_so_is_a_grid_beyond_all_measure(monkeypatch):
    monkeypatch.setattr(sweep_grid, "MOST_CASES", 4)
    axes = [Axis("a", ("1", "2")), Axis("b", ("1", "2"))]
    assert len(wishes(["base"], axes)[0]) == 4
    found, faults = wishes(["base", "other"], axes)
    assert found == []
    assert str(faults[0]) == "--grid: found '8 cases', expected at most 4 cases"
