"""What the outputs of a cell come to, and what is kept of too many."""

import pytest
from nbformat import v4

from retail_portfolio.run.executing.output_limit import (
    BYTES_PER_MB,
    CELL_OUTPUT_MB,
    KEPT_CELL_BYTES,
    KEPT_OTHERS_BYTES,
    LEAST_OUTPUT_BYTES,
    NOTEBOOK_OUTPUT_MB,
    Meter,
    OutputTooLarge,
    keep_readable,
    weigh,
)

A_MB = {"name": "stdout", "text": "x" * BYTES_PER_MB}


def stream(text):
    return v4.new_output("stream", name="stdout", text=text)


def size(cell):
    return len(v4.writes(v4.new_notebook(cells=[cell])))


@pytest.mark.parametrize(
    ("content", "least", "most"),
    [
        ({"execution_state": "busy"}, 0, 0),
        ({"code": "x" * 1000}, 0, 0),
        ({"name": "stdout", "text": "x" * 1000}, 1000, 1200),
        ({"name": "stdout", "text": "\u00e9" * 1000}, 2000, 2200),
        ({"name": "stdout", "text": "\ud800" * 1000}, 3000, 3200),
        ({"name": "stdout", "text": "y\n" * 1000}, 12_000, 14_000),
        ({"data": {"text/html": "x" * 500, "image/png": "y" * 500}}, 1000, 1200),
        ({"data": {"application/json": {"a": ["x" * 1000]}}}, 1000, 1200),
        ({"ename": "E", "traceback": ["x" * 500, "y" * 500]}, 1000, 1200),
    ],
)
def test_weight(content, least, most):
    assert least <= weigh(content) <= most


def test_weight_of_lines_is_close_to_that_in_a_file():
    for text in ("y\n" * 1000, "a longer line of text\n" * 1000, "x" * 1000):
        cell = v4.new_code_cell(outputs=[stream(text)])
        assert weigh(cell.outputs[0]) == pytest.approx(size(cell), rel=0.1, abs=400)


def test_a_cell_may_not_write_more_than_its_limit():
    meter = Meter()
    for _ in range(CELL_OUTPUT_MB - 1):
        meter.take(3, A_MB)
    meter.take(4, A_MB)  # the next cell begins anew
    for _ in range(CELL_OUTPUT_MB - 2):
        meter.take(4, A_MB)
    with pytest.raises(OutputTooLarge, match="the cell wrote would take more than 20 MB"):
        meter.take(4, A_MB)


def test_a_notebook_may_not_write_more_than_its_limit():
    meter = Meter()
    for cell in range(NOTEBOOK_OUTPUT_MB - 1):
        meter.take(cell, A_MB)
    with pytest.raises(OutputTooLarge, match="the notebook wrote would take more than 40 MB"):
        meter.take(NOTEBOOK_OUTPUT_MB, A_MB)


def test_tiny_outputs_count_for_what_they_take_in_memory():
    meter = Meter()
    for _ in range(CELL_OUTPUT_MB * BYTES_PER_MB // LEAST_OUTPUT_BYTES):
        meter.take(0, {"data": {"text/plain": "1"}})
    with pytest.raises(OutputTooLarge):
        meter.take(0, {"data": {"text/plain": "1"}})


@pytest.mark.parametrize("text", ["x" * 3_000_000, "y\n" * 300_000, "\u00e9\n" * 300_000])
def test_what_is_kept_is_small_and_says_that_it_is_a_part(text):
    cells = [v4.new_code_cell(outputs=[stream(text)]) for _ in range(4)]
    book = v4.new_notebook(cells=cells)
    keep_readable(book, at_fault=2)
    assert len(v4.writes(book)) < KEPT_CELL_BYTES + KEPT_OTHERS_BYTES + 5_000
    assert size(book.cells[2]) > 0.9 * KEPT_CELL_BYTES
    assert size(book.cells[0]) > 0.9 * KEPT_OTHERS_BYTES
    for cell in book.cells:
        assert text.startswith(cell.outputs[0].text)
        assert "cut here: all that this cell wrote would take" in cell.outputs[-1].text
        assert cell.outputs[-1].name == "stderr"


def test_what_is_small_is_kept_as_it_is():
    shown = v4.new_output("display_data", data={"text/html": "<b>x</b>"})
    small = [stream("before\n"), shown]
    large = v4.new_output("display_data", data={"text/html": "x" * 3_000_000})
    cells = [v4.new_code_cell(outputs=list(small)), v4.new_code_cell(outputs=[*small, large])]
    book = v4.new_notebook(cells=[v4.new_markdown_cell("text"), *cells])
    keep_readable(book, at_fault=2)
    assert book.cells[1].outputs == small
    assert book.cells[2].outputs[:2] == small
    assert [one.output_type for one in book.cells[2].outputs[2:]] == ["stream"]
    assert "3.0 MB" in book.cells[2].outputs[2].text
