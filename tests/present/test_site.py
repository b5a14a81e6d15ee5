from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from retail_portfolio.inputs.speech import Speech
from retail_portfolio.present.outputs import read_outputs
from retail_portfolio.present.pages import RunFacts, glossary
from retail_portfolio.present.site import build_runs_index, build_site
from retail_portfolio.present.summary.briefs import BRIEFS
from retail_portfolio.present.summary.checkout_views import CHECKOUT_CHOICES
from retail_portfolio.present.summary.sections import ORDER
from retail_portfolio.present.tables import read_csv
from tests.conftest import BUNDLED
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
    listed = html[html.index('<div class="table converting"') :]
    listed = listed[: listed.index("</table>")]
    assert listed.count('scope="row"') == 12
    assert "Worth converting to Green Grocer: 12 stores" in listed
    assert listed.count("households within five miles") == 12


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


@pytest.mark.slow
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
    assert book.sheetnames[:2] == ["Read me", "figures"]
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


@pytest.mark.slow
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
    few = {"run_id": "r", "scenario": "base", "title": "T", "as_of": "2026-01-27"}
    facts = RunFacts.of(few | {"currency": "CAD"})
    assert facts.overrides == ()
    assert facts.words == Speech("CAD")
    assert RunFacts.of(facts) is facts
    with pytest.raises(TypeError, match="currency"):
        RunFacts.of(few)
    with pytest.raises(ValueError, match="currency"):
        RunFacts.of(few | {"currency": ""}).words  # noqa: B018 - a property that raises


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


def test_the_list_of_runs_says_what_became_of_one_made_again(tmp_path):
    again = {"of": "<a>", "same": False}
    runs = [{"run_id": "b", "status": "complete", "scenario": "base", "again": again}]
    html = build_runs_index(runs, tmp_path / "index.html").read_text()
    assert "made again from &lt;a&gt;: not the same" in html
    assert 'href="b/index.html"' in html


@pytest.mark.slow
def test_the_summary_leads_to_what_the_report_was_made_from(report, tmp_path):
    from retail_portfolio.run.publishing import kept_inputs

    assert 'href="inputs.zip"' not in (report / "index.html").read_text()
    (tmp_path / kept_inputs.INPUTS_FILE).write_bytes(b"x")
    made = sample.make(tmp_path)
    build_site(made.outputs, made.notebooks, sample.FACTS, tmp_path)
    assert 'href="inputs.zip"' in (tmp_path / "index.html").read_text()


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
    caption = "A year of checkout, by format and technology; gains are over staffed lanes</caption>"
    table = html[html.index(caption) :]
    table = table[: table.index("</table>")]
    for words in ("Corner Stop", "staffed lanes", "Just Walk Out", ">none</td>"):
        assert words in table
    for code in ("jwo_vision", ">corner<", "not known"):
        assert code not in table


