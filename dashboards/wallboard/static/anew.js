// Loads the page anew: once, for each further call would begin the loading from its beginning, and not under the hands of somebody who
// writes, for what was typed would be gone.

const PUT_OFF_MS = 10 * 60 * 1000; // who has written nothing more for so long has gone

let isLeaving = false;
let writtenAt = 0;
addEventListener("input", () => { writtenAt = performance.now(); });

// Whether the page is being left: if not, somebody writes.
export function loadAnew() {
  if (!isLeaving) {
    if (isWritten() && performance.now() - writtenAt < PUT_OFF_MS) return false;
    isLeaving = true;
    location.reload();
  }
  return true;
}

function isWritten() {
  return [...document.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue)
    || document.activeElement?.tagName === "SELECT";
}
