"use strict";
// Trade areas: lines and tints on two canvases, all areas as one layer and those of one store above.
function rpAreas(rp) {
  const map = rp.map, data = rp.data, areas = data.areas ? data.areas.list : [];
  const areasOf = new Map();
  const all = L.layerGroup(), chosen = L.layerGroup();
  const TINTS = { converts: "converts", closes: "closes", keeps: "ink", moves: "moves",
    before: "quiet" };

  // What stays is an outline; what closes is a tint, stronger where it does not.
  function look(area, isChosen) {
    const paint = rp.kindOf(area[0]).paint;
    const tinted = area[1] !== null && paint in TINTS;
    const strong = ["converts", "keeps", "moves"].includes(paint);
    const ink = rpTools.colour(rp.container, TINTS[paint] || "quiet");
    return {
      color: ink, weight: isChosen ? 2 : 1, opacity: isChosen ? 1 : strong ? 0.8 : 0.6,
      fill: tinted, fillColor: ink, fillOpacity: isChosen ? 0.2 : strong ? 0.16 : 0.05,
    };
  }

  function shape(area, pane, renderer) {
    const parts = rpTools.rings(area[2], data.steps).map(function (ring) { return [ring]; });
    const made = L.polygon(parts,
      { renderer: renderer, pane: pane, interactive: false, smoothFactor: 1 });
    made.area = area;
    return made;
  }

  function dress() {
    all.eachLayer(function (one) { one.setStyle(look(one.area, false)); });
    chosen.eachLayer(function (one) { one.setStyle(look(one.area, true)); });
  }

  if (areas.length) {
    const panes = ["areas", "chosen"].map(function (name, place) {
      map.createPane(name).style.zIndex = 220 + 10 * place;
      map.getPane(name).style.pointerEvents = "none";
      return L.canvas({ pane: name, padding: 0.3 });
    });
    areas.forEach(function (area) {
      shape(area, "areas", panes[0]).setStyle(look(area, false)).addTo(all);
      if (!areasOf.has(area[0])) areasOf.set(area[0], []);
      areasOf.get(area[0]).push(shape(area, "chosen", panes[1]));
    });
    rp.dark.addEventListener("change", dress);
    rp.onPlan(dress);
    chosen.addTo(map);
    rp.addLayer({
      key: "areas", label: "Trade areas", note: data.areas.note, count: areasOf.size, layer: all,
      shown: data.areas.shown, swatch: "rp-swatch-areas",
    });
  }

  // A store under the pointer or with the focus shows its areas; else the one whose card is open.
  rp.onPointed(function (store) {
    chosen.clearLayers();
    (areasOf.get(store) || []).forEach(function (one) {
      one.setStyle(look(one.area, true)).addTo(chosen);
    });
  });
  rp.areaLines = function (store) {
    return (areasOf.get(store) || []).map(function (one) { return one.area[3]; })
      .filter(function (line) { return line.length; }).reverse();
  };
}
