"""Leaflet, MarkerCluster and jQuery as texts that can stand inside a page.

They come from the XStatic packages, which ship the projects' own files. Pictures that a style
sheet asks for go in as data; references to source maps go out, or a browser would look for them.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

#: What an address in a page must contain -> package, file. First match wins.
_SCRIPTS: Final = (
    ("leaflet.markercluster", "leaflet_markercluster", "leaflet.markercluster.js"),
    ("jquery", "jquery", "jquery.slim.min.js"),
    ("leaflet.js", "leaflet", "leaflet.js"),
)
_STYLES: Final = (
    ("markercluster.default", "leaflet_markercluster", "MarkerCluster.Default.css"),
    ("markercluster", "leaflet_markercluster", "MarkerCluster.css"),
    ("leaflet.css", "leaflet", "leaflet.css"),
)
#: Asked for by every folium page, needed only by `folium.Icon`, which offline pages refuse.
_DROPPED: Final = ("bootstrap", "awesome", "glyphicons")


def _folder(package: str) -> Path:
    return Path(str(import_module(f"xstatic.pkg.{package}").BASE_DIR))


@cache
def _text(package: str, name: str) -> str:
    text = (_folder(package) / name).read_text("utf-8").replace("\r\n", "\n")
    text = re.sub(r"^\s*//[#@] sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text).strip()


@cache
def _picture(package: str, name: str) -> str:
    data = (_folder(package) / name).read_bytes()
    return "data:image/png;base64," + base64.b64encode(data).decode()


def is_dropped(address: str) -> bool:
    """Whether a page can do without what ``address`` names."""
    return any(word in address.lower() for word in _DROPPED)


def script_for(address: str) -> str | None:
    """Return the script that ``address`` names, or ``None`` where it is not one of ours."""
    for word, package, name in _SCRIPTS:
        if word in address.lower():
            return _text(package, name) + (_default_icon() if name == "leaflet.js" else "")
    return None


def style_for(address: str) -> str | None:
    """Return the style sheet that ``address`` names, its pictures in it, or ``None``."""
    for word, package, name in _STYLES:
        if word in address.lower():
            return _with_pictures(package, _text(package, name))
    return None


def _with_pictures(package: str, style: str) -> str:
    def data(match: re.Match[str]) -> str:
        return f"url({_picture(package, match[1])})"

    return re.sub(r"url\((images/[\w-]+\.png)\)", data, style)


def _default_icon() -> str:
    """Write what keeps Leaflet from looking for its marker's pictures beside the page."""
    names = {
        "iconUrl": "marker-icon.png",
        "iconRetinaUrl": "marker-icon-2x.png",
        "shadowUrl": "marker-shadow.png",
    }
    options = ",".join(
        f'{key}:"{_picture("leaflet", "images/" + name)}"' for key, name in names.items()
    )
    return f';L.Icon.Default.imagePath="";L.Icon.Default.mergeOptions({{{options}}});'
