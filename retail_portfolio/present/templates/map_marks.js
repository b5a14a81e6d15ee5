"use strict";
// The stores: an element each, or, where a kind has very many, all of them on one canvas.
function rpMarks(rp) {
  const map = rp.map, data = rp.data, kinds = data.kinds, make = rpTools.make;
  const groups = kinds.map(function () { return L.layerGroup(); });
  const visible = kinds.map(function (kind) { return kind.shown; });
  const crowded = kinds.map(function (kind) { return kind.count > data.many; });
  const markers = new Map();
  rp.groups = groups;

  const StoreIcon = L.DivIcon.extend({
    createIcon: function (old) {
      const element = L.DivIcon.prototype.createIcon.call(this, old);
      const facts = this.options.facts;
      Object.keys(facts).forEach(function (key) { element.setAttribute(key, facts[key]); });
      return element;
    },
  });

  function icon(place) {
    const store = rp.store(place), kind = rp.kindOf(place), box = make("span", "rp-box");
    box.append(rpTools.glyph(kind, store.rough));
    if (kind.named) box.append(make("span", "rp-name", store.short));
    return new StoreIcon({
      className: "rp-mark", iconSize: [kind.size, kind.size], html: box,
      facts: {
        "data-store-id": store.id, "data-banner": store.banner, "data-format": store.format,
        "data-status": store.status, "data-decision": rp.decision(place),
        "data-point": store.rough ? "approximate" : "known",
        "aria-label": store.name + ", " + rp.verdict(kind), role: kind.named ? "button" : "img",
      },
    });
  }

  // A card is never larger than the map it opens in; what does not fit scrolls in it.
  function fit(options) {
    const size = map.getSize(), tight = !rp.roomy();
    const room = size.x - 58;  // the card's own margins, and a little air beside it
    return Object.assign(options, {
      maxWidth: Math.min(400, room), minWidth: Math.min(220, room),
      maxHeight: Math.max(140, size.y - 76),
      autoPanPaddingTopLeft: [tight ? 8 : rp.legendWidth + 30, 8],
      autoPanPaddingBottomRight: [tight || size.x < 940 ? 8 : 236, 8],
    });
  }

  function listen(made, place) {
    const leave = function () { rp.point(place, false); };
    made.on("add", function () {
      const element = made.getElement(), on = function () { rp.point(place, true); };
      element.addEventListener("mouseenter", on);
      element.addEventListener("focus", on);
      element.addEventListener("mouseleave", leave);
      element.addEventListener("blur", leave);
    });
    made.on("remove", leave);
    made.on("popupopen", function () { rp.read(place, true); });
    made.on("popupclose", function () { rp.read(place, false); });
  }

  function marker(place) {
    const store = rp.store(place), kind = rp.kindOf(place);
    const made = L.marker([store.lat, store.lon], {
      icon: icon(place), keyboard: kind.named, zIndexOffset: kind.lift, riseOnHover: true,
    });
    made.bindPopup(function () {
      fit(made.getPopup().options);
      return rp.card(place);
    });
    if (store.status === "closing" || rp.areaLines(place).length) listen(made, place);
    made.bindTooltip(function () { return make("span", "", store.name); },
      { direction: "top", offset: [0, -kind.size / 2] });
    return made;
  }

  const onCanvas = [];
  for (let place = 0; place < rp.count; place += 1) {
    if (crowded[rp.now[place]]) { onCanvas.push(place); continue; }
    markers.set(place, marker(place).addTo(groups[rp.now[place]]));
  }
  groups.forEach(function (group, place) { if (visible[place]) group.addTo(map); });

  // Of names that would lie on each other, one is written: the first in the order of the stores.
  function thin() {
    const near = map.getZoom() >= 10, taken = [], box = map.getPixelBounds();
    markers.forEach(function (made, place) {
      const element = made.getElement();
      const name = element && rp.kindOf(place).named && element.querySelector(".rp-name");
      if (!name) return;
      const at = map.project(made.getLatLng());
      const wide = 22 + 6.6 * name.textContent.length;
      const free = near && box.contains(at) && taken.every(function (other) {
        return Math.abs(at.y - other.y) > 15 || at.x > other.x + other.wide || other.x > at.x + wide;
      });
      name.hidden = !free;
      if (free) taken.push({ x: at.x, y: at.y, wide: wide });
    });
  }
  map.on("moveend", thin);
  rp.onPlan(thin);
  thin();

  // ------------------------------------------------------------------------- very many stores
  const worlds = onCanvas.length ? rpTools.world(rp.lat, rp.lon, data.point_steps) : null;
  let sprites = new Map(), drawn = [];

  function sprite(kind, hollow, scale) {
    const key = (hollow ? 2 : 0) + scale;
    if (!sprites.has(kind)) sprites.set(kind, new Map());
    const known = sprites.get(kind);
    if (known.has(key)) return known.get(key);
    const fine = window.devicePixelRatio || 1, side = Math.ceil(kind.size * scale) + 4;
    const made = document.createElement("canvas"), paper = made.getContext("2d");
    made.width = made.height = side * fine;
    paper.scale(fine * kind.size * scale / 20, fine * kind.size * scale / 20);
    paper.translate(side * 10 / (kind.size * scale), side * 10 / (kind.size * scale));
    const ink = rpTools.colour(rp.container, { keeps: "ink", gone: "rest", before: "quiet" }[kind.paint] || kind.paint);
    const path = new Path2D(kind.path), cross = kind.paint === "gone";
    paper.lineWidth = 2.2;
    paper.strokeStyle = hollow || cross ? ink : rpTools.colour(rp.container, "paper");
    paper.fillStyle = hollow ? rpTools.colour(rp.container, "paper") : ink;
    paper.stroke(path);
    if (!cross) paper.fill(path);
    if (hollow) paper.stroke(path);
    known.set(key, { image: made, side: side });
    return known.get(key);
  }

  // Of marks that would hide each other on the same few pixels, one is drawn.
  function paint(paper, at) {
    const scale = at.zoom < 6 ? 0.72 : 1, grain = at.zoom < 9 ? 6 : 1, edge = 8;
    const size = at.box.getSize();
    drawn = [];
    const wide = Math.ceil(size.x / grain) + 2 * edge, high = Math.ceil(size.y / grain) + 2 * edge;
    const taken = new Uint8Array(wide * high);
    for (let row = 0; row < onCanvas.length; row += 1) {
      const place = onCanvas[row], now = rp.now[place];
      if (!visible[now]) continue;
      const x = at.x(worlds.x[place]), y = at.y(worlds.y[place]);
      if (!at.holds(x, y, edge)) continue;
      const cell = Math.floor((x - at.box.min.x) / grain) + edge
        + wide * (Math.floor((y - at.box.min.y) / grain) + edge);
      if (taken[cell]) continue;
      taken[cell] = 1;
      const one = sprite(data.kinds[now], rp.rough(place), scale);
      paper.drawImage(one.image, x - one.side / 2, y - one.side / 2, one.side, one.side);
      drawn.push(place);
    }
  }

  // The store drawn nearest to a point of the map, -1 where none is near.
  function drawnAt(point) {
    let best = -1, least = Infinity;
    drawn.forEach(function (place) {
      const apart = Math.hypot(sheet.at.x(worlds.x[place]) - point.x, sheet.at.y(worlds.y[place]) - point.y);
      if (apart < least && apart <= rp.kindOf(place).size / 2 + 3) { least = apart; best = place; }
    });
    return best;
  }

  let sheet = null;
  if (onCanvas.length) {
    map.createPane("many").style.zIndex = 590;
    map.getPane("many").style.pointerEvents = "none";
    sheet = new rpTools.Sheet("many", paint).addTo(map);
    rp.pickers.push(function (point) {
      const place = drawnAt(point);
      if (place < 0) return null;
      return {
        at: rp.latLng(place), words: rp.store(place).name,
        open: function () { rp.open(place); },
      };
    });
    rp.dark.addEventListener("change", function () { sprites = new Map(); sheet.redraw(); });
  }

  // ------------------------------------------------- one mark by Tab, from there by the arrows
  const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  function stops() {
    return Array.from(map.getPane("markerPane").querySelectorAll(".rp-mark[role=button]"));
  }
  function rove(chosen) {
    const all = stops(), stop = chosen || all.find(function (one) { return one.tabIndex === 0; });
    all.forEach(function (one) { one.tabIndex = -1; });
    const first = all.includes(stop) ? stop : all[0];
    if (first) first.tabIndex = 0;
  }
  // The nearest mark on a way, what lies aside counting double.
  function next(from, way) {
    const here = from.getBoundingClientRect();
    let best = null, least = Infinity;
    stops().forEach(function (one) {
      const there = one.getBoundingClientRect(), x = there.x - here.x, y = there.y - here.y;
      const along = x * way[0] + y * way[1], aside = Math.abs(x * way[1]) + Math.abs(y * way[0]);
      if (one !== from && along > 0.5 && along + 2 * aside < least) {
        least = along + 2 * aside;
        best = one;
      }
    });
    return best;
  }
  map.getPane("markerPane").addEventListener("keydown", function (key) {
    const way = WAYS[key.key], from = key.target.closest(".rp-mark");
    if (!way || !from) return;
    key.preventDefault();
    key.stopPropagation();
    const found = next(from, way);
    if (!found) return;
    rove(found);
    found.focus();
  });
  groups.forEach(function (group) { group.on("add remove", function () { rove(null); }); });
  rp.onPlan(function () { rove(null); });
  rove(null);

  // ----------------------------------------------------------------- what the others may ask for
  rp.setVisible = function (kind, shown) {
    visible[kind] = shown;
    if (sheet) sheet.redraw();
  };

  // Opens a store's card, wherever it is drawn, and shows its kind where that was switched off.
  rp.open = function (place) {
    const kind = rp.now[place];
    if (!visible[kind]) map.addLayer(groups[kind]);
    if (markers.has(place)) { markers.get(place).openPopup(); return; }
    const popup = L.popup(fit({})).setLatLng(rp.latLng(place)).setContent(rp.card(place));
    popup.openOn(map);
  };

  rp.roughShown = function () {
    let found = 0;
    for (let place = 0; place < rp.count; place += 1) {
      if (rp.rough(place) && visible[rp.now[place]]) found += 1;
    }
    return found;
  };

  rp.counts = function () {
    const found = {};
    kinds.forEach(function (kind, place) {
      if (kind.count && visible[place]) found[kind.label] = kind.count;
    });
    return found;
  };

  // After a change of plan: the marks of stores whose kind is another one now.
  rp.onPlan(function (changed) {
    changed.forEach(function (place) {
      const made = markers.get(place);
      if (!made) return;
      const open = made.isPopupOpen();
      groups.forEach(function (group) { group.removeLayer(made); });
      made.setIcon(icon(place));
      made.setZIndexOffset(rp.kindOf(place).lift);
      made.addTo(groups[rp.now[place]]);
      if (open && visible[rp.now[place]]) made.openPopup();
    });
    if (sheet) sheet.redraw();
  });
}
