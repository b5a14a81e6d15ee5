"""`check` guides: every fault in one message, then what to do first."""

from __future__ import annotations

import pytest

from tests.inputs.edits import set_cell
from tests.inputs.exports import write_export
from tests.small_data import write_small_data

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path):
    return write_small_data(tmp_path / "data")


def test_a_summary_stands_below_the_faults(command, data):
    set_cell(data, "stores.csv", 2, "zip", "1234")
    set_cell(data, "demand.csv", 2, "lat", "95")
    status, out, err = command("check", "--data", data)
    assert (status, out) == (2, "")
    first, second, blank, *after = err.splitlines()
    assert first.startswith("stores.csv row 2, column zip: found '1234', expected five digits")
    assert second.startswith("demand.csv row 2, column lat: found '95'")
    assert blank == ""
    assert after[0] == "2 faults: stores.csv 1, demand.csv 1"
    assert after[1].startswith("without a fault by itself: leases.csv, metros.csv, competitors.csv")
    assert (
        after[2] == f"next: correct stores.csv, then `retail-portfolio check --data {data}` again"
    )
    assert len(after) == 3


def test_what_is_fit_names_the_report(command, data):
    status, out, err = command("check", "--data", data)
    assert (status, err) == (0, "")
    report = f"retail-portfolio report --data {data} --out {data}/reports"
    assert out.splitlines()[-1] == f"next: `{report}`"


def test_what_is_to_be_done_next_is_asked_of_the_scenario_that_was_checked(command, data):
    dear = data / "scenarios" / "dear_money.yaml"
    dear.write_text("title: Dear money\nwhy: Twelve a hundred.\ndiscount_rate: 0.12\n")
    status, out, _ = command("check", "--data", data, "--scenario", "dear_money")
    assert status == 0
    assert out.splitlines()[-1].endswith(f" --out {data}/reports --scenario dear_money`")
    set_cell(data, "demand.csv", 2, "lat", "95")
    _, _, err = command("check", "--data", data, "--scenario", "dear_money")
    assert err.splitlines()[-1].endswith(f"check --data {data} --scenario dear_money` again")


def test_places_without_a_known_competitor_are_told(command, data):
    """A list with a gap is fit to use, and makes a store beside the gap look like a fortune."""
    rivals = data / "competitors.csv"
    assert "beware" not in command("check", "--data", data)[1]
    header, *rows = rivals.read_text().splitlines()
    lat = header.split(",").index("lat")
    far = [",".join([*r[:lat], "43.0", *r[lat + 1 :]]) for r in (one.split(",") for one in rows)]
    points = (data / "demand.csv").read_text().splitlines()[1:]
    rivals.write_text("\n".join([header, *far]) + "\n")
    status, out, err = command("check", "--data", data)
    assert (status, err) == (0, "")
    (line,) = [one for one in out.splitlines() if one.startswith("beware: ")]
    assert line.startswith(f"beware: {len(points)} demand points (")
    assert "no row of competitors.csv" in line


@pytest.mark.parametrize("also", [(), ("demand.csv", "metros.csv", "competitors.csv")])
def test_what_leases_would_be_made_of_is_named_before_they_are(command, data, also):
    """Keys that `build leases` asks for, and those of models, stand in one message."""
    ledger = data / "assumptions.csv"
    lines = ledger.read_text().splitlines(keepends=True)
    gone = ("lease_termination_months", "rent_escalator_per_year", "basket_usd")
    ledger.write_text("".join(line for line in lines if not line.startswith(gone)))
    for name in ("leases.csv", *also):
        (data / name).unlink()
    status, _, err = command("check", "--data", data)
    assert status == 2
    for name in gone:
        assert f"assumptions.csv, column key: found nothing, expected a row named {name}" in err
    assert "without a fault by itself: stores.csv" in err
    assert "assumptions.csv" not in err.partition("without a fault")[2].partition("\n")[0]
    if not also:
        assert f"next: run `retail-portfolio build ledger --data {data}`, then" in err
    refused = command("build", "leases", "--data", data)[2]
    assert {line for line in refused.splitlines() if "a row named" in line} <= {
        line.partition(" (")[0].partition("; `")[0] for line in err.splitlines()
    }


@pytest.mark.parametrize(
    ("key", "step"),
    [
        ("basket_usd", "add to assumptions.csv what it lacks"),
        ("wage_cashier_usd_per_hour", "run `retail-portfolio build ledger --data {data}`"),
    ],
)
def test_rows_that_a_model_misses_are_counted_too(command, data, key, step):
    ledger = data / "assumptions.csv"
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join(line for line in lines if not line.startswith(f"{key},")))
    status, _, err = command("check", "--data", data)
    assert status == 2
    assert f"column key: found nothing, expected a row named {key}" in err
    assert "--data DIR" not in err
    assert f"next: {step.format(data=data)}, then" in err


def test_a_folder_that_is_not_there_is_said_alone(command, tmp_path):
    status, _, err = command("check", "--data", tmp_path / "nowhere")
    assert status == 2
    assert len(err.splitlines()) == 1


def test_a_list_of_stores_alone_is_led_step_by_step(command, data, tmp_path):
    """From an export in a folder of its own: each next step is the one that can be done then."""
    write_export(data)
    alone = tmp_path / "alone"
    alone.mkdir()

    def step():
        status, _, err = command("check", "--data", alone)
        assert status == 2
        return err.splitlines()[-1].removeprefix("next: ").partition(", then")[0]

    assert step() == "put your list of stores into the folder as stores.csv"
    (data / "stores.csv").rename(alone / "stores.csv")
    assert step() == (
        "say in columns.yaml how stores.csv is written and which columns are which of ours"
    )
    (data / "columns.yaml").rename(alone / "columns.yaml")
    assert step() == "write scenarios/base.yaml into the folder, with your banners and formats"
    (data / "scenarios").rename(alone / "scenarios")
    assert step() == f"run `retail-portfolio build points --data {alone}`"
    set_points(alone)
    for what in ("metros", "demand", "competitors"):
        assert step().startswith(f"run `retail-portfolio build {what} --data {alone}")
        (data / f"{what}.csv").rename(alone / f"{what}.csv")
    assert step() == f"run `retail-portfolio build ledger --data {alone}`"
    (data / "assumptions.csv").rename(alone / "assumptions.csv")
    assert step() == f"run `retail-portfolio build leases --data {alone}`"
    (data / "leases.csv").rename(alone / "leases.csv")
    assert command("check", "--data", alone)[0] == 0


def set_points(folder):
    """Fill in the coordinates by hand, in the export's notation."""
    from retail_portfolio.inputs.build.cells import open_cells
    from retail_portfolio.inputs.table_files import columns_file
    from tests.inputs.exports import register

    cells = open_cells(folder, "stores.csv", columns_file(folder).tables["stores.csv"])
    for row, one in enumerate(register(), start=2):
        columns = ("lat", "lon", "point_precision_m", "point_origin")
        cells.fill(row, {column: one[column].replace(".", ",") for column in columns})
    (folder / "stores.csv").write_bytes(cells.content())
