"""What each changed input did to the results of a report, as found by `causes`."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retail_portfolio.run.comparing.causes_words import sentence_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FIGURES: Mapping[str, str] = {
    "stores_converting": "stores_converting",
    "plan_value_usd": "plan_gain_usd",
    "exit_cost_usd": "exit_cost_usd",
    "impairment_usd": "impairment_usd",
    "closing_advantage_usd": "closing_advantage_usd",
}
_EXTRA = re.compile(r"(.+)_extra_(installed|annualised)_usd_year")
"""What walk-out checkout cost beyond the best alternative, by the code that it has."""


def figures_of(numbers: Iterable[str]) -> dict[str, str]:
    """Return numbers of an answer, each with the headline figure of a report that is the same.

    Parameters
    ----------
    numbers
        Names of the numbers that the answers have.

    Examples
    --------
    >>> figures_of(["gliss_extra_annualised_usd_year"])["gliss_extra_annualised_usd_year"]
    'gliss_paid_extra_annualised'
    """
    named = (_EXTRA.fullmatch(name) for name in numbers)
    tails = {"installed": "", "annualised": "_annualised"}
    paid = {one[0]: f"{one[1]}_paid_extra{tails[one[2]]}" for one in named if one}
    return {**_FIGURES, **paid}


@dataclass(frozen=True, slots=True)
class Turn:
    """A decision before and after; ``None`` where the store is, or was, not in the plan."""

    store_id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What something does to the answers.

    Parameters
    ----------
    turned
        Decisions.
    moves
        By how much each number of `figures_of` moves; 0 where it does not, ``None`` where it is not
        known on a side.
    """

    turned: tuple[Turn, ...] = ()
    moves: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether it does nothing that these answers show."""
        return not self.turned and not any(self.moves.values())


@dataclass(frozen=True, slots=True)
class Cause:
    """One changed input, put alone in the place of its earlier state.

    Parameters
    ----------
    kind
        ``assumption``, ``setting``, ``table``, or ``several`` that only hold together.
    name
        Key of the assumption or setting, or name of the file.
    detail
        What changed, in short.
    effect
        What it does; ``None`` where it could not be tried.
    why_not
        Why it could not be; empty where it could.
    title
        What the ledger says that an assumption is; empty where ``name`` is all there is.
    """

    kind: str
    name: str
    detail: str
    effect: Effect | None
    why_not: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Causes:
    """What each changed input did to the results.

    Parameters
    ----------
    why_not
        Why there is nothing to say; empty where there is.
    before, after
        The numbers of `figures_of` by today's program, on the earlier and on the later inputs.
    causes
        Each input that was tried, in the order of the report's inputs.
    together
        What they do only together; ``None`` where not all were tried or could be.
    program
        By how much today's program answers the earlier inputs otherwise than the earlier report.
    not_tried
        Names of inputs that were left out, for their number or for time.
    later_program
        Whether today's program answers the later inputs as the later report did.
    drawn
        Whether ends of ranges or figures over draws moved, which are not computed anew.
    program_changed, notebooks_changed
        Whether the program or its packages, and whether notebooks, differ between the reports.
    """

    why_not: str = ""
    before: Mapping[str, float | None] = field(default_factory=dict)
    after: Mapping[str, float | None] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    together: Effect | None = None
    program: Effect = field(default_factory=Effect)
    not_tried: tuple[str, ...] = ()
    later_program: bool = True
    drawn: bool = False
    program_changed: bool = False
    notebooks_changed: bool = False

    @property
    def sentence(self) -> str:
        """Everything in one or two sentences."""
        return sentence_of(self)

    @property
    def turned_back(self) -> tuple[Turn, ...]:
        """What inputs turn by themselves and all together turn back."""
        back = {
            Turn(turn.store_id, turn.after, turn.before)
            for one in self.causes
            if one.effect
            for turn in one.effect.turned
        }
        return tuple(turn for turn in self.together.turned if turn in back) if self.together else ()

    def document(self) -> dict[str, Any]:
        """Return it as plain values."""
        found = dataclasses.asdict(self) | {"sentence": self.sentence}
        plain: dict[str, Any] = json.loads(json.dumps(found, allow_nan=False))
        return plain
