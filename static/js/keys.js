// Single keys: from comment to comment, and what is done with the one that has the focus. "?" lists them in a dialog.

const discussion = document.getElementById("discussion");
const ITEM = "li:has(> .comment)";
const OPENER = ".thread > li";
const NEXT = "nextElementSibling";
const PREVIOUS = "previousElementSibling";

const listUnder = (item) => item.querySelector(":scope > .replies[open] > .fork");

/* This item or the first one that way which no fold hides. */
function seen(item, way) {
  while (item?.hidden) item = item[way];
  return item;
}

function after(item) {
  let next = listUnder(item)?.firstElementChild;
  for (; item && !next; item = item.parentElement.closest(ITEM)) next = seen(item[NEXT], NEXT);
  return next;
}

function before(item) {
  let last = seen(item[PREVIOUS], PREVIOUS);
  if (!last) return item.parentElement.closest(ITEM);
  for (let list; (list = listUnder(last));) last = seen(list.lastElementChild, PREVIOUS);
  return last;
}

function inView() {
  const thread = discussion.querySelector(".thread");
  const box = thread?.getBoundingClientRect();
  for (let y = 1; box && y < innerHeight; y += 20) {
    const comment = document.elementFromPoint(box.left + box.width / 2, y)?.closest(".thread .comment");
    if (comment) return comment.parentElement;
  }
  return thread?.firstElementChild;
}

const commentIn = (item) => item?.querySelector(":scope > .comment");
const tell = (target, name) => target?.dispatchEvent(new CustomEvent(name, { bubbles: true }));

function go(item) {
  const comment = commentIn(item);
  tell(comment, "reveal");
  comment?.focus({ preventScroll: true });
  comment?.scrollIntoView({ block: "nearest" });
}

/* What is selected decides where it goes (reply.js), also where there is no comment yet. */
function quote() {
  const say = (name) => () => tell(here() ?? discussion, name);
  document.dispatchEvent(
    new CustomEvent("need", { detail: { group: "writing", then: say("quote"), otherwise: say("failed") } }),
  );
}

function click(selector) {
  const found = here()?.querySelector(selector);
  if (found?.checkVisibility()) found.click();
}

const focused = () => document.activeElement.closest(ITEM);
const here = () => commentIn(focused() ?? inView());
const isSelected = () =>
  getSelection().anchorNode?.parentElement?.closest(".comment-text, .post > .prose") && !getSelection().isCollapsed;
const step = (to) => go(focused() ? to(focused()) : inView());

const KEYS = {
  j: () => step(after),
  k: () => step(before),
  J: () => step((item) => item.closest(OPENER)[NEXT]),
  K: () => step((item) => item.matches(OPENER) ? item[PREVIOUS] : item.closest(OPENER)),
  u: () => click(".comment-parent"),
  x: () => tell(here(), "fold"),
  r: () => (focused() || !isSelected() ? click(".reply") : quote()),
  q: quote,
  v: () => click("footer > button[aria-pressed]"),
  n: () => tell(document, "next-new"),
  p: () => tell(document, "previous-new"),
  ".": () => tell(document, "show-arrived"),
  "?": () => open(discussion.querySelector("a.keys")),
};

/* Without an account it is this device that remembers, and without storage this page. */
function isOff() {
  if (document.documentElement.dataset.shortcuts === "off") return true;
  try { return localStorage.shortcuts === "off"; } catch { return false; }
}

function turn(way) {
  try { localStorage.shortcuts = way; } catch { document.documentElement.dataset.shortcuts = way; }
}

function press(event) {
  const act = KEYS[event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || isOff()) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog, [popover]")) return;
  event.preventDefault();
  act();
}

let dialog;

async function fill(address) {
  const answer = await fetch(address, { headers: { "X-Fragment": "1" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  dialog = document.createElement("dialog");
  dialog.className = "keys-dialog";
  dialog.setAttribute("aria-labelledby", "shortcuts-h");
  dialog.append(page.querySelector(".shortcuts"));
  // Shown only when its style has come.
  const style = dialog.querySelector("link");
  await new Promise((then) => { style.onload = style.onerror = then; discussion.append(dialog); });
  offer();
}

async function open(link) {
  try {
    if (!dialog) await fill(link.href);
    dialog.showModal();
  } catch {
    tell(link, "failed");
  }
}

function offer() {
  for (const button of document.querySelectorAll("[data-on]"))
    button.textContent = button.dataset[isOff() ? "on" : "off"];
}

offer();
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-on]")) turn(isOff() ? "on" : "off");
  offer();
  const link = event.target.closest("a.keys");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});
if (discussion) {
  document.addEventListener("keydown", press);
  // The key for which this script was fetched.
  document.addEventListener("key", ({ detail }) => press(detail));
}
