// Folding that <details> cannot do: runs (replies that stay in their parent's lane are its siblings), all branches at
// once, a click on a rail, remembering folds on this device, and opening whatever hides a comment that was asked for.
// Forks fold without this script. A thread gets its switches when it comes near the screen: there may be thousands.

const discussion = document.getElementById("discussion");
const thread = discussion?.querySelector(".thread");
// The server writes these words, so that they are translated like every other.
const WORDS = discussion?.dataset ?? {};
const NEW = document.getElementById("news")?.dataset.below;
const KEY = `folds:${WORDS.post}`;
const MOST_POSTS = 100;

const commentIn = (item) => item?.firstElementChild?.matches(".comment") ? item.firstElementChild : null;
const parentIdOf = (comment) => comment.getElementsByClassName("comment-parent")[0]?.getAttribute("href").split("/")[2];
const idOf = (comment) => comment.id.replace("comment-", "");
const switchOf = (comment) => comment.querySelector(":scope > footer > .fold");

/* The items after this one in its list that hang on its comment: depth first, so they end at the first stranger. */
function runAfter(item) {
  const family = new Set([idOf(commentIn(item))]);
  const run = [];
  for (let next = item.nextElementSibling; next; next = next.nextElementSibling) {
    const comment = commentIn(next);
    if (!comment || !family.has(parentIdOf(comment))) break;
    family.add(idOf(comment));
    run.push(next);
  }
  return run;
}

/* How many comments hang on each item of a list by way of later items, and how many of them are new: one walk, since a
   long run may be hundreds. */
function runCounts(list) {
  const counts = new Map();
  const line = [];
  const leave = () => {
    const { item, own, fresh, below } = line.pop();
    if (below.all) counts.set(item, below);
    if (!line.length) return;
    line.at(-1).below.all += own + below.all;
    line.at(-1).below.fresh += fresh + below.fresh;
  };
  for (const item of list.children) {
    const comment = commentIn(item);
    if (!comment) continue;
    const parentId = parentIdOf(comment);
    while (line.length && line.at(-1).id !== parentId) leave();
    const own = item.querySelectorAll(".comment:not(.gone)").length;
    const fresh = item.querySelectorAll("header > b.new").length;
    line.push({ item, id: idOf(comment), own, fresh, below: { all: 0, fresh: 0 } });
  }
  while (line.length) leave();
  return counts;
}

function label(button, { all, fresh }) {
  const words = (all === 1 ? WORDS.reply : WORDS.replies).replace("{count}", all);
  const sign = button.getAttribute("aria-expanded") === "true" ? "−" : "+";
  button.textContent = `${sign} ${words}`;
  if (!fresh) return;
  const mark = { className: "new", textContent: NEW.replace("{count}", fresh) };
  button.append(" ", Object.assign(document.createElement("b"), mark));
}

function addSwitch(comment, count) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "fold" });
  button.setAttribute("aria-expanded", "true");
  label(button, count);
  let row = comment.querySelector(":scope > footer");
  if (!row) comment.append(row = document.createElement("footer"));
  row.append(button);
}

/* Switches for new runs, other numbers, and none where a run has become a fork. */
function refresh(list) {
  // Most lists hold no run and never did.
  if (!list.querySelector(":scope > li > :is(.run, .deep), :scope > li > .comment > footer > .fold")) return;
  const counts = runCounts(list);
  for (const item of list.children) {
    const comment = commentIn(item);
    const button = comment && switchOf(comment);
    if (!counts.has(item)) button?.remove();
    else if (button) label(button, counts.get(item));
    else addSwitch(comment, counts.get(item));
  }
}

const prepared = new WeakSet();

function prepare(item) {
  if (prepared.has(item)) return;
  prepared.add(item);
  for (const list of item.querySelectorAll(".fork")) refresh(list);
}

const threadOf = (element) => element.closest(".thread > li");

function setRun(button, open) {
  button.setAttribute("aria-expanded", String(open));
  button.firstChild.data = `${open ? "−" : "+"}${button.firstChild.data.slice(1)}`;
  const run = runAfter(button.closest("li"));
  for (const item of run) {
    if (open) item.removeAttribute("hidden");
    else item.setAttribute("hidden", "until-found");
  }
  if (!open) return;
  // What a fold further down this run had hidden stays hidden.
  for (const item of run) {
    const inner = commentIn(item).querySelector(':scope > footer > .fold[aria-expanded="false"]');
    if (inner) setRun(inner, false);
  }
}

/* The fork under a comment, or the run that hangs on it. */
function setFold(comment, open) {
  const details = comment.parentElement.querySelector(":scope > .replies");
  if (details) details.open = open;
  else {
    prepare(threadOf(comment));
    const button = switchOf(comment);
    if (button) setRun(button, open);
  }
}

