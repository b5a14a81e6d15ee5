"""Names of the ledger that the comparison of checkout technologies depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retail_portfolio.model.checkouts.checkout_terms import LICENCE, defaults_of, names_of
from retail_portfolio.model.checkouts.checkout_third_party import uplift_names
from retail_portfolio.model.checkouts.checkout_years import year_names

if TYPE_CHECKING:
    from retail_portfolio.model.checkouts.checkout_codes import Codes


def checkout_names(codes: Codes) -> tuple[str, ...]:
    """Return every name a year of checkout depends on, with every technology there is."""
    wanted = {n for technology in codes.technologies for n in names_of(technology, codes)}
    return tuple(sorted(wanted))


def checkout_optional_names(codes: Codes) -> tuple[str, ...]:
    """Return the names that the checkout models use where the ledger has them."""
    licence = codes.key(LICENCE)
    return tuple(sorted({*defaults_of(codes), licence, *uplift_names(codes), *year_names(codes)}))
