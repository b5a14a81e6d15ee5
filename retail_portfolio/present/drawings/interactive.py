"""Drawings that answer the pointer, for whoever works in JupyterLab.

JupyterLab carries a renderer of its own, so that nothing is fetched; it knows Vega-Lite 3 to 5
and prefers it to an image. It gets the drawing of the page with texts under the pointer and a
legend that picks. Pages and executed notebooks keep the image alone, which runs nothing.
"""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.present.drawings.axes import NAME_LINES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

VEGA_LITE_MIME: Final = "application/vnd.vegalite.v5+json"
"""What JupyterLab 4 renders by itself; the newest version it knows."""
VEGA_LITE_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
"""Says which version a drawing is written in. Nobody asks that address for anything."""
_SESSION: Final = "JPY_SESSION_NAME"
#: Vega hangs lines below the first; here a name may be cut, for the pointer says it whole.
_ONE_LINE: Final = "replace(datum.label, /\\n/g, ' ')"
_PICKED: Final = "picked"
_FAINT: Final = 0.15


def is_opened_in_jupyter() -> bool:
    """Whether this kernel serves a notebook that somebody has open.

    A Jupyter server tells such a kernel the notebook's name. The kernel of a run is told nothing,
    and what it leaves behind stays small.
    """
    return bool(os.environ.get(_SESSION))


def interactive_spec(
    spec: Mapping[str, Any], *, below_title: Sequence[str], alt_text: str
) -> dict[str, Any]:
    """Turn the Vega-Lite of a drawing into one that answers the pointer.

    Parameters
    ----------
    spec
        As altair writes it, with its title.
    below_title
        Lines under the title: how to read it, and its source.
    alt_text
        What the drawing shows, for those who cannot see it.

    Returns
    -------
    dict
        Holds all its data and asks for nothing.
    """
    found = copy.deepcopy(dict(spec))
    found["$schema"] = VEGA_LITE_SCHEMA
    found["description"] = alt_text
    found["title"] = {**found["title"], "subtitle": list(below_title)}
    # The menu would offer to send the drawing to an editor on the web.
    found["usermeta"] = {"embedOptions": {"actions": False, "renderer": "svg"}}
    units = list(_units(found))
    _pick_by_legend(units)
    for unit in units:
        axis = unit.get("encoding", {}).get("y", {}).get("axis") or {}
        if axis.get("labelExpr") == NAME_LINES:
            axis["labelExpr"] = _ONE_LINE
        if unit["mark"].get("type") == "line" and "tooltip" in unit.get("encoding", {}):
            # A line has one text under the pointer; its points have one each.
            unit["mark"]["point"] = {"opacity": 0.01, "size": 150}
    return found


def _units(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk through layers and panels down to the marks."""
    if "mark" in spec:
        yield spec
    for part in ("layer", "vconcat", "hconcat", "concat"):
        for each in spec.get(part, ()):
            yield from _units(each)


def _pick_by_legend(units: Sequence[dict[str, Any]]) -> None:
    """Let an entry of the legend, clicked, leave only its marks; with the shift key, more."""
    legends = [
        unit
        for unit in units
        if (colour := unit.get("encoding", {}).get("color", {})).get("field")
        and colour.get("legend", {}) is not None
    ]
    if not legends:
        return
    field = legends[0]["encoding"]["color"]["field"]
    pick = {"name": _PICKED, "select": {"type": "point", "fields": [field]}, "bind": "legend"}
    legends[0].setdefault("params", []).append(pick)
    for unit in units:
        if unit.get("encoding", {}).get("color", {}).get("field") == field:
            unit["encoding"]["opacity"] = {
                "condition": {"param": _PICKED, "value": 1},
                "value": _FAINT,
            }


__all__ = [
    "VEGA_LITE_MIME",
    "VEGA_LITE_SCHEMA",
    "interactive_spec",
    "is_opened_in_jupyter",
]
