from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from retail_portfolio.present.files import json_text, plain_name, script_json, write_text


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "../a", "/etc/passwd", "a\\b", "a b", ".hidden", "a..b", "é", "a\n"],
)
def test_a_name_that_could_leave_its_folder_is_refused(name):
    with pytest.raises(ValueError, match="not plain"):
        plain_name(name)


def test_a_plain_name_stays():
    assert plain_name("02_closure-a.v1") == "02_closure-a.v1"


def test_a_file_is_replaced_whole_and_leaves_nothing_behind(tmp_path):
    path = write_text(tmp_path / "deep" / "a.txt", "one\r\n")
    write_text(path, "two\n")
    assert path.read_bytes() == b"two\n"
    assert [one.name for one in path.parent.iterdir()] == ["a.txt"]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = write_text(tmp_path / "a.txt", "old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_json_is_sorted_and_refuses_what_json_has_no_word_for():
    assert json_text({"b": 1, "a": "é"}) == '{\n "a": "é",\n "b": 1\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        json_text({"a": float("nan")})


nested = st.recursive(
    st.none()
    | st.integers()
    | st.text()
    | st.sampled_from(["{{ 7*7 }}", "{%", "{#", "{{{", "</script>"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("{{"), inner),
)


@pytest.mark.slow
@given(nested)
def test_no_text_leaves_its_script_or_speaks_to_a_template(value):
    text = script_json(value)
    assert not set(text) & set("<>&\u2028\u2029")
    assert not any(pair in text for pair in ("{{", "{%", "{#"))
    assert json.loads(text) == value


@pytest.mark.slow
@given(nested)
def test_a_template_that_is_made_of_the_text_gives_it_back(value):
    # branca does this with all that an element renders.
    assert json.loads(Template(script_json(value)).render()) == value
