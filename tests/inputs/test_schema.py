"""The JSON schema of settings: what the reader refuses for type, bound or choice, it refuses.

A schema is held against files by the program `check-jsonschema`, once for all files of a table.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from retail_portfolio.inputs import (
    InputError,
    load_scenario,
    notebook_parameters,
    scenario_names,
)
from retail_portfolio.inputs.assumptions import out_of_bounds
from retail_portfolio.inputs.settings.ledger_figures import ledger_rows
from retail_portfolio.inputs.settings.scenario import SET_BY_READER, Scenario
from retail_portfolio.inputs.settings.schema import DRAFT, notebook_schema, scenario_schema
from tests.plumbing.checkout import ROOT
from tests.small_data import write_small_data

BAD = {
    "unknown": "tax_rat: 0.2",
    "set by the reader": "name: mine",
    "unknown inside": "plan: {min_conversion: 1}",
    "unknown in a mapping": "formats: {hall: {colour: red}}",
    "unknown figure": "assumptions: {baskt_usd: 3}",
    "text for a number": "tax_rate: '0.2'",
    "number for a text": "title: 12",
    "flag for a number": "tax_rate: true",
    "flag for a whole number": "horizon_years: true",
    "number for a flag": "strict_gaap: 1",
    "word for a flag": "strict_gaap: sometimes",
    "half a year": "horizon_years: 1.5",
    "list for a text": "retailer: [a]",
    "text for a list": "convert_from: corner",
    "number in a list": "convert_from: [1]",
    "mapping for a list": "my_plan: {a: 1}",
    "list for a mapping": "plan: []",
    "nothing for a number": "tax_rate: null",
    "nothing for a list": "convert_to: null",
    "no date": "as_of: January",
    "date without dashes": "as_of: '20260131'",
    "no such month": "as_of: 2026-13-01",
    "no such day": "as_of: '2026-04-31'",
    "no leap year": "as_of: '2026-02-29'",
    "30 February": "announced: '2024-02-30'",
    "year nought": "as_of: '0000-01-01'",
    "date and time": "as_of: '2026-01-31T10:00:00'",
    "currency": "currency: dollars",
    "no currency": "currency: ''",
    "state": "checkout_wage_state: Cal",
    "blank title": "title: ''",
    "long title": f"title: {'x' * 2001}",
    "role": "formats: {hall: {role: exiting}}",
    "reading": "checkout_reading: annual",
    "decay": "distance_decay: linear",
    "path": "travel_times: ../x.csv",
    "path from the root": "travel_times: /x.csv",
    "other file": "travel_times: x.txt",
    "tiles without y": "map_tiles: {url: 'https://a.example/{z}/{x}.png', credit: A}",
    "tiles in the clear": "map_tiles: {url: 'http://a.example/{z}/{x}/{y}.png', credit: A}",
    "tiles with a space": "map_tiles: {url: 'https://a.example/{z}/{x}/{y}.png x', credit: A}",
    "site twice": "plan: {force_in: [a, a]}",
    "own site twice": "my_plan: [a, a]",
    "blank site": "plan: {force_out: ['']}",
    "number per metro": "plan: {max_by_metro: {a: -1}}",
    "figure below 0": "assumptions: {inventory_days: -1}",
    "figure of 0": "assumptions: {basket_usd: 0}",
    "text for a figure": "assumptions: {basket_usd: cheap}",
    "word of another outcome": "conversion_outcomes: {demolished: hall}",
    "word like a conversion": "conversion_outcomes: {convert_hall: hall}",
    "age below 0": "data_max_age_days: {report: -1}",
    "age of no table": "data_max_age_days: {stores: 3}",
}
GOOD = {
    "empty": "{}",
    "dates": "as_of: 2026-02-28\nannounced: '2024-02-29'",
    "no date": "announced: null",
    "flag": "strict_gaap: true",
    "whole number as a number": "tax_rate: 1\ndiscount_rate: 0",
    "file": "travel_times: ''\nmap_tiles: null\nmy_plan: []\nconvert_to: []",
    "tiles": "map_tiles: {url: 'https://a.example:8080/{z}/{x}/{y}.png?k=1', credit: A}",
    "parts": "formats: {hall: {label: Hall}}\nbanners: {}\nplan: {capital_budget_usd: null}",
    "sites": "plan: {force_in: ['corner-1:hall', corner-2]}\nmy_plan: [corner-1]",
    "figures": "assumptions: {gross_margin: 0.99, inventory_days: 0, basket_usd: 0.01}",
    "words": "conversion_outcomes: {turned: hall}",
    "reading": "checkout_reading: annualised\ncheckout_wage_state: ''",
    "age": "data_max_age_days: {report: 0, competitors: null}",
}
CHECK = "import retail_portfolio, check_jsonschema; check_jsonschema.main()"
"""The program; the package, imported first, puts off a grammar that it would build for seconds."""
NUMBERS = (
    *(-1e9, -1, -0.001, 0, 0.001, 0.5, 1, 1.001, 2, 10, 11, 50, 51, 100, 100.1, 120, 121, 1000),
    *(1001, 1989, 1990, 2100, 2101, 36_525, 36_526, 100_000, 100_001, 1_000_000, 1_000_001),
    *(2**32 - 1, 2**32),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small data folder for this module, with a file for every text above."""
    made = write_small_data(tmp_path_factory.mktemp("schema"))
    for at, text in enumerate((*BAD.values(), *GOOD.values())):
        (made / "scenarios" / f"s{at}.yaml").write_text(f"{text}\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def refused(folder: Path) -> set[str]:
    """Return the names of the files above that the schema refuses."""
    files = [folder / "scenarios" / f"s{at}.yaml" for at in range(len(BAD) + len(GOOD))]
    return verdict(scenario_schema("", str(folder)), files, folder)


def verdict(schema: Mapping[str, Any], files: list[Path], folder: Path) -> set[str]:
    """Return the names, without ending, of the files that a schema refuses."""
    return {Path(error["filename"]).stem for error in errors_of(schema, files, folder)}


def errors_of(schema: Mapping[str, Any], files: list[Path], folder: Path) -> list[dict[str, str]]:
    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    program = [sys.executable, "-c", CHECK, "-o", "json"]
    done = subprocess.run(
        [*program, "--schemafile", folder / "schema.json", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert not found.get("parse_errors"), found["parse_errors"]
    errors: list[dict[str, str]] = found.get("errors", [])
    return errors


@pytest.mark.slow
@pytest.mark.parametrize("kind", BAD)
def test_what_the_reader_refuses_the_schema_refuses(
    kind: str, folder: Path, refused: set[str]
) -> None:
    name = f"s{list(BAD).index(kind)}"
    with pytest.raises(InputError):
        load_scenario(name, str(folder))
    assert name in refused


@pytest.mark.slow
@pytest.mark.parametrize("kind", GOOD)
def test_what_the_reader_takes_the_schema_takes(kind: str, folder: Path, refused: set[str]) -> None:
    name = f"s{len(BAD) + list(GOOD).index(kind)}"
    assert load_scenario(name, str(folder)).name == name
    assert name not in refused


def numeric(fields: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Go through every setting that may be a number."""
    for name, field in fields.items():
        words = str(field.annotation)
        if hasattr(field.annotation, "model_fields"):
            yield from numeric(field.annotation.model_fields, (*path, name))
        elif ("int" in words or "float" in words) and "Mapping" not in words:
            yield (*path, name)


@pytest.mark.slow
def test_bounds_are_those_of_the_reader(folder: Path) -> None:
    base = yaml.safe_load((folder / "scenarios" / "base.yaml").read_text(encoding="utf-8"))
    settings = list(numeric(Scenario.model_fields))
    assert len(settings) > 20
    files, expected = [], set()
    for path in settings:
        for number in NUMBERS:
            name = f"{'.'.join(path)}={number}"
            inner: Any = number
            for key in reversed(path):
                inner = {key: inner}
            file = folder / f"{name}.json"
            file.write_text(json.dumps(inner), encoding="utf-8")
            files.append(file)
            try:
                Scenario(**(base | inner))
            except ValidationError:
                expected.add(file.stem)
    assert 0 < len(expected) < len(files)
    assert verdict(scenario_schema(), files, folder) == expected


@pytest.mark.slow
@pytest.mark.parametrize("value", [-1, 0, 0.5, 1, 2])
def test_figures_of_the_ledger_have_its_bounds(value: float, tmp_path: Path) -> None:
    rows = {row["key"]: row["unit"] for row in ledger_rows(ROOT / "data")}
    file = tmp_path / "all.json"
    file.write_text(json.dumps({"assumptions": dict.fromkeys(rows, value)}), encoding="utf-8")
    found = errors_of(scenario_schema(), [file], tmp_path)
    expected = [key for key, unit in rows.items() if out_of_bounds(key, unit, value)]
    paths = sorted(error["path"].removeprefix("$.assumptions").strip(".'[]") for error in found)
    assert paths == sorted(expected)


@pytest.mark.slow
def test_every_bundled_scenario_is_valid(tmp_path: Path) -> None:
    names = scenario_names()
    assert "base" in names
    files = [ROOT / "scenarios" / f"{name}.yaml" for name in names]
    assert verdict(scenario_schema(), files, tmp_path) == set()
    assert verdict(scenario_schema("base"), files, tmp_path) == set(names) - {"base"}


def test_the_base_scenario_has_to_say_what_has_no_default() -> None:
    base, other = scenario_schema("base"), scenario_schema("fast_exit")
    fields = Scenario.model_fields.items()
    assert sorted(base["required"]) == sorted(key for key, one in fields if one.is_required())
    assert base["properties"]["draws"]["default"] == 8192
    assert '"required"' not in json.dumps(other)
    assert '"minProperties"' not in json.dumps(other)
    assert other["properties"].keys() == base["properties"].keys()


def test_every_setting_is_explained_and_nothing_else_allowed() -> None:
    schema = scenario_schema()
    assert schema["$schema"] == DRAFT
    wanted = [key for key in Scenario.model_fields if key not in SET_BY_READER]
    assert list(schema["properties"]) == wanted
    parts = [schema, *schema["$defs"].values(), schema["properties"]["assumptions"]]
    for part in parts:
        assert part["additionalProperties"] is False
        for name, one in part["properties"].items():
            assert one["description"], name
            assert "\n" not in one["description"]
    figure = schema["properties"]["assumptions"]["properties"]["lease_termination_months"]
    assert figure == {
        "type": "number",
        "description": figure["description"],
        "minimum": 0,
    }
    assert figure["description"].endswith(
        "(months of rent and charges). The ledger has 18, 6 to 36."
    )


def test_a_figure_of_which_the_ledger_has_no_range_is_said_not_to_be_known(
    small_data: Path,
) -> None:
    (small_data / "assumptions.csv").write_text(
        "key,description,unit,low,base,high\nrent,Rent,,,20,\nwage,,usd,1,,3\n"
    )
    schema = scenario_schema("", str(small_data))["properties"]["assumptions"]["properties"]
    assert {key: one["description"] for key, one in schema.items()} == {
        "rent": "Rent. The ledger has 20, not known to not known.",
        "wage": "wage (usd). The ledger has not known, 1 to 3.",
    }


def test_a_date_is_checked_by_an_editor_that_knows_no_formats() -> None:
    pattern = scenario_schema()["properties"]["as_of"]["pattern"]
    days = [f"{year:04}-{m:02}-{d:02}" for year in (0, 1999) for m in range(14) for d in range(33)]
    fit = {day for day in days if re.search(pattern, day)}
    real = {day for day in days if _is_day(day)}
    assert fit - real == {"1999-02-29"}
    assert real <= fit
    assert not any(re.search(pattern, text) for text in ("20260131", "1999-01-01T00:00", "today"))


def _is_day(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def test_without_a_ledger_any_figure_is_a_number(small_data: Path) -> None:
    (small_data / "assumptions.csv").write_text("")
    assumptions = scenario_schema("", str(small_data))["properties"]["assumptions"]
    assert assumptions["additionalProperties"] == {"type": "number"}


def test_a_scenario_that_there_is_not_is_named(small_data: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'cheap-rent'"):
        scenario_schema("cheap_rent", str(small_data))
    with pytest.raises(InputError, match="a folder that exists"):
        scenario_schema("", str(small_data / "nowhere"))


PARAMETERS = {
    "{}": True,
    "{scenario: fast_exit, seed: null, overrides: [tax_rate=0.2]}": True,
    "{draws: 8, as_of: '2026-03-01', discount_rate: 0.1}": True,
    "{sede: 1}": False,
    "{seed: -1}": False,
    "{seed: one}": False,
    "{discount_rate: 12}": False,
    "{scenario: ../base}": False,
    "{overrides: tax_rate=0.2}": False,
    "{overrides: [tax_rate]}": False,
    "{out_dir: null}": False,
    "{sites_csv: x.csv}": False,
}


@pytest.mark.slow
def test_parameters_of_a_notebook(tmp_path: Path) -> None:
    files = [tmp_path / f"p{at}.yaml" for at in range(len(PARAMETERS))]
    for file, text in zip(files, PARAMETERS, strict=True):
        file.write_text(text, encoding="utf-8")
    found = verdict(notebook_schema("05_uncertainty"), files, tmp_path)
    allowed = [file.stem not in found for file in files]
    assert dict(zip(PARAMETERS, allowed, strict=True)) == PARAMETERS


@pytest.mark.parametrize("name", ["", "05_uncertainty", "06_backtest"])
def test_the_schema_of_a_notebook_has_its_parameters_and_defaults(name: str) -> None:
    schema = notebook_schema(name)
    assert schema["additionalProperties"] is False
    defaults = {
        one.name: list(one.default) if isinstance(one.default, tuple) else one.default
        for one in notebook_parameters(name)
    }
    assert {key: one["default"] for key, one in schema["properties"].items()} == defaults
    assert all(one["description"] for one in schema["properties"].values())
