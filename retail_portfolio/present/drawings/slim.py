"""A drawing without what does not show: coordinates to a hundredth of a pixel, no empty groups.

vl-convert writes fifteen decimals, a class on every group and the font on every word. Nothing of
that can be seen, and a page holds every drawing twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Attributes that hold lengths.
_LENGTHS: Final = frozenset(
    {"transform", "d", "x", "y", "x1", "x2", "y1", "y2", "dy", "width", "height"}
)
_DECIMALS: Final = re.compile(r"-?\d*\.\d+(?:e[-+]?\d+)?|-?\d+e[-+]?\d+")
#: Attributes that say what holds without them.
_DEFAULTS: Final = {
    "opacity": "1",
    "font-weight": "normal",
    "stroke-width": "1",
    "transform": "translate(0,0)",
    "x2": "0",
    "y2": "0",
}
_PLACE: Final = re.compile(r"translate\(([-\d.e]+),([-\d.e]+)\)")
_NAMED: Final = re.compile(r"aria-[a-z]+|role|pointer-events|class")


def slim(svg: str, inherited: Mapping[str, str]) -> str:
    """Write what vl-convert drew again, without what does not show.

    Parameters
    ----------
    svg
        What stands inside the ``svg`` element, as XML.
    inherited
        Attributes of the element around it, such as the font, which need not be repeated.

    Returns
    -------
    str
        The same picture. Lines of one text and texts after each other have space between them, so
        that a reader who copies them gets words.
    """
    root = ET.fromstring(f"<svg>{svg}</svg>")  # noqa: S314 - ours, just drawn
    _centred(root)
    _without_what_is_unseen(root, inherited)
    _unwrapped(root)
    _spaced(root)
    return (root.text or "") + "".join(ET.tostring(each, encoding="unicode") for each in root)


def rounded(text: str) -> str:
    """Round every number with a point in ``text`` to two decimals, and write none that is zero."""

    def short(match: re.Match[str]) -> str:
        number = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
        return "0" if number == "-0" else number

    return _DECIMALS.sub(short, text)


def _centred(root: ET.Element) -> None:
    """Centre names of several lines on their rows; Vega hangs them below their first line."""
    for group in root.iter("g"):
        if "role-axis-label" not in group.get("class", ""):
            continue
        for text in group.iter("text"):
            lines = list(text)
            place = _PLACE.fullmatch(text.get("transform", ""))
            if len(lines) > 1 and place and text.get("text-anchor") == "end":
                rise = sum(float(line.get("dy", "0")) for line in lines) / 2
                text.set("transform", f"translate({place[1]},{float(place[2]) - rise})")


def _without_what_is_unseen(parent: ET.Element, inherited: Mapping[str, str]) -> None:
    for each in list(parent):
        # Groups have a path behind and one before them, which nothing paints.
        if each.get("class") in {"background", "foreground"} and not _painted(each):
            parent.remove(each)
            continue
        for name, value in list(each.items()):
            if name in _LENGTHS:
                each.set(name, rounded(value))
            if (
                _NAMED.fullmatch(name)
                or each.get(name) == _DEFAULTS.get(name)
                or value.removesuffix("px") == inherited.get(name)
            ):
                del each.attrib[name]
        _without_what_is_unseen(each, inherited)


def _painted(path: ET.Element) -> bool:
    return path.get("display") != "none" and bool(path.get("fill") or path.get("stroke"))


def _unwrapped(parent: ET.Element) -> None:
    """Put the children of a group that does nothing in its place, and drop those without any."""
    for each in list(parent):
        _unwrapped(each)
        if each.tag != "g" or (each.attrib and len(each)):
            continue
        place = list(parent).index(each)
        parent.remove(each)
        for child in reversed(list(each)):
            parent.insert(place, child)


def _spaced(root: ET.Element) -> None:
    for text in root.iter("text"):
        text.tail = "\n"
        for line in list(text)[:-1]:
            # Without a size, so that words that end or centre on a place stay there.
            gap = ET.Element("tspan", {"font-size": "0"})
            gap.text = " "
            text.insert(list(text).index(line) + 1, gap)


__all__ = ["rounded", "slim"]
