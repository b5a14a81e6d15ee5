"""Data for a script in a page, in less room than JSON alone takes.

Whole numbers become letters: each number z is written as n = 2 z, or -2 z - 1 where z < 0, and n in
groups of five bits, the lowest first, one letter of `ALPHABET` a group; a letter of the upper half
says that another group follows. Texts that come again are written once, with a number a row.
`numbers` and `texts` in the tools of the map's script read both back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""A letter for each number below 64; none of them means anything in HTML or in JSON."""
LARGEST: Final = 2**29
"""Numbers are smaller than this, so that the script can shift them."""

_BITS: Final = 5
_MORE: Final = 1 << _BITS


def packed_numbers(numbers: Iterable[int]) -> str:
    """Write whole numbers as letters.

    Parameters
    ----------
    numbers
        Each between -`LARGEST` and `LARGEST`.

    Raises
    ------
    ValueError
        If one is not.
    """
    letters: list[str] = []
    for number in numbers:
        if not -LARGEST < number < LARGEST:
            raise ValueError(f"{number} is too large to be packed")
        rest = -2 * number - 1 if number < 0 else 2 * number
        while rest >= _MORE:
            letters.append(ALPHABET[_MORE + rest % _MORE])
            rest //= _MORE
        letters.append(ALPHABET[rest])
    return "".join(letters)


def steps(numbers: Sequence[int]) -> list[int]:
    """Return the first number, then each one less the one before it."""
    return [number - before for number, before in zip(numbers, [0, *numbers], strict=False)]


def packed_texts(texts: Sequence[str]) -> list[str] | dict[str, object]:
    """Write texts as they are, or each different one once where that takes less room.

    Returns
    -------
    list or dict
        The texts, or ``texts``, the different ones in the order in which they come, and ``rows``,
        the place of each row's text among them, packed.
    """
    place = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    rows = packed_numbers(place[text] for text in texts)
    shorter = sum(len(text) + 3 for text in place) + len(rows)
    if shorter >= sum(len(text) + 3 for text in texts):
        return list(texts)
    return {"texts": list(place), "rows": rows}
