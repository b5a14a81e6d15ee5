"""What JupyterLab shows of a case, a ledger and of what a model hands back."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from retail_portfolio.inputs.assumptions import Assumption, Ledger
from retail_portfolio.inputs.case_reader import load_case
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.model.result import Figure, PlanResult, Result
from retail_portfolio.present.notebooks.notebook_display import ROWS, html_of
from retail_portfolio.present.notebooks.scrub import scrub
from retail_portfolio.present.tables import IN_NOTEBOOKS, html_table
from tests.conftest import BUNDLED

ROOT = Path(__file__).resolve().parents[2]
BAD = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def result(rows: int = 3, text: str = "a", words: Speech = BUNDLED) -> Result:
    frame = pd.DataFrame({"store_id": [f"{text}{n}" for n in range(rows)], "exit_cost_usd": 1.5e6})
    figure = Figure(
        "exit_cost", f"Cost {text}", 4.5e6, "usd", "assumed", text, 4e6, 5e6, words=words
    )
    return Result(
        frame,
        f"It costs {text}.",
        {"exit_cost_usd": "usd"},
        {"exit_cost_usd": "modelled"},
        (figure,),
        words=words,
    )


def html(shown: object) -> str:
    written = html_of(shown)
    assert written is not None
    return written


def text(shown: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html(shown)))


def test_the_sentence_stands_above_the_table() -> None:
    written = html(result())
    assert written.removeprefix(IN_NOTEBOOKS).startswith("<p>It costs a.</p>")
    assert written.index("It costs a.") < written.index("<table") < written.index("Figures:")


def test_units_and_origins_stand_in_the_headings_and_numbers_are_the_houses() -> None:
    said = text(result())
    assert "Exit cost m USD M" in said
    assert " 1.5 " in said
    assert "exit_cost Cost a: USD 4.5 M (USD 4.0 M to 5.0 M) a" in said


@pytest.mark.parametrize(("rows", "note"), [(ROWS, ""), (1234, f": {ROWS} of 1,234 rows shown")])
def test_how_many_rows_are_shown(rows: int, note: str) -> None:
    written = html(result(rows))
    assert written.count('<th scope="row"') == ROWS
    assert f"<caption>Result of {rows:,} rows and 2 columns{note}</caption>" in written
    assert "First" not in written


def test_the_whole_table_decides_on_the_unit() -> None:
    frame = pd.DataFrame({"a": range(ROWS + 1), "cost_usd": [10_000.0] * ROWS + [9e6]})
    assert "USD M" in text(Result(frame, "s", {"cost_usd": "usd"}, words=BUNDLED))


def test_a_plan_says_whether_it_is_proven_and_what_it_breaks() -> None:
    frame = pd.DataFrame({"store_id": ["a"]})
    proven = PlanResult(
        frame, "s", status="optimal", objective_usd=7e6, bound_usd=7e6, gap=1e-16, words=BUNDLED
    )
    assert "optimal: gains USD 7.0 M over closing every store." in text(proven)
    named = PlanResult(
        frame, "s", objective_usd=7e6, bound_usd=9e6, violations=("at most 2 <b>",), words=BUNDLED
    )
    assert "feasible: gains USD 7.0 M over closing every store; no plan gains more than" in text(
        named
    )
    assert "<li>at most 2 &lt;b&gt;</li>" in html(named)


def test_many_figures_and_none() -> None:
    some = [Figure(f"k{n}", "l", 1.0, "stores", "assumed", "s", words=BUNDLED) for n in range(11)]
    frame = pd.DataFrame({"a": [1]})
    said = text(Result(frame, "s", figures=tuple(some), words=BUNDLED))
    assert "and 3 more figures" in said
    assert "k7" in said
    assert "k8" not in said
    assert "Figures" not in text(Result(frame, "s", words=BUNDLED))


def test_a_table_without_rows_or_columns() -> None:
    assert "Result of 0 rows and 2 columns" in text(result(0))
    assert "Result of 0 rows and 0 columns." in text(Result(pd.DataFrame(), "s", words=BUNDLED))


def test_a_case_a_scenario_and_a_ledger(small_data: Path) -> None:
    case = load_case("base", str(small_data))
    assert "as of 2026" in text(case)
    assert f"stores {len(case.stores)} " in text(case)
    assert f"assumptions {len(case.ledger)} " in text(case)
    assert case.scenario.why in text(case.scenario)
    assert "base.yaml" in text(case.scenario)
    assert f"{len(case.ledger)} assumptions: {ROWS} of {len(case.ledger)} rows shown" in text(
        case.ledger
    )
    key = next(iter(case.ledger))
    assert key in text(case.ledger[key])


def test_texts_of_the_data_never_run() -> None:
    row = Assumption(BAD, 1.0, 2.0, 3.0, BAD, "assumed", BAD, BAD, BAD, BAD, BAD)
    plan = PlanResult(pd.DataFrame({BAD: [BAD]}), BAD, violations=(BAD,), words=BUNDLED)
    for shown in (result(2, BAD), plan, row, Ledger((row,)), result(1, BAD).figures[0]):
        written = html(shown)
        assert "<script" not in written
        assert "<img" not in written
        assert written.count("<style") == 1
        assert scrub(written) == written


def test_equal_results_are_written_alike() -> None:
    assert html(result()) == html(result())


def test_what_is_none_of_ours_is_left_alone() -> None:
    assert html_of(pd.DataFrame({"a": [1]})) is None
    assert html_of("text") is None


IN_A_KERNEL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
import sys
import retail_portfolio
assert "pandas" not in sys.modules
import pandas as pd
from retail_portfolio.model import Result, PlanResult
from retail_portfolio.model.sampling.tornado import TornadoResult
from retail_portfolio.model.market.huff import Market
from retail_portfolio.inputs import Ledger
from retail_portfolio.inputs.speech import Speech
frame = pd.DataFrame({"store_id": ["a"]})
for shown in (PlanResult(frame, "So it is.", words=Speech("USD")), Ledger(())):
    data, _ = shell.display_formatter.format(shown)
    assert "<p>" in data["text/html"], data
    assert data["text/plain"] == repr(shown)
frame_html = shell.display_formatter.format(frame)[0]["text/html"]
assert "dataframe" in frame_html
market = object.__new__(Market)
for name in Market.__dataclass_fields__:
    object.__setattr__(market, name, frame)
text = shell.display_formatter.format(market)[0]["text/plain"]
assert text.startswith("Market(") and "[1 x 1]" in text and len(text) < 500, text

from IPython.core.completer import provisionalcompleter
shell.run_cell("import retail_portfolio, retail_portfolio.model")
shell.run_cell("from retail_portfolio import Assumption, Ledger")
shell.run_cell("ledger = Ledger((Assumption('rent_usd', 1, 2, 3),))")
for asked, offered in (
    ("retail_portfolio.", set(retail_portfolio.__all__) - {"__version__"}),
    ("retail_portfolio.model.", set(dir(retail_portfolio.model))),
    ("ledger['re", {"rent_usd"}),
):
    with provisionalcompleter():
        found = {one.text for one in shell.Completer.completions(asked, len(asked))}
    assert found == offered, (asked, found ^ offered)
"""


