r"""Plans of many draws, screened: chosen on what candidates are worth alone and take in pairs.

Solving a plan with proof takes a second; a screen does ten thousand in one. With v_o what candidate
o is worth opening alone, and l_op what o and p together gain less than the two alone, at full pull
in a year of the base,

    V(x) = sum_o v_o x_o - kappa sum_(o < p) s_o s_p l_op x_o x_p,

    s_o = sqrt( worth of o's gain in the draw / its gain a year in the base )

at most one format a site. Three that overlap lose a little less than their pairs say: kappa, at
most 1, is what makes V right for the plan of the base, whose worth is proven (`Screen.fitted`).
Sites are gone through in turn, each taking the format, or none, that is best against the others,
until none changes: twice, from the plan of the base and from nothing, and the better one counts.
What V sees in another plan than the proven one at the base is its error there, and a draw leaves
the plan of the base only for one that is ahead by more (`Screen.from_base`).
`retail_portfolio.model.uncertain.uncertain_plans.screening` says how such plans compare with proven
ones.

Limits of a plan join sites in ways that this search does not see: with limits, nothing is screened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retail_portfolio.model.opening.conversion import relative_pulls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retail_portfolio.model.market.trade_areas import TradeAreas

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CLOSES = -1
"""What stands in place of a format where a site closes."""
MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Screen:
    """What candidates take from each other.

    Parameters
    ----------
    sites, formats
        How many there are; candidates stand by format, sites within.
    lost_usd_year
        kappa l, symmetric, 0 within a site, shape ``(candidates, candidates)``.
    gain_usd_year
        What own stores gain in a year of the base by each candidate alone, at full pull.
    start
        Format of each site in the plan of the base, or `CLOSES`.
    """

    sites: int
    formats: int
    lost_usd_year: Floats
    gain_usd_year: Floats
    start: Ints

    def scale(self, gain_usd: Floats) -> Floats:
        """Return s of draws, from the worth of each candidate's gain in them."""
        ratio = np.divide(
            np.maximum(gain_usd, 0.0),
            self.gain_usd_year,
            out=np.zeros_like(gain_usd),
            where=self.gain_usd_year > 0,
        )
        return np.sqrt(ratio)

    def plans(self, npv_usd: Floats, scale: Floats) -> Screened:
        """Choose the plan of every draw.

        Parameters
        ----------
        npv_usd
            v, shape ``(draws, candidates)``; NaN for a candidate that cannot open.
        scale
            s, of the same shape.
        """
        worth = np.where(np.isnan(npv_usd), -np.inf, npv_usd)
        found = [self._settled(worth, scale, start) for start in (self.start, self._nothing())]
        better = found[1].value_usd > found[0].value_usd
        return Screened(
            np.where(better[:, None], found[1].taken, found[0].taken),
            np.where(better, found[1].value_usd, found[0].value_usd),
        )

    def base_value_usd(self, npv_usd: Floats, scale: Floats) -> Floats:
        """Return what the plan of the base is worth in every draw, shape ``(draws,)``.

        Parameters
        ----------
        npv_usd, scale
            As for `plans`; a site of the plan that cannot open in a draw counts nothing there.
        """
        taken = self._start(npv_usd)
        return self._value_usd(npv_usd, self._weight(taken, scale), taken)

    def from_base(self, npv_usd: Floats, scale: Floats) -> tuple[Screened, Floats]:
        """Choose the plan of every draw; the first one is the base, of which the plan is proven.

        Parameters
        ----------
        npv_usd, scale
            As for `plans`.

        Returns
        -------
        plans
            Those of the draws: the plan of the base for the first, and nowhere one worth less than
            it.
        kept
            `base_value_usd`.
        """
        plans, kept = self.plans(npv_usd, scale), self.base_value_usd(npv_usd, scale)
        ahead = plans.value_usd - kept
        spurious = max(float(ahead[0]), 0.0)
        held = ahead <= spurious
        taken = np.where(held[:, None], self._start(npv_usd), plans.taken)
        return Screened(taken, np.where(held, kept, plans.value_usd - spurious)), kept

    def fitted(self, npv_usd: Floats, scale: Floats, value_usd: float) -> Screen:
        """Return the screen with the losses that make its value right for the plan of the base.

        Parameters
        ----------
        npv_usd, scale
            v and s at the base, one row.
        value_usd
            What the plan of the base is proven to gain.
        """
        weight = self._weight(self._start(npv_usd), scale)
        lost = float(((weight @ self.lost_usd_year) * weight).sum()) / 2
        if not lost > 0:
            return self
        alone = float(self.base_value_usd(npv_usd, scale)[0]) + lost
        kappa = float(np.clip((alone - value_usd) / lost, 0.0, 1.0))
        return replace(self, lost_usd_year=kappa * self.lost_usd_year)

    def _start(self, npv_usd: Floats) -> Ints:
        """Return the plan of the base in every draw, without the sites that cannot open there."""
        taken = np.tile(self.start, (len(npv_usd), 1))
        if not self.formats:
            return taken
        mine = self.start * self.sites + np.arange(self.sites)
        never = np.isnan(npv_usd)[:, np.where(self.start == CLOSES, 0, mine)]
        return np.where(never, CLOSES, taken)

    def _weight(self, taken: Ints, scale: Floats) -> Floats:
        """Return s of the candidates that are taken, 0 of the others."""
        return np.where(self._chosen(taken), scale, 0.0)

    def _chosen(self, taken: Ints) -> NDArray[np.bool_]:
        """Whether each candidate is taken, shape ``(draws, candidates)``."""
        none = np.zeros((len(taken), 0), dtype=bool)
        return np.concatenate([none, *(taken == fmt for fmt in range(self.formats))], axis=1)

    def _nothing(self) -> Ints:
        return np.full(self.sites, CLOSES, dtype=np.int64)

    def _settled(self, worth: Floats, scale: Floats, start: Ints) -> Screened:
        """Let every site answer the others until none changes."""
        draws, sites = len(worth), self.sites if self.formats else 0
        taken = np.tile(start, (draws, 1))
        weight = self._weight(taken, scale)
        for _ in range(MOST_ROUNDS):
            changed = False
            for site in range(sites):
                mine = np.arange(site, sites * self.formats, sites)
                near = np.flatnonzero(self.lost_usd_year[:, mine].any(axis=1))
                lost = weight[:, near] @ self.lost_usd_year[np.ix_(near, mine)] * scale[:, mine]
                gain = worth[:, mine] - lost
                best = gain.argmax(axis=1)
                answer = np.where(gain[np.arange(draws), best] > 0, best, CLOSES)
                if not np.array_equal(answer, taken[:, site]):
                    changed = True
                    taken[:, site] = answer
                    weight[:, mine] = np.where(
                        answer[:, None] == np.arange(self.formats), scale[:, mine], 0.0
                    )
            if not changed:
                break
        return Screened(taken, self._value_usd(worth, weight, taken))

    def _value_usd(self, worth: Floats, weight: Floats, taken: Ints) -> Floats:
        alone = np.where(self._chosen(taken), worth, 0.0).sum(axis=1)
        pairs = ((weight @ self.lost_usd_year) * weight).sum(axis=1) / 2
        value: Floats = alone - pairs
        return value


