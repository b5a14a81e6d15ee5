"""The comparison of checkout technologies as one document: for a program, or for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retail_portfolio.model.checkouts.checkout import checkout, range_names
from retail_portfolio.model.checkouts.checkout_answer import (
    checkout_answer,
    headline_figures,
    paid_figures,
    third_party_figures,
)
from retail_portfolio.model.checkouts.checkout_bridge import checkout_bridges, checkout_levers
from retail_portfolio.model.checkouts.checkout_sites import checkout_sites, paid_table
from retail_portfolio.model.checkouts.checkout_third_party import checkout_third_party
from retail_portfolio.model.checkouts.checkout_years import break_even_years
from retail_portfolio.present.exporting.documents import figure_records, records
from retail_portfolio.present.formats import value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retail_portfolio.inputs.case import Case


def checkout_document(case: Case) -> dict[str, Any]:
    """Return the comparison of checkout technologies as one document.

    Parameters
    ----------
    case
        The case.

    Returns
    -------
    dict
        ``scenario, as_of, sentence, answer``, ``figures``, and rows by name: ``checkout``,
        ``third_party``, ``stores``, ``paid``, ``years``, ``bridge``, ``levers``.

    Raises
    ------
    InputError
        If the ledger lacks a row, or holds one that will not do.
    """
    names = range_names(case)
    costs, third = checkout(case), checkout_third_party(case, names)
    years, stores = break_even_years(case, names), checkout_sites(case)
    paid = paid_table(stores, case)
    figures = headline_figures(costs, paid_figures(case), third_party_figures(third))
    parts = {
        "checkout": costs,
        "third_party": third,
        "stores": stores,
        "paid": paid,
        "years": years,
        "bridge": checkout_bridges(case),
        "levers": checkout_levers(case),
    }
    return {
        "scenario": case.scenario.name,
        "as_of": case.scenario.as_of.isoformat(),
        "sentence": costs.sentence,
        "answer": checkout_answer(case, costs, third, years, paid),
        "figures": figure_records(figures),
        **{name: records(result.table) for name, result in parts.items()},
    }


def checkout_text(found: Mapping[str, Any], case: Case) -> str:
    """Write the document for a person at a terminal: a line a technology, then the answer."""
    lines, currency = [], case.scenario.currency
    for row in found["checkout"]:
        where = row["format"] if row["site_type"] == "own" else row["site_type"]
        what = " ".join(part for part in (row["technology"], row["reading"]) if part)
        mark = " cheapest" if row["cheapest"] else ""
        cost = value_text(row["annual_cost_usd"], "usd_year", currency)
        lines.append(f"{where:12} {what:22} {cost}{mark}")
    return "\n".join([*lines, "", str(found["answer"])])
