"use strict";
// Draws a portfolio from data: wires the parts of the map, which the files before this one define.
function portfolioMap(map, data) {
  const container = map.getContainer(), NARROW = 700, LEGEND = 272;
  const columns = {};
  ["store_id", "name", "street", "city", "state", "banner", "format", "status", "decision", "reason"]
    .forEach(function (name) { columns[name] = rpTools.texts(data.stores[name]); });
  const lat = rpTools.sums(rpTools.numbers(data.stores.lat));
  const lon = rpTools.sums(rpTools.numbers(data.stores.lon));
  const precision = rpTools.numbers(data.stores.precision_m);
  const base = rpTools.numbers(data.stores.kind);
  const placeOf = new Map(columns.store_id.map(function (id, place) { return [id, place]; }));
  const kindPlace = new Map(data.kinds.map(function (kind, place) {
    return [kind.fate + " " + kind.format, place];
  }));
  const planned = [], pointedAt = [];
  let fitted = "", untouched = true, pointed = -1, read = -1;

  const rp = {
    map: map, data: data, container: container, count: data.stores.count, lat: lat, lon: lon,
    dark: window.matchMedia("(prefers-color-scheme: dark)"),
    now: base.slice(), before: false, layers: [], pickers: [],
    figures: data.stores.figures.map(function (figure) {
      return { label: figure.label, text: rpTools.texts(figure.text), mark: rpTools.texts(figure.mark) };
    }),
    roomy: function () { return map.getSize().x >= NARROW; },
    rough: function (place) { return precision[place] > data.rough_m; },
    store: function (place) {
      const name = columns.name[place], banner = columns.banner[place];
      const short = (name.startsWith(banner) ? name.slice(banner.length) : name).replace(/^[ \-,\u2013]+|[ \-,\u2013]+$/g, "");
      return {
        id: columns.store_id[place], name: name, short: short || name, banner: banner,
        street: columns.street[place], city: columns.city[place], state: columns.state[place],
        format: columns.format[place], status: columns.status[place],
        reason: columns.reason[place], precision: precision[place], rough: rp.rough(place),
        lat: lat[place] / data.point_steps, lon: lon[place] / data.point_steps,
      };
    },
    latLng: function (place) {
      return L.latLng(lat[place] / data.point_steps, lon[place] / data.point_steps);
    },
    kindOf: function (place) { return data.kinds[rp.now[place]]; },
    baseKind: function (place) { return data.kinds[base[place]]; },
    verdict: function (kind) {
      const words = kind.label.slice(kind.label.lastIndexOf(", ") + 2);
      return kind.fate === "gone" ? kind.label : words[0].toUpperCase() + words.slice(1);
    },
    decision: function (place) {
      if (columns.status[place] !== "closing") return columns.decision[place];
      if (rp.now[place] === base[place]) return columns.decision[place];
      const fate = rp.kindOf(place).fate;
      return fate === "before" ? "open" : fate;
    },
    addLayer: function (layer) { rp.layers.push(layer); },
    onPlan: function (listener) { planned.push(listener); },
    onPointed: function (listener) { pointedAt.push(listener); },
    touched: function () { untouched = false; },
    // The legend stands open on the left of a wide map, the search on its right.
    fitTo: function (bounds) {
      const roomy = rp.roomy();
      map.fitBounds(bounds, { animate: false, maxZoom: 11,
        paddingTopLeft: [roomy ? LEGEND + 40 : 28, 28], paddingBottomRight: [28, 44] });
    },
    legendWidth: LEGEND,
    showAll: showAll,
    point: function (place, on) {
      if (on) pointed = place; else if (pointed === place) pointed = -1;
      tellPointed();
    },
    read: function (place, on) {
      if (on) read = place; else if (read === place) read = -1;
      tellPointed();
    },
  };

  let told = -1;
  function tellPointed() {
    const place = pointed >= 0 ? pointed : read;
    if (place === told) return;
    told = place;
    pointedAt.forEach(function (listener) { listener(place); });
  }

  // --------------------------------------------------------------------------- where to look
  function showAll() {
    const size = map.getSize();
    if (!data.bounds.length || size.x < 200 || size.y < 200) return;
    fitted = size.toString();
    rp.fitTo(data.bounds);
  }
  // Where to look comes before anything is drawn, so that nothing is drawn twice.
  showAll();

  // ---------------------------------------------------------------- what a plan makes of stores
  let plan = new Map();
  function fateOf(place, decision) {
    const format = columns.format[place];
    const fate = decision === "open" ? "before" : decision;
    return kindPlace.get(fate + " " + format);
  }
  function decide() {
    const changed = [];
    for (let place = 0; place < rp.count; place += 1) {
      if (columns.status[place] !== "closing") continue;
      const decision = rp.before ? "open" : plan.get(place);
      const found = decision === undefined ? undefined : fateOf(place, decision);
      const kind = found === undefined ? base[place] : found;
      if (kind === rp.now[place]) continue;
      data.kinds[rp.now[place]].count -= 1;
      data.kinds[kind].count += 1;
      rp.now[place] = kind;
      changed.push(place);
    }
    planned.forEach(function (listener) { listener(changed); });
  }
  // Shows the time before, or the plan again, and tells the page, whose words have to follow.
  rp.askBefore = function (before) {
    rp.before = before;
    decide();
    window.dispatchEvent(new CustomEvent("rp-time", { detail: { before: before } }));
    if (window.self !== window.top) window.parent.postMessage({ rpTime: { before: before } }, "*");
  };
  rp.show = function (detail) {
    if (!detail || typeof detail.decisions !== "object" || detail.decisions === null) return;
    const next = new Map();
    Object.keys(detail.decisions).forEach(function (id) {
      if (placeOf.has(id)) next.set(placeOf.get(id), String(detail.decisions[id]));
    });
    const decisions = Array.from(next.values());
    rp.before = decisions.length > 0 && decisions.every(function (one) { return one === "open"; });
    if (!rp.before) plan = next;
    decide();
  };

  rpBase(rp);
  rpAreas(rp);
  rpCards(rp);
  rpMarks(rp);
  rpLayers(rp);
  rpTiles(rp);
  rpLegend(rp);
  rpFind(rp);
  rpFrame(rp);

  // ------------------------------------------------------------------- size, names, keyboard
  // A frame may run this before its page is laid out: until a reader takes the map in hand, every
  // change of size fits it anew.
  ["pointerdown", "keydown"].forEach(function (name) {
    container.addEventListener(name, rp.touched, true);
  });
  map.on("popupopen", rp.touched);
  function settle() {
    container.classList.toggle("rp-narrow", !rp.roomy());
    rp.boundLegend();
    if (!untouched) return;
    showAll();
    rp.placeLegend();
  }
  settle();
  new ResizeObserver(function () {
    map.invalidateSize({ animate: false, pan: false });
    settle();
  }).observe(container);
  // A frame out of sight is told of no change of size: it looks for itself a few times.
  [0, 200, 1000, 3000].forEach(function (wait) {
    window.setTimeout(function () {
      map.invalidateSize({ animate: false, pan: false });
      if (map.getSize().toString() !== fitted) settle();
    }, wait);
  });
  window.requestAnimationFrame(function () {
    window.rpMap = {
      ready: performance.now(), counts: rp.counts, show: rp.show, map: map,
      open: function (id) { if (placeOf.has(id)) rp.open(placeOf.get(id)); },
    };
  });
}

