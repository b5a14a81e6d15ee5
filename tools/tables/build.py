"""Builds every table of the data folder, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from retail_portfolio.inputs.build.slugs import metro_slug
from tools.tables import (
    backtest,
    barriers,
    basemap,
    codebook,
    competitors,
    corrections,
    demand,
    leases,
    ledger,
    metros,
    outcomes,
    rivals,
    stores,
    wholefoods,
)
from tools.tables.output import write_csv
from tools.tables.sources import (
    CURATED,
    SourceError,
    check_folder,
    read_curated,
    read_curated_text,
    read_table,
    read_zip_areas,
    source_path,
    zip_source,
)
from tools.tables.spatial import CountyLocator, county_locator

FORMATS = ("go", "fresh", "pickup", "wfm")


@dataclass
class Build:
    """What the steps share: the folders, tables already built and what was counted.

    Attributes
    ----------
    sources, out, curated : pathlib.Path
        Input and output folder; our own words and decisions.
    zips, tracts : pandas.DataFrame
        ZIP areas and tracts, read once.
    counts : dict
        Figures for the codebook and the log.
    """

    sources: Path
    out: Path
    zips: pd.DataFrame
    tracts: pd.DataFrame
    locator: CountyLocator
    curated: Path = CURATED
    counts: dict[str, str] = field(default_factory=dict)


def open_build(sources: Path, out: Path, curated: Path = CURATED) -> Build:
    """Check the source folder and read what several steps need."""
    check_folder(sources)
    tracts = demand.tract_table(read_table(sources, "tracts"))
    return Build(
        sources=sources,
        out=out,
        curated=curated,
        zips=read_zip_areas(sources),
        tracts=tracts,
        locator=county_locator(
            source_path(sources, "county_shapes"),
            tracts["lat"],
            tracts["lon"],
            tracts["county_fips"].tolist(),
        ),
    )


def build_ledger(build: Build) -> pd.DataFrame:
    """Write assumptions.csv and return it."""
    table = ledger.build_ledger(
        read_table(build.sources, "ledger"),
        read_curated("ledger", build.curated),
        pd.concat(
            [read_curated(name, build.curated) for name in ("ledger_added", "ledger_fitted")],
            ignore_index=True,
        ),
        read_curated("ledger_correlations", build.curated),
    )
    write_csv(table, build.out / "assumptions.csv", ledger.COLUMNS, ["key"])
    build.counts["ledger_correlations"] = str(int((table["correlated_with"] != "").sum()))
    build.counts["ledger_rows"] = str(len(table))
    build.counts["ledger_judgement"] = str(int((table["quality"] == "judgement").sum()))
    return table


def build_stores(build: Build, assumptions: pd.DataFrame) -> pd.DataFrame:
    """Write stores.csv and return it."""
    typical = {kind: ledger.base_text(assumptions, f"size_sqft.{kind}") for kind in FORMATS}
    listed = read_table(build.sources, "stores")
    added = read_curated("stores_added", build.curated)
    register = stores.build_register(
        pd.concat([listed, added], ignore_index=True).fillna(""),
        read_curated("stores", build.curated),
        build.zips,
        typical,
    )
    scrape = read_table(build.sources, "whole_foods")
    chain = wholefoods.build_whole_foods(
        scrape, read_curated("whole_foods_cities", build.curated), build.zips, typical["wfm"]
    )
    table = pd.concat([register, chain], ignore_index=True)
    write_csv(table, build.out / "stores.csv", stores.COLUMNS, ["store_id"])
    build.counts["whole_foods_rows"] = str(len(scrape))
    build.counts["whole_foods_stores"] = str(len(chain))
    for status in ("open", "closing", "closed"):
        build.counts[f"stores_{status}"] = str(int((table["status"] == status).sum()))
    return table


def build_leases(build: Build, register: pd.DataFrame, assumptions: pd.DataFrame) -> None:
    """Write leases.csv."""
    table = leases.build_leases(register, assumptions, read_curated("known_leases", build.curated))
    write_csv(table, build.out / "leases.csv", leases.COLUMNS, ["store_id"])
    modelled = int((table["remaining_term_origin"] == "modelled").sum())
    build.counts["leases_modelled"] = str(modelled)


def build_metros(build: Build, register: pd.DataFrame) -> dict[str, str]:
    """Write metros.csv and return county code to metro id."""
    closing = register[register["status"] == "closing"]
    where = build.locator.county(closing["lat"].astype(float), closing["lon"].astype(float))
    codes = metros.metro_codes(read_table(build.sources, "counties"), where)
    names = metros.metro_names(build.zips, set(codes.values()))
    table = metros.build_metros(build.tracts, codes, names, read_curated("metros", build.curated))
    write_csv(table, build.out / "metros.csv", metros.COLUMNS, ["metro_id"])
    build.counts["metros"] = str(len(table))
    return {county: metro_slug(names[code]) for county, code in codes.items()}


def build_demand(build: Build, metro_of_county: dict[str, str]) -> pd.DataFrame:
    """Write demand.csv and return it."""
    table, report = demand.build_demand(build.tracts, metro_of_county, build.zips)
    write_csv(table, build.out / "demand.csv", demand.COLUMNS, ["point_id"])
    build.counts["demand_tracts"] = str(report.tracts)
    build.counts["demand_empty"] = str(report.empty_tracts)
    build.counts["demand_people"] = f"{table['population'].astype(int).sum():,}"
    build.counts["demand_households"] = f"{table['households'].astype(int).sum():,}"
    build.counts["borrow_median_m"] = f"{report.median_borrow_m:.0f}"
    build.counts["borrow_largest_km"] = f"{report.largest_borrow_m / 1000:.1f}"
    build.counts["zips_without_figures"] = str(report.zips_without_figures)
    return table


def build_competitors(
    build: Build, metro_of_county: dict[str, str], points: pd.DataFrame
) -> competitors.CompetitorReport:
    """Write competitors.csv and return what each rule took."""
    chains = read_curated("chains", build.curated)
    rules = {key: chains[chains["source"] == key] for key in competitors.PRIORITY}
    places = read_table(build.sources, "all_the_places")
    walmart = read_table(build.sources, "walmart")
    found = [
        rivals.from_snap(
            read_table(build.sources, "snap"),
            rules["snap"],
            rivals.walmart_kinds(places, walmart),
        ),
        rivals.from_scrape(
            read_table(build.sources, "trader_joes"), rules["trader_joes"], "trader_joes"
        ),
        rivals.from_scrape(walmart, rules["walmart"], "walmart"),
        rivals.from_stiles(read_table(build.sources, "stiles"), rules["stiles"]),
        rivals.from_all_the_places(places, rules["atp"]),
    ]
    table, report = competitors.build_competitors(found, build.locator, metro_of_county, points)
    write_csv(table, build.out / "competitors.csv", competitors.COLUMNS, ["competitor_id"])
    build.counts["competitors"] = str(len(table))
    build.counts["competitors_beyond_edge"] = str(report.beyond_edge)
    return report


def build_barriers(build: Build) -> None:
    """Write barriers.csv."""
    # The shapes know Connecticut's counties of before 2022, as the places of rivals do.
    counties = {*read_table(build.sources, "counties")["GEOID"], *build.locator.geoids}
    table = barriers.known_barriers(read_curated("barriers", build.curated), counties)
    write_csv(table, build.out / "barriers.csv", barriers.COLUMNS, ["barrier_id"])
    within = table["county_a"] == table["county_b"]
    build.counts["barriers"] = str(len(table))
    build.counts["barriers_within"] = str(int(within.sum()))


def build_outcomes(build: Build, register: pd.DataFrame) -> None:
    """Write outcomes.csv and backtest/."""
    table = outcomes.build_outcomes(
        read_table(build.sources, "outcomes_us"),
        read_table(build.sources, "outcomes_uk"),
        register,
        read_curated("outcome_stores", build.curated),
    )
    write_csv(table, build.out / "outcomes.csv", outcomes.COLUMNS, ["outcome_id"])
    build.counts["outcomes"] = str(len(table))
    build.counts["outcomes_tied"] = str(int((table["store_id"] != "").sum()))
    sites = backtest.build_sites(read_table(build.sources, "backtest_sites"))
    folder = build.out / "backtest"
    write_csv(sites, folder / "sites.csv", backtest.SITE_COLUMNS, ["event", "site_name"])
    own = backtest.build_own_stores(read_table(build.sources, "backtest_own_stores"))
    key = ["event", "store_name"]
    write_csv(own, folder / "own_stores.csv", backtest.OWN_STORE_COLUMNS, key)
    build.counts["backtest_sites"] = str(len(sites))
    build.counts["backtest_own_stores"] = str(len(own))


def build_basemap(build: Build, metro_counties: set[str]) -> None:
    """Write basemap/states.geojson and basemap/counties.geojson."""
    folder = build.out / "basemap"
    shapes = source_path(build.sources, "county_shapes")
    counties = basemap.build_counties(shapes, metro_counties)
    basemap.write_geojson(counties, folder / "counties.geojson")
    table = read_table(build.sources, "counties")
    states = basemap.build_states(
        source_path(build.sources, "state_shapes"),
        counties,
        dict(zip(table["GEOID"], table["State"], strict=True)),
    )
    basemap.write_geojson(states, folder / "states.geojson")
    build.counts["basemap_counties"] = str(len(counties["features"]))
    build.counts["basemap_states"] = str(len(states["features"]))


def build_corrections(build: Build) -> None:
    """Write corrections.csv.

    Raises
    ------
    SourceError
        When a guard does not hold on the tables just written: the sources have moved.
    """
    table = read_curated("corrections", build.curated)
    write_csv(table, build.out / "corrections.csv", corrections.COLUMNS, ["correction_id"])
    build.counts["corrections"] = str(len(table))
    broken = corrections.broken_guards(table, build.out)
    if broken:
        lines = "\n".join(f"  {line}" for line in broken)
        raise SourceError(f"corrections.csv: guards that no longer hold:\n{lines}")


def build_codebook(build: Build, report: competitors.CompetitorReport) -> None:
    """Write SOURCES.md."""
    values = dict(build.counts)
    values["competitor_rules"] = codebook.rules_table(report)
    values["inputs"] = codebook.inputs_table()
    values["read_walmart"] = f"{report.read['walmart']:,}"
    blank = report.dropped.get(("no coordinates in the file", "walmart"), 0)
    values["walmart_without_point"] = f"{blank:,}"
    text = codebook.fill(read_curated_text("SOURCES.md", build.curated), values)
    (build.out / "SOURCES.md").write_text(text, encoding="utf-8", newline="\n")


def build_all(sources: Path, out: Path, curated: Path = CURATED) -> dict[str, str]:
    """Build every table and return what was counted on the way.

    Parameters
    ----------
    sources : pathlib.Path
        Folder with the files of `sources.FILES`.
    out : pathlib.Path
        The data folder; made if it does not exist, files of the same name are replaced.
    curated : pathlib.Path
        Our own words and decisions: notes, ledger names, chains, coverage, corrections.

    Raises
    ------
    SourceError
        When an input is missing or lacks a column; nothing has been written then.
    """
    build = open_build(sources, out, curated)
    build.counts["zip_source"] = zip_source(sources)
    assumptions = build_ledger(build)
    register = build_stores(build, assumptions)
    build_leases(build, register, assumptions)
    metro_of_county = build_metros(build, register)
    points = build_demand(build, metro_of_county)
    report = build_competitors(build, metro_of_county, points)
    build_barriers(build)
    build_outcomes(build, register)
    build_basemap(build, set(metro_of_county))
    build_corrections(build)
    build_codebook(build, report)
    return build.counts
