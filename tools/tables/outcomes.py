"""outcomes.csv: what became of US and UK sites, tied to the register where that is certain."""

from __future__ import annotations

import re

import pandas as pd

from tools.tables.stores import cite

COLUMNS = (
    "outcome_id",
    "store_id",
    "banner",
    "site_name",
    "city",
    "state",
    "country",
    "outcome",
    "new_tenant",
    "announced",
    "expected_open",
    "confidence",
    "origin",
    "source",
)

NEVER_OPENED = "leased, never opened"
_DAY = re.compile(r"\d{4}(?:-\d{2}){0,2}")


def plain_banner(text: str) -> str:
    """Return the banner without the remark behind it.

    Examples
    --------
    >>> plain_banner("Amazon Fresh (leased, never opened)"), plain_banner("Amazon Fresh UK")
    ('Amazon Fresh', 'Amazon Fresh')
    """
    return re.sub(r"\s*\(.*\)$|\s+UK$", "", text)


def first_day(text: str) -> str:
    """Return the first date in a text, as precise as it stands there; blank if none.

    Examples
    --------
    >>> first_day("opened 2025-10-23"), first_day("before summer 2026"), first_day("")
    ('2025-10-23', '2026', '')
    """
    found = _DAY.search(text)
    return found.group(0) if found else ""


def match_store(row: pd.Series, register: pd.DataFrame, pinned: dict[str, str]) -> str:
    """Return the register's id of a site, blank where it is not certain.

    A pinned site comes first; then the only store of the banner and status in the city; then the
    only one of those with the same house number. A site that never opened is no store.
    """
    banner = plain_banner(row["banner"])
    site = f"{banner}|{row['state']}|{row['site_name']}"
    if site in pinned:
        return pinned[site]
    if NEVER_OPENED in row["banner"]:
        return ""
    status = "closed" if "closed before" in row["banner"] else "closing"
    near = register[
        (register["banner"] == banner)
        & (register["status"] == status)
        & (register["state"] == row["state"])
        & (register["city"] == row["city"])
    ]
    if len(near) > 1:
        number = row["street"].split(" ")[0]
        near = near[near["street"].str.split(" ").str[0] == number]
    return str(near["store_id"].iloc[0]) if len(near) == 1 else ""


def _site_name(row: pd.Series) -> str:
    name = str(row["site_name"])
    return f"{name} ({NEVER_OPENED})" if NEVER_OPENED in row["banner"] else name


def _site_id(country: str, banner: str, state: str, site: str) -> str:
    kind = "go" if banner == "Amazon Go" else "fresh"
    words = re.sub(r"[^a-z0-9]+", "-", site.lower().replace("'", "")).strip("-")
    parts = [country.lower().replace("gb", "uk"), kind, state.lower(), words]
    return "-".join(part for part in parts if part)


def build_outcomes(
    us_sites: pd.DataFrame, uk_sites: pd.DataFrame, register: pd.DataFrame, pinned: pd.DataFrame
) -> pd.DataFrame:
    """Build outcomes.csv.

    Parameters
    ----------
    us_sites, uk_sites : pandas.DataFrame
        The source lists.
    register : pandas.DataFrame
        stores.csv as built.
    pinned : pandas.DataFrame
        `banner`, `state`, `site_name`, `store_id` of sites the rule cannot tell apart.

    Returns
    -------
    pandas.DataFrame
        Text columns as in `COLUMNS`. A site whose fate was not found has the outcome `unknown`
        and the confidence `not_established`: that is no sign of either outcome.
    """
    pins = {
        f"{row['banner']}|{row['state']}|{row['site_name']}": str(row["store_id"])
        for _, row in pinned.iterrows()
    }
    rows = []
    for country, sites in (("US", us_sites), ("GB", uk_sites)):
        for _, row in sites.iterrows():
            state = row["state"] if country == "US" else ""
            banner = plain_banner(row["banner"])
            rows.append(
                {
                    "outcome_id": _site_id(country, banner, state, row["site_name"]),
                    "store_id": match_store(row, register, pins) if country == "US" else "",
                    "banner": banner,
                    "site_name": _site_name(row),
                    "city": row["city"],
                    "state": state,
                    "country": country,
                    "outcome": row["outcome"],
                    "new_tenant": row["new_tenant"],
                    "announced": first_day(row["announced_date"]),
                    "expected_open": first_day(row["expected_open"]),
                    "confidence": row["confidence"],
                    "origin": "reported",
                    "source": cite(row["source_urls"], "|"),
                }
            )
    return pd.DataFrame(rows)[list(COLUMNS)]
