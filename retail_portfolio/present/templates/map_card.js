"use strict";
// A store's card: decision, reason, figures with their origin, two small drawings, the point.
function rpCards(rp) {
  const data = rp.data, make = rpTools.make, svg = rpTools.svg, numbers = rpTools.numbers;

  function perStore(part, columns) {
    const found = new Map();
    if (!part) return found;
    numbers(part.stores).forEach(function (store, place) { found.set(store, columns(place)); });
    return found;
  }
  const rangeValues = data.ranges ? numbers(data.ranges.parts) : [];
  const rangeTexts = data.ranges ? rpTools.texts(data.ranges.texts) : [];
  const ranges = perStore(data.ranges, function (place) {
    return {
      values: rangeValues.slice(3 * place, 3 * place + 3),
      texts: rangeTexts.slice(3 * place, 3 * place + 3),
    };
  });
  const shares = data.outflows ? numbers(data.outflows.percent) : [];
  const parts = data.outflows ? data.outflows.parts : [];
  const outflows = perStore(data.outflows, function (place) {
    return shares.slice(parts.length * place, parts.length * (place + 1));
  });

  function drawing(height, words) {
    return svg("svg", {
      viewBox: "0 0 280 " + height, width: "100%", class: "rp-small", role: "img",
      "aria-label": words,
    });
  }

  function said(x, y, text, anchor) {
    const element = svg("text", { x: x, y: y, "text-anchor": anchor || "start" });
    element.textContent = text;
    return element;
  }

  // The middle nine tenths of the draws as a bar, the median as a tick, zero as a line.
  function rangeDrawing(range) {
    const low = Math.min(0, range.values[0]), high = Math.max(0, range.values[2]);
    const x = function (value) { return 6 + 268 * (value - low) / (high - low || 1); };
    const words = range.texts[0] + " to " + range.texts[2] + " in nine of ten draws, median "
      + range.texts[1];
    const root = drawing(34, "Value of the site alone against closing: " + words);
    root.append(svg("line", { x1: 6, x2: 274, y1: 11, y2: 11, class: "rp-rule" }));
    root.append(svg("line", { x1: x(0), x2: x(0), y1: 2, y2: 20, class: "rp-zero" }));
    root.append(svg("rect", {
      x: x(range.values[0]), width: Math.max(2, x(range.values[2]) - x(range.values[0])),
      y: 8, height: 6, class: range.values[1] > 0 ? "rp-gain" : "rp-bar",
    }));
    root.append(svg("rect", { x: x(range.values[1]) - 1.5, width: 3, y: 4, height: 14, class: "rp-tick" }));
    const zero = x(0);
    root.append(said(zero, 31, "0", zero < 12 ? "start" : zero > 268 ? "end" : "middle"));
    return [make("p", "rp-head", "Value of the site alone against closing, over the draws: " + words), root];
  }

  function outflowDrawing(percent) {
    const words = parts.map(function (part, place) { return percent[place] + " % " + part; });
    const root = drawing(12, "Where its sales go: " + words.join(", "));
    let from = 0;
    percent.forEach(function (share, place) {
      root.append(svg("rect", {
        x: 280 * from / 100, width: Math.max(0, 280 * share / 100 - 1), y: 1, height: 10,
        class: "rp-part-" + place,
      }));
      from += share;
    });
    const head = make("p", "rp-head", "Its sales would go to: ");
    words.forEach(function (text, place) {
      const key = make("span", "rp-part");
      key.append(make("i", "rp-part-" + place), make("span", "", text));
      head.append(key);
    });
    head.append(rpTools.origin(data.outflows.mark, data.marks));
    return [head, root];
  }

  function figures(place) {
    const list = make("dl");
    function row(label, text, letter) {
      const value = make("dd", "", text);
      if (letter) value.append(rpTools.origin(letter, data.marks));
      list.append(make("dt", "", label), value);
    }
    rp.figures.forEach(function (figure) {
      if (figure.text[place]) row(figure.label, figure.text[place], figure.mark[place]);
    });
    rp.areaLines(place).forEach(function (line) { row(line[0], line[1], line[2]); });
    return list;
  }

  function pointWords(metres) {
    if (metres < 0) return "How exact the place is, is not known.";
    const approximate = metres > data.rough_m;
    const text = approximate
      ? (metres / 1000).toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 }) + " km."
      : metres.toLocaleString("en-US") + " m.";
    return (approximate ? "The place is approximate: within about "
      : "The place is known to within about ") + text;
  }

  rp.card = function (place) {
    const store = rp.store(place), kind = rp.kindOf(place), root = make("article", "rp-card");
    root.append(make("h2", "", store.name));
    const address = [store.street, store.city, store.state].filter(Boolean).join(", ");
    root.append(make("p", "rp-where", [store.banner, address].filter(Boolean).join(" \u00b7 ")));
    const verdict = make("p", "rp-verdict");
    verdict.append(rpTools.glyph(kind, store.rough), make("b", "", rp.verdict(kind)));
    root.append(verdict);
    if (store.reason) {
      const other = rp.baseKind(place) !== kind;
      root.append(make("p", "rp-reason", (other ? "In this scenario\u2019s best plan it " : "") + store.reason));
    }
    const list = figures(place);
    if (list.childNodes.length) root.append(list);
    if (ranges.has(place)) root.append.apply(root, rangeDrawing(ranges.get(place)));
    if (outflows.has(place)) root.append.apply(root, outflowDrawing(outflows.get(place)));
    root.append(make("p", "rp-point", pointWords(store.precision)));
    return root;
  };
}
