"use strict";
// Draws a portfolio from data. No text of the data is ever read as HTML: elements are made one by
// one and filled through textContent.
function portfolioMap(map, data) {
  const container = map.getContainer();
  const SVG = "http://www.w3.org/2000/svg";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function glyph(kind, hollow) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "-10 -10 20 20");
    svg.setAttribute("width", kind.size);
    svg.setAttribute("height", kind.size);
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", "rp-glyph rp-" + kind.paint + (hollow ? " rp-hollow" : ""));
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", kind.path);
    svg.append(path);
    return svg;
  }

  // Where to look comes before anything is drawn, so that nothing is drawn twice.
  const NARROW = 640;
  function roomy() { return map.getSize().x >= NARROW; }
  let fitted = "";
  function showAll() {
    const size = map.getSize();
    if (!data.bounds.length || size.x < 200 || size.y < 200) return;
    fitted = size.toString();
    map.fitBounds(data.bounds, { animate: false, maxZoom: 11, paddingTopLeft: [28, 24],
      paddingBottomRight: [28, roomy() ? 130 : 40] });  // The legend lies there.
  }
  showAll();

  // ------------------------------------------------------------------------------ base map
  function rings(lists) {
    return lists.map(function (steps) {
      const points = [];
      let x = 0, y = 0;
      for (let i = 0; i < steps.length; i += 2) {
        x += steps[i];
        y += steps[i + 1];
        points.push([y / data.steps, x / data.steps]);
      }
      return points;
    });
  }

  function papers() {
    return dark.matches
      ? { state: { color: "#5b6066", fillColor: "#212428" }, county: { color: "#34383d" } }
      : { state: { color: "#b3aea4", fillColor: "#f8f6f1" }, county: { color: "#ddd8ce" } };
  }

  map.createPane("base").style.zIndex = 210;
  const canvas = L.canvas({ pane: "base", padding: 0.3 });
  const common = { renderer: canvas, pane: "base", interactive: false, smoothFactor: 1 };
  // One many-ringed shape each: a single path to draw, whatever the number of counties.
  const land = L.polygon(rings(data.states).map(function (r) { return [r]; }),
    Object.assign({ weight: 0, fillOpacity: 1, stroke: false }, common));
  const counties = L.polygon(rings(data.counties).map(function (r) { return [r]; }),
    Object.assign({ weight: 0.7, fill: false }, common));
  const states = L.polygon(rings(data.states).map(function (r) { return [r]; }),
    Object.assign({ weight: 1, fill: false }, common));
  [land, counties, states].forEach(function (shape) { shape.addTo(map); });

  function dress() {
    const paper = papers();
    land.setStyle({ fillColor: paper.state.fillColor });
    counties.setStyle({ color: paper.county.color });
    states.setStyle({ color: paper.state.color });
  }
  dress();
  dark.addEventListener("change", dress);

  // --------------------------------------------------------------------------- trade areas
  // Lines and tints on two canvases: all areas as one layer, and above it those of one store.
  const areas = data.areas ? data.areas.list : [];
  const areasOf = new Map();
  const allAreas = L.layerGroup(), chosenAreas = L.layerGroup();
  const TINTS = { converts: "--converts", closes: "--closes", keeps: "--ink" };

  // What stays is an outline; what could convert is a tint, stronger where it does.
  function look(area, chosen) {
    const paint = data.kinds[data.stores[area[0]].kind].paint;
    const tinted = area[1] !== null && paint in TINTS;
    const strong = paint === "converts";
    const ink = getComputedStyle(container).getPropertyValue(TINTS[paint] || "--quiet").trim();
    return {
      color: ink, weight: chosen ? 2 : 1, opacity: chosen ? 1 : strong ? 0.8 : 0.6,
      fill: tinted, fillColor: ink, fillOpacity: chosen ? 0.2 : strong ? 0.16 : 0.05,
    };
  }

  function areaShape(area, pane, renderer) {
    const shape = L.polygon(rings(area[2]).map(function (r) { return [r]; }),
      { renderer: renderer, pane: pane, interactive: false, smoothFactor: 1 });
    shape.area = area;
    return shape;
  }

  if (areas.length) {
    const panes = ["areas", "chosen"].map(function (name, place) {
      map.createPane(name).style.zIndex = 220 + 10 * place;
      map.getPane(name).style.pointerEvents = "none";
      return L.canvas({ pane: name, padding: 0.3 });
    });
    areas.forEach(function (area) {
      areaShape(area, "areas", panes[0]).setStyle(look(area, false)).addTo(allAreas);
      if (!areasOf.has(area[0])) areasOf.set(area[0], []);
      areasOf.get(area[0]).push(areaShape(area, "chosen", panes[1]));
    });
    dark.addEventListener("change", function () {
      allAreas.eachLayer(function (shape) { shape.setStyle(look(shape.area, false)); });
      chosenAreas.eachLayer(function (shape) { shape.setStyle(look(shape.area, true)); });
    });
    chosenAreas.addTo(map);
    if (data.areas.shown) allAreas.addTo(map);
  }

  // A store under the pointer or with the focus shows its areas; else the one whose card is open.
  let pointed = -1, read = -1;
  function choose() {
    const store = pointed >= 0 ? pointed : read;
    chosenAreas.clearLayers();
    (areasOf.get(store) || []).forEach(function (shape) {
      shape.setStyle(look(shape.area, true)).addTo(chosenAreas);
    });
  }

  const names = data.metros.map(function (metro) {
    return L.marker([metro[0], metro[1]], {
      interactive: false, keyboard: false, zIndexOffset: -3000,
      icon: L.divIcon({ className: "rp-metro", iconSize: [0, 0], html: make("span", "", metro[2]) }),
    }).addTo(map);
  });

  // Names come with the most important first; one that would lie on another is left out.
  function thin() {
    const taken = [];
    names.forEach(function (name, place) {
      const at = map.latLngToLayerPoint(name.getLatLng());
      const half = 4 + 3.6 * data.metros[place][2].length;
      const free = taken.every(function (other) {
        return Math.abs(at.y - other.y) > 17 || Math.abs(at.x - other.x) > half + other.half;
      });
      name.getElement().hidden = !free;
      if (free) taken.push({ x: at.x, y: at.y, half: half });
    });
  }

  // -------------------------------------------------------------------------------- stores
  const StoreIcon = L.DivIcon.extend({
    createIcon: function (old) {
      const element = L.DivIcon.prototype.createIcon.call(this, old);
      const o = this.options;
      Object.keys(o.facts).forEach(function (key) { element.setAttribute(key, o.facts[key]); });
      return element;
    },
  });

  function card(store, kind, place) {
    const root = make("article", "rp-card");
    root.append(make("h2", "", store.name));
    root.append(make("p", "rp-where", store.where));
    const verdict = make("p", "rp-verdict");
    verdict.append(glyph(kind, store.rough), make("b", "", store.verdict));
    root.append(verdict);
    if (store.reason) root.append(make("p", "rp-reason", store.reason));
    const list = make("dl");
    store.figures.forEach(function (figure, place) {
      if (!figure) return;
      const value = make("dd", "", figure[0]);
      if (figure[1]) {
        const mark = make("abbr", "mark", figure[1]);
        mark.title = data.marks[figure[1]] || "";
        value.append(mark);
      }
      list.append(make("dt", "", data.labels[place]), value);
    });
    (areasOf.get(place) || []).slice().reverse().forEach(function (shape) {
      const line = shape.area[3];
      if (!line.length) return;
      const mark = make("abbr", "mark", line[2]);
      mark.title = data.marks[line[2]] || "";
      const value = make("dd", "", line[1]);
      value.append(mark);
      list.append(make("dt", "", line[0]), value);
    });
    if (list.childNodes.length) root.append(list);
    root.append(make("p", "rp-point", store.point));
    return root;
  }

  // A card is never larger than the map it opens in; what does not fit scrolls in it.
  function fit(popup) {
    const size = map.getSize();
    const tight = size.x < NARROW;
    const room = size.x - 58;  // the card's own margins, and a little air beside it
    Object.assign(popup.options, {
      maxWidth: Math.min(320, room), minWidth: Math.min(220, room),
      maxHeight: Math.max(140, size.y - 76),
      autoPanPaddingTopLeft: [tight ? 8 : 52, 8], autoPanPaddingBottomRight: [8, 8],
    });
  }

  function marker(store, place) {
    const kind = data.kinds[store.kind];
    const box = make("span", "rp-box");
    box.append(glyph(kind, store.rough));
    if (kind.named) box.append(make("span", "rp-name", store.short));
    const icon = new StoreIcon({
      className: "rp-mark",
      iconSize: [kind.size, kind.size],
      html: box,
      facts: {
        "data-store-id": store.id,
        "data-banner": store.banner,
        "data-format": store.format,
        "data-status": store.status,
        "data-decision": store.decision,
        "data-point": store.rough ? "approximate" : "known",
        "aria-label": store.name + ", " + store.verdict,
      },
    });
    const made = L.marker([store.lat, store.lon], {
      icon: icon, keyboard: kind.named, zIndexOffset: kind.lift, riseOnHover: true,
    });
    made.bindPopup(function () {
      fit(made.getPopup());
      return card(store, kind, place);
    });
    if (areasOf.has(place)) {
      const leave = function () { if (pointed === place) { pointed = -1; choose(); } };
      made.on("add", function () {
        const element = made.getElement();
        const on = function () { pointed = place; choose(); };
        element.addEventListener("mouseenter", on);
        element.addEventListener("focus", on);
        element.addEventListener("mouseleave", leave);
        element.addEventListener("blur", leave);
      });
      made.on("remove", leave);
      made.on("popupopen", function () { read = place; choose(); });
      made.on("popupclose", function () { if (read === place) { read = -1; choose(); } });
    }
    made.bindTooltip(function () { return make("span", "", store.name); },
      { direction: "top", offset: [0, -kind.size / 2] });
    return made;
  }

  const groups = data.kinds.map(function () { return L.layerGroup(); });
  data.stores.forEach(function (store, place) {
    marker(store, place).addTo(groups[store.kind]);
  });
  groups.forEach(function (group, place) {
    if (data.kinds[place].shown) group.addTo(map);
  });

  // ----------------------------------------------------------------------- legend = switches
  const control = L.control.layers(null, null, {
    collapsed: false, sortLayers: false, position: "bottomleft",
  });
  data.kinds.forEach(function (kind, place) {
    const row = make("span", "rp-row");
    const box = make("span", "rp-key");
    box.append(glyph(kind, false));
    row.append(box, make("span", "", kind.label), make("span", "rp-count", String(kind.count)));
    control.addOverlay(groups[place], row.outerHTML);
  });
  if (areas.length) {
    const row = make("span", "rp-row");
    const box = make("span", "rp-key");
    box.append(make("span", "rp-swatch"));
    row.append(box, make("span", "", "Trade areas"),
      make("span", "rp-count", String(areasOf.size)));
    control.addOverlay(allAreas, row.outerHTML);
  }
  control.addTo(map);
  const legend = control.getContainer();
  legend.setAttribute("aria-label", "Legend and layers");
  const toggle = legend.querySelector(".leaflet-control-layers-toggle");
  const opened = "leaflet-control-layers-expanded";
  new MutationObserver(function () {
    toggle.setAttribute("aria-expanded", String(legend.classList.contains(opened)));
  }).observe(legend, { attributes: true, attributeFilter: ["class"] });
  toggle.setAttribute("aria-expanded", "true");
  map.on("click", function () { if (!roomy()) control.collapse(); });
  // Opened by key, the legend takes the focus that its button loses; Escape gives it back.
  toggle.addEventListener("keydown", function (key) {
    if (key.key !== "Enter" && key.key !== " ") return;
    key.preventDefault();
    control.expand();
    const first = legend.querySelector("input");
    if (first) first.focus();
  });
  legend.addEventListener("keydown", function (key) {
    if (key.key !== "Escape" || roomy()) return;
    control.collapse();
    toggle.focus();
  });
  if (data.rough) {
    const row = make("p", "rp-row rp-rough");
    const box = make("span", "rp-key");
    box.append(glyph(data.kinds[data.rough_kind], true));
    row.append(box, make("span", "", "hollow: the place is approximate"),
      make("span", "rp-count", String(data.rough)));
    (legend.querySelector(".leaflet-control-layers-list") || legend).append(row);
  }
  if (areas.length) {
    const note = make("p", "rp-row rp-note", data.areas.note);
    const explain = function () { note.hidden = !map.hasLayer(allAreas); };
    allAreas.on("add remove", explain);
    explain();
    legend.querySelector(".leaflet-control-layers-overlays").after(note);
  }
  L.control.scale({ position: "bottomright", maxWidth: 120 }).addTo(map);
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(make("span", "", data.credit).outerHTML);

  // ---------------------------------------------------------------------------------- wheel
  // In a frame the wheel belongs to the page around it, until a reader clicks into the map.
  if (window.self !== window.top) {
    let taken = false;
    container.addEventListener("click", function () { taken = true; }, true);
    container.addEventListener("mouseleave", function () { taken = false; });
    container.addEventListener("wheel", function (wheel) {
      if (!(taken || wheel.ctrlKey || wheel.metaKey)) wheel.stopImmediatePropagation();
    }, { capture: true, passive: true });
  }

  // ------------------------------------------------------------------- size, names, keyboard
  // A frame may run this before its page is laid out: until a reader takes the map in hand, every
  // change of size fits it anew.
  let untouched = true;
  ["pointerdown", "keydown"].forEach(function (name) {
    container.addEventListener(name, function () { untouched = false; }, true);
  });
  map.on("popupopen", function () { untouched = false; });
  function settle() {
    container.classList.toggle("rp-narrow", !roomy());
    if (!untouched) return;
    showAll();
    if (roomy()) control.expand(); else control.collapse();
  }
  settle();
  function refit() {
    map.invalidateSize({ animate: false, pan: false });
    settle();
  }
  new ResizeObserver(refit).observe(container);
  // A frame out of sight is told of no change of size: it looks for itself a few times.
  [0, 200, 1000, 3000].forEach(function (wait) {
    window.setTimeout(function () {
      map.invalidateSize({ animate: false, pan: false });
      if (map.getSize().toString() !== fitted) settle();
    }, wait);
  });
  map.on("popupopen popupclose", function (event) {
    container.classList.toggle("rp-reading", event.type === "popupopen");
  });
  function near() {
    const zoom = map.getZoom();
    const box = map.getContainer().classList;
    box.toggle("rp-far", zoom < 6);
    box.toggle("rp-near", zoom >= 10);
    thin();
  }
  map.on("zoomend", near);
  near();
  map.getContainer().setAttribute("role", "region");
  map.getContainer().setAttribute("aria-label", data.title);
  map.on("popupopen", function (event) {
    const element = event.popup.getElement();
    const opener = document.activeElement;
    if (!opener || !opener.classList.contains("rp-mark")) return;
    element.setAttribute("tabindex", "-1");
    element.focus({ preventScroll: true });
    element.addEventListener("keydown", function (key) {
      if (key.key === "Escape") { map.closePopup(event.popup); }
    });
    event.popup.once("remove", function () { opener.focus({ preventScroll: true }); });
  });
}
