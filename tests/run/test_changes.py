"""What changed between two reports: every kind of change, and nothing that did not."""

import json
import time

import pytest

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.comparing.changes import Side, compare, none_before
from retail_portfolio.run.comparing.changes_results import Tolerance
from retail_portfolio.run.comparing.changes_rows import (
    REWRITTEN,
    UNREAD,
    UNSEEN,
    compare_table,
    read_rows,
)
from tests.run.two_reports import (
    EARLY,
    LATE,
    LEDGER,
    PLAN,
    SCENARIO,
    STORES,
    edited,
    figure,
    make_report,
)


@pytest.fixture
def changes(tmp_path):
    """Compare a report with one that differs as said; ``before`` makes the earlier one differ."""

    def run(before=None, tolerance=None, **after):
        early = make_report(tmp_path, EARLY, **(before or {}))
        late = make_report(tmp_path, LATE, **after)
        return compare(Side.of_report(early), Side.of_report(late), tolerance)

    return run


def test_equal_reports_differ_in_nothing(changes):
    found = changes()
    assert (found.results_changed, found.inputs_changed, found.program_changed) == (False,) * 3
    expected = "No decision turned and no figure moved: inputs, settings and program are the same."
    assert found.sentence == expected
    document = found.document()
    assert document["before"]["run_id"] == EARLY
    assert document["after"]["run_id"] == LATE
    text = json.dumps(document).replace(EARLY, "").replace(LATE, "")
    assert "2026" in text  # the day that the report speaks of
    assert "T06" not in text


def test_the_first_report_has_none_to_compare_with(tmp_path):
    document = none_before(Side.of_report(make_report(tmp_path)))
    assert document["before"] is None
    assert document["after"] == {"run_id": EARLY, "scenario": "base", "as_of": "2026-01-27"}
    assert document["sentence"] == "There is no earlier report of other inputs to compare with."


def test_an_earlier_report_that_cannot_be_read_is_told_with_the_reason(tmp_path):
    document = none_before(Side.of_report(make_report(tmp_path)), "inputs.zip is torn")
    assert document["sentence"].endswith("to compare with: inputs.zip is torn.")


def test_the_same_comparison_gives_the_same_document(tmp_path):
    sides = [Side.of_report(make_report(tmp_path, name)) for name in (EARLY, LATE)]
    texts = {json.dumps(compare(*sides).document()) for _ in range(3)}
    assert len(texts) == 1


# ------------------------------------------------------------------------------------ results
def test_a_decision_that_turned_is_named_with_its_value(changes):
    found = changes(plan=PLAN.replace("a-1,close,-5,0.1", "a-1,convert_hall,7,0.6"))
    (turned,) = found.decisions.turned
    assert (turned.store_id, turned.before, turned.after) == ("a-1", "close", "convert_hall")
    assert (turned.npv_before_usd, turned.npv_after_usd) == (-5, 7)
    assert (turned.probability_before, turned.probability_after) == (0.1, 0.6)
    assert not found.decisions.crossed
    assert found.results_changed
    assert found.sentence.startswith("1 decision turned; no input")


def test_what_is_worth_most_comes_first(changes):
    rows = "".join(f"b-{n},close,{n},0\n" for n in (3, 40, 5))
    turned = rows.replace("close", "convert_hall")
    found = changes({"plan": PLAN + rows}, plan=PLAN + turned)
    assert [one.store_id for one in found.decisions.turned] == ["b-40", "b-5", "b-3"]


def test_what_was_worth_most_comes_first_whatever_it_is_worth_now(changes):
    early = "".join(f"b-{n},convert_hall,{n},1\n" for n in (3, 40, 5))
    late = "".join(f"b-{n},close,{now},0\n" for n, now in ((3, 2), (40, 1), (5, -4)))
    found = changes({"plan": PLAN + early}, plan=PLAN + late)
    assert [one.store_id for one in found.decisions.turned] == ["b-40", "b-5", "b-3"]


def test_stores_that_enter_and_leave_are_results(changes):
    found = changes(plan=PLAN.replace("a-1,close,-5,0.1", "a-9,close,-2,0"))
    assert [one.store_id for one in found.decisions.entered] == ["a-9"]
    assert [one.store_id for one in found.decisions.left] == ["a-1"]
    assert found.decisions.compared == 1
    assert found.results_changed
    assert "1 store entered the plan and 1 store left the plan" in found.sentence


def test_a_probability_that_passes_one_half_is_named_without_a_turn(changes):
    found = changes(plan=PLAN.replace("9,0.8", "9,0.49"))
    assert [one.store_id for one in found.decisions.crossed] == ["a-2"]
    assert not found.decisions.turned
    assert not found.results_changed


