import json

import pytest

from retail_portfolio.run.errors import NotebookFailed
from retail_portfolio.run.executing.join import gather

SHARE = {"unit": "share", "origin": "modelled"}
PLAIN = {"unit": "", "origin": ""}


def leave(folder, notebook, **tables):
    """Leave what a notebook leaves: its JSON file and its tables."""
    (folder / "tables").mkdir(parents=True)
    described = {}
    for name, text in tables.items():
        (folder / "tables" / f"{name}.csv").write_text(text)
        columns = text.split("\n", 1)[0].split(",")
        described[name] = {
            column: SHARE if column == "probability" else PLAIN for column in columns
        }
    document = {"notebook": notebook, "title": "t", "sentence": "s", "figures": [], "charts": []}
    (folder / f"{notebook}.json").write_text(json.dumps(document | {"tables": described}))
    return folder


def gathered(tmp_path, **left):
    folders = {
        name: leave(tmp_path / name, name, **tables) for name, tables in sorted(left.items())
    }
    gather(folders, tmp_path / "together")
    return tmp_path / "together"


def test_plan_gets_the_probability_of_the_draws(tmp_path):
    together = gathered(
        tmp_path,
        n3={"plan": "store_id,npv_usd\nfresh-1,1.10\nfresh-2,2\n"},
        n5={"uncertainty": "store_id,low,probability\nfresh-2,0,0.250\nfresh-9,0,1\n"},
    )
    plan = (together / "tables" / "plan.csv").read_text()
    assert plan == "store_id,npv_usd,probability\nfresh-1,1.10,\nfresh-2,2,0.250\n"
    assert json.loads((together / "n3.json").read_text())["tables"]["plan"]["probability"] == SHARE


def test_probability_fills_a_column_that_is_there(tmp_path):
    together = gathered(
        tmp_path,
        n3={"plan": "store_id,probability,reason\nfresh-1,,far\n"},
        n5={"uncertainty": "store_id,probability\nfresh-1,0.5\n"},
    )
    plan = (together / "tables" / "plan.csv").read_text()
    assert plan == "store_id,probability,reason\nfresh-1,0.5,far\n"


def test_plan_stays_as_it_is_without_draws(tmp_path):
    text = 'store_id,reason\nfresh-1,"far, small"\n'
    together = gathered(tmp_path, n3={"plan": text})
    assert (together / "tables" / "plan.csv").read_text() == text


def test_layers_are_brought_along(tmp_path):
    folder = leave(tmp_path / "n3", "n3", plan="a\n1\n")
    text = '{"type": "FeatureCollection", "features": []}'
    (folder / "layers").mkdir()
    (folder / "layers" / "trade_areas.geojson").write_text(text)
    path = folder / "n3.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layers": ["trade_areas"]}))
    gather({"n3": folder}, tmp_path / "together")
    assert (tmp_path / "together" / "layers" / "trade_areas.geojson").read_text() == text
    assert json.loads((tmp_path / "together" / "n3.json").read_text())["layers"] == ["trade_areas"]


def test_a_layer_that_is_named_and_not_left(tmp_path):
    folder = leave(tmp_path / "n3", "n3", plan="a\n1\n")
    path = folder / "n3.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layers": ["trade_areas"]}))
    with pytest.raises(NotebookFailed, match=r"n3.*trade_areas\.geojson"):
        gather({"n3": folder}, tmp_path / "together")


def test_two_notebooks_cannot_write_one_table(tmp_path):
    with pytest.raises(NotebookFailed, match=r"n2.*another notebook wrote plan\.csv"):
        gathered(tmp_path, n1={"plan": "a\n1\n"}, n2={"plan": "a\n1\n"})


def test_notebook_that_speaks_for_another(tmp_path):
    folder = leave(tmp_path / "n1", "n1", plan="a\n1\n")
    text = (folder / "n1.json").read_text().replace('"n1"', '"n2"')
    (folder / "n1.json").write_text(text)
    with pytest.raises(NotebookFailed, match="speaks of n2"):
        gather({"n1": folder}, tmp_path / "together")
