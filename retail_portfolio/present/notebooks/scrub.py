"""Cleaning HTML that somebody else wrote: the text and output cells of a notebook.

A notebook shows what its author and its data made. Scripts, handlers, forms and anything that
would load from elsewhere are taken out; text, tables, pictures in the page and whole pages in a
frame (a map, which its own policy guards) stay. Elements come out closed, so that no output ends
the page around it.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"script", "noscript", "template", "object", "applet"})
_DROPPED: Final = frozenset(
    {"link", "meta", "base", "form", "input", "button", "textarea", "select", "option"}
    | {"html", "head", "body", "title", "frame", "frameset", "audio", "video", "source"}
    | {"embed", "param", "track"}
    # Behind these a browser reads letters where others read elements.
    | {"plaintext", "xmp", "listing", "noembed", "noframes"}
)
_VOID: Final = frozenset({"area", "br", "col", "hr", "img", "wbr"})
#: Elements that another element, or the end of their parent, closes by itself.
_CLOSED_BY_OTHERS: Final = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "rt", "rp"}
)
_SANDBOX: Final = "allow-scripts allow-popups"
_CSS_LOADS: Final = re.compile(r"url\(|@import|expression\(", re.IGNORECASE)


class _Scrubber(HTMLParser):
    """Writes a page's HTML again, without what could run or load."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
        self._open: list[str] = []
        self._style: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write an element that may stay, with the attributes that may."""
        if tag in _SILENT:
            self._silent.append(tag)
        if self._silent or tag in _DROPPED:
            return
        if tag == "style":
            self._style = []
            return
        kept = [(name, value or "") for name, value in attrs if _may_stay(tag, name, value or "")]
        if tag == "iframe":
            if "srcdoc" not in dict(kept):
                return
            kept = [pair for pair in kept if pair[0] != "sandbox"] + [("sandbox", _SANDBOX)]
        written = "".join(f" {name}={_quoted(value)}" for name, value in kept)
        self.parts.append(f"<{tag}{written}>")
        if tag not in _VOID and tag not in _CLOSED_BY_OTHERS:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write an element that closes itself; in a drawing it must."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close an element that was written."""
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
            return
        if tag == "style":
            style = "".join(self._style or [])
            if not _CSS_LOADS.search(style) and "<" not in style:
                self.parts.append(f"<style>{style}</style>")
            self._style = None
        elif tag in _CLOSED_BY_OTHERS:
            self.parts.append(f"</{tag}>")
        elif tag in self._open:
            self._close_down_to(len(self._open) - 1 - self._open[::-1].index(tag))

    def close(self) -> None:
        """Close what is still open."""
        super().close()
        self._close_down_to(0)

    def _close_down_to(self, place: int) -> None:
        self.parts += [f"</{tag}>" for tag in reversed(self._open[place:])]
        del self._open[place:]

    def handle_data(self, data: str) -> None:
        """Write text, escaped."""
        if self._style is not None:
            self._style.append(data)
        elif not self._silent:
            self.parts.append(escape(data, quote=False))


def _quoted(value: str) -> str:
    """Write an attribute's value in the quotes it holds fewer of: a page in a frame has many."""
    text = escape(value, quote=False)
    if text.count('"') > text.count("'"):
        return "'" + text.replace("'", "&#x27;") + "'"
    return '"' + text.replace('"', "&quot;") + '"'


def _may_stay(tag: str, name: str, value: str) -> bool:
    name = name.lower()
    if name.startswith("on") or not re.fullmatch(r"[a-z_][a-z0-9_:.-]*", name):
        return False
    address = re.sub(r"[\x00-\x20]", "", value).lower()
    if name in {"href", "xlink:href"}:
        return address.startswith(("#", "data:image/")) or (
            tag == "a" and bool(re.match(r"(https?:|mailto:|[\w./-]+$)", address))
        )
    if name == "src":
        return tag == "img" and address.startswith("data:image/")
    if name in {"srcset", "action", "formaction", "poster", "background", "data", "ping"}:
        return False
    if name == "style":
        return not _CSS_LOADS.search(value)
    return not address.startswith(("javascript:", "vbscript:"))


def scrub(html: str) -> str:
    """Return ``html`` without scripts, handlers, forms and loads; everything else as it was."""
    scrubber = _Scrubber()
    scrubber.feed(html)
    scrubber.close()
    return "".join(scrubber.parts)
