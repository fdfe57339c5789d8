// Puts comments into their place, in the lanes that the server would give them: one's own (send.js), and what has come
// since, fetched when somebody asks for it (live.js).

const discussion = document.getElementById("discussion");
const MOST_LANES = 6;

const element = (name, properties) => Object.assign(document.createElement(name), properties);
const commentIn = (item) => item.querySelector(":scope > .comment");
const parentIdOf = (comment) =>
  comment.querySelector(":scope > header > .comment-parent")?.getAttribute("href").split("/")[2];
const idOf = (comment) => comment.id.replace("comment-", "");
const shownAs = (id) => document.getElementById(`comment-${id}`);
const laneOf = (comment) => Number(/lane-(\d)/.exec(comment.className)[1]);

function setLane(comment, lane, { run = false, deep = false } = {}) {
  comment.className = comment.className.replace(/lane-\d/, `lane-${Math.min(lane, MOST_LANES)}`);
  comment.classList.toggle("run", run);
  comment.classList.toggle("deep", deep);
}

/* The run that hangs on an item's comment: items after it in its list. */
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

function threadList() {
  const there = discussion.querySelector(".thread");
  if (there) return there;
  const list = element("ol", { className: "thread", role: "list" });
  discussion.querySelector("#vote").append(list);
  discussion.querySelector(".empty")?.remove();
  return list;
}

const order = () => discussion.querySelector(".order [aria-current]")?.search ?? "?";

/* The item before which a comment belongs: the server says it of what arrives, and one's own is the latest. */
const following = (next, first) =>
  next === undefined && order() === "?order=newest" ? first : shownAs(next)?.closest("li");

function insert(comment, list, before) {
  const item = element("li");
  item.append(comment);
  if (before) before.before(item);
  else list.append(item);
}

/* Unless it belongs to another page of the thread. */
function asOpener(comment, next) {
  const list = threadList();
  const before = following(next, list.firstElementChild);
  const pager = discussion.querySelector(".pager");
  if (pager && (next ? !before : pager.querySelector(before ? "[rel=prev]" : "[rel=next]"))) return;
  setLane(comment, 0);
  insert(comment, list, before);
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
  item.insertBefore(details, item.querySelector(":scope > .next-thread"));
  return list;
}

function asReply(comment, parent, next) {
  const item = parent.closest("li");
  const lane = laneOf(parent);
  const family = familyAfter(item);
  const fork = item.querySelector(":scope > .replies > .fork");
  if (!fork && lane && (lane >= MOST_LANES || !family.length)) {
    const isCrowded = family.length > 0;
    setLane(comment, lane, { run: !isCrowded, deep: isCrowded || parent.classList.contains("deep") });
    return insert(
      comment,
      item.parentElement,
      following(next, family[0]) ?? (family.at(-1) ?? item).nextElementSibling,
    );
  }
  setLane(comment, lane + 1);
  const list = fork ?? newFork(item, family);
  insert(comment, list, following(next, list.firstElementChild));
}

/* Numbers of replies, and that of the whole discussion. */
function recount(comment) {
  for (let fold = comment.closest(".replies"); fold; fold = fold.parentElement.closest(".replies")) {
    const count = fold.querySelectorAll(".comment:not(.gone)").length;
    const words = (count === 1 ? discussion.dataset.reply : discussion.dataset.replies).replace("{count}", count);
    fold.querySelector("summary").firstChild.data = words;
  }
  if (comment.matches(".gone, :has(> .note)")) return;
  const total = discussion.querySelector("h2 span");
  const count = Number(total.textContent.replace(/\D/g, "")) + 1;
  total.textContent = count.toLocaleString(document.documentElement.lang);
}

/* Under what it quotes a new comment is named; one that waits has no number yet, and words that nobody said do
   not count. */
