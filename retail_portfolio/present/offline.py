"""One writer that turns a folium map or an HTML page into a single file that opens anywhere.

Whatever the page would load is put into it, or taken out where it can do without, or named in an
error: a page that this module wrote asks for nothing. A content-security-policy holds it to that
in the browser too. It lists every script by its hash, those of pages nested in it included
(a page in an ``srcdoc`` also obeys the policy of the page around it), so that no text in the
data can become a script.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from branca.element import Element

from retail_portfolio.present.assets import is_dropped, script_for, style_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import folium

_SCRIPT_TAG: Final = re.compile(
    r"<script\b[^>]*?\bsrc\s*=\s*[\"']([^\"']+)[\"'][^>]*>\s*</script\s*>", re.IGNORECASE
)
_LINK_TAG: Final = re.compile(r"<link\b[^>]*?\bhref\s*=\s*[\"']([^\"']+)[\"'][^>]*>", re.IGNORECASE)
_HEAD_TAGS: Final = re.compile(
    r"<meta\b[^>]*(?:charset|content-security-policy|name\s*=\s*[\"']?viewport)[^>]*>"
    r"|<title\b[^>]*>.*?</title\s*>",
    re.IGNORECASE | re.DOTALL,
)
_CALLS: Final = re.compile(
    r"(?:tileLayer(?:\.wms)?|imageOverlay|videoOverlay|fetch|getJSON|importScripts|import)"
    r"\(\s*[\"'`]((?:https?:)?//[^\"'`\s]+)",
)
_CSS_LOADS: Final = re.compile(
    r"url\(\s*[\"']?(?!data:|#)([^\"')\s]+)|@import\s+[\"']([^\"']+)", re.IGNORECASE
)
#: Attributes by which an element loads something. An anchor's href loads nothing by itself.
_LOADING: Final = frozenset({"src", "srcset", "poster", "data", "background", "code", "archive"})
_HREF_LOADS: Final = frozenset({"link", "image", "use", "feimage", "base"})
_DATA_SCRIPTS: Final = frozenset({"application/json", "application/ld+json", "text/plain"})


class OfflineError(ValueError):
    """A page would still load something, or run something its policy cannot name."""


@dataclass(slots=True)
class _Findings:
    """What a page holds: the scripts it runs, and whatever it must not."""

    scripts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Walks a page and the pages nested in it."""

    def __init__(self, findings: _Findings, hosts: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._found, self._hosts = findings, hosts
        self._inside = ""
        self._type = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at what an element loads and runs."""
        values = {name.lower(): value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._inside = tag
            self._type = values.get("type", "").strip().lower()
        for name, value in values.items():
            self._attribute(tag, name, value)
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self._found.faults.append("a <meta> refresh")
        if "srcdoc" in values:
            _read(values["srcdoc"], self._found, self._hosts)

    handle_startendtag = handle_starttag

    def _attribute(self, tag: str, name: str, value: str) -> None:
        address = re.sub(r"[\x00-\x20]", "", value).lower()
        if name.startswith("on"):
            self._found.faults.append(f"an {name} handler on <{tag}>")
        elif address.startswith(("javascript:", "vbscript:")):
            self._found.faults.append(f"a script address in {name} of <{tag}>")
        elif name == "style":
            self._css(value)
        elif _loads(tag, name) and address and not address.startswith(("data:", "#", "about:")):
            self._found.faults.append(f"{name}={value[:120]!r} of <{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script or a style sheet."""
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        """Keep a script for its hash, and look at what it or a style sheet would load."""
        if self._inside == "style":
            self._css(data)
        elif self._inside == "script" and self._type not in _DATA_SCRIPTS:
            self._found.scripts.append(data)
            for match in _CALLS.finditer(data):
                address = "https:" + match[1] if match[1].startswith("//") else match[1]
                if not address.startswith(tuple(f"{host}/" for host in self._hosts)):
                    self._found.faults.append(f"a script asking for {address[:120]}")

    def _css(self, text: str) -> None:
        for match in _CSS_LOADS.finditer(text):
            self._found.faults.append(f"a style asking for {(match[1] or match[2])[:120]}")


def _loads(tag: str, name: str) -> bool:
    return name in _LOADING or (name in {"href", "xlink:href"} and tag in _HREF_LOADS)


def _read(html: str, findings: _Findings, hosts: Sequence[str]) -> None:
    reader = _Reader(findings, hosts)
    reader.feed(html)
    reader.close()


def script_hash(script: str) -> str:
    """Return a script's hash as a content-security-policy names it: ``'sha256-...'``."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(html: str, hosts: Sequence[str] = ()) -> str:
    """Return the content-security-policy of a page, and refuse one that would load anything.

    Parameters
    ----------
    html
        The page.
    hosts
        Origins whose pictures the page may show, ``https://tile.example.org``: map tiles that
        somebody asked for. None by default.

    Raises
    ------
    OfflineError
        Naming everything the page would load, every inline handler and every script address.
    """
    findings = _Findings()
    _read(html, findings, hosts)
    if findings.faults:
        raise OfflineError("the page would not work offline: " + "; ".join(findings.faults))
    hashes = " ".join(dict.fromkeys(script_hash(script) for script in findings.scripts))
    return (
        f"default-src 'none'; script-src {hashes or chr(39) + 'none' + chr(39)}; "
        f"style-src 'unsafe-inline'; img-src {' '.join(['data:', *hosts])}; "
        "base-uri 'none'; form-action 'none'"
    )


# ---------------------------------------------------------------------------------- rewriting
def offline_page(
    source: folium.Map | str,
    *,
    title: str,
    lang: str = "en",
    hosts: Sequence[str] = (),
) -> str:
    """Return a map or a page as one self-contained HTML text.

    Parameters
    ----------
    source
        A folium map, or a whole HTML page.
    title
        The page's title.
    lang
        Its language.
    hosts
        As in `policy`.

    Returns
    -------
    str
        The page. Equal input gives equal text: folium's random ids are numbered in the order of
        the document.

    Raises
    ------
    OfflineError
        If something that the page loads cannot be put into it.
    """
    html = source if isinstance(source, str) else rendered(source)
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    html = _inlined(html)
    html = _HEAD_TAGS.sub("", html)
    html = re.sub(r"<html\b[^>]*>", f'<html lang="{escape(lang)}">', html, count=1)
    head = re.search(r"<head\b[^>]*>", html)
    if head is None:
        raise OfflineError("the page has no <head> to put its policy into")
    meta = (
        '\n<meta charset="utf-8">\n<meta http-equiv="content-security-policy" '
        f'content="{policy(html, hosts)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>"
    )
    return html[: head.end()] + meta + html[head.end() :]


def _elements(element: Element) -> Iterator[Element]:
    yield element
    for name in ("header", "html", "script"):
        part = getattr(element, name, None)
        if isinstance(part, Element) and part is not element:
            yield from _elements(part)
    for child in element._children.values():  # noqa: SLF001 - branca has no other way in
        yield from _elements(child)


def rendered(fmap: folium.Map) -> str:
    """Return a map's page as folium writes it, its ids numbered in the order of the document.

    Only ids of the map's own elements are numbered, never a text in the data that looks like one.
    """
    root = fmap.get_root()
    html = str(root.render())
    known = {str(element._id) for element in _elements(root)}  # noqa: SLF001
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        if match[0] not in known:
            return match[0]
        return numbers.setdefault(match[0], str(len(numbers) + 1))

    return re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", number, html)


def _inlined(html: str) -> str:
    inline = _SCRIPT_TAG.sub("", html)
    needs_jquery = re.search(r"\$\(|\bjQuery\b", inline) is not None
    if "AwesomeMarkers" in inline:
        raise OfflineError("folium.Icon needs fonts from elsewhere: use a DivIcon or circle marker")

    def script(match: re.Match[str]) -> str:
        address = match[1]
        if is_dropped(address) or ("jquery" in address.lower() and not needs_jquery):
            return ""
        text = script_for(address)
        return match[0] if text is None else f"<script>{text}</script>"

    def link(match: re.Match[str]) -> str:
        address = match[1]
        text = style_for(address)
        if is_dropped(address) or "stylesheet" not in match[0].lower():
            return "" if not address.startswith("data:") else match[0]
        return match[0] if text is None else f"<style>{text}</style>"

    return _LINK_TAG.sub(link, _SCRIPT_TAG.sub(script, html))


# ------------------------------------------------------------------------------------- frames
def frame(page: str, *, title: str, height_px: int = 520, css_class: str = "") -> str:
    """Return an ``<iframe>`` that holds a whole page in itself.

    The page around it obeys, and must be given, a policy that lists the page's scripts;
    `offline_page` does. The frame can run those scripts and open links, nothing else.
    """
    # Also "<" and ">": nothing that reads the page around may take the inner tags for its own.
    text = page.replace("&", "&amp;").replace("'", "&#39;")
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    style = f"width:100%;height:{height_px}px;border:0;display:block"
    kind = f' class="{escape(css_class)}"' if css_class else ""
    return (
        f'<iframe{kind} title="{escape(title)}" style="{style}" '
        f"sandbox=\"allow-scripts allow-popups\" srcdoc='{text}'></iframe>"
    )


@dataclass(frozen=True, slots=True)
class Inline:
    """A page that a notebook shows as it is, with or without a network."""

    page: str
    title: str
    height_px: int = 520

    def __repr__(self) -> str:
        """Return few words: a notebook that is saved keeps them beside the page."""
        return f"<page: {self.title}>"

    def _repr_html_(self) -> str:
        return frame(self.page, title=self.title, height_px=self.height_px)
