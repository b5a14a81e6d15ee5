"""What a person sees of stores that are kept and that move, beside those that convert and close."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.model.result import PlanResult, Result
from retail_portfolio.present.changed.change_words import change_section
from retail_portfolio.present.drawings.charts import ranked_bars
from retail_portfolio.present.drawings.near_chart import near_chart
from retail_portfolio.present.drawings.plan_charts import frontier_chart
from retail_portfolio.present.drawings.uncertainty_strip import probability_chart
from retail_portfolio.present.exporting.plan_document import plan_document, plan_text
from retail_portfolio.present.map_kinds import SHAPES, decided, kinds_of
from retail_portfolio.present.mapping.map_areas import area_data
from retail_portfolio.present.mapping.map_data import MapSettings
from retail_portfolio.present.mapping.map_layers import MapExtras, layers_of
from retail_portfolio.present.mapping.maps import FormatLook, looks, portfolio_map
from retail_portfolio.present.palette import CONVERTS, INK, MOVES
from retail_portfolio.present.summary.plan_views import flip_table
from retail_portfolio.present.summary.views import shown
from retail_portfolio.present.summary.weighed import weighed
from retail_portfolio.present.tables import Table
from retail_portfolio.present.words import decision_words, target_of, target_words
from tests.conftest import BUNDLED
from tests.present import change_documents, sample
from tests.present.deciding_case import DECIDED, SETTINGS, WEIGHS, deciding_data
from tests.present.test_maps import data_of
from tests.present.test_packing import unpacked_numbers, unpacked_texts
from tests.present.test_plan_charts import FORMATS, NAMES, by_number, near
from tests.present.test_uncertainty_charts import register
from tests.present.test_uncertainty_charts import stores as drawn_stores

if TYPE_CHECKING:
    from pathlib import Path

    from retail_portfolio.inputs.case import Case

HALL = {"hall": FormatLook("Hall", "existing"), "corner": FormatLook("Corner", "closing")}


def texts(svg: str) -> list[str]:
    return [text for text in ET.fromstring(svg).itertext() if text.strip()]  # noqa: S314 - ours


# -------------------------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("code", "said", "target"),
    [
        ("close", "Closes", ""),
        ("keep", "Worth keeping open", "keep"),
        ("relocate", "Worth moving", "relocate"),
        ("convert_hall", "Worth converting to Hall", "hall"),
        ("convert_yard", "Worth converting to yard", "yard"),
        ("sold_off", "sold_off", ""),
        ("", "", ""),
        (None, "None", ""),
    ],
)
def test_a_decision_has_words_and_a_target(code: object, said: str, target: str) -> None:
    assert decision_words(code, HALL) == said
    assert target_of(code) == target


def test_a_move_says_where_to_where_that_is_known_and_nothing_else_does() -> None:
    assert decision_words("relocate", HALL, "Mill Road") == "Worth moving to Mill Road"
    assert decision_words("keep", HALL, "Mill Road") == "Worth keeping open"
    assert [target_words(one, HALL) for one in ("hall", "keep", "relocate", "yard")] == [
        *("Hall", "kept open", "moved", "yard"),
    ]


def test_a_passage_stands_only_where_something_else_than_converting_is_weighed(
    case: Case,
) -> None:
    def settings(*decisions: str) -> Any:
        return case.scenario.model_copy(update={"decisions": decisions})

    assert weighed(case.scenario) is None
    assert weighed(settings("close")) is None
    kept = weighed(settings("close", "keep"))
    assert kept is not None
    assert repr(kept).startswith(
        "This scenario weighs for every closing store whether to close it or keep it open."
    )
    assert "four-wall" in repr(kept)
    assert "relocations.csv" not in repr(kept)
    every = weighed(settings("convert", "relocate", "keep", "close"))
    assert every is not None
    assert "whether to close it, keep it open, move it or convert it." in repr(every)
    html = every._repr_html_()
    assert html.count("<p>") == 3
    assert "<code>ID:relocate</code>" in html
    assert "``" not in html


def test_a_change_to_keeping_is_no_change_to_closing() -> None:
    document = change_documents.busy()
    turned = [
        {**document["decisions"]["turned"][0], "before": "close", "after": after}
        for after in ("keep", "relocate", "convert_hall")
    ]
    decisions = {**document["decisions"], "turned": turned}
    section = change_section({**document, "decisions": decisions}, BUNDLED, {}, HALL)
    table = next(one for one in section.tables if one.caption.startswith("Decisions that turned"))
    assert [(row[2].text, row[2].kind) for row in table.rows] == [
        *(("Worth keeping open", ""), ("Worth moving", "")),
        ("Worth converting to Hall", "converts"),
    ]
    assert {row[1].kind for row in table.rows} == {"closes"}


# ---------------------------------------------------------------------------------------- map
def wave(**decisions: str) -> pd.DataFrame:
    at = count()
    return pd.DataFrame(
        [
            (one, "corner", "closing", decision, 40.0 + next(at) / 100, -83.0)
            for one, decision in decisions.items()
        ],
        columns=["store_id", "format", "status", "decision", "lat", "lon"],
    )


def test_what_is_kept_and_what_moves_have_fates_shapes_and_colours_of_their_own() -> None:
    placed = wave(a="convert_hall", b="keep", c="relocate", d="close")
    kinds = kinds_of(placed, HALL, [("a", "relocate")])
    assert [fate for fate, _ in kinds] == ["convert_hall", "keep", "relocate", "close", "before"]
    assert [kind.label for kind in kinds.values()] == [
        *("Corner, worth converting to Hall", "Corner, worth keeping open", "Corner, worth moving"),
        *("Corner, closes", "Corner, open before"),
    ]
    now = list(kinds.values())[:4]
    assert len({kind.paint for kind in now}) == 4
    assert len({kind.shape for kind in now}) == 3  # what is kept has the shape of its format
    assert kinds["relocate", "corner"].shape in SHAPES
    assert {decided(one) for one in ("", "sold", "close")} == {"close"}
    # A plan that nobody looks at yet may move a store as well.
    assert ("relocate", "corner") in kinds_of(wave(a="close"), HALL, [("a", "relocate")])


def area(option: str, store: str, households: float) -> dict[str, Any]:
    ring = [[-83.0, 40.0], [-83.0, 40.1], [-82.9, 40.1], [-83.0, 40.0]]
    facts = {"option": option, "store_id": store, "part": 0.5, "households": households}
    return {
        "type": "Feature",
        "properties": facts,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_an_area_says_on_which_condition_its_site_sells() -> None:
    layer = {
        "type": "FeatureCollection",
        "features": [
            *(area("a:hall", "a", 100), area("a:keep", "a", 200), area("a:relocate", "a", 300)),
            *(area("b:hall", "b", 100), area("b:keep", "b", 200)),
        ],
    }

    def lines(**decisions: str) -> tuple[list[str], str]:
        found = area_data(layer, wave(**decisions).to_dict("records"), shown=True)
        assert found is not None
        return [f"{one[3][0]}: {one[3][1]}" for one in found["list"]], found["note"]

    kept, note = lines(a="keep", b="close")
    assert kept[0] == "If kept open, 50 % of sales from: 200 households"
    assert kept[1] == "If converted, 50 % of sales from: 100 households"
    assert "if it converted, stayed open or moved; its card says which." in note
    moved, _ = lines(a="relocate", b="convert_hall")
    assert moved[0] == "If moved, 50 % of sales from: 300 households"
    _, note = lines(a="convert_hall", b="close")
    assert note.endswith("if it converted.")


PLACES = pd.DataFrame(
    {
        "store_id": ["a", "b", "z", "c"],
        "name": ["Mill Road", sample.HOSTILE[0], "Nowhere", "Off the map"],
        "city": ["Springvale", None, "", ""],
        "state": ["OH", "OH", "", ""],
        "lat": [40.2, 40.3, 40.4, math.nan],
        "lon": [-83.1, -83.2, -83.3, -83.4],
    }
)


def moves_of(frame: pd.DataFrame, **more: Any) -> Any:
    layers = layers_of(frame.to_dict("records"), MapExtras(**more), currency="USD")
    return next((one for one in layers if one["key"] == "moves"), None)


def test_a_line_runs_from_each_store_that_some_plan_moves_to_its_place() -> None:
    frame = wave(a="relocate", b="close", c="relocate")
    found = moves_of(frame, relocations=PLACES)
    assert unpacked_numbers(found["stores"]) == [0]  # c has no place on the map, z is no store
    assert unpacked_texts(found["names"]) == ["Mill Road, Springvale, OH"]
    assert found["shown"] is True
    # Other plans move others; the script draws those of the plan that is shown.
    found = moves_of(frame, relocations=PLACES, decisions=(("b", "relocate"), ("a", "keep")))
    assert unpacked_numbers(found["stores"]) == [0, 1]
    assert found["count"] == 2
    kept = (("a", "keep"), ("b", "relocate"))
    found = moves_of(wave(a="close", b="close"), relocations=PLACES, decisions=kept)
    assert unpacked_numbers(found["stores"]) == [1]
    assert moves_of(wave(a="close", b="keep"), relocations=PLACES) is None
    assert moves_of(frame) is None


@pytest.mark.slow
def test_the_map_of_a_case_knows_its_places(small_data: Path) -> None:
    case = load_case(data_dir=str(deciding_data(small_data)), overrides=list(SETTINGS))
    plan = pd.DataFrame({"store_id": list(DECIDED), "decision": list(DECIDED.values())})
    page = portfolio_map(case.stores, case, plan=plan, basemap=sample.basemap()).get_root().render()
    data = data_of(page)
    assert [one["key"] for one in data["layers"]] == ["moves"]
    assert {kind["paint"] for kind in data["kinds"]} >= {"converts", "keeps", "moves"}
    other = portfolio_map(
        case.stores,
        plan=plan,
        basemap=sample.basemap(),
        settings=MapSettings(formats=looks(case.scenario.formats), words=BUNDLED),
    )
    assert data_of(other.get_root().render())["layers"] == []


# ------------------------------------------------------------------------------------- charts
def plan_result(*decisions: str) -> PlanResult:
    return PlanResult(pd.DataFrame({"decision": decisions}), "", objective_usd=21e6, words=BUNDLED)


@pytest.mark.slow
def test_the_frontier_counts_conversions_and_nothing_else() -> None:
    plan = plan_result("convert_green", "keep", "relocate", "convert_stall", "close")
    chart = frontier_chart(by_number(), plan)
    assert chart is not None
    assert "best plan: 2 conversions" in chart.alt


@pytest.mark.slow
def test_near_plans_tell_keeping_and_moving_from_converting() -> None:
    plans = (("a:green", "b:keep"), ("a:green", "b:relocate"), ("a:green", "b:stall"), ("a:green",))
    chart = near_chart(near(plans), NAMES, FORMATS)
    assert chart is not None
    assert {"Green Stall", "kept open", "moved", "closes"} <= set(texts(chart.svg))
    assert "which site does not close in which plan" in chart.alt
    assert " in 3 of 4" in chart.alt
    for colour in (CONVERTS, INK, MOVES):
        assert f'fill="{colour}"' in chart.svg.partition("</style>")[2]
    plain = near_chart(near(), NAMES, FORMATS)
    assert plain is not None
    assert "which plan converts which site" in plain.alt


@pytest.mark.slow
def test_the_strip_marks_what_the_base_plan_keeps_and_moves() -> None:
    found = drawn_stores()
    table = found.table.assign(
        decision=["close", "convert_green", "keep", "relocate", "close"],
        probability_keep=[0.2, 0.0, 0.001, 0.25, math.nan],
        probability_relocate=[0.3, 0.0, 0.0, 0.7, math.nan],
    )
    chart = probability_chart(replace(found, table=table), register())
    assert chart is not None
    assert "Elm, AA 50 %, stays open in 20 %, moves in 30 %;" in chart.alt
    assert "Ash, DD < 1 %, stays open in 25 %, moves in 70 % (moves in the base plan)" in chart.alt
    kinds = {f"{what} in the base plan" for what in ("converts", "closes", "stays open", "moves")}
    assert kinds <= set(texts(chart.svg))
    assert f'fill="{MOVES}"' in chart.svg.partition("</style>")[2]


@pytest.mark.slow
def test_bars_have_the_colours_of_the_map() -> None:
    words = [decision_words(one, HALL) for one in ("keep", "relocate", "convert_hall", "close")]
    frame = pd.DataFrame({"store": list("abcd"), "usd": [4.0, 3.0, 2.0, 1.0], "what": words})
    chart = ranked_bars(
        frame,
        label="store",
        value="usd",
        unit="usd",
        group="what",
        title="T",
        source="s",
        words=BUNDLED,
    )
    body = chart.svg.partition("</style>")[2]
    for colour in (INK, MOVES, CONVERTS):
        assert f'fill="{colour}"' in body


# ------------------------------------------------------------------------------------- tables
def test_a_kept_store_has_no_opening_year_and_does_not_close() -> None:
    plan = pd.DataFrame(
        {
            "store_id": ["a", "b", "c"],
            "decision": ["keep", "relocate", "close"],
            "opening_year": [math.nan, 2.0, math.nan],
        }
    )
    table = flip_table(Result(plan, "", {"opening_year": "years"}, words=BUNDLED))
    assert table.table["opening_year"].tolist()[:2] == ["stays open", 2]
    html = str(
        shown(table, "plan_flips", Table(pd.DataFrame({"store_id": []})), HALL, words=BUNDLED)
    )
    assert html.count(">stays open<") == 1
    assert html.count(">closes<") == 1
    assert "2.0" not in html


def test_plans_that_keep_stores_are_told_by_names_and_by_what_they_share() -> None:
    frame = pd.DataFrame({"store_id": ["a", "b"], "name": ["Elm", "Oak"]})
    known = (Table(frame), HALL)
    plans = pd.DataFrame(
        {"plan": [1, 2], "differs": ["", "without a:keep; with b:relocate, a:hall"]}
    )
    html = str(shown(Table(plans), "near_optimal_plans", *known, words=BUNDLED))
    assert "without Elm kept open; with Oak moved, Elm as Hall" in html
    stores = pd.DataFrame({"store_id": ["a"], "share_of_plans": [0.5], "formats": ["hall, keep"]})
    made = Table(stores, {"share_of_plans": "share"}, {"share_of_plans": "modelled"})
    html = str(shown(made, "near_optimal_stores", *known, words=BUNDLED))
    assert "In how many of these plans each store does not close" in html
    assert "Does not close in" in html
    assert "Hall, kept open" in html
    assert ">50" in html
    only = Table(stores.assign(formats="hall"), made.units, made.origins)
    html = str(shown(only, "near_optimal_stores", *known, words=BUNDLED))
    assert "How many of these plans convert each store" in html
    assert "Converts in" in html


# ----------------------------------------------------------------------------------- the plan
@pytest.fixture
def deciding(small_data: Path) -> Case:
    return load_case(data_dir=str(deciding_data(small_data)), overrides=list(SETTINGS))


@pytest.mark.slow
def test_a_plan_names_what_it_keeps_and_where_it_moves_stores(deciding: Case) -> None:
    ticks = count()
    found = plan_document(deciding, None, lambda: float(next(ticks)))
    assert {one["store_id"]: one["decision"] for one in found["stores"]} == DECIDED
    years = {one["store_id"]: one["opening_year"] for one in found["stores"]}
    assert years == {"corner-1": 1.0, "corner-2": 1.0, "corner-3": None}
    lines = plan_text(found, deciding).splitlines()
    assert [" ".join(line.split()).split(":")[0] for line in lines[:3]] == [
        "corner-1 Worth converting to Harvest Hall",
        "corner-2 Worth moving to Mill Road",
        "corner-3 Worth keeping open",
    ]
    assert lines[-1].startswith("1 of 3 sites converts, 1 stays open, 1 moves")


@pytest.mark.slow
def test_a_named_plan_may_keep_a_store(deciding: Case) -> None:
    ticks = count()
    found = plan_document(deciding, ["corner-3:keep"], lambda: float(next(ticks)))
    decisions = {one["store_id"]: one["decision"] for one in found["stores"]}
    assert decisions == {"corner-1": "close", "corner-2": "close", "corner-3": "keep"}
    assert found["status"] == "feasible"
    kept = next(one for one in found["stores"] if one["decision"] == "keep")
    assert kept["reason"].startswith("stays open: ")
    assert kept["opening_year"] is None
    assert found["objective_usd"] == pytest.approx(kept["npv_vs_exit_usd"])
    assert WEIGHS in SETTINGS
