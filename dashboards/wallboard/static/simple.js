// For browsers in which board.js does not run: the page has all figures, and is asked for anew. Browsers of televisions know modules
// since 2017 and what is written in ours since 2020, so this is loaded by all and rests where board.js has begun.
// In the language of 2009, as the oldest of them need it.
(function () {
  "use strict";
  var AGAIN_MS = 15000;
  var LATE_MS = 10000;
  var isLost = false;

  // It is put in place of the one that stands, not loaded: while the board is away a browser would have its own page of errors, or
  // a page without this script, and would stay so.
  function ask() {
    if (document.documentElement.hasAttribute("data-script")) return;
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.timeout = LATE_MS;
    request.onload = function () {
      if (request.status >= 500) lose();
      else show(request.responseText);
    };
    request.onerror = request.ontimeout = lose;
    request.send();
  }

  function show(text) {
    var told = document.implementation.createHTMLDocument("");
    told.documentElement.innerHTML = text;
    var drawn = told.getElementById("page");
    var isOfThisBoard = drawn && told.body.getAttribute("data-build") === document.body.getAttribute("data-build");
    // Another release, or who asks this has to log in; or a browser of 2022 and later, which reads ours: it did not come with the page.
    if (!isOfThisBoard || window.structuredClone) {
      location.reload();
      return;
    }
    isLost = false;
    var page = document.getElementById("page");
    page.parentNode.replaceChild(document.importNode(drawn, true), page);
    document.title = told.title;
  }

  // Nothing that was shown is shown any longer as if it still held.
  function lose() {
    if (isLost) return;
    isLost = true;
    var page = document.getElementById("page");
    var banner = document.getElementById("banner");
    page.setAttribute("data-state", "dead");
    var asOf = Number(page.getAttribute("data-as-of")) + Number(page.getAttribute("data-offset"));
    var since = new Date(asOf).toISOString().slice(0, 19).replace("T", " ");
    while (page.firstChild) page.removeChild(page.firstChild);
    banner.textContent = page.getAttribute("data-lost").replace("{time}", since);
    banner.hidden = false;
    page.appendChild(banner);
  }

  setInterval(ask, AGAIN_MS);
})();
