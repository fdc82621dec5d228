// Draws the board that the server sends; what it means was decided there (view.py).
// The browser's clock is never read: ages are the server's, counted on by a monotonic one.

const WALL_ROWS = 8;
const CHIPS = 25;
const LOST_MS = 10000; // the server speaks every 3 s at least
const DASH = "–";
const OLD = new Set(["stale", "behind", "dead", "unseen"]);

const view = new URLSearchParams(location.search).get("view")
  ?? (matchMedia("(max-width: 900px)").matches ? "desk" : "wall");
const byId = (id) => document.getElementById(id);
const rowNodes = new Map();
const chipNodes = new Map();
let board = null;
let receivedAt = 0;
let lost = false;

function connect() {
  const events = new EventSource("/events");
  events.addEventListener("board", (event) => {
    const next = JSON.parse(event.data);
    if (board && board.build !== next.build) {
      location.reload(); // a newer page came with a newer server
      return;
    }
    board = next;
    receivedAt = performance.now();
    lost = false;
    draw();
  });
  events.addEventListener("error", () => {
    // The browser comes again by itself unless the server refused it.
    if (events.readyState === EventSource.CLOSED) setTimeout(again, 2000);
  });
}

// A board that is away is waited for; one that asks who this is gets an answer from a person.
async function again() {
  const answer = await fetch("/api/me", { redirect: "manual" }).catch(() => null);
  // A proxy whose session is over leads to its own log-in.
  const asks = answer && (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403);
  if (asks) location.reload();
  else connect();
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

function draw() {
  document.body.dataset.state = lost ? "dead" : board.condition;
  const rows = board.rows ?? [];
  const shown = view === "wall" ? rows.slice(0, WALL_ROWS) : rows;
  const others = view === "wall" ? rows.slice(WALL_ROWS) : [];
  byId("rows").parentElement.style.setProperty("--count", Math.max(shown.length, 4));
  place(byId("rows"), rowNodes, "row", shown, fillRow);
  place(byId("rest"), chipNodes, "chip", others.slice(0, CHIPS), fillChip);
  byId("rest").hidden = others.length === 0;
  byId("rest").dataset.legend = `${others.length} more · waiting · SL 30 min`;
  banner(lost ? `NO LIVE DATA since ${moment(board.as_of ?? board.now)}` : board.banner);
  const messages = lost ? ["this screen hears nothing from the board; it tries again"] : board.messages ?? [];
  write(byId("messages"), messages.join("  ·  "));
  byId("messages").hidden = messages.length === 0;
  write(byId("definition"), board.definition);
  drawTotals();
  tick();
  fit();
}

// A long name is set smaller rather than cut off: people must know which queue it is.
function fit() {
  const screen = `${innerWidth} ${innerHeight} ${rowNodes.size} ${byId("banner").hidden}`;
  for (const node of rowNodes.values()) {
    const [name, why] = [node.querySelector(".name"), node.querySelector(".why")];
    const wanted = `${screen} ${name.textContent} ${why.textContent}`;
    if (name.dataset.fit === wanted) continue;
    name.dataset.fit = wanted;
    node.classList.remove("two");
    node.classList.toggle("two", why.scrollWidth > why.clientWidth);
    const room = name.clientWidth;
    name.style.setProperty("--fit", 1);
    name.style.width = "max-content";
    const needed = Math.ceil(name.getBoundingClientRect().width) + 1;
    name.style.width = "";
    name.style.setProperty("--fit", Math.max(0.4, Math.min(1, room / needed)));
  }
}

function drawTotals() {
  const all = board.all;
  const old = lost || all.counted === 0;
  write(byId("total-waiting"), old ? DASH : all.waiting);
  percent(byId("total-level"), old ? null : all.service_level);
  percent(byId("total-today"), old ? null : all.service_level_today);
  percent(byId("total-abandoned"), old ? null : all.abandonment);
  const people = old ? null : all.agents;
  write(byId("total-free"), people?.free);
  write(byId("total-agents"), people ? `${people.busy} busy · ${people.wrap} wrap · ${people.away} away` : "");
  const hidden = Math.max(0, all.queues - WALL_ROWS - CHIPS);
  write(byId("tally"), lost ? "no connection" : [
    `${all.queues} ${all.queues === 1 ? "queue" : "queues"}`, view === "wall" && hidden ? ` (${hidden} not shown)` : "",
    // Old figures are not judged: 0 would say that all is well.
    OLD.has(board.condition) ? `\n${DASH} act · ${DASH} watch` : `\n${all.act ?? 0} act · ${all.watch ?? 0} watch`,
  ].join(""));
}

function fillRow(node, row) {
  const known = !lost && row.waiting !== undefined;
  sign(node, row);
  write(node.querySelector(".name"), row.name);
  const why = [...new Set([row.sign.why, ...(row.notes ?? [])])]; // `not configured` is both
  write(node.querySelector(".why"), [...(lost ? [] : why), row.centre].filter(Boolean).join(" · "));
  write(node.querySelector(".waiting .figure"), known ? row.waiting : null);
  below(node, ".waiting", known && row.in_service !== undefined ? `${row.in_service} talking` : "");
  below(node, ".oldest", known && row.answer_within_ms ? `target ${seconds(row.answer_within_ms)}` : "");
  node.querySelector(".oldest").classList.toggle("late", known && Boolean(row.late));
  level(node.querySelector(".level"), known ? row.service_level : null, row);
  level(node.querySelector(".today"), known ? row.service_level_today : null, row);
  const gone = known ? row.abandonment : null;
  percent(node.querySelector(".abandoned .figure"), gone);
  below(node, ".abandoned", gone ? `${count(gone.numerator)} of ${count(gone.n)}` : "");
  const people = known ? row.agents : null;
  write(node.querySelector(".agents .figure"), people?.free);
  below(node, ".agents", people ? `${people.busy} busy · ${people.wrap} wrap · ${people.away} away` : "");
  node.title = [row.promise, row.formula_title].filter(Boolean).join(" · ");
}

function level(cell, share, row) {
  percent(cell.querySelector(".figure"), share);
  const goal = row.goal === undefined ? "" : `goal ${Math.round(row.goal * 1000) / 10} %`;
  // A note takes the place of the goal, which the bar shows too.
  const basis = share ? [share.note ? "" : goal, `n ${count(share.n)}`, share.note] : [goal];
  write(cell.querySelector("small"), basis.filter(Boolean).join(" · "));
  cell.classList.toggle("below", share?.against_goal === "missed");
  cell.querySelector(".bar").hidden = share?.value === undefined;
  cell.querySelector(".bar i").style.width = `${100 * (share?.value ?? 0)}%`;
  cell.querySelector(".bar b").style.left = `${100 * (row.goal ?? 0)}%`;
}

function fillChip(node, row) {
  const known = !lost && row.waiting !== undefined;
  sign(node, row);
  write(node.querySelector(".name"), row.name);
  node.toggleAttribute("data-shown", known && row.waiting > 0);
  write(node.querySelector(".wait"), known ? row.waiting : "");
  percent(node.querySelector(".share"), known ? row.service_level : null);
  node.title = [row.centre, row.sign.why, row.promise].filter(Boolean).join(" · ");
}

function sign(node, row) {
  node.dataset.level = lost ? "none" : row.sign.level;
  node.toggleAttribute("data-old", lost || OLD.has(row.condition));
  write(node.querySelector(".glyph"), lost ? "○" : row.sign.glyph);
  write(node.querySelector(".word"), lost ? "NO DATA" : row.sign.word);
}

// Keeps one node a queue, in the order of the board: no flicker, and only what changed is touched.
function place(parent, nodes, template, rows, fill) {
  const wanted = new Set(rows.map((row) => row.queue));
  for (const [queue, node] of nodes) {
    if (!wanted.has(queue)) {
      node.remove();
      nodes.delete(queue);
    }
  }
  rows.forEach((row, index) => {
    let node = nodes.get(row.queue);
    if (!node) {
      node = byId(template).content.firstElementChild.cloneNode(true);
      node.dataset.queue = row.queue;
      nodes.set(row.queue, node);
    }
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
    fill(node, row);
  });
}

// What moves between two boards: the clock, the oldest waits, the age of the data.
function tick() {
  if (!board) return;
  const elapsed = performance.now() - receivedAt;
  if (elapsed > LOST_MS && !lost) {
    lost = true;
    draw();
    return;
  }
  write(byId("clock"), clock(board.now + elapsed));
  for (const row of board.rows ?? []) {
    const cell = rowNodes.get(row.queue)?.querySelector(".oldest .figure");
    if (cell) write(cell, wait(row, elapsed));
  }
  write(byId("total-oldest"), wait(board.all, elapsed));
  write(byId("age"), board.age_ms === undefined || board.age_ms === null
    ? "no data yet"
    : `data ${Math.floor((board.age_ms + elapsed) / 1000)} s old · ${board.all.counted} of ${board.all.queues} queues`);
}

function wait(row, elapsed) {
  if (lost || row.oldest_wait_ms === undefined) return DASH;
  return minutes(row.oldest_wait_ms + (row.ticking ? elapsed : 0));
}

function minutes(duration) {
  const total = Math.max(0, Math.floor(duration / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const rest = Math.floor(total / 60) % 60;
  return hours ? `${hours}:${two(rest)}:${two(total % 60)}` : `${rest}:${two(total % 60)}`;
}

function seconds(duration) {
  return duration % 60000 === 0 ? `${duration / 60000} min` : `${duration / 1000} s`;
}

function clock(at) {
  // The zone's offset comes from the server: a screen's own zone is often wrong.
  return new Date(at + board.zone_offset_ms).toISOString().slice(11, 19);
}

// A screen that lost its board in the evening says in the morning since which day.
function moment(at) {
  const day = (each) => new Date(each + board.zone_offset_ms).toISOString().slice(0, 10);
  const today = day(board.now + performance.now() - receivedAt);
  return day(at) === today ? clock(at) : `${day(at)} ${clock(at)}`;
}

function banner(text) {
  write(byId("banner"), text);
  byId("banner").hidden = !text;
}

function below(node, cell, text) {
  write(node.querySelector(`${cell} small`), text);
}

// The text was rounded by the server; the sign is set smaller by the style sheet.
function percent(node, share) {
  const known = share?.value !== undefined;
  write(node, known ? share.text : DASH);
  node.classList.toggle("percent", known);
}

function count(n) {
  return n.toLocaleString("en");
}

function write(node, text) {
  const wanted = String(text ?? DASH);
  if (node.textContent !== wanted) node.textContent = wanted;
}

document.body.dataset.view = view;
// On a phone each figure has the name of its column beside it.
document.querySelectorAll("thead th").forEach((head, index) => {
  byId("row").content.firstElementChild.children[index].dataset.label = head.textContent;
});
const other = byId("other-view");
other.href = view === "wall" ? "?view=desk" : "?view=wall";
other.textContent = view === "wall" ? "All queues" : "Wall";
connect();
whoami();
setInterval(tick, 250);
addEventListener("resize", fit);
// A page that hears nothing from its first moment on says so too.
setTimeout(() => { if (!board) banner("NO LIVE DATA · no answer from the board"); }, LOST_MS);
