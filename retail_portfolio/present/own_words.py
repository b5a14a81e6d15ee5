"""The words of the portfolio that a result is of, around whatever is written of it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from retail_portfolio.inputs.speech import Speech, speaking, speech
from retail_portfolio.model.result import Figure, Result

if TYPE_CHECKING:
    from collections.abc import Callable

Given = ParamSpec("Given")
Written = TypeVar("Written")


def words_of(shown: object) -> Speech:
    """Return the words of the portfolio that a result or a figure is of.

    Parameters
    ----------
    shown
        Of anything else it is not known, and holds the portfolio that is spoken of.
    """
    return shown.words if isinstance(shown, Result | Figure) else speech()


def in_its_words(writer: Callable[Given, Written]) -> Callable[Given, Written]:
    """Have a function write of the first result among its arguments in that one's words."""

    @functools.wraps(writer)
    def written(*args: Given.args, **kwargs: Given.kwargs) -> Written:
        given = (*args, *kwargs.values())
        result = next((one for one in given if isinstance(one, Result)), None)
        with speaking(words_of(result)):
            return writer(*args, **kwargs)

    return written
