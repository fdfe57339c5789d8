// Fetches a group of scripts when somebody first needs it: writing, the menu, previews, keys. A reader who only reads
// never pays for them. Until they have come, every link and form does what it does without scripts.

const here = document.querySelector("script[data-later]");
// "writing: a.js b.js | keys: c.js": the addresses are hashed, so the server writes them.
const GROUPS = new Map((here?.dataset.later ?? "").split("|").map((group) => {
  const [name, addresses] = group.trim().split(/:(.*)/s);
  return [name, (addresses ?? "").split(/\s+/).filter(Boolean)];
}));
const coming = new Map();

function fetched(address) {
  return new Promise((resolve, reject) => {
    // In the order in which they are named, as the page's own are.
    const script = { type: "module", async: false, src: address, onload: resolve, onerror: reject };
    document.head.append(Object.assign(document.createElement("script"), script));
  });
}

/* Once for each group; a group that could not be fetched may be asked for again. */
function need(group) {
  if (!coming.has(group)) {
    const all = Promise.all((GROUPS.get(group) ?? []).map(fetched));
    coming.set(group, all.catch(() => { coming.delete(group); throw new Error(group); }));
  }
  return coming.get(group);
}

const arrived = new Set();
// What is typed while the form of an answer is on its way; null while none is.
let typed = null;

/* detail: { group, then, otherwise }; `then` runs when the scripts have, `otherwise` when they did not come. */
function ask({ group, then, otherwise = () => {} }) {
  const isForm = group === "writing";
  if (isForm) typed ??= "";
  const done = (act) => {
    act();
    if (!isForm) return;
    if (typed) document.execCommand("insertText", false, typed);
    typed = null;
  };
  // In a task of its own: while one click is under way, browsers ignore another one.
  need(group).then(() => setTimeout(() => { arrived.add(group); done(then); }), () => done(otherwise));
}

document.addEventListener("need", ({ detail }) => ask(detail));

const unsay = () => document.querySelector(".offline")?.remove();

/* Without a network the plain way leads out of the page: stay, and say so beside what was pressed. */
function failed(control, plainly) {
  const { offline, cannotOpen } = here.dataset;
  const words = control.matches("button") ? offline : cannotOpen;
  const line = { className: "err offline", role: "alert", textContent: words };
  const stay = () => {
    unsay();
    (control.closest("p, footer") ?? control).after(Object.assign(document.createElement("p"), line));
  };
  fetch(location.href, { method: "HEAD", cache: "no-store" }).then(plainly, stay);
}

// Said to a link whose page did not come, or to a comment whose scripts did not.
document.addEventListener("failed", ({ target }) =>
  failed(target, () => {
    if (target.href) location.assign(target.href);
  }),
);

const isPlain = (event) => !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/* Hold a press until the scripts that answer it have come; if they are broken it does what it does without scripts. */
function hold(event, control, group) {
  unsay();
  if (arrived.has(group) || event.defaultPrevented) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const then = () => control.click();
  ask({ group, then, otherwise: () => failed(control, () => { arrived.add(group); then(); }) });
}

/* What is pointed at or stepped on will probably be used: its scripts come meanwhile. */
const HELD = {
  "a.reply": "writing",
  "a.more": "menu",
  "a.keys": "keys",
  ".comment > footer > button[aria-pressed]": "voting",
};
const FORESEEN = { ...HELD, ".comment-form": "writing", ".comment-parent, .comment-text a, .quoted-by a": "preview" };

const groupOf = (selectors, element) =>
  Object.entries(selectors).find(([selector]) => element.closest?.(selector)) ?? [];

function foresee(event) {
  const [, group] = groupOf(FORESEEN, event.target);
  if (group) need(group).catch(() => {});
}

const discussion = document.getElementById("discussion");

/* Whether something was typed on this page that nobody has posted yet, or was posted just now (draft.js). */
function hasDraft() {
  try {
    return (
      "sent" in sessionStorage ||
      Object.keys(localStorage).some((key) => key.startsWith(`draft:${discussion.dataset.post}:`))
    );
  } catch {
    return false;
  }
}

/* Whoever selects words may want to quote them (reply.js). */
function foreseeQuote() {
  const { isCollapsed, anchorNode } = getSelection();
  if (!isCollapsed && anchorNode.parentElement?.closest(".prose, .comment-text")) need("writing").catch(() => {});
}

/* A comment may be asked for that stands on another page of the thread (anchor.js). */
function foreseeAnchor() {
  if (location.hash.startsWith("#comment-") && !document.getElementById(location.hash.slice(1)))
    need("anchor").catch(() => {});
}

if (here && discussion) {
  foreseeAnchor();
  addEventListener("hashchange", foreseeAnchor);
  if (hasDraft()) need("writing").catch(() => {});
  let pause;
  document.addEventListener("selectionchange", () => {
    clearTimeout(pause);
    pause = setTimeout(foreseeQuote, 250);
  });
  discussion.addEventListener("click", (event) => {
    const [selector, group] = groupOf(HELD, event.target);
    if (group && isPlain(event)) hold(event, event.target.closest(selector), group);
  }, true);
  discussion.addEventListener("submit", (event) => {
    if (event.target.matches(".comment-form")) hold(event, event.submitter, "writing");
  }, true);
  const hand = (event) => {
    arrived.add("keys");
    if (typed === null) document.dispatchEvent(new CustomEvent("key", { detail: event }));
    else typed += event.key;
  };
  // The first single key fetches those that answer to keys, and is handed to them; they hear the next ones themselves.
  document.addEventListener("keydown", (event) => {
    // A menu opens by Space too, which does nothing on a link.
    if (event.key === " " && event.target.matches?.("a.more")) {
      event.preventDefault();
      event.target.click();
    }
    // Sent before the script has come that listens for these keys (draft.js): the press is held as a click is.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !arrived.has("writing")) {
      const send = event.target.closest?.(".comment-form textarea")?.form.querySelector(".primary");
      if (!send) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      send.click();
    }
    if (event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select")) return;
    if (typed !== null) {
      event.preventDefault();
      event.stopImmediatePropagation();
      typed += event.key;
    } else if (!arrived.has("keys") && (coming.has("keys") || /[a-z.?]/i.test(event.key)))
      need("keys").then(() => hand(event), () => {});
  });
  for (const kind of ["pointerover", "focusin", "pointerdown"])
    discussion.addEventListener(kind, foresee, { passive: true });
}
