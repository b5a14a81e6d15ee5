"use strict";
// Tools of the map. No text of the data is ever read as HTML: elements are made one by one and
// filled through textContent.
const rpTools = (function () {
  const SVG = "http://www.w3.org/2000/svg";
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const VALUE = new Map(Array.from(LETTERS, function (letter, place) { return [letter, place]; }));

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function svg(tag, facts) {
    const element = document.createElementNS(SVG, tag);
    Object.keys(facts).forEach(function (key) { element.setAttribute(key, facts[key]); });
    return element;
  }

  // Five bits a letter, the lowest first; see the module that packs them.
  function numbers(text) {
    const out = [];
    let value = 0, shift = 0;
    for (const letter of text) {
      const bits = VALUE.get(letter);
      value |= (bits & 31) << shift;
      if (bits < 32) {
        out.push((value >>> 1) ^ -(value & 1));
        value = shift = 0;
      } else {
        shift += 5;
      }
    }
    return out;
  }

  function texts(column) {
    if (Array.isArray(column)) return column;
    return numbers(column.rows).map(function (place) { return column.texts[place]; });
  }

  function sums(list) {
    let total = 0;
    return list.map(function (step) { total += step; return total; });
  }

  // Rings as places of Leaflet.
  function rings(list, steps) {
    return list.map(function (text) {
      const flat = numbers(text), points = [];
      let x = 0, y = 0;
      for (let i = 0; i < flat.length; i += 2) {
        x += flat[i];
        y += flat[i + 1];
        points.push([y / steps, x / steps]);
      }
      return points;
    });
  }

  function glyph(kind, hollow, size) {
    const drawing = svg("svg", {
      viewBox: "-10 -10 20 20", width: size || kind.size, height: size || kind.size,
      "aria-hidden": "true", class: "rp-glyph rp-" + kind.paint + (hollow ? " rp-hollow" : ""),
    });
    drawing.append(svg("path", { d: kind.path }));
    return drawing;
  }

  function origin(letter, words) {
    const mark = make("abbr", "mark", letter);
    mark.title = words[letter] || "";
    return mark;
  }

  // A canvas that lies in a pane and is drawn anew when the map has moved. `paint` gets the paper
  // and `at(x, y)`, which turns places on the world's square of side one into pixels.
  const Sheet = L.Renderer.extend({
    initialize: function (pane, paint, padding) {
      this.paint = paint;
      L.Renderer.prototype.initialize.call(this, { pane: pane, padding: padding || 0.1 });
    },
    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._paper = this._container.getContext("2d");
    },
    _destroyContainer: function () {
      L.DomUtil.remove(this._container);
      delete this._container;
      delete this._view;
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const box = this._bounds, size = box.getSize(), fine = window.devicePixelRatio || 1;
      // A step of the map tells of itself more than once.
      const view = [fine, this._map.getZoom(), box.min, box.max, this._map.getPixelOrigin()].join();
      if (view === this._view) return;
      this._view = view;
      L.DomUtil.setPosition(this._container, box.min);
      Object.assign(this._container, { width: fine * size.x, height: fine * size.y });
      Object.assign(this._container.style, { width: size.x + "px", height: size.y + "px" });
      this._paper.setTransform(fine, 0, 0, fine, -fine * box.min.x, -fine * box.min.y);
      this._updatePaths();
    },
    _updatePaths: function () {
      const box = this._bounds, size = box.getSize(), corner = this._map.getPixelOrigin();
      const side = 256 * Math.pow(2, this._map.getZoom());
      this._paper.clearRect(box.min.x, box.min.y, size.x, size.y);
      this.at = {
        x: function (x) { return x * side - corner.x; },
        y: function (y) { return y * side - corner.y; },
        holds: function (x, y, room) {
          return x > box.min.x - room && x < box.max.x + room
            && y > box.min.y - room && y < box.max.y + room;
        },
        box: box, zoom: this._map.getZoom(),
      };
      this.seen = this.paint(this._paper, this.at) || [];
    },
    redraw: function () { if (this._map && this._bounds) this._updatePaths(); },
    // The place in `seen` of the mark nearest to a point, each [x, y, row, radius]; -1 for none.
    hit: function (point) {
      let best = -1, least = Infinity;
      this.seen.forEach(function (mark, place) {
        const apart = Math.hypot(mark[0] - point.x, mark[1] - point.y);
        if (apart <= mark[3] + 3 && apart < least) { least = apart; best = place; }
      });
      return best;
    },
  });

  // Places as fractions of the world's square (Web Mercator).
  function world(lats, lons, steps) {
    const half = Math.PI / 180;
    return {
      x: Float64Array.from(lons, function (lon) { return lon / steps / 360 + 0.5; }),
      y: Float64Array.from(lats, function (lat) {
        const s = Math.sin(lat / steps * half);
        return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
      }),
    };
  }

  // Outlines as places on the world's square, each with the box it lies in.
  function outlines(list, steps) {
    return list.map(function (text) {
      const flat = numbers(text), count = flat.length / 2;
      const lons = new Float64Array(count), lats = new Float64Array(count);
      for (let i = 0, x = 0, y = 0; i < count; i += 1) {
        lons[i] = x += flat[2 * i];
        lats[i] = y += flat[2 * i + 1];
      }
      const at = world(lats, lons, steps);
      at.west = at.x.reduce(least);
      at.east = at.x.reduce(most);
      at.north = at.y.reduce(least);
      at.south = at.y.reduce(most);
      return at;
    });
  }
  function least(one, other) { return one < other ? one : other; }
  function most(one, other) { return one > other ? one : other; }

  // Lays outlines on the paper as one path. Steps of less than half a pixel are not seen, and
  // outlines beyond the paper's edge are left out.
  function trace(paper, lines, at) {
    paper.beginPath();
    lines.forEach(function (line) {
      if (at.x(line.east) < at.box.min.x || at.x(line.west) > at.box.max.x
        || at.y(line.south) < at.box.min.y || at.y(line.north) > at.box.max.y) return;
      let lastX = at.x(line.x[0]), lastY = at.y(line.y[0]);
      paper.moveTo(lastX, lastY);
      for (let i = 1; i < line.x.length; i += 1) {
        const x = at.x(line.x[i]), y = at.y(line.y[i]);
        if (Math.abs(x - lastX) + Math.abs(y - lastY) < 0.5) continue;
        paper.lineTo(x, y);
        lastX = x;
        lastY = y;
      }
      paper.closePath();
    });
  }

  function colour(container, name) {
    return getComputedStyle(container).getPropertyValue("--" + name).trim();
  }

  return {
    make: make, svg: svg, numbers: numbers, texts: texts, sums: sums, rings: rings, glyph: glyph,
    origin: origin, Sheet: Sheet, world: world, outlines: outlines, trace: trace, colour: colour,
  };
})();
