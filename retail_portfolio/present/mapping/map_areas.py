"""Trade areas as the script of the map draws them, and what they add to a store's card.

One area a store and part of its sales. Where a site has several options, the map shows the one
it is decided for, else the first: a store stands on the map once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from retail_portfolio.model.targets import KEEP, RELOCATE, target_of
from retail_portfolio.present.basemap import outlines
from retail_portfolio.present.formats import ORIGIN_MARKS, as_number, percent, value_text
from retail_portfolio.present.layers import features_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retail_portfolio.present.basemap import Ring
    from retail_portfolio.present.layers import LayerLike

_NOTE: Final = "Tinted: where half, and 70 %, of a site's sales would come from if it converted."
_NOTE_ANY: Final = f"{_NOTE[:-1]}, stayed open or moved; its card says which."
_NOTE_LEADS: Final = " Grey lines: where each store that stays leads the own stores."
_IF: Final = {KEEP: "If kept open", RELOCATE: "If moved"}


def area_data(
    layer: LayerLike, stores: Sequence[Mapping[str, Any]], *, shown: bool
) -> dict[str, Any] | None:
    """Return the areas of the stores of a map, ready for JSON.

    Parameters
    ----------
    layer
        Features with ``option, store_id, part`` and, where known, ``households``: what
        `retail_portfolio.present.mapping.areas` makes, or a file of it. Areas of stores that are
        not on the map are left out. ``part`` is blank where an area is the ground a store leads on.
    stores
        The stores: ``store_id, status`` and, where known, ``decision``.
    shown
        Whether the layer is visible when the map opens.

    Returns
    -------
    dict or None
        ``list``: for each area the position of its store, its part, its rings as steps, and the
        line for the store's card (empty without households). ``note``: what the legend says below
        the switch. Larger parts come first, so that
        smaller ones lie on them. ``None`` if no area has a store on the map.
    """
    place = {str(store["store_id"]): at for at, store in enumerate(stores)}
    found: list[tuple[int, float | None, tuple[Ring, ...], list[str]]] = []
    others = False
    for store_id, features in _by_store(layer).items():
        if store_id not in place:
            continue
        at = place[store_id]
        for feature in _chosen(features, str(stores[at].get("decision") or "")):
            rings = outlines({"features": [feature]})
            if not rings:
                continue
            part = as_number(feature["properties"].get("part"))
            condition = _condition(feature) if stores[at]["status"] == "closing" else ""
            others = others or condition in _IF.values()
            found.append((at, part, rings, _line(feature["properties"], part, condition)))
    if not found:
        return None
    found.sort(key=lambda area: (-(area[1] or 2.0), area[0]))
    leads = any(area[1] is None for area in found)
    note = _NOTE_ANY if others else _NOTE
    return {"shown": shown, "note": note + _NOTE_LEADS * leads, "list": found}


def _by_store(layer: LayerLike) -> dict[str, list[dict[str, Any]]]:
    stores: dict[str, list[dict[str, Any]]] = {}
    for feature in features_of(layer):
        stores.setdefault(str(feature["properties"]["store_id"]), []).append(feature)
    return stores


def _chosen(features: Sequence[dict[str, Any]], decision: str) -> list[dict[str, Any]]:
    options = [str(feature["properties"].get("option", "")) for feature in features]
    wanted = target_of(decision)
    option = next((one for one in options if wanted and one.endswith(f":{wanted}")), options[0])
    return [one for name, one in zip(options, features, strict=True) if name == option]


def _condition(feature: Mapping[str, Any]) -> str:
    """Return under which condition a closing site would sell what an area says."""
    target = str(feature["properties"].get("option", "")).partition(":")[2]
    return _IF.get(target, "If converted")


def _line(properties: Mapping[str, Any], part: float | None, condition: str) -> list[str]:
    households = as_number(properties.get("households"))
    if households is None:
        return []
    if part is None:
        label = "Leads the own stores for"
    elif condition:
        label = f"{condition}, {percent(part)} of sales from"
    else:
        label = f"{percent(part)} of sales from"
    # The census counts exactly; where the model draws the line is not that exact.
    about = value_text(round(households, -2), "households")
    return [label, about, ORIGIN_MARKS["modelled"][0]]
