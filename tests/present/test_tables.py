from __future__ import annotations

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.model.result import Result
from retail_portfolio.present.tables import (
    Table,
    csv_text,
    html_table,
    origin_of,
    read_csv,
    safe_text,
    write_csv,
)
from tests.conftest import BUNDLED
from tests.present.sample import HOSTILE


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "store_id": ["a", "b", "c"],
            "name": list(HOSTILE[:3]),
            "exit_cost_usd": [1.234e6, np.nan, -5.6e6],
            "size_sqft": [41000, 2000, 3000],
            "size_origin": ["reported", "assumed", "observed"],
            "share": [0.123, 0.5, 0.0],
        }
    )


def test_every_text_is_escaped_also_in_the_heading_and_the_caption():
    table = frame().rename(columns={"name": "<b>name"})
    html = html_table(
        table, caption='<script>x</script>"', labels={"store_id": "<i>"}, words=BUNDLED
    ).html
    for text in ("<img", "<script", "<b>name", "<i>", 'onerror="'):
        assert text not in html
    assert "&lt;img src=x onerror=&quot;" in html


def test_numerals_are_right_aligned_scaled_and_marked():
    html = html_table(
        Result(frame(), "", {"exit_cost_usd": "usd"}, words=BUNDLED), caption="Costs", words=BUNDLED
    ).html
    assert '<th scope="col" class="num">Exit cost <span class="unit">USD M</span></th>' in html
    assert '<td class="num" data-v="1.234e+06">1.2</td>' in html
    assert '<td class="num blank">not known</td>' in html
    assert '<td class="num" data-v="-5.6e+06">\N{MINUS SIGN}5.6</td>' in html
    assert '41,000<abbr class="mark" title="reported: the press' in html
    assert html.count('scope="row"') == 3


def test_a_column_of_marks_overrules_the_mark_of_the_column():
    table = Table(frame(), {}, {"size_sqft": "modelled", "share": "observed"})
    row = {"size_sqft": 1.0, "size_origin": "reported", "share": 0.2}
    assert origin_of(table, "size_sqft", row) == "reported"
    assert origin_of(table, "share", row) == "observed"
    assert origin_of(table, "other", row) == ""


def test_an_unknown_column_is_named():
    with pytest.raises(KeyError, match="no column nothing"):
        html_table(frame(), caption="Costs", columns=["store_id", "nothing"], words=BUNDLED)


def test_rows_that_are_left_out_are_said():
    assert "First 2 of 3 rows." in html_table(frame(), caption="Costs", rows=2, words=BUNDLED).html


def test_facts_are_written_each_in_its_unit():
    facts = pd.DataFrame({"fact": ["a", "b"], "value": [6e8, 0.1], "unit": ["usd", "share"]})
    html = html_table(
        facts, caption="Facts", columns=["fact", "value"], unit_column="unit", words=BUNDLED
    ).html
    assert "USD 600 M" in html
    assert "10 %" in html


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://example.org/a", True),
        ("javascript:alert(1)", False),
        ('https://x" onclick="y', False),
        ("data:text/html,x", False),
    ],
)
def test_only_addresses_of_the_web_become_links(address, linked):
    table = pd.DataFrame({"source": ["A paper"], "url": [address]})
    html = html_table(
        table, caption="s", columns=["source"], links={"source": "url"}, words=BUNDLED
    ).html
    assert ("<a " in html) is linked
    assert "onclick" not in html


# ------------------------------------------------------------------------------------ CSV
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''-x"])
def test_a_formula_is_made_a_text_and_read_back_as_it_was(text, tmp_path):
    table = pd.DataFrame({"name": [text, "plain"], "number": [-1.5, 2]})
    path = write_csv(table, tmp_path / "a.csv")
    cells = [line.split(",")[0] for line in path.read_text().splitlines()]
    assert cells[1].strip('"').startswith("'")
    assert "-1.5" in path.read_text()
    assert read_csv(path)["name"].tolist() == [text, "plain"]


