"""A small explorer of plans, and a page with it and with frames that listen, for its tests."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd

from retail_portfolio.model.targets import decision_of
from retail_portfolio.present.explorer.plan_explorer import Explorer, explorer
from retail_portfolio.present.map_kinds import FormatLook
from retail_portfolio.present.offline import frame, offline_page
from retail_portfolio.present.outputs import NotebookOutput, Outputs
from retail_portfolio.present.pages import resource
from retail_portfolio.present.tables import Table
from tests.conftest import BUNDLED

LOOKS = {
    "hall": FormatLook("Market Hall", "closing"),
    "green": FormatLook("Green Grocer"),
    "stall": FormatLook("Green Stall", "candidate target"),
}
_LISTENER = """<!DOCTYPE html><html><head></head><body><script>
window.heard = [];
window.addEventListener("message", function (e) {
  if (e.source === window.parent && e.data.rpPlan) window.heard.push(e.data.rpPlan);
});
</script></body></html>"""


def stores() -> pd.DataFrame:
    """Five closing stores, and one that was never part of the wave."""
    return pd.DataFrame(
        {
            "store_id": [*"abcde", "z"],
            "banner": "Market Hall",
            "name": [f"Market Hall {name}" for name in ("Elm", "Oak", "Ash", "Fir", "Yew", "Bay")],
            "city": ["Elmton", "Oakton", "Ashton", "Firton", "", "Bayton"],
            "state": "YY",
            "status": ["closing"] * 5 + ["open"],
        }
    )


def plan_rows() -> pd.DataFrame:
    """The best plan, three numbers, three budgets, three other scenarios, and a named plan."""
    million = 1e6
    nan = float("nan")
    rows = [
        ("best", "best", nan, "Best plan of this scenario", "optimal", 30, 30, 20, ""),
        ("number-0", "number", 0, "No conversion: every store closes", "optimal", 0, 0, 0, ""),
        ("number-1", "number", 1, "Best plan with 1 conversion", "optimal", 18, 18, 12, ""),
        ("number-2", "number", 2, "Best plan with 2 conversions", "optimal", 30, 30, 20, ""),
        ("number-3", "number", 3, "Best plan with 3 conversions", "feasible", 28, 29, 31, ""),
        ("budget-6000000", "budget", 6e6, "Best plan for USD 6 M", "optimal", 4, 4, 5, ""),
        ("budget-13000000", "budget", 13e6, "Best plan for USD 13 M", "optimal", 18, 18, 12, ""),
        ("budget-20000000", "budget", 20e6, "Best plan for USD 20 M", "optimal", 30, 30, 20, ""),
        ("scenario-dear", "scenario", nan, "Dear building", "optimal", 7, 7, 24, ""),
        ("scenario-none", "scenario", nan, "Too much", "infeasible", nan, nan, nan, "at least 9"),
        ("scenario-torn", "scenario", nan, "torn", "unreadable", nan, nan, nan, "row 3 is torn"),
        ("named", "named", nan, "The plan named", "infeasible", 21, 30, 26, "beyond: at most 1"),
    ]
    names = ["plan", "axis", "position", "title", "status"]
    money = ["objective_usd", "bound_usd", "capital_usd"]
    table = pd.DataFrame(rows, columns=[*names, *money, "note"])
    table[money] = table[money] * million
    return table


def converting() -> pd.DataFrame:
    """What converts in each of these plans."""
    return _decided(
        {
            "best": "a:green b:stall",
            "number-1": "a:green",
            "number-2": "a:green b:stall",
            "number-3": "a:green b:stall c:stall",
            "budget-6000000": "c:stall",
            "budget-13000000": "a:green",
            "budget-20000000": "a:green b:stall",
            "scenario-dear": "a:stall c:stall",
            "named": "a:green d:green",
        }
    )


def deciding() -> pd.DataFrame:
    """What these plans decide where stores may stay and move as well."""
    return _decided(
        {
            "best": "a:green d:relocate e:keep",
            "number-0": "d:keep e:keep",
            "number-1": "a:green d:relocate e:keep",
            "number-2": "a:green b:stall e:keep",
            "scenario-dear": "a:stall d:relocate",
            "named": "e:relocate",
        }
    )


def _decided(plans: dict[str, str]) -> pd.DataFrame:
    pairs = [(plan, *each.split(":")) for plan, sites in plans.items() for each in sites.split()]
    rows = [(plan, one, decision_of(target)) for plan, one, target in pairs]
    return pd.DataFrame(rows, columns=["plan", "store_id", "decision"])


def places() -> pd.DataFrame:
    """Where one of the two stores that some plan moves would move to; the other is not named."""
    return pd.DataFrame({"store_id": ["d"], "name": ["Mill Road"], "lat": [40.1], "lon": [-83.0]})


def outputs_of(**tables: pd.DataFrame | None) -> Outputs:
    """Return what notebooks would leave: the tables above, where others are not given."""
    frames = {
        "stores": stores(),
        "frontier_plans": plan_rows(),
        "frontier_stores": converting(),
    } | tables
    kept = {name: Table(one) for name, one in frames.items() if one is not None}
    return Outputs(
        {"03_conversion": NotebookOutput("03_conversion", "", "", (), kept, (), {}, words=BUNDLED)},
        words=BUNDLED,
    )


def made(**tables: pd.DataFrame | None) -> Explorer:
    """Return the explorer of these tables."""
    found = explorer(outputs_of(**tables), LOOKS)
    assert found is not None
    return found


def write(path: Path, **tables: pd.DataFrame | None) -> Path:
    """Write a page with the explorer, a frame in ``#map`` that listens, and one elsewhere."""
    listening = offline_page(_LISTENER, title="A map")
    text = (
        f"<!DOCTYPE html><html><head><style>{resource('site.css')}</style><script>"
        "window.told = [];"
        'window.addEventListener("rp-plan", function (e) { window.told.push(e.detail); });'
        f"</script></head><body><main><h1>{escape('Plans')}</h1>{made(**tables).html}"
        f"<section id='map'>{frame(listening, title='In the map')}</section>"
        f"<aside>{frame(listening, title='Elsewhere')}</aside></main></body></html>"
    )
    path.write_text(offline_page(text, title="Plans"), encoding="utf-8")
    return path
