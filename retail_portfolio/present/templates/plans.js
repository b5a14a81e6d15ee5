"use strict";
// Moves through plans that were computed beforehand. Every text comes from the data and is put in
// as text; the map is told by an event, or by a message where it stands in a frame.
(function () {
  const section = document.getElementById("explorer");
  const data = JSON.parse(document.getElementById("rp-plans-data").textContent);
  const ADDRESS = "#plan=", BEFORE = "before";
  const AXES = ["number", "budget"].filter(function (axis) {
    return document.getElementById("rp-plans-" + axis);
  });
  const which = document.getElementById("rp-plans-which");
  const places = new Map(data.plans.map(function (plan, place) { return [plan.id, place]; }));
  let shown = data.plans[0], after = shown.id;

  function part(name) { return section.querySelector(".rp-plans-" + name); }
  function slider(axis) { return document.getElementById("rp-plans-" + axis); }

  function make(tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }

  // -------------------------------------------------------------------- what the page says
  function figure(one) {
    const row = document.createElement("div");
    const value = document.createElement("dd");
    value.append(make("b", one[1]));
    if (one[3]) {
      const mark = make("abbr", data.mark[0]);
      mark.className = "mark";
      mark.title = data.mark[1];
      value.append(mark);
    }
    if (one[2]) value.append(" ", make("span", one[2]));
    row.append(make("dt", one[0]), value);
    return row;
  }

  function line(pair) {
    const store = data.stores[pair[0]];
    const item = document.createElement("li");
    if (data.decisions[pair[1]][2]) item.className = "rp-plans-other";
    item.append(make("b", store[1]), " ", make("span", store[2]), " ",
      make("span", data.decisions[pair[1]][1]));
    return item;
  }

  function write(plan) {
    part("title").textContent = plan.title;
    part("note").textContent = plan.note;
    part("note").hidden = !plan.note;
    part("figures").replaceChildren.apply(part("figures"), plan.figures.map(figure));
    part("otherwise").textContent = plan.otherwise;
    part("list").replaceChildren.apply(part("list"), plan.decided.map(line));
  }

  // ------------------------------------------------------------------------------ controls
  // Where a slider stands that the plan was not asked for by: at as many conversions as the plan
  // has, and at the least budget that pays for it.
  function beside(axis, plan) {
    const points = data[axis];
    if (plan.capital === null) return { at: 0, words: "not in force" };
    if (axis === "number") {
      const many = plan.conversions;
      const off = points.map(function (point) { return Math.abs(point[1] - many); });
      return { at: off.indexOf(Math.min.apply(null, off)), words: "comes to " + many };
    }
    const enough = points.findIndex(function (point) { return point[1] >= plan.capital - 0.5; });
    if (enough >= 0) return { at: enough, words: "needs " + plan.needs };
    return { at: points.length - 1, words: "needs " + plan.needs + ", more than this scale" };
  }

  function set(axis, plan) {
    const place = places.get(plan.id), input = slider(axis);
    const exact = data[axis].findIndex(function (point) { return point[0] === place; });
    const asked = plan.axis === axis && exact >= 0;
    const found = asked ? { at: exact, words: data[axis][exact][2] } : beside(axis, plan);
    input.value = String(found.at);
    input.setAttribute("aria-valuetext", found.words);
    document.getElementById("rp-plans-" + axis + "-said").value = found.words;
    input.parentNode.classList.toggle("rp-plans-follows", !asked);
  }

  // ----------------------------------------------------------------------------------- map
  function detail(plan) {
    const decisions = {};
    data.stores.forEach(function (store) { decisions[store[0]] = plan.rest; });
    plan.decided.forEach(function (pair) {
      decisions[data.stores[pair[0]][0]] = data.decisions[pair[1]][0];
    });
    return { plan: plan.id, title: plan.title, decisions: decisions };
  }

  function frames() {
    return Array.from(document.querySelectorAll("#map iframe")).map(function (frame) {
      return frame.contentWindow;
    });
  }

  // A frame of this report has no origin of its own that could be named.
  function tell(frame) { frame.postMessage({ rpPlan: detail(shown) }, "*"); }

  function announce() {
    window.dispatchEvent(new CustomEvent("rp-plan", { detail: detail(shown) }));
    frames().forEach(tell);
  }

  window.addEventListener("message", function (event) {
    if (!event.data || !frames().includes(event.source)) return;
    if (event.data.rpReady === true) tell(event.source);
    if (event.data.rpTime) time(event.data.rpTime.before === true);
  });

  // The map has a switch between the time before and the plan.
  function time(before) {
    if (before !== (shown.id === BEFORE)) choose(before ? BEFORE : after);
  }
  window.addEventListener("rp-time", function (event) { time(event.detail.before === true); });

  // ------------------------------------------------------------------------------- address
  function remember(plan) {
    const address = ADDRESS + encodeURIComponent(plan.id);
    // The report's other page with a map opens at the same plan.
    document.querySelectorAll("a[data-plan-page]").forEach(function (link) {
      link.href = link.getAttribute("href").split("#")[0] + address;
    });
    if (window.location.hash === address) return;
    try {
      window.history.replaceState(null, "", address);
    } catch (error) {  // Some browsers refuse this to a page that was opened from disk.
      window.location.replace(address);
    }
  }

  function named() {
    const hash = window.location.hash;
    if (!hash.startsWith(ADDRESS)) return null;
    const text = hash.slice(ADDRESS.length);
    try {
      return decodeURIComponent(text);
    } catch (error) {  // Not what this page writes: nothing is called so.
      return text;
    }
  }

  // Takes up what the address asks for; tells whether another plan is shown for it.
  function read() {
    const asked = named();
    if (asked === null) return false;
    const known = places.has(asked);
    part("said").textContent = known ? "" : "The address asks for a plan that this report does " +
      "not have: " + asked + ".";
    if (!known || asked === shown.id) return false;
    show(asked);
    remember(shown);
    return true;
  }

  function show(id) {
    shown = data.plans[places.get(id)];
    if (id !== BEFORE) after = id;
    write(shown);
    which.value = AXES.includes(shown.axis) ? "" : shown.id;
    AXES.forEach(function (axis) { set(axis, shown); });
  }

  function choose(id) {
    part("said").textContent = "";
    if (id === shown.id) return;
    show(id);
    remember(shown);
    announce();
  }

  // A slider that follows is taken in hand where it stands by a click, or by Enter.
  AXES.forEach(function (axis) {
    const take = function () { choose(data.plans[data[axis][Number(slider(axis).value)][0]].id); };
    slider(axis).addEventListener("input", take);
    slider(axis).addEventListener("click", take);
    slider(axis).addEventListener("keydown", function (key) { if (key.key === "Enter") take(); });
  });
  which.addEventListener("change", function () { if (which.value) choose(which.value); });
  window.addEventListener("hashchange", function () {
    if (read()) announce();
    // A jump to a place on the page has taken the plan out of the address.
    else if (named() === null && shown !== data.plans[0]) remember(shown);
  });

  part("controls").hidden = false;
  show(shown.id);
  read();
  // Whoever listens is there once everything on the page has run.
  if (document.readyState === "complete") announce();
  else window.addEventListener("load", announce);
})();
