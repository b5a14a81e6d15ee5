"""Single functions of the builder."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs.checked_tables import CheckedTable
from retail_portfolio.inputs.registers.corrections import _said
from tools.tables import basemap, corrections, leases, ledger, rivals, spatial, wholefoods
from tools.tables.competitors import CompetitorReport, remove_repeats
from tools.tables.output import number_text

LAT = st.floats(-80, 80)
LON = st.floats(-179, 179)


@pytest.mark.parametrize("name", ["output", "wholefoods", "leases", "outcomes"])
def test_examples_in_docstrings_hold(name):
    module = importlib.import_module(f"tools.tables.{name}")
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


@pytest.mark.slow
@given(LAT, LON, st.floats(1, 100_000))
def test_metres_survive_the_way_to_a_chord_and_back(lat, lon, metres):
    assert spatial.chord_to_metres(spatial.metres_to_chord(metres)) == pytest.approx(metres)
    assert np.linalg.norm(spatial.unit_vectors([lat], [lon])) == pytest.approx(1.0)


def test_one_degree_of_latitude_is_111_km():
    here, north = spatial.unit_vectors([40.0], [-90.0]), spatial.unit_vectors([41.0], [-90.0])
    _, distance = spatial.nearest(here, north)
    assert distance[0] == pytest.approx(111_195, abs=1)


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_number_text_never_drifts(value, decimals):
    text = number_text(value, decimals)
    assert float(text) == pytest.approx(value, abs=0.5000001 * 10**-decimals)
    assert number_text(text, decimals) == text


@pytest.mark.parametrize(
    ("before", "zip_city", "expected"),
    [
        ("12 Main St Santa Cruz", "Santa Cruz", ("12 Main St", "Santa Cruz")),
        ("12 N Tatum Blvd Phoenix", "Phoenix", ("12 N Tatum Blvd", "Phoenix")),
        ("3 South Lake Rd Lake Tahoe", "Other", ("3 South Lake Rd", "Lake Tahoe")),
        ("3  Elm Ave  Quiet Falls", "Other", ("3 Elm Ave", "Quiet Falls")),
        ("nothing to see", "Other", ("nothing to see", "")),
    ],
)
def test_street_and_city(before, zip_city, expected):
    cities = ["Lake Tahoe", "Tahoe"]
    assert wholefoods.split_street_city(before, zip_city, cities) == expected


def test_lease_has_at_least_a_year_left():
    assert leases.remaining_years(5, "2018") == 1.0


def _ledger(correlated=None, **changes):
    row = {"key": "a", "low": "1", "base": "2", "high": "3", "quality": "judgement"}
    added = pd.DataFrame([row | changes])
    names = pd.DataFrame(columns=["source_key", "key", "note", "factor"])
    source = pd.DataFrame(columns=["key", "low", "base", "high", "source_title"])
    columns = ["group", "description", "unit", "as_of", "source", "source_url", "note"]
    return ledger.build_ledger(
        source,
        names,
        added.reindex(columns=list(dict.fromkeys([*added, *columns])), fill_value=""),
        _correlations() if correlated is None else correlated,
    )


def _correlations(*rows):
    columns = ["key", "correlated_with", "rank_correlation", "reason"]
    return pd.DataFrame(list(rows), columns=columns, dtype=str)


def test_ledger_takes_a_sound_row():
    assert list(_ledger()["distribution"]) == ["pert"]


@pytest.mark.parametrize(
    ("quality", "origin", "mark"),
    [
        ("estimate", "", "assumed"),
        ("estimate", "modelled", "modelled"),
        ("primary filing", "", "observed"),
        ("primary filing", "assumed", "assumed"),
    ],
)
def test_a_mark_by_hand_goes_before_the_one_from_quality(quality, origin, mark):
    assert list(_ledger(quality=quality, origin=origin)["origin"]) == [mark]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"low": "4"}, "low <= base <= high broken for a"),
        ({"quality": "rumour"}, "unknown quality"),
        ({"key": "A Key"}, "malformed keys"),
        ({"origin": "computed"}, "unknown origin"),
    ],
)
def test_ledger_refuses_an_unsound_row(changes, said):
    with pytest.raises(ValueError, match=said):
        _ledger(**changes)


def test_a_correlation_stands_in_its_row_and_its_reason_in_the_note():
    said = _correlations(["a", "b", "0.5", "Why."])
    (row,) = _ledger(said, note="What.").to_dict("records")
    assert (row["correlated_with"], row["rank_correlation"]) == ("b", "0.5")
    assert row["note"] == "What. Why."
    (row,) = _ledger(said).to_dict("records")
    assert row["note"] == "Why."
    (row,) = _ledger().to_dict("records")
    assert (row["correlated_with"], row["rank_correlation"], row["note"]) == ("", "", "")


@pytest.mark.slow
def test_correlations_are_read_from_their_own_table(built):
    row = built.table("assumptions").set_index("key").loc["lease_termination_months"]
    assert row["note"] == "Why."
    assert row["correlated_with"] == "rent_gross_usd_per_sqft_year"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["z", "b", "0.5", "Why."]], r"unknown keys \['z'\]"),
        ([["a", "b", "0.5", "Why."], ["a", "c", "0.5", "Why."]], r"keys twice \['a'\]"),
        ([["a", "b", "0.5", ""]], "or blanks"),
    ],
)
def test_ledger_refuses_an_unsound_correlation(rows, said):
    with pytest.raises(ValueError, match=said):
        _ledger(_correlations(*rows))


def test_most_specific_row_wins():
    table = pd.DataFrame({"key": ["r", "r.fresh", "r.fresh.ca", "r.wa"], "base": list("1234")})
    assert ledger.most_specific(table, "r", "fresh", "CA") == "3"
    assert ledger.most_specific(table, "r", "fresh", "WA") == "2"
    assert ledger.most_specific(table, "r", "go", "WA") == "4"
    assert ledger.most_specific(table, "r", "go", "NY") == "1"


def _rivals(*rows):
    keys = ("source_key", "family", "chain", "name", "street", "lat", "lon")
    return pd.DataFrame([dict(zip(keys, row, strict=True)) for row in rows])


def test_repeats_go_by_family_and_distance_and_the_newer_list_stays():
    report = CompetitorReport()
    rows = _rivals(
        ("atp", "f", "One", "old", "5 Elm St", "40.0000", "-90"),
        ("stiles", "f", "Two", "new", "5 Elm Street", "40.0020", "-90"),
        ("atp", "g", "Other", "other family", "5 Elm St", "40.0000", "-90"),
        ("atp", "f", "One", "far", "9 Oak St", "40.0100", "-90"),
        ("atp", "f", "One", "same address", "5 Elm Av", "40.0090", "-90"),
    )
    kept = remove_repeats(rows, report)
    assert sorted(kept["name"]) == ["far", "new", "other family"]
    assert report.dropped[("repeat of a newer source", "atp")] == 2


def test_independents_repeat_only_under_one_name():
    rows = _rivals(
        ("snap", "independent", "Independent", "Blue Market", "1 A St", "34.0", "-118"),
        ("snap", "independent", "Independent", "Red Market", "2 A St", "34.0", "-118"),
        ("snap", "independent", "Independent", "BLUE MARKET", "3 A St", "34.001", "-118"),
    )
    assert len(remove_repeats(rows, CompetitorReport())) == 2


def test_first_pattern_decides():
    rules = pd.DataFrame(
        {
            "pattern": ["^big meat", "^big"],
            "chain": ["", "Big"],
            "kind": ["", "supermarket"],
            "family": ["", "big"],
            "rule": ["specialist", ""],
        }
    )
    found = rivals.classify(["BIG MEAT 1", "Big 2", "Small"], rules)
    assert list(found["rule"]) == ["specialist", "", "no pattern"]


def test_guard_values():
    table = pd.DataFrame(
        {"id": ["a", "b", "c"], "kind": ["x", "x", "y"], "n": ["1", "2.5", ""], "zip": ["01"] * 3}
    )
    assert corrections.found_value(table, "", "") == "3"
    assert corrections.found_value(table, "kind=x", "n") == "3.5"
    assert corrections.found_value(table, "id=c", "n") == "0"
    assert corrections.found_value(table, "n=", "") == "1"
    assert corrections.found_value(table, "kind=x;id=a", "zip") == "01"
    assert corrections.found_value(table, "kind=x", "zip") == "2 rows instead of one"


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["", "1", "2.5"])), min_size=1))
def test_guards_find_what_the_check_of_the_package_finds(rows):
    texts = pd.DataFrame(rows, columns=["kind", "n"])
    typed = texts.assign(n=pd.to_numeric(texts["n"], errors="coerce").astype(float))
    about = CheckedTable("t.csv", texts, typed, (), whole=True, present=True)
    for kind in "ab":
        for column in ("", "kind", "n") if (texts["n"] != "").any() else ("", "kind"):
            theirs = _said(about, texts["kind"] == kind, column)
            ours = corrections.found_value(texts, f"kind={kind}", column)
            assert corrections._same(ours, theirs), (kind, column)


def test_neighbours_keep_one_border():
    wavy = [(0.0, y / 50) for y in range(51)]
    jagged = [(0.0008 * (n % 2), y) for n, (_, y) in enumerate(wavy)]
    left = shapely.Polygon([(-1, 0), *jagged, (-1, 1)])
    right = shapely.Polygon([(1, 0), *jagged, (1, 1)])
    drawn = basemap.simplify([left, right], 0.01, 4)
    shapes = [shapely.geometry.shape(geometry) for geometry in drawn]
    assert shapely.coverage_is_valid(shapes)
    assert sum(shapely.get_num_coordinates(shapes)) < 30


def test_state_takes_the_lines_of_its_counties():
    coarse = shapely.box(0.03, 0.0, 3.0, 2.0)  # its west coast lies 0.03 too far inland
    county, other = shapely.box(0.0, 0.5, 1.0, 1.5), shapely.box(2.9, 0.0, 4.0, 2.0)
    drawn = shapely.union_all([county, other])
    sharp = basemap.sharpen_state(coarse, [county], drawn)
    assert sharp.intersection(other).area == pytest.approx(0.0, abs=1e-3)
    assert sharp.contains(county.buffer(-0.01))
    assert sharp.geom_type == "Polygon"
    assert not sharp.interiors
    far = shapely.box(10, 10, 11, 11)
    assert basemap.sharpen_state(far, [], drawn) is far
