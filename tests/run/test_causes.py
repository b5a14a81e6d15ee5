"""Which input changed the results: each is credited with what it does alone, and with no more."""

import time

import pytest

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.model.checkouts.checkout_codes import Codes
from retail_portfolio.model.overview.scenario_answer import units_of
from retail_portfolio.present.changed.change_causes import credits_of
from retail_portfolio.present.summary import sections
from retail_portfolio.run.comparing import causes, causes_bench
from retail_portfolio.run.comparing.causes import MOST_CAUSES, Turn, find_causes
from retail_portfolio.run.comparing.causes_bench import Answer, with_rows, with_settings
from retail_portfolio.run.comparing.causes_edits import LEDGER_ROWS, Edit, edits_between
from retail_portfolio.run.comparing.causes_found import figures_of
from retail_portfolio.run.comparing.changes import Side, compare
from retail_portfolio.run.comparing.changes_inputs import compare_inputs
from retail_portfolio.run.comparing.changes_results import Tolerance, compare_figures
from tests.model.checkout_cases import JWO
from tests.run.two_reports import (
    EARLY,
    INPUTS,
    LATE,
    LEDGER,
    STORES,
    answered_report,
    edited,
    figure,
    make_report,
)


class World:
    """An answer that is a plain sum, in place of the models: who adds what is known."""

    def __init__(self, monkeypatch):
        self.asked = []
        monkeypatch.setattr(causes, "settings_of", lambda _folder, files, _: _settings(files))
        answer = self.answer
        monkeypatch.setattr(
            causes_bench.Bench, "answer", lambda bench, edit=None: answer(bench, edit)
        )

    def answer(self, bench, edit=None):
        edit = edit or Edit("", "", "")
        self.asked.append(edit.name)
        files = {**bench.files, **edit.files}
        ledger = files["data/assumptions.csv"]
        rows = causes_bench.read_rows(with_rows(ledger, edit.rows) if edit.rows else ledger).rows
        base = {row[0]: float(row[3]) for row in rows}
        settings = with_settings(bench.settings, edit.settings)
        sizes = [float(row[1]) for row in causes_bench.read_rows(files["data/stores.csv"]).rows]
        guard = files.get("data/corrections.csv")
        if guard is not None and float(guard) != sizes[0]:
            raise InputError([Fault("corrections.csv", None, None, "x", "another size")])
        cost = sum(base.values()) + 1000 * settings["tax_rate"] + sum(sizes)
        both = base["rent"] > 20 and settings["tax_rate"] > 0.25
        decisions = {
            "a-1": "convert_hall" if base["rent"] > 20 else "close",
            "a-2": "convert_hall" if both else "close",
        }
        return Answer({"exit_cost_usd": cost, "plan_value_usd": None}, decisions)


def _settings(files):
    return {"title": "t", "tax_rate": float(files["scenarios/base.yaml"].split()[-1])}


@pytest.fixture
def world(monkeypatch):
    return World(monkeypatch)


@pytest.fixture
def found(tmp_path, world):
    """Find the causes between a report and one whose inputs are ``inputs``."""

    def run(inputs, *, cost=(1, 2), before=None, seconds=None, others=((), ()), **more):
        early = [figure("exit_cost_usd", cost[0]), *others[0]]
        late = [figure("exit_cost_usd", cost[1]), *others[1]]
        old = Side.of_report(make_report(tmp_path, EARLY, figures=early, **(before or {})))
        new = Side.of_report(make_report(tmp_path, LATE, figures=late, inputs=inputs, **more))
        return find_causes(old, new, compare(old, new), seconds=seconds)

    return run


@pytest.fixture
def refuse(world, monkeypatch):
    """Let an input of this name not be fit alone."""

    def make(name):
        def answer(bench, edit=None):
            if edit is not None and edit.name == name:
                raise InputError([Fault("assumptions.csv", 2, "base", "25", "less")])
            return world.answer(bench, edit)

        monkeypatch.setattr(causes_bench.Bench, "answer", answer)

    return make


