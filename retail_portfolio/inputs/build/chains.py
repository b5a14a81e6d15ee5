"""Chains by the names of their stores: what a list of shops calls a store says what kind it is.

`chains.csv` holds the first words of store names of the larger US chains (after `*` words that may
stand anywhere), with the chain and its kind; a blank kind is a shop where nobody does the weekly
shopping. The longest start wins. A name that fits none is its own chain: with at least
`CHAIN_STORES` stores in the list a supermarket, else an independent, and neither where its words
say that it sells one kind of food only.

A bare `Walmart` counts as a supercenter: of those in Los Angeles County whose number tells, 20
are supercenters and one is not.
"""

from __future__ import annotations

import collections
import csv
import functools
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from retail_portfolio.inputs.build.slugs import slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHAIN_STORES = 5
"""Stores of one name from which on they are a chain of supermarkets."""
INDEPENDENT = "ethnic"
"""The kind of a single supermarket: the ledger's size of it is that of an ethnic or independent
market."""
_SPECIALIST = re.compile(
    r"\b(?:meat market|carnicer\w*|butcher\w*|baker\w*|tortill\w*|deli|delicatessen|pastr\w*"
    r"|nutrition\w*|vitamins?|commissary)\b",
    re.IGNORECASE,
)
_STORE_CODE = re.compile(
    r"(?:\s+|\s*#\s*|\s+no\.?\s*)[#(]?[a-z]{0,2}-?\d+[a-z]?\)?$", re.IGNORECASE
)
_LEGAL = re.compile(r",?\s+(?:llc|inc|corp|co|ltd)\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of stores."""

    name: str
    """What the chain is called."""
    kind: str
    """One of `competitors.KINDS`; blank where nobody does the weekly shopping there."""


@functools.cache
def known_chains() -> tuple[tuple[tuple[str, ...], Chain], ...]:
    """Return the first words of store names with their chain, more words in front."""
    text = resources.files(__package__).joinpath("chains.csv").read_text(encoding="utf-8")
    rows = [
        (tuple(row["starts"].split()), Chain(row["chain"], row["kind"]))
        for row in csv.DictReader(text.splitlines())
    ]
    return tuple(sorted(rows, key=lambda row: (-len(row[0]), row[0])))


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters, without marks: `Sam's` is `sams`."""
    return tuple(slug(name).split("-")) if slug(name) else ()


def starts_with(words: Sequence[str], start: Sequence[str]) -> bool:
    """Tell whether words begin with others, whole words only; after `*` they stand anywhere."""
    if start[:1] == ("*",):
        return any(starts_with(words[at:], start[1:]) for at in range(len(words)))
    return bool(start) and tuple(words[: len(start)]) == tuple(start)


def without_code(name: str) -> str:
    """
    Return a store's name without what tells it from other stores of its chain.

    Parameters
    ----------
    name
        As a list has it, for example `BIG SAVER FOODS #12`.

    Returns
    -------
    str
        Without store numbers and legal forms at its end; in capitals at the start of words only
        where it was all capitals. The name itself where nothing would be left.

    Examples
    --------
    >>> without_code("BIG SAVER FOODS #12"), without_code("Top Value 3 LLC"), without_code("99")
    ('Big Saver Foods', 'Top Value', '99')
    """
    short, before = name.strip(), ""
    while short != before:
        before = short
        short = _STORE_CODE.sub("", _LEGAL.sub("", short)).strip(" ,#-")
    short = short or name.strip()
    if short.isupper():
        short = re.sub(r"[A-Z]+(?:'[A-Z]+)?", lambda word: word[0].capitalize(), short)
    return short


def chains_of(names: Iterable[str]) -> list[Chain]:
    """
    Return the chain of each store of a list.

    Parameters
    ----------
    names
        Names of the whole list: how often one comes says whether it is a chain.

    Returns
    -------
    list of Chain
        One each.
    """
    given = list(names)
    found = [_known(words_of(name)) for name in given]
    called = [without_code(name) for name in given]
    counts = collections.Counter(slug(name) for name in called)
    return [
        chain or Chain(name, _kind(name, counts[slug(name)]))
        for chain, name in zip(found, called, strict=True)
    ]


def _kind(name: str, stores: int) -> str:
    """Return the kind of a chain that is not known, by its name and how many stores it has."""
    if _SPECIALIST.search(name):
        return ""
    return "supermarket" if stores >= CHAIN_STORES else INDEPENDENT


@functools.lru_cache(maxsize=100_000)
def _known(words: tuple[str, ...]) -> Chain | None:
    return next((chain for start, chain in known_chains() if starts_with(words, start)), None)
