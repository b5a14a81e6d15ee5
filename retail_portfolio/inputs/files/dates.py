"""Dates that may be known to the month or the year only."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_YEAR_ONLY, _MONTH_ONLY = len("2021"), len("2021-06")


def first_day(text: str) -> str:
    """Return the first day a date can mean: `2021` is 2021-01-01, `2021-06` is 2021-06-01."""
    return text + {_YEAR_ONLY: "-01-01", _MONTH_ONLY: "-01"}.get(len(text), "")


def last_day(text: str) -> str:
    """Return the last day a date can mean: `2021` is 2021-12-31, `2021-06` is 2021-06-30."""
    if len(text) == _MONTH_ONLY:
        return f"{text}-{calendar.monthrange(int(text[:4]), int(text[5:]))[1]:02d}"
    return text + ("-12-31" if len(text) == _YEAR_ONLY else "")


def earliest(dates: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """
    Return the first day each date can mean.

    Parameters
    ----------
    dates
        ISO texts, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; blank where unknown.

    Returns
    -------
    Series of Timestamp
        Same index; NaT where unknown.
    """
    import pandas as pd  # noqa: PLC0415 - a look at one date need not wait for it

    return pd.to_datetime(dates.map(first_day), format="%Y-%m-%d", errors="coerce")


def latest(dates: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """
    Return the last day each date can mean.

    Parameters
    ----------
    dates
        ISO texts, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; blank where unknown.

    Returns
    -------
    Series of Timestamp
        Same index; NaT where unknown.
    """
    import pandas as pd  # noqa: PLC0415 - as above

    return pd.to_datetime(dates.map(last_day), format="%Y-%m-%d", errors="coerce")