@pytest.mark.parametrize(
    ("unit", "before", "after", "named"),
    [
        ("usd", 100.0, 101.0, False),
        ("usd", 100.0, 101.1, True),
        ("usd", -100.0, -98.9, True),
        ("usd", 0.0, 0.0, False),
        ("usd", 0.0, 1e-12, False),
        ("usd", 0.0, 1e-6, True),
        ("usd", 1e9, 1e9 * (1 + 1e-12), False),
        ("share", 0.0, 1e-12, False),
        ("stores", 15.0, 16.0, True),
        ("share", 0.10, 0.11, False),
        ("share", 0.10, 0.1101, True),
        ("share", 0.001, 0.002, False),
        ("probability", 0.5, 0.52, True),
        ("usd", None, None, False),
        ("usd", None, 1.0, True),
        ("usd", 1.0, None, True),
    ],
)
def test_a_figure_is_named_once_it_moved_beyond_tolerance(changes, unit, before, after, named):
    sides = ([figure(value=one, low=None, high=None, unit=unit)] for one in (before, after))
    found = changes({"figures": next(sides)}, figures=next(sides))
    assert bool(found.figures.moved) is named
    assert found.results_changed is named
    assert found.figures.compared == 1


def test_the_ends_of_a_range_count_and_are_named(changes):
    found = changes(figures=[figure(low=70.0, high=120.5, range_basis="draws")])
    (moved,) = found.figures.moved
    assert moved.range_basis == "draws"
    assert moved.ends == ("low",)
    assert (moved.before["low"], moved.after["low"]) == (80, 70)


def test_noise_of_floats_is_no_change_even_where_none_is_allowed(changes):
    early, late = ([figure(value=1e9 * (1 + off), low=None, high=None)] for off in (0, 1e-12))
    assert not changes({"figures": early}, Tolerance(0, 0), figures=late).figures.moved
    assert not Tolerance().beyond(0.0, 1e-12, "usd")
    assert Tolerance(0, 0).beyond(0.0, 1e-6, "usd")


@pytest.mark.parametrize(
    ("early", "late", "ends"),
    [
        ((2e6, -10.0, 6e6), (2e6, -50_000.0, 6e6), ()),
        ((2e6, -10.0, 6e6), (2e6, -70_000.0, 6e6), ("low",)),
        ((2e6, 1e6, 6e6), (2.03e6, 1e6, 6e6), ("value",)),
        ((2e6, 1e6, 6e6), (2e6, 1e6, 6.1e6), ("high",)),
        ((2e6, 1e6, -9e6), (2e6, 1.05e6, -9e6), ()),
    ],
)
def test_an_end_of_a_range_is_measured_against_the_whole_figure(changes, early, late, ends):
    sides = ([figure("cost", *one)] for one in (early, late))
    found = changes({"figures": next(sides)}, figures=next(sides)).figures
    assert [one.ends for one in found.moved] == ([ends] if ends else [])


@pytest.mark.parametrize(
    ("values", "ranges", "said"),
    [
        (2, 1, "2 of 4 headline figures, and the range of 1 more, moved by more than 1 %"),
        (2, 0, "2 of 4 headline figures moved by more than 1 %"),
        (0, 2, "The range of 2 of 4 headline figures moved by more than 1 %"),
    ],
)
def test_figures_of_which_only_the_range_moved_are_counted_apart(changes, values, ranges, said):
    keys = "abcd"
    late = [figure(key, 150.0, 80.0, 150.0) for key in keys[:values]]
    late += [figure(key, low=20.0) for key in keys[values : values + ranges]]
    late += [figure(key) for key in keys[values + ranges :]]
    found = changes({"figures": [figure(key) for key in keys]}, figures=late)
    assert said in found.sentence
    assert found.figures.only_ranges == ranges


def test_a_wider_tolerance_is_kept_to_and_said(changes):
    found = changes(tolerance=Tolerance(0.1, 0.1), figures=[figure(value=109.0)])
    assert not found.figures.moved
    assert found.document()["tolerance"] == {"relative": 0.1, "share": 0.1}


def test_figures_that_come_go_or_change_unit_are_told_apart(changes):
    early = [figure("gone"), figure("same"), figure("unit", unit="usd")]
    late = [figure("same"), figure("new"), figure("unit", unit="usd_year")]
    found = changes({"figures": early}, figures=late).figures
    assert [one.key for one in found.came] == ["new"]
    assert [one.key for one in found.went] == ["gone"]
    assert [one.key for one in found.other_unit] == ["unit"]
    assert not found.moved
    assert found.compared == 1


