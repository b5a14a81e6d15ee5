"""`build points`, and the whole way from a stranger's export to a case that is fit to use."""

from __future__ import annotations

import pytest

from retail_portfolio.inputs import load_case
from tests.inputs.build.geocoder import geocoder
from tests.inputs.build.test_points import DETROIT, NO_AREA, matched
from tests.inputs.exports import register, replace, write_export
from tests.small_data import write_small_data

pytestmark = pytest.mark.slow


@pytest.fixture
def export(tmp_path):
    """The small case with an export for its register, with ZIP codes where its stores are."""
    folder = write_export(write_small_data(tmp_path / "data"))
    replace(folder, "stores.csv", ";48003;", f";{DETROIT};")
    for code in (";1235;", ";1236;"):
        replace(folder, "stores.csv", code, f";{NO_AREA[1:]};")
    return folder


def test_the_whole_way(command, export, monkeypatch):
    """Other names, metric sizes, words, no coordinates; columns.yaml, points, check."""
    status, _, err = command("check", "--data", export)
    assert status == 2
    assert "coordinates here and in rows 3 to 7" in err
    assert err.splitlines()[-1].startswith(
        f"next: run `retail-portfolio build points --data {export}"
    )
    with geocoder(monkeypatch, matched) as service:
        status, out, err = command("build", "points", "--data", export)
    assert (status, err) == (0, "")
    assert "5 of 6 stores placed" in out
    assert "row 3, corner-2: not placed: its address needs a street" in out
    assert len(service.asked) == 5
    status, _, err = command("check", "--data", export)
    assert status == 2
    assert err.startswith("stores.csv row 3, column lat: found '', expected coordinates here: run")
    replace(
        export,
        "stores.csv",
        "Oak, North;;Springvale ;OH;1234;",
        "Oak, North;;Springvale ;OH;43016;",
    )
    status, out, _ = command("build", "points", "--zip", "--data", export)
    assert status == 0
    assert "row 3, corner-2: 40.09746, -83.15020, within about 5,000 m: middle of ZIP 43016" in out
    status, out, err = command("check", "--data", export)
    assert (status, err) == (0, "")
    assert "everything is fit to use" in out
    stores = load_case(data_dir=str(export)).stores.set_index("store_id")
    assert stores["status"].tolist() == [one["status"] for one in register()]
    assert stores.at["corner-2", "size_sqft"] == pytest.approx(12_500, abs=0.001)
    assert stores.at["corner-2", "point_precision_m"] == 5_000
    assert stores.at["corner-1", "point_precision_m"] == 150
    status, out, _ = command("plan", "--data", export, "--json")
    assert status == 0
    assert '"status": "optimal"' in out


def test_a_geocoder_that_fails_ends_with_5_and_one_message(command, export, monkeypatch):
    before = (export / "stores.csv").read_bytes()
    with geocoder(monkeypatch, matched) as service:
        service.status, service.page = 503, "<html>later</html>"
        status, out, err = command("build", "points", "--data", export)
    assert (status, out) == (5, "")
    assert err == (
        "the geocoder of the Census Bureau did not answer (its answer names none of the "
        "addresses); nothing was written. Try again later, or run with --zip\n"
    )
    assert (export / "stores.csv").read_bytes() == before


def test_bad_input_ends_with_2(command, export):
    (export / "columns.yaml").write_text("stores.csv: {separator: x}\n")
    status, out, err = command("build", "points", "--data", export)
    assert (status, out) == (2, "")
    assert err.startswith("columns.yaml row 1, column stores.csv.separator: found 'x'")