RENT = {"data/assumptions.csv": edited(LEDGER, "rent", base=25)}
TAX = {"scenarios/base.yaml": "tax_rate: 0.35\n"}
OTHER = {"package/model/planning/plan.py": "2"}
RIGHT = 37 + 250 + 600
NO_INPUT = (
    "No input changed that moves the base value of the plan, the exit cost, the impairment or the "
    "cost of checkout."
)
NO_PLAN = {"before": {"plan": None}, "plan": None}
OTHERS = ([figure("x")], [figure("x", value=110.0)])
HIGH = {"data/assumptions.csv": edited(LEDGER, "rent", high=35)}
NOTE = {"data/stores.csv": edited(STORES, "a-1", note="by the sea")}
SIZE = {"data/stores.csv": edited(STORES, "a-1", size_sqft=107)}


def credited(got, turn):
    """Return what turns a decision so by itself, read as a page reads it."""
    key = turn.store_id, turn.before, turn.after
    named = credits_of(got.document()).get(key, [])
    return [one for one in named if one not in {"several together", "today's program"}]


def test_each_input_is_credited_with_what_it_does_alone(found):
    got = found(RENT | TAX | SIZE)
    assert [(one.kind, one.name, one.detail) for one in got.causes] == [
        ("assumption", "rent", "base 20 to 25"),
        ("setting", "tax_rate", "0.25 to 0.35"),
        ("table", "stores.csv", "a-1: size_sqft 100 to 107"),
    ]
    moved = [one.effect.moves["exit_cost_usd"] for one in got.causes]
    assert moved == [5, pytest.approx(100), 7]
    assert [one.effect.turned for one in got.causes] == [
        (Turn("a-1", "close", "convert_hall"),),
        (),
        (),
    ]
    assert credited(got, Turn("a-1", "close", "convert_hall")) == ["rent"]
    assert credited(got, Turn("a-1", "close", "keep")) == []
    assert credited(got, Turn("a-2", "close", "convert_hall")) == []
    assert got.not_tried == ()


def test_what_inputs_do_only_together_is_credited_to_no_single_one(found):
    got = found(RENT | TAX)
    assert got.together.turned == (Turn("a-2", "close", "convert_hall"),)
    assert got.together.moves["exit_cost_usd"] == 0
    assert "The rest comes from them together." in got.sentence


def test_a_decision_that_the_others_turn_back_is_told(found, world, monkeypatch):
    plain = world.answer

    def answer(bench, edit=None):
        one = plain(bench, edit)
        kept = one.decisions if one.figures["exit_cost_usd"] < 1000 else {"a-1": "close"}
        return Answer(one.figures, {"a-1": kept["a-1"], "a-2": "close"})

    monkeypatch.setattr(causes_bench.Bench, "answer", answer)
    got = found(RENT | {"data/stores.csv": edited(STORES, "a-1", size_sqft=300)})
    assert got.causes[0].effect.turned == (Turn("a-1", "close", "convert_hall"),)
    assert got.together.turned == (Turn("a-1", "convert_hall", "close"),)


def test_what_the_program_answers_otherwise_is_told_apart(found):
    right = 37 + 250 + 600
    got = found(RENT, cost=(right - 50, right + 5), package=OTHER)
    assert got.program.moves["exit_cost_usd"] == 50
    assert "Part of it comes from the program or its packages: today's" in got.sentence
    assert not got.causes[0].effect.moves["exit_cost_usd"] - 5


def test_the_program_alone_is_named_where_no_input_changed(found):
    got = found({}, cost=(37 + 250 + 600 - 50, 37 + 250 + 600), package=OTHER)
    assert got.causes == ()
    assert got.sentence.startswith("No input changed that moves the base value of the plan, the")
    assert " It comes from the program or its packages: today's" in got.sentence


