"""A sweep from request to page: what it holds, that it goes on, that order does not matter."""

import json
from unittest.mock import Mock

import pandas as pd
import pytest

from retail_portfolio.inputs import InputError, load_case
from retail_portfolio.inputs.faults import Fault
from retail_portfolio.model.closing.closure import closure_table
from retail_portfolio.model.overview.scenario_answer import scenario_answer, units_of
from retail_portfolio.model.planning.plan import value_of
from retail_portfolio.model.planning.plan_task import plan_task
from retail_portfolio.model.planning.regret import Best
from retail_portfolio.present.exporting.documents import records
from retail_portfolio.run.errors import ClusterFailed, PublishFailed
from retail_portfolio.run.sweeping import sweep_store
from retail_portfolio.run.sweeping.sweep import SweepRequest, make_sweep
from retail_portfolio.run.sweeping.sweep_cases import check
from retail_portfolio.run.sweeping.sweep_tables import plans_to_value
from tests.inputs.test_travel_times import CSV
from tests.model.checkout_cases import JWO
from tests.run.sweeping import GRID, Here, contents, manifest, settle


@pytest.fixture(autouse=True)
def source(tmp_path, monkeypatch):
    """Stands in for the package's source, which somebody may be editing."""
    root = tmp_path / "source"
    root.mkdir()
    (root / "model.py").write_text("# one\n")
    settle(root, monkeypatch.setattr)
    yield root
    settle(root, lambda *_: None)


@pytest.fixture
def ask(small_data, tmp_path):
    def request(out="sweep", **changes):
        given = {"grid": (GRID,), "data_dir": str(small_data), "out": str(tmp_path / out)}
        return SweepRequest(**(given | changes))

    return request


def swept(request, **how):
    """Sweep in this process; return the folder and who did it."""
    here = Here(**how)
    return make_sweep(request, hire=here.hire).parent, here


def table(folder, name):
    return pd.read_csv(folder / name, keep_default_na=False, na_values=[""])


@pytest.mark.slow
def test_a_sweep_holds_what_was_promised(ask, small_data):
    folder, here = swept(ask(scenarios=("base", "cheap-rent"), overrides=("tax_rate=0.3",)))
    names = {name for name in contents(folder) if not name.startswith(("cases/", "."))}
    assert names == {
        *("cases.csv", "plans.csv", "regret.csv", "regret_by_plan.csv"),
        *("index.html", "manifest.json"),
    }
    cases = table(folder, "cases.csv")
    about = ["case", "scenario", "overrides", "status", "message"]
    assert list(cases.columns) == [*about, *units_of(JWO)]
    assert list(cases["case"]) == [
        f"{name} · discount_rate={rate}"
        for name in ("base", "cheap-rent")
        for rate in ("0.06", "0.09", "0.12")
    ]
    assert cases["overrides"][4] == "tax_rate=0.3; discount_rate=0.09"
    case = load_case("cheap-rent", str(small_data), ["tax_rate=0.3", "discount_rate=0.09"])
    found = scenario_answer(case)
    known = {key: value for key, value in found.figures.items() if value is not None}
    assert cases.loc[4, list(known)].to_dict() == pytest.approx(known, rel=1e-9)
    assert cases.loc[4, sorted(set(units_of(JWO)) - set(known))].isna().all()
    plans = table(folder, "plans.csv")
    mine = plans[plans["case"] == cases["case"][4]].reset_index(drop=True)
    assert list(mine.columns[1:]) == list(found.plan.columns)
    assert list(mine["decision"]) == list(found.plan["decision"])
    assert "<html" in (folder / "index.html").read_text()
    assert len(here.answered()) == 6
    assert here.left == 1


