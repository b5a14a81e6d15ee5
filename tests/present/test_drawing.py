"""What holds of every drawing: its numbers, its words, its colours, its size, and in JupyterLab."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import vl_convert as vlc

from retail_portfolio.present.drawings.charts import ranked_bars, stacked_bars
from retail_portfolio.present.drawings.drawing import NARROW_PX, WIDE_PX, Chart
from retail_portfolio.present.drawings.interactive import VEGA_LITE_MIME, VEGA_LITE_SCHEMA
from retail_portfolio.present.drawings.slim import rounded, slim
from retail_portfolio.present.palette import INKS, OKABE_ITO, PARTS
from tests.conftest import BUNDLED
from tests.present.drawn_texts import D3, strange, texts
from tests.present.every_chart import every_chart

OPENED = {"JPY_SESSION_NAME": "notebooks/02_closure.ipynb"}


def specs() -> Iterator[dict[str, Any]]:
    for chart in every_chart():
        yield json.loads(chart.vega_lite)


def walk(value: object) -> Iterator[tuple[str, object]]:
    """Yield every field below a document, with its name."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield name, one
            yield from walk(one)
    elif isinstance(value, list):
        for one in value:
            yield from walk(one)


# ------------------------------------------------------------------------------- numbers, words
@pytest.mark.slow
def test_every_number_is_written_as_everywhere_else() -> None:
    for chart in every_chart():
        assert strange(chart.svg) == strange(chart.narrow) == [], chart.title


@pytest.mark.slow
def test_what_the_pointer_is_told_is_written_as_everywhere_else() -> None:
    told = [
        text
        for spec in specs()
        for rows in spec["datasets"].values()
        for row in rows
        for text in row.values()
        if isinstance(text, str)
    ]
    assert {"USD 9.2 M", "41,000 sq ft", "12 %", "\u22125 %"} <= set(told)
    # A day is told as a day: 2026-01-27 holds no minus.
    assert [t for t in told if D3.search(re.sub(r"\d{4}-\d\d(-\d\d)?", "", t))] == []


@pytest.mark.slow
def test_no_number_is_left_to_the_drawing() -> None:
    for spec in specs():
        fields = dict(walk(spec))
        assert not {"format", "formatType", "numberFormat"} & set(fields)
        for name, tips in walk(spec):
            if name == "tooltip":
                assert {tip["type"] for tip in tips} == {"nominal"}
        for name, axis in walk(spec):
            # Every axis of numbers writes its ticks by the house's own expression.
            if name in {"x", "y"} and isinstance(axis, dict) and axis.get("axis"):
                assert axis["type"] != "quantitative" or "labelExpr" in axis["axis"], axis


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "top", "wanted"),
    [
        ("usd", 2.4e9, {"1.0 B", "2.0 B", "USD"}),
        ("usd_year", 9e6, {"2 M", "8 M", "USD per year"}),
        ("usd", 45e3, {"10 k", "40 k"}),
        ("share", 0.5, {"0 %", "10 %", "50 %", "share"}),
        ("sqft", 41e3, {"10,000", "40,000", "sq ft"}),
        ("usd", -9e6, {"\u22122 M", "\u22128 M", "0"}),
    ],
)
def test_ticks_carry_the_letter_or_the_sign_of_the_numbers(
    unit: str, top: float, wanted: set[str]
) -> None:
    frame = pd.DataFrame({"a": ["A", "B"], "v": [top, top / 2]})
    chart = ranked_bars(
        frame, label="a", value="v", unit=unit, title="T", source="s", words=BUNDLED
    )
    assert wanted <= set(texts(chart.svg))


@pytest.mark.slow
def test_lines_of_one_text_are_words_apart() -> None:
    title = "A title that is so long that it takes two lines at least, and a word or two more " * 2
    frame = pd.DataFrame(
        {"a": ["A name as long as names of stores are wont to be, IL"], "v": [1e6]}
    )
    chart = ranked_bars(
        frame, label="a", value="v", unit="usd", title=title, source="s", words=BUNDLED
    )
    for svg in (chart.svg, chart.narrow):
        assert {title.strip(), frame["a"][0]} <= set(texts(svg))
        # Nor do two texts run together when a page is copied.
        assert "</text><" not in svg


@pytest.mark.slow
def test_names_of_two_lines_stand_around_the_middle_of_their_row() -> None:
    name = "A name as long as names of stores are wont to be, IL"
    frame = pd.DataFrame({"a": [name, "Short"], "v": [1.7e6, 1e6]})
    svg = ranked_bars(
        frame, label="a", value="v", unit="usd", title="T", source="s", words=BUNDLED
    ).narrow

    def down(words: str) -> tuple[float, str]:
        found = re.search(rf"<text[^>]*,([\d.]+)\)[^>]*>((?:<tspan>)?{words}.*?)</text>", svg)
        return float(found[1]), found[2]

    top, inside = down("A name")
    lines = 1 + inside.count(' dy="12"')
    assert lines > 1
    assert top == pytest.approx(down("1.7 M")[0] - 6 * (lines - 1), abs=0.6)


