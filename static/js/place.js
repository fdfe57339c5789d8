// Puts a comment that has just come into its place among those on the page, in the lanes that the server would give it.
// What sends or fetches comments says "place" to the discussion.

const discussion = document.getElementById("discussion");
const MOST_LANES = 6;

const element = (name, properties) => Object.assign(document.createElement(name), properties);
const commentIn = (item) => item.querySelector(":scope > .comment");
const parentIdOf = (comment) => comment.querySelector(":scope > header > .comment-parent")?.getAttribute("href").split("/")[2];
const idOf = (comment) => comment.id.replace("comment-", "");
const laneOf = (comment) => Number(/lane-(\d)/.exec(comment.className)[1]);

function setLane(comment, lane, { run = false, deep = false } = {}) {
  comment.className = comment.className.replace(/lane-\d/, `lane-${Math.min(lane, MOST_LANES)}`);
  comment.classList.toggle("run", run);
  comment.classList.toggle("deep", deep);
}

/* The items after this one that hang on its comment: a run, which is its list's and not its own. */
function familyAfter(item) {
  const family = new Set([idOf(commentIn(item))]);
  const found = [];
  for (let next = item.nextElementSibling; next; next = next.nextElementSibling) {
    const comment = commentIn(next);
    if (!comment || !family.has(parentIdOf(comment))) break;
    family.add(idOf(comment));
    found.push(next);
  }
  return found;
}

function itemWith(comment) {
  const item = element("li");
  item.append(comment);
  return item;
}

function threadList() {
  const there = discussion.querySelector(".thread");
  if (there) return there;
  const list = element("ol", { className: "thread", role: "list" });
  discussion.querySelector("#vote").append(list);
  discussion.querySelector(".empty")?.remove();
  return list;
}

function asOpener(comment) {
  setLane(comment, 0);
  const isNewestFirst = discussion.querySelector('.order a[aria-current][href*="newest"]');
  threadList()[isNewestFirst ? "prepend" : "append"](itemWith(comment));
}

/* A second answer makes a fork: what ran on in the parent's lane steps in beside the new one. */
function newFork(item, family) {
  const details = element("details", { className: "replies", open: true });
  const summary = element("summary");
  const list = element("ol", { className: "fork", role: "list" });
  // " to Ann", as the server says it.
  const to = commentIn(item).querySelector(":scope > footer > .reply .vh")?.textContent ?? "";
  summary.append(" ", element("span", { className: "vh", textContent: to }));
  details.append(summary, list);
  for (const moved of family) {
    for (const comment of moved.querySelectorAll(".comment")) {
      const runs = comment.classList.contains("run") && parentIdOf(comment) !== idOf(commentIn(item));
      setLane(comment, laneOf(comment) + 1, { run: runs, deep: comment.classList.contains("deep") });
    }
    list.append(moved);
  }
  item.append(details);
  return list;
}

function asReply(comment, parent) {
  const item = parent.closest("li");
  const lane = laneOf(parent);
  const family = familyAfter(item);
  const fork = item.querySelector(":scope > .replies > .fork");
  if (!fork && lane && (lane >= MOST_LANES || !family.length)) {
    const isCrowded = family.length > 0;
    setLane(comment, lane, { run: !isCrowded, deep: isCrowded || parent.classList.contains("deep") });
    (family.at(-1) ?? item).after(itemWith(comment));
    return;
  }
  setLane(comment, lane + 1);
  (fork ?? newFork(item, family)).append(itemWith(comment));
}

/* Numbers of replies, and that of the whole discussion. */
function recount(comment) {
  for (let fold = comment.closest(".replies"); fold; fold = fold.parentElement.closest(".replies")) {
    const count = fold.querySelectorAll(".comment:not(.gone)").length;
    const words = (count === 1 ? discussion.dataset.reply : discussion.dataset.replies).replace("{count}", count);
    const place = fold.querySelector(":scope > summary").firstChild;
    place.textContent = words;
  }
  if (comment.querySelector(":scope > .note")) return;
  const total = discussion.querySelector("h2 span");
  total.textContent = String(Number(total.textContent) + 1);
}

/* Under what it quotes a new comment is named; one that waits has no number yet. */
function nameUnderQuoted(comment) {
  const [number] = comment.querySelector(".comment-when").textContent.split(" ");
  const quotes = [...comment.querySelectorAll('blockquote[cite^="/comments/"]')].map((quote) => quote.getAttribute("cite").split("/")[2]);
  for (const id of number.startsWith("#") ? new Set(quotes) : []) {
    const text = discussion.querySelector(`#comment-${id} .comment-text`);
    const link = element("a", { href: `/comments/${idOf(comment)}/`, textContent: number });
    const line = text?.parentElement.querySelector(".quoted-by");
    if (line) line.append(", ", link);
    else if (text) {
      text.after(element("p", { className: "quoted-by", textContent: `${discussion.dataset.quotedBy} ` }));
      text.nextSibling.append(link);
    }
  }
}

discussion?.addEventListener("place", ({ detail: { comment, parent } }) => {
  if (document.getElementById(comment.id)) return;
  const above = parent && document.getElementById(`comment-${parent}`);
  const isFlat = discussion.querySelector(".thread.flat");
  if (!above || isFlat) asOpener(comment);
  else asReply(comment, above);
  recount(comment);
  nameUnderQuoted(comment);
  // fold.js gives a run its switch, or a new number.
  comment.dispatchEvent(new CustomEvent("placed", { bubbles: true }));
});
