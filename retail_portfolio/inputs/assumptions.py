"""The ledger of assumptions: every figure that is assumed, with its low, base and high.

A key may carry suffixes for a format and a state. A look-up takes the most specific row there is:
`name.format.state`, then `name.format`, then `name.state`, then `name`.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from retail_portfolio.inputs.faults import Fault, InputError, UnknownKeyError, did_you_mean

LEDGER_FILE = "assumptions.csv"
SIGNED = "may be negative"
"""What a unit says where values below 0 are meant: `USD per year, may be negative`."""
ABOVE_ZERO = (
    "life_years",  # a cost is spread over a life
    "term_years",  # a lease that ran for no time was none
    "basket_usd",  # sales over basket are the visits
    "size_sqft",  # proceeds of one size are scaled to another
    "lane_utilisation",  # busy hours over utilisation are the hours staffed
    "reference_sales_usd_year",  # costs are told as a share of it
    "operating_income_2025_usd",  # and the charge of the wave as a share of this
    "circuity_ratio",  # how far one gets is road length over it
    "travel_speed_mph",  # miles over speed are the time on the way
    "dense_speed_ratio",  # by which crowded places divide it again
)
"""How names end that models divide by, format and state aside: 0 will not do for them."""
BELOW_ONE = ("gross_margin",)
"""How names of shares end whose rest, 1 less the share, models divide by."""
_SHARE = re.compile(r"share\b", re.IGNORECASE)


def out_of_bounds(key: str, unit: str, value: float) -> str | None:
    """
    Hold a figure of the ledger against what its name and its unit allow.

    Parameters
    ----------
    key
        Its key, with or without suffixes.
    unit
        Its unit. One that starts with `share` is 0 to 1; any other is 0 or more, unless it says
        that it may be negative.
    value
        Its low, base or high; a value that is not known is left alone.

    Returns
    -------
    str or None
        What was expected, or None where the value will do.
    """
    name = key.partition(".")[0]
    above_zero, below_one = name.endswith(ABOVE_ZERO), name.endswith(BELOW_ONE)
    if _SHARE.match(unit):
        outside = not 0 <= value <= 1 or (above_zero and value == 0) or (below_one and value == 1)
        expected = "a share, 0 to 1"
        expected += (" and not 0" if above_zero else "") + (" and not 1" if below_one else "")
    else:
        outside = value <= 0 if above_zero else value < 0 and SIGNED not in unit
        expected = "a number above 0" if above_zero else "a number, 0 or more"
        expected += f" ({unit})" if unit else ""
    return expected if outside and not math.isnan(value) else None


@dataclass(frozen=True, slots=True)
class Assumption:
    """One row of the ledger."""

    key: str
    """Name with its unit in it, and suffixes for a format and a state."""
    low: float
    """The least value that is still reasonable, in `unit`."""
    base: float
    """The value a single run uses, in `unit`."""
    high: float
    """The greatest value that is still reasonable, in `unit`."""
    unit: str = ""
    """Unit of the three values."""
    origin: str = "assumed"
    """`observed`, `reported`, `assumed` or `modelled`."""
    quality: str = ""
    """How far to trust the source."""
    source: str = ""
    """Title of the source, or who set the value."""
    source_url: str = ""
    """Address of the source; may be blank."""
    group: str = ""
    """The part of the model the row belongs to."""
    description: str = ""
    """What the figure is, in a phrase."""
    distribution: str = "pert"
    """How a draw spreads between low and high: `pert`, or `fixed` for no spread."""
    as_of: str = ""
    """The date the figure speaks of; may be a year or a month."""
    note: str = ""
    """What else a reader has to know."""
    correlated_with: str = ""
    """The name, without suffixes, that this row's name moves with in draws; blank for none."""
    rank_correlation: float | None = None
    """Spearman's rank correlation with that name, -1 to 1 and not 0; `None` for none."""


