// What a screen needs that nobody touches: it stays awake, its picture moves a little, it dims at night, it starts afresh.

import { loadAnew } from "/anew.js";

const SHIFT_MS = 10 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_MS = 30 * 60 * 60 * 1000;
const QUIET_HOURS = [3, 4]; // on the board's clock

// `hour` gives that of the clock that the page shows, `isLost` whether it hears nothing.
export function television({ hour, isLost }) {
  const root = document.documentElement;
  let shift = 0;
  setInterval(() => {
    shift = (shift + 1) % 8;
    root.dataset.shift = shift;
  }, SHIFT_MS);
  const dim = () => {
    const [from, to] = (root.dataset.dim ?? "").split("-").map(Number);
    if (Number.isNaN(from) || to === undefined) return;
    const now = hour();
    root.toggleAttribute("data-dimmed", from <= to ? now >= from && now < to : now >= from || now < to);
  };
  // A browser that runs for weeks keeps what it should not: it is loaded anew once a day, when nobody acts on it.
  const afresh = () => {
    const age = performance.now();
    const isQuiet = QUIET_HOURS.includes(hour()) && document.querySelector("[data-level='act']") === null;
    if (!isLost() && ((age > DAY_MS / 2 && isQuiet) || age > LONGEST_MS)) loadAnew();
  };
  dim();
  setInterval(() => { dim(); afresh(); }, 60 * 1000);
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
}

// Only where the page came by https or from this machine: elsewhere browsers have no wake lock.
async function stayAwake() {
  if (document.visibilityState !== "visible" || !document.body.classList.contains("still")) return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // the machine saves energy and decides so
  }
}