def test_the_program_is_named_where_only_figures_moved_that_are_not_answered_anew(found):
    got = found({}, cost=(RIGHT, RIGHT), others=OTHERS, package=OTHER, **NO_PLAN)
    assert got.program.nothing
    assert got.sentence == f"{NO_INPUT} It comes from the program or its packages."


@pytest.mark.parametrize(
    ("cost", "inputs", "part"),
    [
        ((0, 50), {}, "It comes"),
        ((-50, 0), {}, "It comes"),
        ((0, 0), {}, "It comes"),
        ((0, 55), RENT, "Part of it comes"),
        ((-50, 5), RENT, "Part of it comes"),
        ((-50, 55), RENT, "Part of it may come"),
    ],
)
def test_notebooks_are_the_reason_where_the_program_is_the_same(found, cost, inputs, part):
    cost = [RIGHT + off for off in cost]
    more = {"notebooks/01.ipynb": "{ }"}
    got = found(inputs | more, cost=cost, others=OTHERS, **NO_PLAN)
    reason = "from the notebooks, which changed; the program and its packages did not."
    assert got.sentence.endswith(f" {part} {reason}")
    assert "today's program" not in got.sentence.lower()


def test_neither_program_nor_notebooks_are_blamed_where_both_are_the_same(found):
    got = found(RENT, cost=(RIGHT - 50, RIGHT + 5))
    assert "although neither the program nor a notebook changed" in got.sentence
    assert "comes from" not in got.sentence


def test_both_are_named_where_both_changed(found):
    more = {"notebooks/01.ipynb": "{ }"}
    got = found(RENT | more, cost=(RIGHT - 50, RIGHT + 5), package=OTHER)
    assert "Part of it comes from the program, its packages or the notebooks: " in got.sentence


# ---------------------------------------------------------------------- what is not answered anew
@pytest.mark.parametrize("late", [figure("x", high=150.0), figure("x", low=20.0)])
def test_an_input_that_moves_ranges_is_not_denied(found, late):
    got = found(HIGH, cost=(RIGHT, RIGHT), others=([figure("x")], [late]), **NO_PLAN)
    assert got.causes[0].effect.nothing
    assert got.sentence == (
        "None of the changed inputs by itself moves the base value of the plan, the exit cost, the "
        "impairment or the cost of checkout. Ranges and medians over draws are not computed anew, "
        "so which input moved them is not said."
    )


def test_figures_that_no_draw_makes_need_no_word_of_draws(found):
    got = found(RENT, cost=(RIGHT, RIGHT + 5), others=([figure("x")], [figure("x", value=110.0)]))
    assert "draws" not in got.sentence


@pytest.mark.parametrize(("notebook", "drawn"), [(sections.DRAWS, True), ("03_conversion", False)])
def test_medians_over_draws_are_of_the_notebook_of_the_draws(notebook, drawn):
    sides = ([figure("x", value, notebook=notebook)] for value in (1.0, 9.0))
    (moved,) = compare_figures(*sides, Tolerance()).moved
    assert moved.ends == ("value",)
    assert causes._is_drawn(moved) is drawn


# -------------------------------------------------------------------------------- what is tried
def test_none_is_denied_that_was_not_tried(found):
    got = found(RENT | SIZE, cost=(RIGHT, RIGHT + 12), seconds=0, **NO_PLAN)
    assert got.sentence.startswith("2 changed inputs not tried.")


def test_none_is_denied_that_was_not_fit(found, refuse):
    refuse("rent")
    got = found(RENT, cost=(RIGHT, RIGHT + 5), others=OTHERS, **NO_PLAN)
    assert got.sentence.startswith("1 input could not be tried alone.")


def test_of_some_that_were_tried_no_more_is_said_than_of_those(found, refuse):
    refuse("rent")
    got = found(RENT | NOTE, cost=(RIGHT, RIGHT + 5), others=OTHERS, **NO_PLAN)
    assert got.sentence.startswith("None of the inputs that were tried by itself moves the base")
    assert "1 input could not be tried alone." in got.sentence