def test_a_report_without_a_plan_is_compared_in_what_it_has(changes):
    found = changes(plan=None)
    assert found.decisions.compared is None
    assert not found.decisions.turned
    assert found.sentence.startswith("No figure moved:")


# --------------------------------------------------------------------------------------- rows
def test_rows_added_removed_and_corrected_are_named(changes):
    text = edited(STORES, "a-2", size_sqft=250).replace("a-1,100,\n", "") + "a-4,400,new\n"
    found = changes(inputs={"data/stores.csv": text})
    (table,) = found.inputs.tables
    assert (table.name, table.status) == ("data/stores.csv", "changed")
    assert table.added.shown == ("a-4",)
    assert table.removed.shown == ("a-1",)
    (cell,) = table.corrected.shown
    assert (cell.id, cell.column, cell.before, cell.after) == ("a-2", "size_sqft", "200", "250")
    assert (table.corrected_rows, table.rows_before, table.rows_after) == (1, 3, 3)
    assert found.inputs_changed
    assert not found.results_changed
    expected = "No decision turned and no figure moved by more than 1 %, although 3 rows of "
    assert found.sentence == f"{expected}stores.csv changed."


def test_an_assumption_edited_is_told_with_its_unit(changes):
    found = changes(inputs={"data/assumptions.csv": edited(LEDGER, "rent", base=22, source="X")})
    assert [(e.key, e.column, e.before, e.after, e.unit) for e in found.inputs.edited.shown] == [
        ("rent", "base", "20", "22", "USD per sq ft"),
        ("rent", "source", "Northline", "X", "USD per sq ft"),
    ]
    assert "1 assumption changed" in found.sentence


def test_lists_are_cut_and_their_true_length_stands_beside(changes):
    head = "store_id,size_sqft,note\n"
    early = head + "".join(f"s-{n},1,\n" for n in range(900))
    late = head + "".join(f"s-{n},2,\n" for n in range(900))
    found = changes({"inputs": {"data/stores.csv": early}}, inputs={"data/stores.csv": late})
    (table,) = found.document()["inputs"]["tables"]
    assert table["corrected"]["count"] == table["corrected_rows"] == 900
    assert len(table["corrected"]["shown"]) == 200


def test_a_table_whose_columns_changed_is_compared_in_those_of_both():
    before = b"id,a,b\n1,x,y\n2,x,y\n"
    after = b"id,b,c\n1,y,z\n2,w,z\n"
    found = compare_table("data/t.csv", before, after)
    assert (found.columns_added, found.columns_removed) == (("c",), ("a",))
    assert [(one.id, one.column) for one in found.corrected.shown] == [("2", "b")]


def test_rows_that_only_several_columns_tell_apart_are_found_by_them():
    before = b"event,site,n\ne,mill,1\ne,quay,2\n"
    after = b"event,site,n\ne,dock,3\ne,mill,1\ne,quay,4\n"
    found = compare_table("data/t.csv", before, after)
    assert found.id_columns == ("event", "site")
    assert found.added.shown == ("e / dock",)
    assert [(one.id, one.column) for one in found.corrected.shown] == [("e / quay", "n")]
    assert not found.removed.count


def test_rows_that_nothing_tells_apart_are_counted():
    found = compare_table("data/t.csv", b"id,a\n1,x\n1,x\n1,y\n", b"id,a\n1,x\n1,y\n1,y\n")
    assert found.id_columns == ()
    assert (found.added.shown, found.removed.shown) == (("1 / y",), ("1 / x",))


def test_another_order_of_rows_is_no_correction():
    found = compare_table("data/t.csv", b"id,a\n1,x\n2,y\n", b"id,a\n2,y\n1,x\n")
    assert (found.added.count, found.removed.count, found.corrected.count) == (0, 0, 0)
    assert found.note == REWRITTEN


def test_another_order_of_columns_is_no_correction():
    found = compare_table("data/t.csv", b"a,id\nx,1\nx,2\n", b"id,a\n2,x\n1,z\n")
    assert found.id_columns == ("id",)
    assert [(one.id, one.before, one.after) for one in found.corrected.shown] == [("1", "x", "z")]
    assert not found.columns_added


@pytest.mark.parametrize("data", [b"\xff\xfe", b'id,a\n1,"x\n', b"id,a\n1\n", b"a,a\n1,2\n", b""])
def test_what_is_no_table_is_said_to_differ_and_no_more(data):
    assert read_rows(data) is None
    found = compare_table("data/t.csv", b"id,a\n1,x\n", data)
    assert (found.status, found.note, found.rows_after) == ("changed", UNREAD, None)


