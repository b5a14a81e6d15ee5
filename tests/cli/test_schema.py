"""The command that prints a schema: one JSON document, and faults for names there are not."""

import json

import pytest

from retail_portfolio.inputs.settings.schema import notebook_schema, scenario_schema


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), scenario_schema),
        (("scenario",), scenario_schema),
        (("scenario", "base"), lambda: scenario_schema("base")),
        (("notebook",), notebook_schema),
        (("notebook", "05_uncertainty"), lambda: notebook_schema("05_uncertainty")),
    ],
)
def test_one_document_and_nothing_else(command, arguments, expected):
    status, out, err = command("schema", *arguments)
    assert (status, err) == (0, "")
    assert json.loads(out) == expected()
    assert out.endswith("}\n")


def test_figures_are_those_of_the_data_folder(command, small_data):
    _, out, _ = command("schema", "--data", small_data)
    figures = json.loads(out)["properties"]["assumptions"]["properties"]
    assert "size_sqft.corner" in figures
    assert "size_sqft.fresh" not in figures


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("notebok",), "did you mean 'notebook'"),
        (("notebook", "05_uncertanty"), "did you mean '05_uncertainty'"),
        (("scenario", "fast_exits"), "did you mean 'fast_exit'"),
        (("scenario", "--data", "nowhere"), "found 'nowhere'"),
    ],
)
def test_what_there_is_not_is_named(command, arguments, said):
    status, out, err = command("schema", *arguments)
    assert (status, out) == (2, "")
    assert said in err
