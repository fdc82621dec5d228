// Of pages that come faster than they can be drawn the newest alone is drawn. After each drawing it rests as long as that took, layout
// and paint included, and what lies on the way comes in meanwhile. Without the rest a slow browser drew one after the other what lay in
// the buffers between it and the board: seconds old, and shown as now.

const LONGEST_REST_MS = 1000;

// `draw` is given what was heard, and when.
export function pace(draw) {
  let newest = null;
  let restsUntil = 0;
  let frame = 0;

  function begin() {
    if (newest === null) return; // it was forgotten
    const began = performance.now();
    const { data, at } = newest;
    newest = null;
    draw(data, at);
    const rest = () => {
      const now = performance.now();
      restsUntil = now + Math.min(now - began, LONGEST_REST_MS);
    };
    rest();
    cancelAnimationFrame(frame); // where nobody sees the page none comes: else one more would wait for each drawing, for hours
    frame = requestAnimationFrame(() => setTimeout(rest));
  }

  return {
    hear(data) {
      const at = performance.now();
      if (newest === null) setTimeout(begin, Math.max(0, restsUntil - at));
      newest = { data, at };
    },
    // What was heard holds no longer.
    forget() {
      newest = null;
    },
  };
}
