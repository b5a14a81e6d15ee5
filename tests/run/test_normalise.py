import time

import nbformat
import pytest
from nbformat import v4

from retail_portfolio.run.executing.normalise import normalise, write_notebook


def notebook(*outputs, tags=(), **metadata):
    cell = v4.new_code_cell("1", outputs=list(outputs), metadata={"tags": list(tags), **metadata})
    return v4.new_notebook(cells=[cell], metadata={"papermill": {"start_time": "now"}})


def stream(text):
    return v4.new_output("stream", name="stdout", text=text)


def test_times_are_taken_out():
    book = notebook(papermill={"duration": 1}, execution={"iopub.execute_input": "now"})
    normalise(book, {})
    assert "papermill" not in book.metadata
    assert book.cells[0].metadata == {"tags": []}


def test_injected_cell_has_an_id_that_stays():
    book = notebook(tags=["injected-parameters"])
    assert normalise(book, {}).cells[0]["id"] == "injected-parameters"


def test_marks_of_papermill_do_not_move_the_cells():
    book = notebook()
    book.cells.insert(0, v4.new_markdown_cell("!", metadata={"tags": ["papermill-error-cell-tag"]}))
    assert [cell.cell_type for cell in normalise(book, {}).cells] == ["code"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/home/me/reports/x.csv", "reports/x.csv"),
        ("<f at 0x7f3a12345678>", "<f at 0x...>"),
        ("mask = 0x7fffffff;", "mask = 0x7fffffff;"),
    ],
)
def test_texts(before, after):
    book = notebook(stream(before))
    assert normalise(book, {"/home/me/": ""}).cells[0].outputs[0].text == after


def test_file_of_a_cell(monkeypatch, tmp_path):
    import tempfile

    before = f"{tempfile.gettempdir()}/ipykernel_4711/123.py:1: UserWarning"
    book = notebook(stream(before))
    assert normalise(book, {}).cells[0].outputs[0].text == "cell:1: UserWarning"


def test_pictures_are_left_alone():
    data = {"image/png": "aaaa/home/me/aaaa", "text/plain": "/home/me/x"}
    book = notebook(v4.new_output("display_data", data=data))
    (output,) = normalise(book, {"/home/me/": ""}).cells[0].outputs
    assert output.data == {"image/png": "aaaa/home/me/aaaa", "text/plain": "x"}


def test_long_line_takes_no_time():
    book = notebook(stream("x/" * 2_000_000))
    began = time.process_time()
    normalise(book, {"/home/me": ""})
    assert time.process_time() - began < 2


def test_what_is_written_can_be_read(tmp_path):
    path = tmp_path / "a.ipynb"
    write_notebook(notebook(stream("é")), path, {})
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].text == "é"
    assert [one.name for one in tmp_path.iterdir()] == ["a.ipynb"]


def test_where_a_stream_was_cut_is_not_seen():
    """One text in two pieces or in one; what came between, or on the other stream, stays there."""
    shown = v4.new_output("display_data", data={"text/plain": "shown"})
    warned = v4.new_output("stream", name="stderr", text="warned")
    book = notebook(stream("a\nb"), stream("c\n"), warned, stream("d"), shown, stream("e"))
    outputs = normalise(book, {}).cells[0].outputs
    said = [(output.get("name"), output.get("text")) for output in outputs]
    assert said == [
        ("stdout", "a\nbc\n"),
        ("stderr", "warned"),
        ("stdout", "d"),
        (None, None),
        ("stdout", "e"),
    ]
