"""The page of terms: the glossary that goes with every report."""

from __future__ import annotations

from retail_portfolio.inputs import load_scenario
from retail_portfolio.inputs.speech import Speech
from retail_portfolio.present.pages import glossary
from tools.docs.markdown import plain


def page() -> str:
    """Return the page."""
    text = ["# Terms\n", "The glossary of every report, here in the words of the bundled one.\n"]
    for term, meaning in glossary(Speech.of(load_scenario("base"))):
        text.append(f"\n{plain(term)}\n:   {plain(meaning)}\n")
    return "\n".join(text)
