// Makes the page what the server drew, touching only what differs: what is focused, opened or scrolled stays so.

const KEPT = new Set(["open"]); // of an element that says so by data-keep: the reader opened it

export function morph(from, to) {
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  if (from.attributes.length > to.attributes.length) {
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name) && !(from.hasAttribute("data-keep") && KEPT.has(name))) from.removeAttribute(name);
    }
  }
  children(from, to);
}

function children(from, to) {
  let keyed = null;
  let place = from.firstChild;
  let next = to.firstChild;
  while (next) {
    const wanted = next;
    next = wanted.nextSibling; // it may be taken out of there
    const key = keyOf(wanted);
    if (key) keyed ??= byKey(from);
    let found = key ? keyed.get(key) : place;
    if (!key && found && keyOf(found)) found = null;
    if (!found || found.nodeType !== wanted.nodeType || found.nodeName !== wanted.nodeName) {
      from.insertBefore(wanted, place);
      continue;
    }
    if (found === place) place = place.nextSibling;
    else from.insertBefore(found, place);
    if (found.nodeType === Node.TEXT_NODE) {
      if (found.data !== wanted.data) found.data = wanted.data;
    } else if (!found.isEqualNode(wanted)) morph(found, wanted); // most of a page is as it was, and the browser sees that at once
  }
  while (place) {
    const after = place.nextSibling;
    place.remove();
    place = after;
  }
}

function byKey(parent) {
  const found = new Map();
  for (const child of parent.children) {
    const key = keyOf(child);
    if (key) found.set(key, child);
  }
  return found;
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") : null;
}