@pytest.mark.parametrize(
    ("decisions", "cost", "said"),
    [
        ({"a-1": "keep"}, 0, "Only together do the changed inputs turn 1 decision."),
        ({}, 9, "Only together do the changed inputs move the base value of the plan, the exit"),
    ],
)
def test_what_only_all_together_do_is_said(found, monkeypatch, decisions, cost, said):
    def answer(bench, edit=None):
        both = edit is None and str(bench.folder).endswith("last")
        now = {"a-1": "close"} | (decisions if both else {})
        return Answer({"exit_cost_usd": 10.0 + (cost if both else 0)}, now)

    monkeypatch.setattr(causes_bench.Bench, "answer", answer)
    got = found(HIGH | SIZE, cost=(10, 19))
    assert got.sentence.startswith(said)
    assert "None of" not in got.sentence
    assert "The rest" not in got.sentence


def test_nothing_is_tried_that_the_longest_answer_would_leave_no_time_for(
    found, world, monkeypatch
):
    now, plain = [time.monotonic()], world.answer

    def answer(bench, edit=None):
        now[0] += 3
        return plain(bench, edit)

    monkeypatch.setattr(causes_bench.Bench, "answer", answer)
    monkeypatch.setattr(causes.time, "monotonic", lambda: now[0])
    assert found(RENT, cost=(1, 2), seconds=8.5).not_tried == ("rent",)


def test_noise_of_floats_is_nothing_that_inputs_do_together(found):
    rent = {"data/assumptions.csv": edited(LEDGER, "rent", base=20.1)}
    got = found(rent | {"scenarios/base.yaml": "tax_rate: 0.2403\n"})
    whole = got.after["exit_cost_usd"] - got.before["exit_cost_usd"]
    assert whole - sum(one.effect.moves["exit_cost_usd"] for one in got.causes) != 0
    assert got.together.moves["exit_cost_usd"] == 0
    assert got.together.nothing


# -------------------------------------------------------------------------------- order and names
def said_of(*effects):
    """Return the sentence of causes with these names and effects."""
    found = [causes.Cause("table", name, "", effect) for name, effect in effects]
    return causes.Causes(causes=tuple(found)).sentence


def turning(*stores):
    return causes.Effect(tuple(Turn(store, "close", "keep") for store in stores))


def test_what_turns_most_is_named_first_and_then_what_moves_most():
    small, large = (causes.Effect(moves={"exit_cost_usd": moved}) for moved in (1.0, -9.0))
    assert said_of(("a", small), ("b", large), ("c", turning("x")), ("d", turning("x", "y"))) == (
        "Each by itself, d turns 2 decisions; c turns 1 decision; b moves figures and turns no "
        "decision; 1 more moves something."
    )


def test_one_that_does_something_among_several_that_were_tried_does_it_by_itself():
    said = said_of(("a", causes.Effect()), ("b", turning("x")), ("c", causes.Effect()))
    assert said == "By itself, b turns 1 decision."


@pytest.mark.parametrize(
    ("together", "said"),
    [
        ([("x", "keep", "close")], "Together they turn 1 of these back."),
        (
            [("x", "keep", "close"), ("y", "keep", "close"), ("z", "close", "keep")],
            "Together they turn 2 of these back and 1 other decision.",
        ),
        ([("z", "close", "keep")], "The rest comes from them together."),
        ([("x", "close", "sell")], "The rest comes from them together."),
    ],
)
def test_what_is_turned_back_is_said(together, said):
    found = causes.Causes(
        causes=(
            causes.Cause("table", "a", "", turning("x", "y")),
            causes.Cause("table", "b", "", turning("q")),
        ),
        together=causes.Effect(tuple(Turn(*one) for one in together)),
    )
    assert found.sentence.endswith(f"; b turns 1 decision. {said}")


