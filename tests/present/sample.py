"""A small invented portfolio and the outputs its notebooks would leave, for tests of pages.

`make` writes what an ordinary page needs; ``full=True`` adds what the explorer of plans and the
further layers of the map are drawn from, and ``hostile=True`` puts a text that tries to run into
every column that a stranger may fill, into titles, sentences, figures, charts and notebooks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from retail_portfolio.model.result import Figure
from retail_portfolio.present.basemap import Basemap, outlines
from retail_portfolio.present.drawings.charts import Chart, ranked_bars, stacked_bars
from retail_portfolio.present.mapping.maps import MapSettings, inline, looks, portfolio_map
from retail_portfolio.present.outputs import write_outputs
from retail_portfolio.present.tables import Table, TableLike, html_table
from tests.conftest import BUNDLED
from tests.present import sample_more

CLOSING_SMALL, CLOSING_LARGE, OPEN, GONE = 14, 57, 516, 9
LEADS = 40
"""Stores that stay whose own ground the layer of trade areas shows."""

FORMATS = {
    "corner": {"label": "Corner Stop", "role": "closing"},
    "hall": {"label": "Market Hall", "role": "closing"},
    "green": {"label": "Green Grocer", "role": "existing"},
}
FACTS = {
    "run_id": "20260127T000000Z-base-abc123",
    "scenario": "base",
    "title": "An invented exit",
    "retailer": "Somebody",
    "currency": "USD",
    "walk_out": {"code": "jwo", "label": "Just Walk Out", "short": "JWO"},
    "as_of": "2026-01-27",
    "base_year": 2026,
    "seed": 1,
    "input_hash": "abc123",
    "versions": {"pandas": "3"},
    "formats": FORMATS,
    "unknown_key": "left out",
}

#: What a stranger may put into a text; each would be seen in `window.hacked` if it ran.
HOSTILE = (
    "<img src=x onerror=\"window.hacked='img'\">",
    "</script><script>window.hacked='script'</script>",
    "${window.hacked='template'}",
    "`+(window.hacked='backtick')+`",
    "'; window.hacked='quote'; //",
    '"><svg onload="window.hacked=1">',
    "javascript:window.hacked='address'",
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("http://example.org")',
    "<!--<script>",
    "\u2028]]> &lt;b&gt;",
    "<img src=x onerror=window.hacked=1>",
    "</script><script>window.hacked=1</script>",
    "${window.hacked=1}",
    "<a href=javascript:window.hacked=1>go</a>",
)

#: Columns of closed words and of ids: what the checks at the door let through is plain.
PLAIN_COLUMNS = frozenset(
    {
        *("store_id", "from_store_id", "to", "metro_id", "competitor_id", "point_id", "plan"),
        *("format", "status", "decision", "technology", "reading", "site_type", "axis", "origin"),
        *("key", "unit"),
    }
)

_PLACES = (
    ("Northport", "WA", 47.6, -122.3),
    ("Southport", "CA", 34.0, -118.2),
    ("Laketown", "IL", 41.9, -87.8),
    ("Eastport", "NJ", 40.6, -74.2),
)


@dataclass(frozen=True)
class Sample:
    """Where the outputs and the executed notebooks of the sample are."""

    outputs: Path
    notebooks: tuple[Path, ...]
    basemap: Basemap


def stores(*, hostile: bool = False) -> pd.DataFrame:
    """Return the register; with hostile texts in every text column that is free, if asked."""
    random = np.random.default_rng(7)
    kinds = (
        [("corner", "Corner Stop", "closing")] * CLOSING_SMALL
        + [("hall", "Market Hall", "closing")] * CLOSING_LARGE
        + [("green", "Green Grocer", "open")] * OPEN
        + [("corner", "Corner Stop", "closed")] * GONE
    )
    rows = []
    for place, (code, banner, status) in enumerate(kinds):
        city, state, lat, lon = _PLACES[place % len(_PLACES)]
        spread = 6.0 if status == "open" else 0.25
        rows.append(
            {
                "store_id": f"{code}-{place:03d}",
                "banner": banner,
                "format": code,
                "name": f"{banner} {city} {place}",
                "street": f"{place} High Street",
                "city": city,
                "state": state,
                "lat": float(np.clip(lat + random.normal(0, spread), 25, 48.9)),
                "lon": float(np.clip(lon + random.normal(0, spread), -124, -68)),
                "point_precision_m": 4200.0 if place in {2, 5, 20} else 100.0,
                "status": status,
                "size_sqft": 2000.0 if code == "corner" else 37000.0,
                "size_origin": "reported" if place % 3 == 0 else "assumed",
                "employees": np.nan if place % 2 else 120.0,
                "note": "",
            }
        )
    frame = pd.DataFrame(rows)
    if hostile:
        for column in ("name", "street", "city", "note"):
            frame[column] = [HOSTILE[place % len(HOSTILE)] for place in range(len(frame))]
    return frame


def plan(frame: pd.DataFrame, *, hostile: bool = False) -> Table:
    """Return a decision for every closing store: every fifth large one converts."""
    closing = frame[frame["status"] == "closing"]
    large = closing["format"].eq("hall").to_numpy()
    converts = large & (np.arange(len(closing)) % 5 == 0)
    worth = np.where(large, np.linspace(-4e6, 9e6, len(closing)), np.nan)
    table = pd.DataFrame(
        {
            "store_id": closing["store_id"].to_numpy(),
            "decision": np.where(converts, "convert_green", "close"),
            "npv_vs_exit_usd": worth,
            "reason": [
                HOSTILE[place % len(HOSTILE)]
                if hostile
                else f"{41_000 + place:,} households within five miles, nearest own store 3.4 mi"
                for place in range(len(closing))
            ],
        }
    )
    return Table(table, {"npv_vs_exit_usd": "usd"}, {"npv_vs_exit_usd": "modelled"})


def closure(frame: pd.DataFrame) -> Table:
    """Return a bill for every closing store."""
    closing = frame[frame["status"] == "closing"].reset_index(drop=True)
    lease = np.where(closing["format"].eq("hall"), 5.2e6, 4.1e5) * np.linspace(
        0.6, 1.5, len(closing)
    )
    table = pd.DataFrame(
        {
            "store_id": closing["store_id"],
            "banner": closing["banner"],
            "state": closing["state"],
            "size_sqft": closing["size_sqft"],
            "size_origin": closing["size_origin"],
            "lease_exit_usd": lease,
            "severance_usd": 3.1e5,
            "exit_cost_usd": lease + 3.1e5,
        }
    )
    units = {c: "usd" for c in table.columns if c.endswith("_usd")} | {"size_sqft": "sqft"}
    return Table(table, units, {c: "modelled" for c in units if c != "size_sqft"})


def layer(frame: pd.DataFrame, *, hostile: bool = False) -> dict[str, object]:
    """Return two nested squares a large closing store, and one about each store near a town."""
    features: list[dict[str, object]] = []

    def square(row: pd.Series, option: str, part: float | None, half: float) -> None:
        lon, lat = row["lon"], row["lat"]
        ring = [
            [lon + east * half, lat + north * half]
            for east, north in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        ]
        properties = {"option": option, "store_id": row["store_id"], "part": part}
        properties |= {"households": 41_234.0 if part == 0.5 else 80_000.0}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})

    for _, row in frame[frame["format"] == "hall"].iterrows():
        for fmt in ("daily", "green"):
            option = HOSTILE[1] if hostile else f"{row['store_id']}:{fmt}"
            square(row, option, 0.5, 0.02)
            square(row, option, 0.7, 0.04)
    for _, row in frame[frame["format"] == "green"].head(LEADS).iterrows():
        square(row, row["store_id"], None, 0.1)
    return {"type": "FeatureCollection", "features": features}


def _figure(key: str, label: str, value: float, low: float, high: float, unit: str) -> Figure:
    return Figure(key, label, value, unit, "modelled", "the model", low, high, words=BUNDLED)


def _write(
    outputs: Path,
    name: str,
    words: tuple[str, str],
    figures: list[Figure],
    tables: dict[str, TableLike | pd.DataFrame],
    charts: dict[str, Chart] | None = None,
    *,
    hostile: bool,
    layers: dict[str, object] | None = None,
    **more: dict[str, str],
) -> None:
    """Write what a notebook leaves; hostile words in all that it says, if asked."""
    if hostile:
        words = HOSTILE[0], f"{HOSTILE[11]} {HOSTILE[12]} {HOSTILE[2]}"
        figures = sample_more.poisoned_figures(figures, HOSTILE)
        tables = {
            key: sample_more.poisoned(one, HOSTILE, PLAIN_COLUMNS) for key, one in tables.items()
        }
    write_outputs(outputs, name, *words, figures, tables, charts, layers, **more)


def basemap() -> Basemap:
    """Return two rough outlines."""
    ring = [[-125, 24], [-66, 24], [-66, 49], [-125, 49], [-125, 24]]
    county = [[-119, 33], [-117, 33], [-117, 35], [-119, 35], [-119, 33]]

    def polygon(points: list[list[int]]) -> dict[str, object]:
        return {"features": [{"geometry": {"type": "Polygon", "coordinates": [points]}}]}

    return Basemap(outlines(polygon(ring)), outlines(polygon(county)))


def facts(*, hostile: bool = False) -> dict[str, object]:
    """Return what the pages say of the run; every name and title hostile, if asked."""
    if not hostile:
        return FACTS
    return FACTS | {
        "title": HOSTILE[0],
        "retailer": HOSTILE[1],
        "why": HOSTILE[2],
        "overrides": [HOSTILE[3], HOSTILE[5]],
        "versions": {HOSTILE[6]: HOSTILE[1]},
        "formats": {
            code: one | {"label": f"{one['label']} {HOSTILE[place]}"}
            for place, (code, one) in enumerate(FORMATS.items())
        },
    }


def _hostile_prose() -> list[str]:
    """Return text cells that hold every hostile text as prose, as code, and behind a link."""
    prose = [f"## {text}\n\n{text}" for text in HOSTILE]
    code = "\n".join(f"    {text}" for text in HOSTILE)
    return [*prose, code, "[link](javascript:window.hacked='link') ![picture](x:y)"]


def make(folder: Path, *, hostile: bool = False, full: bool = False) -> Sample:
    """Write the outputs and the executed notebooks of the invented portfolio to ``folder``."""
    outputs, executed = folder / "outputs", folder / "executed"
    executed.mkdir(parents=True)
    frame = stores(hostile=hostile)
    choice, bill = plan(frame, hostile=hostile), closure(frame)

    def write(name: str, title: str, sentence: str, *rest: object, **more: object) -> None:
        _write(outputs, name, (title, sentence), *rest, hostile=hostile, **more)

    closing, stays = (frame[frame["status"] == one] for one in ("closing", "open"))
    full = full or hostile
    around: dict[str, TableLike | pd.DataFrame] = {}
    moving: dict[str, TableLike | pd.DataFrame] = {}
    if full:
        choice = Table(
            choice.table.assign(probability=np.linspace(0, 1, len(choice.table))),
            {**choice.units, "probability": "share"},
            {**choice.origins, "probability": "modelled"},
        )
        around = {
            "competitors_near": sample_more.competitors(closing),
            "demand_near": sample_more.demand(closing),
        }
        moving = {
            "transfer": sample_more.transfer(closing, stays),
            **sample_more.frontier(choice.table),
        }
    metros = pd.DataFrame(
        [
            {
                "metro_id": city.lower(),
                "name": f"{city}-Elsewhere, {state}",
                "lat": lat,
                "lon": lon,
                "competitor_coverage": "partial",
                "chains_missing": HOSTILE[0] if hostile else "Alpha; Beta",
                "coverage_note": "two chains are missing",
            }
            for city, state, lat, lon in _PLACES
        ]
    )
    sources = pd.DataFrame(
        {
            "key": ["gross_margin", "wage"],
            "description": ["Gross margin", HOSTILE[1] if hostile else "Wage of a cashier"],
            "low": [0.2, 15.0],
            "base": [0.25, 17.5],
            "high": [0.3, 21.0],
            "unit": ["share", "usd_per_hour"],
            "origin": ["assumed", "observed"],
            "source": ["Judgement", "Bureau of Labor Statistics"],
            "source_url": ["javascript:alert(1)" if hostile else "", "https://www.bls.gov/oes/"],
        }
    )
    event = pd.DataFrame(
        {
            "fact": ["Impairment of the quarter", "Share of operating income"],
            "value": [610e6, 0.012],
            "unit": ["usd", "share"],
            "origin": ["reported", "modelled"],
            "source": ["Annual report", "computed"],
        }
    )
    write(
        "01_portfolio",
        "The portfolio and the exit",
        "14 small and 57 large stores close; 516 stay open.",
        [
            Figure(
                "closing_stores",
                "Stores that close",
                71,
                "stores",
                "reported",
                "stores.csv",
                words=BUNDLED,
            )
        ],
        {
            "stores": Table(frame, {"size_sqft": "sqft"}),
            "metros": metros,
            "sources": sources,
            "event": event,
            **around,
        },
        tables_of={"closing_stores": "stores"},
    )
    top = bill.table.assign(store=bill.table["store_id"])
    if hostile:
        # Not the line separator: the library of the charts ends with an error at one in a label.
        drawn = [text for text in HOSTILE if "\u2028" not in text]
        top["store"] = [f"{drawn[place % len(drawn)]} {place}" for place in range(len(top))]
        top["banner"] = [HOSTILE[place % 2] for place in range(len(top))]

    def said(text: str, place: int) -> str:
        return HOSTILE[place] if hostile else text

    bars = ranked_bars(
        top,
        label="store",
        value="exit_cost_usd",
        unit="usd",
        group="banner",
        rows=8,
        title=said(
            "Eight stores cost most to leave, all of them large with years of lease left", 0
        ),
        source=said("closure model", 1),
        axis_title=said("Exit cost", 2),
        words=BUNDLED,
    )
    parts = top.head(4).melt("store", ["lease_exit_usd", "severance_usd"], "part", "usd")
    stack = stacked_bars(
        parts,
        label="store",
        part="part",
        value="usd",
        unit="usd",
        title=said("The lease is most of the bill", 11),
        source=said("closure model", 12),
        words=BUNDLED,
    )
    write(
        "02_closure",
        "What leaving costs",
        "Leaving all 71 stores costs 310 M, most of it rent.",
        [_figure("exit", "Cost of leaving", 310e6, 240e6, 420e6, "usd")],
        {"closure": bill},
        {"closure_top": bars, "closure_steps": stack},
        tables_of={"exit": "closure"},
    )
    write(
        "03_conversion",
        "Which stores convert",
        "12 of 57 large stores are worth more converted than closed.",
        [
            _figure("stores_converting", "Stores that convert", 12, 7, 19, "stores"),
            _figure("gain", "Gain over closing all", 48e6, -3e6, 96e6, "usd"),
        ],
        {"plan": choice, **moving},
        layers={"trade_areas": layer(frame, hostile=hostile)},
        tables_of={"stores_converting": "plan", "gain": "plan"},
    )
    checkout = pd.DataFrame(
        {
            "format": ["corner", "corner", "hall", "hall"],
            "site_type": "own",
            "technology": ["staffed", "jwo_vision"] * 2,
            "reading": ["", "installed"] * 2,
            "sales_usd_year": [1.5e6, 1.5e6, 11e6, 11e6],
            "cost_share_of_sales": [0.07, 0.13, 0.05, 0.13],
            "break_even_sales_usd_year": [np.nan, 4.3e6, np.nan, 33.8e6],
            "annual_cost_usd": [109e3, 199e3, 504e3, 1396e3],
        }
    )
    write(
        "04_checkout",
        "What checkout costs",
        "Without tills the small shop pays twice, the large one nearly three times as much.",
        [_figure("premium", "More a year than staffed lanes", 0.9e6, 0.4e6, 1.6e6, "usd_year")],
        {"checkout": Table(checkout, {"annual_cost_usd": "usd_year"}, {})},
        tables_of={"premium": "checkout"},
    )
    settings = MapSettings(formats=looks(FORMATS), words=BUNDLED)
    fmap = portfolio_map(frame, plan=choice, basemap=basemap(), metros=metros, settings=settings)
    shown = {
        "01_portfolio": {"text/html": inline(fmap)._repr_html_()},
        "02_closure": bars._repr_mimebundle_(),
        "03_conversion": {"text/html": html_table(choice, caption="The plan", words=BUNDLED).html},
        "04_checkout": {
            "text/html": "<script>window.hacked='cell'</script>"
            "<b onclick=\"window.hacked='click'\">table</b>"
        },
    }
    paths = []
    for name, data in shown.items():
        cells = [
            new_markdown_cell(f"# Notebook {name}\n\nSome *text* with `code` and <b>more</b>."),
            *([new_markdown_cell(text) for text in _hostile_prose()] if hostile else []),
            new_code_cell(
                "scenario: str = 'base'  # Which one.", metadata={"tags": ["parameters"]}
            ),
            new_code_cell(
                "show()",
                outputs=[
                    new_output("stream", name="stdout", text=HOSTILE[1] + "\n"),
                    new_output("display_data", data=data),
                ],
            ),
        ]
        path = executed / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        paths.append(path)
    return Sample(outputs, tuple(paths), basemap())
