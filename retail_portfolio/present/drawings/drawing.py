"""From an altair chart to a finished drawing in the house's manner.

A chart is drawn twice, for a page and for a telephone, because a drawing that shrinks takes its
letters along. Each drawing carries its title, its units, its source, and the colours of light
and dark paper; it holds no script and asks for no font.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.present.drawings.interactive import (
    VEGA_LITE_MIME,
    interactive_spec,
    is_opened_in_jupyter,
)
from retail_portfolio.present.drawings.letters import wrap_px
from retail_portfolio.present.drawings.slim import slim
from retail_portfolio.present.palette import INK, INKS, PAPER, QUIET, RULE

if TYPE_CHECKING:
    from collections.abc import Callable

    import altair as alt

WIDE_PX: Final = 720
NARROW_PX: Final = 348
#: One family of equal widths on every system, so that letters take the room they were measured for.
_FONT: Final = "Arial, Helvetica, Liberation Sans, sans-serif"
_SIZE_PX: Final = 12
_SMALL_PX: Final = 11
_TITLE_PX: Final = 16
#: Part of the paper that a line of words may take: letters of another font may be wider.
_FULL: Final = 0.96


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
    note
        How to read the drawing, in a sentence under the title; empty where it needs none.
    vega_lite
        The same as Vega-Lite, for JupyterLab; empty where there is none.
    """

    svg: str
    title: str
    alt: str
    source: str
    narrow: str = ""
    note: str = ""
    vega_lite: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Show the drawing in a notebook: an image, and in JupyterLab one that answers."""
        del include, exclude
        bundle = {"image/svg+xml": self.svg, "text/plain": f"{self.title} ({self.alt})"}
        if self.vega_lite and is_opened_in_jupyter():
            return bundle | {VEGA_LITE_MIME: json.loads(self.vega_lite)}
        return bundle


def chart_from(
    draw: Callable[[int], Any],
    *,
    title: str,
    alt_text: str,
    source: str,
    note: str = "",
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
    note
        How to read it, where that needs saying.

    Returns
    -------
    Chart
        Equal bytes for equal input.
    """
    words = _Words(title, note, alt_text, source)
    specs = {width: _titled(draw(width), width, words) for width in (WIDE_PX, NARROW_PX)}
    wide, narrow = (_drawn(spec, width, words) for width, spec in specs.items())
    foot = [*_lines(note, WIDE_PX), *_foot(source, WIDE_PX)]
    answers = interactive_spec(specs[WIDE_PX], below_title=foot, alt_text=alt_text)
    return Chart(wide, title, alt_text, source, narrow, note, json.dumps(answers))


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said of a drawing."""

    title: str
    note: str
    alt: str
    source: str


def _lines(text: str, width: float, size: float = _SIZE_PX, *, bold: bool = False) -> list[str]:
    return wrap_px(text, width * _FULL, size, bold=bold) if text else []


def _foot(source: str, width: float) -> list[str]:
    return _lines(f"Source: {source}", width, _SMALL_PX) if source else []


def _titled(chart: alt.Chart | alt.LayerChart, width: int, words: _Words) -> dict[str, Any]:
    """Return the chart as Vega-Lite, with its title and in the house's manner."""
    import altair as alt  # noqa: PLC0415 - two seconds to import

    head = alt.TitleParams(
        text=_lines(words.title, width, _TITLE_PX, bold=True),
        subtitle=_lines(words.note, width) or alt.Undefined,
        anchor="start",
        frame="bounds",
        fontSize=_TITLE_PX,
        fontWeight="bold",
        lineHeight=21,
        offset=10,
    )
    spec = chart.properties(title=head).configure(**_theme()).to_dict()
    # Vega reads names as parts of a program, in which these two would end a line.
    text = json.dumps(spec, ensure_ascii=False).translate({0x2028: " ", 0x2029: " "})
    found: dict[str, Any] = json.loads(text)
    return found


def _drawn(spec: dict[str, Any], width: int, words: _Words) -> str:
    import vl_convert as vlc  # noqa: PLC0415 - heavy

    return _dress(vlc.vegalite_to_svg(spec), width, words.alt, words.source)


def _theme() -> dict[str, Any]:
    return {
        "background": PAPER,
        "font": _FONT,
        "padding": {"left": 2, "right": 8, "top": 2, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "domain": False,
            "ticks": False,
            "gridColor": RULE,
            "labelColor": INK,
            "labelFontSize": _SIZE_PX,
            "labelLimit": 320,
            "labelPadding": 6,
            "labelSeparation": 8,
            "titleColor": QUIET,
            "titleFontSize": _SIZE_PX,
            "titleFontWeight": "normal",
            "titlePadding": 8,
        },
        "legend": {
            "labelColor": INK,
            "labelFontSize": _SIZE_PX,
            "symbolType": "square",
            "columnPadding": 16,
            "title": None,
        },
        "title": {
            "color": INK,
            "subtitleColor": QUIET,
            "subtitleFontSize": _SIZE_PX,
            "subtitleLineHeight": 16,
            "subtitlePadding": 5,
        },
        "text": {"color": INK, "fontSize": _SIZE_PX},
    }


# ------------------------------------------------------------------- from altair's SVG to ours
_SIZE: Final = re.compile(r'^<svg[^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>')


def _style(body: str) -> str:
    """Write the rules that turn a drawing dark where the reader's paper is."""
    rules = [
        f'.rp-chart [{what}="{light}"]{{{what}:{dark}}}'
        for light, dark in INKS.values()
        for what in ("fill", "stroke")
        if f'{what}="{light}"' in body
    ]
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
    lines = _foot(source, full)
    total = height + 15 * len(lines) + (6 if lines else 0)
    foot = "".join(
        f'<text x="2" y="{height + 12 + 15 * place:g}" font-size="{_SMALL_PX}" '
        f'fill="{QUIET}">{escape(line)}</text>\n'
        for place, line in enumerate(lines)
    )
    body = svg[match.end() :].removesuffix("</svg>")
    # The first rectangle is the paper; ours covers the source line and any width left over.
    body = re.sub(r'^<rect width="[\d.]+" height="[\d.]+" fill="[^"]*"\s*/>', "", body, count=1)
    body = _own_ids(slim(_lower_colours(body), {"font-family": _FONT, "font-size": f"{_SIZE_PX}"}))
    body = f'<rect width="{full:g}" height="{total:g}" fill="{PAPER}"/>{body}{foot}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="rp-chart" role="img" '
        f'aria-label="{escape(alt_text)}" width="{full:g}" height="{total:g}" '
        f'viewBox="0 0 {full:g} {total:g}" font-family="{_FONT}" font-size="{_SIZE_PX}">'
        f"{_style(body)}{body}</svg>\n"
    )


def _own_ids(svg: str) -> str:
    """Make ids differ from those of other drawings on the same page."""
    mark = hashlib.sha256(svg.encode()).hexdigest()[:8]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>c{mark}-", svg)


def _lower_colours(svg: str) -> str:
    return re.sub(r'(fill|stroke)="(#[0-9A-Fa-f]{6})"', lambda m: m[0].lower(), svg)