def test_an_assumption_is_named_as_the_ledger_describes_it(found):
    head, *rows = LEDGER.splitlines()
    ledger = "\n".join([f"{head},description", *(f"{row},Rent of a store" for row in rows)]) + "\n"
    before = {"inputs": {"data/assumptions.csv": ledger}}
    after = {"data/assumptions.csv": edited(ledger, "rent", base=25)}
    got = found(after, before=before)
    assert (got.causes[0].name, got.causes[0].title) == ("rent", "Rent of a store")
    assert got.sentence.startswith('By itself, "Rent of a store" turns 1 decision.')


def test_an_assumption_that_a_scenario_decides_is_named_by_the_ledger_too():
    ledger = {"data/assumptions.csv": b"key,description\nrent,Rent of a store\ntax,A tax\n"}
    old, new = {"assumptions": {}, "tax": 1}, {"assumptions": {"rent": 5}, "tax": 2}
    edits = edits_between(ledger, ledger, old, new)
    assert [(one.name, one.title) for one in edits] == [("rent", "Rent of a store"), ("tax", "")]
    assert Edit.several(edits).title == "Rent of a store and tax"


def test_the_program_is_silent_where_it_answers_the_same(found):
    right = 37 + 250 + 600
    same = "store_id,decision\na-1,close\na-2,close\n"
    late = "store_id,decision\na-1,convert_hall\na-2,close\n"
    got = found(RENT, cost=(right, right + 5), before={"plan": same}, plan=late)
    assert got.program.nothing
    assert got.later_program
    assert got.sentence == "By itself, rent turns 1 decision."


def test_another_program_than_that_of_the_later_report_is_named(found):
    right = 37 + 250 + 600
    assert not found(RENT, cost=(right, right + 99)).later_program


def test_inputs_that_only_hold_together_are_tried_together(found):
    guard = {"before": {"inputs": {"data/corrections.csv": "100"}}}
    got = found(SIZE | RENT | {"data/corrections.csv": "107"}, **guard)
    assert [(one.kind, one.name) for one in got.causes] == [
        ("assumption", "rent"),
        ("several", "corrections.csv and stores.csv"),
    ]
    assert got.causes[1].effect.moves["exit_cost_usd"] == 7
    assert got.together.nothing


def test_an_input_that_is_not_fit_alone_says_why(found, refuse):
    refuse("rent")
    got = found(RENT | SIZE)
    assert got.causes[0].effect is None
    assert "assumptions.csv row 2, column base: found '25', expected less" in got.causes[0].why_not
    assert got.together is None
    assert "1 input could not be tried alone" in got.sentence


def test_there_is_a_bound_and_what_was_left_is_named(found, world):
    tables = {f"data/t{number:02}.csv": "id\n1\n" for number in range(MOST_CAUSES + 3)}
    got = found(tables)
    assert len(got.causes) == MOST_CAUSES
    assert got.not_tried == ("t12.csv", "t13.csv", "t14.csv")
    assert got.together is None
    assert got.sentence.startswith("None of the inputs that were tried by itself moves the base")
    assert "3 changed inputs not tried" in got.sentence
    assert len(world.asked) == MOST_CAUSES + 2


def test_no_input_is_tried_once_time_is_up(found, world):
    got = found(RENT | SIZE, seconds=0)
    assert got.causes == ()
    assert got.not_tried == ("rent", "stores.csv")
    assert world.asked == ["", ""]


def test_many_rows_of_the_ledger_are_one_cause():
    rows = "".join(f"k{n},usd,1,2,3,s\n" for n in range(LEDGER_ROWS + 1))
    before = {"data/assumptions.csv": (LEDGER + rows).encode()}
    after = {"data/assumptions.csv": (LEDGER + rows.replace(",2,", ",4,")).encode()}
    (edit,) = edits_between(before, after, {}, {})
    assert (edit.kind, edit.name, edit.detail) == ("table", "assumptions.csv", "11 rows corrected")


