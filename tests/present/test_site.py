from __future__ import annotations

import json
import re
import shutil

import openpyxl
import pytest

from retail_portfolio.present.pages import RunFacts
from retail_portfolio.present.site import build_runs_index, build_site
from tests.present import sample

PAGES = (
    "index.html",
    "map.html",
    "glossary.html",
    "notebooks/01_portfolio.html",
    "notebooks/02_closure.html",
    "notebooks/03_conversion.html",
    "notebooks/04_checkout.html",
)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_what_it_is_and_asks_for_nothing(report, name):
    html = (report / name).read_text()
    assert '<html lang="en">' in html
    assert re.search(r"<title>[^<]+</title>", html)
    assert html.count("content-security-policy") >= 1
    assert sample.FACTS["as_of"] in html
    assert f"cenario {sample.FACTS['scenario']}" in html
    assert sample.FACTS["run_id"] in html
    assert re.search(r'href="(\.\./)?glossary\.html"', html)
    outside = re.sub(r"srcdoc='[^']*'", "", html)
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=.?http", outside)
    for word in ("require.min.js", "MathJax", "cdn"):
        assert word not in html


def test_the_summary_leads_with_three_numbers_and_their_ranges(report):
    html = (report / "index.html").read_text()
    answers = html[html.index('<ol class="answers">') : html.index("</ol>")]
    numbers = [
        re.sub("<[^>]+>", "", text)
        for text in re.findall(r'<p class="number[^"]*"><a [^>]*>(.*?)</a>', answers)
    ]
    assert numbers == ["12 stores", "USD 310 M", "USD 900 k"]
    for spread in ("7 to 19 stores", "USD 240 M to 420 M", "USD 400 k to 1.6 M a year"):
        assert spread in answers
    assert answers.count('class="range"') == 3
    assert html.index("</ol>") < html.index("<iframe")


def test_the_summary_says_who_converts_and_why(report):
    html = (report / "index.html").read_text()
    listed = html[html.index('<ol class="converting">') :]
    listed = listed[: listed.index("</ol>")]
    assert listed.count("<li>") == 12
    assert "Worth converting to Green Grocer: 12 stores" in html
    assert "households within five miles" in listed


def test_every_section_leads_to_its_notebook_and_tables(report):
    html = (report / "index.html").read_text()
    for link in ("notebooks/02_closure.html", "tables/closure.csv", "tables/plan.csv", "map.html"):
        assert f'href="{link}"' in html
    assert 'href="https://www.bls.gov/oes/"' in html


def test_a_chart_stands_in_both_widths(report):
    for name in ("index.html", "notebooks/02_closure.html"):
        html = (report / name).read_text()
        assert html.count('<div class="wide"><svg') == html.count('<div class="narrow"><svg') >= 1


def test_code_is_folded_and_parameters_are_named(report):
    html = (report / "notebooks/02_closure.html").read_text()
    assert "<summary>Parameters and their defaults</summary>" in html
    assert "<details open" not in html


def test_hostile_texts_are_texts(hostile_report):
    for path in hostile_report.rglob("*.html"):
        html = path.read_text()
        for text in ("<img src=x", "<svg onload", "<script>window.hacked", 'onclick="window'):
            assert text not in html, path.name
        assert 'href="javascript' not in html


@pytest.mark.slow
def test_equal_outputs_give_equal_bytes(report, tmp_path):
    made = sample.make(tmp_path)
    written = build_site(made.outputs, made.notebooks, sample.FACTS, tmp_path / "again")
    for path in written:
        name = path.relative_to(tmp_path / "again")
        assert path.read_bytes() == (report / name).read_bytes(), name


def test_the_exports_hold_what_the_tables_hold(report):
    book = openpyxl.load_workbook(report / "portfolio.xlsx", read_only=True)
    assert book.sheetnames[0] == "figures"
    assert book.sheetnames[-1] == "sources"
    features = json.loads((report / "stores.geojson").read_text())["features"]
    closing = [one for one in features if one["properties"]["status"] == "closing"]
    assert len(closing) == sample.CLOSING_SMALL + sample.CLOSING_LARGE
    assert closing[0]["properties"]["exit_cost_usd"] > 0


