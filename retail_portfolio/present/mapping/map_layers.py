"""The layers of the map beside the stores: moves, competitors, demand, flows, costs and chances.

Each layer is plain numbers and texts, packed, with the words of its switch and of its note. A layer
that has nothing to show is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from retail_portfolio.model.targets import RELOCATE
from retail_portfolio.present.formats import ORIGIN_MARKS, as_number, is_blank, value_text
from retail_portfolio.present.mapping.map_stores import Row, placed, points
from retail_portfolio.present.mapping.packing import packed_numbers, packed_texts
from retail_portfolio.present.tables import as_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from retail_portfolio.present.tables import TableLike

Layer = dict[str, Any]

SHADES: Final = 5
"""Classes of income, each with about as many points."""
FINEST: Final = 10_000
"""Sizes are drawn to a ten-thousandth of the largest, whatever that is."""
LEAST_FLOW_USD: Final = 50_000.0
"""Flows between two stores that are smaller are not drawn."""
_OWN: Final = "own stores"
_SINKS: Final = {"competitors": "competitors", "online": "online", "lost": "other outlets"}
_KILO: Final = 1000


@dataclass(frozen=True, slots=True)
class MapExtras:
    """What a map shows beside the stores, each where it is known.

    Parameters
    ----------
    competitors
        ``chain, street, city, state, lat, lon`` and, where known, ``size_sqft, as_of``.
    demand
        ``lat, lon, households, median_household_income_usd``.
    transfer
        ``from_store_id, to, sales_usd_year``; ``to`` is a store, or where else sales go.
    decisions
        ``store_id`` and decision: what plans other than the one drawn decide.
    relocations
        ``store_id, name, lat, lon`` and, where known, ``street, city, state``: where stores could
        move to.
    """

    competitors: TableLike | pd.DataFrame | None = None
    demand: TableLike | pd.DataFrame | None = None
    transfer: TableLike | pd.DataFrame | None = None
    decisions: tuple[tuple[str, str], ...] = ()
    relocations: TableLike | pd.DataFrame | None = None


def layers_of(rows: Sequence[Row], extras: MapExtras, currency: str) -> list[Layer]:
    """Return the layers of a map in the order of its legend.

    Parameters
    ----------
    rows
        The stores, as `retail_portfolio.present.mapping.map_stores.rows_of` gives them.
    extras
        What else there is to show.
    currency
        Of all money.

    Returns
    -------
    list of dict
        Each with ``key, label, note, count`` and what the script draws it from.
    """
    layers = (
        _moves(rows, extras),
        _chance(rows),
        _cost(rows, currency),
        _flows(rows, extras, currency),
        _competitors(extras),
        _demand(extras, currency),
    )
    return [layer for layer in layers if layer]


# ---------------------------------------------------------------------------- of each store
def _known(rows: Sequence[Row], name: str) -> list[tuple[int, float]]:
    found = ((at, as_number(row.get(name))) for at, row in enumerate(rows))
    return [(at, value) for at, value in found if value is not None]


def _chance(rows: Sequence[Row]) -> Layer | None:
    known = _known(rows, "probability")
    if not known:
        return None
    return {
        "key": "chance",
        "label": "Conversion probability",
        "note": "The darker the disc, the more draws in which the site converts; its share beside "
        "the mark when the map is near.",
        "count": len(known),
        "stores": packed_numbers(at for at, _ in known),
        "percent": packed_numbers(round(100 * value) for _, value in known),
    }


def _cost(rows: Sequence[Row], currency: str) -> Layer | None:
    known = [(at, value) for at, value in _known(rows, "exit_cost_usd") if value > 0]
    if not known:
        return None
    most = max(value for _, value in known)
    step, largest = most / FINEST, value_text(most, "usd", currency)
    return {
        "key": "cost",
        "label": "Exit cost",
        "note": f"The area of a circle is the cash cost of leaving; the largest is {largest}.",
        "count": len(known),
        "stores": packed_numbers(at for at, _ in known),
        "parts": packed_numbers(round(value / step) for _, value in known),
        "most": FINEST,
    }


# ---------------------------------------------------------------------------- between stores
def _moves(rows: Sequence[Row], extras: MapExtras) -> Layer | None:
    """Return where each store of the map would move to; the script draws those that the plan moves.

    There is none where no plan that the map knows moves a store.
    """
    if extras.relocations is None:
        return None
    known = {store for store, decision in extras.decisions if decision == RELOCATE}
    known |= {str(row["store_id"]) for row in rows if row.get("decision") == RELOCATE}
    place = {str(row["store_id"]): at for at, row in enumerate(rows)}
    frame = placed(as_table(extras.relocations).table)
    frame = frame[frame["store_id"].isin(known & set(place))]
    if frame.empty:
        return None
    records = frame.to_dict("records")
    return {
        "key": "moves",
        "label": "Where stores move to",
        "note": "A dashed line runs from a store that the plan moves to a ring at its new place.",
        "count": len(frame),
        "shown": True,
        "stores": packed_numbers(place[str(row["store_id"])] for row in records),
        **points(frame),
        "names": packed_texts([_words(row, "name", "street", "city", "state") for row in records]),
    }


def _flows(rows: Sequence[Row], extras: MapExtras, currency: str) -> Layer | None:
    if extras.transfer is None:
        return None
    place = {str(row["store_id"]): at for at, row in enumerate(rows)}
    found = [
        (place[start], place[end], amount)
        for start, end, amount in _transfers(extras.transfer)
        if start in place and end in place and amount >= LEAST_FLOW_USD
    ]
    if not found:
        return None
    most = max(amount for _, _, amount in found)
    lines = [(start, end, round(FINEST * amount / most)) for start, end, amount in found]
    lines.sort(key=lambda line: (line[2], line))
    widest, least = (value_text(one, "usd", currency) for one in (most, LEAST_FLOW_USD))
    return {
        "key": "flows",
        "label": "Sales transfer",
        "note": "If every store of the wave closes: lines run from each to the own stores that "
        f"gain its sales, the wider the more; the widest is {widest} a year. "
        f"A store pointed at shows its own; flows under {least} are left out.",
        "count": len(lines),
        "lines": packed_numbers(number for line in lines for number in line),
    }


def _transfers(transfer: TableLike | pd.DataFrame) -> list[tuple[str, str, float]]:
    frame = as_table(transfer).table
    columns = (frame[name].tolist() for name in ("from_store_id", "to", "sales_usd_year"))
    return [
        (str(start), str(end), amount)
        for start, end, value in zip(*columns, strict=True)
        if (amount := as_number(value)) is not None
    ]


def outflows(rows: Sequence[Row], transfer: TableLike | pd.DataFrame | None) -> Layer | None:
    """Return where the sales of each closing store go, for its card.

    Returns
    -------
    dict or None
        ``parts``, the words of each part; ``stores``, packed places; ``percent``, packed, a whole
        number a part and store; ``text``, the sales of each store.
    """
    if transfer is None:
        return None
    place = {str(row["store_id"]): at for at, row in enumerate(rows)}
    sums: dict[int, dict[str, float]] = {}
    for start, end, amount in _transfers(transfer):
        if start in place and amount >= 0:
            part = _SINKS.get(end, _OWN)
            parts = sums.setdefault(place[start], dict.fromkeys((_OWN, *_SINKS.values()), 0.0))
            parts[part] += amount
    kept = {at: parts for at, parts in sorted(sums.items()) if sum(parts.values()) > 0}
    if not kept:
        return None
    shares = [
        round(100 * part / sum(parts.values()))
        for parts in kept.values()
        for part in parts.values()
    ]
    return {
        "parts": [_OWN, *_SINKS.values()],
        "stores": packed_numbers(kept),
        "percent": packed_numbers(shares),
        "mark": ORIGIN_MARKS["modelled"][0],
    }


def ranges(rows: Sequence[Row], currency: str) -> Layer | None:
    """Return the range of each site's value against closing over the draws, for its card.

    Returns
    -------
    dict or None
        ``stores``, packed places; ``parts``, packed, three a store: the 5th, 50th and 95th of a
        hundred draws, the largest of a store being `FINEST`; ``texts``, the words of the three.
    """
    names = [f"npv_vs_exit_p{level}_usd" for level in (5, 50, 95)]
    found = []
    for at, row in enumerate(rows):
        values = [as_number(row.get(name)) for name in names]
        if not any(value is None for value in values):
            found.append((at, [value for value in values if value is not None]))
    if not found:
        return None
    return {
        "stores": packed_numbers(at for at, _ in found),
        "parts": packed_numbers(
            round(FINEST * value / (max(map(abs, values)) or 1.0))
            for _, values in found
            for value in values
        ),
        "texts": packed_texts(
            [value_text(value, "usd", currency) for _, values in found for value in values]
        ),
    }


# ------------------------------------------------------------------------------- of the place
def _competitors(extras: MapExtras) -> Layer | None:
    frame = None if extras.competitors is None else placed(as_table(extras.competitors).table)
    if frame is None or not len(frame):
        return None
    records = frame.to_dict("records")
    sizes = [
        value_text(row["size_sqft"], "sqft") if as_number(row.get("size_sqft")) else ""
        for row in records
    ]
    return {
        "key": "competitors",
        "label": "Competitors",
        "note": "Supermarkets of others near a closing store, as far as the lists reach.",
        "count": len(frame),
        **points(frame),
        "chain": packed_texts([_words(row, "chain") for row in records]),
        "where": packed_texts([_words(row, "street", "city", "state") for row in records]),
        "size": packed_texts(sizes),
        "as_of": packed_texts([_words(row, "as_of") for row in records]),
    }


def _demand(extras: MapExtras, currency: str) -> Layer | None:
    frame = None if extras.demand is None else placed(as_table(extras.demand).table)
    if frame is None or not len(frame):
        return None
    income = frame["median_household_income_usd"].astype(float).to_numpy()
    known = income[~np.isnan(income)]
    inner = np.linspace(0, 100, SHADES + 1)[1:-1]
    breaks = (
        [round(float(value) / _KILO) for value in np.percentile(known, inner)] if len(known) else []
    )
    thousands = np.where(np.isnan(income), -1, np.round(income / _KILO)).astype(int)
    return {
        "key": "demand",
        "label": "Demand and income",
        "note": "A dot is a census area near a closing store: its size the households, its shade "
        "their median income.",
        "count": len(frame),
        **points(frame),
        "households": packed_numbers(round(float(value)) for value in frame["households"]),
        "income_k": packed_numbers(thousands.tolist()),
        "breaks_k": breaks,
        "currency": currency,
        "break_texts": [value_text(value * _KILO, "usd", currency) for value in breaks],
        "mark": ORIGIN_MARKS["observed"][0],
    }


def _words(row: Mapping[Any, object], *names: str) -> str:
    return ", ".join(str(row[name]) for name in names if not is_blank(row.get(name)))
