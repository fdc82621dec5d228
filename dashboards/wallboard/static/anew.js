// Loads the page anew: once, for each further call would begin the loading from its beginning, and not under the hands of somebody who
// writes, for what was typed would be gone. A loading that was stopped is begun again: else the page would show nothing until somebody
// loads it.

const PUT_OFF_MS = 10 * 60 * 1000; // who has written nothing more for so long has gone

const LOADS_FOR_MS = 2 * 60 * 1000;

let leavesSince = -Infinity;
let writtenAt = 0;
addEventListener("input", () => { writtenAt = performance.now(); });

// Whether the page is being left: if not, somebody writes.
export function loadAnew() {
  const now = performance.now();
  if (now - leavesSince > LOADS_FOR_MS) {
    if (isWritten() && now - writtenAt < PUT_OFF_MS) return false;
    leavesSince = now;
    location.reload();
  }
  return true;
}

function isWritten() {
  return [...document.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue)
    || document.activeElement?.tagName === "SELECT";
}
