"""stores.csv, second part: the US Whole Foods Market stores."""

from __future__ import annotations

import re

import pandas as pd

from tools.tables.stores import COLUMNS

SOURCE = "Whole Foods Market store pages, scrape of 2024-05-31 (WholeFoodsScraper, MIT)"
_TAIL = re.compile(r"^(?P<before>.*?),?\s+(?P<state>[A-Z]{2})\s+(?P<zip>\d{5})(?:-\d{4})?\s*$")
_STREET_END = re.compile(
    r"^(?P<street>.*\b(?:St|Ave|Rd|Blvd|Dr|Pkwy|Hwy|Ln|Way|Pl|Plaza|Pike|Ct|Cir|Loop|Fwy|Tpke|"
    r"Street|Avenue|Road|Drive|Parkway|Highway|Lane|NW|NE|SW|SE|North|South|East|West)\.?,?)\s+"
    r"(?P<city>[A-Z][\w.' -]+)$"
)


def slug(url: str) -> str:
    """Return the last part of a store page's address, safe for an id.

    Examples
    --------
    >>> slug("https://www.wholefoodsmarket.com/stores/Dublin_CA/")
    'dublin-ca'
    """
    last = url.rstrip("/").rsplit("/", 1)[-1].lower()
    return re.sub(r"[^a-z0-9]+", "-", last).strip("-")


def known_cities(zips: pd.DataFrame) -> dict[str, list[str]]:
    """Return the post-office city names of each state, longest first."""
    table = zips.loc[zips["primary_city"] != "", ["state", "primary_city"]].drop_duplicates()
    cities: dict[str, list[str]] = {}
    for state, group in table.groupby("state"):
        names = sorted(group["primary_city"], key=lambda name: (-len(name), name))
        cities[str(state)] = [str(name) for name in names]
    return cities


def split_street_city(before: str, zip_city: str, cities: list[str]) -> tuple[str, str]:
    """Split `street city` where no comma tells them apart.

    The ZIP's own post-office city is tried first, then the longest city of the state that ends
    the text, then the words after the last street word.

    Returns
    -------
    tuple of str
        Street and city; the city is blank when nothing fits.
    """
    text = re.sub(r"\s+", " ", before).strip()
    for city in [zip_city, *cities]:
        if city and text.lower().endswith(" " + city.lower()):
            street = text[: -len(city)].rstrip(" ,")
            return street, text[-len(city) :]
    found = _STREET_END.match(text)
    if found:
        return found.group("street").rstrip(" ,"), found.group("city")
    return text, ""


def build_whole_foods(
    scrape: pd.DataFrame, overrides: pd.DataFrame, zips: pd.DataFrame, size_sqft: str
) -> pd.DataFrame:
    """Build the Whole Foods Market rows of stores.csv, one a store page.

    Parameters
    ----------
    scrape : pandas.DataFrame
        The store list, repeated pages included.
    overrides : pandas.DataFrame
        `slug` and `city` where the address does not give the city away.
    zips : pandas.DataFrame
        ZIP areas, for the names of cities.
    size_sqft : str
        The ledger's typical size.

    Raises
    ------
    ValueError
        When an address cannot be read or its state differs from the row's state.
    """
    rows = scrape.drop_duplicates("Url", keep="first").reset_index(drop=True)
    cities = known_cities(zips)
    zip_city = dict(zip(zips["zip"], zips["primary_city"], strict=True))
    fixed = dict(zip(overrides["slug"], overrides["city"], strict=True))
    out = []
    for _, row in rows.iterrows():
        found = _TAIL.match(row["Address"].strip())
        if not found or found["state"] != row["State"].upper():
            raise ValueError(f"whole foods: cannot read address {row['Address']!r}")
        key = slug(row["Url"])
        hint = str(fixed.get(key, zip_city.get(found["zip"], "")))
        street, city = split_street_city(found["before"], hint, cities.get(found["state"], []))
        if not city:
            raise ValueError(f"whole foods: no city found in {row['Address']!r}")
        out.append(
            {
                "store_id": f"wfm-{found['state'].lower()}-{key}",
                "name": "Whole Foods Market " + re.sub(r"\s+", " ", row["Store Name"]).strip(),
                "street": street,
                "city": city,
                "state": found["state"],
                "zip": found["zip"],
                "lat": f"{float(row['Latitude']):.5f}",
                "lon": f"{float(row['Longitude']):.5f}",
                "source": f"{SOURCE}; {row['Url']}",
            }
        )
    table = pd.DataFrame(out)
    table["banner"] = "Whole Foods Market"
    table["format"] = "wfm"
    table["point_precision_m"] = "100"
    table["point_origin"] = "reported"
    table["status"] = "open"
    table["size_sqft"] = size_sqft
    table["size_origin"] = "assumed"
    table["checkout_technology"] = "unknown"
    table["confidence"] = "high"
    return table.reindex(columns=list(COLUMNS), fill_value="")
