"""``retail-portfolio checkout`` as a program and a person meet it."""

import json

import pytest

from tests.run.workshop import REPOSITORY

CASE = ("--data", REPOSITORY / "data")


@pytest.mark.slow
def test_json_is_one_document_and_nothing_else(command):
    status, out, err = command("checkout", "--json", *CASE)
    assert (status, err) == (0, "")
    document = json.loads(out, parse_constant=pytest.fail)
    assert next(iter(document)) == "answer"
    assert document["scenario"] == "base"
    assert document["as_of"] == "2026-01-27"
    row = document["checkout"][0]
    assert (row["format"], row["technology"], row["reading"]) == ("fresh", "staffed", "")
    assert row["cheapest"] is True
    assert row["break_even_sales_usd_year"] is None
    assert {one["key"] for one in document["figures"]} >= {"jwo_cost_fresh", "staffed_cost_fresh"}
    assert len(document["stores"]) == 587
    assert len(document["third_party"]) == 6
    assert {"years", "bridge", "levers", "paid"} <= set(document)
    assert command("checkout", "--json", *CASE)[1] == out


@pytest.mark.slow
def test_an_override_reaches_the_costs(command):
    out = command("checkout", "--json", *CASE, "--set", "benefit_load=1.5")[1]
    row = json.loads(out)["checkout"][0]
    assert row["annual_cost_usd"] == pytest.approx(
        11e6 / 42.07 * 165 / 3600 / 0.6 * 19.26 * 1.5 + 75_000 * (0.08 / (1 - 1.08**-7) + 0.10)
    )


@pytest.mark.slow
def test_a_person_gets_a_line_a_technology_and_the_answer(small_data, command):
    status, out, err = command("checkout", "--data", small_data)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split()[:2] == ["corner", "staffed"]
    assert any(line.endswith("cheapest") for line in lines)
    assert lines[-1].startswith("In a store like Corner Pantry")


@pytest.mark.slow
def test_a_retailer_without_formats_gets_an_answer_too(small_data, command):
    path = small_data / "scenarios" / "base.yaml"
    path.write_text(path.read_text().replace("[corner, hall]", "[]").replace("convert_to: []", ""))
    status, out, _ = command("checkout", "--data", small_data, "--json", "--set", "convert_to=hall")
    assert status == 0, out
    document = json.loads(out)
    assert document["checkout"] == document["figures"] == []
    assert document["answer"] == "No format is compared."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "basket_usd=0"), "basket_usd"),
        (("--set", "jwo_life_years=0"), "jwo_life_years"),
        (("--set", "reference_sales_usd_year=0"), "reference_sales_usd_year"),
        (("--set", "jwo_lief_years=4"), "did you mean 'jwo_life_years'"),
        (("--scenario", "nowhere"), "nowhere"),
    ],
)
def test_bad_input_is_named_and_ends_with_two(small_data, command, arguments, words):
    status, out, err = command("checkout", "--data", small_data, "--json", *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_every_row_the_comparison_lacks_is_named(small_data, command):
    ledger, gone = small_data / "assumptions.csv", ("lane_utilisation,", "staffed_lanes,")
    kept = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(line for line in kept if not line.startswith(gone)))
    status, out, err = command("checkout", "--data", small_data, "--json")
    assert (status, out) == (2, "")
    assert "lane_utilisation.corner" in err
    assert "staffed_lanes.hall" in err


def test_a_fault_of_ours_is_seventy(small_data, command, monkeypatch):
    from retail_portfolio.present.exporting import checkout_document

    def fail(_case):
        raise KeyError("why")

    monkeypatch.setattr(checkout_document, "checkout_document", fail)
    status, out, err = command("checkout", "--data", small_data, "--json")
    assert (status, out) == (70, "")
    assert "fault of the program" in err
