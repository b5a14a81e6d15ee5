"""Age of the data: what is said of which rows on which day, and that the two ways agree."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.inputs import InputError, load_case, load_scenario
from retail_portfolio.inputs.case import Case
from retail_portfolio.inputs.data_age import stale_data, stale_files
from tests.inputs.edits import read, set_cell, write

TODAY = dt.date(2026, 3, 1)
ALLOWED = "that the scenario allows."


def _case(folder: Path, *limits: str) -> Case:
    return load_case(data_dir=str(folder), overrides=[f"data_max_age_days.{one}" for one in limits])


def _files(folder: Path, today: dt.date, *limits: str) -> tuple[str, ...]:
    overrides = [f"data_max_age_days.{one}" for one in limits]
    settings = load_scenario(data_dir=str(folder), overrides=overrides)
    return stale_files({one.key: one.value for one in settings.applied}, str(folder), today)


def _dated(folder: Path, *dates: str) -> None:
    for row, date in enumerate(dates, start=2):
        set_cell(folder, "competitors.csv", row, "as_of", date)


def test_without_a_limit_nothing_is_too_old(small_data: Path) -> None:
    case = _case(small_data)
    assert stale_data(case, dt.date(2090, 1, 1)) == ()
    # No table is looked at, either.
    assert stale_data(dataclasses.replace(case, competitors=None, ledger=None), TODAY) == ()


def test_the_day_of_the_report(small_data: Path) -> None:
    case = _case(small_data, "report=28")  # it speaks of 31 January 2026
    assert stale_data(case, dt.date(2026, 2, 28)) == ()
    said = f"The report speaks of 31 January 2026, longer ago than the 28 days {ALLOWED}"
    assert stale_data(case, dt.date(2026, 3, 1)) == (said,)
    assert stale_data(case, dt.date(2026, 9, 1)) == (said,), "the same bytes until something ages"
    assert stale_data(case, dt.date(2020, 1, 1)) == (), "a report of a day to come is not old"


def test_rows_are_counted_with_the_newest_of_the_old(small_data: Path) -> None:
    table = read(small_data / "competitors.csv")
    copies = [[f"{row[0]}-{copy}", *row[1:]] for copy in range(3) for row in table[1:]]
    write(small_data / "competitors.csv", [table[0], *copies])
    _dated(small_data, "2021-12-11", "2024", "2021-12", *["2026-02-01"] * (len(copies) - 3))
    case, rows = _case(small_data, "competitors=1096"), len(copies)
    assert stale_data(case, dt.date(2024, 12, 11)) == ()
    said = f"1 of {rows} competitors is of 11 December 2021 or before, older than the 1,096 days"
    (found,) = stale_data(case, dt.date(2024, 12, 12))
    assert found == f"{said} (3 years) {ALLOWED}"
    (found,) = stale_data(case, dt.date(2025, 1, 1))
    assert found.startswith(f"2 of {rows} competitors are of December 2021 or before,")
    (found,) = stale_data(case, dt.date(2028, 1, 2))
    assert found.startswith(f"3 of {rows} competitors are of 2024 or before,")


@pytest.mark.parametrize(
    ("date", "last"), [("2024", "2024-12-31"), ("2024-02", "2024-02-29"), ("2024-02-07",) * 2]
)
def test_a_date_counts_from_the_last_day_it_can_mean(
    date: str, last: str, small_data: Path
) -> None:
    rows = len(load_case(data_dir=str(small_data)).competitors)
    _dated(small_data, *(date for _ in range(rows)))
    case = _case(small_data, "competitors=10")
    day = dt.date.fromisoformat(last)
    assert stale_data(case, day + dt.timedelta(days=10)) == ()
    (found,) = stale_data(case, day + dt.timedelta(days=11))
    assert found.startswith(f"All {rows} competitors are of ")


def test_a_figure_that_the_scenario_decides_is_not_old(small_data: Path) -> None:
    for row in (2, 3):
        set_cell(small_data, "assumptions.csv", row, "as_of", "2019")
    rows = len(load_case(data_dir=str(small_data)).ledger)
    (found,) = stale_data(_case(small_data, "assumptions=400"), TODAY)
    assert found.startswith(f"2 of {rows} figures of the ledger are of 2019 or before, older")
    case = load_case(
        data_dir=str(small_data),
        overrides=["data_max_age_days.assumptions=400", "size_sqft.corner=9000"],
    )
    (found,) = stale_data(case, TODAY)
    assert found.startswith(f"1 of {rows - 1} figures of the ledger is of 2019 or before, older")


@pytest.mark.parametrize("written", ["", "last spring", "2024-13", "20240101"])
def test_what_has_no_date_is_said(written: str, small_data: Path) -> None:
    set_cell(small_data, "assumptions.csv", 4, "as_of", written)
    rows = len(load_case(data_dir=str(small_data)).ledger)
    said = f"1 of {rows} figures of the ledger has no date, so how old is not known."
    assert stale_data(_case(small_data, "assumptions=36525"), TODAY) == (said,)
    assert stale_data(_case(small_data), TODAY) == ()


DATES = ("2021", "2021-12-11", "2024-02", "2024-02", "2024-05-31", "2026")


@given(
    st.integers(0, 2500), st.integers(0, 2500), st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))
)
def test_nothing_gets_younger(limit: int, more: int, today: dt.date) -> None:
    def count(days: int, day: dt.date) -> int:
        settings = SimpleNamespace(
            as_of=today, data_max_age_days=[("competitors", days)], assumptions={}
        )
        table = {"competitor_id": [f"c{at}" for at in range(len(DATES))], "as_of": DATES}
        found = stale_data(SimpleNamespace(scenario=settings, competitors=table), day)  # type: ignore[arg-type]
        first = found[0].split()[0] if found else "0"
        return len(DATES) if first == "All" else int(first)

    assert count(limit, today) >= count(limit + more, today)
    assert count(limit, today + dt.timedelta(days=more)) >= count(limit, today)


@pytest.mark.slow
@pytest.mark.parametrize("today", ["2026-02-01", "2026-12-12", "2031-01-01"])
def test_the_files_alone_say_the_same_of_the_bundled_case(today: str) -> None:
    overrides = ["data_max_age_days.assumptions=1461", "basket_usd.go=10", "draws=8"]
    case = load_case(overrides=overrides)
    settings = {one.key: one.value for one in case.scenario.applied}
    day = dt.date.fromisoformat(today)
    found = stale_data(case, day)
    assert found
    assert stale_files(settings, "", day) == found


def test_the_files_alone_say_the_same(small_data: Path) -> None:
    _dated(small_data, "2019-12-31", "2022")
    set_cell(small_data, "assumptions.csv", 4, "as_of", "long ago")
    limits = ("report=10", "competitors=700", "assumptions=900")
    found = stale_data(_case(small_data, *limits), TODAY)
    assert len(found) == 3
    assert _files(small_data, TODAY, *limits) == found


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry", ["# competitors.csv: {}", '"competitors.csv": {columns: {as_of: Seen}}']
)
def test_the_files_alone_say_the_same_of_an_export(entry: str, small_data: Path) -> None:
    _dated(small_data, "2019-12-31", "2022")
    (small_data / "columns.yaml").write_text(f"{entry}\n")
    if not entry.startswith("#"):
        path = small_data / "competitors.csv"
        path.write_text(path.read_text().replace(",as_of,", ",Seen,", 1))
    found = stale_data(_case(small_data, "competitors=700"), TODAY)
    assert len(found) == 1
    assert _files(small_data, TODAY, "competitors=700") == found


def test_a_table_that_is_none_has_no_rows(small_data: Path, tmp_path: Path) -> None:
    settings = {"as_of": "2026-01-31", "data_max_age_days.competitors": 0}
    for text in ("", "competitor_id\nx\n", 'competitor_id,as_of\n"x,2020', "as_of,x\n\n"):
        (small_data / "competitors.csv").write_text(text)
        assert stale_files(settings, str(small_data), TODAY) == ()
    (small_data / "competitors.csv").unlink()
    assert stale_files(settings, str(small_data), TODAY) == ()
    with pytest.raises(InputError, match="a folder that exists"):
        stale_files(settings, str(tmp_path / "nowhere"), TODAY)


def test_the_limits_of_the_bundled_case_pass_its_own_day_and_warn_within_a_year_and_a_half() -> (
    None
):
    settings = {one.key: one.value for one in load_scenario().applied}
    announced = dt.date(2026, 1, 27)
    assert stale_files(settings, "", announced) == ()
    assert stale_files(settings, "", announced + dt.timedelta(days=300)) == ()
    assert len(stale_files(settings, "", announced + dt.timedelta(days=366))) == 2


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (0, "the 0 days"),
        (1, "the 1 day"),
        (2, "the 2 days"),
        (365, "the 365 days"),
        (729, "the 729 days"),
        (730, "the 730 days (2 years)"),
        (731, "the 731 days (2 years)"),
        (732, "the 732 days"),
        (1094, "the 1,094 days"),
        (1097, "the 1,097 days"),
    ],
)
def test_a_limit_is_told_in_years_where_it_is_years(limit: int, words: str) -> None:
    settings = {"as_of": "2000-01-01", "data_max_age_days.report": limit}
    (found,) = stale_files(settings, "", TODAY)
    assert found.endswith(f"longer ago than {words} {ALLOWED}")


@pytest.mark.parametrize("day", ["", "2026-1-31", "last week", "2026-13-01", None])
def test_a_day_that_is_none_is_not_measured(day: str | None) -> None:
    settings = {"as_of": day, "data_max_age_days.report": 1}
    assert stale_files(settings, "", TODAY) == ()


@pytest.mark.slow
def test_a_look_at_the_files_needs_neither_pandas_nor_pydantic() -> None:
    code = (
        "import sys, datetime as dt; from retail_portfolio.inputs.data_age import stale_files;"
        "s = {'as_of': '2026-01-27', 'data_max_age_days.competitors': 1};"
        "assert stale_files(s, '', dt.date(2030, 1, 1));"
        "print([m for m in ('pandas', 'pydantic', 'numpy', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("days", ["-1", "36526", "1.5", "many"])
def test_a_limit_that_is_none_is_refused(days: str, small_data: Path) -> None:
    with pytest.raises(InputError, match=r"column data_max_age_days\.report"):
        _case(small_data, f"report={days}")
    with pytest.raises(InputError, match=r"did you mean 'data_max_age_days\.competitors'"):
        _case(small_data, f"competitor={days}")
