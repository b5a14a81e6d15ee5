"""The report's page of the map, and the map drawn from what notebooks left."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from retail_portfolio.present.mapping.map_data import MapSettings
from retail_portfolio.present.mapping.map_page import report_map, report_settings, write_map_page
from retail_portfolio.present.mapping.maps import joined, looks, map_page
from retail_portfolio.present.outputs import read_outputs, write_outputs
from retail_portfolio.present.pages import RunFacts
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED
from tests.present import sample
from tests.present.test_map_layers import households, rivals, transfer
from tests.present.test_maps import data_of, drawn

FACTS = RunFacts.of(sample.FACTS)


def page_of(tmp_path, *, hostile=False, frame=None):
    frame = sample.stores(hostile=hostile) if frame is None else frame
    table = joined(Table(frame), sample.plan(frame, hostile=hostile), sample.closure(frame))
    return write_map_page(
        drawn(hostile=hostile),
        tmp_path / "map.html",
        table,
        FACTS,
        title="The map",
        formats=looks(sample.FORMATS),
        explorer="",
    ).read_text("utf-8")


def rows_of(page):
    return page.partition('<section id="stores">')[2].count("<tr>") - 2


@pytest.mark.slow
def test_every_mark_is_a_row_and_the_page_says_how_many(tmp_path):
    page = page_of(tmp_path)
    assert len(data_of(page)["stores"]) == len(sample.stores()) == rows_of(page)
    assert "516 stores open; 71 stores closing; 9 stores closed." in page
    assert page.count("<h1") == 1


@pytest.mark.slow
def test_a_store_without_a_place_is_in_neither(tmp_path):
    frame = sample.stores()
    frame.loc[0, "lat"] = np.nan
    table = joined(Table(frame), sample.plan(frame))
    page = page_of(tmp_path, frame=frame)
    assert rows_of(page) == len(table.table) - 1


@pytest.mark.slow
def test_the_rows_say_decision_figures_and_point(tmp_path):
    page = page_of(tmp_path)
    assert page.count("Worth converting to Green Grocer</td>") == 12
    assert page.count("approximate</td>") == 3
    assert "Value against closing" in page


@pytest.mark.slow
def test_a_column_that_says_nothing_of_any_row_is_left_out(tmp_path):
    others = page_of(tmp_path).partition("<details>")[2]
    heads = re.findall(r"<th[^>]*scope=\"col\"[^>]*>(.*?)</th>", others, re.DOTALL)
    assert not any("Decision" in head or "Value against" in head for head in heads)
    assert any("Point" in head for head in heads)


@pytest.mark.slow
def test_two_pages_are_byte_equal_and_hostile_texts_are_texts(tmp_path):
    assert page_of(tmp_path / "a") == page_of(tmp_path / "b")
    page = page_of(tmp_path, hostile=True)
    for text in ("<img src=x", "<svg onload", "</script><script>window", "<!--<script"):
        assert text not in page


@pytest.mark.slow
def test_the_report_s_map_is_drawn_from_what_the_notebooks_left(tmp_path):
    frame = sample.stores()
    write_outputs(
        tmp_path,
        "01_all",
        "All",
        "All of it.",
        tables={
            "stores": Table(frame),
            "competitors_near": rivals(),
            "demand_near": households(),
            "transfer": transfer(frame),
        },
        layers={"trade_areas": sample.layer(frame)},
    )
    outputs = read_outputs(tmp_path, words=BUNDLED)
    settings = MapSettings(formats=looks(sample.FORMATS), words=BUNDLED)
    decisions = ((frame["store_id"].iloc[20], "convert_daily"),)
    data = data_of(map_page(report_map(Table(frame), outputs, settings, decisions=decisions), "M"))
    assert [one["key"] for one in data["layers"]] == ["flows", "competitors", "demand"]
    assert data["areas"] is not None
    assert "convert_daily" in {kind["fate"] for kind in data["kinds"]}
    assert len(data["states"]) > 50


@pytest.mark.slow
def test_a_map_that_is_no_page_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("retail_portfolio.present.mapping.map_page.rendered", lambda _: "no page")
    with pytest.raises(ValueError, match="whole page"):
        page_of(tmp_path)


@pytest.mark.slow
def test_tiles_of_the_scenario_reach_the_page_s_policy(tmp_path):
    tiles = {"url": "https://tiles.example.org/{z}/{x}/{y}.png", "credit": "Somebody"}
    settings = report_settings(dataclasses.replace(FACTS, map_tiles=tiles), "The map")
    assert settings.formats.keys() == sample.FORMATS.keys()
    page = write_map_page(
        drawn(settings=settings),
        tmp_path / "map.html",
        Table(sample.stores()),
        FACTS,
        title="The map",
        formats=settings.formats,
    ).read_text("utf-8")
    assert "img-src data: https://tiles.example.org;" in page
    assert report_settings(FACTS, "The map").tiles is None
