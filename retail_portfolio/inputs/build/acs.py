"""The American Community Survey of a year, asked for live: `build demand --acs YEAR`.

The five-year tables of the Census Bureau by ZIP code tabulation area (ZCTA), through the package
`census` (extra `acs`). The Bureau gives everybody a key and asks for it; it is taken from the
environment alone and is in no message and no file. The survey has no places: those, and the areas
of land, stay those of `zip_areas`.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from retail_portfolio.inputs.faults import Fault, InputError
from retail_portfolio.inputs.registers.zip_areas import with_borrowed, zip_places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEY = "CENSUS_API_KEY"
"""The variable of the environment that holds the key."""
FIRST_YEAR = 2012
"""The first survey whose tables have graduates as they are asked for here."""
AREAS_A_REQUEST = 100
"""ZIP areas asked for at once: an address may not become too long."""
TIMEOUT_SECONDS = 60.0
"""How long the Bureau may take for one answer."""
_NOT_FOUND = 404
_COUNTS = {
    "population": ("B01003_001E",),
    "households": ("B11001_001E",),
    "median_household_income_usd": ("B19013_001E",),
}
_SHARES = {
    "share_over_200k": (("B19001_017E",), "B19001_001E"),
    "share_bachelors": (
        ("B15003_022E", "B15003_023E", "B15003_024E", "B15003_025E"),
        "B15003_001E",
    ),
    "share_no_vehicle": (("B08201_002E",), "B08201_001E"),
}
_VARIABLES = tuple(
    dict.fromkeys(
        [
            *(name for names in _COUNTS.values() for name in names),
            *(name for names, whole in _SHARES.values() for name in (*names, whole)),
        ]
    )
)
_ZCTA = "zip code tabulation area"


class SourceUnavailableError(Exception):
    """An outside source did not answer, or not as it should; nothing was written."""


def acs_figures(
    year: int, session: Any = None
) -> Callable[[pd.DataFrame], tuple[pd.DataFrame, str]]:
    """
    Return what puts the figures of a survey in the place of the package's.

    Parameters
    ----------
    year
        The last year of a five-year survey.
    session
        A `requests.Session` to ask through; one with a limit of time where not given.

    Returns
    -------
    callable
        From rows of `zip_areas` to rows with the survey's figures, without areas where nobody
        lives in it, and the survey's name. It raises `SourceUnavailableError` when the Bureau
        cannot be asked, and `InputError` when it knows no such key or year.

    Raises
    ------
    InputError
        When the package or the key is missing, or the year is none.
    """
    faults = []
    if importlib.util.find_spec("census") is None:
        expected = "the package census: pip install 'retail-portfolio[acs]'"
        faults.append(Fault("--acs", None, None, str(year), expected))
    key = os.environ.get(KEY, "").strip()
    if not key:
        expected = (
            f"the key that the Census Bureau gives you (api.census.gov/data/key_signup.html): "
            f"export {KEY}=..."
        )
        faults.append(Fault("environment", None, KEY, None, expected))
    if year < FIRST_YEAR:
        expected = f"the last year of a survey, {FIRST_YEAR} or later"
        faults.append(Fault("--acs", None, None, str(year), expected))
    if faults:
        raise InputError(faults)

    def figures(points: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        answers = _asked(points["zip"].tolist(), year, key, session)
        name = f"American Community Survey {year - 4} to {year} (Census Bureau, live)"
        return _points(points, answers), name

    return figures


def _asked(zips: Sequence[str], year: int, key: str, session: Any) -> pd.DataFrame:
    """Ask for every area; return the variables by ZIP code, NaN where the Bureau has none."""
    import requests  # noqa: PLC0415 - comes with the extra

    census = importlib.import_module("census.core")
    client = census.ACS5Client(key, year, session or _bounded_session())
    rows: list[dict[str, Any]] = []
    try:
        for start in range(0, len(zips), AREAS_A_REQUEST):
            wanted = ",".join(zips[start : start + AREAS_A_REQUEST])
            rows += client.get(_VARIABLES, {"for": f"{_ZCTA}:{wanted}"}, year)
    except census.APIKeyError:
        expected = "a key that the Census Bureau knows"
        raise InputError([Fault("environment", None, KEY, "its value", expected)]) from None
    except census.CensusException as error:
        if str(_NOT_FOUND) in str(error) or "unknown dataset" in str(error):
            expected = "a year for which the Census Bureau has published a five-year survey"
            raise InputError([Fault("--acs", None, None, str(year), expected)]) from None
        raise SourceUnavailableError(_unanswered("it refused the request")) from None
    except requests.RequestException as error:  # its text holds the address, and so the key
        raise SourceUnavailableError(_unanswered(type(error).__name__)) from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise SourceUnavailableError(_unanswered("its answer is no table")) from None
    return _numbers(rows)


def _unanswered(why: str) -> str:
    return f"the Census Bureau did not answer ({why}); nothing was written, try again later"


def _bounded_session() -> Any:
    """Return a session whose requests end by themselves."""
    import requests  # noqa: PLC0415 - comes with the extra

    session = requests.Session()
    # The package gives no limit of its own.
    session.request = functools.partial(session.request, timeout=TIMEOUT_SECONDS)  # type: ignore[method-assign]
    return session


def _numbers(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return answers as numbers by ZIP code; large negative ones mean that there is no figure."""
    found = pd.DataFrame(rows, columns=[_ZCTA, *_VARIABLES])
    numbers = found[list(_VARIABLES)].apply(pd.to_numeric, errors="coerce").astype("float64")
    known: pd.DataFrame = numbers.where(numbers >= 0)
    # The package makes a number of the code where the Bureau does not call it a text.
    codes = found[_ZCTA].astype("str").str.removesuffix(".0").str.zfill(5)
    return known.set_axis(codes)


def _points(points: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Put the figures into rows of demand points; leave out areas without households."""
    here = answers[~answers.index.duplicated()].reindex(points["zip"]).set_axis(points.index)
    figures = {
        column: here[list(names)].sum(axis=1, skipna=False) for column, names in _COUNTS.items()
    }
    for column, (parts, whole) in _SHARES.items():
        figures[column] = here[list(parts)].sum(axis=1, skipna=False) / here[whole].where(
            here[whole] > 0
        )
    income = figures["median_household_income_usd"]
    figures["median_household_income_usd"] = income.where(income > 0)
    land = zip_places().set_index("zip")["land_sq_km"].reindex(points["zip"]).to_numpy(float)
    density: pd.Series[float] = figures["population"] / np.where(land > 0, land, np.nan)
    lived_in = (figures["households"] > 0) & (figures["population"] > 0)
    kept = points.assign(**figures, population_per_sq_km=density)[lived_in]
    known = kept["median_household_income_usd"].notna() & kept["share_bachelors"].notna()
    if not known.any():
        raise SourceUnavailableError(_unanswered("its answer has no area with an income"))
    return with_borrowed(kept)
