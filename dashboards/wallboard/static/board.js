// Keeps a page that the server drew what the server draws now, and says when it hears nothing any more.
// The clock of this machine is never read: times are the server's, counted on by a monotonic one.

import { loadAnew } from "/anew.js";
import { morph } from "/morph.js";
import { pace } from "/pace.js";
import { television } from "/television.js";

const LOST_MS = 10000; // the server speaks every 3 s at least
const AGAIN_MS = 2000;
const SLEPT_MS = 5000; // a tick comes every 250 ms; after such a gap nobody knows how long this page slept
const DASH = "–";

const path = document.body.dataset.path;
const build = document.body.dataset.build;
const language = document.documentElement.lang;
// The filters of the desk stand in the address; other pages look at none of them.
const query = new URLSearchParams(location.search);
query.set("page", path);
query.set("lang", language);
const byId = (id) => document.getElementById(id);
// Latin digits in every language, as the server writes them; grouping and plurals come with the server's text.
const two = new Intl.NumberFormat(`${language}-u-nu-latn`, { minimumIntegerDigits: 2, useGrouping: false });
const whole = new Intl.NumberFormat(`${language}-u-nu-latn`, { useGrouping: false });

let heardAt = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
let tickedAt = performance.now();
let isLost = false;
let events = null;
let polling = null;

const paced = pace((data, at) => take(JSON.parse(data), at));

function take(told, at = performance.now()) {
  // A newer page came with a newer server. While somebody writes its drawings are shown by this script.
  if (told.build !== build && loadAnew()) return;
  heardAt = at;
  isLost = false;
  const drawn = new DOMParser().parseFromString(told.html, "text/html").getElementById("page");
  morph(byId("page"), drawn);
  document.title = `${told.title} · queuewatch`;
  tick();
}

function connect() {
  events?.close();
  paced.forget();
  events = new EventSource(`/events?${query}`);
  events.addEventListener("page", (event) => {
    clearInterval(polling);
    polling = null;
    paced.hear(event.data);
  });
  events.addEventListener("problem", () => {
    paced.forget();
    lose(byId("page").dataset.broken);
  });
  events.addEventListener("error", () => {
    poll();
    // The browser comes again by itself unless the server refused it.
    if (events.readyState === EventSource.CLOSED) setTimeout(again, AGAIN_MS);
  });
}

// A board that is away is waited for; one that asks who this is gets an answer from a person.
async function again() {
  const answer = await fetch("/api/me", { redirect: "manual" }).catch(() => null);
  // A proxy whose session is over leads to its own log-in.
  const asks = answer && (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403);
  if (!asks) connect();
  else if (!loadAnew()) setTimeout(again, AGAIN_MS);
}

// Where something between here and the board lets no stream of events through, the page is asked for.
function poll() {
  polling ??= setInterval(async () => {
    const answer = await fetch(`/api/page?${query}`).catch(() => null);
    if (answer?.ok && polling) take(await answer.json());
  }, AGAIN_MS);
}

// Nothing that was shown is shown any longer as if it still held: figures become dashes, signs lose their colour.
function lose(text) {
  isLost = true;
  const page = byId("page");
  page.dataset.state = "dead";
  for (const node of page.querySelectorAll(".figure, .wait")) {
    node.textContent = DASH;
    node.classList.remove("below", "over", "late", "few");
  }
  for (const node of page.querySelectorAll("[data-live]")) node.replaceChildren(); // lists and sentences of now
  for (const node of page.querySelectorAll(".share small, .agents-of small, .why, .bar, .spark")) node.replaceChildren();
  for (const node of page.querySelectorAll(".sign")) {
    node.dataset.level = "none";
    node.querySelector(".glyph").textContent = "○";
    node.querySelector(".word").textContent = page.dataset.noData;
  }
  for (const node of page.querySelectorAll("tr[data-level], section[data-level]")) {
    node.dataset.level = "none";
    node.setAttribute("data-old", "");
  }
  const headline = byId("headline");
  if (headline) headline.textContent = page.dataset.unknown;
  byId("heard").textContent = text;
  const banner = byId("banner");
  banner.hidden = false;
  banner.textContent = text;
}

// What moves between two boards: the clock, the waits, the age of the data.
function tick() {
  const now = performance.now();
  const slept = now - tickedAt > SLEPT_MS;
  tickedAt = now;
  const elapsed = now - heardAt;
  if (slept && elapsed > SLEPT_MS) wake();
  const page = byId("page").dataset;
  if (!isLost && elapsed > LOST_MS) lose(page.lost.replace("{time}", moment(Number(page.asOf), elapsed)));
  write(byId("clock"), clock(Number(page.now) + elapsed));
  if (!isLost) {
    for (const node of document.querySelectorAll("[data-ticking]")) {
      write(node, stopwatch(Number(node.dataset.wait) + elapsed));
    }
  }
  if (page.age !== undefined) {
    write(byId("age"), byId("age").dataset.text.replace("{age}", stopwatch(Number(page.age) + elapsed)));
  }
}

// A tab that slept shows what held before it slept: it is told so at once, and asks anew.
function wake() {
  const page = byId("page").dataset;
  if (!isLost) lose(page.lost.replace("{time}", moment(Number(page.asOf), 0)));
  connect();
}

function stopwatch(duration) {
  const total = Math.max(0, Math.floor(duration / 1000));
  const hours = Math.floor(total / 3600);
  const rest = Math.floor(total / 60) % 60;
  const seconds = two.format(total % 60);
  return hours ? `${whole.format(hours)}:${two.format(rest)}:${seconds}` : `${whole.format(rest)}:${seconds}`;
}

// The zone's offset comes from the server: a screen's own zone is often wrong. With it comes the next one, and from when on it
// holds: a page that hears nothing goes on through the night in which clocks are changed.
function local(at) {
  const { offset, offsetFrom, offsetThen } = byId("page").dataset;
  return new Date(at + Number(offsetFrom !== undefined && at >= Number(offsetFrom) ? offsetThen : offset));
}

function clock(at) {
  return local(at).toISOString().slice(11, 19);
}

// A screen that lost its board in the evening says in the morning since which day.
function moment(at, elapsed) {
  const day = (each) => local(each).toISOString().slice(0, 10);
  return day(at) === day(Number(byId("page").dataset.now) + elapsed) ? clock(at) : `${day(at)} ${clock(at)}`;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Who is logged in stands at the foot, with the way out. Where nobody has to log in there is nothing to say.
async function whoami() {
  const answer = await fetch("/api/me").catch(() => null);
  if (!answer?.ok) return;
  const me = await answer.json();
  if (me.way !== "session" && me.way !== "proxy") return;
  byId("me").textContent = me.who;
  byId("me").hidden = false;
}

// Theme and the like go along to the next page.
document.addEventListener("click", (event) => {
  const to = event.target.closest?.("a[href^='/'], a[href^='?']");
  if (!to) return;
  const target = new URL(to.href);
  for (const key of ["theme", "contrast", "dim", "lang"]) {
    const value = query.get(key);
    if (value && new URLSearchParams(location.search).has(key) && !target.searchParams.has(key)) target.searchParams.set(key, value);
  }
  to.href = target.href;
});
addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
document.addEventListener("resume", wake);
document.documentElement.dataset.script = "";
connect();
whoami();
television({ hour: () => local(Number(byId("page").dataset.now) + performance.now() - heardAt).getUTCHours(), isLost: () => isLost });
setInterval(tick, 250);
