"""Documents of changes, as ``changes.json`` holds them, for tests of pages.

Not a test.
"""

from __future__ import annotations

BEFORE, AFTER = "20260126T060000Z-base-00000001", "20260202T060000Z-base-00000002"


def decision(store_id, before, after, npv=(-1e6, 2e6), probability=(0.2, 0.7)):
    return {
        "store_id": store_id,
        "before": before,
        "after": after,
        "npv_before_usd": npv[0],
        "npv_after_usd": npv[1],
        "probability_before": probability[0],
        "probability_after": probability[1],
    }


def figure(key, label, before, after, unit="usd", ends=("value",), units=None):
    names = ("value", "low", "high")
    first, last = units or (unit, unit)
    return {
        "key": key,
        "notebook": "02_closure",
        "label": label,
        "unit_before": first,
        "unit_after": last,
        "before": dict(zip(names, before, strict=True)),
        "after": dict(zip(names, after, strict=True)),
        "ends": list(ends),
    }


def listed(*shown, count=None):
    return {"count": len(shown) if count is None else count, "shown": list(shown)}


def table(name, status="changed", **more):
    blank = {
        "id_columns": ["store_id"],
        "rows_before": 3,
        "rows_after": 3,
        "columns_added": [],
        "columns_removed": [],
        "added": listed(),
        "removed": listed(),
        "corrected_rows": 0,
        "corrected": listed(),
        "note": "",
    }
    return {"name": name, "status": status} | blank | more


def cell(row_id, column, before, after):
    return {"id": row_id, "column": column, "before": before, "after": after}


def calm():
    """Return a document of two reports that differ in nothing."""
    return {
        "before": {"run_id": BEFORE, "scenario": "base", "as_of": "2026-01-27"},
        "after": {"run_id": AFTER, "scenario": "base", "as_of": "2026-01-27"},
        "inputs_kept": {"before": True, "after": True},
        "tolerance": {"relative": 0.01, "share": 0.01},
        "changed": {"results": False, "inputs": False, "program": False},
        "sentence": "No decision turned and no figure moved: everything is the same.",
        "decisions": {"compared": 3, "turned": [], "entered": [], "left": [], "crossed": []},
        "figures": {"compared": 9, "moved": [], "came": [], "went": [], "other_unit": []},
        "inputs": {
            "tables": [],
            "edited": listed(),
            "settings": [],
            "overrides_before": [],
            "overrides_after": [],
            "files": [],
            "notebooks": [],
        },
        "program": {
            "git_before": "a" * 40,
            "git_after": "a" * 40,
            "dirty_before": False,
            "dirty_after": False,
            "modules": listed(),
            "versions": [],
        },
    }


def none_before():
    return {
        "before": None,
        "after": {"run_id": AFTER, "scenario": "base", "as_of": "2026-01-27"},
        "sentence": "There is no earlier report of other inputs to compare with.",
    }


def busy(text="rent", store="fresh-1"):
    """Return a document in which everything changed; ``text`` stands wherever a text may."""
    found = calm()
    found["changed"] = {"results": True, "inputs": True, "program": True}
    found["sentence"] = f"1 decision turned. Changed since: {text}."
    found["decisions"] |= {
        "turned": [decision(store, "close", "convert_green")],
        "entered": [decision(f"{text}-new", None, "close")],
        "left": [decision(f"{text}-old", "convert_green", None, (3e6, None))],
        "crossed": [decision(f"{text}-even", "close", "close", probability=(0.4, 0.6))],
    }
    found["figures"] |= {
        "moved": [
            figure("exit", f"Exit cost {text}", (100e6, 90e6, 110e6), (112e6, 91e6, 140e6)),
            figure("share", "A share", (0.10, None, None), (0.16, None, None), "share"),
            figure("ends", "Only an end", (5, 1, 9), (5, 1, 12), "stores", ("high",)),
            figure("zero", "From nothing", (0, None, None), (2e6, None, None)),
        ],
        "came": [figure("new", f"New {text}", (None,) * 3, (4, 1, 9), units=(None, "stores"))],
        "went": [figure("old", "Gone", (4, 1, 9), (None,) * 3, units=("stores", None))],
        "other_unit": [figure("unit", "Unit", (1e6,) * 3, (1e6,) * 3, units=("usd", "usd_year"))],
    }
    found["inputs"] |= {
        "tables": [
            table(
                "data/stores.csv",
                added=listed(f"{text}-new", count=1234),
                removed=listed("gone"),
                corrected_rows=20,
                corrected=listed(
                    *(cell(f"{text}-{n}", "size_sqft", "1", "2") for n in range(20)), count=999
                ),
                columns_added=[text],
            ),
            table(
                "data/assumptions.csv",
                corrected_rows=1,
                corrected=listed(cell(text, "base", "1", "2")),
            ),
            table(f"data/{text}.csv", "added", rows_before=None),
            table(
                f"data/x-{text}.csv", corrected_rows=1, corrected=listed(cell("1", "a", "2", "3"))
            ),
        ],
        "edited": listed(
            {"key": text, "column": "base", "before": "1", "after": "2", "unit": text}
        ),
        "overrides_before": ["tax_rate=0.2", f"x={text}"],
        "overrides_after": ["tax_rate=0.2"],
        "settings": [
            {
                "key": "plan.force_in",
                "before": [],
                "after": [text],
                "given_by_before": "default",
                "given_by_after": text,
            }
        ],
        "files": [{"name": f"scenarios/{text}.yaml", "status": "changed"}],
        "notebooks": [{"name": "notebooks/02_closure.ipynb", "status": "changed"}],
    }
    found["program"] |= {
        "git_after": None,
        "dirty_before": True,
        "modules": listed({"name": "package/model/planning/plan.py", "status": "changed"}),
        "versions": [{"name": text, "before": None, "after": "1"}],
    }
    return found


def effect(*turned, before="close", after="convert_green", **moves):
    turns = [{"store_id": one, "before": before, "after": after} for one in turned]
    return {"turned": turns, "moves": moves}


def causes(text="rent", store="fresh-1"):
    """Return what is known of the causes of `busy`."""
    said = {"kind": "table", "why_not": ""}
    return {
        "why_not": "",
        "before": {},
        "after": {},
        "causes": [
            said
            | {
                "name": text,
                "detail": f"{text} 1 to 2",
                "effect": effect(store, exit_cost_usd=12e6),
            },
            said | {"name": "leases.csv", "detail": "2 rows", "effect": effect(exit_cost_usd=-3e5)},
            said
            | {"name": "metros.csv", "detail": "", "effect": None, "why_not": f"not fit: {text}"},
        ],
        "together": effect(plan_value_usd=5e6),
        "program": effect(
            f"{text}-old",
            before="convert_green",
            after=None,
            plan_value_usd=None,
            exit_cost_usd=1e6,
        ),
        "program_changed": True,
        "notebooks_changed": True,
        "not_tried": ["demand.csv"],
        "later_program": True,
        "sentence": f"By itself, {text} turns 1 decision.",
    }
