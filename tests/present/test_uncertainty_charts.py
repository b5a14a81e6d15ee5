"""The drawings of uncertainty and its tables: what they say, and that they fit their paper."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs.settings.parameters import notebook_parameters
from retail_portfolio.inputs.settings.scenario_parts import Format
from retail_portfolio.model.checkouts.checkout_ranges import MEASURES
from retail_portfolio.model.result import Result
from retail_portfolio.model.sampling.information import InformationResult
from retail_portfolio.model.sampling.sobol import ALL_OTHERS
from retail_portfolio.model.uncertain.uncertainty import labels_of
from retail_portfolio.present.drawings.drawing import NARROW_PX, WIDE_PX
from retail_portfolio.present.drawings.named_rows import NamedRows, named_rows
from retail_portfolio.present.drawings.uncertainty_charts import (
    indices_chart,
    information_chart,
    tornado_chart,
)
from retail_portfolio.present.drawings.uncertainty_fan import fan_chart
from retail_portfolio.present.drawings.uncertainty_strip import _whole, probability_chart
from retail_portfolio.present.palette import CONVERTS, INK, INKS, REST, RULE
from retail_portfolio.present.summary.uncertainty_views import (
    MEASURE_WORDS,
    UNCERTAINTY_CHOICES,
    total_words,
)
from retail_portfolio.present.summary.views import shown
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED
from tests.model.checkout_cases import JWO
from tests.present.sample import HOSTILE

SKY = INKS["sky"][0]
LEAVING, GAIN = "exit_cost_usd", "plan_value_usd"


def totals() -> Result:
    rows = [
        (LEAVING, 172e6, 138e6, 160e6, 182e6, 205e6, 240e6),
        (GAIN, 135e6, 69e6, 102e6, 128e6, 163e6, 228e6),
        ("jwo_extra_installed_usd_year", 2.5e6, 1.1e6, 2.1e6, 2.9e6, 3.7e6, 5.1e6),
        ("stores_converting", 15.0, 9.0, 12.0, 16.0, 20.0, 26.0),
    ]
    told = [(key, *labels_of(JWO)[key], *rest) for key, *rest in rows]
    columns = ["key", "label", "unit", "base", "p5", "p25", "p50", "p75", "p95"]
    return Result(
        pd.DataFrame(told, columns=columns), "Leaving costs USD 138 M to 240 M.", words=BUNDLED
    )


def drivers(hostile: str = "Price of buying out") -> Result:
    rows = [
        ("lease", LEAVING, 139e6, 172e6, 216e6, hostile),
        ("rent", LEAVING, 190e6, 172e6, 160e6, "Net rent of a supermarket box"),
        ("size", LEAVING, 175e6, 172e6, 181e6, "Typical size"),
        ("lease", GAIN, 120e6, 135e6, 140e6, "Price of buying out"),
    ]
    rows += [(f"n{n}", LEAVING, 171e6, 172e6, 173e6, f"Small thing {n}") for n in range(9)]
    columns = ["name", "output", "at_low", "base", "at_high", "description"]
    return Result(pd.DataFrame(rows, columns=columns).assign(swing=1.0), "", words=BUNDLED)


def indices() -> Result:
    rows = [
        ("lease", LEAVING, 0.36, 0.09, 0.41, 0.05, "Price of buying out"),
        (ALL_OTHERS, LEAVING, 0.19, 0.05, 0.18, 0.02, "all others"),
        ("taste", LEAVING, 0.0, 0.0, 0.0, 0.0, "Taste"),
        (ALL_OTHERS, GAIN, 0.24, 0.06, 0.25, 0.04, "all others"),
        ("taste", GAIN, 0.19, 0.06, 0.22, 0.05, "Taste"),
    ]
    columns = ["name", "output", "first_order", "first_order_width", "total", "total_width"]
    return Result(pd.DataFrame(rows, columns=[*columns, "description"]), "", words=BUNDLED)


def worth(floor: float = 35e3) -> InformationResult:
    table = pd.DataFrame(
        {
            "name": ["taste", "size", "rent"],
            "evppi": [4.5e6, 1.9e6, 0.0],
            "above_noise": [True, True, False],
            "description": ["Part that is taste", "Power of size", "Net rent"],
        }
    )
    return InformationResult(table, "", floor=floor, words=BUNDLED)


def stores(screened: int = 100) -> Result:
    table = pd.DataFrame(
        {
            "store_id": ["a", "b", "c", "d", "e"],
            "banner": "Green",
            "state": ["AA", "BB", "CC", "DD", "EE"],
            "decision": ["close", "convert_green", "convert_green", "close", "close"],
            "probability": [0.5, 0.97, 0.998, 0.001, np.nan],
            "probability_solved": [0.4, 1.0, 1.0, 0.0, np.nan],
            "draws_solved": 20,
            "draws_screened": screened,
        }
    )
    return Result(
        table, "Two of 4 sites convert in more than three quarters of the draws.", words=BUNDLED
    )


def register(twice: bool = False) -> pd.DataFrame:
    names = ["Green Elm", "Green Oak", "Green Elm" if twice else HOSTILE[1], "Green Ash", "Kiosk"]
    states = ["AA", "BB", "AA" if twice else "CC", "DD", "EE"]
    return pd.DataFrame(
        {"store_id": list("abcde"), "name": names, "banner": "Green", "state": states}
    )


@cache
def every_kind() -> tuple[Any, ...]:
    return (
        fan_chart(totals()),
        tornado_chart(drivers(), LEAVING),
        indices_chart(indices()),
        information_chart(worth()),
        probability_chart(stores(), register()),
    )


def texts(svg: str) -> list[str]:
    return [text for text in ET.fromstring(svg).itertext() if text.strip()]  # noqa: S314 - ours


def drawn(svg: str, colour: str) -> int:
    """How many marks have a colour."""
    body = re.sub(r"<style>.*?</style>", "", svg)
    return body.count(f'fill="{colour}"') + body.count(f'stroke="{colour}"')


def lengths(svg: str, colour: str) -> list[float]:
    """How long the level lines of a colour are, from the top."""
    lines = re.findall(r"<line [^>]*>", svg)
    return [
        abs(float(re.search(r' x2="([-\d.]+)"', line)[1]))
        for line in lines
        if f'stroke="{colour}"' in line
    ]


@pytest.mark.slow
def test_drawings_are_well_formed_equal_and_fit_their_paper() -> None:
    assert every_kind.__wrapped__() == every_kind()
    for chart in every_kind():
        assert chart.source.startswith("draws of assumptions.csv")
        for svg, width in ((chart.svg, WIDE_PX), (chart.narrow, NARROW_PX)):
            tags = {e.tag.rpartition("}")[2] for e in ET.fromstring(svg).iter()}  # noqa: S314 - ours
            assert "script" not in tags
            assert float(re.search(r'width="([\d.]+)"', svg)[1]) <= width * 1.03


# --------------------------------------------------------------------------------------- rows
def test_a_long_name_takes_the_lines_it_needs() -> None:
    rows = named_rows(["Short", "A name that is much too long for a telephone " * 2], NARROW_PX)
    assert isinstance(rows, NamedRows)
    lines = rows.texts[1].count("\n") + 1
    assert lines >= 2
    # Each name begins below the bar before it, and each bar stands below its name.
    assert rows.name_y[1] > rows.bar_y[0] + 8
    assert rows.bar_y[1] == rows.name_y[1] + 15 * lines + 8
    assert rows.height > rows.bar_y[1] + 8


# ---------------------------------------------------------------------------------------- fan
@pytest.mark.slow
def test_the_fan_shows_range_median_and_base_in_a_panel_a_unit() -> None:
    chart = fan_chart(totals())
    assert chart is not None
    said = texts(chart.svg)
    for words in (
        *(
            "The cash cost of leaving: 182\u00a0M",
            "138 M to 240 M",
            "69 M to 228 M",
            "1.1 M to 5.1 M",
        ),
        *("The number of sites that convert: 16", "9 to 26"),
        *("USD", "50 M", "USD per year", "2 M", "stores", "10"),
    ):
        assert words in said, words
    assert drawn(chart.svg, REST) == 4  # nine draws of ten
    assert drawn(chart.svg, SKY) == 4  # the middle half
    assert drawn(chart.svg, CONVERTS) == 4  # the median
    # Lines are as long as what they hold: half of the draws against nine of ten.
    thin, thick = (lengths(chart.svg, colour)[0] for colour in (REST, SKY))
    assert thick / thin == pytest.approx((205 - 160) / (240 - 138), abs=0.01)
    assert "median USD 182 M, USD 138 M to 240 M" in chart.alt
    assert chart.title.startswith("Leaving costs USD 138 M to 240 M.")


def test_a_fan_of_nothing_is_not_drawn() -> None:
    empty = totals().table.assign(p50=np.nan)
    assert fan_chart(Result(empty, "", words=BUNDLED)) is None


# ------------------------------------------------------------------------------------ tornado
@pytest.mark.slow
def test_a_tornado_has_ten_names_both_ends_and_the_base() -> None:
    chart = tornado_chart(drivers(), LEAVING)
    assert chart is not None
    said = texts(chart.svg)
    assert {"139 M", "216 M", "160 M", "190 M", "Small thing 6"} <= set(said)
    assert "Small thing 7" not in said
    assert {"at its low", "at its high"} <= set(said)
    assert chart.title == (
        'What moves the cash cost of leaving most: "Price of buying out", USD 139 M to 216 M with '
        "all else at its base"
    )
    assert "lease" not in chart.title.replace("leaving", "")
    # Both ends of the third lie above the base: there is nothing to say on its left.
    assert "175 M" not in said
    assert "181 M" in said
    assert "Net rent of a supermarket box: 190 M at its low, 160 M at its high" in chart.alt
    assert "5th and its 95th percentile" in chart.source


def test_a_total_that_nothing_moves_has_no_tornado() -> None:
    assert tornado_chart(drivers(), "jwo_extra_installed_usd_year") is None


@pytest.mark.slow
def test_texts_of_the_ledger_are_texts() -> None:
    chart = tornado_chart(drivers(HOSTILE[1]), LEAVING)
    assert chart is not None
    assert "<img" not in chart.svg
    assert "<script" not in chart.svg


# -------------------------------------------------------------------------------------- Sobol
@pytest.mark.slow
def test_indices_have_a_panel_a_total_and_whole_per_cents() -> None:
    chart = indices_chart(indices())
    assert chart is not None
    said = texts(chart.svg)
    assert {"The cash cost of leaving", "The gain of the best plan", "All others"} <= set(said)
    assert {"41 %", "18 %", "25 %", "22 %"} <= set(said)
    assert chart.title.startswith(
        '41 % of the variance of the cash cost of leaving goes with "Price of buying out"'
    )
    assert "22 % of that of the gain of the best plan with Taste" in chart.alt
    assert drawn(chart.svg, SKY) == drawn(chart.svg, CONVERTS) == 4


def test_no_variance_is_not_drawn() -> None:
    assert indices_chart(Result(indices().table.assign(total=0.0), "", words=BUNDLED)) is None
    others = indices().table
    assert indices_chart(Result(others[others["name"] == ALL_OTHERS], "", words=BUNDLED)) is None
    assert indices_chart(Result(others.iloc[:0], "", words=BUNDLED)) is None


# ----------------------------------------------------------------------------- what to look up
@pytest.mark.slow
def test_what_to_look_up_stands_beside_what_chance_shows() -> None:
    chart = information_chart(worth())
    assert chart is not None
    said = texts(chart.svg)
    assert {"Part that is taste", "4.5 M", "Power of size", "1.9 M"} <= set(said)
    assert "Net rent" not in said
    assert chart.title.startswith(
        'What we would look up next: "Part that is taste", worth USD 4.5 M to know'
    )
    assert chart.note == "Ticks mark what chance alone shows, USD 35 k."
    assert chart.note in said
    assert drawn(chart.svg, CONVERTS) == 2


def test_nothing_worth_knowing_is_not_drawn() -> None:
    assert information_chart(None) is None
    still = InformationResult(worth().table.assign(above_noise=False), "", words=BUNDLED)
    assert information_chart(still) is None


# -------------------------------------------------------------------------------------- strip
@pytest.mark.slow
def test_the_strip_sorts_sites_and_marks_the_base_plan() -> None:
    chart = probability_chart(stores(), register())
    assert chart is not None
    said = texts(chart.svg)
    shares = [text for text in said if re.fullmatch(r"\W*\d+ %", text)]
    assert shares[:-4] == ["0 %", "25 %", "50 %", "75 %", "100 %"]  # the axis
    assert shares[-4:] == ["> 99 %", "97 %", "50 %", "< 1 %"]
    assert chart.alt.index("Oak, BB 97 % (in the base plan)") < chart.alt.index("Elm, AA 50 %")
    assert "Kiosk" not in chart.svg
    assert "<img" not in chart.svg
    assert {"converts in the base plan", "closes in the base plan"} <= set(said)
    assert "could go either way" in said
    assert drawn(chart.svg, CONVERTS) == 3  # two sites and the legend
    assert drawn(chart.svg, RULE) >= 4
    assert chart.note == "A ring is the share of the 20 draws whose plan is proven."
    assert chart.note in said
    assert "20 plans solved with proof, 100 screened" in chart.source


@pytest.mark.slow
def test_where_all_draws_are_proven_there_is_no_second_mark() -> None:
    both, one = probability_chart(stores(), register()), probability_chart(stores(0), register())
    assert both is not None
    assert one is not None
    assert "A ring" in both.note
    assert one.note == ""
    rings = [
        re.sub("<style>.*?</style>", "", each.svg).count(f'stroke="{INK}"') for each in (both, one)
    ]
    assert rings == [4, 0]


@pytest.mark.slow
def test_sites_of_one_name_are_told_apart() -> None:
    chart = probability_chart(stores(), register(twice=True))
    assert chart is not None
    assert "Elm, AA (a) 50 %" in chart.alt
    assert "Elm, AA (c)" in chart.alt


def test_a_strip_of_no_candidates_is_not_drawn() -> None:
    none = stores().table.assign(probability=np.nan)
    assert probability_chart(Result(none, "", words=BUNDLED), register()) is None


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (0.0049, "< 1 %"), (0.0051, "1 %"), (0.9949, "99 %"), (0.9951, "> 99 %")],
)
def test_seldom_does_not_read_as_never(share: float, said: str) -> None:
    assert _whole(share) == said
    assert _whole(1.0) == "100 %"


# ------------------------------------------------------------------------------------- tables
def known() -> tuple[Table, dict[str, Format]]:
    formats = {"green": Format(label="Green Grocer", banner="Green", role="existing")}
    return Table(register()), formats


def test_totals_are_shown_each_in_its_unit() -> None:
    html = shown(totals(), "uncertainty_totals", *known(), words=BUNDLED).html
    for words in ("USD 138 M", "USD 1.1 M a year", "16 stores", "Median", "P95"):
        assert words in html, words
    assert "P25" not in html  # the middle half is drawn, and stands in the file


def test_a_site_that_is_no_candidate_is_said_to_be_none() -> None:
    result = Result(stores().table, "", {"probability": "share"}, words=BUNDLED)
    html = shown(result, "uncertainty", *known(), words=BUNDLED).html
    assert "no candidate" in html
    assert "Worth converting to Green Grocer" in html
    assert html.index("Green Oak") < html.index("Green Elm") < html.index("Kiosk")
    assert "not known" not in html
    # Shares are whole per cents: 0.998 is 100, not 99.8.
    assert ">100<" in html
    assert "99.8" not in html


def test_what_is_measured_of_checkout_has_words() -> None:
    assert set(MEASURE_WORDS) == set(MEASURES)


def test_codes_of_totals_are_words_in_tables() -> None:
    html = shown(drivers(), "uncertainty_drivers", *known(), words=BUNDLED).html
    assert total_words(JWO)[LEAVING] in html
    assert LEAVING not in html
    assert ">Assumption<" in html


def test_every_table_of_the_notebook_has_its_choice() -> None:
    assert {f"uncertainty_{name}" for name in ("totals", "drivers", "indices", "information")} < {
        *UNCERTAINTY_CHOICES
    }
    for choice in UNCERTAINTY_CHOICES.values():
        assert set(choice.labels) >= set(choice.columns) & {"p5", "output", "description"}


def test_draws_are_parameters_of_this_notebook_alone() -> None:
    mine = {one.name: one for one in notebook_parameters("05_uncertainty")}
    others = {one.name for one in notebook_parameters("04_checkout")}
    assert set(mine) - others == {"draws", "solved_draws"}
    assert mine["draws"].type == "int"
    assert mine["draws"].description.startswith("Draws of the ledger")
    assert list(mine)[-1] == "overrides"
