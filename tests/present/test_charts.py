from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from retail_portfolio.present.drawings.charts import range_dots, ranked_bars, stacked_bars
from retail_portfolio.present.drawings.drawing import NARROW_PX, WIDE_PX
from retail_portfolio.present.palette import CLOSES, CONVERTS
from tests.conftest import BUNDLED
from tests.present.sample import HOSTILE


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "store": ["North & Sons", HOSTILE[0], "South"],
            "cost": [9.2e6, 6.1e6, -1e6],
            "low": [7e6, 5e6, -2e6],
            "high": [12e6, 8e6, 0.5e6],
            "decision": ["close", "convert_wfm", "close"],
            "part": ["lease", "people", "stock"],
        }
    )


def bars(**more):
    words = {"title": "Two stores cost most to leave", "source": "the <model>"}
    columns = {"label": "store", "value": "cost", "unit": "usd"}
    return ranked_bars(frame(), **columns, **words, **more, words=BUNDLED)


@cache
def every_kind():
    words = {"unit": "usd", "title": "What to see", "source": "model"}
    ends = {"value": "cost", "low": "low", "high": "high"}
    return (
        bars(low="low", high="high", group="decision"),
        stacked_bars(frame(), label="store", part="part", value="cost", **words, words=BUNDLED),
        range_dots(frame(), label="store", **ends, **words, words=BUNDLED),
    )


@pytest.mark.slow
def test_two_renders_are_equal():
    assert every_kind.__wrapped__() == every_kind()


@pytest.mark.slow
def test_every_drawing_is_well_formed_asks_for_nothing_and_runs_nothing():
    for chart in every_kind():
        for svg in (chart.svg, chart.narrow):
            root = ET.fromstring(svg)  # noqa: S314 - ours
            tags = {element.tag.rpartition("}")[2] for element in root.iter()}
            assert tags <= {"svg", "style", "rect", "g", "path", "text", "tspan", "line"}
            addresses = set(re.findall(r"https?://[^\"' ]+", svg))
            assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
            names = {name for element in root.iter() for name in element.attrib}
            assert not [name for name in names if name.startswith("on")]


@pytest.mark.slow
def test_title_unit_source_and_range_are_in_the_drawing():
    svg = bars(low="low", high="high", axis_title="Exit cost").svg
    texts = "".join(ET.fromstring(svg).itertext())  # noqa: S314 - ours
    for words in (
        "Two stores cost most to leave",
        "Exit cost, USD",
        "4 M",
        "9.2 M",
        "the <model>",
    ):
        assert words in texts


@pytest.mark.slow
def test_both_widths_fit_their_paper():
    for chart in every_kind():
        for svg, width in ((chart.svg, WIDE_PX), (chart.narrow, NARROW_PX)):
            drawn = float(re.search(r'width="([\d.]+)"', svg)[1])
            assert drawn <= width * 1.06


@pytest.mark.slow
def test_what_closes_and_what_converts_has_its_colour_and_dark_paper_its_own():
    svg = bars(group="decision").svg
    assert f'fill="{CLOSES}"' in svg
    assert f'fill="{CONVERTS}"' in svg
    assert "prefers-color-scheme:dark" in svg


@pytest.mark.slow
def test_a_notebook_gets_an_image():
    bundle = bars()._repr_mimebundle_()
    assert bundle["image/svg+xml"] == bars().svg


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda f: f.drop(columns="cost"), KeyError, "no column cost"),
        (lambda f: f.head(0), ValueError, "no rows"),
        (lambda f: f.assign(store="same"), ValueError, "one line: same"),
    ],
)
def test_what_cannot_be_drawn_is_said(change, error, words):
    with pytest.raises(error, match=words):
        ranked_bars(
            change(frame()),
            label="store",
            value="cost",
            unit="usd",
            title="t",
            source="s",
            words=BUNDLED,
        )
