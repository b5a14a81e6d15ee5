"""What an analyst finds behind `retail_portfolio.` and `retail_portfolio.model.`."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import retail_portfolio
from retail_portfolio import model
from retail_portfolio.inputs import assumptions
from retail_portfolio.model import result

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("module", [retail_portfolio, model, result, assumptions])
def test_the_examples_run(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.attempted >= 2
    assert found.failed == 0


@pytest.mark.parametrize("module", [retail_portfolio, model])
def test_a_short_list_of_what_is_there(module: object) -> None:
    names = dir(module)
    assert 10 <= len(names) <= 20
    for name in names:
        assert getattr(module, name) is not None
        assert name.startswith("__") or getattr(module, name).__doc__, f"{name} has no docstring"
    with pytest.raises(AttributeError, match="no_such_name"):
        module.no_such_name  # type: ignore[attr-defined]  # noqa: B018 - it is asked for


def test_the_models_that_the_docstring_names_answer() -> None:
    named = re.findall(r"^\| `(\w+)` \|(.*)\|$", model.__doc__ or "", flags=re.MULTILINE)
    assert len(named) >= 10
    for name, words in named:
        home = getattr(model, name)
        assert name in dir(model)
        said = set(re.findall(r"`(\w+)`", words))
        assert all(callable(getattr(home, one)) for one in said or {name}), name


def test_asking_for_the_names_loads_nothing() -> None:
    code = "import sys, retail_portfolio, retail_portfolio.model as m; dir(m); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & {"numpy", "pandas", "pydantic", "IPython"}
