"use strict";
(function () {
  function foldCode() {
    const box = document.querySelector(".unfold");
    const cells = Array.from(document.querySelectorAll("details.cell"));
    if (!box || !cells.length) return;
    const input = box.querySelector("input");
    box.hidden = false;
    input.addEventListener("change", function () {
      cells.forEach(function (one) { one.open = input.checked; });
    });
  }

  // The entry of the section that is being read, in the contents beside the text.
  function markSection() {
    const entries = new Map();
    document.querySelectorAll(".contents.beside a").forEach(function (one) {
      const target = document.getElementById(decodeURIComponent(one.hash.slice(1)));
      if (target) entries.set(target, one);
    });
    let marked = null;
    function mark() {
      let now = null;
      entries.forEach(function (entry, target) {
        if (target.getBoundingClientRect().top < window.innerHeight / 3) now = entry;
      });
      if (now === marked) return;
      if (marked) marked.removeAttribute("aria-current");
      if (now) now.setAttribute("aria-current", "location");
      marked = now;
    }
    if (!entries.size) return;
    let waiting = false;
    window.addEventListener("scroll", function () {
      if (waiting) return;
      waiting = true;
      window.requestAnimationFrame(function () { waiting = false; mark(); });
    }, { passive: true });
    mark();
  }

  foldCode();
  markSection();
})();
