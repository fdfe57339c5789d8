// Asks once a minute, while the page is looked at, whether comments have come, and offers them; nothing moves
// until somebody wants to see them. The question is the same for everybody, so it carries no cookie, but for who
// has muted somebody.

const discussion = document.getElementById("discussion");
const bar = discussion?.querySelector(".new-bar");
const button = bar?.querySelector(".arrived");
const MINUTE = 60_000;
// As many as the answer names (comments/discussion/live_updates.py).
const MOST_TOLD = 50;
let asked = Date.now();
let isOffline = false;
let timer = 0;

const post = discussion?.dataset.post;
const say = (words) => { document.getElementById("say").textContent = words; };

async function ask() {
  asked = Date.now();
  const answer = await fetch(`/posts/${post}/latest/`, {
    credentials: discussion.dataset.credentials ?? "omit",
  }).catch(() => null);
  if (!answer) return offline();
  isOffline = false;
  // Not published any more, or never was.
  if (answer.status === 404 || answer.status === 410) return clearInterval(timer);
  if (answer.ok) offer((await answer.json()).comments);
}

/* Said once, not every minute. */
function offline() {
  if (!isOffline) say(bar.dataset.offline);
  isOffline = true;
}

function offer(comments) {
  const last = Number(discussion.dataset.last);
  const count = comments.filter(([id, number]) => number > last && !document.getElementById(`comment-${id}`)).length;
  const words =
    count === 1 ? bar.dataset.arrivedOne : count < MOST_TOLD ? bar.dataset.arrived : bar.dataset.arrivedMany;
  button.textContent = words.replace("{count}", count);
  button.hidden = !count;
  discussion.dispatchEvent(new CustomEvent("marked"));
}

/* place.js fetches them and puts them in their places. */
function showArrived() {
  if (button.hidden || button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  const slow = setTimeout(() => { button.textContent = bar.dataset.loading; }, 300);
  const done = (isShown) => {
    clearTimeout(slow);
    button.removeAttribute("aria-disabled");
    if (isShown) button.hidden = true;
    else { say(bar.dataset.failed); ask(); }
    discussion.dispatchEvent(new CustomEvent("marked"));
  };
  const then = () => discussion.dispatchEvent(new CustomEvent("arrive", { detail: { done } }));
  document.dispatchEvent(
    new CustomEvent("need", { detail: { group: "arriving", then, otherwise: () => done(false) } }),
  );
}

const isLookedAt = () => document.visibilityState === "visible";

if (button) {
  timer = setInterval(() => { if (isLookedAt()) ask(); }, MINUTE);
  document.addEventListener("visibilitychange", () => { if (isLookedAt() && Date.now() - asked > MINUTE) ask(); });
  addEventListener("online", ask);
  button.addEventListener("click", showArrived);
  document.addEventListener("show-arrived", showArrived);
}
