// Marks what is new since the last visit for whoever is not signed in: this device remembers how far they have read.
// Members' marks come with the page. A visit ends after half an hour away, so reloading and posting take no mark away.

const discussion = document.getElementById("discussion");
const news = document.getElementById("news");
const thread = () => discussion.querySelector(".thread");
const HALF_HOUR = 30 * 60_000;
// Days before months, as the site writes them.
const LANGUAGE = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const SPANS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

const key = `visit:${discussion?.dataset.post}`;
const last = () => Number(discussion.dataset.last);
const isMember = discussion && "member" in discussion.dataset;

/* A visit in storage: the number read up to before it, when that was, the number shown now, and when. */
function visitIn(text) {
  const [since, sinceAt, latest, seenAt] = (text ?? "").split(" ").map(Number);
  return Number.isFinite(seenAt) ? { since, sinceAt, latest, seenAt } : null;
}

function stored() {
  try { return visitIn(localStorage.getItem(key)); } catch { return null; }
}

function store(visit) {
  try {
    localStorage.setItem(key, [visit.since, visit.sinceAt, visit.latest, visit.seenAt].join(" "));
  } catch { /* Without storage nothing is remembered, and nothing else fails. */ }
}

/* The same rule as comments/thread/unread.py. */
function begun(visit, now) {
  if (!visit) return { since: last(), sinceAt: 0, latest: last(), seenAt: now };
  const isOver = now - visit.seenAt > HALF_HOUR;
  const { since, sinceAt } = isOver ? { since: visit.latest, sinceAt: visit.seenAt } : visit;
  return { since, sinceAt, latest: Math.max(visit.latest, last()), seenAt: now };
}

const idOf = (comment) => Number(comment.id.slice(8));
/* "#12 · 3 March": a comment that waits has no number. */
const numberOf = (when) => Number.parseInt(when.firstChild.data?.slice(1), 10) || 0;

function newComments(since) {
  if (last() <= since) return [];
  const found = [...thread().getElementsByClassName("comment-when")].filter((when) => numberOf(when) > since);
  return found.map((when) => when.closest(".comment")).filter((comment) => !comment.matches(".mine, .gone, .muted"));
}

function element(name, className, text) {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function unmark() {
  for (const mark of discussion.querySelectorAll("b.new, .next-new")) mark.remove();
}

/* The mark of each, and a link to the next one, on this page or, in a long thread, on another. */
function mark(comments, ids) {
  const following = new Map(ids.map((id, place) => [id, ids[place + 1]]));
  for (const comment of comments) {
    const when = comment.querySelector("header > .comment-when");
    when.before(element("b", "new", news.dataset.new), " ");
    const next = following.get(idOf(comment));
    if (!next) continue;
    const link = element("a", "next-new", news.dataset.next);
    link.href = `/comments/${next}/in-thread/`;
    when.before(link, " ");
  }
}

/* How many new ones stand under each fork; fold.js counts its runs. */
function recount() {
  const counts = new Map();
  for (const mark of discussion.getElementsByTagName("b")) {
    if (mark.parentElement.localName !== "header") continue;
    for (let fold = mark.closest(".replies"); fold; fold = fold.parentElement.closest(".replies"))
      counts.set(fold, (counts.get(fold) ?? 0) + 1);
  }
  for (const [fold, count] of counts) {
    const summary = fold.querySelector("summary");
    const word = summary.querySelector("b.new") ?? summary.appendChild(element("b", "new", ""));
    word.before(" ");
    word.textContent = news.dataset.below.replace("{count}", count);
  }
}

function moment(at) {
  const zone = { timeZone: news.dataset.zone };
  const isRecent = Date.now() - at < 6 * SPANS.day;
  const day = isRecent ? { weekday: "short" } : { day: "numeric", month: "long" };
  const words = (options) => new Intl.DateTimeFormat(LANGUAGE, { ...zone, ...options }).format(at);
  return `${words(day)}${isRecent ? "" : ","} ${words({ hour: "2-digit", minute: "2-digit" })}`;
}

function tell(sinceAt, ids) {
  if (!sinceAt) return;
  const { none, one, some } = news.dataset;
  const when = moment(sinceAt);
  const words = [none, one][ids.length] ?? some;
  const text = words.replace("{count}", ids.length.toLocaleString(LANGUAGE)).replace("{when}", when);
  const line = element(ids.length ? "a" : "span", "first-new", text);
  line.dataset.when = when;
  if (ids.length) line.href = `/comments/${ids[0]}/in-thread/`;
  news.querySelector("p").replaceChildren(line);
  news.hidden = false;
}

/* On a thread that is cut into pages, what is new stands on others too. */
async function idsOf(comments, since) {
  const here = comments.map(idOf);
  if (!("paged" in news.dataset) || last() <= since) return here;
  const answer = await fetch(`/posts/${discussion.dataset.post}/news/?since=${since}`).catch(() => null);
  return answer?.ok ? (await answer.json()).comments : here;
}

async function show(visit) {
  const comments = newComments(visit.since);
  const ids = await idsOf(comments, visit.since);
  unmark();
  mark(comments, ids);
  recount();
  news.dataset.count = ids.length;
  const before = comments[0] ? ids.indexOf(idOf(comments[0])) : 0;
  news.dataset.before = before;
  news.dataset.previous = before ? `/comments/${ids[before - 1]}/in-thread/` : "";
  tell(visit.sinceAt, ids);
  discussion.dispatchEvent(new CustomEvent("marked"));
}

/* What a reader asks for in words: the last hour, day or week, or nothing that is here. */
function chosen(visit, span) {
  const from = SPANS[span] ? Date.now() - SPANS[span] : Infinity;
  const before = [...thread().getElementsByClassName("comment-when")].filter(
    (when) => Date.parse(when.querySelector("time").dateTime) < from,
  );
  const since = SPANS[span] ? Math.max(0, ...before.map(numberOf)) : last();
  return { ...visit, since, sinceAt: Math.min(from, Date.now()) };
}

function stay() {
  if (document.visibilityState === "hidden") return;
  if (!isMember) return store(begun(stored(), Date.now()));
  const body = new URLSearchParams(new FormData(news.querySelector("form")));
  body.set("do", "stay");
  body.set("last", last());
  fetch(news.querySelector("form").action, { method: "POST", body, headers: { "X-Fragment": "1" } }).catch(() => {});
}

function choose(span) {
  const visit = chosen(begun(stored(), Date.now()), span);
  store(visit);
  return show(visit);
}

if (news) {
  if (!isMember) {
    const visit = begun(stored(), Date.now());
    store(visit);
    if (thread()) show(visit);
    news.addEventListener("submit", (event) => {
      event.preventDefault();
      choose(event.submitter.value);
      news.querySelector("details").open = false;
    });
    // The bar's "Mark all as read".
    discussion.addEventListener("seen", () => choose("seen"));
  }
  // Reading on is a visit that goes on, on every device of a member.
  setInterval(stay, 10 * 60_000);
  discussion.addEventListener("arrived", () => { recount(); stay(); });
}