def test_layers_are_handed_on_and_drawn(report):
    text = (report / "layers" / "trade_areas.geojson").read_text()
    features = json.loads(text)["features"]
    assert len(features) == 4 * sample.CLOSING_LARGE + sample.LEADS
    assert 'href="layers/trade_areas.geojson"' in (report / "index.html").read_text()
    for name in ("map.html", "index.html"):
        assert "50 % of sales from" in (report / name).read_text()


def test_a_report_without_stores_is_refused(tmp_path):
    made = sample.make(tmp_path)
    (made.outputs / "01_portfolio.json").unlink()
    with pytest.raises(ValueError, match="table 'stores'"):
        build_site(made.outputs, made.notebooks, sample.FACTS, tmp_path / "r")


@pytest.mark.slow
def test_a_report_of_fewer_notebooks_says_less(tmp_path):
    made = sample.make(tmp_path)
    for name in ("03_conversion", "04_checkout"):
        (made.outputs / f"{name}.json").unlink()
    shutil.rmtree(made.outputs / "charts", ignore_errors=False)
    path = made.outputs / "02_closure.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"charts": []}))
    build_site(made.outputs, made.notebooks[:2], sample.FACTS, tmp_path / "r")
    html = (tmp_path / "r" / "index.html").read_text()
    assert html.count('<p class="label">') == 1
    assert 'class="converting"' not in html


def test_facts_of_a_run_may_be_few():
    facts = RunFacts.of({"run_id": "r", "scenario": "base", "title": "T", "as_of": "2026-01-27"})
    assert facts.overrides == ()
    assert RunFacts.of(facts) is facts


def test_the_list_of_runs_has_the_failed_ones_and_escapes_what_they_say(tmp_path):
    runs = [
        {"run_id": "b", "status": "complete", "scenario": {"name": "base", "as_of": "2026-01-27"}},
        {
            "run_id": "a",
            "status": "failed",
            "scenario": {"name": "base", "as_of": "2026-01-27"},
            "failure": {"notebook": "02_closure", "error": "ValueError", "value": "<img src=x>"},
        },
    ]
    html = build_runs_index(runs, tmp_path / "index.html").read_text()
    assert html.index('href="b/index.html"') < html.index(">a</th>")
    assert "02_closure: ValueError: &lt;img src=x&gt;" in html
    assert 'href="a/index.html"' not in html
    assert "No run yet." in build_runs_index([], tmp_path / "none.html").read_text()


CHANGED = "lease_termination_months=<24>"


@pytest.mark.slow
def test_a_run_with_overrides_says_so_wherever_it_is_named(report, tmp_path):
    made = sample.make(tmp_path)
    build_site(made.outputs, made.notebooks, sample.FACTS | {"overrides": [CHANGED]}, tmp_path)
    for name in ("index.html", "map.html", "notebooks/02_closure.html"):
        assert "changed: lease_termination_months=&lt;24&gt;" in (tmp_path / name).read_text()
        assert "changed:" not in (report / name).read_text()


def test_the_list_of_runs_says_what_was_changed(tmp_path):
    scenario = {"name": "base", "as_of": "2026-01-27", "overrides": [CHANGED, "seed=2"]}
    runs = [{"run_id": "b", "status": "complete", "scenario": scenario}]
    html = build_runs_index(runs, tmp_path / "index.html").read_text()
    assert '<b class="changed">changed: lease_termination_months=&lt;24&gt;; seed=2</b>' in html


def test_the_summary_explains_its_bars_and_letters(report):
    html = (report / "index.html").read_text()
    assert "A thin bar is the range stated beside it" in html
    assert 'href="glossary.html#origin-marks"' in html
    assert 'id="origin-marks"' in (report / "glossary.html").read_text()


def test_the_table_of_checkout_reads_as_words(report):
    html = (report / "index.html").read_text()
    table = html[html.index("A year of checkout, by format and technology</caption>") :]
    table = table[: table.index("</table>")]
    for words in ("Corner Stop", "staffed lanes", "Just Walk Out", ">none</td>"):
        assert words in table
    for code in ("jwo_vision", ">corner<", "not known"):
        assert code not in table