@pytest.mark.slow
def test_a_single_group_needs_no_legend() -> None:
    frame = pd.DataFrame({"a": ["A", "B"], "v": [2.0, 1.0], "g": ["North", "North"]})
    words = {"label": "a", "value": "v", "unit": "usd", "title": "T", "source": "s"}
    assert "North" not in texts(ranked_bars(frame, group="g", **words, words=BUNDLED).svg)
    assert "North" in texts(
        ranked_bars(frame.assign(g=["North", "South"]), group="g", **words, words=BUNDLED).svg
    )


@pytest.mark.slow
def test_legends_of_many_long_names_fit_a_telephone() -> None:
    parts = [f"A part of the cost with a name, {n}" for n in range(7)]
    frame = pd.DataFrame({"a": "A", "part": parts, "v": 1e6})
    words = {"unit": "usd", "title": "T", "source": "s"}
    chart = stacked_bars(frame, label="a", part="part", value="v", **words, words=BUNDLED)
    assert set(parts) <= set(texts(chart.narrow))
    assert re.search(r'width="([\d.]+)"', chart.narrow)[1] == f"{NARROW_PX}"


@pytest.mark.slow
def test_line_ends_of_other_scripts_break_nothing() -> None:
    frame = pd.DataFrame({"a": ["x\u2028y", "z\u2029"], "v": [2.0, 1.0], "g": ["p\u2028", "q"]})
    words = {"unit": "usd", "title": "T\u2028t", "source": "s"}
    chart = ranked_bars(frame, label="a", value="v", group="g", **words, words=BUNDLED)
    assert {"x y", "T t"} <= set(texts(chart.svg))


# -------------------------------------------------------------------------------------- colours
def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2, 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_on_light_and_on_dark_paper() -> None:
    dark = dict(INKS.values())
    papers = INKS["paper"]
    for chart in every_chart():
        for svg in (chart.svg, chart.narrow):
            for colour in set(re.findall(r'<text[^>]*? fill="([^"]+)"', svg)):
                assert contrast(colour, papers[0]) >= 4.5, (chart.title, colour)
                assert contrast(dark.get(colour, colour), papers[1]) >= 4.5, (chart.title, colour)


def test_every_colour_is_the_palettes_and_has_its_rule_for_dark_paper() -> None:
    known = {light for light, _ in INKS.values()} | {*PARTS, *OKABE_ITO}
    for chart in every_chart():
        style, body = re.search(r"<style>(.*?)</style>(.*)", chart.svg, re.DOTALL).groups()
        used = set(re.findall(r'(?:fill|stroke)="(#[^"]+)"', body))
        assert used <= known, (chart.title, used - known)
        for light, dark in INKS.values():
            for what in ("fill", "stroke"):
                rule = f'.rp-chart [{what}="{light}"]{{{what}:{dark}}}'
                assert (rule in style) == (f'{what}="{light}"' in body)


# ----------------------------------------------------------------------------------------- size
def test_coordinates_are_rounded_to_a_hundredth_of_a_pixel() -> None:
    for chart in every_chart():
        for svg in (chart.svg, chart.narrow):
            body = svg[svg.index("</style>") :]
            attributes = re.findall(r' (?:transform|d|x|y|x2|y2|width|height)="([^"]*)"', body)
            assert attributes
            assert not [a for a in attributes if re.search(r"\.\d{3}|\de[-+]?\d", a)]


def test_every_drawing_fits_its_paper_and_is_named() -> None:
    for chart in every_chart():
        for svg, width in ((chart.svg, WIDE_PX), (chart.narrow, NARROW_PX)):
            drawn = float(re.search(r'width="([\d.]+)"', svg)[1])
            assert width <= drawn <= width * 1.02, chart.title
            assert svg.startswith(
                '<svg xmlns="http://www.w3.org/2000/svg" class="rp-chart" role="img"'
            )
            assert re.search(r' aria-label="[^"]{20,}"', svg)
            said = " ".join(texts(svg))
            assert f"Source: {chart.source}" in said
            assert chart.note in said
            assert "pointer-events" not in svg


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("translate(35.77777777777778,-0.001)", "translate(35.78,0)"),
        ("M4.4721,0A4.4721,4.4721,0,1,1,-4.472,1e-15", "M4.47,0A4.47,4.47,0,1,1,-4.47,0"),
        ("M0,0h161v132h-161Z", "M0,0h161v132h-161Z"),
        ("1.5", "1.5"),
    ],
)
def test_rounding(text: str, short: str) -> None:
    assert rounded(text) == short