@pytest.mark.slow
def test_plans_are_valued_in_other_cases_as_the_command_values_them(ask, small_data):
    limits = "plan.force_in=[],[corner-1, corner-2]"
    folder, _ = swept(ask(grid=(limits,), scenarios=("base", "cheap-rent")))
    regret = table(folder, "regret.csv").fillna({"violations": ""})
    assert list(regret.columns) == [
        *("case", "plan_of", "value_usd", "best_usd", "regret_usd", "violations")
    ]
    other = regret[(regret["case"] == "cheap-rent · plan.force_in=[]") & (regret["regret_usd"] > 0)]
    case = load_case("cheap-rent", str(small_data))
    said = value_of(plan_task(case, closure_table(case)), ["corner-1:hall", "corner-2:hall"])
    assert other["value_usd"].item() == pytest.approx(said.objective_usd, rel=1e-9)
    assert other["violations"].item() == ""
    broken = regret[regret["violations"] != ""]
    assert set(broken["violations"]) == {"plan.force_in: corner-2 converts"}
    assert (broken["regret_usd"] < 0).all()


@pytest.mark.slow
def test_a_case_in_a_worker_is_the_case_that_is_read(ask, small_data):
    # The first decides a figure that the second leaves to the ledger.
    grid = ("size_sqft.corner=9000,12000", "lease_remaining_term_years=3,6")
    sweep = check(ask(scenarios=("cheap-rent", "base"), grid=grid))
    for one in sweep.cases:
        there = sweep.tables.case_of(one.settings)
        read = load_case(one.scenario, str(small_data), one.overrides)
        assert there.scenario == read.scenario
        assert dict(there.ledger) == dict(read.ledger)
        for name in ("stores", "leases", "demand", "competitors", "metros", "barriers"):
            pd.testing.assert_frame_equal(getattr(there, name), getattr(read, name))
        assert there.travel_times is None
    assert sweep.cases[0].settings.assumptions["size_sqft.corner"] == 9000


@pytest.mark.slow
def test_each_case_has_the_travel_times_that_it_names(ask, small_data):
    (small_data / "way.csv").write_text(CSV)
    (small_data / "scenarios" / "road.yaml").write_text("why: By road.\ntravel_times: way.csv\n")
    sweep = check(ask(scenarios=("base", "road"), grid=("tax_rate=0.1,0.2",)))
    there = [sweep.tables.case_of(one.settings).travel_times for one in sweep.cases]
    assert there[:2] == [None, None]
    for one in there[2:]:
        pd.testing.assert_frame_equal(one, load_case("road", str(small_data)).travel_times)


@pytest.mark.slow
def test_order_changes_nothing(ask):
    forwards, _ = swept(ask("one"))
    backwards, _ = swept(ask("two"), backwards=True)
    assert contents(forwards) == contents(backwards)


def test_only_plans_of_others_are_valued():
    one, two = frozenset({"b:hall", "a:hall"}), frozenset({"c:hall"})
    best = {"x": Best(one, 1.0), "y": Best(two, 2.0), "z": Best(one, 3.0)}
    assert plans_to_value(best) == {
        "x": (("c:hall",),),
        "y": (("a:hall", "b:hall"),),
        "z": (("c:hall",),),
    }
    assert plans_to_value({"x": Best(one, 1.0), "z": Best(one, 3.0)}) == {}


@pytest.mark.slow
def test_so_does_how_many_cases_are_in_memory_at_a_time(ask, monkeypatch):
    request = ask(grid=("plan.force_in=[],[corner-1, corner-2],[corner-3]",))
    folder, here = swept(request)
    before = contents(folder)
    monkeypatch.setattr("retail_portfolio.run.sweeping.sweep.VALUED_AT_ONCE", 2)
    _, again = swept(request)
    assert [work for work, _ in again.asked] == ["value_plans"] * 3
    assert here.asked[3:] == again.asked
    assert contents(folder) == before


@pytest.mark.slow
def test_a_finished_case_is_never_done_again(ask):
    request = ask()
    folder, first = swept(request)
    before = contents(folder)
    _, second = swept(request)
    assert len(first.answered()) == 3
    assert second.answered() == []
    assert contents(folder) == before


