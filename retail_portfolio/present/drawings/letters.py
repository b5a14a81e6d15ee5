"""How wide words are, so that they are broken where they have to be and nowhere else.

Arial, Helvetica and Liberation Sans were made to the same widths; a drawing asks for these alone.
Without them a word may be wider, which is why whoever sets out a drawing leaves some room.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Thousandths of the letter size -> the letters that are as wide, from Liberation Sans 2.
_PLAIN: Final = {
    191: "'",
    222: "ijl",
    278: " !,./:;I[\\]ft\u00a0",
    333: "()-`r",
    355: '"',
    389: "*",
    500: "Jcksvxyz",
    556: "#$0123456789?L_abdeghnopqu\u2013",
    584: "+<=>~\u2212",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "@\u2026",
}
_BOLD: Final = {
    238: "'",
    278: " ,./I\\ijl\u00a0",
    333: "!()-:;[]`ft",
    389: "*r{}",
    474: '"',
    500: "z",
    556: "#$0123456789J_aceksvxy\u2013",
    584: "+<=>~\u2212",
    611: "?FLTZbdghnopqu",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    833: "M",
    889: "%m",
    944: "W",
    1000: "@\u2026",
}
_OTHER: Final = 600
_WIDE: Final = 1000
_FIRST_WIDE: Final = "\u2e80"  # from here on scripts whose letters fill a square


#: A number and its unit, or the three letters of its currency: they stay on one line. Other three
#: capitals before a number ("ASC 842") do so, too: a line is then broken one word earlier, which
#: reads no worse, and no drawing has to be told the currency for it.
_TIED: Final = re.compile(r"(?:\d (?:[MBk%]|sq|sq ft|mi|km|min)\W*|(?<!\w)[A-Z]{3} \W?\d\S*)$")


def _by_letter(groups: Mapping[int, str]) -> Mapping[str, int]:
    return MappingProxyType({letter: width for width, some in groups.items() for letter in some})


_WIDTHS: Final = (_by_letter(_PLAIN), _by_letter(_BOLD))


def text_px(text: str, size: float = 12, *, bold: bool = False) -> float:
    """Return how many pixels a text takes on one line.

    Parameters
    ----------
    text
        One line.
    size
        Of the letters, pixels.
    bold
        Whether they are bold.
    """
    widths = _WIDTHS[bold]
    return (
        sum(_WIDE if letter >= _FIRST_WIDE else widths.get(letter, _OTHER) for letter in text)
        * size
        / 1000
    )


def wrap_px(text: str, width: float, size: float = 12, *, bold: bool = False) -> list[str]:
    """Break a text into lines, a number and its unit on one.

    Parameters
    ----------
    text
        Words; space and line ends between them count as one space, a hard space as a letter.
    width
        Pixels that a line may take; a word that is wider is broken.
    size, bold
        As in `text_px`.

    Returns
    -------
    list of str
        At least one line; together they hold every letter.
    """
    lines: list[str] = []
    for word in _words(text, width, size, bold=bold):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_px(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines += _broken(word, width, size, bold=bold)
    return lines or [""]


def _words(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Split a text at its spaces, but not between a number and its unit that have room."""
    words: list[str] = []
    for word in re.split(r"[ \t\r\n]+", text.strip(" \t\r\n")):
        before = words[-1] if words else ""
        both = f"{before} {word}"
        if _TIED.search(both) and text_px(both, size, bold=bold) <= width:
            words[-1] = both
        else:
            words.append(word)
    return words


def _broken(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Break a word that is wider than a line."""
    parts = [""]
    for letter in word:
        if parts[-1] and text_px(parts[-1] + letter, size, bold=bold) > width:
            parts.append("")
        parts[-1] += letter
    return parts


__all__ = ["text_px", "wrap_px"]