def test_what_shows_nothing_is_left_out_and_what_shows_stays() -> None:
    text = '<text font-size="12px" font-family="F" opacity="1" transform="translate(0,0)">a</text>'
    hidden = '<path class="background" d="M0,0h9v9h-9Z"/><path class="foreground" display="none"/>'
    painted = '<path class="background" d="M0,0h9" fill="red"/>'
    turned = '<g transform="rotate(90)"><g class="mark"><g/>' + text + "</g></g>"
    found = slim(f"<g>{hidden}{painted}</g>{turned}", {"font-family": "F", "font-size": "12"})
    assert found == ('<path d="M0,0h9" fill="red" /><g transform="rotate(90)"><text>a</text>\n</g>')


# ----------------------------------------------------------------------------------- JupyterLab
@cache
def one() -> Chart:
    frame = pd.DataFrame({"a": ["A", "B"], "v": [2e6, 1e6]})
    return ranked_bars(
        frame, label="a", value="v", unit="usd", title="T", source="s", words=BUNDLED
    )


@pytest.mark.slow
def test_an_open_notebook_gets_a_drawing_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OPENED.items():
        monkeypatch.setenv(name, value)
    bundle = one()._repr_mimebundle_()
    assert bundle["image/svg+xml"] == one().svg
    assert bundle[VEGA_LITE_MIME] == json.loads(one().vega_lite)


def test_an_executed_notebook_keeps_the_image_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OPENED:
        monkeypatch.delenv(name, raising=False)
    assert set(one()._repr_mimebundle_()) == {"image/svg+xml", "text/plain"}


def test_jupyterlab_renders_what_it_is_given_without_a_network() -> None:
    found = util.find_spec("jupyterlab")
    assert found is not None
    assert found.origin is not None
    static = Path(found.origin).parent / "static"
    known = {
        kind
        for file in static.glob("jlab_core*.js")
        for kind in re.findall(r"application/vnd\.vegalite\.v\d+\+json", file.read_text("utf-8"))
    }
    assert VEGA_LITE_MIME in known
    assert max(known) == VEGA_LITE_MIME  # the newest it knows


def test_the_schema_is_that_of_the_media_type() -> None:
    version = re.search(r"vegalite\.(v\d+)\+json", VEGA_LITE_MIME)[1]
    assert f"/vega-lite/{version}.json" in VEGA_LITE_SCHEMA
    assert {spec["$schema"] for spec in specs()} == {VEGA_LITE_SCHEMA}


def test_a_drawing_that_answers_holds_its_data_and_asks_for_nothing() -> None:
    for spec in specs():
        schema = spec.pop("$schema")
        assert "//" in schema
        fields = list(walk(spec))
        assert not [name for name, _ in fields if name in {"url", "href", "loader", "lookup"}]
        assert not [value for _, value in fields if isinstance(value, str) and "://" in value]
        assert spec["datasets"]
        assert spec["usermeta"]["embedOptions"]["actions"] is False


def test_it_says_what_the_page_says() -> None:
    for chart in every_chart():
        spec = json.loads(chart.vega_lite)
        assert " ".join(spec["title"]["text"]) == chart.title
        below = " ".join(spec["title"]["subtitle"])
        assert below == f"{chart.note} Source: {chart.source}".strip()
        assert spec["description"] == chart.alt
        assert [name for name, _ in walk(spec) if name == "tooltip"]


@pytest.mark.slow
def test_the_version_that_jupyterlab_has_can_draw_it() -> None:
    for chart in every_chart():
        svg = vlc.vegalite_to_svg(chart.vega_lite, vl_version="5.8")
        said = re.sub(r"\s", "", re.sub(r"<[^>]*>", "", svg))
        title = re.sub(r"\s", "", chart.title)
        assert title in said.replace("&amp;", "&").replace("&quot;", '"'), chart.title


@pytest.mark.slow
def test_the_legend_picks_where_there_is_one() -> None:
    frame = pd.DataFrame({"a": ["A", "A"], "part": ["p", "q"], "v": [1.0, 2.0]})
    words = {"unit": "usd", "title": "T", "source": "s"}
    chart = stacked_bars(frame, label="a", part="part", value="v", **words, words=BUNDLED)
    fields = list(walk(json.loads(chart.vega_lite)))
    (params,) = (value for name, value in fields if name == "params")
    assert params[0]["bind"] == "legend"
    assert params[0]["select"]["fields"] == ["part"]
    faint = [value for name, value in fields if name == "opacity" and isinstance(value, dict)]
    assert faint == [{"condition": {"param": params[0]["name"], "value": 1}, "value": 0.15}]
    # A page's drawing is never faint.
    assert 'opacity="0.15"' not in chart.svg
