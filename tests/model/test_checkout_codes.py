"""Walk-out checkout under another code and another name: the same numbers, and no trace of ours."""

from __future__ import annotations

import dataclasses
import doctest
import json
from pathlib import Path

import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Ledger
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.model.checkouts import checkout_codes
from retail_portfolio.model.checkouts.checkout import checkout, cost_stack
from retail_portfolio.model.checkouts.checkout_answer import checkout_title
from retail_portfolio.model.checkouts.checkout_bridge import checkout_levers
from retail_portfolio.model.checkouts.checkout_codes import Codes, codes_of
from retail_portfolio.model.checkouts.checkout_curves import cost_curves
from retail_portfolio.model.checkouts.checkout_sites import checkout_sites, paid_table
from retail_portfolio.model.overview.requirements import missing_rows
from retail_portfolio.model.overview.scenario_answer import scenario_answer
from retail_portfolio.present.drawings.checkout_charts import break_even_chart, stack_chart
from retail_portfolio.present.exporting.checkout_document import checkout_document, checkout_text
from retail_portfolio.present.summary.checkout_views import CHECKOUT_CHOICES
from retail_portfolio.present.summary.choices import named
from retail_portfolio.present.summary.views import shown
from retail_portfolio.present.tables import Table

GLISS = Codes("gliss", "gliding checkout")
WALK_OUT = "walk_out: {code: gliss, label: gliding checkout}"
OURS = ("jwo", "Just Walk Out")


def renamed(text: str) -> str:
    """Write the bundled names as the other ones."""
    return text.replace("Just Walk Out", GLISS.label).replace("jwo", GLISS.code)


@pytest.fixture
def gliss_data(small_data: Path) -> Path:
    """The small portfolio, in which walk-out checkout has another code and another name."""
    base = small_data / "scenarios" / "base.yaml"
    lines = base.read_text(encoding="utf-8").splitlines()
    kept = [WALK_OUT if line.startswith("walk_out:") else line for line in lines]
    base.write_text("\n".join(kept) + "\n", encoding="utf-8")
    for name in ("assumptions.csv", "stores.csv"):
        path = small_data / name
        path.write_text(path.read_text(encoding="utf-8").replace("jwo", "gliss"), encoding="utf-8")
    return small_data


def without_walk_out(case: Case) -> Case:
    """Return the case with a ledger that knows nothing of walk-out checkout."""
    code = case.scenario.walk_out.code
    rows = tuple(row for key, row in case.ledger.items() if not key.startswith(f"{code}_"))
    return dataclasses.replace(case, ledger=Ledger(rows))


def test_the_examples_hold() -> None:
    assert doctest.testmod(checkout_codes).failed == 0


def test_a_name_without_a_setting_is_a_plain_one(small_data: Path) -> None:
    base = small_data / "scenarios" / "base.yaml"
    lines = base.read_text(encoding="utf-8").splitlines()
    base.write_text("\n".join(x for x in lines if not x.startswith("walk_out")), encoding="utf-8")
    codes = codes_of(load_case("base", str(small_data)).scenario)
    assert codes == Codes()
    assert codes.technologies[3:] == ("walk_out_vision", "walk_out_rfid", "walk_out_hybrid")
    assert list(codes.words.values())[3:] == [
        *("walk-out checkout", "walk-out checkout by RFID", "walk-out checkout beside lanes"),
    ]


@pytest.mark.slow
def test_another_name_changes_names_and_no_number(small_data: Path, gliss_data: Path) -> None:
    ours = load_case("base", str(gliss_data), ["walk_out.code=jwo", "walk_out.label=Just Walk Out"])
    rows = tuple(
        dataclasses.replace(row, key=row.key.replace("gliss", "jwo"))
        for row in ours.ledger.values()
    )
    marks = ours.stores["checkout_technology"].replace("gliss", "jwo")
    ours = dataclasses.replace(
        ours, ledger=Ledger(rows), stores=ours.stores.assign(checkout_technology=marks)
    )
    said = json.dumps(checkout_document(ours))
    theirs = load_case("base", str(gliss_data))
    found = json.dumps(checkout_document(theirs))
    assert not any(name in found for name in OURS)
    assert found.replace("Gliding checkout", GLISS.label) == renamed(said)
    assert "a year of gliding checkout costs USD " in found
    assert "Gliding checkout a year, Corner Pantry (installed reading)" in found
    # Columns are as wide as the longest name.
    lines = checkout_text(json.loads(found), theirs).split()
    assert lines == renamed(checkout_text(json.loads(said), ours)).split()


@pytest.mark.slow
def test_an_answer_has_the_code_in_its_names(gliss_data: Path) -> None:
    found = scenario_answer(load_case("base", str(gliss_data)), 8)
    assert found.figures["gliss_extra_installed_usd_year"] is not None
    assert found.figures["gliss_extra_usd_year"] == found.figures["gliss_extra_installed_usd_year"]
    assert found.ranges is not None
    labels = found.ranges.set_index("key")["label"]
    assert labels["gliss_extra_annualised_usd_year"] == (
        "Gliding checkout beyond the best alternative a year, closing stores that had it "
        "(annualised)"
    )
    assert not any("jwo" in key for key in (*found.figures, *labels.index))


