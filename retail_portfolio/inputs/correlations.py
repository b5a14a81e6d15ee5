"""Which assumptions move together: what the ledger says of it, gathered name by name.

A row may say that its name is correlated with another one, and how much: Spearman's rank
correlation, -1 to 1. What one row says holds for the whole name, the key before its first dot. A
name is correlated with one other at most and no chain of them leads back to where it began, so the
names form a forest, and any correlations on it agree with each other: beside a chain of two, r and
s, the correlation of its ends follows and cannot contradict them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retail_portfolio.inputs.assumptions import Assumption


@dataclass(frozen=True, slots=True)
class Correlation:
    """What the ledger says of a name and the one it is correlated with."""

    name: str
    """The other name, without suffixes."""
    rank: float
    """Spearman's rank correlation with it, -1 to 1."""


def correlations(rows: Iterable[Assumption]) -> dict[str, Correlation]:
    """
    Return what rows of the ledger say of correlations, by name.

    Parameters
    ----------
    rows
        Rows of the ledger; where two of a name say something, the first counts.

    Returns
    -------
    dict
        By name without suffixes; names of which nothing is said are not in it.
    """
    found: dict[str, Correlation] = {}
    for row in rows:
        if row.correlated_with and row.rank_correlation is not None:
            said = Correlation(row.correlated_with, row.rank_correlation)
            found.setdefault(row.key.partition(".")[0], said)
    return found


def cycles(parents: Mapping[str, str]) -> list[tuple[str, ...]]:
    """
    Return the chains of names that lead back to where they began.

    Parameters
    ----------
    parents
        The name that each name is correlated with.

    Returns
    -------
    list of tuple
        Each cycle once, from its first name in the order of the mapping.

    Examples
    --------
    >>> cycles({"a": "b", "b": "c", "c": "b", "d": "d"})
    [('b', 'c'), ('d',)]
    """
    found: list[tuple[str, ...]] = []
    known: set[str] = set()
    for start in parents:
        chain: dict[str, None] = {}
        name = start
        while name in parents and name not in known and name not in chain:
            chain[name] = None
            name = parents[name]
        if name in chain:
            round_ = list(chain)[list(chain).index(name) :]
            first = min(map(list(parents).index, round_))
            at = round_.index(list(parents)[first])
            found.append((*round_[at:], *round_[:at]))
        known |= chain.keys()
    return found


def parents_first(found: Mapping[str, Correlation]) -> list[str]:
    """
    Return the names in an order in which each comes after the one it is correlated with.

    Raises
    ------
    ValueError
        If a chain of names leads back to where it began.
    """
    parents = {name: said.name for name, said in found.items()}
    if round_ := cycles(parents):
        ways = "; ".join(" -> ".join((*names, names[0])) for names in round_)
        message = f"correlations: found {ways}, expected no chain that leads back"
        raise ValueError(message)

    def depth(name: str) -> int:
        return 1 + depth(parents[name]) if name in parents else 0

    return sorted(found, key=lambda name: (depth(name), name))