@pytest.mark.slow
def test_an_interrupted_sweep_goes_on_where_it_stopped(ask):
    whole, _ = swept(ask("whole"))
    request, here = ask("part"), Here(most=2)
    with pytest.raises(KeyboardInterrupt):
        make_sweep(request, hire=here.hire)
    folder = whole.parent / "part"
    assert manifest(folder)["status"] == "incomplete"
    assert not (folder / "cases.csv").exists()
    assert here.left == 1
    _, rest = swept(request)
    assert len(here.answered()) == 2
    assert len(rest.answered()) == 1
    assert set(here.answered()).isdisjoint(rest.answered())
    assert contents(folder) == contents(whole)


@pytest.mark.slow
def test_a_damaged_case_is_done_again(ask):
    request = ask(grid=("discount_rate=0.06,0.09",))
    folder, first = swept(request)
    before = contents(folder)
    label, case_id = first.answered()[1], manifest(folder)["cases"][1]["id"]
    for ending in ("json", "npz"):
        path = folder / "cases" / f"{case_id}.{ending}"
        whole = path.read_bytes()
        for damaged in (b"", whole[: len(whole) // 2], whole.replace(b"0", b"1", 1), None):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            _, again = swept(request)
            assert again.answered() == [label]
            assert contents(folder) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    ["table", "ledger", "setting", "draws", "program"],
)
def test_what_an_answer_follows_from_makes_another_case(ask, small_data, source, change):
    request = ask()
    before = [one.case_id for one in check(request).cases]
    assert [one.case_id for one in check(request).cases] == before
    if change == "table":
        path = small_data / "demand.csv"
        path.write_text(path.read_text().replace("4200,1700", "4300,1700"))
    elif change == "ledger":
        path = small_data / "assumptions.csv"
        path.write_text(path.read_text().replace("judgement", "guesswork", 1))
    elif change == "program":
        (source / "model.py").write_text("# two\n")
        settle(source, lambda *_: None)
    changes = {"setting": {"overrides": ("tax_rate=0.21",)}, "draws": {"draws": 4}}
    after = [one.case_id for one in check(ask(**changes.get(change, {}))).cases]
    assert set(after).isdisjoint(before)


@pytest.mark.slow
def test_another_scenario_file_or_a_note_beside_the_tables_makes_none(ask, small_data):
    before = check(ask()).request_id
    (small_data / "scenarios" / "new.yaml").write_text("title: New\nwhy: It is.\n")
    (small_data / "note.txt").write_text("hello")
    assert check(ask()).request_id == before


@pytest.mark.slow
def test_a_folder_belongs_to_one_sweep(ask, small_data):
    folder, _ = swept(ask())
    before = contents(folder)
    path = small_data / "demand.csv"
    others = [
        ask(grid=("discount_rate=0.09,0.12,0.15",)),
        ask(grid=("discount_rate=0.06,0.09",)),
        ask(overrides=("tax_rate=0.21",)),
        ask(draws=4),
    ]
    for other in others:
        here = Here()
        with pytest.raises(InputError) as raised:
            make_sweep(other, hire=here.hire)
        assert f"{folder} holds one of other cases" in str(raised.value)
        assert "give another --out, or leave --out away" in str(raised.value)
        assert (here.asked, contents(folder)) == ([], before)
    path.write_text(path.read_text().replace("4200,1700", "4300,1700"))
    with pytest.raises(InputError, match="holds one of other cases"):
        swept(ask())
    assert contents(folder) == before


@pytest.mark.slow
def test_so_does_one_in_which_nothing_is_finished(ask):
    with pytest.raises(KeyboardInterrupt):
        swept(ask(), most=0)
    with pytest.raises(InputError, match="holds one of other cases"):
        swept(ask(grid=("discount_rate=0.09",)))
    swept(ask())


@pytest.mark.slow
def test_another_sweep_that_came_first_is_left_alone(ask, monkeypatch):
    """Both have looked at the empty folder before either holds it."""
    folder, _ = swept(ask())
    before = contents(folder)
    monkeypatch.setattr("retail_portfolio.run.sweeping.sweep_store.refuse_folder", refuse := Mock())
    refuse.side_effect = [[], [], [Fault("--out", None, None, "x", "a folder of its own")]]
    with pytest.raises(InputError, match="a folder of its own"):
        swept(ask(grid=("discount_rate=0.09",)))
    assert contents(folder) == before


@pytest.mark.slow
def test_a_later_program_goes_on_in_the_same_folder(ask, source, tmp_path):
    folder, first = swept(ask())
    before = contents(folder)
    (source / "model.py").write_text("# two\n")
    settle(source, lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        swept(ask(), most=2)
    # What an earlier program answered stands as it was until everything is answered anew.
    after = contents(folder)
    assert {name: after[name] for name in before} == before
    _, again = swept(ask())
    assert len(first.answered()) == 3
    assert len(again.answered()) == 1
    found = manifest(folder)
    assert found["status"] == "complete"
    assert found["program"]["source"] != json.loads(before["manifest.json"])["program"]["source"]
    alone, _ = swept(ask("alone"))
    fresh = contents(alone)
    assert {name: one for name, one in contents(folder).items() if name in fresh} == fresh


@pytest.mark.slow
def test_tables_that_are_replaced_by_halves_are_told(ask, source, monkeypatch):
    folder, _ = swept(ask())
    (source / "model.py").write_text("# two\n")
    settle(source, lambda *_: None)
    seen = []
    write = sweep_store.write_text

    def watch(path, text):
        if path.name == "cases.csv":
            seen.append(manifest(folder)["status"])
            raise OSError(28, "No space left on device", str(path))
        write(path, text)

    monkeypatch.setattr(sweep_store, "write_text", watch)
    with pytest.raises(PublishFailed, match="No space left"):
        swept(ask())
    assert seen == ["incomplete"]
    assert manifest(folder)["status"] == "incomplete"
    monkeypatch.setattr(sweep_store, "write_text", write)
    _, rest = swept(ask())
    assert rest.answered() == []
    assert manifest(folder)["status"] == "complete"


@pytest.mark.slow
@pytest.mark.parametrize("there", [False, True])
def test_workers_that_are_not_there_leave_no_trace(ask, tmp_path, there):
    def nobody(_shared, _request):
        raise ClusterFailed("nobody is there")

    before = {}
    if there:
        before = contents(swept(ask())[0])
    with pytest.raises(ClusterFailed):
        make_sweep(ask(), hire=nobody)
    assert (tmp_path / "sweep").exists() == there
    assert contents(tmp_path / "sweep") == before


@pytest.mark.slow
def test_an_infeasible_case_is_an_answer(ask):
    folder, _ = swept(ask(grid=("plan.min_conversions=0,4",)))
    cases = table(folder, "cases.csv")
    assert list(cases["status"]) == ["optimal", "infeasible"]
    assert "at least 4 conversions" in cases["message"][1]
    assert cases.loc[1, list(units_of(JWO))].isna().all()
    assert set(table(folder, "regret.csv")["case"]) == {"base · plan.min_conversions=0"}
    assert manifest(folder)["cases"][1]["status"] == "infeasible"
    _, again = swept(ask(grid=("plan.min_conversions=0,4",)))
    assert again.answered() == []


@pytest.mark.slow
def test_without_any_answer_every_reason_is_named(ask):
    with pytest.raises(InputError) as raised:
        swept(ask(grid=("plan.min_conversions=4,5",)))
    assert [fault.column for fault in raised.value.faults] == [
        "base · plan.min_conversions=4",
        "base · plan.min_conversions=5",
    ]
    assert "at least 5 conversions" in str(raised.value.faults[1].value)


@pytest.mark.slow
def test_the_manifest_says_what_it_was(ask, source):
    folder, _ = swept(ask(overrides=("plan.force_out=corner-3",)))
    found = manifest(folder)
    assert found["status"] == "complete"
    assert found["kind"] == "sweep"
    assert found["seed"] == [7]
    assert found["draws"] is None
    assert {"numpy", "python", "retail-portfolio", "source"} <= set(found["program"])
    assert "data/stores.csv" in found["inputs"]
    assert not any(name.startswith("data/scenarios/") for name in found["inputs"])
    assert set(found["outputs"]) == {
        *("cases.csv", "plans.csv", "regret.csv", "regret_by_plan.csv", "index.html")
    }
    (first, *_) = found["cases"]
    assert first["settings"]["discount_rate"] == 0.06
    assert first["settings"]["plan.force_out"] == ["corner-3"]
    assert first["overrides"] == ["plan.force_out=corner-3", "discount_rate=0.06"]
    text = json.dumps(found)
    for word in ("seconds", "workers", "host", "started", str(folder)):
        assert word not in text


@pytest.mark.slow
def test_ranges_where_draws_are_asked_for(ask, monkeypatch):
    def ranges(case, draws):
        row = {"key": "plan_value_usd", "label": "=cmd()", "unit": "usd", "base": 1.0}
        quantiles = {f"p{one}": float(draws + one) for one in (5, 25, 50, 75, 95)}
        return pd.DataFrame([row | quantiles])

    monkeypatch.setattr(
        "retail_portfolio.model.overview.scenario_answer._ranges",
        lambda case, draws: None if draws is None else ranges(case, draws),
    )
    folder, _ = swept(ask(draws=4))
    found = table(folder, "ranges.csv")
    assert list(found.columns) == [
        *("case", "key", "label", "unit", "base", "p5", "p25", "p50", "p75", "p95")
    ]
    assert len(found) == 3
    assert found["p95"][0] == 99
    assert found["label"][0] == "'=cmd()"  # no spreadsheet runs it
    assert manifest(folder)["draws"] == 4
    assert "ranges.csv" in manifest(folder)["outputs"]


@pytest.mark.slow
def test_equal_cases_of_two_scenarios_are_one_task(ask, small_data):
    twin = (small_data / "scenarios" / "cheap-rent.yaml").read_text()
    (small_data / "scenarios" / "twin.yaml").write_text(twin)
    folder, here = swept(ask(grid=(), scenarios=("cheap-rent", "twin")))
    assert len(here.answered()) == 1
    assert list(table(folder, "cases.csv")["case"]) == ["cheap-rent", "twin"]


@pytest.mark.slow
def test_the_page_tells_what_each_scenario_is_for_once(ask, small_data):
    why = load_case("cheap-rent", str(small_data)).scenario.why
    folder, _ = swept(ask(scenarios=("base", "cheap-rent"), grid=("tax_rate=0.1,0.2",)))
    page = (folder / "index.html").read_text()
    assert page.count(why) == 1
    assert page.count("A small case for tests.") == 1
    assert page.index("cheap-rent:") < page.index(why)


@pytest.mark.slow
def test_the_folder_is_named_after_the_request(small_data, tmp_path, monkeypatch):
    monkeypatch.setattr("retail_portfolio.inputs.folders.reports_folder", lambda: tmp_path / "r")
    request = SweepRequest(grid=(GRID,), data_dir=str(small_data))
    sweep = check(request)
    assert sweep.folder("") == tmp_path / "r" / "sweeps" / sweep.request_id[:12]


@pytest.mark.slow
def test_tables_are_read_once_for_cases_that_do_not_ask_for_more(ask, monkeypatch):
    from retail_portfolio import inputs

    read = []
    load = inputs.load_case
    monkeypatch.setattr(inputs, "load_case", lambda *given: read.append(given) or load(*given))
    check(ask(scenarios=("base", "cheap-rent"), grid=(GRID, "plan.max_conversions=1,2")))
    assert len(read) == 1
    check(ask(grid=("announced=2025-01-02,2025-02-03",)))
    assert len(read) == 3


@pytest.mark.slow
def test_records_of_a_plan_are_plain(ask, small_data):
    found = scenario_answer(load_case(data_dir=str(small_data)))
    assert json.loads(json.dumps(records(found.plan))) == records(found.plan)
