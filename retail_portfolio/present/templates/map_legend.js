"use strict";
// The legend is the switches: a row for each kind of store that the plan shown has, then the layers;
// what a layer means stands below it while it is visible.
function rpLegend(rp) {
  const map = rp.map, data = rp.data, make = rpTools.make;
  const control = L.control.layers(null, null, {
    collapsed: false, sortLayers: false, position: "topleft",
  });

  function row(key, words, count) {
    const made = make("span", "rp-row"), box = make("span", "rp-key");
    box.append(key);
    made.append(box, make("span", "", words));
    if (count !== undefined) made.append(" ", make("span", "rp-count", count.toLocaleString("en-US")));
    return made.outerHTML;
  }

  data.kinds.forEach(function (kind, place) {
    const label = row(rpTools.glyph(kind, false), kind.label, kind.count);
    control.addOverlay(rp.groups[place], label);
    rp.groups[place].on("add", function () { rp.setVisible(place, true); });
    rp.groups[place].on("remove", function () { rp.setVisible(place, false); });
  });
  rp.layers.forEach(function (one) {
    if (one.shown) one.layer.addTo(map);
    control.addOverlay(one.layer, row(make("span", "rp-swatch " + (one.swatch || "")), one.label, one.count));
  });
  control.addTo(map);
  const legend = control.getContainer(), list = legend.querySelector(".leaflet-control-layers-overlays");
  const rows = Array.from(list.children), kindRows = rows.slice(0, data.kinds.length);
  legend.setAttribute("aria-label", "Legend and layers");
  legend.setAttribute("role", "group");

  function counted() {
    kindRows.forEach(function (element, place) {
      element.hidden = !data.kinds[place].count;
      element.querySelector(".rp-count").textContent = data.kinds[place].count.toLocaleString("en-US");
    });
  }
  counted();
  rp.onPlan(counted);

  if (data.rough) {
    const note = make("p", "rp-row rp-rough"), box = make("span", "rp-key");
    const plain = Object.assign({}, data.kinds[data.rough_kind], { paint: "before" });
    box.append(rpTools.glyph(plain, true, 16));
    const count = make("span", "rp-count");
    note.append(box, make("span", "", "hollow: the place is approximate"), count);
    kindRows[kindRows.length - 1].after(note);
    const countRough = function () {
      const drawn = rp.roughShown();
      count.textContent = drawn.toLocaleString("en-US");
      note.hidden = drawn === 0;
    };
    rp.groups.forEach(function (group) { group.on("add remove", countRough); });
    rp.onPlan(countRough);
    countRough();
  }
  rp.layers.forEach(function (one, place) {
    const note = make("div", "rp-note");
    if (one.note) note.append(make("p", "", one.note));
    if (one.more) note.append(one.more);
    function explain() { note.hidden = !map.hasLayer(one.layer); }
    one.layer.on("add remove", explain);
    explain();
    rows[data.kinds.length + place].after(note);
  });

  // ------------------------------- a column on the left of a wide map, folded on a narrow one
  const section = legend.querySelector(".leaflet-control-layers-list");
  rp.boundLegend = function () {
    section.style.maxHeight = Math.max(120, map.getSize().y - (rp.roomy() ? 70 : 110)) + "px";
  };
  rp.placeLegend = function () {
    if (rp.roomy()) control.expand(); else control.collapse();
  };
  if (map.zoomControl) map.zoomControl.setPosition("bottomright");
  const toggle = legend.querySelector(".leaflet-control-layers-toggle");
  const opened = "leaflet-control-layers-expanded";
  new MutationObserver(function () {
    const open = legend.classList.contains(opened);
    toggle.setAttribute("aria-expanded", String(open));
    rp.container.classList.toggle("rp-legend-open", open);
  }).observe(legend, { attributes: true, attributeFilter: ["class"] });
  toggle.setAttribute("aria-expanded", "true");
  map.on("click", function () { if (!rp.roomy()) control.collapse(); });
  // Opened by key, the legend takes the focus that its button loses; Escape gives it back.
  toggle.addEventListener("keydown", function (key) {
    if (key.key !== "Enter" && key.key !== " ") return;
    key.preventDefault();
    control.expand();
    const first = legend.querySelector("input");
    if (first) first.focus();
  });
  legend.addEventListener("keydown", function (key) {
    if (key.key !== "Escape" || rp.roomy()) return;
    control.collapse();
    toggle.focus();
  });
}
