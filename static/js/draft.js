// Keeps on this device what is being typed, and brings it back after a reload, an ended session, a lost answer.
// It leaves when the server has the comment, by Discard, by signing out (leave.js), or after 30 days. It goes
// nowhere else.

const DAY = 86400000;
const page = document.documentElement;
// A page that is the same for everyone names nobody.
const reader = page.dataset.reader ?? "guest";
const here = document.getElementById("discussion");
// By form: the text as it was last kept.
const kept = new Map();
// This page among those that write the same answer. A draft is { text, once, at, tab, others }; others: [tab,
// words] that its text does not go on with.
const tab = Math.random().toString(36).slice(2);
let timer;

const field = (form, name) => form.elements.namedItem(name);
const textIn = (form) => field(form, "text").value;
// Other words for a comment that stands are no answer on a post.
const isEdit = (form) => form.action.endsWith("/edit/");
const keyOf = (form, whose = reader) => {
  const id = form.getAttribute("action").split("/")[2];
  return `draft:${isEdit(form) ? "edit-" : ""}${id}:${field(form, "parent")?.value ?? "new"}:${whose}`;
};

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
const keep = (key, draft) =>
  attempt(() => !localStorage.setItem(key, JSON.stringify({ at: Date.now(), tab, ...draft })));

/* What other tabs wrote, the last at the end; `known` are the words that this one goes on with. */
function versions(key, known) {
  const { text, tab: writer, others = [] } = draftUnder(key) ?? {};
  return [...others, [writer, text]].filter(([who, words]) => words && who !== tab && words !== known);
}

/* These words, and what this tab wrote, are done with. */
function forget(key, text) {
  const others = versions(key, text);
  const last = others.pop();
  if (last) keep(key, { tab: last[0], text: last[1], others });
  else drop(key);
}

/* "Tue 09:41"; from a week on "3 March 09:41". */
function moment(at) {
  const options = Date.now() - at < 6 * DAY ? { weekday: "short" } : { day: "numeric", month: "long" };
  return `${new Date(at).toLocaleDateString(page.lang, options)} ${clock(at)}`;
}

const clock = (at) => new Date(at).toTimeString().slice(0, 5);

function note(form, words, time) {
  const line = form.querySelector(".draft");
  line.textContent = (line.dataset[words] ?? "").replace("{time}", time);
  return line;
}

function save(form) {
  const text = textIn(form);
  const known = kept.get(form);
  if (text === (known ?? "")) return;
  const key = keyOf(form);
  const others = versions(key, known);
  // Posted in another tab: these words are another comment.
  if (known && !draftUnder(key)) field(form, "once")?.remove();
  kept.set(form, text);
  const isKept = text.trim() ? keep(key, { text, once: field(form, "once")?.value, others }) : forget(key, known);
  field(form, "text").autocomplete = isKept === null ? "on" : "off";
  note(form, isKept && "kept", clock(Date.now()));
  offer(form);
}

function addButton(line, className) {
  line.append(" ", Object.assign(document.createElement("button"), {
    type: "button", className: `plain ${className}`, textContent: line.dataset[className],
  }));
}

function offer(form) {
  const line = form.querySelector(".draft");
  if (!versions(keyOf(form), textIn(form)).length || line.querySelector(".gather")) return;
  line.append(` · ${line.dataset.other}`);
  addButton(line, "gather");
}

/* Put the words of the other tabs under these. */
function gather(form) {
  const key = keyOf(form);
  const mine = textIn(form);
  const text = [mine, ...versions(key, mine).map(([, words]) => words)].join("\n\n").trim();
  keep(key, { text });
  fill(form, text);
  note(form, "kept", clock(Date.now()));
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
  addButton(note(form, "restored", moment(at)), "discard");
  fill(form, text);
  offer(form);
  // A try whose answer was lost and the next one are one comment.
  if (once && field(form, "once")) field(form, "once").value = once;
}

/* Words that stand there already stay, but for those that are being edited. */
function look(form) {
  const text = textIn(form);
  const draft = draftUnder(keyOf(form));
  // Going back, browsers fill in forms by their order, which an answer changes. What cannot be kept here is left
  // to them.
  field(form, "text").autocomplete = "off";
  const isSame = draft?.text === text;
  if (draft && !kept.has(form) && (isEdit(form) ? !isSame : isSame || !text)) restore(form, draft);
  else if (isEdit(form)) kept.set(form, field(form, "text").defaultValue);
  touch(form);
  save(form);
  // Whoever signed in to post it goes on as a member.
  if (reader !== "guest" && draftUnder(keyOf(form, "guest"))?.text === text) forget(keyOf(form, "guest"), text);
}

/* Open an answer that was begun on this page. One to a comment that is gone becomes a comment of its own; where nobody
   can write any more, the words can be copied. */
function reopen(key) {
  const [, post, parent, whose] = key.split(":");
  if (post !== here?.dataset.post || whose !== reader) return;
  const comment = document.getElementById(`comment-${parent}`);
  const [join, typed] = ["#join form", "#typed"].map((it) => here.querySelector(it));
  if (comment?.querySelector(":scope > footer > .reply"))
    comment.dispatchEvent(new CustomEvent("answer", { bubbles: true }));
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

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches(".comment-form textarea"))
    return;
  event.preventDefault();
  event.target.form.querySelector(".primary").click();
});

document.addEventListener("click", ({ target }) => {
  if (target.matches(".gather")) gather(target.form);
  if (!target.matches(".discard")) return;
  const { form } = target;
  forget(keyOf(form), textIn(form));
  fill(form, isEdit(form) ? field(form, "text").defaultValue : "");
  field(form, "text").focus();
  note(form);
  offer(form);
});

// A page of its own leads to the discussion only when the server has the comment (see the end).
document.addEventListener("submit", ({ defaultPrevented, submitter, target }) => {
  if (defaultPrevented || !target.matches(".comment-form")) return;
  save(target);
  if (/post|save/.test(submitter?.value))
    attempt(() => sessionStorage.setItem("sent", JSON.stringify([keyOf(target), textIn(target)])));
});

document.addEventListener("posted", ({ target }) => {
  forget(keyOf(target), kept.get(target));
  kept.delete(target);
  note(target);
  offer(target);
});

document.addEventListener("opened", ({ target }) => look(target));

// A form that nobody touched since goes along with another tab. An event may tell of words that are old by now.
addEventListener("storage", ({ key }) => {
  for (const [form, text] of kept) {
    if (key !== keyOf(form)) continue;
    const { text: words, others } = draftUnder(key) ?? {};
    if (others?.some(([who]) => who === tab)) offer(form);
    else if (words && textIn(form) === text) fill(form, words);
  }
});

addEventListener("pagehide", saveAll);
document.addEventListener("visibilitychange", saveAll);

if (here && location.hash && /\/(reply|comments|edit)\/$/.test(document.referrer))
  forget(...(attempt(() => JSON.parse(sessionStorage.getItem("sent"))) ?? []));
attempt(() => sessionStorage.removeItem("sent"));
const isFresh = (key) => draftUnder(key)?.at > Date.now() - 30 * DAY || drop(key);
const drafts = (attempt(() => Object.keys(localStorage)) ?? []).filter(
  (key) => key.startsWith("draft:") && isFresh(key),
);
document.querySelectorAll(".comment-form").forEach(look);
drafts.forEach(reopen);
