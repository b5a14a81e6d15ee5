import json

import pytest

from retail_portfolio.inputs.faults import InputError
from retail_portfolio.run.parameters import check_parameters, find_notebooks, read_notebook

TYPED = 'scenario: str = "base"  # which\nseed: int = None\nout_dir = ""\n# a comment\n'


def test_plain_and_typed_parameters_are_read_in_order(workshop):
    path = workshop.notebook("03_gamma", "later = 1", parameters=TYPED)
    book = read_notebook(path)
    assert (book.name, book.parameters) == ("03_gamma", ("scenario", "seed", "out_dir"))


def test_notebooks_are_found_in_order_of_name(workshop):
    (workshop.root / "notebooks" / ".hidden.ipynb").write_text("{")
    (workshop.root / "notebooks" / "notes.txt").write_text("")
    found = find_notebooks(workshop.root / "notebooks")
    assert [book.name for book in found] == ["01_alpha", "02_beta"]


def test_folder_without_notebooks(tmp_path):
    with pytest.raises(InputError, match="at least one notebook"):
        find_notebooks(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        json.dumps({"cells": [{"cell_type": "code"}]}),
        json.dumps({"cells": [{"cell_type": "code", "metadata": [], "source": ""}]}),
    ],
)
def test_what_is_no_notebook(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(InputError, match=r"a\.ipynb"):
        read_notebook(tmp_path / "a.ipynb")


def test_every_unknown_parameter_of_every_notebook_is_named(workshop):
    notebooks = find_notebooks(workshop.root / "notebooks")
    check_parameters(notebooks, ["scenario", "out_dir"])
    with pytest.raises(InputError) as caught:
        check_parameters(notebooks, ["scenaro", "out_dir", "x"])
    found = [(fault.file, fault.value) for fault in caught.value.faults]
    assert found == [
        ("01_alpha.ipynb", "scenaro"),
        ("01_alpha.ipynb", "x"),
        ("02_beta.ipynb", "scenaro"),
        ("02_beta.ipynb", "x"),
    ]
    assert "did you mean 'scenario'" in str(caught.value)