class Ledger(Mapping[str, Assumption]):
    """
    The assumptions by key, not to be changed; a changed one is another ledger.

    Parameters
    ----------
    rows
        The assumptions; the last one counts where a key comes twice.
    """

    def __init__(self, rows: tuple[Assumption, ...]) -> None:
        self._rows: dict[str, Assumption] = {row.key: row for row in rows}

    def __getitem__(self, key: str) -> Assumption:
        """Return the row of exactly this key; raise `UnknownKeyError` with a suggestion if none."""
        try:
            return self._rows[key]
        except KeyError:
            raise self._unknown(key) from None

    def __iter__(self) -> Iterator[str]:
        """Go through the keys in the order of the table."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        """Tell whether there is a row of exactly this key."""
        return key in self._rows

    def __repr__(self) -> str:
        """Return a short description."""
        return f"Ledger({len(self._rows)} assumptions)"

    def _ipython_key_completions_(self) -> list[str]:
        """Return the keys, which JupyterLab then completes within `ledger["..."]`."""
        return list(self._rows)

    def find(self, words: str) -> Ledger:
        """
        Return the rows that speak of something, for looking around.

        Parameters
        ----------
        words
            Words that all stand in a row's key, description or group, in any case and order; parts
            of words will do.

        Returns
        -------
        Ledger
            In the order of the table; may have no rows.

        Examples
        --------
        >>> rows = Assumption("rent_usd", 1, 2, 3, group="lease"), Assumption("wage_usd", 4, 5, 6)
        >>> list(Ledger(rows).find("LEASE rent"))
        ['rent_usd']
        """
        wanted = words.lower().split()
        return Ledger(tuple(row for row in self._rows.values() if _speaks_of(row, wanted)))

    def _unknown(self, key: str) -> UnknownKeyError:
        expected = "a key of the ledger" + did_you_mean(key, self._rows)
        return UnknownKeyError([Fault(LEDGER_FILE, None, "key", key, expected)])

    def row(self, name: str, format: str | None = None, state: str | None = None) -> Assumption:
        """
        Return the most specific row for a name.

        Parameters
        ----------
        name
            Key without suffixes, or a full key.
        format
            Store format, competitor kind or another suffix; any case.
        state
            Two letters; any case.

        Returns
        -------
        Assumption
            The row of `name.format.state`, `name.format`, `name.state` or `name`, whichever comes
            first.

        Raises
        ------
        UnknownKeyError
            When there is none of them; the message suggests the nearest key.
        """
        found = self._found(name, format, state)
        if found is None:
            raise self._unknown(_refined(name, format, state)[0])
        return found

    def _found(self, name: str, format: str | None, state: str | None) -> Assumption | None:
        return next(
            (self._rows[key] for key in _refined(name, format, state) if key in self._rows), None
        )

    def value(self, name: str, format: str | None = None, state: str | None = None) -> float:
        """
        Return the base value of the most specific row for a name.

        Parameters
        ----------
        name, format, state
            As for `row`.

        Returns
        -------
        float
            In the unit the name ends with.

        Raises
        ------
        UnknownKeyError
            When there is no such row.
        """
        return self.row(name, format, state).base

    def has(self, name: str, format: str | None = None, state: str | None = None) -> bool:
        """Tell whether `value` would find a row for the name, the format and the state."""
        return self._found(name, format, state) is not None

    def at_end(self, name: str, end: Literal["low", "high"]) -> Ledger:
        """
        Return a ledger in which a figure, with all that refines it, stands at one end.

        Parameters
        ----------
        name
            Key without suffixes, or a full key; its own row and every row that adds suffixes to
            it move together.
        end
            `low` or `high`: which of its values becomes the base. The spread stays as it was.

        Returns
        -------
        Ledger
            Another ledger; this one stays as it is.

        Raises
        ------
        InputError
            When there is no such row.
        """
        moved = {key for key in self._rows if key == name or key.startswith(f"{name}.")}
        if not moved:
            raise self._unknown(name)
        return Ledger(
            tuple(
                dataclasses.replace(row, base=getattr(row, end)) if key in moved else row
                for key, row in self._rows.items()
            )
        )

    def with_overrides(self, values: Mapping[str, float]) -> Ledger:
        """
        Return a ledger in which some values are decided.

        A decided value has no spread any more: low, base and high are all that value, so that it
        holds in every draw as well. What is correlated with it is drawn as before: a decision
        about one figure is no news of another.

        Parameters
        ----------
        values
            Full keys and their values, in the unit of the row.

        Returns
        -------
        Ledger
            Another ledger; this one stays as it is. Rows keep their order.

        Raises
        ------
        InputError
            When keys are unknown, or values not finite or out of bounds; every one of them is
            named.
        """
        faults: list[Fault] = []
        for key, value in values.items():
            if key not in self._rows:
                expected = "a key of the ledger" + did_you_mean(key, self._rows)
                faults.append(Fault("overrides", None, key, str(value), expected))
            elif not math.isfinite(value):
                faults.append(Fault("overrides", None, key, str(value), "a finite number"))
            elif bound := out_of_bounds(key, self._rows[key].unit, value):
                faults.append(Fault("overrides", None, key, str(value), bound))
        if faults:
            raise InputError(faults)
        return Ledger(
            tuple(
                _decided(row, float(values[key])) if key in values else row
                for key, row in self._rows.items()
            )
        )


def _speaks_of(row: Assumption, wanted: list[str]) -> bool:
    text = f"{row.key} {row.description} {row.group}".lower()
    return all(word in text for word in wanted)


def _refined(name: str, format: str | None, state: str | None) -> list[str]:
    """Return the keys a look-up tries, the most specific first."""
    form, place = (format or "").lower(), (state or "").lower()
    return [
        ".".join((name, *parts)) for parts in ((form, place), (form,), (place,), ()) if all(parts)
    ]


def _decided(row: Assumption, value: float) -> Assumption:
    """Return a row with its three values set to one, marked as the user's own."""
    return dataclasses.replace(
        row,
        low=value,
        base=value,
        high=value,
        distribution="fixed",
        origin="assumed",
        quality="set by the user",
        source="override",
        source_url="",
    )
