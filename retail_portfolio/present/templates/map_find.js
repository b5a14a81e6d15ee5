"use strict";
// Finding a store by name, city or id, and going to an area: a list box after the pattern of the
// ARIA Authoring Practices, and a list of areas.
function rpFind(rp) {
  const map = rp.map, data = rp.data, make = rpTools.make;
  const MOST = 8;
  const id = "rp-find-" + L.stamp(map);

  // Where the map's own texts are looked through, accents and case do not matter.
  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }
  let index = null;
  function texts() {
    if (index) return index;
    index = [];
    for (let place = 0; place < rp.count; place += 1) {
      const store = rp.store(place);
      index.push(plain([store.name, store.banner, store.street, store.city, store.state, store.id].join(" ")));
    }
    return index;
  }
  function found(query) {
    const words = plain(query).split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const hits = [];
    texts().forEach(function (text, place) {
      if (words.every(function (word) { return text.includes(word); })) hits.push(place);
    });
    // What closes comes first, then names that begin with what was typed.
    const rank = function (place) {
      return (rp.store(place).status === "closing" ? 0 : 2)
        + (plain(rp.store(place).short).startsWith(words[0]) ? 0 : 1);
    };
    return hits.sort(function (one, other) { return rank(one) - rank(other) || one - other; });
  }

  const box = make("div", "rp-find leaflet-bar leaflet-control");
  box.setAttribute("role", "search");
  const label = make("label", "rp-unseen", "Find a store");
  const input = make("input", "rp-find-input");
  const list = make("ul", "rp-find-list"), status = make("p", "rp-unseen");
  label.htmlFor = input.id = id;
  list.id = id + "-list";
  Object.entries({
    type: "text", autocomplete: "off", spellcheck: "false", placeholder: "Find a store",
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": list.id,
  }).forEach(function (pair) { input.setAttribute(pair[0], pair[1]); });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Stores found");
  list.hidden = true;
  status.setAttribute("role", "status");

  let hits = [], active = -1;
  function mark(place) {
    active = place;
    Array.from(list.children).forEach(function (item, at) {
      item.setAttribute("aria-selected", String(at === active));
      if (at === active) item.scrollIntoView({ block: "nearest" });
    });
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[active].id);
  }
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }
  function open() {
    const all = found(input.value);
    hits = all.slice(0, MOST);
    list.replaceChildren();
    hits.forEach(function (place, at) {
      const store = rp.store(place), item = make("li");
      item.id = id + "-" + at;
      item.setAttribute("role", "option");
      item.append(rpTools.glyph(rp.kindOf(place), store.rough, 14), make("span", "", store.name),
        make("span", "rp-find-where", [store.city, store.state].filter(Boolean).join(", ")));
      item.addEventListener("mousedown", function (event) {
        event.preventDefault();
        go(place);
      });
      list.append(item);
    });
    const typed = input.value.trim() !== "";
    status.textContent = typed
      ? all.length + (all.length === 1 ? " store" : " stores")
        + (all.length > MOST ? ", the first " + MOST + " are listed" : "") : "";
    if (typed && !all.length) list.append(make("li", "rp-find-none", "No store of that name"));
    list.hidden = !typed;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(hits.length ? 0 : -1);
  }
  function go(place) {
    input.value = rp.store(place).name;
    close();
    rp.touched();
    map.setView(rp.latLng(place), Math.max(map.getZoom(), 11), { animate: false });
    rp.open(place);
  }
  input.addEventListener("input", open);
  input.addEventListener("blur", function () { close(); });
  input.addEventListener("keydown", function (key) {
    if (key.key === "ArrowDown" || key.key === "ArrowUp") {
      key.preventDefault();
      if (list.hidden) { open(); return; }
      const step = key.key === "ArrowDown" ? 1 : -1;
      if (hits.length) mark((active + step + hits.length) % hits.length);
    } else if (key.key === "Enter" && active >= 0) {
      key.preventDefault();
      go(hits[active]);
    } else if (key.key === "Escape") {
      if (list.hidden) input.value = ""; else close();
    }
    key.stopPropagation();
  });
  box.append(label, input, list, status);

  // --------------------------------------------------------------------------------- areas
  const areas = data.metros.filter(function (metro) { return metro.bounds.length; });
  if (areas.length) {
    const select = make("select", "rp-find-metro");
    select.setAttribute("aria-label", "Go to an area");
    [["all", "Whole map"]].concat(areas.map(function (metro, place) {
      return [String(place), metro.name];
    })).forEach(function (pair) {
      const option = make("option", "", pair[1]);
      option.value = pair[0];
      select.append(option);
    });
    select.addEventListener("change", function () {
      rp.touched();
      map.closePopup();
      if (select.value === "all") { rp.showAll(); return; }
      rp.fitTo(areas[Number(select.value)].bounds);
    });
    box.append(select);
  }

  // ------------------------------------------------------------------------ before and after
  if (data.kinds.some(function (kind) { return kind.fate === "before"; })) {
    const time = make("fieldset", "rp-time");
    time.append(make("legend", "rp-unseen", "Show the time"));
    const name = id + "-time";
    const inputs = [["before", "Before"], ["after", "After"]].map(function (pair) {
      const row = make("label"), radio = make("input");
      radio.type = "radio";
      radio.name = name;
      radio.value = pair[0];
      radio.checked = pair[0] === "after";
      radio.addEventListener("change", function () { rp.askBefore(pair[0] === "before"); });
      row.append(radio, make("span", "", pair[1]));
      time.append(row);
      return radio;
    });
    rp.onPlan(function () { inputs[rp.before ? 0 : 1].checked = true; });
    box.append(time);
  }

  const Find = L.Control.extend({
    options: { position: "topright" },
    onAdd: function () {
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
  });
  new Find().addTo(map);
}
