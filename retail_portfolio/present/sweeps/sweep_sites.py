"""Which sites convert in which cases: those always, those never, and those that depend.

Where a case keeps or moves a store, the same is said of not closing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from retail_portfolio.model.targets import KEEP, RELOCATE
from retail_portfolio.present.formats import is_blank
from retail_portfolio.present.sweeps.sweep_figures import some_of
from retail_portfolio.present.words import TARGETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

STRIP_CASES: Final = 40
"""Cases up to which a site has a mark a case; beyond, a bar shows the share of cases."""
_FEW: Final = 2
_OTHERS: Final = {KEEP: ("keeps", "stays open"), RELOCATE: ("moves", "moves")}
"""Class and words of what is neither a conversion nor closed."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A case on a site's strip: its number, and the kind of what it becomes (0: it closes)."""

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
        In how many cases it converts, or does not close, and what per cent that is.
    where
        Those cases, where a few words say it.
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
        Sites that convert, or do not close, in some cases and close in others.
    always, never
        Names of the others.
    formats
        What sites become: formats, the commonest first, then what is no conversion. The first is
        kind 1.
    cases
        How many cases have a plan.
    others
        Whether any case keeps or moves a store.
    looks
        Class and words of each of ``formats`` for a legend.
    """

    depends: tuple[Site, ...]
    always: tuple[str, ...]
    never: tuple[str, ...]
    formats: tuple[str, ...]
    cases: int
    others: bool = False
    looks: tuple[tuple[str, str], ...] = ()

    @property
    def total(self) -> int:
        """How many sites there are."""
        return len(self.depends) + len(self.always) + len(self.never)

    @property
    def headline(self) -> str:
        """What ``always`` are, in words."""
        return "Stores that close in no case" if self.others else "Sites that convert in every case"

    @property
    def rest(self) -> str:
        """In which cases ``never`` do what the others do, in words."""
        return "every case" if self.others else "none"

    @property
    def sentence(self) -> str:
        """How many sites convert always, sometimes and never, as a heading."""
        if not self.total:
            return "No site could convert"
        always, some, none = (len(one) for one in (self.always, self.depends, self.never))
        if self.others:
            return (
                f"Of {self.total} closing stores, {always} close{'s' if always == 1 else ''} in no "
                f"case, {some} in some cases and {none} in every case"
            )
        return (
            f"Of {self.total} closing sites, {always} convert{'s' if always == 1 else ''} in every "
            f"case, {some} in some cases and {none} in none"
        )


def sites_of(
    plans: pd.DataFrame,
    decided: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, str],
) -> Sites:
    """Say of every closing site in which cases it converts, or is kept or moved.

    Parameters
    ----------
    plans
        Columns ``case, store_id``, and ``name, city, state`` where they are known.
    decided
        Case to store to what it becomes, of `retail_portfolio.present.sweeps.sweep_regret.decided`.
    labels
        Format code to what a reader calls it.
    """
    every = Counter(target for each in decided.values() for target in each.values())
    codes = sorted(every, key=lambda code: (code in TARGETS, -every[code], code))
    kinds = {code: place for place, code in enumerate(codes, start=1)}
    depends: list[Site] = []
    always: list[str] = []
    never: list[str] = []
    for row in plans.drop_duplicates("store_id").to_dict("records"):
        store = str(row["store_id"])
        name = _text(row.get("name")) or store
        place = ", ".join(part for key in ("city", "state") if (part := _text(row.get(key))))
        becomes = {case: each.get(store, "") for case, each in decided.items()}
        count = sum(map(bool, becomes.values()))
        if count in {0, len(decided)}:
            whole = f"{name} ({place})" if place and place.split(",")[0] not in name else name
            (always if count else never).append(whole)
            continue
        marks = tuple(Mark(case, kinds.get(fmt, 0)) for case, fmt in becomes.items())
        share = f"{100 * count / len(decided):.1f}"
        few = marks if len(marks) <= STRIP_CASES else ()
        depends.append(Site(name, place, count, share, _where(becomes), few))
    depends.sort(key=lambda site: -site.count)
    named = tuple(TARGETS.get(code) or labels.get(code, code.replace("_", " ")) for code in codes)
    looks = tuple(
        _OTHERS.get(code, (f"k{kinds[code]}", f"converts to {name}"))
        for code, name in zip(codes, named, strict=True)
    )
    others = any(code in TARGETS for code in codes)
    return Sites(tuple(depends), tuple(always), tuple(never), named, len(decided), others, looks)


def _where(becomes: Mapping[str, str]) -> str:
    """Name the cases where few words do: the few it does not close in, or the few it does."""
    yes = [case for case, fmt in becomes.items() if fmt]
    no = [case for case, fmt in becomes.items() if not fmt]
    fewest: Sequence[str] = min(yes, no, key=len)
    if len(fewest) > _FEW:
        return ""
    return f"only {some_of(yes)}" if fewest is yes else f"all but {some_of(no)}"


def _text(value: object) -> str:
    return "" if is_blank(value) else str(value)
