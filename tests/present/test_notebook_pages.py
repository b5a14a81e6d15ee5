from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pandas as pd
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from retail_portfolio.present.drawings.charts import ranked_bars
from retail_portfolio.present.notebooks.notebook_cells import (
    Headings,
    code_summary,
    prose,
    shown_html,
)
from retail_portfolio.present.notebooks.notebook_export import NotebookPageExporter
from retail_portfolio.present.notebooks.notebook_pages import (
    first_heading,
    notebook_page,
    write_notebook_page,
)
from retail_portfolio.present.notebooks.notebook_parameters import run_parameters
from retail_portfolio.present.offline import OfflineError
from retail_portfolio.present.outputs import read_outputs, write_outputs
from retail_portfolio.present.pages import RunFacts
from tests.conftest import BUNDLED
from tests.present.sample import FACTS, HOSTILE

FACTS_OF_RUN = RunFacts.of(FACTS)
OTHERS = (
    ("01_portfolio", "The portfolio"),
    ("02_closure", "What closing costs"),
    ("extra", "More"),
)
PARAMETERS = """\
scenario: str = "base"  # Which one.
as_of: str = None  # The day; None: the scenario's.
tax_rate: float = None
overrides: list = []
margin = 0.25  # An own one.
flag: bool = True
"""
GIVEN = """\
# Parameters
scenario = "hard"
overrides = ["a=1", "b=<2>"]
extra = 1
"""


def code(source, *outputs, tags=()):
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def shown(**data):
    return new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


def saved(folder: Path, *cells, name="02_closure") -> Path:
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def page_of(folder: Path, *cells, facts=FACTS_OF_RUN, others=OTHERS, **more) -> str:
    return notebook_page(saved(folder, *cells), facts, others=others, **more)


def text_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def article(html: str) -> str:
    return html[html.index('<article class="notebook">') : html.index("</article>")]


# ---------------------------------------------------------------------------------- navigation
@pytest.mark.slow
def test_a_page_leads_to_the_other_notebooks_and_marks_its_own(tmp_path):
    html = page_of(tmp_path, new_markdown_cell("# A"))
    nav = html[html.index('<nav aria-label="Report">') : html.index("</nav>")]
    assert nav.count("aria-current") == 1
    assert '<span aria-current="page" title="What closing costs">Closure</span>' in nav
    assert '<a href="01_portfolio.html" title="The portfolio">Portfolio</a>' in nav
    assert '<a href="extra.html" title="More">More</a>' in nav
    assert 'href="../index.html"' in nav
    assert 'href="../glossary.html"' in nav
    assert re.search(r'<a rel="prev" href="01_portfolio.html">.*The portfolio', html)
    assert re.search(r'<a rel="next" href="extra.html">.*More', html)


def test_a_page_says_which_run_it_is_of(tmp_path):
    html = page_of(tmp_path, new_markdown_cell("# A"))
    line = re.search(r'<p class="dateline">(.*?)</p>', html)[1]
    for said in (FACTS["as_of"], FACTS["scenario"], FACTS["run_id"], "02_closure.ipynb"):
        assert said in line


def test_files_to_take_away(tmp_path):
    write_outputs(tmp_path / "o", "02_closure", "T", "S", (), {"closure": pd.DataFrame({"a": [1]})})
    output = read_outputs(tmp_path / "o", words=BUNDLED).notebooks["02_closure"]
    html = page_of(tmp_path, new_markdown_cell("# A"), output=output)
    assert f"<title>T \u2013 {FACTS['title']}</title>" in html
    files = html[html.index('<section id="files">') :]
    for link in (
        "02_closure.ipynb",
        "02_closure.json",
        "../tables/closure.csv",
        "../portfolio.xlsx",
    ):
        assert f'<a href="{link}" download>' in files