def test_drawings_and_tables_have_the_name(gliss_data: Path) -> None:
    case = load_case("base", str(gliss_data))
    formats = case.scenario.formats
    bars = stack_chart(cost_stack(case), "corner", formats)
    assert "of gliding checkout is equipment" in bars.title
    lines = break_even_chart(cost_curves(case, "corner"))
    assert lines.title.startswith("In Corner Pantry gliding checkout is as cheap as staffed lanes")
    assert "gliding checkout (installed) USD " in lines.alt
    table = shown(checkout(case), "checkout", Table(case.stores), formats)
    assert "gliding checkout" in table.html
    for text in (bars.svg, lines.svg, table.html):
        assert not any(name in text for name in OURS)
    said = [named(choice, GLISS) for choice in CHECKOUT_CHOICES.values()]
    assert not any(mark in repr(said) for mark in ("{code}", "{label}", "{start}", *OURS))
    paid = named(CHECKOUT_CHOICES["checkout_paid"], GLISS)
    assert paid.caption.startswith("Closing stores that had gliding checkout: ")
    assert paid.labels["gliss_vision_installed_usd_year"] == "Gliding checkout (installed)"
    assert paid.sort_by == "gliss_paid_extra_installed_usd_year"
    assert paid.sort_by in paid.columns


def test_what_the_ledger_has_no_figures_for_is_said(small_data: Path) -> None:
    case = without_walk_out(load_case("base", str(small_data)))
    assert missing_rows(case) == ()
    found = checkout_document(case)
    assert found["answer"] == (
        "Staffed lanes cost USD 230 k a year in a store like Corner Pantry. Not compared for want "
        "of figures in the ledger: self-checkout, smart carts, Just Walk Out, Just Walk Out by "
        "RFID, Just Walk Out beside lanes."
    )
    assert {row["technology"] for row in found["checkout"]} == {"staffed"}
    assert found["paid"] == found["levers"] == found["bridge"] == []
    curves = cost_curves(case, "corner")
    assert curves.sentence == (
        "Checkout in Corner Pantry over the sales of a store; one sells USD 6.0 M a year"
    )


def test_the_share_of_cashiers_is_worked_out(case: Case) -> None:
    """The first format's busy hours at the lanes, against its price and upkeep of lanes."""
    stack = cost_stack(without_walk_out(case))
    rows = stack.table[stack.table["technology"] == "staffed"]
    parts = rows[rows["format"] == rows["format"].iloc[0]].set_index("part")["usd_year"]
    share = parts["cashiers"] / (parts["cashiers"] + parts["lanes"])
    assert set(parts.index) == {"cashiers", "lanes"}
    assert stack.sentence == f"Cashiers are {100 * share:.0f} % of what staffed lanes cost"


def test_the_cheapest_of_what_is_compared_is_named(case: Case) -> None:
    bare = without_walk_out(case)
    absent = (
        "Not compared for want of figures in the ledger: Just Walk Out, Just Walk Out beside lanes."
    )
    told = checkout(bare).sentence
    assert told.startswith("Staffed lanes cost USD ")
    assert told.endswith(f", less than any other technology that is compared. {absent}")
    free = ("sco_kiosk_capex_usd", "sco_attended_share_of_hours", "sco_loss_bp", "sco_hybrid_sta")
    rows = tuple(
        dataclasses.replace(row, low=0.0, base=0.0, high=0.0) if key.startswith(free) else row
        for key, row in bare.ledger.items()
    )
    told = checkout(dataclasses.replace(bare, ledger=Ledger(rows))).sentence
    assert "; the cheapest technology that is compared there is self-checkout, USD " in told
    assert told.endswith(absent)


@pytest.mark.parametrize("code", ["staffed", "rfid", "unknown", "Jwo", "a b", "", "x__y", "1x"])
def test_a_code_that_names_something_else_is_refused(small_data: Path, code: str) -> None:
    with pytest.raises(ValueError, match=r"walk_out\.code"):
        load_case("base", str(small_data), {"walk_out": {"code": code}})


def test_stores_that_had_it_are_found_by_the_code(gliss_data: Path) -> None:
    case = load_case("base", str(gliss_data))
    paid = pd.DataFrame(checkout_document(case)["paid"])
    assert list(paid["store_id"]) == ["corner-3"]
    assert paid["gliss_paid_extra_installed_usd_year"].notna().all()


def test_what_is_not_compared_is_said_at_every_place(small_data: Path) -> None:
    case = without_walk_out(load_case("base", str(small_data)))
    sites = checkout_sites(case)
    assert sites.sentence == (
        "5 trading or closing stores: only technologies with a checkout are compared."
    )
    assert paid_table(sites, case).sentence == "No figures say what Just Walk Out cost a store."
    assert checkout_levers(case).sentence.startswith("Just Walk Out is not compared, so that ")
    assert checkout_title(case) == "What a year of checkout costs"
    whole = load_case("base", str(small_data), ["walk_out.label=the glide"])
    assert checkout_title(whole) == "What the glide costs, and where it would pay"