def test_a_table_that_came_and_one_that_went(changes):
    found = changes(inputs={"data/new.csv": "id\n1\n2\n", "data/stores.csv": None})
    assert [(t.name, t.status, t.rows_before, t.rows_after) for t in found.inputs.tables] == [
        ("data/new.csv", "added", None, 2),
        ("data/stores.csv", "removed", 3, None),
    ]


def test_texts_of_a_table_are_kept_short_and_are_only_texts():
    nasty = "<img src=x onerror=alert(1)>" + "y" * 5_000
    after = f"id,a\n1,{nasty}\n".encode()
    found = compare_table("data/t.csv", b"id,a\n1,x\n", after)
    cell = found.corrected.shown[0]
    assert cell.after.startswith("<img")
    assert len(cell.after) == 300
    assert cell.after.endswith("...")


@pytest.mark.slow
def test_a_table_of_200_000_rows_is_compared_in_seconds():
    rows = [f"p-{n},metro,06017,{n % 7}.5,{n % 11},{n},0.1,0.2,0.3\n" for n in range(200_000)]
    head = "point_id,metro_id,county,lat,lon,households,a,b,c\n"
    before = (head + "".join(rows)).encode()
    rows[100_000] = rows[100_000].replace("06017", "06019")
    after = (head + "".join(rows[1:]) + "p-x,metro,1,1,1,1,1,1,1\n").encode()
    began = time.process_time()
    found = compare_table("data/demand.csv", before, after)
    seconds = time.process_time() - began
    assert (found.added.shown, found.removed.shown) == (("p-x",), ("p-0",))
    assert [(c.id, c.column) for c in found.corrected.shown] == [("p-100000", "county")]
    assert seconds < 6  # of the processor; 1.5 where it was measured


def test_without_kept_inputs_tables_are_named_and_no_row_of_them(changes):
    found = changes({"kept": False}, inputs={"data/stores.csv": edited(STORES, "a-2", size_sqft=1)})
    (table,) = found.inputs.tables
    assert (table.name, table.note, table.corrected_rows) == ("data/stores.csv", UNSEEN, 0)
    assert found.document()["inputs_kept"] == {"before": False, "after": True}
    assert "stores.csv changed" in found.sentence


# ------------------------------------------------------------------- settings, program, the rest
def test_settings_say_what_they_were_and_who_gave_them(changes):
    found = changes(
        settings={"tax_rate": 0.21, "my_plan": ["a-1"]},
        given_by="overrides",
        overrides=("tax_rate=0.21",),
    )
    said = [
        (one.key, one.before, one.after, one.given_by_before, one.given_by_after)
        for one in found.inputs.settings
    ]
    assert said == [
        ("tax_rate", 0.25, 0.21, "scenarios/base.yaml", "overrides"),
        ("my_plan", None, ["a-1"], None, "overrides"),
    ]
    assert found.inputs.overrides_before == ()
    assert found.inputs.overrides_after == ("tax_rate=0.21",)
    assert "2 settings changed" in found.sentence


def test_another_file_that_gives_the_same_value_is_no_change_of_a_setting(changes):
    assert not changes(given_by="overrides").inputs.settings


def test_a_setting_that_a_newer_program_has_and_nobody_gave_is_none_that_changed(changes):
    found = changes({"given_by": "default"}, settings={"new_one": 5}, given_by="default")
    assert not found.inputs.settings


def test_an_option_that_says_what_the_files_say_is_a_change_all_the_same(changes):
    found = changes(overrides=("tax_rate=0.25",))
    assert found.inputs_changed
    assert "what is set on the command line changed" in found.sentence


def test_another_scenario_is_a_change_of_inputs(changes):
    found = changes(scenario="fast_exit")
    assert found.inputs_changed
    assert "the scenario (base to fast_exit) changed" in found.sentence


def test_notebooks_and_scenario_files_are_named(changes):
    texts = {"notebooks/01.ipynb": "{ }", "scenarios/base.yaml": f"# a word\n{SCENARIO}"}
    found = changes(inputs=texts)
    assert [one.name for one in found.inputs.notebooks] == ["notebooks/01.ipynb"]
    assert [one.name for one in found.inputs.files] == ["scenarios/base.yaml"]
    assert not found.inputs.tables
    assert "the wording of the scenario and 1 notebook changed" in found.sentence


