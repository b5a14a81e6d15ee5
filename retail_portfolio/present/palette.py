"""The house's few colours, from the set of Okabe and Ito that colour-blind readers tell apart.

One accent for what converts, one for what closes, grey for the rest. The names of the pairs are
also custom properties in the style sheet, so that charts, map and pages agree.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

#: Okabe and Ito (2008), without black: jfly.uni-koeln.de/color.
OKABE_ITO: Final = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
)

#: Colour on light paper and on dark paper, by what it is for.
INKS: Final = MappingProxyType(
    {
        "paper": ("#fdfcf9", "#16181b"),
        "ink": ("#1b1b1b", "#e9e6df"),
        "quiet": ("#5f5f5c", "#a5a29b"),
        "rule": ("#d9d6cf", "#3a3d41"),
        "converts": ("#0072b2", "#56b4e9"),
        "closes": ("#d55e00", "#f0853a"),
        "rest": ("#8c8c88", "#85888c"),
        # Parts of a bar: on dark paper "converts" takes the blue that this one has on light paper.
        "sky": ("#56b4e9", "#b9dff5"),
    }
)

CONVERTS: Final = INKS["converts"][0]
CLOSES: Final = INKS["closes"][0]
MOVES: Final = OKABE_ITO[2]
"""Of what moves elsewhere; the same on light and on dark paper."""
REST: Final = INKS["rest"][0]
INK: Final = INKS["ink"][0]
QUIET: Final = INKS["quiet"][0]
RULE: Final = INKS["rule"][0]
PAPER: Final = INKS["paper"][0]

#: Parts of a bar that are neither "converts" nor "closes", darkest first.
PARTS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c8c88", "#d55e00")
