"""The explorer as a page gets it: what it says without a script, and what the script is given."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from retail_portfolio.present.explorer.plan_explorer import explorer
from retail_portfolio.present.offline import offline_page
from tests.present.explorer_page import (
    LOOKS,
    converting,
    deciding,
    made,
    outputs_of,
    places,
    plan_rows,
    stores,
)
from tests.present.sample import HOSTILE


class _Text(HTMLParser):
    """Collects what a reader without a script sees, and every element that there is."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser names it
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(" ".join(data.split()))


def read(html: str) -> _Text:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return reader


def data_of(html: str) -> Any:
    found = re.search(r'<script type="application/json" id="rp-plans-data">(.*?)</script>', html)
    assert found is not None
    return json.loads(found[1])


def plan_of(data: Any, name: str) -> Any:
    return next(one for one in data["plans"] if one["id"] == name)


def gain_of(data: Any, name: str) -> tuple[str, str]:
    return next((f[1], f[2]) for f in plan_of(data, name)["figures"] if f[0].startswith("Gain"))


def test_without_a_script_the_best_plan_stands_there() -> None:
    words = read(made().html).words
    for said in ("Best plan of this scenario", "USD 30 M", "USD 20 M", "Market Hall Elm"):
        assert said in words
    assert "proven: no other plan in this scenario gains more" in words
    assert "Market Hall Ash" not in words  # converts in other plans only
    at = words.index("Market Hall Oak")
    assert words[at + 1 : at + 3] == ["Oakton, YY", "Green Stall"]
    controls = next(a for _, a in read(made().html).tags if a.get("class") == "rp-plans-controls")
    assert "hidden" in controls


def test_ids_and_classes_cannot_meet_others() -> None:
    for tag, attributes in read(made().html).tags:
        names = [*(attributes.get("class") or "").split(), attributes.get("id") or "rp-plans"]
        for name in names:
            assert name.startswith("rp-plans") or (tag, name) in {
                *(("section", "explorer"), ("abbr", "mark"), ("p", "source")),
            }


@pytest.mark.parametrize("name", ["frontier_plans", "frontier_stores", "stores"])
def test_without_its_tables_there_is_no_explorer(name: str) -> None:
    assert explorer(outputs_of(**{name: None}), LOOKS) is None


def test_without_a_best_plan_or_a_column_there_is_none_either() -> None:
    rows = plan_rows()
    assert explorer(outputs_of(frontier_plans=rows[rows["plan"] != "best"]), LOOKS) is None
    assert explorer(outputs_of(frontier_plans=rows.drop(columns="position")), LOOKS) is None
    assert explorer(outputs_of(frontier_plans=rows.drop(columns="note")), LOOKS) is not None


def test_every_decision_of_any_plan_is_named_once() -> None:
    found = made().decisions
    assert list(found) == sorted(set(found))
    of_a = [decision for store, decision in found if store == "a"]
    assert of_a == ["close", "convert_green", "convert_stall", "open"]
    assert [d for s, d in found if s == "e"] == ["close", "open"]
    assert [d for s, d in found if s == "z"] == []


def test_the_script_is_handed_every_plan_that_there_is() -> None:
    data = data_of(made().html)
    assert data["plans"][0]["id"] == "best"
    ids = {one["id"] for one in data["plans"]}
    assert ids == {*plan_rows()["plan"], "announced", "before"} - {"scenario-none", "scenario-torn"}
    assert [data["plans"][place]["id"] for place, *_ in data["number"]] == [
        *("number-0", "number-1", "number-2", "number-3")
    ]
    assert [at for _, at, _ in data["budget"]] == [6e6, 13e6, 20e6]
    dear = plan_of(data, "scenario-dear")
    chosen = {data["stores"][s][0]: data["decisions"][d] for s, d in dear["decided"]}
    assert chosen == {one: ["convert_stall", "Green Stall", False] for one in "ac"}


