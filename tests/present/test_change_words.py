"""What changed, as a page and a terminal say it: all of it, calmly, and as nothing but text."""

from __future__ import annotations

import html
import re

import pytest

from retail_portfolio.present.changed.change_tables import SHOWN, day_of, plain_text
from retail_portfolio.present.changed.change_words import change_section, change_text
from retail_portfolio.present.map_kinds import FormatLook
from retail_portfolio.present.site import build_site
from tests.conftest import BUNDLED
from tests.present import sample
from tests.present.change_documents import (
    AFTER,
    BEFORE,
    busy,
    calm,
    causes,
    decision,
    effect,
    listed,
    none_before,
    table,
)

FORMATS = {"green": FormatLook("Green Grocer")}


def rows_of(section, caption):
    """Return a table's rows as texts; each cell with what stands below it."""
    found = [one for one in (*section.tables, *section.folded) if caption in one.caption]
    assert len(found) == 1, [one.caption for one in (*section.tables, *section.folded)]
    return [[cell.whole for cell in row] for row in found[0].rows]


@pytest.fixture
def section():
    document = busy() | {"causes": causes()}
    return change_section(document, BUNDLED, {"fresh-1": "Fresh One"}, FORMATS)


def test_a_range_says_how_it_was_made():
    document = busy()
    moved = document["figures"]["moved"]
    moved[0] = moved[0] | {"range_basis": "one_at_a_time"}
    (asides, *_) = [
        [row[0].aside for row in table.rows]
        for table in change_section(document, BUNDLED).tables
        if table.caption.startswith("Headline figures that moved")
    ]
    ranged = moved[0]["after"]["low"] is not None or moved[0]["before"]["low"] is not None
    assert asides[0] == ("range: assumptions one at a time" if ranged else "")
    assert not any(asides[1:])


def test_nothing_changed_is_one_calm_line():
    section = change_section(calm(), BUNDLED)
    assert section.calm
    assert section.heading == "What changed since the report of 26 January 2026"
    assert section.sentences == (calm()["sentence"],)
    assert not section.tables
    assert not section.folded


def test_inputs_alone_are_told_and_a_probability_that_passed_one_half_is_too():
    document = busy() | {key: calm()[key] for key in ("decisions", "figures")}
    document["changed"] = {"results": False, "inputs": True, "program": False}
    section = change_section(document, BUNDLED)
    assert not section.calm
    assert not section.tables
    assert section.folded
    document = calm()
    document["decisions"]["crossed"] = busy()["decisions"]["crossed"]
    assert len(change_section(document, BUNDLED).tables) == 1


def test_the_first_report_says_that_there_is_none_to_compare_with():
    section = change_section(none_before(), BUNDLED)
    assert section.calm
    assert section.sentences == ("There is no earlier report of other inputs to compare with.",)
    assert section.file == ""


def test_a_decision_that_turned_stands_first_with_names_value_and_cause(section):
    assert section.tables[0].caption == "Decisions that turned"
    assert rows_of(section, "Decisions that turned") == [
        ["Fresh One", "Closes", "Worth converting to Green Grocer (by rent)", "USD 2.0 M"]
    ]
    kinds = [cell.kind for cell in section.tables[0].rows[0]]
    assert kinds == ["", "closes", "converts", "num"]


def test_stores_that_entered_and_left_and_probabilities_that_passed_one_half(section):
    assert rows_of(section, "entered the plan") == [
        ["rent-new", "not in the plan", "Closes", "USD 2.0 M"]
    ]
    assert rows_of(section, "left the plan") == [
        [
            "rent-old",
            "Worth converting to Green Grocer",
            "not in the plan (by the program)",
            "USD 3.0 M",
        ]
    ]
    assert rows_of(section, "passed one half") == [["rent-even", "Closes", "40 %", "60 %"]]


def test_figures_say_before_now_and_by_how_much(section):
    caption = "moved by more than 1 % (shares: 1 point), 3 of 9, and the range of 1 more"
    assert rows_of(section, caption) == [
        [
            "Exit cost rent",
            "USD 100 M (USD 90 M to 110 M)",
            "USD 112 M (USD 91 M to 140 M)",
            "+12 %",
        ],
        ["A share", "10 %", "16 %", "+6.0 points"],
        [
            "Only an end",
            "5 stores (1 to 9 stores)",
            "5 stores (1 to 12 stores)",
            "its range (high end +33 %)",
        ],
        ["From nothing", "USD 0", "USD 2.0 M", "+USD 2.0 M"],
    ]
    assert [row[-1] for row in rows_of(section, "one side only")] == ["new", "gone", "another unit"]


