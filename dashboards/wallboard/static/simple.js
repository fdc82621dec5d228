// For browsers in which board.js does not run: the page has all figures, and is loaded anew. Browsers of televisions know modules
// since 2017 and what is written in ours since 2020, so this is loaded by all and rests where board.js has begun.
// In the language of 2009, as the oldest of them need it.
(function () {
  "use strict";
  var AGAIN_MS = 15000;
  var LATE_MS = 10000;
  var isLost = false;

  // Asked first: a page that is loaded anew while the board is away becomes the browser's own page of errors, and stays it.
  function ask() {
    if (document.documentElement.hasAttribute("data-script")) return;
    var request = new XMLHttpRequest();
    request.open("GET", "/api/me");
    request.timeout = LATE_MS;
    request.onload = function () {
      if (request.status >= 500) lose();
      else location.reload();
    };
    request.onerror = request.ontimeout = lose;
    request.send();
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