def test_a_scenario_without_a_plan_says_why_and_cannot_be_chosen() -> None:
    reader = read(made().html)
    options = {a.get("value"): a for tag, a in reader.tags if tag == "option"}
    assert {one for one, a in options.items() if "disabled" in a} == {
        *("scenario-none", "scenario-torn")
    }
    assert "Too much has no plan: at least 9" in reader.words
    assert "torn has no plan: row 3 is torn" in reader.words


def test_each_plan_says_how_sure_its_gain_is() -> None:
    data = data_of(made().html)
    assert gain_of(data, "number-1") == (
        "USD 18 M",
        "proven: no other plan with 1 conversion gains more; USD 12 M less than the best plan",
    )
    assert gain_of(data, "number-3")[1].startswith("not proven: another may gain up to USD 1.0 M")
    budget = "proven: no other plan for this budget gains more"
    assert gain_of(data, "budget-20000000")[1] == budget
    assert gain_of(data, "scenario-dear")[1] == (
        "valued under that scenario; proven: no other plan in that scenario gains more"
    )
    assert gain_of(data, "named")[1] == "the best plan within the limits gains USD 9.0 M more"
    assert plan_of(data, "named")["note"] == "beyond: at most 1"
    named = {one[0]: one[1:] for one in plan_of(data, "budget-13000000")["figures"]}
    assert named["Capital to build"] == ["USD 12 M", "of a budget of USD 13 M", True]
    announced = plan_of(data, "announced")["figures"]
    assert [figure[3] for figure in announced] == [False] * 4  # nothing of it is modelled
    assert named["Stores that close"][0] == "4"


def test_each_plan_says_what_it_does_otherwise() -> None:
    data = data_of(made().html)
    said = {one["id"]: one["otherwise"] for one in data["plans"]}
    assert said["number-2"] == "The same sites as in the best plan of this scenario."
    assert said["scenario-dear"] == (
        "Against the best plan of this scenario: without Oak (YY); with Ash (YY); "
        "another format at Elm (YY)."
    )
    assert said["number-0"] == "No site converts."
    many = pd.DataFrame({"plan": "number-3", "store_id": [*"abcde"], "decision": "convert_green"})
    few = converting()
    few = few[(few["plan"] != "number-3") & (few["plan"] != "best")]
    data = data_of(made(frontier_stores=pd.concat([few, many])).html)
    said = "with Elm (YY), Oak (YY), Ash (YY), Fir (YY) and Yew (YY)."
    assert plan_of(data, "number-3")["otherwise"].endswith(said)


# ------------------------------------------------------------- where stores may stay and move too
def weighing() -> Any:
    return data_of(made(frontier_stores=deciding(), relocations=places()).html)


def figures_of(data: Any, name: str) -> dict[str, str]:
    return {one[0]: one[1] for one in plan_of(data, name)["figures"]}


def test_stores_that_stay_and_move_are_counted_apart_in_every_plan() -> None:
    data = weighing()
    labels = [
        *("Sites that convert", "Stores that stay open", "Stores that move", "Stores that close"),
    ]
    counts = {
        plan: [figures_of(data, plan)[label] for label in labels]
        for plan in ("best", "number-0", "number-2", "scenario-dear", "announced")
    }
    assert counts == {
        "best": ["1", "1", "1", "2"],
        "number-0": ["0", "2", "0", "3"],
        "number-2": ["2", "1", "0", "2"],
        "scenario-dear": ["1", "0", "1", "3"],
        "announced": ["0", "0", "0", "5"],
    }
    # Without scripts and with them, a slider of conversions stands at conversions alone.
    assert [plan_of(data, one)["conversions"] for one in ("best", "number-0")] == [1, 0]
    only = deciding()[lambda table: table["decision"] != "relocate"]
    labels = list(figures_of(data_of(made(frontier_stores=only).html), "best"))
    assert "Stores that stay open" in labels
    assert "Stores that move" not in labels


