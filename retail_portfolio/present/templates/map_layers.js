"use strict";
// The layers beside the stores, each on a canvas of its own below the marks.
function rpLayers(rp) {
  const map = rp.map, data = rp.data, make = rpTools.make, numbers = rpTools.numbers;
  const ink = function (name) { return rpTools.colour(rp.container, name); };
  // Light to dark on light paper, and the other way round on dark paper.
  const SHADES = [["#dbe9f6", "#a9cce3", "#6ba3cf", "#2f79b5", "#0b4a8b"],
    ["#1d3f5f", "#27608f", "#3f86bb", "#7db2d8", "#c3ddf0"]];

  function sheetLayer(name, z, paint) {
    map.createPane(name).style.zIndex = z;
    map.getPane(name).style.pointerEvents = "none";
    const sheet = new rpTools.Sheet(name, paint);
    rp.dark.addEventListener("change", function () { sheet.redraw(); });
    return sheet;
  }

  function places(layer) {
    const lats = rpTools.sums(numbers(layer.lat)), lons = rpTools.sums(numbers(layer.lon));
    const steps = data.point_steps;
    return {
      world: rpTools.world(lats, lons, steps),
      latLng: function (row) { return L.latLng(lats[row] / steps, lons[row] / steps); },
    };
  }

  function disc(paper, x, y, radius) {
    paper.beginPath();
    paper.arc(x, y, radius, 0, 2 * Math.PI);
  }

  function storeSpots(list) {
    return rpTools.world(
      list.map(function (store) { return rp.lat[store]; }),
      list.map(function (store) { return rp.lon[store]; }), data.point_steps);
  }

  // ------------------------------------------------------------------------------ exit cost
  function cost(layer) {
    const stores = numbers(layer.stores), parts = numbers(layer.parts);
    const spots = storeSpots(stores), most = layer.most;
    return sheetLayer("cost", 420, function (paper, at) {
      const largest = at.zoom < 6 ? 16 : at.zoom < 9 ? 26 : 44;
      paper.lineWidth = 1.2;
      paper.strokeStyle = paper.fillStyle = ink("closes");
      stores.forEach(function (store, row) {
        const x = at.x(spots.x[row]), y = at.y(spots.y[row]);
        if (!at.holds(x, y, largest)) return;
        disc(paper, x, y, largest * Math.sqrt(parts[row] / most));
        paper.globalAlpha = 0.14;
        paper.fill();
        paper.globalAlpha = 0.8;
        paper.stroke();
      });
      paper.globalAlpha = 1;
    });
  }

  // ------------------------------------------------------------------------------- chance
  function chance(layer) {
    const stores = numbers(layer.stores), percent = numbers(layer.percent);
    const spots = storeSpots(stores);
    return sheetLayer("chance", 430, function (paper, at) {
      const radius = at.zoom < 6 ? 11 : 17;
      paper.font = "600 11px " + getComputedStyle(rp.container).fontFamily;
      paper.textAlign = "center";
      stores.forEach(function (store, row) {
        const x = at.x(spots.x[row]), y = at.y(spots.y[row]);
        if (!at.holds(x, y, 40)) return;
        disc(paper, x, y, radius);
        paper.globalAlpha = 0.06 + 0.5 * percent[row] / 100;
        paper.fillStyle = ink("converts");
        paper.fill();
        paper.globalAlpha = 0.9;
        paper.lineWidth = 1;
        paper.strokeStyle = ink("converts");
        paper.stroke();
        paper.globalAlpha = 1;
        if (at.zoom < 9) return;
        paper.lineWidth = 3;
        paper.strokeStyle = ink("paper");
        paper.strokeText(percent[row] + " %", x, y + radius + 12);
        paper.fillStyle = ink("ink");
        paper.fillText(percent[row] + " %", x, y + radius + 12);
      });
    });
  }

  // -------------------------------------------------------------------------------- flows
  function flows(layer) {
    const flat = numbers(layer.lines), lines = [];
    for (let i = 0; i < flat.length; i += 3) lines.push(flat.slice(i, i + 3));
    const most = lines[lines.length - 1][2];
    const spots = rpTools.world(rp.lat, rp.lon, data.point_steps);

    function line(paper, at, one, colour) {
      const x0 = at.x(spots.x[one[0]]), y0 = at.y(spots.y[one[0]]);
      const x1 = at.x(spots.x[one[1]]), y1 = at.y(spots.y[one[1]]);
      if (!at.holds(x0, y0, 2000) || !at.holds(x1, y1, 2000)) return;
      // Bent to the left of its way, so that two ways between two stores lie apart.
      const bendX = (x0 + x1) / 2 + 0.14 * (y1 - y0), bendY = (y0 + y1) / 2 - 0.14 * (x1 - x0);
      paper.strokeStyle = colour;
      paper.lineWidth = 0.6 + 6 * Math.sqrt(one[2] / most);
      paper.beginPath();
      paper.moveTo(x0, y0);
      paper.quadraticCurveTo(bendX, bendY, x1, y1);
      paper.stroke();
    }

    let pointed = -1;
    const sheet = sheetLayer("flows", 440, function (paper, at) {
      paper.lineCap = "round";
      const mine = lines.filter(function (one) { return one[0] === pointed; });
      paper.globalAlpha = mine.length ? 0.12 : 0.4;
      lines.forEach(function (one) { line(paper, at, one, ink("quiet")); });
      paper.globalAlpha = 0.9;
      mine.forEach(function (one) { line(paper, at, one, ink("closes")); });
      paper.globalAlpha = 1;
    });
    rp.onPointed(function (store) { pointed = store; sheet.redraw(); });
    return sheet;
  }

  // -------------------------------------------------------------------------------- moves
  function moves(layer) {
    const where = places(layer), stores = numbers(layer.stores), names = rpTools.texts(layer.names);
    const spots = storeSpots(stores), RING = 6;
    const sheet = sheetLayer("moves", 445, function (paper, at) {
      const seen = [];
      paper.strokeStyle = ink("moves");
      paper.lineWidth = 2;
      stores.forEach(function (store, row) {
        if (rp.kindOf(store).fate !== "relocate") return;
        const x0 = at.x(spots.x[row]), y0 = at.y(spots.y[row]);
        const x = at.x(where.world.x[row]), y = at.y(where.world.y[row]);
        if (!at.holds(x0, y0, 2000) || !at.holds(x, y, 2000)) return;
        const long = Math.hypot(x - x0, y - y0), short = Math.max(0, long - RING) / (long || 1);
        paper.setLineDash([6, 4]);
        paper.beginPath();
        paper.moveTo(x0, y0);
        paper.lineTo(x0 + short * (x - x0), y0 + short * (y - y0));
        paper.stroke();
        paper.setLineDash([]);
        disc(paper, x, y, RING);
        paper.fillStyle = ink("paper");
        paper.fill();
        paper.stroke();
        seen.push([x, y, row, RING]);
      });
      return seen;
    });
    rp.onPlan(function () { sheet.redraw(); });
    function words(row) { return rp.store(stores[row]).name + " moves here: " + names[row]; }
    return pickable(sheet, where, words, null);
  }

  // -------------------------------------------------------------------------- competitors
  function competitors(layer) {
    const where = places(layer), chain = rpTools.texts(layer.chain);
    const street = rpTools.texts(layer.where), size = rpTools.texts(layer.size);
    const asOf = rpTools.texts(layer.as_of);
    const sheet = sheetLayer("competitors", 410, function (paper, at) {
      const seen = [], half = at.zoom < 7 ? 1.2 : at.zoom < 10 ? 2.4 : 3.6;
      paper.strokeStyle = ink("quiet");
      paper.lineWidth = at.zoom < 10 ? 1 : 1.6;
      paper.globalAlpha = 0.85;
      paper.beginPath();
      for (let row = 0; row < layer.count; row += 1) {
        const x = at.x(where.world.x[row]), y = at.y(where.world.y[row]);
        if (!at.holds(x, y, half)) continue;
        paper.moveTo(x - half, y);
        paper.lineTo(x + half, y);
        paper.moveTo(x, y - half);
        paper.lineTo(x, y + half);
        seen.push([x, y, row, half]);
      }
      paper.stroke();
      paper.globalAlpha = 1;
      return seen;
    });

    function card(row) {
      const root = make("article", "rp-card");
      root.append(make("h2", "", chain[row]), make("p", "rp-where", street[row]));
      const facts = ["Competitor", size[row], asOf[row] && "listed " + asOf[row]].filter(Boolean);
      root.append(make("p", "", facts.join(", ") + "."));
      return root;
    }
    return pickable(sheet, where, function (row) { return chain[row]; }, card);
  }

  // ------------------------------------------------------------------------------- demand
  function demand(layer) {
    const where = places(layer), households = numbers(layer.households);
    const income = numbers(layer.income_k);
    const shade = income.map(function (value) {
      return value < 0 ? -1 : layer.breaks_k.filter(function (one) { return value >= one; }).length;
    });
    const sheet = sheetLayer("demand", 405, function (paper, at) {
      const seen = [], unit = Math.pow(2, Math.min(at.zoom, 13) - 10);
      const shades = SHADES[rp.dark.matches ? 1 : 0];
      paper.globalAlpha = 0.75;
      for (let row = 0; row < layer.count; row += 1) {
        const x = at.x(where.world.x[row]), y = at.y(where.world.y[row]);
        const radius = Math.max(0.8, 5.2 * unit * Math.sqrt(households[row] / 1500));
        if (!at.holds(x, y, radius)) continue;
        paper.fillStyle = shade[row] < 0 ? ink("rest") : shades[shade[row]];
        disc(paper, x, y, radius);
        paper.fill();
        if (at.zoom >= 9) seen.push([x, y, row, radius]);
      }
      paper.globalAlpha = 1;
      return seen;
    });
    function words(row) {
      const people = households[row].toLocaleString("en-US") + " households";
      return people + (income[row] < 0 ? ", income not known"
        : ", median income " + layer.currency + " " + income[row].toLocaleString("en-US") + " k");
    }
    return pickable(sheet, where, words, null);
  }

  function demandKey(layer) {
    const key = make("span", "rp-shades");
    for (let place = 0; place <= layer.breaks_k.length; place += 1) {
      const words = place === 0 ? "under " + layer.break_texts[0]
        : place === layer.breaks_k.length ? "over " + layer.break_texts[place - 1]
          : layer.break_texts[place - 1] + " to " + layer.break_texts[place];
      const box = make("span", "rp-shade-row");
      box.append(make("i", "rp-shade rp-shade-" + place), make("span", "", words));
      key.append(box);
    }
    return key;
  }

  function pickable(sheet, where, words, card) {
    rp.pickers.push(function (point) {
      if (!map.hasLayer(sheet)) return null;
      const hit = sheet.hit(point);
      if (hit < 0) return null;
      const row = sheet.seen[hit][2], at = where.latLng(row);
      return {
        at: at, words: words(row),
        open: card && function () {
          L.popup({ maxWidth: 260 }).setLatLng(at).setContent(card(row)).openOn(map);
        },
      };
    });
    return sheet;
  }

  const MAKERS = {
    moves: moves, cost: cost, chance: chance, flows: flows, competitors: competitors, demand: demand,
  };
  data.layers.forEach(function (layer) {
    rp.addLayer({
      key: layer.key, label: layer.label, note: layer.note, count: layer.count,
      layer: MAKERS[layer.key](layer), swatch: "rp-swatch-" + layer.key, shown: layer.shown === true,
      more: layer.key === "demand" && layer.breaks_k.length ? demandKey(layer) : null,
    });
  });

  // ------------------------------------------------------- what lies under the pointer on them
  const tip = L.tooltip({ direction: "top", offset: [0, -4] });
  function pick(event) {
    for (const picker of rp.pickers) {
      const found = picker(map.latLngToLayerPoint(event.latlng));
      if (found) return found;
    }
    return null;
  }
  let waiting = null;
  function hover(event) {
    if (!rp.pickers.length) return;
    const idle = waiting === null;
    waiting = event;
    if (idle) window.requestAnimationFrame(look);
  }
  function look() {
    const event = waiting;
    waiting = null;
    const overMark = event.originalEvent.target.closest(".rp-mark, .leaflet-control, .leaflet-popup");
    const found = overMark ? null : pick(event);
    rp.container.classList.toggle("rp-pick", Boolean(found && found.open));
    if (!found) { tip.remove(); return; }
    tip.setLatLng(found.at).setContent(make("span", "", found.words)).addTo(map);
  }
  map.on("mousemove", hover);
  map.on("mouseout zoomstart movestart", function () { tip.remove(); });
  map.on("click", function (event) {
    const found = pick(event);
    if (found && found.open) found.open();
  });
}
