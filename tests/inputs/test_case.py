"""The case: what models are handed."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from retail_portfolio.inputs import InputError, load_case, table_files
from retail_portfolio.inputs.assumed import resolve_assumed
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.table_files import FILES, table_columns


def _frames(case: Case) -> dict[str, pd.DataFrame]:
    values = {field.name: getattr(case, field.name) for field in dataclasses.fields(case)}
    return {name: value for name, value in values.items() if isinstance(value, pd.DataFrame)}


def test_the_bundled_case_counts(case: Case) -> None:
    counts = case.stores.groupby(["format", "status"]).size()
    assert counts["go", "closing"] == 14
    assert counts["fresh", "closing"] == 57
    assert counts["wfm", "open"] == 516
    assert sorted(case.leases["store_id"]) == sorted(
        case.stores.loc[case.stores["status"] == "closing", "store_id"]
    )


def test_frames_are_typed_texts_and_floats_without_gaps_in_texts(case: Case) -> None:
    for name, frame in _frames(case).items():
        assert isinstance(frame.index, pd.RangeIndex), name
        for column in frame:
            values = frame[column]
            assert values.dtype in (np.dtype("float64"), pd.StringDtype(na_value=np.nan)), column
            if values.dtype != np.dtype("float64"):
                assert values.notna().all()


@pytest.mark.slow
def test_the_same_files_give_the_same_case_and_it_travels(small_data: Path) -> None:
    one, two = load_case(data_dir=str(small_data)), load_case(data_dir=str(small_data))
    three = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own bytes
    for name, frame in _frames(one).items():
        assert frame.equals(_frames(two)[name])
        assert frame.equals(_frames(three)[name])
    assert one.scenario == two.scenario == three.scenario


@pytest.mark.slow
@pytest.mark.parametrize("remembered", [0, table_files.REMEMBERED_CHARACTERS])
def test_whoever_writes_into_a_table_writes_into_nobody_else_s(
    small_data: Path, monkeypatch: pytest.MonkeyPatch, remembered: int
) -> None:
    monkeypatch.setattr(table_files, "REMEMBERED_CHARACTERS", remembered)
    first = load_case(data_dir=str(small_data))
    before = {name: frame.copy(deep=True) for name, frame in _frames(first).items()}
    for frame in _frames(first).values():
        if len(frame):
            frame.iloc[0, :] = frame.iloc[-1, :]
            frame["more"] = 1
            del frame[frame.columns[0]]
    again = load_case(data_dir=str(small_data))
    for name, frame in _frames(again).items():
        pd.testing.assert_frame_equal(frame, before[name])


@pytest.mark.slow
def test_a_table_that_changed_is_read_anew(small_data: Path) -> None:
    before = load_case(data_dir=str(small_data)).stores["name"].tolist()
    path = small_data / "stores.csv"
    path.write_text(path.read_text("utf-8").replace(before[0], "Another name"), "utf-8")
    assert load_case(data_dir=str(small_data)).stores["name"].tolist() == [
        "Another name",
        *before[1:],
    ]
    path.write_text(path.read_text("utf-8").replace("Another name", before[0]), "utf-8")
    assert load_case(data_dir=str(small_data)).stores["name"].tolist() == before


@pytest.mark.slow
def test_another_ledger_reaches_the_tables_whatever_it_moves(small_data: Path) -> None:
    case = load_case(data_dir=str(small_data))
    moved_tables = set()
    for name in sorted({key.partition(".")[0] for key in case.ledger}):
        for end in ("low", "high"):
            ledger = case.ledger.at_end(name, end)
            moved = case.with_ledger(ledger)
            stores, leases = resolve_assumed(case.stores, case.leases, ledger)
            assert moved.ledger is ledger
            pd.testing.assert_frame_equal(moved.stores, stores)
            pd.testing.assert_frame_equal(moved.leases, leases)
            if not (stores.equals(case.stores) and leases.equals(case.leases)):
                moved_tables.add(name)
    assert {"size_sqft", "rent_net_usd_per_sqft_year", "lease_termination_months"} <= moved_tables


def test_an_override_of_the_ledger_reaches_every_assumed_value(small_data: Path) -> None:
    overrides = [
        *("size_sqft.corner=8000", "rent_net_usd_per_sqft_year.corner.oh=30"),
        *("lease_termination_months=24", "lease_remaining_term_years=3", "size_sqft.hall=28000"),
    ]
    case = load_case(data_dir=str(small_data), overrides=overrides)
    size = case.stores.set_index("store_id")["size_sqft"]
    assert size.to_dict() == {
        "corner-0": 8000,
        "corner-1": 8000,
        "corner-2": 12500,
        "corner-3": 8000,
        "hall-1": 31000,
        "hall-2": 28000,
    }
    lease = case.leases.set_index("store_id")
    assert lease["rent_usd_per_sqft_year"].tolist()[:2] == [30, 27.5]  # the second is reported
    assert lease["termination_months"].tolist()[:2] == [24, 12]
    assert lease["remaining_term_years"].tolist()[:2] == [4.3, 3]  # the first is modelled
    assert lease.loc["corner-3"][["rent_usd_per_sqft_year", "termination_months"]].isna().all()


@pytest.mark.slow
def test_a_modelled_remaining_term_moves_with_an_assumed_initial_term(small_data: Path) -> None:
    terms = {}
    for years in (5, 10, 12):
        case = load_case(data_dir=str(small_data), overrides=[f"lease_initial_term_years={years}"])
        terms[years] = case.leases["remaining_term_years"].tolist()[:2]
    assert terms[10] == [4.3, 6]
    assert terms[12] == pytest.approx([6.3, 6])
    assert terms[5] == [1, 6]


def test_fields_are_settings_and_none_says_nothing(small_data: Path) -> None:
    case = load_case("cheap-rent", str(small_data), None, seed=5, tax_rate=None, as_of="2026-02-01")
    assert case.scenario.seed == 5
    assert case.scenario.tax_rate == 0.2
    assert case.scenario.as_of.isoformat() == "2026-02-01"
    assert case.leases["rent_usd_per_sqft_year"][0] == 20


def test_faults_of_scenario_and_tables_come_together(small_data: Path) -> None:
    (small_data / "demand.csv").write_text("point_id\n1\n")
    with pytest.raises(InputError) as caught:
        load_case(data_dir=str(small_data), overrides=["tax_rat=1", "basket_us=3"])
    files = [fault.file for fault in caught.value.faults]
    assert files.count("overrides") == 2
    assert files.count("demand.csv") == 12


def test_every_table_has_a_header_to_start_from() -> None:
    columns = table_columns()
    assert list(columns) == [file.name for file in FILES]
    assert columns["metros.csv"][:2] == ("metro_id", "name")


LIGHT = """
import sys
import retail_portfolio.inputs as inputs
import retail_portfolio.inputs.case, retail_portfolio.inputs.assumptions
inputs.load_scenario, inputs.load_case, inputs.InputError
heavy = {"pandera", "geopandas", "folium", "scipy", "hypothesis"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.slow
def test_importing_the_readers_is_light() -> None:
    subprocess.run([sys.executable, "-c", LIGHT], check=True, cwd=Path(__file__).parents[2])


def test_no_name_of_the_bundled_case_is_in_the_code() -> None:
    code = Path(__file__).parents[2] / "retail_portfolio" / "inputs"
    for path in code.glob("*.py"):
        text = path.read_text().lower()
        assert not [name for name in ("amazon", "whole foods", "fresh") if name in text], path.name
