"""assumptions.csv: the ledger of every figure the models use, with its range and its source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from tools.tables.output import number_text
from tools.tables.stores import cite

COLUMNS = (
    "key",
    "group",
    "description",
    "unit",
    "low",
    "base",
    "high",
    "distribution",
    "as_of",
    "origin",
    "quality",
    "source",
    "source_url",
    "note",
    "correlated_with",
    "rank_correlation",
)

ORIGINS: Mapping[str, str] = MappingProxyType(
    {
        "primary filing": "observed",
        "government statistics": "observed",
        "company statement": "reported",
        "reputable press": "reported",
        "trade press": "reported",
        "secondary web": "reported",
        "academic": "reported",
        "vendor claim": "reported",
        "estimate": "assumed",
        "judgement": "assumed",
    }
)

MARKS = frozenset({"observed", "reported", "assumed", "modelled"})
LEFT_OUT = "-"
_KEY = re.compile(r"^[a-z0-9_]+(\.[a-z0-9_]+){0,2}$")


def _from_source(source: pd.DataFrame, curated: pd.DataFrame) -> pd.DataFrame:
    """Join the source's figures to our key, unit and words; scale where the unit changes."""
    odd = set(source["key"]) ^ set(curated["source_key"])
    if odd:
        raise ValueError(f"ledger source and curated words differ: {', '.join(sorted(odd))}")
    kept = curated[curated["key"] != LEFT_OUT].rename(columns={"note": "note_ours"})
    figures = source.drop(
        columns=["group", "description", "unit", "note", "origin"], errors="ignore"
    )
    rows = kept.merge(
        figures.rename(columns={"key": "source_key"}), on="source_key", how="left", validate="m:1"
    )
    for column in ("low", "base", "high"):
        scaled = rows[column].astype(float) * rows["factor"].astype(float)
        rows[column] = [number_text(value, 6) for value in scaled]
    rows["source"] = rows["source_title"]
    rows["note"] = rows["note_ours"]
    return rows


def _with_correlations(rows: pd.DataFrame, correlated: pd.DataFrame) -> pd.DataFrame:
    """Add what is said of correlations to the rows of its keys, the reason to their notes."""
    odd = sorted(set(correlated["key"]) - set(rows["key"]))
    if odd or correlated["key"].duplicated().any() or (correlated == "").any(axis=None):
        double = correlated.loc[correlated["key"].duplicated(), "key"].tolist()
        message = f"ledger: correlations of unknown keys {odd}, of keys twice {double}, or blanks"
        raise ValueError(message)
    joined = rows.merge(correlated, on="key", how="left", validate="m:1").fillna("")
    joined["note"] = (joined["note"] + " " + joined["reason"]).str.strip()
    return joined


def build_ledger(
    source: pd.DataFrame,
    curated: pd.DataFrame,
    added: pd.DataFrame,
    correlated: pd.DataFrame,
) -> pd.DataFrame:
    """Build assumptions.csv.

    Parameters
    ----------
    source : pandas.DataFrame
        Figures with key, low, base, high, date, source and quality.
    curated : pandas.DataFrame
        For each source key our key, group, unit, factor and words; key `-` leaves it out. An
        `origin` that is not blank goes before the mark that follows from the quality.
    added : pandas.DataFrame
        Rows the source lacks, with the same right to an `origin`.
    correlated : pandas.DataFrame
        Which names move together: key, correlated_with, rank_correlation and the reason, which
        goes behind the note of the key's row.

    Returns
    -------
    pandas.DataFrame
        Text columns as in `COLUMNS`.

    Raises
    ------
    ValueError
        On a repeated or malformed key, an unknown quality or origin, low <= base <= high broken, or
        a correlation of a key that is not there.
    """
    rows = pd.concat([_from_source(source, curated), added], ignore_index=True).fillna("")
    unknown = set(rows["quality"]) - set(ORIGINS)
    if unknown:
        raise ValueError(f"ledger: unknown quality {sorted(unknown)}")
    ours = rows["origin"] if "origin" in rows else pd.Series("", index=rows.index)
    if set(ours) - MARKS - {""}:
        raise ValueError(f"ledger: unknown origin {sorted(set(ours) - MARKS - {''})}")
    rows["origin"] = ours.where(ours != "", rows["quality"].map(ORIGINS))
    low, base, high = (rows[column].astype(float) for column in ("low", "base", "high"))
    broken = rows.loc[~((low <= base) & (base <= high)), "key"]
    if len(broken):
        raise ValueError(f"ledger: low <= base <= high broken for {', '.join(broken)}")
    rows["distribution"] = ["fixed" if a == b else "pert" for a, b in zip(low, high, strict=True)]
    bad = [key for key in rows["key"] if not _KEY.match(key)]
    if bad or rows["key"].duplicated().any():
        double = rows.loc[rows["key"].duplicated(), "key"].tolist()
        raise ValueError(f"ledger: malformed keys {bad}, repeated keys {double}")
    no_title = (rows["source"] == "") & (rows["quality"] == "judgement")
    rows["source"] = rows["source"].mask(no_title, "Judgement, no public figure found")
    rows["source_url"] = [cite(url, " ") for url in rows["source_url"]]
    return _with_correlations(rows, correlated)[list(COLUMNS)]


def base_text(ledger: pd.DataFrame, key: str) -> str:
    """Return the base value of a ledger row as it is written in the table.

    Raises
    ------
    KeyError
        When the ledger has no such key.
    """
    row = ledger.loc[ledger["key"] == key, "base"]
    if row.empty:
        raise KeyError(key)
    return str(row.iloc[0])


def most_specific(ledger: pd.DataFrame, name: str, store_format: str, state: str) -> str:
    """Return the base value of the most specific row: name.format.state down to name."""
    known = set(ledger["key"])
    for key in (f"{name}.{store_format}.{state.lower()}", f"{name}.{store_format}"):
        if key in known:
            return base_text(ledger, key)
    state_key = f"{name}.{state.lower()}"
    return base_text(ledger, state_key if state_key in known else name)