# -------------------------------------------------------------------------------------- links
class Page(HTMLParser):
    """The links, ids and headings of a page, what is nested in it left aside."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


@pytest.fixture(scope="module")
def published(report, tmp_path_factory) -> Path:
    """Return the sample report with the files that a run puts beside its pages."""
    folder = tmp_path_factory.mktemp("published") / "run"
    shutil.copytree(report, folder)
    shutil.copytree(report.parent / "outputs" / "tables", folder / "tables", dirs_exist_ok=True)
    for path in (report.parent / "executed").glob("*.ipynb"):
        shutil.copy(path, folder / "notebooks")
        shutil.copy(report.parent / "outputs" / f"{path.stem}.json", folder / "notebooks")
    (folder / "manifest.json").write_text("{}")
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_report_leads_somewhere(published, name):
    page = Page(published / name)
    inner = [one["href"] for one in page.links if not re.match(r"[a-z]+:", one["href"])]
    assert inner
    for link in inner:
        path, _, anchor = link.partition("#")
        target = (published / name).parent / path if path else published / name
        assert target.is_file(), f"{name} links to {link}"
        if anchor:
            assert anchor in Page(target).ids, f"{name} links to {link}"


def test_every_figure_leads_to_its_notebook_and_its_table(published):
    html = (published / "index.html").read_text()
    figures = re.findall(r'<p class="number[^"]*"><a href="([^"]+)"', html)
    figures += re.findall(r'<a class="value" href="([^"]+)"', html)
    tables = re.findall(r'<a class="of" href="([^"]+)" aria-label="table ([^:]+): [^"]+"', html)
    assert len(figures) == len(tables) >= 4
    for notebook in figures:
        path, _, anchor = notebook.partition("#")
        assert anchor in {"", *Page(published / path).ids}
    assert sum(one.endswith("#figures") for one in figures) >= 4  # the others are counts
    for table, name in tables:
        assert (published / table).is_file()
        assert table == f"tables/{name}"


@pytest.mark.parametrize("name", ["index.html", "glossary.html"])
def test_headings_come_in_order_and_ids_once(report, name):
    page = Page(report / name)
    assert page.levels[0] == 1
    assert page.levels.count(1) == 1
    assert all(
        after <= before + 1 for before, after in zip(page.levels, page.levels[1:], strict=False)
    )
    assert len(page.ids) == len(set(page.ids))
    where: dict[str, set[str]] = {}
    for link in page.links:
        if "aria-label" in link:
            where.setdefault(link["aria-label"], set()).add(link["href"])
    assert all(len(targets) == 1 for targets in where.values())


def test_the_sections_come_in_the_order_in_which_a_reader_asks(report):
    html = (report / "index.html").read_text()
    places = [html.index(f'<section id="{name}"') for name in (*ORDER[:3], "01_portfolio")]
    places = [html.index('<section id="map"'), *places, html.index('<section id="notebooks"')]
    assert places == sorted(places)


def test_nothing_that_a_notebook_left_is_lost(report):
    """What a summary does not show it links to: every table as a file, every chart's notebook."""
    html = (report / "index.html").read_text()
    outputs = read_outputs(report.parent / "outputs", words=BUNDLED)
    for name in outputs.tables():
        assert f'href="tables/{name}.csv"' in html
    for output in outputs.notebooks.values():
        for chart in output.charts:
            assert f'<li><a href="notebooks/{output.notebook}.html">{chart.title}</a></li>' in html
    assert html.count('<div class="wide"><svg') < sum(
        len(output.charts) for output in outputs.notebooks.values()
    )


def test_a_brief_speaks_of_every_section_of_the_bundled_case():
    assert set(BRIEFS) == {*ORDER, "01_portfolio"}


def test_the_glossary_tells_values_within_the_plan_from_those_of_a_site_alone():
    terms = dict(glossary(Speech("USD")))
    assert "always" not in terms["NPV, net present value"]
    value = terms["Value against closing"]
    assert all(words in value for words in ("Within the plan:", "Of the site alone:", "Ranges are"))
    assert "nowhere" not in terms["Leakage"]
    assert "online grocery keeps is told apart" in terms["Leakage"]
    assert list(terms) == sorted(terms, key=str.lower)


def test_two_gains_of_one_name_are_told_apart():
    """The operator's is over the best alternative, a technology's is over staffed lanes."""
    column = "net_benefit_usd_year"
    labels = {
        name: choice.labels[column]
        for name, choice in CHECKOUT_CHOICES.items()
        if column in choice.columns
    }
    assert labels == {
        "checkout_third_party": "Gain of the operator over the best alternative",
        "checkout": "Gain over staffed lanes",
    }
    assert CHECKOUT_CHOICES["checkout"].caption.endswith("gains are over staffed lanes")


def test_the_state_of_the_data_is_counted(report):
    html = (report / "index.html").read_text()
    section = html[html.index('<section id="01_portfolio"') : html.index('<section id="notebooks"')]
    assert ">4 areas</a>" in section
    assert "4 partial" in section
    assert ">2 figures</a>" in section
    assert "1 observed, 1 assumed" in section
    assert "0 reported" not in section


def test_every_headline_figure_is_a_row_with_its_range_and_source(published):
    rows = read_csv(published / "tables" / "figures.csv")
    handed = [
        one
        for path in sorted((published / "notebooks").glob("*.json"))
        for one in json.loads(path.read_text())["figures"]
    ]
    assert sorted(rows["key"]) == sorted(one["key"] for one in handed)
    assert rows["source"].notna().all()
    assert set(rows.columns) >= {"notebook", "value", "low", "high", "unit", "origin"}
