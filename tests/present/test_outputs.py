from __future__ import annotations

import json

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter

from retail_portfolio.model.result import Figure, Result
from retail_portfolio.present.drawings.drawing import Chart
from retail_portfolio.present.outputs import read_outputs, write_outputs
from tests.conftest import BUNDLED
from tests.present.sample import HOSTILE

FIGURES = (
    Figure(
        *("cost", "Cost", 6.1e8, "usd", "modelled", "model", 4e8, 8e8),
        range_basis="one_at_a_time",
        words=BUNDLED,
    ),
    Figure("none", "Unknown", None, "usd", "assumed", "nobody", words=BUNDLED),
)


def result() -> Result:
    table = pd.DataFrame({"store_id": list("ab"), "cost_usd": [1.5, None], "name": HOSTILE[7:9]})
    return Result(table, "two", {"cost_usd": "usd"}, {"cost_usd": "modelled"}, words=BUNDLED)


def write(folder, name="02_closure", tables=None):
    charts = {"top": Chart("<svg>1</svg>", "Title", "alt", "source", "<svg>2</svg>")}
    return write_outputs(
        folder,
        name,
        "Title",
        "Sentence.",
        FIGURES,
        {"closure": result()} if tables is None else tables,
        charts,
    )


def test_what_a_notebook_writes_is_read_back(tmp_path):
    path = write(tmp_path)
    outputs = read_outputs(tmp_path, words=BUNDLED)
    output = outputs.notebooks["02_closure"]
    assert (output.title, output.sentence, output.figures) == ("Title", "Sentence.", FIGURES)
    table = outputs.table("closure")
    assert table.units == {"cost_usd": "usd"}
    assert table.origins == {"cost_usd": "modelled"}
    assert table.table["name"].tolist() == list(HOSTILE[7:9])
    assert (output.charts[0].svg, output.charts[0].narrow) == ("<svg>1</svg>", "<svg>2</svg>")
    assert outputs.figure("cost") == FIGURES[0]
    document = json.loads(path.read_text())
    keys = {"notebook", "title", "sentence", "figures", "tables", "charts", "layers"}
    assert set(document) == keys
    assert document["charts"] == [
        {"file": "top.svg", "title": "Title", "alt": "alt", "source": "source"}
    ]
    assert document["tables"]["closure"]["cost_usd"] == {"unit": "usd", "origin": "modelled"}


def test_equal_results_give_equal_bytes(tmp_path):
    for name in ("one", "two"):
        write(tmp_path / name)
    for path in (tmp_path / "one").rglob("*.*"):
        assert (
            path.read_bytes()
            == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()
        )


def test_an_empty_folder_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert write("") is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../out", "a/b", ".x", ""])
def test_a_name_that_is_not_plain_writes_nothing(tmp_path, name):
    with pytest.raises(ValueError, match=r"notebook .* is not plain"):
        write(tmp_path, name)
    with pytest.raises(ValueError, match=r"table .* is not plain"):
        write(tmp_path, tables={name: result()})
    assert not list(tmp_path.iterdir())


def test_two_figures_of_one_key_are_refused(tmp_path):
    with pytest.raises(ValueError, match="share a key"):
        write_outputs(tmp_path, "a", "T", "S", [FIGURES[0], FIGURES[0]])


def test_a_table_that_two_notebooks_wrote_is_refused(tmp_path):
    write(tmp_path)
    write(tmp_path, "03_conversion")
    with pytest.raises(ValueError, match="'closure' was written by 02_closure and by 03_conv"):
        read_outputs(tmp_path, words=BUNDLED)


LAYER = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [-75.0, 40.0]},
            "properties": {"store_id": "a"},
        }
    ],
}


def write_layer(folder, name="03_conversion", layer="trade_areas"):
    return write_outputs(folder, name, "T", "S", layers={layer: LAYER})


def test_a_layer_is_handed_over(tmp_path):
    path = write_layer(tmp_path)
    assert (tmp_path / "layers" / "trade_areas.geojson").is_file()
    assert json.loads(path.read_text())["layers"] == ["trade_areas"]
    outputs = read_outputs(tmp_path, words=BUNDLED)
    assert outputs.layers() == outputs.notebooks["03_conversion"].layers == {"trade_areas": LAYER}


def test_a_layer_that_is_missing_or_that_two_wrote_is_an_error(tmp_path):
    write_layer(tmp_path)
    write_layer(tmp_path, "02_closure")
    with pytest.raises(ValueError, match="layer 'trade_areas' was written by 02_closure and by"):
        read_outputs(tmp_path, words=BUNDLED)
    (tmp_path / "layers" / "trade_areas.geojson").unlink()
    with pytest.raises(FileNotFoundError):
        read_outputs(tmp_path, words=BUNDLED)


