"""Words for what became of a site: a closed list, so that a slip is never scored as an outcome.

A site converted, something else settled that it will not, or it is still open what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from retail_portfolio.inputs.faults import Fault, one_of

if TYPE_CHECKING:
    from retail_portfolio.inputs.settings.scenario import Scenario

UNKNOWN = "unknown"
"""Nothing was found out: no sign of either."""
OPEN = (UNKNOWN, "vacant")
"""Words that settle nothing."""
NEGATIVE = (
    "other_tenant",
    "other_grocer",
    "other_use",
    "lease_exit",
    "sublease_marketed",
    "demolished",
)
"""Words for a site that the owner has given up: it does not convert."""
CONVERTS = "convert_"
"""In front of a format: the site becomes a store of it."""
SETTING = "conversion_outcomes"
"""The setting with further words for conversions."""


def conversions(settings: Scenario) -> dict[str, str]:
    """
    Return every word for a conversion with the format it is a conversion to.

    Parameters
    ----------
    settings
        The scenario: ``convert_<format>`` for each format that a site may become, whether or not
        this scenario lets it, and the words of its setting `conversion_outcomes`.
    """
    may = [code for code, form in settings.formats.items() if form.role != "closing"]
    plain = {f"{CONVERTS}{code}": code for code in dict.fromkeys((*settings.convert_to, *may))}
    return plain | dict(settings.conversion_outcomes)


def words(settings: Scenario) -> tuple[str, ...]:
    """Return every word there is, those for conversions first."""
    return (*conversions(settings), *NEGATIVE, *OPEN)


def labels(settings: Scenario) -> Mapping[str, int]:
    """Return what each settled word stands for: 1 converted, 0 did not; open ones are left out."""
    return dict.fromkeys(NEGATIVE, 0) | dict.fromkeys(conversions(settings), 1)


def setting_faults(
    given: object,
    formats: Sequence[str],
    who_said: Callable[[tuple[str, ...]], tuple[str, int | None]],
) -> list[Fault]:
    """
    Return what is wrong with the words that a scenario gives; wrong types are left to the model.

    Parameters
    ----------
    given
        The setting as written.
    formats
        Codes of the formats there are.
    who_said
        Says which file gives a setting, and in which line.

    Returns
    -------
    list of Fault
        One for each word of a format that there is not, and for each that stands for another
        outcome already.
    """
    faults = []
    for word, code in given.items() if isinstance(given, Mapping) else ():
        path = (SETTING, str(word))
        file, line = who_said(path)
        if isinstance(code, str) and formats and code not in formats:
            faults.append(Fault(file, line, ".".join(path), code, one_of(formats, code)))
        if word in (*OPEN, *NEGATIVE) or str(word).startswith(CONVERTS):
            expected = "a word that does not stand for another outcome"
            faults.append(Fault(file, line, ".".join(path), str(word), expected))
    return faults
