"""Assumed leases: what the ledger says, for closing stores that have none, and nothing else."""

from __future__ import annotations

import pytest

from retail_portfolio.inputs.assumed import leases_differ
from retail_portfolio.inputs.build.leases import build_leases
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.faults import InputError
from retail_portfolio.inputs.folders import checkout_root
from retail_portfolio.inputs.registers import leases
from retail_portfolio.inputs.table_files import load_table
from tests.inputs.build.bare import read, rows, write_bare, write_stores, write_with_ledger

HEADER = ",".join(leases.Leases.to_schema().columns)


@pytest.fixture
def folder(tmp_path):
    return write_with_ledger(tmp_path / "bare")


def test_each_closing_store_gets_a_lease_that_is_the_ledgers(folder):
    built = build_leases(str(folder))
    made = read(folder, leases.FILE)
    assert [row["store_id"] for row in made] == [f"corner-{n}" for n in range(1, 7)]
    assert built.rows == 6
    assert not load_table(leases.FILE, str(folder)).faults
    first = made[0]
    assert first["tenure"] == "leased"
    assert (first["initial_term_years"], first["remaining_term_years"]) == ("10", "6")
    assert (first["rent_usd_per_sqft_year"], first["rent_basis"]) == ("20", "net")
    assert first["charges_usd_per_sqft_year"] == "7"
    assert first["break_after_years"] == first["break_origin"] == ""
    marks = {column: mark for column, mark in first.items() if column.endswith("_origin") and mark}
    assert set(marks.values()) == {"assumed"}
    assert len(marks) == 8


def test_a_term_runs_from_the_day_the_store_opened(folder):
    build_leases(str(folder))
    sixth = read(folder, leases.FILE)[5]
    # Ten years from the middle of May 2019, stated on 31 January 2026.
    assert (sixth["remaining_term_years"], sixth["remaining_term_origin"]) == ("3.3", "modelled")
    assert "its middle is taken" in sixth["note"]


@pytest.mark.parametrize(
    ("opened", "last", "years"),
    [("1990", "", "1"), ("2016-02-01", "2027-12-31", "2"), ("2026-12", "", "10")],
)
def test_no_lease_ends_before_its_store_or_is_longer_than_its_first_term(
    folder, opened, last, years
):
    register = rows()
    register[0] |= {"opened": opened, "last_trading_day": last}
    write_stores(folder, register)
    build_leases(str(folder))
    assert read(folder, leases.FILE)[0]["remaining_term_years"] == years


def test_where_the_least_term_is_taken_the_row_says_so(folder):
    register = rows()
    register[0] |= {"opened": "1990-05-02"}
    register[1] |= {"opened": "2016-05-02", "last_trading_day": "2027-12-31"}
    register[2] |= {"opened": "2019-05-02"}
    write_stores(folder, register)
    build_leases(str(folder))
    old, short, plain = read(folder, leases.FILE)[:3]
    assert old["note"] == (
        "By its opening 0.0 years of the first term would be left; assumed are 1.0, because no "
        "lease is taken to end within a year or before its store."
    )
    assert "0.3 years of the first term would be left; assumed are 2.0" in short["note"]
    assert {old["source"], short["source"]} == {
        "assumptions.csv; remaining term assumed, the least that is taken"
    }
    assert (plain["note"], plain["source"]) == ("", "assumptions.csv")
    assert "at least 1 year" in (folder / "SOURCES.md").read_text()


def test_without_a_base_scenario_of_its_own_no_day_is_taken_from_another(folder):
    (folder / "scenarios" / "base.yaml").unlink()
    built = build_leases(str(folder))
    sixth = read(folder, leases.FILE)[5]
    assert (sixth["remaining_term_years"], sixth["remaining_term_origin"]) == ("6", "assumed")
    assert "no scenarios/base.yaml of its own" in str(built)


def test_rows_that_are_there_stay_byte_for_byte(folder):
    own = f'{HEADER}\ncorner-3,owned,reported{"," * 20}"Ours, since 1999.",Deed\n'
    (folder / leases.FILE).write_text(own)
    built = build_leases(str(folder))
    assert built.kept == "leases.csv.before"
    assert (folder / built.kept).read_text() == own
    after = (folder / leases.FILE).read_text()
    assert after.startswith(own)
    assert len(after.splitlines()) == 1 + 6
    assert "5 added, 1 as they were" in str(built)
    build_leases(str(folder))
    assert (folder / leases.FILE).read_text() == after
    assert not (folder / "leases.csv.before-2").exists()


