"""Events from tables made elsewhere: few columns needed, every fault named, labels apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retail_portfolio.inputs import load_case
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.registers.events import events_of

SITES = """\
event,event_date,chain,site_name,street,city,state,zip,lat,lon,coord_source,size_sqft,outcome,taken_by,label_converts,evidence,source_urls,confidence
Exit A,2015-01-01,Old,Mill ,1 Mill St,Town,PA,19103,39.95,-75.17,made,30000,kept,New,1,"It says so. ",https://example.org,high
Exit A,2015-01-01,Old,Quay,2 Quay St,Town,PA,7030,,,made,,other,,0,,https://example.org,high
Exit B,2016-01-01,Old,Lane,3 Lane,Far,England,N1 0PD,51.5,-0.1,made,,unknown,,,,https://example.org,low
"""
OWN = """\
event,store_name,lat,lon,size_sqft,open_at_event,note
Exit A,First,39.96,-75.16,40000,yes,"kept "
Exit A,Second,39.97,-75.15,,no,
,Third,39.98,-75.14,,likely,
"""


@pytest.fixture
def case(small_data: Path) -> Case:
    return load_case(data_dir=str(small_data))


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.slow
def test_a_table_of_many_more_columns_is_read(case: Case, tmp_path: Path) -> None:
    events = events_of(
        case, written(tmp_path, "a.csv", SITES), written(tmp_path, "own.csv", OWN), ""
    )
    assert events.names == ("Exit A", "Exit B")
    assert events.sites["site_name"].tolist() == ["Mill", "Quay", "Lane"]
    assert events.sites["zip"].tolist() == ["19103", "07030", "N1 0PD"]
    assert events.labels.tolist()[:2] == [1.0, 0.0]
    assert np.isnan(events.labels[2])
    assert events.taken_by.tolist() == ["New", "", ""]
    assert events.own_stores["lat"].tolist() == [39.96, 39.98]
    assert events.competitors.empty


@pytest.mark.parametrize("kept", [0, 1], ids=["only a header", "no file"])
def test_a_portfolio_without_earlier_events_has_none(small_data: Path, kept: int) -> None:
    for path in sorted((small_data / "backtest").iterdir()):
        header = path.read_text(encoding="utf-8").splitlines()[0]
        path.write_text(f"{header}\n", encoding="utf-8")
        if kept:
            path.unlink()
    events = events_of(load_case(data_dir=str(small_data)))
    assert events.names == ()
    assert len(events.sites) == len(events.own_stores) == len(events.labels) == 0


@pytest.mark.slow
def test_sites_do_not_carry_what_became_of_them(case: Case, tmp_path: Path) -> None:
    events = events_of(case, written(tmp_path, "a.csv", SITES))
    assert not {"label_converts", "taken_by", "outcome"} & set(events.sites.columns)


@pytest.mark.slow
def test_labels_may_be_written_as_decimals(case: Case, tmp_path: Path) -> None:
    table = "event,lat,lon,label_converts\nX,40,-75,1.0\nX,40.1,-75,0.0\nX,40.2,-75,\n"
    labels = events_of(case, written(tmp_path, "a.csv", table)).labels
    assert labels.tolist()[:2] == [1.0, 0.0]
    assert np.isnan(labels[2])


@pytest.mark.slow
def test_a_table_out_of_a_spreadsheet_is_read(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfevent , lat,lon,label_converts\r\nX,40,-75,1\r\n")
    events = events_of(case, str(path))
    assert events.names == ("X",)
    assert events.source == "a.csv"


@pytest.mark.slow
def test_every_fault_of_every_table_is_named(case: Case, tmp_path: Path) -> None:
    sites = "event,label_converts,lat,lon\nX,2,40,-75\n,0,95,-75\nX,1,40,\n"
    own = "event,store_name,lat\nX,One,40\n"
    rivals = "event,lat,lon,open_at_event\nX,40,-75,maybe\n"
    names = [
        written(tmp_path, name, text)
        for name, text in (("s.csv", sites), ("o.csv", own), ("r.csv", rivals))
    ]
    with pytest.raises(InputError) as error:
        events_of(case, *names)
    found = {(fault.file, fault.row, fault.column) for fault in error.value.faults}
    assert found == {
        ("s.csv", 2, "label_converts"),
        ("s.csv", 3, "event"),
        ("s.csv", 3, "lat"),
        ("s.csv", 4, "lat"),
        ("o.csv", 1, "lon"),
        ("r.csv", 2, "open_at_event"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "event,label_converts\n"])
def test_a_table_without_rows_is_refused(case: Case, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        events_of(case, written(tmp_path, "a.csv", text))


@pytest.mark.slow
def test_a_file_that_is_not_there_is_named(case: Case, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        events_of(case, str(tmp_path / "nowhere.csv"))


@pytest.mark.slow
def test_nobodys_home_is_a_fault_of_each_table(case: Case) -> None:
    names = [f"~nobody-of-this-name/{letter}.csv" for letter in "sor"]
    with pytest.raises(InputError) as error:
        events_of(case, *names)
    faults = error.value.faults
    assert [fault.file for fault in faults] == ["sites_csv", "own_stores_csv", "competitors_csv"]
    assert [fault.value for fault in faults] == names


@pytest.mark.slow
def test_stores_without_sites_are_refused(case: Case) -> None:
    with pytest.raises(InputError, match=r"own_stores_csv.*sites_csv given too"):
        events_of(case, "", "own.csv", "")


@pytest.mark.slow
def test_a_case_brings_its_own_events(case: Case) -> None:
    events = events_of(case)
    assert events.names == ("Foodbarn exit 2016",)
    assert len(events.sites) == len(case.backtest_sites)
    assert events.own_stores["lat"].tolist() == [40.2]
    assert events.competitors.empty
