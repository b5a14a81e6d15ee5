"""Cells of a notebook as a page shows them: the filters of the house's nbconvert template.

Text and outputs are somebody else's HTML and are cleaned here. A formula between dollar signs
stays as it is written: no notebook of the house has one, and what would set it asks a network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from retail_portfolio.present.notebooks.scrub import scrub
from retail_portfolio.present.pages import drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

    from retail_portfolio.present.outputs import ChartFile

#: What an output may be shown as, the best first; what a page cannot show is not in it.
SHOWN_AS: Final = (
    "image/svg+xml",
    "text/html",
    "image/png",
    "image/jpeg",
    "text/markdown",
    "text/plain",
)
_LONGEST_SUMMARY: Final = 90
#: Comments at the head of a cell that speak to a tool.
_FOR_TOOLS: Final = re.compile(r"%%|noqa|type:|fmt:|ruff:|pylint:|mypy:|!|-\*-")
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text, and the anchor that leads to it."""

    text: str
    level: int
    anchor: str

    @property
    def href(self) -> str:
        """The anchor as an address within the page."""
        return "#" + quote(self.anchor, safe="/?:@!$&'()*+,;=-._~")


@dataclass(slots=True)
class Headings:
    """The headings of one page, in their order, each with an anchor of its own.

    An anchor is what JupyterLab makes of the heading, ``The-answer``, so that a link within a
    notebook leads to the same place on its page; the second of a name becomes ``The-answer-2``.

    Parameters
    ----------
    taken
        Ids that the page has for other things.
    """

    taken: set[str]
    entries: list[Heading] = field(default_factory=list)

    def add(self, text: str, level: int) -> str:
        """Take a heading in, and return its anchor."""
        stem = anchor = re.sub(r"\s+", "-", text.strip()) or "section"
        number = 1
        while anchor in self.taken:
            number += 1
            anchor = f"{stem}-{number}"
        self.taken.add(anchor)
        self.entries.append(Heading(text.strip(), level, anchor))
        return anchor

    @property
    def contents(self) -> list[Heading]:
        """What a table of contents lists: sections and their parts, not the title of the page."""
        title = next((place for place, one in enumerate(self.entries) if one.level == 1), None)
        return [
            one
            for place, one in enumerate(self.entries)
            if place != title and one.level <= 3 and one.text  # noqa: PLR2004 - as an outline
        ]


class _Renderer(IPythonRenderer):
    """nbconvert's renderer of Markdown, with our anchors and without its links to them."""

    def __init__(self, headings: Headings, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=False, attachments=dict(attachments))
        self._headings = headings

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """Write a heading with its anchor."""
        del attrs
        words = Markup(text).striptags()  # noqa: S704 - only its text is taken
        anchor = self._headings.add(words, level)
        return f'<h{level} id="{escape(anchor)}">{text}</h{level}>\n'


def prose(source: str, headings: Headings, attachments: Mapping[str, Any] | None = None) -> Markup:
    """Return Markdown as clean HTML, its headings noted down.

    Parameters
    ----------
    source
        The Markdown, HTML in it included.
    headings
        The headings of the page so far; those of this text are added.
    attachments
        Pictures that belong to the cell, by name.
    """
    renderer = _Renderer(headings, attachments or {})
    return scrubbed(str(MarkdownWithMath(renderer=renderer).render(source)))


def scrubbed(html: str) -> Markup:
    """Return somebody else's HTML without what could run or load."""
    return Markup(scrub(html))  # noqa: S704 - this is where it becomes safe


def shown_html(html: str) -> Markup:
    """Return an output's HTML, clean; a table that is not the house's scrolls in a frame."""
    if "<table" in html and 'class="table' not in html:
        return Markup(
            '<div class="output scroll" tabindex="0" role="group" aria-label="Table">{}</div>'
        ).format(scrubbed(html))
    return Markup('<div class="output">{}</div>').format(scrubbed(html))


def chart(svg: str, charts: Mapping[str, ChartFile]) -> Markup:
    """Return a drawing; one that the notebook also left as a chart comes in both its widths."""
    if left := charts.get(svg.strip()):
        return drawing(left)
    return Markup(
        '<figure class="chart"><div class="scroll" tabindex="0" role="group" aria-label="Chart">'
        "{}</div></figure>"
    ).format(scrubbed(svg.strip()))


def picture(data: str, kind: str, output: NotebookNode) -> Markup:
    """Return a picture of points as an image that stands in the page.

    Parameters
    ----------
    data
        The picture in base64; blanks in it are left out.
    kind
        Its type, ``image/png``.
    output
        The output it belongs to, whose metadata or text may say what it shows.
    """
    said = output.get("metadata", {}).get(kind, {}).get("alt") or output.data.get("text/plain", "")
    alt = "" if str(said).startswith("<") else str(said)
    return Markup('<img alt="{}" src="data:{};base64,{}">').format(
        alt or "Picture made by the code above", kind, re.sub(r"[^A-Za-z0-9+/=]", "", data)
    )


def shown_as(data: Mapping[str, object]) -> str:
    """Return the best type that a page can show an output as, or an empty text where it cannot."""
    return next((kind for kind in SHOWN_AS if kind in data), "")


def plain_text(text: str) -> str:
    """Take the colours of a terminal out of a text."""
    return _ANSI.sub("", text)


def code(source: str) -> Markup:
    """Colour a cell's code, in classes that the style sheet knows; a magic stays as it is."""
    from pygments import highlight  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]  # noqa: PLC0415
    from pygments.lexers import PythonLexer  # type: ignore[import-untyped]  # noqa: PLC0415

    if re.match(r"\s*[%!]", source):
        return escape(source)
    html = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    return Markup(html.rstrip("\n"))  # noqa: S704 - pygments escapes


def code_summary(source: str) -> str:
    """Say what a cell does: the comment it begins with, on one line, or ``Code``."""
    words = []
    for line in source.strip().splitlines():
        if not line.startswith("#") or _FOR_TOOLS.match(text := line.lstrip("#").strip()):
            break
        words.append(text)
    text = " ".join(" ".join(words).split())
    if len(text) > _LONGEST_SUMMARY:
        text = text[:_LONGEST_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:. ") + " \u2026"
    return text or "Code"
