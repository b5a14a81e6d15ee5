"""Rivals from each source in one shape: chain, kind, place; or the rule that drops the row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

RIVAL_COLUMNS = (
    "source_key",
    "chain",
    "kind",
    "family",
    "name",
    "street",
    "city",
    "state",
    "zip",
    "lat",
    "lon",
    "rule",
)

SNAP_TYPES = ("Supermarket", "Super Store")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
INDEPENDENT = ("Independent", "ethnic", "independent")
_SCRAPE_TAIL = re.compile(r"^(?P<before>.*?),?\s+(?P<state>[A-Z]{2})\s+(?P<zip>\d{5})")


def classify(texts: Sequence[str], rules: pd.DataFrame) -> pd.DataFrame:
    """Return chain, kind, family and rule of each text by the first pattern that fits.

    Parameters
    ----------
    texts : sequence of str
        What the patterns are tried on; lower case is used.
    rules : pandas.DataFrame
        Rows of the curated chain list for one source, in order.

    Returns
    -------
    pandas.DataFrame
        One row a text; `rule` is why it is dropped, blank where kept, `no pattern` where nothing
        fits.
    """
    patterns = [re.compile(pattern) for pattern in rules["pattern"]]
    answers = rules[["chain", "kind", "family", "rule"]].to_dict("records")
    nothing = {"chain": "", "kind": "", "family": "", "rule": "no pattern"}
    found = []
    for text in texts:
        hits = (a for p, a in zip(patterns, answers, strict=True) if p.search(text.lower()))
        found.append(next(hits, nothing))
    return pd.DataFrame(found, columns=["chain", "kind", "family", "rule"])


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,")


def _degrees(text: str) -> str:
    """Return the number in a coordinate cell; a few carry a stray comma or bracket."""
    found = _NUMBER.search(text)
    return found.group(0) if found else ""


def _frame(parts: Mapping[str, Iterable[str]], answers: pd.DataFrame, source: str) -> pd.DataFrame:
    frame = pd.DataFrame({key: list(values) for key, values in parts.items()})
    for column in ("name", "street", "city"):
        frame[column] = [_clean(text) for text in frame[column]]
    for column in ("lat", "lon"):
        frame[column] = [_degrees(text) for text in frame[column]]
    frame["zip"] = [text[:5] for text in frame["zip"]]
    frame["state"] = [text.upper() for text in frame["state"]]
    frame["source_key"] = source
    frame = pd.concat([frame, answers.reset_index(drop=True)], axis=1)
    blank = ((frame["lat"] == "") | (frame["lon"] == "")) & (frame["rule"] == "")
    frame["rule"] = frame["rule"].mask(blank, "no coordinates in the file")
    return frame[list(RIVAL_COLUMNS)]


def from_snap(source: pd.DataFrame, rules: pd.DataFrame, walmart: dict[str, str]) -> pd.DataFrame:
    """Return rivals from a SNAP retailer list.

    Parameters
    ----------
    source : pandas.DataFrame
        Every retailer; only the types in `SNAP_TYPES` can be supermarkets.
    rules : pandas.DataFrame
        Curated patterns; a supermarket that fits none counts as an independent.
    walmart : dict
        Walmart store number to its kind of store, for names that give the number only.
    """
    rows = source[source["Store_Type"].isin(SNAP_TYPES)].reset_index(drop=True)
    answers = classify(rows["Store_Name"].tolist(), rules)
    alone = answers["rule"] == "no pattern"
    answers.loc[alone, ["chain", "kind", "family"]] = INDEPENDENT
    answers.loc[alone, "rule"] = ""
    for place in answers.index[(answers["chain"] == "Walmart") & (answers["kind"] == "")]:
        number = rows.loc[place, "Store_Name"].split()[-1]
        chain = walmart.get(number, "")
        answers.loc[place, "chain"] = chain
        answers.loc[place, "kind"] = "supercenter" if "Supercenter" in chain else "supermarket"
        if not chain:
            answers.loc[place, "rule"] = "Walmart without a full grocery range"
    parts = {
        "name": rows["Store_Name"],
        "street": rows["Store_Street_Address"],
        "city": rows["City"],
        "state": rows["State"],
        "zip": rows["Zip_Code"],
        "lat": rows["Latitude"],
        "lon": rows["Longitude"],
    }
    return _frame(parts, answers, "snap")


def from_all_the_places(source: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Return rivals from the All the Places list; patterns see `spider brand name`."""
    texts = source["spider"] + " " + source["brand"] + " " + source["name"]
    parts = {
        "name": source["name"],
        "street": source["address"],
        "city": source["city"],
        "state": source["state"],
        "zip": source["zip"],
        "lat": source["lat"],
        "lon": source["lon"],
    }
    return _frame(parts, classify(texts.tolist(), rules), "atp")


def from_stiles(source: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Return rivals from the stiles/locations list; patterns see the brand."""
    names = (source["brand"] + " " + source["name"]).str.strip()
    parts = {
        "name": names,
        "street": source["address"],
        "city": source["city"],
        "state": source["state"],
        "zip": source["zip"],
        "lat": source["latitude"],
        "lon": source["longitude"],
    }
    return _frame(parts, classify(source["brand"].tolist(), rules), "stiles")


def from_scrape(source: pd.DataFrame, rules: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return rivals from a store-page scrape (Trader Joe's, Walmart).

    The address holds street, city, state and ZIP in one cell. The city is the row's own City
    column, a slug turned back into words; the street is what precedes it.
    """
    streets, zips, cities = [], [], []
    for address, slug in zip(source["Address"], source["City"], strict=True):
        city = " ".join(word.capitalize() for word in re.split(r"[-\s]+", slug) if word)
        found = _SCRAPE_TAIL.match(_clean(address))
        before = _clean(found["before"]) if found else _clean(address)
        if city and before.lower().endswith(city.lower()):
            before = _clean(before[: -len(city)])
        streets.append(before)
        zips.append(found["zip"] if found else "")
        cities.append(city)
    parts = {
        "name": source["Store Name"].tolist(),
        "street": streets,
        "city": cities,
        "state": source["State"].tolist(),
        "zip": zips,
        "lat": source["Latitude"].tolist(),
        "lon": source["Longitude"].tolist(),
    }
    return _frame(parts, classify(source["Store Name"].tolist(), rules), key)


def walmart_kinds(places: pd.DataFrame, scrape: pd.DataFrame) -> dict[str, str]:
    """Return Walmart store number to chain name, the newer list over the older."""
    kinds: dict[str, str] = {}
    older = places[places["spider"] == "walmart"]
    for numbers, names in (
        (older["ref"], older["name"]),
        (scrape["Store Number"], scrape["Store Name"]),
    ):
        for number, name in zip(numbers, names, strict=True):
            for part in ("Neighborhood Market", "Supercenter"):
                if part in name:
                    kinds[number] = f"Walmart {part}"
    return kinds
