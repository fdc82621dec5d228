// Makes the page what the server drew, touching only what differs: what is focused, opened or scrolled stays so.

const KEPT = new Set(["open"]); // of an element that says so by data-keep: the reader opened it

export function morph(from, to) {
  for (const { name, value } of [...to.attributes]) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !(from.hasAttribute("data-keep") && KEPT.has(name))) from.removeAttribute(name);
  }
  children(from, to);
}

function children(from, to) {
  const keyed = new Map();
  for (const child of from.children) if (child.dataset?.key) keyed.set(child.dataset.key, child);
  let place = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = wanted.dataset?.key;
    let found = key ? keyed.get(key) : place;
    if (!key && found?.dataset?.key) found = null;
    if (!isAlike(found, wanted)) {
      from.insertBefore(wanted, place);
      continue;
    }
    if (found === place) place = place.nextSibling;
    else from.insertBefore(found, place);
    if (found.nodeType === Node.TEXT_NODE) {
      if (found.data !== wanted.data) found.data = wanted.data;
    } else morph(found, wanted);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function isAlike(found, wanted) {
  return found && found.nodeType === wanted.nodeType && found.nodeName === wanted.nodeName
    && (found.dataset?.key ?? "") === (wanted.dataset?.key ?? "");
}
