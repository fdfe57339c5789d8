// The queue by keyboard and without reloading: every form of it is sent by script, and its comment's place takes the
// answer, a receipt with Undo or the comment as a colleague left it. Without this script the same forms lead on.

const queue = document.getElementById("queue");
const list = queue?.querySelector(".items");
const say = document.getElementById("say");
const hasKeys = queue?.dataset.shortcuts === "on";
// Receipts of this visit, the latest last.
const receipts = [];
let current = null;
let lastChosen = null;

const items = () => [...list.querySelectorAll(".item")];
const idOf = (item) => item.id.replace("item-", "");
const rowOf = (item) => queue.querySelector(`.queue-list a[href="#${item.id}"]`)?.closest("li");
const boxOf = (item) => rowOf(item)?.querySelector("input");

function announce(words) {
  say.textContent = words.replace(/\s+/g, " ").trim();
}

function isTyping(element) {
  return element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
}

function goTo(item) {
  if (!item) return;
  current = item;
  for (const link of queue.querySelectorAll(".queue-list [aria-current]")) link.removeAttribute("aria-current");
  const link = rowOf(item)?.querySelector("a");
  link?.setAttribute("aria-current", "true");
  link?.scrollIntoView({ block: "nearest" });
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "start" });
}

/* The item that has the focus, else the one that was gone to last, else none. */
function here() {
  const focused = document.activeElement.closest(".item");
  if (focused && list.contains(focused)) return focused;
  return current?.isConnected ? current : null;
}

function step(by) {
  const all = items();
  const place = all.indexOf(here());
  goTo(place < 0 ? all[0] : all[Math.min(Math.max(place + by, 0), all.length - 1)]);
}

/* The first item after a line of the queue, else the last before it. */
function beside(line) {
  for (let next = line.nextElementSibling; next; next = next.nextElementSibling) {
    const item = next.querySelector(".item");
    if (item) return item;
  }
  return items().at(-1);
}

// --- sending ---

/* The browser sends the form itself, with the button that was pressed. */
function sendPlainly(form, button) {
  if (button?.name) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: button.name, value: button.value });
    form.append(field);
  }
  form.submit();
}

async function send(form, button) {
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    body: data,
    headers: { "X-Fragment": "1" },
  }).catch(() => null);
  form.removeAttribute("aria-busy");
  if (!answer) return tell(form, queue.dataset.failed);
  const text = await answer.text();
  if (answer.status === 400) return tell(form, text);
  const line = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
  // A page instead of a line: signed out meanwhile, or something went wrong that a page explains.
  if (answer.redirected || ![200, 403, 409].includes(answer.status) || !line?.matches("li"))
    return sendPlainly(form, button);
  put(line, form.closest(".items > li"));
}

/* Say beside the form why nothing was decided; what was typed stays in it. */
function tell(form, words) {
  let note = form.querySelector(".err");
  if (!note) form.append(note = Object.assign(document.createElement("p"), { className: "err" }));
  note.hidden = false;
  note.textContent = words;
  announce(words);
}

function put(line, former) {
  const next = beside(former);
  const wasItem = former.querySelector(".item");
  former.replaceWith(line);
  const item = line.querySelector(".item");
  if (item) {
    settle(item);
    // An alert speaks for itself.
    if (!line.querySelector("[role=alert]")) announce(queue.dataset.undone);
    return goTo(item);
  }
  receipts.push(line);
  line.dataset.item = wasItem.id;
  const row = rowOf(wasItem);
  row?.classList.add("done");
  if (row) Object.assign(row.querySelector("input"), { disabled: true, checked: false });
  countChosen();
  announce(line.querySelector("p").textContent);
  if (next && next !== wasItem) goTo(next);
  else line.focus();
}

/* A comment that is to be decided again: its line in the list knows which event its item shows. */
function settle(item) {
  const box = boxOf(item);
  if (!box) return;
  // What was selected was another state of it.
  Object.assign(box, {
    disabled: false,
    checked: false,
    value: `${idOf(item)}.${item.querySelector("[name=rev]")?.value ?? 0}`,
  });
  rowOf(item).classList.remove("done");
  countChosen();
}

// --- keys ---

function press(name) {
  const button = here()?.querySelector(`[name=do][value=${name}]`);
  if (button) button.form.requestSubmit(button);
  return Boolean(button);
}

function askWhy() {
  const removal = here()?.querySelector(".removal");
  if (!removal) return;
  removal.open = true;
  removal.querySelector("fieldset").dataset.keys = "on";
  removal.querySelector("[type=radio]").focus();
}

function giveReason(number) {
  const removal = here()?.querySelector(".removal[open]");
  const reason = removal?.querySelectorAll("[type=radio]")[number - 1];
  if (!reason) return;
  reason.checked = true;
  reason.form.requestSubmit();
}

function undo() {
  while (receipts.length && !receipts.at(-1).isConnected) receipts.pop();
  const form = receipts.pop()?.querySelector("form") ?? queue.querySelector(".receipt form, .undo-list form");
  form?.requestSubmit();
}

function choose(item, isRange) {
  const box = item && boxOf(item);
  if (!box || box.disabled) return;
  const all = items();
  const from = isRange ? all.indexOf(lastChosen) : -1;
  box.checked = isRange || !box.checked;
  if (from >= 0) {
    const [first, last] = [from, all.indexOf(item)].sort((one, other) => one - other);
    for (const each of all.slice(first, last + 1)) boxOf(each).checked = true;
  }
  lastChosen = item;
  countChosen();
}

function countChosen() {
  const legend = queue.querySelector(".queue-list legend");
  if (!legend) return;
  legend.dataset.words ??= legend.textContent;
  const count = queue.querySelectorAll(".queue-list li input:checked").length;
  legend.textContent = count ? queue.dataset.selected.replace("{count}", count) : legend.dataset.words;
}

function toggleContext() {
  const found = [...(here()?.querySelectorAll(".context") ?? [])];
  const opens = found.some((each) => !each.open);
  for (const each of found) each.open = opens;
}

function showKeys() {
  const keys = queue.querySelector(".keys");
  keys.open = !keys.open;
  keys.querySelector("summary").focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press("approve") || press("restore"),
  r: askWhy,
  s: () => press("spam"),
  h: () => press("hold"),
  x: () => choose(here(), false),
  X: () => choose(here(), true),
  c: toggleContext,
  z: undo,
  "?": showKeys,
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const act = /^[1-9]$/.test(event.key) ? () => giveReason(Number(event.key)) : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

if (list) {
  queue.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest(".items > li")) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  queue.addEventListener("click", (event) => {
    const box = event.target.closest(".queue-list li input");
    if (!box) return;
    const item = document.getElementById(box.closest("li").querySelector("a").getAttribute("href").slice(1));
    const isRange = event.shiftKey && lastChosen;
    if (isRange) choose(item, true);
    lastChosen = item;
    countChosen();
  });
  queue.addEventListener("keydown", (event) => {
    const removal = event.key === "Escape" && event.target.closest(".removal[open]");
    if (!removal) return;
    removal.open = false;
    goTo(removal.closest(".item"));
  });
  if (hasKeys) document.addEventListener("keydown", onKey);
}