def test_a_fall_has_a_minus_and_no_plus():
    document = busy()
    moved = document["figures"]["moved"][0]
    moved["after"]["value"] = 90e6
    assert rows_of(change_section(document, BUNDLED), "moved by more")[0][-1] == "\u221210 %"
    moved["before"]["value"] = 1e6
    moved["after"]["value"] = -1e6
    assert rows_of(change_section(document, BUNDLED), "moved by more")[0][-1] == "USD \u22122.0 M"


def test_causes_are_a_table_with_what_each_does_alone(section):
    rows = rows_of(section, "What each changed input does")
    blank, nothing = "\u2013", ""
    assert rows == [
        ["rent (rent 1 to 2)", "1", blank, blank, "+USD 12 M", blank],
        ["leases.csv (2 rows)", blank, blank, blank, "USD \u2212300 k", blank],
        ["metros.csv (not fit: rent)", *[nothing] * 5],
        ["together (what they do only together)", blank, blank, "+USD 5.0 M", blank, blank],
        [rows[4][0], "1", blank, "not known", "+USD 1.0 M", blank],
        ["demand.csv (not tried)", *[nothing] * 5],
    ]
    assert rows[4][0].startswith("the program (its packages or the notebooks")
    assert section.sentences[1] == "By itself, rent turns 1 decision."


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (100e6, 101.2e6, "+1.2 %"),
        (100e6, 98.6e6, "\u22121.4 %"),
        (100e6, 90.06e6, "\u22129.9 %"),
        (100e6, 90.04e6, "\u221210 %"),
        (-100e6, -120e6, "\u221220 %"),
        (-100e6, -80e6, "+20 %"),
    ],
)
def test_a_change_is_told_finely_enough_to_be_more_than_the_tolerance(before, after, said):
    document = busy()
    moved = document["figures"]["moved"][0]
    moved["before"]["value"], moved["after"]["value"] = before, after
    assert rows_of(change_section(document, BUNDLED), "moved by more")[0][-1] == said


def table_of_causes(found):
    """Return the rows of what each input does, as texts; each with its number of decisions."""
    section = change_section(busy() | {"causes": causes() | found}, BUNDLED)
    return [row[:2] for row in rows_of(section, "What each changed input does")]


def cause(name, found, **more):
    return {"kind": "table", "name": name, "detail": "", "effect": found, "why_not": ""} | more


def test_inputs_come_by_what_they_do_and_the_idle_share_a_row():
    found = [
        cause("idle-1", effect(exit_cost_usd=0.0)),
        cause("small", effect(exit_cost_usd=1.0)),
        cause("large", effect(exit_cost_usd=-9.0)),
        cause("idle-2", effect()),
        cause("turns", effect("s-1", "s-2")),
        cause("unknown", effect(exit_cost_usd=None)),
    ]
    rows = table_of_causes({"causes": found})
    assert [row[0] for row in rows[:4]] == ["turns", "large", "small", "unknown"]
    assert rows[4][0] == "2 changed inputs without effect on these (idle-1, idle-2)"
    assert rows[5][0].startswith("together")


def test_inputs_are_cut_and_never_what_comes_from_no_single_one():
    found = [cause(f"t-{n:02}", effect(exit_cost_usd=100.0 - n)) for n in range(SHOWN + 5)]
    rows = table_of_causes({"causes": found, "not_tried": [f"u-{n}" for n in range(9)]})
    assert [row[0] for row in rows[:SHOWN]] == [f"t-{n:02}" for n in range(SHOWN)]
    assert rows[SHOWN][0] == "5 more inputs not shown here (t-12, t-13, t-14, t-15 and 1 more)"
    assert [row[0].partition(" (")[0] for row in rows[SHOWN + 1 :]] == [
        "together",
        "the program",
        "9 changed inputs not tried",
    ]


def test_a_single_input_does_nothing_together():
    rows = table_of_causes({"causes": [cause("one", effect("s-1"))]})
    assert not [row for row in rows if row[0].startswith("together")]