# ------------------------------------------------------------------------------------ contents
class _Ids(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.ids, self.links = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"][1:]] if values.get("href", "").startswith("#") else []


@pytest.mark.slow
def test_every_section_has_an_anchor_of_its_own_that_the_contents_lead_to(tmp_path):
    cells = (
        new_markdown_cell("# Title\n\n## The answer\n\ntext\n\n### *Part* one"),
        new_markdown_cell("## The answer\n\n#### Too deep\n\n## files\n\n## Taken\n\n## What?"),
        code("1", shown(text_html='<p id="Taken">a</p>')),
    )
    html = page_of(tmp_path, *cells)
    found = _Ids(html)
    assert len(found.ids) == len(set(found.ids))
    listed = ["The-answer", "Part-one", "The-answer-2", "files-2", "Taken-2", "What?", "files"]
    assert found.links == ["main", *listed, *listed]
    assert set(found.links) <= set(found.ids)
    contents = html[html.index('<nav class="contents beside"') :].partition("</nav>")[0]
    assert '<li class="l3"><a href="#Part-one">Part one</a></li>' in contents
    assert ">Title<" not in contents
    assert page_of(tmp_path, *cells) == html


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_heading_runs_nothing_and_breaks_nothing(tmp_path, text):
    # A page with a handler or a script address would have been refused.
    html = page_of(tmp_path, new_markdown_cell(f"# A\n\n## x {text}\n\n{text}"))
    calm = page_of(tmp_path, new_markdown_cell("# A"))
    scripts = [re.search(r"script-src [^;]*", one)[0] for one in (html, calm)]
    assert scripts[0] == scripts[1]
    found = _Ids(html)
    assert found.links.count("files") == 2
    assert len(found.ids) == len(set(found.ids))
    assert {unquote(one) for one in found.links} <= set(found.ids)


# ---------------------------------------------------------------------------------- parameters
def test_parameters_stand_on_top_with_what_they_mean(tmp_path):
    cells = (
        new_markdown_cell("# A\n\nIntroduction"),
        code(PARAMETERS, tags=["parameters"]),
        code(GIVEN, tags=["injected-parameters"]),
        code("1"),
    )
    html = page_of(tmp_path, *cells, settings={"tax_rate": 0.21})
    table = re.search(r'<table id="run-parameters">.*?</table>', html)[0]
    rows = [
        [text_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]
    ]
    said = {name: (value, meaning) for name, value, meaning in rows}
    assert list(said) == ["scenario", "as_of", "tax_rate", "overrides", "margin", "flag", "extra"]
    assert said["scenario"] == ("hard (default: base)", "The scenario's name.")
    assert said["as_of"][0] == f"{FACTS['as_of']} (the scenario's)"
    assert said["tax_rate"] == ("0.21 (the scenario's)", "Share of profit paid as tax (0 to 1).")
    assert said["overrides"][0] == "a=1; b=<2> (default: none)"
    assert said["margin"] == ("0.25", "An own one.")
    assert said["flag"] == ("yes", "")
    assert said["extra"] == ("1", "")
    text = article(html)
    assert text.index("Introduction") < text.index("run-parameters") < text.index("<summary>")


def test_a_parameter_that_is_no_python_or_no_literal_is_no_error():
    odd = code("%%bash\nx=1", tags=["parameters"])
    assert run_parameters(new_notebook(cells=[odd]), "x") == ()
    computed = code("a, b = 1, 2\nwhen = today()", tags=["parameters"])
    (one,) = run_parameters(new_notebook(cells=[computed]), "x")
    assert (one.name, one.value) == ("when", "today()")


def test_parameters_of_one_notebook_are_explained():
    cell = code("sites_csv: str = ''", tags=["parameters"])
    (one,) = run_parameters(new_notebook(cells=[cell]), "06_backtest")
    assert one.value == "blank"
    assert one.meaning == "Sites of earlier events; blank for the case's own."


# ---------------------------------------------------------------------------------------- code
@pytest.mark.parametrize(
    ("source", "summary"),
    [
        ("# Draw the curves,\n# one a format.\nx = 1", "Draw the curves, one a format."),
        ("x = 1  # no", "Code"),
        ("x = 1\n# later", "Code"),
        ("# noqa: E501\nx = 1", "Code"),
        ("#%%\nx = 1", "Code"),
        ("# " + "word " * 40, "word " * 17 + "word \u2026"),
    ],
)
def test_a_cell_says_what_it_does_where_it_begins_with_a_comment(source, summary):
    assert code_summary(source) == summary


def test_code_is_folded_and_coloured(tmp_path):
    html = page_of(tmp_path, code("# Say <hello>\nif True:\n    print('</pre>')"), code("!ls <b>"))
    assert "<details open" not in html
    assert "<summary>Say &lt;hello&gt;</summary>" in html
    blocks = re.findall(r'<pre class="code" tabindex="0">(.*?)</pre>', html, re.DOTALL)
    assert [text_of(one) for one in blocks] == [
        "# Say <hello>\nif True:\n    print('</pre>')",
        "!ls <b>",
    ]
    assert '<span class="k">if</span>' in blocks[0]
    assert '<p class="unfold" hidden>' in html


# ------------------------------------------------------------------------------------- outputs
def test_printed_lines_belong_together_and_lose_the_colours_of_a_terminal(tmp_path):
    lines = [new_output("stream", name="stdout", text=f"\x1b[31m<{n}>\x1b[0m\n") for n in "ab"]
    html = article(page_of(tmp_path, code("1", *lines)))
    assert '<pre class="stream">&lt;a&gt;\n&lt;b&gt;\n</pre>' in html


def test_a_failed_notebook_shows_its_error_and_says_so_on_top(tmp_path):
    error = new_output(
        "error", ename="ValueError", evalue="<b>", traceback=["\x1b[0;31mline 1\x1b[0m", "<b>"]
    )
    html = page_of(tmp_path, new_markdown_cell("# A"), code("1", error), code("2"))
    assert '<pre class="error" tabindex="0">line 1\n&lt;b&gt;</pre>' in html
    note = re.search(r'<p class="failed" id="stopped">(.*?)</p>', html)[1]
    assert note.endswith("ValueError: &lt;b&gt;")
    assert html.index("stopped") < html.index("<article")
    assert 'id="stopped"' not in page_of(tmp_path, code("1"))


@pytest.mark.slow
def test_a_chart_that_was_left_stands_in_both_widths_and_another_in_its_own(tmp_path):
    frame = pd.DataFrame({"store": ["a", "b"], "usd": [1e6, 2e6]})
    bars = ranked_bars(
        frame,
        label="store",
        value="usd",
        unit="usd",
        title="T",
        source="s",
        axis_title="Cost",
        words=BUNDLED,
    )
    write_outputs(tmp_path / "o", "02_closure", "T", "S", (), {}, {"bars": bars})
    output = read_outputs(tmp_path / "o", words=BUNDLED).notebooks["02_closure"]
    cells = (code("1", shown(**{"image/svg+xml": bars.svg, "text/plain": "T"})),)
    both, one = page_of(tmp_path, *cells, output=output), page_of(tmp_path, *cells)
    assert both.count('<div class="wide"><svg') == both.count('<div class="narrow"><svg') == 1
    assert re.search('<div class="scroll" tabindex="0" role="group" aria-label="[^"]+"><svg', one)


def test_what_an_output_is_shown_as(tmp_path):
    html = article(
        page_of(
            tmp_path,
            code("1", shown(**{"image/png": "AA\nBB<", "text/plain": "A <curve>"})),
            code("2", shown(**{"image/jpeg": "CC", "text/plain": "<Figure size>"})),
            code("3", shown(**{"text/markdown": "**bold** <script>x()</script>"})),
            code("4", shown(**{"text/html": "<i onclick='x()'>i</i>", "text/plain": "no"})),
            code("5", shown(**{"application/json": {"a": 1}})),
            code("6", shown(**{"text/plain": "7 < 8"})),
            new_raw_cell("raw <b>"),
        )
    )
    for said in (
        '<img alt="A &lt;curve&gt;" src="data:image/png;base64,AABB">',
        '<img alt="Picture made by the code above" src="data:image/jpeg;base64,CC">',
        '<div class="prose"><p><strong>bold</strong> </p>',
        '<div class="output"><i>i</i></div>',
        '<p class="blank">Not shown here: application/json.</p>',
        '<pre class="stream">7 &lt; 8</pre>',
        '<pre tabindex="0">raw &lt;b&gt;</pre>',
    ):
        assert said in html


def test_a_table_that_is_not_the_house_s_can_be_scrolled_by_key():
    assert shown_html("<table><tr><td>1</table>").startswith('<div class="output scroll" tabindex')
    ours = '<div class="table" tabindex="0"><table></table></div>'
    assert str(shown_html(ours)) == f'<div class="output">{ours}</div>'


def test_formulas_stand_as_they_are_written():
    html = str(prose("Costs of $5 and $a^2 < b$ and\n\n$$\\frac{1}{2}$$", Headings(set())))
    assert " ".join(text_of(html).split()) == "Costs of $5 and $a^2 < b$ and $$\\frac{1}{2}$$"
    assert "<script" not in html


def test_a_picture_that_belongs_to_a_cell_stands_in_the_page():
    html = prose("![a](attachment:p.png)", Headings(set()), {"p.png": {"image/png": "AAAA"}})
    assert 'src="data:image/png;base64,AAAA"' in html


# ------------------------------------------------------------------------- the page as a whole
@pytest.mark.slow
@pytest.mark.parametrize("name", ["01_portfolio", "02_closure", "03_conversion"])
def test_nothing_of_nbconvert_s_own_pages_is_in_it(report, name):
    html = (report / "notebooks" / f"{name}.html").read_text()
    for word in ("require.", "requirejs", "MathJax", "jp-", "jupyter.org", "cdnjs", "unpkg"):
        assert word not in html, word
    assert "anchor-link" not in html


@pytest.mark.slow
def test_a_map_in_it_keeps_its_scripts_by_hash(report):
    html = (report / "notebooks" / "01_portfolio.html").read_text()
    inside = unescape(re.search(r"<iframe[^>]* srcdoc='([^']*)'", html)[1])
    inner = re.search(r"script-src ([^;]*);", inside)[1].split()
    outer = re.search(r"script-src ([^;]*);", html)[1].split()
    assert set(inner) <= set(outer)
    assert len(inner) >= 1


def test_a_page_that_would_load_something_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("retail_portfolio.present.notebooks.notebook_cells.scrub", str)
    picture = shown(**{"text/html": "<img src='https://example.org/a.png'>"})
    with pytest.raises(OfflineError, match=r"example\.org"):
        page_of(tmp_path, code("1", picture))


def test_a_page_is_written_as_it_is_returned(tmp_path):
    notebook = saved(tmp_path, new_markdown_cell("# A *b*"))
    path = write_notebook_page(notebook, tmp_path / "p.html", FACTS_OF_RUN, others=OTHERS)
    assert path.read_text() == notebook_page(notebook, FACTS_OF_RUN, others=OTHERS)
    assert first_heading(notebook) == "A *b*"
    assert first_heading(saved(tmp_path, code("1"), name="x")) == "x"


@pytest.mark.slow
def test_the_exporter_stands_alone(tmp_path):
    name = "retail_portfolio.present.notebooks.notebook_export.NotebookPageExporter"
    exporter = get_exporter(name)
    assert exporter is NotebookPageExporter
    notebook = saved(tmp_path, new_markdown_cell("# A & b"), code("1"), name="my notes")
    html, resources = exporter().from_filename(str(notebook))
    assert resources["output_extension"] == ".html"
    assert "<title>A &amp; b</title>" in html
    assert "script-src 'sha256-" in html
    links = re.findall(r'href="([^"#]+)"', html)
    assert set(links) == {"my%20notes.ipynb"}
    assert exporter().from_filename(str(notebook))[0] == html == notebook_page(notebook)


def test_another_template_may_build_on_ours(tmp_path):
    source = '{% extends "notebook.html" %}{% block prose %}<hr>{{ super() }}{% endblock %}'
    exporter = NotebookPageExporter(raw_template=source)
    html, _ = exporter.from_filename(str(saved(tmp_path, new_markdown_cell("# A"))))
    assert '<hr><div class="prose"><h1 id="A">A</h1>' in html


@pytest.mark.slow
def test_nbconvert_s_own_command_makes_a_page(tmp_path):
    notebook = saved(tmp_path, new_markdown_cell("# A"))
    name = "retail_portfolio.present.notebooks.notebook_export.NotebookPageExporter"
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", name, str(notebook)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert notebook.with_suffix(".html").read_text() == notebook_page(notebook)


def test_an_executed_notebook_is_one_that_jupyter_opens(report):
    for path in sorted((report.parent / "executed").glob("*.ipynb")):
        nbformat.validate(json.loads(path.read_text()))