@pytest.mark.parametrize(("before", "status"), [(None, "added"), ("leases.csv: {}\n", "changed")])
def test_how_the_columns_of_an_export_are_mapped_is_an_input(changes, before, status):
    late = {"data/columns.yaml": "stores.csv: {}\n"}
    found = changes(before={"inputs": {"data/columns.yaml": before}}, inputs=late)
    assert [(one.name, one.status) for one in found.inputs.files] == [("data/columns.yaml", status)]


def test_the_program_is_its_files_and_packages_not_its_revision(changes):
    found = changes(
        package={"package/model/planning/plan.py": "2", "package/model/new.py": "3"},
        versions={"python": "3.11.7", "scipy": "1.17.2", "extra": "1"},
        git={"revision": "b" * 40, "dirty": True},
    )
    program = found.program
    assert [(one.name, one.status) for one in program.modules.shown] == [
        ("package/model/new.py", "added"),
        ("package/model/planning/plan.py", "changed"),
    ]
    versions = [(one.name, one.before, one.after) for one in program.versions]
    assert versions == [("extra", None, "1"), ("scipy", "1.17.1", "1.17.2")]
    assert (program.git_after, program.dirty_after) == ("b" * 40, True)
    assert found.program_changed
    assert not found.inputs_changed


def test_a_module_that_only_moved_is_none_that_changed(changes):
    """Moved: as it was, edited on the way, on another floor, and one of several of a name."""
    before = {
        "model/plan.py": "1",
        "model/huff.py": "2",
        "model/near.py": "3",
        "inputs/words.py": "4",
        "model/a/__init__.py": "5",
        "model/b/__init__.py": "6",
        "model/gone.py": "7",
        "model/twin.py": "8",
    }
    after = {
        "model/planning/plan.py": "1",
        "model/market/huff.py": "2 edited",
        "inputs/near.py": "3",
        "model/words.py": "4 edited",
        "model/c/__init__.py": "9",
        "model/d/__init__.py": "6",
        "model/x/twin.py": "8 edited",
        "model/y/twin.py": "8 edited too",
    }
    early, late = (
        {f"package/{name}": one for name, one in side.items()} for side in (before, after)
    )
    found = changes(before={"package": early}, package=late).program
    assert [(one.name.removeprefix("package/"), one.status) for one in found.modules.shown] == [
        ("inputs/words.py", "removed"),
        ("model/c/__init__.py", "changed"),
        ("model/gone.py", "removed"),
        ("model/market/huff.py", "changed"),
        ("model/twin.py", "removed"),
        ("model/words.py", "added"),
        ("model/x/twin.py", "added"),
        ("model/y/twin.py", "added"),
    ]


def test_a_program_that_only_moved_computes_the_same(changes):
    found = changes(before={"package": {"package/model/plan.py": "1"}})
    assert not found.program_changed
    assert found.program.modules.count == 0


def test_another_revision_alone_changes_nothing(changes):
    assert not changes(git={"revision": "b" * 40, "dirty": True}).program_changed


# -------------------------------------------------------------------------------------- sides
def test_a_run_in_the_making_is_a_side(tmp_path):
    report = make_report(tmp_path)
    gathered = tmp_path / "gathered"
    gathered.mkdir()
    (report / "notebooks" / "01.json").rename(gathered / "01.json")
    (report / "tables").rename(gathered / "tables")
    manifest = json.loads((report / "manifest.json").read_text())
    side = Side.of_gathered(gathered, manifest | {"run_id": LATE}, None)
    assert (side.run_id, side.scenario) == (LATE, "base")
    assert [one["key"] for one in side.figures] == ["cost"]
    assert (side.tables / "plan.csv").is_file()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"status": "complete"}', '{"status": "failed"}'])
def test_a_folder_that_is_no_report_is_refused(tmp_path, text):
    folder = make_report(tmp_path)
    (folder / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="the manifest of a complete report"):
        Side.of_report(folder)


def test_a_failed_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="the manifest of a complete report"):
        Side.of_report(make_report(tmp_path, status="failed"))


def test_figures_that_cannot_be_read_are_refused(tmp_path):
    folder = make_report(tmp_path)
    (folder / "notebooks" / "01.json").write_text('{"notebook": "01", "figures": [{"key": 1}]}')
    with pytest.raises(InputError, match=r"01\.json"):
        Side.of_report(folder)


def test_inputs_that_are_not_those_of_the_manifest_are_refused(tmp_path):
    folder = make_report(tmp_path)
    other = make_report(tmp_path, LATE, inputs={"data/stores.csv": "store_id\nb-1\n"})
    (other / "inputs.zip").replace(folder / "inputs.zip")
    with pytest.raises(InputError, match=r"data/stores\.csv"):
        Side.of_report(folder)
