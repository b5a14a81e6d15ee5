"""What a summary tells of each notebook in two minutes, and what it leaves to the notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

FIGURES_SHOWN: Final = 5
CHARTS_SHOWN: Final = 1
"""How many figures and charts a summary shows of a notebook that no brief speaks of."""
TABLES_FOLDED: Final = 3
"""How many tables of such a notebook a summary folds away; it links to all."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a section, by the names and keys that its notebook gives.

    Parameters
    ----------
    heading
        What stands above it; nothing where a section has one part.
    figures
        Beginnings of the keys of figures, in this order: the first that begins so is shown;
        ``{walk_out}`` stands for the code of walk-out checkout.
        None: the first `FIGURES_SHOWN` that lead no page.
    charts, tables
        Beginnings of the names of charts, and names of tables, that stand open.
    folded_charts, folded_tables
        As these, folded away.
    counts
        Tables whose rows are counted, as `retail_portfolio.present.summary.data_state` does.
    lists_converting
        Whether the stores that do not close are listed here.
    """

    heading: str = ""
    figures: tuple[str, ...] | None = None
    charts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    folded_charts: tuple[str, ...] = ()
    folded_tables: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    lists_converting: bool = False


BRIEFS: Final = {
    "03_conversion": (
        Part(
            lists_converting=True,
            tables=("my_plan", "my_plan_steps"),
            folded_charts=("frontier",),
            folded_tables=("plan",),
        ),
    ),
    "02_closure": (
        Part(
            "Cash: what leaving costs",
            ("closing_advantage_usd", "kept_by_own_stores_share"),
            ("closure_steps",),
            ("closure_summary",),
            folded_tables=("closure",),
        ),
        Part(
            "Accounting: what the books lose, which is no cash",
            ("impairment_usd",),
            folded_tables=("closure_accounting", "charge_check"),
        ),
    ),
    "04_checkout": (
        Part(
            figures=("break_even_sales", "{walk_out}_paid_extra", "third_party_net"),
            charts=("checkout_break_even",),
            folded_charts=("checkout_third_party",),
            folded_tables=("checkout", "checkout_third_party"),
        ),
    ),
    "05_uncertainty": (
        Part(
            figures=("base_plan_value_median",),
            charts=("uncertainty_fan",),
            folded_charts=("uncertainty_sites", "uncertainty_information"),
            folded_tables=("uncertainty_totals",),
        ),
    ),
    "06_backtest": (
        Part(
            figures=("backtest_auc", "forecast_stores_scored"),
            folded_charts=("backtest_auc",),
            folded_tables=("backtest_base_rates", "forecast_stores"),
        ),
    ),
    "01_portfolio": (
        Part(figures=("exit_share_of_operating_income",), folded_tables=("event",)),
        Part(
            "Data quality: what is known, and what is not",
            (),
            tables=("data_quality",),
            counts=("corrections", "metros"),
            folded_tables=("corrections", "metros"),
        ),
        Part("Sources", (), counts=("sources",), folded_tables=("sources",)),
    ),
}
"""The parts of each section, by notebook; what is not named is only linked to."""


def brief_of(notebook: str, tables: Iterable[str] = ()) -> tuple[Part, ...]:
    """Return what a summary shows of a notebook; of one it does not know, what comes first.

    Parameters
    ----------
    notebook
        Its name.
    tables
        Names of the tables that it left, in its order.
    """
    first = tuple(islice(tables, TABLES_FOLDED))
    return BRIEFS.get(notebook, (Part(charts=("",), folded_tables=first),))


def short_name(notebook: str) -> str:
    """Return a notebook's name as the navigation has it: without a number in front, in words."""
    words = re.sub(r"^\d+[_-]+(?=.)", "", notebook)
    return re.sub(r"[_-]+", " ", words).strip().capitalize() or notebook
