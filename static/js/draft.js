// Keeps on this device what is being typed, and brings it back after a reload, an ended session, a lost answer. It leaves
// when the server has the comment, by Discard, by signing out (leave.js), or after 30 days. It goes nowhere else.

const DAY = 86400000;
const page = document.documentElement;
// A page that is the same for everyone names nobody.
const reader = page.dataset.reader ?? "guest";
const here = document.getElementById("discussion");
// By form: the text as it was last kept.
const kept = new Map();
let timer;

const field = (form, name) => form.elements.namedItem(name);
const textIn = (form) => field(form, "text").value;
const keyOf = (form, whose = reader) => `draft:${form.getAttribute("action").split("/")[2]}:${field(form, "parent")?.value ?? "new"}:${whose}`;

/* Storage may be full or forbidden: then the page works without. */
function attempt(what) {
  try {
    return what();
  } catch {
    return null;
  }
}

const draftUnder = (key) => attempt(() => JSON.parse(localStorage.getItem(key)));
const drop = (key) => attempt(() => localStorage.removeItem(key));

/* "Tue 9:41"; from a week on "3 March 9:41". */
function moment(at) {
  const options = Date.now() - at < 6 * DAY ? { weekday: "short" } : { day: "numeric", month: "long" };
  return `${new Date(at).toLocaleDateString(page.lang, options)} ${clock(at)}`;
}

const clock = (at) => new Date(at).toTimeString().slice(0, 5).replace(/^0/, "");

function note(form, words, time) {
  const line = form.querySelector(".draft");
  line.textContent = (line.dataset[words] ?? "").replace("{time}", time);
  return line;
}

function save(form) {
  const text = textIn(form);
  if (text === (kept.get(form) ?? "")) return;
  kept.set(form, text);
  const draft = { text, once: field(form, "once")?.value, at: Date.now() };
  if (!text.trim()) drop(keyOf(form));
  else if (attempt(() => !localStorage.setItem(keyOf(form), JSON.stringify(draft)))) return note(form, "kept", clock(draft.at));
  note(form);
}

const saveAll = () => document.querySelectorAll(".comment-form").forEach(save);

/* As if somebody had typed: what counts letters or gives a `once` hears of it. */
const touch = (form) => textIn(form) && field(form, "text").dispatchEvent(new Event("input", { bubbles: true }));

function fill(form, text) {
  kept.set(form, text);
  field(form, "text").value = text;
  touch(form);
}

function restore(form, { text, once, at }) {
  const line = note(form, "restored", moment(at));
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "plain discard", textContent: line.dataset.discard });
  line.append(" ", button);
  fill(form, text);
  // A try whose answer was lost and the next one are one comment.
  if (once && field(form, "once")) field(form, "once").value = once;
}

/* Words that stand there already, the server's or the browser's, stay. */
function look(form) {
  const text = textIn(form);
  const draft = draftUnder(keyOf(form));
  if (draft && !kept.has(form) && (!text || text === draft.text)) restore(form, draft);
  touch(form);
  save(form);
  // Whoever signed in to post it goes on as a member.
  if (reader !== "guest" && draftUnder(keyOf(form, "guest"))?.text === text) drop(keyOf(form, "guest"));
}

/* Open an answer that was begun on this page. One to a comment that is gone becomes a comment of its own; where nobody
   can write any more, the words can be copied. */
function reopen(key) {
  const [, post, parent, whose] = key.split(":");
  if (post !== here?.dataset.post || whose !== reader) return;
  const comment = document.getElementById(`comment-${parent}`);
  const [join, typed] = ["#join form", "#typed"].map((it) => here.querySelector(it));
  if (comment?.querySelector(":scope > footer > .reply")) comment.dispatchEvent(new CustomEvent("answer", { bubbles: true }));
  else if (typed) {
    typed.value += `${draftUnder(key).text}\n\n`;
    typed.parentElement.hidden = false;
  } else if (join && !textIn(join) && (comment || !here.querySelector(".pager"))) {
    attempt(() => localStorage.setItem(keyOf(join), localStorage.getItem(key)));
    drop(key);
    look(join);
  }
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches(".comment-form textarea")) return;
  clearTimeout(timer);
  timer = setTimeout(saveAll, 400);
});

document.addEventListener("click", ({ target }) => {
  if (!target.matches(".discard")) return;
  drop(keyOf(target.form));
  fill(target.form, "");
  field(target.form, "text").focus();
  note(target.form);
});

// A page of its own leads to the discussion only when the server has the comment (see the end).
document.addEventListener("submit", ({ defaultPrevented, submitter, target }) => {
  if (defaultPrevented || !target.matches(".comment-form")) return;
  save(target);
  if (submitter?.value === "post") attempt(() => sessionStorage.setItem("sent", keyOf(target)));
});

document.addEventListener("posted", ({ target }) => {
  kept.delete(target);
  drop(keyOf(target));
  note(target);
});

document.addEventListener("opened", ({ target }) => look(target));

// Another tab has gone on with it: a form that nobody touched here since goes along, any other keeps its own words.
addEventListener("storage", ({ key, newValue }) => {
  for (const [form, text] of kept) if (newValue && key === keyOf(form) && textIn(form) === text) fill(form, JSON.parse(newValue).text);
});

addEventListener("pagehide", saveAll);
document.addEventListener("visibilitychange", saveAll);

if (here && location.hash && /\/(reply|comments)\/$/.test(document.referrer)) drop(attempt(() => sessionStorage.getItem("sent")));
attempt(() => sessionStorage.removeItem("sent"));
const isFresh = (key) => draftUnder(key)?.at > Date.now() - 30 * DAY || drop(key);
const drafts = (attempt(() => Object.keys(localStorage)) ?? []).filter((key) => key.startsWith("draft:") && isFresh(key));
document.querySelectorAll(".comment-form").forEach(look);
drafts.forEach(reopen);
