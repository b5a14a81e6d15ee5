from __future__ import annotations

import json
import re
from collections import Counter

import pandas as pd
import pytest

from retail_portfolio.present.basemap import Basemap, outlines
from retail_portfolio.present.map_data import SHAPES, FormatLook, MapSettings
from retail_portfolio.present.maps import inline, looks, map_page, portfolio_map, write_map
from retail_portfolio.present.tables import Table
from tests.present import sample


def drawn(*, hostile: bool = False, **more):
    frame = sample.stores(hostile=hostile)
    metros = pd.DataFrame(
        {"name": ["A-B, CA", "C, WA"], "lat": [34.0, 47.6], "lon": [-118.2, -122.3]}
    )
    given = {
        "settings": MapSettings(formats=looks(sample.FORMATS)),
        "plan": sample.plan(frame, hostile=hostile),
        "closure": sample.closure(frame),
    }
    return portfolio_map(
        Table(frame, {"size_sqft": "sqft"}),
        basemap=sample.basemap(),
        metros=metros,
        **(given | more),
    )


def data_of(page: str) -> dict:
    return json.loads(
        re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    )


def test_every_store_is_there_with_its_fate():
    data = data_of(map_page(drawn(), "Map"))
    counts = Counter((one["banner"], one["status"]) for one in data["stores"])
    assert counts[("Corner Stop", "closing")] == sample.CLOSING_SMALL
    assert counts[("Market Hall", "closing")] == sample.CLOSING_LARGE
    assert counts[("Green Grocer", "open")] == sample.OPEN
    labels = {kind["label"]: kind["count"] for kind in data["kinds"]}
    assert labels == {
        "Market Hall, worth converting to Green Grocer": 12,
        "Corner Stop, closes": 14,
        "Market Hall, closes": 45,
        "Green Grocer, stays open": 516,
        "Closed earlier": 9,
    }


def test_what_differs_differs_in_shape_and_in_colour():
    kinds = data_of(map_page(drawn(), "Map"))["kinds"]
    assert len({kind["path"] for kind in kinds}) == len(kinds)
    assert {kind["paint"] for kind in kinds} == {"converts", "closes", "rest", "gone"}
    assert kinds[0]["path"] == SHAPES["star"]


def test_shapes_follow_the_role_and_not_the_name():
    renamed = {code: FormatLook(f"X{code}", look["role"]) for code, look in sample.FORMATS.items()}
    first = data_of(map_page(drawn(), "Map"))["kinds"]
    second = data_of(map_page(drawn(settings=MapSettings(formats=renamed)), "Map"))["kinds"]
    assert [kind["path"] for kind in first] == [kind["path"] for kind in second]
    assert second[0]["label"] == "Xhall, worth converting to Xgreen"


def test_a_rough_point_is_hollow_and_says_so():
    data = data_of(map_page(drawn(), "Map"))
    rough = [one for one in data["stores"] if one["rough"]]
    assert len(rough) == data["rough"] == 3
    assert rough[0]["point"] == "The place is approximate: within about 4.2 km."
    assert data["stores"][0]["point"] == "The place is known to within about 100 m."


def test_a_card_has_figures_with_unit_and_origin():
    data = data_of(map_page(drawn(), "Map"))
    store = next(one for one in data["stores"] if one["decision"] == "convert_green")
    figures = dict(zip(data["labels"], store["figures"], strict=True))
    assert figures["NPV vs exit"][1] == "m"
    assert figures["NPV vs exit"][0].startswith("USD ")
    assert figures["Size"][0] == "37,000 sq ft"
    assert figures["Size"][1] in {"r", "a"}
    assert store["verdict"] == "Worth converting to Green Grocer"


def test_two_renders_are_byte_equal(tmp_path):
    for name in ("a", "b"):
        write_map(drawn(), tmp_path / name, "Map", note="note")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert map_page(drawn(), "Map") == map_page(drawn(), "Map")


def test_hostile_texts_are_data_and_no_part_of_the_page():
    page = map_page(drawn(hostile=True), "Map")
    data = data_of(page)
    assert {one["name"] for one in data["stores"]} == set(sample.HOSTILE)
    for text in ("<img src=x", "<svg onload", "</script><script>window", "<!--<script"):
        assert text not in page
    # branca reads what an element renders as a template once more: 49 would be its answer.
    assert any(one["name"] == "{{ 7*7 }}{% raw %}" for one in data["stores"])


def test_decisions_may_be_missing_and_so_may_positions():
    frame = sample.stores().assign(lat=lambda f: f["lat"].where(f.index != 0))
    page = map_page(portfolio_map(frame, basemap=Basemap()), "Map")
    data = data_of(page)
    assert len(data["stores"]) == len(frame) - 1
    assert {kind["paint"] for kind in data["kinds"]} == {"closes", "rest", "gone"}
    assert data["kinds"][0]["label"] == "corner, closes"


def test_a_plan_with_two_rows_for_a_store_is_refused():
    frame = sample.stores()
    plan = sample.plan(frame).table
    with pytest.raises(ValueError, match="one-to-one"):
        portfolio_map(frame, plan=pd.concat([plan, plan]), basemap=Basemap())


def test_the_first_city_names_an_area_and_the_busiest_comes_first():
    names = [metro[2] for metro in data_of(map_page(drawn(), "Map"))["metros"]]
    assert set(names) == {"A", "C"}


def test_a_notebook_gets_the_map_in_a_frame():
    assert inline(drawn())._repr_html_().startswith("<iframe")


def test_outlines_are_steps_that_add_up_again():
    ring = [[-1.0, 2.0], [-1.5, 2.25], [-1.5, 2.25], [-2.0, 3.0], [-1.0, 2.0]]
    collection = {
        "features": [
            {"geometry": {"type": "MultiPolygon", "coordinates": [[ring], [ring]]}},
            {"geometry": None},
        ]
    }
    first, second = outlines(collection)
    assert first == second
    assert first == (-10000, 20000, -5000, 2500, -5000, 7500, 10000, -10000)