def test_decisions_that_all_together_turn_back_are_counted():
    back = effect("s-1", before="convert_green", after="close")
    found = [cause("one", effect("s-1", "s-2")), cause("two", effect(exit_cost_usd=1.0))]
    rows = table_of_causes({"causes": found, "together": back})
    assert rows[2] == ["together (what they do only together; 1 decision turned back)", "1"]
    rows = table_of_causes({"causes": found, "together": effect("s-3")})
    assert rows[2] == ["together (what they do only together)", "1"]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"program_changed": True, "notebooks_changed": False}, "the program (its packages: today"),
        ({"program_changed": False, "notebooks_changed": True}, "the notebooks (the program is"),
        ({"program_changed": False, "notebooks_changed": False}, "today's program (it is not that"),
    ],
)
def test_what_answers_otherwise_is_named_for_what_changed(changed, name):
    assert table_of_causes(changed)[4][0].startswith(name)


def test_an_assumption_stands_with_its_description_and_its_key():
    found = causes()
    found["causes"][0]["title"] = "Rent of a store"
    section = change_section(busy() | {"causes": found}, BUNDLED)
    assert rows_of(section, "What each")[0][0] == "Rent of a store (rent: rent 1 to 2)"
    assert rows_of(section, "Decisions that turned")[0][2].endswith('(by "Rent of a store")')


@pytest.mark.parametrize(
    "other", [{"after": "keep"}, {"before": "keep"}, {"before": "convert_green", "after": "close"}]
)
def test_what_turns_a_store_to_another_decision_gets_no_credit(other):
    found = causes()
    found["causes"][0]["effect"]["turned"][0].update(other)
    section = change_section(busy() | {"causes": found}, BUNDLED)
    assert rows_of(section, "Decisions that turned")[0][2] == "Worth converting to green"


def test_causes_that_could_not_be_found_are_a_sentence():
    why = {"why_not": "not kept", "sentence": "Which input did it was not found: not kept."}
    section = change_section(busy() | {"causes": why}, BUNDLED)
    assert section.sentences[1] == "Which input did it was not found: not kept."
    assert not [one for one in section.tables if "alone" in one.head[0]]


def test_what_the_reports_were_made_from_is_folded(section):
    captions = [one.caption for one in section.folded]
    assert captions == [
        "Settings that changed, and who gave them",
        "Set on the command line of one of the two",
        "Assumptions that were edited",
        "Tables that changed",
        "Cells corrected in stores.csv",
        "Cells corrected in x-rent.csv",
        "Scenario files, notebooks and other files that differ",
        "Package versions",
        "Files of the program that differ: 1 (revision aaaaaaaaaa with edits, now not known)",
    ]
    assert rows_of(section, "Settings") == [["plan.force_in", "not set", "rent (rent)"]]
    assert rows_of(section, "command line") == [["x=rent", "before"]]
    assert rows_of(section, "Assumptions") == [["rent (rent)", "base", "1", "2"]]
    assert rows_of(section, "Tables that changed") == [
        ["stores.csv (columns new: rent)", "1,234 (rent-new and 1,231 more)", "1 (gone)", "20"],
        ["assumptions.csv", "0", "0", "1"],
        ["rent.csv (the table was added)", "0", "0", "0"],
        ["x-rent.csv", "0", "0", "1"],
    ]


def test_a_long_table_says_how_many_more_there_are(section):
    (cells,) = [one for one in section.folded if one.caption == "Cells corrected in stores.csv"]
    assert len(cells.rows) == SHOWN
    assert cells.hidden == 999 - SHOWN
    assert f"  and {999 - SHOWN} more" in change_text(busy(), BUNDLED)


def test_a_table_without_rows_to_name_names_no_negative_number_of_them():
    document = busy()
    document["inputs"]["tables"] = [table("data/a.csv", added=listed(count=2))]
    assert "more" not in str(rows_of(change_section(document, BUNDLED), "Tables that changed"))


@pytest.mark.parametrize(
    ("run_id", "words"),
    [
        (BEFORE, "26 January 2026"),
        ("mine", "mine"),
        ("2026-x", "2026-x"),
        ("a\x1b[2J", "a\\x1b[2J"),
    ],
)
def test_a_report_is_named_by_its_day(run_id, words):
    assert day_of(run_id) == words


