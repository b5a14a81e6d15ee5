"""Which sites convert in which cases: those always, those never, and those that depend."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retail_portfolio.present.formats import is_blank
from retail_portfolio.present.sweep_figures import some_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

STRIP_CASES: Final = 40
"""Cases up to which a site has a mark a case; beyond, a bar shows the share of cases."""
_FEW: Final = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A case on a site's strip: its number, and the format it converts to (0: it closes)."""

    case: str
    kind: int


@dataclass(frozen=True, slots=True)
class Site:
    """One site over all cases.

    Parameters
    ----------
    name, place
        What it is called and where it stands; the place may be empty.
    count, share
        In how many cases it converts, and what per cent that is.
    where
        The cases it converts in, where a few words say it.
    marks
        One a case, in the order of the cases; empty where there are too many.
    """

    name: str
    place: str
    count: int
    share: str
    where: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Sites:
    """All sites: those that depend on the case most often first, and the names of the others.

    Parameters
    ----------
    depends
        Sites that convert in some cases and close in others.
    always, never
        Names of the others.
    formats
        Formats that sites convert to, the commonest first; it is kind 1.
    cases
        How many cases have a plan.
    """

    depends: tuple[Site, ...]
    always: tuple[str, ...]
    never: tuple[str, ...]
    formats: tuple[str, ...]
    cases: int

    @property
    def total(self) -> int:
        """How many sites there are."""
        return len(self.depends) + len(self.always) + len(self.never)

    @property
    def sentence(self) -> str:
        """How many sites convert always, sometimes and never, as a heading."""
        if not self.total:
            return "No site could convert"
        always, some, none = (len(one) for one in (self.always, self.depends, self.never))
        return (
            f"Of {self.total} closing sites, {always} convert{'s' if always == 1 else ''} in every "
            f"case, {some} in some cases and {none} in none"
        )


def sites_of(
    plans: pd.DataFrame,
    converts: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str],
) -> Sites:
    """Say of every closing site in which cases it converts.

    Parameters
    ----------
    plans
        Columns ``case, store_id``, and ``name, city, state`` where they are known.
    converts
        Case to store to format, of `retail_portfolio.present.sweep_regret.conversions`.
    labels
        Format code to what a reader calls it.
    """
    every = Counter(fmt for each in converts.values() for fmt in each.values())
    codes = sorted(every, key=lambda code: (-every[code], code))
    kinds = {code: place for place, code in enumerate(codes, start=1)}
    depends: list[Site] = []
    always: list[str] = []
    never: list[str] = []
    for row in plans.drop_duplicates("store_id").to_dict("records"):
        store = str(row["store_id"])
        name = _text(row.get("name")) or store
        place = ", ".join(part for key in ("city", "state") if (part := _text(row.get(key))))
        becomes = {case: each.get(store, "") for case, each in converts.items()}
        count = sum(map(bool, becomes.values()))
        if count in {0, len(converts)}:
            whole = f"{name} ({place})" if place and place.split(",")[0] not in name else name
            (always if count else never).append(whole)
            continue
        marks = tuple(Mark(case, kinds.get(fmt, 0)) for case, fmt in becomes.items())
        share = f"{100 * count / len(converts):.1f}"
        few = marks if len(marks) <= STRIP_CASES else ()
        depends.append(Site(name, place, count, share, _where(becomes), few))
    depends.sort(key=lambda site: -site.count)
    named = tuple(labels.get(code, code.replace("_", " ")) for code in codes)
    return Sites(tuple(depends), tuple(always), tuple(never), named, len(converts))


def _where(becomes: Mapping[str, str]) -> str:
    """Name the cases where few words do: the few it converts in, or the few it does not."""
    yes = [case for case, fmt in becomes.items() if fmt]
    no = [case for case, fmt in becomes.items() if not fmt]
    fewest: Sequence[str] = min(yes, no, key=len)
    if len(fewest) > _FEW:
        return ""
    return f"only {some_of(yes)}" if fewest is yes else f"all but {some_of(no)}"


def _text(value: object) -> str:
    return "" if is_blank(value) else str(value)