def test_a_layer_stays_in_its_folder(tmp_path):
    with pytest.raises(ValueError, match=r"layer '\.\./x' is not plain"):
        write_outputs(tmp_path, "a", "T", "S", (), {"t": result()}, layers={"../x": LAYER})
    assert not list(tmp_path.iterdir())
    path = write_layer(tmp_path)
    path.write_text(path.read_text().replace('"trade_areas"', '"../../x"'))
    with pytest.raises(ValueError, match="not plain"):
        read_outputs(tmp_path, words=BUNDLED)


def test_outputs_of_before_there_were_layers_are_read(tmp_path):
    path = write(tmp_path)
    document = json.loads(path.read_text())
    del document["layers"]
    path.write_text(json.dumps(document))
    assert read_outputs(tmp_path, words=BUNDLED).layers() == {}


def test_a_missing_table_is_an_error(tmp_path):
    write(tmp_path)
    (tmp_path / "tables" / "closure.csv").unlink()
    with pytest.raises(FileNotFoundError):
        read_outputs(tmp_path, words=BUNDLED)


def test_a_name_in_a_file_cannot_lead_out_of_the_folder(tmp_path):
    path = write(tmp_path)
    path.write_text(path.read_text().replace('"top.svg"', '"../../top.svg"'))
    with pytest.raises(ValueError, match="not plain"):
        read_outputs(tmp_path, words=BUNDLED)


def test_a_notebook_that_ends_with_it_shows_no_path(tmp_path):
    path = write(tmp_path)
    assert path == tmp_path / "02_closure.json"
    assert repr(path) == "<written: 02_closure.json>"
    assert DisplayFormatter().format(path) == ({}, {})


# ------------------------------------------------------------------- figures and their tables
def figures(*keys):
    return [Figure(key, key, 1.0, "stores", "modelled", "m", words=BUNDLED) for key in keys]


def left(folder, keys, tables, **more):
    write_outputs(folder, "02_closure", "T", "S", figures(*keys), tables, **more)
    return read_outputs(folder, words=BUNDLED).notebooks["02_closure"].tables_of


def test_a_figure_is_of_the_first_table_whose_result_holds_it(tmp_path):
    held = Result(
        pd.DataFrame({"a": [1]}), "", figures=tuple(figures("cost", "gain")), words=BUNDLED
    )
    other = Result(
        pd.DataFrame({"a": [1]}), "", figures=tuple(figures("gain", "rest")), words=BUNDLED
    )
    found = left(tmp_path, ["cost", "gain", "rest", "none"], {"x": held, "y": other})
    assert found == {"cost": "x", "gain": "x", "rest": "y"}
    document = json.loads((tmp_path / "02_closure.json").read_text())
    assert [figure["table"] for figure in document["figures"]] == ["x", "x", "y", ""]


def test_a_notebook_may_say_which_table_a_figure_is_of(tmp_path):
    held = Result(pd.DataFrame({"a": [1]}), "", figures=tuple(figures("paid_extra")), words=BUNDLED)
    tables = {"x": held, "y": held.table, "z": held.table}
    named = {"paid": "y", "paid_more": "z"}
    found = left(tmp_path, ["paid_extra", "paid_more_yet", "own"], tables, tables_of=named)
    assert found == {"paid_extra": "y", "paid_more_yet": "z"}


def test_a_figure_of_a_table_that_is_not_left_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"02_closure: .* does not leave: \['gone'\]"):
        left(tmp_path, ["cost"], {"x": result()}, tables_of={"cost": "gone"})
    assert not list(tmp_path.iterdir())
    left(tmp_path, ["cost"], {"x": result()}, tables_of={"cost": "x"})
    path = tmp_path / "02_closure.json"
    path.write_text(path.read_text().replace('"table": "x"', '"table": "gone"'))
    with pytest.raises(ValueError, match=r"02_closure: .* did not leave: \['gone'\]"):
        read_outputs(tmp_path, words=BUNDLED)


def test_outputs_of_before_figures_named_their_tables_are_read(tmp_path):
    path = write(tmp_path)
    document = json.loads(path.read_text())
    for figure in document["figures"]:
        del figure["table"]
    path.write_text(json.dumps(document))
    assert read_outputs(tmp_path, words=BUNDLED).notebooks["02_closure"].tables_of == {}
