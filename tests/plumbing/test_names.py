"""No owner in the code: names of retailers, banners and products come from data and scenario."""

from __future__ import annotations

import re

import pytest
import yaml

import retail_portfolio
from tests.plumbing.checkout import ROOT

PACKAGE = ROOT / "retail_portfolio"
FLOORS = ("inputs", "model", "present", "run", "cli")
CODE = {".py", ".js", ".css", ".html", ".txt"}
DATA = ("inputs/example/", "inputs/build/chains.csv")
"""Resources that are data: the fictional portfolio, and names under which chains are found."""
NAMED = re.compile(
    r"amazon|whole.?foods|\bwfm\b|\bwfm[-_]|[-_]wfm\b|daily.?shop|\bfresh-|\bgo-[a-z]{2}-"
    r"|just.?walk|\bjwo|_jwo",
    re.IGNORECASE,
)
"""The bundled retailer, its banners, formats and products, by name and by code."""


def found_in(text: str) -> list[str]:
    """Return the lines that name the bundled retailer."""
    return [line.strip() for line in text.splitlines() if NAMED.search(line)]


@pytest.mark.parametrize("floor", FLOORS)
def test_no_code_names_the_bundled_retailer(floor: str) -> None:
    files = [path for path in sorted((PACKAGE / floor).rglob("*")) if path.suffix in CODE]
    assert files
    named = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in files
        if not path.relative_to(PACKAGE).as_posix().startswith(DATA)
        if (lines := found_in(path.read_text(encoding="utf-8")))
    }
    assert not named


@pytest.mark.parametrize(
    "text",
    [
        *("Amazon Go", "Whole Foods Market", "whole_foods", 'format == "wfm"', "convert_wfm"),
        *("wfm-tx-1", "daily_shop", "Daily Shop", "fresh-ca-irvine", "go-wa-1", "Just Walk Out"),
        *('key="jwo_life_years"', "JWO", "x_jwo", 'f"jwo_{reading}"'),
    ],
)
def test_each_name_would_be_found(text: str) -> None:
    assert found_in(text)


@pytest.mark.parametrize(
    "text",
    ["ago-to-go", "refresh-rate", "a fresh start", "walk_out", "just as a walk", "go-between"],
)
def test_other_words_are_no_names(text: str) -> None:
    assert not found_in(text)


def test_the_names_are_those_of_the_bundled_scenario() -> None:
    settings = yaml.safe_load((ROOT / "scenarios" / "base.yaml").read_text(encoding="utf-8"))
    labels = [settings["retailer"], *settings["banners"], settings["walk_out"]["label"]]
    labels += [settings["walk_out"]["short"], settings["walk_out"]["code"] + "_x"]
    labels += [one["label"] for one in settings["formats"].values()]
    assert all(map(found_in, labels))
    assert retail_portfolio.__doc__
    assert not found_in(retail_portfolio.__doc__)


@pytest.mark.parametrize("name", ["04_checkout", "05_uncertainty", "02_closure", "03_conversion"])
def test_a_notebook_is_about_no_one_retailer(name: str) -> None:
    assert not found_in((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))


YEAR = re.compile(r"(?<![\d-])2026(?![\d-])")


def test_no_code_says_of_which_year_it_is() -> None:
    files = [path for floor in FLOORS for path in sorted((PACKAGE / floor).rglob("*.py"))]
    files += sorted((PACKAGE / "present" / "templates").iterdir())
    named = [
        f"{path.relative_to(PACKAGE).as_posix()}: {line.strip()}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if not path.relative_to(PACKAGE).as_posix().startswith(DATA)
        and YEAR.search(line)
        and "\\u2026" not in line
        and ">>>" not in line
    ]
    assert not named
