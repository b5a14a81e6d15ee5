"""Cells of a notebook that can be looked at as Python."""

import ast
import json

import pytest

from retail_portfolio.run.executing.python_cells import python_cells


@pytest.fixture
def cells(tmp_path):
    """Write a notebook of these sources; return what is read of it."""

    def read(*sources, kind="code", tags=()):
        found = [{"cell_type": kind, "source": one, "metadata": {"tags": tags}} for one in sources]
        path = tmp_path / "book.ipynb"
        path.write_text(json.dumps({"cells": found}))
        return list(python_cells(path))

    return read


@pytest.mark.parametrize(
    ("source", "row"),
    [
        ("import a", 1),
        ("%matplotlib inline\n\nimport a", 3),
        ("!ls \\\n  -l \\\n  x\nimport a", 4),
        ("files = !ls\nhome = %pwd\nimport a", 3),
        ("?print\nprint?\nimport a", 3),
        ("if 1:\n    %time f()\nimport a", 3),
        ("%%time\nimport a", 2),
        ("\n%%capture said\nimport a", 3),
        ("%%time\n%matplotlib inline\nimport a", 3),
        ("x = (3\n  % 2)\nimport a", 3),
        ('x = """\n%s\n!\n"""\nimport a', 5),
    ],
)
def test_each_line_keeps_its_number(cells, source, row):
    (cell,) = cells(source)
    found = [one.lineno for one in ast.walk(cell.tree) if isinstance(one, ast.Import)]
    assert found == [row]
    assert cell.lines[row - 1] == "import a"


@pytest.mark.parametrize(
    "source",
    ["%%bash\nimport a", "%%writefile x.py\nimport a", "%%\nimport a", "import", "x = (", "\0"],
)
def test_what_is_no_python_is_none(cells, source):
    assert [one.number for one in cells("1", source, "2")] == [0, 2]


def test_text_and_cells_that_no_run_executes_are_none(cells):
    assert not cells("import a", kind="markdown")
    assert not cells("import a", tags=["skip-execution"])


def test_a_source_in_pieces(cells):
    (cell,) = cells(["import a\n", "import b"])
    assert cell.lines == ("import a", "import b")