def test_line_ends_of_windows_stay(folder):
    own = f'{HEADER}\r\ncorner-3,owned,reported{"," * 20}"Ours, now.",Deed\r\n'.encode()
    (folder / leases.FILE).write_bytes(own)
    built = build_leases(str(folder))
    after = (folder / leases.FILE).read_bytes()
    assert after.startswith(own)
    assert after[len(own) :].count(b"\r\n") == after[len(own) :].count(b"\n") == 5
    assert (folder / built.kept).read_bytes() == own
    assert not load_table(leases.FILE, str(folder)).faults


def test_columns_in_another_order_and_no_line_end_behind_are_heeded(folder):
    turned = ",".join(reversed(HEADER.split(",")))
    (folder / leases.FILE).write_text(f"{turned}\nDeed,{',' * 20}reported,owned,corner-3")
    build_leases(str(folder))
    assert (folder / leases.FILE).read_text().startswith(f"{turned}\nDeed,")
    assert not load_table(leases.FILE, str(folder)).faults
    assert {row["tenure"] for row in read(folder, leases.FILE)} == {"owned", "leased"}


def test_a_faulty_table_is_named_and_stays(folder):
    (folder / leases.FILE).write_text(f"{HEADER}\ncorner-3,rented{',' * 22}\n")
    before = (folder / leases.FILE).read_bytes()
    with pytest.raises(InputError, match=r"leases\.csv row 2, column tenure"):
        build_leases(str(folder))
    assert (folder / leases.FILE).read_bytes() == before


def test_every_row_that_the_ledger_lacks_is_named_once(folder):
    ledger = folder / "assumptions.csv"
    kept = [line for line in ledger.read_text().splitlines() if "lease_" not in line]
    ledger.write_text("\n".join(kept) + "\n")
    with pytest.raises(InputError) as found:
        build_leases(str(folder))
    missing = [fault.expected.split()[3] for fault in found.value.faults]
    assert sorted(missing) == [
        "lease_initial_term_years",
        "lease_remaining_term_years",
        "lease_renewal_option_years",
        "lease_renewal_options",
        "lease_termination_months",
    ]
    assert not (folder / leases.FILE).exists()


def test_rent_is_gross_where_the_ledger_knows_only_that_of_the_format(folder):
    ledger = folder / "assumptions.csv"
    text = ledger.read_text().replace(
        "rent_gross_usd_per_sqft_year,", "rent_gross_usd_per_sqft_year.corner,"
    )
    text = text.replace("rent_net_usd_per_sqft_year.corner.oh", "rent_net_usd_per_sqft_year.oh")
    ledger.write_text(text)
    build_leases(str(folder))
    first = read(folder, leases.FILE)[0]
    assert (first["rent_usd_per_sqft_year"], first["rent_basis"]) == ("60", "gross")
    assert first["charges_usd_per_sqft_year"] == "0"  # a gross rent holds them


@pytest.mark.slow
def test_the_leases_of_the_bundled_case_are_those_of_its_own_table(case: Case, tmp_path):
    folder, data = write_bare(tmp_path / "bare"), checkout_root() / "data"
    for name in ("stores.csv", "assumptions.csv"):
        (folder / name).write_bytes((data / name).read_bytes())
    base = folder / "scenarios" / "base.yaml"
    base.write_bytes((checkout_root() / "scenarios" / "base.yaml").read_bytes())
    build_leases(str(folder))
    ours = {row["store_id"]: row for row in read(folder, leases.FILE)}
    theirs = {row["store_id"]: row for row in read(data, leases.FILE)}
    assert set(ours) == set(theirs)
    known = "fresh-pa-willow-grove"  # the one lease of which terms were reported
    for store_id in sorted(set(ours) - {known}):
        here, there = dict(ours[store_id]), dict(theirs[store_id])
        years = [float(row.pop("remaining_term_years")) for row in (here, there)]
        assert here == there
        assert years[0] == pytest.approx(years[1], abs=0.1 + 1e-9)
    table = load_table(leases.FILE, str(folder))
    assert not leases_differ(table, case.stores, case.ledger)
