r"""Trading years: when sites that open trade, year by year, and what that is worth today.

Time runs in trading years t = 1..N. Year t ends d0 + t years from today, d0 being the soonest that
any site can open, and counts for the part s_t of it that lies within the horizon H. A site that
opens b years from today trades until e. Levels by year after opening, such as a ramp that rises in
equal steps to its mature value at `MATURE_YEAR`, are integrated over the part of each trading year
between b and e.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

MATURE_YEAR = 4
"""Year after opening in which sales and margin are mature."""
NO_TIME = 1e-9
"""Years that count as none."""


@dataclass(frozen=True, slots=True)
class Years:
    """The trading years that a plan is valued over; draws may stand in front.

    Parameters
    ----------
    start
        Years from today to the start of each, shape ``(years,)``.
    length
        Part of each within the horizon, 0 to 1.
    discount
        What a dollar at the end of each is worth today.
    """

    start: Floats
    length: Floats
    discount: Floats


def trading_years(
    first_years: ArrayLike,
    horizon_years: float,
    rate_per_year: float,
    *,
    from_today: bool = False,
) -> Years:
    """Return the trading years from the first possible opening to the horizon; may be none.

    Parameters
    ----------
    first_years
        Years until a store can open, one number or one a draw.
    from_today
        Whether the time before counts too, in years that end where the others do; the first of
        them is shorter. What opens later is worth the same with them.
    """
    first = np.asarray(first_years, float)
    soonest = float(first.min()) if first.size else horizon_years
    count = max(int(np.ceil(horizon_years - soonest - NO_TIME)), 0)
    before = int(np.ceil(float(first.max()) - NO_TIME)) if from_today and first.size else 0
    begins = first[..., None] + np.arange(-before, count, dtype=np.float64)
    start, end = np.maximum(begins, 0.0), np.clip(begins + 1, 0.0, horizon_years)
    length: Floats = np.maximum(end - start, 0.0)
    discount: Floats = np.power(1 + rate_per_year, -np.maximum(begins + 1, 0.0))
    return Years(start, length, discount)


def ramp(first: ArrayLike, mature: ArrayLike, years: int) -> Floats:
    """Rise in equal steps from ``first`` in year 1 to ``mature`` in `MATURE_YEAR` and stay.

    Both may be a number or one a draw; years stand last.
    """
    begin, end = np.asarray(first, float)[..., None], np.asarray(mature, float)[..., None]
    step = np.minimum(np.arange(years) / (MATURE_YEAR - 1), 1.0)
    steps: Floats = begin + (end - begin) * step
    return steps


def over_years(levels: Floats, opens: Floats, ends: Floats, years: Years) -> Floats:
    """Integrate a level by year after opening over each trading year.

    Parameters
    ----------
    levels
        Level of the first, second, ... year after opening; at least as many as there are years.
    opens, ends
        When each site opens and ends, years from today, shape ``(n,)``.

    Returns
    -------
    Floats
        Shape ``(n, years)``. Draws may stand in front of every argument, and do then here.
    """
    start, length = years.start[..., None, :], years.length[..., None, :]
    opened, ended = opens[..., :, None], ends[..., :, None]
    since = np.maximum(start - opened, 0.0)
    until = np.minimum(start + length, ended) - opened
    summed = np.concatenate([np.zeros_like(levels[..., :1]), np.cumsum(levels, axis=-1)], axis=-1)
    found: Floats = _until(summed, np.maximum(until, since)) - _until(summed, since)
    return found


def _until(summed: Floats, time: Floats) -> Floats:
    """Integral of the levels until a time, of sums of whole years; as at the last beyond them."""
    last = summed.shape[-1] - 1
    inside = np.minimum(time, last)
    whole = np.minimum(inside.astype(np.int64), max(last - 1, 0))
    if summed.ndim == 1:
        before, after = summed[whole], summed[np.minimum(whole + 1, last)]
    else:
        sums = summed.reshape(*summed.shape[:-1], *(1,) * (time.ndim - summed.ndim), last + 1)
        before = np.take_along_axis(sums, whole, axis=-1)
        after = np.take_along_axis(sums, np.minimum(whole + 1, last), axis=-1)
    found: Floats = before + (inside - whole) * (after - before)
    return found


@dataclass(frozen=True, slots=True)
class Timing:
    """When sites that open together trade, as whole trading years and one part of a year.

    Parameters
    ----------
    years
        The trading years; every array has draws in front.
    opens
        Years from today to the opening, shape ``(draws, 1)``.
    ends
        And to the end of each site, shape ``(draws, sites)``.
    whole
        How many of the trading years end before the site does.
    """

    years: Years
    opens: Floats
    ends: Floats
    whole: Whole

    def full(self, levels: Floats) -> Floats:
        """Integral over each trading year of a site that never ends, shape ``(draws, years)``."""
        never = np.full((len(self.opens), 1), np.inf)
        return over_years(levels, self.opens, never, self.years)[:, 0, :]

    def summed(self, by_year: Floats) -> Floats:
        """Sum a number of each trading year over the whole years of each site."""
        sums = np.concatenate([np.zeros((len(by_year), 1)), np.cumsum(by_year, axis=1)], axis=1)
        found: Floats = np.take_along_axis(sums, self.whole, axis=1)
        return found

    def of_last(self, by_year: Floats) -> Floats:
        """Return a number of the year that each site ends in; 0 behind the last of the years."""
        after = np.concatenate([by_year, np.zeros((len(by_year), 1))], axis=1)
        found: Floats = np.take_along_axis(after, self.whole, axis=1)
        return found

    def rest(self, levels: Floats) -> Floats:
        """Integral over the part of a year that follows the whole ones of each site."""
        begin = np.maximum(self.of_last(self.years.start) - self.opens, 0.0)
        end = np.maximum(self.ends - self.opens, begin)
        end = np.where(self.whole < self.years.start.shape[1], end, begin)
        sums = np.concatenate([np.zeros_like(levels[..., :1]), np.cumsum(levels, axis=-1)], axis=-1)
        found: Floats = _until(sums, end) - _until(sums, begin)
        return found

    def present(self, levels: Floats) -> Floats:
        """Return the present value of a level by year after opening, shape ``(draws, sites)``."""
        discount = self.years.discount
        whole = self.summed(self.full(levels) * discount)
        return whole + self.rest(levels) * self.of_last(discount)


def timing_of(opens: Floats, ends: Floats, years: Years) -> Timing:
    """Say when sites trade that open after ``opens`` years, shape ``(draws, 1)``."""
    end_of_year = (years.start + years.length)[:, None, :]
    whole = (end_of_year <= ends[:, :, None]).sum(axis=-1)
    draws = max(len(opens), len(ends), len(years.start))
    return Timing(years, opens, np.broadcast_to(ends, (draws, ends.shape[1])), whole)
