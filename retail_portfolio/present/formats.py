"""Numbers as a reader meets them: rounded to what is known, with their unit.

The same handful of functions serves sentences, tables, pop-ups and charts, so that a figure
reads alike wherever it stands: ``USD 1.2 M``, ``12 %``, ``41,000 sq ft``, ``3.4 mi``. What is
blank is ``not known``, never zero. Units are the names that columns and figures carry
(``usd``, ``usd_year``, ``share``, ``size_sqft`` ...), not prose: ``usd`` stands for money, and is
written in the currency that a call names. Numbers themselves are written by
`retail_portfolio.model.number_words`, as the sentences of the models are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from retail_portfolio.model.number_words import (
    MINUS,
    NOT_KNOWN,
    as_number,
    as_stated,
    from_to,
    is_blank,
    percent,
    plain,
    short,
    usd,
)

if TYPE_CHECKING:
    from retail_portfolio.inputs.speech import Speech
    from retail_portfolio.model.result import Figure

__all__ = [
    "MINUS",
    "NOT_KNOWN",
    "ORIGIN_MARKS",
    "as_number",
    "as_stated",
    "basis_words",
    "figure_spread",
    "figure_text",
    "figure_value",
    "is_blank",
    "is_money",
    "is_share",
    "label_of",
    "percent",
    "plain",
    "range_text",
    "short",
    "unit_of",
    "unit_words",
    "usd",
    "value_text",
]

#: How a range was made, in short.
_BASES: Final[dict[str, str]] = {
    "": "",
    "one_at_a_time": "assumptions one at a time",
    "one_alone": "one assumption alone",
    "draws": "P5 to P95 of the draws",
}
#: Letter and word of every origin mark.
ORIGIN_MARKS: Final = {
    "observed": ("o", "observed: a filing, a store locator or a government table"),
    "reported": ("r", "reported: the press or a company statement"),
    "assumed": ("a", "assumed: a judgement with low, base and high in the ledger"),
    "modelled": ("m", "modelled: computed here"),
}

#: Unit name -> what stands behind the number. Money and shares are treated apart.
_WORDS: Final = {
    "sqft": "sq ft",
    "sq_ft": "sq ft",
    "miles": "mi",
    "mi": "mi",
    "km": "km",
    "m": "m",
    "metres": "m",
    "minutes": "min",
    "min": "min",
    "seconds": "s",
    "hours": "h",
    "percent": "%",
    "people_per_sq_km": "people per sq km",
    "population_per_sq_km": "people per sq km",
    "degrees": "\u00b0",
}
_SILENT: Final = frozenset({"", "count", "number", "id", "text", "date", "1", "degrees"})

#: How the last words of a column name give its unit, longest first.
_SUFFIXES: Final = (
    "usd_per_sqft_year",
    "usd_per_sqft",
    "usd_per_hour",
    "usd_per_store",
    "usd_year",
    "usd",
    "sqft",
    "miles",
    "minutes",
    "seconds",
    "years",
    "months",
    "weeks",
    "days",
    "hours",
    "metres",
    "km",
    "share",
)
_ACRONYMS: Final = {
    "npv": "NPV",
    "id": "ID",
    "rou": "ROU",
    "zip": "ZIP",
    "tco": "TCO",
    "vs": "vs",
    "rfid": "RFID",
    "warn": "WARN",
    "lat": "Latitude",
    "lon": "Longitude",
}


def is_money(unit: str) -> bool:
    """Whether ``unit`` is an amount of money, in all or per something; units say ``usd``."""
    return unit.lower().startswith("usd")


def is_share(unit: str) -> bool:
    """Whether ``unit`` is a share or probability between 0 and 1."""
    return unit.lower() in {"share", "probability", "fraction", "rate"}


def unit_words(unit: str, currency: str = "") -> str:
    """Write a unit's name in words: ``usd_per_sqft_year`` becomes ``USD per sq ft and year``.

    Parameters
    ----------
    unit
        Name of the unit.
    currency
        Three letters; needed where the unit is money, without meaning where it is not.

    Raises
    ------
    ValueError
        If the unit is money and no currency is named.
    """
    name = unit.strip().lower().replace(" ", "_").replace("/", "_per_")
    if name in _SILENT:
        return ""
    if is_share(name):
        return "%"
    if not is_money(name):
        return _WORDS.get(name, name.replace("_", " "))
    if not currency:
        raise ValueError(f"{unit} is money: name its currency, or the words of its portfolio")
    rest = [word for word in name.split("_")[1:] if word != "per"]
    words = [{"sqft": "sq ft"}.get(word, word) for word in rest]
    return " per ".join([currency, " and ".join(words)]) if words else currency


def value_text(value: object, unit: str = "", currency: str = "") -> str:
    """Write a number with its unit.

    Parameters
    ----------
    value
        A number in ``unit``, or blank.
    unit
        Name of the unit; empty for a bare count.
    currency
        As in `unit_words`.

    Returns
    -------
    str
        ``USD 1.2 M a year``, ``12 %``, ``41,000 sq ft``, ``3.4 mi``, ``57 stores``, ``not known``.

    Raises
    ------
    ValueError
        If the unit is money and no currency is named.
    """
    number = as_number(value)
    if number is None:
        return NOT_KNOWN
    if is_share(unit):
        return percent(number)
    words = unit_words(unit, currency)
    if is_money(unit):
        rest = words.removeprefix(currency).strip()
        if rest == "per year":
            rest = "a year"
        return f"{usd(number, currency=currency)} {rest}".strip()
    text = _measure(number)
    if text == "1" and words.endswith("s") and len(words) > 1:
        words = words[:-1]
    return f"{text} {words}".strip()


def _measure(number: float) -> str:
    """Write a length, a time or a count: one decimal below a hundred where it is not whole."""
    whole = abs(number - round(number)) < 0.05  # noqa: PLR2004
    if abs(number) < 1 and not whole:
        return plain(number, 2)
    return plain(number, 0 if whole or abs(number) >= 100 else 1)  # noqa: PLR2004


def range_text(low: object, high: object, unit: str = "", currency: str = "") -> str:
    """Write a range: ``USD 480 M to 790 M``, ``9 to 15 stores``; empty where an end is unknown.

    Parameters
    ----------
    low, high
        Ends in ``unit``.
    unit, currency
        As in `value_text`, and so are the errors.
    """
    if as_number(low) is None or as_number(high) is None:
        return ""
    left, right = (value_text(end, unit, currency) for end in (low, high))
    if left == right:
        return left
    if is_money(unit):
        for tail in _tails(unit, currency):
            left = left.removesuffix(tail)
        return from_to(left, right, currency=currency)
    number, _, words = left.partition(" ")
    tail = right.partition(" ")[2]
    # The unit stands once, behind the second number ("1 store to 4 stores" needs no first).
    return f"{number if words.rstrip('s') == tail.rstrip('s') else left} to {right}"


def _tails(unit: str, currency: str) -> tuple[str, ...]:
    rest = unit_words(unit, currency).removeprefix(currency).strip()
    return (f" {rest}", " a year") if rest else ()


def figure_text(figure: Figure) -> str:
    """Write a figure with its range: ``USD 610 M (USD 480 M to 790 M)``."""
    text, spread = figure_value(figure), figure_spread(figure)
    return f"{text} ({spread})" if spread and spread != text else text


def figure_value(figure: Figure) -> str:
    """Write a figure without its range, in the words of its portfolio."""
    return value_text(figure.value, figure.unit, figure.words.currency)


def figure_spread(figure: Figure) -> str:
    """Write the range of a figure; empty where it has none."""
    return range_text(figure.low, figure.high, figure.unit, figure.words.currency)


def basis_words(basis: str) -> str:
    """Say in short how a range was made, one of `model.result.RANGE_BASES`; blank where not known.

    Examples
    --------
    >>> basis_words("one_at_a_time")
    'assumptions one at a time'
    """
    return _BASES.get(basis, "")  # a report that is read back may be of another program


def unit_of(column: str) -> str:
    """Read the unit off a column's name: ``size_sqft`` gives ``sqft``; empty where it has none."""
    name = column.lower()
    if name.startswith("share_") or name in {"share", "probability"}:
        return "share"
    for suffix in _SUFFIXES:
        if name == suffix or name.endswith("_" + suffix):
            return suffix
    return ""


def label_of(column: str, words: Speech | None = None) -> str:
    """Write a column's name in words, without its unit: ``exit_cost_usd`` becomes ``Exit cost``.

    Parameters
    ----------
    column
        Its name.
    words
        Of the portfolio, where they are known: a name that begins with the code of walk-out
        checkout then begins with what that is called, and money is named by its currency.

    Raises
    ------
    ValueError
        If money is named within the words and nobody says of which portfolio.
    """
    name = column.lower()
    unit = unit_of(column)
    if unit and name.endswith("_" + unit):
        name = name[: -len(unit) - 1]
    begins, acronyms = [], dict(_ACRONYMS)
    if words is not None:
        acronyms["usd"] = words.currency
        code = words.walk_out_code
        if name == code or name.startswith(f"{code}_"):
            begins, name = [words.walk_out_short or words.walk_out_label], name.removeprefix(code)
    elif "usd" in name.split("_"):
        raise ValueError(f"{column} is money: name the words of its portfolio")
    said = [*begins, *(acronyms.get(word, word) for word in name.split("_") if word)]
    text = " ".join(said) or column
    return text[0].upper() + text[1:]
