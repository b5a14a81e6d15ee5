"""What a report says of the one before it."""

import json

import pytest

from retail_portfolio.run.publishing import runs
from retail_portfolio.run.report import Request, make_reports
from tests.run.workshop import quicken


@pytest.fixture
def workshop(workshop, monkeypatch):
    """A workshop whose notebooks start no kernel, and whose plan decides."""
    quicken(monkeypatch.setattr)
    decide(workshop, "close")
    return workshop


def decide(workshop, decision):
    """Have the plan decide this of the one store."""
    rows = f"store_id,decision,value\ngo-1,{decision},2\n"
    from tests.run.workshop import writes

    cell = writes("01_alpha", "plan", rows).replace(
        '"tables": {"plan": {', '"tables": {"plan": {"decision": {"unit": "", "origin": ""}, '
    )
    workshop.notebook("01_alpha", cell)


def change(workshop):
    (workshop.root / "data" / "stores.csv").write_text("store_id\ngo-1\ngo-2\n")


def made(**options):
    (run,) = make_reports(Request(**options))
    return run


def changes_of(run):
    return json.loads((run / "changes.json").read_text())


def brief_of(run):
    return runs.read_manifest(run)["changes"]


def test_causes_that_cannot_be_found_are_said_and_stop_nothing(workshop, command):
    """The models know nothing of a portfolio this small: they fail, and the report does not."""
    made()
    change(workshop)
    decide(workshop, "convert_a")
    status, _, err = command("report")
    assert status == 0
    said = changes_of(workshop.reports / workshop.latest)["causes"]["sentence"]
    assert said.startswith("Which input did it was not found: it could not be computed")
    assert "which input changed the results: it could not be computed" in err


def test_no_cause_is_sought_where_no_result_changed(workshop, monkeypatch):
    monkeypatch.setattr("retail_portfolio.run.since.find_causes", None)
    made()
    change(workshop)
    assert "causes" not in changes_of(made())


def test_first_report_has_none_to_compare_with(workshop):
    run = made()
    found = changes_of(run)
    assert found["before"] is None
    assert "no earlier report" in found["sentence"]
    assert brief_of(run)["since"] is None
    assert brief_of(run)["any"] is True


def test_rows_and_decisions_that_changed(workshop):
    first = made()
    change(workshop)
    decide(workshop, "convert_a")
    second = made()
    found = changes_of(second)
    assert (found["before"]["run_id"], found["after"]["run_id"]) == (first.name, second.name)
    assert found["changed"] == {"results": True, "inputs": True, "program": False}
    (turned,) = found["decisions"]["turned"]
    assert (turned["store_id"], turned["before"], turned["after"]) == (
        "go-1",
        "close",
        "convert_a",
    )
    assert brief_of(second) == {
        "since": first.name,
        "results": True,
        "inputs": True,
        "program": False,
        "any": True,
    }


def test_same_inputs_tell_of_the_same_changes(workshop):
    """However often a schedule fires, the pages of equal inputs are equal."""
    first = made()
    change(workshop)
    second, third = made(), made()
    found = changes_of(third)
    assert found["before"]["run_id"] == first.name
    assert found["after"]["run_id"] == third.name
    assert found | {"after": None} == changes_of(second) | {"after": None}
    assert brief_of(third)["since"] == second.name
    assert brief_of(third)["any"] is False


def test_same_inputs_with_other_results_are_not_passed_over(workshop, monkeypatch):
    """What no hash covers shows here, and nowhere else."""
    monkeypatch.setenv("OF_NO_HASH", "close")
    rows = "store_id,decision,value\\ngo-1,' + __import__('os').environ['OF_NO_HASH'] + ',2\\n"
    path = workshop.root / "notebooks" / "01_alpha.ipynb"
    text = path.read_text()
    assert "store_id,decision,value\\\\ngo-1,close,2\\\\n" in text
    path.write_text(
        text.replace("store_id,decision,value\\\\ngo-1,close,2\\\\n", rows.replace("\\n", "\\\\n"))
    )
    first = made()
    monkeypatch.setenv("OF_NO_HASH", "convert_a")
    second = made()
    assert brief_of(second) == {
        "since": first.name,
        "results": True,
        "inputs": False,
        "program": False,
        "any": True,
    }
    assert changes_of(second)["before"]["run_id"] == first.name


def test_report_of_another_scenario_is_not_compared_with(workshop):
    (workshop.root / "scenarios" / "high.yaml").write_text("why: Dearer money.\n")
    made()
    assert brief_of(made(scenarios=("high",)))["since"] is None


def test_failed_run_is_not_compared_with(workshop):
    first = made()
    workshop.notebook("02_beta", "1 / 0")
    with pytest.raises(Exception, match="ZeroDivisionError"):
        made()
    (workshop.root / "notebooks" / "02_beta.ipynb").unlink()
    assert brief_of(made())["since"] == first.name


def test_earlier_report_that_is_damaged_does_not_hinder_the_next(workshop, command):
    first = made()
    change(workshop)
    (first / "inputs.zip").write_bytes(b"damaged")
    status, _, err = command("report")
    assert status == 0
    assert f"not compared with {first.name}" in err
    assert "a readable archive" in err
    found = changes_of(workshop.reports / workshop.latest)
    assert found["before"] is None
    assert "no earlier report to compare with: inputs.zip" in found["sentence"]


def test_report_made_again_is_compared_with_what_it_repeats(workshop):
    first = made()
    change(workshop)
    made()
    again = made(scenarios=(), again=str(first))
    found = changes_of(again)
    assert found["before"]["run_id"] == first.name
    assert found["changed"] == {"results": False, "inputs": False, "program": False}


def test_report_in_another_currency_is_not_compared_with(workshop, command):
    first = made()
    scenario = workshop.root / "scenarios" / "base.yaml"
    scenario.write_text(scenario.read_text() + "currency: CAD\n")
    status, _, err = command("report")
    assert status == 0
    why = "money is not compared, because the currency changed from USD to CAD"
    assert f"not compared with {first.name}: {why}" in err
    second = workshop.reports / workshop.latest
    found = changes_of(second)
    assert found["before"] is None
    assert why in found["sentence"]
    assert brief_of(second)["any"] is True
