"""Benchmarks at tiny sizes: their lines have one shape, and both sides give one answer.

No time is judged here. What the limits are is: a claim may not be loosened unnoticed.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.plumbing.checkout import ROOT

FOLDER = ROOT / "benchmarks"
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py"))
INSTALLING = ("huff_package", "plan_objective")
WITHOUT_INSTALLING = [name for name in SCRIPTS if name not in INSTALLING]
NOTHING_TO_COMPARE = ("import_time", "plan_case", "plan_country", "ten_thousand_stores")
PROVEN = 2e-6
"""Two plans that are both proven to a gap of 1e-6 may differ by so much."""
ALIKE = {"plan_metro": PROVEN, "uncertain_draws": 0.05}
"""How far the two sides may be apart where one is not the same computation as the other."""
RESULTS = {
    *("difference_at_most", "gap_at_most", "unfound_at_most", "unwanted_at_most"),
    *("folder_mb_at_most", "gzipped_kb_at_most", "raw_mb_at_most"),
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
KEYS = {
    "claim",
    "setting",
    "quick",
    "our_seconds",
    "peer_seconds",
    "ratio",
    "our_peak_mib",
    "peer_peak_mib",
    "limit",
    "missed",
    "holds",
    "machine",
}
CLAIMS: list[tuple[str, str, dict[str, float]]] = [
    ("report_whole", "LIMIT", {"times_slower_at_most": 0.6, "difference_at_most": 0}),
    ("if_changed", "LIMIT", {"our_seconds_at_most": 1.0, "difference_at_most": 0}),
    ("huff_package", "FASTER", {"times_faster_at_least": 200, "share_of_peer_peak_at_most": 0.1}),
    ("huff_package", "SAME", {"difference_at_most": 1e-9}),
    (
        "flat_memory",
        "LIMIT",
        {"times_slower_at_most": 1.3, "our_peak_mib_at_most": 150, "difference_at_most": 1e-9},
    ),
    (
        "whole_country",
        "LIMIT",
        {"times_slower_at_most": 2, "our_peak_mib_at_most": 500, "difference_at_most": 1e-9},
    ),
    ("whole_country", "GROWTH", {"growth_exponent_at_most": 1.15}),
    ("what_ifs", "LIMIT", {"our_seconds_at_most": 0.01, "difference_at_most": 1e-9}),
    ("import_time", "LIMIT", {"our_seconds_at_most": 1.0, "unwanted_at_most": 0}),
    (
        "uncertain_draws",
        "LIMIT",
        {"our_seconds_at_most": 5, "our_peak_mib_at_most": 1024, "difference_at_most": 0.05},
    ),
    ("uncertain_draws", "GROWTH", {"growth_exponent_at_most": 1.1}),
    ("run_overhead", "LIMIT", {"seconds_more_at_most": 0.15, "difference_at_most": 0}),
    ("sweep_workers", "LIMIT", {"times_faster_at_least": 1.6, "difference_at_most": 0}),
    ("plan_case", "LIMIT", {"our_seconds_at_most": 5, "gap_at_most": 1e-6}),
    ("plan_metro", "LIMIT", {"our_seconds_at_most": 15, "gap_at_most": 1e-6}),
    ("plan_metro", "LOCAL", {"our_seconds_at_most": 1}),
    ("plan_country", "LIMIT", {"our_seconds_at_most": 60, "gap_at_most": 1e-3}),
    ("plan_objective", "LIMIT", {"unwanted_at_most": 0}),
    (
        "ten_thousand_stores",
        "LIMIT",
        {"our_seconds_at_most": 60, "our_peak_mib_at_most": 1024, "gap_at_most": 1e-3},
    ),
    ("ten_thousand_stores", "GROWTH", {"growth_exponent_at_most": 1.15}),
    (
        "pages",
        "CASE",
        {
            "raw_mb_at_most": 2.5,
            "gzipped_kb_at_most": 700,
            "our_seconds_at_most": 1,
            "times_slower_at_most": 1.5,
            "difference_at_most": 0,
            "unwanted_at_most": 0,
        },
    ),
    (
        "pages",
        "MANY",
        {
            "raw_mb_at_most": 2.2,
            "our_seconds_at_most": 1,
            "difference_at_most": 0,
            "unwanted_at_most": 0,
        },
    ),
    (
        "pages",
        "HUGE",
        {
            "our_seconds_at_most": 5,
            "next_frame_seconds_at_most": 0.25,
            "unfound_at_most": 0,
            "difference_at_most": 0,
            "unwanted_at_most": 0,
        },
    ),
    (
        "pages",
        "SUMMARY",
        {"our_seconds_at_most": 1, "folder_mb_at_most": 15, "unwanted_at_most": 0},
    ),
]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch):
    """Import a module as a script of the folder does."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def run(script: str, *arguments: str, **settings: str) -> tuple[int, list[dict[str, Any]]]:
    done = subprocess.run(
        [sys.executable, str(FOLDER / f"{script}.py"), "--quick", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert lines, done.stderr
    return done.returncode, [json.loads(line) for line in lines]


def check_shape(script: str, record: dict[str, Any]) -> None:
    assert set(record) >= KEYS
    assert record["claim"] == script
    assert record["quick"] is True
    assert set(record["machine"]) >= {"cores", "threads", "python", "numpy"}
    assert record["holds"] == (not record["missed"] and "reason" not in record)
    # At tiny sizes only results are judged.
    assert set(record["limit"]) <= RESULTS


@cache
def run_once(script: str) -> tuple[int, list[dict[str, Any]]]:
    """Run a script as it is, once for all tests that ask."""
    return run(script)


@pytest.mark.slow
@pytest.mark.parametrize("script", WITHOUT_INSTALLING)
def test_both_sides_agree_at_tiny_sizes(script: str) -> None:
    if script == "pages" and not any(map(shutil.which, BROWSERS)):
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    status, records = run_once(script)
    assert status == 0
    for record in records:
        check_shape(script, record)
        assert record["holds"]
        assert record["our_seconds"] > 0
        if record["peer_seconds"] is not None:
            assert record["ratio"] == record["peer_seconds"] / record["our_seconds"]
    compared = [record["difference"] for record in records if "difference" in record]
    assert compared or script in NOTHING_TO_COMPARE
    assert all(gap <= ALIKE.get(script, 1e-9) for gap in compared)


@pytest.mark.slow
def test_the_peer_with_restarts_proves_the_same_plan() -> None:
    """At tiny sizes it comes to an end: the optimum is then found in two ways."""
    _, records = run_once("plan_metro")
    proofs = [record for record in records if "peer_gap" in record]
    assert len(proofs) >= 5
    for record in proofs:
        assert record["peer_gap"] <= 1e-6
        assert record["peer_rounds"] > 1
        assert record["difference"] <= PROVEN


@pytest.mark.slow
@pytest.mark.parametrize("script", INSTALLING)
def test_without_the_peer_the_claim_fails_and_says_so(tmp_path, script: str) -> None:
    """Nothing is pretended where the package cannot be had."""
    status, records = run(script, "--peers", str(tmp_path), PIP_NO_INDEX="1")
    assert status == 1
    assert len(records) == 1
    check_shape(script, records[0])
    assert not records[0]["holds"]
    assert "could not be installed" in records[0]["reason"]
    assert records[0]["ratio"] is None


@pytest.mark.slow
def test_shares_agree_with_the_peer_where_it_is_installed() -> None:
    if not any((ROOT / "build" / "peers").glob("huff-*/complete")):
        pytest.skip("the peer is not installed; `make bench` installs it")
    status, records = run("huff_package")
    assert status == 0
    for record in records:
        check_shape("huff_package", record)
    given = [record for record in records if "distances given" in record["setting"]]
    assert len(given) == 2
    assert all(record["difference"] <= 1e-9 for record in given)


@pytest.mark.parametrize(("script", "name", "limit"), CLAIMS)
def test_claims_are_those_that_were_made(module, script: str, name: str, limit) -> None:
    assert getattr(module(script), name) == limit


def measured(module, seconds: float, peak: float | None = None):
    return module("common.runner").Measured([seconds, 2 * seconds], peak)


@pytest.mark.parametrize(
    ("limit", "holds"),
    [
        ({"times_faster_at_least": 4}, True),
        ({"times_faster_at_least": 4.1}, False),
        ({"times_slower_at_most": 0.25}, True),
        ({"times_slower_at_most": 0.2}, False),
        ({"our_seconds_at_most": 0.5}, True),
        ({"our_seconds_at_most": 0.4}, False),
        ({"seconds_more_at_most": 0.15}, True),
        ({"seconds_more_at_most": 0.14}, False),
        ({"our_peak_mib_at_most": 10.0}, True),
        ({"our_peak_mib_at_most": 9.0}, False),
        ({"share_of_peer_peak_at_most": 0.1}, True),
        ({"share_of_peer_peak_at_most": 0.09}, False),
        ({"growth_exponent_at_most": 1.0}, True),
        ({"growth_exponent_at_most": 0.9}, False),
        ({"difference_at_most": 1e-3}, True),
        ({"difference_at_most": 1e-4}, False),
        ({"unwanted_at_most": 2}, True),
        ({"unwanted_at_most": 1}, False),
        ({"unfound_at_most": 0}, True),
        ({"raw_mb_at_most": 2.5}, True),
        ({"raw_mb_at_most": 2.4}, False),
        ({"gzipped_kb_at_most": 700}, True),
        ({"gzipped_kb_at_most": 699}, False),
        ({"folder_mb_at_most": 15}, True),
        ({"folder_mb_at_most": 14}, False),
        ({"next_frame_seconds_at_most": 0.25}, True),
        ({"next_frame_seconds_at_most": 0.2}, False),
    ],
)
def test_a_limit_holds_up_to_its_number(module, capsys, limit, holds: bool) -> None:
    records = module("common.records").Records("claim", quick=False)
    ours, peer = measured(module, 0.5, 10.0), measured(module, 2.0, 100.0)
    facts = {"difference": 1e-3, "growth_exponent": 1.0, "unwanted": 2, "unfound": 0}
    facts["seconds_more"] = 0.15
    facts |= {"raw_mb": 2.5, "gzipped_kb": 700, "folder_mb": 15, "next_frame_seconds": 0.25}
    records.add("setting", ours, peer, limit, **facts)
    record = json.loads(capsys.readouterr().out)
    assert record["holds"] is holds
    assert record["missed"] == ([] if holds else list(limit))
    assert records.exit_status == (0 if holds else 1)


def test_a_quick_run_judges_results_and_no_time(module, capsys) -> None:
    records = module("common.records").Records("claim", quick=True)
    limit = {"times_faster_at_least": 1000, "difference_at_most": 1e-9}
    ours, peer = measured(module, 1.0), measured(module, 2.0)
    records.add("good", ours, peer, limit, difference=1e-12)
    assert records.exit_status == 0
    records.add("bad", ours, peer, limit, difference=1e-6)
    records.add("good again", ours, peer, limit, difference=0.0)
    assert records.exit_status == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["holds"] for line in lines] == [True, False, True]


def test_answers_that_cannot_be_compared_differ(module) -> None:
    records = module("common.records")
    ones = np.ones(3)
    assert records.greatest_difference(ones, ones) == 0
    assert records.greatest_difference(ones, np.array([1.0, 3.0, 0.5])) == 2
    assert records.greatest_relative_difference(ones, np.array([1.0, 4.0, 0.5])) == 0.75
    assert records.greatest_difference(ones, np.ones(4)) == np.inf
    assert records.greatest_difference(ones, np.array([1.0, np.nan, 1.0])) == np.inf


def child(module, folder, **request: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Run the measured process with a side that stands in ``folder``."""
    files = {"measured": str(folder / "measured.json"), "answer": str(folder / "answer.npz")}
    asked = folder / "request.json"
    asked.write_text(json.dumps({"warm_ups": 1, "options": {}, **files, **request}), "utf-8")
    environment = module("common.runner").environment()
    paths = os.pathsep.join((str(folder), environment["PYTHONPATH"]))
    subprocess.run(
        [sys.executable, "-m", "common.child", str(asked)],
        env={**environment, "PYTHONPATH": paths},
        check=True,
    )
    with np.load(folder / "answer.npz") as answer:
        return json.loads((folder / "measured.json").read_text("utf-8")), dict(answer)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a peak begin anew")
def test_the_measured_process_sees_what_a_run_needs(module, tmp_path) -> None:
    """Memory of the imports is left out, that of the run is not, and every repeat has its time."""
    (tmp_path / "greedy.py").write_text(
        "import numpy as np\n"
        "np.ones((128, 2**17)).sum()\n"
        "def prepare(options):\n"
        "    return lambda: {'sum': np.ones((options['mib'], 2**17)).sum()}\n",
        "utf-8",
    )
    found, answer = child(module, tmp_path, side="greedy", repeats=3, options={"mib": 64})
    assert len(found["seconds"]) == 3
    assert 60 < found["peak_mib"] < 100
    assert answer["sum"] == 64 * 2**17


def test_both_sides_get_as_many_threads(module, monkeypatch) -> None:
    runner = module("common.runner")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    settings = runner.environment()
    assert {settings[name] for name in runner.THREAD_SETTINGS} == {str(runner.THREADS)}


@pytest.mark.slow
def test_a_side_that_fails_is_named(module) -> None:
    runner = module("common.runner")
    with pytest.raises(runner.SideFailed, match="no_such_side"):
        runner.measure({"ours": runner.Side("no_such_side", {})}, 1)


@pytest.mark.slow
def test_sides_that_share_a_process_give_what_they_give_alone(module, tmp_path) -> None:
    runner, places = module("common.runner"), module("common.places")
    sides = {}
    for stores in (3, 5):
        path = tmp_path / f"{stores}.npz"
        places.city(path, 60, stores)
        options = {"places": str(path), "block": 30}
        sides[str(stores)] = runner.Side("flat_plain", options, warm_ups=0, repeats=stores)
    together = runner.measure(sides, 1, apart=False)
    alone = runner.measure({"5": sides["5"]}, 1)
    assert [len(together[name].answer["sales"]) for name in sides] == [3, 5]
    assert [len(together[name].seconds) for name in sides] == [3, 5]
    assert together["5"].answer["sales"].tolist() == alone["5"].answer["sales"].tolist()


@pytest.mark.slow
def test_a_map_is_measured_with_varied_stores(module) -> None:
    pages: ModuleType = module("common.map_pages")
    (one, plan), (two, _) = pages.made_up_stores(1_000), pages.made_up_stores(1_000)
    assert one.table.equals(two.table)
    assert one.table["store_id"].is_unique
    assert one.table["name"].nunique() > 990
    assert one.table["street"].nunique() > 990
    assert one.table["status"].value_counts().to_dict() == {"open": 900, "closing": 100}
    assert list(plan["store_id"]) == list(one.table["store_id"].iloc[:100])
    assert set(plan["decision"]) == {"close", "convert_green"}
    assert len(pages.made_up_stores(20_000)[1]) == pages.CLOSING_AT_MOST


@pytest.mark.slow
def test_without_a_browser_the_claim_of_pages_fails_and_says_so(tmp_path) -> None:
    status, records = run("pages", PATH=str(tmp_path))
    assert status == 1
    assert len(records) == 1
    check_shape("pages", records[0])
    assert "none of chromium" in records[0]["reason"]


def arrays(path) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        return dict(file)


def test_made_up_places_are_the_same_every_time(module, tmp_path) -> None:
    places: ModuleType = module("common.places")
    for make in (places.city, places.country):
        make(tmp_path / "one.npz", 500, 40)
        make(tmp_path / "two.npz", 500, 40)
        one, two = arrays(tmp_path / "one.npz"), arrays(tmp_path / "two.npz")
        assert set(one) == set(two)
        assert all(np.array_equal(one[name], two[name]) for name in one)
        assert len(one["lat"]) == len(one["spending_usd_year"]) == 500
        assert len(one["store_lat"]) == len(one["size_sqft"]) == 40
        assert np.abs(one["lat"]).max() < 90
        assert np.abs(one["lon"]).max() <= 180


def test_a_part_keeps_the_stores_and_draws_from_the_points(module, tmp_path) -> None:
    places: ModuleType = module("common.places")
    places.city(tmp_path / "whole.npz", 400, 30)
    assert places.part_of(tmp_path / "whole.npz", tmp_path / "part.npz", 0.25) == 100
    whole, part = arrays(tmp_path / "whole.npz"), arrays(tmp_path / "part.npz")
    assert np.array_equal(part["store_lat"], whole["store_lat"])
    assert len(part["lat"]) == 100
    assert set(part["spending_usd_year"]) < set(whole["spending_usd_year"])


def test_places_from_files(module, tmp_path) -> None:
    places: ModuleType = module("common.places")
    points, stores = tmp_path / "points.csv", tmp_path / "stores.csv"
    points.write_text("\ufeffID,POPULATION,LATITUDE,LONGITUDE\na,10,+40.5,-080.25\n", "utf-8")
    stores.write_text("name,lat,lon\none,40.6,-80.3\nnowhere,,\n", "utf-8")
    counts = places.from_files(tmp_path / "out.npz", str(points), str(stores))
    found = arrays(tmp_path / "out.npz")
    assert counts == (1, 1)
    assert (found["lat"][0], found["lon"][0]) == (40.5, -80.25)
    assert found["spending_usd_year"][0] == 10 * places.USD_PER_PERSON
    assert found["store_lon"][0] == -80.3
    with pytest.raises(ValueError, match="no column population"):
        places.from_files(tmp_path / "out.npz", str(stores), str(stores))