def test_a_plan_lists_what_converts_then_what_stays_then_what_moves_and_where_to() -> None:
    data = weighing()

    def listed(name: str) -> list[tuple[str, str]]:
        pairs = plan_of(data, name)["decided"]
        return [(data["stores"][s][0], data["decisions"][d][1]) for s, d in pairs]

    assert listed("best") == [
        *(("a", "Green Grocer"), ("e", "stays open"), ("d", "moves to Mill Road")),
    ]
    assert listed("number-0") == [("d", "stays open"), ("e", "stays open")]
    assert listed("named") == [("e", "moves")]  # nobody says where to
    words = read(made(frontier_stores=deciding(), relocations=places()).html).words
    at = words.index("Market Hall Fir")
    assert words[at + 2] == "moves to Mill Road"
    assert words.index("Market Hall Yew") < at


def test_the_map_is_told_of_what_stays_and_moves_plan_by_plan() -> None:
    found = made(frontier_stores=deciding(), relocations=places()).decisions
    assert [d for s, d in found if s == "d"] == ["close", "keep", "open", "relocate"]
    # Not listed in a plan: it closes there.
    assert [d for s, d in found if s == "e"] == ["close", "keep", "open", "relocate"]
    assert [d for s, d in found if s == "c"] == ["close", "open"]


def test_each_plan_says_which_stores_it_keeps_or_moves_otherwise() -> None:
    said = {one["id"]: one["otherwise"] for one in weighing()["plans"]}
    against = "Against the best plan of this scenario: "
    assert said["number-0"] == f"{against}without Elm (YY); another decision for Fir (YY)."
    assert said["scenario-dear"] == f"{against}without Yew (YY); another format at Elm (YY)."
    assert said["number-1"] == "The same sites as in the best plan of this scenario."
    assert said["number-3"] == "Every store closes."


def test_a_slider_needs_two_points() -> None:
    rows = plan_rows()
    html = made(frontier_plans=rows[rows["axis"] != "budget"]).html
    assert 'id="rp-plans-budget"' not in html
    assert 'id="rp-plans-number"' in html


def test_no_candidates_leave_a_page_that_says_so() -> None:
    rows = plan_rows()
    rows = rows[rows["plan"].isin(["best", "number-0"])].assign(objective_usd=0.0, capital_usd=0.0)
    found = made(frontier_plans=rows, frontier_stores=converting().head(0))
    assert {decision for _, decision in found.decisions} == {"close", "open"}
    assert 'type="range"' not in found.html
    assert "<li>" not in found.html


def test_hostile_texts_are_texts() -> None:
    register = stores().assign(name=[HOSTILE[n] for n in range(6)], city=HOSTILE[1])
    rows = plan_rows().assign(title=HOSTILE[1], note=HOSTILE[0])
    looks = {code: type(look)(HOSTILE[5], look.role) for code, look in LOOKS.items()}
    found = explorer(outputs_of(stores=register, frontier_plans=rows), looks)
    assert found is not None
    reader = read(found.html)
    tags = {tag for tag, _ in reader.tags}
    assert not tags & {"img", "svg", "iframe", "a:"}
    assert len([tag for tag, _ in reader.tags if tag == "script"]) == 2
    data = data_of(found.html)
    assert data["stores"][0][1] == HOSTILE[0]
    assert data["plans"][0]["title"] == HOSTILE[1]
    page = f"<!DOCTYPE html><html><head></head><body>{found.html}</body></html>"
    assert "sha256-" in offline_page(page, title="x")  # refuses handlers, addresses and requests


def test_equal_tables_make_equal_bytes() -> None:
    assert made().html == made().html
    mixed = plan_rows().sample(frac=1, random_state=3)
    ids = [one["id"] for one in data_of(made(frontier_plans=mixed).html)["plans"]]
    assert ids[0] == "best"