// What a map owes the page around it: the wheel, the plan to show, the focus of its cards.
function rpFrame(rp) {
  const map = rp.map, container = rp.container;
  // With Tab the switches and the search come before the stores.
  container.prepend(container.querySelector(".leaflet-control-container"));
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", rp.data.title);

  window.addEventListener("rp-plan", function (event) { rp.show(event.detail); });
  const framed = window.self !== window.top;
  if (framed) {
    window.addEventListener("message", function (event) {
      if (event.source === window.parent && event.data && event.data.rpPlan) {
        rp.show(event.data.rpPlan);
      }
    });
    window.parent.postMessage({ rpReady: true }, "*");
    // The wheel belongs to the page around, until a reader clicks into the map.
    let taken = false;
    container.addEventListener("click", function () { taken = true; }, true);
    container.addEventListener("mouseleave", function () { taken = false; });
    container.addEventListener("wheel", function (wheel) {
      if (!(taken || wheel.ctrlKey || wheel.metaKey)) wheel.stopImmediatePropagation();
    }, { capture: true, passive: true });
  }

  map.on("popupopen popupclose", function (event) {
    container.classList.toggle("rp-reading", event.type === "popupopen");
  });
  map.on("popupopen", function (event) {
    const element = event.popup.getElement(), opener = document.activeElement;
    if (!opener || !opener.matches(".rp-mark, .rp-find-input")) return;
    element.setAttribute("tabindex", "-1");
    element.focus({ preventScroll: true });
    const close = function (key) {
      if (key.key === "Escape") map.closePopup(event.popup);
    };
    element.addEventListener("keydown", close);
    event.popup.once("remove", function () {
      element.removeEventListener("keydown", close);
      opener.focus({ preventScroll: true });
    });
  });
}
