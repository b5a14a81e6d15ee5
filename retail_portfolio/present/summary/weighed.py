"""Which decisions a scenario weighs, and how keeping and moving a store are valued, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from retail_portfolio.model.targets import CLOSE, CONVERT, KEEP, RELOCATE

if TYPE_CHECKING:
    from retail_portfolio.inputs.settings.scenario import Scenario

_SAID: Final = {
    CLOSE: "close it",
    KEEP: "keep it open",
    RELOCATE: "move it",
    CONVERT: "convert it",
}
_VALUED: Final = {
    KEEP: (
        "A store that is kept trades on to the end of its lease, at most the horizon; options are "
        "used where it earns something. It earns what it earns today where nothing around it "
        "changes, and more where its neighbours of the wave close; its whole exit cost is saved, "
        "and nothing is spent "
        "but ``capex_keep_usd_per_sqft`` of the ledger, where that has a row. What it earns "
        "today is its four-wall result of the register, else the four-wall margin of the ledger "
        "times its sales; where neither is known, it is not kept. Named as ``ID:keep``, a plan "
        "keeps it."
    ),
    RELOCATE: (
        "A store that moves opens anew at its place of ``relocations.csv``: built new, on the "
        "rent and the floor of the place, under a new lease. Its old site closes as any other, so "
        "that its whole exit cost is paid. Named as ``ID:relocate``, a plan moves it."
    ),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs that a notebook shows as text; code stands between doubled backticks."""

    paragraphs: tuple[str, ...]

    def _repr_html_(self) -> str:
        return "".join(f"<p>{_with_code(text)}</p>" for text in self.paragraphs)

    def __repr__(self) -> str:
        """Return the paragraphs as they are."""
        return "\n\n".join(self.paragraphs)


def weighed(settings: Scenario) -> Passage | None:
    """Return a passage on what may become of a closing store.

    Parameters
    ----------
    settings
        The scenario; its ``decisions`` say what is weighed.

    Returns
    -------
    Passage or None
        None where stores close or convert and nothing else: the pages speak of nothing else then.
    """
    wanted = [one for one in _VALUED if one in settings.decisions]
    if not wanted:
        return None
    ways = [words for one, words in _SAID.items() if one in {CLOSE, *settings.decisions}]
    last = ways.pop()
    said = f"This scenario weighs for every closing store whether to {', '.join(ways)} or {last}."
    return Passage((said, *(_VALUED[one] for one in wanted)))


def _with_code(text: str) -> Markup:
    """Return a text of ours with what stands between doubled backticks as code."""
    parts = text.split("``")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )
