"use strict";
// The paper of the map: land, county and state lines, names of areas, tiles for those who ask.
function rpBase(rp) {
  const map = rp.map, data = rp.data, make = rpTools.make;

  function papers() {
    return rp.dark.matches
      ? { land: "#212428", state: "#5b6066", county: "#34383d" }
      : { land: "#f8f6f1", state: "#b3aea4", county: "#ddd8ce" };
  }

  map.createPane("base").style.zIndex = 210;
  const states = rpTools.outlines(data.states, data.steps);
  const counties = rpTools.outlines(data.counties, data.steps);
  const sheet = new rpTools.Sheet("base", function (paper, at) {
    const paint = papers();
    rpTools.trace(paper, states, at);
    paper.fillStyle = paint.land;
    paper.fill("evenodd");
    rpTools.trace(paper, counties, at);
    paper.lineWidth = 0.7;
    paper.strokeStyle = paint.county;
    paper.stroke();
    rpTools.trace(paper, states, at);
    paper.lineWidth = 1;
    paper.strokeStyle = paint.state;
    paper.stroke();
  }, 0.3).addTo(map);
  map.getPane("base").style.pointerEvents = "none";
  rp.dark.addEventListener("change", function () { sheet.redraw(); });

  const names = data.metros.map(function (metro) {
    const icon = L.divIcon({
      className: "rp-metro", iconSize: [0, 0], html: make("span", "", metro.name),
    });
    return L.marker(metro.at, {
      interactive: false, keyboard: false, zIndexOffset: -3000, icon: icon,
    }).addTo(map);
  });
  names.forEach(function (name) { name.getElement().setAttribute("aria-hidden", "true"); });

  // Names come with the most important first; one that would lie on another is left out.
  function thin() {
    const taken = [];
    names.forEach(function (name, place) {
      const at = map.latLngToLayerPoint(name.getLatLng());
      const half = 4 + 3.6 * data.metros[place].name.length;
      const free = taken.every(function (other) {
        return Math.abs(at.y - other.y) > 17 || Math.abs(at.x - other.x) > half + other.half;
      });
      name.getElement().hidden = !free;
      if (free) taken.push({ x: at.x, y: at.y, half: half });
    });
  }

  function near() {
    const zoom = map.getZoom(), box = rp.container.classList;
    box.toggle("rp-far", zoom < 6);
    box.toggle("rp-near", zoom >= 10);
    thin();
  }
  map.on("zoomend", near);
  near();

  L.control.scale({ position: "bottomright", maxWidth: 120 }).addTo(map);
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(make("span", "", data.credit).outerHTML);
}

// Tiles lie between the land and the lines, and are asked for only once they are switched on.
function rpTiles(rp) {
  if (!rp.data.tiles) return;
  rp.map.createPane("tiles").style.zIndex = 215;
  const credit = rpTools.make("span", "", rp.data.tiles.credit).outerHTML;
  const layer = L.tileLayer(rp.data.tiles.url, { pane: "tiles", attribution: credit, maxZoom: 19 });
  const host = rp.data.tiles.url.split("/")[2];
  rp.addLayer({
    key: "tiles", label: "Map tiles", layer: layer,
    note: "Asks " + host + " for pictures: needs a network.",
  });
}
