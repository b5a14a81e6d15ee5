"""Pages of a report open in a second, from disk, in a browser that reaches no host.

The bundled case's map beside a bare Leaflet page with the same points as markers, and beside one
with circles on a canvas; maps of 10,000 and of 100,000 made-up stores beside the latter, the larger
with the time from a step on the map to the next frame and with a search; the summary, and the size
of the whole report. Times are medians of openings in which the sides take turns, each in a context
of its own, of a browser that runs already. What a first frame is stands in `common.browser`.

The report is the one that ``--report`` names, else ``reports/latest``, else one that is made first.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from common.browser import NEXT_FRAME, NoBrowser, Seen, browser, middle, opened
from common.map_pages import MARKS, made_up_stores, write_bare, write_ours
from common.records import Records, arguments
from common.runner import ROOT, Measured, environment, say

if TYPE_CHECKING:
    from collections.abc import Mapping

CASE = {
    "raw_mb_at_most": 2.5,
    "gzipped_kb_at_most": 700,
    "our_seconds_at_most": 1,
    "times_slower_at_most": 1.5,
    "difference_at_most": 0,
    "unwanted_at_most": 0,
}
SAME = {"difference_at_most": 0}
MANY = {
    "raw_mb_at_most": 2.2,
    "our_seconds_at_most": 1,
    "difference_at_most": 0,
    "unwanted_at_most": 0,
}
HUGE = {
    "our_seconds_at_most": 5,
    "next_frame_seconds_at_most": 0.25,
    "unfound_at_most": 0,
    "difference_at_most": 0,
    "unwanted_at_most": 0,
}
SUMMARY = {"our_seconds_at_most": 1, "folder_mb_at_most": 15, "unwanted_at_most": 0}
STORES, STORES_QUICK = (10_000, 100_000), (200, 2_000)
ROUNDS = 7
BARE = "a bare Leaflet page with {}, no base map"
MAP = "window[Object.keys(window).find(key => /^map_[0-9a-f]+$/.test(key))]"
#: What a reader does on a map, one after the other: moves over the country, goes nearer, moves on.
STEPS = (
    "panBy([300, 150], {animate: false})",
    "setZoom(map.getZoom() + 2, {animate: false})",
    "panBy([-400, 100], {animate: false})",
    "setZoom(map.getZoom() + 2, {animate: false})",
    "panBy([200, -200], {animate: false})",
    "setZoom(map.getZoom() - 4, {animate: false})",
)
SEARCH = "[role=combobox]"


def main() -> int:
    """Measure, print the records, and return the exit status."""
    asked = arguments(__doc__ or "", report="folder of a finished report of the bundled case")
    records = Records("pages", quick=asked.quick)
    rounds = 1 if asked.quick else ROUNDS
    try:
        with browser() as chromium, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if asked.report or not asked.quick:
                report = _report(asked.report, folder)
                _bundled(records, chromium, report, folder, rounds)
                _summary(records, chromium, report, rounds)
            some, most = STORES_QUICK if asked.quick else STORES
            _made_up(records, chromium, folder, some, rounds, MANY)
            _made_up(records, chromium, folder, most, min(rounds, 3), HUGE)
    except NoBrowser as reason:
        records.fail("pages in a browser", str(reason))
    return records.exit_status


def _report(named: str | None, folder: Path) -> Path:
    latest = ROOT / "reports" / "latest"
    if named or latest.exists():
        return Path(named or latest).resolve()
    say("making a report of the bundled case first: some minutes")
    command = [sys.executable, "-m", "retail_portfolio", "report", "--out", str(folder / "made")]
    # The notebooks take what threads they want; only measured sides are held to one.
    subprocess.run(command, env={**environment()}, stdout=subprocess.DEVNULL, check=True)
    return (folder / "made" / "latest").resolve()


# --------------------------------------------------------------------------------- measurements
def _bundled(records: Records, chromium: Any, report: Path, folder: Path, rounds: int) -> None:
    stores = pd.read_csv(report / "tables" / "stores.csv")
    seen = stores[stores["lat"].notna() & stores["status"].ne("closed")]
    bare = {kind: write_bare(folder / f"bare_{kind}.html", seen, kind) for kind in MARKS}
    pages = {"ours": report / "map.html", **bare}
    turns = _turns(chromium, pages, len(seen), rounds)
    setting = f"map of the bundled case, {len(seen)} stores"
    _add_map(records, setting, pages, CASE, turns, against="markers")
    _add_map(records, f"{setting}, beside circles", pages, SAME, turns, against="circles")


def _made_up(
    records: Records,
    chromium: Any,
    folder: Path,
    count: int,
    rounds: int,
    limit: Mapping[str, float],
) -> None:
    say(f"a map of {count:,} made-up stores")
    stores, plan = made_up_stores(count)
    pages = {
        "ours": write_ours(folder / f"ours{count}.html", stores, plan),
        "circles": write_bare(folder / f"bare{count}.html", stores.table, "circles"),
    }
    turns = _turns(chromium, pages, count, rounds)
    facts = _used(chromium, pages["ours"], stores.table) if "unfound_at_most" in limit else {}
    _add_map(
        records, f"map of {count:,} made-up stores", pages, limit, turns, against="circles", **facts
    )


def _summary(records: Records, chromium: Any, report: Path, rounds: int) -> None:
    turns = _turns(chromium, {"ours": report / "index.html"}, 0, rounds)["ours"]
    files = [path for path in report.rglob("*") if path.is_file()]
    records.add(
        "summary: first contentful paint; folder: the whole report",
        Measured([middle([one.paint_seconds for one in turns])]),
        None,
        SUMMARY,
        raw_mb=_megabytes(report / "index.html"),
        folder_mb=round(sum(path.stat().st_size for path in files) / 1e6, 2),
        unwanted=max(one.unwanted for one in turns),
        paint_seconds=[round(one.paint_seconds, 4) for one in turns],
    )


def _turns(
    chromium: Any, pages: Mapping[str, Path], count: int, rounds: int
) -> dict[str, list[Seen]]:
    """Open every page in turns; where there are several, the first is not counted."""
    found: dict[str, list[Seen]] = {who: [] for who in pages}
    warm_ups = int(rounds > 1)
    for turn in range(warm_ups + rounds):
        for who, path in pages.items():
            with opened(chromium, path, count) as (_, seen):
                if turn >= warm_ups:
                    found[who].append(seen)
                    say(f"  {who}, turn {turn}: {seen.frame_seconds:.3f} s")
    return found


def _used(chromium: Any, path: Path, stores: pd.DataFrame) -> dict[str, Any]:
    """Move over a map and look for a store of it."""
    with opened(chromium, path, len(stores)) as (page, _):
        times = [page.evaluate(_timed(step)) for step in STEPS]
        name = str(stores["name"].iloc[-1])
        began = page.evaluate("performance.now()")
        page.locator(SEARCH).first.fill(name)
        page.locator(SEARCH).first.press("Enter")
        card = page.locator(".rp-card", has_text=name)
        card.first.wait_for()
        searched = (page.evaluate("performance.now()") - began) / 1000
        return {
            "unfound": int(card.count() != 1),
            "search_seconds": round(searched, 3),
            "next_frame_seconds": round(max(times), 4),
            "steps_seconds": [round(one, 4) for one in times],
        }


def _timed(step: str) -> str:
    return (
        f"async () => {{ const map = {MAP}, began = performance.now(); map.{step};"
        f" return ((await ({NEXT_FRAME})()) - began) / 1000; }}"
    )


def _add_map(
    records: Records,
    setting: str,
    pages: Mapping[str, Path],
    limit: Mapping[str, float],
    turns: Mapping[str, list[Seen]],
    *,
    against: str,
    **facts: Any,
) -> None:
    ours, peer = ([one.frame_seconds for one in turns[who]] for who in ("ours", against))
    drawn = [one.drawn for who in ("ours", against) for one in turns[who]]
    records.add(
        setting,
        Measured([middle(ours)]),
        Measured([middle(peer)]),
        limit,
        against=BARE.format(against),
        difference=max(drawn) - min(drawn),
        raw_mb=_megabytes(pages["ours"]),
        gzipped_kb=round(len(gzip.compress(pages["ours"].read_bytes(), 6)) / 1e3, 1),
        unwanted=max(one.unwanted for one in turns["ours"]),
        first_paint_seconds=middle([one.paint_seconds for one in turns["ours"]]),
        our_turns_seconds=[round(one, 4) for one in ours],
        peer_turns_seconds=[round(one, 4) for one in peer],
        **facts,
    )


def _megabytes(path: Path) -> float:
    return round(path.stat().st_size / 1e6, 3)


if __name__ == "__main__":
    sys.exit(main())