@pytest.mark.slow
def test_a_notebook_shows_them_without_being_asked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_KERNEL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_result_speaks_of_its_own_money() -> None:
    """Another one that is shown meanwhile has no say in it."""
    mine, theirs = result(), result(words=Speech("CAD"))
    before = html(mine)
    assert "CAD" not in before
    for _ in range(2):
        assert "CAD 4.5 M" in text(theirs)
        assert "CAD 4.5 M" in text(theirs.figures[0])
        assert "USD" not in html(theirs)
        assert html(mine) == before
        assert "USD 4.5 M" in text(mine.figures[0])
    assert "CAD M" in html_table(theirs, caption="c").html
    assert "USD M" in html_table(mine, caption="c").html


def test_a_plan_gains_in_its_own_money() -> None:
    said = text(
        PlanResult(
            result().table,
            "s",
            status="feasible",
            objective_usd=1e6,
            bound_usd=2e6,
            words=Speech("CAD"),
        )
    )
    assert "gains CAD 1.0 M over closing every store; no plan gains more than CAD 2.0 M" in said
    assert "USD" not in said


def test_a_result_keeps_its_money_when_it_is_changed() -> None:
    changed = dataclasses.replace(result(words=Speech("CAD")), sentence="Other.")
    assert changed.words.currency == "CAD"
    assert "words" not in repr(changed.figures[0])
    assert changed.figures == result().figures
