// Folding that <details> cannot do: runs (replies that stay in their parent's lane are its siblings), all branches at
// once, a click on a rail, and opening whatever hides a comment that was asked for. Forks fold without this script.

const discussion = document.getElementById("discussion");
const thread = discussion?.querySelector(".thread");
// The server writes these words, so that they are translated like every other.
const WORDS = {
  one: discussion?.dataset.reply ?? "{count} reply",
  many: discussion?.dataset.replies ?? "{count} replies",
  foldAll: discussion?.dataset.foldAll ?? "Fold all replies",
  openAll: discussion?.dataset.openAll ?? "Open all replies",
};

const commentIn = (item) => item?.firstElementChild?.matches(".comment") ? item.firstElementChild : null;
const parentIdOf = (comment) => comment.getElementsByClassName("comment-parent")[0]?.getAttribute("href").split("/")[2];
const idOf = (comment) => comment.id.replace("comment-", "");

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

function countIn(run) {
  return run.reduce((sum, item) => sum + item.querySelectorAll(".comment:not(.gone)").length, 0);
}

/* How many comments hang on each item of a list by way of later items: one walk, since a long run may be hundreds. */
function runCounts(list) {
  const counts = new Map();
  const line = [];
  const leave = () => {
    const { item, own, below } = line.pop();
    if (below) counts.set(item, below);
    if (line.length) line.at(-1).below += own + below;
  };
  for (const item of list.children) {
    const comment = commentIn(item);
    if (!comment) continue;
    const parentId = parentIdOf(comment);
    while (line.length && line.at(-1).id !== parentId) leave();
    line.push({ item, id: idOf(comment), own: countIn([item]), below: 0 });
  }
  while (line.length) leave();
  return counts;
}

function label(button, count) {
  const words = (count === 1 ? WORDS.one : WORDS.many).replace("{count}", count);
  const sign = button.getAttribute("aria-expanded") === "true" ? "−" : "+";
  button.textContent = `${sign} ${words}`;
}

function addRunButton(item, count) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fold";
  button.setAttribute("aria-expanded", "true");
  label(button, count);
  const comment = commentIn(item);
  let row = comment.querySelector(":scope > footer");
  if (!row) comment.append(row = document.createElement("footer"));
  row.append(button);
}

function addRunButtons() {
  for (const list of thread.querySelectorAll(".fork")) {
    for (const [item, count] of runCounts(list)) addRunButton(item, count);
  }
}

/* After a comment came: switches for new runs, other numbers, and none where a run has become a fork. */
function refreshRuns(list) {
  const counts = runCounts(list);
  for (const item of list.children) {
    const button = commentIn(item)?.querySelector(":scope > footer > .fold");
    if (!counts.has(item)) button?.remove();
    else if (button) label(button, counts.get(item));
    else addRunButton(item, counts.get(item));
  }
}

function setRun(button, open) {
  button.setAttribute("aria-expanded", String(open));
  const run = runAfter(button.closest("li"));
  label(button, countIn(run));
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

function setAll(open) {
  for (const details of thread.querySelectorAll(":scope > li > .replies")) details.open = open;
}

function addFoldAll() {
  const tools = discussion.querySelector(".order");
  if (!tools || !thread.querySelector(":scope > li > .replies")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fold-all";
  button.textContent = WORDS.foldAll;
  tools.append(button);
  button.addEventListener("click", () => {
    const open = button.textContent === WORDS.openAll;
    setAll(open);
    button.textContent = open ? WORDS.foldAll : WORDS.openAll;
  });
}

function reveal(element) {
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  for (let item = element.closest("li[hidden]"); item; item = element.closest("li[hidden]")) {
    const switches = [...item.parentElement.querySelectorAll(':scope > li > .comment > footer > .fold[aria-expanded="false"]')];
    const holder = switches.find((button) => runAfter(button.closest("li")).includes(item));
    if (!holder) break;
    setRun(holder, true);
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

if (thread) {
  addRunButtons();
  addFoldAll();
  revealHash();
  addEventListener("hashchange", revealHash);
  thread.addEventListener("reveal", (event) => reveal(event.target));
  thread.addEventListener("placed", (event) => {
    for (let list = event.target.closest(".fork"); list; list = list.parentElement.closest(".fork")) refreshRuns(list);
  });
  thread.addEventListener("beforematch", (event) => reveal(event.target));
  thread.addEventListener("click", (event) => {
    const button = event.target.closest(".fold");
    if (!button) return foldByRail(event);
    setRun(button, button.getAttribute("aria-expanded") !== "true");
  });
}