function isOpen(comment) {
  const details = comment.parentElement.querySelector(":scope > .replies");
  return details ? details.open : switchOf(comment)?.getAttribute("aria-expanded") !== "false";
}

// --- remembered on this device ---

const folded = new Set();

let saving = 0;

function save() {
  try {
    localStorage.removeItem(KEY);
    const others = Object.keys(localStorage).filter((name) => name.startsWith("folds:"));
    if (others.length >= MOST_POSTS) localStorage.removeItem(others[0]);
    if (folded.size) localStorage.setItem(KEY, [...folded].join(" "));
  } catch { /* Without storage nothing is remembered, and nothing else fails. */ }
}

function remember(comment) {
  const id = idOf(comment);
  if (isOpen(comment) === !folded.has(id)) return;
  if (!folded.delete(id)) folded.add(id);
  // All of them may be folded at once.
  clearTimeout(saving);
  saving = setTimeout(save, 100);
}

function recall() {
  let ids = "";
  try { ids = localStorage.getItem(KEY) ?? ""; } catch { /* as above */ }
  for (const id of ids.split(" ").filter(Boolean)) {
    const comment = document.getElementById(`comment-${id}`);
    folded.add(id);
    if (comment && thread.contains(comment)) setFold(comment, false);
  }
}

// --- all at once ---

function addFoldAll() {
  const tools = discussion.querySelector(".order");
  if (!tools || !thread.querySelector(":scope > li > .replies")) return;
  const properties = { type: "button", className: "fold-all", textContent: WORDS.foldAll };
  const button = Object.assign(document.createElement("button"), properties);
  tools.append(button);
  button.addEventListener("click", () => {
    const open = button.textContent === WORDS.openAll;
    for (const details of thread.querySelectorAll(":scope > li > .replies")) details.open = open;
    button.textContent = open ? WORDS.foldAll : WORDS.openAll;
  });
}

// --- opening what hides something ---

function reveal(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  for (let item = element.closest("li[hidden]"); item; item = element.closest("li[hidden]")) {
    const shut = ':scope > li > .comment > footer > .fold[aria-expanded="false"]';
    const switches = [...item.parentElement.querySelectorAll(shut)];
    const holder = switches.find((button) => runAfter(button.closest("li")).includes(item));
    if (!holder) break;
    setRun(holder, true);
    remember(holder.closest(".comment"));
  }
}

function revealHash() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || !thread.contains(target)) return;
  reveal(target);
  target.scrollIntoView();
}

function keepInView(comment) {
  if (comment && comment.getBoundingClientRect().top < 0) comment.scrollIntoView();
}

function foldByRail(event) {
  if (!event.target.matches(".fork") || !matchMedia("(pointer: fine)").matches) return;
  const details = event.target.closest(".replies");
  if (!details || event.clientX - event.target.getBoundingClientRect().left > 16) return;
  details.open = false;
  keepInView(details.previousElementSibling);
}

function foldComment(comment) {
  setFold(comment, !isOpen(comment));
  remember(comment);
  keepInView(comment);
}

if (thread) {
  // Threads further down are told of when they come near (content-visibility); other browsers get all at once.
  const isTold = "oncontentvisibilityautostatechange" in document.documentElement;
  [...thread.children].slice(0, isTold ? 20 : undefined).forEach(prepare);
  thread.addEventListener("contentvisibilityautostatechange", (event) => {
    if (!event.skipped) prepare(event.target);
  }, true);
  recall();
  addFoldAll();
  revealHash();
  addEventListener("hashchange", revealHash);
  addEventListener("pagehide", save);
  thread.addEventListener("toggle", (event) => {
    if (event.target.matches(".replies")) remember(commentIn(event.target.parentElement));
  }, true);
  thread.addEventListener("reveal", (event) => reveal(event.target));
  thread.addEventListener("fold", (event) => foldComment(event.target));
  thread.addEventListener("placed", (event) => {
    for (let list = event.target.closest(".fork"); list; list = list.parentElement.closest(".fork")) refresh(list);
  });
  discussion.addEventListener("marked", () => {
    const lists = [...thread.getElementsByTagName("b")].map((mark) => mark.closest(".fork"));
    for (const list of new Set(lists)) if (list && prepared.has(threadOf(list))) refresh(list);
  });
  thread.addEventListener("beforematch", (event) => reveal(event.target));
  thread.addEventListener("click", (event) => {
    const button = event.target.closest(".fold");
    if (!button) return foldByRail(event);
    foldComment(button.closest(".comment"));
  });
}