# ----------------------------------------------------------------------------------- terminal
def test_a_terminal_gets_everything_that_a_page_says(section):
    text = change_text(busy() | {"causes": causes()}, BUNDLED)
    assert text.splitlines()[0] == f"{BEFORE} -> {AFTER}"
    for one in (*section.tables, *section.folded):
        assert one.caption in text
    assert "  fresh-1; Before: Closes; Now: Worth converting to green (by rent)" in text


def test_a_terminal_gets_the_names_of_stores_and_formats():
    text = change_text(busy(), BUNDLED, {"fresh-1": "Fresh One"}, FORMATS)
    assert "  Fresh One; Before: Closes; Now: Worth converting to Green Grocer" in text


def test_a_terminal_is_told_of_a_first_report():
    assert change_text(none_before(), BUNDLED).splitlines() == [
        AFTER,
        "There is no earlier report of other inputs to compare with.",
    ]


def test_nothing_from_a_table_moves_a_cursor():
    nasty = "a\x1b[2J\x07\u202eb\nc\u2028"
    text = change_text(busy(nasty) | {"causes": causes(nasty)}, BUNDLED)
    lines = text.split("\n")
    assert all(line.isprintable() for line in lines)
    assert "\\x1b[2J\\x07\\u202eb\\nc\\u2028" in text
    assert plain_text("Köln, 5 %") == "Köln, 5 %"


# --------------------------------------------------------------------------------------- page
@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return sample.make(tmp_path_factory.mktemp("changed"), hostile=False)


@pytest.fixture
def page(made, tmp_path):
    def build(document):
        build_site(made.outputs, made.notebooks, sample.facts(), tmp_path, changes=document)
        return (tmp_path / "index.html").read_text()

    return build


def of(page):
    """Return the section of a page."""
    return page[page.index('<section id="changes"') :].partition("</section>")[0]


@pytest.mark.slow
def test_the_section_stands_between_the_answers_and_the_map(page):
    text = page(busy() | {"causes": causes()})
    assert text.index("</ol>") < text.index('id="changes"') < text.index('<section id="map"')
    assert '<a href="#changes">What changed</a>' in text
    section = of(text)
    assert 'href="changes.json"' in section
    assert "What changed since the report of 26\u00a0January" not in section
    assert section.count("<table>") == len(re.findall("<caption>", section)) == 16
    first = section.index("1 decision turned.")
    assert first < section.index("<table>")


@pytest.mark.slow
def test_a_calm_line_has_no_table_and_no_place_among_the_sections(page):
    text = page(calm())
    section = of(text)
    assert "No decision turned and no figure moved" in section
    assert "<table" not in section
    assert "<h2" not in section
    assert '<a href="#changes">' not in text


@pytest.mark.slow
def test_without_a_document_there_is_no_word_of_changes(page):
    assert 'id="changes"' not in page(None)


@pytest.mark.slow
def test_the_first_report_names_no_file(page):
    section = of(page(none_before()))
    assert "There is no earlier report of other inputs to compare with." in section
    assert "changes.json" not in section


@pytest.mark.slow
def test_names_of_stores_and_formats_are_those_of_the_report(page, made):
    document = calm()
    document["changed"]["results"] = True
    store = sample.stores().iloc[0]
    document["decisions"]["turned"] = [decision(store["store_id"], "close", "convert_green")]
    section = html.unescape(of(page(document)))
    assert store["name"] in section
    assert "Worth converting to Green Grocer" in section


@pytest.mark.slow
def test_hostile_texts_are_shown_and_run_nothing(page):
    nasty = " ".join(one for one in sample.HOSTILE)
    section = of(page(busy(nasty, nasty) | {"causes": causes(nasty, nasty)}))
    for one in ("<img", "<svg", "<a href=java", 'onerror="', "<script"):
        assert one not in section, one
    assert "&lt;img src=x onerror=" in section
    words = " ".join(html.unescape(re.sub("<[^>]+>", "", section)).split())
    assert "{{ 7*7 }}" in words
    assert "${window.hacked=1}" in words


@pytest.mark.slow
def test_the_same_document_gives_the_same_bytes(page):
    assert page(busy()) == page(busy())