@dataclass(frozen=True, slots=True)
class Screened:
    """Plans of many draws.

    Parameters
    ----------
    taken
        Format that each site takes, or `CLOSES`, shape ``(draws, sites)``.
    value_usd
        What the plan gains over closing every site, shape ``(draws,)``.
    """

    taken: Ints
    value_usd: Floats


def screen_of(trade: TradeAreas, options: Ints, sites: int, start: Ints) -> Screen:
    """Look at what candidates take from each other at the base.

    Parameters
    ----------
    options
        Positions of the candidates among the options of the trade areas, by format.
    sites
        How many sites there are.
    start
        Format of each site in the plan of the base, or `CLOSES`.
    """
    relative, worth = relative_pulls(trade, options)
    matrix = relative.tocsr()
    matrix = matrix[np.diff(matrix.indptr) > 0]
    worth = worth[np.diff(relative.tocsr().indptr) > 0]
    pull = matrix.toarray()
    alone = pull / (1 + pull)
    gain = worth @ alone
    lost = np.zeros((len(options), len(options)))
    for one in range(len(options)):
        at = np.flatnonzero(pull[:, one])
        both = pull[at, one][:, None] + pull[at]
        less = alone[at, one][:, None] + alone[at] - both / (1 + both)
        lost[one] = worth[at] @ less
    site = np.arange(len(options)) % max(sites, 1)
    lost[site[:, None] == site] = 0.0
    formats = len(options) // max(sites, 1)
    return Screen(sites, formats, (lost + lost.T) / 2, gain, start)
