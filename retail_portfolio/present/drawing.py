"""From an altair chart to a finished drawing in the house's manner.

A chart is drawn twice, for a page and for a telephone, because a drawing that shrinks takes its
letters along. Each drawing carries its title, its units, its source, and the colours of light
and dark paper; it holds no script and asks for no font.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.present.palette import INK, INKS, PAPER, QUIET, RULE

if TYPE_CHECKING:
    from collections.abc import Callable

    import altair as alt

WIDE_PX: Final = 720
NARROW_PX: Final = 348
#: One family of equal widths on every system, so that letters take the room they were measured for.
_FONT: Final = "Arial, Helvetica, Liberation Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Chart:
    """A finished drawing and the words that belong to it.

    Parameters
    ----------
    svg
        The drawing, `WIDE_PX` wide, title and source line in it.
    title
        What to see, in a sentence.
    alt
        What the drawing shows, for those who cannot see it.
    source
        Where the figures come from.
    narrow
        The same for a telephone, `NARROW_PX` wide; empty where there is none.
    """

    svg: str
    title: str
    alt: str
    source: str
    narrow: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Show the drawing in a notebook, as an image that works without a network."""
        del include, exclude
        return {"image/svg+xml": self.svg, "text/plain": f"{self.title} ({self.alt})"}


def chart_from(
    draw: Callable[[int], Any],
    *,
    title: str,
    alt_text: str,
    source: str,
) -> Chart:
    """Draw any altair chart in the house's manner.

    Parameters
    ----------
    draw
        Given the width of the whole drawing in pixels, returns the chart without title. It sets
        its own width: the page's less what its labels need.
    title
        What to see, in a sentence.
    alt_text
        What the drawing shows, for those who cannot see it.
    source
        Where the figures come from.

    Returns
    -------
    Chart
        Equal bytes for equal input.
    """
    wide, narrow = (
        _render(draw(width), width, title, alt_text, source) for width in (WIDE_PX, NARROW_PX)
    )
    return Chart(wide, title, alt_text, source, narrow)


def _wrap(text: str, width: int, size: float) -> list[str]:
    return textwrap.wrap(text, max(12, int(width / (size * 0.56)))) or [""]


def _render(
    chart: alt.Chart | alt.LayerChart, width: int, title: str, alt_text: str, source: str
) -> str:
    import altair as alt  # noqa: PLC0415 - two seconds to import
    import vl_convert as vlc  # noqa: PLC0415

    head = alt.TitleParams(
        text=_wrap(title, width, 16),
        anchor="start",
        frame="bounds",
        fontSize=16,
        fontWeight="bold",
        lineHeight=21,
        offset=10,
    )
    body = chart.properties(title=head).configure(**_theme())
    svg = vlc.vegalite_to_svg(body.to_dict())
    return _dress(svg, width, alt_text, source)


def _theme() -> dict[str, Any]:
    axis = {
        "domain": False,
        "ticks": False,
        "gridColor": RULE,
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 320,
        "labelPadding": 6,
        "titleColor": QUIET,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    }
    legend = {
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 300,
        "orient": "top",
        "symbolType": "square",
        "columnPadding": 16,
        "title": None,
        "offset": 8,
    }
    return {
        "background": PAPER,
        "font": _FONT,
        "padding": {"left": 2, "right": 8, "top": 2, "bottom": 4},
        "view": {"stroke": None},
        "axis": axis,
        "legend": legend,
        "title": {"color": INK},
        "text": {"color": INK, "fontSize": 12},
    }


# ------------------------------------------------------------------- from altair's SVG to ours
_SIZE: Final = re.compile(r'^<svg[^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>')


def _style() -> str:
    """Write the rules that turn a drawing dark where the reader's paper is."""
    rules = []
    for light, dark in INKS.values():
        rules.append(f'.rp-chart [fill="{light}"]{{fill:{dark}}}')
        rules.append(f'.rp-chart [stroke="{light}"]{{stroke:{dark}}}')
    return (
        "<style>.rp-chart text{font-variant-numeric:tabular-nums}"
        f"@media screen and (prefers-color-scheme:dark){{{''.join(rules)}}}</style>"
    )


def _dress(svg: str, width: int, alt_text: str, source: str) -> str:
    """Give altair's SVG a name for those who cannot see it, a source line, and both papers."""
    match = _SIZE.match(svg)
    if match is None:
        raise ValueError("vl-convert wrote an SVG without a size")
    drawn, height = float(match[1]), float(match[2])
    full = max(drawn, float(width))
    lines = _wrap(f"Source: {source}", int(full), 11) if source else []
    total = height + 15 * len(lines) + (6 if lines else 0)
    foot = "".join(
        f'<text x="2" y="{height + 12 + 15 * place:g}" font-size="11" font-family="{_FONT}" '
        f'fill="{QUIET}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    body = svg[match.end() :].removesuffix("</svg>")
    # The first rectangle is the paper; ours covers the source line and any width left over.
    body = re.sub(r'^<rect width="[\d.]+" height="[\d.]+" fill="[^"]*"\s*/>', "", body, count=1)
    body = re.sub(r'\s(?:aria-[a-z]+|role|pointer-events)="[^"]*"', "", body)
    body = _own_ids(_lower_colours(body))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="rp-chart" role="img" '
        f'aria-label="{escape(alt_text)}" width="{full:g}" height="{total:g}" '
        f'viewBox="0 0 {full:g} {total:g}">{_style()}'
        f'<rect width="{full:g}" height="{total:g}" fill="{PAPER}"/>{body}{foot}</svg>\n'
    )


def _own_ids(svg: str) -> str:
    """Make ids differ from those of other drawings on the same page."""
    mark = hashlib.sha256(svg.encode()).hexdigest()[:8]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>c{mark}-", svg)


def _lower_colours(svg: str) -> str:
    return re.sub(r'(fill|stroke)="(#[0-9A-Fa-f]{6})"', lambda m: m[0].lower(), svg)
