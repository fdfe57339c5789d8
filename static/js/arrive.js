// Fetches what has come to the discussion since the page was made, when somebody asks for it (live.js), and has place.js
// put each comment in its place. What was edited or removed meanwhile changes where it stands.

const discussion = document.getElementById("discussion");

// When the page was as the server had it.
let made = performance.timeOrigin;

const elementOf = (html) => new DOMParser().parseFromString(html, "text/html").body.firstElementChild;

/* Its lane and its replies stay. */
function replace(shown, fresh) {
  fresh.className = shown.className;
  fresh.classList.toggle("gone", !fresh.querySelector(".comment-text"));
  shown.replaceWith(fresh);
}

function take(id, parent, html) {
  const comment = elementOf(html);
  const shown = document.getElementById(comment.id);
  if (shown) {
    replace(shown, comment);
    return null;
  }
  discussion.dispatchEvent(new CustomEvent("place", { detail: { comment, parent } }));
  return document.getElementById(comment.id);
}

function vanish(id) {
  document.getElementById(`comment-${id}`)?.closest("li").remove();
}

async function fetched() {
  const { last, post } = discussion.dataset;
  // A little more, for what was on its way.
  const ago = Math.ceil((Date.now() - made) / 1000) + 10;
  const answer = await fetch(`/posts/${post}/arrived/?after=${last}&ago=${ago}`, { headers: { "X-Fragment": "1" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

function show({ comments, gone, last, is_too_much: isTooMuch }) {
  if (isTooMuch) return location.reload();
  const placed = comments.map((comment) => take(...comment)).filter(Boolean);
  gone.forEach(vanish);
  discussion.dataset.last = last;
  made = Date.now();
  const fresh = placed.filter((comment) => comment.querySelector("header > b.new"));
  const news = document.getElementById("news");
  news.dataset.count = Number(news.dataset.count) + fresh.length;
  discussion.dispatchEvent(new CustomEvent("arrived"));
  const first = [...discussion.querySelectorAll(".comment")].find((comment) => fresh.includes(comment));
  first?.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
  first?.focus({ preventScroll: true });
  first?.scrollIntoView();
  const { shown, shownOne } = discussion.querySelector(".new-bar").dataset;
  document.getElementById("say").textContent = (fresh.length === 1 ? shownOne : shown).replace("{count}", fresh.length);
}

discussion?.addEventListener("arrive", ({ detail: { done } }) => {
  fetched().then((changes) => { show(changes); done(true); }, () => done(false));
});
