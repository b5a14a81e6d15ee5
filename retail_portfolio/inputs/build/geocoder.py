"""The geocoder of the Census Bureau, asked for many addresses at once.

It is asked through the package `censusgeocode` (extra `geocode`; no key).
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any

from retail_portfolio.inputs.build.acs import SourceUnavailableError
from retail_portfolio.inputs.faults import Fault, InputError

ADDRESSES_A_REQUEST = 500
"""Addresses asked for at once; the service takes 10,000, and takes minutes for them."""
TIMEOUT_SECONDS = 120.0
"""How long the service may be silent before it counts as gone."""

Address = Mapping[str, str]
Answers = Mapping[str, Mapping[str, Any]]
"""What the geocoder says of each address, by the id it was sent with."""


def ask_census(addresses: Sequence[Address]) -> Answers:
    """
    Ask the Census Bureau's geocoder.

    Parameters
    ----------
    addresses
        Each with `id`, `street`, `city`, `state` and `zip`.

    Returns
    -------
    mapping
        By id: `match`, `matchtype` (`Exact` or `Non_Exact`), `parsed` (the address as it was
        found), `lat` and `lon`.

    Raises
    ------
    InputError
        When the extra is not installed.
    SourceUnavailableError
        When it does not answer, or with something else.
    """
    if importlib.util.find_spec("censusgeocode") is None:
        expected = "the package censusgeocode: pip install 'retail-portfolio[geocode]'; or --zip"
        raise InputError([Fault("build points", None, None, None, expected)])
    import requests  # noqa: PLC0415 - comes with the extra

    client = importlib.import_module("censusgeocode").CensusGeocode()
    rows: list[dict[str, Any]] = []
    try:
        for start in range(0, len(addresses), ADDRESSES_A_REQUEST):
            some = [dict(one) for one in addresses[start : start + ADDRESSES_A_REQUEST]]
            rows += client.addressbatch(some, returntype="locations", timeout=TIMEOUT_SECONDS)
    except requests.RequestException as error:
        raise SourceUnavailableError(_unanswered(type(error).__name__)) from None
    except (csv.Error, ValueError, LookupError, TypeError, AttributeError):
        raise SourceUnavailableError(_unanswered("its answer is no list")) from None
    wanted = {one["id"] for one in addresses}
    answers = {str(row["id"]): row for row in rows if row["id"] in wanted}
    if not answers:
        raise SourceUnavailableError(_unanswered("its answer names none of the addresses"))
    return answers


def _unanswered(why: str) -> str:
    return (
        f"the geocoder of the Census Bureau did not answer ({why}); nothing was written. Try again "
        "later, or run with --zip"
    )