function nameUnderQuoted(comment) {
  const [number] = comment.querySelector(".comment-when").textContent.split(" ");
  if (!number.startsWith("#")) return;
  const quotes = [...comment.querySelectorAll('blockquote[cite^="/comments/"]')];
  const ids = quotes.map((quote) => quote.getAttribute("cite").split("/")[2]);
  for (const id of new Set(ids)) {
    const lost = comment.querySelectorAll(`.quote-lost[data-of="${id}"]`).length;
    if (lost >= ids.filter((other) => other === id).length) continue;
    const text = shownAs(id)?.querySelector(".comment-text");
    if (!text) continue;
    let line = text.parentElement.querySelector(".quoted-by");
    const href = `/comments/${idOf(comment)}/`;
    // What came with it may say so already.
    if (line?.querySelector(`[href="${href}"]`)) continue;
    if (line) line.append(", ");
    else text.after(line = element("p", { className: "quoted-by", textContent: `${discussion.dataset.quotedBy} ` }));
    line.append(element("a", { href, textContent: number }));
  }
}

function place(comment, parent, next) {
  if (!parent || discussion.querySelector(".thread.flat")) asOpener(comment, next);
  else if (shownAs(parent)) asReply(comment, shownAs(parent), next);
  if (!discussion.contains(comment)) return;
  recount(comment);
  // For the switches of runs (fold.js).
  comment.dispatchEvent(new CustomEvent("placed", { bubbles: true }));
}

// --- what arrives ---

const bar = discussion.querySelector(".new-bar");
// When the server made the page.
let made = performance.timeOrigin;

/* Its place stays, and so do its mark and the switch of its run. */
function replace(shown, fresh) {
  const fold = shown.querySelector(":scope > footer > .fold");
  const marks = shown.querySelectorAll(":scope > header > :is(.new, .next-new)");
  shown.classList.toggle("gone", fresh.matches(".gone"));
  shown.replaceChildren(...fresh.childNodes);
  if (fold) shown.querySelector(":scope > footer").append(fold);
  if (!fresh.matches(".gone, .muted")) for (const mark of marks) shown.querySelector(".comment-when").before(mark, " ");
}

function take([id, parent, html, next]) {
  const comment = new DOMParser().parseFromString(html, "text/html").body.firstChild;
  if (shownAs(id)) replace(shownAs(id), comment);
  else place(comment, parent, next);
  return comment;
}

async function fetched() {
  const { last, post } = discussion.dataset;
  // A little more, for what was on its way.
  const ago = Math.max(0, Math.ceil((Date.now() - made) / 1000)) + 10;
  const answer = await fetch(`/posts/${post}/arrived/${order()}&after=${last}&ago=${ago}`);
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

/* A link in the bar leads to the first on another page; "Mark all as read" takes it away. */
function tellAway(ids) {
  if (!ids.length) return;
  const first = { className: "next-new", href: `/comments/${ids[0]}/in-thread/${location.search}`, count: 0 };
  const link = bar.querySelector("a") ?? bar.appendChild(element("a", first));
  link.count += ids.length;
  link.textContent = bar.dataset.away.replace("{count}", link.count);
}

function show({ comments, fresh, gone, last, is_too_much: isTooMuch }) {
  if (isTooMuch) return location.reload();
  // What was changed on another page stays there.
  const ours = comments.filter(([id]) => shownAs(id) || fresh.includes(id) || !discussion.querySelector(".pager"));
  ours
    .map(take)
    .filter((comment) => discussion.contains(comment))
    .sort((one, other) => idOf(one) - idOf(other))
    .forEach(nameUnderQuoted);
  gone.forEach((id) => shownAs(id)?.closest("li").remove());
  discussion.dataset.last = last;
  made = Date.now();
  const here = fresh.map(shownAs).filter(Boolean);
  const news = document.getElementById("news");
  news.dataset.count = Number(news.dataset.count) + here.length;
  tellAway(fresh.filter((id) => !shownAs(id)));
  discussion.dispatchEvent(new CustomEvent("arrived"));
  const link = bar.querySelector("a");
  const first = here[0] ?? link;
  first?.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
  first?.focus({ preventScroll: true });
  here[0]?.scrollIntoView();
  const words = here.length === 1 ? bar.dataset.shownOne : bar.dataset.shown;
  document.getElementById("say").textContent =
    words.replace("{count}", here.length) + (link ? `, ${link.textContent}` : "");
}

discussion.addEventListener("place", ({ detail: { comment, parent } }) => {
  if (shownAs(idOf(comment))) return;
  place(comment, parent);
  nameUnderQuoted(comment);
});
discussion.addEventListener("arrive", ({ detail: { done } }) => {
  fetched().then((changes) => { show(changes); done(true); }, () => done(false));
});
