// Walks through what is new: a bar at the bottom while the discussion is on screen, the keys n and p, and the links
// "Next new". Without it these links form a chain.

const discussion = document.getElementById("discussion");
const bar = discussion?.querySelector(".new-bar");
const news = document.getElementById("news");
// The comment walked to last, and the one in which the focus was last.
let current = null;
let reached = null;

const say = (words) => { document.getElementById("say").textContent = words; };
/* Where there is no further one, said where one looks after pressing. */
const tellEnd = (words) => { say(words); bar.querySelector(".place").textContent = words; };
// By name and then by class: a selector would walk through every element of a long thread.
const marks = () => [...discussion.getElementsByTagName("b")].filter((mark) => mark.className === "new");
const marked = () =>
  marks()
    .filter((mark) => mark.parentElement.localName === "header")
    .map((mark) => mark.closest(".comment"));
const nameOf = (comment) =>
  document.getElementById(comment.getAttribute("aria-labelledby")).querySelector("bdi")?.textContent ?? "";
const follows = (one, other) => other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;

/* "1,204" */
const told = (number) => number.toLocaleString(document.documentElement.lang);

function words(name, place, count) {
  return bar.dataset[name].replace("{place}", told(place)).replace("{count}", told(count));
}

/* Where the reader is: pressing a button of the bar takes the focus away from there. */
const whereNow = () => reached ?? document.getElementById(location.hash.slice(1))?.closest(".comment");

/* How many there are in all, and how many stand on the pages before this one. */
function counts() {
  const here = marked();
  return { here, before: Number(news.dataset.before), all: Math.max(Number(news.dataset.count), here.length) };
}

function tell() {
  const { here, before, all } = counts();
  const place = here.indexOf(whereNow());
  bar.querySelector(".place").textContent = place < 0 ? words("none", 0, all) : words("place", before + place + 1, all);
  bar.querySelector(".walk").hidden = !all;
  bar.hidden = !all && !bar.querySelector(".arrived:not([hidden]), a");
  const first = news.querySelector("a.first-new");
  if (first) {
    const since = all === 1 ? news.dataset.one : news.dataset.some;
    first.textContent = since.replace("{count}", told(all)).replace("{when}", first.dataset.when);
  }
  tellAbove(all);
}

/* Beside the number of comments at the head of the post. */
function tellAbove(all) {
  const link = document.querySelector('.post > header a[href$="#discussion"]');
  if (!link) return;
  let word = link.parentElement.querySelector("b.new");
  if (!all) return word?.remove();
  if (!word) link.after(word = Object.assign(document.createElement("b"), { className: "new" }));
  word.textContent = ` · ${words("none", 0, all)}`;
}

function go(comment) {
  comment.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
  current?.classList.remove("current");
  current = comment;
  comment.classList.add("current");
  comment.focus({ preventScroll: true });
  comment.scrollIntoView();
  tell();
  say(`${bar.querySelector(".place").textContent}, ${nameOf(comment)}`);
}

const isHere = (path) => document.getElementById(`comment-${path.split("/")[2]}`);

/* To a new comment on another page; where none is new on this one, to the first of all. */
function leave(path, end) {
  const away = path || (!marked().length && news.querySelector("a.first-new")?.pathname);
  if (away && !isHere(away)) return location.assign(away + location.search);
  tellEnd(marked().length ? end : bar.dataset.empty);
}

function next() {
  const from = whereNow();
  const found = marked().find((comment) => !from || follows(comment, from));
  if (found) return go(found);
  leave(
    [...discussion.querySelectorAll(".next-new")].map((link) => link.pathname).find((path) => !isHere(path)),
    bar.dataset.end,
  );
}

function previous() {
  const from = whereNow();
  const found = marked().filter((comment) => from && follows(from, comment)).at(-1);
  if (found) return go(found);
  leave(news.dataset.previous, bar.dataset.start);
}

async function markAllSeen() {
  if ("member" in discussion.dataset) {
    const body = new URLSearchParams(new FormData(news.querySelector("form")));
    body.set("do", "seen");
    const answer = await fetch(news.querySelector("form").action, { method: "POST", body, redirect: "manual" }).catch(
      () => null,
    );
    if (answer?.type !== "opaqueredirect") return say(bar.dataset.notSeen);
    for (const mark of [...marks(), ...discussion.querySelectorAll(".next-new")]) mark.remove();
    news.hidden = true;
    news.dataset.count = news.dataset.before = 0;
    tell();
  }
  // marks.js does it for guests.
  discussion.dispatchEvent(new CustomEvent("seen"));
  (current ?? discussion.querySelector("h2")).focus();
  say(bar.dataset.seen);
}

if (bar) {
  tell();
  discussion.addEventListener("focusin", (event) => { reached = event.target.closest(".thread .comment") ?? reached; });
  discussion.addEventListener("marked", tell);
  discussion.addEventListener("arrived", tell);
  document.addEventListener("next-new", next);
  document.addEventListener("previous-new", previous);
  bar.addEventListener("click", (event) => {
    if (event.target.closest(".next")) next();
    else if (event.target.closest(".previous")) previous();
    else if (event.target.closest(".seen")) markAllSeen();
  });
  // Before jump.js, which would add a step to the history for each.
  discussion.addEventListener("click", (event) => {
    const link = event.target.closest("a.next-new, a.first-new");
    const target = link && isHere(link.pathname);
    if (!target || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(target);
  });
}
