"use strict";
// Tables that can be sorted by their headings and searched. Without this script they stay as they
// are. Whoever makes a table later calls rpTables(root) on what holds it.
(function () {
  const SORT_FROM = 3, FIND_FROM = 13;
  const words = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const known = new WeakSet();

  // What a cell is sorted by: its value as a number where it has one, else its text; null if blank.
  function key(cell) {
    if (!cell || cell.classList.contains("blank")) { return null; }
    if (cell.dataset.v) { return Number(cell.dataset.v); }
    const text = cell.textContent.trim();
    if (!text || !cell.classList.contains("num")) { return text || null; }
    const first = (cell.firstChild.textContent || "").replace(/,/g, "").replace("\u2212", "-");
    return first.trim() === "" || isNaN(first) ? text : Number(first);
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") { return a - b; }
    if (typeof a === "number") { return -1; }
    return typeof b === "number" ? 1 : words.compare(a, b);
  }

  // Blanks last whichever way; equals as they were made; what sums a table stays below it.
  function order(rows, place, sign) {
    const keyed = rows.map((row, made) => ({ row, made, key: key(row.cells[place]) }));
    keyed.sort((a, b) => {
      const last = a.row.classList.contains("total") - b.row.classList.contains("total");
      const blank = (a.key === null) - (b.key === null);
      const both = a.key === null || b.key === null ? 0 : sign * compare(a.key, b.key);
      return last || blank || both || a.made - b.made;
    });
    return keyed.map((one) => one.row);
  }

  function sort(table, made, heading) {
    const was = heading.getAttribute("aria-sort");
    const next = was === "ascending" ? "descending" : was === "descending" ? "" : "ascending";
    for (const one of heading.parentNode.cells) { one.removeAttribute("aria-sort"); }
    if (next) { heading.setAttribute("aria-sort", next); }
    const sign = next === "descending" ? -1 : 1;
    table.tBodies[0].append(...(next ? order(made, heading.cellIndex, sign) : made));
  }

  // A column of numbers with a cell that says none cannot be put in order.
  function orderly(made, place) {
    return made.every((row) => {
      const cell = row.cells[place];
      return !cell || !cell.classList.contains("num") || typeof key(cell) !== "string";
    });
  }

  function sortable(table, made) {
    for (const heading of table.tHead.rows[0].cells) {
      if (!orderly(made, heading.cellIndex)) { continue; }
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, made, heading));
      heading.append(button);
    }
  }

  function findable(table, made) {
    const bar = document.createElement("p");
    const label = document.createElement("label");
    const box = document.createElement("input");
    const count = document.createElement("span");
    let texts = null;
    bar.className = "find";
    box.type = "search";
    count.setAttribute("role", "status");
    count.setAttribute("aria-live", "polite");
    label.append("Find in this table ", box);
    bar.append(label, " ", count);

    function show() {
      texts = texts || made.map((row) => row.textContent.toLowerCase());
      const wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      made.forEach((row, place) => {
        row.hidden = !wanted.every((word) => texts[place].includes(word));
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = wanted.length ? shown + " of " + made.length + " rows" : "";
    }
    box.addEventListener("input", show);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && box.value) {
        box.value = "";
        event.preventDefault();
        event.stopPropagation();
        show();
      }
    });
    table.parentNode.before(bar);
  }

  function enhance(root) {
    for (const table of root.querySelectorAll(".table > table")) {
      const head = table.tHead && table.tHead.rows.length === 1;
      if (!head || table.tBodies.length !== 1 || known.has(table)) { continue; }
      const made = [...table.tBodies[0].rows];
      known.add(table);
      if (made.length >= SORT_FROM) { sortable(table, made); }
      if (made.length >= FIND_FROM) { findable(table, made); }
    }
  }

  window.rpTables = enhance;
  enhance(document);
}());