def test_what_decides_nothing_is_not_tried():
    before = {name: text.encode() for name, text in INPUTS.items()}
    after = before | {
        "data/assumptions.csv": edited(LEDGER, "rent", source="another").encode(),
        "data/basemap/states.geojson": b"{}",
        "notebooks/01.ipynb": b"{ }",
        "scenarios/base.yaml": b"tax_rate: 0.25 # a word\n",
    }
    assert edits_between(before, after, {"title": "a"}, {"title": "b"}) == []


def test_rows_of_the_ledger_are_exchanged_added_and_taken_away():
    made = with_rows(
        LEDGER.encode(),
        {"rent": ("rent", "u", "1", "2", "3", "a, b"), "wage": None, "new": ("new", *"u123s")},
    )
    assert made.decode().splitlines() == [
        "key,unit,low,base,high,source",
        'rent,u,1,2,3,"a, b"',
        "new,u,1,2,3,s",
    ]


def test_settings_are_exchanged_added_and_taken_away_without_touching_the_others():
    before = {"plan": {"a": 1, "b": 2}, "x": 1}
    changes = {("plan", "a"): [7], ("plan", "b"): [], ("new", "deep"): [None]}
    assert with_settings(before, changes) == {"plan": {"a": 7}, "x": 1, "new": {"deep": None}}
    assert before == {"plan": {"a": 1, "b": 2}, "x": 1}


def test_settings_that_differ_are_edits_of_their_own():
    old = {"assumptions": {"rent": 5}, "plan": {"force_in": []}, "map_tiles": None}
    new = {"assumptions": {}, "plan": {"force_in": ["a"]}, "map_tiles": None}
    edits = edits_between({}, {}, old, new)
    assert [(one.name, one.detail, dict(one.settings)) for one in edits] == [
        ("plan.force_in", "not set to a", {("plan", "force_in"): [["a"]]}),
        ("rent", "5 to the ledger's figure", {("assumptions", "rent"): []}),
    ]


def test_an_assumption_that_a_scenario_left_to_the_ledger_is_said_as_its_number():
    ledgers = [
        {"data/assumptions.csv": f"key,base,description\nrent,{base},Rent\n".encode()}
        for base in (20, 25)
    ]
    for old, new, said in (
        ({}, {"rent": 24}, "20 (the ledger's) to 24"),
        ({"rent": 24}, {}, "24 to 25 (the ledger's)"),
    ):
        edits = edits_between(*ledgers, {"assumptions": old}, {"assumptions": new})
        (edit,) = (one for one in edits if one.kind == "setting")
        assert edit.detail == said


def test_the_table_of_settings_says_the_number_of_the_ledger_too():
    ledger = {"data/assumptions.csv": b"key,base\nrent,20\n"}
    settings = [{"key": "assumptions.rent", "value": 24, "given_by": "--set"}]
    sides = [{"scenario": {"settings": some}} for some in ([], settings)]
    (there,) = compare_inputs(*sides, ledger, ledger).settings
    assert (there.before, there.given_by_before, there.after) == ("20", "assumptions.csv", 24)
    (back,) = compare_inputs(*reversed(sides), ledger, ledger).settings
    assert (back.before, back.after, back.given_by_after) == (24, "20", "assumptions.csv")
    (unkept,) = compare_inputs(*sides, None, None).settings
    assert unkept.before is None


# ------------------------------------------------------------------------ nothing to be found
def test_inputs_that_were_not_kept_are_said_plainly(found, world):
    got = found(RENT, before={"kept": False})
    assert got.why_not == (
        f"the inputs of {EARLY} were not kept, so that nothing can be computed anew"
    )
    assert got.sentence.startswith("Which input did it was not found: the inputs of")
    assert world.asked == []


def test_nothing_is_computed_where_no_result_changed(found, world):
    assert found(RENT, cost=(1, 1)).why_not == "no result changed"
    assert world.asked == []


