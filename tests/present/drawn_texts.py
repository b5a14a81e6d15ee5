"""The texts of a drawing, and the numbers in them that the house would write otherwise."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from tests.one_manner import loosely_astray

#: What d3 writes where nobody tells it how: 12%, $1.2M, 1.2G, 1.2k, 1e+6, and a hyphen for a minus.
D3 = re.compile(r"\d%|\$|\d[GMkT]\b|\de[+-]?\d|(?<![\w-])-\d")


def texts(svg: str) -> list[str]:
    """Return the texts of a drawing, each with its lines together."""
    root = ET.fromstring(re.sub(r' xmlns="[^"]*"', "", svg))  # noqa: S314 - ours
    return ["".join(text.itertext()) for text in root.iter("text")]


def drawings(page: str) -> list[str]:
    """Return the drawings of a page."""
    return re.findall(r'<svg[^>]*class="rp-chart".*?</svg>', page, re.DOTALL)


def strange(svg: str) -> list[str]:
    """Return the texts of a drawing with a number that is not written as everywhere else."""
    return [text for text in texts(svg) if D3.search(text) or loosely_astray(text)]
