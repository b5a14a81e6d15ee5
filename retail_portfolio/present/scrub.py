"""Cleaning HTML that somebody else wrote: the text and output cells of a notebook.

A notebook shows what its author and its data made. Scripts, handlers, forms and anything that
would load from elsewhere are taken out; text, tables, pictures in the page and whole pages in a
frame (a map, which its own policy guards) stay.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

_SILENT: Final = frozenset({"script", "noscript", "template", "object", "embed", "applet"})
_DROPPED: Final = frozenset(
    {"link", "meta", "base", "form", "input", "button", "textarea", "select", "option"}
    | {"html", "head", "body", "title", "frame", "frameset", "audio", "video", "source"}
)
_VOID: Final = frozenset({"area", "br", "col", "hr", "img", "wbr"})
_SANDBOX: Final = "allow-scripts allow-popups"
_CSS_LOADS: Final = re.compile(r"url\(|@import|expression\(", re.IGNORECASE)


class _Scrubber(HTMLParser):
    """Writes a page's HTML again, without what could run or load."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
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
        written = "".join(f' {name}="{escape(value)}"' for name, value in kept)
        self.parts.append(f"<{tag}{written}>")

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
        elif tag not in _DROPPED and tag not in _VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write text, escaped."""
        if self._style is not None:
            self._style.append(data)
        elif not self._silent:
            self.parts.append(escape(data, quote=False))


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
