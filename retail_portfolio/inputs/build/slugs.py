"""Names as ids: small letters, digits and dashes, the same from build to build."""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 48
"""A longer name is cut, so that an id made of it stays one."""


def slug(text: str) -> str:
    """
    Return a text as part of an id.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        Small letters and digits with single dashes between, accents taken off; may be empty.

    Examples
    --------
    >>> slug("Smith & Sons' Market"), slug("Cañon City CO")
    ('smith-sons-market', 'canon-city-co')
    """
    plain = unicodedata.normalize("NFKD", text.replace("'", "").replace("\u2019", ""))
    plain = plain.encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST_CHARACTERS].rstrip("-")


def metro_slug(name: str) -> str:
    """
    Return a metro's id from its Census name: the first city and the first state.

    Parameters
    ----------
    name
        As in `Chicago-Naperville-Elgin, IL-IN`.

    Returns
    -------
    str

    Examples
    --------
    >>> metro_slug("Los Angeles-Long Beach-Anaheim, CA"), metro_slug("Chicago, IL-IN-WI")
    ('los-angeles-ca', 'chicago-il')
    """
    cities, _, states = name.partition(", ")
    return slug(f"{cities.split('-')[0]} {states.split('-')[0]}")


def place_id(chain: str, lat: float, lon: float) -> str:
    """
    Return a store's id made of its chain and its point, steady from build to build.

    Parameters
    ----------
    chain
        The chain's name.
    lat, lon
        Degrees.

    Returns
    -------
    str
        As `smart-final-340512-1182599`.

    Examples
    --------
    >>> place_id("Smart & Final", 34.05123, -118.25987)
    'smart-final-340512-1182599'
    """
    return f"{slug(chain) or 'store'}-{abs(lat) * 1e4:.0f}-{abs(lon) * 1e4:.0f}"
