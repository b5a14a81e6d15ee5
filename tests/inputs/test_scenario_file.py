"""Saving a scenario: what is written, what is refused, and that it comes back as it was."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from retail_portfolio.inputs import InputError, check_data, folders, load_scenario
from retail_portfolio.inputs.files.yamlfile import read_yaml
from retail_portfolio.inputs.settings import scenario_file
from retail_portfolio.inputs.settings.scenario_file import save_scenario
from tests.small_data import CHEAP_RENT

WORDS = ("A plan of our own", "Somebody asked for it.")


def values_of(path: Path) -> dict[str, Any]:
    return read_yaml(path.parent, path.name, path.name).values


def texts_in(folder: Path) -> dict[str, bytes | None]:
    return {
        p.name: p.read_bytes() if p.exists() else None for p in (folder / "scenarios").iterdir()
    }


def refused(folder: Path, name: str = "ours", **more: Any) -> str:
    before = texts_in(folder)
    given_ = {"changes": {"my_plan": ["corner-1"]}} | more
    with pytest.raises(InputError) as caught:
        save_scenario(name, *WORDS, given_.pop("changes"), str(folder), **given_)
    assert texts_in(folder) == before
    return str(caught.value)


@pytest.mark.slow
def test_only_what_differs_is_written_and_read_back(small_data: Path) -> None:
    changes = {
        "plan.force_in": ["corner-1:hall"],
        "horizon_years": 10,  # as the base says
        "tax_rate": 0.25,
        "vm_own_sales": 0.21,
        "assumptions.rent_net_usd_per_sqft_year.corner.oh": 22,
    }
    path = save_scenario("ours", *WORDS, changes, str(small_data))
    assert path == small_data / "scenarios" / "ours.yaml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert values_of(path) == {
        "title": WORDS[0],
        "why": WORDS[1],
        "tax_rate": 0.25,
        "plan": {"force_in": ["corner-1:hall"]},
        "assumptions": {"vm_own_sales": 0.21, "rent_net_usd_per_sqft_year.corner.oh": 22},
    }
    found = load_scenario("ours", str(small_data))
    words = {"title": WORDS[0], "why": WORDS[1]}
    assert found == load_scenario(data_dir=str(small_data), overrides=changes | words).model_copy(
        update={"name": "ours", "applied": found.applied}
    )
    assert check_data(str(small_data), "ours") == ()


@pytest.mark.parametrize("plan", [[], ["corner-1", "corner-2:hall"], None])
def test_no_plan_and_a_plan_of_nobody_are_told_apart(small_data: Path, plan: Any) -> None:
    base = small_data / "scenarios" / "base.yaml"
    base.write_text(base.read_text() + "my_plan: [corner-3]\n")
    save_scenario("ours", *WORDS, {"my_plan": plan}, str(small_data))
    found = load_scenario("ours", str(small_data)).my_plan
    assert found == (None if plan is None else tuple(plan))


def test_what_the_notebook_was_started_with_is_kept(small_data: Path) -> None:
    folder = str(small_data)
    more = {"formats.corner.label": "Pantry", "as_of": "2026-03-01"}
    start = load_scenario("cheap-rent", folder, more | {"plan.max_by_metro.springvale-oh": 1})
    path = save_scenario("ours", *WORDS, {"my_plan": ["corner-1"]}, folder, start=start)
    assert values_of(path) == {
        "title": WORDS[0],
        "why": WORDS[1],
        "horizon_years": 12,
        "as_of": "2026-03-01",
        "formats": {"corner": {"label": "Pantry"}},
        "plan": {"max_by_metro": {"springvale-oh": 1}},
        "my_plan": ["corner-1"],
        "assumptions": {"rent_net_usd_per_sqft_year.corner.oh": 20},
    }
    found = load_scenario("ours", folder)
    same = {"name", "applied", "title", "why", "my_plan"}
    assert found.model_dump(exclude=same) == start.model_dump(exclude=same)


def test_a_format_that_only_the_start_knows_is_kept(small_data: Path) -> None:
    kiosk = "{label: K, banner: Harvest Hall, role: existing}"
    extra = f"title: Kiosks\nwhy: w\nformats:\n  kiosk: {kiosk}\n"
    (small_data / "scenarios" / "kiosks.yaml").write_text(extra)
    start = load_scenario("kiosks", str(small_data))
    save_scenario("ours", *WORDS, {"seed": 5}, str(small_data), start=start)
    assert load_scenario("ours", str(small_data)).formats == start.formats


def test_a_name_that_is_taken_is_kept_unless_told(small_data: Path) -> None:
    folder = str(small_data)
    assert "replace=True" in refused(small_data, "cheap-rent")
    path = save_scenario("cheap-rent", *WORDS, {"seed": 3}, folder, replace=True)
    assert path.read_text() != CHEAP_RENT
    assert load_scenario("cheap-rent", folder).horizon_years == 10
    path.unlink()
    path.symlink_to(small_data / "nowhere.yaml")
    assert "replace=True" in refused(small_data, "cheap-rent", replace=False)


@pytest.mark.parametrize("name", ["", "Ours", "../ours", "a/b", "ours.yaml", "-ours", "a" * 65])
def test_a_name_that_is_none_is_refused(small_data: Path, name: str) -> None:
    assert "small letters" in refused(small_data, name, replace=True)


def test_the_base_is_not_written(small_data: Path) -> None:
    assert "another name" in refused(small_data, "base", replace=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"plan.force_inn": ["corner-1"]}, "did you mean 'plan.force_in'"),
        ({"tax_rate": 2}, "less than or equal to 1"),
        ({"tax_rate": "much"}, "tax_rate"),
        ({"my_plan": ["corner-1", "corner-1:hall"]}, "every site once"),
        ({"convert_to": ["hal"]}, "did you mean 'hall'"),
        ({"vm_own_sales": float("nan")}, "vm_own_sales"),
        ({"gross_margin": -3}, "gross_margin"),
        ({"retailer": "North\u202eline"}, "retailer"),
        ({"title": ""}, "title"),
    ],
)
def test_a_change_that_no_scenario_may_hold_is_refused(
    small_data: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in refused(small_data, changes=changes)


def test_every_fault_is_told_at_once(small_data: Path) -> None:
    said = refused(small_data, "Ours", changes={"tax_rat": 1, "seeds": 2})
    assert said.count("\n") == 2


def test_a_folder_that_cannot_be_written_to_is_said(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    made = scenario_file.tempfile.mkstemp
    monkeypatch.setattr(scenario_file.tempfile, "mkstemp", full)
    assert "No space left" in refused(small_data)
    monkeypatch.setattr(scenario_file.tempfile, "mkstemp", made)
    monkeypatch.setattr(Path, "replace", full)
    before = texts_in(small_data)
    with pytest.raises(OSError, match="No space"):
        save_scenario("ours", *WORDS, {}, str(small_data))
    assert texts_in(small_data) == before


def test_what_cannot_be_read_back_is_not_put_in_place(
    small_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump = scenario_file.yaml.safe_dump
    monkeypatch.setattr(
        scenario_file.yaml, "safe_dump", lambda v, **more: dump(v | {"seed": 99}, **more)
    )
    assert "gives back" in refused(small_data)


def test_it_lands_where_readers_look_first(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "data").mkdir(parents=True)
    (checkout / "pyproject.toml").touch()
    (small_data / "scenarios").rename(checkout / "scenarios")
    for table in small_data.glob("*.csv"):
        (checkout / "data" / table.name).write_bytes(table.read_bytes())
    monkeypatch.setattr(folders, "checkout_root", lambda: checkout)
    assert save_scenario("ours", *WORDS, {}) == checkout / "scenarios" / "ours.yaml"
    folder = str(small_data)
    path = save_scenario("theirs", *WORDS, {"seed": 8}, folder)
    assert path == small_data / "scenarios" / "theirs.yaml"
    assert load_scenario("theirs", folder).seed == 8
    assert "replace=True" in refused(small_data, "cheap-rent")
    over = save_scenario("cheap-rent", *WORDS, {"seed": 9}, folder, replace=True)
    assert over == checkout / "scenarios" / "cheap-rent.yaml"


PLAIN = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=60
).filter(lambda text: text.strip() == text)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=PLAIN,
    why=PLAIN,
    plan=st.none() | st.lists(PLAIN, max_size=3, unique_by=lambda n: n.partition(":")[0]),
    budget=st.none() | st.floats(0, 1e300),
    rate=st.floats(0, 1),
)
@example("yes", "2026-01-31", ["on", "~", "1e3"], 0.0, 1e-7)
@example("# no", "'\"", ["- a", "&a", "*a", "!a", "{}", "a: b"], 1e22, 0.1 + 0.2)
def test_everything_comes_back_as_it_was(
    small_data: Path, title: str, why: str, plan: Any, budget: Any, rate: float
) -> None:
    folder = str(small_data)
    changes = {"my_plan": plan, "plan.capital_budget_usd": budget, "discount_rate": rate}
    try:
        load_scenario("base", folder, changes | {"title": title, "why": why})
    except InputError:  # what no scenario may hold
        with pytest.raises(InputError):
            save_scenario("ours", title, why, changes, folder, replace=True)
        return
    save_scenario("ours", title, why, changes, folder, replace=True)
    found = load_scenario("ours", folder)
    assert (found.title, found.why, found.discount_rate) == (title, why, rate)
    assert found.my_plan == (None if plan is None else tuple(plan))
    assert found.plan.capital_budget_usd == budget