def test_inputs_that_the_program_does_not_take_are_said(tmp_path, monkeypatch):
    def refuse(*_):
        raise InputError([Fault("scenarios/base.yaml", 1, "x", "1", "no such setting")])

    monkeypatch.setattr(causes, "settings_of", refuse)
    old = Side.of_report(make_report(tmp_path, EARLY))
    new = Side.of_report(make_report(tmp_path, LATE, figures=[figure(value=7.0)]))
    assert "no such setting" in find_causes(old, new, compare(old, new)).why_not


def test_every_number_is_one_of_an_answer():
    units = units_of(Codes("gliss"))
    found = figures_of(units)
    assert found.keys() <= units.keys()
    assert found["gliss_extra_installed_usd_year"] == "gliss_paid_extra"
    assert found["gliss_extra_annualised_usd_year"] == "gliss_paid_extra_annualised"


# --------------------------------------------------------------------------- the models themselves
@pytest.mark.slow
def test_limits_that_leave_no_plan_are_a_reason_and_turn_nothing(small_data, tmp_path):
    side = Side.of_report(answered_report(tmp_path, EARLY, small_data))
    settings = causes_bench.settings_of(tmp_path / "settings", side.inputs, side.manifest)
    bench = causes_bench.Bench(tmp_path / "bench", side.inputs, settings)
    assert bench.answer().decisions["corner-1"] == "convert_hall"
    limits = {("plan", "min_conversions"): [3], ("plan", "max_per_metro"): [1]}
    with pytest.raises(InputError, match=r"plan: found .* expected limits that leave a plan"):
        bench.answer(Edit("setting", "plan", "", settings=limits))
    assert bench.answer().decisions["corner-1"] == "convert_hall"


@pytest.mark.slow
def test_a_row_of_the_ledger_a_store_and_a_setting_are_credited_by_the_models(small_data, tmp_path):
    early = answered_report(tmp_path, EARLY, small_data)
    ledger, stores = small_data / "assumptions.csv", small_data / "stores.csv"
    before = ledger.read_text(), stores.read_text()
    ledger.write_text(edited(before[0], "capex_conversion_usd_per_sqft", base=700, high=800))
    only_ledger = answered_report(tmp_path, f"{LATE}-2", small_data)
    stores.write_text(edited(before[1], "corner-2", size_sqft=14_000))
    late = answered_report(tmp_path, LATE, small_data, ("tax_rate=0.3",))
    ledger.write_text(before[0])
    only_store = answered_report(tmp_path, f"{LATE}-3", small_data)
    sides = {path: Side.of_report(path) for path in (early, only_ledger, only_store, late)}
    changes = compare(sides[early], sides[late])
    assert [one.store_id for one in changes.decisions.turned] == ["corner-1"]

    got = find_causes(sides[early], sides[late], changes)
    by_name = {one.name: one.effect for one in got.causes}
    assert set(by_name) == {"capex_conversion_usd_per_sqft", "tax_rate", "stores.csv"}
    (turn,) = by_name["capex_conversion_usd_per_sqft"].turned
    assert not any(turn in by_name[name].turned for name in ("tax_rate", "stores.csv"))
    # A page calls a row of the ledger by its description.
    assert credited(got, turn) == ['"Figure capex_conversion_usd_per_sqft"']
    assert turn.store_id == "corner-1"
    for name, alone in (
        ("capex_conversion_usd_per_sqft", only_ledger),
        ("stores.csv", only_store),
    ):
        for ours, theirs in figures_of(units_of(JWO)).items():
            was, now = (_value(sides[side], theirs) for side in (early, alone))
            expected = None if was is None else pytest.approx(now - was, rel=1e-6, abs=1e-3)
            assert by_name[name].moves[ours] == (expected if was is not None else 0)
    assert by_name["stores.csv"].moves["exit_cost_usd"] > 0
    assert by_name["tax_rate"].moves["exit_cost_usd"] < 0
    assert by_name["capex_conversion_usd_per_sqft"].moves["exit_cost_usd"] == 0
    assert got.program.nothing
    assert got.later_program


def _value(side, key):
    return next((one["value"] for one in side.figures if one["key"] == key), None)
