"""Reports in miniature to be compared: a manifest, figures, a plan, and the inputs they came from.

Not a test.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

from retail_portfolio.inputs import load_case
from retail_portfolio.model.overview.scenario_answer import scenario_answer
from retail_portfolio.run.comparing.causes_found import figures_of

EARLY, LATE = "20260126T060000Z-base-00000001", "20260202T060000Z-base-00000002"
STORES = "store_id,size_sqft,note\na-1,100,\na-2,200,by the lake\na-3,300,\n"
LEDGER = (
    "key,unit,low,base,high,source\n"
    "rent,USD per sq ft,10,20,30,Northline\nwage,USD per hour,15,17,19,Northline\n"
)
SCENARIO = "tax_rate: 0.25\n"
INPUTS = {
    "data/stores.csv": STORES,
    "data/assumptions.csv": LEDGER,
    "scenarios/base.yaml": SCENARIO,
    "notebooks/01.ipynb": "{}",
}
PLAN = "store_id,decision,npv_vs_exit_usd,probability\na-1,close,-5,0.1\na-2,convert_hall,9,0.8\n"
SETTINGS = {"title": "A case", "tax_rate": 0.25, "plan.force_in": []}


def figure(key="cost", value=100.0, low=80.0, high=120.0, unit="usd", **more):
    """Return a headline figure as a notebook leaves it."""
    ends = {"value": value, "low": low, "high": high, "unit": unit}
    return {"key": key, "label": f"The {key}", "origin": "modelled", "source": ""} | ends | more


def make_report(
    reports,
    run_id=EARLY,
    *,
    inputs=None,
    plan=PLAN,
    figures=None,
    kept=True,
    status="complete",
    settings=None,
    given_by="scenarios/base.yaml",
    overrides=(),
    scenario="base",
    versions=None,
    package=None,
    git=None,
):
    """Write a report; return its folder. ``inputs`` are laid over `INPUTS`, ``None`` takes away."""
    files = {name: text for name, text in (INPUTS | (inputs or {})).items() if text is not None}
    content = {n: t if isinstance(t, bytes) else t.encode() for n, t in files.items()}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    folder = reports / run_id
    (folder / "notebooks").mkdir(parents=True)
    (folder / "tables").mkdir()
    manifest = {
        "status": status,
        "run_id": run_id,
        "scenario": {
            "name": scenario,
            "as_of": "2026-01-27",
            "overrides": list(overrides),
            "settings": [
                {"key": key, "value": value, "given_by": given_by}
                for key, value in (SETTINGS | (settings or {})).items()
            ],
        },
        "inputs": {
            "hash": "0",
            "files": hashes | (package or {"package/model/planning/plan.py": "1"}),
        },
        "versions": versions or {"python": "3.11.7", "scipy": "1.17.1"},
        "git": git or {"revision": "a" * 40, "dirty": False},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    document = {"notebook": "01", "figures": [figure()] if figures is None else figures}
    (folder / "notebooks" / "01.json").write_text(json.dumps(document))
    if plan is not None:
        (folder / "tables" / "plan.csv").write_text(plan)
    if kept:
        with zipfile.ZipFile(folder / "inputs.zip", "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
    return folder


def answered_report(reports, run_id, data, overrides=(), **more):
    """Write the report that today's program would make of a data folder."""
    found = scenario_answer(load_case("base", str(data), overrides))
    figures = [
        figure(theirs, found.figures[ours], None, None)
        for ours, theirs in figures_of(found.figures).items()
        if found.figures[ours] is not None
    ]
    plan = found.plan[["store_id", "decision", "npv_vs_exit_usd"]].to_csv(index=False)
    inputs = dict.fromkeys(INPUTS) | {
        f"data/{path.relative_to(data).as_posix()}": path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file()
    }
    inputs["scenarios/base.yaml"] = inputs.pop("data/scenarios/base.yaml")
    return make_report(
        reports,
        run_id,
        inputs=inputs,
        plan=plan,
        figures=figures,
        overrides=overrides,
        **more,
    )


def edited(text, row_id, **cells):
    """Return a CSV text in which some cells of a row are others."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    hit = [row for row in rows if row[next(iter(row))] == row_id]
    assert len(hit) == 1
    assert cells.keys() <= hit[0].keys()
    hit[0].update({column: str(value) for column, value in cells.items()})
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()