@pytest.mark.slow
@given(st.text(max_size=20))
def test_no_cell_begins_as_a_formula(text):
    assert safe_text(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_numbers_dates_and_blanks_are_written_one_way():
    table = pd.DataFrame(
        {
            "id": ["a", "b"],
            "sum": [0.1 + 0.2, 3.0],
            "day": pd.to_datetime(["2026-01-27", None]),
            "flag": [True, False],
            "text": ["x\r\ny", None],
        }
    )
    assert csv_text(table) == ('id,sum,day,flag,text\na,0.3,2026-01-27,true,"x\ny"\nb,3,,false,\n')


def test_equal_tables_give_equal_bytes():
    assert csv_text(frame()) == csv_text(frame().copy())


def test_rows_of_mixed_units_keep_their_digits():
    html = html_table(
        pd.DataFrame(
            {"key": ["a", "b"], "base": [0.015, 21_215_000_000.0], "unit": ["share", "USD"]}
        ),
        caption="Assumptions",
        words=BUNDLED,
    ).html
    assert '<td class="num">0.015</td>' in html
    assert '<td class="num">21,215,000,000</td>' in html


def test_a_blank_says_what_the_caller_says_it_means():
    html = html_table(
        frame(), caption="Costs", blank={"exit_cost_usd": "none <b>"}, words=BUNDLED
    ).html
    assert '<td class="num blank">none &lt;b&gt;</td>' in html
    assert "not known" not in html


def test_yes_and_no_are_words():
    flags = pd.DataFrame({"key": ["a", "b"], "cheapest": [True, False]})
    html = html_table(flags, caption="Flags", words=BUNDLED).html
    assert '<td class="short">yes</td>' in html
    assert '<td class="short">no</td>' in html
    mixed = pd.DataFrame({"key": ["a", "b"], "cheapest": [np.True_, None]}, dtype=object)
    assert '<td class="short">yes</td>' in html_table(mixed, caption="Flags", words=BUNDLED).html


def test_a_number_carries_itself_where_its_text_is_rounded_and_only_there():
    table = Table(
        pd.DataFrame(
            {
                "key": ["a", "b", "c"],
                "cost_usd": [1_234_567.0, 1_234_568.0, np.nan],
                "share": [0.1234, 0.5, 1.0],
                "stores": [-1, 41_000, 3],
            }
        ),
        {"cost_usd": "usd", "share": "share"},
    )
    html = html_table(table, caption="c", words=BUNDLED).html
    assert re.findall(r'data-v="([^"]+)"', html) == [
        "1.23457e+06",
        "0.1234",
        "1.23457e+06",
        "0.5",
        "1",
    ]
    assert ">12</td>" in html
    assert '<td class="num">\N{MINUS SIGN}1</td>' in html
    assert '<td class="num">41,000</td>' in html


def test_numbers_that_a_unit_column_words_carry_themselves():
    facts = pd.DataFrame({"fact": ["a", "b"], "value": [6e8, 0.1], "unit": ["usd", "share"]})
    html = html_table(
        facts, caption="Facts", columns=["fact", "value"], unit_column="unit", words=BUNDLED
    ).html
    assert re.findall(r'data-v="([^"]+)"', html) == ["6e+08", "0.1"]


def test_the_last_row_of_a_table_may_sum_it():
    names = pd.DataFrame({"banner": ["All about", "Corner", "All banners"], "stores": [1, 2, 3]})
    html = html_table(names, caption="c", words=BUNDLED).html
    assert html.count('<tr class="total">') == 1
    assert '<tr class="total"><th scope="row" class="short">All banners' in html
    assert "total" not in html_table(names.head(2), caption="c", words=BUNDLED).html


def test_a_number_and_the_ends_of_its_range_share_a_scale():
    rows = pd.DataFrame(
        {
            "site": ["a", "b"],
            "net_usd_year": [186e3, 30e3],
            "net_low_usd_year": [-138e3, -80e3],
            "net_high_usd_year": [608e3, 197e3],
            "other_usd_year": [20e3, 30e3],
        }
    )
    units = {name: "usd_year" for name in rows.columns if name != "site"}
    html = html_table(Table(rows, units), caption="c", words=BUNDLED).html
    heads = re.findall(r'<th[^>]*scope="col"[^>]*>(.*?)</th>', html, re.DOTALL)
    words = ["USD M" if "USD M" in head else "USD k" if "USD k" in head else "" for head in heads]
    assert words == ["", "USD M", "USD M", "USD M", "USD k"]


@pytest.mark.parametrize("text", ["\n=1+1", "\uff1d1+1", "\uff20A1", "\r=1"])
def test_what_a_spreadsheet_might_still_run_is_made_safe(text, tmp_path):
    rows = pd.DataFrame({f"a{text}": [text, "plain"], text: ["x", "y"]})
    written = csv_text(rows)
    assert "\r" not in written
    for cell in (cell for row in csv.reader(io.StringIO(written)) for cell in row):
        assert not re.match(r"\s*[=+\-@\uff1d\uff20]", cell)
    read = read_csv(write_csv(rows, tmp_path / "a.csv"))
    assert read.iloc[0, 0] == text.replace("\r", "\n")


def test_a_table_without_rows_says_so_and_keeps_its_name():
    html = str(
        html_table(frame().head(0), caption="<b>None of them", table_id="here", words=BUNDLED)
    )
    assert html == '<p class="source" id="here">&lt;b&gt;None of them: nothing to list.</p>'


def test_the_way_to_what_there_is_not_is_none_and_spoils_no_other_number():
    ways = pd.DataFrame({"store_id": ["a", "b", "c"], "nearest_own_miles": [4.26, np.inf, 1.4]})
    html = str(
        html_table(Table(ways, {"nearest_own_miles": "miles"}), caption="Ways", words=BUNDLED)
    )
    cells = re.findall(r'<td class="num"(?: data-v="([^"]*)")?>([^<]*)</td>', html)
    assert [text for _, text in cells] == ["4.3", "none", "1.4"]
    assert float(cells[1][0]) > 1000  # it stands behind the others when they are sorted
    assert "inf" not in html


def test_what_names_a_thing_is_read_as_the_text_it_is(tmp_path):
    """Store numbers keep their zeros and their kind; a place called None is no gap."""
    rows = pd.DataFrame(
        {
            "store_id": ["0101", "102"],
            "to": ["102", None],
            "city": ["None", "NA"],
            "sales_usd_year": [1.5, np.nan],
        }
    )
    read = read_csv(write_csv(rows, tmp_path / "a.csv"))
    assert read["store_id"].tolist() == ["0101", "102"]
    assert read["to"].tolist()[0] == "102"
    assert read["to"].isna().tolist() == [False, True]
    assert read["city"].tolist() == ["None", "NA"]
    assert read["sales_usd_year"].tolist()[0] == 1.5
    assert read["sales_usd_year"].isna().tolist() == [False, True]
